"""Columns of whole numbers, kept in as few bytes as their values need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
NarrowArray = npt.NDArray[np.signedinteger]

_NARROW = (np.int8, np.int16, np.int32)
_LONG = 100_000
"""Values from which on an array is worth being made narrow."""


class NarrowColumns(Mapping[str, IntArray]):
    """Columns of a long table. Each is given out anew, as 64-bit integers, so that nobody's arithmetic overflows."""

    def __init__(self, names: Sequence[str], blocks: Sequence[Sequence[NarrowArray]]) -> None:
        """Take over columns.

        Args:
            names: of the columns.
            blocks: one or more of some rows each, in their order; each a narrow array per column.
        """
        self._parts = dict(zip(names, zip(*blocks, strict=True), strict=True))

    def __getitem__(self, column: str) -> IntArray:
        joined = np.concatenate(self._parts[column], dtype=np.int64)
        joined.setflags(write=False)
        return joined

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    @property
    def nbytes(self) -> int:
        """Bytes that all columns take."""
        return sum(part.nbytes for parts in self._parts.values() for part in parts)


class SomeRows(Mapping[str, IntArray]):
    """Columns of some rows, each cut out when it is first looked at: tables are wide, formulas look at little."""

    def __init__(self, whole: Mapping[str, IntArray], rows: IntArray) -> None:
        """Choose rows.

        Args:
            whole: columns of all rows.
            rows: (k,) indices of those that are chosen, in the order wanted.
        """
        self._whole, self._rows = whole, rows
        self._cut: dict[str, NarrowArray] = {}

    def __getitem__(self, column: str) -> IntArray:
        if column not in self._cut:
            self._cut[column] = _narrow_if_long(self._whole[column][self._rows])
        return self._cut[column].astype(np.int64, copy=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    def some(self, rows: IntArray) -> SomeRows:
        """Some of these rows, by their index among these."""
        return SomeRows(self._whole, self._rows[rows])


def narrowed(rows: IntArray) -> list[NarrowArray]:
    """The columns of at least one row, (k, columns), each copied to the narrowest integers that hold its values."""
    return [
        rows[:, column].astype(_narrowest(low, high))
        for column, (low, high) in enumerate(
            zip(rows.min(axis=0).tolist(), rows.max(axis=0).tolist(), strict=True)
        )
    ]


def widened(columns: Sequence[NarrowArray]) -> IntArray:
    """The rows, (k, columns), that `narrowed` took apart."""
    return np.stack(columns, axis=1, dtype=np.int64)


def _narrow_if_long(values: IntArray) -> NarrowArray:
    return values if len(values) < _LONG else values.astype(_narrowest(int(values.min()), int(values.max())))


def _narrowest(low: int, high: int) -> type[np.signedinteger]:
    for kind in _NARROW:
        limits = np.iinfo(kind)
        if limits.min <= low and high <= limits.max:
            return kind
    return np.int64
