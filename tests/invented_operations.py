"""Invented operations for invented studies: a day of trucks and people, stages, doors and reviews, made up.

invented_study("busy", operations=InventedOperations(trucks=60))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import Crew, Work
from sim.recorder import TABLES

_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60
_SHOWN_DAY = 36


@dataclass(frozen=True)
class InventedOperations:
    """How much goes on."""

    trucks: int = 5
    stops: int = 6
    """Of each trip."""
    late: int = 2
    """Stops after the hours of their stores, on the shown day."""
    pickers: int = 8
    doors: int = 3
    centres: int = 1
    carriers: int = 3
    has_trips: bool = True
    has_work: bool = True

    def changes(self) -> dict[str, Any]:
        """Blocks for `tiny_scenario` that go with them."""
        carriers = [{"id": f"Swift {number + 1}"} for number in range(self.carriers)]
        return {
            "fleet": {
                "truck_types": [{"id": "厢式货车", "capacity_kg": 4_000, "capacity_litres": 25_000}],
                "carriers": carriers,
            },
            "depot": {"docks": {"doors": self.doors}, "picking": {}, "order_desk": {}},
            "policy": {
                "depot": {
                    "waves": [{"cut_off_hour": 22.5}],
                    "desk": [{"people": 1, "start_hour": 20.0, "hours": 12.0}],
                    "pickers": [
                        {"people": self.pickers, "start_hour": 22.0, "hours": 8.0, "break_minutes": 30.0}
                    ],
                }
            },
        }

    def other_centres(self) -> list[dict[str, Any]]:
        """Centres beside the one that is shown."""
        return [
            {"id": f"D{number}", "latitude": 33.0, "longitude": 119.0} for number in range(1, self.centres)
        ]

    def numbers(self, rng: np.random.Generator, weeks: float, lift: float) -> dict[str, Any]:
        """As from `study.operations.operations`, over some weeks after the warm-up."""
        stages = (
            np.array([0.15, 0.05, 1.6, 1.1, 2.4, 3.0, 0.3]) * (1 - 0.3 * lift) * rng.lognormal(0, 0.05, 7)
        )
        hours = np.exp(-0.5 * ((np.arange(24) - 4.5) / 1.2) ** 2)
        busy = weeks * _HOUR * self.doors * 0.9 * rng.uniform(0.5, 1, (self.centres, 7, 1)) * hours
        found: dict[str, Any] = {
            "stage_hours": stages,
            "centre_trips": np.arange(self.centres, 0, -1) * 800.0 * self.has_trips,
            "door_busy_seconds": busy * (self.doors > 0),
        }
        if self.carriers:
            worth = np.linspace(1, 0.5, self.carriers)
            score = 90 * worth[None, :, None] * rng.uniform(0.9, 1.05, (6, self.carriers, 2))
            share = np.concatenate(
                [np.ones((1, self.carriers)), np.cumsum(worth + 0.2 * rng.random((6, 1)), 0)]
            )
            found |= {
                "carriers.partner": np.arange(self.carriers, dtype=np.float64),
                "carriers.day": 14.0 * np.arange(1, 7),
                "carriers.score": score,
                "carriers.total": score.mean(axis=2),
                "carriers.share": share / share.sum(axis=1, keepdims=True),
            }
        return found

    def shown_day(self, rng: np.random.Generator, stores: int) -> dict[str, Any]:
        """As from `study.shown_day.shown_day`."""
        tables: dict[str, list[dict[str, int]]] = {
            name: [] for name in ("trips", "stops", "tasks", "shifts", "drops")
        }
        midnight = _SHOWN_DAY * _DAY
        if self.has_trips:
            self._trips(tables, rng, stores, midnight)
        if self.has_work:
            self._work(tables, rng, midnight)
        packed = {
            "day": np.array(_SHOWN_DAY),
            "centre": np.array(0),
            "starts_second": np.array(midnight - 16 * _HOUR),
        }
        for name, rows in tables.items():
            for column in TABLES[name]:
                packed[f"{name}.{column}"] = np.array([row.get(column, 0) for row in rows], np.int64)
        return packed

    def _trips(
        self, tables: dict[str, list[dict[str, int]]], rng: np.random.Generator, stores: int, midnight: int
    ) -> None:
        late = self.late
        for truck in range(self.trucks):
            planned = midnight + 4 * _HOUR
            load = 20 * _MINUTE
            begins = planned - load + (truck // max(self.doors, 1)) * load // 4
            second = departed = begins + load
            driving = 0
            for position in range(self.stops):
                leg, waits = int(rng.integers(600, 3_000)), int(rng.integers(0, 2)) * 300
                arrived = second + leg
                tables["stops"].append(
                    {
                        "trip": truck,
                        "position": position,
                        "store": int(rng.integers(stores)),
                        "arrived_second": arrived,
                        "began_second": arrived + waits,
                        "left_second": arrived + waits + 900,
                        "driving_seconds": leg,
                        "late_cause": 5 if late > 0 else 0,
                    }
                )
                late -= 1
                second, driving = arrived + waits + 900, driving + leg
            tables["trips"].append(
                {
                    "trip": truck,
                    "truck": truck,
                    "planned_second": planned,
                    "ready_second": begins,
                    "loaded_second": departed,
                    "departed_second": departed,
                    "returned_second": second + 1_200 + 2_400,
                    "metres": 30_000 * (self.stops + 1),
                    "drops": self.stops,
                    "driving_seconds": driving + 2_400,
                    "break_seconds": 1_200,
                }
            )
            if self.has_work and self.doors:
                tables["tasks"].append(_task(Work.LOADING, truck, truck % self.doors, begins, begins + load))

    def _work(self, tables: dict[str, list[dict[str, int]]], rng: np.random.Generator, midnight: int) -> None:
        starts = midnight - 2 * _HOUR
        for server in range(self.pickers):
            second = starts + _HOUR // 2
            for number in range(12):
                seconds = int(rng.integers(300, 1_500))
                kind = (Work.PICKING, Work.SORTING, Work.STREAM)[number % 3]
                tables["tasks"].append(_task(kind, number, server, second, second + seconds))
                second += seconds
        for number in range(40):
            second = midnight - 4 * _HOUR + 240 * number
            work = (Work.DESK, Work.FOLLOW_UP)[number % 2]
            tables["tasks"].append(_task(work, number, 0, second, second + 90))
        tables["drops"].append({"released_second": midnight - 5_400})
        for crew, people, begins, hours in (
            (Crew.DESK, 1, midnight - 4 * _HOUR, 12),
            (Crew.PICKERS, self.pickers, starts, 8),
        ):
            tables["shifts"].append(
                {
                    "crew": crew,
                    "people": people,
                    "starts_second": begins,
                    "ends_second": begins + hours * _HOUR,
                }
            )


def _task(work: Work, reference: int, server: int, starts: int, ends: int) -> dict[str, int]:
    return {
        "work": work,
        "reference": reference,
        "server": server,
        "started_second": starts,
        "finished_second": ends,
    }
