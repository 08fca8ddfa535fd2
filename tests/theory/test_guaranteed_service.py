"""Guaranteed service: published networks, every placement of small ones, the checker, what must not change anything."""

from __future__ import annotations

import csv
import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimize.stock import guaranteed_service
from optimize.stock import guaranteed_service_general as general
from optimize.stock.guaranteed_service import Pooling, place_safety_stock, pooled_demand_bounds
from optimize.stock.service_network import ServiceNetwork, ServicePlacement, check_placement
from scenarios import SolveStatus
from tests.reference import reference_path
from tests.textbook import answer, instance

_LOOPS = ["chemicals", "cutlery", "fast_food", "fast_toys", "food", "semiconductors", "toys"]


def _textbook_network(name: str) -> tuple[ServiceNetwork, list[int]]:
    """Network of a textbook instance and the numbers its stages bear there."""
    nodes = instance(name)["_nodes"]
    names = [node["_index"] for node in nodes]
    edges = [
        (names.index(node["_index"]), names.index(other))
        for node in nodes
        for other in node["_successor_indices"]
    ]
    own = [
        node["demand_bound_constant"] * ((node["demand_source"] or {}).get("standard_deviation") or 0.0)
        for node in nodes
    ]
    network = ServiceNetwork.of(
        [node["processing_time"] for node in nodes],
        [node["local_holding_cost"] for node in nodes],
        pooled_demand_bounds(own, edges),
        edges,
        [
            math.inf if node["external_outbound_cst"] is None else node["external_outbound_cst"]
            for node in nodes
        ],
        [node["external_inbound_cst"] or 0 for node in nodes],
    )
    return network, names


def _published_network(
    name: str,
    holding_rate: float,
    promises: Mapping[str, int] | None = None,
    pooling: Pooling = Pooling.BY_EDGE,
    adds_up_costs: bool = True,
) -> tuple[list[str], ServiceNetwork]:
    """A network of Graves and Willems: stage costs add up downstream, holding costs are a share of them."""
    path = reference_path(f"inventory/gsm_networks/{name}.csv")
    rows = [row for row in csv.reader(path.read_text(encoding="utf-8").splitlines()) if row][1:]
    names = [row[0] for row in rows]
    links, units = [], []
    for row in rows:
        for place in range(8, len(row) - 1, 2):
            if row[place]:
                links.append((names.index(row[place]), names.index(row[0])))
                units.append(float(row[place + 1]))
    own = [float(row[6]) * float(row[7]) if row[6] else 0.0 for row in rows]
    bare = ServiceNetwork.of([int(row[1]) for row in rows], np.zeros(len(rows)), own, links)
    cost = np.array([float(row[3]) for row in rows])
    if adds_up_costs:
        for stage in bare.upstream_first():
            cost[stage] += sum(
                unit * cost[supplier]
                for (supplier, customer), unit in zip(links, units, strict=True)
                if customer == stage
            )
    limits = [(promises or {}).get(row[0], float(row[2]) if row[2] else math.inf) for row in rows]
    bounds = pooled_demand_bounds(own, links, units, pooling=pooling)
    return names, ServiceNetwork.of(bare.lead_times, holding_rate * cost, bounds, links, limits)


def _least(network: ServiceNetwork) -> float:
    """Least cost over all promises, written down from the model alone."""
    stages = len(network.lead_times)
    best = math.inf
    for outbound in itertools.product(*(range(int(limit) + 1) for limit in network.promise_limits)):
        cost = 0.0
        for stage in range(stages):
            suppliers = [outbound[a] for a, b in network.edges.tolist() if b == stage]
            waits = max([int(network.inbound_times[stage]), *suppliers])
            covered = waits + int(network.lead_times[stage]) - outbound[stage]
            cost += (
                math.inf
                if covered < 0
                else network.holding_costs[stage] * network.demand_bounds[stage] * math.sqrt(covered)
            )
        best = min(best, cost)
    return best


