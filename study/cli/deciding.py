"""Commands that decide before anything has run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from study.cli.console import Console
from study.cli.options import Json, Overrides, Quiet, ScenarioWord, Settings, examples
from study.cli.outcomes import ending_well

PLAN_EXAMPLES = examples(
    "dualedge plan quickstart --only stock",
    "dualedge plan delta_service_first --only stock,staff --out plans/service.yaml",
    "dualedge run quickstart --plan plan.yaml",
)


def plan(
    scenario: ScenarioWord,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FAMILY",
            help="Optimise stock, staff or both (stock,staff), with usual targets where the policy names none; by "
            "default what `policy.optimised` names.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Plan file; tables go beside it.")] = Path(
        "plan.yaml"
    ),
    settings: Settings = None,
    apply: Overrides = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Work out how much stock and how many people, with what that promises, and write it as a file to edit.

    Exit code 1 when nothing does what is asked.
    """
    from study.cli.planning import PlanRequest, plan_and_write

    console = Console(quiet=quiet, json=json)
    request = PlanRequest(
        scenario=scenario,
        only=tuple(only or ()),
        out=out,
        overrides=tuple(apply or ()),
        settings=tuple(settings or ()),
        console=console,
    )
    raise typer.Exit(ending_well(lambda: plan_and_write(request), console))


__all__ = ["PLAN_EXAMPLES", "plan"]
