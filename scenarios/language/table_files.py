"""CSV files and workbooks as columns of text, with the line of every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios.language.decoding import encoding_problem, without_mark
from scenarios.language.errors import did_you_mean
from scenarios.language.faults import Fault, table_error

Lines = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TextTable:
    """A table as text, blank rows dropped, cells trimmed."""

    names: tuple[str, ...]
    """Column names in file order."""
    columns: tuple[Any, ...]
    """One pyarrow string array per column."""
    lines: Lines
    """Line of each row in the file, or row of the sheet, from 1."""
    header_line: int
    """Line of the column names."""
    faults: tuple[Fault, ...]
    """Rows that could not be split into cells."""


def read_csv(data: bytes, file: str) -> TextTable:
    """Split a comma-separated file into columns of text.

    Args:
        data: content of the file.
        file: name for messages.

    Raises:
        PydanticCustomError: the file is not a comma-separated UTF-8 text with a header.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    problem = encoding_problem(data, file)
    if problem is not None:
        fault = Fault(
            "E401", problem.rule, hint=problem.hint, file=file, line=problem.line, column=problem.column
        )
        raise table_error([fault])
    body = without_mark(data)
    body += b"" if body.endswith(b"\n") else b"\n"
    names, header_line = _header(body, file)
    ragged = 0

    def skip(row: Any) -> str:
        nonlocal ragged
        del row
        ragged += 1
        return "skip"

    labels = [str(position) for position in range(len(names))]
    quoted = b'"' in body
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(body),
            read_options=arrow_csv.ReadOptions(column_names=labels, skip_rows=header_line),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=quoted, invalid_row_handler=skip),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(labels, pa.string()), null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV file" not in str(error):
            raise table_error([Fault("E401", f"cannot be split into cells: {error}", file=file)]) from error
        table = pa.table({label: pa.array([], pa.string()) for label in labels})
    if ragged == 0 and body.count(b"\n") == header_line + table.num_rows:
        lines = np.arange(header_line + 1, header_line + 1 + table.num_rows, dtype=np.int64)
        return _trimmed(names, table.columns, lines, header_line, [])
    records = list(_records(body, header_line))
    good = np.array([line for line, width in records if width == len(names)], dtype=np.int64)
    faults = [
        Fault("E405", f"the row has {width} cells, but there are {len(names)} columns", file=file, line=line)
        for line, width in records
        if width != len(names)
    ]
    return _trimmed(names, table.columns, good[: table.num_rows], header_line, faults)


def read_workbook(data: bytes, file: str, sheet: str | None) -> TextTable:
    """Read one sheet of an .xlsx workbook as columns of text; formulas count by their last result.

    Args:
        data: content of the file.
        file: name for messages.
        sheet: name of the sheet; the first one when None.

    Raises:
        PydanticCustomError: openpyxl is not installed, the file is no workbook, or it lacks the sheet.
    """
    import pyarrow as pa

    book = _workbook(data, file)
    if sheet is not None and sheet not in book.sheetnames:
        hint = did_you_mean(sheet, book.sheetnames)
        raise table_error([Fault("E401", f'has no sheet "{sheet}"', file=file, hint=hint)])
    page = book[sheet] if sheet is not None else book.worksheets[0]
    rows = [[_cell_text(cell) for cell in row] for row in page.iter_rows(values_only=True)]
    start = next((index for index, row in enumerate(rows) if any(row)), None)
    if start is None:
        raise table_error([Fault("E401", "the sheet is empty", file=file)])
    width = max((index + 1 for index, name in enumerate(rows[start]) if name), default=0)
    faults = [
        Fault("E405", f"the row has more cells than there are columns ({width})", file=file, line=line)
        for line, row in enumerate(rows[start + 1 :], start=start + 2)
        if any(row[width:])
    ]
    cells = [(row + [""] * width)[:width] for row in rows[start + 1 :]]
    columns = [pa.array([row[index] for row in cells], pa.string()) for index in range(width)]
    lines = np.arange(start + 2, start + 2 + len(cells), dtype=np.int64)
    names = tuple(name.strip() for name in rows[start][:width])
    return _trimmed(names, columns, lines, start + 1, faults)


def sheet_names(data: bytes, file: str) -> tuple[str, ...]:
    """The sheets of a workbook; raises as `read_workbook` does."""
    return tuple(_workbook(data, file).sheetnames)


def _workbook(data: bytes, file: str) -> Any:
    try:
        import openpyxl
    except ImportError as error:
        hint = 'pip install "dualedge[excel]", or save the sheet as CSV'
        raise table_error(
            [Fault("E401", "reading workbooks needs openpyxl", file=file, hint=hint)]
        ) from error
    try:
        return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:
        fault = Fault(
            "E401", f"is not a readable .xlsx workbook: {error}", file=file, hint="save it again as .xlsx"
        )
        raise table_error([fault]) from error


def _header(body: bytes, file: str) -> tuple[tuple[str, ...], int]:
    """Column names and the line they end on."""
    lines = io.StringIO(body[:1_000_000].decode("utf-8", errors="ignore"), newline="")
    reader = csv.reader(lines)
    for names in reader:
        if any(name.strip() for name in names):
            break
    else:
        raise table_error([Fault("E401", "the file is empty", file=file)])
    if len(names) == 1:
        for separator in (";", "\t"):
            if separator in names[0]:
                shown = "tabs" if separator == "\t" else f"`{separator}`"
                rule = f"the columns seem to be separated by {shown}, not by commas"
                raise table_error(
                    [Fault("E401", rule, file=file, line=reader.line_num, hint="save as comma-separated")]
                )
    return tuple(name.strip() for name in names), reader.line_num


def _records(body: bytes, header_line: int) -> Iterator[tuple[int, int]]:
    """(first line, number of cells) of every record that is not an empty line."""
    reader = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    first = 1
    for record in reader:
        if first > header_line and record:
            yield first, len(record)
        first = reader.line_num + 1


def _trimmed(
    names: tuple[str, ...], columns: Any, lines: Lines, header_line: int, faults: list[Fault]
) -> TextTable:
    """Trim every cell, drop rows without any content."""
    import pyarrow as pa
    from pyarrow import compute

    trimmed = [compute.utf8_trim_whitespace(column) for column in columns]
    trimmed = [
        column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column for column in trimmed
    ]
    blank = np.ones(len(lines), dtype=bool)
    for column in trimmed:
        blank &= blank_cells(column)
    if bool(blank.any()):
        keep = pa.array(~blank)
        trimmed = [column.filter(keep) for column in trimmed]
        lines = lines[~blank]
    return TextTable(names, tuple(trimmed), lines, header_line, tuple(faults))


def blank_cells(text: Any) -> npt.NDArray[np.bool_]:
    """Which cells of a pyarrow string array hold nothing.

    Comparing with "", like `to_numpy`, would import pandas, and that takes longer than reading a small scenario.
    """
    from pyarrow import compute

    return np.asarray(np.from_dlpack(compute.binary_length(text)) == 0)


def _cell_text(cell: Any) -> str:
    """A cell as a CSV file would hold it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()
