"""From whom to buy, who drives and who repairs, as `policy.optimised.sourcing` asks for it."""

from __future__ import annotations

from typing import Any

from optimize.outlook import Outlook
from optimize.solving import PlanningError, Progress
from optimize.sourcing.agent_planning import plan_partners
from optimize.sourcing.carrier_planning import plan_carriers
from optimize.sourcing.supplier_planning import plan_suppliers
from scenarios import PlanPart, Scenario

PATH = "policy.optimised.sourcing"
_KINDS = (plan_suppliers, plan_carriers, plan_partners)


def plan_sourcing(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Suppliers, carriers and partners, each kind on its own: nothing that one of them does changes the others.

    Args:
        scenario: facts and policy.
        outlook: expected demand and, for partners, expected work.
        progress: told after each kind.

    Returns:
        `sourcing_rules`, `carriers` and `partners` of the decisions, and a part of the plan for each kind that the
        scenario has; nothing where nothing is asked for.

    Raises:
        PlanningError: the scenario has nobody to choose among.
    """
    if scenario.policy.optimised.sourcing is None:
        return {}, ()
    numbers: dict[str, Any] = {}
    parts: list[PlanPart] = []
    for number, work_out in enumerate(_KINDS):
        found = work_out(scenario, outlook)
        if found is not None:
            numbers |= found[0]
            parts.append(found[1])
        progress("sourcing", number + 1, len(_KINDS))
    if not parts:
        raise PlanningError(
            f"{PATH}: there is nobody to choose among: no second supplier, carrier or partner"
        )
    return numbers, tuple(parts)


__all__ = ["PATH", "plan_sourcing"]
