"""Validation errors of pydantic as problems at the key that caused them."""

from __future__ import annotations

import re
import types
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scenarios.language.base import Model
from scenarios.language.columns import Columns, TableFile
from scenarios.language.errors import Problem, did_you_mean, show
from scenarios.language.faults import ERROR_TYPE, Fault
from scenarios.language.nodes import Location, Mark, Node, dotted

_CODES = {
    "extra_forbidden": "E301",
    "missing": "E302",
    "literal_error": "E305",
    "enum": "E305",
    "union_tag_invalid": "E306",
    "union_tag_not_found": "E306",
    "string_too_short": "E307",
    "string_too_long": "E307",
    "string_pattern_mismatch": "E307",
    "too_short": "E307",
    "too_long": "E307",
    "value_error": "E308",
    "assertion_error": "E308",
    "greater_than": "E304",
    "greater_than_equal": "E304",
    "less_than": "E304",
    "less_than_equal": "E304",
    "finite_number": "E111",
}
_TYPES = (
    (re.compile(r"^int_"), "must be a whole number"),
    (re.compile(r"^float_"), "must be a number"),
    (re.compile(r"^bool_"), "must be true or false"),
    (re.compile(r"^string_"), "must be text"),
    (re.compile(r"^date_"), "must be a date such as 2026-01-31"),
    (re.compile(r"^(tuple|list|set|frozen_set)_"), "must be a list"),
    (re.compile(r"^(model|dict|mapping|dataclass|model_attributes)_"), "must be a block of keys"),
)


@dataclass(frozen=True)
class _Trace:
    """Where an error lies: in the tree, and in the types."""

    location: Location
    owners: tuple[type[Model], ...]
    """Types that the block holding the last key may have."""
    branch: tuple[Location, int] | None
    """Location of the innermost union of blocks on the way, and which of its members was tried."""


def problems_of(
    error: ValidationError, root: type[Model], tree: Node, spoilt: Collection[Mark] = ()
) -> list[Problem]:
    """Every error of a failed validation, told once and at its place.

    Args:
        error: what pydantic found.
        root: type that was validated.
        tree: what was validated, with places.
        spoilt: places of values that could not be read, about which nothing more is said.
    """
    traced = [(_trace(root, details["loc"]), details) for details in error.errors(include_url=False)]
    chosen = _nearest_branches(traced)
    problems: list[Problem] = []
    for trace, details in traced:
        if details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]:
            continue  # the entries are there, but each has its own error
        if locate(tree, trace.location).mark in spoilt:
            continue
        if trace.branch is not None and chosen[trace.branch[0]] != trace.branch[1]:
            continue
        problems += _problems(trace, details, tree)
    return problems


def locate(tree: Node, location: Location) -> Node:
    """The node at a location, or the innermost one above it that was stated."""
    node = tree
    for step in location:
        child = node.child(step)
        if child is None:
            return node
        node = child
    return node


def _problems(trace: _Trace, details: ErrorDetails, tree: Node) -> Iterator[Problem]:
    kind, context = details["type"], details.get("ctx", {})
    if kind == ERROR_TYPE:
        for fault in context["faults"]:
            yield _table_problem(fault, trace.location, tree)
        return
    place = locate(tree, trace.location).place
    code = _CODES.get(kind) or ("E303" if _expected_type(kind) else "E308")
    value, rule, hint = show(details["input"]), details["msg"], ""
    name = str(trace.location[-1]) if trace.location else ""
    allowed = sorted(
        {field.alias or key for owner in trace.owners for key, field in owner.model_fields.items()}
    )
    if code == "E301":
        siblings = locate(tree, trace.location[:-1]).entries()
        # Keys of a file that this one extends may be set again here, so they may be meant.
        stated = {key for key, node in siblings.items() if node.place.file == place.file}
        value, rule, hint = "", "unknown key", did_you_mean(name, set(allowed) - stated)
    elif code == "E302":
        value, rule = "", "this key is missing"
        if len(trace.owners) > 1:
            required = [
                f"`{field.alias or key}`"
                for owner in trace.owners
                for key, field in owner.model_fields.items()
                if field.is_required()
            ]
            rule = "needs one of " + ", ".join(dict.fromkeys(required))
    elif code == "E303":
        rule, hint = _expected_type(kind), _type_hint(details["input"], kind)
    elif code == "E304":
        rule = "must be " + " and ".join(f"{_COMPARISONS[key]} {bound}" for key, bound in context.items())
    elif code == "E305":
        rule = f"must be {context['expected']}".replace("'", "`")
        hint = did_you_mean(str(details["input"]), re.findall(r"'([^']*)'", str(context["expected"])))
        hint = hint if hint.startswith("did") else ""
    elif code == "E306":
        value, rule, hint, place = _kind_problem(details, locate(tree, trace.location))
    elif code == "E308":
        rule = rule.removeprefix("Value error, ").removeprefix("Assertion failed, ")
        value = "" if isinstance(details["input"], dict | list) else value
    elif code == "E307":
        rule = _length_rule(kind, context)
        value = "" if isinstance(details["input"], list) else value
    yield Problem(code, place.file, place.line, place.column, dotted(trace.location), value, rule, hint)


