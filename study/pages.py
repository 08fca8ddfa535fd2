"""The pages of the documentation that are generated, so that they cannot go stale."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

import scenarios

_STUDY_KEYS = ("format", "name", "title", "description", "run")


def generated_pages() -> dict[str, str]:
    """File name in `docs/` -> text."""
    return {
        "kpis.md": scenarios.kpi_reference_markdown(),
        "scenario-reference.md": scenarios.reference_markdown(scenarios.Scenario),
        "facts-and-policy.md": facts_and_policy_markdown(),
    }


def facts_and_policy_markdown() -> str:
    """The page that says of every key of a scenario whether it is fact or policy."""
    lines = [
        "# Facts and policy",
        "",
        "Generated from the types in `scenarios/language`; do not edit.",
        "",
        "- **fact**: true whoever decides. Two policies are compared fairly when they share all facts;",
        "  `dualedge compare` checks it by a digest over all of them and lists what differs.",
        "- **policy**: what managers choose.",
        "- **study**: how the file is named and the run is set up; part of no digest.",
        "",
        "Every key below a listed one is of the same kind.",
        "",
        "| key | kind | meaning |",
        "|---|---|---|",
        *(f"| `{key}` | {_kind(key)} | {meaning} |" for key, meaning in _keys()),
        "",
    ]
    return "\n".join(lines)


def _keys() -> Iterator[tuple[str, str]]:
    for name, field in scenarios.Scenario.model_fields.items():
        block = field.annotation
        if isinstance(block, type) and issubclass(block, BaseModel):
            for below, its_field in block.model_fields.items():
                yield f"{name}.{below}", _first_sentence(its_field.description)
        else:
            yield name, _first_sentence(field.description)


def _kind(key: str) -> str:
    top = key.partition(".")[0]
    return "policy" if top == "policy" else "study" if top in _STUDY_KEYS else "fact"


def _first_sentence(text: str | None) -> str:
    return " ".join((text or "").split()).partition(". ")[0].rstrip(".").replace("|", "\\|")
