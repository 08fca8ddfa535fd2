"""What is to be optimised: what the policy names, or whole families of decisions that a user asks for."""

from __future__ import annotations

from typing import Any

from optimize.solving import PlanningError
from scenarios import (
    FIELDS_OF_PARTS,
    Decisions,
    Optimised,
    OptimisedAgents,
    OptimisedCrew,
    OptimisedParts,
    OptimisedRosters,
    OptimisedRounds,
    OptimisedSites,
    OptimisedSourcing,
    OptimisedStock,
    OptimisedTechnicians,
    Scenario,
)

FAMILIES: dict[str, tuple[str, ...]] = {
    "stock": ("stores", "centres", "parts"),
    "staff": ("agents", "technicians", "pickers"),
    "rosters": ("rosters",),
    "sites": ("sites", "technicians"),
    "routes": ("rounds",),
    "sources": ("sourcing",),
}
"""Family of decisions -> fields of `policy.optimised`; with sites go the technicians, whose number hangs on them."""

_PREFIX = "policy.optimised."

FIELDS: dict[str, tuple[str, ...]] = {
    path.removeprefix(_PREFIX): names for path, names in FIELDS_OF_PARTS.items()
}
"""Field of `policy.optimised` -> fields of `Decisions` that hold its numbers."""

USUAL_FIRST_TIME_FIX = 0.85
"""Assumption: parts are planned to this share of visits where a family is asked for and the policy names no target."""


def asked(scenario: Scenario, families: frozenset[str] | None) -> Scenario:
    """The scenario whose `policy.optimised` names all that is asked for, and nothing else.

    Args:
        scenario: as loaded.
        families: keys of `FAMILIES`; None for what the policy names itself. Of a family that is asked for, parts that
            the policy does not name get the usual targets, where the scenario has such a half at all.

    Raises:
        PlanningError: a family is unknown.
    """
    if families is None:
        return scenario
    unknown = sorted(families - set(FAMILIES))
    if unknown or not families:
        raise PlanningError(
            f"families of decisions are {', '.join(FAMILIES)}; not {', '.join(unknown) or 'none'}"
        )
    named = scenario.policy.optimised
    update: dict[str, Any] = {}
    wanted = {part for family in families for part in FAMILIES[family]}
    for part in FIELDS:
        if part not in wanted:
            update[part] = Optimised.model_fields[part].default
        elif not getattr(named, part):
            update[part] = _usual(part, scenario)
    policy = scenario.policy.model_copy(update={"optimised": named.model_copy(update=update)})
    return scenario.model_copy(update={"policy": policy}).with_provenance(scenario.provenance)


def _usual(part: str, scenario: Scenario) -> Any:
    """Usual targets of a part, or nothing where the scenario has no such half."""
    service, depot = scenario.service, scenario.depot
    match part:
        case "stores":
            return (OptimisedStock(),)
        case "centres":
            is_limited = any(c.stock == "limited" for c in scenario.network.distribution_centres)
            return (OptimisedStock(),) if is_limited else ()
        case "parts":
            has_parts = service is not None and service.parts is not None
            return OptimisedParts(first_time_fix_share=USUAL_FIRST_TIME_FIX) if has_parts else None
        case "agents":
            has_calls = service is not None and service.contact_centre is not None
            return OptimisedAgents() if has_calls else None
        case "technicians" | "sites" | "rosters":
            usual = {
                "technicians": OptimisedTechnicians(),
                "sites": OptimisedSites(),
                "rosters": OptimisedRosters(),
            }
            return usual[part] if service is not None and service.stations is not None else None
        case "rounds":
            drives = scenario.policy.transport.mode == "fleet" and any(
                trucks.count for trucks in scenario.policy.transport.trucks
            )
            return OptimisedRounds() if drives else None
        case "sourcing":
            has_partners = service is not None and bool(service.partners)
            has_suppliers, has_carriers = scenario.network.supply is not None, bool(scenario.fleet.carriers)
            return OptimisedSourcing() if has_suppliers or has_carriers or has_partners else None
        case _:
            return OptimisedCrew() if depot is not None and depot.picking is not None else None


def to_be_solved(scenario: Scenario, decisions: Decisions) -> tuple[str, ...]:
    """Fields of `policy.optimised` that are named and not decided yet, in the order in which they are solved."""
    return tuple(
        part
        for part, names in FIELDS.items()
        if getattr(scenario.policy.optimised, part)
        and all(getattr(decisions, name) is None for name in names)
    )


__all__ = ["FAMILIES", "FIELDS", "USUAL_FIRST_TIME_FIX", "asked", "to_be_solved"]
