"""The arrays of a station: tasks to be submitted, comings and goings, and room for more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from sim.kernels.stations import (
    Count,
    GroupColumn,
    ServerRow,
    ShiftColumn,
    Stage,
    StationArrays,
    TaskColumn,
)
from sim.shifts import Duty

IntArray = npt.NDArray[np.int64]

COMES_NOW: Final = 7
"""Turn, among the tasks that come in one second, of those that come in the second in which they are submitted."""
_FEW: Final = 64
NO_ROWS: Final = np.zeros((0, len(TaskColumn)), np.int64)
"""Of no task."""


def task_rows(
    number: int,
    work: int,
    reference: IntArray | int,
    *,
    seconds: IntArray | int,
    lines: IntArray | int = 0,
    priority: IntArray | int = 5,
    group: IntArray | int = -1,
    comes_second: IntArray | int = -1,
    turn: int = COMES_NOW,
) -> IntArray:
    """Rows of tasks for `Station.submit_rows`; each argument is one number for all, or (number,).

    Args:
        number: how many.
        work: what is done, a `Work`.
        reference: what it is done for.
        seconds: how long it takes.
        lines: order lines handled.
        priority: lower goes first.
        group: what it is a part of, -1 = nothing.
        comes_second: when it comes, now or later; -1 = when another group is done.
        turn: of those that come in one second, who goes first, 0 ... 7.
    """
    rows = np.full((number, len(TaskColumn)), -1, np.int64)
    rows[:, TaskColumn.WORK], rows[:, TaskColumn.REFERENCE], rows[:, TaskColumn.SECONDS] = (
        work,
        reference,
        seconds,
    )
    rows[:, TaskColumn.LINES], rows[:, TaskColumn.PRIORITY], rows[:, TaskColumn.GROUP] = (
        lines,
        priority,
        group,
    )
    rows[:, TaskColumn.COMES], rows[:, TaskColumn.TURN] = comes_second, turn
    rows[:, TaskColumn.OVERTIME] = 0
    return rows


def empty_arrays(servers: int, duties: Iterable[Duty], *, is_always_there: bool) -> StationArrays:
    """A station without any work: its servers, and when they come and go."""
    state = np.zeros((len(ServerRow), servers), np.int64)
    state[ServerRow.IS_THERE] = is_always_there
    state[ServerRow.LEAVES] = state[ServerRow.TASK] = -1
    return StationArrays(
        tasks=np.zeros((_FEW, len(TaskColumn)), np.int64),
        groups=np.zeros((_FEW, len(GroupColumn)), np.int64),
        done=np.zeros(_FEW, np.int64),
        stream=np.zeros(0, np.int64),
        shifts=_shifts(duties),
        real=_stage(state),
        rehearsed=_stage(state),
    )


def with_room_for_tasks(arrays: StationArrays, needed: int) -> StationArrays:
    """The same with room for so many tasks."""
    size = max(needed, 2 * len(arrays.tasks))
    return arrays._replace(tasks=longer(arrays.tasks, (size, len(TaskColumn))))


def with_room_to_wait(arrays: StationArrays, needed: int) -> StationArrays:
    """The same with room for so many tasks that are not finished, any of which may have to wait."""
    size = max(needed, 2 * arrays.real.waiting.shape[1])
    return arrays._replace(
        real=_roomier(arrays.real, size),
        rehearsed=_roomier(arrays.rehearsed, size),
    )


def with_room_for_groups(arrays: StationArrays) -> StationArrays:
    """The same with room for twice as many groups."""
    size = 2 * len(arrays.groups)
    return arrays._replace(
        groups=longer(arrays.groups, (size, len(GroupColumn))),
        done=longer(arrays.done, (size,)),
        real=arrays.real._replace(left=longer(arrays.real.left, (size,))),
        rehearsed=arrays.rehearsed._replace(left=longer(arrays.rehearsed.left, (size,))),
    )


def _shifts(duties: Iterable[Duty]) -> IntArray:
    """(comings and goings, columns) in the order in which they happen: in one second, who goes goes first."""
    rows = [
        (second, comes, duty.first_server, duty.first_server + duty.servers, duty.ends_second)
        for duty in duties
        for stretch in duty.stretches
        for second, comes in zip(stretch, (1, 0), strict=True)
    ]
    shifts = np.array(rows, np.int64).reshape(-1, len(ShiftColumn))
    return np.ascontiguousarray(
        shifts[np.lexsort((shifts[:, ShiftColumn.COMES], shifts[:, ShiftColumn.SECOND]))]
    )


def _stage(servers: IntArray) -> Stage:
    return Stage(
        counts=np.zeros(len(Count), np.int64),
        servers=servers.copy(),
        waiting=np.zeros((2, _FEW), np.int64),
        future=np.zeros((2, _FEW), np.int64),
        left=np.zeros(_FEW, np.int64),
    )


def _roomier(stage: Stage, size: int) -> Stage:
    return stage._replace(waiting=longer(stage.waiting, (2, size)), future=longer(stage.future, (2, size)))


def longer(array: IntArray, shape: tuple[int, ...]) -> IntArray:
    """A copy with room for more; what is not written to yet takes no memory."""
    roomy = np.zeros(shape, np.int64)
    roomy[tuple(slice(size) for size in array.shape)] = array
    return roomy
