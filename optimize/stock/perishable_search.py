"""Some perishable cells at a time: what levels lead to, and the search for levels, all cells in step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from optimize.stock.cells import Cells, FloatArray, IntArray, Performance, TargetMeasure, Unmet
from optimize.stock.demand_paths import draw_paths, write_demands
from optimize.stock.perishable_arrays import Days, Effort, Rooms, Shelves, Way, make_rooms
from optimize.stock.perishable_kernels import evaluate_cells

FULL = Effort(days=4096, warm_up=256, states=600, transitions=2500)
"""For an answer."""
QUICK = Effort(days=1024, warm_up=128, states=60, transitions=200)
"""For a search that has far to go."""

_CELLS_AT_ONCE = 128
_LARGEST_SUPPORT = 1024
_SEED = 1094
"""Of 3,000 tried, the one whose sums of 2 to 12 days come nearest to those of independent days."""
_MOST_STEPS = 200
_FINEST = 256
_LEAST_SHARE = 1e-9
_SAME_COST = 1e-12


@dataclass(frozen=True, eq=False)
class Part:
    """Cells that are worked on together."""

    begin: int
    cells: Cells
    shelves: Shelves
    days: Days
    rooms: Rooms

    def performance(self, rows: IntArray, rules: IntArray, effort: Effort) -> Performance:
        """Performance of some rows under the rules (rows, 3) given for each."""
        means = np.empty((rows.size, len(Way)))
        evaluate_cells(self.shelves, self.days, rows, rules, effort, self.rooms, means)
        return _performance(self.cells, rows, means)

    def at_levels(self, rows: IntArray, levels: IntArray, effort: Effort) -> Performance:
        """Performance of some rows under base stock at these levels."""
        return self.performance(rows, np.stack([levels - 1, levels, np.zeros_like(levels)], axis=1), effort)


def parts(cells: Cells, *, is_age_aware: bool, full: Effort = FULL) -> Iterator[Part]:
    """Cut cells into parts that fit into memory, ready for evaluations up to an effort."""
    rooms = make_rooms(full.days, int((cells.shelf_life_days + cells.lead_time_days).max(initial=1)), full)
    rank, split, normal = _order_of_days(full.days)
    for begin in range(0, cells.size, _CELLS_AT_ONCE):
        mine = _slice(cells, slice(begin, begin + _CELLS_AT_ONCE))
        shelves = Shelves(
            mean=mine.mean_per_day,
            lead=mine.lead_time_days,
            review=mine.review_days,
            case=mine.case_units,
            least=mine.minimum_order_units,
            life=mine.shelf_life_days,
            fifo_share=mine.fifo_share,
            is_backorder=mine.unmet is Unmet.BACKORDER,
            is_age_aware=is_age_aware,
        )
        pmf, support = np.zeros((mine.size, _LARGEST_SUPPORT)), np.zeros(mine.size, np.int64)
        demand, oldest = np.empty((2, mine.size, full.days), np.int64)
        mean, variance, share = mine.mean_per_day, mine.variance_per_day, mine.fifo_share
        write_demands(mean, variance, pmf, support)
        draw_paths(mean, variance, share, pmf, support, rank, split, normal, demand, oldest)
        yield Part(begin, mine, shelves, Days(pmf, support, demand, oldest), rooms)


@cache
def _order_of_days(days: int) -> tuple[IntArray, FloatArray, FloatArray]:
    """Ranks of demands by day, levels of the split between shoppers and normal quantiles; the same for all cells.

    Each quarter of the days has one of every four neighbouring ranks, so that it stands for the whole.
    """
    from scipy.special import ndtri

    draw = np.random.Generator(np.random.Philox(_SEED))
    strata = (np.arange(days) + 0.5) / days
    blocks = 4 if days % 4 == 0 else 1
    of_block = draw.permuted(np.tile(np.arange(blocks), (days // blocks, 1)), axis=1)
    ranks = np.arange(0, days, blocks)[:, None] + of_block
    rank = np.concatenate([draw.permutation(ranks[:, block]) for block in range(blocks)])
    return rank, strata[draw.permutation(days)], ndtri(strata)


def _slice(cells: Cells, chosen: slice) -> Cells:
    def real(column: FloatArray) -> FloatArray:
        return np.ascontiguousarray(column[chosen], np.float64)

    def whole(column: IntArray) -> IntArray:
        return np.ascontiguousarray(column[chosen], np.int64)

    return Cells(
        mean_per_day=real(cells.mean_per_day),
        variance_per_day=real(cells.variance_per_day),
        lead_time_days=whole(cells.lead_time_days),
        review_days=whole(cells.review_days),
        holding_cost=real(cells.holding_cost),
        order_cost=real(cells.order_cost),
        shortage_cost=real(cells.shortage_cost),
        case_units=whole(cells.case_units),
        minimum_order_units=whole(cells.minimum_order_units),
        shelf_life_days=whole(cells.shelf_life_days),
        waste_cost=real(cells.waste_cost),
        fifo_share=real(cells.fifo_share),
        unmet=cells.unmet,
    )


def _performance(cells: Cells, rows: IntArray, means: FloatArray) -> Performance:
    """Long-run means per day as service levels and cost."""
    demand, cycles = means[:, Way.DEMAND], means[:, Way.CYCLES]
    has_demand, has_cycles = demand > 0.0, cycles > 0.0
    failed = np.divide(means[:, Way.FAILED], cycles, out=np.zeros(rows.size), where=has_cycles)
    # Demand that never sees a delivery fails in the one cycle there is.
    failed = np.where(has_cycles | (means[:, Way.SHORT] <= 0.0), failed, 1.0)
    return Performance(
        fill_rate=np.divide(means[:, Way.SOLD], demand, out=np.ones(rows.size), where=has_demand),
        cycle_service_level=1.0 - failed,
        ready_rate=means[:, Way.READY].copy(),
        mean_on_hand=means[:, Way.ON_HAND].copy(),
        mean_short=means[:, Way.SHORT].copy(),
        orders_per_day=means[:, Way.ORDERS].copy(),
        mean_waste=means[:, Way.WASTE].copy(),
        cost_per_day=cells.order_cost[rows] * means[:, Way.ORDERS]
        + cells.holding_cost[rows] * means[:, Way.ON_HAND]
        + cells.shortage_cost[rows] * means[:, Way.SHORT]
        + cells.waste_cost[rows] * means[:, Way.WASTE],
    )


def _starts(cells: Cells) -> tuple[IntArray, IntArray, IntArray]:
    """Level that mean demand until the order after next needs, half a standard deviation of it, the largest level."""
    days = cells.lead_time_days + cells.review_days
    deviation = np.sqrt(np.maximum(cells.variance_per_day, cells.mean_per_day) * days)
    longest = (days + cells.shelf_life_days) * cells.mean_per_day + 8.0 * deviation + cells.case_units + 8.0
    return (
        np.ceil(days * cells.mean_per_day).astype(np.int64),
        np.maximum(deviation / 2.0, 1.0).astype(np.int64),
        np.ceil(longest).astype(np.int64),
    )


def cheapest_levels(part: Part) -> IntArray:
    """Level of least cost per cell: downhill by steps that are halved when neither side is better."""
    level, step, _ = _starts(part.cells)
    floor = np.zeros_like(level)
    level = _downhill(part, QUICK, np.arange(level.size), level, step, floor)
    return _downhill(part, FULL, np.arange(level.size), level, np.ones_like(step), floor)


def cheapest_from(part: Part, floor: IntArray) -> IntArray:
    """Level of least cost per cell among those no lower than a floor, where shortages cost something."""
    _, step, _ = _starts(part.cells)
    weighed = np.flatnonzero(part.cells.shortage_cost > 0.0)
    level = _downhill(part, QUICK, weighed, floor, step, floor)
    return _downhill(part, FULL, np.flatnonzero(level > floor), level, np.ones_like(step), floor)


def _downhill(
    part: Part, effort: Effort, chosen: IntArray, level: IntArray, step: IntArray, floor: IntArray
) -> IntArray:
    """Walk each cell that is chosen to a level that costs no more than those a step of 1 away.

    A cell tries one side; when that is better it moves on, when not it turns round, and when both sides were tried in
    vain the step is halved.
    """
    level, open_step = level.copy(), np.zeros_like(step)
    open_step[chosen] = step[chosen]
    direction, tries, cost = np.ones_like(level), np.zeros_like(level), np.zeros(level.size)
    cost[chosen] = part.at_levels(chosen, level[chosen], effort).cost_per_day
    for _ in range(_MOST_STEPS):
        rows = np.flatnonzero(open_step > 0)
        if rows.size == 0:
            break
        tried = np.maximum(level[rows] + direction[rows] * open_step[rows], floor[rows])
        # At the floor there is no other side.
        found, is_new = cost[rows], tried != level[rows]
        found[is_new] = part.at_levels(rows[is_new], tried[is_new], effort).cost_per_day
        better = found < cost[rows] * (1.0 - _SAME_COST)
        level[rows], cost[rows] = np.where(better, tried, level[rows]), np.where(better, found, cost[rows])
        # The level just left is known to be worse, so only one side is open.
        tries[rows] = np.where(better, 1, tries[rows] + 1)
        direction[rows] = np.where(better, direction[rows], -direction[rows])
        both = rows[tries[rows] >= 2]
        open_step[both] //= 2
        tries[both] = 0
    return level


def first_reaching(part: Part, measure: TargetMeasure, share: FloatArray) -> IntArray:
    """Smallest level per cell that reaches a share; where none was found, the one that came nearest."""
    from scipy.special import ndtri

    level, step, largest = _starts(part.cells)
    wanted = ndtri(share)
    # As if nothing perished: close where lives are long.
    level = np.clip(level + np.ceil(2.0 * wanted * step).astype(np.int64), 0, largest)
    level = _bracket(part, QUICK, measure, wanted, level, step, largest)
    return _bracket(part, FULL, measure, wanted, level, np.maximum(step // 8, 1), largest)


def _bracket(
    part: Part,
    effort: Effort,
    measure: TargetMeasure,
    wanted: FloatArray,
    start: IntArray,
    step: IntArray,
    largest: IntArray,
) -> IntArray:
    """Smallest level that reaches the share, to 1 in 256: steps until it lies between two levels, then false position.

    Shares are compared as quantiles of the normal distribution, in which they rise nearly linearly with the level.
    """
    from scipy.special import ndtri

    misses, reaches = np.full(start.size, -1), np.full(start.size, -1)
    missed, reached = np.full(start.size, -np.inf), np.full(start.size, -np.inf)
    level, step, nearest = start.copy(), step.copy(), start.copy()
    rows = np.arange(start.size)
    for turn in range(_MOST_STEPS):
        share = getattr(part.at_levels(rows, level[rows], effort), measure.value)
        got = ndtri(np.clip(share, _LEAST_SHARE, 1.0 - _LEAST_SHARE))
        enough, nearer = got >= wanted[rows], got > missed[rows]
        nearest[rows[nearer]] = level[rows[nearer]]
        reaches[rows[enough]], reached[rows[enough]] = level[rows[enough]], got[enough]
        misses[rows[~enough]], missed[rows[~enough]] = level[rows[~enough]], got[~enough]
        is_open = np.where(reaches < 0, misses < largest, reaches - misses > 1 + reaches // _FINEST)
        rows = rows[is_open[rows]]
        if rows.size == 0:
            break
        up, down = np.minimum(misses + step, largest), np.maximum(reaches - step, 0)
        step[(reaches < 0) | (misses < 0)] *= 2
        with np.errstate(invalid="ignore"):
            part_way = np.nan_to_num((wanted - missed) / (reached - missed)) if turn % 3 < 2 else 0.5
        between = misses + np.ceil(part_way * (reaches - misses)).astype(np.int64)
        between = np.minimum(np.maximum(between, misses + 1), reaches - 1)
        level = np.where(reaches < 0, up, np.where(misses < 0, down, between))
    return np.where(reaches >= 0, reaches, nearest)


__all__ = ["FULL", "QUICK", "Part", "cheapest_from", "cheapest_levels", "first_reaching", "parts"]
