"""Tables of a scenario: from a CSV file, a workbook or the YAML itself, to checked columns."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from scenarios.language.base import Model
from scenarios.language.cells import ColumnSpec, Parsed, absent, keys_of, parse, specs
from scenarios.language.columns import Columns, TableFile
from scenarios.language.errors import did_you_mean, show
from scenarios.language.faults import Fault, table_error
from scenarios.language.folders import OutsideFolderError, inside
from scenarios.language.reading import read_bytes
from scenarios.language.table_files import TextTable, read_csv, read_workbook

Keys = npt.NDArray[np.int64]


class TableReader:
    """Reads the tables of one scenario and remembers which files it has read.

    Attributes:
        digests: file name relative to the scenario's folder -> blake2b digest, in reading order.
        headers: file name -> names of its columns.
    """

    def __init__(self, folder: Path | None) -> None:
        """See the class.

        Args:
            folder: folder of the scenario; None for a scenario that comes from text and may name no files.
        """
        self._folder = folder
        self.digests: dict[str, str] = {}
        self.headers: dict[str, tuple[str, ...]] = {}

    def columns(self, row: type[Model], written: Any) -> Columns[Any]:
        """Read and check one table.

        Args:
            row: type that documents the columns.
            written: what the YAML says: `{table: file.csv}`, with `sheet` for a workbook, or a list of rows.

        Raises:
            PydanticCustomError: with every problem of the table.
            ValidationError: a listed row does not fit the row type.
        """
        if isinstance(written, list):
            return _from_rows(row, written)
        if not isinstance(written, dict):
            raise table_error(
                [Fault("E303", "expected a table: `{table: file.csv}` or a list of rows", show(written))]
            )
        reference = TypeAdapter(TableFile).validate_json(json.dumps(written), strict=True)
        return typed_columns(row, self._text(reference.table, reference.sheet), reference.table)

    def read_numbers(self, table: str, column: str) -> list[float]:
        """The numbers in one column of a table file, other columns ignored.

        Raises:
            PydanticCustomError: with every problem of the column.
        """
        text = self._text(table, None)
        if column not in text.names:
            hint = did_you_mean(column, text.names)
            raise table_error(
                [Fault("E403", f'no column "{column}"', file=table, line=text.header_line, hint=hint)]
            )
        position = text.names.index(column)
        parsed = parse(ColumnSpec(column, float, False, True, None, (), ()), text.columns[position])
        faults = [*text.faults, *_located(parsed, text, table, column)]
        if faults:
            raise table_error(faults)
        return [float(value) for value in parsed.values]

    def _text(self, table: str, sheet: str | None) -> TextTable:
        if self._folder is None:
            raise table_error(
                [Fault("E401", "a scenario given as text cannot name files", table, at=("table",))]
            )
        try:
            path = inside(self._folder, table)
        except OutsideFolderError as error:
            raise table_error([Fault("E203", str(error), show(table), at=("table",))]) from error
        data, problem = read_bytes(path, table)
        if problem is not None:
            raise table_error([Fault("E401", problem.rule, show(table), problem.hint, at=("table",))])
        self.digests[table] = hashlib.blake2b(data, digest_size=16).hexdigest()
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            text = read_workbook(data, table, sheet)
            self.headers[table] = text.names
            return text
        if path.suffix.lower() == ".xls":
            raise table_error(
                [Fault("E401", "old .xls workbooks cannot be read", file=table, hint="save as .xlsx")]
            )
        if sheet is not None:
            rule = "only a workbook has sheets"
            raise table_error([Fault("E401", rule, show(sheet), "leave `sheet` out", at=("sheet",))])
        text = read_csv(data, table)
        self.headers[table] = text.names
        return text


def write_table(table: Columns[Any], path: Path) -> None:
    """Write a table as CSV that reads back to the same columns.

    Args:
        table: the table.
        path: file to write.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    def prepared(column: npt.NDArray[Any]) -> Any:
        if column.dtype == object:
            return pa.array([None if value == "" else value for value in column])
        return pa.array(column, mask=np.isnan(column) if column.dtype == np.float64 else None)

    arrays = {name: prepared(column) for name, column in table.columns.items()}
    content = pa.table(arrays)
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(arrays)

    def write(quoting: str) -> None:
        options = arrow_csv.WriteOptions(include_header=False, quoting_style=quoting)
        with path.open("wb") as file:
            file.write(header.getvalue().encode())
            arrow_csv.write_csv(content, file, options)

    try:
        write("none")
    except pa.ArrowInvalid:  # some text holds a comma, a quote or a line break; then all text is quoted
        write("needed")


