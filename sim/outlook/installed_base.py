"""What the installed base and its growth are expected to ask for, day by day: failures, visits, installations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios import Scenario
from sim.aftersales.facts import ServiceFacts
from sim.axes import Axes, positions
from sim.books.terms import DAYS_PER_YEAR
from sim.installed_base.population import DAYS_PER_MONTH, MONTHS_PER_YEAR, hazards_by_age
from sim.market import Market
from sim.outlook.demand import shock_moments

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BaseFlows:
    """Expected events on a mean day of the counted horizon."""

    failures: FloatArray
    """(products, regions) of units in use, those that visits have prevented left out."""
    paid_share: FloatArray
    """(products,) of these, what neither warranty nor contract nor goodwill pays for."""
    maintenance: FloatArray
    """(products, regions) visits under contract."""
    installations: FloatArray
    """(stores, products) of units sold."""
    months: tuple[MonthlyFlows, ...]
    """By calendar month."""


@dataclass(frozen=True, eq=False)
class MonthlyFlows:
    """How much more or less than in the mean of the counted horizon there is on a mean day of one calendar month."""

    name: str
    """Year and month."""
    failures: FloatArray
    """(products,) over the mean; 1 where there are none at all."""
    installations: FloatArray
    """(products,) likewise."""


def base_flows(scenario: Scenario, facts: ServiceFacts, axes: Axes, market: Market) -> BaseFlows:
    """Let the installed base flow through the horizon as `sim.installed_base.population` would in the mean.

    Cohorts age, are scrapped and fail at their hazards; both are linear in the units, so that the mean of the
    world is met exactly but for this: units under repair do not fail, whatever stores sell they are taken to sell
    at once of the SKU asked for, and customers' returns are taken off sales at once.
    """
    sold = sales_per_day(scenario, facts, axes, market)
    kept = sold * (1.0 - _returned_share(scenario, facts, axes))
    regions = np.zeros((len(facts.region_ids), axes.stores))
    regions[np.array(facts.region_of_store, np.int64), np.arange(axes.stores)] = 1.0
    flow = _Cohorts(scenario, facts)
    counted = range(scenario.horizon.warm_up_days, market.days)
    products = (len(facts.product_ids), len(facts.region_ids))
    failures, paid, maintenance = np.zeros(products), np.zeros(products), np.zeros(products)
    by_day = np.zeros((len(counted), len(facts.product_ids)))
    for day in range(market.days):
        today = flow.failures(day)
        if day in counted:
            by_day[day - counted.start] = today.sum(axis=(1, 2))
            failures += today.sum(axis=2)
            paid += (today * flow.charged_share(day)).sum(axis=2)
            maintenance += flow.maintenance()
        flow.age(day, (regions @ kept[day]).T)
    share = np.array(
        [item.installation.share if item.installation else 0.0 for item in facts.service.products]
    )
    # What is sold on a day is installed from the next morning on.
    first = max(scenario.horizon.warm_up_days - 1, 0)
    installed = sold[first : market.days - 1] * share
    installations = installed.sum(axis=0) / len(counted)
    paid_share = paid.sum(axis=1) / np.maximum(failures.sum(axis=1), 1e-300)
    return BaseFlows(
        failures / len(counted),
        paid_share,
        maintenance / len(counted),
        installations,
        _by_month(scenario, by_day, installed.sum(axis=1)),
    )


def _by_month(scenario: Scenario, failures: FloatArray, installed: FloatArray) -> tuple[MonthlyFlows, ...]:
    """Arrays (days, products) of the counted horizon; installations lack the first day where nothing came before it."""
    start, days = scenario.horizon.start_date, len(failures)
    first = start.toordinal() + scenario.horizon.warm_up_days
    names = np.array([type(start).fromordinal(first + day).strftime("%Y-%m") for day in range(days)])
    installed = np.concatenate((np.zeros((days - len(installed), installed.shape[1])), installed))
    return tuple(
        MonthlyFlows(str(name), *(_over_mean(flow, names == name) for flow in (failures, installed)))
        for name in np.unique(names)
    )


def _over_mean(by_day: FloatArray, in_month: npt.NDArray[np.bool_]) -> FloatArray:
    mean = by_day.mean(axis=0)
    return np.where(mean > 0.0, by_day[in_month].mean(axis=0) / np.maximum(mean, 1e-300), 1.0)


def sales_per_day(scenario: Scenario, facts: ServiceFacts, axes: Axes, market: Market) -> FloatArray:
    """Expected demand for appliances, (days, stores, products)."""
    sku_of, product_of = appliances(facts, axes)
    sold = np.zeros((market.days, axes.stores, len(facts.product_ids)))
    if not sku_of.size:
        return sold
    member = np.zeros((sku_of.size, len(facts.product_ids)))
    member[np.arange(sku_of.size), product_of] = 1.0
    mean_shock, _ = shock_moments(scenario.demand.shock)
    base = market.base_rate[:, sku_of]
    for day in range(market.days):
        if market.known.size:
            units = market.known[day][:, sku_of].astype(np.float64)
        else:
            factor = market.rate_factor[:, market.remembered_days + day, sku_of]
            units = base * factor[market.group_of_store] * mean_shock
        sold[day] = (units * market.open_day[day][:, np.newaxis]) @ member
    return sold


def appliances(facts: ServiceFacts, axes: Axes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """SKUs whose sales add to the installed base, and the product that each is."""
    product = np.full(axes.skus, -1, np.int64)
    for number, item in enumerate(facts.service.products):
        named = np.isin(axes.sku_ids, item.sku_ids) | np.isin(axes.categories, item.categories)
        product[named] = number
    chosen = np.flatnonzero(product >= 0)
    return chosen, product[chosen]


def _returned_share(scenario: Scenario, facts: ServiceFacts, axes: Axes) -> FloatArray:
    """(products,) of the units sold, by the mean over the SKUs of a product."""
    sku_of, product_of = appliances(facts, axes)
    terms = [item.customer_returns for item in scenario.assortment.classes]
    by_class = np.array([0.0 if item is None else item.probability for item in terms])
    returned = np.zeros(len(facts.product_ids))
    for product in range(returned.size):
        mine = sku_of[product_of == product]
        returned[product] = by_class[axes.class_of_sku[mine]].mean() if mine.size else 0.0
    return returned


class _Cohorts:
    """Expected units by product, region and month of sale; see `sim.installed_base.population.Population`."""

    def __init__(self, scenario: Scenario, facts: ServiceFacts) -> None:
        self._start, base = scenario.horizon.start_date, facts.service.base
        self._ordinal = self._start.toordinal()
        products, days = facts.service.products, scenario.horizon.days
        oldest = 0 if base is None or not len(base) else int(base["age_months"].max())
        self._first_month = self._month_of(0) - oldest
        months = self._month_of(days) - self._first_month + 1
        self._units = np.zeros((len(products), len(facts.region_ids), months))
        self._born = np.zeros(self._units.shape)
        if base is not None:
            at, region_at = positions(facts.product_ids), positions(facts.region_ids)
            for name, region, age, units in zip(
                base["product_id"], base["region"], base["age_months"], base["units"], strict=True
            ):
                cell = at[name], region_at[region], oldest - int(age)
                self._units[cell] += int(units)
                self._born[cell] = -round(int(age) * DAYS_PER_MONTH)
        ages = round(oldest * DAYS_PER_MONTH) + days + 2
        self._hazards = hazards_by_age([product.hazard for product in products], ages)
        self._scrapped = -np.expm1(-hazards_by_age([product.scrappage for product in products], ages))
        self._row = np.arange(len(products))[:, np.newaxis, np.newaxis]
        offers = [item.maintenance if facts.policy.maintenance else None for item in products]
        self._contract_share, self._prevented, self._visits_per_day = (
            np.array(values).reshape(-1, 1, 1)
            for values in (
                [offer.contract_share if offer else 0.0 for offer in offers],
                [offer.hazard_reduction if offer else 0.0 for offer in offers],
                [offer.visits_per_year / DAYS_PER_YEAR if offer else 0.0 for offer in offers],
            )
        )
        warranty = np.array([product.warranty_months for product in products], np.float64).reshape(-1, 1, 1)
        policy = facts.policy
        self._warranty_days = warranty * DAYS_PER_MONTH
        self._goodwill_days = (warranty + policy.goodwill_months) * DAYS_PER_MONTH
        self._goodwill_share = policy.goodwill_share

    def failures(self, day: int) -> FloatArray:
        """(products, regions, months) on a day; visits under contract have been made on time."""
        prevented = 1.0 - self._contract_share * self._prevented
        return np.asarray(self._units * self._hazards[self._row, self._ages(day)] * prevented)

    def charged_share(self, day: int) -> FloatArray:
        """(products, regions, months) of the failures on a day, those that the customer pays for."""
        age = day - self._born
        goodwill = np.where(age < self._goodwill_days, self._goodwill_share, 0.0)
        kept = 1.0 - self._contract_share * (1.0 - self._prevented) / np.maximum(
            1.0 - self._contract_share * self._prevented, 1e-300
        )
        return np.where(age < self._warranty_days, 0.0, kept * (1.0 - goodwill))

    def maintenance(self) -> FloatArray:
        """(products, regions) visits that are due on a day."""
        return np.asarray((self._units * self._contract_share * self._visits_per_day).sum(axis=2))

    def age(self, day: int, new: FloatArray) -> None:
        """The evening of a day: some are scrapped, (products, regions) units are added."""
        self._units *= 1.0 - self._scrapped[self._row, self._ages(day)]
        month = self._month_of(day) - self._first_month
        there = self._units[:, :, month]
        together = np.maximum(there + new, 1e-300)
        self._born[:, :, month] = (self._born[:, :, month] * there + new * (day + 1.0)) / together
        self._units[:, :, month] = there + new

    def _ages(self, day: int) -> npt.NDArray[np.int64]:
        ages = (day - self._born + 0.5).astype(np.int64)
        return np.clip(ages, 0, self._hazards.shape[1] - 1)

    def _month_of(self, day: int) -> int:
        date = type(self._start).fromordinal(self._start.toordinal() + day)
        return date.year * MONTHS_PER_YEAR + date.month


__all__ = ["BaseFlows", "MonthlyFlows", "appliances", "base_flows", "sales_per_day"]
