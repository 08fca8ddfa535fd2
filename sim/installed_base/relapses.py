"""Repairs that will fail again: what is drawn for their reworks, for all of a day at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.aftersales.requests import Kind, Request
from sim.clock import SECONDS_PER_DAY
from sim.installed_base.arriving import Row, Rows, blank_rows
from sim.installed_base.intake import Intake, Keys

_SAME: Final = {
    "product": "product", "region": "region", "base_cell": "cell", "segment": "segment", "sla": "sla",
    "station": "station", "stream": "stream", "urgency": "urgency", "mode": "mode", "is_contract": "is_contract",
    "true_skill": "skill", "true_level": "level", "true_people": "people", "true_part": "part",
    "diagnosis_seconds": "diagnosis_seconds", "work_seconds": "work_seconds", "latitude": "latitude",
    "longitude": "longitude", "station_metres": "station_metres", "remote_share": "remote_share",
}  # fmt: skip
"""What a rework has in common with the repair that did not last, and the field of its row."""


class Relapses:
    """Reworks are drawn on the evening before; those of repairs that do not even last the day, as they come."""

    def __init__(self, keys: Keys, intake: Intake) -> None:
        self._keys, self._intake = keys, intake
        self._of_day: dict[int, list[tuple[Request, int]]] = {}
        self._drawn: dict[int, Row] = {}
        self._day = 0
        """Until when they are drawn."""

    def add(self, first: Request, second: int) -> None:
        """A repair, whose request is about to be closed, fails again at a second."""
        day = second // SECONDS_PER_DAY
        if day > self._day:
            self._of_day.setdefault(day, []).append((first, second))

    def draw(self, day: int) -> Rows:
        """Draw the reworks of a day as far as their repairs are done; returns their rows."""
        self._day, coming = day, self._of_day.pop(day, [])
        rows = self._rows(coming)
        self._drawn = dict(zip((first.number for first, _ in coming), rows.tolist(), strict=True))
        return rows

    def row(self, first: Request, now: int) -> Row:
        """The row of the rework of a repair that fails again now."""
        drawn = self._drawn.pop(first.number, None)
        if drawn is None:
            return self._rows([(first, now)]).tolist()[0]
        return drawn

    def _rows(self, coming: list[tuple[Request, int]]) -> Rows:
        rows = blank_rows(len(coming), Kind.REWORK)
        if not coming:
            return rows
        for attribute, name in _SAME.items():
            rows[name] = [getattr(first, attribute) for first, _ in coming]
        seconds = np.array([second for _, second in coming], np.int64)
        once = np.ones(len(coming), np.int64)
        entities = np.array([first.key for first, _ in coming], np.uint64)
        rows["second"] = rows["reported_second"] = seconds
        rows["key"] = self._keys.of_day(int(seconds[0]) // SECONDS_PER_DAY, entities, once)
        self._intake.work_again(rows)
        return rows