_COMPARISONS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def _expected_type(kind: str) -> str:
    return next((rule for pattern, rule in _TYPES if pattern.match(kind)), "")


def _type_hint(given: Any, kind: str) -> str:
    if kind.startswith("string_") and isinstance(given, int | float):
        return f'write it in quotes: "{given}"'
    if (
        kind.startswith(("int_", "float_"))
        and isinstance(given, str)
        and re.fullmatch(r"[-+]?\d+([.,]\d+)?", given)
    ):
        return "leave the quotes out" if "," not in given else "write the decimal comma as a point"
    if kind.startswith(("int_", "float_")) and isinstance(given, str) and given.endswith("%"):
        return "write a share, 0.2 instead of 20%"
    if kind.startswith("tuple_") and isinstance(given, str | int | float):
        return f"write it in brackets: [{given}]"
    return ""


def _kind_problem(details: ErrorDetails, block: Node) -> tuple[str, str, str, Any]:
    context = details.get("ctx", {})
    key = str(context.get("discriminator", "kind")).strip("'")
    stated = block.child(key)
    if stated is None:
        return "", f"`{key}` is missing", "", block.place
    kinds = re.findall(r"'([^']*)'", str(context.get("expected_tags", "")))
    rule = f"unknown {key}; allowed: " + ", ".join(f"`{word}`" for word in kinds)
    hint = did_you_mean(str(stated.value), kinds)
    return show(stated.plain()), rule, hint if hint.startswith("did") else "", stated.place


def _length_rule(kind: str, context: dict[str, Any]) -> str:
    if kind == "string_pattern_mismatch":
        return f"must match {context['pattern']}"
    unit = "letters" if kind.startswith("string") else "entries"
    least, most = context.get("min_length"), context.get("max_length")
    if least is not None:
        return "must not be empty" if least == 1 else f"must have at least {least} {unit}"
    return f"must have at most {most} {unit}"


def _table_problem(fault: Fault, location: Location, tree: Node) -> Problem:
    path = dotted(location) + (f".{fault.name}" if fault.name else "")
    if fault.file:
        return Problem(
            fault.code, fault.file, fault.line, fault.column, path, fault.value, fault.rule, fault.hint
        )
    below = (*location, *fault.at)
    place = locate(tree, below).place
    return Problem(
        fault.code, place.file, place.line, place.column, dotted(below), fault.value, fault.rule, fault.hint
    )


def _nearest_branches(traced: Sequence[tuple[_Trace, ErrorDetails]]) -> dict[Location, int]:
    """For each union of blocks, the member that the input resembles most: the one with the fewest errors."""
    counts: dict[Location, dict[int, int]] = {}
    for trace, _ in traced:
        if trace.branch is not None:
            location, member = trace.branch
            tally = counts.setdefault(location, {})
            tally[member] = tally.get(member, 0) + 1
    return {
        location: min(tally, key=lambda member: (tally[member], member)) for location, tally in counts.items()
    }


def _trace(root: type[Model], loc: tuple[str | int, ...]) -> _Trace:
    """Follow pydantic's location through the types, dropping the steps that name union members."""
    annotation: Any = root
    location: Location = ()
    owners: tuple[type[Model], ...] = ()
    branch: tuple[Location, int] | None = None
    siblings: tuple[type[Model], ...] = ()
    for element in loc:
        members = _members(annotation)
        if len(members) > 1:
            index = _member_named(members, element)
            if index is not None:
                blocks = tuple(
                    member for member in members if isinstance(member, type) and issubclass(member, Model)
                )
                annotation = members[index]
                if not _tags(annotation):
                    branch, siblings = (location, index), blocks
                continue
            annotation = None
        annotation = members[0] if len(members) == 1 else annotation
        if isinstance(annotation, type) and issubclass(annotation, Model):
            owners, siblings = siblings or (annotation,), ()
            annotation = _field_annotation(annotation, str(element))
        elif get_origin(annotation) is Columns:
            row = get_args(annotation)[0]
            owners = (TableFile,)
            annotation = row if isinstance(element, int) else _field_annotation(TableFile, str(element))
        else:
            arguments = get_args(annotation)
            annotation = arguments[-1 if get_origin(annotation) is dict else 0] if arguments else None
        location = (*location, element)
    return _Trace(location, owners, branch)


def _field_annotation(owner: type[Model], name: str) -> Any:
    for key, field in owner.model_fields.items():
        if name in (field.alias, key):
            return field.annotation
    return None


def _members(annotation: Any) -> tuple[Any, ...]:
    """The types a value may have, None aside."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(
            inner for member in get_args(annotation) if member is not type(None) for inner in _members(member)
        )
    return (annotation,)


def _tags(member: Any) -> tuple[Any, ...]:
    """Values of `kind` that select a block of a tagged union."""
    if not (isinstance(member, type) and issubclass(member, Model)) or "kind" not in member.model_fields:
        return ()
    annotation = member.model_fields["kind"].annotation
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _member_named(members: tuple[Any, ...], element: str | int) -> int | None:
    for index, member in enumerate(members):
        if element in _tags(member) or element == getattr(member, "__name__", None):
            return index
    return None
