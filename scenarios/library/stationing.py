"""Service stations at stores, and the technicians who belong to them. Who can do what is assumed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scenarios.library.keyed import chosen, fraction
from scenarios.library.places import great_circle_km
from scenarios.library.siting import KM_PER_DEGREE, apportion

SKILLS = ("cooling", "washing", "kitchen", "electronics")
SHIFTS = ("monday-to-friday", "wednesday-to-sunday", "saturday-to-wednesday", "thursday-to-monday")
"""Five days each; together they cover every day of the week."""
FIXED_COST, COST_BY_SIZE = 200.0, 60.0
"""Rent and energy of a station per day, CNY, and the part that grows with its territory: assumption."""
LEAST_TECHNICIANS = 3
"""At every station."""
HOME_KM = 6.0
"""Mean distance of a technician's home from some store of the territory: assumption."""
PRIMARY_LEVELS, SECONDARY_LEVELS = (0.1, 0.45, 0.8, 0.95), (0.4, 0.8, 0.95, 1.0)
"""Cumulative shares of levels 2 to 5 in a technician's first skill, and of 1 to 4 in the others: assumption."""


@dataclass(frozen=True)
class Shop:
    """A store at which a station can stand."""

    store_id: str
    name: str
    region: str
    latitude: float
    longitude: float
    size: float
    dc_id: str
    lead_time_days: int


@dataclass(frozen=True)
class StationRow:
    """One row of the table of stations."""

    station_id: str
    name: str
    latitude: float
    longitude: float
    dc_id: str
    store_id: str
    lead_time_days: int
    facility_cost_per_day: float


@dataclass(frozen=True)
class TechnicianRow:
    """One row of the table of technicians."""

    technician_id: str
    station_id: str
    shift_id: str
    latitude: float
    longitude: float
    minutes_factor: float
    experience_jobs: int


@dataclass(frozen=True)
class SkillRow:
    """One row of the skill matrix."""

    technician_id: str
    skill_id: str
    level: int


def stations(shops: Sequence[Shop], number: int) -> list[StationRow]:
    """So many stations: shared out over regions by store sizes, in each placed one by one where most is gained.

    Args:
        shops: all stores.
        number: stations in all.

    Returns:
        Stations by region and the order in which they were placed.
    """
    regions = sorted({shop.region for shop in shops})
    by_region = [[shop for shop in shops if shop.region == region] for region in regions]
    rows = []
    seats = apportion([sum(shop.size for shop in group) for group in by_region], number)
    for group, count in zip(by_region, seats, strict=True):
        for index in _greedy_medians(group, min(count, len(group))):
            shop = group[index]
            rows.append(
                StationRow(
                    station_id=f"st-{shop.store_id}",
                    name=shop.name.removesuffix("店") + "服务站",
                    latitude=shop.latitude,
                    longitude=shop.longitude,
                    dc_id=shop.dc_id,
                    store_id=shop.store_id,
                    lead_time_days=shop.lead_time_days + 2,
                    facility_cost_per_day=round(FIXED_COST + COST_BY_SIZE * shop.size, -1),
                )
            )
    return rows


def _greedy_medians(shops: Sequence[Shop], number: int) -> list[int]:
    """Places that one after the other lower the mean distance to the nearest most (greedy p-median)."""
    away = [[great_circle_km(a.latitude, a.longitude, b.latitude, b.longitude) for b in shops] for a in shops]
    nearest = [math.inf] * len(shops)
    taken: list[int] = []
    for _ in range(number):
        best, lowest = -1, math.inf
        for candidate, distances in enumerate(away):
            if candidate in taken:
                continue
            total = math.fsum(
                shop.size * min(old, new) for shop, old, new in zip(shops, nearest, distances, strict=True)
            )
            if total < lowest:
                best, lowest = candidate, total
        taken.append(best)
        nearest = [min(old, new) for old, new in zip(nearest, away[best], strict=True)]
    return taken


def technicians(
    rows: Sequence[StationRow], shops: Sequence[Shop], number: int
) -> tuple[list[TechnicianRow], list[SkillRow]]:
    """So many technicians, shared out over stations by the store sizes of their territories.

    Args:
        rows: the stations.
        shops: all stores; each belongs to its nearest station.
        number: technicians in all.
    """
    territory: list[list[Shop]] = [[] for _ in rows]
    for shop in shops:
        distances = [
            great_circle_km(shop.latitude, shop.longitude, row.latitude, row.longitude) for row in rows
        ]
        territory[min(range(len(rows)), key=distances.__getitem__)].append(shop)
    weights = [sum(shop.size for shop in mine) for mine in territory]
    counts = apportion(weights, number - LEAST_TECHNICIANS * len(rows))
    people: list[TechnicianRow] = []
    skills: list[SkillRow] = []
    for row, mine, more in zip(rows, territory, counts, strict=True):
        for member in range(LEAST_TECHNICIANS + more):
            name = f"{row.station_id}-t{member + 1:02d}"
            people.append(_technician(name, row, mine, member))
            skills += _skills(name, member)
    return people, skills


def _technician(name: str, row: StationRow, mine: Sequence[Shop], member: int) -> TechnicianRow:
    near = chosen(mine, "home", name)
    away = -HOME_KM * math.log(1.0 - fraction("home distance", name))
    angle = 2 * math.pi * fraction("home direction", name)
    wide = KM_PER_DEGREE * math.cos(math.radians(near.latitude))
    return TechnicianRow(
        technician_id=name,
        station_id=row.station_id,
        shift_id=SHIFTS[member % len(SHIFTS)],
        latitude=round(near.latitude + away * math.sin(angle) / KM_PER_DEGREE, 4),
        longitude=round(near.longitude + away * math.cos(angle) / wide, 4),
        minutes_factor=round(0.85 + 0.3 * fraction("own speed", name), 2),
        experience_jobs=round(150 * 20 ** fraction("experience", name)),
    )


def _skills(name: str, member: int) -> Iterator[SkillRow]:
    """Two skills each, a third for one in two; first skills go round so that every station has all of them."""
    has_third = fraction("third skill", name) < 0.5
    # A step that changes with each round keeps a skill from always falling on the same shift.
    first = (member + member // len(SKILLS)) % len(SKILLS)
    for place in range(3 if has_third else 2):
        skill = SKILLS[(first + place) % len(SKILLS)]
        draw = fraction("level", name, skill)
        shares = PRIMARY_LEVELS if place == 0 else SECONDARY_LEVELS
        level = (2 if place == 0 else 1) + sum(draw >= share for share in shares[:3])
        yield SkillRow(name, skill, level)


__all__ = [
    "SHIFTS", "SKILLS", "Shop", "SkillRow", "StationRow", "TechnicianRow", "stations", "technicians",
]  # fmt: skip
