"""Checks of what is to be optimised: that the scenario has it, and that targets and limits can be meant."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios.language.errors import Problem, did_you_mean
from scenarios.language.optimised import OptimisedCarriers, OptimisedSites, OptimisedStock, OptimisedSuppliers
from scenarios.language.places import Places
from scenarios.language.policy import KnownOrders, VendorManaged
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Mask, Reach

_OPTIMISED = "policy.optimised"
CLASS_CODES = (*"ABC", *(value + variation for value in "ABC" for variation in "XYZ"))
"""Classes that a target may name: by value of demand, or with how it varies."""


def there_is_something_to_optimise(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """What is to be optimised exists in the scenario."""
    del reach
    optimised, service, depot = scenario.policy.optimised, scenario.service, scenario.depot
    has_calls = service is not None and service.contact_centre is not None
    has_stations = service is not None and service.stations is not None
    has_parts = service is not None and service.parts is not None
    is_picked = depot is not None and depot.picking is not None
    for name, is_there, missing in (
        ("agents", has_calls, "`service.contact_centre`"),
        ("technicians", has_stations, "`service.stations`"),
        ("rosters", has_stations, "`service.stations`"),
        ("parts", has_parts, "`service.parts`"),
        ("pickers", is_picked, "`depot.picking`"),
        ("sites", has_stations, "`service.stations`"),
        ("rounds", _has_trucks(scenario), "own truck in `policy.transport.trucks`"),
    ):
        if getattr(optimised, name) is not None and not is_there:
            yield places.problem("E516", f"{_OPTIMISED}.{name}", f"there is no {missing}")
    if optimised.sourcing is not None and not _can_choose(scenario):
        rule = "there is nobody to choose among: no `network.supply`, `fleet.carriers` or `service.partners`"
        yield places.problem("E516", f"{_OPTIMISED}.sourcing", rule)
    centres = scenario.network.distribution_centres
    if optimised.centres and all(centre.stock == "unlimited" for centre in centres):
        rule = "no distribution centre has limited stock: none ever orders"
        yield places.problem("E516", f"{_OPTIMISED}.centres", rule)


def _has_trucks(scenario: Scenario) -> bool:
    transport = scenario.policy.transport
    return transport.mode == "fleet" and any(trucks.count for trucks in transport.trucks)


def sites_can_be_chosen(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Stations to be kept and regions exist, numbers agree, and technicians are sized with the stations."""
    del reach
    wanted, path = scenario.policy.optimised.sites, f"{_OPTIMISED}.sites"
    if wanted is None or scenario.service is None or scenario.service.stations is None:
        return
    stations = scenario.service.stations["station_id"]
    yield from places.unknown_ids(f"{path}.keeps", wanted.keeps, stations, "station")
    regions = set(scenario.network.stores["region"])
    for region in wanted.covered_share_by_region:
        if region not in regions:
            hint = did_you_mean(region, regions)
            yield places.problem(
                "E501", f"{path}.covered_share_by_region.{region}", "no store lies there", region, hint
            )
    for region, share in wanted.covered_share_by_region.items():
        if not 0 <= share <= 1:
            yield places.problem(
                "E304", f"{path}.covered_share_by_region.{region}", "must be from 0 to 1", share
            )
    if wanted.least_stations > len(stations):
        rule = f"must be at most {len(stations)}, the number of stations that can be had"
        yield places.problem("E504", f"{path}.least_stations", rule, wanted.least_stations)
    least = max(wanted.least_stations, len(set(wanted.keeps)))
    if wanted.most_stations is not None and wanted.most_stations < least:
        rule = f"must be at least {least}: as many are kept or asked for"
        yield places.problem("E504", f"{path}.most_stations", rule, wanted.most_stations)
    yield from _years_and_proposals(wanted, regions, path, places)
    if scenario.policy.optimised.technicians is None:
        rule = "nobody would work at a station that opens"
        yield places.problem(
            "E516", path, rule, hint="give `policy.optimised.technicians`, `{}` for usual targets"
        )


def _years_and_proposals(
    wanted: OptimisedSites, regions: set[str], path: str, places: Places
) -> Iterator[Problem]:
    """Regions that grow exist, and proposals are asked for in one way."""
    expansion, greenfield = wanted.expansion, wanted.greenfield
    for region, growth in () if expansion is None else expansion.growth_by_region.items():
        at = f"{path}.expansion.growth_by_region.{region}"
        if region not in regions:
            yield places.problem("E501", at, "no store lies there", region, did_you_mean(region, regions))
        if not -1 < growth <= 10:
            yield places.problem("E304", at, "must be more than -1 and at most 10", growth)
    if (
        expansion is not None
        and places.stated(f"{path}.closing_cost_per_day")
        and wanted.closing_cost_per_day
    ):
        rule = "has no effect beside `expansion`: give its `closing_cost`"
        yield places.problem("W602", f"{path}.closing_cost_per_day", rule, wanted.closing_cost_per_day)
    if greenfield is not None and (greenfield.count is None) == (greenfield.service_distance_km is None):
        rule = "give exactly one of `count` and `service_distance_km`"
        yield places.problem("E511", f"{path}.greenfield", rule)


def _can_choose(scenario: Scenario) -> bool:
    """Whether there are suppliers, carriers or partners to choose among."""
    has_partners = scenario.service is not None and bool(scenario.service.partners)
    return has_partners or scenario.network.supply is not None or bool(scenario.fleet.carriers)


