"""A world of field service in which everything happens: stations, roads, breaks, crews, failed visits, urgent jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios import Scenario
from sim import RunResult
from tests.factory import merged
from tests.service_worlds import STATION, constant, installed, mode, product, service_world

IntArray = npt.NDArray[np.int64]
DAY_SHIFT = {"id": "day", "start_hour": 8.0, "hours": 9.0, "break_minutes": 45.0}
FAR = "FAR"


def crew(name: str, count: int, station: str = STATION, level: int = 3, **fields: Any) -> dict[str, Any]:
    """Technicians with the skill `white`."""
    skills = {"white": level} if level else {}
    return {
        "id": name, "station_id": station, "count": count, "shift_id": "day", "skills": skills, **fields,
    }  # fmt: skip


def busy_world(days: int = 28, **changes: Any) -> Scenario:
    """About nine repairs a day for four technicians of two stations some 5 km apart; `changes` are laid over it."""
    plain: dict[str, Any] = {
        "service": {
            "stations": [
                {"station_id": STATION},
                {"station_id": FAR, "latitude": 0.0, "longitude": 0.05},
            ],
            "repair": {
                "spread_km": 8.0,
                "absent_share": 0.1,
                "quote_minutes": 5.0,
                "settle_minutes": 5.0,
                "quote_half_price": 100.0,
            },
            "roads": {
                "speed_km_per_hour": 30.0,
                "coefficient_of_variation": 0.4,
                "hour_factors": [1.0] * 7 + [1.5, 1.5] + [1.0] * 7 + [1.4, 1.4] + [0.8] * 6,
            },
            "people": {"skill": {"success_shares": [0.5, 0.6, 0.8, 0.9, 1.0]}},
        },
        "policy": {
            "service": {
                "appointments": {},
                "workforce": {
                    "shifts": [DAY_SHIFT],
                    "groups": [crew("T", 2), crew("F", 2, FAR)],
                },
            }
        },
    }
    modes = [
        mode("pump", skill_id="white", level=2, weight=6, price=60.0),
        mode("drum", skill_id="white", level=1, weight=1, people=2, repair_minutes=constant(50)),
        mode("hose", weight=3),
    ]
    return service_world(
        days=days,
        products=[product(per_year=1.6, warranty_months=24)],
        modes=modes,
        base=[installed(1_000, age_months=12), installed(1_000, age_months=60)],
        **merged(plain, changes),
    )


def dispatching(**terms: Any) -> dict[str, Any]:
    """A policy block with terms of dispatch."""
    return {"service": {"dispatch": terms}}


def requests_of(result: RunResult) -> Mapping[str, IntArray]:
    """Columns of the requests by number."""
    table = result.tables["requests"]
    order = np.argsort(table["request"], kind="stable")
    return {name: column[order] for name, column in table.columns.items()}


def promised_once(requests: Mapping[str, IntArray]) -> npt.NDArray[np.bool_]:
    """Requests that one visit by appointment ended."""
    by_appointment = requests["promised_from_second"] >= 0
    return np.asarray((requests["visits"] == 1) & (requests["outcome"] > 0) & by_appointment)


def metres_per_visit(result: RunResult) -> float:
    return float(result.tables["visits"]["metres"].mean())
