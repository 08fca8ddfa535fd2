"""Checks of meaning: what no single field can know."""

from __future__ import annotations

from scenarios.language.errors import Problem
from scenarios.language.scenario import Scenario


def check(scenario: Scenario) -> list[Problem]:
    """Everything wrong or suspicious about a scenario whose fields are valid one by one."""
    del scenario
    return []
