"""The event loop of a station: tasks that come, wait and are done, and servers that come and go."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from sim.kernels.compilation import kernel
from sim.kernels.layout import Array, whole

NEVER = 1 << 60
_NUMBERS = 1 << 40
"""Tasks that can come to a station; priorities count in steps of it."""
_TURNS = 8


class TaskColumn(IntEnum):
    """Columns of the tasks of a station; a second of -1 is still to come."""

    WORK = 0
    REFERENCE = 1
    PRIORITY = 2
    LINES = 3
    SECONDS = 4
    """How long it takes."""
    GROUP = 5
    """What it is a part of, -1 = nothing."""
    COMES = 6
    """Second at which it comes; -1 = when another group is done."""
    TURN = 7
    """Which of those that come in one second goes first, 0 ... 7."""
    QUEUED = 8
    STARTED = 9
    FINISHED = 10
    SERVER = 11
    OVERTIME = 12
    NUMBER = 13
    """In the order in which they are finished."""


class GroupColumn(IntEnum):
    """Columns of groups: tasks, or groups of them, that are done together."""

    LEFT = 0
    """Parts that are not done."""
    PARENT = 1
    """Group that this one is a part of, -1 = none."""
    FIRST = 2
    """First of the tasks that come when it is done."""
    STOP = 3
    IS_AWAITED = 4
    """Somebody acts in the second in which it is done."""
    DONE = 5
    """Second at which it was done."""


class ServerRow(IntEnum):
    """Rows of the servers of a station."""

    IS_THERE = 0
    LEAVES = 1
    OVERTIME = 2
    """Of the task in hand, before the shift that has come meanwhile."""
    TASK = 3
    STARTED = 4
    FINISHES = 5
    NUMBER = 6
    """Of its start: of two that finish in one second, the one that has begun first goes first."""


class Count(IntEnum):
    """Places in the counters of a station."""

    TASKS = 0
    GROUPS = 1
    WAITING = 2
    FUTURE = 3
    STREAM = 4
    """Tasks of order streams that have come."""
    SHIFTS = 5
    """Comings and goings that are over."""
    STARTS = 6
    ARRIVALS = 7
    FINISHED = 8
    GROUPS_DONE = 9
    OLDEST_GROUP = 10
    """No group before it is open."""
    AWAITED = 11
    """Open groups that somebody waits for."""


_WAITING, _FUTURE = int(Count.WAITING), int(Count.FUTURE)


class ShiftColumn(IntEnum):
    """Columns of comings and goings."""

    SECOND = 0
    COMES = 1
    """1 = they come, 0 = they go."""
    FIRST = 2
    STOP = 3
    LEAVES = 4
    """End of the shift, of those that come."""


class Stage(NamedTuple):
    """What changes while a station works: once for good, once for looking ahead."""

    counts: Array
    """(len(Count),)."""
    servers: Array
    """(7, servers), see `ServerRow`."""
    waiting: Array
    """(2, any number) heap of keys and tasks."""
    future: Array
    """(2, any number) heap of keys and tasks that come at a known second."""
    left: Array
    """(groups,) parts of each group that are not done."""


class StationArrays(NamedTuple):
    """All a station knows."""

    tasks: Array
    """(any number, len(TaskColumn))."""
    groups: Array
    """(any number, len(GroupColumn))."""
    done: Array
    """(groups,) in the order in which they were done."""
    stream: Array
    """(any number,) seconds, ascending, at which the tasks of order streams come, which are the first ones."""
    shifts: Array
    """(any number, len(ShiftColumn)) in the order in which they happen."""
    real: Stage
    rehearsed: Stage


@kernel
def work(arrays: StationArrays, new: Array, until: int, end: int) -> int:
    """Let a station work, and look ahead.

    Within a second people come and go first, then work is finished, then new work comes.

    Args:
        arrays: changed; with room for the new tasks.
        new: (k, len(TaskColumn)) tasks that come from now on; those without a second wait for a group.
        until: what happens up to this second, inclusive, happens.
        end: looks ahead so far.

    Returns:
        The next second at which a group is done that somebody waits for, if no other task comes; -1 if there is none.
    """
    real = arrays.real
    for index in range(new.shape[0]):
        task = real.counts[Count.TASKS]
        real.counts[Count.TASKS] += 1
        for column in range(new.shape[1]):
            arrays.tasks[task, column] = new[index, column]
        if new[index, TaskColumn.COMES] >= 0:
            key = new[index, TaskColumn.COMES] * _TURNS + new[index, TaskColumn.TURN]
            _push(real.future, real.counts, _FUTURE, key, task)
    _go_on(arrays, real, until, False)
    if real.counts[Count.AWAITED] == 0:
        return -1
    ahead, oldest = arrays.rehearsed, real.counts[Count.OLDEST_GROUP]
    for index in range(real.counts.size):
        ahead.counts[index] = real.counts[index]
    for row in range(real.servers.shape[0]):
        for index in range(real.servers.shape[1]):
            ahead.servers[row, index] = real.servers[row, index]
    _copy_heap(real.waiting, real.counts[Count.WAITING], ahead.waiting)
    _copy_heap(real.future, real.counts[Count.FUTURE], ahead.future)
    for group in range(oldest, real.counts[Count.GROUPS]):
        ahead.left[group] = real.left[group]
    return _go_on(arrays, ahead, end, True)


@kernel
def _go_on(arrays: StationArrays, stage: Stage, until: int, is_rehearsal: bool) -> int:
    """Go on up to a second; a rehearsal writes nothing down and stops when something awaited is done: returns when."""
    counts, servers, shifts = stage.counts, stage.servers, arrays.shifts
    finishes, task_of, number_of = (
        servers[ServerRow.FINISHES],
        servers[ServerRow.TASK],
        servers[ServerRow.NUMBER],
    )
    while True:
        server, finish = -1, NEVER
        for index in range(task_of.size):
            if task_of[index] >= 0 and (
                finishes[index] < finish
                or (finishes[index] == finish and number_of[index] < number_of[server])
            ):
                server, finish = index, finishes[index]
        change = NEVER
        if counts[Count.SHIFTS] < shifts.shape[0]:
            change = shifts[counts[Count.SHIFTS], ShiftColumn.SECOND]
        comes = NEVER
        if counts[Count.STREAM] < arrays.stream.size:
            comes = arrays.stream[counts[Count.STREAM]]
        later = NEVER
        if counts[Count.FUTURE] > 0:
            later = stage.future[0, 0] // _TURNS
        second = min(finish, change, comes, later)
        if second > until:
            return -1
        if change == second:
            _change_shift(arrays, stage, shifts[counts[Count.SHIFTS]], second)
            counts[Count.SHIFTS] += 1
        elif finish == second:
            if _finish(arrays, stage, server, second, is_rehearsal) and is_rehearsal:
                return second
        elif comes == second:
            counts[Count.STREAM] += 1
            _arrive(arrays, stage, counts[Count.STREAM] - 1, second, is_rehearsal)
        else:
            _arrive(arrays, stage, _pop(stage.future, counts, _FUTURE), second, is_rehearsal)


@kernel
def _late(servers: Array, server: int, now: int) -> int:
    """Seconds of the task in hand, so far, at which its server was not on a shift."""
    overtime = whole(servers[ServerRow.OVERTIME, server])
    if servers[ServerRow.IS_THERE, server] > 0 or servers[ServerRow.LEAVES, server] < 0:
        return overtime
    return overtime + max(0, now - whole(servers[ServerRow.LEAVES, server]))


@kernel
def _change_shift(arrays: StationArrays, stage: Stage, shift: Array, now: int) -> None:
    servers, counts = stage.servers, stage.counts
    comes = shift[ShiftColumn.COMES]
    for server in range(shift[ShiftColumn.FIRST], shift[ShiftColumn.STOP]):
        if comes > 0:
            if servers[ServerRow.TASK, server] >= 0:
                servers[ServerRow.OVERTIME, server] = _late(servers, server, now)
            servers[ServerRow.LEAVES, server] = shift[ShiftColumn.LEAVES]
        servers[ServerRow.IS_THERE, server] = comes
    free = _free(servers)
    while free >= 0 and counts[Count.WAITING] > 0:
        _start(arrays, stage, free, _pop(stage.waiting, counts, _WAITING), now)
        free = _free(servers)


@kernel
def _free(servers: Array) -> int:
    """The first server that is there and has nothing to do, -1 if there is none."""
    is_there, task = servers[ServerRow.IS_THERE], servers[ServerRow.TASK]
    for server in range(task.size):
        if is_there[server] > 0 and task[server] < 0:
            return server
    return -1


@kernel
def _start(arrays: StationArrays, stage: Stage, server: int, task: int, now: int) -> None:
    servers, counts = stage.servers, stage.counts
    servers[ServerRow.TASK, server], servers[ServerRow.STARTED, server] = task, now
    servers[ServerRow.FINISHES, server] = now + arrays.tasks[task, TaskColumn.SECONDS]
    servers[ServerRow.NUMBER, server] = counts[Count.STARTS]
    counts[Count.STARTS] += 1


@kernel
def _arrive(arrays: StationArrays, stage: Stage, task: int, now: int, is_rehearsal: bool) -> None:
    """A task comes: it is begun if somebody is free, else it waits by priority, then first come first served."""
    counts = stage.counts
    if not is_rehearsal:
        arrays.tasks[task, TaskColumn.QUEUED] = now
    free = _free(stage.servers) if counts[Count.WAITING] == 0 else -1
    if free >= 0:
        _start(arrays, stage, free, task, now)
        return
    key = arrays.tasks[task, TaskColumn.PRIORITY] * _NUMBERS + counts[Count.ARRIVALS]
    counts[Count.ARRIVALS] += 1
    _push(stage.waiting, counts, _WAITING, key, task)


@kernel
def _finish(arrays: StationArrays, stage: Stage, server: int, now: int, is_rehearsal: bool) -> bool:
    """A server has finished; tells whether somebody has waited for what is done with it."""
    servers, counts, row = stage.servers, stage.counts, arrays.tasks[stage.servers[ServerRow.TASK, server]]
    if not is_rehearsal:
        row[TaskColumn.STARTED], row[TaskColumn.FINISHED] = servers[ServerRow.STARTED, server], now
        row[TaskColumn.SERVER], row[TaskColumn.OVERTIME] = server, _late(servers, server, now)
        row[TaskColumn.NUMBER] = counts[Count.FINISHED]
        counts[Count.FINISHED] += 1
    servers[ServerRow.TASK, server], servers[ServerRow.OVERTIME, server] = -1, 0
    if servers[ServerRow.IS_THERE, server] > 0 and counts[Count.WAITING] > 0:
        _start(arrays, stage, server, _pop(stage.waiting, counts, _WAITING), now)
    group, is_awaited = row[TaskColumn.GROUP], False
    while group >= 0:
        stage.left[group] -= 1
        if stage.left[group] > 0:
            break
        facts = arrays.groups[group]
        if facts[GroupColumn.IS_AWAITED] > 0:
            is_awaited = True
        if not is_rehearsal:
            _close_group(arrays, counts, group, now)
        for task in range(facts[GroupColumn.FIRST], facts[GroupColumn.STOP]):
            _arrive(arrays, stage, task, now, is_rehearsal)
        group = facts[GroupColumn.PARENT]
    return is_awaited


@kernel
def _close_group(arrays: StationArrays, counts: Array, group: int, now: int) -> None:
    arrays.groups[group, GroupColumn.DONE] = now
    arrays.done[counts[Count.GROUPS_DONE]] = group
    counts[Count.GROUPS_DONE] += 1
    counts[Count.AWAITED] -= arrays.groups[group, GroupColumn.IS_AWAITED]
    left = arrays.real.left
    while counts[Count.OLDEST_GROUP] < counts[Count.GROUPS] and left[counts[Count.OLDEST_GROUP]] == 0:
        counts[Count.OLDEST_GROUP] += 1


@kernel
def _copy_heap(heap: Array, size: int, other: Array) -> None:
    for index in range(size):
        other[0, index], other[1, index] = heap[0, index], heap[1, index]


@kernel
def _push(heap: Array, counts: Array, size: int, key: int, task: int) -> None:
    """Put a task on a heap; equal keys go by number of the task."""
    keys, tasks = heap[0], heap[1]
    at = counts[size]
    counts[size] += 1
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] < key or (keys[above] == key and tasks[above] < task):
            break
        keys[at], tasks[at] = keys[above], tasks[above]
        at = above
    keys[at], tasks[at] = key, task


@kernel
def _pop(heap: Array, counts: Array, size: int) -> int:
    """Take the task with the lowest key off a heap."""
    keys, tasks = heap[0], heap[1]
    first = tasks[0]
    counts[size] -= 1
    number = counts[size]
    key, task = keys[number], tasks[number]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= number:
            break
        other = below + 1
        if other < number and (
            keys[other] < keys[below] or (keys[other] == keys[below] and tasks[other] < tasks[below])
        ):
            below = other
        if key < keys[below] or (key == keys[below] and task < tasks[below]):
            break
        keys[at], tasks[at] = keys[below], tasks[below]
        at = below
    keys[at], tasks[at] = key, task
    return whole(first)
