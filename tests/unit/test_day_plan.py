"""Plans of a day by cheapest insertion."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.field.day_plan import CheapestInsertion, DayProblem

HOUR = 3_600


def problem(jobs: list[float], technicians: int = 1, **changes: Any) -> DayProblem:
    """Jobs of an hour at kilometre posts of a road, a minute apart; technicians start at 0 at eight."""
    posts = np.array([0.0] * technicians + jobs + [0.0] * technicians)
    number = len(jobs)
    terms: dict[str, Any] = {
        "drive_seconds": np.rint(60 * abs(posts[:, None] - posts)).astype(np.int64),
        "starts_second": np.full(technicians, 8 * HOUR),
        "latest_second": np.full(technicians, 18 * HOUR),
        "break_seconds": np.zeros(technicians, np.int64),
        "break_from_second": np.full(technicians, 12 * HOUR),
        "can_do": np.ones((technicians, number), np.bool_),
        "from_second": np.zeros(number, np.int64),
        "until_second": np.full(number, 24 * HOUR),
        "work_seconds": np.full(number, HOUR),
    }
    return DayProblem(**{**terms, **changes})


def plan(
    day: DayProblem, sequences: list[list[int]] | None = None, frozen: list[int] | None = None
) -> list[list[int]]:
    people = len(day.starts_second)
    return CheapestInsertion().plan(day, sequences or [[]] * people, frozen or [0] * people)


def test_the_round_is_the_shortest() -> None:
    """There and back again, with nothing driven twice."""
    (sequence,) = plan(problem([30.0, 10.0, 20.0]))
    assert sequence in ([1, 2, 0], [0, 2, 1])


def test_windows_are_kept() -> None:
    until = np.array([24 * HOUR, 9 * HOUR, 24 * HOUR])
    (sequence,) = plan(problem([10.0, 30.0, 20.0], until_second=until))
    assert sequence[0] == 1


def test_nobody_sets_out_before_a_window() -> None:
    """A job of the afternoon leaves no time for another hour before the end of the shift."""
    start = np.array([16 * HOUR + 1_800, 17 * HOUR])
    until = np.array([18 * HOUR, 18 * HOUR])
    (sequence,) = plan(problem([0.0, 0.0], from_second=start, until_second=until))
    assert len(sequence) == 1


def test_who_cannot_do_it_does_not_get_it() -> None:
    can_do = np.array([[True, False], [True, True]])
    first, second = plan(problem([1.0, 2.0], technicians=2, can_do=can_do))
    assert 1 not in first
    assert 1 in second


def test_nothing_is_planned_beyond_the_shift() -> None:
    (sequence,) = plan(problem([0.0] * 15))
    assert len(sequence) == 10


def test_the_break_takes_its_time() -> None:
    (sequence,) = plan(problem([0.0] * 15, break_seconds=np.array([HOUR])))
    assert len(sequence) == 9


def test_what_is_frozen_stays_first() -> None:
    """A job next door comes after those that are about to begin."""
    day = problem([30.0, 20.0, 0.0])
    assert plan(day, [[0, 1]], [0]) in ([[2, 0, 1]], [[0, 1, 2]])
    assert plan(day, [[0, 1]], [1])[0][0] == 0
    assert plan(day, [[0, 1]], [2]) == [[0, 1, 2]]


def test_an_urgent_job_is_fitted_in_where_all_stay_in_time() -> None:
    """It has to be reached by ten, and the job it goes before still is."""
    until = np.array([11 * HOUR, 24 * HOUR, 10 * HOUR])
    day = problem([5.0, 6.0, 5.0], until_second=until)
    assert plan(day, [[0, 1]], [0]) in ([[2, 0, 1]], [[0, 2, 1]])
    tight = problem([5.0, 6.0, 5.0], until_second=np.array([9 * HOUR, 24 * HOUR, 8 * HOUR + 600]))
    assert plan(tight, [[0, 1]], [1]) == [[0, 1]]
