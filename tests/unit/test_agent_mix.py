"""Own technicians or partners: the cheapest mix on tiny cases, each rule alone, and faults that are found."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from optimize.sourcing.agents import AgentMix, AgentRules, AgentTerms, mix_agents
from optimize.sourcing.mix_checking import check_agent_mix
from scenarios import SolveStatus


def terms(**changes: Any) -> AgentTerms:
    """Own people who do a job for 10 and partners who ask 20 and 15; the second one cannot do the second kind."""
    plain: dict[str, Any] = {
        "jobs": [100.0, 40.0],
        "cost_per_job": [[20.0, 20.0], [15.0, np.inf]],
        "own_cost_per_job": [10.0, 10.0],
        "own_hours_per_job": [1.0, 2.0],
        "partner_ids": ("able", "cheap"),
    }
    return AgentTerms(**{**plain, **changes})


def solved(facts: AgentTerms, rules: AgentRules | None = None) -> AgentMix:
    """A proven mix that passes the check."""
    rules = rules or AgentRules()
    mix = mix_agents(facts, rules)
    assert check_agent_mix(facts, rules, mix) == []
    assert mix.report.status is SolveStatus.OPTIMAL
    assert mix.report.gap is not None and mix.report.gap < 1e-8
    return mix


def jobs_of(facts: AgentTerms, mix: AgentMix) -> list[float]:
    """Jobs of own people and of each partner."""
    own = float(mix.own_shares @ facts.jobs)
    return [round(own, 6), *np.round(mix.shares @ facts.jobs, 6).tolist()]


def invented(seed: int) -> tuple[AgentTerms, AgentRules]:
    """Three partners, four kinds of job in two territories, and every term."""
    draw = np.random.default_rng(seed)
    cost = draw.uniform(10, 40, (3, 4))
    cost[draw.integers(3), draw.integers(4)] = np.inf
    facts = AgentTerms(
        jobs=draw.uniform(20, 80, 4),
        cost_per_job=cost,
        own_cost_per_job=draw.uniform(2, 25, 4),
        own_hours_per_job=draw.uniform(0.5, 3, 4),
        team=[0, 0, 1, 1],
        team_hours=draw.uniform(40, 120, 2),
        capacity=draw.uniform(60, 150, 3),
        minimum_jobs=draw.uniform(0, 60, 3),
        minimum_price=draw.uniform(5, 20, 3),
        cost_of_contract=draw.uniform(0, 300, 3),
    )
    return facts, AgentRules(most_partners=2)


def cheapest_by_enumeration(facts: AgentTerms, rules: AgentRules) -> float:
    """Least cost over all sets of contracts, each by a linear programme; columns: partners x kinds, own, unused."""
    partners, kinds = facts.cost_per_job.shape
    goes = np.isfinite(facts.cost_per_job)
    cost = (np.where(goes, facts.cost_per_job, 0.0) * facts.jobs).ravel()
    own, size = facts.own_cost_per_job * facts.jobs, partners * kinds
    best = np.inf
    for contracts in product((False, True), repeat=partners):
        if sum(contracts) > rules.most_partners:
            continue
        upper, limits = [], []
        for p in range(partners):
            given = np.zeros(size + kinds + partners)
            given[p * kinds : (p + 1) * kinds] = facts.jobs
            upper.append(given)
            limits.append(facts.capacity[p] * contracts[p])
            least = -given
            least[size + kinds + p] = -1.0
            upper.append(least)
            limits.append(-facts.minimum_jobs[p] * contracts[p])
        for t in (0, 1):
            hours = np.zeros(size + kinds + partners)
            hours[size : size + kinds] = facts.own_hours_per_job * facts.jobs * (facts.team == t)
            upper.append(hours)
            limits.append(facts.team_hours[t])
        whole = np.zeros((kinds, size + kinds + partners))
        for g in range(kinds):
            whole[g, g:size:kinds] = 1.0
            whole[g, size + g] = 1.0
        found = linprog(
            np.concatenate((cost, own, facts.minimum_price)),
            A_ub=upper,
            b_ub=limits,
            A_eq=whole,
            b_eq=np.ones(kinds),
            bounds=[*((0, float(ok)) for ok in goes.ravel()), *[(0, 1)] * kinds, *[(0, None)] * partners],
        )
        if found.status == 0:
            best = min(best, found.fun + np.array(contracts) @ facts.cost_of_contract)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_no_set_of_contracts_is_cheaper(seed: int) -> None:
    facts, rules = invented(seed)
    best = cheapest_by_enumeration(facts, rules)
    if np.isfinite(best):
        assert solved(facts, rules).cost == pytest.approx(best, rel=1e-7)
    else:
        assert mix_agents(facts, rules).report.status is SolveStatus.INFEASIBLE


class TestOneRule:
    def test_without_any_limit_own_people_do_all_that_they_do_for_less(self) -> None:
        assert jobs_of(terms(), solved(terms())) == [140, 0, 0]
        dear = terms(own_cost_per_job=[16.0, 10.0])
        assert jobs_of(dear, solved(dear)) == [40, 0, 100]

    def test_own_hours(self) -> None:
        busy = terms(team_hours=[150.0], cost_per_job=[[20.0, 18.0], [15.0, np.inf]])
        mix = solved(busy)
        # 150 of 180 hours: an hour of the second kind is half a job at 8 more, of the first a whole one at 5 more.
        assert jobs_of(busy, mix) == [125, 15, 0]
        assert [(p.limit, pytest.approx(p.price)) for p in mix.report.shadow_prices] == [
            ("hours of team 0", 4.0)
        ]
        apart = terms(team_hours=[100.0, 80.0], team=[0, 1])
        assert jobs_of(apart, solved(apart)) == [140, 0, 0]

    def test_skills_and_territory(self) -> None:
        nobody = terms(own_cost_per_job=[np.inf, np.inf])
        assert jobs_of(nobody, solved(nobody)) == [0, 40, 100]

    def test_quality_floor(self) -> None:
        facts = terms(own_cost_per_job=[np.inf, np.inf], quality=[0.9, 0.8])
        assert jobs_of(facts, solved(facts, AgentRules(quality_floor=0.8))) == [0, 40, 100]
        assert jobs_of(facts, solved(facts, AgentRules(quality_floor=0.85))) == [0, 140, 0]

    def test_capacity_of_a_partner(self) -> None:
        facts = terms(own_cost_per_job=[np.inf, np.inf], capacity=[np.inf, 70])
        assert jobs_of(facts, solved(facts)) == [0, 70, 70]

    def test_minimum_that_is_paid_anyway(self) -> None:
        facts = terms(own_cost_per_job=[np.inf, 10.0], minimum_jobs=[0, 120], minimum_price=[0, 15.0])
        # 100 of 120 paid jobs at 15 cost 1,800, less than 100 at 20; 140 of them would not.
        assert solved(facts).cost == pytest.approx(1_800 + 400)
        assert solved(replace(facts, minimum_jobs=np.array([0.0, 140.0]))).cost == pytest.approx(2_000 + 400)

    def test_number_and_cost_of_contracts(self) -> None:
        facts = terms(own_cost_per_job=[np.inf, np.inf])
        assert jobs_of(facts, solved(facts, AgentRules(most_partners=1))) == [0, 140, 0]
        for price, jobs in ((499.0, [0, 40, 100]), (501.0, [0, 140, 0])):
            dear = replace(facts, cost_of_contract=np.array([0.0, price]))
            assert jobs_of(dear, solved(dear)) == jobs


class TestWhatCannotBe:
    def test_nobody_can(self) -> None:
        mix = mix_agents(
            terms(cost_per_job=[[20.0, np.inf], [15.0, np.inf]], own_cost_per_job=[10.0, np.inf])
        )
        (told,) = mix.report.unserved
        assert (mix.report.status, told.item) == (SolveStatus.INFEASIBLE, "kind 1")

    def test_nobody_good_enough_can(self) -> None:
        facts = terms(own_cost_per_job=[10.0, np.inf], quality=[0.7, 0.9])
        (told,) = mix_agents(facts, AgentRules(quality_floor=0.8)).report.unserved
        assert told.relaxation == "quality_floor 0.7"

    def test_too_little_room_leaves_the_fewest_jobs(self) -> None:
        facts = terms(team_hours=[60.0], capacity=[20, 25])
        mix = mix_agents(facts)
        assert jobs_of(facts, mix) == [60, 20, 25]
        assert {told.relaxation for told in mix.report.unserved} == {
            "room for 35 more jobs a period, all kinds together"
        }
        assert check_agent_mix(facts, AgentRules(), mix) == []

    def test_a_search_that_finds_nothing_leaves_it_to_a_rule(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from optimize.sourcing import programme

        nothing = programme.Solved(SolveStatus.FALLBACK, {}, None)
        monkeypatch.setattr(programme.Programme, "solve", lambda self, node_limit: nothing)
        busy = terms(team_hours=[150.0])
        mix = mix_agents(busy)
        assert (mix.report.status, mix.report.fallbacks) == (SolveStatus.FALLBACK, 2)
        assert check_agent_mix(busy, AgentRules(), mix) == []


def test_money_scales_and_more_room_is_never_dearer() -> None:
    facts, rules = invented(0)
    cost = solved(facts, rules).cost
    money = ("cost_per_job", "own_cost_per_job", "minimum_price", "cost_of_contract")
    dearer = replace(facts, **{name: getattr(facts, name) * 3 for name in money})
    assert solved(dearer, rules).cost == pytest.approx(3 * cost, rel=1e-9)
    assert solved(replace(facts, capacity=facts.capacity * 1.5), rules).cost <= cost + 1e-9
    assert solved(replace(facts, team_hours=facts.team_hours * 1.5), rules).cost <= cost + 1e-9


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_partners_changes_nothing(seed: int) -> None:
    facts, rules = invented(seed)
    order = np.array([2, 0, 1])
    names = ("cost_per_job", "capacity", "minimum_jobs", "minimum_price", "cost_of_contract", "quality")
    moved = replace(facts, **{name: getattr(facts, name)[order] for name in names})
    assert solved(moved, rules).shares == pytest.approx(solved(facts, rules).shares[order], abs=1e-6)


@pytest.mark.parametrize(
    ("rule", "shares", "own"),
    [
        ("whole", [[0, 0.4], [0.5, 0], [0, 0]], [0.5, 0.5]),
        ("negative", [[0, -0.5], [0.5, 0], [0, 0]], [0.5, 1.5]),
        ("skill", [[0, 0.4], [0.5, 0.1], [0, 0]], [0.5, 0.5]),
        ("own skill", [[0, 0.5], [0.5, 0], [0, 0]], [0.5, 0.5]),
        ("quality", [[0, 0.5], [0, 0], [0.5, 0]], [0.5, 0.5]),
        ("capacity", [[0, 0.5], [0.6, 0], [0, 0]], [0.4, 0.5]),
        ("own hours", [[0, 0.5], [0.2, 0], [0, 0]], [0.8, 0.5]),
        ("most partners", [[0.1, 0.5], [0.3, 0], [0.1, 0]], [0.5, 0.5]),
    ],
)
def test_the_checker_finds_what_is_broken(rule: str, shares: list[list[float]], own: list[float]) -> None:
    facts = AgentTerms(
        jobs=[100.0, 40.0],
        cost_per_job=[[20.0, 20.0], [15.0, np.inf], [1.0, 1.0]],
        own_cost_per_job=[10.0, np.inf if rule == "own skill" else 10.0],
        own_hours_per_job=[1.0, 1.0],
        team_hours=[80.0],
        capacity=[100, 55, 100],
        quality=[0.9, 0.9, 0.5],
    )
    rules = AgentRules(quality_floor=0.8, most_partners=2)
    broken = replace(solved(facts, rules), shares=np.array(shares, float), own_shares=np.array(own))
    assert rule in {told.split(":")[0] for told in check_agent_mix(facts, rules, broken)}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"jobs": [-1.0, 1.0]}, "jobs holds"),
        ({"cost_per_job": [[1.0]]}, "cost_per_job has shape"),
        ({"own_cost_per_job": [np.nan, 1.0]}, "own_cost_per_job holds"),
        ({"team": [0, 3]}, "team must be 2 numbers"),
        ({"quality": [0.5, 1.5]}, "quality holds 1.5"),
        ({"kind_ids": ("a",)}, "kind_ids has 1"),
    ],
)
def test_what_cannot_be_meant_is_told(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        terms(**changes)


def test_without_partners_own_people_do_what_they_can() -> None:
    facts = AgentTerms(
        jobs=[10.0],
        cost_per_job=np.zeros((0, 1)),
        own_cost_per_job=[1.0],
        own_hours_per_job=[1.0],
        team_hours=[8.0],
    )
    mix = mix_agents(facts)
    assert mix.own_shares.tolist() == pytest.approx([0.8])
    assert mix.report.status is SolveStatus.INFEASIBLE


def test_nothing_to_do_costs_nothing() -> None:
    assert solved(terms(jobs=[0.0, 0.0], minimum_jobs=[5, 5], minimum_price=[1.0, 1.0])).cost == 0.0
