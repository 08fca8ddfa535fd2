"""A planner's file as a table of text cells that remember where they stood."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from scenarios import Problem, ScenarioError

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
MAX_RAGGED_ROWS = 20


@dataclass(frozen=True, eq=False)
class RawTable:
    """Cells of one table as text, column by column.

    `lines` holds the line (CSV) or sheet row (xlsx) of every data row; columns count from 1.
    """

    file: str
    header: tuple[str, ...]
    header_line: int
    columns: tuple[pa.ChunkedArray, ...]
    lines: npt.NDArray[np.int64]
    digest: str
    """SHA-256 of the file as it lies on disk."""

    def __len__(self) -> int:
        return len(self.lines)

    def problem(self, code: str, row: int, column: int, value: object, rule: str, hint: str = "") -> Problem:
        """A problem located at one cell.

        Args:
            code: stable error code.
            row: index of the data row; -1 for the header.
            column: index of the column, from 0; -1 for the row as a whole.
            value: the offending value.
            rule: the rule it breaks.
            hint: what to do about it.
        """
        line = self.header_line if row < 0 else int(self.lines[row])
        name = self.header[column] if 0 <= column < len(self.header) else ""
        return Problem(
            code=code,
            file=self.file,
            line=line,
            column=column + 1,
            path=name,
            value=str(value)[:60],
            rule=rule,
            hint=hint,
        )


def file_problem(code: str, path: Path, rule: str, hint: str = "", value: str = "") -> ScenarioError:
    """An error about a file as a whole."""
    return ScenarioError([Problem(code=code, file=path.name, value=value, rule=rule, hint=hint)])


def read_table(path: Path) -> RawTable:
    """Read a CSV (UTF-8, with or without byte order mark) or xlsx file, gzipped or not.

    Args:
        path: the file; the kind is told from its content, not from its name.

    Returns:
        Every cell as stripped text, empty where the cell was empty.

    Raises:
        ScenarioError: the file is missing, empty, in another encoding, or has rows of unequal length.
    """
    if not path.is_file():
        raise file_problem("E101", path, "the history file must exist", "check the path", str(path))
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if raw.startswith(GZIP_MAGIC):
        raw = gzip.decompress(raw)
    if raw.startswith(ZIP_MAGIC):
        return _read_sheet(path, raw, digest)
    return _read_csv(path, raw, digest)


def _check_encoding(path: Path, raw: bytes) -> bytes:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise file_problem("E102", path, "the file must be UTF-8", "it is UTF-16: save it as 'CSV UTF-8'")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        try:
            raw.decode("gb18030")
            hint = (
                "it reads as GBK (GB18030): in Excel choose 'CSV UTF-8', or run `iconv -f GB18030 -t UTF-8`"
            )
        except UnicodeDecodeError:
            hint = "save it as 'CSV UTF-8'"
        problem = Problem(
            code="E102",
            file=path.name,
            line=line,
            rule="the file must be UTF-8",
            hint=hint,
        )
        raise ScenarioError([problem]) from None
    return raw


def _read_csv(path: Path, raw: bytes, digest: str) -> RawTable:
    raw = _check_encoding(path, raw)
    first_line = raw.split(b"\n", 1)[0].decode("utf-8").strip("\r")
    if not first_line.strip():
        raise file_problem("E512", path, "the first line must name the columns", "remove blank lines on top")
    delimiter = max(",;\t", key=first_line.count)
    header = tuple(name.strip() for name in next(csv.reader([first_line], delimiter=delimiter)))
    ragged: list[Problem] = []

    def note_ragged(row: Any) -> str:
        if len(ragged) < MAX_RAGGED_ROWS:
            rule = f"every row must have {len(header)} values like the header"
            ragged.append(
                Problem(
                    code="E405",
                    file=path.name,
                    line=row.number or 0,
                    value=f"{row.actual_columns} values",
                    rule=rule,
                    hint="quote values that contain the delimiter",
                )
            )
        return "skip"

    names = [str(i) for i in range(len(header))]
    try:
        table = pa_csv.read_csv(
            io.BytesIO(raw),
            read_options=pa_csv.ReadOptions(column_names=names, skip_rows=1, use_threads=False),
            parse_options=pa_csv.ParseOptions(
                delimiter=delimiter, ignore_empty_lines=False, invalid_row_handler=note_ragged
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise file_problem("E401", path, "the file must be a CSV table", str(error)) from None
    if ragged:
        raise ScenarioError(ragged)
    return _finish(path, header, 1, table.columns, np.arange(2, 2 + table.num_rows), digest)


def _read_sheet(path: Path, raw: bytes, digest: str) -> RawTable:
    try:
        import openpyxl
    except ImportError:
        hint = "pip install 'dualedge[excel]', or save the sheet as CSV UTF-8"
        raise file_problem("E401", path, "reading xlsx needs the excel extra", hint) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise file_problem("E401", path, "the file must be an xlsx workbook", str(error)) from None
    rows = [tuple(_cell_text(cell) for cell in row) for row in book.worksheets[0].iter_rows(values_only=True)]
    first = next((i for i, row in enumerate(rows) if any(row)), None)
    if first is None:
        raise file_problem("E512", path, "the first sheet must hold a table", "it is empty")
    header = rows[first]
    body = rows[first + 1 :]
    columns = [
        pa.chunked_array([pa.array([row[j] for row in body], pa.string())]) for j in range(len(header))
    ]
    return _finish(path, header, first + 1, columns, np.arange(first + 2, first + 2 + len(body)), digest)


def _cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _finish(
    path: Path,
    header: tuple[str, ...],
    header_line: int,
    columns: list[pa.ChunkedArray],
    lines: npt.NDArray[np.int64],
    digest: str,
) -> RawTable:
    import pyarrow.compute as pc

    columns = [pc.utf8_trim_whitespace(column) for column in columns]
    blank = np.ones(len(lines), dtype=bool)
    for column in columns:
        blank &= pc.equal(column, "").to_numpy()
    if blank.any():
        keep = pa.array(~blank)
        columns = [column.filter(keep) for column in columns]
        lines = lines[~blank]
    if not len(lines):
        raise file_problem("E512", path, "the file must hold at least one row of sales")
    return RawTable(path.name, header, header_line, tuple(columns), lines, digest)
