"""The carrier mix: the cheapest there is on tiny cases, each rule alone, and faults that the checker must find."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from optimize.sourcing.carriers import CarrierMix, CarrierRules, CarrierTerms, mix_carriers, tariff
from optimize.sourcing.mix_checking import check_carrier_mix
from scenarios import SolveStatus


def terms(**changes: Any) -> CarrierTerms:
    """A dear carrier that goes everywhere and a cheap one that does not go to the third region; 60 drops a day."""
    plain: dict[str, Any] = {
        "drops_per_day": [30.0, 20.0, 10.0],
        "cost_per_drop": [[10.0, 10.0, 10.0], [7.0, 8.0, np.inf]],
        "carrier_ids": ("dear", "cheap"),
    }
    return CarrierTerms(**{**plain, **changes})


def solved(facts: CarrierTerms, rules: CarrierRules | None = None) -> CarrierMix:
    """A proven mix that passes the check."""
    rules = rules or CarrierRules()
    mix = mix_carriers(facts, rules)
    assert check_carrier_mix(facts, rules, mix) == []
    assert mix.report.status is SolveStatus.OPTIMAL
    assert mix.report.gap is not None and mix.report.gap < 1e-8
    return mix


def of_cheap(mix: CarrierMix) -> list[float]:
    """Share of the cheap carrier in each region."""
    return np.round(mix.shares[1], 6).tolist()  # type: ignore[no-any-return]


def invented(seed: int) -> tuple[CarrierTerms, CarrierRules]:
    """Three carriers, four regions of two centres, and every rule."""
    draw = np.random.default_rng(seed)
    cost = draw.uniform(5, 20, (3, 4))
    cost[1, draw.integers(4)] = np.inf
    facts = CarrierTerms(
        drops_per_day=draw.uniform(5, 30, 4),
        cost_per_drop=cost,
        capacity=draw.uniform(20, 45, 3),
        centre=[0, 0, 1, 1],
        on_time_share=draw.uniform(0.85, 0.99, 3),
        cost_per_day=draw.uniform(5, 40, 3),
        least_share=[0.1, 0.1, 0.1],
        most_share=[0.8, 0.8, 0.8],
    )
    return facts, CarrierRules(mean_on_time=float(facts.on_time_share.mean()) - 0.02, most_carriers=3)


def cheapest_by_enumeration(facts: CarrierTerms, rules: CarrierRules) -> float:
    """Least cost over all sets of carriers, each by a linear programme of its own."""
    carriers, regions = facts.cost_per_drop.shape
    drops, total = facts.drops_per_day, float(facts.drops_per_day.sum())
    goes = np.isfinite(facts.cost_per_drop)
    cost = np.where(goes, facts.cost_per_drop, 0.0) * drops
    best = np.inf
    for used in product((False, True), repeat=carriers):
        if not rules.least_carriers <= sum(used) <= rules.most_carriers:
            continue
        upper, limits = [], []
        for i in range(carriers):
            for centre in (0, 1):
                here = np.zeros((carriers, regions))
                here[i] = drops * (facts.centre == centre)
                upper.append(here)
                limits.append(facts.capacity[i])
            mine = np.zeros((carriers, regions))
            mine[i] = drops
            upper += [mine, -mine]
            limits += [facts.most_share[i] * total * used[i], -facts.least_share[i] * total * used[i]]
        punctual = np.zeros((carriers, regions))
        punctual += (rules.mean_on_time - facts.on_time_share)[:, None] * drops
        whole = np.zeros((regions, carriers, regions))
        for r in range(regions):
            whole[r, :, r] = 1.0
        found = linprog(
            cost.ravel(),
            A_ub=np.array([*upper, punctual]).reshape(len(upper) + 1, -1),
            b_ub=[*limits, 0.0],
            A_eq=whole.reshape(regions, -1),
            b_eq=np.ones(regions),
            bounds=[(0, float(ok and used[i // regions])) for i, ok in enumerate(goes.ravel())],
        )
        if found.status == 0:
            best = min(best, found.fun + np.array(used) @ facts.cost_per_day)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_no_set_of_carriers_is_cheaper(seed: int) -> None:
    facts, rules = invented(seed)
    best = cheapest_by_enumeration(facts, rules)
    if np.isfinite(best):
        assert solved(facts, rules).cost_per_day == pytest.approx(best, rel=1e-7)
    else:
        assert mix_carriers(facts, rules).report.status is SolveStatus.INFEASIBLE


def test_a_tariff_adds_up_drop_weight_and_way() -> None:
    assert tariff([1.0, 2.0], [0.1, 0.0], [0.5, 0.25], [100.0, 10.0], [4.0, 8.0]).tolist() == [
        [13.0, 6.0],
        [3.0, 4.0],
    ]


class TestOneRule:
    def test_without_any_the_cheaper_goes_where_it_can(self) -> None:
        mix = solved(terms())
        assert (of_cheap(mix), mix.cost_per_day) == ([1, 1, 0], 30 * 7 + 20 * 8 + 10 * 10)

    def test_capacity_of_a_centre(self) -> None:
        mix = solved(terms(capacity=[np.inf, 40]))
        assert of_cheap(mix) == [1, 0.5, 0]
        assert [(p.limit, pytest.approx(p.price)) for p in mix.report.shadow_prices] == [
            ("capacity of cheap, drops per day", 2.0)
        ]
        # The same at each of two centres is enough.
        assert of_cheap(solved(terms(capacity=[np.inf, 40], centre=[0, 1, 1]))) == [1, 1, 0]

    def test_reliability_floor(self) -> None:
        facts = terms(on_time_share=[0.99, 0.9])
        assert of_cheap(solved(facts, CarrierRules(on_time_floor=0.9))) == [1, 1, 0]
        assert of_cheap(solved(facts, CarrierRules(on_time_floor=0.95))) == [0, 0, 0]

    def test_mean_on_time(self) -> None:
        facts = terms(on_time_share=[0.99, 0.9])
        assert of_cheap(solved(facts, CarrierRules(mean_on_time=0.91))) == [1, 1, 0]
        # 0.96 of 60 drops: 20 by the cheap one, where it saves most.
        assert of_cheap(solved(facts, CarrierRules(mean_on_time=0.96))) == pytest.approx([2 / 3, 0, 0])

    def test_least_and_most_share(self) -> None:
        assert of_cheap(solved(terms(least_share=[0.15, 0.0]))) == [1, 1, 0]
        assert of_cheap(solved(terms(least_share=[0.25, 0.0]))) == [1, 0.75, 0]
        assert of_cheap(solved(terms(most_share=[1.0, 0.5]))) == [1, 0, 0]

    def test_number_of_carriers(self) -> None:
        assert of_cheap(solved(terms(), CarrierRules(most_carriers=1))) == [0, 0, 0]
        near = terms(drops_per_day=[30.0, 20.0, 0.0])
        assert of_cheap(solved(near))[:2] == [1, 1]
        both = solved(near, CarrierRules(least_carriers=2))
        assert both.cost_per_day > solved(near).cost_per_day

    def test_cost_of_using_a_carrier(self) -> None:
        assert of_cheap(solved(terms(cost_per_day=[0.0, 129.0]))) == [1, 1, 0]
        assert of_cheap(solved(terms(cost_per_day=[0.0, 131.0]))) == [0, 0, 0]


class TestWhatCannotBe:
    def test_nobody_goes_there(self) -> None:
        mix = mix_carriers(terms(cost_per_drop=[[10.0, 10.0, np.inf], [7.0, 8.0, np.inf]]))
        (told,) = mix.report.unserved
        assert (mix.report.status, told.item) == (SolveStatus.INFEASIBLE, "region region 2")
        assert of_cheap(mix) == [1, 1, 0]

    def test_nobody_good_enough_goes_there(self) -> None:
        facts = terms(on_time_share=[0.8, 0.9])
        (told,) = mix_carriers(facts, CarrierRules(on_time_floor=0.85)).report.unserved
        assert told.relaxation == "on_time_floor 0.8"

    def test_too_few_carriers(self) -> None:
        (told,) = mix_carriers(terms(), CarrierRules(least_carriers=3)).report.unserved
        assert told.relaxation == "least_carriers 2"

    def test_nobody_is_so_punctual(self) -> None:
        facts = terms(on_time_share=[0.9, 0.95])
        mix = mix_carriers(facts, CarrierRules(mean_on_time=0.97))
        (told,) = mix.report.unserved
        best = (50 * 0.95 + 10 * 0.9) / 60
        assert float(told.relaxation.split()[1]) == pytest.approx(best, abs=2e-6)
        solved(facts, CarrierRules(mean_on_time=float(told.relaxation.split()[1])))

    def test_too_little_room_leaves_the_fewest_drops(self) -> None:
        facts = terms(capacity=[15, 30])
        mix = mix_carriers(facts)
        assert (mix.shares @ facts.drops_per_day).tolist() == pytest.approx([15, 30])
        assert {told.relaxation for told in mix.report.unserved} == {
            "room for 15 more drops a day, all regions together"
        }
        assert check_carrier_mix(facts, CarrierRules(), mix) == []

    def test_a_search_that_finds_nothing_leaves_it_to_a_rule(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from optimize.sourcing import programme

        nothing = programme.Solved(SolveStatus.FALLBACK, {}, None)
        monkeypatch.setattr(programme.Programme, "solve", lambda self, node_limit: nothing)
        mix = mix_carriers(terms(capacity=[np.inf, 40]))
        assert (mix.report.status, mix.report.fallbacks) == (SolveStatus.FALLBACK, 3)
        assert check_carrier_mix(terms(capacity=[np.inf, 40]), CarrierRules(), mix) == []


class TestWhatChangesNothing:
    def test_the_order_of_carriers_and_regions(self) -> None:
        facts, rules = invented(0)
        order, regions = np.array([2, 0, 1]), np.array([3, 1, 0, 2])
        moved = replace(
            facts,
            drops_per_day=facts.drops_per_day[regions],
            centre=facts.centre[regions],
            cost_per_drop=facts.cost_per_drop[order][:, regions],
            **{
                name: getattr(facts, name)[order]
                for name in ("capacity", "on_time_share", "cost_per_day", "least_share", "most_share")
            },
        )
        here, there = solved(facts, rules), solved(moved, rules)
        assert there.shares == pytest.approx(here.shares[order][:, regions], abs=1e-6)

    def test_money_scales_and_more_room_is_never_dearer(self) -> None:
        facts, rules = invented(0)
        cost = solved(facts, rules).cost_per_day
        dearer = replace(facts, cost_per_drop=facts.cost_per_drop * 3, cost_per_day=facts.cost_per_day * 3)
        assert solved(dearer, rules).cost_per_day == pytest.approx(3 * cost, rel=1e-9)
        assert solved(replace(facts, capacity=facts.capacity * 1.3), rules).cost_per_day <= cost + 1e-9


@pytest.mark.parametrize(
    ("rule", "shares"),
    [
        ("whole", [[0, 0, 0.9], [1, 1, 0], [0, 0, 0]]),
        ("negative", [[-0.1, 0, 1], [1, 1, 0], [0, 0, 0]]),
        ("coverage", [[0, 0, 0.5], [1, 1, 0.5], [0, 0, 0]]),
        ("capacity", [[0, 0, 0.5], [1, 1, 0], [0, 0, 0.5]]),
        ("reliability", [[0.5, 0, 1], [0, 1, 0], [0.5, 0, 0]]),
        ("least share", [[0, 0.1, 0], [1, 0.9, 0], [0, 0, 1]]),
        ("most share", [[1, 1, 1], [0, 0, 0], [0, 0, 0]]),
        ("most carriers", [[0.5, 0, 0.5], [0.5, 1, 0], [0, 0, 0.5]]),
        ("least carriers", [[1, 1, 1], [0, 0, 0], [0, 0, 0]]),
        ("mean on time", [[0, 0, 1], [1, 1, 0], [0, 0, 0]]),
    ],
)
def test_the_checker_finds_what_is_broken(rule: str, shares: list[list[float]]) -> None:
    facts = CarrierTerms(
        drops_per_day=[30.0, 20.0, 10.0],
        cost_per_drop=[[10.0, 10.0, 10.0], [7.0, 8.0, np.inf], [6.0, 6.0, 6.0]],
        capacity=[60, 45, 60],
        on_time_share=[0.99, 0.9, 0.5],
        least_share=[0.2, 0.0, 0.0],
        most_share=[0.9, 1.0, 1.0],
    )
    rules = CarrierRules(on_time_floor=0.8, mean_on_time=0.93, least_carriers=2, most_carriers=2)
    broken = replace(solved(facts, rules), shares=np.array(shares, float))
    assert rule in {told.split(":")[0] for told in check_carrier_mix(facts, rules, broken)}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"drops_per_day": [np.inf, 1.0, 1.0]}, "drops_per_day holds"),
        ({"cost_per_drop": [[1.0, 1.0]]}, "cost_per_drop has shape"),
        ({"cost_per_drop": [[1.0, np.nan, 1.0]]}, "cost_per_drop holds nan"),
        ({"on_time_share": [1.1, 0.5]}, "on_time_share holds 1.1"),
        ({"centre": [0, 1]}, "centre must be 3 numbers"),
        ({"carrier_ids": ("a",)}, "carrier_ids has 1"),
    ],
)
def test_what_cannot_be_meant_is_told(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        terms(**changes)


def test_nothing_to_bring_costs_nothing() -> None:
    assert solved(terms(drops_per_day=[0.0, 0.0, 0.0])).cost_per_day == 0.0
