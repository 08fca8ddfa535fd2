"""An experiment: fixed rounds by weekday against routes planned anew every day, on the same customers and orders."""

from __future__ import annotations

from math import cos, radians, sin
from typing import Any

import pytest

from scenarios import Scenario
from sim import RunResult
from tests.behaviour.worlds import chain, kpis, runs, surely_positive

REPLICATIONS = 5
ODD_DAYS, EVEN_DAYS = ("mon", "wed", "fri"), ("tue", "thu", "sat")
EVES = {ODD_DAYS: ("sun", "tue", "thu"), EVEN_DAYS: ("mon", "wed", "fri")}
DEGREES = [float(27 * number % 360) for number in range(12)]
STORES = [
    {
        "store_id": f"S{number:02}",
        "latitude": 0.08 * (1 + number % 3) * sin(radians(angle)),
        "longitude": 0.08 * (1 + number % 3) * cos(radians(angle)),
        "size": 0.5 + 0.25 * (number % 4),
    }
    for number, angle in enumerate(DEGREES)
]
TERRITORY = {ODD_DAYS: STORES[::2], EVEN_DAYS: STORES[1::2]}
"""Stores that are served on the same weekdays; every other one all around the centre."""


def rounds() -> list[dict[str, Any]]:
    """Rounds of two neighbours by direction, small enough for the heaviest days."""
    made: list[dict[str, Any]] = []
    for weekdays, stores in TERRITORY.items():
        around = sorted(stores, key=lambda store: DEGREES[int(store["store_id"][1:])])
        for first in range(0, len(around), 2):
            names = [store["store_id"] for store in around[first : first + 2]]
            made.append({"stores": names, "weekdays": weekdays})
    return made


def world(planning: str, routes: dict[str, Any]) -> Scenario:
    """Stores order on the eves of their days; vans take what three or four of them sell in two days."""
    orders = [
        {
            "mode": {"kind": "min_max", "reorder_point": {"units": 119}, "order_up_to": {"units": 120}},
            "scope": {"stores": [store["store_id"] for store in stores]},
            "order_weekdays": EVES[weekdays],
        }
        for weekdays, stores in TERRITORY.items()
    ]
    return chain(
        {
            "horizon": {"days": 56, "warm_up_days": 14},
            "network": {"stores": [{**store, "receives_until_hour": 14.0} for store in STORES]},
            "demand": {"patterns": [{"weekday_factors": [0.7, 0.7, 0.8, 0.9, 1.3, 1.5, 1.1]}]},
            "initial": {"store_days_of_demand": 25.0},
            "fleet": {
                "truck_types": [
                    {"id": "van", "capacity_kg": 60.0, "capacity_litres": 1_000.0, "cost_per_km": 1.5}
                ],
                "roads": {"coefficient_of_variation": 0.2, "speed_km_per_hour": 40.0},
            },
            "costs": {"labour": {"driver_per_hour": 30.0}},
            "policy": {
                "replenishment": orders,
                "transport": {
                    "mode": "fleet",
                    "trucks": [{"type_id": "van", "count": 4, "start_hour": 5.0, "hours": 10.0}],
                    "planning": planning,
                    "routes": routes,
                },
            },
        }
    )


@pytest.fixture(scope="module")
def fixed() -> list[RunResult]:
    return runs(world("given", {"master": rounds()}), REPLICATIONS)


@pytest.fixture(scope="module", params=["rule", "optimised"])
def daily(request: pytest.FixtureRequest) -> list[RunResult]:
    return runs(world(request.param, {"engine": "ortools", "solution_limit": 30}), REPLICATIONS)


def test_both_bring_the_same_goods(fixed: list[RunResult], daily: list[RunResult]) -> None:
    for one, other in zip(fixed, daily, strict=True):
        units = [result.tables["stops"]["units"].sum() for result in (one, other)]
        assert abs(units[0] - units[1]) < 0.03 * units[0]
        stops = [len(result.tables["stops"]) for result in (one, other)]
        assert abs(stops[0] - stops[1]) < 0.03 * stops[0]
        weekday = (one.labels.start_date.weekday() + one.tables["stops"]["arrived_second"] // 86_400) % 7
        assert (one.tables["stops"]["store"] % 2 == weekday % 2).all()


def test_daily_routes_need_no_more_kilometres_and_money(
    fixed: list[RunResult], daily: list[RunResult]
) -> None:
    """Rounds are made for the heaviest days; on the others daily routes join them."""
    for name in ("km_per_day", "cost_transport", "cost_per_drop"):
        assert surely_positive(kpis(fixed, name) - kpis(daily, name)), name
    assert surely_positive(kpis(daily, "truck_fill") - kpis(fixed, "truck_fill"))


def test_both_are_on_time_though_joined_rounds_keep_goods_on_the_road_for_longer(
    fixed: list[RunResult], daily: list[RunResult]
) -> None:
    assert (kpis(fixed, "on_time_share") > 0.99).all() and (kpis(daily, "on_time_share") > 0.99).all()
    assert surely_positive(kpis(daily, "road_hours") - kpis(fixed, "road_hours"))
