"""The outcome of one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.records import Closing, IntArray, Panels, Table, digest_of

FloatArray = npt.NDArray[np.float64]
_ONLY_WHERE_FILLED = ("replans", "regrets", "rota_visits")
"""Tables of mechanisms that leave no mark on the digest where they are off."""


def _nothing(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """An empty array that nobody can write to."""
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class Identity:
    """What makes a run repeatable: run it again with the same and every bit comes out again."""

    scenario: str
    scenario_digest: str
    facts_digest: str
    policy_digest: str
    plan_digest: str
    seed: int
    replication: int
    version: str


@dataclass(frozen=True, eq=False)
class ServiceLabels:
    """What the indices in the tables of after-sales service stand for; all empty where a scenario has none."""

    products: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    """Failure modes."""
    regions: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    sla_classes: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    """Open stations."""
    station_names: tuple[str, ...] = ()
    station_latitude: FloatArray = field(default_factory=lambda: _nothing(np.zeros(0)))
    station_longitude: FloatArray = field(default_factory=lambda: _nothing(np.zeros(0)))
    technicians: tuple[str, ...] = ()
    technician_station: IntArray = field(default_factory=lambda: _nothing(np.zeros(0, np.int64)))
    """(technicians,) index into `stations`."""
    skills: tuple[str, ...] = ()
    levels: IntArray = field(default_factory=lambda: _nothing(np.zeros((0, 0), np.int64)))
    """(technicians, skills) on the first day, 0 where a skill is missing."""
    parts: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    radius_km: float = 0.0
    """Service radius that coverage is judged by."""
    covered_road_metres: int = 0
    """Of the same."""
    answer_within_seconds: float = 0.0
    """Promise that the service level of the contact centre counts."""
    cover: IntArray = field(default_factory=lambda: _nothing(np.zeros((0, 7), np.int64)))
    """(stations, weekdays) technicians wanted at work, Monday first; without rows where nothing is said."""


@dataclass(frozen=True, eq=False)
class Labels:
    """What the axes of the panels stand for."""

    stores: tuple[str, ...]
    store_names: tuple[str, ...]
    skus: tuple[str, ...]
    """In the order of the panels: by class, then category, then the scenario's order."""
    classes: tuple[str, ...]
    sku_class: npt.NDArray[np.int64]
    """(SKUs,) index into `classes`."""
    centres: tuple[str, ...]
    start_date: date
    warm_up_days: int
    panel_period_days: int
    currency: str
    store_size: npt.NDArray[np.float64]
    """(stores,) relative size."""
    store_latitude: npt.NDArray[np.float64]
    store_longitude: npt.NDArray[np.float64]
    suppliers: tuple[str, ...] = ()
    quoted_lead_time_days: tuple[int, ...] = ()
    """(suppliers,) lead time that each promises."""
    service: ServiceLabels = field(default_factory=ServiceLabels)
    """Axes of after-sales service."""


class _Recorded(Mapping[str, npt.NDArray[Any]]):
    """Panels, and columns as `table.column`, looked up one by one: each column of a long table takes room then only."""

    def __init__(self, panels: Mapping[str, npt.NDArray[Any]], tables: Mapping[str, Table]) -> None:
        self._panels = panels
        self._columns = {
            f"{name}.{column}": (table, column) for name, table in tables.items() for column in table.columns
        }

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name in self._panels:
            return self._panels[name]
        table, column = self._columns[name]
        return table[column]

    def __iter__(self) -> Iterator[str]:
        yield from self._panels
        yield from self._columns

    def __len__(self) -> int:
        return len(self._panels) + len(self._columns)


@dataclass(frozen=True, eq=False)
class RunResult:
    """What happened once: identity, event tables, panels, ledger, KPIs. Picklable, read-only."""

    identity: Identity
    labels: Labels
    tables: Mapping[str, Table]
    """Name -> event table, all of `sim.recorder.TABLES`; those of mechanisms that a scenario lacks are empty."""
    panels: Panels
    ledger: IntArray
    """(days, places, classes, accounts) in minor units, debits positive; places are stores then centres."""
    opening: Closing
    closing: Closing
    kpis: Mapping[str, float]
    """KPI name -> value, the warm-up cut; NaN where a KPI is undefined, a ratio over nothing.

    Without perishables the age at sale is undefined, but waste is 0: it is undefined only where nothing was received.
    """

    def digest(self) -> str:
        """Canonical digest of all event tables and panels: equal runs, equal digests."""
        panels: dict[str, npt.NDArray[Any]] = {
            "day": self.panels.day,
            "cell": self.panels.cell,
            "cell_revenue": self.panels.cell_revenue,
            "centre": self.panels.centre,
            "ledger": self.ledger,
        }
        tables = (t for t in self.tables.values() if len(t) or t.name not in _ONLY_WHERE_FILLED)
        return digest_of(_Recorded(panels, {table.name: table for table in tables}))

    def summary(self) -> str:
        """A few lines for a terminal."""
        shown = (
            "fill_rate",
            "on_shelf_availability",
            "inventory_days",
            "waste_share",
            "total_cost",
            "profit",
        )
        values = ", ".join(f"{name} {self.kpis[name]:.4g}" for name in shown)
        return f"{self.identity.scenario} seed {self.identity.seed} replication {self.identity.replication}: {values}"
