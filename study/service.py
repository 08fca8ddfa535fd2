"""What a run shows of after-sales service, in few numbers: stages, backlog, causes, flow, skills, promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim import (
    Cause,
    Outcome,
    RequestKind,
    ServiceRecords,
    Urgency,
    backlog,
    promises_kept,
    stage_seconds,
)

if TYPE_CHECKING:
    from sim import RunResult, ServiceLabels
    from study.evidence import FloatArray

IntArray = npt.NDArray[np.int64]

STAGES: tuple[str, ...] = (
    "Call",
    "Waiting for the visit",
    "Travel",
    "On site",
    "Waiting for parts",
    "Waiting for another visit",
)
"""Titles of `sim.REPAIR_STAGES`."""

URGENCIES = tuple(urgency.name.lower() for urgency in Urgency)

CAUSES: dict[int, str] = {
    Cause.ABSENT: "Nobody opened",
    Cause.WRONG_SKILL: "Skill missing",
    Cause.MISSING_PART: "Part missing",
    Cause.FAILED_REPAIR: "Repair did not hold",
    Cause.DEFECTIVE_PART: "Part was defective",
}
"""Why a visit was not enough, in words."""

STARTS: tuple[str, ...] = ("Resolved from afar", "Gave up", "Partner", "Visit 1", "Waiting")
"""What becomes of a report first; the last are not decided when the run ends."""

ORDINALS = 3
"""Visits 1, 2, and 3 or later."""

_DAY, _HOUR = 86_400, 3_600
_METRES_PER_KM = 1_000
_REPAIRS = (RequestKind.REPAIR, RequestKind.REWORK)
_LEVEL_GAINED = 5


def is_failed(cause: IntArray) -> npt.NDArray[np.bool_]:
    """Visits after which another one was needed."""
    return np.isin(cause, list(CAUSES))


def service(result: RunResult) -> dict[str, FloatArray]:
    """Small arrays about after-sales service; empty when the run has none.

    Returns:
        `stage_hours` (stages,): mean over repairs reported after the warm-up and done by own technicians.
        `backlog` (days,): open requests at the end of each day, warm-up included.
        `causes` (causes,): visits by `sim.Cause`, and what follows after the warm-up alone.
        `starts` (STARTS,), `results` (ordinals, causes) and `followed` (ordinals, causes): repairs by their first step,
        visits by how they ended, and those after which there was another visit.
        `levels` (stations, skills): mean level of technicians at the end.
        `promises` (SLA classes, urgencies, response and completion, due and kept): requests.
        `station_requests` (stations,) requests per day, `station_km` (stations,) km per visit.
    """
    names = result.labels.service
    if "requests" not in result.tables or not len(result.tables["requests"]):
        return {}
    records = ServiceRecords(result.tables, result.labels, len(result.panels.day) * _DAY)
    hours = stage_seconds(records) / _HOUR
    causes = np.bincount(records.visits["cause"], minlength=len(Cause))
    stations = len(names.stations)
    at = records.requests["station"]
    visits = np.bincount(records.visits["station"], minlength=stations)
    metres = np.bincount(records.visits["station"], weights=records.visits["metres"], minlength=stations)
    return {
        "stage_hours": hours.mean(axis=0) if len(hours) else np.full(len(STAGES), np.nan),
        "backlog": backlog(records).requests.astype(np.float64),
        "causes": causes.astype(np.float64),
        **_flow(records),
        "levels": _levels(result, names),
        "promises": promises_kept(records).astype(np.float64),
        "station_requests": np.bincount(at[at >= 0], minlength=stations) / max(records.days, 1.0),
        "station_km": metres / np.where(visits > 0, visits, np.nan) / _METRES_PER_KM,
    }


def _flow(records: ServiceRecords) -> dict[str, FloatArray]:
    repairs, visits = records.repairs, records.all_rows("visits")
    mine = np.isin(visits["request"], repairs["request"]) & (visits["ended_second"] >= 0)
    owner, cause = visits["request"][mine], visits["cause"][mine]
    order = np.lexsort((visits["departed_second"][mine], owner))
    owner, cause = owner[order], cause[order]
    # The k-th visit of a request is as far behind its first as k - 1.
    first = np.concatenate([[True], owner[1:] != owner[:-1]]) if len(owner) else np.zeros(0, np.bool_)
    place = np.arange(len(owner)) - np.maximum.accumulate(np.where(first, np.arange(len(owner)), 0))
    ordinal = np.minimum(place, ORDINALS - 1)
    has_next = np.concatenate([owner[1:] == owner[:-1], [False]]) if len(owner) else first
    shape = (ORDINALS, len(Cause))

    def by_result(chosen: npt.NDArray[np.bool_]) -> FloatArray:
        flat = np.bincount(ordinal[chosen] * shape[1] + cause[chosen], minlength=shape[0] * shape[1])
        return flat.reshape(shape).astype(np.float64)

    outcome = repairs["outcome"]
    visited = np.isin(repairs["request"], owner)
    partner = ~visited & (repairs["partner"] >= 0)
    afar = ~visited & (outcome == Outcome.RESOLVED_REMOTELY)
    gave_up = ~visited & (outcome == Outcome.GAVE_UP)
    waiting = ~(visited | partner | afar | gave_up)
    starts = [afar, gave_up, partner, visited, waiting]
    return {
        "starts": np.array([float(chosen.sum()) for chosen in starts]),
        "results": by_result(np.ones(len(owner), np.bool_)),
        "followed": by_result(has_next),
    }


def _levels(result: RunResult, names: ServiceLabels) -> FloatArray:
    """(stations, skills) those of the first day, more by what was learnt; who follows a leaver starts as he did."""
    levels = names.levels.astype(np.float64)
    events = result.tables["workforce_events"]
    gained = events["event"] == _LEVEL_GAINED
    np.add.at(levels, (events["technician"][gained], events["value"][gained]), 1.0)
    sums = np.zeros((len(names.stations), len(names.skills)))
    np.add.at(sums, names.technician_station, np.minimum(levels, 5.0))
    people = np.bincount(names.technician_station, minlength=len(names.stations)).astype(np.float64)
    return np.asarray(sums / np.where(people > 0, people, np.nan)[:, None])
