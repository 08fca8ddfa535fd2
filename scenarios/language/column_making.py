"""Tables that a program makes, alike to those the reader makes of files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

from scenarios.language.base import Model
from scenarios.language.cells import absent, specs
from scenarios.language.columns import Columns

Row = TypeVar("Row", bound=Model)


def columns_of(row: type[Row], values: Mapping[str, Any]) -> Columns[Row]:
    """A table from columns worked out by a program; it reads back equal when written as CSV.

    Args:
        row: type that documents the columns.
        values: name -> values, all of one length; columns left out take their default in every row.

    Raises:
        ValueError: a column is unknown, missing or of another length than the rest.
    """
    wanted = specs(row)
    lengths = {len(column) for column in values.values()}
    if len(lengths) != 1:
        raise ValueError(f"values: columns of {row.__name__} must have one length, not {sorted(lengths)}")
    unknown = sorted(set(values) - set(wanted))
    missing = sorted(name for name, spec in wanted.items() if spec.required and name not in values)
    if unknown or missing:
        raise ValueError(f"values: {row.__name__} has no columns {unknown}, and needs {missing}")
    length = lengths.pop()
    columns = {}
    for name, spec in wanted.items():
        is_given = name in values
        column = np.array(values[name], dtype=absent(spec, 0).dtype) if is_given else absent(spec, length)
        column.flags.writeable = False
        columns[name] = column
    return Columns(row, columns)


__all__ = ["columns_of"]