def scopes_reach_what_can_be_decided(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Entries reach cells that stores review themselves."""
    if not scenario.policy.optimised.stores:
        return
    replayed, pushed = _kept_from_solvers(scenario, reach)
    left = reach.listed.copy()
    for index, entry in enumerate(scenario.policy.optimised.stores):
        matched = np.logical_and.outer(reach.stores(entry.scope), reach.skus(entry.scope)) & left
        left &= ~matched
        path = f"{_OPTIMISED}.stores[{index}]"
        if not matched.any():
            yield places.problem("W602", path, "matches no cell that an earlier entry has left")
        elif bool((matched <= replayed).all()):
            rule = "reaches only cells whose orders are replayed as they were (`known_orders`)"
            yield places.problem("E516", path, rule)
        elif bool((matched <= (replayed | pushed)).all()):
            rule = "reaches only cells that the distribution centre decides about (`vendor_managed`)"
            yield places.problem("E516", path, rule)


def _kept_from_solvers(scenario: Scenario, reach: Reach) -> tuple[Mask, Mask]:
    """(stores, SKUs) each: cells whose orders are replayed, and cells that the centre decides about."""
    replayed, pushed = np.zeros(reach.listed.shape, np.bool_), np.zeros(reach.listed.shape, np.bool_)
    left = np.ones(reach.listed.shape, np.bool_)
    for rule in scenario.policy.replenishment:
        matched = np.logical_and.outer(reach.stores(rule.scope), reach.skus(rule.scope)) & left
        left &= ~matched
        if isinstance(rule.mode, KnownOrders):
            replayed |= matched
        elif isinstance(rule.mode, VendorManaged):
            pushed |= matched
    return replayed, pushed


def targets_can_be_meant(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Classes exist, shares are shares, one aim for parts, hours that are open, limits that limit something."""
    del reach
    optimised = scenario.policy.optimised
    for block in ("stores", "centres"):
        for index, entry in enumerate(getattr(optimised, block)):
            yield from _target(entry, f"{_OPTIMISED}.{block}[{index}]", places)
    parts = optimised.parts
    if parts is not None and (parts.first_time_fix_share is None) == (parts.budget is None):
        rule = "give exactly one of `first_time_fix_share` and `budget`"
        yield places.problem("E511", f"{_OPTIMISED}.parts", rule)
    agents = optimised.agents
    if agents is not None and agents.closes_hour <= agents.opens_hour:
        rule = f"must be after `opens_hour`, {agents.opens_hour:g}"
        yield places.problem("E504", f"{_OPTIMISED}.agents.closes_hour", rule, agents.closes_hour)
    if agents is not None:
        for index, hours in enumerate(agents.shift_hours):
            if not agents.break_minutes / 60 < hours <= 24:
                rule = "a shift must be longer than its break and at most 24 hours"
                yield places.problem("E504", f"{_OPTIMISED}.agents.shift_hours[{index}]", rule, hours)
    suppliers = None if optimised.sourcing is None else optimised.sourcing.suppliers
    if suppliers is not None:
        yield from _sources(suppliers, f"{_OPTIMISED}.sourcing.suppliers", places)
    carriers = None if optimised.sourcing is None else optimised.sourcing.carriers
    if carriers is not None:
        yield from _carriers(carriers, f"{_OPTIMISED}.sourcing.carriers", places)
    has_limit = any(value is not None for _, value in optimised.limits)
    if has_limit and not optimised.stores and places.stated(f"{_OPTIMISED}.limits"):
        rule = "limits what `stores` decides, and that names nothing"
        yield places.problem("E516", f"{_OPTIMISED}.limits", rule, hint="give `policy.optimised.stores`")


def _sources(entry: OptimisedSuppliers, path: str, places: Places) -> Iterator[Problem]:
    if entry.most_sources < entry.least_sources:
        rule = f"must be at least `least_sources`, {entry.least_sources}"
        yield places.problem("E503", f"{path}.most_sources", rule, entry.most_sources)
    if entry.minimum_share * entry.least_sources > 1:
        rule = f"{entry.least_sources} suppliers cannot have so much each"
        yield places.problem("E503", f"{path}.minimum_share", rule, entry.minimum_share)
    if entry.least_sources > 1 and entry.minimum_share == 0:
        rule = "must be above 0: a second source that gets nothing is none"
        yield places.problem("E503", f"{path}.minimum_share", rule, entry.minimum_share)


def _carriers(entry: OptimisedCarriers, path: str, places: Places) -> Iterator[Problem]:
    if entry.most_carriers < entry.least_carriers:
        rule = f"must be at least `least_carriers`, {entry.least_carriers}"
        yield places.problem("E503", f"{path}.most_carriers", rule, entry.most_carriers)
    if entry.maximum_share < entry.minimum_share:
        rule = f"must be at least `minimum_share`, {entry.minimum_share:g}"
        yield places.problem("E503", f"{path}.maximum_share", rule, entry.maximum_share)
    if entry.minimum_share * entry.least_carriers > 1:
        rule = f"{entry.least_carriers} carriers cannot have so much each"
        yield places.problem("E503", f"{path}.minimum_share", rule, entry.minimum_share)


def _target(entry: OptimisedStock, path: str, places: Places) -> Iterator[Problem]:
    target = entry.target
    if target is None:
        return
    if entry.shortage_cost_per_unit is not None:
        rule = "a target and a cost of what is missing exclude each other"
        yield places.problem("E511", f"{path}.shortage_cost_per_unit", rule, entry.shortage_cost_per_unit)
    for code, share in target.share_by_class.items():
        at = f"{path}.target.share_by_class.{code}"
        if code not in CLASS_CODES:
            yield places.problem(
                "E501", at, "there is no such class", code, did_you_mean(code.upper(), CLASS_CODES)
            )
        if not 0 < share < 1:
            yield places.problem("E304", at, "must be more than 0 and less than 1", share)


CHECKS = (
    there_is_something_to_optimise,
    sites_can_be_chosen,
    scopes_reach_what_can_be_decided,
    targets_can_be_meant,
)
