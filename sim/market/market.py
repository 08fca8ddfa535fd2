"""The market of one run: rates, prices, states and shocks as arrays, put together from their parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from scenarios import Scenario
from sim.axes import Axes, BoolArray, IntArray, frozen
from sim.market.balance import LineUnits, PromotionBalance, apply_promotions, balances
from sim.market.calendar import Window, calendar_factors
from sim.market.campaigns import (
    Campaign,
    LineArray,
    Lines,
    campaigns_of,
    line_on_day,
    lines_of,
    relevant,
    store_groups,
)
from sim.market.lifecycle import IN_CLEARANCE, ON_SALE, apply_launch_ramps, orderable_days, sale_states
from sim.market.opening import open_days, opening_hours
from sim.market.prices import (
    apply_clearance_response,
    apply_price_response,
    class_responses,
    price_elasticities,
    price_steps,
    regular_prices_minor,
)
from sim.market.rates import base_rates, known_units, listed_cells, variance_to_mean
from sim.market.shocks import shock_factors

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]

DemandKind = Literal["poisson", "negative_binomial", "constant"]


@dataclass(frozen=True, eq=False)
class Market:
    """What customers want in one run; every array is read-only.

    Mean demand of store i, in group g, for SKU j on day t, when the store is open, is
    `base_rate[i, j] * rate_factor[g, remembered_days + t, j] * shock[remembered_days + t, i]`.
    """

    days: int
    """Days of the run."""
    remembered_days: int
    """Days of the past at the head of `rate_factor` and `shock`."""
    process: DemandKind
    """Randomness of daily demand given its mean."""
    is_stationary: bool
    """Every factor and shock is exactly 1 and no store is ever closed: means never change."""
    listed: BoolArray
    """(stores, skus) whether the store lists the SKU."""
    base_rate: FloatArray
    """(stores, skus) units per day, 0 where not listed."""
    variance_to_mean: FloatArray
    """(skus,) of daily demand given its mean; 0 when demand is its mean."""
    known: npt.NDArray[np.int32]
    """(days, stores, skus) demand to replay; (0, 0, 0) when demand is drawn."""
    known_past: npt.NDArray[np.int32]
    """(remembered_days, stores, skus) demand known from before the run; (0, 0, 0) when demand is drawn."""
    group_of_store: IntArray
    """(stores,) stores of one group see the same prices and promotions."""
    rate_factor: Float32Array
    """(groups, remembered_days + days, skus) demand over base demand, shocks left out."""
    price_minor: npt.NDArray[np.int32]
    """(groups, days, skus) price of the day; mark-downs near expiry and after delisting not deducted."""
    featured: npt.NDArray[np.int32]
    """(days, stores, classes) SKUs that are advertised, on sale and listed."""
    on_sale: npt.NDArray[np.int8]
    """(days, skus) 0 not on sale, 1 on sale, 2 in clearance after delisting."""
    orderable: BoolArray
    """(days, skus) whether stores may order the SKU."""
    shock: Float32Array
    """(remembered_days + days, stores) common factor of the store's demand."""
    open_day: BoolArray
    """(days, stores)."""
    opens_second: npt.NDArray[np.int32]
    """(stores,) second of the day."""
    closes_second: npt.NDArray[np.int32]
    """(stores,) second of the day."""
    profile_of_store: IntArray
    """(stores,) row of `hour_cdf`."""
    hour_cdf: npt.NDArray[np.uint64]
    """(profiles, 25) cumulative demand by hour of day, see `sim.kernels.draws.hour_second`."""
    promotion_balance: tuple[PromotionBalance, ...]
    """Expected units that each campaign moves, in the order of the plan."""

    @property
    def groups(self) -> int:
        """Number of store groups."""
        return int(self.rate_factor.shape[0])


@dataclass(frozen=True, eq=False)
class _Response:
    """Factors, prices and advertising by store group, before they are trimmed to the run."""

    rate_factor: Float32Array
    price_minor: npt.NDArray[np.int32]
    featured: npt.NDArray[np.int32]
    balance: tuple[PromotionBalance, ...]


def build_market(scenario: Scenario, axes: Axes, seed: int, replication: int) -> Market:
    """Work out the market of one replication; only `shock` depends on seed and replication.

    Raises:
        ValueError: a holiday lies outside the years its calendar covers, a price does not fit into 32 bits,
            or the hourly profile has no weight while a store is open.
    """
    days, remembered_days = scenario.horizon.days, scenario.initial.remembered_days
    start = scenario.horizon.start_date
    run, known_past = Window(start, 0, days), Window(start, -remembered_days, remembered_days + days)

    listed = listed_cells(scenario, axes)
    known = known_units(scenario, axes, run)
    base_rate = base_rates(scenario, axes, listed, known)
    campaigns = _felt_campaigns(scenario, axes, known_past)
    groups = store_groups(campaigns, axes.stores)
    response = _responses(scenario, axes, run, campaigns, groups, base_rate, listed)
    shock = shock_factors(scenario, axes, known_past, seed, replication)
    open_day = open_days(scenario, axes, run)
    hours = opening_hours(scenario)
    is_constant_mean = bool((response.rate_factor == 1.0).all() and (shock == 1.0).all() and open_day.all())
    return Market(
        days=days,
        remembered_days=remembered_days,
        process=scenario.demand.process.kind,
        is_stationary=is_constant_mean,
        listed=frozen(listed),
        base_rate=frozen(base_rate),
        variance_to_mean=frozen(variance_to_mean(scenario, axes)),
        known=frozen(known),
        known_past=frozen(known_units(scenario, axes, Window(start, -remembered_days, remembered_days))),
        group_of_store=frozen(groups),
        rate_factor=frozen(response.rate_factor),
        price_minor=frozen(response.price_minor),
        featured=frozen(response.featured),
        on_sale=frozen(sale_states(scenario, axes, run)),
        orderable=frozen(orderable_days(scenario, axes, run)),
        shock=frozen(shock),
        open_day=frozen(open_day),
        opens_second=frozen(hours.opens_second),
        closes_second=frozen(hours.closes_second),
        profile_of_store=frozen(hours.profile_of_store),
        hour_cdf=frozen(hours.hour_cdf),
        promotion_balance=response.balance,
    )


