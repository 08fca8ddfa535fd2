"""Requests, visits, calls and people's minutes of after-sales service, held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from sim.aftersales.requests import Cause, Outcome
from sim.books.audit import Audit, Axis
from sim.books.base_checks import check_base
from sim.books.contact_checks import as_numbers, check_calls, check_one_at_a_time
from sim.books.events import NOT_YET, counted
from sim.columns import SomeRows
from sim.records import IntArray, Table
from sim.result import ServiceLabels

_STAGES = (
    "reported",
    "answered",
    "taken",
    "first_departed",
    "first_arrived",
    "completed",
    "settled",
    "closed",
)
_OF_REQUEST = Axis("request")
_COMPLETED = (Outcome.DONE, Outcome.RESOLVED_REMOTELY, Outcome.DONE_BY_PARTNER, Outcome.DECLINED)


def check_service(
    audit: Audit, tables: Mapping[str, Table], names: ServiceLabels, *, has_contact_centre: bool
) -> None:
    """Hold the records of requests, visits, calls and technicians' days against each other.

    Args:
        audit: collects what fails.
        tables: all event tables.
        names: axes of after-sales service.
        has_contact_centre: whether reports are calls; else they are taken down without one.
    """
    of_technician = Axis("technician", names.technicians)
    requests = _by_number(audit, tables["requests"])
    if requests is None:
        return
    _check_stages(audit, requests, tables["partner_jobs"])
    _check_visits(audit, requests, tables, of_technician)
    _check_days(audit, tables["technician_days"], of_technician)
    _check_partners(audit, requests, tables["partner_jobs"])
    check_calls(audit, requests, tables["calls"], has_contact_centre=has_contact_centre)
    check_base(audit, tables["installed_base"], names)


def _by_number(audit: Audit, requests: Table) -> Mapping[str, IntArray] | None:
    """Columns in the order of the numbers, so that a number is the index of its row."""
    order = np.argsort(requests["request"], kind="stable")
    numbers = requests["request"][order]
    expected = np.arange(len(numbers))
    audit.equal("every request has one row", numbers, expected, (Axis("row"),))
    if (numbers != expected).any():
        return None
    return SomeRows(requests.columns, order)


def _check_stages(audit: Audit, requests: Mapping[str, IntArray], partner_jobs: Table) -> None:
    """A request passes its stages one after the other, as far as it has got; partners set out unseen."""
    own = np.ones(len(requests["request"]), np.bool_)
    own[partner_jobs["request"]] = False
    for index, before in enumerate(_STAGES):
        for after in _STAGES[index + 1 :]:
            earlier, later = requests[f"{before}_second"], requests[f"{after}_second"]
            reached = (later != NOT_YET) & (earlier != NOT_YET)
            if before == "first_departed":
                reached &= own
            audit.at_most(
                f"a request is {before} before it is {after}",
                earlier[reached],
                later[reached],
                (_OF_REQUEST,),
            )
    for before, after in (("part_asked", "part_ready"), ("closed", "followed_up")):
        earlier, later = requests[f"{before}_second"], requests[f"{after}_second"]
        reached = later != NOT_YET
        audit.at_most(
            f"a request is {before} before it is {after}", earlier[reached], later[reached], (_OF_REQUEST,)
        )
    outcome = requests["outcome"]
    closed = requests["closed_second"] != NOT_YET
    audit.equal(
        "a request that is closed has an outcome",
        as_numbers(closed),
        as_numbers(outcome != Outcome.OPEN),
        (_OF_REQUEST,),
    )
    audit.equal(
        "a request is completed when somebody has seen to it",
        as_numbers(requests["completed_second"] != NOT_YET),
        as_numbers(np.isin(outcome, _COMPLETED)),
        (_OF_REQUEST,),
    )


def _check_visits(
    audit: Audit, requests: Mapping[str, IntArray], tables: Mapping[str, Table], of_technician: Axis
) -> None:
    visits, days, outside = tables["visits"], tables["technician_days"], tables["partner_jobs"]
    number = len(requests["request"])
    over = visits["ended_second"] != NOT_YET
    owner, cause = visits["request"], visits["cause"]
    audit.equal(
        "every visit has its row",
        requests["visits"],
        counted((number,), (owner[over],)) + counted((number,), (outside["request"],), outside["visits"]),
        (_OF_REQUEST,),
    )
    for begins, ends in pairwise(("departed", "arrived", "began", "ended")):
        earlier, later = visits[f"{begins}_second"], visits[f"{ends}_second"]
        reached = later != NOT_YET
        audit.at_most(
            f"a visit has {begins} before it has {ends}", earlier[reached], later[reached], (Axis("visit"),)
        )
    for result, outcome in ((Cause.NONE, Outcome.DONE), (Cause.DECLINED, Outcome.DECLINED)):
        audit.equal(
            f"a request is {outcome.name} by the visit that ended it",
            as_numbers(requests["outcome"] == outcome),
            counted((number,), (owner[over & (cause == result)],)),
            (_OF_REQUEST,),
        )
    own = np.ones(number, np.bool_)
    own[outside["request"]] = False
    audit.equal(
        "the first cause of a request is that of its first failed visit",
        np.where(own, requests["first_cause"], 0),
        np.where(own, _first_causes(visits, number), 0),
        (_OF_REQUEST,),
    )
    hands = 1 + (visits["helper"] >= 0)
    present = over & (cause != Cause.ABSENT)
    worked = np.where(present, hands * (visits["ended_second"] - visits["began_second"]), 0)
    driven = np.where(over, visits["driving_seconds"], 0)
    by_partners = counted((number,), (outside["request"],), outside["work_seconds"])
    for column, seconds, more in (("driving", driven, 0), ("work", worked, by_partners)):
        audit.equal(
            f"a request takes the {column} of its visits",
            requests[f"{column}_seconds"],
            counted((number,), (owner,), seconds) + more,
            (_OF_REQUEST,),
        )
    alone = over & (visits["helper"] < 0)
    audit.equal(
        "who goes alone drives from departure to arrival",
        (visits["arrived_second"] - visits["departed_second"])[alone],
        visits["driving_seconds"][alone],
        (Axis("visit"),),
    )
    check_one_at_a_time(
        audit, "technician", "visits", visits["technician"], visits["departed_second"], visits
    )
    shape = (len(of_technician.names),)
    helped = over & (visits["helper"] >= 0)
    for column, kind in (
        ("visits", over),
        ("fixed", over & (cause == Cause.NONE)),
        ("failed", over & (cause != 0)),
    ):
        audit.equal(
            f"days of technicians count their visits ({column})",
            counted(shape, (days["technician"],), days[column]),
            counted(shape, (visits["technician"][kind],))
            + counted(shape, (visits["helper"][kind & helped],)),
            (of_technician,),
        )
    nobody = Axis("all")
    for column in ("metres", "driving_seconds"):
        audit.at_most(
            f"the way to visits is part of the day ({column})",
            np.array([visits[column][over].sum()]),
            np.array([days[column].sum()]),
            (nobody,),
        )
    audit.at_most(
        "work at visits is part of the day",
        np.array([worked.sum()]),
        np.array([days["work_seconds"].sum()]),
        (nobody,),
    )


def _first_causes(visits: Table, requests: int) -> IntArray:
    """(requests,) cause of the first visit that was not the last."""
    failed = np.flatnonzero((visits["cause"] != Cause.NONE) & (visits["ended_second"] != NOT_YET))
    # The earliest is written last, so that it stays.
    failed = failed[np.argsort(-visits["departed_second"][failed], kind="stable")]
    first = np.zeros(requests, np.int64)
    first[visits["request"][failed]] = visits["cause"][failed]
    return first


def _check_days(audit: Audit, days: Table, of_technician: Axis) -> None:
    spent = sum(days[f"{head}_seconds"] for head in ("driving", "work", "waiting", "break", "idle"))
    away = (days["is_absent"] != 0) | (days["is_training"] != 0)
    row = (Axis("day of a technician"),)
    audit.equal(
        "shift + overtime = driving + work + waiting + break + idle",
        np.where(away, 0, spent),
        np.where(away, 0, days["shift_seconds"] + days["overtime_seconds"]),
        row,
    )
    audit.equal("who is away does nothing", np.where(away, spent + days["visits"], 0), np.zeros(1), row)
    last = 1 + int(days["day"].max(initial=-1))
    shape = (len(of_technician.names), max(last, 1))
    rows = counted(shape, (days["technician"], days["day"]))
    audit.at_most("a technician has one row a day", rows, np.ones(1), (of_technician, Axis("day")))


def _check_partners(audit: Audit, requests: Mapping[str, IntArray], jobs: Table) -> None:
    shape = (len(requests["request"]),)
    audit.equal(
        "what partners have done is closed as theirs",
        as_numbers(requests["outcome"] == Outcome.DONE_BY_PARTNER),
        counted(shape, (jobs["request"],), jobs["is_done"]),
        (_OF_REQUEST,),
    )
    is_theirs = (jobs["is_done"] != 0) | (jobs["ended_second"] == NOT_YET)
    audit.equal(
        "what partners have and have not handed back has their name on it",
        as_numbers(requests["partner"] >= 0),
        counted(shape, (jobs["request"][is_theirs],)),
        (_OF_REQUEST,),
    )
    handed = jobs["handed_second"]
    for column in ("visited", "ended"):
        reached = jobs[f"{column}_second"] != NOT_YET
        audit.at_most(
            f"a partner has {column} after handing over", handed[reached], jobs[f"{column}_second"][reached],
            (Axis("job of a partner"),),
        )  # fmt: skip
