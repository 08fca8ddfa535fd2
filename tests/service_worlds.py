"""Small worlds of after-sales service: one store where hardly anybody buys, a station beside it, and what a test adds.

    service_world(days=30, streams=[job_stream("jobs", 12.0, 8.0)], technicians=2)
    service_world(days=365, products=[product(per_year=2.0)], modes=[mode()], base=[installed(500)])

Nobody drives: store, station and technicians stand at latitude 0, longitude 0 unless a test says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import optimize
import sim
from scenarios import Scenario
from scenarios.language.appliances import InstalledRow
from scenarios.language.base import Model
from scenarios.language.rosters import CoverRow, DayOffRow, RosterRow
from scenarios.language.rotas import RotaRow
from scenarios.language.service_network import Part, ServiceStation
from scenarios.language.service_policy import PartLevelRow, SkillRow, TechnicianRow
from sim import RunResult
from tests.factory import merged, table, tiny_scenario

Row = Mapping[str, Any]

SEED = 20260105
SKU = "A"
CATEGORY = "appliances"
STORE = "S"
STATION = "ST"
ROUND_THE_CLOCK = {"id": "always", "start_hour": 0, "hours": 24}

_TABLES: dict[tuple[str, ...], type[Model]] = {
    ("service", "base"): InstalledRow,
    ("service", "stations"): ServiceStation,
    ("service", "parts", "parts"): Part,
    ("policy", "service", "workforce", "technicians"): TechnicianRow,
    ("policy", "service", "workforce", "skills"): SkillRow,
    ("policy", "service", "workforce", "roster"): RosterRow,
    ("policy", "service", "workforce", "cover"): CoverRow,
    ("policy", "optimised", "rosters", "days_off"): DayOffRow,
    ("policy", "service", "dispatch", "rota"): RotaRow,
    ("policy", "service", "parts", "levels"): PartLevelRow,
}


def service_world(
    *,
    days: int,
    warm_up_days: int = 0,
    units_per_day: float = 0.0,
    products: Sequence[Row] = (),
    modes: Sequence[Row] = (),
    base: Sequence[Row] = (),
    streams: Sequence[Row] = (),
    technicians: int = 1,
    shift: Row = ROUND_THE_CLOCK,
    skills: Mapping[str, int] | None = None,
    **blocks: Any,
) -> Scenario:
    """One centre that never runs out, one store, one station with technicians who are alike.

    Args:
        days: length of the run.
        warm_up_days: days at its start that count in no KPI.
        units_per_day: mean demand of the only SKU, `SKU` of category `CATEGORY`.
        products: of `service.products`.
        modes: of `service.failure_modes`.
        base: rows of `service.base`.
        streams: of `service.job_streams`.
        technicians: people at the station.
        shift: their working time; its id does not matter.
        skills: their level by skill.
        blocks: top-level blocks laid over the result; tables of service are lists of row dicts anywhere.
    """
    shift = {"id": "always", **shift}
    group = {
        "id": "T",
        "station_id": STATION,
        "count": technicians,
        "shift_id": shift["id"],
        "skills": dict(skills or {}),
    }
    service: dict[str, Any] = {
        "products": list(products),
        "failure_modes": list(modes),
        "stations": [{"station_id": STATION}],
        "job_streams": list(streams),
    }
    if base:
        service["base"] = list(base)
    plain = {
        "horizon": {"days": days, "warm_up_days": warm_up_days},
        "network": {
            "distribution_centres": [{"id": "DC", "stock": "unlimited"}],
            "stores": [{"store_id": STORE}],
        },
        "assortment": {
            "classes": [{"id": "HOME"}],
            "skus": [
                {"sku_id": SKU, "class_id": "HOME", "category": CATEGORY, "price": 2.0, "purchase_cost": 1.0}
            ],
        },
        "demand": {"mean_units_per_day": units_per_day},
        "service": service,
        "policy": {"service": {"workforce": {"shifts": [dict(shift)], "groups": [group]}}},
    }
    content = merged(plain, blocks)
    for path, row in _TABLES.items():
        content = _with_table(content, path, row)
    return tiny_scenario(**content)


def run(scenario: Scenario, seed: int = SEED, replication: int = 0) -> RunResult:
    """One replication."""
    return sim.simulate(scenario, optimize.plan(scenario), seed=seed, replication=replication)


def constant(value: float) -> dict[str, Any]:
    """Always the same."""
    return {"kind": "constant", "value": value}


def exponential(mean: float) -> dict[str, Any]:
    """The distribution of Markovian models."""
    return {"kind": "exponential", "mean": mean}


def job_stream(name: str, between_minutes: float, minutes: float, **fields: Any) -> dict[str, Any]:
    """Poisson arrivals of jobs with exponential work at the station's door, both by their means."""
    return {
        "id": name,
        "station_id": STATION,
        "between_minutes": exponential(between_minutes),
        "minutes": exponential(minutes),
        **fields,
    }


def product(name: str = "washer", per_year: float = 0.0, **fields: Any) -> dict[str, Any]:
    """An appliance with a constant hazard that nobody buys in the store unless `categories` or `sku_ids` say so."""
    return {"id": name, "hazard": {"kind": "constant", "per_year": per_year}, **fields}


def mode(name: str = "pump", product_id: str = "washer", **fields: Any) -> dict[str, Any]:
    """A failure mode: a quarter of an hour of diagnosis and half an hour of work, without a part."""
    return {
        "id": name,
        "product_id": product_id,
        "diagnosis_minutes": constant(15),
        "repair_minutes": constant(30),
        **fields,
    }


def installed(
    units: int, product_id: str = "washer", age_months: int = 0, region: str = ""
) -> dict[str, Any]:
    """A row of the initial installed base."""
    return {"product_id": product_id, "region": region, "age_months": age_months, "units": units}


def _with_table(content: Mapping[str, Any], path: Sequence[str], row: type[Model]) -> dict[str, Any]:
    """The content with the list at a path, if there is one, as a table."""
    together, name = dict(content), path[0]
    inner = together.get(name)
    if len(path) > 1 and isinstance(inner, Mapping):
        together[name] = _with_table(inner, path[1:], row)
    elif len(path) == 1 and isinstance(inner, Sequence):
        together[name] = table(row, inner)
    return together
