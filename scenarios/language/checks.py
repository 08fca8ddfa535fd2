"""Checks of meaning: what no single field can know.

Each check is a named function that yields problems; adding one means writing it and listing it here.
"""

from __future__ import annotations

from scenarios.language import (
    base_checks,
    contact_checks,
    demand_checks,
    fact_checks,
    field_checks,
    goods_checks,
    level_checks,
    operation_checks,
    optimised_checks,
    parts_checks,
    people_checks,
    policy_checks,
    promotion_checks,
    roster_checks,
    rota_checks,
    rounding_checks,
    sourcing_checks,
    working_day_checks,
)
from scenarios.language.errors import Problem
from scenarios.language.places import Places
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach

CHECKS = (
    *fact_checks.CHECKS,
    *goods_checks.CHECKS,
    *demand_checks.CHECKS,
    *policy_checks.CHECKS,
    *level_checks.CHECKS,
    *rounding_checks.CHECKS,
    *promotion_checks.CHECKS,
    *operation_checks.CHECKS,
    *working_day_checks.CHECKS,
    *sourcing_checks.CHECKS,
    *base_checks.CHECKS,
    *contact_checks.CHECKS,
    *field_checks.CHECKS,
    *parts_checks.CHECKS,
    *people_checks.CHECKS,
    *roster_checks.CHECKS,
    *rota_checks.CHECKS,
    *optimised_checks.CHECKS,
)


def check(scenario: Scenario) -> list[Problem]:
    """Everything wrong or suspicious about a scenario whose fields are valid one by one.

    Returns:
        Errors and warnings, sorted by place.
    """
    places, reach = Places(scenario.provenance), Reach(scenario)
    found = {problem for examine in CHECKS for problem in examine(scenario, places, reach)}
    if any(problem.code == "E501" for problem in found):
        # a misspelt id also leaves cells without a rule and rules without cells: say only the cause
        found = {problem for problem in found if problem.code not in ("E507", "W602")}
    return sorted(found, key=Problem.sort_key)
