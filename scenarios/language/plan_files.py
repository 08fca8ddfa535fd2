"""From a plan file to checked decisions: the numbers of a plan, as a person edits them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from scenarios.language.checks import check
from scenarios.language.columns import Columns
from scenarios.language.decisions import PLAN_FORMAT_VERSION, CentreLevelRow, Decisions
from scenarios.language.errors import Problem, ScenarioError, Severity, did_you_mean
from scenarios.language.loading import load_model
from scenarios.language.part_digests import FIELDS_OF_PARTS, fields_of
from scenarios.language.people_checks import known_skills, needed_skills
from scenarios.language.places import Places
from scenarios.language.plan import with_decisions
from scenarios.language.policy import KnownOrders, LevelRow
from scenarios.language.provenance import Provenance
from scenarios.language.reading import read_file
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Mask, Reach

_STANDS_FOR = {
    "open_stations": "policy.service.open_stations",
    "territories": "policy.service.territories",
    "rounds": "policy.transport.routes.master",
    "part_levels": "policy.service.parts.levels",
    "agents": "policy.service.contacts.agents",
    "pickers": "policy.depot.pickers",
    "technician_shifts": "policy.service.workforce.shifts",
    "technicians": "policy.service.workforce.technicians",
    "skills": "policy.service.workforce.skills",
    "roster": "policy.service.workforce.roster",
    "cover": "policy.service.workforce.cover",
    "rota": "policy.service.dispatch.rota",
    "sourcing_rules": "policy.sourcing.rules",
    "carriers": "policy.transport.hire.carriers",
    "partners": "policy.service.outsourcing",
}
"""Field of `Decisions` -> path of the policy whose place it takes."""


def load_plan(path: str | Path, scenario: Scenario) -> Decisions:
    """Load a plan file and check it against the scenario it is to decide.

    Args:
        path: the plan's YAML file; tables lie beside it.
        scenario: as loaded, with the overrides and settings of the run.

    Raises:
        ScenarioError: with everything that is wrong, each with file, line and column.
    """
    decisions, provenance = _read(Path(path))
    problems = check_decisions(decisions, scenario, provenance)
    if problems:
        raise ScenarioError(problems)
    return decisions


def read_plan(path: str | Path) -> Decisions:
    """Read a plan file for its own sake, whatever scenario it was made for.

    Args:
        path: the plan's YAML file; tables lie beside it.

    Raises:
        ScenarioError: it is no plan file, or one with mistakes.
    """
    return _read(Path(path))[0]


def _read(path: Path) -> tuple[Decisions, Provenance]:
    return load_model(
        Decisions, read_file(path), path.name, path.parent, path=str(path), version=PLAN_FORMAT_VERSION
    )


def check_decisions(
    decisions: Decisions, scenario: Scenario, provenance: Provenance | None = None
) -> list[Problem]:
    """Everything that makes decisions unfit for a scenario.

    Args:
        decisions: a plan's numbers, valid field by field.
        scenario: what they are to decide.
        provenance: where they were written.
    """
    provenance = provenance or Provenance(path="plan")
    places = Places(provenance)
    found = [
        *_same_facts(decisions, scenario, places),
        *_parts(decisions, places),
        *_store_levels(decisions, scenario, places),
        *_centre_levels(decisions, scenario, places),
        *_skills(decisions, scenario, places),
        *_partners(decisions, scenario, places),
        *_years(decisions, scenario, places),
        *_as_policy(decisions, scenario, provenance),
    ]
    return sorted(set(found), key=Problem.sort_key)


def _same_facts(decisions: Decisions, scenario: Scenario, places: Places) -> Iterator[Problem]:
    """A plan was made for what is true in the scenario."""
    if decisions.facts_digest in ("", scenario.facts_digest):
        return
    made_for = f" of {decisions.scenario}" if decisions.scenario else ""
    rule = (
        f"the plan was made for other facts{made_for}; those of {scenario.name} are {scenario.facts_digest}"
    )
    hint = "make a new one with `dualedge plan`, or delete this line to use the plan all the same"
    yield places.problem("E515", "facts_digest", rule, decisions.facts_digest, hint)


def _parts(decisions: Decisions, places: Places) -> Iterator[Problem]:
    """Provenance speaks of parts that a plan can have."""
    for index, part in enumerate(decisions.parts):
        if not fields_of(part.path):
            yield places.problem(
                "E501",
                f"parts[{index}].path",
                "no part of a plan is called so",
                part.path,
                did_you_mean(part.path, FIELDS_OF_PARTS),
            )


def _store_levels(decisions: Decisions, scenario: Scenario, places: Places) -> Iterator[Problem]:
    table, reach = decisions.store_levels, Reach(scenario)
    if table is None:
        return
    yield from places.unknown_in_column("store_levels", table, "store_id", reach.store_index, "store")
    yield from places.unknown_in_column("store_levels", table, "sku_id", reach.sku_index, "SKU")
    yield from _sensible("store_levels", table, places)
    store, sku = reach.cells(table["store_id"], table["sku_id"])
    known = np.flatnonzero((store >= 0) & (sku >= 0))
    at = (store[known], sku[known])
    unlisted, replayed = known[~reach.listed[at]], known[_is_replayed(scenario, reach)[at]]
    rule = "the store does not list this SKU"
    yield from places.rows("E516", "store_levels", table, unlisted, "sku_id", rule)
    rule = "orders of this cell are replayed as they were: a level has no effect"
    yield from places.rows("E516", "store_levels", table, replayed, "sku_id", rule)


def _is_replayed(scenario: Scenario, reach: Reach) -> Mask:
    """(stores, skus): whether the first rule that matches a cell replays known orders."""
    replayed = np.zeros(reach.listed.shape, np.bool_)
    left = np.ones(reach.listed.shape, np.bool_)
    for rule in scenario.policy.replenishment:
        matched = np.logical_and.outer(reach.stores(rule.scope), reach.skus(rule.scope)) & left
        left &= ~matched
        if isinstance(rule.mode, KnownOrders):
            replayed |= matched
    return replayed


def _centre_levels(decisions: Decisions, scenario: Scenario, places: Places) -> Iterator[Problem]:
    table = decisions.centre_levels
    if table is None:
        return
    centres = {centre.id: centre.stock for centre in scenario.network.distribution_centres}
    skus = scenario.assortment.skus["sku_id"]
    yield from places.unknown_in_column("centre_levels", table, "dc_id", centres, "distribution centre")
    yield from places.unknown_in_column("centre_levels", table, "sku_id", skus, "SKU")
    yield from _sensible("centre_levels", table, places)
    unlimited = np.array([centres.get(name) == "unlimited" for name in table["dc_id"]], np.bool_)
    rule = "this centre never runs out and never orders"
    yield from places.rows("E516", "centre_levels", table, unlimited, "dc_id", rule)


def _skills(decisions: Decisions, scenario: Scenario, places: Places) -> Iterator[Problem]:
    """The skill matrix speaks of the plan's technicians and of real skills, and leaves none to nobody."""
    if decisions.skills is None:
        yield from _skills_of_others(decisions, scenario, places)
        return
    needed, known = needed_skills(scenario), known_skills(scenario)
    yield from places.unknown_in_column("skills", decisions.skills, "skill_id", needed | known, "skill")
    lost = (needed & known) - set(decisions.skills["skill_id"])
    for name in sorted(lost - known_skills(with_decisions(scenario, decisions))):
        rule = "no technician of the plan has this skill, and those of the policy have it"
        yield places.problem("E511", "skills", rule, name, "give it to somebody")


