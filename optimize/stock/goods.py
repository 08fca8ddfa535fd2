"""Goods at places as stock solvers see them: costs, lead times, calendars and demand of cells as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from optimize.outlook import Outlook
from optimize.stock.cells import Cells, FloatArray, IntArray, Unmet
from scenarios import WEEKDAYS, CentreReplenishmentRule, ReplenishmentRule, Scenario

DAYS_PER_YEAR = 365

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Goods:
    """SKUs at places, n of them; arrays are (n,) unless said otherwise. See `Cells` for what they mean."""

    place: IntArray
    sku: IntArray
    rule: IntArray
    """Rule of the policy whose calendar and rounding stay."""
    gaps: tuple[tuple[int, ...], ...]
    """Of every rule, the days between one order day of the week and the next."""
    is_lost: BoolArray
    mean: FloatArray
    variance: FloatArray
    """All of it: chance, seasons, promotions, shocks."""
    steady_variance: FloatArray
    """Chance alone."""
    lead_time_days: IntArray
    holding_cost: FloatArray
    order_cost: FloatArray
    shortage_cost: FloatArray
    """Where the policy gives none: margin and goodwill."""
    case_units: IntArray
    shelf_life_days: IntArray
    waste_cost: FloatArray
    fifo_share: FloatArray
    unit_cost: FloatArray
    grain: IntArray
    """Units that solvers count as one; a multiple or a divisor of the case."""

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.place)

    @property
    def longest_gap(self) -> IntArray:
        """(n,) days between reviews, the longest of the week."""
        return np.array([max(gaps) for gaps in self.gaps], np.int64)[self.rule]

    def at(self, rows: IntArray | BoolArray) -> Goods:
        """Some of the cells."""
        return replace(
            self,
            **{
                entry.name: getattr(self, entry.name)[rows]
                for entry in fields(self)
                if isinstance(getattr(self, entry.name), np.ndarray)
            },
        )

    def steady(self) -> Goods:
        """The same goods, if demand varied by chance alone."""
        return replace(self, variance=self.steady_variance)

    def without_ageing(self) -> Goods:
        """The same goods, if nothing expired."""
        return replace(self, shelf_life_days=np.zeros_like(self.shelf_life_days))

    def cells(self, review_days: IntArray) -> Cells:
        """Input of a stock solver; all cells lose unmet demand, or none does.

        Args:
            review_days: (n,)
        """
        grain = self.grain
        mean = self.mean / grain
        return Cells(
            mean_per_day=mean,
            variance_per_day=np.minimum(self.variance / grain**2, _MOST_RATIO * mean),
            lead_time_days=self.lead_time_days,
            review_days=review_days,
            holding_cost=self.holding_cost * grain,
            order_cost=self.order_cost,
            shortage_cost=self.shortage_cost * grain,
            case_units=np.maximum(self.case_units // grain, 1),
            minimum_order_units=np.zeros(self.size, np.int64),
            shelf_life_days=self.shelf_life_days,
            waste_cost=self.waste_cost * grain,
            fifo_share=self.fifo_share,
            unmet=Unmet.LOST if self.size and self.is_lost[0] else Unmet.BACKORDER,
        )


_GRAINS, _MOST_GRAINS = 100, 1_500
_MOST_RATIO = 999.0
"""Variance over mean beyond which negative binomial demand is cut: a promotion a year on goods that hardly sell."""


def store_goods(
    scenario: Scenario, outlook: Outlook, place: IntArray, sku: IntArray, rule: IntArray
) -> Goods:
    """Goods in stores.

    An order placed after closing on day t is on the shelf on day t + L, and L of 0 and 1 are the same. With trucks L is
    `policy.transport.promised_days`, else the store's `lead_time_days`; it counts from the next morning, and a delivery
    later than the middle of the opening time comes too late for its day.

    Args:
        scenario: facts and policy.
        outlook: expected demand.
        place: (n,) stores.
        sku: (n,) SKUs.
        rule: (n,) rules of `policy.replenishment`.
    """
    stores, skus, costs = scenario.network.stores, scenario.assortment.skus, scenario.costs
    transport = scenario.policy.transport
    days = stores["lead_time_days"][place]
    arrival = np.full(len(place), transport.delivery_hour)
    if transport.mode == "fleet":
        days = np.full(len(place), transport.promised_days, np.int64)
        arrival = np.full(len(place), 0.0)
    is_late = arrival > (stores["opens_hour"][place] + stores["closes_hour"][place]) / 2
    kinds = {kind.id: kind for kind in scenario.assortment.classes}
    of_class = [kinds[name] for name in skus["class_id"]]
    is_lost = np.array([kind.unmet_demand == "lost" for kind in of_class], np.bool_)[sku]
    fresh_first = np.array([kind.last_in_first_out_share for kind in of_class], np.float64)[sku]
    unit_cost = skus["purchase_cost"][sku]
    missing = np.maximum(skus["price"][sku] - unit_cost, 0.0) + costs.shortage.lost_per_unit
    owed = costs.shortage.backorder_per_unit_day
    rules = scenario.policy.replenishment
    at = (place, sku)
    return Goods(
        place=place,
        sku=sku,
        rule=rule,
        gaps=tuple(review_gaps_days(each.order_weekdays) for each in rules),
        is_lost=is_lost,
        mean=outlook.demand_per_day[at],
        variance=outlook.demand_variance_per_day[at],
        steady_variance=outlook.steady_variance_per_day[at],
        lead_time_days=np.maximum(days, 1) - 1 + is_late,
        holding_cost=unit_cost * (costs.holding.store_rate_per_year / DAYS_PER_YEAR)
        + skus["holding_cost_per_unit_day"][sku],
        order_cost=np.full(len(place), costs.ordering.per_store_order_line),
        shortage_cost=np.where(is_lost | (owed == 0), missing, owed),
        case_units=_case_units(rules, rule, skus["case_pack"][sku]),
        shelf_life_days=skus["shelf_life_days"][sku],
        waste_cost=unit_cost + costs.disposal_per_wasted_unit,
        fifo_share=1.0 - fresh_first,
        unit_cost=unit_cost,
        grain=np.ones(len(place), np.int64),
    )


def centre_goods(
    scenario: Scenario, outlook: Outlook, place: IntArray, sku: IntArray, rule: IntArray
) -> Goods:
    """Goods in distribution centres, whose demand is what their stores order.

    Approximations. Stores are taken never to run out for long, so that mean orders equal mean demand. A store orders
    in lots Q of at least a case and, if not every day, of what it sells between two reviews; cumulated orders then
    differ from cumulated demand by the change of a position that is uniform over a lot, which over T days of lead time
    and review adds (Q^2 - 1) / 6 to their variance (Axsäter 2015, Inventory Control, section 10.4, for independent
    ends). Lead times that vary add the squared mean times their variance. Both are spread over the T days as if every
    day brought its share. What a centre cannot ship is asked for again: it waits. Large flows are counted in grains of
    several units. Up to the ratio of variance to mean that keeps the variance; a larger grain, for flows of thousands,
    makes it that of 1,500 Poisson grains.

    Args:
        scenario: facts and policy.
        outlook: expected demand.
        place: (n,) centres.
        sku: (n,) SKUs.
        rule: (n,) rules of `policy.dc_replenishment`.
    """
    skus, costs, rules = scenario.assortment.skus, scenario.costs, scenario.policy.dc_replenishment
    at = (place, sku)
    gaps = tuple(review_gaps_days(each.order_weekdays) for each in rules)
    suppliers = {supplier.id: supplier.lead_time_days for supplier in scenario.network.suppliers}
    default = scenario.network.suppliers[0].id
    lead_times = [suppliers[name or default] for name in skus["supplier_id"]]
    mean_days = np.array([days.mean() for days in lead_times], np.float64)[sku]
    days_variance = np.array([days.variance() for days in lead_times], np.float64)[sku]
    lead_time_days = np.maximum(np.rint(mean_days).astype(np.int64), 1) - 1
    protected = lead_time_days + np.array([max(each) for each in gaps], np.int64)[rule]
    mean, variance, steady, lots = (_fed(part, scenario)[at] for part in _of_stores(scenario, outlook))
    added = (lots + mean**2 * days_variance) / protected
    unit_cost = skus["purchase_cost"][sku]
    case_units = _case_units(rules, rule, skus["case_pack"][sku])
    size = len(place)
    return Goods(
        place=place,
        sku=sku,
        rule=rule,
        gaps=gaps,
        is_lost=np.zeros(size, np.bool_),
        mean=mean,
        variance=variance + added,
        steady_variance=steady + added,
        lead_time_days=lead_time_days,
        holding_cost=unit_cost * (costs.holding.dc_rate_per_year / DAYS_PER_YEAR)
        + costs.holding.dc_cost_per_unit_day,
        order_cost=np.full(size, costs.ordering.per_purchase_order_line),
        shortage_cost=np.maximum(skus["price"][sku] - unit_cost, 0.0) + costs.shortage.lost_per_unit,
        case_units=case_units,
        shelf_life_days=np.zeros(size, np.int64),
        waste_cost=np.zeros(size),
        fifo_share=np.ones(size),
        unit_cost=unit_cost,
        grain=_grain(mean, steady + added, protected, case_units),
    )


def _grain(mean: FloatArray, variance: FloatArray, days: IntArray, case_units: IntArray) -> IntArray:
    """(n,) units counted as one, so that a few hundred of them are asked for in the days between order and delivery.

    Whole cases where that is coarse enough, else the largest divisor of a case.
    """
    ratio = np.divide(variance, mean, out=np.ones_like(mean), where=mean > 0)
    flow = mean * days
    coarse = np.maximum(np.minimum(ratio, flow / _GRAINS), flow / _MOST_GRAINS)
    coarse = np.maximum(coarse.astype(np.int64), 1)
    grain: IntArray = coarse // case_units * case_units
    for row in np.flatnonzero((grain == 0) & (coarse > 1)):
        case = int(case_units[row])
        grain[row] = max(part for part in range(1, int(coarse[row]) + 1) if case % part == 0)
    grain = np.maximum(grain, 1)
    return grain


def review_gaps_days(order_weekdays: Sequence[str]) -> tuple[int, ...]:
    """Days from each order day of the week to the next; they add up to 7."""
    days = sorted(WEEKDAYS.index(weekday) for weekday in set(order_weekdays))
    following = [*days[1:], days[0] + 7]
    return tuple(later - earlier for earlier, later in zip(days, following, strict=True))


def _case_units(
    rules: Sequence[ReplenishmentRule | CentreReplenishmentRule], rule: IntArray, case_pack: IntArray
) -> IntArray:
    rounds = np.array([each.case_rounding != "none" for each in rules], np.bool_)[rule]
    return np.where(rounds, case_pack, 1)


def _of_stores(scenario: Scenario, outlook: Outlook) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """(stores, SKUs) each: mean, variance, steady variance of demand, and what lots add to the variance of orders."""
    from optimize.stock.levels import store_levels

    levels, _ = store_levels(scenario)
    rules = scenario.policy.replenishment
    gap = np.array([max(review_gaps_days(each.order_weekdays)) for each in rules], np.float64)[levels.rule]
    case = _case_units(rules, levels.rule.astype(np.int64), scenario.assortment.skus["case_pack"][None, :])
    mean = outlook.demand_per_day
    lot = np.maximum(case, np.where(gap > 1, mean * gap, 0.0))
    lots = np.where(mean > 0, np.maximum(lot**2 - 1, 0.0) / 6, 0.0)
    return mean, outlook.demand_variance_per_day, outlook.steady_variance_per_day, lots


def _fed(of_stores: FloatArray, scenario: Scenario) -> FloatArray:
    """(centres, SKUs): sums over the stores that each centre feeds."""
    position = {centre.id: row for row, centre in enumerate(scenario.network.distribution_centres)}
    feeds = np.array([position[name] if name else 0 for name in scenario.network.stores["dc_id"]], np.int64)
    together = np.zeros((len(position), of_stores.shape[1]))
    np.add.at(together, feeds, of_stores)
    return together


__all__ = ["Goods", "centre_goods", "review_gaps_days", "store_goods"]
