"""Shift covering: covers by hand, the optimum by trying all, and the checker itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from optimize.staffing.cover_checking import CoverRule, check_cover
from optimize.staffing.covering import ShiftCover, cover
from optimize.staffing.shift_patterns import EVERY_DAY, ShiftPattern, patterns_from, presence_seconds
from scenarios import SolveStatus

FIVE_DAYS = tuple(
    tuple(sorted((first + turn) % 7 for turn in range(5))) for first in range(7)
)  # five days on, two off


def hours(**people: int) -> npt.NDArray[np.int64]:
    """A day that needs so many people in hours named like h8_12: from 8 to 12."""
    day = np.zeros((1, 24), dtype=np.int64)
    for name, count in people.items():
        first, last = (int(part) for part in name[1:].split("_"))
        day[0, first:last] = count
    return day


def people_by_start(found: ShiftCover) -> dict[float, int]:
    return {pattern.start_hour: people for pattern, people in found.in_use}


# By hand


def test_a_shift_for_each_half_of_the_day() -> None:
    found = cover(hours(h8_16=3, h16_24=2), patterns_from([8], 0, 8, 24))
    assert people_by_start(found) == {8.0: 3, 16.0: 2}
    assert (found.paid_hours, found.report.status) == (40.0, SolveStatus.OPTIMAL)


def test_a_shift_over_midnight_goes_on_in_the_morning() -> None:
    found = cover(hours(h22_24=1, h0_6=1), patterns_from([8], 0))
    assert people_by_start(found) == {22.0: 1}


def test_the_night_of_sunday_ends_on_monday() -> None:
    week = np.zeros((7, 24), dtype=np.int64)
    week[6, 22:] = week[0, :6] = 1
    found = cover(week, [ShiftPattern(22, 8, 0, (day,)) for day in range(7)])
    assert [pattern.weekdays for pattern, _ in found.in_use] == [(6,)]
    assert found.on_duty[0, :6].tolist() == [1] * 6


def test_somebody_stands_in_for_a_break() -> None:
    # One person from 8 to 17 has his break from 12 to 13; nobody else is needed at any other time.
    day, pattern = hours(h8_17=1), ShiftPattern(8, 9, 60)
    found = cover(day, [pattern, ShiftPattern(12, 1, 0)])
    assert people_by_start(found) == {8.0: 1, 12.0: 1}
    without = cover(hours(h8_12=1, h13_17=1), [pattern, ShiftPattern(12, 1, 0)])
    assert people_by_start(without) == {8.0: 1}


def test_a_break_across_two_hours_takes_half_a_person_from_each() -> None:
    presence = presence_seconds([ShiftPattern(8, 8, 60)], 1, 24)[0] / 3600
    assert presence[8:16].tolist() == [1, 1, 1, 0.5, 0.5, 1, 1, 1]
    assert presence.sum() == 7


def test_slots_may_be_half_hours() -> None:
    day = np.zeros((1, 48), dtype=np.int64)
    day[0, 17] = 1  # from half past eight
    found = cover(day, [ShiftPattern(8, 0.5), ShiftPattern(8.5, 0.5)])
    assert people_by_start(found) == {8.5: 1}


def test_of_equal_hours_the_cover_with_fewer_patterns_is_taken() -> None:
    # 8 hours for two people: two of one shift, or one of each of two.
    found = cover(hours(h10_12=2), [ShiftPattern(8, 8), ShiftPattern(9, 8), ShiftPattern(6, 8)])
    assert len(found.in_use) == 1


def test_nothing_to_cover_takes_nobody() -> None:
    found = cover(np.zeros((7, 24), dtype=int), patterns_from([8], 0))
    assert not found.people.any()
    assert (found.paid_hours, found.report.status) == (0.0, SolveStatus.OPTIMAL)


# Patterns


def test_shifts_lie_within_opening_hours_and_the_last_ends_with_them() -> None:
    starts = [pattern.start_hour for pattern in patterns_from([8], 60, 9, 19.5)]
    assert starts == [9, 10, 11, 11.5]


def test_opening_hours_may_pass_midnight() -> None:
    assert [pattern.start_hour for pattern in patterns_from([6], 0, 20, 4)] == [20, 21, 22]


def test_day_and_night_begin_all_round_the_clock() -> None:
    patterns = patterns_from([9, 8], 60, step_hours=0.5)
    assert len(patterns) == 96
    assert {pattern.hours for pattern in patterns} == {8, 9}


def test_weekday_sets_multiply_patterns() -> None:
    assert len(patterns_from([8], 0, 8, 16, weekday_sets=FIVE_DAYS)) == 7


# Optimal


def by_trying_all(required: npt.NDArray[np.int64], patterns: list[ShiftPattern]) -> float:
    presence = presence_seconds(patterns, *required.shape)
    demand = required.ravel() * (86_400 // required.shape[1])
    paid = [pattern.hours for pattern in patterns]
    return min(
        sum(count * share for count, share in zip(people, paid, strict=True))
        for people in product(range(int(required.max()) * 2 + 1), repeat=len(patterns))
        if (np.array(people) @ presence >= demand).all()
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_cover_is_the_cheapest_of_all(seed: int) -> None:
    random = np.random.default_rng(seed)
    required = random.integers(0, 3, (1, 6))
    patterns = [
        ShiftPattern(4.0 * int(random.integers(6)), 4.0 * int(random.integers(1, 6)), 60.0 * (seed % 2))
        for _ in range(3)
    ] + [ShiftPattern(0, 24)]
    found = cover(required, patterns)
    assert check_cover(required, found) == ()
    assert found.report.status is SolveStatus.OPTIMAL
    assert found.paid_hours == by_trying_all(required, patterns)


def a_week(seed: int = 1, scale: float = 1.0) -> npt.NDArray[np.int64]:
    load = 6 + 14 * np.sin(np.arange(24) / 24 * np.pi) ** 2
    return np.random.default_rng(seed).poisson(load * scale, (7, 24))


def test_a_week_of_a_call_centre_is_proven_and_checked() -> None:
    found = cover(a_week(), patterns_from([8, 9], 60))
    assert found.report.status is SolveStatus.OPTIMAL
    assert check_cover(a_week(), found) == ()


def test_more_required_never_costs_less_and_more_patterns_never_more() -> None:
    few, many = patterns_from([8], 60), patterns_from([6, 8], 60)
    day = a_week()[:1]
    base = cover(day, few).paid_hours
    busier = day.copy()
    busier[0, 12] += 2
    assert cover(busier, few).paid_hours >= base
    assert cover(day, many).paid_hours <= base


def test_slots_cut_into_halves_cost_no_less() -> None:
    day = a_week(2)[:1]
    patterns = patterns_from([8], 60)
    halves = np.repeat(day, 2, axis=1)
    assert cover(halves, patterns).paid_hours >= cover(day, patterns).paid_hours


def test_the_order_of_patterns_changes_nothing() -> None:
    day, patterns = a_week(3)[:1], patterns_from([8, 9], 60)
    forwards, backwards = cover(day, patterns), cover(day, patterns[::-1])
    assert forwards.people.tolist() == backwards.people[::-1].tolist()


def test_thousand_times_the_people() -> None:
    patterns = patterns_from([8], 60)
    found = cover(hours(h0_24=1_000_000), patterns)
    assert check_cover(hours(h0_24=1_000_000), found) == ()
    # 24 h x 1,000,000 people on duty, 7 of 8 paid hours each.
    assert found.paid_hours >= 24e6 * 8 / 7 - 1e-6


def test_the_greedy_rule_stands_in_where_no_search_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimize.staffing import covering

    def nothing(self: object, start: object) -> covering._Found:
        return covering._Found(None, 0)

    monkeypatch.setattr(covering._Model, "fewest_hours", nothing)
    found = cover(a_week(), patterns_from([8], 60))
    assert (found.report.status, found.report.fallbacks) == (SolveStatus.FALLBACK, 1)
    assert check_cover(a_week(), found) == ()


@pytest.mark.parametrize(
    ("stage", "status"),
    [("fewest_hours", SolveStatus.FALLBACK), ("fewest_patterns", SolveStatus.OPTIMAL)],
)
def test_an_interrupt_keeps_what_is_in_hand(
    stage: str, status: SolveStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    from optimize.staffing import covering

    def interrupted(self: object, start: object) -> covering._Found:
        raise KeyboardInterrupt

    monkeypatch.setattr(covering._Model, stage, interrupted)
    found = cover(a_week()[:1], patterns_from([8], 60))
    assert found.report.status is status
    assert check_cover(a_week()[:1], found) == ()


# What cannot be covered


def test_hours_nobody_can_work_are_named_and_the_others_covered() -> None:
    day = hours(h3_5=2, h10_12=1)
    found = cover(day, [ShiftPattern(8, 8)])
    assert found.report.status is SolveStatus.INFEASIBLE
    assert [entry.item for entry in found.report.unserved] == [
        "every day 03:00-04:00, 2 people",
        "every day 04:00-05:00, 2 people",
    ]
    assert found.report.unserved[0].relaxation == "a pattern on duty at 03:00"
    assert found.people.tolist() == [1]
    assert check_cover(day, found) == ()


def test_days_nobody_works_are_named() -> None:
    week = np.zeros((7, 24), dtype=int)
    week[6, 9] = 1
    found = cover(week, [ShiftPattern(8, 8, 0, (0, 1, 2, 3, 4))])
    assert [entry.item for entry in found.report.unserved] == ["Sunday 09:00-10:00, 1 person"]


@pytest.mark.parametrize(
    ("required", "message"),
    [
        (np.zeros(24), r"shape \(24,\)"),
        (np.zeros((2, 24)), r"shape \(2, 24\)"),
        (np.zeros((1, 0)), "shape"),
        (np.zeros((1, 7_000)), "shape"),
        (np.full((1, 24), -1), r"required\[0, 0\]=-1"),
        (np.full((1, 24), np.nan), "=nan"),
        (np.full((1, 24), np.inf), "=inf"),
        (np.full((1, 24), 1.5), "=1.5"),
        (np.full((1, 24), 10**7), "=10000000"),
        (np.full((1, 24), "a"), "type"),
    ],
)
def test_bad_requirements_are_refused(required: npt.NDArray[np.float64], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cover(required, patterns_from([8], 0))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((24, 8), "start_hour=24"),
        ((float("nan"), 8), "start_hour=nan"),
        ((8, 0), "hours=0"),
        ((8, 25), "hours=25"),
        ((8.001, 8), "start_hour=8.001"),
        ((8, 8, 480), "break_minutes=480"),
        ((8, 8, -1), "break_minutes=-1"),
        ((8, 8, 0, ()), r"weekdays=\(\)"),
        ((8, 8, 0, (7,)), r"weekdays=\(7,\)"),
        ((8, 8, 0, (1, 0)), r"weekdays=\(1, 0\)"),
    ],
)
def test_bad_patterns_are_refused(arguments: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ShiftPattern(*arguments)  # type: ignore[arg-type]


def test_no_patterns_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one shift pattern"):
        cover(np.zeros((1, 24)), [])
    with pytest.raises(ValueError, match="no shift fits"):
        patterns_from([8], 0, 9, 12)
    with pytest.raises(ValueError, match="step_hours"):
        patterns_from([8], 0, step_hours=0)
    with pytest.raises(ValueError, match="opens_hour"):
        patterns_from([8], 0, opens_hour=24)


# The checker


DAY = hours(h3_5=2, h8_17=3)
GOOD = cover(DAY, [ShiftPattern(8, 9, 60), ShiftPattern(12, 4, 0, EVERY_DAY)])
FULL = cover(hours(h8_16=3), [ShiftPattern(8, 8)])


@pytest.mark.parametrize(
    ("rule", "required", "found", "mutate"),
    [
        (CoverRule.PEOPLE, DAY, GOOD, lambda c: replace(c, people=c.people - 10)),
        (CoverRule.PEOPLE, DAY, GOOD, lambda c: replace(c, people=c.people[:1])),
        (CoverRule.COVERED, DAY, GOOD, lambda c: replace(c, people=c.people - np.array([0, 1]))),
        (
            CoverRule.COVERED,
            DAY,
            GOOD,
            lambda c: replace(c, patterns=(ShiftPattern(7.5, 9, 60), c.patterns[1])),
        ),
        (CoverRule.IMPOSSIBLE, DAY, GOOD, lambda c: reported(c, unserved=())),
        (CoverRule.STATUS, DAY, GOOD, lambda c: reported(c, status=SolveStatus.FEASIBLE)),
        (CoverRule.STATUS, hours(h8_16=3), FULL, lambda c: reported(c, status=SolveStatus.INFEASIBLE)),
        (CoverRule.ON_DUTY, DAY, GOOD, lambda c: replace(c, on_duty=c.on_duty + 0.5)),
        (CoverRule.PAID, DAY, GOOD, lambda c: replace(c, paid_hours=c.paid_hours - 1)),
        (CoverRule.PAID, DAY, GOOD, lambda c: reported(c, objective=c.paid_hours - 1)),
        (CoverRule.BOUND, hours(h8_16=3), FULL, lambda c: reported(c, bound=c.paid_hours + 1)),
        (CoverRule.BOUND, hours(h8_16=3), FULL, lambda c: reported(c, bound=c.paid_hours - 1)),
    ],
)
def test_the_checker_sees_every_kind_of_fault(
    rule: CoverRule,
    required: npt.NDArray[np.int64],
    found: ShiftCover,
    mutate: Callable[[ShiftCover], ShiftCover],
) -> None:
    assert check_cover(required, found) == ()
    assert rule in {broken.rule for broken in check_cover(required, mutate(found))}


def reported(found: ShiftCover, **changes: object) -> ShiftCover:
    return replace(found, report=found.report.model_copy(update=changes))
