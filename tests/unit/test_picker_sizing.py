"""Pickers of a wave, against waves played list by list."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import nan

import numpy as np
import numpy.typing as npt
import pytest

from optimize.staffing.pickers import Wave, done_probability, pickers_needed

FloatArray = npt.NDArray[np.float64]


def played(lists: int, list_mean: float, scv: float, day_sd: float, pickers: int, days: int) -> FloatArray:
    """(days,): minutes of waves; on each day all lists are longer or shorter by one factor."""
    random = np.random.default_rng(11)
    ends = np.empty(days)
    for day in range(days):
        factor = max(0.05, random.normal(1.0, day_sd))
        work = (
            np.full(lists, list_mean) if scv == 0 else random.gamma(1 / scv, scv * list_mean, lists)
        ) * factor
        free = np.zeros(pickers)
        for minutes in work:
            free[free.argmin()] += minutes
        ends[day] = free.max()
    return ends


def wave(lists: int, list_mean: float, scv: float, day_sd: float) -> Wave:
    """The same with the mean and variance of its whole work."""
    variance = lists * scv * list_mean**2 * (1 + day_sd**2) + (lists * list_mean * day_sd) ** 2
    return Wave(lists * list_mean, variance**0.5, float(lists), scv)


CASES = [
    (60, 8.0, 0.5, 0.1, 12), (60, 8.0, 0.5, 0.1, 20), (200, 3.0, 1.0, 0.05, 10), (40, 10.0, 0.2, 0.2, 5),
    (90, 6.0, 1.5, 0.1, 25), (30, 15.0, 0.5, 0.15, 1),
]  # fmt: skip


@pytest.mark.parametrize(("lists", "mean", "scv", "day_sd", "pickers"), CASES)
def test_waves_end_as_if_played(lists: int, mean: float, scv: float, day_sd: float, pickers: int) -> None:
    ends = played(lists, mean, scv, day_sd, pickers, 4_000)
    for level in (0.5, 0.8, 0.95):
        minutes = float(np.quantile(ends, level))
        assert done_probability(wave(lists, mean, scv, day_sd), pickers, minutes) == pytest.approx(
            level, abs=0.035
        )
    # Sharing the work evenly to the minute would promise too much.
    assert lists * mean / pickers <= ends.mean() * (1.01 if pickers == 1 else 0.98)


def test_as_many_pickers_as_lists_take_as_long_as_the_longest() -> None:
    ends = played(12, 20.0, 0.5, 0.0, 12, 6_000)
    for level in (0.3, 0.7, 0.95):
        minutes = float(np.quantile(ends, level))
        assert done_probability(wave(12, 20.0, 0.5, 0.0), 12, minutes) == pytest.approx(level, abs=0.02)


def test_the_fewest_are_enough_and_one_fewer_is_not() -> None:
    work = wave(120, 6.0, 0.5, 0.1)
    found = pickers_needed(work, 100.0, 0.95)
    assert found.done_probability >= 0.95 > done_probability(work, found.people - 1, 100.0)
    assert np.mean(played(120, 6.0, 0.5, 0.1, found.people, 3_000) <= 100.0) > 0.93
    assert np.mean(played(120, 6.0, 0.5, 0.1, found.people - 1, 3_000) <= 100.0) < 0.96
    assert found.utilisation == pytest.approx(720.0 / found.people / 100.0)
    assert found.mean_minutes == pytest.approx(
        played(120, 6.0, 0.5, 0.1, found.people, 3_000).mean(), rel=0.02
    )


def test_a_break_takes_its_time() -> None:
    work = wave(120, 6.0, 0.5, 0.1)
    assert (
        pickers_needed(work, 130.0, 0.95, break_minutes=30.0).people
        == pickers_needed(work, 100.0, 0.95).people
    )


def test_lists_all_alike_on_days_all_alike_go_up_in_steps() -> None:
    work = Wave(work_minutes_mean=120.0, work_minutes_sd=0.0, lists=12.0, list_scv=0.0)
    assert done_probability(work, 12, 9.99) == 0.0
    assert done_probability(work, 12, 10.0) == 1.0
    assert pickers_needed(work, 10.0, 0.9).people == 12


def test_no_list_can_be_shared() -> None:
    work = wave(4, 30.0, 0.3, 0.0)
    found = pickers_needed(work, 35.0, 0.9)
    assert found.people <= 4 and found.done_probability < 0.9
    assert "even by 4 pickers" in found.unserved[0].reason
    enough = float(found.unserved[0].relaxation.split()[0])
    assert not pickers_needed(work, enough, 0.9).unserved
    assert pickers_needed(work, enough - 2.0, 0.9).unserved


def test_more_pickers_or_time_never_make_it_later() -> None:
    work = wave(60, 8.0, 0.5, 0.1)
    by_people = [done_probability(work, people, 60.0) for people in range(1, 55)]
    assert all(more >= fewer - 1e-3 for fewer, more in pairwise(by_people))
    by_time = [done_probability(work, 10, minutes) for minutes in np.linspace(0.0, 120.0, 40)]
    assert by_time == sorted(by_time) and by_time[0] < 1e-6 and by_time[-1] > 1 - 1e-5


def test_units_do_not_matter() -> None:
    work = Wave(720.0, 80.0, 120.0)
    seconds = Wave(720.0 * 60, 80.0 * 60, 120.0)
    assert done_probability(seconds, 9, 5_400.0) == pytest.approx(done_probability(work, 9, 90.0), rel=1e-9)


def test_no_work_needs_nobody() -> None:
    assert pickers_needed(Wave(0.0, 0.0, 0.0), 60.0, 0.95).people == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Wave(nan, 1.0, 3.0), "work_minutes_mean .*nan"),
        (lambda: Wave(10.0, -1.0, 3.0), "work_minutes_sd .*-1.0"),
        (lambda: Wave(10.0, 1.0, 0.5), "lists .*0.5"),
        (lambda: done_probability(Wave(10.0, 1.0, 3.0), 0, 5.0), "pickers .*0"),
        (lambda: pickers_needed(Wave(10.0, 1.0, 3.0), 60.0, 1.0), "probability .*1.0"),
        (
            lambda: pickers_needed(Wave(10.0, 1.0, 3.0), 60.0, 0.9, break_minutes=60.0),
            "break_minutes .*60.0",
        ),
        (lambda: pickers_needed(Wave(10.0, 1.0, 3.0), 0.0, 0.9), "minutes .*0.0"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
