"""Stations by hand: who does what when, to the second."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import simpy

from sim.clock import Turn, at
from sim.shifts import Duty
from sim.stations import Station, Work, WorkLog

HOUR, DAY = 3_600, 86_400


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
