"""Plans of the day that a search makes, and makes anew when something has come up (`plan: optimised`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from optimize.inside import CrewPlan, CrewProblem, DayArrays, plan_crew
from sim.aftersales.context import Context
from sim.aftersales.requests import Urgency
from sim.books import MINOR_PER_MAJOR
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.field.jobs import SECONDS_PER_MINUTE, Job, Stage, due_second
from sim.field.plan_terms import PlanCosts, who_can
from sim.field.plans import NO_LIMIT, SLACK_SECONDS, DayPlans
from sim.field.roads import IntArray, Place, ServiceRoads
from sim.field.workers import State, Worker
from sim.replans import NOT_KNOWN, Planned, Replan, write_replan

_LEFT_OUT_HOURS = 4.0
"""A job left for another day is taken to be so much later than the next morning."""
_URGENT_WEIGHT = 2.0
"""So many times as much does it cost to leave an urgent job for another day."""
# Members of enumerations are looked up slowly, and these are needed at every step.
_BOOKED, _WAITING, _PLANNED = Stage.BOOKED, Stage.WAITING, Stage.PLANNED
_OFF = State.OFF
_URGENT = int(Urgency.URGENT)


class _From(NamedTuple):
    """Where and when somebody is free to be planned, his frozen jobs done."""

    second: int
    place: Place
    frozen: int
    break_seconds: int
    break_from: int
    regular_end: int
    latest: int


class OptimisedPlans(DayPlans):
    """Plans of a district: one in the morning, others when jobs have come up and enough time has gone by."""

    def __init__(self, context: Context, roads: ServiceRoads, release: Callable[[list[Job]], None]) -> None:
        """Start without plans.

        Args:
            context: the clock, the policy, what things cost.
            roads: expected drives.
            release: takes jobs off plans.
        """
        super().__init__(context, roads)
        self._recorder, self._release = context.recorder, release
        policy = context.facts.policy.dispatch
        self._iterations = policy.iterations
        self._interval = round(policy.replan_minutes * SECONDS_PER_MINUTE)
        self._costs = PlanCosts.of(context, roads)
        self._pending: dict[int, dict[int, Job]] = {}
        """By district and request: jobs that the plan has no place for so far."""
        self._again: dict[int, int] = {}
        self._has_news: set[int] = set()
        self._district_of: dict[int, int] = {}
        """By technician."""

    def open_day(self, district: int) -> None:
        """See `DayPlans.open_day`: what is pending is told anew every morning."""
        self._pending[district] = {}
        self._again[district] = 0

    def make(self, district: int, workers: Sequence[Worker], jobs: Sequence[Job]) -> list[Job]:
        """See `DayPlans.make`; jobs are not planned at once but with all others, see `renew`."""
        del workers
        left = [job for job in jobs if job.stage is not _PLANNED]
        self._note(district, left)
        return left

    def renew(self, district: int, workers: Sequence[Worker], jobs: Sequence[Job]) -> bool:
        """See `DayPlans.renew`: all that is not frozen is planned anew, unless that has been done of late."""
        self._note(district, jobs)
        now: int = self._environment._now
        if district not in self._has_news or now < self._again.get(district, 0):
            return False
        pending = self._pending.setdefault(district, {})
        new = [job for job in pending.values() if job.stage is _WAITING or job.stage is _BOOKED]
        pending.clear()
        is_made = self._replan(district, workers, new, now)
        if is_made:
            self._again[district] = now + self._interval
        pending.update((job.request.number, job) for job in new if job.stage is not _PLANNED)
        self._has_news.discard(district)
        return is_made

    def remove(self, job: Job) -> None:
        """See `DayPlans.remove`; a job that nobody has begun is planned again."""
        worker = job.planned_for
        super().remove(job)
        if worker is not None and job.stage is _PLANNED:
            self._note(self._district_of[worker.number], [job])

    def overdue(self, worker: Worker) -> list[Job]:
        """See `DayPlans.overdue`: only what he cannot do today; coming late may be the best that can be done.

        That a promise will be broken is news all the same.
        """
        now: int = self._environment._now
        second, place, beyond = now, worker.place, list[Job]()
        for job in worker.plan:
            arrives = max(second, job.request.promised_from_second) + self._drive(place, job.place)
            if arrives + job.expected_seconds > worker.latest_second:
                beyond.append(job)
                continue
            second, place = arrives + job.expected_seconds, job.place
            if now < job.request.promised_until_second < arrives:
                self._has_news.add(self._district_of[worker.number])
        return beyond

    def _note(self, district: int, jobs: Sequence[Job]) -> None:
        """Jobs are to be in the next plan."""
        pending = self._pending.setdefault(district, {})
        for job in jobs:
            if job.request.number not in pending:
                pending[job.request.number] = job
                self._has_news.add(district)

    def _replan(self, district: int, workers: Sequence[Worker], new: list[Job], now: int) -> bool:
        crew, starts = list[Worker](), list[_From]()
        for worker in workers:
            if worker.state is _OFF and worker.coming is None:
                continue
            start = self._from(worker, now)
            if start.second < start.latest:
                crew.append(worker)
                starts.append(start)
            elif len(worker.plan) > start.frozen:
                left = worker.plan[start.frozen :]
                self._release(left)
                new += left
        if not crew:
            return False
        jobs, sequences = list[Job](), list[list[int]]()
        for worker, start in zip(crew, starts, strict=True):
            movable = worker.plan[start.frozen :]
            sequences.append(list(range(len(jobs), len(jobs) + len(movable))))
            jobs += movable
        has_plan = bool(jobs)
        jobs += sorted(new, key=_by_priority)
        if not jobs:
            return False
        problem = self._crew_problem(crew, starts, jobs, now)
        self._district_of.update((worker.number, district) for worker in crew)
        plan = plan_crew(problem, sequences if has_plan else None, self._iterations)
        self._follow(crew, starts, jobs, plan)
        self._write_down(district, jobs, plan, now)
        return True

    def _follow(
        self, crew: Sequence[Worker], starts: Sequence[_From], jobs: Sequence[Job], plan: CrewPlan
    ) -> None:
        left = [jobs[index] for index in plan.left_out]
        self._release([job for job in left if job.stage is _PLANNED])
        for worker, start, sequence in zip(crew, starts, plan.sequences, strict=True):
            worker.plan[start.frozen :] = [jobs[index] for index in sequence]
            for job in worker.plan[start.frozen :]:
                job.stage, job.planned_for = _PLANNED, worker

    def _write_down(self, district: int, jobs: Sequence[Job], plan: CrewPlan, now: int) -> None:
        write_replan(
            self._recorder,
            Replan(
                now, Planned.TECHNICIANS, district, len(jobs), len(plan.left_out), _minor(plan.rule_cost),
                _minor(plan.repaired_cost), _minor(plan.cost), plan.iterations, plan.is_fallback,
            ),
        )  # fmt: skip

    def _from(self, worker: Worker, now: int) -> _From:
        """Somebody after his frozen jobs, whose times are as expected now."""
        duty = worker.coming if worker.state is _OFF else None
        if duty is not None:
            regular, latest = duty.ends_second, duty.ends_second + self._overtime
        else:
            assert worker.duty is not None
            regular, latest = worker.duty.ends_second, worker.latest_second
        pause, pause_from = self._break_of(worker)
        second, place, frozen = self._from_second(worker, now), worker.next_place, 0
        for job in worker.plan:
            if pause and second >= pause_from:
                second, pause = second + pause, 0
            sets_out = max(second, job.request.promised_from_second)
            if sets_out > now + self._frozen:
                break
            second, place = sets_out + self._drive(place, job.place) + job.expected_seconds, job.place
            frozen += 1
        return _From(second, place, frozen, pause, pause_from, regular, latest)

    def _crew_problem(
        self, crew: Sequence[Worker], starts: Sequence[_From], jobs: Sequence[Job], now: int
    ) -> CrewProblem:
        costs = self._costs
        places = [start.place for start in starts]
        places += [job.place for job in jobs]
        places += [worker.home for worker in crew]
        # One array of rows: many plans are made, and each array from a list takes as long as a search step.
        second, ends, pause, pause_from, regular_end = _columns(
            [
                (start.second, start.latest, start.break_seconds, start.break_from, start.regular_end)
                for start in starts
            ]
        )
        due_at, opens, until, urgency, work, skill, level, people = _columns(
            [
                (
                    due_second(job.request), job.request.promised_from_second, job.request.promised_until_second,
                    job.request.judged_urgency, job.expected_seconds, *job.needs,
                )
                for job in jobs
            ]
        )  # fmt: skip
        due = due_at - SLACK_SECONDS
        tomorrow = (now // SECONDS_PER_DAY + 1) * SECONDS_PER_DAY
        hours_late = np.maximum(0, tomorrow - due) / SECONDS_PER_HOUR
        weight = np.where(urgency == _URGENT, _URGENT_WEIGHT, 1.0)
        # A promise broken already is a job like others that are late: it must not stand in the way of one to be kept.
        is_promised = until > now
        can_do, helps = who_can(crew, skill, level)
        day = DayArrays(
            drive=self._roads.plane_seconds(places),
            starts=second,
            latest=ends,
            pause=pause,
            pause_from=pause_from,
            can_do=can_do,
            opens=np.maximum(0, opens),
            until=np.where(due > now, due, NO_LIMIT),
            work=work,
        )
        return CrewProblem(
            day=day,
            regular_end=np.maximum(regular_end, second),
            due=np.maximum(due, now),
            is_promised=is_promised,
            left_out_cost=costs.late_per_hour * weight * (_LEFT_OUT_HOURS + hours_late)
            + costs.broken_promise * is_promised,
            people=people,
            helps=helps,
            driving_cost_per_hour=costs.driving_per_hour,
            overtime_cost_per_hour=costs.overtime_per_hour,
            late_cost_per_hour=costs.late_per_hour,
            broken_promise_cost=costs.broken_promise,
        )


def _columns(rows: Sequence[tuple[int, ...]]) -> IntArray:
    """Rows as contiguous columns."""
    return np.ascontiguousarray(np.array(rows, np.int64).T)


def _minor(cost: float | None) -> int:
    return NOT_KNOWN if cost is None else round(cost * MINOR_PER_MAJOR)


def _by_priority(job: Job) -> tuple[int, ...]:
    return job.priority
