"""The supplier split: the cheapest there is on tiny cases, each rule alone, and faults that the checker must find."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from optimize.sourcing.lead_times import lead_time_demand_deviation, mixture_moments, split_deviation
from optimize.sourcing.supplier_checking import check_supplier_split
from optimize.sourcing.supplier_terms import PriceStep, SplitRules, SupplierTerms, costs_of
from optimize.sourcing.suppliers import SupplierSplit, split_suppliers
from scenarios import SolveStatus

DEAR, CHEAP = 0, 1


def terms(**changes: Any) -> SupplierTerms:
    """A dear and a cheap supplier of two items, 100 and 50 units in a period of ten days."""
    plain: dict[str, Any] = {
        "demand_per_day": np.array([10.0, 5.0]),
        "price": np.array([[6.0, 9.0], [5.0, 8.0]]),
        "period_days": 10.0,
        "supplier_ids": ("dear", "cheap"),
    }
    return SupplierTerms(**{**plain, **changes})


def solved(facts: SupplierTerms, rules: SplitRules | None = None) -> SupplierSplit:
    """A proven split that passes the check."""
    rules = rules or SplitRules()
    split = split_suppliers(facts, rules)
    assert check_supplier_split(facts, rules, split) == []
    assert split.report.status is SolveStatus.OPTIMAL
    assert split.report.gap is not None and split.report.gap < 1e-8
    return split


def of_cheap(split: SupplierSplit) -> list[float]:
    """Share of the cheap supplier in each item."""
    return np.round(split.shares.sum(axis=0)[CHEAP], 6).tolist()  # type: ignore[no-any-return]


def invented(seed: int, suppliers: int = 2, items: int = 2) -> tuple[SupplierTerms, SplitRules]:
    """A case with every cost and every rule, numbers drawn."""
    draw = np.random.default_rng(seed)
    demand = draw.uniform(5, 20, items)
    total = demand.sum() * 28
    steps = [
        (PriceStep(total * draw.uniform(0.2, 0.4), 0.04), PriceStep(total * draw.uniform(0.5, 0.7), 0.12))
        for _ in range(suppliers)
    ]
    facts = SupplierTerms(
        demand_per_day=demand,
        demand_variance_per_day=demand * 2,
        price=draw.uniform(5, 9, (suppliers, items)),
        capacity=np.full(suppliers, total * draw.uniform(0.6, 0.9)),
        minimum_units=np.full(suppliers, total * 0.15),
        price_steps=tuple(steps),
        defects_per_million=draw.uniform(100, 5_000, suppliers),
        defect_cost=np.full(items, 30.0),
        lead_time_days=draw.uniform(2, 12, suppliers),
        lead_time_variance=draw.uniform(0, 10, suppliers),
        express_surcharge=np.array([0.02, *[np.inf] * (suppliers - 1)]),
        safety_factor=1.6,
        holding_cost=np.full(items, 4.0),
        cost_per_supplier=np.full(suppliers, 30.0),
        cost_per_source=np.full(items, 8.0),
    )
    # Half from each of two keeps it, whatever they are.
    limit = 1.05 * float(facts.defects_per_million.mean())
    rules = SplitRules(defects_per_million=limit, minimum_share=0.15, maximum_share=0.9)
    return facts, rules


def cheapest_by_enumeration(facts: SupplierTerms, rules: SplitRules) -> float:
    """Least cost over all choices of sources and steps, each by a linear programme of its own."""
    modes, suppliers, items = 2, *facts.price.shape
    unit_cost = np.sum(list(facts.unit_costs().values()), axis=0)
    value = facts.price * facts.units
    may = facts.sells()
    best = np.inf
    for sources in product((0, 1), repeat=suppliers * items):
        is_source = np.array(sources).reshape(suppliers, items)
        used = is_source.any(axis=1)
        for steps in product(*(range(len(mine) + 1) for mine in facts.price_steps)):
            discount = [0.0 if s == 0 else facts.price_steps[i][s - 1].discount for i, s in enumerate(steps)]
            cost = unit_cost - np.array(discount)[None, :, None] * value[None]
            upper, limits = [], []
            for i in range(suppliers):
                volume = np.zeros((modes, suppliers, items))
                volume[:, i] = facts.units
                reached = 0.0 if steps[i] == 0 else facts.price_steps[i][steps[i] - 1].units
                upper += [volume, -volume]
                limits += [facts.capacity[i], -max(reached, facts.minimum_units[i] if used[i] else 0.0)]
                for j in range(items):
                    share = np.zeros((modes, suppliers, items))
                    share[:, i, j] = 1.0
                    upper += [share, -share]
                    limits += [rules.maximum_share * is_source[i, j], -rules.minimum_share * is_source[i, j]]
            defects = np.zeros((modes, suppliers, items))
            defects += (facts.defects_per_million - rules.defects_per_million)[None, :, None] * facts.units
            whole = np.zeros((items, modes, suppliers, items))
            for j in range(items):
                whole[j, :, :, j] = 1.0
            found = linprog(
                cost.ravel(),
                A_ub=np.array([*upper, defects]).reshape(len(upper) + 1, -1),
                b_ub=[*limits, 0.0],
                A_eq=whole.reshape(items, -1),
                b_eq=np.ones(items),
                bounds=[(0, 1 if ok else 0) for ok in may.ravel()],
            )
            if found.status == 0:
                fixed = used @ facts.cost_per_supplier + (is_source * facts.cost_per_source).sum()
                best = min(best, found.fun + fixed)
    return best


class TestTheCheapest:
    @pytest.mark.parametrize("seed", range(3))
    def test_of_all_choices_of_sources_and_steps(self, seed: int) -> None:
        facts, rules = invented(seed)
        assert solved(facts, rules).cost == pytest.approx(cheapest_by_enumeration(facts, rules), rel=1e-7)

    @pytest.mark.parametrize("seed", range(4))
    def test_of_all_single_sources(self, seed: int) -> None:
        facts, _ = invented(seed, suppliers=3, items=3)
        rules = SplitRules(most_sources=1, defects_per_million=4_000.0)
        costs = []
        for choice in product(product(range(2), range(3)), repeat=3):
            shares = np.zeros((2, 3, 3))
            for item, (mode, supplier) in enumerate(choice):
                shares[mode, supplier, item] = 1.0
            volume = shares.sum(axis=0) @ facts.units
            ppm = facts.defects_per_million @ volume / volume.sum()
            is_used = volume > 0
            sold = bool((facts.sells()[shares > 0]).all())
            within = (volume <= facts.capacity).all() and (
                volume[is_used] >= facts.minimum_units[is_used]
            ).all()
            if sold and within and ppm <= 4_000:
                costs.append(sum(costs_of(facts, shares).values()))
        assert solved(facts, rules).cost == pytest.approx(min(costs), rel=1e-9)


class TestOneRule:
    def test_without_any_everything_comes_from_the_cheaper(self) -> None:
        split = solved(terms())
        assert of_cheap(split) == [1, 1]
        assert split.cost == 100 * 5 + 50 * 8

    def test_capacity(self) -> None:
        assert of_cheap(solved(terms(capacity=[np.inf, 150]))) == [1, 1]
        split = solved(terms(capacity=[np.inf, 120]))
        assert split.cost == 100 * 5 + 50 * 8 + 30
        # One more unit a day saves the difference in price, every day.
        assert [(p.limit, pytest.approx(p.price)) for p in split.report.shadow_prices] == [
            ("capacity of cheap, units per day", 1.0)
        ]

    def test_minimum_order(self) -> None:
        assert of_cheap(solved(terms(minimum_units=[60, 150]))) == [1, 1]
        assert of_cheap(solved(terms(minimum_units=[0, 151]))) == [0, 0]

    def test_least_share_of_a_second_source(self) -> None:
        rules = SplitRules(least_sources=2, minimum_share=0.2)
        assert of_cheap(solved(terms(), rules)) == [0.8, 0.8]
        assert of_cheap(solved(terms(), replace(rules, least_sources=1))) == [1, 1]

    def test_largest_share(self) -> None:
        assert of_cheap(solved(terms(), SplitRules(maximum_share=0.7))) == [0.7, 0.7]
        assert of_cheap(solved(terms(), SplitRules(maximum_share=1.0))) == [1, 1]

    def test_most_sources(self) -> None:
        tight = terms(capacity=[np.inf, 120])
        assert sorted(of_cheap(solved(tight, SplitRules(most_sources=1)))) == [0, 1]
        assert sorted(of_cheap(solved(tight, SplitRules(most_sources=2)))) != [0, 1]

    def test_most_suppliers(self) -> None:
        facts = terms(price=[[6.0, 7.0], [5.0, 8.0]])
        assert of_cheap(solved(facts)) == [1, 0]
        assert of_cheap(solved(facts, SplitRules(most_suppliers=1))) in ([1, 1], [0, 0])
        assert solved(facts, SplitRules(most_suppliers=1)).cost == 100 * 5 + 50 * 8

    def test_score_floor(self) -> None:
        facts = terms(score=[80, 50])
        assert of_cheap(solved(facts, SplitRules(score_floor=50))) == [1, 1]
        assert of_cheap(solved(facts, SplitRules(score_floor=51))) == [0, 0]

    def test_defects_per_million(self) -> None:
        facts = terms(defects_per_million=[0, 3_000])
        assert of_cheap(solved(facts, SplitRules(defects_per_million=3_000))) == [1, 1]
        split = solved(facts, SplitRules(defects_per_million=1_000))
        assert split.shares.sum(axis=0)[CHEAP] @ facts.units == pytest.approx(50)
        # A limit higher by 1 lets 1/3000 of 15 units a day be had at 1 less.
        price = next(p.price for p in split.report.shadow_prices if p.limit == "defects_per_million")
        assert price == pytest.approx(15 / 3_000)

    def test_cost_of_defects(self) -> None:
        facts = terms(defects_per_million=[0, 10_000])
        assert of_cheap(facts_split := solved(replace(facts, defect_cost=np.array([99.0, 99.0])))) == [1, 1]
        assert facts_split.costs["defects"] == pytest.approx(150 * 0.01 * 99)
        assert of_cheap(solved(replace(facts, defect_cost=np.array([101.0, 99.0])))) == [0, 1]

    def test_price_steps_apply_to_all_units_once_reached(self) -> None:
        # All at 6 and 9 less 20 % is 840, less than 900 of the cheap one; at 151 units it would not be reached.
        for threshold, share, cost in ((150, 0, 840), (151, 1, 900)):
            split = solved(terms(price_steps=((PriceStep(threshold, 0.2),), ())))
            assert (of_cheap(split), split.cost) == ([share, share], pytest.approx(cost))

    def test_more_is_bought_of_one_to_reach_a_step(self) -> None:
        # Item 2 is cheaper at the other, but the step takes a fifth off item 1, too.
        facts = terms(price=[[6.0, 9.0], [7.0, 8.9]], price_steps=((PriceStep(110, 0.2),), ()))
        assert solved(facts).discounts.tolist() == [0.2, 0.0]
        assert solved(replace(facts, price_steps=())).discounts.tolist() == [0.0, 0.0]
        assert of_cheap(solved(replace(facts, price_steps=()))) == [0, 1]

    def test_lead_time_risk(self) -> None:
        late = {"lead_time_days": [2, 2], "lead_time_variance": [0, 9], "safety_factor": 2.0}
        # Safety stock of the cheap one: 2 x 3 days x 10 units = 60 units of item 1, against 100 of price.
        assert of_cheap(solved(terms(**late, holding_cost=[1.6, 0.0]))) == [1, 1]
        assert of_cheap(solved(terms(**late, holding_cost=[1.7, 0.0]))) == [0, 1]

    def test_express_against_safety_stock(self) -> None:
        slow = {
            "price": [[np.inf, np.inf], [5.0, 8.0]], "lead_time_days": [0, 9], "lead_time_variance": [0, 16],
            "express_lead_time_days": [0, 1], "safety_factor": 2.0, "holding_cost": [1.0, 0.0],
        }  # fmt: skip
        # Express saves 2 x 4 days x 10 units = 80 of item 1, worth 500.
        for surcharge, modes in ((0.15, [0, 1]), (0.17, [1, 0])):
            split = solved(terms(**slow, express_surcharge=[np.inf, surcharge]))
            assert split.shares[:, CHEAP, 0].tolist() == modes
            assert split.shares[0, CHEAP, 1] == 1.0
        assert (
            solved(terms(**slow, express_surcharge=[np.inf, 0.15]), SplitRules(allows_express=False))
            .shares[1]
            .sum()
            == 0
        )

    def test_cost_of_a_source_and_of_a_supplier(self) -> None:
        rivals = terms(price=[[6.0, 8.0], [5.0, 9.0]])
        assert of_cheap(solved(rivals)) == [1, 0]
        assert of_cheap(solved(replace(rivals, cost_per_supplier=np.array([49.0, 0.0])))) == [1, 0]
        assert of_cheap(solved(replace(rivals, cost_per_supplier=np.array([51.0, 0.0])))) == [1, 1]
        # A third source lets the cheap one be used to the full, worth 20.
        for each, cost in ((19.0, 930 + 3 * 19), (21.0, 950 + 2 * 21)):
            assert solved(terms(capacity=[np.inf, 120], cost_per_source=[each, each])).cost == pytest.approx(
                cost
            )

    def test_what_nobody_needs_is_bought_from_nobody(self) -> None:
        facts = terms(demand_per_day=[10.0, 0.0], price=[[6.0, 1.0], [5.0, np.inf]], minimum_units=[500, 0])
        assert solved(facts).shares.sum(axis=0).tolist() == [[0, 0], [1, 0]]


class TestWhatCannotBe:
    def test_nobody_sells_it(self) -> None:
        split = split_suppliers(terms(price=[[6.0, np.inf], [5.0, np.inf]]))
        (told,) = split.report.unserved
        assert (split.report.status, told.item, told.reason) == (
            SolveStatus.INFEASIBLE, "item 1", "nobody sells it",
        )  # fmt: skip
        assert of_cheap(split) == [1, 0]

    def test_nobody_scores_enough(self) -> None:
        facts = terms(score=[40, 45.5])
        (told, _) = split_suppliers(facts, SplitRules(score_floor=60)).report.unserved
        assert told.relaxation == "score_floor 45.5"
        assert of_cheap(solved(facts, SplitRules(score_floor=45.5))) == [1, 1]

    def test_too_few_suppliers(self) -> None:
        rules = SplitRules(least_sources=2, minimum_share=0.2)
        facts = terms(price=[[6.0, np.inf], [5.0, 8.0]])
        (told,) = (split := split_suppliers(facts, rules)).report.unserved
        assert (told.item, told.relaxation) == ("item 1", "least_sources 1")
        assert of_cheap(split) == [0.8, 1.0]

    def test_too_many_defects_whatever_is_done(self) -> None:
        facts = terms(defects_per_million=[500, 3_000])
        split = split_suppliers(facts, SplitRules(defects_per_million=400))
        (told,) = split.report.unserved
        assert told.relaxation == "defects_per_million 500.01"
        assert of_cheap(split) == pytest.approx([0, 0], abs=1e-4)
        solved(facts, SplitRules(defects_per_million=500.01))

    def test_too_little_capacity_leaves_the_fewest_units(self) -> None:
        facts = terms(capacity=[60, 70])
        split = split_suppliers(facts)
        assert split.report.status is SolveStatus.INFEASIBLE
        assert split.shares.sum(axis=0) @ facts.units == pytest.approx([60, 70])
        assert {told.relaxation for told in split.report.unserved} == {
            "room for 20 more units a period, all items together"
        }
        assert check_supplier_split(facts, SplitRules(), split) == []

    def test_a_search_that_finds_nothing_leaves_it_to_a_rule(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from optimize.sourcing import programme

        nothing = programme.Solved(SolveStatus.FALLBACK, {}, None)
        monkeypatch.setattr(programme.Programme, "solve", lambda self, node_limit: nothing)
        facts, rules = terms(capacity=[np.inf, 120]), SplitRules(minimum_share=0.1)
        split = split_suppliers(facts, rules)
        assert (split.report.status, split.report.fallbacks, split.report.bound) == (
            SolveStatus.FALLBACK,
            2,
            None,
        )
        assert check_supplier_split(facts, rules, split) == []


class TestWhatChangesNothing:
    @pytest.mark.parametrize("seed", range(3))
    def test_the_order_of_suppliers_and_items(self, seed: int) -> None:
        facts, rules = invented(seed, 3, 4)
        order, items = np.array([2, 0, 1]), np.array([3, 1, 0, 2])
        of_suppliers = (
            "capacity", "minimum_units", "defects_per_million", "score", "lead_time_days", "lead_time_variance",
            "express_surcharge", "express_lead_time_days", "express_lead_time_variance", "cost_per_supplier",
        )  # fmt: skip
        of_items = (
            "demand_per_day",
            "demand_variance_per_day",
            "defect_cost",
            "holding_cost",
            "cost_per_source",
        )
        moved = replace(
            facts,
            price=facts.price[order][:, items],
            price_steps=tuple(facts.price_steps[index] for index in order),
            **{name: getattr(facts, name)[order] for name in of_suppliers},
            **{name: getattr(facts, name)[items] for name in of_items},
        )
        here, there = solved(facts, rules), solved(moved, rules)
        assert there.cost == pytest.approx(here.cost, rel=1e-9)
        assert there.shares == pytest.approx(here.shares[:, order][:, :, items], abs=1e-6)

    def test_money_in_another_currency_scales_the_cost(self) -> None:
        facts, rules = invented(5, 3, 4)
        money = ("price", "defect_cost", "holding_cost", "cost_per_supplier", "cost_per_source")
        dearer = replace(facts, **{name: getattr(facts, name) * 7.3 for name in money})
        assert solved(dearer, rules).cost == pytest.approx(7.3 * solved(facts, rules).cost, rel=1e-9)

    @pytest.mark.parametrize("seed", range(4))
    def test_more_room_is_never_dearer(self, seed: int) -> None:
        facts, rules = invented(seed, 3, 3)
        costs = [
            solved(replace(facts, capacity=facts.capacity * factor), rules).cost for factor in (1.0, 1.1, 1.5)
        ]
        assert costs[0] >= costs[1] - 1e-6 >= costs[2] - 2e-6
        looser = replace(rules, defects_per_million=rules.defects_per_million * 1.2)
        assert solved(facts, looser).cost <= costs[0] + 1e-6

    def test_two_runs_agree_to_the_bit(self) -> None:
        facts, rules = invented(1, 3, 5)
        assert np.array_equal(split_suppliers(facts, rules).shares, split_suppliers(facts, rules).shares)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("whole", lambda s: s[:, :, 0].__imul__(0.9)),
        ("negative", lambda s: s.__setitem__((0, 0, 0), -0.1)),
        ("sells", lambda s: s.__setitem__((0, slice(None), 1), [0.0, 0.0, 1.0])),
        ("score", lambda s: s.__setitem__((0, slice(None), 0), [0.0, 0.0, 1.0])),
        ("express", lambda s: s.__setitem__((slice(None), 0, 0), [0.0, 0.5])),
        ("minimum share", lambda s: s.__setitem__((0, slice(None), 0), [0.95, 0.05, 0.0])),
        ("maximum share", lambda s: s.__setitem__((0, slice(None), 0), [1.0, 0.0, 0.0])),
        ("most sources", lambda s: s.__setitem__((0, slice(None), 0), [0.4, 0.3, 0.3])),
        ("least sources", lambda s: s.__setitem__((0, slice(None), 0), [1.0, 0.0, 0.0])),
        ("capacity", lambda s: s.__setitem__((0, slice(0, 2)), [[0.1, 0.1], [0.9, 0.9]])),
        ("minimum order", lambda s: s.__setitem__((0, slice(0, 2)), [[0.9, 1.0], [0.1, 0.0]])),
        ("most suppliers", lambda s: s.__setitem__((0, slice(None), 0), [0.5, 0.2, 0.3])),
        ("defects", lambda s: s.__setitem__((0, slice(0, 2)), [[0.2, 0.2], [0.8, 0.8]])),
    ],
)
def test_the_checker_finds_what_is_broken(rule: str, change: Any) -> None:
    facts = terms(
        price=[[6.0, 9.0], [5.0, 8.0], [4.0, np.inf]], score=[80, 70, 20], capacity=[np.inf, 110, np.inf],
        minimum_units=[0, 30, 0], defects_per_million=[100, 1_000, 0], supplier_ids=("a", "b", "c"),
    )  # fmt: skip
    rules = SplitRules(
        score_floor=50, defects_per_million=700, minimum_share=0.1, maximum_share=0.9, least_sources=2,
        most_sources=2, most_suppliers=2,
    )  # fmt: skip
    split = solved(facts, rules)
    shares = split.shares.copy()
    change(shares)
    found = check_supplier_split(facts, rules, replace(split, shares=shares))
    assert rule in {told.split(":")[0] for told in found}


@pytest.mark.parametrize(("name", "factor"), [("objective", 0.99), ("bound", 1.01)])
def test_the_checker_finds_wrong_figures(name: str, factor: float) -> None:
    split = solved(terms())
    report = split.report.model_copy(update={name: (getattr(split.report, name) or 0.0) * factor})
    (told,) = check_supplier_split(terms(), SplitRules(), replace(split, report=report))
    assert told.startswith({"objective": "cost", "bound": "bound"}[name])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"demand_per_day": [np.nan, 1.0]}, "demand_per_day holds"),
        ({"demand_per_day": []}, "demand_per_day has shape"),
        ({"price": [[1.0, np.nan], [1.0, 1.0]]}, "price holds nan"),
        ({"price": [[1.0], [1.0]]}, "price has shape"),
        ({"capacity": [1.0, -1.0]}, "capacity holds"),
        ({"lead_time_days": [1.0, np.inf]}, "lead_time_days holds"),
        ({"lead_time_days": [1.0]}, "lead_time_days has shape"),
        ({"period_days": 0.0}, "period_days is 0"),
        ({"safety_factor": np.nan}, "safety_factor"),
        ({"price_steps": ((), (PriceStep(10, 0.1), PriceStep(20, 0.1)))}, r"price_steps\[1\] must rise"),
        ({"price_steps": ((),)}, "price_steps has 1"),
        ({"supplier_ids": ("one",)}, "supplier_ids has 1"),
    ],
)
def test_what_cannot_be_meant_is_told(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        terms(**changes)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"minimum_share": 1.5}, "minimum_share"),
        ({"maximum_share": 0.0}, "maximum_share"),
        ({"defects_per_million": np.nan}, "defects_per_million"),
        ({"least_sources": 2}, "minimum_share is 0"),
        ({"least_sources": 3, "minimum_share": 0.4}, "more than 1"),
        ({"least_sources": 3, "most_sources": 2, "minimum_share": 0.1}, "most_sources"),
    ],
)
def test_rules_that_cannot_be_meant_are_told(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        SplitRules(**changes)


class TestLeadTimes:
    def test_a_random_sum_has_the_variance_of_its_terms_and_of_their_number(self) -> None:
        draw = np.random.default_rng(3)
        days = draw.poisson(6.0, 200_000)
        demand = draw.poisson(4.0 * days)
        assert lead_time_demand_deviation(4.0, 4.0, 6.0, 6.0) == pytest.approx(demand.std(), rel=0.01)

    def test_moments_of_a_mixture(self) -> None:
        draw = np.random.default_rng(4)
        days = np.where(draw.random(300_000) < 0.3, draw.gamma(4, 0.5, 300_000), draw.gamma(9, 1.0, 300_000))
        mean, variance = mixture_moments([0.3, 0.7], [2.0, 9.0], [1.0, 9.0])
        assert (mean, variance) == (pytest.approx(days.mean(), rel=0.01), pytest.approx(days.var(), rel=0.01))

    def test_split_orders_never_scatter_more_than_the_bound_says(self) -> None:
        draw, rate = np.random.default_rng(5), 3.0
        deviations = lead_time_demand_deviation(rate, rate, [2.0, 8.0], [0.0, 4.0])
        daily = draw.poisson(rate, (100_000, 30))
        days = np.rint(draw.normal(8, 2, 100_000)).clip(0, 30).astype(int)
        sums = np.cumsum(daily, axis=1)
        long = np.where(days > 0, sums[np.arange(100_000), np.maximum(days, 1) - 1], 0)
        for share in (0.0, 0.3, 0.7, 1.0):
            outstanding = share * sums[:, 1] + (1 - share) * long
            bound = split_deviation([share, 1 - share], deviations)
            assert outstanding.std() <= bound * 1.01
            if share in (0.0, 1.0):
                assert outstanding.std() == pytest.approx(bound, rel=0.02)


def test_nothing_to_buy_costs_nothing() -> None:
    split = solved(terms(demand_per_day=[0.0, 0.0]))
    assert (split.cost, split.shares.any()) == (0.0, False)


def test_one_supplier_of_one_item() -> None:
    assert solved(SupplierTerms(demand_per_day=[1.0], price=[[2.0]], period_days=3.0)).cost == 6.0
    assert split_suppliers(SupplierTerms(demand_per_day=[1.0], price=[[np.inf]])).report.status is (
        SolveStatus.INFEASIBLE
    )
