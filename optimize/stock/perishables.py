"""Base stock of goods with a shelf life: what a level leads to, the cheapest level, the cheapest that serves well.

Model. Orders are written after closing and are on the shelf `lead_time_days` days later before opening, with
`shelf_life_days` days to be sold on, that day included. Shoppers take the oldest unit with probability `fifo_share`,
else the freshest; unmet demand is lost or owed. What has reached the end of its last day is thrown away before stock
is counted and ordered. Every `review_days` days the inventory position is brought up to the level S in whole cases;
an order is never less than `minimum_order_units`.

Solution. Units by last day of sale, orders on their way included, are a Markov chain (Nahmias, 2011, Perishable
Inventory Systems, chapter 3). Where it is small and settles fast it is written down and solved to 1e-12; `Effort` says
how large it may be. Elsewhere the dynamics are followed along one path of 4,096 days whose demands are all quantiles
of the distribution, each once, in a fixed random order: the distribution is met exactly, and only the order of the
days is chance. All levels of a cell see the same path, so they are compared on equal terms. Against large chains the
fill rate of a path is off by 0.2 points on average and the cost by 0.4 %.

Age-aware base stock (EWA) takes units that will expire before the next order comes off the position, reckoned at mean
demand: Broekmeulen and van Donselaar (2009), A heuristic to manage perishable inventory with batch ordering, positive
lead-times, and time-varying demand, Computers & Operations Research 36(11).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimize.solving import Progress, no_progress
from optimize.stock.cells import Cells, FloatArray, IntArray, Levels, Performance, TargetMeasure
from optimize.stock.perishable_arrays import Effort
from optimize.stock.perishable_search import FULL, Part, cheapest_from, cheapest_levels, first_reaching, parts

_LARGEST = 2**31
_LONGEST_DAYS = 1000


def evaluate_perishable(
    cells: Cells, levels: Levels, *, is_age_aware: bool = False, effort: Effort = FULL
) -> Performance:
    """What levels lead to in the long run.

    An order cycle ends with the day before a delivery; it is without a stock-out if all its demand was met at once.
    A day ends ready when stock was left at closing time, before what has expired is thrown away.

    Args:
        cells: Cells, all with a shelf life.
        levels: (n,) of any review rule; base stock has its reorder point one below the level.
        is_age_aware: Units that will expire in time do not count as position.
        effort: Length of the path and size of the largest chain.

    Raises:
        ValueError: a cell or level is out of bounds.
    """
    _check(cells)
    rules = np.stack([levels.reorder_point, levels.order_up_to, levels.order_quantity], axis=1).astype(
        np.int64
    )
    if len(rules) != cells.size:
        raise ValueError(f"levels must have one row per cell ({cells.size}), got {len(rules)}")
    if rules.max(initial=0) > _LARGEST or rules[:, 1:].min(initial=0) < 0:
        raise ValueError(f"levels must lie within 0 and {_LARGEST}, got {rules.min()} to {rules.max()}")
    found = [
        part.performance(np.arange(part.cells.size), rules[part.begin : part.begin + part.cells.size], effort)
        for part in parts(cells, is_age_aware=is_age_aware, full=effort)
    ]
    names = Performance.__dataclass_fields__
    return Performance(
        **{name: np.concatenate([getattr(one, name) for one in found] or [[]]) for name in names}
    )


def least_cost_perishable(
    cells: Cells, *, is_age_aware: bool = False, progress: Progress = no_progress
) -> Levels:
    """Base stock of least cost per day: ordering, holding, shortage and waste.

    The cost is taken to have one valley over the levels; it is walked down by steps that halve, first roughly, then
    by single units.

    Args:
        cells: Cells.
        is_age_aware: Units that will expire in time do not count as position.
        progress: Told how many cells are done.

    Raises:
        ValueError: a cell is out of bounds.
    """
    return _searched(cells, is_age_aware, progress, cheapest_levels)


def for_target_perishable(
    cells: Cells,
    measure: TargetMeasure,
    share: FloatArray,
    *,
    is_age_aware: bool = False,
    progress: Progress = no_progress,
) -> Levels:
    """Cheapest base stock that reaches a service level: the smallest that does, or the cheapest where that is higher.

    Where goods expire under way or in bulk, no level may reach it: then the one that came nearest is returned, and
    its performance says how near.

    Args:
        cells: Cells; where their shortage cost is 0 the target alone decides.
        measure: What is to be reached.
        share: (n,) how much of it.
        is_age_aware: Units that will expire in time do not count as position.
        progress: Told how many cells are done.

    Raises:
        ValueError: a cell or a share is out of bounds.
    """
    wanted = np.asarray(share, np.float64)
    if wanted.shape != (cells.size,) or not bool(((wanted > 0.0) & (wanted < 1.0)).all()):
        raise ValueError(f"share must be {cells.size} numbers above 0 and below 1, got {share!r}")

    def levels(part: Part) -> IntArray:
        least = first_reaching(part, measure, wanted[part.begin : part.begin + part.cells.size])
        return cheapest_from(part, least)

    return _searched(cells, is_age_aware, progress, levels)


def _searched(
    cells: Cells, is_age_aware: bool, progress: Progress, search: Callable[[Part], IntArray]
) -> Levels:
    _check(cells)
    level = np.zeros(cells.size, np.int64)
    for part in parts(cells, is_age_aware=is_age_aware):
        level[part.begin : part.begin + part.cells.size] = search(part)
        progress("levels of perishables", part.begin + part.cells.size, cells.size)
    return Levels(reorder_point=level - 1, order_up_to=level, order_quantity=np.zeros_like(level))


def _check(cells: Cells) -> None:
    """Raise ValueError for the first column that is out of bounds."""
    bounds = {
        "mean_per_day": (0.0, 1e9),
        "variance_per_day": (0.0, 1e18),
        "lead_time_days": (0, _LONGEST_DAYS),
        "review_days": (1, _LONGEST_DAYS),
        "holding_cost": (0.0, np.inf),
        "order_cost": (0.0, np.inf),
        "shortage_cost": (0.0, np.inf),
        "case_units": (1, _LARGEST),
        "minimum_order_units": (0, _LARGEST),
        "shelf_life_days": (1, _LONGEST_DAYS),
        "waste_cost": (0.0, np.inf),
        "fifo_share": (0.0, 1.0),
    }
    for name, (least, most) in bounds.items():
        column = np.asarray(getattr(cells, name))
        if column.shape != (cells.size,):
            raise ValueError(f"cells.{name} must have one value per cell ({cells.size},), got {column.shape}")
        wrong = np.flatnonzero(~((column >= least) & (column <= most) & np.isfinite(column)))
        if wrong.size:
            raise ValueError(
                f"cells.{name} must lie within {least} and {most}, got {column[wrong[0]]} in cell {wrong[0]}"
            )


__all__ = ["FULL", "Effort", "evaluate_perishable", "for_target_perishable", "least_cost_perishable"]
