"""Where two scenarios differ, place by place, for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel

from scenarios import Columns
from study.evidence import ScenarioDifference

if TYPE_CHECKING:
    from scenarios import Scenario

_ABSENT = "(absent)"
_NOT_COMPARED = {"format", "name", "title", "description", "run"}
_LONGEST = 80


def scenario_differences(baseline: Scenario, alternative: Scenario) -> tuple[ScenarioDifference, ...]:
    """All places where two scenarios differ: facts first, then policy, each in the order of the language.

    Names, descriptions and the defaults of a study are left out; a table that differs is told by its digest
    and the columns that differ.
    """
    found = [
        ScenarioDifference(path, old, new, is_policy=path.startswith("policy"))
        for field in type(baseline).model_fields
        if field not in _NOT_COMPARED
        for path, old, new in _walk(field, getattr(baseline, field), getattr(alternative, field))
    ]
    return tuple(sorted(found, key=lambda difference: difference.is_policy))


def _walk(path: str, old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(old, Columns) and isinstance(new, Columns):
        yield from _tables(path, old, new)
    elif isinstance(old, BaseModel) and type(old) is type(new):
        for field in type(old).model_fields:
            yield from _walk(f"{path}.{field}", getattr(old, field), getattr(new, field))
    elif _is_list_of_blocks(old) and _is_list_of_blocks(new):
        for i in range(max(len(old), len(new))):
            pair = (items[i] if i < len(items) else None for items in (old, new))
            yield from _walk(f"{path}[{i}]", *pair)
    elif old != new:
        yield path, _text(old), _text(new)


def _tables(path: str, old: Columns[Any], new: Columns[Any]) -> Iterator[tuple[str, str, str]]:
    if old.digest() == new.digest():
        return
    if len(old) != len(new):
        yield path, _text(old), _text(new)
        return
    for name in sorted(old.columns.keys() | new.columns.keys()):
        rows = np.flatnonzero(old.columns[name] != new.columns[name])
        if len(rows) == 1:
            row = int(rows[0])
            yield f"{path}[{row}].{name}", str(old.columns[name][row]), str(new.columns[name][row])
        elif len(rows):
            yield f"{path}.{name}", _text(old), f"{_text(new)}, {len(rows):,} rows differ"


def _is_list_of_blocks(value: Any) -> bool:
    return isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value)


def _text(value: Any) -> str:
    if value is None:
        return _ABSENT
    if isinstance(value, Columns):
        return f"table of {len(value):,} rows, digest {value.digest()[:8]}"
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
