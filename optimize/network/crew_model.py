"""Stations, crews and territories as an integer program over the levels and pairs that are left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray
from optimize.network.rows import Rows

if TYPE_CHECKING:
    from optimize.network.crew_search import CrewProblem

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_SCALE = 1e6
_NODE_LIMIT = 5_000
_GAP = 1e-10
_LEAST_SHARE = 1e-9


@dataclass(frozen=True, eq=False)
class CrewLeaf:
    """Crews and territories."""

    level: IntArray
    """(stations,): technicians, 0 = closed."""
    share: FloatArray
    """(points, stations)."""
    cost: float


def best_crews(problem: CrewProblem, allowed: BoolArray, possible: BoolArray) -> tuple[CrewLeaf | None, bool]:
    """The cheapest plan among these levels and pairs, or None, and whether that is proven.

    Args:
        problem: points, stations, crews.
        allowed: (stations, levels): levels that are left.
        possible: (points, stations): pairs that are left.
    """
    from scipy.optimize import Bounds, milp

    model = _CrewModel(problem, allowed, possible)
    if len(np.unique(model.point)) < len(problem.cost):
        return None, True
    scale = _SCALE / max(float(np.abs(model.cost).sum()), 1e-300)
    found = milp(
        model.cost * scale,
        integrality=model.integrality,
        bounds=Bounds(0.0, 1.0),
        constraints=model.rows.constraints(),
        options={"mip_rel_gap": _GAP, "node_limit": _NODE_LIMIT},
    )
    is_proven = found.status in (0, 2)
    return (None if found.x is None else model.decoded(found.x)), is_proven


class _CrewModel:
    """Columns: a binary per station and level that is left, then a share per pair."""

    def __init__(self, problem: CrewProblem, allowed: BoolArray, possible: BoolArray) -> None:
        self.problem = problem
        is_usable: BoolArray = np.asarray(allowed[:, 1:].any(axis=1))
        usable = possible & is_usable[None, :] & np.isfinite(problem.cost)
        self.station_of_level, self.level = np.nonzero(allowed)
        self.point, self.station = np.nonzero(usable)
        self.first_pair = len(self.level)
        self.rows = Rows(self.first_pair + len(self.point))
        level_cost = problem.level_cost[self.station_of_level, self.level]
        self.cost = np.concatenate([level_cost, problem.cost[self.point, self.station]])
        self.integrality = np.full(len(self.cost), int(problem.is_whole))
        self.integrality[: self.first_pair] = 1
        self._serve()
        self._carry()
        self._keep_promises()

    def _serve(self) -> None:
        for point in range(len(self.problem.cost)):
            pairs = self.first_pair + np.flatnonzero(self.point == point)
            self.rows.add(pairs, np.ones(len(pairs)), 1.0, 1.0)

    def _carry(self) -> None:
        problem, rows = self.problem, self.rows
        for station in range(problem.cost.shape[1]):
            columns = np.flatnonzero(self.station_of_level == station)
            rows.add(columns, np.ones(len(columns)), 1.0, 1.0)
            pairs = np.flatnonzero(self.station == station)
            if not len(pairs):
                continue
            load = problem.load[self.point[pairs], station]
            unit = max(float(load.max()), 1e-300)
            capacity = problem.level_capacity[station, self.level[columns]]
            capacity = np.minimum(capacity, float(load.sum()))
            rows.add(
                np.concatenate([self.first_pair + pairs, columns]),
                np.concatenate([load, -capacity]) / unit,
                -np.inf,
                0.0,
            )
            opened = columns[self.level[columns] > 0]
            if len(opened) < len(columns):  # a settled station needs no link
                for pair in pairs.tolist():
                    values = [1.0, *([-1.0] * len(opened))]
                    rows.add([self.first_pair + pair, *opened.tolist()], values, -np.inf, 0.0)

    def _keep_promises(self) -> None:
        problem, rows = self.problem, self.rows
        opened = np.flatnonzero(self.level > 0)
        rows.add(opened, np.ones(len(opened)), problem.fewest, problem.most)
        rows.add(opened, self.level[opened].astype(np.float64), problem.least_crew, np.inf)
        for promise in range(len(problem.reached)):
            reached = problem.reached[promise][self.point, self.station]
            pairs = np.flatnonzero(reached)
            rows.add(self.first_pair + pairs, reached[pairs], float(problem.reached_least[promise]), np.inf)

    def decoded(self, values: npt.NDArray[np.float64]) -> CrewLeaf:
        """The plan behind the columns, and what it costs in exact arithmetic of its own numbers."""
        problem = self.problem
        level = np.zeros(problem.cost.shape[1], np.int64)
        chosen = np.flatnonzero(values[: self.first_pair] > 0.5)
        level[self.station_of_level[chosen]] = self.level[chosen]
        flow = values[self.first_pair :]
        share = np.zeros(problem.cost.shape)
        share[self.point, self.station] = (
            np.rint(flow) if problem.is_whole else np.where(flow < _LEAST_SHARE, 0.0, flow)
        )
        share /= share.sum(axis=1, keepdims=True)
        used = share > 0
        cost = float(problem.level_cost[np.arange(len(level)), level].sum())
        return CrewLeaf(level, share, cost + float((share[used] * problem.cost[used]).sum()))


__all__ = ["CrewLeaf", "best_crews"]
