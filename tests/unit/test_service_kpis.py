"""KPIs of after-sales service by hand: tables of a few rows, one day of warm-up, two days that count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan

import pytest

from scenarios import MEASURES, Group
from sim.aftersales.requests import CallKind, Cause, Echelon, Kind, MoveReason, Outcome, PartSource
from sim.aftersales.requests import WorkforceEvent as Event
from sim.books.charges import Charge
from sim.kpis.aftersales import after_sales_kpis
from sim.kpis.aftersales.records import ServiceRecords
from sim.kpis.aftersales.stages import backlog
from sim.recorder import TABLES
from sim.records import Table
from sim.result import ServiceLabels
from tests.unit.test_kpis import labels
from tests.unit.test_operation_kpis import AT, DAY, END, HOUR, NEVER, table

LABELS = replace(
    labels(warm_up_days=1),
    service=ServiceLabels(technicians=("T1", "T2"), stations=("ST",), answer_within_seconds=20.0),
)
OF_SERVICE = (
    Group.AFTER_SALES, Group.CONTACT, Group.FIELD, Group.PARTS, Group.PEOPLE, Group.SERVICE_COST,
)  # fmt: skip
SECONDS = [column for column in TABLES["requests"] if column.endswith("_second")]


def kpi(name: str, *tables: Mapping[str, Table]) -> float:
    together = {key: value for part in tables for key, value in part.items()}
    return after_sales_kpis(together, LABELS, END)[name]


def request(number: int, reported: int, *, outcome: int = Outcome.DONE, **fields: int) -> dict[str, int]:
    """A repair by an own technician; seconds that are not given were not reached."""
    seconds = dict.fromkeys(SECONDS, NEVER) | {"reported_second": reported}
    return {"request": number, "outcome": outcome, "partner": NEVER, "visits": 1, **seconds, **fields}


EARLY = request(
    0, AT - 1, visits=9, completed_second=AT + 1, closed_second=AT + 1, response_due_second=AT,
    completion_due_second=AT, is_goodwill=1, level=5, promised_until_second=AT,
)  # fmt: skip
"""Reported on the day of warm-up: it must not show."""


def of(name: str, *requests: Mapping[str, int]) -> float:
    return kpi(name, table("requests", EARLY, *requests))


def test_response_counts_visits_and_resolutions_from_afar() -> None:
    rows = (
        request(1, AT, first_arrived_second=AT + 6 * HOUR, response_due_second=AT + 6 * HOUR),
        request(2, AT, first_arrived_second=AT + 9 * HOUR, response_due_second=AT + 8 * HOUR),
        request(3, AT, outcome=Outcome.RESOLVED_REMOTELY, completed_second=AT + 3 * HOUR,
                response_due_second=AT + 4 * HOUR, first_arrived_second=NEVER),
        request(4, AT, outcome=Outcome.OPEN, response_due_second=END),
        request(5, AT, outcome=Outcome.OPEN, response_due_second=END - 1),
        request(6, AT, kind=Kind.INSTALLATION, first_arrived_second=END - 1, response_due_second=AT),
    )  # fmt: skip
    assert of("response_hours", *rows) == 6
    assert of("response_attainment", *rows) == 2 / 4


def test_completion_leaves_out_what_is_not_due_or_declined() -> None:
    rows = (
        request(1, AT, completed_second=AT + 5, completion_due_second=AT + 5),
        request(2, AT, completed_second=AT + 6, completion_due_second=AT + 5),
        request(3, AT, outcome=Outcome.DECLINED, completion_due_second=AT + 5),
        request(4, AT, outcome=Outcome.OPEN, completion_due_second=AT + 5),
        request(5, AT, outcome=Outcome.OPEN, completion_due_second=END),
        request(6, AT, outcome=Outcome.GAVE_UP),
    )
    assert of("completion_attainment", *rows) == 1 / 3


REPAIR = request(
    7, AT, taken_second=AT + HOUR, first_departed_second=AT + 3 * HOUR, part_asked_second=AT + 5 * HOUR,
    part_ready_second=AT + 8 * HOUR, completed_second=AT + 14 * HOUR, visits=2,
)  # fmt: skip
VISITS = table(
    "visits",
    {"request": 7, "departed_second": AT + 3 * HOUR, "arrived_second": AT + 4 * HOUR,
     "ended_second": AT + 5 * HOUR, "cause": Cause.MISSING_PART, "is_late": 1},
    {"request": 7, "departed_second": AT + 12 * HOUR, "arrived_second": AT + 13 * HOUR,
     "ended_second": AT + 15 * HOUR, "part_source": PartSource.STATION},
    {"request": 8, "departed_second": AT, "arrived_second": AT + 1, "ended_second": AT + 2,
     "cause": Cause.DEFECTIVE_PART, "part_source": PartSource.VAN},
    {"request": 9, "departed_second": AT, "arrived_second": AT + 1, "ended_second": AT + 2,
     "cause": Cause.DECLINED},
    {"request": 99, "departed_second": AT - 1, "arrived_second": AT + 1, "ended_second": AT + 2,
     "cause": Cause.ABSENT, "is_late": 1},
)  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "hours"),
    [("call", 1), ("visit_wait", 2), ("travel", 2), ("on_site", 2), ("part_wait", 3), ("return_wait", 4)],
)
def test_stages_of_a_repair(stage: str, hours: int) -> None:
    tables = table("requests", EARLY, REPAIR), VISITS
    assert kpi(f"repair_{stage}_hours", *tables) == hours
    assert kpi("time_to_repair_hours", *tables) == 14


def test_first_time_fix_repeats_and_rework() -> None:
    rows = (
        request(1, AT),
        request(2, AT, visits=3, first_cause=Cause.WRONG_SKILL),
        request(3, AT, kind=Kind.REWORK),
        request(4, AT, kind=Kind.INSTALLATION),
        request(5, AT, outcome=Outcome.DECLINED),
        request(6, AT, outcome=Outcome.DONE_BY_PARTNER, partner=0, visits=0),
        request(7, AT, outcome=Outcome.RESOLVED_REMOTELY, visits=0),
    )
    assert of("first_time_fix_share", *rows) == 2 / 3
    assert of("repeat_visits", *rows) == 2 / 4
    assert of("rework_share", *rows) == 1 / 4
    assert of("outsourced_share", *rows) == 1 / 6
    assert of("service_requests", *rows) == 7 / 2


def test_quotes_goodwill_and_levels() -> None:
    rows = (
        request(1, AT, quote_minor=10, level=2),
        request(2, AT, quote_minor=10, is_goodwill=0, level=4),
        request(3, AT, quote_minor=10, outcome=Outcome.DECLINED, level=5),
        request(4, AT, quote_minor=10, outcome=Outcome.OPEN),
        request(5, AT, is_goodwill=1, level=0),
        request(6, AT, is_goodwill=1, kind=Kind.STREAM, outcome=Outcome.OPEN),
    )
    assert of("quote_acceptance_share", *rows) == 2 / 3
    assert of("goodwill_share", *rows) == 1 / 5
    assert of("skill_level", *rows) == 3


def test_backlog_is_counted_when_days_end() -> None:
    rows = (
        request(1, AT - HOUR, closed_second=AT),  # closed when the first day ends
        request(2, AT - HOUR, closed_second=AT + 1),
        request(3, AT, closed_second=NEVER),
        request(4, AT + DAY, closed_second=END),
    )
    tables = table("requests", *rows)
    found = backlog(ServiceRecords(tables, LABELS, END))
    assert found.requests.tolist() == [2, 2, 1]
    assert found.age_seconds.tolist() == [HOUR, DAY, 2 * DAY]
    assert kpi("service_backlog", tables) == 3 / 2
    assert kpi("backlog_age_days", tables) == 3 / 3


def test_installed_base() -> None:
    rows = (
        {"day": 0, "units": 999, "failures": 9, "avoided": 9},
        {"day": 1, "units": 100, "failures": 1},
        {"day": 1, "units": 20, "avoided": 1},
        {"day": 2, "units": 120, "failures": 2},
    )
    base = table("installed_base", *rows)
    assert kpi("installed_units", base) == 120
    assert kpi("failure_rate_per_year", base) == pytest.approx(3 * 365 / 240)
    assert kpi("failures_avoided_share", base) == 1 / 4


def test_installations() -> None:
    kind = Kind.INSTALLATION
    rows = (
        request(1, AT, kind=kind, completed_second=AT + DAY, completion_due_second=AT + DAY),
        request(2, AT, kind=kind, completed_second=AT + DAY + DAY // 2, completion_due_second=AT + DAY),
        request(3, AT, kind=kind, outcome=Outcome.OPEN, completion_due_second=END),
        request(4, AT, completed_second=AT + 1, completion_due_second=AT),
    )
    calls = table(
        "calls",
        {"kind": CallKind.ADVICE, "arrived_second": AT - 1},
        {"kind": CallKind.ADVICE, "arrived_second": AT},
        {"kind": CallKind.STREAM, "arrived_second": AT},
    )
    assert of("installation_lead_days", *rows) == 1.25
    assert of("installation_kept_share", *rows) == 1 / 2
    assert kpi("first_use_complaints", table("requests", *rows), calls) == 1 / 2


def call(
    arrived: int, answered: int, kind: int = CallKind.REPORT, agent: int = 0, **fields: int
) -> dict[str, int]:
    return {
        "kind": kind,
        "arrived_second": arrived,
        "answered_second": answered,
        "ended_second": answered + HOUR if answered >= 0 else NEVER,
        "agent": agent if answered >= 0 else NEVER,
        "is_abandoned": 0,
        **fields,
    }


CALLS = table(
    "calls",
    call(AT - 1, AT - 1),
    call(AT, AT + 20),
    call(AT, AT + 21, kind=CallKind.REDIAL),
    call(AT, NEVER, is_abandoned=1),
    call(AT, NEVER),  # waits when the run ends
    call(AT, AT + 7, kind=CallKind.STREAM),
    call(AT, AT + 9 * HOUR, channel=1),
    call(AT, AT + HOUR, kind=CallKind.FOLLOW_UP),
)


def test_calls() -> None:
    shifts = table("agent_shifts", {"people": 1, "starts_second": 0, "ends_second": AT + 10 * HOUR},
                   {"people": 2, "starts_second": AT, "ends_second": AT + 10 * HOUR})  # fmt: skip
    assert kpi("contacts_per_day", CALLS) == 6 / 2
    assert kpi("answer_seconds", CALLS) == (20 + 21 + 7) / 3
    assert kpi("answer_level", CALLS) == 2 / 4
    assert kpi("abandonment_share", CALLS) == 1 / 4
    assert kpi("agent_utilisation", CALLS, shifts) == pytest.approx((5 * HOUR + HOUR - 1) / (30 * HOUR))


def test_first_contact_and_resolution_from_afar() -> None:
    requests = table(
        "requests",
        EARLY,
        request(1, AT, taken_second=AT, outcome=Outcome.RESOLVED_REMOTELY),
        request(2, AT, taken_second=AT),
        request(3, AT, outcome=Outcome.GAVE_UP),
        request(4, AT, taken_second=AT, kind=Kind.INSTALLATION),
    )
    assert kpi("remote_resolution_share", requests) == 1 / 2
    assert kpi("first_contact_share", requests, CALLS) == 2 / 3


def day(number: int, **fields: int) -> dict[str, int]:
    return {"day": number, "shift_seconds": 8 * HOUR, "morale_ppm": 500_000, **fields}


DAYS = table(
    "technician_days",
    day(0, driving_seconds=HOUR, visits=99, overtime_seconds=HOUR, morale_ppm=0, is_training=1, metres=10**6),
    day(1, driving_seconds=HOUR, work_seconds=4 * HOUR, waiting_seconds=HOUR, visits=4, metres=30_000),
    day(1, is_absent=1, morale_ppm=800_000),
    day(
        2, driving_seconds=2 * HOUR, work_seconds=6 * HOUR, overtime_seconds=2 * HOUR, visits=2, metres=3_000
    ),
    day(2, is_training=1),
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("visits_per_technician_day", 6 / 2),
        ("technician_utilisation", 14 / 18),
        ("travel_share", 3 / 18),
        ("technician_overtime_share", 2 / 18),
        ("km_per_visit", 33 / 6),
        ("morale", (3 * 0.5 + 0.8) / 4),
        ("absence_share", 1 / 4),
        ("training_days_per_year", 1 / (2 * 2 / 365)),
    ],
)
def test_days_of_technicians(name: str, value: float) -> None:
    assert kpi(name, DAYS) == pytest.approx(value)


def test_visits() -> None:
    requests = table(
        "requests",
        request(7, AT, promised_until_second=AT, completed_second=AT),
        request(8, AT, completed_second=AT - 1),
        request(9, AT, outcome=Outcome.DECLINED),
    )
    assert kpi("appointment_kept_share", requests, VISITS) == 1 / 2
    assert kpi("failed_visit_share", VISITS) == 2 / 4
    assert kpi("part_escape_share", VISITS) == 1 / 2
    assert kpi("jobs_per_technician_day", requests, DAYS) == 1 / 2


def test_parts() -> None:
    demands = table(
        "part_demands",
        {"second": AT - 1, "echelon": Echelon.VAN, "units": 5},
        {"second": AT, "echelon": Echelon.VAN, "units": 1, "filled_units": 1},
        {"second": AT, "echelon": Echelon.VAN, "units": 1},
        {"second": AT, "echelon": Echelon.STATION, "units": 4, "filled_units": 1},
        {"second": AT, "echelon": Echelon.CENTRE, "units": 4, "filled_units": 3},
    )
    assert [kpi(f"part_fill_{name}", demands) for name in ("van", "station", "dc")] == [0.5, 0.25, 0.75]
    levels = table(
        "part_levels",
        {"second": AT - 1, "value_minor": 10**6, "owed_units": 100},
        {"second": AT, "value_minor": 1_000, "owed_units": 1},
        {"second": AT, "value_minor": 2_000},
        {"second": AT + DAY, "value_minor": 1_000, "owed_units": 2},
    )
    assert kpi("parts_value", levels) == 20
    assert kpi("parts_owed_units", levels) == 1.5
    moves = table(
        "part_moves",
        {"left_second": AT - 1, "units": 9, "reason": MoveReason.COURIER},
        {"left_second": AT, "units": 2, "reason": MoveReason.COURIER},
        {"left_second": AT, "units": 1, "reason": MoveReason.TRANSFER},
        {"left_second": AT, "units": 8, "reason": MoveReason.REPLENISHMENT},
    )
    assert kpi("emergency_parts", moves, table("part_stock", {"part": 0})) == 1.5
    counts = [{"counted_second": AT, "deviation": deviation} for deviation in (0, 1, -1, 0, 0)]
    assert kpi("part_record_accuracy", table("part_counts", *counts)) == 0.6
    asked = [{"asked_second": AT, "ready_second": AT + hours * HOUR} for hours in (2, 6)]
    waits = {"asked_second": AT, "ready_second": NEVER}
    assert kpi("part_wait_hours", table("part_requests", *asked, waits)) == 4


def test_people_and_partners() -> None:
    events = table(
        "workforce_events",
        {"second": AT - 1, "event": Event.LEFT},
        {"second": AT, "event": Event.LEFT},
        {"second": AT, "event": Event.NOTICE},
    )
    assert kpi("attrition_per_year", events, DAYS) == pytest.approx(1 / (2 * 2 / 365))
    scores = [{"reviewed_second": AT, "score_points": points} for points in (5_000, 7_000)]
    early = {"reviewed_second": AT - 1, "score_points": 1}
    assert kpi("technician_score", table("technician_scores", early, *scores)) == 60
    assert kpi("partner_score", table("partner_reviews", early, *scores)) == 60
    inspections = [{"second": AT, "is_found": found} for found in (0, 0, 0, 1)]
    assert kpi("repair_pass_share", table("inspections", *inspections)) == 0.75


def test_cost_per_job_by_head() -> None:
    charges = table(
        "charges",
        *(
            {"charged_second": second, "reason": reason, "amount_minor": amount}
            for second, reason, amount in (
                (AT - 1, Charge.TECHNICIAN_SHIFT, 99_900),
                (AT, Charge.PICKER_SHIFT, 99_900),
                (AT, Charge.TECHNICIAN_SHIFT, 60_000),
                (AT, Charge.AGENT_SHIFT, 20_000),
                (AT, Charge.PARTS_USED, 10_000),
                (AT, Charge.PARTS_RETURNED, 4_000),
                (AT, Charge.VAN_DISTANCE, 8_000),
                (AT, Charge.CONTACTS, 1_000),
                (AT, Charge.PARTNERS, 5_000),
                (AT, Charge.POST_REPAIR_INSPECTION, 2_000),
                (AT, Charge.STATIONS, 3_000),
                (AT, Charge.PARTS_BOUGHT, 77_700),
                (AT, Charge.REPAIRS_SOLD, 30_000),
            )
        ),
    )
    requests = table(
        "requests",
        request(1, AT, completed_second=AT, driving_seconds=10, work_seconds=20),
        request(2, AT, completed_second=AT, driving_seconds=10, work_seconds=0, is_goodwill=1),
        request(3, AT, outcome=Outcome.GAVE_UP),
    )
    moves = table(
        "part_moves",
        {"left_second": AT, "reason": MoveReason.USE, "request": 2, "value_minor": 700},
        {"left_second": AT, "reason": MoveReason.USE, "request": 1, "value_minor": 9_300},
    )
    base = table("installed_base", {"day": 1, "units": 365}, {"day": 2, "units": 365})
    tables = charges, requests, moves, base
    heads = {"labour": 800, "material": 60, "transport": 80, "communication": 10, "outsourcing": 50,
             "quality": 20}  # fmt: skip
    total = sum(heads.values()) + 30
    for head, amount in heads.items():
        assert kpi(f"service_cost_{head}", *tables) == amount / 2
        assert kpi(f"cost_per_job_{head}", *tables) == amount / 2
    assert kpi("service_cost", *tables) == total / 2
    assert kpi("service_cost_other", *tables) == 30 / 2
    assert kpi("cost_per_job", *tables) == total / 2
    assert kpi("service_revenue", *tables) == 150
    assert kpi("goodwill_cost", *tables) == (880 / 4 + 7) / 2
    assert kpi("service_cost_to_serve", *tables) == pytest.approx((total - 300) * 365 / 730)


@pytest.mark.parametrize("tables", [(), tuple(table(name) for name in TABLES)], ids=["missing", "empty"])
def test_without_records_nothing_is_defined(tables: Sequence[Mapping[str, Table]]) -> None:
    together = {key: value for part in tables for key, value in part.items()}
    found = after_sales_kpis(together, LABELS, END)
    assert all(isnan(value) for value in found.values())
    assert set(found) == {name for name, measure in MEASURES.items() if measure.group in OF_SERVICE}
