"""Work the policy of a scenario out to a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from optimize.asking import FIELDS, asked, to_be_solved
from optimize.checking import check_plan
from optimize.outlook import Outlook
from optimize.solving import PlanningError, Progress, no_progress
from optimize.stock.levels import centre_levels, store_levels
from optimize.stock.overlay import of_centres, of_stores, overlaid, recounted
from scenarios import (
    NO_DECISIONS,
    Basis,
    Curve,
    Decisions,
    PartnersUsed,
    Plan,
    PlanPart,
    Scenario,
    is_edited,
    part_digest,
    with_decisions,
)

_STEPS: dict[str, tuple[str, str]] = {
    "stores": ("optimize.stock.planning", "plan_stores"),
    "centres": ("optimize.stock.planning", "plan_centres"),
    "parts": ("optimize.stock.part_planning", "plan_parts"),
    "agents": ("optimize.staffing.planning", "plan_agents"),
    "technicians": ("optimize.staffing.planning", "plan_technicians"),
    "rosters": ("optimize.staffing.roster_planning", "plan_rosters"),
    "pickers": ("optimize.staffing.planning", "plan_pickers"),
    "sites": ("optimize.network.planning", "plan_sites"),
    "rounds": ("optimize.routing.rounds", "plan_rounds"),
    "sourcing": ("optimize.sourcing.planning", "plan_sourcing"),
}
"""Field of `policy.optimised` -> module and function of its planner step: (scenario, outlook, progress) ->
(fields of `Decisions`, parts). Solvers take long to load, so a step is looked up when it is needed."""

_BUILDS_ON_OTHERS = frozenset({"rosters", "sourcing"})
"""Steps that are given the scenario with what has been decided before: partners get what own technicians leave, and
rosters are those of the technicians who were decided."""

_SIGNIFICANT_DIGITS = 9

Outlooks = Outlook | Callable[[Scenario], Outlook] | None


class PlanInterrupted(KeyboardInterrupt):
    """The user stopped planning; what was finished is kept.

    Attributes:
        plan: parts that were finished, the others as the policy says without optimising.
        unfinished: fields of `policy.optimised` that were not.
    """

    def __init__(self, plan: Plan, unfinished: tuple[str, ...]) -> None:
        super().__init__("interrupted")
        self.plan = plan
        self.unfinished = unfinished


class FaultyPlanError(Exception):
    """A solver's answer breaks a rule that it had to keep: a bug of ours, found by the independent check."""


def plan(
    scenario: Scenario,
    *,
    outlook: Outlooks = None,
    families: frozenset[str] | None = None,
    decisions: Decisions | None = None,
    progress: Progress = no_progress,
) -> Plan:
    """Work the policy out to numbers.

    Levels given in units become arrays; levels given in days of demand are kept as days and worked out inside the run,
    at every review, from what is known then. What is optimised is solved, checked independently, and stands in the
    plan with the solver's report and its promises.

    Args:
        scenario: facts and policy.
        outlook: what is to be expected of its world, as `sim.outlook` makes it; or `sim.outlook` itself, which is
            called when something has to be solved, and again when other stations are open.
        families: what to optimise, keys of `FAMILIES`, whether the policy names it or not; None for what
            `policy.optimised` names.
        decisions: what is decided already, from `scenarios.load_plan`; it is taken as it is.
        progress: told how far solvers are.

    Raises:
        PlanningError: a cell has no rule, something is to be optimised without an outlook, or sites with one that
            cannot be made again.
        PlanInterrupted: the user interrupted a solver; carries what was finished.
        FaultyPlanError: a solver's answer does not pass the check.
    """
    wanted = asked(scenario, families)
    known = NO_DECISIONS if decisions is None else decisions
    steps = to_be_solved(wanted, known)
    if not steps and known is NO_DECISIONS:
        return _assembled(scenario, NO_DECISIONS)
    decided = known.model_copy(update={"parts": _honest(known)})
    if not steps:
        return _assembled(scenario, decided)
    placed = _placed(wanted, decided)
    expected = _expected(outlook, placed, steps)
    for number, step in enumerate(steps):
        progress(step, number, len(steps))
        try:
            decided = _solved(step, placed, expected, decided, progress)
            if step == "sites" and len(steps) > number + 1:
                placed = _placed(wanted, decided)
                expected = _expected(outlook, placed, steps)
        except KeyboardInterrupt:
            raise PlanInterrupted(_checked(scenario, wanted, decided, expected), steps[number:]) from None
    progress("done", len(steps), len(steps))
    return _checked(scenario, wanted, decided, expected)


def with_part(
    scenario: Scenario, made: Plan, numbers: Mapping[str, Any], part: PlanPart, outlook: Outlook
) -> Plan:
    """A plan in which one part that was solved is decided otherwise, signed and checked like the others.

    Args:
        scenario: facts and policy; what was asked for stands in `policy.optimised`.
        made: the plan.
        numbers: fields of `Decisions`.
        part: takes the place of the part with its path.
        outlook: what is to be expected.

    Raises:
        FaultyPlanError: the new numbers do not pass the check.
    """
    decided = made.decisions.model_copy(update=dict(numbers))
    signed = _rounded(part).model_copy(update={"digest": part_digest(decided, part.path)})
    parts = tuple(signed if other.path == part.path else other for other in decided.parts)
    return _checked(scenario, scenario, decided.model_copy(update={"parts": parts}), outlook)


