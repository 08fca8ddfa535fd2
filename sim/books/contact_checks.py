"""Calls of after-sales service, held against each other and against requests."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sim.aftersales.requests import CallKind, Kind
from sim.books.audit import Audit, Axis
from sim.books.events import NOT_YET, counted
from sim.records import IntArray, Table

_OF_REQUEST = Axis("request")
_REPORTED = (Kind.REPAIR, Kind.REWORK)
_LAST = np.iinfo(np.int64).max


def as_numbers(flags: npt.NDArray[np.bool_]) -> IntArray:
    """Flags as 0 and 1, which can be subtracted."""
    return flags.astype(np.int64)


def check_one_at_a_time(
    audit: Audit, who: str, what: str, server: IntArray, begins: IntArray, table: Table
) -> None:
    """Nobody begins something before what he does is over."""
    known = (server >= 0) & (begins != NOT_YET)
    ended = np.where(table["ended_second"] == NOT_YET, _LAST, table["ended_second"])
    rows = np.stack([server, begins, ended])[:, known]
    rows = rows[:, np.lexsort(rows[::-1])]
    same = rows[0, 1:] == rows[0, :-1]
    audit.at_most(f"no {who} is in two {what} at once", rows[2, :-1][same], rows[1, 1:][same], (Axis(what),))


def check_calls(
    audit: Audit, requests: Mapping[str, IntArray], calls: Table, *, has_contact_centre: bool
) -> None:
    """Hold calls against each other and against the requests that they report.

    Args:
        audit: collects what fails.
        requests: columns of the table, in the order of the numbers.
        calls: the table.
        has_contact_centre: whether reports are calls.
    """
    of_call = (Axis("call"),)
    answered, ended = calls["answered_second"] != NOT_YET, calls["ended_second"] != NOT_YET
    audit.equal(
        "who answers a call is an agent", as_numbers(answered), as_numbers(calls["agent"] >= 0), of_call
    )
    audit.equal(
        "a call that ends unanswered is abandoned",
        as_numbers(ended & ~answered),
        calls["is_abandoned"],
        of_call,
    )
    arrived = calls["arrived_second"]
    audit.at_most(
        "a call comes before it is answered", arrived[answered], calls["answered_second"][answered], of_call
    )
    over = answered & ended
    audit.at_most(
        "a call is answered before it ends",
        calls["answered_second"][over],
        calls["ended_second"][over],
        of_call,
    )
    check_one_at_a_time(audit, "agent", "calls", calls["agent"], calls["answered_second"], calls)
    if not has_contact_centre:
        return
    shape = (len(requests["request"]),)
    reports = np.isin(calls["kind"], (CallKind.REPORT, CallKind.REDIAL))
    reported = np.isin(requests["kind"], _REPORTED)
    audit.equal(
        "every attempt to report is a call",
        np.where(reported, requests["tries"], 0),
        counted(shape, (calls["request"][reports],)),
        (_OF_REQUEST,),
    )
    audit.equal(
        "a report that was taken down was a call that ended",
        as_numbers(reported & (requests["answered_second"] != NOT_YET)),
        counted(shape, (calls["request"][reports & over],)),
        (_OF_REQUEST,),
    )
    followed = over & (calls["kind"] == CallKind.FOLLOW_UP)
    audit.equal(
        "a follow-up is a call",
        as_numbers(requests["followed_up_second"] != NOT_YET),
        counted(shape, (calls["request"][followed],)),
        (_OF_REQUEST,),
    )
