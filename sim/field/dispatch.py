"""Dispatch: who is free gets the best of the jobs that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

import simpy
from simpy.events import EventPriority

from sim.aftersales.context import Context
from sim.aftersales.requests import NOT_YET, Cause
from sim.clock import Turn
from sim.field.districts import District
from sim.field.given_plans import GivenPlans
from sim.field.hindsight import Hindsight
from sim.field.jobs import Job, Stage
from sim.field.optimised_plans import OptimisedPlans
from sim.field.plans import DayPlans
from sim.field.roads import ServiceRoads
from sim.field.settling import Settling
from sim.field.shifts import Shifts
from sim.field.visits import AtTheCustomer, Visit
from sim.field.waiting import Ordered, nearness
from sim.field.workers import Spent, State, Worker

_DISPATCH_TURN: Final = EventPriority(Turn.DISPATCH)
CREW_PATIENCE_SECONDS: Final = 3_600
"""Nobody sets out for a job of two whose helper is expected to be free later than this."""
# Members of enumerations are looked up slowly, and these are needed at every step.
_BOOKED: Final = Stage.BOOKED
_WAITING: Final = Stage.WAITING
_VISITED: Final = Stage.VISITED
_OFF: Final = State.OFF
_FREE: Final = State.FREE
_VISIT: Final = State.VISIT
_DRIVING: Final = int(Spent.DRIVING)
_WORK: Final = int(Spent.WORK)
_WAITED: Final = int(Spent.WAITING)
_ABSENT: Final = Cause.ABSENT


class Dispatcher:
    """Gives jobs to technicians.

    In one second jobs are given out after everything else has happened (`Turn.DISPATCH`). By district: first those
    who have become free choose, by number, each the best job by the rule; then jobs that have come go, best first, to
    the nearest who is still free; among equals to one of the job's own station, then to the lowest number.
    """

    def __init__(
        self,
        context: Context,
        roads: ServiceRoads,
        customers: AtTheCustomer,
        settling: Settling,
        shifts: Shifts,
        workers: list[Worker],
    ) -> None:
        self._roads, self._customers, self._settling, self._shifts = roads, customers, settling, shifts
        # The clock is read straight from its attribute, as in `sim.stations`.
        self._environment: Any = context.environment
        policy = context.facts.policy.dispatch
        stations = len(context.facts.station_ids)
        is_pooled = policy.area == "pooled"
        self._districts = [District(number, policy.rule) for number in range(1 if is_pooled else stations)]
        self._district_of = [self._districts[0 if is_pooled else station] for station in range(stations)]
        for worker in workers:
            worker.callbacks.append(partial(self._woken, worker))
            self._district_of[worker.station].workers.append(worker)
        self._plans = self._plans_of(context, roads)
        self._hindsight = Hindsight(context, roads, self._districts) if policy.regret else None
        self._strays, self._has_strays = Ordered(), False
        """Late jobs that anybody may do."""
        self._new_strays: list[Job] = []
        self._called: dict[int, District] = {}
        self._is_gathering = False
        """Districts are called in the course of one event, at whose end it is seen when to give out jobs."""
        self._event = simpy.Event(context.environment)
        self._event._ok = True
        self._event._value = None
        self._callbacks: list[Callable[[simpy.Event], None]] = [self._dispatch]

    def _plans_of(self, context: Context, roads: ServiceRoads) -> DayPlans | None:
        plan = context.facts.policy.dispatch.plan
        if plan == "optimised":
            return OptimisedPlans(context, roads, self._release)
        if plan == "given":
            return GivenPlans(context, roads)
        return DayPlans(context, roads) if plan == "day_plan" else None

    def connect(self, visit_over: Callable[[Visit, int], None]) -> None:
        """Say who sees to requests after a visit; told of the visit and its overtime."""
        self._visit_over = visit_over

    def wait(self, job: Job) -> None:
        """A job can be visited from now on."""
        district = self._district_of[job.request.station]
        if job.planned_for is not None:
            if job.planned_for.state is _FREE:
                district.new_workers.append(job.planned_for)
                self._call(district)
            return
        job.stage = _WAITING
        district.waiting.put(job)
        if district.free or self._plans is not None:
            district.new_jobs.append(job)
            self._call(district)

    def is_anybody_free(self, job: Job) -> bool:
        """Whether somebody of the job's district could begin it now, those set aside who came this very second."""
        district = self._district_of[job.request.station]
        set_aside = len(district.new_jobs)
        for worker in district.free.values():
            if worker.can_do(job.needs) and self._fits(worker, job):
                if not set_aside:
                    return True
                set_aside -= 1
        return False

    def plan_day(self, jobs: Iterable[Job]) -> None:
        """Put jobs on today's plans, as far as they find a place; to be called when it is known who comes."""
        if self._plans is None:
            return
        by_district: dict[int, list[Job]] = {}
        for job in sorted(jobs, key=_by_priority):
            by_district.setdefault(self._district_of[job.request.station].number, []).append(job)
        for district in self._districts:
            self._plans.open_day(district.number)
        for number, own in by_district.items():
            self._plans.make(number, self._districts[number].workers, own)

    def redispatch(self, job: Job) -> None:
        """A job that waits goes to the first who is free, of any station."""
        if self._plans is not None:
            self._plans.remove(job)
        job.stage = _WAITING
        self._has_strays = True
        self._strays.put(job)
        self._new_strays.append(job)
        self._call(self._district_of[job.request.station])

    def freed(self, worker: Worker) -> None:
        """Somebody has nothing to do."""
        district = self._district_of[worker.station]
        if worker.duty is not None and worker.duty.starts_second == self._environment._now:
            district.forget_attendance()
        district.free[worker.number] = worker
        district.new_workers.append(worker)
        self._call(district)

    def gone(self, worker: Worker) -> None:
        """Somebody who was free is off duty or has his break."""
        district = self._district_of[worker.station]
        district.free.pop(worker.number, None)
        district.forget_attendance()
        if worker.plan and worker.state is _OFF:
            self._release(list(worker.plan))

    def _call(self, district: District) -> None:
        """See to a district when all else in this second has happened."""
        if not self._called and not self._is_gathering:
            self._schedule()
        self._called[district.number] = district

    def _schedule(self) -> None:
        self._event.callbacks = self._callbacks
        self._environment.schedule(self._event, _DISPATCH_TURN)

    def _gathered(self) -> None:
        """Give jobs out at once where nothing else is to happen in this second: it saves an event."""
        self._is_gathering = False
        if self._called:
            queue = self._environment._queue
            if queue and queue[0][0] <= self._environment._now:
                self._schedule()
            else:
                self._dispatch(self._event)

    def _dispatch(self, _: simpy.Event) -> None:
        called, self._called = self._called, {}
        for number in sorted(called) if len(called) > 1 else called:
            district = called[number]
            if self._plans is not None and self._plans.renew(number, district.workers, district.new_jobs):
                district.new_workers = list(district.free.values())
            workers, jobs = district.new_workers, district.new_jobs
            if workers:
                district.new_workers = []
                if len(workers) > 1:
                    workers.sort(key=_by_number)
                for worker in workers:
                    if worker.state is _FREE:
                        self._choose(worker, district)
            if jobs:
                district.new_jobs = []
                if len(jobs) > 1:
                    jobs.sort(key=_by_priority)
                if self._plans is not None:
                    jobs = self._fit_in(self._plans, jobs, district)
                for job in jobs:
                    if job.stage is _WAITING:
                        self._send(job, [district])
        if self._new_strays:
            strays, self._new_strays = self._new_strays, []
            for job in sorted(strays, key=_by_priority):
                if job.stage is _WAITING:
                    self._send(job, self._districts)

    def _fit_in(self, plans: DayPlans, jobs: list[Job], district: District) -> list[Job]:
        """Fit jobs that have come into the plans; returns those for which there is no place."""
        left = plans.make(district.number, district.workers, [job for job in jobs if job.stage is _WAITING])
        for worker in list(district.free.values()):
            if worker.plan and worker.state is _FREE:
                self._choose(worker, district)
        return left

    def _choose(self, worker: Worker, district: District) -> None:
        """Somebody who is free takes the best job: one given to all first, then as planned, then of his district."""
        job = self._strays.take(worker, self._fits) if self._has_strays else None
        if job is None and self._plans is not None and worker.plan:
            job = self._planned(self._plans, worker, district)
            if job is None and worker.plan:
                self._shifts.rest(worker)
                return
        if job is None:
            job = district.waiting.take(worker, self._fits)
        if job is None:
            self._shifts.rest(worker)
        else:
            self._begin(job, worker)

    def _planned(self, plans: DayPlans, worker: Worker, district: District) -> Job | None:
        """The next job on somebody's plan if its window has begun; what he would be late for others may take."""
        late = plans.overdue(worker)
        if late:
            self._release(late)
            plans.make(district.number, district.workers, [job for job in late if job.stage is not _VISITED])
        while worker.plan and worker.plan[0].request.promised_from_second <= self._environment._now:
            job = worker.plan[0]
            if self._fits(worker, job):
                return job
            self._release([job])
        return None

    def _release(self, jobs: list[Job]) -> None:
        """Take jobs off plans; those that can be visited wait again."""
        assert self._plans is not None
        for job in jobs:
            self._plans.remove(job)
            if job.request.promised_from_second <= self._environment._now:
                job.stage = _WAITING
                self._district_of[job.request.station].waiting.put(job)
            else:
                job.stage = _BOOKED

    def _send(self, job: Job, districts: list[District]) -> None:
        """A job goes to the nearest of those who are free and can do it."""
        best: tuple[float, bool, int] | None = None
        found: Worker | None = None
        station, (skill, level, _) = job.request.station, job.needs
        for district in districts:
            for worker in district.free.values():
                if not worker.plan and (skill < 0 or worker.levels[skill] >= level):
                    rank = (nearness(worker, job), worker.station != station, worker.number)
                    if (best is None or rank < best) and self._fits(worker, job):
                        best, found = rank, worker
        if found is not None:
            self._begin(job, found)

    def _fits(self, worker: Worker, job: Job) -> bool:
        """Whether a job begun now is expected to end before nobody would begin it any more."""
        latest: int = worker.latest_second - job.expected_seconds - self._environment._now
        if latest < 0:
            return False
        if job.needs[2] > 1 and self._helper(job, worker) is None:
            return False
        return self._roads.is_near(worker.place, job.place, latest)

    def _helper(self, job: Job, worker: Worker) -> tuple[Worker, int] | None:
        """Who of the technician's station can be there first to help, and the second at which he leaves for it.

        Anybody helps who has the skill at any level; when none is needed, anybody. Who is busy comes straight from
        his visit, before his break.
        """
        skill, now = job.needs[0], self._environment._now
        best: tuple[int, int] | None = None
        found: tuple[Worker, int] | None = None
        for other in self._district_of[worker.station].workers:
            if (
                other is worker
                or other.state is _OFF
                or other.joined is not None
                or other.station != worker.station
                or not other.can_do((skill, 1, 1))
            ):
                continue
            leaves = now if other.state is _FREE else other.busy_until
            if leaves > now + CREW_PATIENCE_SECONDS:
                continue
            comes = leaves + self._roads.expected_seconds(self._roads.metres(other.next_place, job.place))
            if comes + job.expected_seconds <= other.latest_second and (
                best is None or (comes, other.number) < best
            ):
                best, found = (comes, other.number), (other, leaves)
        return found

    def _begin(self, job: Job, worker: Worker) -> None:
        now: int = self._environment._now
        job.stage = _VISITED
        if self._plans is not None:
            self._plans.remove(job)
        del self._district_of[worker.station].free[worker.number]
        self._shifts.busy(worker, _VISIT)
        visit = Visit(job, worker, now)
        if job.needs[2] > 1:
            helper = self._helper(job, worker)
            if helper is not None:
                self._take_along(visit, *helper)
        if job.request.first_departed_second == NOT_YET:
            job.request.first_departed_second = now
        self._customers.set_out(visit)
        if self._plans is not None:
            self._plans.set_out(visit)
        if self._hindsight is not None:
            self._hindsight.set_out(visit)
        worker.visit = visit
        if visit.helper is not None:
            visit.helper.joined, visit.helper.busy_until = visit, visit.ended_second
        worker.wake(self._environment, visit.ended_second)

    def _take_along(self, visit: Visit, helper: Worker, leaves_second: int) -> None:
        visit.helper, visit.helper_departed_second = helper, leaves_second
        if helper.state is _FREE:
            del self._district_of[helper.station].free[helper.number]
            self._shifts.busy(helper, _VISIT)

    def _woken(self, worker: Worker, _: simpy.Event) -> None:
        """A visit or a break is over."""
        visit = worker.visit
        if visit is None:
            self._shifts.break_over(worker)
            return
        self._is_gathering = not self._called
        worker.visit = None
        late = self._book(visit, visit.ended_second)
        helper = visit.helper
        if helper is not None:
            helper.joined = None
        self._visit_over(visit, late)
        self._shifts.free(worker)
        if helper is not None:
            self._shifts.free(helper)
        if self._is_gathering:
            self._gathered()

    def close(self, end_second: int) -> None:
        """The run is over: book what visits under way have taken so far."""
        if self._hindsight is not None:
            self._hindsight.close()
        for district in self._districts:
            for worker in district.workers:
                if worker.visit is not None:
                    self._settling.write_row(worker.visit, self._book(worker.visit, end_second), end_second)

    def _book(self, visit: Visit, until: int) -> int:
        """Book the time of those on a visit until a second; returns seconds of it after their shifts."""
        late = self._book_for(visit, visit.worker, visit.departed_second, visit.arrived_second, until)
        visit.worker.metres += visit.metres
        if visit.helper is not None:
            start, arrived = visit.helper_departed_second, visit.helper_arrived_second
            late += self._book_for(visit, visit.helper, start, arrived, until)
            visit.helper.metres += visit.helper_metres
        return late

    def _book_for(self, visit: Visit, worker: Worker, departed: int, arrived: int, until: int) -> int:
        assert worker.duty is not None
        following, ends, began = worker.following, worker.duty.ends_second, visit.began_second
        worker.place = visit.job.place
        if following is None and began <= until:  # nearly always: all of it belongs to this day
            spent = worker.spent
            spent[_DRIVING] += arrived - departed
            spent[_WAITED] += began - arrived
            spent[_WAITED if visit.cause is _ABSENT else _WORK] += until - began
            return until - max(departed, ends) if until > ends else 0
        stops = until if following is None else min(until, following[0].starts_second)
        late = max(0, stops - max(departed, ends))
        departed, arrived, began = min(departed, until), min(arrived, until), min(began, until)
        spend = self._shifts.spend
        spend(worker, _DRIVING, departed, arrived)
        if began > arrived:
            spend(worker, _WAITED, arrived, began)
        spend(worker, _WAITED if visit.cause is _ABSENT else _WORK, began, until)
        return late


def _by_number(worker: Worker) -> int:
    return worker.number


def _by_priority(job: Job) -> tuple[int, ...]:
    return job.priority
