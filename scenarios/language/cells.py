"""Columns of text to typed, checked arrays: one pass per column, never one per cell."""

from __future__ import annotations

import operator
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
import numpy as np
import numpy.typing as npt
from pydantic.fields import FieldInfo

from scenarios.language.base import Model
from scenarios.language.errors import show
from scenarios.language.table_files import blank_cells

Column = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

_COMPARISONS = (
    (annotated_types.Ge, "ge", "at least", operator.lt),
    (annotated_types.Gt, "gt", "more than", operator.le),
    (annotated_types.Le, "le", "at most", operator.gt),
    (annotated_types.Lt, "lt", "less than", operator.ge),
)
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_WORDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    date: "a date such as 2026-01-31",
    str: "text",
}
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


@dataclass(frozen=True)
class ColumnSpec:
    """What a row type says about one column."""

    name: str
    base: type
    """int, float, bool, str or date."""
    optional: bool
    """Whether a blank means None: NaN in numbers (which then are floats), None elsewhere."""
    required: bool
    default: Any
    choices: tuple[Any, ...]
    """Allowed values; any when empty."""
    bounds: tuple[Any, ...]
    """Constraints in the vocabulary of `annotated_types`, and patterns."""


@dataclass(frozen=True)
class CellFault:
    """A cell that breaks a rule."""

    code: str
    row: int
    value: str
    rule: str
    hint: str = ""


@dataclass(frozen=True)
class Parsed:
    """A typed column and what was wrong with it."""

    values: Column
    """Read-only."""
    codes: npt.NDArray[np.int64] | None
    """Equal numbers for equal cells when these were told apart as text; None for numbers."""
    faults: tuple[CellFault, ...]


def specs(row: type[Model]) -> dict[str, ColumnSpec]:
    """Column name -> specification, in the order of the row type's fields.

    Raises:
        TypeError: a field of the row type has a type that no cell can hold.
    """
    found = (_spec(field.alias or name, field) for name, field in row.model_fields.items())
    return {spec.name: spec for spec in found}


def _spec(name: str, field: FieldInfo) -> ColumnSpec:
    annotation: Any = field.annotation
    optional = False
    metadata = list(field.metadata)
    while get_origin(annotation) in (Annotated, Union, types.UnionType):
        if get_origin(annotation) is Annotated:
            annotation, *further = get_args(annotation)
            metadata += [item for extra in further for item in getattr(extra, "metadata", [extra])]
            continue
        members = [member for member in get_args(annotation) if member is not type(None)]
        optional = len(members) < len(get_args(annotation))
        annotation = members[0] if len(members) == 1 else object
    choices = get_args(annotation) if get_origin(annotation) is Literal else ()
    base = type(choices[0]) if choices else annotation
    if base not in _WORDS:
        raise TypeError(f"column {name}: no cell can hold a {base}")
    return ColumnSpec(name, base, optional, field.is_required(), field.default, choices, tuple(metadata))


def absent(spec: ColumnSpec, length: int) -> Column:
    """The column of a table that does not have it: its default in every row."""
    return _filled(np.zeros(length, dtype=_dtype(spec)), np.ones(length, dtype=bool), spec)


def keys_of(parsed: Parsed) -> npt.NDArray[np.int64]:
    """Equal numbers for equal values, for finding repeated rows."""
    if parsed.codes is not None:
        return parsed.codes
    return np.unique(parsed.values, return_inverse=True)[1].astype(np.int64)


def parse(spec: ColumnSpec, text: Any) -> Parsed:
    """Type and check one column.

    Args:
        spec: what the column may hold.
        text: pyarrow string array of trimmed cells.
    """
    blank = blank_cells(text)
    fast = _fast_numbers(spec, text, blank) if spec.base in (int, float) else None
    codes: npt.NDArray[np.int64] | None = None
    wrong: list[tuple[int, str, str, str]] = []
    if fast is not None:
        values = fast
    else:
        values, codes, wrong = _by_distinct_value(spec, text, blank)
    faults = [
        CellFault("E409" if spec.choices else "E407", row, show(value), rule, hint)
        for row, value, rule, hint in wrong
    ]
    if not spec.optional and spec.required:
        faults += [CellFault("E406", int(row), "", "must not be blank") for row in np.flatnonzero(blank)]
    else:
        values = _filled(values, blank, spec)
    bad = np.zeros(len(blank), dtype=bool)
    bad[[fault.row for fault in faults]] = True
    for rule, code, broken in _broken_bounds(spec, values, blank | bad):
        faults += [CellFault(code, int(row), show(values[row]), rule) for row in np.flatnonzero(broken)]
    values.flags.writeable = False
    return Parsed(values, codes, tuple(sorted(faults, key=lambda fault: fault.row)))


def _dtype(spec: ColumnSpec) -> Any:
    if spec.base in (int, float):
        return np.float64 if spec.base is float or spec.optional else np.int64
    return np.bool_ if spec.base is bool and not spec.optional else object


