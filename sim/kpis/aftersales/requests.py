"""How soon and how well requests are met, from report to guarantee."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.aftersales.requests import CallKind, Cause, Kind, Outcome, Urgency
from sim.books.events import counted
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.kpis.aftersales.records import NAN, Chosen, ServiceRecords, mean, over, part_of
from sim.kpis.operations import Rows
from sim.records import IntArray

_DAYS_PER_YEAR = 365
_PROMPTED_BY_US = (Kind.INSTALLATION, Kind.MAINTENANCE)


def response_second(requests: Rows) -> IntArray:
    """When somebody was there, or had resolved a request from afar; -1 before."""
    afar = requests["outcome"] == Outcome.RESOLVED_REMOTELY
    return np.asarray(np.where(afar, requests["completed_second"], requests["first_arrived_second"]))


def in_time(reached: IntArray, due: IntArray) -> Chosen:
    """What was reached by its due second."""
    return np.asarray((reached >= 0) & (reached <= due))


def due_in_run(requests: Rows, column: str, end_second: int) -> Chosen:
    """Requests with a promise that ran out before the end."""
    return np.asarray((requests[column] >= 0) & (requests[column] < end_second))


def _reported(s: ServiceRecords) -> Rows:
    """Requests that customers made, not those that a sale or a contract made."""
    return s.requests_where(lambda r: ~np.isin(r["kind"], _PROMPTED_BY_US))


def _response_hours(s: ServiceRecords) -> float:
    requests = _reported(s)
    seconds = response_second(requests)
    return mean((seconds - requests["reported_second"])[seconds >= 0] / SECONDS_PER_HOUR)


def _responses(s: ServiceRecords) -> tuple[Rows, Chosen]:
    """Requests whose response was due in the run, and which of them had it in time."""
    requests = _reported(s)
    due = part_of(requests, due_in_run(requests, "response_due_second", s.end_second))
    return due, in_time(response_second(due), due["response_due_second"])


def _completions(s: ServiceRecords) -> tuple[Rows, Chosen]:
    """Requests whose completion was due in the run, and which of them had it in time."""
    requests = _reported(s)
    counts = due_in_run(requests, "completion_due_second", s.end_second)
    due = part_of(requests, counts & (requests["outcome"] != Outcome.DECLINED))
    return due, in_time(due["completed_second"], due["completion_due_second"])


def promises_kept(s: ServiceRecords) -> IntArray:
    """Promises due and kept: (SLA classes, urgencies, response and completion, due and kept) requests."""
    shape = (max(len(s.names.sla_classes), 1), len(Urgency))
    found = np.zeros((*shape, 2, 2), np.int64)
    for what, (due, kept) in enumerate((_responses(s), _completions(s))):
        index = (due["sla"].clip(0), due["judged_urgency"].clip(0))
        found[:, :, what, 0] = counted(shape, index)
        found[:, :, what, 1] = counted(shape, index, kept.astype(np.int64))
    return found


def _done(requests: Rows) -> Rows:
    return part_of(requests, requests["outcome"] == Outcome.DONE)


def _first_time_fix(s: ServiceRecords) -> float:
    done = _done(s.repairs)
    return mean((done["visits"] == 1) & (done["first_cause"] == Cause.NONE))


def _repeat_visits(s: ServiceRecords) -> float:
    return mean((_done(s.requests)["visits"] - 1).clip(0))


def _rework(s: ServiceRecords) -> float:
    again = int((s.repairs["kind"] == Kind.REWORK).sum())
    return over(again, int(np.isin(s.repairs["outcome"], (Outcome.DONE, Outcome.DONE_BY_PARTNER)).sum()))


def _quotes(s: ServiceRecords) -> float:
    quoted = s.requests_where(lambda r: (r["quote_minor"] > 0) & (r["outcome"] != Outcome.OPEN))
    return mean(quoted["outcome"] != Outcome.DECLINED)


def _outsourced(s: ServiceRecords) -> float:
    requests = s.requests
    outside = requests["partner"] >= 0
    return over(int(outside.sum()), int((outside | (requests["visits"] > 0)).sum()))


def _goodwill(s: ServiceRecords) -> float:
    repairs = s.requests_where(lambda r: r["kind"] == Kind.REPAIR)
    return mean(repairs["is_goodwill"] != 0)


def _installed(s: ServiceRecords) -> float:
    base = s.rows_of_days("installed_base")
    return over(float(base["units"].sum()), s.days) if base.count else NAN


def _failure_rate(s: ServiceRecords) -> float:
    base = s.rows_of_days("installed_base")
    return over(_DAYS_PER_YEAR * float(base["failures"].sum()), float(base["units"].sum()))


def _avoided(s: ServiceRecords) -> float:
    base = s.rows_of_days("installed_base")
    avoided = float(base["avoided"].sum())
    return over(avoided, avoided + float(base["failures"].sum()))


def _installations(s: ServiceRecords) -> Rows:
    return s.requests_where(lambda r: r["kind"] == Kind.INSTALLATION)


def _installation_lead(s: ServiceRecords) -> float:
    found = _installations(s)
    done = found["completed_second"] >= 0
    return mean((found["completed_second"] - found["reported_second"])[done] / SECONDS_PER_DAY)


def _installation_kept(s: ServiceRecords) -> float:
    found = _installations(s)
    due = part_of(found, due_in_run(found, "completion_due_second", s.end_second))
    return mean(in_time(due["completed_second"], due["completion_due_second"]))


def _first_use_complaints(s: ServiceRecords) -> float:
    installed = int((_installations(s)["completed_second"] >= 0).sum())
    calls = s.rows("calls", "arrived_second", lambda t: t["kind"] == CallKind.ADVICE)
    return over(calls.count, installed)


def _requests_per_day(s: ServiceRecords) -> float:
    return s.requests.count / s.days if s.requests.count else NAN


REQUESTS: dict[str, Callable[[ServiceRecords], float]] = {
    "service_requests": _requests_per_day,
    "response_hours": _response_hours,
    "response_attainment": lambda s: mean(_responses(s)[1]),
    "completion_attainment": lambda s: mean(_completions(s)[1]),
    "first_time_fix_share": _first_time_fix,
    "repeat_visits": _repeat_visits,
    "rework_share": _rework,
    "quote_acceptance_share": _quotes,
    "outsourced_share": _outsourced,
    "goodwill_share": _goodwill,
    "installed_units": _installed,
    "failure_rate_per_year": _failure_rate,
    "failures_avoided_share": _avoided,
    "installation_lead_days": _installation_lead,
    "installation_kept_share": _installation_kept,
    "first_use_complaints": _first_use_complaints,
}
"""KPIs of requests; they count by the day on which they were opened."""
