"""Which stations are open and whom each serves: the planner step of the service network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.network.expansion_planning import FAR_MINUTES, Years, plan_years
from optimize.network.greenfield_planning import Customers, propose_stations
from optimize.network.station_neighbours import neighbouring_points
from optimize.network.station_problem import ReachPromise, SitingPlan, SitingProblem
from optimize.network.station_siting import site_stations
from optimize.outlook import FieldOutlook, Outlook, SitingOutlook
from optimize.solving import Progress
from optimize.staffing.technician_tables import people_of
from optimize.staffing.technician_terms import cost_of_duty, duty_terms
from optimize.staffing.unsolved import unsolved
from scenarios import (
    Basis,
    Curve,
    OptimisedSites,
    PlanPart,
    Premise,
    Promise,
    Scenario,
    Service,
    SiteExpansion,
    SolveReport,
    TerritoryRow,
    Unserved,
    columns_of,
)

FloatArray = npt.NDArray[np.float64]

PATH = "policy.optimised.sites"

_MINUTES_PER_HOUR = 60.0
_UNIT = "money per day"
_FEWER, _MORE = 6, 4
"""Of the curve: stations fewer and more than the plan's."""
_NEARLY = 5e-4
"""Share by which customers' own places may miss a coverage that was asked for, without a word."""


