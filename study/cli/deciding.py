"""Commands that decide before anything has run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from study.cli.console import Console
from study.cli.options import (
    Jobs,
    Json,
    Overrides,
    PlanFile,
    Quiet,
    Replications,
    ScenarioWord,
    Seed,
    Settings,
    examples,
)
from study.cli.outcomes import ending_well

PLAN_EXAMPLES = examples(
    "dualedge plan quickstart --only stock",
    "dualedge plan delta_service_first --only stock,staff --out plans/service.yaml",
    "dualedge plan delta_service_first --only staff --confirm 40",
    "dualedge run quickstart --plan plan.yaml",
)
AUDIT_EXAMPLES = examples(
    "dualedge audit quickstart --only stock --replications 10 --out audited",
    "dualedge audit quickstart --plan plan.yaml",
)

WORTH_EXAMPLES = examples(
    "dualedge worth quickstart --only stock --replications 10 --out worth",
    "dualedge worth delta_service_first_optimised --plan plan.yaml",
)


Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FAMILY",
        help="Optimise stock, staff, rosters, sites, routes or sources (stock,staff), with usual targets where the "
        "policy names none; by default what `policy.optimised` names.",
    ),
]


def plan(
    context: typer.Context,
    scenario: ScenarioWord,
    only: Only = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Plan file; tables go beside it.")] = Path(
        "plan.yaml"
    ),
    confirm: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="MONTHS",
            help="Simulate so many months of the agents planned, and add people until enough months keep the target.",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Seed of the months of --confirm; by default none of those of a run."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Months of --confirm at once; by default one per free core.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the plan as a page, with charts, there.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a plan file that was edited by hand.")
    ] = False,
    settings: Settings = None,
    apply: Overrides = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Work out how much stock and how many people, with what that promises, and write it as a file to edit.

    Exit code 1 when nothing does what is asked, or people were not confirmed.
    """
    from study.cli.planning import PlanRequest, plan_and_write

    console = Console(quiet=quiet, json=json)
    request = PlanRequest(
        scenario=scenario,
        only=tuple(only or ()),
        out=out,
        confirm=confirm,
        seed=seed,
        jobs=jobs,
        page=page,
        command=context.obj,
        force=force,
        overrides=tuple(apply or ()),
        settings=tuple(settings or ()),
        console=console,
    )
    raise typer.Exit(ending_well(lambda: plan_and_write(request), console))


def audit(
    context: typer.Context,
    scenario: ScenarioWord,
    plan: PlanFile = None,
    only: Only = None,
    replications: Replications = None,
    seed: Seed = None,
    jobs: Jobs = None,
    confidence: Annotated[
        float | None, typer.Option(min=0.5, max=0.9999, help="Confidence level; by default 0.99.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write table, charts and page there.")
    ] = None,
    no_split: Annotated[
        bool, typer.Option("--no-split", help="Promise and delivery only: nothing is run again.")
    ] = False,
    settings: Settings = None,
    apply: Overrides = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Plan, simulate, and show beside each promise what was delivered, and what the gap comes from.

    The same random worlds are run again with one premise of the plan after the other made true. Exit code 1 when a
    promise was certainly not kept.
    """
    from study.cli.audits import AuditRequest, run_audit

    console = Console(quiet=quiet, json=json)
    request = AuditRequest(
        scenario=scenario,
        plan=plan,
        only=tuple(only or ()),
        command=context.obj,
        replications=replications,
        seed=seed,
        jobs=jobs,
        confidence=confidence,
        out=out,
        splits=not no_split,
        overrides=tuple(apply or ()),
        settings=tuple(settings or ()),
        console=console,
    )
    raise typer.Exit(ending_well(lambda: run_audit(request), console))


def worth(
    context: typer.Context,
    scenario: ScenarioWord,
    plan: PlanFile = None,
    only: Only = None,
    replications: Replications = None,
    seed: Seed = None,
    jobs: Jobs = None,
    confidence: Annotated[
        float | None,
        typer.Option(
            min=0.5, max=0.9999, help="Confidence level of all intervals together; by default the scenario's."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write table, chart and page there.")
    ] = None,
    settings: Settings = None,
    apply: Overrides = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show what each solver is worth in money and service.

    The plan runs whole, then with one decision after the other left to the policy's rule, in the same random worlds.
    """
    from study.cli.planned import PlannedRequest
    from study.cli.worths import run_worth

    console = Console(quiet=quiet, json=json)
    request = PlannedRequest(
        scenario=scenario,
        plan=plan,
        only=tuple(only or ()),
        command=context.obj,
        replications=replications,
        seed=seed,
        jobs=jobs,
        confidence=confidence,
        out=out,
        overrides=tuple(apply or ()),
        settings=tuple(settings or ()),
        console=console,
    )
    raise typer.Exit(ending_well(lambda: run_worth(request), console))


__all__ = ["AUDIT_EXAMPLES", "PLAN_EXAMPLES", "WORTH_EXAMPLES", "audit", "plan", "worth"]
