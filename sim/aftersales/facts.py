"""Facts of after-sales service on axes of their own: products, failure modes, skills, stations, technicians, parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from scenarios import WEEKDAYS, Product, Scenario, Service, ServicePolicy, ServiceShift
from sim.aftersales.rosters import Rostered, rosters_of
from sim.axes import Axes, positions

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Technician:
    """A named technician as hired: where he starts, when he works, what he can do."""

    number: int
    id: str
    station: int
    shift: ServiceShift
    latitude: float
    longitude: float
    minutes_factor: float
    experience_jobs: float
    levels: tuple[int, ...]
    """(skills,) 0 where the skill is missing."""
    roster: Rostered = ()
    """(days,) shift by day of the run, None = off; empty = by the weekdays of `shift`."""

    @property
    def share_of_days(self) -> float:
        """Of all days, those on which he works."""
        if not self.roster:
            return len(self.shift.weekdays) / len(WEEKDAYS)
        return sum(shift is not None for shift in self.roster) / len(self.roster)


@dataclass(frozen=True, eq=False)
class ServiceFacts:
    """What the rooms of after-sales service look up; indices count from 0, -1 is none."""

    service: Service
    policy: ServicePolicy
    product_ids: tuple[str, ...]
    mode_ids: tuple[str, ...]
    product_of_mode: tuple[int, ...]
    skill_ids: tuple[str, ...]
    """All skills that anything needs or anybody has, sorted."""
    part_ids: tuple[str, ...]
    parts_of_mode: tuple[tuple[int, ...], ...]
    """Parts of which a failure takes one, empty where it takes none; the most usual first."""
    part_shares_of_mode: tuple[tuple[float, ...], ...]
    """Share of each of them."""
    segment_ids: tuple[str, ...]
    sla_of_segment: tuple[int, ...]
    """(segments,) index into `policy.sla`."""
    region_ids: tuple[str, ...]
    """Regions of stores and of the initial base, sorted."""
    region_of_store: tuple[int, ...]
    station_ids: tuple[str, ...]
    """Open stations, in table order."""
    station_latitude: FloatArray
    station_longitude: FloatArray
    station_centre: tuple[int, ...]
    station_store: tuple[int, ...]
    """Store with whose deliveries its parts travel; -1 for parcels."""
    station_lead_time_days: tuple[int, ...]
    technicians: tuple[Technician, ...]
    technicians_of_station: tuple[tuple[int, ...], ...]
    partner_ids: tuple[str, ...]

    def skill(self, name: str) -> int:
        """Index of a skill; -1 for the empty name."""
        return self.skill_ids.index(name) if name else -1

    def product(self, number: int) -> Product:
        """A product by its index."""
        return self.service.products[number]


def build_service_facts(scenario: Scenario, axes: Axes) -> ServiceFacts | None:
    """Work out the axes of after-sales service; None where a scenario has none."""
    service, policy = scenario.service, scenario.policy.service
    if service is None:
        return None
    product_at = positions(product.id for product in service.products)
    segments = tuple(segment.id for segment in service.segments)
    base_regions = () if service.base is None else tuple(service.base["region"])
    regions = tuple(sorted({*axes.store_regions, *base_regions}))
    region_at = positions(regions)
    skills = _skills(scenario)
    rows = _open_rows(scenario)
    stations = service.stations
    centre_at, store_at = {**positions(axes.centre_ids), "": 0}, {**positions(axes.store_ids), "": -1}

    def column(name: str) -> npt.NDArray[np.generic]:
        return np.zeros(0) if stations is None else stations[name][rows]

    station_ids = tuple(str(name) for name in column("station_id"))
    latitude, longitude = column("latitude").astype(np.float64), column("longitude").astype(np.float64)
    parts_of_mode, part_shares_of_mode = _parts_of_modes(service)
    technicians = tuple(_technicians(scenario, station_ids, latitude, longitude, skills))
    rosters = rosters_of(scenario, {person.id: person.shift for person in technicians})
    technicians = tuple(replace(person, roster=rosters.get(person.id, ())) for person in technicians)
    return ServiceFacts(
        service=service,
        policy=policy,
        product_ids=tuple(product_at),
        mode_ids=tuple(mode.id for mode in service.failure_modes),
        product_of_mode=tuple(product_at[mode.product_id] for mode in service.failure_modes),
        skill_ids=skills,
        part_ids=() if service.parts is None else tuple(service.parts.parts["part_id"]),
        parts_of_mode=parts_of_mode,
        part_shares_of_mode=part_shares_of_mode,
        segment_ids=segments,
        sla_of_segment=tuple(_sla_of(name, policy) for name in segments),
        region_ids=regions,
        region_of_store=tuple(region_at[name] for name in axes.store_regions),
        station_ids=station_ids,
        station_latitude=latitude,
        station_longitude=longitude,
        station_centre=tuple(centre_at[str(name)] for name in column("dc_id")),
        station_store=tuple(store_at[str(name)] for name in column("store_id")),
        station_lead_time_days=tuple(int(str(days)) for days in column("lead_time_days")),
        technicians=technicians,
        technicians_of_station=tuple(
            tuple(person.number for person in technicians if person.station == station)
            for station in range(len(station_ids))
        ),
        partner_ids=tuple(partner.id for partner in service.partners),
    )


def _parts_of_modes(
    service: Service,
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[float, ...], ...]]:
    """Parts and their shares by failure mode: the one it names, or those that name it."""
    table = None if service.parts is None else service.parts.parts
    part_at = {} if table is None else positions(table["part_id"])
    parts, shares = [], []
    for mode in service.failure_modes:
        own = [part_at[mode.part_id]] if mode.part_id in part_at else []
        weights = [1.0] * len(own)
        if table is not None and not mode.part_id:
            mine = np.flatnonzero((table["mode_id"] == mode.id) & (table["weight"] > 0))
            mine = mine[np.argsort(-table["weight"][mine], kind="stable")]
            own, weights = mine.tolist(), table["weight"][mine].tolist()
        total = sum(weights)
        parts.append(tuple(own))
        shares.append(tuple(weight / total for weight in weights))
    return tuple(parts), tuple(shares)


def _open_rows(scenario: Scenario) -> list[int]:
    assert scenario.service is not None
    stations, wanted = scenario.service.stations, scenario.policy.service.open_stations
    if stations is None:
        return []
    return [row for row, name in enumerate(stations["station_id"]) if not wanted or name in wanted]


def _sla_of(segment: str, policy: ServicePolicy) -> int:
    for index, promise in enumerate(policy.sla):
        if not promise.segments or segment in promise.segments:
            return index
    return len(policy.sla) - 1


def _skills(scenario: Scenario) -> tuple[str, ...]:
    service, workforce = scenario.service, scenario.policy.service.workforce
    assert service is not None
    named = {mode.skill_id for mode in service.failure_modes} | {job.skill_id for job in service.job_streams}
    for product in service.products:
        named |= {
            block.skill_id for block in (product.installation, product.maintenance) if block is not None
        }
    if workforce.skills is not None:
        named |= set(workforce.skills["skill_id"])
    for group in workforce.groups:
        named |= set(group.skills)
    return tuple(sorted(named - {""}))


def _technicians(
    scenario: Scenario,
    station_ids: tuple[str, ...],
    latitude: FloatArray,
    longitude: FloatArray,
    skills: tuple[str, ...],
) -> Iterator[Technician]:
    """Those of the table first, then those of the groups; who belongs to a closed station is left out."""
    workforce = scenario.policy.service.workforce
    shifts = {shift.id: shift for shift in workforce.shifts}
    station_at, skill_at = positions(station_ids), positions(skills)
    table, matrix = workforce.technicians, workforce.skills
    levels: dict[str, list[int]] = {}
    if matrix is not None:
        for name, skill, level in zip(
            matrix["technician_id"], matrix["skill_id"], matrix["level"], strict=True
        ):
            levels.setdefault(name, [0] * len(skills))[skill_at[skill]] = int(level)
    number = 0
    for row in range(0 if table is None else len(table)):
        assert table is not None
        station = station_at.get(table["station_id"][row], -1)
        if station < 0:
            continue
        name, north, east = table["technician_id"][row], table["latitude"][row], table["longitude"][row]
        yield Technician(
            number=number,
            id=name,
            station=station,
            shift=shifts[table["shift_id"][row]],
            latitude=float(latitude[station] if north is None or np.isnan(north) else north),
            longitude=float(longitude[station] if east is None or np.isnan(east) else east),
            minutes_factor=float(table["minutes_factor"][row]),
            experience_jobs=float(table["experience_jobs"][row]),
            levels=tuple(levels.get(name, [0] * len(skills))),
        )
        number += 1
    for group in workforce.groups:
        station = station_at.get(group.station_id, -1)
        for member in range(group.count if station >= 0 else 0):
            yield Technician(
                number=number,
                id=f"{group.id}-{member + 1}",
                station=station,
                shift=shifts[group.shift_id],
                latitude=float(latitude[station]),
                longitude=float(longitude[station]),
                minutes_factor=group.minutes_factor,
                experience_jobs=group.experience_jobs,
                levels=tuple(group.skills.get(skill, 0) for skill in skills),
            )
            number += 1
