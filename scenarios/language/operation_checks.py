"""Checks of work in centres and of transport: who is named exists, what is needed is there, nothing is idle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from scenarios.language.errors import Problem
from scenarios.language.operations import Shift
from scenarios.language.places import Places
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach

_TRANSPORT = "policy.transport"


def names(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Centres, kinds of truck, carriers, stores and regions that are named exist, and ids are given once."""
    centres = [centre.id for centre in scenario.network.distribution_centres]
    regions = set(scenario.network.stores["region"])
    fleet, policy = scenario.fleet, scenario.policy
    kinds, carriers = [kind.id for kind in fleet.truck_types], [carrier.id for carrier in fleet.carriers]
    streams = scenario.depot.order_streams if scenario.depot is not None else ()
    yield from places.given_twice("fleet.truck_types", kinds)
    yield from places.given_twice("fleet.carriers", carriers)
    yield from places.given_twice("depot.order_streams", [stream.id for stream in streams])
    for index, carrier in enumerate(fleet.carriers):
        yield from places.unknown_ids(f"fleet.carriers[{index}].regions", carrier.regions, regions, "region")
    named: list[tuple[str, str]] = [
        (f"depot.order_streams[{index}].dc_id", stream.dc_id) for index, stream in enumerate(streams)
    ]
    for crew in ("desk", "pickers", "receivers"):
        shifts: Sequence[Shift] = getattr(policy.depot, crew)
        named += [(f"policy.depot.{crew}[{index}].dc_id", shift.dc_id) for index, shift in enumerate(shifts)]
    for index, trucks in enumerate(policy.transport.trucks):
        path = f"{_TRANSPORT}.trucks[{index}]"
        named.append((f"{path}.dc_id", trucks.dc_id))
        yield from places.unknown_ids(f"{path}.type_id", [trucks.type_id], kinds, "kind of truck")
    for path, name in named:
        yield from places.unknown_ids(path, [name], centres, "distribution centre", blank=True)
    hired = [used.carrier_id for used in policy.transport.hire.carriers]
    for index, name in enumerate(hired):
        path = f"{_TRANSPORT}.hire.carriers[{index}].carrier_id"
        yield from places.unknown_ids(path, [name], carriers, "carrier")
        if name in hired[:index]:
            yield places.problem("E502", path, "this carrier is already hired", name)
    for index, route in enumerate(policy.transport.routes.master):
        path = f"{_TRANSPORT}.routes.master[{index}].stores"
        yield from places.unknown_ids(path, route.stores, reach.store_index, "store")
        if len(set(route.stores)) < len(route.stores):
            yield places.problem("E502", path, "a round calls at a store twice")