def _from_rows(row: type[Model], written: list[Any]) -> Columns[Any]:
    """A table listed in the YAML: every row validated as a block of the language."""
    rows: list[Any] = TypeAdapter(list[row]).validate_json(json.dumps(written), strict=True)  # type: ignore[valid-type]
    columns: dict[str, npt.NDArray[Any]] = {}
    for spec, field in zip(specs(row).values(), row.model_fields, strict=True):
        template = absent(spec, 0)
        values = np.array([_cell(getattr(item, field), template) for item in rows], dtype=template.dtype)
        values.flags.writeable = False
        columns[spec.name] = values
    keys = {name: _numbered(columns[name]) for name in identifiers(row)}
    faults = [
        Fault("E410", f"{said} already stands in row {first + 1} of the list", at=(second,))
        for first, second, said in _repeated(columns, keys)
    ]
    if faults:
        raise table_error(faults)
    return Columns(row, columns)


def identifiers(row: type[Model]) -> tuple[str, ...]:
    """Columns that together tell rows apart."""
    return tuple(getattr(row, "__unique__", ()))


def _numbered(values: npt.NDArray[Any]) -> Keys:
    """Equal numbers for equal values."""
    seen: dict[Any, int] = {}
    return np.array([seen.setdefault(value, len(seen)) for value in values], dtype=np.int64)


def _cell(value: Any, template: npt.NDArray[Any]) -> Any:
    return np.nan if value is None and template.dtype == np.float64 else value


def typed_columns(row: type[Model], text: TextTable, file: str) -> Columns[Any]:
    """Type and check a table that was read as text.

    Args:
        row: type that documents the columns.
        text: the table.
        file: name for messages.

    Returns:
        The columns in the order of the file, absent ones last.

    Raises:
        PydanticCustomError: with every problem of the table.
    """
    wanted = specs(row)
    faults = _header_faults(wanted, text, file)
    if faults:
        raise table_error([*faults, *text.faults])
    faults = list(text.faults)
    columns: dict[str, npt.NDArray[Any]] = {}
    keys = {name: np.zeros(len(text.lines), dtype=np.int64) for name in identifiers(row)}
    for name, cells in zip(text.names, text.columns, strict=True):
        parsed = parse(wanted[name], cells)
        faults += _located(parsed, text, file, name)
        columns[name] = parsed.values
        if name in keys:
            keys[name] = keys_of(parsed)
    for name, spec in wanted.items():
        if name not in columns:
            columns[name] = absent(spec, len(text.lines))
            columns[name].flags.writeable = False
    if not any(fault.name in keys for fault in faults):
        faults += [
            _repeat(text, first, second, said, file, next(iter(keys)))
            for first, second, said in _repeated(columns, keys)
        ]
    if faults:
        raise table_error(sorted(faults, key=lambda fault: (fault.line, fault.column)))
    text.lines.flags.writeable = False
    return Columns(row, columns, file, text.lines)


def _repeat(text: TextTable, first: int, second: int, said: str, file: str, name: str) -> Fault:
    """A repeated identifier, placed at its second row."""
    position = text.names.index(name) + 1 if name in text.names else 0
    rule, hint = f"{said} already stands on line {text.lines[first]}", "keep one of the two rows"
    return Fault("E410", rule, "", hint, file, int(text.lines[second]), position, name)


def _header_faults(wanted: dict[str, ColumnSpec], text: TextTable, file: str) -> list[Fault]:
    faults: list[Fault] = []
    line = text.header_line
    for position, name in enumerate(text.names, start=1):
        if name not in wanted:
            rule = "unknown column" if name else "a column has no name"
            hint = did_you_mean(name, set(wanted) - set(text.names)) if name else ""
            faults.append(Fault("E402", rule, show(name), hint, file, line, position, name))
        elif name in text.names[: position - 1]:
            rule = f"this column was already given as number {text.names.index(name) + 1}"
            faults.append(Fault("E404", rule, "", "keep one of the two", file, line, position, name))
    for name, spec in wanted.items():
        if name not in text.names and spec.required:
            faults.append(Fault("E403", "this column is missing", "", "", file, line, 0, name))
    return faults


def _located(parsed: Parsed, text: TextTable, file: str, name: str) -> list[Fault]:
    position = text.names.index(name) + 1
    return [
        Fault(cell.code, cell.rule, cell.value, cell.hint, file, int(text.lines[cell.row]), position, name)
        for cell in parsed.faults
    ]


def _repeated(columns: dict[str, npt.NDArray[Any]], keys: dict[str, Keys]) -> list[tuple[int, int, str]]:
    """(first row, later row, what both are) for every row whose identifier an earlier row has.

    Args:
        columns: all columns, for the message.
        keys: the identifying columns, equal numbers for equal values.
    """
    if not keys or len(next(iter(keys.values()))) < 2:
        return []
    combined: Keys = np.zeros(len(next(iter(keys.values()))), dtype=np.int64)
    for column in keys.values():
        combined = combined * (int(column.max()) + 1) + column
        combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
    order = np.argsort(combined, kind="stable")
    ordered = combined[order]
    starts = np.r_[True, ordered[1:] != ordered[:-1]]
    firsts = order[np.flatnonzero(starts)[np.cumsum(starts) - 1]]
    pairs = sorted(zip(order[~starts].tolist(), firsts[~starts].tolist(), strict=True))
    return [
        (first, second, ", ".join(f"{name} {show(columns[name][second])}" for name in keys))
        for second, first in pairs
    ]