def _filled(values: Column, blank: Mask, spec: ColumnSpec) -> Column:
    """Blanks replaced by the default."""
    default = None if spec.required else spec.default
    if default is None and values.dtype == np.float64:
        default = np.nan
    if bool(blank.any()):
        values = values.copy()
        values[blank] = default
    return values


def _fast_numbers(spec: ColumnSpec, text: Any, blank: Mask) -> Column | None:
    """Numbers by one cast; None when some cell is no plain number and each has to be looked at."""
    import pyarrow as pa
    from pyarrow import compute

    target = pa.int64() if spec.base is int else pa.float64()
    try:
        filled = compute.replace_substring_regex(text, "^$", "0") if bool(blank.any()) else text
        values = np.from_dlpack(compute.cast(filled, target)).astype(_dtype(spec))
    except pa.ArrowInvalid:
        return None
    return values if bool(np.isfinite(values).all()) else None


def _by_distinct_value(
    spec: ColumnSpec, text: Any, blank: Mask
) -> tuple[Column, npt.NDArray[np.int64], list[tuple[int, str, str, str]]]:
    """Every distinct text parsed once: values, codes, and (row, text, rule, hint) of what cannot be read."""
    from pyarrow import compute

    encoded = compute.dictionary_encode(text)
    codes = np.from_dlpack(encoded.indices).astype(np.int64)
    words: list[str] = encoded.dictionary.to_pylist()
    distinct = np.zeros(len(words), dtype=_dtype(spec))
    refused: dict[int, tuple[str, str]] = {}
    for code, word in enumerate(words):
        if word == "":
            continue
        try:
            distinct[code] = _parse_word(spec, word)
        except ValueError as error:
            refused[code] = (str(error), _repair(spec, word))
    spelt_alike: dict[Any, int] = {}
    canonical = [spelt_alike.setdefault(value, code) for code, value in enumerate(distinct.tolist())]
    values = distinct[codes] if len(words) else np.zeros(0, dtype=_dtype(spec))
    rows = np.flatnonzero(np.isin(codes, list(refused)) & ~blank)
    wrong = [(int(row), words[codes[row]], *refused[int(codes[row])]) for row in rows]
    return values, np.array(canonical, dtype=np.int64)[codes], wrong


def _parse_word(spec: ColumnSpec, word: str) -> Any:
    """One cell; raises ValueError with the rule it breaks."""
    expected = f"must be {_WORDS[spec.base]}"
    value: Any = word
    if spec.base is bool:
        value = _FLAGS.get(word.lower())
    elif spec.base is date:
        value = _parse_date(word)
    elif spec.base in (int, float):
        value = float(word) if _NUMBER.fullmatch(word) else None
        if spec.base is int and value is not None:
            value = int(value) if value.is_integer() and abs(value) < 2**53 else None
    if value is None:
        raise ValueError(expected)
    if spec.choices and value not in spec.choices:
        raise ValueError("must be one of " + ", ".join(show(choice) for choice in spec.choices))
    return value


def _parse_date(word: str) -> date | None:
    match = _DATE.fullmatch(word)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _repair(spec: ColumnSpec, word: str) -> str:
    """What to do about a cell that cannot be read."""
    if spec.base in (int, float):
        if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", word):
            return "leave out the thousands separators"
        if word.endswith("%"):
            return "write a share, 0.2 instead of 20%"
        if re.fullmatch(r"[-+]?\d+,\d+", word):
            return "write the decimal comma as a point"
    return ""


def _broken_bounds(spec: ColumnSpec, values: Column, excused: Mask) -> Iterator[tuple[str, str, Mask]]:
    """(rule, code, rows that break it) for every constraint that some row breaks."""
    judged = values[~excused]
    for bound in spec.bounds:
        for rule, code, broken in _breaches(bound, judged):
            if bool(broken.any()):
                rows = np.zeros(len(values), dtype=bool)
                rows[~excused] = broken
                yield rule, code, rows


def _breaches(bound: Any, values: Column) -> Iterator[tuple[str, str, Mask]]:
    """What one constraint says, and which values break it."""
    for kind, attribute, words, breaks in _COMPARISONS:
        if isinstance(bound, kind):
            limit = getattr(bound, attribute)
            yield f"must be {words} {limit}", "E408", np.asarray(breaks(values, limit), dtype=bool)
    if isinstance(bound, annotated_types.MinLen) and bound.min_length > 1:
        short = np.array([len(text) < bound.min_length for text in values], dtype=bool)
        yield f"must have at least {bound.min_length} letters", "E409", short
    elif isinstance(bound, annotated_types.MaxLen):
        long = np.array([len(text) > bound.max_length for text in values], dtype=bool)
        yield f"must have at most {bound.max_length} letters", "E409", long
    elif getattr(bound, "pattern", None):
        unlike = np.array([re.search(bound.pattern, text) is None for text in values], dtype=bool)
        yield f"must match {bound.pattern}", "E409", unlike
