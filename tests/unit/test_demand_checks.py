"""Known demand and the days before the start: what is used, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from scenarios import Problem, check
from tests.factory import tiny_scenario

START = date(2025, 1, 6)
COVER = {"kind": "days_of_cover", "cover_days": 1.0}


def found(days: Iterable[int], mode: dict[str, Any] = COVER, **changes: Any) -> list[Problem]:
    """Problems of a scenario of 14 days with known demand on some days, day 0 being the first."""
    rows = [
        {"store_id": "S1", "sku_id": "A", "date": START + timedelta(days=day), "units": 1} for day in days
    ]
    policy = {"replenishment": [{"mode": mode}], **changes.pop("policy", {})}
    demand = {"mean_units_per_day": None, "known": rows}
    return check(tiny_scenario(demand=demand, policy=policy, **changes))


def test_rows_of_the_remembered_days_take_effect() -> None:
    assert found(range(-28, 14)) == []


def test_rows_before_the_remembered_days_and_after_the_horizon_do_not() -> None:
    problems = found([-29, *range(-28, 14), 14])
    assert [(problem.code, problem.value) for problem in problems] == [
        ("W604", "2024-12-08"),
        ("W604", "2025-01-20"),
    ]
    assert problems[0].rule == "this day is neither simulated nor remembered"


def test_rows_of_the_past_alone_are_no_demand_to_replay() -> None:
    assert "E505" in [problem.code for problem in found(range(-28, 0))]


def test_forecasts_that_start_from_nothing_are_told() -> None:
    (problem,) = found(range(14))
    assert (problem.code, problem.path) == ("W601", "demand.known")
    assert "nothing of the 28 days before the start" in problem.rule
    assert "2024-12-09 to 2025-01-05" in problem.hint


def test_a_past_that_begins_late_is_told() -> None:
    (problem,) = found(range(-7, 14))
    assert (problem.code, problem.path) == ("W601", "demand.known")
    assert "begins 7 days before the start" in problem.rule
    assert "`initial.remembered_days` to 7" in problem.hint
    assert found(range(-7, 14), initial={"remembered_days": 7}) == []


UNITS = {"kind": "base_stock", "order_up_to": {"units": 9}}
DAYS = {"days_of_demand": 2.0}


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({"mode": UNITS}, False),
        ({"policy": {"knowledge": "perfect"}}, False),
        ({"initial": {"remembered_days": 0}}, False),
        ({"mode": {**UNITS, "order_up_to": DAYS}}, True),
        ({"mode": {"kind": "vendor_managed", "cover_days": 1.0}}, True),
        ({"mode": UNITS, "policy": {"dc_replenishment": [{"mode": COVER}]}}, True),
        ({"mode": UNITS, "policy": {"emergency_orders": [{"trigger": {"units": 1}, "cover": DAYS}]}}, True),
        (
            {
                "mode": UNITS,
                "policy": {"dc_replenishment": [{"mode": COVER}]},
                "network": {"distribution_centres": [{"id": "DC", "stock": "unlimited"}]},
            },
            False,
        ),
    ],
)
def test_it_is_told_where_a_level_follows_a_forecast(changes: dict[str, Any], is_told: bool) -> None:
    told = [problem for problem in found(range(14), **changes) if problem.path == "demand.known"]
    assert bool(told) == is_told
