"""Sites over several years: demand, what sites cost, hold and may not do."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from optimize.arguments import LARGEST, FloatArray, count, floats, not_negative, not_negatives, share

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class NearShare:
    """A share of some points' demand is served from sites that are near, in every year."""

    is_near: BoolArray
    """(points, sites)."""
    points: tuple[int, ...]
    least_share: float


@dataclass(frozen=True, eq=False)
class Expansion:
    """Demand by year, possible sites, what they cost to open, keep, enlarge and close."""

    demand: FloatArray
    """(years, points): `grown_demand` makes it from today's."""
    unit_cost: FloatArray
    """(points, sites): of serving a unit of demand; infinite where that is not allowed."""
    capacity: FloatArray
    """(sites,): of an open site without steps, per year."""
    yearly_cost: FloatArray
    """(sites,): of an open site."""
    opening_cost: FloatArray
    closing_cost: FloatArray
    """(sites,): paid once each."""
    is_existing: BoolArray
    """(sites,): open before the first year."""
    step_capacity: FloatArray = field(default_factory=lambda: np.zeros(0))
    """(sites,): left out = 0."""
    step_cost: FloatArray = field(default_factory=lambda: np.zeros(0))
    """(sites,): price of a step, paid once."""
    step_yearly_cost: FloatArray = field(default_factory=lambda: np.zeros(0))
    """(sites,): of a step in place."""
    most_steps: int = 0
    """Per site."""
    interest: float = 0.0
    """Per year."""
    fewest_sites: int = 1
    most_sites: int | None = None
    """In every year."""
    single_source: bool = False
    """Every point is served by one site within a year."""
    unit_load: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    """(points, sites): capacity that a unit of demand takes; left out = 1."""
    is_required: BoolArray = field(default_factory=lambda: np.zeros(0, np.bool_))
    """(sites,): open in every year; left out = none."""
    existing_steps: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    """(sites,): in place before the first year; left out = 0."""
    near: tuple[NearShare, ...] = ()

    def __post_init__(self) -> None:
        demand = floats("demand", self.demand)
        if demand.ndim != 2 or 0 in demand.shape:
            raise ValueError(f"demand has shape {demand.shape}, not (years, points) with one or more of each")
        not_negatives("demand", demand, demand.shape)
        cost = floats("unit_cost", self.unit_cost)
        if cost.ndim != 2 or cost.shape[0] != demand.shape[1] or cost.shape[1] == 0:
            raise ValueError(f"unit_cost has shape {cost.shape}, not ({demand.shape[1]}, sites)")
        if wrong := cost[np.isnan(cost) | (cost < 0) | ((cost > LARGEST) & (cost < np.inf))].tolist():
            raise ValueError(f"unit_cost holds {wrong[0]!r}, not a number of 0 or more, or infinity")
        object.__setattr__(self, "demand", demand)
        object.__setattr__(self, "unit_cost", cost)
        shape = (cost.shape[1],)
        for name in ("capacity", "yearly_cost", "opening_cost", "closing_cost"):
            object.__setattr__(self, name, not_negatives(name, getattr(self, name), shape))
        for name in ("step_capacity", "step_cost", "step_yearly_cost"):
            given = getattr(self, name)
            values = np.zeros(shape) if np.size(given) == 0 else not_negatives(name, given, shape)
            object.__setattr__(self, name, values)
        existing = np.array(self.is_existing, np.bool_)
        if existing.shape != shape:
            raise ValueError(f"is_existing has shape {existing.shape}, not {shape}")
        object.__setattr__(self, "is_existing", existing)
        loads = np.ones(cost.shape) if np.size(self.unit_load) == 0 else self.unit_load
        object.__setattr__(self, "unit_load", not_negatives("unit_load", loads, cost.shape))
        required = (
            np.zeros(shape, np.bool_)
            if np.size(self.is_required) == 0
            else np.array(self.is_required, np.bool_)
        )
        if required.shape != shape:
            raise ValueError(f"is_required has shape {required.shape}, not {shape}")
        object.__setattr__(self, "is_required", required)
        steps = (
            np.zeros(shape, np.int64)
            if np.size(self.existing_steps) == 0
            else np.array(self.existing_steps, np.int64)
        )
        if steps.shape != shape or bool((steps < 0).any()):
            raise ValueError(
                f"existing_steps is {self.existing_steps!r}, not {shape[0]} whole numbers of 0 or more"
            )
        object.__setattr__(self, "existing_steps", steps)
        for promise in self.near:
            share("least_share", promise.least_share)
            if promise.is_near.shape != cost.shape:
                raise ValueError(f"is_near has shape {promise.is_near.shape}, not {cost.shape}")
        count("most_steps", self.most_steps)
        not_negative("interest", self.interest)
        count("fewest_sites", self.fewest_sites)
        if self.most_sites is not None:
            count("most_sites", self.most_sites, max(1, self.fewest_sites))

    @property
    def discount(self) -> FloatArray:
        """(years,): worth of a year's money in the first year."""
        factors: FloatArray = (1.0 + self.interest) ** -np.arange(float(len(self.demand)))
        return factors


def grown_demand(today: FloatArray, growth: FloatArray, years: int) -> FloatArray:
    """Demand by year that grows at a constant rate per point: (years, points), today's in the first.

    Args:
        today: (points,).
        growth: (points,) per year, above -1: 0.1 is a tenth more each year.
        years: 1 or more.

    Raises:
        ValueError: an argument outside its bounds.
    """
    demand = not_negatives("today", today)
    rate = floats("growth", growth)
    if rate.shape != demand.shape or not (np.isfinite(rate) & (rate > -1)).all():
        raise ValueError(f"growth is {growth!r}, not {demand.size} finite numbers above -1")
    grown: FloatArray = demand * (1.0 + rate) ** np.arange(count("years", years, 1))[:, None]
    return grown


__all__ = ["Expansion", "NearShare", "grown_demand"]
