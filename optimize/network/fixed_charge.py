"""Fixed-charge location: which sites to open and who is served from where, at the least cost of sites and travel.

    min  sum_i f_i y_i + sum_ij c_ij x_ij
    s.t. sum_i x_ij = 1 for every point j;  x_ij <= y_i;  sum_j d_j x_ij <= s_i y_i;  fewest <= sum_i y_i <= most
         sum_{j in R} w_j sum_{i near j} x_ij >= a_R sum_{j in R} w_j for every region R with a promise
         y binary; x shares (split demand), or binary (single source)

Without capacities this is the uncapacitated problem (UFLP), with them the capacitated one (CFLP, or SSCFLP where each
point has a single source): Daskin 2013, Network and Discrete Location, chapter 7.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from optimize.arguments import LARGEST, FloatArray, count, floats, not_negatives, share
from optimize.network.results import UnservedCustomer
from scenarios import SolveStatus

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CoverPromise:
    """A share of some points' weight has to be served from sites that are near."""

    weight: FloatArray
    """(points,): what a point counts, 0 for those outside the region."""
    is_near: BoolArray
    """(points, sites)."""
    least_share: float
    """Of the weight, from 0 to 1."""
    name: str = "region"

    def __post_init__(self) -> None:
        near = np.array(self.is_near, np.bool_)
        if near.ndim != 2:
            raise ValueError(f"is_near of {self.name} has shape {near.shape}, not (points, sites)")
        object.__setattr__(self, "is_near", near)
        object.__setattr__(self, "weight", not_negatives("weight", self.weight, near.shape[:1]))
        share("least_share", self.least_share)


