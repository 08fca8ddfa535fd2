"""Requests that are still to come, with all that is drawn for them beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.aftersales.requests import NOBODY, Request, Urgency

Draws = npt.NDArray[np.uint32]
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
KeyArray = npt.NDArray[np.uint64]

_WHOLE = (
    "second", "kind", "reported_second", "product", "region", "cell", "segment", "sla", "station", "stream", "urgency",
    "mode", "is_warranty", "is_contract", "is_goodwill", "skill", "level", "people", "part", "diagnosis_seconds",
    "work_seconds", "station_metres",
)  # fmt: skip
"""Whole numbers; `second` is when the request comes to us."""
_REAL = ("latitude", "longitude", "remote_share", "chance")
"""`chance` is a probability that decides whether its unit is in use."""
_PLACE = {name: place for names in (_WHOLE, _REAL) for place, name in enumerate(names)}
SECOND, KIND, REPORTED, CELL, CHANCE = (
    _PLACE[name] for name in ("second", "kind", "reported_second", "cell", "chance")
)

Row = tuple[int, list[int], list[float]]
"""Key, whole numbers and fractions of one request."""


class Rows:
    """A row per request, column by column: `rows["second"]`. A structured array takes several times as long."""

    __slots__ = ("_keys", "_real", "_whole")

    def __init__(self, keys: KeyArray, whole: IntArray, real: FloatArray) -> None:
        self._keys, self._whole, self._real = keys, whole, real

    def __len__(self) -> int:
        return self._keys.size

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name == "key":
            return self._keys
        column: npt.NDArray[Any] = (self._real if name in _REAL else self._whole)[_PLACE[name]]
        return column

    def __setitem__(self, name: str, values: Any) -> None:
        self[name][:] = values

    def chosen(self, which: npt.NDArray[Any]) -> Rows:
        """Some of the rows, by a mask or their numbers."""
        return Rows(self._keys[which], self._whole[:, which], self._real[:, which])

    def tolist(self) -> list[Row]:
        """One by one."""
        return list(zip(self._keys.tolist(), self._whole.T.tolist(), self._real.T.tolist(), strict=True))

    @staticmethod
    def joined(parts: list[Rows]) -> Rows:
        """One after the other."""
        if len(parts) == 1:
            return parts[0]
        return Rows(
            np.concatenate([part._keys for part in parts]),
            np.concatenate([part._whole for part in parts], axis=1),
            np.concatenate([part._real for part in parts], axis=1),
        )


_BLANK = np.zeros((len(_WHOLE), 1), np.int64)
for _name in ("product", "region", "cell", "station", "stream", "mode", "skill", "part"):
    _BLANK[_PLACE[_name]] = NOBODY
for _name in ("is_warranty", "level", "people"):
    _BLANK[_PLACE[_name]] = 1
_BLANK[_PLACE["urgency"]] = int(Urgency.IMPORTANT)


def blank_rows(number: int, kind: int) -> Rows:
    """Rows of one kind about which nothing is known."""
    whole = np.repeat(_BLANK, number, axis=1)
    whole[KIND] = kind
    return Rows(np.zeros(number, np.uint64), whole, np.zeros((len(_REAL), number)))


def in_order(parts: list[Rows]) -> Rows:
    """Rows of several kinds by second; those of one second by their key."""
    rows = Rows.joined([part for part in parts if len(part)] or [blank_rows(0, 0)])
    return rows.chosen(np.lexsort((rows["key"], rows["second"])))


def fill(request: Request, row: Row) -> None:
    """Copy what a row says into its request; triage believes the truth until it errs."""
    _, whole, real = row
    (
        _, _, _, request.product, request.region, request.base_cell, request.segment, request.sla, request.station,
        request.stream, request.urgency, request.mode, request.is_warranty, request.is_contract, request.is_goodwill,
        request.true_skill, request.true_level, request.true_people, request.true_part, request.diagnosis_seconds,
        request.work_seconds, request.station_metres,
    ) = whole  # fmt: skip
    request.latitude, request.longitude, request.remote_share, _ = real
    request.judged_urgency, request.judged_mode = request.urgency, request.mode
    request.skill, request.level = request.true_skill, request.true_level
    request.people, request.part = request.true_people, request.true_part
