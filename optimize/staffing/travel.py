"""How many technicians: visits that cost a way as well as work, stations with territories, skills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt

from optimize.arguments import count, not_negative, not_negatives, positive, share
from optimize.staffing.queues import Waiting, mgc
from scenarios import Unserved

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_TOUR_FACTOR = 0.7124
_MIDDLE_OF_SQUARE = 0.3826
_NEAREST_FACTOR = 0.5
_MOST_TECHNICIANS = 2_000
_WORK_POINTS = 200
_LEVELS = (np.arange(_WORK_POINTS) + 0.5) / _WORK_POINTS
_ALMOST = 0.002
_HALVINGS = 30


@dataclass(frozen=True)
class Territory:
    """Where the visits of a station are."""

    area_km2: float
    km_per_hour: float
    road_factor: float = 1.3
    """Kilometres of road per kilometre of straight line."""
    depot_km: float | None = None
    """Mean straight line from the station to a visit; None = from the middle of a square of that area."""

    def __post_init__(self) -> None:
        positive("area_km2", self.area_km2)
        positive("km_per_hour", self.km_per_hour)
        positive("road_factor", self.road_factor)
        if self.depot_km is not None:
            not_negative("depot_km", self.depot_km)

    def tour_minutes(self, visits_per_day: float, technicians: int) -> float:
        """Mean minutes on the road per visit when each technician drives a round a day through a part of the territory.

        0.7124 sqrt(A n) km through n visits (Beardwood, Halton and Hammersley 1959; the constant of Johnson, McGeoch
        and Rothberg 1996), and for each technician out and back (Daganzo 1984, Transportation Science 18).

        Raises:
            ValueError: no visits or nobody to drive.
        """
        visits = positive("visits_per_day", visits_per_day)
        middle = _MIDDLE_OF_SQUARE * sqrt(self.area_km2) if self.depot_km is None else self.depot_km
        rounds = min(count("technicians", technicians, 1), visits)
        return self._minutes(_TOUR_FACTOR * sqrt(self.area_km2 / visits) + 2.0 * middle * rounds / visits)

    def response_minutes(self, free_technicians: float) -> float:
        """Mean minutes to a visit for the nearest of technicians who are spread at random.

        0.5 sqrt(A / m) km with m of them free: square-root law (Kolesar and Blum 1973, Management Science 19).

        Raises:
            ValueError: nobody is free.
        """
        free = positive("free_technicians", free_technicians)
        return self._minutes(_NEAREST_FACTOR * sqrt(self.area_km2 / free))

    def _minutes(self, straight_km: float) -> float:
        return straight_km * self.road_factor / self.km_per_hour * 60.0


@dataclass(frozen=True, eq=False)
class TechnicianSizing:
    """Technicians by station and what they promise; minutes are working time."""

    on_duty: IntArray
    """(stations,): people at work at the same time."""
    on_duty_by_skill: IntArray
    """(stations, skills): how many of them have to have each skill, among others."""
    employed: IntArray
    """(stations,): people to employ so that so many are on duty."""
    travel_minutes: FloatArray
    """(stations,): mean time on the road per visit."""
    utilisation: FloatArray
    """(stations,): work and road over time on duty."""
    mean_wait_minutes: FloatArray
    """(stations,): from request to departure."""
    completed_share: FloatArray
    """(stations,): visits completed within the promised time; 1 where there are none."""
    unserved: tuple[Unserved, ...]
    """Stations whose promise no number of people keeps."""


def technicians_needed(
    visits_per_day: FloatArray,
    on_site_minutes: FloatArray,
    on_site_scv: FloatArray,
    travel: FloatArray | Sequence[Territory],
    *,
    on_duty_minutes_per_day: float,
    promised_minutes: float,
    completed_share: float,
    largest_utilisation: float = 0.9,
    presence_share: float = 1.0,
    travel_scv: float = 0.27,
) -> TechnicianSizing:
    """Fewest technicians per station that complete visits as promised.

    A visit holds a technician for its way and its work, S = travel + on site. With n on duty the station is the queue
    M/G/n of `optimize.staffing.queues.mgc`; the promise is kept by P(W + S <= promised), W the wait and S gamma with
    the mean and variance of both parts. People are the fewest with that share at or above the target and
    n utilisation <= ceiling n. Technicians with a skill do visits of that skill first: they are the fewest who, with
    these visits alone, keep the promise; as the same people do other visits meanwhile, a visit of a scarce skill may
    wait for the end of one of them.

    Args:
        visits_per_day: (stations, skills + 1): Poisson, over time on duty; last column: visits that need no skill.
        on_site_minutes: (stations,): mean.
        on_site_scv: (stations,): squared coefficient of variation.
        travel: (stations,) minutes per visit, or territories, whose rounds grow with the number of technicians.
        on_duty_minutes_per_day: working time of one technician.
        promised_minutes: working time from request to completion.
        completed_share: share of visits completed within it, between 0 and 1.
        largest_utilisation: ceiling of utilisation, between 0 and 1.
        presence_share: of the employed, those on duty on a mean day, above 0.
        travel_scv: squared coefficient of variation of the way; 0.27 is that of the nearest of points at random.

    Returns:
        People and their promise. A station whose promise cannot be kept gets as many as bring it within 0.002 of the
        share that is possible, and is named with the promise that could be kept.

    Raises:
        ValueError: an argument outside its bounds, shapes that differ, or a station that needs more than 2,000.
    """
    visits = np.array(visits_per_day, np.float64)
    if visits.ndim != 2 or visits.shape[0] == 0 or visits.shape[1] == 0:
        raise ValueError(f"visits_per_day has shape {visits.shape}, not (stations, skills + 1)")
    not_negatives("visits_per_day", visits, visits.shape)
    stations, columns = visits.shape
    on_site = not_negatives("on_site_minutes", on_site_minutes, (stations,))
    scv = not_negatives("on_site_scv", on_site_scv, (stations,))
    ways = _ways(travel, stations)
    goal = _Goal(
        positive("on_duty_minutes_per_day", on_duty_minutes_per_day),
        positive("promised_minutes", promised_minutes),
        share("completed_share", completed_share, is_open=True),
        share("largest_utilisation", largest_utilisation, is_open=True),
    )
    presence = share("presence_share", presence_share)
    positive("presence_share", presence)
    spread = not_negative("travel_scv", travel_scv)
    people, skilled = np.zeros(stations, np.int64), np.zeros((stations, columns - 1), np.int64)
    way, used, waits, kept = (np.zeros(stations) for _ in range(4))
    kept[:] = 1.0
    unserved = []
    for station in range(stations):
        total = float(visits[station].sum())
        if total == 0.0:
            continue
        visit = _Visit(float(on_site[station]), float(scv[station]), ways[station], spread, total)
        name = f"station {station}"
        crew = _fewest(name, visit, total, goal)
        people[station], way[station] = crew.people, visit.travel(crew.people)
        used[station], waits[station] = crew.state.utilisation, crew.state.mean_wait_minutes
        kept[station] = crew.completed
        if crew.completed < goal.completed:
            unserved.append(_broken(name, visit, crew, goal))
        for skill in range(columns - 1):
            if visits[station, skill] > 0.0:
                alone = _fewest(name, visit, float(visits[station, skill]), goal, at=crew.people)
                skilled[station, skill] = min(alone.people, crew.people)
    employed = np.array([ceil(number / presence - 1e-9) for number in people], np.int64)
    return TechnicianSizing(people, skilled, employed, way, used, waits, kept, tuple(unserved))


def carried_minutes(
    on_site_minutes: float,
    on_site_scv: float,
    travel_minutes: float,
    most: int,
    *,
    on_duty_minutes_per_day: float,
    promised_minutes: float,
    completed_share: float,
    largest_utilisation: float = 0.9,
    travel_scv: float = 0.27,
) -> FloatArray:
    """The most work, in minutes a day on the road and at customers', that people complete as promised.

    The inverse of `technicians_needed`: n people carry no more than their ceiling, and no more than lets the queue
    M/G/n keep the promise, as far as people without end would. Found by halving, from below.

    Args:
        on_site_minutes: mean.
        on_site_scv: squared coefficient of variation.
        travel_minutes: mean.
        most: people at the last entry.
        on_duty_minutes_per_day: working time of one person.
        promised_minutes: working time from request to completion.
        completed_share: share of visits completed within it, between 0 and 1.
        largest_utilisation: ceiling of utilisation, between 0 and 1.
        travel_scv: squared coefficient of variation of the way.

    Returns:
        (most + 1,): of 0, 1, 2, ... people; rising, and rising per head.

    Raises:
        ValueError: an argument outside its bounds.
    """
    goal = _Goal(
        positive("on_duty_minutes_per_day", on_duty_minutes_per_day),
        positive("promised_minutes", promised_minutes),
        share("completed_share", completed_share, is_open=True),
        share("largest_utilisation", largest_utilisation, is_open=True),
    )
    way = _constant(not_negative("travel_minutes", travel_minutes))
    visit = _Visit(
        not_negative("on_site_minutes", on_site_minutes),
        not_negative("on_site_scv", on_site_scv),
        way,
        not_negative("travel_scv", travel_scv),
        0.0,
    )
    each, _ = visit.moments(1)
    carried = goal.on_duty_minutes * goal.utilisation * np.arange(count("most", most, 1) + 1.0)

    def is_kept(people: int, minutes: float) -> bool:
        crew = _crew(people, visit, minutes / each, goal, 1)
        return crew.completed >= min(goal.completed, crew.possible - _ALMOST)

    for people in range(1, most + 1):
        if is_kept(people, float(carried[people])):
            break  # more people do so all the more
        low, high = 0.0, float(carried[people])
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if is_kept(people, middle) else (low, middle)
        carried[people] = low
    return carried


@dataclass(frozen=True)
class _Goal:
    """What people have to reach; minutes are working time."""

    on_duty_minutes: float
    promised_minutes: float
    completed: float
    utilisation: float


@dataclass(frozen=True)
class _Visit:
    """Way and work of one visit."""

    on_site: float
    on_site_scv: float
    way: Callable[[float, int], float]
    travel_scv: float
    visits_per_day: float

    def travel(self, technicians: int) -> float:
        """Mean minutes on the road."""
        return self.way(self.visits_per_day, technicians)

    def moments(self, technicians: int) -> tuple[float, float]:
        """Mean minutes and squared coefficient of variation of way and work together."""
        travel = self.travel(technicians)
        mean = travel + self.on_site
        if mean <= 0.0:
            raise ValueError("on_site_minutes and travel are both 0 at a station with visits")
        return mean, (self.on_site_scv * self.on_site**2 + self.travel_scv * travel**2) / mean**2

    def quantiles(self, technicians: int, levels: FloatArray) -> FloatArray:
        """Minutes that so many visits take at most (gamma)."""
        from scipy.special import gammaincinv

        mean, scv = self.moments(technicians)
        if scv < 1e-9:
            return np.full(levels.size, mean)
        return np.asarray(gammaincinv(1.0 / scv, levels) * mean * scv)


@dataclass(frozen=True)
class _Crew:
    """So many people and what they reach."""

    people: int
    state: Waiting
    completed: float
    possible: float
    """Share that people without end would complete in time."""


def _crew(people: int, visit: _Visit, visits_per_day: float, goal: _Goal, at: int) -> _Crew:
    """What so many reach; the way is that of rounds of `at` technicians."""
    mean, scv = visit.moments(at)
    state = mgc(visits_per_day / goal.on_duty_minutes, mean, scv, people)
    left = goal.promised_minutes - visit.quantiles(at, _LEVELS)
    completed = float(
        np.mean([state.answered_within(minutes) if minutes >= 0.0 else 0.0 for minutes in left])
    )
    return _Crew(people, state, completed, float((left >= 0.0).mean()))


def _fewest(name: str, visit: _Visit, visits_per_day: float, goal: _Goal, at: int | None = None) -> _Crew:
    """Fewest people who are enough, the promise as far as it can be kept at all."""
    people = 1
    while people <= _MOST_TECHNICIANS:
        rounds = people if at is None else at
        mean, _ = visit.moments(rounds)
        load = visits_per_day / goal.on_duty_minutes * mean
        if load > people * goal.utilisation:
            # More people drive no shorter ways, so that as many as today's load asks for are needed at least.
            people = max(people + 1, min(ceil(load / goal.utilisation), _MOST_TECHNICIANS + 1))
            continue
        crew = _crew(people, visit, visits_per_day, goal, rounds)
        if crew.completed >= min(goal.completed, crew.possible - _ALMOST):
            return crew
        people += 1
    raise ValueError(
        f"largest_utilisation is {goal.utilisation!r}: {name} would need more than {_MOST_TECHNICIANS} technicians"
    )


def _broken(name: str, visit: _Visit, crew: _Crew, goal: _Goal) -> Unserved:
    """The promise that people without end would keep instead."""
    place = min(_WORK_POINTS, ceil((goal.completed + _ALMOST) * _WORK_POINTS)) - 1
    enough = ceil(float(visit.quantiles(crew.people, _LEVELS[place : place + 1])[0]))
    late = f"{1.0 - crew.possible:.1%} of visits"
    return Unserved(
        item=name,
        reason=f"way and work alone take longer than {goal.promised_minutes:g} minutes at {late}",
        relaxation=f"promised_minutes {enough} instead of {goal.promised_minutes:g}",
    )


def _ways(travel: FloatArray | Sequence[Territory], stations: int) -> list[Callable[[float, int], float]]:
    """By station: minutes per visit from visits a day and technicians."""
    if all(isinstance(place, Territory) for place in travel):
        if len(travel) != stations:
            raise ValueError(f"travel has {len(travel)} territories, not {stations}")
        return [place.tour_minutes for place in travel if isinstance(place, Territory)]
    minutes = not_negatives("travel", np.asarray(travel, np.float64), (stations,))
    return [_constant(float(value)) for value in minutes]


def _constant(minutes: float) -> Callable[[float, int], float]:
    def way(visits_per_day: float, technicians: int) -> float:
        del visits_per_day, technicians
        return minutes

    return way


def nested_levels_needed(
    work_minutes_per_day: FloatArray, on_duty_minutes_per_day: float, largest_utilisation: float = 0.9
) -> IntArray:
    """Fewest people on duty who have each level of a skill or a higher one, where a higher level does all lower work.

    Work of level l and above has to fit into the time of those with level l and above: for every l,
    people(l) >= ceil(sum over k >= l of work(k) / (ceiling x time on duty)).

    Args:
        work_minutes_per_day: (levels,): work and road, the lowest level at the head.
        on_duty_minutes_per_day: working time of one person.
        largest_utilisation: ceiling, between 0 and 1.

    Returns:
        (levels,): people with at least that level; the first is all people.

    Raises:
        ValueError: an argument outside its bounds.
    """
    work = not_negatives("work_minutes_per_day", work_minutes_per_day)
    time = positive("on_duty_minutes_per_day", on_duty_minutes_per_day)
    time *= share("largest_utilisation", largest_utilisation, is_open=True)
    above = np.cumsum(work[::-1])[::-1]
    return np.ceil(above / time - 1e-9).astype(np.int64)


__all__ = ["TechnicianSizing", "Territory", "carried_minutes", "nested_levels_needed", "technicians_needed"]
