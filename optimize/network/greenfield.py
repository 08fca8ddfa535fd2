"""Greenfield location: sites anywhere in the plane, by their number or by the distance that nobody may be beyond."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, count, floats, not_negatives, positive
from optimize.network.circles import candidate_circles, enclosing_circle
from optimize.network.fixed_charge import FixedCharge
from optimize.network.fixed_charge_search import settled
from optimize.network.greenfield_kernels import settle
from optimize.network.rows import Rows
from scenarios import SolveStatus

IntArray = npt.NDArray[np.int64]

_ROUNDS = 4_000
_BOUND_PAIRS = 250_000
_NODE_LIMIT = 100_000
_HALVINGS = 60
_WITHIN = 1e-9


@dataclass(frozen=True, eq=False)
class GreenfieldPlan:
    """Places in the plane and whom each serves."""

    status: SolveStatus
    sites: FloatArray
    """(sites, 2), in the unit of the points."""
    nearest: IntArray
    """(points,): site that serves each."""
    objective: float
    """Weighted sum of distances, number of sites, or longest distance, whichever was asked for."""
    bound: float
    """No plan is better."""
    work: int
    """Starts, or nodes of the search tree."""
    solver: str

    @property
    def gap(self) -> float:
        """Distance of objective and bound, relative to the objective; 0 where both are 0."""
        distance = self.objective - self.bound
        return max(0.0, distance) / max(abs(self.objective), 1e-300) if distance else 0.0


def weber_sites(
    points: FloatArray,
    weight: FloatArray,
    number: int,
    *,
    fixed: FloatArray | None = None,
    starts: int = 30,
    seed: int = 1,
) -> GreenfieldPlan:
    """Places for a number of sites with the least weighted sum of straight distances (multi-source Weber problem).

    Location-allocation from many starts; no start proves anything, so the status is FEASIBLE, with two exceptions: one
    site without fixed ones is a convex problem, and as many sites as points serve every point on the spot. Bounds: for
    one site that of its subgradient, sum w d at the answer less the slope times the distance to the farthest point
    (where the best place cannot be beyond); for several, half of a bound of the problem with sites at points only,
    which costs at most twice as much as sites anywhere (move every site to the nearest of its points).

    Args:
        points: (points, 2), in one plane and unit, e.g. kilometres.
        weight: (points,), demand or trips.
        number: of sites to place besides the fixed ones.
        fixed: (fixed, 2) sites that stand already; they head the answer.
        starts: tries, each from points drawn at random in proportion to weight and distance.
        seed: of the draws.

    Raises:
        ValueError: an argument outside its bounds.
    """
    place = _places("points", points)
    load = not_negatives("weight", weight, (len(place),))
    count("number", number, 1)
    count("starts", starts, 1)
    standing = np.zeros((0, 2)) if fixed is None or np.size(fixed) == 0 else _places("fixed", fixed)
    is_free = np.append(np.zeros(len(standing), np.bool_), np.ones(number, np.bool_))
    size = float(np.ptp(place, axis=0).max()) if len(place) > 1 else 0.0
    x, y = np.ascontiguousarray(place[:, 0]), np.ascontiguousarray(place[:, 1])
    best, sites, nearest = np.inf, place[:1], np.zeros(len(place), np.int64)
    chance = np.random.default_rng(np.random.SeedSequence(seed))
    done = 0
    try:
        for _ in range(starts if number > 1 or len(standing) else 1):
            at = _start(place, load, standing, number, chance)
            served = np.zeros(len(place), np.int64)
            total = settle(x, y, load, at, served, is_free, 1e-13 * size, _ROUNDS)
            done += 1
            if total < best * (1.0 - 1e-12):
                best, sites, nearest = total, at, served
    except KeyboardInterrupt:
        if not np.isfinite(best):
            raise
    bound = _weber_bound(place, load, number, len(standing), sites, best)
    proven = best - bound <= _WITHIN * max(best, 1e-300)
    status = SolveStatus.OPTIMAL if proven else SolveStatus.FEASIBLE
    return GreenfieldPlan(
        status, sites, nearest, best, bound, done, "location-allocation (Cooper, Weiszfeld)"
    )


def fewest_circles(points: FloatArray, radius: float, *, node_limit: int = _NODE_LIMIT) -> GreenfieldPlan:
    """Places for the fewest sites so that no point is farther than a radius from one.

    Every circle can be moved until two of its points lie on its edge, or it is centred at its only point: the centres
    at points and at crossings of circles around points are candidates enough (Church 1984, Geographical Analysis 16).
    A set-cover integer program over those that are not dominated gives the optimum.

    Args:
        points: (points, 2), in one plane and unit.
        radius: in that unit.
        node_limit: of the search tree.

    Raises:
        ValueError: an argument outside its bounds.
    """
    place = _places("points", points)
    reach = positive("radius", radius)
    centres, covers = candidate_circles(place, reach)
    chosen, bound, nodes = _cover(covers, node_limit)
    sites = centres[chosen]
    distance = np.hypot(*(place[:, None, :] - sites[None]).transpose(2, 0, 1))
    status = SolveStatus.OPTIMAL if bound >= len(chosen) else SolveStatus.FEASIBLE
    return GreenfieldPlan(
        status, sites, distance.argmin(axis=1), float(len(chosen)), float(bound), nodes, "set cover (HiGHS)"
    )


def smallest_radius(points: FloatArray, number: int, *, node_limit: int = _NODE_LIMIT) -> GreenfieldPlan:
    """Places for a number of sites with the least longest distance (continuous p-centre problem).

    Halves the radius between one that suffices and one that does not, each decided by `fewest_circles`; after each
    success the circles shrink to the smallest ones around their points (Elzinga and Hearn 1972). Proven within 1e-9.

    Args:
        points: (points, 2), in one plane and unit.
        number: of sites.
        node_limit: of each search tree.

    Raises:
        ValueError: an argument outside its bounds.
    """
    place = _places("points", points)
    number = min(count("number", number, 1), len(np.unique(place, axis=0)))
    low, work = 0.0, 0
    high, sites, nearest = _shrunk(place, np.zeros(len(place), np.int64))
    size = high
    if number == 1 or high == 0.0:
        return GreenfieldPlan(SolveStatus.OPTIMAL, sites, nearest, high, high, 0, "smallest enclosing circle")
    is_proven = True
    for _ in range(_HALVINGS):
        if high - low <= _WITHIN * high or high <= 1e-12 * size:
            break
        middle = 0.5 * (low + high)
        tried = fewest_circles(place, middle, node_limit=node_limit)
        work += 1 + tried.work
        if tried.objective <= number:
            radius, shrunk, served = _shrunk(place, tried.nearest)
            if radius < high:
                high, sites, nearest = radius, shrunk, served
            else:
                high = middle
        elif tried.bound > number:
            low = middle
        else:
            is_proven = False
            break
    low = min(low, high)
    proven = is_proven and (high - low <= _WITHIN * high or high <= 1e-12 * size)
    status = SolveStatus.OPTIMAL if proven else SolveStatus.FEASIBLE
    return GreenfieldPlan(status, sites, nearest, high, low, work, "halving with set cover (HiGHS)")


def _places(name: str, places: FloatArray) -> FloatArray:
    array = floats(name, places)
    if array.ndim != 2 or array.shape[0] == 0 or array.shape[1] != 2:
        raise ValueError(f"{name} has shape {array.shape}, not (n, 2) with n of 1 or more")
    if not np.isfinite(array).all() or np.abs(array).max() > 1e9:
        raise ValueError(f"{name} holds {array[~(np.abs(array) <= 1e9)][0]:g}, not a number of at most 1e9")
    return array


def _start(
    place: FloatArray, load: FloatArray, standing: FloatArray, number: int, chance: np.random.Generator
) -> FloatArray:
    """Fixed sites, then points drawn in proportion to weight times squared distance to the sites before."""
    sites = [*standing]
    for _ in range(number):
        if sites:
            square = ((place[:, None, :] - np.array(sites)[None]) ** 2).sum(axis=2).min(axis=1)
        else:
            square = np.ones(len(place))
        draw = load * square
        if draw.sum() <= 0.0:
            draw = square if square.sum() > 0.0 else np.ones(len(place))
        at = int(np.searchsorted(np.cumsum(draw), chance.random() * draw.sum(), side="right"))
        sites.append(place[min(at, len(place) - 1)])
    return np.array(sites)


def _weber_bound(
    place: FloatArray, load: FloatArray, number: int, standing: int, sites: FloatArray, total: float
) -> float:
    if total == 0.0:
        return 0.0
    if number == 1 and standing == 0:
        away = place - sites[0]
        distance = np.hypot(away[:, 0], away[:, 1])
        is_off = distance > 0.0
        pull = (load[is_off, None] * away[is_off] / distance[is_off, None]).sum(axis=0)
        slope = max(0.0, float(np.hypot(*pull)) - float(load[~is_off].sum()))
        return max(0.0, total - slope * float(distance.max()))
    if standing or len(place) ** 2 > _BOUND_PAIRS:
        return 0.0
    cost = np.hypot(*(place[:, None, :] - place[None]).transpose(2, 0, 1)) * load[:, None]
    at_points = FixedCharge(cost, np.zeros(len(place)), fewest_sites=1, most_sites=number)
    return max(0.0, 0.5 * settled(at_points, True, np.inf).bound)


def _cover(covers: npt.NDArray[np.bool_], node_limit: int) -> tuple[IntArray, int, int]:
    """Fewest rows of a table that cover every column, a lower bound of their number, nodes."""
    from scipy.optimize import Bounds, milp

    candidates, columns = covers.shape
    rows = Rows(candidates)
    for column in range(columns):
        which = np.flatnonzero(covers[:, column])
        rows.add(which, np.ones(len(which)), 1.0, np.inf)
    found = milp(
        np.ones(candidates), integrality=np.ones(candidates), bounds=Bounds(0, 1), constraints=rows.constraints(),
        options={"mip_rel_gap": 0.0, "node_limit": node_limit},
    )  # fmt: skip
    nodes = int(getattr(found, "mip_node_count", None) or 0)
    if found.x is None:
        chosen = _greedy(covers)
        return chosen, 1, nodes
    lower = getattr(found, "mip_dual_bound", None)
    bound = 1 if lower is None else int(np.ceil(float(lower) - 1e-6))
    return np.flatnonzero(found.x > 0.5), bound, nodes


def _greedy(covers: npt.NDArray[np.bool_]) -> IntArray:
    left = np.ones(covers.shape[1], np.bool_)
    chosen = []
    while left.any():
        chosen.append(int((covers & left).sum(axis=1).argmax()))
        left &= ~covers[chosen[-1]]
    return np.array(chosen, np.int64)


def _shrunk(place: FloatArray, nearest: IntArray) -> tuple[float, FloatArray, IntArray]:
    """Smallest circles around each site's points: the longest radius, the centres, and who has which."""
    longest, centres = 0.0, []
    used = np.unique(nearest)
    for site in used.tolist():
        centre, radius = enclosing_circle(place[nearest == site])
        centres.append(centre)
        longest = max(longest, radius)
    return longest, np.array(centres), np.searchsorted(used, nearest)


__all__ = ["GreenfieldPlan", "fewest_circles", "smallest_radius", "weber_sites"]
