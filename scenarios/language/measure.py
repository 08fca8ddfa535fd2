"""What a KPI is: name, unit, direction and heading."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Which way is better, for verdicts and gates."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


class Group(StrEnum):
    """Headings under which reports list KPIs."""

    SERVICE = "service"
    STOCK = "stock"
    FLOW = "flow"
    SUPPLY = "supply"
    OPERATIONS = "distribution"
    TRANSPORT = "transport"
    AFTER_SALES = "after-sales service"
    CONTACT = "contact centre"
    FIELD = "field service"
    PARTS = "spare parts"
    PEOPLE = "people and partners"
    SERVICE_COST = "cost of after-sales service"
    COST = "cost"
    PROFIT = "profit"


@dataclass(frozen=True)
class Measure:
    """One KPI as a planner reads it.

    `headline` marks the few that lead a report; `share` KPIs are printed in percent.
    """

    name: str
    title: str
    unit: str
    better: Direction
    group: Group
    definition: str
    headline: bool = False

    @property
    def is_share(self) -> bool:
        """Whether the value is a fraction, printed in percent."""
        return self.unit == "share"


def measures_of(
    group: Group, *rows: tuple[str, str, str, Direction, str], headlines: tuple[str, ...] = ()
) -> tuple[Measure, ...]:
    """Measures of one group, each by name, title, unit, better direction and definition.

    Args:
        group: heading of all.
        rows: one per measure.
        headlines: names of those that lead a report.
    """
    return tuple(
        Measure(name, title, unit, better, group, definition, headline=name in headlines)
        for name, title, unit, better, definition in rows
    )


__all__ = ["Direction", "Group", "Measure", "measures_of"]
