"""The answer to a rich routing problem: tours, what they cost by head, and why visits are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum

from scenarios import SolveStatus

RELOAD = -1
"""In `Tour.stops`: at the reload place."""
BREAK = -2
"""In `Tour.stops`: a break before the leg that follows, where the vehicle stands."""
BREAK_ON_ARRIVAL = -3
"""In `Tour.stops`: a break at the place of the stop that follows, before service starts there."""


class ToursStatus(Enum):
    """How far a plan gets."""

    NOTHING_TO_DO = "nothing to do"
    OPTIMAL = "no plan is better, proven"
    SERVED = "all that must be visited is"
    PARTIAL = "some that must be visited are not"
    INFEASIBLE = "some that must be visited can be by nobody, proven"


class UnservedReason(Enum):
    """Why a visit is left out: the first of these that is true of it, in this order."""

    NOBODY = "no vehicle is allowed to"
    CAPACITY = "larger than any vehicle that is allowed to"
    PARTS = "nobody who is allowed to has or can fetch its parts and tools"
    TIME_WINDOW = "nobody who could is there in time"
    SHIFT = "nobody who could ends in time"
    COST = "costs more than leaving it out"
    FLEET = "all vehicles that could are taken"


@dataclass(frozen=True)
class Unserved:
    """A visit left out.

    Attributes:
        visit: Which.
        reason: Why.
        relaxation: The smallest change known that would have it served; empty where none is known.
        is_outsourced: Somebody else does it for its unserved cost.
    """

    visit: int
    reason: UnservedReason
    relaxation: str = ""
    is_outsourced: bool = False


@dataclass(frozen=True)
class Tour:
    """The day of one vehicle.

    Attributes:
        vehicle: Row of the vehicles.
        depart_second: Leaves its start place; a break before the first leg comes after it.
        stops: Visits, `RELOAD`, `BREAK` and `BREAK_ON_ARRIVAL` in order.
        arrival_seconds: At each stop; for a break, since when the vehicle stands at the place where it is taken.
        start_seconds: Service, loading or break begins.
        end_second: At the end place, or end of the last service.
        distance_metres: Driven.
    """

    vehicle: int
    depart_second: int
    stops: tuple[int, ...]
    arrival_seconds: tuple[int, ...]
    start_seconds: tuple[int, ...]
    end_second: int
    distance_metres: int

    @property
    def visits(self) -> tuple[int, ...]:
        """Visits in order, without reloads and breaks."""
        return tuple(stop for stop in self.stops if stop >= 0)

    @property
    def order(self) -> tuple[int, ...]:
        """Visits and reloads in order: what decides a tour; breaks and times follow from it."""
        return tuple(stop for stop in self.stops if stop >= RELOAD)


@dataclass(frozen=True)
class TourMoney:
    """Money by head: `fixed` for vehicles used and reloads, `unserved` only for visits that need not be served."""

    fixed: float = 0.0
    distance: float = 0.0
    hours: float = 0.0
    overtime: float = 0.0
    lateness: float = 0.0
    extra: float = 0.0
    balance: float = 0.0
    unserved: float = 0.0

    @property
    def total(self) -> float:
        """All heads together."""
        return sum(self.by_head().values())

    def by_head(self) -> Mapping[str, float]:
        """Money of each head."""
        return {field.name: float(getattr(self, field.name)) for field in fields(self)}


@dataclass(frozen=True)
class ToursPlan:
    """Tours, and what they leave out.

    Attributes:
        tours: Of the vehicles used, by vehicle.
        unserved: By visit.
        must_unserved: How many of those must be served.
        money: By head, without visits that must be served and are not.
        status: How far it gets.
        bound: No plan that leaves out as few visits that must be served costs less; None = unknown.
        iterations: Of the search.
        is_interrupted: Somebody stopped the search before its limit.
        used_fallback: The plan is the constructive one: no search was asked for, or it found nothing better.
    """

    tours: tuple[Tour, ...]
    unserved: tuple[Unserved, ...]
    must_unserved: int
    money: TourMoney
    status: ToursStatus
    bound: float | None = None
    iterations: int = 0
    is_interrupted: bool = False
    used_fallback: bool = False

    @property
    def cost(self) -> float:
        """Money in all."""
        return self.money.total

    @property
    def rank(self) -> tuple[int, float]:
        """By which plans are compared; less is better."""
        return self.must_unserved, self.cost

    @property
    def gap(self) -> float | None:
        """How far the cost lies above the bound, as a share of the cost; None = unknown."""
        if self.bound is None:
            return None
        return max(0.0, self.cost - self.bound) / self.cost if self.cost > 0 else 0.0

    @property
    def solve_status(self) -> SolveStatus:
        """The same in the words that all solvers share."""
        if self.status is ToursStatus.INFEASIBLE:
            return SolveStatus.INFEASIBLE
        if self.status in (ToursStatus.OPTIMAL, ToursStatus.NOTHING_TO_DO):
            return SolveStatus.OPTIMAL
        return SolveStatus.FALLBACK if self.used_fallback else SolveStatus.FEASIBLE

    @property
    def orders(self) -> dict[int, tuple[int, ...]]:
        """Visits and reloads of each vehicle used, in order."""
        return {tour.vehicle: tour.order for tour in self.tours}

    def summary(self) -> str:
        """A few lines for people: status, money by head, tours, visits left out and why."""
        lines = [
            f"{self.status.value}: {sum(len(tour.visits) for tour in self.tours)} visits in {len(self.tours)} tours, "
            f"{sum(tour.distance_metres for tour in self.tours) / 1000:.1f} km, money {self.cost:.2f}"
        ]
        heads = [f"{head} {money:.2f}" for head, money in self.money.by_head().items() if money]
        lines += ["  " + ", ".join(heads)] if heads else []
        if self.gap is not None:
            lines.append(f"  at most {self.gap:.2%} above the best possible")
        lines += [
            f"  visit {one.visit} {'goes to a partner' if one.is_outsourced else 'left out'}: {one.reason.value}"
            + (f" ({one.relaxation})" if one.relaxation else "")
            for one in self.unserved
        ]
        return "\n".join(lines)


class ToursError(Exception):
    """A plan breaks a rule: a fault of the solver, never of the input."""


__all__ = [
    "BREAK", "BREAK_ON_ARRIVAL", "RELOAD", "Tour", "TourMoney", "ToursError", "ToursPlan", "ToursStatus", "Unserved",
    "UnservedReason",
]  # fmt: skip
