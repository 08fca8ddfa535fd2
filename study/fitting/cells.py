"""Columns of text cells turned into numbers, with every bad cell on record."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scenarios import Problem
from study.fitting.reading import RawTable

Numbers = npt.NDArray[np.float64]

YES = frozenset({"1", "y", "yes", "true", "t", "x", "是", "有", "促销", "真"})
NO = frozenset({"0", "n", "no", "false", "f", "-", "否", "无", "假"})
NUMBER_HINT = "use a point for decimals"
MAX_PROBLEMS_PER_COLUMN = 50


class CellReader:
    """Reads columns of one table and collects what is wrong with their cells."""

    def __init__(self, table: RawTable) -> None:
        self.table = table
        self.problems: list[Problem] = []

    def add(self, code: str, row: int, column: int, value: object, rule: str, hint: str = "") -> None:
        """Put one problem on record, up to a bound per column."""
        if sum(problem.column == column + 1 for problem in self.problems) < MAX_PROBLEMS_PER_COLUMN:
            self.problems.append(self.table.problem(code, row, column, value, rule, hint))

    def numbers(
        self, column: int, *, minimum: float | None = None, above: float | None = None, blank: bool = False
    ) -> Numbers:
        """A column as numbers; blank cells become NaN.

        Args:
            column: index of the column.
            minimum: smallest allowed value.
            above: value that must be exceeded.
            blank: whether cells may be blank.
        """
        cells = self.table.columns[column].combine_chunks()
        empty = pc.equal(cells, "")
        if not blank:
            for row in pc.indices_nonzero(empty).to_pylist():
                self.add("E406", row, column, "", "must be a number", "write 0 when nothing was sold")
        filled = pc.if_else(empty, pa.scalar(None, pa.string()), cells)
        try:
            values = pc.cast(filled, pa.float64()).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            values = _numbers_one_by_one(filled.to_pylist())
        values = np.array(values, dtype=np.float64)
        for row in np.flatnonzero(np.isnan(values) & ~empty.to_numpy(zero_copy_only=False)):
            self.add("E407", int(row), column, cells[int(row)].as_py(), "must be a number", NUMBER_HINT)
        for row in np.flatnonzero(np.isinf(values)):
            self.add("E408", int(row), column, values[row], "must be finite")
        if minimum is not None:
            for row in np.flatnonzero(values < minimum):
                self.add(
                    "E408",
                    int(row),
                    column,
                    values[row],
                    f"must be at least {minimum:g}",
                    "book returns apart",
                )
        if above is not None:
            for row in np.flatnonzero(values <= above):
                self.add(
                    "E408",
                    int(row),
                    column,
                    values[row],
                    f"must be above {above:g}",
                    "leave it blank if unknown",
                )
        return values

    def names(self, column: int) -> None:
        """Check a column of identifiers: none may be blank."""
        for row in pc.indices_nonzero(pc.equal(self.table.columns[column], "")).to_pylist():
            self.add("E406", row, column, "", "must name a store, SKU or category")

    def shares(self, column: int, *, blank: float) -> Numbers:
        """A flag or share column as numbers in 0..1: yes/no words, 是/否, 0/1 or a share.

        Args:
            column: index of the column.
            blank: value of blank cells.
        """
        encoded = self.table.columns[column].combine_chunks().dictionary_encode()
        labels = encoded.dictionary.to_pylist()
        values = np.full(len(labels), np.nan)
        bad: set[int] = set()
        for i, label in enumerate(labels):
            word = label.lower()
            if word == "":
                values[i] = blank
            elif word in YES or word in NO:
                values[i] = float(word in YES)
            else:
                try:
                    values[i] = float(word)
                except ValueError:
                    bad.add(i)
                if not 0.0 <= values[i] <= 1.0:
                    bad.add(i)
        codes = encoded.indices.to_numpy()
        for row in np.flatnonzero(np.isin(codes, list(bad))):
            self.add(
                "E409", int(row), column, labels[codes[row]], "must be yes or no, or a share from 0 to 1"
            )
        return np.asarray(values[codes], dtype=np.float64)


def _numbers_one_by_one(cells: list[str | None]) -> Numbers:
    values = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if cell is None:
            continue
        try:
            # A comma is read as a thousands separator only where three digits follow it.
            head, *groups = cell.split(",")
            plain = cell if any(len(group.split(".")[0]) != 3 for group in groups) else head + "".join(groups)
            values[row] = float(plain.lstrip("¥￥$€"))
        except ValueError:
            # Left as NaN, which `numbers` reports.
            continue
    return values
