"""The scenario language: YAML and tables in, an immutable `Scenario` out."""

from __future__ import annotations

from scenarios.language.errors import CODES, Problem, ScenarioError, Severity
from scenarios.language.loading import load, load_text
from scenarios.language.provenance import Applied, Provenance
from scenarios.language.scenario import Scenario

__all__ = [
    "CODES",
    "Applied",
    "Problem",
    "Provenance",
    "Scenario",
    "ScenarioError",
    "Severity",
    "load",
    "load_text",
]
