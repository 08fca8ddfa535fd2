"""What `audit` and `worth` have in common: a scenario, and a plan that is given or made."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from study.cli.console import Console
from study.cli.planning import families_of, planning_progress
from study.cli.shipped import load
from study.errors import RequestError

if TYPE_CHECKING:
    from scenarios import Plan, Scenario


@dataclass(frozen=True)
class PlannedRequest:
    """What the user asked a command for that runs a plan; see its options."""

    scenario: str
    plan: Path | None = None
    only: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    replications: int | None = None
    seed: int | None = None
    jobs: int | None = None
    confidence: float | None = None
    out: Path | None = None
    overrides: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    console: Console = field(default_factory=Console)


def planned(
    request: PlannedRequest, record: str, owner: str, *, may_plan_nothing: bool
) -> tuple[str, Scenario, Plan]:
    """Load the scenario, make sure of the folder, and read or make the plan.

    Args:
        request: what the user asked for.
        record: file that tells a folder of such results.
        owner: whose results they are.
        may_plan_nothing: whether a policy that optimises nothing is good enough.

    Returns:
        Name, scenario and plan.

    Raises:
        RequestError: a plan and what to plan are both given, there is nothing to plan, or the folder is another's.
    """
    from study.planning import plan_of
    from study.record_folder import claim_folder

    name, scenario = load(request.scenario, request.overrides, request.settings)
    if request.plan is not None and request.only:
        raise RequestError("--plan says what is decided, --only what to decide: give one of them")
    families = None
    if request.only or not (request.plan or may_plan_nothing):
        families = families_of(request.only, scenario)
    if request.out is not None:
        claim_folder(request.out, record, owner)
    with planning_progress(request.console, name) as progress:
        plan = plan_of(scenario, file=request.plan, families=families, progress=progress)
    return name, scenario, plan


__all__ = ["PlannedRequest", "planned"]
