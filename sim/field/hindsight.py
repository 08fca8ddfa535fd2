"""What could have been: the visits of each day, weighed against a plan that knew beforehand what was to come.

A district's day is its technicians and the visits that they set out for between two midnights. Work takes as
long as it did, drives go at the pace and with the luck with which each visit was driven to, and nobody is sent off
before a job can be visited: the day is that of a dispatcher who knew of all calls, times and absences, but not one on
which customers called earlier. Costs are those that plans weigh: driving, overtime, lateness, and promises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from optimize.inside import CrewProblem, DayArrays, DrivenDay, weigh_day
from sim.aftersales.context import Context
from sim.aftersales.requests import Cause
from sim.books import MINOR_PER_MAJOR
from sim.clock import SECONDS_PER_DAY
from sim.durations import spread_of
from sim.field.districts import District
from sim.field.jobs import SECONDS_PER_MINUTE, Needs, due_second
from sim.field.plan_terms import PlanCosts, who_can
from sim.field.plans import NO_LIMIT
from sim.field.roads import IntArray, Place, ServiceRoads
from sim.field.visits import Visit
from sim.field.workers import State, Worker, break_begins
from sim.replans import Planned, Regret, write_regret

_SEARCHES = 5
"""The search may work so many times as long as one for a plan: about as long as those of a day together."""
_NEVER_LEFT_OUT = 1e7
"""Money for leaving out a visit: what was done is to be done."""
_PACE_METRES = 10_000
"""A drive long enough to tell the pace from."""
_OFF = State.OFF
_ABSENT = Cause.ABSENT


@dataclass(frozen=True)
class _Driven:
    """A visit, as it was when it was set out for; later ones to the same request change the request."""

    visit: Visit
    needs: Needs
    """As they were judged; people are those who came."""
    expected_work: int
    released: int
    """Nobody could set out before."""
    due: int
    is_promised: bool
    pace: float
    """Time of the drive over that of plans."""
    detour_metres: int
    """Way by a station that has the part."""


class _Day:
    """Somebody's day."""

    def __init__(self, worker: Worker, second: int, place: Place) -> None:
        """Begin it.

        Args:
            worker: who.
            second: from when on he can set out, if his shift has begun.
            place: where from.
        """
        self.worker, self.place = worker, place
        self.stops: list[_Driven] = []
        duty = worker.coming if worker.state is _OFF else worker.duty
        assert duty is not None
        self.duty, self.second = duty, max(second, duty.starts_second)
        self.pause = 0
        """The break that he had before he set out last."""


