"""The first and the last line under a run: what is counted at both ends, and what the axes stand for."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios import WEEKDAYS
from sim.aftersales.facts import ServiceFacts, build_service_facts
from sim.axes import to_minor
from sim.books import Terms
from sim.books.service_terms import ServiceTerms
from sim.books.terms import WorkTerms, in_micro
from sim.depot import Depot, consigned_skus, owned_value
from sim.records import Closing, IntArray, Panels
from sim.result import Identity, Labels, ServiceLabels
from sim.stores import Stores
from sim.triage import TriageTerms
from sim.world import World

_METRES_PER_KM = 1_000


def opening_of(world: World) -> Closing:
    """What stands on the shelves, is under way and is owed on the first morning."""
    cost = world.axes.purchase_cost_minor
    opening = world.opening
    # Unlike zeros like those of another array, these take no memory until somebody writes to them.
    nothing = _locked(np.zeros(opening.store_units.shape, np.int64))
    return Closing(
        store_units=_locked(opening.store_units),
        store_value=_locked(opening.store_units * cost),
        store_backorders=_locked(opening.backorders),
        transit_units=_locked(opening.transit_units),
        transit_value=_locked(opening.transit_units * cost),
        centre_units=_locked(opening.centre_units),
        centre_value=_locked(owned_value(world, opening.centre_units * cost)),
        centre_deviation=_locked(np.zeros_like(opening.centre_units)),
        waiting_units=nothing,
        returning_units=nothing,
        returning_value=nothing,
    )


def closing_of(world: World, stores: Stores, depot: Depot) -> Closing:
    """The same at the end, counted from the state."""
    transit_units, transit_value = stores.under_way()
    for total, before in zip((transit_units, transit_value), depot.under_way(), strict=True):
        total += before
    returning_units, returning_value = depot.returns.under_way()
    waiting, deviation = (
        np.zeros(transit_units.shape, np.int64),
        np.zeros(depot.stock.on_hand.shape, np.int64),
    )
    if depot.stock.deviation.size:
        deviation += depot.stock.deviation
    store_units, store_value = world.shelf.on_hand.astype(np.int64), world.shelf.value.copy()
    if world.shelf.waiting.size:
        waiting += world.shelf.waiting
        store_units += waiting
        store_value += world.shelf.waiting_value
    return Closing(
        store_units=_locked(store_units),
        store_value=_locked(store_value),
        store_backorders=_locked(world.shelf.backorder.astype(np.int64)),
        transit_units=_locked(transit_units),
        transit_value=_locked(transit_value),
        centre_units=_locked(depot.stock.on_hand.astype(np.int64)),
        centre_value=_locked(owned_value(world, depot.stock.value)),
        centre_deviation=_locked(deviation),
        waiting_units=_locked(waiting),
        returning_units=_locked(returning_units),
        returning_value=_locked(returning_value),
    )


def panels_of(world: World) -> Panels:
    """The accumulators, read-only, in the shape that results show."""
    return Panels(
        day=_locked(world.books.day),
        cell=_locked(np.moveaxis(world.books.cell, 1, -1)),
        cell_revenue=_locked(world.books.cell_revenue),
        centre=_locked(world.centre_panel),
    )


def labels_of(world: World) -> Labels:
    """What the axes of the panels stand for."""
    axes, stores, horizon = world.axes, world.scenario.network.stores, world.scenario.horizon
    return Labels(
        stores=axes.store_ids,
        store_names=tuple(name or store for name, store in zip(stores["name"], axes.store_ids, strict=True)),
        skus=axes.sku_ids,
        classes=axes.class_ids,
        sku_class=axes.class_of_sku,
        centres=axes.centre_ids,
        start_date=horizon.start_date,
        warm_up_days=horizon.warm_up_days,
        panel_period_days=horizon.panel_period_days,
        currency=world.scenario.costs.currency,
        store_size=stores["size"],
        store_latitude=stores["latitude"],
        store_longitude=stores["longitude"],
        suppliers=axes.supplier_ids,
        quoted_lead_time_days=tuple(world.supply.quoted_days.tolist()),
        service=_service_labels(world),
    )


def _service_labels(world: World) -> ServiceLabels:
    facts = build_service_facts(world.scenario, world.axes)
    if facts is None:
        return ServiceLabels()
    stations, people = facts.service.stations, facts.technicians
    names = {} if stations is None else dict(zip(stations["station_id"], stations["name"], strict=True))
    levels = np.array([person.levels for person in people], np.int64)
    return ServiceLabels(
        products=facts.product_ids,
        modes=facts.mode_ids,
        regions=facts.region_ids,
        segments=facts.segment_ids,
        sla_classes=tuple(promise.id for promise in facts.policy.sla),
        stations=facts.station_ids,
        station_names=tuple(str(names[station] or station) for station in facts.station_ids),
        station_latitude=_locked(facts.station_latitude),
        station_longitude=_locked(facts.station_longitude),
        technicians=tuple(person.id for person in people),
        technician_station=_locked(np.array([person.station for person in people], np.int64)),
        skills=facts.skill_ids,
        levels=_locked(levels.reshape(len(people), len(facts.skill_ids))),
        parts=facts.part_ids,
        partners=facts.partner_ids,
        radius_km=facts.policy.radius_km,
        covered_road_metres=round(
            facts.policy.radius_km * _METRES_PER_KM * facts.service.roads.detour_factor
        ),
        answer_within_seconds=facts.policy.contacts.answer_within_seconds,
        cover=_locked(_cover(facts)),
    )


def _cover(facts: ServiceFacts) -> IntArray:
    """(stations, weekdays) technicians wanted at work."""
    table = facts.policy.workforce.cover
    wanted = np.zeros((0 if table is None else len(facts.station_ids), len(WEEKDAYS)), np.int64)
    if table is not None:
        for name, weekday, people in zip(table["station_id"], table["weekday"], table["people"], strict=True):
            if name in facts.station_ids:
                wanted[facts.station_ids.index(name), WEEKDAYS.index(weekday)] = people
    return wanted


def terms_of(world: World) -> Terms:
    """Cost facts for the ledger."""
    network = world.scenario.network
    error = network.record_error
    return Terms(
        costs=world.scenario.costs,
        store_centre=world.axes.centre_of_store,
        centre_unlimited=np.array([centre.stock == "unlimited" for centre in network.distribution_centres]),
        store_facility_cost_per_day=network.stores["facility_cost_per_day"],
        centre_facility_cost_per_day=np.array(
            [c.facility_cost_per_day for c in network.distribution_centres]
        ),
        featured=world.facts.featured,
        holding_micro_per_unit_day=world.goods.holding_micro,
        incentive_minor_per_unit=None if world.steered is not None else world.goods.incentive,
        shelf_life_days=world.handling.shelf_life_days,
        ages_in_centre=world.ageing.lot_index >= 0,
        triage=TriageTerms.of(world.scenario),
        express_surcharge_share=world.supply.surcharge_share,
        volume_discounts=tuple(
            tuple((step.units, step.discount_share) for step in supplier.volume_discounts)
            for supplier in network.suppliers
        ),
        count_cost_per_line=error.count_cost_per_line if error else 0.0,
        is_consigned=consigned_skus(world),
        work=_work_terms(world),
        service=_service_terms(world),
    )


def _service_terms(world: World) -> ServiceTerms | None:
    facts = build_service_facts(world.scenario, world.axes)
    if facts is None:
        return None
    supply, stations = facts.service.parts, facts.service.stations
    per_day = (
        {}
        if stations is None
        else dict(zip(stations["station_id"], stations["facility_cost_per_day"], strict=True))
    )
    cost = np.zeros(0) if supply is None else supply.parts["purchase_cost"]
    return ServiceTerms(
        service=facts.service,
        policy=facts.policy,
        station_centre=np.array(facts.station_centre, np.int64),
        station_minor_per_day=to_minor([per_day[name] for name in facts.station_ids]),
        technician_station=np.array([person.station for person in facts.technicians], np.int64),
        part_cost_minor=to_minor(cost),
    )


def _work_terms(world: World) -> WorkTerms:
    facts, policy = world.scenario.depot, world.scenario.policy
    has_fleet = policy.transport.mode == "fleet"
    kinds = {kind.id: kind for kind in world.scenario.fleet.truck_types}
    kept, per_day = np.zeros((2, len(world.axes.centre_ids)), np.int64)
    for group in policy.transport.trucks if has_fleet else ():
        for centre, name in enumerate(world.axes.centre_ids):
            if group.dc_id in ("", name):
                kept[centre] += group.count
                per_day[centre] += group.count * in_micro(kinds[group.type_id].cost_per_day)
    has_picking = facts is not None and facts.picking is not None
    is_sorted = policy.depot.picking == "put_to_store"
    return WorkTerms(
        has_outbound=facts is not None or has_fleet,
        has_desk=facts is not None and facts.order_desk is not None,
        is_picked=has_picking and not is_sorted,
        is_sorted=has_picking and is_sorted,
        has_goods_in=facts is not None and facts.goods_in is not None,
        has_staging=facts is not None and facts.staging is not None and has_fleet,
        doors=facts.docks.doors if facts is not None and facts.docks is not None else 0,
        trucks=kept,
        trucks_micro_per_day=per_day,
        type_cost_per_km=tuple(kind.cost_per_km for kind in world.scenario.fleet.truck_types),
        courier_cost_per_km=world.scenario.fleet.courier_cost_per_km,
    )


def identity_of(world: World) -> Identity:
    """What makes the run repeatable."""
    digests = world.digests
    return Identity(
        scenario=world.scenario.name,
        scenario_digest=digests.scenario,
        facts_digest=digests.facts,
        policy_digest=digests.policy,
        plan_digest=digests.plan,
        seed=world.seed,
        replication=world.replication,
        version=_version(),
    )


def _version() -> str:
    try:
        return version("dualedge")
    except PackageNotFoundError:
        return "0+unknown"


def _locked(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.setflags(write=False)
    return array