def plan_sites(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Open stations, and territories by store, for the least cost of stations, technicians and roads.

    Build: visits by store, drives from every station of the table, costs as the books have them. Solve:
    `site_stations`, which sizes technicians together with the stations. Decode: ids of stations, a row per store.
    Technicians themselves are planned by the step after, from what is to be expected of these territories.

    Returns:
        Fields of `Decisions`, and one part with promises; no fields where no choice does what is asked.
    """
    wanted, siting, field, service = (
        scenario.policy.optimised.sites,
        outlook.siting,
        outlook.field,
        scenario.service,
    )
    if wanted is None:
        return {}, ()
    if service is None or service.stations is None or siting is None or field is None:
        reason = "there is no station that could be open"
        return {}, (unsolved(PATH, "siting", _UNIT, reason, "give `service.stations`"),)
    if not scenario.policy.service.workforce.shifts:
        reason = "there is no shift that anybody could work"
        return {}, (unsolved(PATH, "siting", _UNIT, reason, "give `policy.service.workforce.shifts`"),)
    names = [str(name) for name in service.stations["station_id"]]
    problem = siting_problem(scenario, service, siting, field, wanted)
    progress("sites", 0, 1)
    shown, parts = _proposals(scenario, service, siting, wanted)
    if wanted.expansion is not None:
        years = _years(scenario, service, problem, field, wanted.expansion)
        shown, parts = {**years.numbers, **shown}, (years.part, *parts)
        if not years.first_open:
            return shown, parts
        first = years.first_open
        problem = replace(problem, required=first, fewest_stations=len(first), most_stations=len(first))
    found = site_stations(problem, with_curve=False)
    if found.open_stations and wanted.expansion is None:
        found = replace(found, curve=neighbouring_points(problem, found, _FEWER, _MORE))
    progress("sites", 1, 1)
    if not found.open_stations:
        return shown, (_part(found, problem, (), ()), *parts)
    stores = [str(store) for store in scenario.network.stores["store_id"]]
    at = found.territory[: len(stores)]
    territories = {"store_id": stores, "station_id": [names[station] for station in at.tolist()]}
    decided = {
        "open_stations": tuple(names[station] for station in found.open_stations),
        "territories": columns_of(TerritoryRow, territories),
    }
    covered = siting.covered_share[np.arange(len(stores)), at]
    missed = tuple(_missed(scenario, wanted, siting.visits_per_day, covered))
    sites = _part(found, problem, missed, tuple(_promises(found, siting, covered)))
    return {**decided, **shown}, (sites, *parts)


def _years(
    scenario: Scenario,
    service: Service,
    problem: SitingProblem,
    field: FieldOutlook,
    wanted: SiteExpansion,
) -> Years:
    """The network over years: stores grow as their region does, job streams as everybody."""
    assert service.stations is not None
    growth = np.full(problem.points, wanted.growth_per_year)
    for store, region in enumerate(scenario.network.stores["region"]):
        growth[store] = wanted.growth_by_region.get(region, wanted.growth_per_year)
    names = [str(name) for name in service.stations["station_id"]]
    crews = np.zeros(len(names))
    for person in people_of(scenario.policy.service.workforce):
        crews[names.index(person.station_id)] += duty_terms(scenario, service, field).presence_share
    return plan_years(problem, wanted, growth, crews, names)


def _proposals(
    scenario: Scenario, service: Service, siting: SitingOutlook, wanted: OptimisedSites
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """New stations anywhere, where they are asked for."""
    if wanted.greenfield is None:
        return {}, ()
    stores, stations, policy = scenario.network.stores, service.stations, scenario.policy
    assert stations is not None
    stands = np.array(
        [
            wanted.greenfield.beside_open_stations
            and (not policy.service.open_stations or name in policy.service.open_stations)
            for name in stations["station_id"]
        ],
        np.bool_,
    )
    customers = Customers(
        latitude=stores["latitude"].astype(np.float64),
        longitude=stores["longitude"].astype(np.float64),
        visits_per_day=siting.visits_per_day,
        station_latitude=stations["latitude"][stands].astype(np.float64),
        station_longitude=stations["longitude"][stands].astype(np.float64),
    )
    numbers, part = propose_stations(
        customers, wanted.greenfield, policy.service.radius_km, policy.optimised.seed
    )
    return numbers, (part,)


def siting_problem(
    scenario: Scenario,
    service: Service,
    siting: SitingOutlook,
    field: FieldOutlook,
    wanted: OptimisedSites,
) -> SitingProblem:
    """The siting problem of a scenario: a point per store, then one per station that has a job stream."""
    assert service.stations is not None
    names = [str(name) for name in service.stations["station_id"]]
    streams = np.flatnonzero(siting.stream_visits_per_day > 0.0)
    far = np.full((len(streams), len(names)), FAR_MINUTES)
    far[np.arange(len(streams)), streams] = 0.0
    minutes = np.concatenate([siting.drive_minutes, far])
    visits = np.concatenate([siting.visits_per_day, siting.stream_visits_per_day[streams]])
    all_visits = field.visits_per_day.sum(axis=1)
    on_site = float(all_visits @ field.on_site_minutes / max(all_visits.sum(), 1e-300))
    roads, terms = service.roads, duty_terms(scenario, service, field)
    pace = _MINUTES_PER_HOUR / roads.speed_km_per_hour * float(np.mean(roads.hour_factors))
    opened = scenario.policy.service.open_stations or tuple(names)
    technicians = scenario.policy.optimised.technicians
    assert technicians is not None
    return SitingProblem(
        jobs_per_day=visits,
        work_minutes=np.full(len(visits), on_site),
        travel_minutes=minutes,
        travel_km=minutes / pace,
        station_cost_per_day=service.stations["facility_cost_per_day"].astype(np.float64),
        technician_cost_per_day=max(cost_of_duty(scenario, terms), 1e-6),
        on_duty_minutes=terms.on_duty_minutes,
        cost_per_km=scenario.costs.service.van_per_km,
        largest_utilisation=technicians.largest_utilisation,
        trips_per_job=siting.travel_per_drive,
        reach=tuple(_reach(scenario, service, wanted, siting)),
        required=tuple(sorted({names.index(name) for name in wanted.keeps} | set(streams.tolist()))),
        existing=tuple(names.index(name) for name in opened),
        closing_cost_per_day=np.full(len(names), wanted.closing_cost_per_day),
        fewest_stations=wanted.least_stations,
        most_stations=wanted.most_stations,
    )


def _reach(
    scenario: Scenario, service: Service, wanted: OptimisedSites, siting: SitingOutlook
) -> Iterator[ReachPromise]:
    """Coverage that is asked for, in all and by region, by the road to the middle of a store's customers."""
    radius = scenario.policy.service.radius_km * service.roads.detour_factor
    stores = range(len(siting.visits_per_day))
    if wanted.covered_share > 0.0:
        yield ReachPromise(least_share=wanted.covered_share, radius_km=radius, points=tuple(stores))
    regions = scenario.network.stores["region"]
    for region, share in wanted.covered_share_by_region.items():
        points = tuple(store for store in stores if regions[store] == region)
        if share > 0.0 and points:
            yield ReachPromise(least_share=share, radius_km=radius, points=points, name=f"region {region}")


def _missed(
    scenario: Scenario, wanted: OptimisedSites, visits: FloatArray, covered: FloatArray
) -> Iterator[Unserved]:
    """Coverage that the stations have by roads to stores, and not by the places of customers around them."""
    regions = scenario.network.stores["region"]
    asked = [("all customers", np.ones(len(visits), np.bool_), wanted.covered_share)]
    asked += [
        (f"region {name}", regions == name, share) for name, share in wanted.covered_share_by_region.items()
    ]
    for item, mine, share in asked:
        reached = float(visits[mine] @ covered[mine] / max(visits[mine].sum(), 1e-300))
        if share > 0.0 and reached < share - _NEARLY:
            yield Unserved(
                item=f"coverage of {item}: {share:.1%}",
                reason=f"{reached:.1%} live within the radius: customers are spread around their stores",
                relaxation=f"covered_share {np.floor(1e3 * reached) / 1e3:.3f}, or more, to allow for the spread",
            )


def _promises(found: SitingPlan, siting: SitingOutlook, covered: FloatArray) -> Iterator[Promise]:
    """Coverage, and the drive of a visit, at what is expected."""
    visits = siting.visits_per_day
    if visits.sum() <= 0.0:
        return
    yield Promise(
        measure="covered_share",
        forecast=float(visits @ covered / visits.sum()),
        premises=(Premise.EXPECTED_LOAD,),
        method="customers spread around their stores, territories as planned",
    )
    yield Promise(
        measure="drive_minutes_per_visit",
        forecast=found.travel_minutes * siting.travel_per_drive,
        premises=(Premise.EVERYBODY_PRESENT, Premise.CERTAIN_ROADS, Premise.EXPECTED_LOAD),
        method="drive from the station, by the minutes on the road that one of them takes today",
    )


def _part(
    found: SitingPlan, problem: SitingProblem, missed: tuple[Unserved, ...], promises: tuple[Promise, ...]
) -> PlanPart:
    unserved = tuple(
        Unserved(item=f"customers of point {item.customer}", reason=item.reason, relaxation=item.relaxation)
        for item in found.unserved
    )
    is_served = bool(found.open_stations)
    report = SolveReport(
        solver=found.solver,
        status=found.status,
        objective=found.cost_per_day if is_served else None,
        bound=found.bound if np.isfinite(found.bound) else None,
        unit=_UNIT,
        items=problem.stations,
        unserved=(*unserved, *missed),
    )
    return PlanPart(
        path=PATH,
        kind="siting_with_technicians",
        basis=Basis.OPTIMISED,
        cells=len(found.open_stations),
        report=report,
        promises=promises,
        curves=tuple(_curves(found)),
    )


def _curves(found: SitingPlan) -> Iterator[Curve]:
    """What one more station buys."""
    known = [point for point in found.curve if np.isfinite(point.cost_per_day)]
    if not known:
        return
    figures = (
        ("cost of stations, technicians and roads", _UNIT, "cost_per_day"),
        ("drive from the station to a visit", "minutes", "travel_minutes"),
        ("technicians on duty", "technicians", "technicians"),
    )
    for value, unit, name in figures:
        yield Curve(
            level="open stations",
            value=value,
            value_unit=unit,
            points=tuple((float(point.stations), float(getattr(point, name))) for point in known),
            chosen=float(len(found.open_stations)),
        )


__all__ = ["PATH", "plan_sites", "siting_problem"]
