"""Checks of spare parts: who is named exists, levels are possible, times pass forwards, and nothing is idle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios.language.errors import Problem
from scenarios.language.places import Places
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach
from scenarios.language.service_network import PartsSupply

_FACTS, _POLICY = "service.parts", "policy.service.parts"


def names(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Suppliers, parts and places of levels that are named exist."""
    del reach
    supply, policy = _supply(scenario), scenario.policy.service.parts
    if scenario.service is None:
        return
    parts = set() if supply is None else set(supply.parts["part_id"])
    for index, mode in enumerate(scenario.service.failure_modes):
        path = f"service.failure_modes[{index}].part_id"
        yield from places.unknown_ids(path, [mode.part_id], parts, "part", blank=True)
    if supply is None:
        return
    suppliers = [supplier.id for supplier in scenario.network.suppliers]
    yield from places.unknown_in_column(
        f"{_FACTS}.parts", supply.parts, "supplier_id", suppliers, "supplier", blank=True
    )
    for index, rule in enumerate(policy.rules):
        yield from places.unknown_ids(f"{_POLICY}.rules[{index}].part_ids", rule.part_ids, parts, "part")
    if policy.levels is not None:
        path = f"{_POLICY}.levels"
        known = _places_of_levels(scenario)
        yield from places.unknown_in_column(path, policy.levels, "place_id", known, "place")
        yield from places.unknown_in_column(path, policy.levels, "part_id", parts, "part")


def each_place_has_its_name(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """In the table of levels one name is one place."""
    del reach
    levels = scenario.policy.service.parts.levels
    if levels is None or scenario.service is None:
        return
    centres, stations, technicians = _centres(scenario), _stations(scenario), _technicians(scenario)
    twice = (centres & stations) | (centres & technicians) | (stations & technicians)
    wrong = np.isin(levels["place_id"].astype(str), sorted(twice))
    rule = "a centre, a station or a technician: more than one of them has this name"
    yield from places.rows("E502", f"{_POLICY}.levels", levels, wrong, "place_id", rule)


def levels_are_possible(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """What is ordered brings stock above the reorder point; shares rise; counts go forward."""
    del reach
    policy = scenario.policy.service.parts
    says = "must be above the reorder point, or nothing is ever in stock above it"
    for index, rule in enumerate(policy.rules):
        path, point, up_to = f"{_POLICY}.rules[{index}]", rule.reorder_point_units, rule.order_up_to_units
        if point is not None and up_to and up_to <= point:
            yield places.problem("E508", f"{path}.order_up_to_units", says, up_to)
        days = rule.days_of_use
        if days is not None and days.order_up_to_days < days.reorder_point_days:
            below = "must not be below `reorder_point_days`"
            yield places.problem("E508", f"{path}.days_of_use.order_up_to_days", below, days.order_up_to_days)
    if policy.levels is not None:
        low, high = policy.levels["reorder_point_units"], policy.levels["order_up_to_units"]
        wrong = np.asarray((high > 0) & (high <= low))
        yield from places.rows("E508", f"{_POLICY}.levels", policy.levels, wrong, "order_up_to_units", says)
    first, second = policy.abc_shares
    if not 0 <= first <= second <= 1:
        path = f"{_POLICY}.abc_shares"
        yield places.problem("E503", path, "shares must rise from 0 to 1: A ends before B")
    if min(policy.count_every_days) < 0:
        path = f"{_POLICY}.count_every_days"
        yield places.problem("E503", path, "days from count to count must not be negative; 0 is never")


def rules_give_levels(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """A rule says either how many units or how many days of use are kept."""
    del reach
    for index, rule in enumerate(scenario.policy.service.parts.rules):
        path = f"{_POLICY}.rules[{index}]"
        units = (rule.reorder_point_units, rule.order_up_to_units)
        if rule.days_of_use is None:
            if None in units:
                says = "needs `reorder_point_units` and `order_up_to_units`, or `days_of_use`"
                yield places.problem("E511", path, says)
        elif units != (None, None):
            yield places.problem("E511", f"{path}.days_of_use", "levels are already given in units")
        elif rule.echelon == "van":
            says = "vans hold a unit or two of what is likely: give their levels in units"
            yield places.problem("E511", f"{path}.days_of_use", says)


def times(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Nothing takes less than no time."""
    del reach
    supply = _supply(scenario)
    if supply is None:
        return
    durations = {
        "repair_shop.turnaround_days": supply.repair_shop.turnaround_days,
        "transfer_hours": supply.transfer_hours,
        "courier_hours": supply.courier_hours,
    }
    for name, duration in durations.items():
        if float(duration.quantile(0.0)) < 0:
            yield places.problem("E504", f"{_FACTS}.{name}", "must not be negative")


def everything_is_used(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Rules and blocks have an effect, and parts are kept somewhere."""
    del reach
    supply, policy = _supply(scenario), scenario.policy.service.parts
    if supply is None:
        if policy.rules or policy.levels is not None:
            says = "`service.parts` is not given: every part is at hand"
            yield places.problem("W602", _POLICY, says)
        return
    if not policy.rules and policy.levels is None:
        yield places.problem("W601", _POLICY, "no part is kept anywhere: each is bought when it is needed")
    if policy.lateral_transfers and len(_stations(scenario)) < 2:
        path = f"{_POLICY}.lateral_transfers"
        yield places.problem("W602", path, "there is no other station to send parts from")
    if policy.accepted_defects and policy.accepted_defects >= policy.inspected_units:
        path, says = f"{_POLICY}.accepted_defects", "no sample holds more defects: no lot is ever sorted"
        yield places.problem("W602", path, says, policy.accepted_defects)
    can_fail = any(supplier.quality is not None for supplier in scenario.network.suppliers)
    if not can_fail:
        says = "no supplier has a `quality`: no part is ever defective"
        for name in ("quality_feedback", "inspected_units"):
            if getattr(policy, name):
                yield places.problem("W602", f"{_POLICY}.{name}", says)
    if places.stated(f"{_FACTS}.repair_shop") and not supply.parts["is_repairable"].any():
        is_given = supply.repair_shop != type(supply.repair_shop)()
        if is_given:
            yield places.problem("W602", f"{_FACTS}.repair_shop", "no part is repairable")


def _supply(scenario: Scenario) -> PartsSupply | None:
    return None if scenario.service is None else scenario.service.parts


def _centres(scenario: Scenario) -> set[str]:
    return {centre.id for centre in scenario.network.distribution_centres}


def _stations(scenario: Scenario) -> set[str]:
    stations = scenario.service.stations if scenario.service is not None else None
    return set() if stations is None else set(stations["station_id"])


def _technicians(scenario: Scenario) -> set[str]:
    workforce = scenario.policy.service.workforce
    named = set() if workforce.technicians is None else set(workforce.technicians["technician_id"])
    return named | {f"{group.id}-{number + 1}" for group in workforce.groups for number in range(group.count)}


def _places_of_levels(scenario: Scenario) -> set[str]:
    stations = _stations(scenario)
    return _centres(scenario) | stations | _technicians(scenario) | {f"{station}/van" for station in stations}


CHECKS = (names, each_place_has_its_name, levels_are_possible, rules_give_levels, times, everything_is_used)
