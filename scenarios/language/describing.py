"""Field types in words, for the schema, the reference page, templates and the list of assumptions."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from scenarios.language.base import Model, meanings_of
from scenarios.language.columns import Columns

_WORDS: dict[Any, str] = {
    int: "whole number",
    float: "number",
    bool: "true or false",
    str: "text",
    date: "date",
}


@dataclass(frozen=True)
class FieldText:
    """One key of a block, in words."""

    key: str
    kind: str
    """Type and bounds."""
    unit: str
    default: str
    """Default value in words; empty when the key must be stated."""
    default_yaml: str
    """Default value as it would stand in YAML; empty when the key must be stated."""
    source: str
    """Where the default comes from."""
    meaning: str
    blocks: tuple[type[Model], ...]
    """Blocks that may stand below the key."""
    is_table: bool
    """Whether the value is a table, whose rows the one block describes."""


def fields_of(model: type[Model]) -> Iterator[FieldText]:
    """The keys of a block in order, in words."""
    meanings = meanings_of(model)
    for name, field in model.model_fields.items():
        annotation = field.annotation
        yield FieldText(
            key=field.alias or name,
            kind=", ".join(part for part in (type_text(annotation), bounds_text(field)) if part),
            unit=unit_of(field),
            default=default_text(field),
            default_yaml="" if field.is_required() else value_text(field.default, "null", longest=10**9),
            source=extra_of(field).get("source", ""),
            meaning=meanings.get(name, ""),
            blocks=tuple(dict.fromkeys(blocks_in(annotation))),
            is_table=row_of(annotation) is not None,
        )


def extra_of(field: FieldInfo) -> dict[str, Any]:
    """Unit and source that `given` and `assumed` leave with a field."""
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def unit_of(field: FieldInfo) -> str:
    """Unit of a field, empty when it has none."""
    return str(extra_of(field).get("unit", ""))


def default_text(field: FieldInfo) -> str:
    """Default of a field as it would stand in YAML."""
    return "" if field.default is PydanticUndefined else value_text(field.default)


def value_text(value: Any, nothing: str = "none", longest: int = 7) -> str:
    """A value on one line, as it would stand in YAML.

    Args:
        value: the value.
        nothing: how to write None.
        longest: lists of equal entries longer than this are told as a count.
    """
    if value is None:
        return nothing
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Model):
        stated = {
            field.alias or name: getattr(value, name)
            for name, field in type(value).model_fields.items()
            if field.is_required() or name == "kind"
        }
        return (
            "{" + ", ".join(f"{key}: {value_text(item)}" for key, item in stated.items()) + "}"
            if stated
            else "{}"
        )
    if isinstance(value, tuple | list):
        if len(value) > longest and len(set(value)) == 1:
            return f"{len(value)} times {value_text(value[0])}"
        return "[" + ", ".join(value_text(item) for item in value) + "]"
    if isinstance(value, float):
        return f"{value:g}"
    return '""' if value == "" else str(value)


def bounds_text(field: FieldInfo) -> str:
    """Bounds of a field in words."""
    words: list[str] = []
    for bound in field.metadata:
        if isinstance(bound, annotated_types.Ge):
            words.append(f"≥ {bound.ge}")
        elif isinstance(bound, annotated_types.Gt):
            words.append(f"> {bound.gt}")
        elif isinstance(bound, annotated_types.Le):
            words.append(f"≤ {bound.le}")
        elif isinstance(bound, annotated_types.Lt):
            words.append(f"< {bound.lt}")
        elif isinstance(bound, annotated_types.MinLen):
            words.append("not empty" if bound.min_length == 1 else f"at least {bound.min_length} entries")
        elif isinstance(bound, annotated_types.MaxLen):
            words.append(f"at most {bound.max_length} entries")
    return ", ".join(words)


def type_text(annotation: Any) -> str:
    """A type in words."""
    if row_of(annotation) is not None and get_origin(annotation) is Columns:
        return "table"
    members = union_members(annotation)
    if len(members) > 1:
        return (
            "block" if all(_is_block(member) for member in members) else " or ".join(map(type_text, members))
        )
    only = members[0]
    if only is not annotation:
        return type_text(only)
    if get_origin(only) is Literal:
        return "one of " + ", ".join(f"`{choice}`" for choice in get_args(only))
    if get_origin(only) in (tuple, list):
        inner = type_text(get_args(only)[0])
        return f"list of {inner}s" if " " not in inner else f"list: {inner}"
    if get_origin(only) is dict:
        return f"keys to {type_text(get_args(only)[1])}"
    return "block" if _is_block(only) else _WORDS.get(only, str(only))


def union_members(annotation: Any) -> tuple[Any, ...]:
    """The types a value may have, None aside, `Annotated` taken off."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(
            inner
            for member in get_args(annotation)
            if member is not type(None)
            for inner in union_members(member)
        )
    return (annotation,)


def blocks_in(annotation: Any) -> Iterator[type[Model]]:
    """Every block that may stand directly below a key of this type: of unions, lists and tables too."""
    for member in union_members(annotation):
        if _is_block(member):
            yield member
        elif get_origin(member) in (tuple, list, dict, Columns):
            for argument in get_args(member):
                yield from blocks_in(argument)


def row_of(annotation: Any) -> type[Model] | None:
    """The row type of a table, None for any other type."""
    for member in union_members(annotation):
        if get_origin(member) is Columns:
            row: type[Model] = get_args(member)[0]
            return row
    return None


def kind_of(block: type[Model]) -> str:
    """The `kind` that selects a block of a tagged union, empty for other blocks."""
    if "kind" not in block.model_fields:
        return ""
    choices = get_args(block.model_fields["kind"].annotation)
    return str(choices[0]) if choices else ""


def _is_block(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Model)
