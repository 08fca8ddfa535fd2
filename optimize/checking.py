"""Does a plan keep the rules of its scenario? Looked at afresh: nothing of what solvers believed is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.outlook import Outlook
from scenarios import (
    Basis,
    Columns,
    KnownOrders,
    Plan,
    Scenario,
    Scope,
    SolveStatus,
    StockLevels,
    VendorManaged,
    check_decisions,
)


@dataclass(frozen=True)
class PlanFinding:
    """Something that a plan does and must not do."""

    part: str
    """Path of what is optimised."""
    item: str
    """What, e.g. "store S1, SKU A"."""
    rule: str
    """What it breaks."""

    def __str__(self) -> str:
        return f"{self.part}, {self.item}: {self.rule}"


def check_plan(scenario: Scenario, plan: Plan, outlook: Outlook | None = None) -> list[PlanFinding]:
    """Everything that a plan may not do.

    Ids exist, levels stand above reorder points, lots are whole cases, what solvers decided is what they were asked
    for, people have shifts to work in, and a budget is kept as far as levels alone can tell.

    Args:
        scenario: what the plan was made for; its `policy.optimised` says what was asked for.
        plan: the plan.
        outlook: expected demand; without it shared limits and shelf lives are not looked at.

    Returns:
        Findings, in the order of the plan's parts; none for a sound plan.
    """
    found = list(_as_files(scenario, plan))
    if outlook is not None and not found:
        from optimize.limit_checking import PATH, broken_limits  # loads compiled functions

        found += [PlanFinding(PATH, item, rule) for item, rule in broken_limits(scenario, plan, outlook)]
    if plan.decisions.sourcing_rules or plan.decisions.carriers or plan.decisions.partners:
        from optimize.sourcing.plan_checking import broken_sources  # needed by few plans

        if not found:
            found += [PlanFinding(*finding) for finding in broken_sources(scenario, plan, outlook)]
    return [
        *found,
        *_store_levels(scenario, plan),
        *_centre_levels(scenario, plan),
        *_arrays(scenario, plan),
        *_reports(plan),
        *_parts_budget(scenario, plan),
        *_technicians(scenario, plan),
        *_rosters(scenario, plan),
    ]


def _as_files(scenario: Scenario, plan: Plan) -> Iterator[PlanFinding]:
    """What is wrong with decisions in a file is wrong with those of a solver."""
    for problem in check_decisions(plan.decisions, scenario):
        yield PlanFinding(problem.path, problem.value or "plan", f"{problem.code} {problem.rule}")


def _store_levels(scenario: Scenario, plan: Plan) -> Iterator[PlanFinding]:
    """Levels of stores are those of cells that stores review themselves; lots are whole cases."""
    table, path = plan.decisions.store_levels, "policy.optimised.stores"
    if table is None:
        return
    rules = scenario.policy.replenishment
    rounds = [rule.case_rounding != "none" for rule in rules]
    place, sku = _positions(table, "store_id", list(scenario.network.stores["store_id"]), scenario)
    before = _first_rule(scenario)[place, sku]
    is_solved = _is_solved(plan, path)
    for row in range(len(table)) if is_solved else ():
        if isinstance(rules[before[row]].mode, KnownOrders | VendorManaged):
            yield PlanFinding(path, _named(table, row), "this cell is not reviewed by the store")
    yield from _whole_cases(path, table, sku, np.array(rounds, np.bool_)[before], scenario)


def _centre_levels(scenario: Scenario, plan: Plan) -> Iterator[PlanFinding]:
    """Lots that centres order are whole cases."""
    table, path = plan.decisions.centre_levels, "policy.optimised.centres"
    if table is None:
        return
    ids = [centre.id for centre in scenario.network.distribution_centres]
    _, sku = _positions(table, "dc_id", ids, scenario)
    rules = scenario.policy.dc_replenishment
    rounds = np.array([rule.case_rounding != "none" for rule in rules], np.bool_)
    first = _first([_skus_of(rule.scope, scenario) for rule in rules])
    yield from _whole_cases(path, table, sku, rounds[first[sku]], scenario)


def _whole_cases(
    path: str,
    table: Columns[Any],
    sku: npt.NDArray[np.int64],
    rounds: npt.NDArray[np.bool_],
    scenario: Scenario,
) -> Iterator[PlanFinding]:
    """A fixed lot that is no whole number of cases is rounded at every order: it is not what was decided."""
    case = scenario.assortment.skus["case_pack"][sku]
    broken = rounds & (table["order_quantity_units"] % case != 0)
    for row in np.flatnonzero(broken):
        yield PlanFinding(path, _named(table, int(row)), f"a lot must be whole cases of {case[row]} units")


def _arrays(scenario: Scenario, plan: Plan) -> Iterator[PlanFinding]:
    """The arrays that the run works with say what the tables of decisions say."""
    stores = list(scenario.network.stores["store_id"])
    centres = [centre.id for centre in scenario.network.distribution_centres]
    for path, table, column, ids, levels in (
        ("policy.optimised.stores", plan.decisions.store_levels, "store_id", stores, plan.stores),
        ("policy.optimised.centres", plan.decisions.centre_levels, "dc_id", centres, plan.centres),
    ):
        if table is not None:
            place, sku = _positions(table, column, ids, scenario)
            yield from _arrays_of(path, table, (place, sku), levels)


def _arrays_of(
    path: str,
    table: Columns[Any],
    at: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    levels: StockLevels,
) -> Iterator[PlanFinding]:
    rule = levels.rule[at]
    wrong = levels.is_dynamic[rule] | levels.is_pushed[rule] | levels.is_always_below[rule]
    for name in ("reorder_point_units", "order_up_to_units", "order_quantity_units"):
        wrong |= getattr(levels, name)[at] != table[name]
    for row in np.flatnonzero(wrong):
        yield PlanFinding(path, _named(table, int(row)), "the run would use other levels than were decided")


def _reports(plan: Plan) -> Iterator[PlanFinding]:
    """A solver's report agrees with itself: a proof has a bound that it meets, nobody is better than a bound."""
    for part in plan.parts:
        report = part.report
        if report is None:
            continue
        if part.basis is not Basis.OPTIMISED:
            yield PlanFinding(part.path, part.kind, "only what is optimised has a solver's report")
        if report.status is SolveStatus.OPTIMAL and report.gap is not None and report.gap > 1e-3:
            yield PlanFinding(part.path, report.solver, f"called optimal with a gap of {report.gap:.3g}")
        if report.fallbacks > report.items:
            yield PlanFinding(part.path, report.solver, "more fallbacks than things decided")


