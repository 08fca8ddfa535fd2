"""Stations: people on shifts or doors that work off a queue, by priority, then first come first served."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from itertools import accumulate
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
import simpy

from sim.clock import Turn, at
from sim.kernels.compilation import bound
from sim.kernels.stations import NEVER, Count, GroupColumn, ServerRow, TaskColumn, work
from sim.shifts import Duty
from sim.station_arrays import (
    COMES_NOW,
    NO_ROWS,
    empty_arrays,
    with_room_for_groups,
    with_room_for_tasks,
    with_room_to_wait,
)

IntArray = npt.NDArray[np.int64]

# Members of enumerations are looked up slowly, and a station is looked at thousands of times a day.
_TASKS, _FINISHED, _GROUPS, _GROUPS_DONE, _AWAITED = (
    int(count) for count in (Count.TASKS, Count.FINISHED, Count.GROUPS, Count.GROUPS_DONE, Count.AWAITED)
)


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

DOORS: Final = -1
"""In the place of a crew: the doors of a centre."""


class WorkLog:
    """The table of tasks of some stations."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "work", "centre", "reference", "server", "priority", "lines", "queued_second", "started_second",
        "finished_second", "overtime_seconds",
    )  # fmt: skip

    def __init__(self) -> None:
        self.stations: list[Station] = []

    def rows(self) -> IntArray:
        """(tasks, columns) in the order in which tasks were finished, those that are not finished at the end.

        Those are in hand, their end still to come, or wait, in the order in which they would start.
        """
        for station in self.stations:
            station.close()
        in_turn = [station.finished() for station in self.stations]
        unfinished = [station.unfinished() for station in self.stations]
        number = sum(map(len, in_turn))
        rows = np.empty((number + sum(map(len, unfinished)), len(self.COLUMNS)), np.int64)
        # All rows together take much room: they are put in their places station by station.
        seconds = np.empty(number, np.int64)
        stops = list(accumulate(map(len, in_turn), initial=0))
        for station, tasks, start, stop in zip(self.stations, in_turn, stops, stops[1:], strict=False):
            seconds[start:stop] = station.finished_seconds(tasks)
        place = np.empty(number, np.int64)
        place[np.argsort(seconds, kind="stable")] = np.arange(number)
        for station, tasks, start, stop in zip(self.stations, in_turn, stops, stops[1:], strict=False):
            rows[place[start:stop]] = station.rows(tasks)
        if unfinished:
            np.concatenate(unfinished, out=rows[number:])
        return rows


