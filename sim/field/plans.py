"""Following plans of the day: made in the morning, mended when urgent jobs come in or visits take longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from sim.aftersales.context import Context
from sim.field.day_plan import CheapestInsertion, DayPlanner, DayProblem
from sim.field.jobs import SECONDS_PER_MINUTE, Job, Stage, due_second
from sim.field.roads import ServiceRoads
from sim.field.visits import Visit
from sim.field.workers import State, Worker, break_begins

NO_LIMIT: Final = 1 << 60
"""No arrival is too late."""
SLACK_SECONDS: Final = 1_800
"""Plans have people come so much before a window ends, as drives and work take longer at times."""
# Members of enumerations are looked up slowly, and these are needed at every step.
_PLANNED: Final = Stage.PLANNED
_OFF: Final = State.OFF
_FREE: Final = State.FREE


class DayPlans:
    """What each technician is to do next."""

    def __init__(self, context: Context, roads: ServiceRoads, planner: DayPlanner | None = None) -> None:
        """Start without plans.

        Args:
            context: the clock and the policy.
            roads: expected drives.
            planner: makes the plans; by cheapest insertion unless given.
        """
        self._environment: Any = context.environment
        self._roads = roads
        self._planner: DayPlanner = CheapestInsertion() if planner is None else planner
        policy = context.facts.policy.dispatch
        self._frozen = round(policy.frozen_minutes * SECONDS_PER_MINUTE)
        self._overtime = round(policy.overtime_minutes * SECONDS_PER_MINUTE)

    def open_day(self, district: int) -> None:
        """A day begins in a district."""

    def renew(self, district: int, workers: Sequence[Worker], jobs: Sequence[Job]) -> bool:
        """See whether a plan is to be made anew, now that some jobs have come; returns whether it has been."""
        del district, workers, jobs
        return False

    def make(self, district: int, workers: Sequence[Worker], jobs: Sequence[Job]) -> list[Job]:
        """Plan jobs that are on no plan yet: so that they are in time, or else as it can be done.

        Args:
            district: number of the district.
            workers: of it.
            jobs: best first.

        Returns:
            Those that found no place today.
        """
        del district
        left = self._make(workers, jobs, is_late=False)
        return self._make(workers, left, is_late=True) if left else left

    def _make(self, workers: Sequence[Worker], jobs: Sequence[Job], *, is_late: bool) -> list[Job]:
        crew = [worker for worker in workers if worker.state is not _OFF or worker.coming is not None]
        if not crew or not jobs:
            return list(jobs)
        now: int = self._environment._now
        every, sequences = list[Job](), list[list[int]]()
        for worker in crew:
            sequences.append(list(range(len(every), len(every) + len(worker.plan))))
            every += worker.plan
        until = [_limit(job, now) for job in every]
        until += [NO_LIMIT if is_late else _limit(job, now) for job in jobs]
        every += jobs
        frozen = [self._frozen_jobs(worker, now) for worker in crew]
        result = self._planner.plan(self._problem(crew, every, until, now), sequences, frozen)
        for worker, sequence in zip(crew, result, strict=True):
            worker.plan = [every[index] for index in sequence]
            for job in worker.plan:
                job.stage, job.planned_for = _PLANNED, worker
        return [job for job in jobs if job.stage is not _PLANNED]

    def remove(self, job: Job) -> None:
        """A job is under way, or given to all: it is on no plan any more."""
        worker, job.planned_for = job.planned_for, None
        if worker is not None:
            worker.plan.remove(job)

    def set_out(self, visit: Visit) -> None:
        """Somebody sets out for a job, planned or not."""

    def overdue(self, worker: Worker) -> list[Job]:
        """Jobs on somebody's plan that he would come too late for, as it looks now, while others might not."""
        now: int = self._environment._now
        second, place, late = now, worker.place, list[Job]()
        for job in worker.plan:
            arrives = max(second, job.request.promised_from_second) + self._drive(place, job.place)
            ends = arrives + job.expected_seconds
            if ends > worker.latest_second or now < job.request.promised_until_second < arrives:
                late.append(job)
            else:
                second, place = ends, job.place
        return late

    def _drive(self, start: tuple[float, float, float], end: tuple[float, float, float]) -> int:
        return self._roads.expected_seconds(self._roads.metres(start, end))

    def _frozen_jobs(self, worker: Worker, now: int) -> int:
        """So many first jobs of somebody are planned to begin too soon to be moved."""
        second, place = self._from_second(worker, now), worker.next_place
        for position, job in enumerate(worker.plan):
            second = max(second, job.request.promised_from_second)
            if second > now + self._frozen:
                return position
            second += self._drive(place, job.place) + job.expected_seconds
            place = job.place
        return len(worker.plan)

    @staticmethod
    def _from_second(worker: Worker, now: int) -> int:
        if worker.state is _OFF:
            assert worker.coming is not None
            return max(now, worker.coming.starts_second)
        return now if worker.state is _FREE else worker.busy_until

    @staticmethod
    def _break_of(worker: Worker) -> tuple[int, int]:
        """Break still to be taken, and from when on, of somebody who is there or will come."""
        if worker.state is _OFF:
            assert worker.coming is not None
            return worker.coming.break_seconds, break_begins(worker.coming)
        return worker.break_seconds, worker.break_from

    def _problem(self, crew: Sequence[Worker], jobs: Sequence[Job], until: list[int], now: int) -> DayProblem:
        places = [worker.next_place for worker in crew]
        places += [job.place for job in jobs]
        places += [worker.home for worker in crew]
        fresh = [worker.coming if worker.state is _OFF else None for worker in crew]
        latest = [
            worker.latest_second if duty is None else duty.ends_second + self._overtime
            for worker, duty in zip(crew, fresh, strict=True)
        ]
        breaks = [self._break_of(worker) for worker in crew]
        return DayProblem(
            drive_seconds=self._roads.plane_seconds(places),
            starts_second=np.array([self._from_second(worker, now) for worker in crew], np.int64),
            latest_second=np.array(latest, np.int64),
            break_seconds=np.array([seconds for seconds, _ in breaks], np.int64),
            break_from_second=np.array([begins for _, begins in breaks], np.int64),
            can_do=np.array([[worker.can_do(job.needs) for job in jobs] for worker in crew], np.bool_),
            from_second=np.array([max(0, job.request.promised_from_second) for job in jobs], np.int64),
            until_second=np.array(until, np.int64),
            work_seconds=np.array([job.expected_seconds for job in jobs], np.int64),
        )


def _limit(job: Job, now: int) -> int:
    """Arrival at the latest; none where it is too late in any case."""
    due = due_second(job.request) - SLACK_SECONDS
    return due if due > now else NO_LIMIT
