"""Chance-constrained staffing: closed forms, the best of all by trying all, and what others months say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from optimize.staffing.chance import clopper_pearson, fewest_people, greedy_levels, measure
from optimize.staffing.confirmation import by_sampled_months, confirm
from optimize.staffing.sampled_months import SampledMonths, sample_months, service_table
from scenarios import SolveStatus

FloatArray = npt.NDArray[np.float64]


def capped(requests: FloatArray, people: int) -> FloatArray:
    """Share answered where each of the people can answer one request."""
    return np.minimum(1.0, people / np.maximum(requests, 1e-12))


def per_person(groups: int, levels: int) -> FloatArray:
    return np.tile(np.arange(levels, dtype=float), (groups, 1))


# The interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # With no success the upper end solves (1 - p)^n = 0.025; with one of one the lower end is 0.025.
    [(0, 10, 0.0, 1 - 0.025 ** (1 / 10)), (10, 10, 0.025 ** (1 / 10), 1.0), (1, 1, 0.025, 1.0)],
)
def test_the_exact_interval_at_its_ends(successes: int, trials: int, low: float, high: float) -> None:
    assert clopper_pearson(successes, trials) == pytest.approx((low, high), abs=1e-12)


def test_the_exact_interval_leaves_its_tails_to_the_binomial() -> None:
    from scipy.stats import binom

    low, high = clopper_pearson(93, 100)
    assert binom.sf(92, 100, low) == pytest.approx(0.025)
    assert binom.cdf(93, 100, high) == pytest.approx(0.025)


# Closed forms


def test_one_day_takes_the_quantile_of_its_requests() -> None:
    # One request per person, all of 80 % answered: people >= 0.8 x the 95 % quantile of requests.
    requests = np.arange(1.0, 101.0)[:, None]
    months = service_table(requests, range(121), capped)
    plan = fewest_people(months, per_person(1, 121), 0.8, 0.95)
    assert plan.level.tolist() == [76]  # 0.8 x 95
    assert (plan.report.status, plan.share_kept) == (SolveStatus.OPTIMAL, 0.95)


def test_a_gamma_month_takes_the_quantile_of_its_factor() -> None:
    from scipy.stats import gamma

    requests = sample_months(np.array([100.0]), 2000, month_cv=0.2, day_cv=0, seed=5)
    months = service_table(requests, range(200), capped)
    plan = fewest_people(months, per_person(1, 200), 0.8, 0.95, work_limit=10)
    # The sampled quantile lies within 99.9 % bounds of the binomial around the true one.
    low, high = (80 * gamma.ppf(share, 25, scale=0.04) for share in (0.932, 0.968))
    assert low <= plan.level[0] <= high + 1


# The best of all


def table(seed: int, samples: int = 12, groups: int = 3, levels: int = 4) -> tuple[SampledMonths, FloatArray]:
    random = np.random.default_rng(seed)
    asked = random.uniform(50, 150, (samples, groups))
    share = np.sort(random.uniform(0.3, 1, (samples, groups, levels)), axis=2)
    cost = np.cumsum(random.integers(1, 6, (groups, levels)), axis=1).astype(float)
    return SampledMonths(asked[:, :, None] * share, asked), cost


def cheapest_of_all(months: SampledMonths, cost: FloatArray, target: float, probability: float) -> float:
    costs = [
        sum(cost[group, level] for group, level in enumerate(levels))
        for levels in product(range(cost.shape[1]), repeat=cost.shape[0])
        if months.kept(np.array(levels), target).mean() >= probability - 1e-12
    ]
    return min(costs, default=np.inf)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("probability", [0.5, 0.75, 1.0])
def test_the_levels_are_the_cheapest_of_all(seed: int, probability: float) -> None:
    months, cost = table(seed)
    best = cheapest_of_all(months, cost, 0.75, probability)
    plan = fewest_people(months, cost, 0.75, probability)
    if best == np.inf:
        assert plan.report.status is SolveStatus.INFEASIBLE
        return
    assert plan.report.status is SolveStatus.OPTIMAL
    assert plan.cost == pytest.approx(best)
    assert plan.report.bound == pytest.approx(best)
    assert plan.share_kept >= probability
    greedy = greedy_levels(months, cost, 0.75, int(np.ceil(probability * 12)))
    assert cost[np.arange(3), greedy].sum() >= plan.cost


# What must not matter, and what can only help


def week() -> FloatArray:
    return np.array([90.0, 80, 80, 85, 100, 60, 50] * 4)


def month_table(people: range = range(30, 121, 5), first: int = 0, samples: int = 100) -> SampledMonths:
    requests = sample_months(week(), samples, month_cv=0.1, day_cv=0.15, seed=7, first=first)
    return service_table(requests, people, capped, [max(0, day % 7 - 4) for day in range(28)])


def test_stricter_wishes_never_cost_less() -> None:
    months, cost = month_table(), per_person(3, 19)
    plans = [fewest_people(months, cost, 0.9, share) for share in (0.5, 0.8, 0.95)]
    plans += [fewest_people(months, cost, 0.95, 0.95)]
    assert all(plan.report.status is SolveStatus.OPTIMAL for plan in plans)
    assert all(looser.cost <= stricter.cost for looser, stricter in pairwise(plans))
    assert plans[0].cost < plans[-1].cost


def test_more_people_never_answer_less() -> None:
    months = month_table()
    lower, higher = np.full(3, 8), np.full(3, 9)
    assert months.kept(higher, 0.9).sum() >= months.kept(lower, 0.9).sum()
    assert not (months.kept(lower, 0.9) & ~months.kept(higher, 0.9)).any()


def test_the_order_of_months_and_the_unit_of_requests_change_nothing() -> None:
    months, cost = table(3)
    plan = fewest_people(months, cost, 0.75, 0.75)
    turned = SampledMonths(months.answered[::-1], months.asked[::-1])
    scaled = SampledMonths(months.answered * 1e4, months.asked * 1e4)
    for other in (turned, scaled):
        assert fewest_people(other, cost, 0.75, 0.75).cost == plan.cost
    assert fewest_people(months, cost * 60, 0.75, 0.75).cost == pytest.approx(60 * plan.cost)


def test_the_same_months_have_the_same_plan() -> None:
    one, other = (fewest_people(month_table(), per_person(3, 19), 0.9) for _ in range(2))
    assert one.level.tolist() == other.level.tolist()
    assert one.report == other.report


# Months drawn and months not seen


def test_more_months_change_none_of_the_others() -> None:
    few, many = (sample_months(week(), count, month_cv=0.1, day_cv=0.2, seed=3) for count in (5, 9))
    later = sample_months(week(), 4, month_cv=0.1, day_cv=0.2, seed=3, first=5)
    assert (many[:5] == few).all()
    assert (many[5:] == later).all()
    assert not (sample_months(week(), 5, month_cv=0.1, day_cv=0.2, seed=4) == few).any()


def test_months_have_the_mean_and_spread_asked_for() -> None:
    months = sample_months(np.full(2, 10.0), 20_000, month_cv=0.3, day_cv=0.4, seed=1)
    # Factors multiply: cv^2 = 0.3^2 + 0.4^2 + 0.3^2 0.4^2; four standard errors.
    variance = 0.09 + 0.16 + 0.09 * 0.16
    assert months.mean() == pytest.approx(10, abs=4 * 10 * np.sqrt(0.09 + 0.16 / 2) / np.sqrt(20_000))
    assert (months[:, 0] / 10).var() == pytest.approx(variance, rel=0.1)
    assert np.cov(months[:, 0], months[:, 1])[0, 1] / 100 == pytest.approx(0.09, rel=0.15)


def test_certain_days_are_as_expected() -> None:
    assert (sample_months(week(), 3, month_cv=0, day_cv=0, seed=1) == week()).all()


def test_other_months_tell_what_is_achieved() -> None:
    others = month_table(first=10_000, samples=1000)
    plan = fewest_people(month_table(), per_person(3, 19), 0.9, others=others)
    assert plan.achieved is not None
    assert plan.achieved == measure(others, plan.level, 0.9)
    assert plan.achieved.months == 1000
    assert plan.achieved.low < plan.achieved.probability < plan.achieved.high
    # A hundred months to decide on leave some optimism, but not much of it.
    assert plan.achieved.high > 0.88
    assert plan.share_kept >= 0.95


# Confirmation


def test_confirmation_adds_people_until_the_evaluation_passes() -> None:
    months, cost = month_table(), per_person(3, 19)
    plan = fewest_people(months, cost, 0.9)
    start = int(plan.level.sum())

    def in_earnest(level: npt.NDArray[np.int64]) -> float:
        return 0.9 if level.sum() < start + 3 else 0.96

    confirmed = confirm(plan.level, in_earnest, by_sampled_months(months, cost, 0.9))
    assert (confirmed.is_confirmed, int(confirmed.level.sum())) == (True, start + 3)
    assert [share for _, share in confirmed.steps] == [0.9, 0.9, 0.9, 0.96]
    assert all(confirmed.level >= plan.level)
    at_once = confirm(plan.level, lambda level: 1.0, by_sampled_months(months, cost, 0.9))
    assert at_once.level.tolist() == plan.level.tolist()


def test_confirmation_gives_up_after_its_steps_or_at_the_highest_levels() -> None:
    months, cost = table(1)
    plan = fewest_people(months, cost, 0.75, 0.5)
    to_raise = by_sampled_months(months, cost, 0.75)
    given_up = confirm(plan.level, lambda level: 0.0, to_raise, most_steps=1)
    assert (given_up.is_confirmed, len(given_up.steps)) == (False, 2)
    at_the_top = confirm(plan.level, lambda level: 0.0, to_raise, most_steps=100)
    assert at_the_top.level.tolist() == [3, 3, 3]
    with pytest.raises(ValueError, match="must be a probability"):
        confirm(plan.level, lambda level: float("nan"), to_raise)


# What cannot be


def test_what_the_highest_levels_could_keep_is_told() -> None:
    requests = np.arange(1.0, 101.0)[:, None]
    plan = fewest_people(service_table(requests, range(39), capped), per_person(1, 39), 0.8, 0.95)
    assert plan.report.status is SolveStatus.INFEASIBLE
    assert plan.level.tolist() == [38]
    # 38 people: all of 80 % where at most 47 come; 38 / 95 = 0.4 in 95 of 100 months.
    assert plan.report.unserved[0].relaxation == "target 0.4, or probability 0.47, or higher levels"
    months = service_table(requests, range(39), capped)
    assert fewest_people(months, per_person(1, 39), 0.4, 0.95).report.status is SolveStatus.OPTIMAL
    assert fewest_people(months, per_person(1, 39), 0.8, 0.47).report.status is SolveStatus.OPTIMAL


def test_without_any_search_the_greedy_levels_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimize.staffing import chance
    from optimize.staffing.cp_search import Found

    def nothing(*given: object, **named: object) -> Found:
        return Found(None, None, None, 0.0, int, was_interrupted=False)

    monkeypatch.setattr(chance, "search", nothing)
    months, cost = table(2)
    plan = fewest_people(months, cost, 0.7, 0.75)
    assert plan.report.status is SolveStatus.FALLBACK
    assert plan.share_kept >= 0.75


def a_table(**changes: Any) -> SampledMonths:
    given: dict[str, Any] = {"answered": np.full((2, 1, 3), 5.0), "asked": np.full((2, 1), 10.0), **changes}
    return SampledMonths(**given)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: a_table(answered=np.zeros((2, 1))), "shapes"),
        (lambda: a_table(asked=np.zeros((2, 2))), "shapes"),
        (lambda: a_table(answered=np.zeros((2, 1, 0))), "shapes"),
        (lambda: a_table(asked=np.full((2, 1), np.nan)), r"asked\[0, 0\]=nan"),
        (lambda: a_table(answered=np.full((2, 1, 3), -1.0)), r"answered\[0, 0, 0\]=-1"),
        (lambda: a_table(answered=np.full((2, 1, 3), 11.0)), "must not exceed asked"),
        (lambda: a_table(answered=np.array([[[3.0, 2.0]]] * 2)), "must not fall"),
        (lambda: fewest_people(a_table(), per_person(1, 3), 1.5), "target_share=1.5"),
        (lambda: fewest_people(a_table(), per_person(1, 3), float("nan")), "target_share=nan"),
        (lambda: fewest_people(a_table(), per_person(1, 3), 0.8, 0.0), "probability=0.0"),
        (lambda: fewest_people(a_table(), per_person(1, 3), 0.8, confidence=1), "confidence=1"),
        (lambda: fewest_people(a_table(), per_person(2, 3), 0.8), "cost: shape"),
        (lambda: fewest_people(a_table(), -per_person(1, 3), 0.8), "cost: must be"),
        (lambda: fewest_people(a_table(), per_person(1, 3), 0.8, others=table(1)[0]), "others"),
        (lambda: sample_months(np.array([np.inf]), 1, month_cv=0, day_cv=0, seed=1), "requests_per_day"),
        (lambda: sample_months(week(), 0, month_cv=0, day_cv=0, seed=1), "samples=0"),
        (lambda: sample_months(week(), 1, month_cv=-1, day_cv=0, seed=1), "month_cv=-1"),
        (lambda: sample_months(week(), 1, month_cv=0, day_cv=np.nan, seed=1), "day_cv=nan"),
        (lambda: service_table(np.ones((1, 2)), [1, 2], capped, [0, 2]), "without gaps"),
        (lambda: service_table(np.ones((1, 2)), [2, 1], capped), "must ascend"),
        (
            lambda: service_table(np.ones((1, 2)), [1], lambda requests, people: requests * 2),
            "answered_share",
        ),
        (lambda: clopper_pearson(3, 2), "successes=3"),
    ],
)
def test_bad_input_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