def _random_network(seed: int, stages: int, edges: int, longest_lead: int) -> ServiceNetwork:
    """`stages` - 1 edges make a tree in any direction, more of them close loops."""
    rng = np.random.default_rng(seed)
    links = set()
    for stage in range(1, stages):
        links.add((int(rng.integers(stage)), stage))
    while len(links) < edges:
        one, other = sorted(rng.choice(stages, 2, replace=False).tolist())
        links.add((one, other))
    flip = np.random.default_rng(seed + 1).permutation(stages) if edges >= stages else None
    pairs = [(a, b) if rng.random() < 0.5 or edges >= stages else (b, a) for a, b in sorted(links)]
    if flip is not None:
        pairs = [(int(flip[a]), int(flip[b])) for a, b in pairs]
    is_last = ~np.isin(np.arange(stages), [a for a, _ in pairs])
    limits = np.where(is_last, rng.integers(0, 3, stages), np.where(rng.random(stages) < 0.2, 1.0, math.inf))
    return ServiceNetwork.of(
        rng.integers(0, longest_lead + 1, stages),
        rng.uniform(0, 5, stages) * (rng.random(stages) < 0.9),
        rng.uniform(0, 5, stages),
        pairs,
        limits,
        rng.integers(0, 3, stages) * (rng.random(stages) < 0.3),
    )


@pytest.mark.parametrize("name", ["example_6_3", "example_6_5"])
def test_textbook_trees(name: str) -> None:
    network, names = _textbook_network(name)
    published = answer(name, "GSM tree optimal CST")
    best = place_safety_stock(network)
    assert best.cost == pytest.approx(published["cost"], rel=1e-14)
    assert dict(zip(map(str, names), best.outbound.tolist(), strict=True)) == published["cst"]
    assert best.status is SolveStatus.OPTIMAL


@pytest.mark.parametrize("pooling", Pooling)
@pytest.mark.parametrize(
    ("key", "name", "rate", "promises"),
    [
        ("bulldozer.csv@0.3", "bulldozer", 0.3, {}),
        ("digital_camera.csv@0.24", "digital_camera", 0.24, {}),
        ("camera scenario2 Imager<=0", "digital_camera", 0.24, {"Imager": 0}),
        ("camera scenario3", "digital_camera", 0.24, {"Imager": 0, "Build_Test_Pack": 0, "Transfer": 0}),
        ("camera scenario4", "digital_camera", 0.24, {"Imager": 0, "Transfer": 0}),
    ],
)
def test_graves_and_willems(
    key: str, name: str, rate: float, promises: dict[str, int], pooling: Pooling
) -> None:
    verified = json.loads(reference_path("inventory/reference/gsm_verified.json").read_text(encoding="utf-8"))
    names, network = _published_network(name, rate, promises, pooling)
    best = place_safety_stock(network)
    edge_or_leaf = "edge" if pooling is Pooling.BY_EDGE else "leaf"
    status, cost, bound = verified[key].get(f"{edge_or_leaf}_pooled", verified[key]["edge_pooled"])
    assert (best.status.value.upper(), round(best.cost, 3), round(best.bound, 3)) == (status, cost, bound)
    promised = verified[key].get(f"outbound_service_times_{edge_or_leaf}", verified[key].get("outbound"))
    assert dict(zip(names, best.outbound.tolist(), strict=True)) == promised


def test_published_stage_costs_of_the_bulldozer() -> None:
    path = reference_path("inventory/gsm_networks/bulldozer_solution.json")
    names, network = _published_network("bulldozer", 0.3)
    best = place_safety_stock(network)
    for name, published in json.loads(path.read_text(encoding="utf-8")):
        stage = names.index(name)
        assert best.outbound[stage] == published["s"]
        # Printed figures are of a demand bound with fewer digits: 0.05 % apart at most.
        assert network.holding_costs[stage] * best.safety_stock[stage] == pytest.approx(
            published["cost"], rel=5e-4, abs=1.0
        )


def test_reference_policy_of_the_bulldozer() -> None:
    """There holding costs are a share of a stage's own cost alone."""
    path = reference_path("inventory/gsm_networks/reference_solution.json")
    published = json.loads(path.read_text(encoding="utf-8"))
    names, network = _published_network("bulldozer", 0.3, adds_up_costs=False)
    outbound = np.array([published["policy"][name]["s"] for name in names])
    inbound = np.array([published["policy"][name]["si"] for name in names])
    covered = inbound + network.lead_times - outbound
    stock = network.demand_bounds * np.sqrt(covered)
    cost = published["cost"]
    given = ServicePlacement(outbound, inbound, covered, stock, cost, 0.0, SolveStatus.FEASIBLE)
    assert check_placement(network, given, tolerance=1e-12) == []
    assert place_safety_stock(network).cost <= cost * (1 + 1e-12)


