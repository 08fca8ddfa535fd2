"""What the installed base does at its extremes, and what follows sales."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import RunResult
from sim.aftersales.requests import Kind
from sim.books.charges import Charge
from sim.records import IntArray
from tests.service_worlds import (
    CATEGORY,
    STATION,
    constant,
    exponential,
    installed,
    job_stream,
    mode,
    product,
    run,
    service_world,
)

DAY = 86_400


def requests_of(result: RunResult, kind: Kind, name: str) -> IntArray:
    requests = result.tables["requests"]
    return np.asarray(requests[name][requests["kind"] == kind])


def failing(per_year: float = 10.0, units: int = 200, days: int = 60, **changes: Any) -> RunResult:
    terms = changes.pop("terms", {})
    return run(
        service_world(
            days=days,
            technicians=changes.pop("technicians", 5),
            products=[product(per_year=per_year, **terms)],
            modes=changes.pop("modes", [mode()]),
            base=changes.pop("base", [installed(units)]),
            **changes,
        )
    )


class TestExtremes:
    def test_what_never_fails_asks_for_nothing(self) -> None:
        assert len(failing(per_year=0.0).tables["requests"]) == 0

    def test_nothing_installed_and_nothing_sold_is_nothing(self) -> None:
        rows = failing(units=0).tables["installed_base"]
        assert len(rows) == 60
        assert not any(rows[name].any() for name in ("units", "sold", "scrapped", "failures"))

    def test_a_broken_unit_does_not_break_again_until_it_is_mended(self) -> None:
        result = failing(per_year=300.0, units=5, technicians=0)
        assert len(requests_of(result, Kind.REPAIR, "request")) == 5

    def test_without_stations_failures_are_still_known(self) -> None:
        result = failing(
            technicians=0, service={"stations": []}, policy={"service": {"workforce": {"groups": []}}}
        )
        requests = result.tables["requests"]
        assert len(requests) > 100
        assert (requests["station"] == -1).all()

    def test_all_scrapped_at_once_leaves_nothing(self) -> None:
        rows = failing(terms={"scrappage": {"kind": "constant", "per_year": 1_000.0}}, days=20).tables[
            "installed_base"
        ]
        assert rows["scrapped"].sum() == 200
        assert rows["units"][-1] == 0


class TestWhoPays:
    def test_warranty_ends_at_its_age(self) -> None:
        result = failing(days=120, base=[installed(300, age_months=34)], terms={"warranty_months": 36})
        free = requests_of(result, Kind.REPAIR, "is_warranty")
        day = requests_of(result, Kind.REPAIR, "reported_second") // DAY
        ends = 1_095 - round(34 * 365 / 12)
        assert (free == (day < ends)).all()
        assert 0 < free.sum() < free.size

    def test_goodwill_is_given_to_its_share_after_warranty_only(self) -> None:
        result = failing(
            days=365,
            per_year=12.0,
            base=[installed(100, age_months=6)],
            terms={"warranty_months": 9},
            policy={"service": {"goodwill_months": 6, "goodwill_share": 0.4}},
        )
        day = requests_of(result, Kind.REPAIR, "reported_second") // DAY
        goodwill = requests_of(result, Kind.REPAIR, "is_goodwill").astype(bool)
        free = requests_of(result, Kind.REPAIR, "is_warranty").astype(bool)
        age = day + round(6 * 365 / 12)
        could = ~free & (age < 15 * 365 / 12)
        assert not goodwill[~could].any()
        assert goodwill[could].mean() == pytest.approx(0.4, abs=0.08)

    def test_a_share_is_under_contract_if_contracts_are_offered(self) -> None:
        terms = {"maintenance": {"contract_share": 0.25, "hazard_reduction": 0.0, "price_per_year": 73.0}}
        with_contracts = failing(terms=terms, policy={"service": {"maintenance": True}})
        without = failing(terms=terms)
        assert requests_of(with_contracts, Kind.REPAIR, "is_contract").mean() == pytest.approx(0.25, abs=0.08)
        assert not requests_of(without, Kind.REPAIR, "is_contract").any()
        assert len(requests_of(without, Kind.MAINTENANCE, "request")) == 0
        charges = with_contracts.tables["charges"]
        sold = charges["reason"] == Charge.CONTRACTS_SOLD
        assert charges["quantity"][sold].sum() == 60 * 50
        assert charges["amount_minor"][sold].sum() == 60 * 50 * 20

    def test_open_stations_cost_their_days(self) -> None:
        stations = [
            {"station_id": STATION, "facility_cost_per_day": 12.5},
            {"station_id": "closed", "facility_cost_per_day": 99.0},
        ]
        charges = failing(
            service={"stations": stations}, policy={"service": {"open_stations": [STATION]}}, days=10
        ).tables["charges"]
        mine = charges["reason"] == Charge.STATIONS
        assert charges["quantity"][mine].tolist() == [1] * 10
        assert charges["amount_minor"][mine].tolist() == [1_250] * 10


class TestVisits:
    def test_each_unit_under_contract_is_visited_as_often_as_agreed(self) -> None:
        terms = {"maintenance": {"contract_share": 0.5, "visits_per_year": 3, "minutes": constant(10)}}
        result = failing(
            per_year=0.0, days=365, terms=terms, modes=[], policy={"service": {"maintenance": True}}
        )
        second = requests_of(result, Kind.MAINTENANCE, "reported_second")
        assert abs(second.size - 100 * 3) <= 1
        by_quarter = np.bincount(second // DAY // 92, minlength=4)
        assert by_quarter.max() - by_quarter.min() <= 8

    def test_visits_that_nobody_makes_prevent_nothing(self) -> None:
        terms = {"maintenance": {"contract_share": 1.0, "visits_per_year": 12, "hazard_reduction": 1.0}}
        rows = failing(
            days=120, technicians=0, terms=terms, policy={"service": {"maintenance": True}}
        ).tables["installed_base"]
        by_month = np.bincount(rows["day"] // 31, weights=rows["avoided"], minlength=4)
        assert by_month[0] > 10
        assert by_month[1:].sum() == 0


INSTALLED: dict[str, Any] = {"share": 0.5, "minutes": constant(60)}


class TestInstallation:
    def sold(self, **changes: Any) -> RunResult:
        terms = {"categories": [CATEGORY], "installation": INSTALLED, **changes.pop("terms", {})}
        return failing(per_year=0.0, units=0, modes=[], units_per_day=10.0, terms=terms, **changes)

    def test_it_follows_the_sale_on_the_next_morning(self) -> None:
        result = self.sold()
        reported, taken, due = (
            requests_of(result, Kind.INSTALLATION, name)
            for name in ("reported_second", "taken_second", "completion_due_second")
        )
        sold = np.zeros(60, np.int64)
        rows = result.tables["installed_base"]
        sold[rows["day"]] = rows["sold"]
        asked = np.bincount(reported // DAY, minlength=60)
        assert (asked <= sold).all()
        assert asked.sum() / sold[:-1].sum() == pytest.approx(0.5, abs=0.08)
        assert (taken == (reported // DAY + 1) * DAY).all()
        assert (due == reported + 3 * DAY).all()
        hour = reported % DAY // 3_600
        assert (hour.min(), hour.max()) == (8, 21)

    def test_a_promise_is_a_promise(self) -> None:
        due = self.sold(policy={"service": {"installation_promise_days": 7}}).tables["requests"]
        assert (due["completion_due_second"] - due["reported_second"] == 7 * DAY).all()

    def test_customers_who_cannot_use_it_call(self) -> None:
        block = {**INSTALLED, "complaint_share": 0.6}
        result = self.sold(
            terms={"installation": block},
            service={"contact_centre": {"channels": [{"kind": "phone", "minutes": exponential(3)}]}},
            policy={"service": {"contacts": {"agents": [{"people": 2, "start_hour": 0, "hours": 24}]}}},
        )
        calls, done = result.tables["calls"], requests_of(result, Kind.INSTALLATION, "completed_second")
        early = (done >= 0) & (done < 50 * DAY)
        assert len(calls) > 0.6 * early.sum() * 0.8


class TestStreams:
    def test_jobs_come_where_they_are_said_to_and_with_their_terms(self) -> None:
        result = run(
            service_world(
                days=30,
                streams=[
                    job_stream("one", 60.0, 5.0, priority=0, level=2, skill_id="gas"),
                    job_stream("two", 600.0, 5.0, hourly_profile=[float(hour == 12) for hour in range(24)]),
                ],
                technicians=2,
                skills={"gas": 3},
            )
        )
        requests = result.tables["requests"]
        one, two = (requests["stream"] == number for number in (0, 1))
        assert one.sum() == pytest.approx(720, abs=100)
        assert two.sum() == pytest.approx(72, abs=30)
        assert set(requests["urgency"][one].tolist()) == {0}
        assert set((requests["reported_second"][two] % DAY // 3_600).tolist()) == {12}
        assert (requests["kind"] == Kind.STREAM).all()

    def test_a_stream_of_a_closed_station_never_comes(self) -> None:
        result = run(
            service_world(
                days=5,
                streams=[job_stream("far", 60.0, 5.0, station_id="far")],
                service={"stations": [{"station_id": STATION}, {"station_id": "far"}]},
                policy={"service": {"open_stations": [STATION]}},
            )
        )
        assert len(result.tables["requests"]) == 0


def test_reports_follow_hours_and_weekdays() -> None:
    result = failing(
        units=2_000,
        days=84,
        service={
            "reporting": {
                "hourly_profile": [float(9 <= hour < 12) for hour in range(24)],
                "weekday_factors": [2, 1, 1, 1, 1, 1, 0],
            }
        },
    )
    second = requests_of(result, Kind.REPAIR, "reported_second")
    assert set((second % DAY // 3_600).tolist()) == {9, 10, 11}
    by_weekday = np.bincount(second[second >= 7 * DAY] // DAY % 7, minlength=7)
    assert by_weekday / by_weekday.sum() == pytest.approx(np.array([2, 1, 1, 1, 1, 1, 0]) / 7, abs=0.02)


def test_a_repair_that_does_not_last_is_done_again_for_free() -> None:
    result = failing(
        days=90,
        base=[installed(200, age_months=60)],
        service={"repair": {"relapse_share": 0.5, "relapse_days": constant(3)}},
    )
    requests = result.tables["requests"]
    again = requests["kind"] == Kind.REWORK
    assert again.sum() > 50
    first = requests["origin"][again]
    row = {number: index for index, number in enumerate(requests["request"].tolist())}
    origin = np.array([row[number] for number in first.tolist()])
    assert (requests["is_warranty"][again] == 1).all()
    assert (requests["mode"][origin] == requests["mode"][again]).all()
    assert (requests["reported_second"][again] > requests["completed_second"][origin]).all()