@dataclass(frozen=True, eq=False)
class FixedCharge:
    """Points, possible sites and what they cost, in one unit of money."""

    cost: FloatArray
    """(points, sites): of serving all of a point from a site; infinite where that is not allowed."""
    fixed_cost: FloatArray
    """(sites,): of an open site; below 0 where closing it would cost more."""
    demand: FloatArray = field(default_factory=lambda: np.zeros(0))
    """(points,): in the unit of `capacity`; left out = 1 each."""
    capacity: FloatArray | None = None
    """(sites,): None = no limit."""
    required: tuple[int, ...] = ()
    """Sites that stay open."""
    closed: tuple[int, ...] = ()
    """Sites that are not to be had."""
    fewest_sites: int = 0
    most_sites: int | None = None
    """Limits of how many are open; None = no limit."""
    promises: tuple[CoverPromise, ...] = ()
    constant: float = 0.0
    """Cost that does not depend on the choice, e.g. of closing all existing sites; part of every objective."""

    def __post_init__(self) -> None:
        cost = floats("cost", self.cost)
        if cost.ndim != 2 or 0 in cost.shape:
            raise ValueError(f"cost has shape {cost.shape}, not (points, sites) with one or more of each")
        if wrong := cost[np.isnan(cost) | (cost < 0) | ((cost > LARGEST) & (cost < np.inf))].tolist():
            raise ValueError(f"cost holds {wrong[0]!r}, not a number of 0 or more, or infinity")
        points, sites = cost.shape
        fixed = floats("fixed_cost", self.fixed_cost)
        if fixed.shape != (sites,):
            raise ValueError(f"fixed_cost has shape {fixed.shape}, not ({sites},)")
        if not (np.abs(fixed) <= LARGEST).all():
            raise ValueError(
                f"fixed_cost holds {fixed[~(np.abs(fixed) <= LARGEST)][0]:g}, not a finite number"
            )
        demand = np.ones(points) if np.size(self.demand) == 0 else self.demand
        demand = not_negatives("demand", demand, (points,))
        if self.capacity is not None:
            object.__setattr__(self, "capacity", not_negatives("capacity", self.capacity, (sites,)))
        for name, chosen in (("required", self.required), ("closed", self.closed)):
            object.__setattr__(
                self, name, tuple(sorted({count(name, site, 0, sites - 1) for site in chosen}))
            )
        if both := set(self.required) & set(self.closed):
            raise ValueError(f"closed holds site {min(both)}, which is required as well")
        count("fewest_sites", self.fewest_sites)
        if self.most_sites is not None:
            count("most_sites", self.most_sites, max(1, self.fewest_sites))
        for promise in self.promises:
            if promise.is_near.shape != cost.shape:
                raise ValueError(
                    f"is_near of {promise.name} has shape {promise.is_near.shape}, not {cost.shape}"
                )
        if not np.isfinite(self.constant):
            raise ValueError(f"constant is {self.constant!r}, not a finite number")
        for name, array in (("cost", cost), ("fixed_cost", fixed), ("demand", demand)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def points(self) -> int:
        """How many points."""
        return int(self.cost.shape[0])

    @property
    def sites(self) -> int:
        """How many possible sites."""
        return int(self.cost.shape[1])


def with_existing(
    keeping_cost: FloatArray, closing_cost: FloatArray, is_existing: BoolArray, opening_cost: FloatArray
) -> tuple[FloatArray, float]:
    """Fixed costs and constant of `FixedCharge` where some sites exist already and may be closed at a cost.

    An existing site costs its keeping if kept, its closing if not; a new one its opening and keeping. All of them are
    for the same span of time.

    Args:
        keeping_cost: (sites,) of an open site.
        closing_cost: (sites,) paid where an existing site is given up.
        is_existing: (sites,).
        opening_cost: (sites,) paid where a new site is opened.

    Returns:
        Fixed cost (sites,) and constant.

    Raises:
        ValueError: shapes differ, or a number is negative or not finite.
    """
    keeping = not_negatives("keeping_cost", keeping_cost)
    shape = keeping.shape
    closing = not_negatives("closing_cost", closing_cost, shape)
    opening = not_negatives("opening_cost", opening_cost, shape)
    existing = np.array(is_existing, np.bool_)
    if existing.shape != shape:
        raise ValueError(f"is_existing has shape {existing.shape}, not {shape}")
    return np.where(existing, keeping - closing, keeping + opening), float(closing[existing].sum())


@dataclass(frozen=True, eq=False)
class FlowPlan:
    """Open sites and the share of each point that each of them serves."""

    status: SolveStatus
    open_sites: tuple[int, ...]
    """In rising order."""
    share: FloatArray
    """(points, sites): rows add up to 1, or to 0 for points that are not served; whole where single source."""
    objective: float
    """Sites, travel and constant; infinite without a plan."""
    site_cost: float
    """Of the open sites, with the constant."""
    travel_cost: float
    bound: float
    """No plan costs less."""
    work: int
    """Nodes of the search trees."""
    solver: str
    """Which method proved or stopped, in words."""
    unserved: tuple[UnservedCustomer, ...] = ()

    @property
    def gap(self) -> float:
        """Distance of objective and bound, relative to the objective; 0 where both are 0."""
        distance = self.objective - self.bound
        if not np.isfinite(distance):
            return 0.0 if self.objective == self.bound else float("inf")
        return max(0.0, distance) / max(abs(self.objective), 1e-12) if distance else 0.0

    @property
    def is_proven(self) -> bool:
        """Whether no plan is better, or there is none at all."""
        return self.status in (SolveStatus.OPTIMAL, SolveStatus.INFEASIBLE)

    @property
    def assigned(self) -> IntArray:
        """(points,): site that serves most of a point, -1 where none does."""
        return np.where(self.share.sum(axis=1) > 0, self.share.argmax(axis=1), -1)

    def summary(self) -> str:
        """One line for people."""
        sites = ", ".join(map(str, self.open_sites)) or "none"
        text = f"{self.status.value}: {self.objective:.10g} (bound {self.bound:.10g}), sites {sites}; {self.solver}"
        return text + (f"; {len(self.unserved)} points unserved" if self.unserved else "")


__all__ = ["CoverPromise", "FixedCharge", "FlowPlan", "with_existing"]
