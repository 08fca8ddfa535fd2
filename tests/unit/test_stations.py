"""Stations by hand: who does what when, to the second."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import simpy
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import Turn, at
from sim.shifts import Duty
from sim.station_arrays import task_rows
from sim.stations import Station, Work, WorkLog

HOUR, DAY = 3_600, 86_400
IntArray = npt.NDArray[np.int64]


class Bench:
    """A station of people on shifts, and tasks that come at given seconds."""

    def __init__(self, servers: int, *duties: Duty, is_always_there: bool = False) -> None:
        self.environment = simpy.Environment()
        self.log = WorkLog()
        self.station = Station(
            self.environment, self.log, 0, servers, duties=duties, is_always_there=is_always_there
        )

    def task(
        self, second: int, seconds: int, priority: int = 5, done: Callable[[], None] | None = None
    ) -> Bench:
        def submit() -> None:
            self.station.submit(seconds, Work.PICKING, second, priority=priority, done=done)

        at(self.environment, second, Turn.WORK, submit)
        return self

    def run(self, until: int = 10 * DAY) -> dict[str, list[int]]:
        """Columns of the table of tasks."""
        self.environment.run(until=until)
        return dict(zip(WorkLog.COLUMNS, np.array(self.log.rows()).T.tolist(), strict=True))

    @property
    def overtime(self) -> list[int]:
        """Seconds after a shift, of tasks that have any."""
        seconds = self.log.rows()[:, WorkLog.COLUMNS.index("overtime_seconds")]
        return [second for second in seconds.tolist() if second]

    def times(self, until: int = 10 * DAY) -> list[tuple[int, int, int]]:
        """Second queued, started and finished of each task."""
        tasks = self.run(until)
        names = ("queued_second", "started_second", "finished_second")
        return sorted(zip(*(tasks[name] for name in names), strict=True))


def duty(starts: int, ends: int, pause: tuple[int, int] | None = None, servers: int = 1) -> Duty:
    pause = pause or (ends, ends)
    return Duty(0, servers, starts, ends, *pause)


def test_first_come_first_served_by_the_lowest_number() -> None:
    bench = Bench(2, is_always_there=True).task(0, 10).task(1, 10).task(2, 5).task(30, 5)
    tasks = bench.run()
    assert tasks["started_second"] == [0, 1, 10, 30]
    assert tasks["server"] == [0, 1, 0, 0]


def test_work_waits_for_the_shift_and_what_is_begun_is_finished_as_overtime() -> None:
    bench = Bench(1, duty(100, 200)).task(0, 60).task(50, 60).task(60, 1)
    tasks = bench.run()
    assert tasks["started_second"] == [100, 160, -1]
    assert tasks["finished_second"] == [160, 220, -1]
    assert tasks["overtime_seconds"] == [0, 20, 0]
    assert bench.overtime == [20]


def test_what_ends_with_the_shift_is_no_overtime_and_nothing_new_is_begun() -> None:
    bench = Bench(1, duty(0, 100), duty(500, 600)).task(0, 100).task(1, 10)
    assert bench.times() == [(0, 0, 100), (1, 500, 510)]
    assert bench.overtime == []


def test_a_task_in_the_second_in_which_the_shift_ends_is_too_late_and_in_which_it_begins_is_not() -> None:
    bench = Bench(1, duty(0, 100), duty(500, 600)).task(100, 10).task(500, 10)
    assert bench.times() == [(100, 500, 510), (500, 510, 520)]


def test_a_break_lets_begun_work_be_finished_first_and_is_no_overtime() -> None:
    bench = Bench(1, duty(0, 1_000, (400, 500))).task(390, 30).task(395, 30)
    assert bench.times() == [(390, 390, 420), (395, 500, 530)]
    assert bench.overtime == []


def test_work_that_outlasts_the_break_goes_on() -> None:
    bench = Bench(1, duty(0, 1_000, (400, 500))).task(390, 200).task(395, 30)
    assert bench.times() == [(390, 390, 590), (395, 590, 620)]


def test_a_break_as_long_as_the_shift_leaves_nobody_there() -> None:
    bench = Bench(1, duty(0, 100, (0, 100))).task(10, 5)
    assert bench.times() == [(10, -1, -1)]


def test_a_break_at_the_beginning_or_the_end_of_a_shift() -> None:
    for pause, started in (((0, 40), 40), ((60, 100), 1_000)):
        bench = Bench(1, duty(0, 100, pause), duty(1_000, 1_100)).task(0, 0)
        bench = bench.task(30 if pause[0] == 0 else 60, 5)
        assert bench.times()[-1][1] == started


def test_shifts_back_to_back_round_the_clock_interrupt_nothing() -> None:
    bench = Bench(1, *(duty(day * DAY, (day + 1) * DAY) for day in range(3)))
    bench.task(DAY - 10, 30).task(DAY - 5, 10).task(2 * DAY - 10, 10).task(2 * DAY - 9, 10)
    assert [start for _, start, _ in bench.times()] == [DAY - 10, DAY + 20, 2 * DAY - 10, 2 * DAY]
    assert bench.overtime == []


def test_a_night_shift_goes_on_over_midnight() -> None:
    bench = Bench(1, duty(22 * HOUR, 30 * HOUR), duty(46 * HOUR, 54 * HOUR))
    bench.task(DAY - 60, 600).task(DAY, 60).task(31 * HOUR, 60)
    assert [start for _, start, _ in bench.times()] == [DAY - 60, DAY + 540, 46 * HOUR]


def test_work_that_lasts_into_the_next_shift_is_overtime_only_between_them() -> None:
    bench = Bench(1, duty(0, 100), duty(150, 300), duty(310, 400)).task(90, 80).task(100, 150)
    assert bench.times() == [(90, 90, 170), (100, 170, 320)]
    assert bench.overtime == [50, 10]


def test_work_that_lasts_over_a_whole_shift_and_beyond_it() -> None:
    bench = Bench(1, duty(0, 100), duty(150, 300)).task(90, 300)
    assert bench.times() == [(90, 90, 390)]
    assert bench.overtime == [50 + 90]


def test_lower_priority_numbers_go_first_but_interrupt_nobody() -> None:
    bench = (
        Bench(1, is_always_there=True).task(0, 10).task(1, 10, 5).task(2, 10, 5).task(3, 10, 1).task(4, 10, 0)
    )
    assert bench.times() == [(0, 0, 10), (1, 30, 40), (2, 40, 50), (3, 20, 30), (4, 10, 20)]


def test_what_is_done_afterwards_finds_the_next_task_begun() -> None:
    bench = Bench(1, is_always_there=True)
    bench.task(0, 10, done=lambda: bench.station.submit(5, Work.SORTING, 99)).task(1, 10)
    assert bench.times() == [(0, 0, 10), (1, 10, 20), (10, 20, 25)]


def test_people_of_one_station_on_different_shifts() -> None:
    bench = Bench(2, Duty(0, 1, 0, 100, 100, 100), Duty(1, 1, 50, 150, 150, 150))
    for second in (0, 10, 60, 120, 160):
        bench.task(second, 40)
    tasks = bench.run()
    assert tasks["started_second"] == [0, 40, 60, 120, -1]
    assert tasks["server"] == [0, 0, 1, 1, -1]
    assert bench.overtime == [10]


def test_nobody() -> None:
    bench = Bench(0).task(0, 10).task(5, 10)
    assert bench.times() == [(0, -1, -1), (5, -1, -1)]
    assert bench.station.waiting == 2


def test_what_is_in_hand_when_the_run_ends_is_written_down() -> None:
    bench = Bench(1, is_always_there=True).task(0, 10).task(5, 100).task(6, 1, 5).task(7, 1, 1)
    tasks = bench.run(until=50)
    assert tasks["reference"] == [0, 7, 5, 6]
    assert tasks["started_second"] == [0, 10, 11, -1]
    assert tasks["finished_second"] == [10, 11, -1, -1]
    assert tasks["server"] == [0, 0, 0, -1]


def test_tasks_of_no_time() -> None:
    bench = Bench(1, is_always_there=True)
    for _ in range(3):
        bench.task(7, 0)
    assert bench.times() == [(7, 7, 7)] * 3


def spread_of(tasks: Sequence[tuple[int, int, int]]) -> int:
    return max(end for _, _, end in tasks) - min(start for start, _, _ in tasks)


def test_many_hands_make_light_work() -> None:
    alone, together = (Bench(number, is_always_there=True) for number in (1, 4))
    for bench in (alone, together):
        for _ in range(8):
            bench.task(0, 10)
    assert (spread_of(alone.times()), spread_of(together.times())) == (80, 20)


def test_tasks_follow_when_a_group_is_done_and_its_parent_is_told_in_that_second() -> None:
    bench, told = Bench(2, is_always_there=True), []
    station = bench.station

    def submit() -> None:
        whole = station.group(
            2, then=lambda second: told.append((bench.environment.now, second)), is_awaited=True
        )
        first = station.group(3, follow=2, after=3)
        picking = task_rows(3, Work.PICKING, 1, seconds=np.array([10, 10, 30]), group=first, comes_second=5)
        sorting = task_rows(2, Work.SORTING, 2, seconds=np.array([4, 6]), group=whole)
        station.submit_rows(np.concatenate((picking, sorting)))

    at(bench.environment, 5, Turn.WAVE, submit)
    assert bench.times() == [(5, 5, 15), (5, 5, 15), (5, 15, 45), (45, 45, 49), (45, 45, 51)]
    assert told == [(51, 51)]


def test_what_nobody_waits_for_is_told_at_the_next_look_with_its_own_second() -> None:
    bench, told = Bench(1, is_always_there=True), []
    station = bench.station

    def submit() -> None:
        group = station.group(1, then=lambda second: told.append((bench.environment.now, second)))
        station.submit_rows(task_rows(1, Work.PICKING, 1, seconds=10, group=group, comes_second=20))

    at(bench.environment, 5, Turn.WAVE, submit)
    at(bench.environment, 100, Turn.WAVE, station.catch_up)
    bench.run()
    assert told == [(100, 30)]


def test_what_is_awaited_is_told_later_when_something_urgent_comes_in_between() -> None:
    bench, told = Bench(1, is_always_there=True), []

    def done() -> None:
        told.append(bench.environment.now)

    bench.task(0, 10).task(1, 10, 5, done).task(5, 100, 1)
    assert bench.times() == [(0, 0, 10), (1, 110, 120), (5, 10, 110)]
    assert told == [120]


def test_who_hands_tasks_over_is_asked_before_every_look() -> None:
    bench = Bench(1, is_always_there=True)
    seconds = [30]

    def hand_over(first: int) -> IntArray:
        come = [second for second in seconds if second <= bench.environment.now]
        del seconds[: len(come)]
        return task_rows(len(come), Work.SORTING, first, seconds=7, comes_second=np.array(come, np.int64))

    bench.station.hand_over = hand_over
    bench.task(40, 5)
    assert bench.times() == [(30, 30, 37), (40, 40, 45)]


def test_later_tasks_of_one_second_come_by_their_turn() -> None:
    bench = Bench(1, is_always_there=True)
    for turn, seconds in ((2, 20), (0, 10), (1, 15)):
        rows = task_rows(1, Work.PICKING, turn, seconds=seconds, comes_second=50, turn=turn)
        bench.station.submit_later(rows)
    tasks = bench.run()
    assert tasks["reference"] == [0, 1, 2]
    assert tasks["started_second"] == [50, 60, 75]


Asked = tuple[int, int, int]
"""Second at which a task comes, how long it takes, priority."""


def by_hand(asked: Sequence[Asked], servers: int, duties: Sequence[Duty], end: int) -> list[tuple[int, ...]]:
    """What a station does, second by second: task, second started, second finished, server, overtime."""
    there, leaves, spare = [not duties] * servers, [-1] * servers, [0] * servers
    doing: dict[int, tuple[int, int, int]] = {}
    queue: list[tuple[int, int]] = []
    rows, starts = [], 0

    def late(server: int, now: int) -> int:
        return spare[server] + (0 if there[server] or leaves[server] < 0 else max(0, now - leaves[server]))

    for now in range(end):
        for duty in duties:
            if now in [goes for _, goes in duty.stretches]:
                there[duty.first_server : duty.first_server + duty.servers] = [False] * duty.servers
        for duty in duties:
            if now in [comes for comes, _ in duty.stretches]:
                for server in range(duty.first_server, duty.first_server + duty.servers):
                    spare[server] = late(server, now) if server in doing else 0
                    there[server], leaves[server] = True, duty.ends_second

        def begin(now: int = now) -> None:
            nonlocal starts
            free = [server for server in range(servers) if there[server] and server not in doing]
            while free and queue:
                _, task = queue.pop(queue.index(min(queue)))
                doing[free.pop(0)] = (now + asked[task][1], starts, task)
                starts += 1

        begin()
        while done := sorted((number, server) for server, (ends, number, _) in doing.items() if ends == now):
            server = done[0][1]
            _, _, task = doing.pop(server)
            rows.append((task, now - asked[task][1], now, server, late(server, now)))
            spare[server] = 0
            if there[server] and queue:
                _, following = queue.pop(queue.index(min(queue)))
                doing[server] = (now + asked[following][1], starts, following)
                starts += 1
        for task, (comes, _, priority) in enumerate(asked):
            if comes == now:
                queue.append((priority, task))
                begin()
    return sorted(rows)


@given(
    asked=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 40), st.integers(1, 3)), max_size=25),
    servers=st.integers(0, 4),
    shifts=st.sampled_from(
        [(), ((0, 70, 30, 45), (90, 180, 180, 180)), ((20, 60, 60, 60), (60, 120, 80, 90))]
    ),
)
def test_stations_work_as_one_would_by_hand(
    asked: list[Asked], servers: int, shifts: Sequence[tuple[int, int, int, int]]
) -> None:
    asked = sorted(asked, key=lambda task: task[0])
    duties = [Duty(0, servers, *shift) for shift in shifts]
    bench = Bench(servers, *duties, is_always_there=not duties)
    for task, (second, seconds, priority) in enumerate(asked):
        rows = task_rows(1, Work.PICKING, task, seconds=seconds, priority=priority, comes_second=second)
        bench.station.submit_later(rows)
    tasks = bench.run(until=1_000)
    names = ("reference", "started_second", "finished_second", "server", "overtime_seconds")
    found = sorted(row for row in zip(*(tasks[name] for name in names), strict=True) if row[2] >= 0)
    assert found == by_hand(asked, servers, duties, 1_000)