class Station:
    """Servers with a queue. A task that finds one free starts at once; work begun is finished, as overtime if need be.

    Servers with lower numbers go first, so that who works does not depend on the order of events. A compiled event loop
    does the work when somebody looks, or when a task is done in whose second somebody acts: what is done in between
    needs no event of the simulation.
    """

    def __init__(
        self,
        environment: simpy.Environment,
        log: WorkLog,
        centre: int,
        servers: int,
        *,
        duties: Iterable[Duty] = (),
        is_always_there: bool = False,
        end_second: int = NEVER,
    ) -> None:
        """Make a station.

        Args:
            environment: the clock.
            log: takes a row per task.
            centre: where it stands.
            servers: how many there are in all.
            duties: when servers come and go; those of one server one after the other.
            is_always_there: servers have no shifts.
            end_second: of the run.
        """
        # The clock is read straight from its attribute: its property costs as much as a look at the station.
        self._environment: Any = environment
        self._centre = centre
        self._end_second = end_second
        self._arrays = empty_arrays(servers, duties, is_always_there=is_always_there)
        self._counts: IntArray = self._arrays.real.counts
        self._work = bound(work, self._arrays, NO_ROWS, 0, 0)
        self._told = 0
        self._then: dict[int, Callable[[int], None]] = {}
        self._wakes: set[int] = set()
        self._kept: list[IntArray] = []
        self.hand_over: Callable[[int], IntArray] | None = None
        """Called before the station is brought up to date: whoever knows of tasks that have come hands over their rows,
        the first of which gets the number given."""
        log.stations.append(self)

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
            done: called in the second in which it is finished.
        """
        group = -1
        if done is not None:
            call = done
            group = self.group(1, then=lambda _: call(), is_awaited=True)
        row = (
            work, reference, priority, lines, seconds, group, int(self._environment._now), COMES_NOW, -1, -1, -1, -1,
            0, 0,
        )  # fmt: skip
        self.submit_rows(np.array([row], np.int64))

    def submit_rows(self, rows: IntArray) -> int:
        """Queue tasks, see `task_rows`; returns the number of the first."""
        first, awaited = self._following_task(), self._counts.item(_AWAITED)
        following = self._go_on(rows)
        # What is done in this second by now is told when its turn comes, not to whoever submits.
        self._wake_at(int(self._environment._now) if self._counts.item(_AWAITED) < awaited else following)
        return first

    def submit_later(self, rows: IntArray) -> int:
        """Queue tasks for whose end nobody waits: as `submit_rows`, but the station works them off at the next look."""
        first = self._following_task()
        self._kept.append(rows)
        return first

    def _following_task(self) -> int:
        return self._counts.item(_TASKS) + sum(map(len, self._kept))

    def submit_stream(self, rows: IntArray) -> None:
        """Before anything else is submitted, queue the tasks of order streams, by the second at which they come."""
        assert self._counts[Count.TASKS] == 0
        second = rows[:, TaskColumn.COMES].copy()
        rows[:, TaskColumn.COMES] = -1
        self._arrays = self._arrays._replace(stream=second)
        self.submit_rows(rows)

    def group(
        self,
        parts: int,
        *,
        parent: int = -1,
        then: Callable[[int], None] | None = None,
        is_awaited: bool = False,
        follow: int = 0,
        after: int = 0,
    ) -> int:
        """Make a group of things that are done together.

        Args:
            parts: tasks, or groups, that are parts of it; at least one.
            parent: group that it is a part of itself, -1 = none.
            then: told the second at which it was done: then, if it is awaited, else at the next look.
            is_awaited: whether somebody acts in that second.
            follow: how many of the tasks that are submitted next come when it is done.
            after: how many tasks come before these.

        Returns:
            Its number.
        """
        number = self._counts.item(_GROUPS)
        if number == len(self._arrays.groups):
            self._arrays = with_room_for_groups(self._arrays)
        first = self._counts.item(_TASKS) + after
        self._arrays.groups[number] = (parts, parent, first, first + follow, is_awaited, -1)
        self._arrays.real.left[number] = parts
        self._counts[Count.GROUPS] += 1
        self._counts[Count.AWAITED] += is_awaited
        if then is not None:
            self._then[number] = then
        return number

    def catch_up(self) -> None:
        """Bring the station up to the present second and tell what was done."""
        self._wake_at(self._go_on(NO_ROWS))
        self._tell()

    def close(self) -> None:
        """Bring the station to the end of the run, which nothing that happens in that second is part of."""
        self._go_on(NO_ROWS, before_second=1)
        self._tell()

    def finished_seconds(self, tasks: IntArray) -> IntArray:
        """(k,) second at which each of some tasks was finished, -1 where it has not been, at the last look."""
        seconds: IntArray = self._arrays.tasks[tasks, TaskColumn.FINISHED]
        return seconds

    @property
    def waiting(self) -> int:
        """Tasks in the queue, at the last look."""
        return int(self._counts[Count.WAITING])

    def finished(self) -> IntArray:
        """Numbers of the tasks that are finished, in that order."""
        tasks = self._arrays.tasks[: self._counts[Count.TASKS]]
        numbers = np.flatnonzero(tasks[:, TaskColumn.FINISHED] >= 0)
        return np.asarray(numbers[np.argsort(tasks[numbers, TaskColumn.NUMBER])])

    def rows(self, tasks: IntArray) -> IntArray:
        """Rows of the table of tasks, for (k,) numbers of tasks."""
        rows = np.empty((len(tasks), len(WorkLog.COLUMNS)), np.int64)
        columns = (
            TaskColumn.WORK, -1, TaskColumn.REFERENCE, TaskColumn.SERVER, TaskColumn.PRIORITY, TaskColumn.LINES,
            TaskColumn.QUEUED, TaskColumn.STARTED, TaskColumn.FINISHED, TaskColumn.OVERTIME,
        )  # fmt: skip
        for place, column in enumerate(columns):
            rows[:, place] = self._arrays.tasks[tasks, column] if column >= 0 else self._centre
        return rows

    def unfinished(self) -> IntArray:
        """Rows of those in hand, then of those that wait, in the order in which they would start."""
        real = self._arrays.real
        server = np.flatnonzero(real.servers[ServerRow.TASK] >= 0)
        in_hand = self.rows(real.servers[ServerRow.TASK, server])
        in_hand[:, WorkLog.COLUMNS.index("server")] = server
        in_hand[:, WorkLog.COLUMNS.index("started_second")] = real.servers[ServerRow.STARTED, server]
        keys, numbers = real.waiting[:, : self.waiting]
        return np.concatenate((in_hand, self.rows(numbers[np.argsort(keys)])))

    def _go_on(self, rows: IntArray, before_second: int = 0) -> int:
        """Take tasks and work up to now; the next second at which somebody has to be told something, -1 = none."""
        if self._kept:
            rows = np.concatenate((*self._kept, rows))
            self._kept = []
        if self.hand_over is not None:
            more = self.hand_over(self._counts.item(_TASKS) + len(rows))
            rows = np.concatenate((rows, more)) if len(more) else rows
        needed = self._counts.item(_TASKS) + len(rows)
        if needed > len(self._arrays.tasks):
            self._arrays = with_room_for_tasks(self._arrays, needed)
        unfinished = needed - self._counts.item(_FINISHED)
        if unfinished > self._arrays.real.waiting.shape[1]:
            self._arrays = with_room_to_wait(self._arrays, unfinished)
        until = min(int(self._environment._now) - before_second, self._end_second - 1)
        following: int = self._work(self._arrays, rows, until, self._end_second)
        return following

    def _wake_at(self, second: int) -> None:
        """Wake at a second of the run, which may be past or never, unless that is planned already."""
        if 0 <= second < self._end_second and second not in self._wakes:
            self._wakes.add(second)
            at(self._environment, second, Turn.WORK, self._wake)

    def _wake(self) -> None:
        self._wakes.discard(int(self._environment._now))
        self.catch_up()

    def _tell(self) -> None:
        """Tell of groups that have been done, in their order; whoever is told may submit more."""
        while self._told < self._counts.item(_GROUPS_DONE):
            group = int(self._arrays.done[self._told])
            self._told += 1
            then = self._then.pop(group, None)
            if then is not None:
                then(int(self._arrays.groups[group, GroupColumn.DONE]))
