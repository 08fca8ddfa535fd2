"""How the contact centre and the technicians work."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenarios import CHANNELS
from sim.aftersales.requests import CallKind, Cause, Outcome
from sim.kpis.aftersales.records import COMPLETED, NAN, ServiceRecords, mean, over, part_of
from sim.kpis.operations import Rows
from sim.records import IntArray

_WEB = CHANNELS.index("web")
_BY_US = (CallKind.FOLLOW_UP, CallKind.INFORM)
_ASKING = (CallKind.STREAM, CallKind.ADVICE)
_METRES_PER_KM, _SECONDS_PER_MINUTE = 1_000, 60


def _calls(s: ServiceRecords) -> Rows:
    """Calls of customers."""
    return s.rows("calls", "arrived_second", lambda t: ~np.isin(t["kind"], _BY_US))


def _waiting_calls(s: ServiceRecords) -> Rows:
    """Calls in which a customer waits, that were answered or abandoned."""
    calls = _calls(s)
    over_now = (calls["answered_second"] >= 0) | (calls["is_abandoned"] != 0)
    return part_of(calls, (calls["channel"] != _WEB) & over_now)


def _seconds_to_answer(calls: Rows) -> IntArray:
    answered = calls["answered_second"] >= 0
    return np.asarray((calls["answered_second"] - calls["arrived_second"])[answered])


def _answer_level(s: ServiceRecords) -> float:
    calls = _waiting_calls(s)
    return over(int((_seconds_to_answer(calls) <= s.names.answer_within_seconds).sum()), calls.count)


def _taken_down(s: ServiceRecords) -> Rows:
    """Repairs and rework that an agent has taken down."""
    return part_of(s.repairs, s.repairs["taken_second"] >= 0)


def _first_contact(s: ServiceRecords) -> float:
    taken = _taken_down(s)
    asking = s.rows(
        "calls", "arrived_second", lambda t: np.isin(t["kind"], _ASKING) & (t["answered_second"] >= 0)
    )
    resolved = int((taken["outcome"] == Outcome.RESOLVED_REMOTELY).sum()) + asking.count
    return over(resolved, taken.count + asking.count)


def _agent_utilisation(s: ServiceRecords) -> float:
    shifts, calls = s.all_rows("agent_shifts"), s.all_rows("calls")
    calls = part_of(calls, (calls["answered_second"] >= 0) & (calls["agent"] >= 0))
    paid = (shifts["people"] * _within(s, shifts["starts_second"], shifts["ends_second"])).sum()
    return over(int(_within(s, calls["answered_second"], calls["ended_second"]).sum()), int(paid))


def _within(s: ServiceRecords, began: IntArray, ended: IntArray) -> IntArray:
    """Seconds of each stretch of time that fall on days that count; an end of -1 is still to come."""
    ended = np.where(ended < 0, s.end_second, np.minimum(ended, s.end_second))
    return np.asarray((ended - np.maximum(began, s.first_second)).clip(0))


CONTACT: dict[str, Callable[[ServiceRecords], float]] = {
    "contacts_per_day": lambda s: _calls(s).count / s.days if _calls(s).count else NAN,
    "answer_seconds": lambda s: mean(_seconds_to_answer(_waiting_calls(s))),
    "answer_level": _answer_level,
    "abandonment_share": lambda s: mean(_waiting_calls(s)["is_abandoned"] != 0),
    "first_contact_share": _first_contact,
    "remote_resolution_share": lambda s: mean(_taken_down(s)["outcome"] == Outcome.RESOLVED_REMOTELY),
    "agent_utilisation": _agent_utilisation,
}
"""KPIs of the contact centre; calls count by the day on which they came in."""


def _appointments(s: ServiceRecords) -> float:
    """Visits of requests for which a window was promised."""
    promised = s.all_rows("requests")
    numbers = promised["request"][promised["promised_until_second"] >= 0]
    visits = part_of(s.visits, np.isin(s.visits["request"], numbers))
    return mean(visits["is_late"] == 0)


def _failed_visits(s: ServiceRecords) -> float:
    return mean(~np.isin(s.visits["cause"], (Cause.NONE, Cause.DECLINED)))


def _jobs_per_day(s: ServiceRecords) -> float:
    done = s.rows("requests", "completed_second", lambda t: t["outcome"] == Outcome.DONE)
    return over(done.count, s.worked_days.count)


def _time(s: ServiceRecords) -> int:
    """Seconds of days worked, overtime included."""
    return int((s.worked_days["shift_seconds"] + s.worked_days["overtime_seconds"]).sum())


def _utilisation(s: ServiceRecords) -> float:
    days = s.worked_days
    busy = days["driving_seconds"] + days["work_seconds"] + days["waiting_seconds"]
    return over(int(busy.sum()), _time(s))


def _km_per_visit(s: ServiceRecords) -> float:
    days = s.worked_days
    return over(days["metres"].sum() / _METRES_PER_KM, int(days["visits"].sum()))


def _minutes_per_visit(s: ServiceRecords) -> float:
    days = s.worked_days
    return over(days["driving_seconds"].sum() / _SECONDS_PER_MINUTE, int(days["visits"].sum()))


def _covered(s: ServiceRecords) -> float:
    metres = s.rows("requests", "reported_second")["station_metres"]
    return mean((metres >= 0) & (metres <= s.names.covered_road_metres))


FIELD: dict[str, Callable[[ServiceRecords], float]] = {
    "appointment_kept_share": _appointments,
    "failed_visit_share": _failed_visits,
    "jobs_per_technician_day": _jobs_per_day,
    "visits_per_technician_day": lambda s: over(int(s.worked_days["visits"].sum()), s.worked_days.count),
    "technician_utilisation": _utilisation,
    "travel_share": lambda s: over(int(s.worked_days["driving_seconds"].sum()), _time(s)),
    "technician_overtime_share": lambda s: over(int(s.worked_days["overtime_seconds"].sum()), _time(s)),
    "drive_minutes_per_visit": _minutes_per_visit,
    "covered_share": _covered,
    "km_per_visit": _km_per_visit,
}
"""KPIs of field service; visits count by the day on which somebody set out."""


def completed_requests(s: ServiceRecords) -> int:
    """Requests completed on days that count, whoever did it."""
    return s.rows("requests", "completed_second", lambda t: np.isin(t["outcome"], COMPLETED)).count
