"""Days of technicians weighed against perfect information: one measure, never below zero, and nothing else moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim import RunResult
from sim.replans import Planned
from tests.field_worlds import busy_world, dispatching, promised_once, requests_of
from tests.service_worlds import constant, mode, run

DAY = 86_400
MONEY: dict[str, Any] = {"costs": {"service": {"technician_per_hour": 30.0, "van_per_km": 0.6}}}
TERMS: dict[str, Any] = {"plan": "optimised", "iterations": 60, "replan_minutes": 60.0}


def world(regret: bool = True, **terms: Any) -> Scenario:
    return busy_world(policy=dispatching(regret=regret, **(TERMS | terms)), **MONEY)


def certain(urgent_share: float, **terms: Any) -> Scenario:
    """Everything takes as long as expected, and all that is not urgent is known the day before."""
    repair = mode("pump", repair_minutes=constant(30), urgency_shares=[urgent_share, 1.0 - urgent_share, 0.0])
    return busy_world(
        service={
            "failure_modes": [repair],
            "repair": {"absent_share": 0.0, "quote_half_price": 0.0},
            "roads": {"coefficient_of_variation": 0.0, "hour_factors": [1.0] * 24},
            "people": {"skill": {"success_shares": [1.0] * 5}},
        },
        policy={
            "service": {
                "dispatch": TERMS | {"iterations": 400, "regret": True} | terms,
                "appointments": {"windows": [[8.0, 17.0]]},
            }
        },
        **MONEY,
    )


def others(result: RunResult) -> dict[str, list[list[int]]]:
    """All tables but that of regrets."""
    return {
        name: [column.tolist() for column in table.columns.values()]
        for name, table in result.tables.items()
        if name != "regrets"
    }


@pytest.fixture(scope="module", params=["optimised", "day_plan", "when_free"])
def plan(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def weighed(plan: str) -> RunResult:
    return run(world(plan=plan))


class TestEveryDay:
    def test_perfect_information_is_never_dearer(self, weighed: RunResult) -> None:
        rows = weighed.tables["regrets"]
        assert (rows["perfect_minor"] <= rows["realised_minor"]).all()
        assert (rows["perfect_minor"] < rows["realised_minor"]).any()
        assert weighed.kpis["technician_regret"] > 0.0
        assert 0.0 < weighed.kpis["technician_regret_share"] < 1.0

    def test_every_day_of_a_district_with_visits_has_its_row(self, weighed: RunResult) -> None:
        rows, visits = weighed.tables["regrets"], weighed.tables["visits"]
        assert (rows["kind"] == Planned.TECHNICIANS).all()
        weighed_days = set(zip((rows["second"] // DAY).tolist(), rows["place"].tolist(), strict=True))
        driven = set(
            zip((visits["departed_second"] // DAY).tolist(), visits["station"].tolist(), strict=True)
        )
        assert weighed_days == driven
        assert len(rows) == len(driven)

    def test_costs_are_finite_and_positive(self, weighed: RunResult) -> None:
        """Whatever was driven can be costed: no visit is left out of a day that it was part of."""
        rows = weighed.tables["regrets"]
        for column in ("planned_minor", "realised_minor", "perfect_minor"):
            assert (rows[column] >= 0).all()
            assert (rows[column] < 1e8).all()

    def test_looking_back_changes_nothing_else(self, weighed: RunResult, plan: str) -> None:
        plain = run(world(regret=False, plan=plan))
        assert others(plain) == others(weighed)
        assert not len(plain.tables["regrets"])
        assert np.isnan(plain.kpis["technician_regret"])


class TestKnowledge:
    def test_who_knows_all_in_the_morning_has_next_to_nothing_to_regret(self) -> None:
        result = run(certain(0.0))
        rows, requests = result.tables["regrets"], requests_of(result)
        late = (requests["first_arrived_second"] - requests["promised_until_second"])[promised_once(requests)]
        assert rows["realised_late_seconds"].sum() <= late.clip(0).sum()
        assert np.abs(rows["realised_minor"] - rows["planned_minor"]).max() <= 1
        assert result.kpis["technician_regret_share"] < 0.02

    def test_urgent_calls_through_the_day_leave_something_to_be_regretted(self) -> None:
        calm, rushed = run(certain(0.0)), run(certain(0.5))
        assert rushed.kpis["technician_regret"] > 3.0 * calm.kpis["technician_regret"] + 1.0

    def test_nobody_at_home_is_regretted(self) -> None:
        """The same certain world, but some customers do not open."""
        absent = certain(0.0).model_copy()
        service = absent.service
        assert service is not None
        repair = service.repair.model_copy(update={"absent_share": 0.3})
        absent = absent.model_copy(update={"service": service.model_copy(update={"repair": repair})})
        assert run(absent).kpis["technician_regret"] > 3.0 * run(certain(0.0)).kpis["technician_regret"] + 1.0


def test_crews_and_pooled_technicians_are_weighed_too() -> None:
    result = run(world(area="pooled", when_late="nothing"))
    rows = result.tables["regrets"]
    assert set(rows["place"].tolist()) == {0}
    assert (result.tables["visits"]["helper"] >= 0).any()
    assert (rows["perfect_minor"] <= rows["realised_minor"]).all()
