"""Candidate policies of cells, exactly evaluated: a ladder of service levels, for choosing together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.solving import Progress, no_progress
from optimize.stock.cells import Cells, FloatArray, Form, IntArray, Levels, Performance, TargetMeasure
from optimize.stock.together import Candidates

_LEAST_SHARE, _MOST_SHARE = 0.5, 0.9995
_COSTLIER_ORDERS = 4.0
"""Order cost of the second ladder: orders about twice as large."""


@dataclass(frozen=True, eq=False)
class Ladder:
    """Candidate policies; every array of both is (n, k)."""

    levels: Levels
    performance: Performance

    def at(self, choice: IntArray) -> tuple[Levels, Performance]:
        """Levels and performance of one candidate per cell."""
        rows = np.arange(len(choice))
        return (
            Levels(**{name: column[rows, choice] for name, column in vars(self.levels).items()}),
            Performance(**{name: column[rows, choice] for name, column in vars(self.performance).items()}),
        )


def ladder(cells: Cells, form: Form, count: int = 10, *, progress: Progress = no_progress) -> Ladder:
    """Work out candidate policies.

    Fill rates climb from 50 % to 99.95 % by equal steps of safety stock. Where the form has an order size of its own,
    half of the candidates have larger orders, which are fewer. The policy of least cost is among them where shortages
    cost something in all cells. Rungs that meet in one policy are left in: of equals the first counts.

    Args:
        cells: Cells; all costs count in the evaluation.
        form: Review rule.
        count: Candidates per cell, k; at least 2.
        progress: Told how many candidates are worked out.

    Raises:
        ValueError: `count` is below 2, or a cell is out of bounds.
    """
    from scipy.special import ndtr, ndtri

    from optimize.stock import single_place

    if count < 2:
        raise ValueError(f"count must be at least 2, got {count}")
    found: list[Levels] = []
    if bool((cells.shortage_cost > 0.0).all()):
        found.append(single_place.least_cost(cells, form))
    rungs = count - len(found)
    # What is short is weighed by the ladder alone.
    unweighed = replace(cells, shortage_cost=np.zeros(cells.size))
    coarse = rungs // 2 if form in (Form.MIN_MAX, Form.REORDER_QUANTITY) else 0
    for factor, steps in ((1.0, rungs - coarse), (_COSTLIER_ORDERS, coarse)):
        dearer = replace(unweighed, order_cost=cells.order_cost * factor)
        for quantile in np.linspace(ndtri(_LEAST_SHARE), ndtri(_MOST_SHARE), steps):
            share = np.full(cells.size, float(ndtr(quantile)))
            found.append(single_place.for_target(dearer, form, TargetMeasure.FILL_RATE, share))
            progress("candidate policies", len(found), count)
    seen = [single_place.evaluate(cells, form, levels) for levels in found]
    return Ladder(
        Levels(**{name: _joined(found, name) for name in Levels.__dataclass_fields__}),
        Performance(**{name: _joined(seen, name) for name in Performance.__dataclass_fields__}),
    )


def _joined(rungs: Sequence[Levels] | Sequence[Performance], name: str) -> npt.NDArray[Any]:
    return np.stack([getattr(rung, name) for rung in rungs], axis=1)


def to_choose_from(
    rungs: Ladder, unit_value: FloatArray, unit_litres: FloatArray, place: IntArray
) -> Candidates:
    """What candidate policies take of common limits.

    Value is that of mean stock on hand. A shelf has to hold what a policy may bring together at most: the level, or
    the reorder point and one lot.

    Args:
        rungs: Candidate policies.
        unit_value: (n,) money per unit.
        unit_litres: (n,) litres per unit.
        place: (n,) place of each cell, from 0.
    """
    levels, performance = rungs.levels, rungs.performance
    largest = np.maximum(levels.order_up_to, levels.reorder_point + levels.order_quantity)
    return Candidates(
        cost_per_day=performance.cost_per_day,
        value=performance.mean_on_hand * unit_value[:, None],
        litres=np.maximum(largest, 0) * unit_litres[:, None],
        lines_per_day=performance.orders_per_day,
        place=place,
    )


__all__ = ["Ladder", "ladder", "to_choose_from"]
