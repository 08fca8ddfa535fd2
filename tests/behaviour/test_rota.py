"""Days of technicians by a weekly rota: it bites where it names somebody, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim import RunResult
from sim.rotas import NOBODY_NAMED, SOMEBODY_ELSE
from tests.field_worlds import DAY_SHIFT, FAR, busy_world, crew, dispatching
from tests.service_worlds import STATION, installed, run

DAY = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOWHERE = "nowhere"
"""A region without customers."""
Named = tuple[str, str, str]
"""Station, weekday, technician."""


def world(rows: Sequence[Named] = (), *, region: str = "", units: int = 500, **terms: Any) -> Scenario:
    """Two technicians at each of two stations, everybody there every day."""
    rota = [
        {"station_id": station, "region": region, "weekday": weekday, "technician_id": technician}
        for station, weekday, technician in rows
    ]
    plain = {"plan": "given", "rota": rota} if rows else {"plan": "day_plan"}
    nobody = installed(0, region=NOWHERE)
    return busy_world(
        policy=dispatching(**(plain | terms)),
        service={"base": [installed(units, age_months=12), installed(units, age_months=60), nobody]},
    )


def visits(result: RunResult) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
    """Columns of the visits, with the weekday (0 = Monday) on which they were set out for."""
    columns = dict(result.tables["visits"].columns)
    first = result.labels.start_date.weekday()
    return columns | {"weekday": (first + columns["departed_second"] // DAY) % 7}


def shares(result: RunResult, weekday: int, station: int = 0) -> dict[int, float]:
    """Of the visits of a station on a weekday, the share of each technician."""
    of_all = visits(result)
    chosen = of_all["technician"][(of_all["weekday"] == weekday) & (of_all["station"] == station)]
    who, count = np.unique(chosen, return_counts=True)
    return dict(zip(who.tolist(), (count / count.sum()).tolist(), strict=True))


@pytest.fixture(scope="module")
def tuesdays() -> RunResult:
    """The second technician of the first station is named for Tuesdays."""
    return run(world([(STATION, "tue", "T-2")]))


class TestWhereItNamesSomebody:
    def test_he_drives_nearly_all_visits_of_that_weekday(self, tuesdays: RunResult) -> None:
        assert shares(tuesdays, 1)[1] > 0.8
        assert shares(run(world()), 1).get(1, 0.0) < 0.3

    def test_other_weekdays_and_stations_are_shared_as_before(self, tuesdays: RunResult) -> None:
        """No row names anybody there, and all is written down as such."""
        for weekday in (0, 2, 3, 4):
            assert shares(tuesdays, weekday).get(1, 0.0) < 0.3
        of_all, ranks = visits(tuesdays), tuesdays.tables["rota_visits"]["rank"]
        covered = (of_all["weekday"] == 1) & (of_all["station"] == 0)
        assert (ranks != NOBODY_NAMED).sum() == covered.sum() > 0

    def test_without_rows_that_bite_it_is_the_plan_of_the_day(self) -> None:
        """A rota of a region in which nobody lives names nobody: nothing but its own table changes."""
        plain, given = run(world()), run(world([(STATION, "mon", "T-1")], region=NOWHERE))
        for name, one in plain.tables.items():
            if name != "rota_visits":
                assert all(np.array_equal(one[column], given.tables[name][column]) for column in one.columns)
        assert (given.tables["rota_visits"]["rank"] == NOBODY_NAMED).all()
        assert given.kpis["rota_fallback_share"] == 1.0

    def test_who_comes_second_is_asked_when_the_first_is_not_there(self) -> None:
        """The first works on no Tuesday."""
        off = {**DAY_SHIFT, "id": "off", "weekdays": [day for day in WEEKDAYS if day != "tue"]}
        people = [crew("A", 1) | {"shift_id": "off"}, crew("B", 1), crew("C", 1), crew("F", 2, FAR)]
        both = run(
            busy_world(
                policy={
                    "service": {
                        "workforce": {"shifts": [DAY_SHIFT, off], "groups": people},
                        "dispatch": {
                            "plan": "given",
                            "rota": [
                                {"station_id": STATION, "weekday": weekday, "technician_id": name}
                                for weekday in ("tue", "wed")
                                for name in ("A-1", "C-1")
                            ],
                        },
                    }
                }
            )
        )
        on_tuesday, on_wednesday = shares(both, 1), shares(both, 2)
        assert on_tuesday[2] > 0.7
        assert on_wednesday[0] > on_wednesday.get(2, 0.0)


class TestFallbacks:
    def test_kpis_are_those_of_the_table(self, tuesdays: RunResult) -> None:
        ranks = tuesdays.tables["rota_visits"]["rank"]
        named = ranks[ranks != NOBODY_NAMED]
        assert tuesdays.kpis["rota_followed_share"] == pytest.approx((named >= 0).mean())
        assert tuesdays.kpis["rota_first_choice_share"] == pytest.approx((named == 0).mean())
        assert tuesdays.kpis["rota_fallback_share"] == pytest.approx((ranks < 0).mean())

    def test_what_one_cannot_do_goes_to_others(self) -> None:
        """One technician for all the days of both: too much, so the other helps out and that is counted."""
        result = run(world([(STATION, weekday, "T-1") for weekday in WEEKDAYS], units=1_000))
        rows = result.tables["rota_visits"]
        others = rows["technician"][rows["rank"] == SOMEBODY_ELSE]
        assert set(others.tolist()) == {1}
        assert 0.5 < result.kpis["rota_followed_share"] < 1.0

    def test_there_is_none_without_a_rota(self) -> None:
        result = run(world())
        assert not len(result.tables["rota_visits"])
        assert np.isnan(result.kpis["rota_fallback_share"])

    def test_twice_the_same(self, tuesdays: RunResult) -> None:
        assert run(world([(STATION, "tue", "T-2")])).digest() == tuesdays.digest()


def test_a_pooled_rota_sends_people_to_other_stations() -> None:
    rows = [(STATION, weekday, "F-1") for weekday in WEEKDAYS]
    result = run(world(rows, area="pooled"))
    named = result.tables["rota_visits"]
    assert (named["technician"][named["rank"] == 0] == 2).all()
    assert (named["rank"] == 0).mean() > 0.3
