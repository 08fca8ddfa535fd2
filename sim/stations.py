"""Stations: people on shifts or doors that work off a queue, by priority, then first come first served."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy
from simpy.events import EventPriority

from sim.clock import Turn, at

_WORK_TURN = EventPriority(Turn.WORK)


class Crew(IntEnum):
    """Column `crew` of the table of shifts."""

    DESK = 0
    PICKERS = 1
    RECEIVERS = 2
    DRIVERS = 3
    """One row per truck and day on which it is used."""


class Work(IntEnum):
    """Column `work` of the table of tasks: what is done."""

    DESK = 0
    """Receiving and assigning a store order at the desk."""
    FOLLOW_UP = 1
    """Monitoring and feeding back, at the desk."""
    PICKING = 2
    """A pick list."""
    SORTING = 3
    """Putting a store's lines together, by pickers."""
    STREAM = 4
    """An order of a wholesale or web stream, by pickers."""
    LOADING = 5
    """A truck at a door."""
    UNLOADING = 6
    """A supplier's delivery at a door."""
    PUT_AWAY = 7
    """A supplier's delivery in goods in, inspection included."""


CREW_OF: Mapping[Work, Crew] = {
    Work.DESK: Crew.DESK,
    Work.FOLLOW_UP: Crew.DESK,
    Work.PICKING: Crew.PICKERS,
    Work.SORTING: Crew.PICKERS,
    Work.STREAM: Crew.PICKERS,
    Work.PUT_AWAY: Crew.RECEIVERS,
}
"""Whose work it is; what is not listed here is done at a door."""

DOORS = -1
"""In the place of a crew: the doors of a centre."""


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


class WorkLog:
    """Rows of the table of tasks; what is unfinished is asked of the stations when the rows are wanted."""

    COLUMNS = (
        "work", "centre", "reference", "server", "priority", "lines", "queued_second", "started_second",
        "finished_second", "overtime_seconds",
    )  # fmt: skip

    def __init__(self) -> None:
        self.values = array("q")
        self.unfinished: list[Callable[[], Iterator[tuple[int, ...]]]] = []
        """Each yields the rows of tasks that are being done or wait; a second of -1 is still to come."""

    def rows(self) -> npt.NDArray[np.int64]:
        """(tasks, columns) in the order in which tasks were finished, those that are not finished at the end."""
        rows = self.values + array("q")
        for station in self.unfinished:
            for row in station():
                rows.extend(row)
        return np.frombuffer(rows, np.int64).reshape(-1, len(self.COLUMNS)).copy()


class _Server:
    """A person or a door."""

    __slots__ = (
        "callbacks", "event", "is_there", "leaves_second", "number", "overtime_seconds", "started_second", "task",
    )  # fmt: skip

    def __init__(self, number: int, environment: simpy.Environment) -> None:
        self.number = number
        self.is_there = False
        self.leaves_second = -1
        self.overtime_seconds = 0
        """Of the task in hand, before the shift that has come meanwhile."""
        self.started_second = 0
        self.task: _Task | None = None
        # One event object serves all tasks of a server: making new ones takes longer than the rest of a task.
        self.event = simpy.Event(environment)
        self.event._ok = True
        self.event._value = None
        self.callbacks: list[Callable[[simpy.Event], None]] = []


_Task = tuple[int, int, int, int, int, int, int, Callable[[], None] | None]
"""Priority, number, second queued, seconds, work, reference, lines, what is to be done afterwards."""