@pytest.mark.parametrize("pooling", Pooling)
@pytest.mark.parametrize("name", _LOOPS)
def test_networks_with_loops_are_solved_to_the_proof(name: str, pooling: Pooling) -> None:
    _, network = _published_network(name, 0.3, pooling=pooling)
    assert general.best_of_forest(network) is None
    best = place_safety_stock(network)
    assert best.status is SolveStatus.OPTIMAL
    assert 0.0 <= best.gap < 1e-9
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(general, "_PRICE_ROUNDS", 1)
        patch.setattr(general, "_PROVEN_GAP", -1.0)
        assert place_safety_stock(network).cost == pytest.approx(best.cost, rel=1e-9)


def test_prices_bring_the_bound_near_in_large_networks() -> None:
    network = _random_network(12, stages=100, edges=200, longest_lead=5)
    candidates = general._candidates(network)
    outbound, bound = general._constructed(network, candidates)
    made = general.placement(network, outbound, bound, SolveStatus.FALLBACK)
    assert check_placement(network, made) == []
    assert 0.0 <= made.gap < 0.02


@pytest.mark.parametrize("seed", range(40))
def test_every_placement_of_a_small_tree(seed: int) -> None:
    network = _random_network(seed, stages=5, edges=4, longest_lead=3)
    best = place_safety_stock(network)
    assert best.cost == pytest.approx(_least(network), rel=1e-12, abs=1e-12)
    assert best.status is SolveStatus.OPTIMAL
    assert best.bound == pytest.approx(best.cost, rel=1e-12)


@pytest.mark.parametrize("seed", range(25))
def test_every_placement_of_a_small_network_with_loops(seed: int) -> None:
    network = _random_network(seed, stages=5, edges=7, longest_lead=2)
    least = _least(network)
    best = place_safety_stock(network)
    assert best.cost == pytest.approx(least, rel=1e-9, abs=1e-9)
    assert best.status is SolveStatus.OPTIMAL
    assert best.bound <= least * (1 + 1e-12)


@pytest.fixture
def only_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """No placement by construction is good enough to do without the search."""
    monkeypatch.setattr(general, "_PRICE_ROUNDS", 1)
    monkeypatch.setattr(general, "_PROVEN_GAP", -1.0)


@pytest.mark.usefixtures("only_search")
@pytest.mark.parametrize("seed", range(12))
def test_the_search_finds_the_best_of_every_placement(seed: int) -> None:
    network = _random_network(seed, stages=5, edges=8, longest_lead=2)
    least = _least(network)
    best = place_safety_stock(network)
    assert best.cost == pytest.approx(least, rel=1e-9, abs=1e-9)
    assert best.status is SolveStatus.OPTIMAL
    assert least * (1 - 1e-9) - 1e-9 <= best.bound <= least * (1 + 1e-12)


