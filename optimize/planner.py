"""Work the policy of a scenario out to a plan."""

from __future__ import annotations

from optimize.solving import PlanningError
from optimize.stock.levels import centre_levels, store_levels
from scenarios import Plan, Scenario


def plan(scenario: Scenario) -> Plan:
    """Work the policy out to numbers.

    Levels given in units become arrays; levels given in days of demand are kept as days and worked out inside the run,
    at every review, from what is known then.

    Raises:
        PlanningError: a cell has no rule.
    """
    stores, store_parts = store_levels(scenario)
    centres, centre_parts = centre_levels(scenario)
    return Plan(stores=stores, centres=centres, parts=(*store_parts, *centre_parts))


__all__ = ["PlanningError", "plan"]
