"""Promised windows: jobs can be visited when theirs begins, and are looked at when it has gone by (mechanism H7)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from sim.aftersales.context import Context
from sim.clock import Turn, at
from sim.field.jobs import SECONDS_PER_MINUTE, Job, Stage

_NOT_BEGUN: Final = (Stage.BOOKED, Stage.WAITING, Stage.PLANNED)


class Promises:
    """Jobs by the second at which their window begins, and by that at which they are late."""

    def __init__(self, context: Context, begins: Callable[[Job], None], late: Callable[[Job], None]) -> None:
        """Start without any.

        Args:
            context: the clock.
            begins: told that a job's window begins.
            late: told that nobody has begun a job in its window.
        """
        self._environment, self._begins, self._late = context.environment, begins, late
        self._tolerance = round(context.facts.policy.dispatch.late_minutes * SECONDS_PER_MINUTE)
        self._beginning: dict[int, list[Job]] = {}
        self._ending: dict[int, dict[int, Job]] = {}

    def add(self, job: Job) -> None:
        """A visit has been promised."""
        begins, ends = job.request.promised_from_second, job.request.promised_until_second
        starting = self._beginning.get(begins)
        if starting is None:
            starting = self._beginning[begins] = []
            at(self._environment, begins, Turn.REPORT, partial(self._begin, begins))
        starting.append(job)
        late = self._ending.get(ends)
        if late is None:
            late = self._ending[ends] = {}
            at(self._environment, ends + self._tolerance, Turn.GIVES_UP, partial(self._look, ends))
        late[job.request.number] = job

    def _begin(self, second: int) -> None:
        for job in self._beginning.pop(second):
            if job.request.promised_from_second == second:
                self._begins(job)

    def _look(self, ends: int) -> None:
        for job in self._ending.pop(ends).values():
            if job.stage in _NOT_BEGUN and job.request.promised_until_second == ends:
                self._late(job)
