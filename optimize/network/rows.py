"""Rows of an integer program, collected one by one and handed over as one sparse matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class Rows:
    """Linear constraints lower <= a x <= upper over numbered columns."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self._column: list[npt.NDArray[np.int64]] = []
        self._value: list[npt.NDArray[np.float64]] = []
        self._lower: list[float] = []
        self._upper: list[float] = []

    def add(self, columns: npt.ArrayLike, values: npt.ArrayLike, lower: float, upper: float) -> None:
        """One more row."""
        self._column.append(np.asarray(columns, np.int64))
        self._value.append(np.asarray(values, np.float64))
        self._lower.append(lower)
        self._upper.append(upper)

    def constraints(self) -> Any:
        """All rows, for `scipy.optimize.milp`."""
        from scipy.optimize import LinearConstraint
        from scipy.sparse import csr_matrix

        length = [len(columns) for columns in self._column]
        row = np.repeat(np.arange(len(length)), length)
        where = (row, np.concatenate(self._column))
        matrix = csr_matrix((np.concatenate(self._value), where), shape=(len(length), self.columns))
        return LinearConstraint(matrix, np.array(self._lower), np.array(self._upper))


__all__ = ["Rows"]
