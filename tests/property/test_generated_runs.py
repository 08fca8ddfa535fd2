"""What holds for every run of every scenario: balanced books, repeatable bits, untouched inputs."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optimize
import sim
from scenarios import Scenario
from sim import Cell, Day, RunResult
from sim.axes import build_axes
from sim.market import build_market
from tests.defects import with_defects
from tests.property.rich_scenarios import Content, build, contents, everything


def run(scenario: Scenario, seed: int = 1, replication: int = 0) -> RunResult:
    return sim.simulate(scenario, optimize.plan(scenario), seed=seed, replication=replication)


@settings(max_examples=60)
@given(contents(), st.integers(0, 2**40), st.integers(0, 1000))
def test_the_books_of_every_run_balance(content: Content, seed: int, replication: int) -> None:
    result = run(build(content), seed, replication)  # raises BooksError otherwise
    assert result.panels.day.shape[0] == content["horizon"]["days"]


@settings(max_examples=25)
@given(contents(), st.sampled_from((0.1, 1.0)))
def test_the_books_balance_where_centres_hold_defective_goods(content: Content, share: float) -> None:
    with with_defects(share):
        result = run(build(content))  # raises BooksError otherwise
    assert result.panels.day.shape[0] == content["horizon"]["days"]


@pytest.mark.parametrize("closes_hour", [13.0, 24.0])
def test_a_truck_in_the_second_of_closing(closes_hour: float) -> None:
    stores = [{"store_id": "S1", "closes_hour": closes_hour, "lead_time_days": 1}]
    hour = min(closes_hour, 86_399 / 3600)
    content = {"network": {"stores": stores}, "policy": {"transport": {"delivery_hour": hour}}}
    result = run(build(content))
    arrived = result.tables["deliveries"]["arrived_second"]
    assert (arrived > 0).any()


@given(contents())
def test_the_same_run_twice_is_the_same_bit_for_bit(content: Content) -> None:
    first, second = run(build(content)), run(build(content))
    assert first.digest() == second.digest()
    assert first.identity == second.identity
    np.testing.assert_equal(dict(first.kpis), dict(second.kpis))


@settings(max_examples=10)
@given(contents(), st.permutations(range(3)))
def test_the_order_of_replications_does_not_matter(content: Content, order: list[int]) -> None:
    scenario = build(content)
    plan = optimize.plan(scenario)

    def digest(replication: int) -> str:
        return sim.simulate(scenario, plan, seed=5, replication=replication).digest()

    in_order = [digest(replication) for replication in range(3)]
    assert {number: digest(number) for number in order} == dict(enumerate(in_order))


@pytest.mark.parametrize("change", [{"seed": 2}, {"replication": 1}])
def test_another_seed_or_replication_is_another_world(change: dict[str, int]) -> None:
    scenario = build(everything())
    demands = [result.panels.cell[..., Cell.DEMAND] for result in (run(scenario), run(scenario, **change))]
    assert (demands[0] != demands[1]).any(axis=0).mean() > 0.8


@given(contents())
def test_a_run_writes_nothing_into_its_inputs(content: Content) -> None:
    scenario = build(content)
    plan = optimize.plan(scenario)
    before = scenario.digest, scenario.policy_digest, plan.digest
    sim.simulate(scenario, plan, seed=1, replication=0)
    assert (scenario.digest, scenario.policy_digest, plan.digest) == before


@settings(max_examples=15)
@given(contents())
def test_scenario_plan_and_result_survive_pickling(content: Content) -> None:
    scenario = build(content)
    plan = optimize.plan(scenario)
    result = sim.simulate(scenario, plan, seed=1, replication=0)
    assert pickle.loads(pickle.dumps(result)).digest() == result.digest()
    travelled_scenario, travelled_plan = pickle.loads(pickle.dumps((scenario, plan)))
    assert travelled_plan.digest == plan.digest
    again = sim.simulate(travelled_scenario, travelled_plan, seed=1, replication=0)
    assert again.digest() == result.digest()


def arrays(found: Any, path: str) -> Iterator[tuple[str, np.ndarray]]:
    if isinstance(found, np.ndarray):
        yield path, found
    elif isinstance(found, Mapping):
        for key, value in found.items():
            yield from arrays(value, f"{path}[{key}]")
    elif is_dataclass(found):
        for field in fields(found):
            yield from arrays(getattr(found, field.name), f"{path}.{field.name}")


def test_plans_and_results_are_read_only() -> None:
    scenario = build(everything())
    plan = optimize.plan(scenario)
    result = sim.simulate(scenario, plan, seed=1, replication=0)
    found = [*arrays(plan, "plan"), *arrays(result, "result")]
    result_tables = [name for table in result.tables.values() for name in table.columns]
    assert len(found) > len(result_tables) + 20
    assert [path for path, array in found if array.flags.writeable] == []


@given(contents())
def test_no_more_is_sold_than_there_is_and_no_opening_time_is_made_up(content: Content) -> None:
    scenario = build(content)
    result = run(scenario)
    day, cell = result.panels.day, result.panels.cell.sum(axis=0, dtype=np.int64)
    there = result.opening.store_units + cell[..., Cell.RECEIVED] + cell[..., Cell.RETURNED]
    assert (cell[..., Cell.SOLD] <= there).all()
    assert (result.closing.store_units >= 0).all()
    assert (result.closing.centre_units >= 0).all()

    axes = build_axes(scenario)
    market = build_market(scenario, axes, seed=1, replication=0)
    seconds = np.where(market.open_day, np.minimum(market.closes_second, 86_400) - market.opens_second, 0)
    shown = market.listed[np.newaxis] & (market.on_sale == 1)[:, np.newaxis]
    for index in range(axes.classes):
        of_class = slice(axes.class_start[index], axes.class_stop[index])
        expected = seconds * shown[:, :, of_class].sum(axis=2)
        np.testing.assert_array_equal(day[:, :, index, Day.OPEN_SECONDS], expected)
    # Known orders are replayed as they were; nothing else happens at a store that is shut.
    is_replay = any(rule.mode.kind == "known_orders" for rule in scenario.policy.replenishment)
    idle = [Day.DEMAND, Day.RETURNED, Day.EMERGENCY_ORDERED, *([] if is_replay else [Day.ORDERED])]
    assert (day[~market.open_day][..., idle] == 0).all()
