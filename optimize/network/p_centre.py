"""p-centre: sites such that whoever is farthest from the nearest one is as near as possible.

    min  max_i min_{j open} w_i d_ij   over sets of p sites

(Hakimi, 1964). The answer is one of the distances given: a binary search over them asks whether so many sites cover
everybody within a distance (Minieka, 1970). A Lagrangean bound above 0 on how many cannot be covered says no, an
interchange or a branch that covers all says yes; CP-SAT settles what neither does in short time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, not_negatives, positive
from optimize.network.assigning import nearest_open
from optimize.network.cover_model import CoverModel
from optimize.network.p_median_search import MedianSearch
from optimize.network.results import SitePlan, UnservedCustomer
from optimize.network.set_cover import set_cover
from optimize.network.site_rules import CLOSED, NO_RULES, OPEN, CheckedRules, SiteRules
from optimize.network.travel_costs import travel_matrix
from scenarios import SolveStatus

MOST_WORK = 60.0
"""Deterministic work of CP-SAT, about seconds of one core, for one distance."""

_LOOK = 4_000
_NO_MARGIN = 0.0


def p_centre(
    distance: npt.ArrayLike,
    sites: int,
    *,
    weight: npt.ArrayLike | None = None,
    rules: SiteRules = NO_RULES,
    most_work: float = MOST_WORK,
) -> SitePlan:
    """Open so many sites that the largest distance to the nearest of them is least.

    Args:
        distance: (customers, sites); infinite = not connected.
        sites: how many are open, kept ones included.
        weight: (customers,) by which distances are multiplied; None = 1. Customers of weight 0 count for nothing.
        rules: sites kept or forbidden, and how many each region has at least.
        most_work: deterministic work of CP-SAT for one distance, about seconds of one core.

    Returns:
        The plan; its objective is the largest weighted distance, and equals its bound where that is proven. Where so
        many sites cannot reach everybody its status is infeasible, and the unserved are named.

    Raises:
        ValueError: An argument is wrong, or so many sites contradict the rules.
    """
    matrix = travel_matrix("distance", distance)
    checked = rules.checked(matrix.shape[1])
    number = checked.check_count(sites)
    units = (
        np.ones(len(matrix))
        if weight is None
        else not_negatives("weight", np.asarray(weight), (len(matrix),))
    )
    limit = positive("most_work", most_work)
    counted = np.flatnonzero(units > 0)
    reach = np.full(matrix.shape, 0.0)
    reach[counted] = matrix[counted] * units[counted, None]
    centre = _Centre(reach, number, checked, limit)
    able = reach[:, checked.kind != CLOSED]
    steps = np.unique(able[np.isfinite(able)])
    # Nobody is nearer than its nearest site; every set is at least as good as no limit.
    low = (
        int(np.searchsorted(steps, able.min(axis=1).max()))
        if np.isfinite(able.min(axis=1)).all()
        else len(steps)
    )
    high = len(steps)
    best: tuple[int, ...] = ()
    status = SolveStatus.OPTIMAL
    if low < high:
        best = centre.covering(float(steps[-1])) or ()
        high = int(np.searchsorted(steps, centre.farthest(best))) if best else len(steps)
        low = low if best or centre.is_undecided else len(steps)
    while best and low < high:
        middle = (low + high) // 2
        covering = centre.covering(float(steps[middle]))
        if covering is not None:
            best, high = covering, int(np.searchsorted(steps, centre.farthest(covering)))
        elif centre.is_undecided:
            status = SolveStatus.FEASIBLE
            break
        else:
            low = middle + 1
    if not best:
        return _infeasible(matrix, reach, centre, checked, is_proven=not centre.is_undecided)
    assigned = nearest_open(matrix, best, np.isfinite(matrix))
    return SitePlan(status, best, assigned, centre.farthest(best), float(steps[low]), centre.work, _SOLVER)


_SOLVER = "binary search over covers"


@dataclass
class _Centre:
    """Whether so many sites cover everybody within a distance."""

    reach: FloatArray
    sites: int
    rules: CheckedRules
    most_work: float
    work: int = 0
    is_undecided: bool = False
    """Whether the last question was left open."""

    def covering(self, radius: float) -> tuple[int, ...] | None:
        """Sites within that distance of everybody; None where there are none, or `is_undecided`."""
        covers = self.reach <= radius
        search = MedianSearch(np.where(covers, 0.0, 1.0), self.sites, self.rules, enough=_NO_MARGIN)
        found = search.run(_LOOK)
        self.work += found.work
        self.is_undecided = False
        if found.best[0][0] == 0:
            return found.best[0][1]
        if found.is_proven or found.was_interrupted:
            self.is_undecided = not found.is_proven
            return None
        model = CoverModel(covers, self.rules)
        model.open_count(self.sites)
        model.cover_all(np.ones(len(covers), np.int64))
        other, sites = model.solve(self.most_work)
        self.work += round(1000 * other.work)
        self.is_undecided = other.status is None or other.was_interrupted
        return sites or None

    def fewest_missed(self) -> tuple[int, ...]:
        """Sites that leave the fewest unreached."""
        search = MedianSearch(np.where(np.isfinite(self.reach), 0.0, 1.0), self.sites, self.rules)
        return search.run(_LOOK).best[0][1]

    def farthest(self, sites: tuple[int, ...]) -> float:
        """Largest weighted distance to the nearest of these sites."""
        return float(self.reach[:, list(sites)].min(axis=1).max())


def _infeasible(
    matrix: FloatArray, reach: FloatArray, centre: _Centre, rules: CheckedRules, *, is_proven: bool
) -> SitePlan:
    open_sites = centre.fewest_missed()
    assigned = nearest_open(matrix, open_sites, np.isfinite(matrix))
    missing = np.flatnonzero(~np.isfinite(reach[:, list(open_sites)]).any(axis=1))
    connected = np.isfinite(reach) & (rules.kind != CLOSED)[None, :]
    more = ""
    if connected.any(axis=1).all():
        kept = np.flatnonzero(rules.kind == OPEN).tolist()
        forbidden = np.flatnonzero(rules.kind == CLOSED).tolist()
        same = SiteRules(kept, forbidden, rules.region.tolist(), rules.least.tolist())
        fewest = set_cover(np.where(np.isfinite(reach), 0.0, np.inf), 0.0, rules=same)
        more = f"{len(fewest.open_sites)} sites instead of {centre.sites}"
    unserved = tuple(
        UnservedCustomer(row, f"{centre.sites} sites cannot reach everybody", more)
        if connected[row].any()
        else UnservedCustomer(row, "no site that may open is connected with it")
        for row in missing.tolist()
    )
    status = SolveStatus.INFEASIBLE if is_proven else SolveStatus.FALLBACK
    bound = float("inf") if is_proven else 0.0
    return SitePlan(status, open_sites, assigned, float("inf"), bound, centre.work, _SOLVER, unserved)


__all__ = ["MOST_WORK", "p_centre"]
