"""Stations: people on shifts or doors that work off a queue, by priority, then first come first served."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt
import simpy
from simpy.events import EventPriority

from sim.clock import Turn
from sim.shifts import Roster, Server

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


_Task = tuple[int, int, int, int, int, int, int, Callable[[], None] | None]
"""Priority, number, second queued, seconds, work, reference, lines, what is to be done afterwards."""


class Station(Roster[_Task]):
    """Servers with a queue; a task that finds one free starts at once."""

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
        super().__init__(environment, servers, is_always_there=is_always_there)
        self._log = log.values
        self._centre = centre
        self._overtime = overtime
        self._queue: list[_Task] = []
        self._number = 0
        log.unfinished.append(self._unfinished)

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

    def _start(self, server: Server[_Task], task: _Task) -> None:
        server.task = task
        server.started_second = self._environment._now
        server.event.callbacks = server.callbacks
        self._environment.schedule(server.event, _WORK_TURN, task[3])

    def _finish(self, server: Server[_Task]) -> None:
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

    def _work_off(self) -> None:
        while self._free and self._queue:
            self._start(self._servers[heappop(self._free)], heappop(self._queue))
