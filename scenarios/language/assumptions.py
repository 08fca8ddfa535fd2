"""Every number that decides something, and where it comes from: given, fitted or assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from scenarios.language.base import Model
from scenarios.language.columns import Columns
from scenarios.language.demand import Estimate, Fitted
from scenarios.language.describing import extra_of, unit_of, value_text
from scenarios.language.distribution_model import QUANTITY
from scenarios.language.scenario import Scenario

_NOT_ASSUMPTIONS = frozenset({"format", "demand.fitted"})


class AssumptionStatus(StrEnum):
    """Where a number comes from."""

    GIVEN = "given"
    """The author stated it."""
    FITTED = "fitted"
    """The author stated it and names the fit it comes from."""
    DEFAULT = "default"
    """Nobody stated it; the type's default decides."""


@dataclass(frozen=True)
class Assumption:
    """One number, list of numbers or column of numbers."""

    path: str
    """Path in the scenario; a column of a table is `table[].column`."""
    value: str
    """The value; of a column its range and number of rows."""
    unit: str
    status: AssumptionStatus
    source: str
    """Origin of a default, name of a fit, or what the author said about the block."""
    standard_error: float | None
    """Of a fitted number, when it is known."""
    place: str
    """`file:line:column` of a stated value; empty otherwise."""


def assumptions(scenario: Scenario) -> list[Assumption]:
    """Every number of a scenario that decides something, in the order of the scenario reference."""
    fits = {
        estimate.path: (block, estimate) for block in scenario.demand.fitted for estimate in block.estimates
    }
    walker = _Walker(scenario, fits)
    return list(walker.block(scenario, "", "", "", ""))


class _Walker:
    """Walks the blocks of one scenario."""

    def __init__(self, scenario: Scenario, fits: Mapping[str, tuple[Fitted, Estimate]]) -> None:
        self._given = scenario.provenance.given_paths
        self._positions = scenario.provenance.positions
        self._fits = fits

    def block(self, block: Model, path: str, outer: str, inherited: str, said: str) -> Iterator[Assumption]:
        """The numbers of one block.

        Args:
            block: the block.
            path: its path, empty for the root.
            outer: unit of the key that holds it, which is the unit of a distribution's quantity.
            inherited: origin of the default that made this block, empty when it was stated.
            said: what the author said about the origin of the block around it.
        """
        said = getattr(block, "source", "") or said
        for name, field in type(block).model_fields.items():
            key = f"{path}.{field.alias or name}".removeprefix(".")
            if key in _NOT_ASSUMPTIONS:
                continue
            unit = outer if unit_of(field) == QUANTITY and outer else unit_of(field)
            default_source = str(extra_of(field).get("source", "")) or inherited
            yield from self._value(getattr(block, name), key, unit, default_source, said)

    def _value(
        self, value: Any, path: str, unit: str, default_source: str, said: str
    ) -> Iterator[Assumption]:
        if isinstance(value, Columns):
            yield from self._table(value, path)
        elif isinstance(value, Model):
            yield from self.block(value, path, unit, "" if path in self._given else default_source, said)
        elif isinstance(value, tuple) and value and isinstance(value[0], Model):
            for index, item in enumerate(value):
                yield from self._value(item, f"{path}[{index}]", unit, default_source, said)
        elif _is_number(value) or (isinstance(value, tuple) and value and all(map(_is_number, value))):
            yield self._number(value, path, unit, default_source, said)

    def _number(self, value: Any, path: str, unit: str, default_source: str, said: str) -> Assumption:
        shown = value_text(value)
        if path in self._fits:
            block, estimate = self._fits[path]
            source = f"{block.source}: {estimate.method}" if estimate.method else block.source
            if _is_number(value) and abs(value - estimate.value) > 1e-6 * max(1.0, abs(estimate.value)):
                source += f" (fitted {estimate.value:g}, changed since)"
                return Assumption(path, shown, unit, AssumptionStatus.GIVEN, source, None, self._place(path))
            return Assumption(
                path, shown, unit, AssumptionStatus.FITTED, source, estimate.standard_error, self._place(path)
            )
        if path in self._given:
            return Assumption(path, shown, unit, AssumptionStatus.GIVEN, said, None, self._place(path))
        return Assumption(path, shown, unit, AssumptionStatus.DEFAULT, default_source, None, "")

    def _table(self, table: Columns[Any], path: str) -> Iterator[Assumption]:
        for name, field in table.row.model_fields.items():
            key = field.alias or name
            column = table[key]
            if column.dtype not in (np.int64, np.float64) or len(column) == 0 or np.isnan(column).all():
                continue
            low, high = value_text(float(np.nanmin(column))), value_text(float(np.nanmax(column)))
            rows = f" ({len(column):,} rows)"
            stated = next(
                (
                    at
                    for at in (f"{path}.{key}", *(f"{path}[{row}].{key}" for row in range(len(column))))
                    if at in self._given
                ),
                "",
            )
            status = AssumptionStatus.GIVEN if stated else AssumptionStatus.DEFAULT
            source = "" if stated else str(extra_of(field).get("source", ""))
            shown = (low if low == high else f"{low} to {high}") + rows
            yield Assumption(
                f"{path}[].{key}", shown, unit_of(field), status, source, None, self._place(stated)
            )

    def _place(self, path: str) -> str:
        position = self._positions.get(path)
        return ":".join(str(part) for part in position if part) if position else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