def times(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Windows end after they begin, breaks are shorter than shifts, durations are not negative."""
    del reach
    stores = scenario.network.stores
    backwards = stores["receives_until_hour"] <= stores["receives_from_hour"]
    rule = "the window must end after it begins, on the same day"
    yield from places.rows("E504", "network.stores", stores, backwards, "receives_until_hour", rule)
    again, until = stores["receives_again_from_hour"], stores["receives_again_until_hour"]
    is_given = (again > 0) | (until > 0)
    rule = "the second window must end after it begins, on the same day"
    wrong = is_given & (until <= again)
    yield from places.rows("E504", "network.stores", stores, wrong, "receives_again_until_hour", rule)
    rule = "the second window must begin after the first has ended"
    wrong = is_given & ~wrong & (again <= stores["receives_until_hour"])
    yield from places.rows("E504", "network.stores", stores, wrong, "receives_again_from_hour", rule)
    for crew in ("desk", "pickers", "receivers"):
        shifts: Sequence[Shift] = getattr(scenario.policy.depot, crew)
        for index, shift in enumerate(shifts):
            if shift.break_minutes >= 60 * shift.hours:
                path = f"policy.depot.{crew}[{index}].break_minutes"
                yield places.problem("E504", path, "the break is as long as the shift", shift.break_minutes)
    for index, factor in enumerate(scenario.fleet.roads.hour_factors):
        if factor <= 0:
            yield places.problem(
                "E503", f"fleet.roads.hour_factors[{index}]", "a factor must be above 0", factor
            )
    if scenario.depot is None:
        return
    if float(scenario.depot.settlement_days.quantile(0.0)) < 0:
        yield places.problem("E504", "depot.settlement_days", "nobody pays before the goods are there")
    for index, stream in enumerate(scenario.depot.order_streams):
        path = f"depot.order_streams[{index}]"
        if stream.between_minutes.mean() <= 0 or float(stream.between_minutes.quantile(0.0)) < 0:
            yield places.problem("E504", f"{path}.between_minutes", "orders must come one after the other")
        if float(stream.work_minutes.quantile(0.0)) < 0:
            yield places.problem("E504", f"{path}.work_minutes", "work must not be negative")
        if any(weight < 0 for weight in stream.hourly_profile) or sum(stream.hourly_profile) <= 0:
            rule = "weights must not be negative, and some above 0"
            yield places.problem("E503", f"{path}.hourly_profile", rule)


def somebody_does_it(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Work that is described has people to do it, and people and rules have work."""
    del reach
    facts, crews, transport = scenario.depot, scenario.policy.depot, scenario.policy.transport
    needed = {
        "desk": facts is not None and facts.order_desk is not None,
        "pickers": facts is not None and (facts.picking is not None or bool(facts.order_streams)),
        "receivers": facts is not None and facts.goods_in is not None,
    }
    for crew, is_needed in needed.items():
        people = sum(shift.people for shift in getattr(crews, crew))
        if crew == "pickers" and scenario.policy.optimised.pickers is not None:
            continue
        if is_needed and not people:
            yield places.problem(
                "W601", f"policy.depot.{crew}", "nobody does this work, so it is never done",
                hint="give a shift with people",
            )  # fmt: skip
        elif not is_needed and people:
            yield places.problem("W602", f"policy.depot.{crew}", "there is no such work in `depot`")
    goods_in = facts.goods_in if facts is not None else None
    if (
        goods_in is not None
        and goods_in.inspection_seconds_per_unit
        and not scenario.policy.sourcing.inspection
    ):
        rule = "`policy.sourcing.inspection` is empty: nothing is inspected"
        yield places.problem("W602", "depot.goods_in.inspection_seconds_per_unit", rule)
    if transport.mode == "none":
        for key, used in (("trucks", transport.trucks), ("hire", transport.hire.carriers)):
            if used:
                yield places.problem("W602", f"{_TRANSPORT}.{key}", "`mode` is `none`: nothing is driven")
        if facts is not None and facts.docks is not None:
            yield places.problem(
                "W602", "depot.docks", "`policy.transport.mode` is `none`: no truck is loaded"
            )
        if facts is not None and facts.staging is not None:
            yield places.problem(
                "W602", "depot.staging", "`policy.transport.mode` is `none`: nothing waits for a truck"
            )
        return
    if not sum(trucks.count for trucks in transport.trucks) and not transport.hire.carriers:
        yield places.problem("W601", _TRANSPORT, "neither trucks nor carriers: no store gets any goods")
    if facts is not None and facts.docks is not None and facts.docks.doors == 0 and transport.trucks:
        yield places.problem("W601", "depot.docks.doors", "no truck is ever loaded", 0)
    if facts is not None and facts.staging is not None and not transport.trucks:
        yield places.problem("W602", "depot.staging", "there are no own trucks: nothing waits for one")
    if transport.hire.share_of_drops > 0 and not transport.hire.carriers:
        path = f"{_TRANSPORT}.hire.share_of_drops"
        yield places.problem("W602", path, "no carrier is hired", transport.hire.share_of_drops)
    if transport.hire.review is not None and len(transport.hire.carriers) < 2:
        yield places.problem("W602", f"{_TRANSPORT}.hire.review", "a review moves shares between carriers")
    if transport.routes.master and transport.planning != "given":
        path = f"{_TRANSPORT}.routes.master"
        yield places.problem("W602", path, f"`planning` is `{transport.planning}`")


def everybody_is_reached(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Fixed rounds call at every store, and one unit fits on a truck."""
    transport = scenario.policy.transport
    if transport.mode == "none":
        return
    master = transport.routes.master
    if transport.planning == "given" and master:
        called = {store for route in master for store in route.stores}
        left = [store for store in reach.store_index if store not in called]
        if left:
            rule = f"{len(left):,} stores are on no round, e.g. {left[0]}: their goods never leave by truck"
            yield places.problem("W601", f"{_TRANSPORT}.routes.master", rule)
    kinds = {kind.id: kind for kind in scenario.fleet.truck_types}
    used = [kinds[trucks.type_id] for trucks in transport.trucks if trucks.type_id in kinds and trucks.count]
    if used:
        skus = scenario.assortment.skus
        heavy = skus["weight_kg"] > max(kind.capacity_kg for kind in used)
        large = skus["volume_litres"] > max(kind.capacity_litres for kind in used)
        rule = "one unit is more than any truck takes"
        yield from places.rows("E503", "assortment.skus", skus, np.asarray(heavy), "weight_kg", rule)
        yield from places.rows("E503", "assortment.skus", skus, np.asarray(large), "volume_litres", rule)


def pickers_keep_up(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Streams alone bring less work than the pickers of the centre can do; otherwise the queue has no steady state."""
    del reach
    centres = [centre.id for centre in scenario.network.distribution_centres]
    for centre in centres:
        offered = sum(
            stream.work_minutes.mean() / stream.between_minutes.mean()
            for stream in (scenario.depot.order_streams if scenario.depot is not None else ())
            if (stream.dc_id or centres[0]) == centre and stream.between_minutes.mean() > 0
        )
        there = sum(
            shift.people
            * max(0.0, shift.hours - shift.break_minutes / 60)
            / 24
            * len(set(shift.weekdays))
            / 7
            for shift in scenario.policy.depot.pickers
            if shift.dc_id in ("", centre)
        )
        if there and offered >= there:
            rule = (
                f"streams bring {centre} work for {offered:.4g} pickers round the clock, and {there:.4g} are there: "
                "there is no steady state, the queue grows as long as the run"
            )
            yield places.problem("W601", "depot.order_streams", rule, hint="more pickers, or fewer orders")


CHECKS = (names, times, somebody_does_it, everybody_is_reached, pickers_keep_up)
