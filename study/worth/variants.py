"""The same scenario with one solver left out: what it decides is as the policy's rule says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scenarios import (
    FIELDS_OF_PARTS,
    Basis,
    Optimised,
    Plan,
    Scenario,
)
from study.part_titles import part_title

_PREFIX = "policy.optimised."
_TOGETHER = {"sites": ("sites", "technicians")}
"""Who works where hangs on what is open: one is nothing without the other."""
ROUTES, DISPATCH = "policy.transport.planning", "policy.service.dispatch.plan"


@dataclass(frozen=True)
class Variant:
    """One solver, and the world without it."""

    path: str
    """Of what it decides."""
    title: str
    rule: str
    """What decides in its place."""
    scenario: Scenario
    plan: Plan


def variants(scenario: Scenario, plan: Plan) -> tuple[Variant, ...]:
    """Every solver whose decisions are in a plan, or that decides inside the run.

    Args:
        scenario: as loaded.
        plan: what is decided for it.
    """
    return (*_before_the_run(scenario, plan), *_inside_the_run(scenario, plan))


def _before_the_run(scenario: Scenario, plan: Plan) -> Iterator[Variant]:
    import optimize

    solved = {
        path
        for path in FIELDS_OF_PARTS
        for part in plan.parts
        if part.basis is Basis.OPTIMISED
        and (part.path == path or part.path.startswith((f"{path}.", f"{path}[")))
    }
    named = [path.removeprefix(_PREFIX) for path in FIELDS_OF_PARTS if path in solved]
    covered = {other for name in named for other in _TOGETHER.get(name, ()) if other != name}
    for name in named:
        if name in covered:
            continue
        together = [part for part in _TOGETHER.get(name, (name,)) if part in named]
        paths = tuple(f"{_PREFIX}{part}" for part in together)
        fields = {field: None for path in paths for field in FIELDS_OF_PARTS[path]}
        left = tuple(part for part in plan.decisions.parts if not part.path.startswith(paths))
        decisions = plan.decisions.model_copy(update={**fields, "parts": left})
        plain = without_wish(scenario, *together)
        yield Variant(
            path=paths[0],
            title=", ".join([part_title(paths[0]), *(part_title(path).lower() for path in paths[1:])]),
            rule="the policy's own numbers and rules",
            scenario=plain,
            plan=optimize.plan(_with_policy(plain, optimised=Optimised()), decisions=decisions),
        )


def without_wish(scenario: Scenario, *parts: str) -> Scenario:
    """A scenario in which some fields of `policy.optimised` ask for nothing."""
    nothing = {part: Optimised.model_fields[part].default for part in parts}
    policy = scenario.policy
    optimised = policy.optimised.model_copy(update=nothing)
    return _with_policy(scenario, optimised=optimised)


def _inside_the_run(scenario: Scenario, plan: Plan) -> Iterator[Variant]:
    transport, service = scenario.policy.transport, scenario.policy.service
    has_trucks = transport.mode == "fleet" and plan.decisions.rounds is None
    if has_trucks and transport.planning == "optimised":
        changed = transport.model_copy(update={"planning": "rule"})
        yield Variant(
            path=ROUTES,
            title="Routes of the day",
            rule="routes by savings",
            scenario=_with_policy(scenario, transport=changed),
            plan=plan,
        )
    if scenario.service is not None and service.dispatch.plan == "optimised":
        dispatch = service.dispatch.model_copy(update={"plan": "day_plan"})
        yield Variant(
            path=DISPATCH,
            title="Dispatch of technicians",
            rule="a day plan by insertion",
            scenario=_with_policy(scenario, service=service.model_copy(update={"dispatch": dispatch})),
            plan=plan,
        )


def _with_policy(scenario: Scenario, **blocks: Any) -> Scenario:
    policy = scenario.policy.model_copy(update=blocks)
    return scenario.model_copy(update={"policy": policy}).with_provenance(scenario.provenance)


__all__ = ["DISPATCH", "ROUTES", "Variant", "variants", "without_wish"]
