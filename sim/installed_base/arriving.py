"""Requests that are still to come: one row each, with all that is drawn for them beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.aftersales.requests import NOBODY, Request, Urgency

Rows = npt.NDArray[Any]
Draws = npt.NDArray[np.uint32]
IntArray = npt.NDArray[np.int64]
KeyArray = npt.NDArray[np.uint64]

ROW = np.dtype(
    [("second", np.int64), ("key", np.uint64)]
    + [
        (name, np.int64)
        for name in (
            "kind", "reported_second", "product", "region", "cell", "segment", "sla", "station", "stream", "urgency",
            "mode", "is_warranty", "is_contract", "is_goodwill", "skill", "level", "people", "part",
            "diagnosis_seconds", "work_seconds", "station_metres",
        )
    ]
    + [(name, np.float64) for name in ("latitude", "longitude", "remote_share", "chance")]
)  # fmt: skip
"""A row; `second` is when the request comes to us, `chance` a probability that decides whether its unit is in use."""

SECOND, KEY, KIND, REPORTED, CELL, CHANCE = (
    ROW.names.index(name) if ROW.names else -1
    for name in ("second", "key", "kind", "reported_second", "cell", "chance")
)


def blank_rows(number: int, kind: int) -> Rows:
    """Rows of one kind about which nothing is known."""
    rows = np.zeros(number, ROW)
    rows["kind"], rows["urgency"], rows["is_warranty"] = kind, int(Urgency.IMPORTANT), 1
    rows["level"] = rows["people"] = 1
    for name in ("product", "region", "cell", "station", "stream", "mode", "skill", "part"):
        rows[name] = NOBODY
    return rows


def in_order(parts: list[Rows]) -> list[tuple[Any, ...]]:
    """Rows of several kinds as tuples, by second; those of one second by their key."""
    rows = np.concatenate(parts) if parts else blank_rows(0, 0)
    order = np.lexsort((rows["key"], rows["second"]))
    listed: list[tuple[Any, ...]] = rows[order].tolist()
    return listed


def fill(request: Request, row: tuple[Any, ...]) -> None:
    """Copy what a row says into its request; triage believes the truth until it errs."""
    (
        _, _, _, _, request.product, request.region, request.base_cell, request.segment, request.sla, request.station,
        request.stream, request.urgency, request.mode, request.is_warranty, request.is_contract, request.is_goodwill,
        request.true_skill, request.true_level, request.true_people, request.true_part, request.diagnosis_seconds,
        request.work_seconds, request.station_metres, request.latitude, request.longitude, request.remote_share, _,
    ) = row  # fmt: skip
    request.judged_urgency, request.judged_mode = request.urgency, request.mode
    request.skill, request.level = request.true_skill, request.true_level
    request.people, request.part = request.true_people, request.true_part