def _parts_budget(scenario: Scenario, plan: Plan) -> Iterator[PlanFinding]:
    """Spare parts up to their levels cost no more than the budget."""
    table, target, path = (
        plan.decisions.part_levels,
        scenario.policy.optimised.parts,
        "policy.optimised.parts",
    )
    service = scenario.service
    if table is None or target is None or target.budget is None or service is None or service.parts is None:
        return
    if not _is_solved(plan, path):
        return
    parts = service.parts.parts
    cost = dict(zip(parts["part_id"], parts["purchase_cost"], strict=True))
    vans = _vans_of_stations(plan.decided(scenario))
    spent = sum(
        cost[part] * up_to * (vans.get(place.removesuffix("/van"), 0) if place.endswith("/van") else 1)
        for place, part, up_to in zip(
            table["place_id"], table["part_id"], table["order_up_to_units"].tolist(), strict=True
        )
    )
    if spent > target.budget * (1 + 1e-9):
        yield PlanFinding(
            path, "all levels", f"cost {spent:.6g}, more than the budget of {target.budget:.6g}"
        )


def _vans_of_stations(scenario: Scenario) -> dict[str, int]:
    workforce = scenario.policy.service.workforce
    vans: dict[str, int] = {}
    if workforce.technicians is not None:
        for station in workforce.technicians["station_id"]:
            vans[station] = vans.get(station, 0) + 1
    for group in workforce.groups:
        vans[group.station_id] = vans.get(group.station_id, 0) + group.count
    return vans


