"""Tables as CSV files that are the same bytes wherever they are written."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from datetime import date
from pathlib import Path
from typing import Any


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    """Write a table.

    Args:
        path: file to write.
        header: column names.
        rows: cells; None becomes empty, truth values `true` and `false`, numbers their shortest form.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_cell(cell) for cell in row] for row in rows)
    return path


def write_records(path: Path, records: Sequence[Any]) -> Path:
    """Write dataclass instances of one type, a column per field.

    Args:
        path: file to write.
        records: at least one.
    """
    header = [field.name for field in fields(records[0])]
    return write_rows(path, header, (astuple(record) for record in records))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
