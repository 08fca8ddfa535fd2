"""A dozen stores all around a centre, half of them served on odd weekdays, the others on even ones."""

from __future__ import annotations

from math import cos, radians, sin
from typing import Any

from scenarios import Scenario
from tests.behaviour.worlds import Changes, chain

ODD_DAYS, EVEN_DAYS = ("mon", "wed", "fri"), ("tue", "thu", "sat")
_EVES = {ODD_DAYS: ("sun", "tue", "thu"), EVEN_DAYS: ("mon", "wed", "fri")}
STORES: list[dict[str, Any]] = [
    {
        "store_id": f"S{number:02}",
        "latitude": 0.08 * (1 + number % 3) * sin(radians(27 * number % 360)),
        "longitude": 0.08 * (1 + number % 3) * cos(radians(27 * number % 360)),
        "size": 0.5 + 0.25 * (number % 4),
        "receives_until_hour": 14.0,
    }
    for number in range(12)
]
SERVED_ON = {ODD_DAYS: STORES[::2], EVEN_DAYS: STORES[1::2]}
"""Weekdays of delivery -> stores; they order on the eves."""
DAILY: dict[str, Any] = {
    "policy": {
        "replenishment": [
            {
                "mode": {"kind": "min_max", "reorder_point": {"units": 119}, "order_up_to": {"units": 120}},
                "scope": {"stores": [store["store_id"] for store in stores]},
                "order_weekdays": _EVES[weekdays],
            }
            for weekdays, stores in SERVED_ON.items()
        ]
    }
}


def delivered(*changes: Changes) -> Scenario:
    """Every store orders what it sold, is open all week and never short; four vans take three or four stores each."""
    world: dict[str, Any] = {
        "horizon": {"days": 42, "warm_up_days": 14},
        "network": {"stores": STORES},
        "initial": {"store_days_of_demand": 25.0},
        "fleet": {
            "truck_types": [
                {"id": "van", "capacity_kg": 60.0, "capacity_litres": 1_000.0, "cost_per_km": 1.5}
            ],
            "roads": {"speed_km_per_hour": 40.0},
        },
        "costs": {"labour": {"driver_per_hour": 30.0}},
        "policy": {
            "transport": {
                "mode": "fleet",
                "trucks": [{"type_id": "van", "count": 4, "start_hour": 5.0, "hours": 10.0}],
                "routes": {"engine": "ortools", "solution_limit": 30},
            },
        },
    }
    return chain(world, DAILY, *changes)


def planning(how: str, **routes: Any) -> dict[str, Any]:
    """Who decides about the routes, and how."""
    return {"policy": {"transport": {"planning": how, "routes": routes}}}


def traffic(coefficient_of_variation: float, **roads: Any) -> dict[str, Any]:
    """Chance on the roads."""
    return {"fleet": {"roads": {"coefficient_of_variation": coefficient_of_variation, **roads}}}


__all__ = ["EVEN_DAYS", "ODD_DAYS", "SERVED_ON", "STORES", "delivered", "planning", "traffic"]