def _technicians(scenario: Scenario, plan: Plan) -> Iterator[PlanFinding]:
    """Technicians who were decided work a shift that the decided policy knows, and have skills once each."""
    decisions, path = plan.decisions, "policy.optimised.technicians"
    if decisions.technicians is None:
        return
    shifts = {shift.id for shift in plan.decided(scenario).policy.service.workforce.shifts}
    for name, shift in zip(
        decisions.technicians["technician_id"], decisions.technicians["shift_id"], strict=True
    ):
        if shift not in shifts:
            yield PlanFinding(path, f"technician {name}", f"works a shift {shift} that there is not")


def _rosters(scenario: Scenario, plan: Plan) -> Iterator[PlanFinding]:
    """Nobody who was rostered works on a day of leave, or another shift than his own."""
    table, wanted, path = plan.decisions.roster, scenario.policy.optimised.rosters, "policy.optimised.rosters"
    if table is None or wanted is None or not _is_solved(plan, path):
        return
    leave = wanted.days_off
    off = set() if leave is None else set(zip(leave["technician_id"], leave["date"], strict=True))
    workforce = plan.decided(scenario).policy.service.workforce
    own = {
        f"{group.id}-{member + 1}": group.shift_id
        for group in workforce.groups
        for member in range(group.count)
    }
    if workforce.technicians is not None:
        people = workforce.technicians
        own |= dict(zip(people["technician_id"], people["shift_id"], strict=True))
    for name, on, shift in zip(table["technician_id"], table["date"], table["shift_id"], strict=True):
        if (name, on) in off:
            yield PlanFinding(path, f"technician {name}", f"works on {on}, a day of leave")
        if own.get(name) != shift:
            yield PlanFinding(path, f"technician {name}", f"works shift {shift} on {on}, which is not his")


def _is_solved(plan: Plan, path: str) -> bool:
    return any(part.path == path and part.basis is Basis.OPTIMISED for part in plan.parts)


def _positions(
    table: Columns[Any], column: str, ids: list[str], scenario: Scenario
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Positions of known rows' places and SKUs; unknown ones are found by another check and count as the first."""
    place_at = {name: position for position, name in enumerate(ids)}
    sku_at = {name: position for position, name in enumerate(scenario.assortment.skus["sku_id"])}
    return (
        np.array([place_at.get(name, 0) for name in table[column]], np.int64),
        np.array([sku_at.get(name, 0) for name in table["sku_id"]], np.int64),
    )


def _first_rule(scenario: Scenario) -> npt.NDArray[np.int64]:
    """(stores, SKUs): the first rule whose scope matches, cell by cell."""
    stores = scenario.network.stores
    masks = []
    for rule in scenario.policy.replenishment:
        here = [
            _has(rule.scope.stores, store) and _has(rule.scope.regions, region)
            for store, region in zip(stores["store_id"], stores["region"], strict=True)
        ]
        masks.append(np.logical_and.outer(np.array(here, np.bool_), _skus_of(rule.scope, scenario)))
    return _first(masks)


def _skus_of(scope: Scope, scenario: Scenario) -> npt.NDArray[np.bool_]:
    skus = scenario.assortment.skus
    found = [
        _has(scope.classes, of_class) and _has(scope.categories, own or of_class) and _has(scope.skus, sku)
        for of_class, own, sku in zip(skus["class_id"], skus["category"], skus["sku_id"], strict=True)
    ]
    return np.array(found, np.bool_)


def _first(masks: list[npt.NDArray[np.bool_]]) -> npt.NDArray[np.int64]:
    """Number of the first mask that is set, cell by cell; 0 where none is."""
    first: npt.NDArray[np.int64] = np.stack(masks).argmax(axis=0)
    return first


def _has(wanted: tuple[str, ...], name: str) -> bool:
    return not wanted or name in wanted


def _named(table: Columns[Any], row: int) -> str:
    place = "store" if "store_id" in table.columns else "centre"
    column = "store_id" if place == "store" else "dc_id"
    return f"{place} {table[column][row]}, SKU {table['sku_id'][row]}"


__all__ = ["PlanFinding", "check_plan"]
