"""What pickers are expected to have to do: store orders by the replenishment calendar, and order streams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize import PickingOutlook, plan
from scenarios import WEEKDAYS, Depot, Optimised, Scenario, StockLevels
from sim.axes import Axes, frozen
from sim.market import Market
from sim.outlook.demand import DemandMoments, shock_moments

FloatArray = npt.NDArray[np.float64]

_WEEK = 7
_MINUTES_PER_DAY, _SECONDS_PER_MINUTE = 1_440.0, 60.0


@dataclass(frozen=True, eq=False)
class OrderLines:
    """Order lines that stores are expected to place, per day: (stores, skus) in the order of the tables."""

    lines: FloatArray
    units: FloatArray
    """Per line."""
    cases: FloatArray
    """Full cases per line."""
    eaches: FloatArray
    """Units per line that do not fill a case."""
    weekday_share: FloatArray
    """(7, rules) of the lines of a rule that are placed on a weekday: as many as days have passed since the last."""
    rule: npt.NDArray[np.int16]
    """(stores, skus) replenishment rule."""


def picking_outlook(
    scenario: Scenario, axes: Axes, market: Market, demand: DemandMoments
) -> PickingOutlook | None:
    """Work out the work of pickers by centre; None where nothing is picked.

    An approximation. All demand is ordered and shipped; stores order as `expected_lines` says; lines of one store on
    one day are one drop, cut into lists; where goods are picked together, the sorting of a store counts as a list of
    its own. The spread from day to day is that of weekdays, of the number of lines (Poisson), of the time of a list,
    and of weeks of higher and lower demand. Emergency orders are left out.
    """
    depot = scenario.depot
    if depot is None or (depot.picking is None and not depot.order_streams):
        return None
    centres = len(axes.centre_ids)
    mean, variance, lists = np.zeros(centres), np.zeros(centres), np.zeros(centres)
    if depot.picking is not None:
        orders = expected_lines(scenario, demand)
        seasons = _variation_of_weeks(scenario, market, axes)
        for centre in range(centres):
            stores = np.flatnonzero(axes.centre_of_store == centre)
            work, chance, number = _of_centre(scenario, depot, orders, stores)
            mean[centre], lists[centre] = work.mean(), number.mean()
            variance[centre] = chance.mean() + work.var() + (seasons[centre] * work.mean()) ** 2
    for stream in depot.order_streams:
        at = axes.centre_ids.index(stream.dc_id) if stream.dc_id else 0
        between, work_minutes = stream.between_minutes, stream.work_minutes
        per_day = _MINUTES_PER_DAY / max(between.mean(), 1e-9)
        scv = between.variance() / max(between.mean(), 1e-9) ** 2
        mean[at] += per_day * work_minutes.mean()
        variance[at] += per_day * (work_minutes.variance() + scv * work_minutes.mean() ** 2)
        lists[at] += per_day
    return PickingOutlook(
        work_minutes_mean=frozen(mean),
        work_minutes_sd=frozen(np.sqrt(variance)),
        lists_per_day=frozen(lists),
    )


def expected_lines(scenario: Scenario, demand: DemandMoments) -> OrderLines:
    """How often stores order a SKU and how much, by the rules of the policy.

    What is ordered is what is sold, so lines per day are demand over the size of an order. With levels that anything
    missing is ordered up to, a line is placed at a review whenever something was sold since the last one; with a
    reorder point, an order is as large as the gap between the levels and half of what is sold between two reviews;
    rounding to cases makes it a case at least.
    """
    levels = plan(_by_rules(scenario)).stores
    rule = levels.rule
    known = np.maximum(rule, 0)
    reviews = levels.may_order.sum(axis=1) / _WEEK
    rate = demand.mean
    between = rate / np.maximum(reviews[known], 1e-9)
    nothing = _nothing_sold(between, demand)
    most = reviews[known] * (1.0 - nothing)
    gap = _gap(levels, rate)
    size = np.where(levels.is_always_below[known], 0.0, gap + 0.5 * between)
    case = scenario.assortment.skus["case_pack"].astype(np.float64)[np.newaxis]
    is_rounded = levels.rounding[known] > 0
    size = np.where(is_rounded, np.maximum(size, case), np.maximum(size, 1.0))
    lines = np.where(rule >= 0, np.minimum(most, rate / size), 0.0)
    units = np.divide(rate, lines, out=np.zeros_like(rate), where=lines > 0.0)
    cases = np.where(is_rounded, units / case, _whole_cases(units, case))
    return OrderLines(
        lines=lines,
        units=units,
        cases=cases,
        eaches=np.maximum(units - cases * case, 0.0),
        weekday_share=_days_covered(levels.may_order) / _WEEK,
        rule=rule,
    )


def _days_covered(may_order: npt.NDArray[np.bool_]) -> FloatArray:
    """(7, rules) days since the last review on the weekdays of reviews, 0 on the others."""
    covered = np.zeros((_WEEK, len(may_order)))
    for rule, days in enumerate(may_order):
        for day in np.flatnonzero(days):
            covered[day, rule] = next(back for back in range(1, _WEEK + 1) if days[(day - back) % _WEEK])
    return covered


def _by_rules(scenario: Scenario) -> Scenario:
    """The scenario without anything that solvers work out: levels that are still to be found are as the rules say."""
    policy = scenario.policy.model_copy(update={"optimised": Optimised()})
    return scenario.model_copy(update={"policy": policy}).with_provenance(scenario.provenance)


def _gap(levels: StockLevels, rate: FloatArray) -> FloatArray:
    """(stores, skus) units between the reorder point and the level ordered up to, safety stocks left out."""
    known, place = np.maximum(levels.rule, 0), np.arange(levels.rule.shape[0])[:, np.newaxis]
    low_days, high_days = levels.reorder_point_days[known, place], levels.order_up_to_days[known, place]
    lot_days = levels.order_quantity_days[known]
    low = np.where(low_days >= 0.0, low_days * rate, levels.reorder_point_units)
    high = np.where(high_days >= 0.0, high_days * rate, levels.order_up_to_units)
    lot = np.where(lot_days >= 0.0, lot_days * rate, levels.order_quantity_units)
    return np.asarray(np.where(lot > 0.0, lot, np.maximum(high - low, 0.0)))


def _nothing_sold(mean: FloatArray, demand: DemandMoments) -> FloatArray:
    """Probability that nothing is sold between two reviews: Poisson, or negative binomial."""
    dispersion = np.divide(
        demand.steady_variance, demand.mean, out=np.ones_like(mean), where=demand.mean > 0.0
    )
    excess = np.maximum(dispersion - 1.0, 0.0)
    rate = np.where(excess > 1e-9, np.log1p(excess) / np.maximum(excess, 1e-9), 1.0)
    return np.asarray(np.exp(-mean * rate))


def _whole_cases(units: FloatArray, case: FloatArray) -> FloatArray:
    """Mean number of full cases in orders of a mean size, which are geometric from 1 up."""
    share = np.where(units > 1.0, 1.0 - 1.0 / np.maximum(units, 1.0), 0.0)
    whole = np.where(case <= 1.0, 1.0, share ** np.maximum(case - 1.0, 0.0))
    return np.asarray(np.where(case <= 1.0, units, share * whole / np.maximum(1.0 - share * whole, 1e-12)))


def _of_centre(
    scenario: Scenario, depot: Depot, orders: OrderLines, stores: npt.NDArray[np.int64]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Minutes of work, their variance by chance, and lists, each (7,) by the weekday on which orders are released."""
    policy, times = scenario.policy.depot, depot.picking
    assert times is not None
    per_line = (
        times.seconds_per_line
        + times.seconds_per_case * orders.cases
        + times.seconds_per_each * orders.eaches
    )
    lines, seconds, squares = (np.zeros((_WEEK, stores.size)) for _ in range(3))
    skus_together, goods_together = np.zeros(_WEEK), np.zeros(_WEEK)
    for day in range(_WEEK):
        share = orders.weekday_share[day][np.maximum(orders.rule[stores], 0)]
        placed = orders.lines[stores] * share * _WEEK
        lines[day] = placed.sum(axis=1)
        seconds[day] = (placed * per_line[stores]).sum(axis=1)
        squares[day] = (placed * np.square(per_line[stores])).sum(axis=1)
        skus_together[day] = (1.0 - np.prod(1.0 - np.minimum(placed, 1.0), axis=0)).sum()
        goods = (
            placed * (times.seconds_per_case * orders.cases + times.seconds_per_each * orders.eaches)[stores]
        )
        goods_together[day] = goods.sum()
    lines, seconds, squares = (_to_waves(scenario, values) for values in (lines, seconds, squares))
    again = 1.0 + times.coefficient_of_variation**2
    if policy.picking == "by_order":
        number = _lists(lines, policy.lines_per_list)
        work = times.seconds_per_list * number + seconds
        per_list = np.divide(work, number, out=np.zeros_like(work), where=number > 0.0)
        chance = squares + number * per_list**2 * (again - 1.0)
        total, variance, lists = work.sum(axis=1), chance.sum(axis=1), number.sum(axis=1)
    else:
        skus, goods = _to_waves(scenario, skus_together), _to_waves(scenario, goods_together)
        lists = _lists(skus, policy.lines_per_list)
        sorting = times.sorting_seconds_per_line * lines.sum(axis=1)
        total = times.seconds_per_list * lists + times.seconds_per_line * skus + goods + sorting
        variance = squares.sum(axis=1) + np.square(total) / np.maximum(lists, 1.0) * (again - 1.0)
        lists = lists + (1.0 - np.exp(-lines)).sum(axis=1)
    return total / _SECONDS_PER_MINUTE, variance / _SECONDS_PER_MINUTE**2, lists