class Station:
    """Servers with a queue. A task that finds one free starts at once; work begun is finished, as overtime if need be.

    Servers with lower numbers go first, so that who works does not depend on the order of events.
    """

    def __init__(
        self,
        environment: simpy.Environment,
        log: WorkLog,
        centre: int,
        servers: int,
        *,
        is_always_there: bool = False,
        overtime: Callable[[int], None] | None = None,
    ) -> None:
        """Make a station.

        Args:
            environment: the clock.
            log: takes a row per task.
            centre: where it stands.
            servers: how many there are in all.
            is_always_there: servers have no shifts.
            overtime: told of seconds of work after the end of a shift.
        """
        # The clock is read straight from its attribute: its property costs as much as the rest of a start.
        self._environment: Any = environment
        self._log = log.values
        self._centre = centre
        self._overtime = overtime
        self._queue: list[_Task] = []
        self._number = 0
        self._servers = [self._made(number) for number in range(servers)]
        self._free: list[int] = []
        log.unfinished.append(self._unfinished)
        if is_always_there:
            for server in self._servers:
                server.is_there = True
            self._free = list(range(servers))

    def _made(self, number: int) -> _Server:
        server = _Server(number, self._environment)
        server.callbacks.append(lambda _: self._finish(server))
        return server

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

    def submit(
        self,
        seconds: int,
        work: int,
        reference: int,
        *,
        lines: int = 0,
        priority: int = 5,
        done: Callable[[], None] | None = None,
    ) -> None:
        """Queue a task; tasks submitted in one second are to be submitted in the order in which they shall start.

        Args:
            seconds: how long it takes.
            work: what is done, a `Work`.
            reference: what it is done for.
            lines: order lines handled.
            priority: lower goes first.
            done: called when it is finished.
        """
        task = (priority, self._number, self._environment._now, seconds, work, reference, lines, done)
        self._number += 1
        if self._free and not self._queue:
            self._start(self._servers[heappop(self._free)], task)
        else:
            heappush(self._queue, task)

    @property
    def waiting(self) -> int:
        """Tasks in the queue."""
        return len(self._queue)

    def _start(self, server: _Server, task: _Task) -> None:
        server.task = task
        server.started_second = self._environment._now
        server.event.callbacks = server.callbacks
        self._environment.schedule(server.event, _WORK_TURN, task[3])

    def _finish(self, server: _Server) -> None:
        task = server.task
        assert task is not None
        priority, _, queued, _, work, reference, lines, done = task
        now = self._environment._now
        server.task = None
        late = 0
        if server.overtime_seconds or not server.is_there:
            late = self._late(server)
            server.overtime_seconds = 0
            if late and self._overtime is not None:
                self._overtime(late)
        self._log.extend(
            (
                work,
                self._centre,
                reference,
                server.number,
                priority,
                lines,
                queued,
                server.started_second,
                now,
                late,
            )
        )
        if server.is_there:
            if self._queue:
                self._start(server, heappop(self._queue))
            else:
                heappush(self._free, server.number)
        if done is not None:
            done()

    def _late(self, server: _Server) -> int:
        """Seconds of the task in hand, so far, at which its server was not on a shift."""
        if server.is_there or server.leaves_second < 0:
            return server.overtime_seconds
        return int(server.overtime_seconds + max(0, self._environment._now - server.leaves_second))

    def _unfinished(self) -> Iterator[tuple[int, ...]]:
        """Rows of tasks in hand and of those that wait, in the order in which they would start."""
        in_hand = [(server, server.task) for server in self._servers if server.task is not None]
        for server, (priority, _, queued, _, work, reference, lines, _) in in_hand:
            begun = (queued, server.started_second, -1, 0)
            yield (work, self._centre, reference, server.number, priority, lines, *begun)
        for priority, _, queued, _, work, reference, lines, _ in sorted(
            self._queue, key=lambda task: task[:2]
        ):
            yield (work, self._centre, reference, -1, priority, lines, queued, -1, -1, 0)

    def _come(self, duty: Duty) -> None:
        for server in self._servers[duty.first_server : duty.first_server + duty.servers]:
            if server.task is not None:
                server.overtime_seconds = self._late(server)
            server.is_there = True
            server.leaves_second = duty.ends_second
            if server.task is None:
                heappush(self._free, server.number)
        while self._free and self._queue:
            self._start(self._servers[heappop(self._free)], heappop(self._queue))

    def _leave(self, duty: Duty) -> None:
        for server in self._servers[duty.first_server : duty.first_server + duty.servers]:
            server.is_there = False
        self._free = [number for number in self._free if self._servers[number].is_there]
        heapify(self._free)
