"""Which stations to open, whom each serves and how many technicians it needs: what is asked and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, count, inner_share, not_negatives, positive, share
from optimize.network.results import UnservedCustomer
from scenarios import SolveStatus

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ReachPromise:
    """A share of the jobs is served from a station that is near."""

    least_share: float
    """Of the jobs of the region, from 0 to 1."""
    radius_km: float | None = None
    travel_minutes: float | None = None
    """How far near is, one way; where both are given, both have to hold."""
    points: tuple[int, ...] | None = None
    """Points of the region; None = all."""
    name: str = "all points"

    def __post_init__(self) -> None:
        share("least_share", self.least_share)
        if self.radius_km is None and self.travel_minutes is None:
            raise ValueError("radius_km and travel_minutes are both None: one of them says what is near")
        for name in ("radius_km", "travel_minutes"):
            if getattr(self, name) is not None:
                positive(name, getattr(self, name))


@dataclass(frozen=True, eq=False)
class SitingProblem:
    """Demand points (k), candidate stations (s) and prices; a day is a working day."""

    jobs_per_day: FloatArray
    """(k,): mean."""
    work_minutes: FloatArray
    """(k,): mean time on site per job."""
    travel_minutes: FloatArray
    """(k, s): one way."""
    travel_km: FloatArray
    """(k, s): one way."""
    station_cost_per_day: FloatArray
    """(s,): of an open station without its technicians."""
    technician_cost_per_day: float
    """Of one technician on duty."""
    on_duty_minutes: float
    """Working time of a technician in a day."""
    cost_per_km: float = 0.0
    largest_utilisation: float = 0.85
    """Work and travel over time on duty, between 0 and 1."""
    promised_wait_minutes: float | None = None
    """Working time from request to departure within which `waited_share` of jobs are begun; None = utilisation only."""
    waited_share: float = 0.9
    job_scv: float = 1.0
    """Squared coefficient of variation of travel and work together."""
    trips_per_job: float = 2.0
    """Single ways per job: 2 out and back, less where several jobs are done on one round."""
    reach: tuple[ReachPromise, ...] = ()
    required: tuple[int, ...] = ()
    """Stations that stay open."""
    existing: tuple[int, ...] = ()
    """Stations that stand today; given up at `closing_cost_per_day`."""
    closing_cost_per_day: FloatArray = field(default_factory=lambda: np.zeros(0))
    """(s,): of a given-up station, spread over days; left out = 0."""
    fewest_stations: int = 1
    most_stations: int | None = None
    most_technicians: int = 60
    """Largest crew of one station."""
    may_split: bool = False
    """Whether a point may be shared by several stations."""

    def __post_init__(self) -> None:
        jobs = not_negatives("jobs_per_day", self.jobs_per_day)
        points = len(jobs)
        costs = not_negatives("station_cost_per_day", self.station_cost_per_day)
        shape = (points, len(costs))
        closing = (
            np.zeros(len(costs)) if np.size(self.closing_cost_per_day) == 0 else self.closing_cost_per_day
        )
        checked = {
            "jobs_per_day": jobs,
            "station_cost_per_day": costs,
            "work_minutes": not_negatives("work_minutes", self.work_minutes, (points,)),
            "travel_minutes": not_negatives("travel_minutes", self.travel_minutes, shape),
            "travel_km": not_negatives("travel_km", self.travel_km, shape),
            "closing_cost_per_day": not_negatives("closing_cost_per_day", closing, costs.shape),
        }
        for name, array in checked.items():
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        positive("technician_cost_per_day", self.technician_cost_per_day)
        positive("on_duty_minutes", self.on_duty_minutes)
        not_negatives("cost_per_km", [self.cost_per_km])
        inner_share("largest_utilisation", self.largest_utilisation)
        inner_share("waited_share", self.waited_share)
        not_negatives("job_scv", [self.job_scv])
        positive("trips_per_job", self.trips_per_job)
        if self.promised_wait_minutes is not None:
            not_negatives("promised_wait_minutes", [self.promised_wait_minutes])
        for name in ("required", "existing"):
            for station in getattr(self, name):
                count(name, station, 0, len(costs) - 1)
        for promise in self.reach:
            for point in promise.points or ():
                count(f"points of {promise.name}", point, 0, points - 1)
        count("fewest_stations", self.fewest_stations, 1, len(costs))
        if self.most_stations is not None:
            count("most_stations", self.most_stations, self.fewest_stations)
        count("most_technicians", self.most_technicians, 1)

    @property
    def points(self) -> int:
        """How many demand points."""
        return len(self.jobs_per_day)

    @property
    def stations(self) -> int:
        """How many candidates."""
        return len(self.station_cost_per_day)


@dataclass(frozen=True)
class StationsPoint:
    """What the best plan with exactly so many stations looks like."""

    stations: int
    cost_per_day: float
    """Infinite where no such plan exists, or none was found."""
    bound: float
    travel_minutes: float
    """Mean one way per job."""
    coverage: float
    """Share of jobs within what the first reach promise calls near; 1 without one."""
    technicians: int


@dataclass(frozen=True, eq=False)
class SitingPlan:
    """Stations, territories and crews, and what is proven about them."""

    status: SolveStatus
    open_stations: tuple[int, ...]
    """In rising order."""
    territory: IntArray
    """(k,): station that serves (most of) each point, -1 where none does."""
    share: FloatArray
    """(k, s): of each point's jobs by station."""
    technicians: IntArray
    """(s,): on duty at the same time, 0 where closed."""
    load: FloatArray
    """(s,): busy technicians on average (jobs x minutes over minutes on duty)."""
    utilisation: FloatArray
    """(s,): load over technicians, 0 where closed."""
    travel_minutes: float
    """Mean one way per job."""
    coverage: tuple[float, ...]
    """By reach promise: share of jobs that are near."""
    station_cost: float
    technician_cost: float
    travel_cost: float
    """Per day each; given-up stations are part of the first."""
    bound: float
    """No plan costs less per day."""
    work: int
    solver: str
    curve: tuple[StationsPoint, ...] = ()
    """By number of stations; what one more of them buys."""
    unserved: tuple[UnservedCustomer, ...] = ()

    @property
    def cost_per_day(self) -> float:
        """All of it; infinite without a plan."""
        return self.station_cost + self.technician_cost + self.travel_cost

    @property
    def gap(self) -> float:
        """Distance of cost and bound, relative to the cost."""
        distance = self.cost_per_day - self.bound
        if not np.isfinite(distance):
            return 0.0 if self.cost_per_day == self.bound else float("inf")
        return max(0.0, distance) / max(abs(self.cost_per_day), 1e-12)


__all__ = ["ReachPromise", "SitingPlan", "SitingProblem", "StationsPoint"]
