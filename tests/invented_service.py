"""Invented after-sales service for invented studies: stages, backlog, flow, skills, a week of a station, made up.

invented_study("mended", service=InventedService(stations=20, technicians=150))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import Cause, ServiceLabels
from sim.recorder import TABLES
from study.service import ORDINALS

_DAY, _HOUR = 86_400, 3_600
_FIRST_DAY = 33
"""A Monday of an invented study."""
_SKILLS = ("空调", "refrigeration", "white goods", "electronics", "gas")


@dataclass(frozen=True)
class InventedService:
    """How much goes on."""

    stations: int = 3
    technicians: int = 9
    skills: int = 3
    visits_per_day: int = 5
    """Of each technician."""
    failed: float = 0.3
    """Share of visits after which another one is needed."""
    has_visits: bool = True
    radius_km: float = 60.0

    def labels(self, world: np.random.Generator) -> ServiceLabels:
        """Stations around the middle of the invented network."""
        names = ("浦东服务站", "苏州站", "Hangzhou", "宁波站", "South")
        return ServiceLabels(
            products=("washer",),
            regions=("",),
            segments=("all",),
            sla_classes=("standard",),
            stations=tuple(f"ST{number}" for number in range(self.stations)),
            station_names=tuple(
                names[number] if number < len(names) else f"Station {number}"
                for number in range(self.stations)
            ),
            station_latitude=world.normal(31.0, 0.8, self.stations),
            station_longitude=world.normal(120.5, 0.8, self.stations),
            technicians=tuple(f"技师{number + 1:03d}" for number in range(self.technicians)),
            technician_station=np.arange(self.technicians) % self.stations,
            skills=_SKILLS[: self.skills],
            levels=world.integers(0, 6, (self.technicians, self.skills))
            if self.skills
            else np.zeros((self.technicians, 0), np.int64),
            radius_km=self.radius_km,
        )

    def numbers(
        self, rng: np.random.Generator, days: int, names: ServiceLabels, lift: float
    ) -> dict[str, Any]:
        """As from `study.service.service`."""
        causes = np.array([1 - self.failed, 0.25, 0.1, 0.4, 0.15, 0.02, 0.0])
        causes[1:] *= self.failed
        causes[int(Cause.DECLINED)] = 0.05
        visits = 4_000.0 * self.has_visits * rng.uniform(0.9, 1.1)
        results, followed = np.zeros((2, ORDINALS, len(Cause)))
        coming = visits
        for ordinal in range(ORDINALS):
            results[ordinal] = coming * causes
            followed[ordinal] = 0.85 * results[ordinal] * (self.failed > 0)
            followed[ordinal, [int(Cause.NONE), int(Cause.DECLINED)]] = 0
            coming = followed[ordinal].sum()
        met = np.array([0.8, 0.7]) + 0.15 * lift
        due = np.array([120.0, 300.0, 180.0])
        promises = np.stack([np.broadcast_to(due[:, None], (3, 2)), due[:, None] * met], axis=2)[None]
        stages = np.array([0.1, 20.0, 0.6, 1.1, 9.0, 6.0]) * (1 - 0.3 * lift) * rng.lognormal(0, 0.05, 6)
        level = names.levels.astype(np.float64)
        people = np.bincount(names.technician_station, minlength=self.stations)
        sums = np.zeros((self.stations, self.skills))
        np.add.at(sums, names.technician_station, level)
        return {
            "stage_hours": stages if self.has_visits else np.full(6, np.nan),
            "backlog": 40 + np.cumsum(rng.normal(0.02, 1.0, days)).clip(-30),
            "causes": results.sum(axis=0),
            "starts": np.array([300.0, 120.0, 200.0, visits, 40.0]),
            "results": results,
            "followed": followed,
            "levels": sums / np.where(people > 0, people, np.nan)[:, None],
            "promises": promises,
            "station_requests": rng.uniform(5, 60, self.stations),
            "station_km": rng.uniform(5, 30, self.stations),
        }

    def shown_week(self, rng: np.random.Generator, names: ServiceLabels) -> dict[str, Any]:
        """As from `study.shown_week.shown_week`."""
        if not self.has_visits:
            return {}
        visits: list[dict[str, int]] = []
        people: list[dict[str, int]] = []
        for technician in np.flatnonzero(names.technician_station == 0).tolist():
            for day in range(_FIRST_DAY, _FIRST_DAY + 7):
                away = rng.random()
                row = {
                    "technician": technician,
                    "day": day,
                    "is_absent": away < 0.05,
                    "is_training": away > 0.95,
                }
                if 0.05 <= away <= 0.95:
                    done = self._day(rng, technician, day)
                    visits += done
                    row |= {"visits": len(done), "metres": 9_000 * len(done), "shift_seconds": 9 * _HOUR}
                people.append({key: int(value) for key, value in row.items()})
        packed: dict[str, Any] = {"station": np.array(0), "first_day": np.array(_FIRST_DAY)}
        for name, rows in (("visits", visits), ("technician_days", people)):
            for column in TABLES[name]:
                packed[f"{name}.{column}"] = np.array([row.get(column, 0) for row in rows], np.int64)
        for column in ("kind", "urgency", "mode"):
            packed[f"visits.{column}"] = np.zeros(len(visits), np.int64)
        return packed

    def _day(self, rng: np.random.Generator, technician: int, day: int) -> list[dict[str, int]]:
        second, rows = day * _DAY + 8 * _HOUR, []
        for _ in range(self.visits_per_day):
            arrived = second + int(rng.integers(300, 2_400))
            is_failed = rng.random() < self.failed
            cause = int(rng.integers(1, 6)) if is_failed else int(Cause.NONE)
            diagnosed = -1 if cause == Cause.ABSENT else arrived + 900
            ended = arrived + (600 if diagnosed < 0 else 900 + int(rng.integers(300, 4_000)))
            rows.append(
                {
                    "technician": technician,
                    "helper": -1,
                    "departed_second": second,
                    "arrived_second": arrived,
                    "began_second": arrived,
                    "diagnosed_second": diagnosed,
                    "ended_second": ended,
                    "cause": cause,
                    "metres": 9_000,
                }
            )
            second = ended + int(rng.integers(0, 2)) * 1_800
        return rows