def normal_factors(scenario: Scenario, axes: Axes, window: Window) -> FloatArray:
    """Demand over base demand without promotions, shape (days, skus): calendar, regular price and life."""
    by_class = calendar_factors(scenario, axes, window)
    factors = np.empty((window.days, axes.skus))
    for index in range(axes.classes):
        factors[:, axes.class_start[index] : axes.class_stop[index]] = by_class[:, index, np.newaxis]
    elasticity = price_elasticities(scenario, axes)
    apply_price_response(factors, price_steps(scenario, axes, window), elasticity)
    states = sale_states(scenario, axes, window)
    if scenario.policy.delisting is not None:
        discount = scenario.policy.delisting.discount
        apply_clearance_response(factors, states == IN_CLEARANCE, discount, elasticity)
    apply_launch_ramps(factors, scenario, axes, window)
    factors[states == 0] = 0.0
    return factors


def _responses(
    scenario: Scenario,
    axes: Axes,
    run: Window,
    campaigns: tuple[Campaign, ...],
    group_of_store: IntArray,
    base_rate: FloatArray,
    listed: BoolArray,
) -> _Response:
    lines = lines_of(campaigns, scenario, axes, price_elasticities(scenario, axes))
    # Campaigns that began before the remembered days are worked out from their start.
    first_day = min([-scenario.initial.remembered_days, *(campaign.start for campaign in campaigns)])
    window = Window(run.start_date, first_day, run.stop_day - first_day)
    # Dips that reach past the last day need the demand of the days after it, whatever the horizon is.
    dip_days = int(lines.dip_days.max(initial=0))
    normal = normal_factors(scenario, axes, Window(window.start_date, first_day, window.days + dip_days))
    can_promote = sale_states(scenario, axes, window) == ON_SALE
    regular = regular_prices_minor(price_steps(scenario, axes, run), axes, run.days)

    remembered_days, groups = scenario.initial.remembered_days, int(group_of_store.max(initial=0)) + 1
    first_row, first_run_row = window.row(-remembered_days), window.row(0)
    rate_factor = np.empty((groups, remembered_days + run.days, axes.skus), dtype=np.float32)
    price_minor = np.empty((groups, run.days, axes.skus), dtype=np.int32)
    featured = np.zeros((run.days, axes.stores, axes.classes), dtype=np.int32)
    by_group: list[LineUnits] = []
    for group in range(groups):
        members = np.flatnonzero(group_of_store == group)
        price_minor[group] = regular
        if not any(campaign.stores[members[0]] for campaign in campaigns):
            rate_factor[group] = normal[first_row : window.days]
            by_group.append(LineUnits(*(np.zeros(len(lines)) for _ in range(5))))
            continue
        line = line_on_day(campaigns, lines, int(members[0]), window, can_promote)
        weight = base_rate[members].sum(axis=0)
        factors, units = apply_promotions(normal, line, lines, weight, axes, window)
        rate_factor[group] = factors[first_row:]
        by_group.append(units)
        in_run = line[first_run_row:]
        _discount(price_minor[group], in_run, lines)
        featured[:, members] = _featured_skus(in_run, lines, listed[members], axes)
    return _Response(rate_factor, price_minor, featured, balances(campaigns, lines, by_group))


def _felt_campaigns(scenario: Scenario, axes: Axes, window: Window) -> tuple[Campaign, ...]:
    """The campaigns that move demand in the window, those included whose dip alone reaches into it."""
    reach_days = max(response.dip_days for response in class_responses(scenario, axes))
    return relevant(campaigns_of(scenario, axes), window.first_day, window.stop_day, reach_days)


def _discount(price_minor: npt.NDArray[np.int32], line: LineArray, lines: Lines) -> None:
    """Put the promotion prices of one group into regular prices (days, skus), halves to even."""
    promoted = line >= 0
    reduced = price_minor[promoted] * (1.0 - lines.discount[line[promoted]])
    price_minor[promoted] = np.rint(reduced).astype(np.int32)


def _featured_skus(line: LineArray, lines: Lines, listed: BoolArray, axes: Axes) -> npt.NDArray[np.int32]:
    """Number of featured SKUs that stores of one group list, shape (days, stores, classes)."""
    counts = np.zeros((line.shape[0], listed.shape[0], axes.classes), dtype=np.int32)
    if not lines.featured.any():
        return counts
    featured = (line >= 0) & lines.featured[line]
    for day in range(line.shape[0]):
        if day > 0 and np.array_equal(featured[day], featured[day - 1]):
            counts[day] = counts[day - 1]
            continue
        skus = np.flatnonzero(featured[day])
        for index in np.unique(axes.class_of_sku[skus]):
            of_class = skus[axes.class_of_sku[skus] == index]
            counts[day, :, index] = listed[:, of_class].sum(axis=1)
    return counts
