"""The numbers of a plan as a person or a solver states them: a file of its own, with tables beside it."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from scenarios.language.base import Model, assumed, given
from scenarios.language.columns import Columns
from scenarios.language.operations import HiredCarrier, MasterRoute, Shift
from scenarios.language.policy import LevelRow
from scenarios.language.promises import Curve, Promise, SolveReport
from scenarios.language.rosters import CoverRow, RosterRow
from scenarios.language.rotas import RotaRow
from scenarios.language.service_policy import (
    PartLevelRow,
    ServiceShift,
    SkillRow,
    TechnicianRow,
    TerritoryRow,
)
from scenarios.language.site_rows import ExpansionRow, GreenfieldRow
from scenarios.language.sourcing import SourcingRule

PLAN_FORMAT_VERSION = 1


class Basis(StrEnum):
    """Where the numbers of a part of a plan come from."""

    GIVEN = "given"
    """Stated in units by the planner."""
    RULE = "rule"
    """Stated in days of demand; worked out at every review from the forecast."""
    OPTIMISED = "optimised"
    """Worked out by a solver before the run."""


class CentreLevelRow(Model):
    """One row of the table of levels of distribution centres."""

    __unique__: ClassVar[tuple[str, ...]] = ("dc_id", "sku_id")

    dc_id: str = given(min_length=1)
    """Distribution centre."""
    sku_id: str = given(min_length=1)
    """SKU."""
    reorder_point_units: int = given(unit="units", ge=-1, le=10_000_000)
    """Order when the inventory position is at or below it."""
    order_up_to_units: int = assumed(
        0, "0 = order in lots of `order_quantity_units`", unit="units", ge=0, le=10_000_000
    )
    """Order up to this level."""
    order_quantity_units: int = assumed(
        0, "0 = order up to `order_up_to_units`", unit="units", ge=0, le=10_000_000
    )
    """Fixed lot size."""


class PartnersUsed(Model):
    """Service partners in use."""

    partner_ids: tuple[str, ...] = given()
    """Partners, with equal shares to begin with."""
    share_of_jobs: float = assumed(0.0, "only what overflows", unit="share", ge=0, le=1)
    """Jobs given to partners from the start."""


class PlanPart(Model):
    """One part of a plan: what it decides, for how much, on what basis, and what it promises."""

    path: str = given(min_length=1)
    """Path in the scenario of what it works out."""
    kind: str = given(min_length=1)
    """Review rule or method, e.g. `min_max`."""
    basis: Basis = given()
    """Where its numbers come from."""
    cells: int = given(ge=0)
    """How many things it decides: store x SKU cells, SKUs of centres, people."""
    report: SolveReport | None = assumed(None, "no solver was needed")
    """How the solver got on."""
    promises: tuple[Promise, ...] = assumed((), "it promises nothing")
    """KPIs it promises."""
    curves: tuple[Curve, ...] = assumed((), "none was worked out")
    """What more or less would have bought."""
    digest: str = assumed("", "not kept")
    """Digest of its numbers as the solver left them: tells whether somebody has edited them since."""


class Decisions(Model):
    """A plan as a file: what has been decided in numbers. What is left out stays as the policy says."""

    format: Literal[1]
    """Version of the plan format."""
    scenario: str = assumed("", "not stated")
    """Name of the scenario it was made for."""
    facts_digest: str = assumed("", "not checked when empty")
    """Digest of the facts it was made for; others are refused."""
    parts: tuple[PlanPart, ...] = assumed((), "all numbers are the planner's")
    """Provenance of what solvers worked out."""
    store_levels: Columns[LevelRow] | None = assumed(None, "as the policy says")
    """Levels of stores."""
    centre_levels: Columns[CentreLevelRow] | None = assumed(None, "as the policy says")
    """Levels of distribution centres."""
    open_stations: tuple[str, ...] | None = assumed(None, "as the policy says")
    """Stations that are open."""
    territories: Columns[TerritoryRow] | None = assumed(None, "as the policy says")
    """Which of them serves whom, by store."""
    expansion: Columns[ExpansionRow] | None = assumed(None, "no years were planned")
    """Stations and technicians by year, to be read; the first year is that of `open_stations`."""
    greenfield: Columns[GreenfieldRow] | None = assumed(None, "nothing is proposed")
    """New stations that are proposed, to be read: the run knows nothing of them."""
    rounds: tuple[MasterRoute, ...] | None = assumed(None, "as the policy says")
    """Fixed rounds of own trucks; goods are brought on them and nothing else."""
    part_levels: Columns[PartLevelRow] | None = assumed(None, "as the policy says")
    """Levels of spare parts; replace those of the policy as a whole."""
    agents: tuple[Shift, ...] | None = assumed(None, "as the policy says")
    """Agents by shift."""
    pickers: tuple[Shift, ...] | None = assumed(None, "as the policy says")
    """Pickers by shift."""
    technician_shifts: tuple[ServiceShift, ...] | None = assumed(None, "as the policy says")
    """Working times of technicians."""
    technicians: Columns[TechnicianRow] | None = assumed(None, "as the policy says")
    """All technicians; replaces those of the policy, groups included."""
    skills: Columns[SkillRow] | None = assumed(None, "as the policy says")
    """Their skill matrix."""
    roster: Columns[RosterRow] | None = assumed(None, "as the policy says")
    """Who of them works on which date."""
    cover: Columns[CoverRow] | None = assumed(None, "as the policy says")
    """Technicians wanted at work, by station and weekday."""
    rota: Columns[RotaRow] | None = assumed(None, "as the policy says")
    """Who of them serves which area on which weekday; days are planned by it and nothing else."""
    sourcing_rules: tuple[SourcingRule, ...] | None = assumed(None, "as the policy says")
    """From whom SKUs are bought; replace those of the policy as a whole."""
    carriers: tuple[HiredCarrier, ...] | None = assumed(None, "as the policy says")
    """Carriers used."""
    partners: PartnersUsed | None = assumed(None, "as the policy says")
    """Service partners used."""


NO_DECISIONS = Decisions(format=1)

__all__ = [
    "NO_DECISIONS",
    "PLAN_FORMAT_VERSION",
    "Basis",
    "CentreLevelRow",
    "Decisions",
    "PartnersUsed",
    "PlanPart",
]
