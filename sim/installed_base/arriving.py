"""Requests that are still to come, with all that is drawn for them beforehand."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.aftersales.requests import KNOWN_REAL, KNOWN_WHOLE, NO_WHOLE

Draws = npt.NDArray[np.uint32]
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
KeyArray = npt.NDArray[np.uint64]

_COMING: Final = ("second", "kind", "reported_second", "units")
"""`second` is when the request comes to us, `units` how many there are in its cell on that day."""
_WHOLE: Final = (*KNOWN_WHOLE, *_COMING)
_REAL: Final = (*KNOWN_REAL, "chance")
"""`chance` is a probability that decides whether its unit is in use."""
_PLACE: Final = {name: place for names in (_WHOLE, _REAL) for place, name in enumerate(names)}


class Row(NamedTuple):
    """One request that is still to come."""

    second: int
    kind: int
    key: int
    reported_second: int
    cell: int
    units: int
    chance: float
    whole: list[int]
    """See `KNOWN_WHOLE`."""
    real: list[float]
    """See `KNOWN_REAL`."""


class Rows:
    """A row per request, column by column: `rows["second"]`. A structured array takes several times as long."""

    __slots__ = ("_keys", "_values", "_whole")

    def __init__(self, keys: KeyArray, whole: IntArray, real: FloatArray) -> None:
        self._keys, self._whole, self._values = keys, whole, real

    def __len__(self) -> int:
        return self._keys.size

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name == "key":
            return self._keys
        column: npt.NDArray[Any] = (self._values if name in _REAL else self._whole)[_PLACE[name]]
        return column

    def __setitem__(self, name: str, values: Any) -> None:
        self[name][:] = values

    def chosen(self, which: npt.NDArray[Any]) -> Rows:
        """Some of the rows, by a mask or their numbers."""
        return Rows(self._keys[which], self._whole[:, which], self._values[:, which])

    def tolist(self) -> list[Row]:
        """One by one."""
        single = (self[name].tolist() for name in Row._fields[:-2])
        whole, real = self._whole[: len(KNOWN_WHOLE)].T.tolist(), self._values[: len(KNOWN_REAL)].T.tolist()
        return list(map(Row._make, zip(*single, whole, real, strict=True)))

    @staticmethod
    def joined(parts: list[Rows]) -> Rows:
        """One after the other."""
        if len(parts) == 1:
            return parts[0]
        return Rows(
            np.concatenate([part._keys for part in parts]),
            np.concatenate([part._whole for part in parts], axis=1),
            np.concatenate([part._values for part in parts], axis=1),
        )


_BLANK: Final = np.array([*NO_WHOLE, *(0 for _ in _COMING)])[:, None]


def blank_rows(number: int, kind: int) -> Rows:
    """Rows of one kind about which nothing is known."""
    whole = np.repeat(_BLANK, number, axis=1)
    whole[_PLACE["kind"]] = kind
    return Rows(np.zeros(number, np.uint64), whole, np.zeros((len(_REAL), number)))


def in_order(parts: list[Rows]) -> Rows:
    """Rows of several kinds by second; those of one second by their key."""
    rows = Rows.joined([part for part in parts if len(part)] or [blank_rows(0, 0)])
    return rows.chosen(np.lexsort((rows["key"], rows["second"])))