def _to_waves(scenario: Scenario, by_weekday: FloatArray) -> FloatArray:
    """(7, ...) moved to the next weekday on which there is a wave."""
    waves = {WEEKDAYS.index(day) for wave in scenario.policy.depot.waves for day in wave.weekdays}
    moved = np.zeros_like(by_weekday)
    for day in range(_WEEK):
        wait = next((ahead for ahead in range(_WEEK) if (day + ahead) % _WEEK in waves), 0)
        moved[(day + wait) % _WEEK] += by_weekday[day]
    return moved


def _lists(lines: FloatArray, longest: int) -> FloatArray:
    """Mean number of lists of at most so many lines, for a Poisson number of lines."""
    full = lines / longest
    return np.asarray(np.where(full > 1.0, full + 0.5, 1.0 - np.exp(-lines) + full * (full > 0.5) * 0.5))


def _variation_of_weeks(scenario: Scenario, market: Market, axes: Axes) -> FloatArray:
    """(centres,) coefficient of variation of the demand of weeks, common shocks of the whole network included."""
    centres = len(axes.centre_ids)
    first = scenario.horizon.warm_up_days
    if market.known.size or market.days - first < 2 * _WEEK:
        return np.zeros(centres)
    variation = np.zeros(centres)
    for centre in range(centres):
        units = np.zeros(market.days - first)
        for group in range(market.groups):
            mine = (axes.centre_of_store == centre) & (market.group_of_store == group)
            units += market.rate_factor[group, market.remembered_days + first :] @ market.base_rate[mine].sum(
                axis=0
            )
        weeks = units[: units.size // _WEEK * _WEEK].reshape(-1, _WEEK).sum(axis=1)
        variation[centre] = weeks.std() / weeks.mean() if weeks.mean() > 0.0 else 0.0
    shock = scenario.demand.shock
    if shock.level == "network":
        m1, m2 = shock_moments(shock)
        variation = np.sqrt(np.square(variation) + (m2 - m1 * m1))
    return variation


__all__ = ["OrderLines", "expected_lines", "picking_outlook"]
