"""Shifts: people who come and go, and what becomes of the work they have in hand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappush
from typing import Any, Final, Generic, TypeVar

import simpy

from scenarios import Scenario, Shift
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR, Turn, at, scheduler, second_of_day
from sim.working_days import Calendar

_SECONDS_PER_MINUTE: Final = 60
Task = TypeVar("Task")


@dataclass(frozen=True)
class Duty:
    """One stretch of time in which some servers of a station are there."""

    first_server: int
    servers: int
    starts_second: int
    ends_second: int
    break_starts_second: int
    """Work begun before is finished first; equal to the end of the break when there is none."""
    break_ends_second: int

    @property
    def stretches(self) -> tuple[tuple[int, int], ...]:
        """Seconds at which servers come and go: before the break and after it, as far as there is such a time."""
        if self.break_starts_second >= self.break_ends_second:
            return ((self.starts_second, self.ends_second),)
        halves = (
            (self.starts_second, self.break_starts_second),
            (self.break_ends_second, self.ends_second),
        )
        return tuple((comes, goes) for comes, goes in halves if comes < goes)


def duties(scenario: Scenario, shift: Shift, first_server: int) -> Iterator[Duty]:
    """The stretches that a shift is there, day after day; a shift that began on the eve is left out.

    Args:
        scenario: its days, and its holidays, on which the shift may rest.
        shift: who comes when.
        first_server: number of the first of them at their station.
    """
    if not shift.people:
        return
    length = round(shift.hours * SECONDS_PER_HOUR)
    pause = min(round(shift.break_minutes * _SECONDS_PER_MINUTE), length)
    calendar = Calendar(scenario, shift)
    for day in range(scenario.horizon.days):
        if not calendar.works(day):
            continue
        begins = day * SECONDS_PER_DAY + second_of_day(shift.start_hour)
        pause_begins = begins + (length - pause) // 2
        yield Duty(first_server, shift.people, begins, begins + length, pause_begins, pause_begins + pause)


class Server(Generic[Task]):
    """A person or a door."""

    __slots__ = ("callbacks", "is_there", "leaves_second", "number", "overtime_seconds", "task")

    def __init__(self, number: int, finish: Callable[[Server[Task]], None]) -> None:
        """Make a server who is not there.

        Args:
            number: counted from 0.
            finish: told of the server, who stands in the queue of the clock himself, when the task in hand is done.
        """
        self.number = number
        self.is_there = False
        self.leaves_second = -1
        self.overtime_seconds = 0
        """Of the task in hand, before the shift that has come meanwhile."""
        self.task: Task | None = None
        self.callbacks = [finish]


class Roster(ABC, Generic[Task]):
    """Servers who come and go. Work begun is finished, as overtime if need be.

    Servers with lower numbers go first, so that who works does not depend on the order of events.
    """

    def __init__(
        self, environment: simpy.Environment, servers: int, *, is_always_there: bool = False
    ) -> None:
        """Make the servers.

        Args:
            environment: the clock.
            servers: how many there are in all.
            is_always_there: servers have no shifts.
        """
        # The clock is read straight from its attribute: its property costs as much as the rest of a start.
        self._environment: Any = environment
        self._schedule = scheduler(environment)
        self._servers: list[Server[Task]] = [Server(number, self._finish) for number in range(servers)]
        self._free: list[int] = []
        if is_always_there:
            for server in self._servers:
                server.is_there = True
            self._free = list(range(servers))

    @abstractmethod
    def _finish(self, server: Server[Task]) -> None:
        """The task in hand is done."""

    @abstractmethod
    def _work_off(self) -> None:
        """Start what waits as far as there are servers who are free."""

    def work_shifts(self, duties: Iterator[Duty], begun: Callable[[Duty], None]) -> None:
        """Let servers come and go.

        Args:
            duties: stretches of the same servers, one after the other.
            begun: told when a stretch begins.
        """
        duty = next(duties, None)
        if duty is None:
            return
        current = duty

        def leave() -> None:
            self.work_shifts(duties, begun)

        at(self._environment, current.starts_second, Turn.SHIFT_START, lambda: begun(current))
        for comes, goes in current.stretches:
            at(self._environment, comes, Turn.SHIFT_START, lambda: self._come(current))
            at(self._environment, goes, Turn.SHIFT_END, lambda: self._leave(current))
        at(self._environment, current.ends_second, Turn.SHIFT_END, leave)

    def _late(self, server: Server[Task]) -> int:
        """Seconds of the task in hand, so far, at which its server was not on a shift."""
        if server.is_there or server.leaves_second < 0:
            return server.overtime_seconds
        return int(server.overtime_seconds + max(0, self._environment._now - server.leaves_second))

    def _come(self, duty: Duty) -> None:
        for server in self._servers[duty.first_server : duty.first_server + duty.servers]:
            if server.task is not None:
                server.overtime_seconds = self._late(server)
            server.is_there = True
            server.leaves_second = duty.ends_second
            if server.task is None:
                heappush(self._free, server.number)
        self._work_off()

    def _leave(self, duty: Duty) -> None:
        for server in self._servers[duty.first_server : duty.first_server + duty.servers]:
            server.is_there = False
        self._free = [number for number in self._free if self._servers[number].is_there]
        heapify(self._free)
