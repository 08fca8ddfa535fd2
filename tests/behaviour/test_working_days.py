"""Days on which nobody works, no wave is released and no truck drives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from scenarios import Scenario
from sim import RunResult
from tests.behaviour.test_transport import fleet
from tests.behaviour.worlds import base_stock, run

DAY = 86_400
MONDAY = date(2026, 9, 14)
DAYS = 28
NATIONAL = {"name": "National Day", "calendar": "national_day", "days": 7, "factor": 1.0}
NATIONAL_DAYS = {(date(2026, 10, 1) + timedelta(days=offset) - MONDAY).days for offset in range(7)}
TRUCKS = {"type_id": "van", "count": 3, "start_hour": 4.0, "hours": 10.0}
PICKERS = {"people": 3, "start_hour": 22.0, "hours": 8.0}


def world(
    trucks: Mapping[str, Any] | None = None,
    wave: Mapping[str, Any] | None = None,
    pickers: Mapping[str, Any] | None = None,
) -> Scenario:
    """Four weeks from a Monday with the National Day in the third; each may rest at times."""
    return fleet(
        {
            "horizon": {"start_date": MONDAY, "days": DAYS, "warm_up_days": 0},
            "demand": {"holidays": [NATIONAL]},
            "depot": {"picking": {"seconds_per_list": 300.0}},
            "policy": {
                "replenishment": base_stock(40)["replenishment"],
                "depot": {
                    "waves": [{"cut_off_hour": 22.0, **(wave or {})}],
                    "pickers": [{**PICKERS, **(pickers or {})}],
                },
                "transport": {"trucks": [{**TRUCKS, **(trucks or {})}]},
            },
        }
    )


def days(result: RunResult, table: str, column: str) -> set[int]:
    seconds = result.tables[table][column]
    return set((seconds[seconds >= 0] // DAY).tolist())


HOLIDAY = {"rests_on_holidays": ["National Day"]}


def test_trucks_drive_on_their_weekdays_only() -> None:
    workdays = run(world({"weekdays": ["mon", "tue", "wed", "thu", "fri"]}))
    driven = days(workdays, "trips", "departed_second")
    assert {day % 7 for day in driven} == {0, 1, 2, 3, 4}
    trips = workdays.tables["trips"]
    loads = [trips["drops"][trips["departed_second"] // DAY % 7 == weekday].sum() for weekday in (0, 2)]
    assert loads[0] >= loads[1]
    # What is asked for on Friday, Saturday and Sunday is there on Monday, none of it is lost.
    every_day = run(world())
    units = [result.tables["stops"]["units"].sum() for result in (workdays, every_day)]
    assert units[0] > 0.9 * units[1]


def test_trucks_of_different_days_take_turns() -> None:
    early, late = {**TRUCKS, "weekdays": ["mon", "tue", "wed"]}, {**TRUCKS, "weekdays": ["thu", "fri", "sat"]}
    horizon = {"start_date": MONDAY, "days": DAYS}
    result = run(fleet({"horizon": horizon, "policy": {"transport": {"trucks": [early, late]}}}))
    trips = result.tables["trips"]
    weekday, truck = trips["departed_second"] // DAY % 7, trips["truck"]
    assert set(weekday[truck < 3].tolist()) == {0, 1, 2}
    assert set(weekday[truck >= 3].tolist()) == {3, 4, 5}


def test_trucks_rest_on_a_public_holiday_and_on_a_date() -> None:
    sunday = {"rests_on_dates": [MONDAY + timedelta(days=6)]}
    result = run(world({**HOLIDAY, **sunday}))
    driven = days(result, "trips", "departed_second")
    assert driven.isdisjoint(NATIONAL_DAYS | {6})
    assert {5, 13} <= driven
    # Goods released on the holidays are planned for the first day after them.
    planned = result.tables["trips"]["planned_second"] // DAY
    assert max(NATIONAL_DAYS) + 1 in planned.tolist()


def test_waves_rest_on_a_public_holiday() -> None:
    result = run(world(wave=HOLIDAY))
    released = days(result, "order_stages", "released_second")
    assert released.isdisjoint(NATIONAL_DAYS)
    assert set(range(DAYS)) - NATIONAL_DAYS - released <= {0}
    # A whole week without a wave ends: orders of all its days go out together.
    stages = result.tables["order_stages"]
    first = stages["released_second"] // DAY == max(NATIONAL_DAYS) + 1
    assert len(set((stages["placed_second"][first] // DAY).tolist())) >= 7


def test_shifts_rest_on_a_public_holiday() -> None:
    result = run(world(pickers=HOLIDAY))
    shifts, tasks = result.tables["shifts"], result.tables["tasks"]
    begun = set((shifts["starts_second"][shifts["crew"] == 1] // DAY).tolist())
    assert begun == set(range(DAYS)) - NATIONAL_DAYS
    started = tasks["started_second"][tasks["started_second"] >= 0]
    quiet = (started >= (min(NATIONAL_DAYS) + 0.5) * DAY) & (started < (max(NATIONAL_DAYS) + 1) * DAY)
    assert not quiet.any()


def test_rest_on_days_outside_the_run_changes_nothing() -> None:
    elsewhere = {"rests_on_dates": [date(2027, 1, 1)]}
    rested, usual = run(world(elsewhere, elsewhere, elsewhere)), run(world())
    for name, table in usual.tables.items():
        for column, values in table.columns.items():
            assert np.array_equal(values, rested.tables[name][column]), (name, column)
