"""People by hour against the Markov chain of a queue that varies, solved step by step."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import inf, nan

import numpy as np
import numpy.typing as npt
import pytest
from scipy.linalg import expm
from scipy.special import betainc, gammainc

from optimize.staffing.effective_rates import offered_load
from optimize.staffing.queues import erlang_a
from optimize.staffing.varying import Approximation, performance_by_hour, requirements_by_hour

FloatArray = npt.NDArray[np.float64]
DAY = (0.3, 0.2, 0.15, 0.15, 0.2, 0.4, 0.8, 1.5, 2.0, 1.8, 1.6, 1.4, 1.3, 1.5, 1.6, 1.5, 1.4, 1.2, 1.1, 1.0, 0.9,
       0.7, 0.5, 0.4)  # fmt: skip
"""Share of the mean, by hour."""
WITHIN = 1 / 3
STEP = 5.0


@lru_cache
def exact(
    calls: tuple[float, ...], people: tuple[int, ...], work: float, patience: float | None, states: int = 200
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """By hour: answered in time, given up per hour, utilisation, queue; second of two days that begin empty.

    Number present as a Markov chain with rates that change by the hour, by matrix exponentials. Who comes sees the
    people of that hour all the time.
    """
    number = np.arange(states)
    shares = np.eye(1, states)[0]
    days = []
    for _ in range(2):
        figures = np.zeros((4, len(calls)))
        for hour, (rate, servers) in enumerate(zip(calls, people, strict=True)):
            waiting = np.maximum(0, number - servers)
            hang_up = 0.0 if patience is None else 1 / patience
            up = np.where(number < states - 1, rate / 60, 0.0)
            down = np.minimum(number, servers) / work + waiting * hang_up
            generator = -np.diag(up + down) + np.diag(up[:-1], -1) + np.diag(down[1:], 1)
            move = expm(generator * STEP)
            in_time = np.where(number < servers, 1.0, _in_time(waiting, servers, work, patience))
            for _ in range(round(60 / STEP)):
                # Means at both ends of the step; the shares are smooth.
                middle = (shares + move @ shares) / 2
                figures[:, hour] += [
                    middle @ in_time, 60 * hang_up * (middle @ waiting),
                    middle @ np.minimum(number, servers) / max(1, servers), middle @ waiting,
                ]  # fmt: skip
                shares = move @ shares
        days.append(figures / round(60 / STEP))
    answered, lost, used, queue = days[-1]
    return answered, lost, used, queue


def _in_time(waiting: npt.NDArray[np.int64], servers: int, work: float, patience: float | None) -> FloatArray:
    if servers == 0:
        return np.zeros(waiting.size)
    if patience is None:
        return np.asarray(gammainc(waiting + 1, servers / work * WITHIN))
    ratio = servers / work * patience
    beyond = betainc(waiting + 1, ratio + 1, 1 - np.exp(-WITHIN / patience))
    return np.asarray(ratio / (ratio + waiting + 1) * beyond)


def day_of_calls(work: float) -> FloatArray:
    """A mean load of 15 Erlang."""
    return np.array(DAY) * 15.0 * 60.0 / work


WORLDS = [(5.0, 3.0), (5.0, 15.0), (5.0, None), (20.0, 3.0), (20.0, None)]


@pytest.mark.parametrize(("work", "patience"), WORLDS)
def test_required_people_answer_as_promised_and_one_fewer_does_not(
    work: float, patience: float | None
) -> None:
    calls = day_of_calls(work)
    people = requirements_by_hour(calls, work, patience, 0.8, WITHIN)
    answered, *_ = exact(tuple(calls), tuple(map(int, people)), work, patience)
    assert answered.min() > 0.785
    fewer, *_ = exact(tuple(calls), tuple(int(number) - 1 for number in people), work, patience)
    assert fewer.max() < 0.81


@pytest.mark.parametrize(("work", "patience"), WORLDS)
def test_fluid_flow_is_nearly_exact_where_people_are_enough(work: float, patience: float | None) -> None:
    calls = day_of_calls(work)
    people = requirements_by_hour(calls, work, patience, 0.8, WITHIN)
    answered, lost, used, _ = exact(tuple(calls), tuple(map(int, people)), work, patience)
    found = performance_by_hour(calls, people, work, patience, WITHIN)
    np.testing.assert_allclose(found.answered_share, answered, atol=0.02)
    np.testing.assert_allclose(found.utilisation, used, atol=0.03)
    np.testing.assert_allclose(found.abandoned_per_hour.sum(), lost.sum(), rtol=0.05, atol=1e-12)
    assert found.overall_answered_share == pytest.approx(calls @ answered / calls.sum(), abs=0.005)


def short_of_people(work: float, patience: float | None) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """A fifth too few in the morning, six more afterwards."""
    calls = day_of_calls(work)
    people = requirements_by_hour(calls, work, patience, 0.8, WITHIN)
    people[8:11] = (people[8:11] * 0.8).astype(np.int64)
    people[11:15] += 6
    return calls, people


@pytest.mark.parametrize("work", [5.0, 20.0])
def test_a_backlog_is_carried_over_by_those_who_wait(work: float) -> None:
    calls, people = short_of_people(work, None)
    answered, _, used, queue = exact(tuple(calls), tuple(map(int, people)), work, None, 300)
    fluid = performance_by_hour(calls, people, work, None, WITHIN)
    carried = performance_by_hour(calls, people, work, None, WITHIN, approximation=Approximation.BACKLOG)
    alone = performance_by_hour(calls, people, work, None, WITHIN, approximation=Approximation.STATIONARY)
    np.testing.assert_allclose(fluid.answered_share, answered, atol=0.1)
    np.testing.assert_allclose(fluid.utilisation, used, atol=0.06)
    np.testing.assert_allclose(carried.answered_share, answered, atol=0.22)
    # The hour after the rush: on its own it would be an easy one.
    assert alone.answered_share[11] > answered[11] + 0.2
    assert abs(fluid.answered_share[11] - answered[11]) < 0.03
    assert abs(carried.answered_share[11] - answered[11]) < 0.1
    assert fluid.queue_length[10] == pytest.approx(queue[10], rel=0.35)


@pytest.mark.parametrize("work", [5.0, 20.0])
def test_a_backlog_is_carried_over_by_those_with_patience(work: float) -> None:
    calls, people = short_of_people(work, 15.0)
    answered, lost, used, queue = exact(tuple(calls), tuple(map(int, people)), work, 15.0)
    found = performance_by_hour(calls, people, work, 15.0, WITHIN)
    np.testing.assert_allclose(found.answered_share, answered, atol=0.03)
    np.testing.assert_allclose(found.abandoned_per_hour, lost, atol=0.02 * calls.max())
    np.testing.assert_allclose(found.utilisation, used, atol=0.03)
    np.testing.assert_allclose(found.queue_length, queue, atol=0.06 * queue.max() + 0.05)


def test_a_mean_work_ago_is_better_than_now_for_long_work() -> None:
    calls = day_of_calls(20.0)
    people = requirements_by_hour(calls, 20.0, 15.0, 0.8, WITHIN)
    answered, *_ = exact(tuple(calls), tuple(map(int, people)), 20.0, 15.0)

    def worst(approximation: Approximation) -> float:
        found = performance_by_hour(calls, people, 20.0, 15.0, WITHIN, approximation=approximation)
        return float(np.abs(found.answered_share - answered).max())

    assert (
        worst(Approximation.OFFERED_LOAD)
        < 0.02
        < worst(Approximation.LAGGED)
        < 0.1
        < worst(Approximation.STATIONARY)
    )


def test_offered_load_follows_a_sine_with_the_lag_and_damping_of_theory() -> None:
    """m(t) = a tau (1 + b (cos wt + w tau sin wt) / (1 + (w tau)^2)): Eick, Massey and Whitt (1993), equation (15)."""
    steps, hours, work, swing = 60, 24, 90.0, 0.5
    time = (np.arange(hours * steps) + 0.5).reshape(hours, steps)
    pace = 2 * np.pi / (hours * 60)
    loads = offered_load(0.2 * (1 + swing * np.cos(pace * time)), work)
    lagging = (np.cos(pace * time) + pace * work * np.sin(pace * time)) / (1 + (pace * work) ** 2)
    np.testing.assert_allclose(loads, 0.2 * work * (1 + swing * lagging), rtol=1e-5)


@pytest.mark.parametrize("approximation", list(Approximation))
def test_hours_that_are_all_alike_are_in_steady_state(approximation: Approximation) -> None:
    patience = None if approximation is Approximation.BACKLOG else 4.0
    found = performance_by_hour([90.0] * 6, [9] * 6, 5.0, patience, WITHIN, approximation=approximation)
    state = erlang_a(1.5, 5.0, patience, 9)
    # The backlog of a loss system is not the queue of a delay system, even in steady state.
    error = 0.03 if approximation is Approximation.BACKLOG else 0.001
    np.testing.assert_allclose(found.answered_share, state.answered_within(WITHIN), atol=error)
    np.testing.assert_allclose(found.utilisation, state.utilisation, atol=error)
    np.testing.assert_allclose(found.abandoned_per_hour, 90.0 * state.abandoned_share, atol=90 * error)
    if patience is not None:
        needed = requirements_by_hour(
            [90.0] * 6, 5.0, patience, state.answered_within(WITHIN) - 0.001, WITHIN
        )
        assert set(needed) == {9}


def test_a_week_has_no_beginning() -> None:
    calls = np.concatenate([day_of_calls(20.0), 0.5 * day_of_calls(20.0)])
    people = requirements_by_hour(calls, 20.0, 6.0, 0.8, WITHIN, redial_share=0.5)
    found = performance_by_hour(calls, people, 20.0, 6.0, WITHIN, redial_share=0.5)
    for shift in (24, 31):
        moved = requirements_by_hour(np.roll(calls, shift), 20.0, 6.0, 0.8, WITHIN, redial_share=0.5)
        np.testing.assert_array_equal(np.roll(moved, -shift), people)
        later = performance_by_hour(
            np.roll(calls, shift), np.roll(people, shift), 20.0, 6.0, WITHIN, redial_share=0.5
        )
        np.testing.assert_allclose(np.roll(later.answered_share, -shift), found.answered_share, atol=1e-4)


def test_calls_made_again_balance_in_steady_state() -> None:
    found = performance_by_hour([90.0] * 5, [7] * 5, 5.0, 3.0, WITHIN, redial_share=0.6, redial_minutes=45.0)
    state = erlang_a(1.5, 5.0, 3.0, 7, redial_share=0.6)
    np.testing.assert_allclose(found.calls_per_hour, 60 * state.calls_per_minute, rtol=1e-3)
    assert found.overall_abandoned_share == pytest.approx(state.abandoned_share, rel=3e-3)


def test_calls_made_again_come_later_and_need_people() -> None:
    calls = day_of_calls(5.0)
    plain = requirements_by_hour(calls, 5.0, 3.0, 0.7, WITHIN)
    again = requirements_by_hour(calls, 5.0, 3.0, 0.7, WITHIN, redial_share=0.9)
    assert (again >= plain).all() and again.sum() > plain.sum()
    kept = performance_by_hour(
        calls, again, 5.0, 3.0, WITHIN, redial_share=0.9, approximation=Approximation.OFFERED_LOAD
    )
    assert kept.answered_share.min() >= 0.7 - 1e-6
    short = (plain * 0.9).astype(np.int64)
    soon = performance_by_hour(calls, short, 5.0, 3.0, WITHIN, redial_share=0.5, redial_minutes=10.0)
    late = performance_by_hour(calls, short, 5.0, 3.0, WITHIN, redial_share=0.5, redial_minutes=300.0)
    assert (soon.calls_per_hour - calls)[8] > (late.calls_per_hour - calls)[8]
    assert (soon.calls_per_hour - calls)[20] < (late.calls_per_hour - calls)[20]


@pytest.mark.parametrize("patience", [5.5, None])
def test_one_more_person_in_an_hour_never_lengthens_waits(patience: float | None) -> None:
    """Where waiting callers do not leave faster than those in service: else who is served instead is there longer."""
    calls = day_of_calls(5.0)
    people = requirements_by_hour(calls, 5.0, patience, 0.6, WITHIN)
    before = performance_by_hour(calls, people, 5.0, patience, WITHIN)
    people[9] += 1
    after = performance_by_hour(calls, people, 5.0, patience, WITHIN)
    assert (after.answered_share >= before.answered_share - 1e-9).all()
    assert (after.mean_wait_minutes <= before.mean_wait_minutes + 1e-9).all()
    assert after.answered_share[9] > before.answered_share[9]


def test_a_higher_target_never_needs_fewer() -> None:
    calls = day_of_calls(20.0)
    needed = [requirements_by_hour(calls, 20.0, 6.0, share, WITHIN) for share in (0.5, 0.8, 0.95)]
    assert (needed[0] <= needed[1]).all() and (needed[1] <= needed[2]).all()
    limited = requirements_by_hour(calls, 20.0, 6.0, 0.5, WITHIN, abandoned_share=0.02)
    assert (limited >= needed[0]).all() and limited.sum() > needed[0].sum()
    states = performance_by_hour(calls, limited, 20.0, 6.0, WITHIN, approximation=Approximation.OFFERED_LOAD)
    assert (states.abandoned_per_hour <= 0.02 * states.calls_per_hour + 1e-9).all()


def test_closed_hours_need_nobody_and_nobody_is_lost_track_of() -> None:
    calls = day_of_calls(5.0)
    calls[:7], calls[21:] = 0.0, 0.0
    people = requirements_by_hour(calls, 5.0, 4.0, 0.8, WITHIN)
    assert (people[calls == 0] == 0).all() and (people[calls > 0] > 0).all()
    found = performance_by_hour(calls, people, 5.0, 4.0, WITHIN)
    assert (found.answered_share[:7] == 1).all() and (found.utilisation[:7] == 0).all()
    assert np.isfinite(found.mean_wait_minutes).all()
    # Whoever still waits when people go home gives up: what is answered and what is given up are all calls.
    answered = (found.utilisation * people).sum() * 60 / 5.0
    assert answered + found.abandoned_per_hour.sum() == pytest.approx(calls.sum(), rel=0.03)


def test_who_waits_for_the_doors_to_open_is_served_then() -> None:
    found = performance_by_hour([90.0, 80.0, 0.0, 3.0], [0, 0, 9, 30], 5.0, None, WITHIN)
    assert (found.answered_share[:2] == 0).all() and (found.mean_wait_minutes[:2] == inf).all()
    # 14.4 hours of work: nine people are busy for an hour, thirty for 5.4 hours less.
    np.testing.assert_allclose(found.utilisation, [0.0, 0.0, 1.0, 5.4 / 30], atol=0.01)


def test_nobody_calls_at_all() -> None:
    assert (requirements_by_hour([0.0] * 24, 5.0, 4.0, 0.8, WITHIN) == 0).all()
    found = performance_by_hour([0.0] * 24, [2] * 24, 5.0, None, WITHIN)
    assert found.overall_answered_share == 1.0 and found.overall_abandoned_share == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: requirements_by_hour([], 5.0, 4.0, 0.8, 0.3), "calls_per_hour has shape"),
        (lambda: requirements_by_hour([1.0, nan], 5.0, 4.0, 0.8, 0.3), "calls_per_hour holds .*nan"),
        (lambda: requirements_by_hour([-1.0], 5.0, 4.0, 0.8, 0.3), "calls_per_hour holds .*-1.0"),
        (lambda: requirements_by_hour([1e12], 5.0, 4.0, 0.8, 0.3), "more work than 500000 people"),
        (lambda: requirements_by_hour([9.0], 0.0, 4.0, 0.8, 0.3), "work_minutes .*0.0"),
        (lambda: requirements_by_hour([9.0], 5.0, -4.0, 0.8, 0.3), "patience_minutes .*-4.0"),
        (lambda: requirements_by_hour([9.0], 5.0, 4.0, 1.0, 0.3), "answered_share .*1.0"),
        (lambda: requirements_by_hour([9.0], 5.0, 4.0, 0.8, inf), "within_minutes .*inf"),
        (
            lambda: requirements_by_hour([9.0], 5.0, 4.0, 0.8, 0.3, abandoned_share=0.0),
            "abandoned_share .*0.0",
        ),
        (
            lambda: requirements_by_hour([9.0], 5.0, 4.0, 0.8, 0.3, redial_minutes=0.0),
            "redial_minutes .*0.0",
        ),
        (
            lambda: requirements_by_hour([9.0], 5.0, 4.0, 0.8, 0.3, approximation=Approximation.BACKLOG),
            "needs people to begin with",
        ),
        (lambda: performance_by_hour([9.0], [1, 2], 5.0, 4.0, 0.3), "people has shape"),
        (lambda: performance_by_hour([9.0], [1.5], 5.0, 4.0, 0.3), "people holds .*1.5"),
        (
            lambda: performance_by_hour([9.0], [1], 5.0, 4.0, 0.3, approximation=Approximation.BACKLOG),
            "for callers who wait",
        ),
        (lambda: performance_by_hour([90.0] * 4, [7] * 4, 5.0, None, 0.3), "people .*28 in all"),
        (
            lambda: performance_by_hour([90.0] * 4, [5] * 4, 5.0, 4.0, 0.3, redial_share=1.0),
            "calls made again pile up",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