class Hindsight:
    """Writes down for each district and day what was expected, what came, and what could have been had."""

    def __init__(self, context: Context, roads: ServiceRoads, districts: Sequence[District]) -> None:
        """Start before the first day.

        Args:
            context: the clock, the policy, what things cost.
            roads: what drives take, and are expected to.
            districts: with their technicians.
        """
        self._context, self._roads, self._districts = context, roads, districts
        policy = context.facts.policy.dispatch
        self._costs, self._iterations = PlanCosts.of(context, roads), _SEARCHES * policy.iterations
        self._overtime = round(policy.overtime_minutes * SECONDS_PER_MINUTE)
        self._usual = roads.expected_seconds(_PACE_METRES)
        self._district_of = {worker.number: one.number for one in districts for worker in one.workers}
        self._midnight = -SECONDS_PER_DAY
        self._days: dict[int, _Day] = {}
        """By technician."""
        self._ended: dict[int, int] = {}
        """By request: end of its last visit today."""

    def set_out(self, visit: Visit) -> None:
        """Somebody sets out, whose visit is worked out; his helper, if any, has not joined him yet."""
        midnight = visit.departed_second // SECONDS_PER_DAY * SECONDS_PER_DAY
        if midnight > self._midnight:
            self.close()
            self._open(midnight)
        driven = self._driven(visit)
        self._ended[visit.job.request.number] = visit.ended_second
        for worker in (visit.worker,) if visit.helper is None else (visit.worker, visit.helper):
            day = self._day_of(worker, midnight)
            day.stops.append(driven)
            assert worker.duty is not None
            day.pause = worker.duty.break_seconds if not worker.break_seconds else 0

    def close(self) -> None:
        """The day is over."""
        by_district: dict[int, list[_Day]] = {}
        for number, day in sorted(self._days.items()):
            by_district.setdefault(self._district_of[number], []).append(day)
        for district, days in sorted(by_district.items()):
            if any(day.stops for day in days):
                self._weigh(district, days)

    def _open(self, midnight: int) -> None:
        """Begin a day with all who are there or will come."""
        busy_until = {
            number: day.stops[-1].visit.ended_second for number, day in self._days.items() if day.stops
        }
        self._midnight = midnight
        self._days.clear()
        self._ended.clear()
        for district in self._districts:
            for worker in district.workers:
                if worker.state is not _OFF or worker.coming is not None:
                    self._day_of(worker, max(midnight, busy_until.get(worker.number, 0)))

    def _day_of(self, worker: Worker, second: int) -> _Day:
        day = self._days.get(worker.number)
        if day is None:
            day = self._days[worker.number] = _Day(worker, second, worker.next_place)
        if not day.stops:
            day.place = worker.next_place
        return day

    def _driven(self, visit: Visit) -> _Driven:
        job, request, roads = visit.job, visit.job.request, self._roads
        spread = spread_of(roads.coefficient_of_variation, job.draws[4])
        released = max(
            0, request.taken_second, request.part_ready_second, request.promised_from_second,
            self._ended.get(request.number, 0),
        )  # fmt: skip
        return _Driven(
            visit=visit,
            needs=(*job.needs[:2], 1 if visit.helper is None else 2),
            expected_work=job.expected_seconds,
            released=released,
            due=max(due_second(request), released),
            is_promised=request.promised_until_second > self._midnight,
            pace=roads.seconds(_PACE_METRES, visit.departed_second, spread) / self._usual,
            detour_metres=max(0, visit.metres - roads.metres(visit.worker.place, job.place)),
        )

    def _weigh(self, district: int, days: Sequence[_Day]) -> None:
        stops = [stop for day in days for stop in day.stops if stop.visit.worker is day.worker]
        number = {stop.visit: job for job, stop in enumerate(stops)}
        pairs = [stop.visit for stop in stops if stop.visit.helper is not None]
        second = {visit: len(stops) + rank for rank, visit in enumerate(pairs)}
        happened = self._problem(days, stops, number)
        expected = happened.day._replace(
            drive=self._drives(days, stops, number, is_expected=True),
            work=np.array([stop.expected_work for stop in stops], np.int64),
        )
        worth = weigh_day(
            DrivenDay(
                happened=happened,
                expected=replace(happened, day=expected),
                sequences=[
                    [
                        (number if stop.visit.worker is day.worker else second)[stop.visit]
                        for stop in day.stops
                    ]
                    for day in days
                ],
                starts={visits[visit]: visit.began_second for visits in (number, second) for visit in pairs},
                is_in_vain=np.array([stop.visit.cause is _ABSENT for stop in stops], np.bool_),
            ),
            self._iterations,
        )
        write_regret(
            self._context.recorder,
            Regret(
                second=self._midnight,
                kind=Planned.TECHNICIANS,
                place=district,
                planned_minor=round(worth.planned * MINOR_PER_MAJOR),
                realised_minor=round(worth.realised * MINOR_PER_MAJOR),
                realised_late_seconds=worth.realised_late_seconds,
                perfect_minor=round(worth.perfect * MINOR_PER_MAJOR),
                perfect_late_seconds=worth.perfect_late_seconds,
            ),
        )

    def _problem(
        self, days: Sequence[_Day], stops: Sequence[_Driven], number: Mapping[Visit, int]
    ) -> CrewProblem:
        """The visits with all that came to pass."""
        costs, (skill, level, people) = self._costs, np.array([stop.needs for stop in stops], np.int64).T
        drive = self._drives(days, stops, number, is_expected=False)
        can_do, helps = who_can([day.worker for day in days], skill, level)
        for one, day in enumerate(days):  # who did it can do it
            for stop in day.stops:
                could = can_do if stop.visit.worker is day.worker else helps
                could[one, number[stop.visit]] = True
        starts = np.array([day.second for day in days], np.int64)
        ends = np.array([day.duty.ends_second for day in days], np.int64)
        pause = np.array([day.pause for day in days], np.int64)
        first_start = int(starts.min())
        return CrewProblem(
            day=DayArrays(
                drive=drive,
                starts=starts,
                latest=np.maximum(ends + self._overtime, _latest(days, number, drive)),
                pause=pause,
                pause_from=np.array([break_begins(day.duty) for day in days], np.int64),
                can_do=can_do,
                opens=np.array([stop.released for stop in stops], np.int64),
                until=np.full(len(stops), NO_LIMIT),
                work=np.array(
                    [stop.visit.ended_second - stop.visit.began_second for stop in stops], np.int64
                ),
            ),
            regular_end=np.maximum(ends, starts),
            due=np.array([max(stop.due, first_start) for stop in stops], np.int64),
            is_promised=np.array([stop.is_promised for stop in stops], np.bool_),
            left_out_cost=np.array(
                [0.0 if stop.visit.cause is _ABSENT else _NEVER_LEFT_OUT for stop in stops]
            ),
            people=people.copy(),
            helps=helps,
            driving_cost_per_hour=costs.driving_per_hour,
            overtime_cost_per_hour=costs.overtime_per_hour,
            late_cost_per_hour=costs.late_per_hour,
            broken_promise_cost=costs.broken_promise,
            break_latest=ends - pause,
            is_certain=True,
        )

    def _drives(
        self,
        days: Sequence[_Day],
        stops: Sequence[_Driven],
        number: Mapping[Visit, int],
        *,
        is_expected: bool,
    ) -> IntArray:
        """Seconds between places: where technicians are, visits, then where they go home; legs driven as they were."""
        roads, first = self._roads, len(days)
        places = [day.place for day in days]
        places += [stop.visit.job.place for stop in stops]
        places += [day.worker.home for day in days]
        pace = np.array([1.0 if is_expected else stop.pace for stop in stops])
        detours = np.array([roads.expected_seconds(stop.detour_metres) for stop in stops], np.int64)
        drive = roads.plane_seconds(places)
        to_visits = drive[:, first : first + len(stops)]
        to_visits[:] = np.rint((to_visits + detours) * pace)
        for one, day in enumerate(days):
            before = one
            for stop in day.stops:
                here, visit = first + number[stop.visit], stop.visit
                if visit.worker is day.worker:
                    metres, seconds = visit.metres, visit.arrived_second - visit.departed_second
                else:
                    metres = visit.helper_metres
                    seconds = visit.helper_arrived_second - visit.helper_departed_second
                drive[before, here] = roads.expected_seconds(metres) if is_expected else seconds
                before = here
        return drive


def _latest(days: Sequence[_Day], number: Mapping[Visit, int], drive: IntArray) -> IntArray:
    """Until when each has to be let work for what he did; the way home is taken to be that from the usual visit."""
    first, visits = len(days), len(number)
    home = drive[first : first + visits, first + visits :]
    usual = home.mean(axis=0)
    latest = [0] * len(days)
    for one, day in enumerate(days):
        if day.stops:
            last = day.stops[-1].visit
            latest[one] = last.ended_second + ceil(home[number[last], one] - usual[one])
    return np.array(latest, np.int64)