def _placed(scenario: Scenario, decided: Decisions) -> Scenario:
    """The scenario with the stations that are decided, and their territories: all that comes after hangs on them."""
    update = {"open_stations": decided.open_stations, "territories": decided.territories}
    return with_decisions(scenario, NO_DECISIONS.model_copy(update=update))


def _expected(outlook: Outlooks, scenario: Scenario, steps: tuple[str, ...]) -> Outlook:
    if isinstance(outlook, Outlook) and "sites" in steps:
        raise PlanningError(
            "policy.optimised.sites: what is to be expected hangs on the open stations; give `outlook=sim.outlook`, "
            "not its result"
        )
    if outlook is None:
        names = ", ".join(f"policy.optimised.{step}" for step in steps)
        raise PlanningError(
            f"{names}: what is optimised needs to know what to expect; give `outlook=sim.outlook`, or "
            "`decisions=` with a plan made before"
        )
    return outlook if isinstance(outlook, Outlook) else outlook(scenario)


def _solved(
    step: str, scenario: Scenario, outlook: Outlook, decided: Decisions, progress: Progress
) -> Decisions:
    """Decisions with those of one step added."""
    module, name = _STEPS[step]
    work_out: Callable[..., tuple[dict[str, Any], tuple[PlanPart, ...]]] = getattr(
        import_module(module), name
    )
    seen = with_decisions(scenario, decided) if step in _BUILDS_ON_OTHERS else scenario
    numbers, parts = work_out(seen, outlook, progress)
    with_numbers = decided.model_copy(
        update={"scenario": scenario.name, "facts_digest": scenario.facts_digest, **numbers}
    )
    signed = tuple(
        _rounded(part).model_copy(update={"digest": part_digest(with_numbers, part.path)}) for part in parts
    )
    return with_numbers.model_copy(update={"parts": (*decided.parts, *signed)})


def _rounded(part: PlanPart) -> PlanPart:
    """A part whose figures have as many digits as a file keeps, so that it reads back the same."""
    update: dict[str, Any] = {
        "curves": tuple(_rounded_curve(curve) for curve in part.curves),
        "promises": tuple(
            promise.model_copy(update={"forecast": _short(promise.forecast)}) for promise in part.promises
        ),
    }
    if part.report is not None:
        prices = tuple(
            price.model_copy(update={"price": _short(price.price)}) for price in part.report.shadow_prices
        )
        figures = {
            name: value if value is None else _short(value)
            for name, value in (("objective", part.report.objective), ("bound", part.report.bound))
        }
        update["report"] = part.report.model_copy(update={**figures, "shadow_prices": prices})
    return part.model_copy(update=update)


def _rounded_curve(curve: Curve) -> Curve:
    points = tuple((_short(level), _short(value)) for level, value in curve.points)
    return curve.model_copy(
        update={"points": points, "chosen": None if curve.chosen is None else _short(curve.chosen)}
    )


def _short(value: float) -> float:
    return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")


def _honest(decisions: Decisions) -> tuple[PlanPart, ...]:
    """Provenance of decisions that were given: numbers edited since they were solved promise nothing."""
    parts = tuple(
        part.model_copy(
            update={
                "kind": f"{part.kind}, edited by hand",
                "basis": Basis.GIVEN,
                "report": None,
                "promises": (),
                "curves": (),
                "digest": "",
            }
        )
        if is_edited(decisions, part)
        else part
        for part in decisions.parts
    )
    named = {part.path for part in parts}
    stated = tuple(
        PlanPart(path=path, kind="plan file", basis=Basis.GIVEN, cells=count)
        for path, count in ((f"policy.optimised.{part}", _count(decisions, part)) for part in FIELDS)
        if count and not any(name.startswith(path) for name in named)
    )
    return (*parts, *stated)


def _count(decisions: Decisions, part: str) -> int:
    """How many things a part of given decisions holds."""
    stated = (value for name in FIELDS[part] if (value := getattr(decisions, name)) is not None)
    return sum(len(value.partner_ids) if isinstance(value, PartnersUsed) else len(value) for value in stated)


def _assembled(scenario: Scenario, decisions: Decisions) -> Plan:
    """Levels of the policy's rules with those decided laid over them."""
    stores, store_parts = store_levels(scenario)
    centres, centre_parts = centre_levels(scenario)
    if decisions.store_levels is not None:
        stores = overlaid(stores, of_stores(decisions.store_levels, scenario))
        store_parts = recounted(store_parts, stores)
    if decisions.centre_levels is not None:
        centres = overlaid(centres, of_centres(decisions.centre_levels, scenario))
        centre_parts = recounted(centre_parts, centres)
    parts = (*store_parts, *centre_parts, *decisions.parts)
    return Plan(stores=stores, centres=centres, parts=parts, decisions=decisions)


def _checked(scenario: Scenario, wanted: Scenario, decisions: Decisions, outlook: Outlook) -> Plan:
    made = _assembled(scenario, decisions)
    findings = check_plan(wanted, made, outlook)
    if findings:
        shown = "; ".join(str(finding) for finding in findings[:5])
        raise FaultyPlanError(f"{len(findings)} faults in a solved plan: {shown}")
    return made


__all__ = ["FaultyPlanError", "PlanInterrupted", "PlanningError", "plan", "with_part"]
