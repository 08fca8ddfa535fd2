"""JSON Schema of scenario files, with which editors complete and check while one types."""

from __future__ import annotations

import copy
import json
from typing import Any

from scenarios.language.base import Model
from scenarios.language.composing import COMPOSING_KEYS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FILE_NAME = "scenario.schema.json"

_PARTIAL = "Partial"
_OVERRIDE = {"$ref": "#/$defs/Override"}
_COMPOSING: dict[str, dict[str, Any]] = {
    "extends": {"type": "string"},
    "overrides": {"type": "object", "additionalProperties": _OVERRIDE},
    "apply": {"type": "array", "items": {"type": "string"}},
}


def schema_line(path: str = FILE_NAME) -> str:
    """First line of a scenario file, which tells editors where its schema is.

    Args:
        path: the schema, relative to the scenario file.
    """
    return f"# yaml-language-server: $schema={path}"


def json_schema(root: type[Model]) -> dict[str, Any]:
    """The schema of a scenario file.

    A file that extends another, and a named override, may state any part of a scenario; they are described by
    copies of all blocks without required keys.

    Args:
        root: type of the whole file.
    """
    whole = root.model_json_schema()
    blocks: dict[str, Any] = whole.pop("$defs", {})
    blocks[root.__name__] = whole
    for block in blocks.values():
        _describe(block)
    partial = {f"{_PARTIAL}{name}": _relaxed(block) for name, block in blocks.items()}
    fragment = copy.deepcopy(partial[f"{_PARTIAL}{root.__name__}"])
    fragment["patternProperties"] = {r"[.\[]": {"description": "A path to one key."}}
    composing = {key: {**form, "description": COMPOSING_KEYS[key]} for key, form in _COMPOSING.items()}
    for block in (blocks[root.__name__], partial[f"{_PARTIAL}{root.__name__}"]):
        block["properties"] = {**block["properties"], **composing}
    return {
        "$schema": DRAFT,
        "title": f"dualedge {root.__name__.lower()}",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": f"#/$defs/{_PARTIAL}{root.__name__}"},
        "else": {"$ref": f"#/$defs/{root.__name__}"},
        "$defs": dict(sorted({**blocks, **partial, "Override": fragment}.items())),
    }


def schema_text(root: type[Model]) -> str:
    """The schema as a file."""
    return json.dumps(json_schema(root), indent=1, ensure_ascii=False) + "\n"


def _describe(block: dict[str, Any]) -> None:
    """Put unit, default and its source into the description of every key, where editors show it."""
    block.pop("title", None)
    for key, field in block.get("properties", {}).items():
        field.pop("title", None)
        sentences = [field.get("description", "")]
        unit, source = field.pop("unit", ""), field.pop("source", "")
        if unit:
            sentences.append(f"Unit: {unit}.")
        if key not in block.get("required", ()) and "default" in field:
            default = json.dumps(field["default"], ensure_ascii=False)
            sentences.append(f"Default: {default}" + (f" ({source})." if source else "."))
        field["description"] = " ".join(sentence for sentence in sentences if sentence)


def _relaxed(node: Any) -> Any:
    """A copy of a block in which no key is required, and that refers to other such copies."""
    if isinstance(node, list):
        return [_relaxed(item) for item in node]
    if not isinstance(node, dict):
        return node
    relaxed = {
        key: _relaxed(value) for key, value in node.items() if key not in ("required", "discriminator")
    }
    if isinstance(node.get("$ref"), str):
        relaxed["$ref"] = node["$ref"].replace("#/$defs/", f"#/$defs/{_PARTIAL}")
    if "oneOf" in relaxed:
        relaxed["anyOf"] = relaxed.pop("oneOf")
    return relaxed
