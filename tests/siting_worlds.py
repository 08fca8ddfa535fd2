"""Three towns along a road, four places where a station could be, and appliances that fail: where to open?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import optimize
import sim
from optimize import Outlook
from scenarios import Plan, Scenario
from tests.factory import merged
from tests.service_worlds import constant, installed, mode, product, service_world

Row = Mapping[str, Any]

TOWNS = ("west", "centre", "east")
"""Regions; every town has two stores."""
STATIONS = ("W", "M", "E", "N")
"""One per town, and one north of the middle where nobody lives."""
_LONGITUDE = {"west": 0.0, "centre": 0.35, "east": 0.7}
_UNITS = {"west": 1_500, "centre": 3_000, "east": 1_500}
_STATION_PLACES = {"W": (0.0, 0.0), "M": (0.0, 0.35), "E": (0.0, 0.7), "N": (0.2, 0.35)}
STATION_COST = {"W": 160.0, "M": 150.0, "E": 160.0, "N": 90.0}
DAY_SHIFT = {"id": "day", "start_hour": 8.0, "hours": 9.0, "break_minutes": 60.0}
_GROUP_SIZE = 3


def siting_world(
    days: int = 28, sites: Row | None = None, technicians: Row | None = None, **changes: Any
) -> Scenario:
    """About thirty repairs a day in three towns 39 km apart, with a station in each of them today.

    Args:
        days: length of the run.
        sites: of `policy.optimised.sites`; nothing asked for beyond the least cost.
        technicians: of `policy.optimised.technicians`.
        changes: top-level blocks laid over the result.
    """
    stores = [
        {"store_id": f"{town}-{number}", "region": town, "latitude": 0.02 * number, "longitude": east}
        for town, east in _LONGITUDE.items()
        for number in range(2)
    ]
    stations = [
        {
            "station_id": name,
            "latitude": north,
            "longitude": east,
            "facility_cost_per_day": STATION_COST[name],
        }
        for name, (north, east) in _STATION_PLACES.items()
    ]
    groups = [
        {"id": name, "station_id": name, "count": _GROUP_SIZE, "shift_id": DAY_SHIFT["id"]}
        for name in ("W", "M", "E")
    ]
    plain: dict[str, Any] = {
        "network": {"stores": stores},
        "service": {
            "stations": stations,
            "repair": {"spread_km": 4.0},
            "roads": {"speed_km_per_hour": 40.0},
        },
        "costs": {"service": {"technician_per_hour": 30.0, "van_per_day": 20.0, "van_per_km": 0.5}},
        "policy": {
            "service": {
                "open_stations": ["W", "M", "E"],
                "radius_km": 15.0,
                "appointments": {},
                "workforce": {"shifts": [DAY_SHIFT], "groups": groups},
            },
            "optimised": {"sites": dict(sites or {}), "technicians": dict(technicians or {})},
        },
    }
    return service_world(
        days=days,
        products=[product(per_year=1.8)],
        modes=[mode("pump", repair_minutes=constant(40))],
        base=[installed(units, region=town, age_months=12) for town, units in _UNITS.items()],
        **merged(plain, changes),
    )


def planned(scenario: Scenario) -> tuple[Plan, Outlook]:
    """The plan of a scenario, and what was to be expected before it."""
    return optimize.plan(scenario, outlook=sim.outlook), sim.outlook(scenario)


def open_sets(required: Sequence[int], stations: int) -> list[tuple[int, ...]]:
    """All sets of stations that could be open, by number."""
    sets = [
        tuple(station for station in range(stations) if number >> station & 1)
        for number in range(1, 2**stations)
    ]
    return [found for found in sets if set(required) <= set(found)]