@pytest.mark.usefixtures("only_search")
@pytest.mark.parametrize("seed", range(8))
def test_the_search_agrees_with_the_dynamic_programme_on_trees(seed: int) -> None:
    network = _random_network(seed, stages=14, edges=13, longest_lead=6)
    exact = place_safety_stock(network)
    searched = general.place_in_general(network, 30.0, lambda step, finished, wanted: None)
    assert check_placement(network, searched) == []
    assert searched.cost == pytest.approx(exact.cost, rel=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_the_fallback_keeps_all_rules_and_its_bound_holds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    network = _random_network(seed, stages=9, edges=14, longest_lead=5)
    best = place_safety_stock(network)
    monkeypatch.setattr(general, "_MOST_PAIRS", 0)
    monkeypatch.setattr(general, "_PRICE_ROUNDS", 1)
    monkeypatch.setattr(general, "_PROVEN_GAP", -1.0)
    made = place_safety_stock(network)
    assert made.status is SolveStatus.FALLBACK
    assert made.bound <= best.cost * (1 + 1e-9)
    assert made.cost >= best.cost * (1 - 1e-9)
    assert made.cost <= 1.5 * best.cost + 1e-9


@pytest.mark.usefixtures("only_search")
def test_a_work_limit_leaves_a_placement_and_a_bound() -> None:
    network = _random_network(3, stages=30, edges=60, longest_lead=5)
    limited = place_safety_stock(network, work_limit=1e-3)
    assert limited.status in (SolveStatus.FEASIBLE, SolveStatus.FALLBACK)
    assert 0.0 <= limited.bound <= limited.cost


@pytest.mark.usefixtures("only_search")
def test_same_network_same_placement() -> None:
    network = _random_network(4, stages=10, edges=16, longest_lead=4)
    first = place_safety_stock(network)
    for _ in range(20):
        again = place_safety_stock(network)
        assert again.outbound.tolist() == first.outbound.tolist()
        assert (again.cost, again.bound) == (first.cost, first.bound)


@pytest.mark.parametrize("edges", [7, 12])
def test_permuting_stages_and_scaling_units_change_nothing(edges: int) -> None:
    network = _random_network(2, stages=8, edges=edges, longest_lead=4)
    plain = place_safety_stock(network)
    turned = np.random.default_rng(1).permutation(8)
    place = np.argsort(turned)
    other = ServiceNetwork.of(
        network.lead_times[turned],
        network.holding_costs[turned],
        network.demand_bounds[turned],
        place[network.edges][::-1],
        network.promise_limits[turned],
        network.inbound_times[turned],
    )
    assert place_safety_stock(other).cost == pytest.approx(plain.cost, rel=1e-9)
    cents = replace(network, holding_costs=network.holding_costs * 100)
    assert place_safety_stock(cents).cost == pytest.approx(plain.cost * 100, rel=1e-9)
    halves = replace(
        network,
        lead_times=network.lead_times * 4,
        promise_limits=network.promise_limits * 4,
        inbound_times=network.inbound_times * 4,
        longest=network.longest * 4,
    )
    assert place_safety_stock(halves).cost == pytest.approx(plain.cost * 2, rel=1e-9)


def test_longer_promises_never_cost_more_and_longer_work_never_less() -> None:
    network = _random_network(6, stages=9, edges=8, longest_lead=4)
    last = ~np.isin(np.arange(9), network.edges[:, 0])
    costs = [
        place_safety_stock(
            replace(
                network, promise_limits=np.where(last, np.minimum(days, network.longest), network.longest)
            )
        ).cost
        for days in range(8)
    ]
    assert costs == sorted(costs, reverse=True)
    slower = [
        place_safety_stock(
            ServiceNetwork.of(
                network.lead_times + extra,
                network.holding_costs,
                network.demand_bounds,
                network.edges,
                np.where(last, 0, math.inf),
            )
        ).cost
        for extra in range(4)
    ]
    assert slower == sorted(slower)


def test_pooling_by_hand() -> None:
    """Stage 0 serves 1 and 2, both serve 3; 2 units of 1 and 3 of 2 go into one of 3."""
    edges, units = [(0, 1), (0, 2), (1, 3), (2, 3)], [1, 1, 2, 3]
    by_edge = pooled_demand_bounds([0, 0, 0, 10], edges, units)
    assert by_edge == pytest.approx([math.hypot(20, 30), 20, 30, 10])
    by_final = pooled_demand_bounds([0, 0, 0, 10], edges, units, pooling=Pooling.BY_FINAL_STAGE)
    assert by_final == pytest.approx([50, 20, 30, 10])
    assert pooled_demand_bounds([0, 3, 4], [(0, 1), (0, 2)], exponent=1.0) == pytest.approx([7, 3, 4])


_MUTATIONS: dict[str, dict[str, Any]] = {
    "waits 0 for stage": {"inbound": 0},
    "not 0 ..": {"outbound": 99},
    "its times leave": {"covered": 5},
    "units, not": {"safety_stock": 123.0},
    "the cost is": {"cost": 1.0},
    "is above the cost": {"bound": 1e9},
}


@pytest.mark.parametrize("complaint", _MUTATIONS)
def test_the_checker_sees_every_change(complaint: str) -> None:
    network = ServiceNetwork.of([3, 2, 1], [1, 2, 3], [5, 5, 5], [(0, 1), (1, 2)], [math.inf, math.inf, 0])
    best = place_safety_stock(network)
    assert check_placement(network, best) == []
    late = ServicePlacement(
        np.array([3, 5, 0]),
        np.array([0, 3, 5]),
        np.array([0, 0, 6]),
        np.array([0.0, 0.0, 5 * 6**0.5]),
        15 * 6**0.5,
        0.0,
        SolveStatus.FEASIBLE,
    )
    assert check_placement(network, late) == []
    (name, value), *_ = _MUTATIONS[complaint].items()
    if isinstance(getattr(late, name), np.ndarray):
        changed = getattr(late, name).copy()
        changed[1] = value
    else:
        changed = value
    wrong = check_placement(network, replace(late, **{name: changed}))
    assert any(complaint in sentence for sentence in wrong), wrong


def test_the_checker_knows_goods_from_outside_and_lengths() -> None:
    network = ServiceNetwork.of([1, 1], [1, 1], [1, 1], [(0, 1)], None, [4, 0])
    best = place_safety_stock(network)
    early = replace(best, inbound=np.array([0, best.inbound[1]]))
    assert any("goods from outside take 4" in sentence for sentence in check_placement(network, early))
    assert check_placement(network, replace(best, outbound=np.zeros(3))) == [
        "service times are not those of 2 stages"
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"lead_times": [1, -1]}, r"lead_times\[1\] must be at least 0"),
        ({"lead_times": [1, 0.5]}, r"lead_times\[1\] must be whole periods, got 0.5"),
        ({"lead_times": [1, math.nan]}, r"lead_times\[1\] must be at least 0"),
        ({"lead_times": [1, 1e12]}, "lead_times must add up to at most 100000"),
        ({"lead_times": []}, "lead_times must be a list of one or more"),
        ({"holding_costs": [1]}, "holding_costs must be a list of 2 numbers"),
        ({"holding_costs": [1, -1]}, r"holding_costs\[1\] must be at least 0"),
        ({"demand_bounds": [1, math.inf]}, r"demand_bounds\[1\] must be at least 0"),
        ({"edges": [(0, 1), (1, 0)]}, "edges must form no cycle, got one that holds up 2 stages"),
        ({"edges": [(0, 0)]}, "edges must form no cycle"),
        ({"edges": [(0, 2)]}, r"edges\[0\] must name two of 2 stages, got \[0.0, 2.0\]"),
        ({"edges": [(0, 1), (0, 1)]}, r"edges\[1\] must be named once"),
        ({"edges": [0, 1, 2]}, "edges must be pairs"),
        ({"edges": [(0, "b")]}, "edges must be numbers"),
        ({"promise_limits": [1, -1]}, r"promise_limits\[1\] must be at least 0"),
        ({"promise_limits": [1, 1, 1]}, "promise_limits must be a list of 2 numbers"),
        ({"promise_limits": [1, "soon"]}, "promise_limits must be numbers"),
        ({"inbound_times": [1, 0.5]}, r"inbound_times\[1\] must be whole periods"),
    ],
)
def test_impossible_networks_are_named(wrong: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {
        "lead_times": [1, 2],
        "holding_costs": [1, 2],
        "demand_bounds": [1, 1],
        "edges": [(0, 1)],
    }
    with pytest.raises(ValueError, match=message):
        ServiceNetwork.of(**{**given, **wrong})


def test_impossible_limits_and_pooling_are_named() -> None:
    network = ServiceNetwork.of([1], [1], [1], [])
    with pytest.raises(ValueError, match="work_limit must be above 0"):
        place_safety_stock(network, work_limit=0)
    with pytest.raises(ValueError, match="exponent must be at least 1"):
        pooled_demand_bounds([1, 1], [(0, 1)], exponent=0.5)
    with pytest.raises(ValueError, match="units must be a list of 1 numbers"):
        pooled_demand_bounds([1, 1], [(0, 1)], units=[1, 2])


def test_huge_costs_and_networks_without_any() -> None:
    edges = [(0, 1), (0, 2), (1, 3), (2, 3)]
    dear = ServiceNetwork.of([2, 1, 3, 1], [1e15] * 4, [1e15] * 4, edges, [math.inf, math.inf, math.inf, 0])
    assert place_safety_stock(dear).cost == pytest.approx(_least(dear), rel=1e-9)
    free = ServiceNetwork.of([2, 1, 3, 1], [0.0] * 4, [1.0] * 4, edges, [math.inf, math.inf, math.inf, 0])
    assert place_safety_stock(free).cost == 0.0


def test_an_answer_that_breaks_its_rules_is_never_given(monkeypatch: pytest.MonkeyPatch) -> None:
    network = ServiceNetwork.of([3, 2], [1, 2], [5, 5], [(0, 1)], [math.inf, 0])
    monkeypatch.setattr(guaranteed_service, "check_placement", lambda network, answer: ["stage 0 is late"])
    with pytest.raises(AssertionError, match="stage 0 is late"):
        place_safety_stock(network)


def test_one_stage_alone() -> None:
    alone = place_safety_stock(ServiceNetwork.of([9], [2.0], [5.0], [], [0]))
    assert (alone.cost, alone.covered.tolist()) == (pytest.approx(2 * 5 * 3), [9])
    free = place_safety_stock(ServiceNetwork.of([9], [2.0], [5.0], []))
    assert (free.cost, free.outbound.tolist(), free.gap) == (0.0, [9], 0.0)
