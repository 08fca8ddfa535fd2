"""Who is served from where once the open sites are known: the nearest, a transportation problem, or an assignment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray
from optimize.network.fixed_charge import FixedCharge

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_SCALE = 1e6
"""Costs are brought to this size: the solver's absolute tolerances are made for it."""
NODE_LIMIT = 20_000
_LEAST_SHARE = 1e-9


@dataclass(frozen=True, eq=False)
class Leaf:
    """The best plan with these sites."""

    open_sites: tuple[int, ...]
    share: FloatArray
    """(points, sites)."""
    cost: float
    """Infinite where there is no plan below the cutoff."""
    is_proven: bool = True


def best_assignment(
    problem: FixedCharge,
    open_sites: tuple[int, ...],
    possible: BoolArray,
    is_whole: bool,
    node_limit: int = NODE_LIMIT,
) -> Leaf:
    """Serve every point from these sites at the least cost.

    Args:
        problem: points and sites.
        open_sites: the sites.
        possible: (sites, points): pairs that a plan within the cutoff may use; used where points are served whole.
        is_whole: every point by one site.
        node_limit: of an integer program.
    """
    fixed = problem.constant + float(problem.fixed_cost[list(open_sites)].sum())
    if problem.capacity is None:
        travel: FloatArray | None = _nearest(problem, open_sites)
        is_proven = True
    elif is_whole:
        travel, is_proven = _assigned(problem, open_sites, possible, node_limit)
    else:
        travel, is_proven = _transported(problem, open_sites), True
    if travel is None:
        return Leaf(open_sites, np.zeros(problem.cost.shape), np.inf, is_proven)
    used = travel > 0
    cost = fixed + float((travel[used] * problem.cost[used]).sum())
    return Leaf(open_sites, travel, cost, is_proven)


def _nearest(problem: FixedCharge, open_sites: tuple[int, ...]) -> FloatArray | None:
    sites = np.array(open_sites, np.int64)
    if not len(sites):
        return None
    best = sites[problem.cost[:, sites].argmin(axis=1)]
    share = np.zeros(problem.cost.shape)
    share[np.arange(problem.points), best] = 1.0
    return share if np.isfinite(problem.cost[share > 0]).all() else None


def _transported(problem: FixedCharge, open_sites: tuple[int, ...]) -> FloatArray | None:
    """Transportation problem, by linear programming."""
    from scipy.optimize import linprog

    assert problem.capacity is not None
    sites = np.array(open_sites, np.int64)
    point, column = np.nonzero(np.isfinite(problem.cost[:, sites]))
    served, limited = _rows(problem, point, column, len(sites))
    cost = problem.cost[point, sites[column]]
    scale = _SCALE / max(float(cost.sum()), 1e-300)
    found = linprog(
        cost * scale, A_ub=limited, b_ub=problem.capacity[sites] / _unit(problem), A_eq=served,
        b_eq=np.ones(problem.points), bounds=(0, 1), method="highs-ds",
    )  # fmt: skip
    if found.x is None or not found.success:
        return None
    value = np.where(found.x < _LEAST_SHARE, 0.0, found.x)
    share = np.zeros(problem.cost.shape)
    share[point, sites[column]] = value
    share /= share.sum(axis=1, keepdims=True)
    return share


def _assigned(
    problem: FixedCharge, open_sites: tuple[int, ...], possible: BoolArray, node_limit: int
) -> tuple[FloatArray | None, bool]:
    """Generalised assignment problem, by integer programming over the pairs that are left."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    assert problem.capacity is not None
    sites = np.array(open_sites, np.int64)
    point, column = np.nonzero(possible[sites].T & np.isfinite(problem.cost[:, sites]))
    if len(np.unique(point)) < problem.points:
        return None, True
    served, limited = _rows(problem, point, column, len(sites))
    cost = problem.cost[point, sites[column]]
    found = milp(
        cost * (_SCALE / max(float(cost.sum()), 1e-300)),
        integrality=np.ones(len(point)),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(served, 1, 1),
            LinearConstraint(limited, -np.inf, problem.capacity[sites] / _unit(problem)),
        ],
        options={"mip_rel_gap": 1e-10, "node_limit": node_limit},
    )
    is_proven = found.status in (0, 2)
    if found.x is None:
        return None, is_proven
    share = np.zeros(problem.cost.shape)
    share[point, sites[column]] = np.rint(found.x)
    return share, is_proven


def _unit(problem: FixedCharge) -> float:
    """Demand is brought to a size of 1 for the solver's absolute tolerance of constraints."""
    return max(float(problem.demand.max()), 1e-300)


def _rows(problem: FixedCharge, point: IntArray, column: IntArray, columns: int) -> tuple[object, object]:
    """Sparse matrices: pairs of each point; demand at each site."""
    from scipy.sparse import csr_matrix

    pairs = np.arange(len(point))
    served = csr_matrix((np.ones(len(point)), (point, pairs)), shape=(problem.points, len(point)))
    size = problem.demand[point] / _unit(problem)
    limited = csr_matrix((size, (column, pairs)), shape=(columns, len(point)))
    return served, limited


__all__ = ["Leaf", "best_assignment"]
