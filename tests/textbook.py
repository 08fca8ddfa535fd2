"""Instances and answers of Snyder and Shen's textbook; not part of the repository."""

from __future__ import annotations

import json
from typing import Any

from tests.reference import reference_path


def instance(name: str) -> dict[str, Any]:
    """Data of an instance, say `example_3_1`; the calling test is skipped where they are absent."""
    path = reference_path("inventory/stockpyl_instances.json")
    entries = json.loads(path.read_text(encoding="utf-8"))["instances"]
    found: dict[str, Any] = next(entry["data"] for entry in entries if entry["name"] == name)
    return found


def answer(name: str, model: str) -> dict[str, Any]:
    """Answer to an instance under a model; the calling test is skipped where they are absent."""
    path = reference_path("inventory/reference/stockpyl_answers.json")
    entries = json.loads(path.read_text(encoding="utf-8"))
    found: dict[str, Any] = next(
        entry["answer"] for entry in entries if (entry["instance"], entry["model"]) == (name, model)
    )
    return found
