"""The schema for editors and the reference page say what the types say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from scenarios import CODES, Scenario
from scenarios.language.base import Model
from scenarios.language.describing import fields_of
from scenarios.language.reference import fact_policy_markdown, reference_markdown
from scenarios.language.schema import DRAFT, json_schema, schema_line, schema_text

SCHEMA = json_schema(Scenario)
DEFS: dict[str, Any] = SCHEMA["$defs"]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def blocks(root: type[Model]) -> Iterator[type[Model]]:
    seen, waiting = set[type[Model]](), [root]
    while waiting:
        block = waiting.pop()
        if block not in seen:
            seen.add(block)
            yield block
            waiting += [below for field in fields_of(block) for below in field.blocks]


def test_every_reference_of_the_schema_resolves() -> None:
    assert SCHEMA["$schema"] == DRAFT
    assert {ref.removeprefix("#/$defs/") for ref in references(SCHEMA)} <= set(DEFS)


def test_every_key_of_every_block_is_described() -> None:
    for block in blocks(Scenario):
        for field in fields_of(block):
            assert field.meaning, f"{block.__name__}.{field.key} has no docstring"


def test_a_key_shows_unit_default_and_its_source() -> None:
    warm_up = DEFS["Horizon"]["properties"]["warm_up_days"]
    assert "Unit: days." in warm_up["description"]
    assert "Default: 0 (no warm-up unless given)." in warm_up["description"]
    assert "Default" not in DEFS["Horizon"]["properties"]["days"]["description"]


def test_unknown_keys_are_refused_by_the_schema_too() -> None:
    for block in blocks(Scenario):
        name = block.__name__
        found = [definition for key, definition in DEFS.items() if key == name or key.endswith(f"__{name}")]
        assert found, name
        assert all(definition["additionalProperties"] is False for definition in found)


def test_composing_keys_stand_at_the_top_and_a_child_needs_nothing_else() -> None:
    for name in ("Scenario", "PartialScenario"):
        assert {"extends", "overrides", "apply"} <= set(DEFS[name]["properties"])
    assert SCHEMA["if"] == {"required": ["extends"]}
    assert SCHEMA["then"] == {"$ref": "#/$defs/PartialScenario"}
    assert "required" in DEFS["Policy"]
    assert not [name for name, block in DEFS.items() if name.startswith("Partial") and "required" in block]


def test_a_table_is_a_file_or_a_list_of_rows() -> None:
    file, rows = DEFS["Network"]["properties"]["stores"]["anyOf"]
    assert file == {"$ref": "#/$defs/TableFile"}
    assert rows == {"type": "array", "items": {"$ref": "#/$defs/Store"}}


def test_the_schema_is_json_and_stable() -> None:
    assert json.loads(schema_text(Scenario)) == SCHEMA
    assert schema_text(Scenario) == schema_text(Scenario)
    assert schema_line() == "# yaml-language-server: $schema=scenario.schema.json"


@pytest.fixture(scope="module")
def page() -> str:
    return reference_markdown(Scenario)


def test_the_reference_names_every_key_and_every_code(page: str) -> None:
    for block in blocks(Scenario):
        for field in fields_of(block):
            assert f"| `{field.key}` |" in page
    assert all(f"| {code} |" in page for code in CODES)


def test_every_link_of_the_reference_has_its_heading(page: str) -> None:
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^\w \-]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = set(re.findall(r"\]\(#([^)]+)\)", page))
    assert links
    assert links <= anchors
    assert len(anchors) == len(headings)


def test_a_row_of_the_reference_reads_as_documented(page: str) -> None:
    assert (
        "| `warm_up_days` | whole number, ≥ 0 | days | `0` | no warm-up unless given "
        "| Days at the start that count in no KPI. |" in page
    )


def test_every_key_is_fact_policy_or_set_up() -> None:
    table = fact_policy_markdown(Scenario)
    assert "| `policy.replenishment[].order_weekdays` | policy |" in table
    assert "| `demand.responses[].price_elasticity` | fact |" in table
    assert "| `horizon.days` | fact |" in table  # part of the facts digest
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert len(rows) == len(set(rows))
