"""A scenario's plan, with what is to be expected of its world where something has to be solved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimize import Outlook, Progress
    from scenarios import Plan, Scenario


def plan_of(
    scenario: Scenario,
    *,
    file: Path | None = None,
    families: frozenset[str] | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Work the policy of a scenario out to a plan.

    Args:
        scenario: as loaded.
        file: plan file that decides some or all of it.
        families: what to optimise, keys of `optimize.FAMILIES`, whether the policy names it or not; None as the policy
            says.
        progress: told how far solvers are.

    Raises:
        ScenarioError: the plan file cannot be used.
        PlanningError: the policy cannot be worked out.
        PlanInterrupted: the user stopped a solver.
    """
    import optimize
    import scenarios

    def expected(placed: Scenario) -> Outlook:
        import sim

        return sim.outlook(placed)

    return optimize.plan(
        scenario,
        outlook=expected,
        families=families,
        decisions=None if file is None else scenarios.load_plan(file, scenario),
        progress=progress or optimize.no_progress,
    )


__all__ = ["plan_of"]
