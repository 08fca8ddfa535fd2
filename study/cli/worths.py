"""The command `worth`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.cli.outcomes import ExitCode
from study.cli.planned import PlannedRequest, planned
from study.errors import RequestError

if TYPE_CHECKING:
    from scenarios import Plan, Scenario
    from study.evidence import Study
    from study.worth import Variant


def run_worth(request: PlannedRequest) -> ExitCode:
    """Plan, simulate with all solvers and with one of them left out after the other."""
    from study.worth import variants, worth_of
    from study.worth.writing import OWNER, RECORD, as_json, write_worth

    name, scenario, plan = planned(request, RECORD, OWNER, may_plan_nothing=True)
    console = request.console
    found = variants(scenario, plan)
    if not found:
        raise RequestError(
            f"{name}: no solver decides anything: name something in policy.optimised, say --only stock, or give a plan "
            "that `dualedge plan` has made"
        )
    whole = _replicated(request, name, f"{name} with all solvers", scenario, plan)
    others: list[Study] = []
    try:
        for variant in found:
            study = _without(request, name, variant, len(whole.condensed))
            others.append(study)
    except KeyboardInterrupt:
        if not others:
            raise KeyboardInterrupt from None
    worth = worth_of(whole, others, found, confidence_level=request.confidence)
    written = [] if request.out is None else write_worth(worth, request.out, command=request.command)
    console.say(worth.summary())
    if written:
        console.say("written: " + ", ".join(console.shown(path) for path in written))
    code = ExitCode.GOOD
    if worth.unfinished:
        code = ExitCode.INTERRUPTED
        console.complain(
            f"interrupted: {', '.join(worth.unfinished)} not compared; what was finished is kept"
        )
    console.give_json(
        as_json(worth) | {"exit_code": int(code), "written": [console.shown(path) for path in written]}
    )
    return code


def _without(request: PlannedRequest, name: str, variant: Variant, replications: int) -> Study:
    label = f"without-{variant.path.rpartition('.')[2] if 'optimised' in variant.path else variant.path}"
    step = f"{name} without {variant.title.lower()}"
    return _replicated(request, label, step, variant.scenario, variant.plan, replications)


def _replicated(
    request: PlannedRequest,
    name: str,
    step: str,
    scenario: Scenario,
    plan: Plan,
    replications: int | None = None,
) -> Study:
    from study.replication import replicate

    with request.console.progress(step) as progress:
        return replicate(
            scenario,
            plan,
            seed=request.seed,
            replications=replications or request.replications,
            jobs=request.jobs,
            name=name,
            progress=progress,
        )


__all__ = ["run_worth"]