def _skills_of_others(decisions: Decisions, scenario: Scenario, places: Places) -> Iterator[Problem]:
    """The policy's skill matrix stays where a plan gives technicians alone: it has to fit them."""
    matrix = scenario.policy.service.workforce.skills
    if decisions.technicians is None or matrix is None:
        return
    left = sorted(set(matrix["technician_id"]) - set(decisions.technicians["technician_id"]))
    if left:
        rule = "the policy's skills are those of technicians who are not in this table"
        yield places.problem("E511", "technicians", rule, left[0], "give the table `skills`, too")


def _sensible(
    path: str, table: Columns[LevelRow] | Columns[CentreLevelRow], places: Places
) -> Iterator[Problem]:
    """Either a level or a lot, and the level above the reorder point; nothing at all only for what is not kept."""
    up_to, lot, point = (
        table["order_up_to_units"],
        table["order_quantity_units"],
        table["reorder_point_units"],
    )
    is_kept = (up_to > 0) | (lot > 0) | (point >= 0)
    unclear = is_kept & ((up_to > 0) == (lot > 0))
    rule = "needs either `order_up_to_units` or `order_quantity_units`, the other zero"
    yield from places.rows("E511", path, table, unclear, "order_up_to_units", rule)
    low = ~unclear & (up_to > 0) & (up_to <= point)
    yield from places.rows("E508", path, table, low, "order_up_to_units", "must be above the reorder point")


def _partners(decisions: Decisions, scenario: Scenario, places: Places) -> Iterator[Problem]:
    """Partners work for an after-sales service; where there is one, names are checked as those of the policy."""
    if decisions.partners is not None and scenario.service is None:
        yield places.problem("E516", "partners", "there is no `service`")


def _years(decisions: Decisions, scenario: Scenario, places: Places) -> Iterator[Problem]:
    """Years speak of stations that can be had."""
    if decisions.expansion is not None:
        service = scenario.service
        known = () if service is None or service.stations is None else service.stations["station_id"]
        yield from places.unknown_in_column("expansion", decisions.expansion, "station_id", known, "station")


def _as_policy(decisions: Decisions, scenario: Scenario, provenance: Provenance) -> Iterator[Problem]:
    """People and spare parts are checked as the policy they replace would be, at the place in the plan file."""
    stated = {name: path for name, path in _STANDS_FOR.items() if getattr(decisions, name) is not None}
    if not stated:
        return
    own = scenario.provenance
    positions = {
        path: place
        for path, place in own.positions.items()
        if not any(path.startswith(replaced) for replaced in stated.values())
    }
    for path, place in provenance.positions.items():
        name = next(
            (name for name in stated if path == name or path.startswith((f"{name}.", f"{name}["))), ""
        )
        if name:
            positions[stated[name] + path[len(name) :]] = place
    made = replace(own, positions=positions, given_paths=frozenset(positions))
    decided = with_decisions(scenario, decisions).with_provenance(made)
    told_already = _STANDS_FOR["skills"] if "technicians" in stated and "skills" not in stated else None
    for problem in check(decided):
        if told_already is not None and problem.path.startswith(told_already):
            continue
        path = _path_in_plan(problem.path, stated)
        if problem.severity is Severity.ERROR:
            yield replace(problem, path=path)
        elif problem.code == "W604" and path != problem.path and decisions.facts_digest:
            # A plan for just this horizon has no days outside it: somebody mistyped one.
            yield replace(problem, code="E505", path=path)


def _path_in_plan(path: str, stated: dict[str, str]) -> str:
    for name, replaced in stated.items():
        if path.startswith(replaced):
            return name + path[len(replaced) :]
    return path


__all__ = ["check_decisions", "load_plan", "read_plan"]
