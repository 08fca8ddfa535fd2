"""Stations over several years, as the planner step of sites asks for them: years on top of the siting of one year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.network.expansion import ExpansionPlan, expand, money_by_year
from optimize.network.expansion_problem import Expansion, NearShare, grown_demand
from optimize.network.station_problem import SitingProblem
from optimize.network.station_siting import site_stations
from scenarios import (
    Basis,
    Curve,
    ExpansionRow,
    PlanPart,
    SiteExpansion,
    SolveReport,
    SolveStatus,
    Unserved,
    columns_of,
)

FloatArray = npt.NDArray[np.float64]

PATH = "policy.optimised.sites.expansion"
FAR_MINUTES = 10_000.0
"""Drive to a job stream from stations that it does not belong to."""
DAYS_PER_YEAR = 365.0

_UNIT = "money"
_NEAR = 1.0 + 1e-9


@dataclass(frozen=True, eq=False)
class Years:
    """What was planned over the years."""

    first_open: tuple[int, ...]
    """Stations of the first year; none without a plan."""
    numbers: dict[str, Any]
    """Fields of `Decisions`."""
    part: PlanPart


def plan_years(
    problem: SitingProblem,
    wanted: SiteExpansion,
    growth: FloatArray,
    crews_today: FloatArray,
    station_ids: Sequence[str],
) -> Years:
    """Which stations open, grow and close when.

    Args:
        problem: of the first year; crews are steps of capacity, one technician each, the first comes with the station.
        wanted: years, growth, prices.
        growth: (points,) per year.
        crews_today: (stations,) technicians on duty at the same time.
        station_ids: names, in the order of the problem.
    """
    years = expansion_problem(problem, wanted, growth, crews_today)
    found = expand(years, node_limit=wanted.nodes)
    if not found.is_open.any() and found.status is not SolveStatus.INFEASIBLE:
        found = year_by_year(problem, years, found.bound)
    part = _part(found, wanted)
    if not found.is_open.any():
        return Years((), {}, part)
    visits = np.einsum("tp,tps->ts", years.demand, found.share)
    rows = [(int(year), int(station)) for year, station in np.argwhere(found.is_open)]
    table = columns_of(
        ExpansionRow,
        {
            "year": [year + 1 for year, _ in rows],
            "station_id": [station_ids[station] for _, station in rows],
            "technicians": [int(found.steps[at]) + 1 for at in rows],
            "visits_per_day": [round(float(visits[at]), 6) for at in rows],
        },
    )
    return Years(tuple(np.flatnonzero(found.is_open[0]).tolist()), {"expansion": table}, part)


def expansion_problem(
    problem: SitingProblem, wanted: SiteExpansion, growth: FloatArray, crews_today: FloatArray
) -> Expansion:
    """The problem over years, customers of a store shared by several stations where that is cheaper."""
    exists = np.isin(np.arange(problem.stations), problem.existing)
    crew = np.full(problem.stations, problem.on_duty_minutes * problem.largest_utilisation)
    technician = np.full(problem.stations, problem.technician_cost_per_day * DAYS_PER_YEAR)
    per_visit = problem.trips_per_job * problem.cost_per_km * problem.travel_km * DAYS_PER_YEAR
    nearness = (
        NearShare(_is_near(problem, promise.radius_km), promise.points or tuple(range(problem.points)),
                  promise.least_share)
        for promise in problem.reach
    )  # fmt: skip
    return Expansion(
        demand=grown_demand(problem.jobs_per_day, growth, wanted.years),
        unit_cost=np.where(problem.travel_minutes < FAR_MINUTES, per_visit, np.inf),
        unit_load=problem.work_minutes[:, np.newaxis] + problem.trips_per_job * problem.travel_minutes,
        capacity=crew,
        step_capacity=crew,
        most_steps=problem.most_technicians - 1,
        yearly_cost=problem.station_cost_per_day * DAYS_PER_YEAR + technician,
        step_yearly_cost=technician,
        opening_cost=np.full(problem.stations, wanted.opening_cost + wanted.cost_per_added_technician),
        closing_cost=np.full(problem.stations, wanted.closing_cost),
        step_cost=np.full(problem.stations, wanted.cost_per_added_technician),
        is_existing=exists,
        existing_steps=np.where(exists, np.maximum(np.rint(crews_today) - 1.0, 0.0), 0.0).astype(np.int64),
        is_required=np.isin(np.arange(problem.stations), problem.required),
        interest=wanted.discount_per_year,
        fewest_sites=problem.fewest_stations,
        most_sites=problem.most_stations,
        near=tuple(nearness),
    )


def _is_near(problem: SitingProblem, radius_km: float | None) -> npt.NDArray[np.bool_]:
    assert radius_km is not None, "coverage of a scenario is by its service radius"
    return np.asarray(problem.travel_km <= radius_km * _NEAR)


def year_by_year(problem: SitingProblem, years: Expansion, bound: float) -> ExpansionPlan:
    """The constructive rule: each year on its own, keeping all stations of the year before.

    Args:
        problem: of the first year.
        years: demand by year and prices.
        bound: of the present value, from the search that found no plan.
    """
    shape = (len(years.demand), problem.stations)
    is_open, steps = np.zeros(shape, np.bool_), np.zeros(shape, np.int64)
    share = np.zeros((len(years.demand), problem.points, problem.stations))
    kept = problem.required
    for year, demand in enumerate(years.demand):
        found = site_stations(replace(problem, jobs_per_day=demand, required=kept), with_curve=False)
        if not found.open_stations:
            return ExpansionPlan(
                SolveStatus.INFEASIBLE, np.zeros_like(is_open), np.zeros_like(steps), np.zeros_like(share),
                np.zeros((len(years.demand), 5)), np.inf, bound, 0, unserved=found.unserved,
            )  # fmt: skip
        kept = found.open_stations
        is_open[year, list(kept)] = True
        steps[year] = np.maximum(found.technicians - 1, 0)
        share[year] = found.share
    parts = money_by_year(years, is_open, steps, share)
    cost = float(years.discount @ parts.sum(axis=1))
    return ExpansionPlan(
        SolveStatus.FALLBACK, is_open, steps, share, parts, cost, min(bound, cost), 0,
        solver="year by year, no station ever closed",
    )  # fmt: skip


def _part(found: ExpansionPlan, wanted: SiteExpansion) -> PlanPart:
    has_plan = bool(found.is_open.any())
    report = SolveReport(
        solver=found.solver,
        status=found.status,
        objective=found.objective if has_plan else None,
        bound=found.bound if np.isfinite(found.bound) else None,
        unit=_UNIT,
        work_limit=f"{wanted.nodes:,} nodes",
        items=wanted.years,
        fallbacks=wanted.years if found.status is SolveStatus.FALLBACK else 0,
        unserved=tuple(
            Unserved(
                item=f"customers of point {item.customer}", reason=item.reason, relaxation=item.relaxation
            )
            for item in found.unserved
        )
        or (() if has_plan else (_contradiction(wanted),)),
    )
    return PlanPart(
        path=PATH,
        kind="present_value_of_years",
        basis=Basis.OPTIMISED,
        cells=int(found.is_open.sum()),
        report=report,
        curves=tuple(_curves(found)) if has_plan else (),
    )


def _contradiction(wanted: SiteExpansion) -> Unserved:
    return Unserved(
        item=f"{wanted.years} years",
        reason="no choice of stations keeps all limits in every year",
        relaxation="a lower `covered_share`, more `most_stations`, or fewer `years`",
    )


def _curves(found: ExpansionPlan) -> Iterator[Curve]:
    """Year by year: money, stations, technicians; the dot is the year of the run."""
    technicians = (found.steps + found.is_open).sum(axis=1)
    for value, unit, by_year in (
        ("cost of the year, not discounted", "money per year", found.yearly_parts.sum(axis=1)),
        ("open stations", "", found.is_open.sum(axis=1)),
        ("technicians on duty", "technicians", technicians),
    ):
        points = tuple((float(year + 1), float(level)) for year, level in enumerate(by_year.tolist()))
        yield Curve(level="year", value=value, value_unit=unit, points=points, chosen=1.0)


__all__ = ["DAYS_PER_YEAR", "FAR_MINUTES", "PATH", "Years", "expansion_problem", "plan_years", "year_by_year"]
