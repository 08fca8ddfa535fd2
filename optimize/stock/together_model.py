"""Candidate policies and limits as one problem in common units: limits of 1, costs of 1 in all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.stock.cells import FloatArray, IntArray

BUDGET, LINES, FIRST_SHELF = range(3)
"""Rows of limits: the budget, the lines, then the shelf of each place."""
WITHIN = 1e-9
"""Share of a limit by which rounding may exceed it."""

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Model:
    """minimise sum c_ij x_ij, one candidate j per cell i, sum a_rij x_ij <= 1 for every limit r."""

    cost: FloatArray
    """(n, k) above the cheapest of the cell, in shares of the sum of all ranges; infinite = no candidate."""
    use: FloatArray
    """(n, k, 3) of budget, lines and shelf, in shares of the limit; 0 where there is none."""
    rows: IntArray
    """(n, 3) the limits that they count towards."""
    scale: float
    """Money that a cost of 1 stands for."""
    offset: float
    """Cost of the cheapest candidates of all cells."""
    limits: FloatArray
    """(2 + places,) as given; infinite = none."""

    def used(self, choice: IntArray) -> FloatArray:
        """Shares of the limits that a choice uses: (2 + places,)."""
        picked = self.use[np.arange(len(choice)), choice]
        return np.bincount(self.rows.ravel(), picked.ravel(), len(self.limits)).astype(np.float64)

    def cost_of(self, choice: IntArray) -> float:
        """Cost of a choice."""
        return float(self.cost[np.arange(len(choice)), choice].sum())

    def holds(self, choice: IntArray) -> bool:
        """Whether a choice has a candidate for every cell and keeps all limits."""
        return bool(np.isfinite(self.cost_of(choice)) and (self.used(choice) <= 1.0 + WITHIN).all())


def build(
    cost: FloatArray,
    value: FloatArray,
    litres: FloatArray,
    lines: FloatArray,
    place: IntArray,
    limits: FloatArray,
) -> Model:
    """Put candidates into common units; those that another candidate of the cell beats in everything are left out."""
    known = np.isfinite(cost)
    cheapest = np.where(known, cost, np.inf).min(axis=1, initial=np.inf)
    above = np.where(known, cost - cheapest[:, None], 0.0)
    scale = float(above.max(axis=1, initial=0.0).sum()) or 1.0
    rows = np.stack([np.full(len(place), BUDGET), np.full(len(place), LINES), FIRST_SHELF + place], axis=1)
    use = np.where(known[:, :, None], np.stack([value, lines, litres], axis=2), 0.0)
    use = use / limits[rows][:, None, :]
    beaten = ~known
    for j in range(cost.shape[1]):
        for other in range(cost.shape[1]):
            if other == j:
                continue
            no_worse = (
                known[:, other] & (above[:, other] <= above[:, j]) & (use[:, other] <= use[:, j]).all(axis=1)
            )
            same = (above[:, other] == above[:, j]) & (use[:, other] == use[:, j]).all(axis=1)
            beaten[:, j] |= no_worse & (~same | (other < j))
    return Model(
        cost=np.where(beaten, np.inf, above / scale),
        use=np.ascontiguousarray(use),
        rows=np.ascontiguousarray(rows.astype(np.int64)),
        scale=scale,
        offset=float(cheapest.sum()),
        limits=limits,
    )
