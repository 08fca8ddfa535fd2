"""Where a checked scenario's values were written, for checks that look at the whole of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios.language.columns import Columns
from scenarios.language.errors import Problem, did_you_mean, show
from scenarios.language.provenance import Provenance
from scenarios.language.scenario import Horizon

MAX_ROWS = 5
"""Rows of a table told per check; the others are counted."""


class Places:
    """Turns a path, or a row of a table, into a problem at the place it was written."""

    def __init__(self, provenance: Provenance) -> None:
        self._provenance = provenance

    def stated(self, path: str) -> bool:
        """Whether the author stated the key; True when nothing is known about the scenario's making."""
        return path in self._provenance.given_paths or not self._provenance.given_paths

    def problem(self, code: str, path: str, rule: str, value: Any = "", hint: str = "") -> Problem:
        """A problem at a key, or at the innermost block above it that was stated."""
        file, line, column = self._position(path)
        return Problem(code, file, line, column, path, show(value) if value != "" else "", rule, hint)

    def rows(
        self,
        code: str,
        path: str,
        table: Columns[Any],
        rows: npt.NDArray[Any],
        column: str,
        rule: str,
        hint: str = "",
    ) -> Iterator[Problem]:
        """Problems at rows of a table, the first few one by one and the rest as a count.

        Args:
            code: see `CODES`.
            path: path of the table in the scenario.
            table: the table.
            rows: indices of the rows at fault, or a mask of all rows.
            column: column at fault.
            rule: what was expected.
            hint: what to do.
        """
        indices = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        for row in indices[:MAX_ROWS]:
            yield self._at_row(code, path, table, int(row), column, rule, hint)
        if len(indices) > MAX_ROWS:
            rest = f"{rule}: {len(indices) - MAX_ROWS:,} more rows of this table"
            yield self._at_row(code, path, table, int(indices[MAX_ROWS]), column, rest, hint)

    def unknown_ids(
        self, path: str, named: Sequence[str], known: Iterable[str], noun: str, *, blank: bool = False
    ) -> Iterator[Problem]:
        """E501 for every name in a list that refers to nothing.

        Args:
            path: path of the list, or of the one name.
            named: names used.
            known: names that exist.
            noun: what they name, for the message.
            blank: whether an empty name is allowed.
        """
        known = set(known)
        for index, name in enumerate(named):
            if name not in known and not (blank and name == ""):
                at = f"{path}[{index}]" if len(named) > 1 or self.stated(f"{path}[{index}]") else path
                yield self.problem(
                    "E501", at, f"there is no {noun} of this name", name, did_you_mean(name, known)
                )

    def given_twice(self, path: str, ids: Sequence[str]) -> Iterator[Problem]:
        """E502 for every item of the list at a path whose id an earlier one already has."""
        for index, name in enumerate(ids):
            if name in ids[:index]:
                rule = f"this id already belongs to {path}[{ids.index(name)}]"
                yield self.problem("E502", f"{path}[{index}].id", rule, name)

    def unknown_in_column(
        self,
        path: str,
        table: Columns[Any],
        column: str,
        known: Iterable[str],
        noun: str,
        *,
        blank: bool = False,
    ) -> Iterator[Problem]:
        """E501 for every row of a table whose id refers to nothing; each id is told once."""
        known = set(known) | ({""} if blank else set())
        first: dict[str, int] = {}
        for row, name in enumerate(table[column]):
            if name not in known:
                first.setdefault(name, row)
        for name, row in list(first.items())[:MAX_ROWS]:
            rule, hint = f"there is no {noun} of this name", did_you_mean(name, known - {""})
            yield self._at_row("E501", path, table, row, column, rule, hint)
        if len(first) > MAX_ROWS:
            row = list(first.values())[MAX_ROWS]
            rule = f"and {len(first) - MAX_ROWS:,} more names without a {noun}"
            yield self._at_row("E501", path, table, row, column, rule, "")

    def days_of_rows(
        self, path: str, table: Columns[Any], column: str, horizon: Horizon, *, remembered_days: int = 0
    ) -> Iterator[Problem]:
        """E505 when no row of a dated table falls into the horizon, W604 for the rows that never take effect.

        Args:
            path: path of the table.
            table: the table.
            column: its dates.
            horizon: days that are simulated.
            remembered_days: days before them whose rows take effect, too.
        """
        first, last = horizon.start_date, horizon.start_date + timedelta(days=horizon.days - 1)
        day = np.array([(on - first).days for on in table[column]], dtype=np.int64)
        outside = (day < 0) | (day >= horizon.days)
        if len(outside) and bool(outside.all()):
            rule = f"no row lies within the horizon, {first} to {last}"
            yield from self.rows("E505", path, table, np.array([0]), column, rule)
        else:
            unused = outside & ~((day < 0) & (day >= -remembered_days))
            rule = (
                "this day is neither simulated nor remembered"
                if remembered_days
                else "this day is not simulated"
            )
            yield from self.rows("W604", path, table, unused, column, rule)

    def _at_row(
        self, code: str, path: str, table: Columns[Any], row: int, column: str, rule: str, hint: str
    ) -> Problem:
        value = show(table[column][row]) if column in table.columns else ""
        if table.source:
            line = int(table.line_numbers[row]) if len(table.line_numbers) else 0
            position = list(table.columns).index(column) + 1 if column in table.columns else 0
            return Problem(code, table.source, line, position, f"{path}.{column}", value, rule, hint)
        at = f"{path}[{row}].{column}"
        file, number, position = self._position(at)
        return Problem(code, file, number, position, at, value, rule, hint)

    def _position(self, path: str) -> tuple[str, int, int]:
        positions = self._provenance.positions
        while path:
            if path in positions:
                return positions[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self._provenance.path or "scenario", 0, 0
