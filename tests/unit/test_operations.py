"""What is kept of operations: stages, doors and reviews in numbers, and one day in full."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from sim import EMERGENCY, RunResult, Table, Work
from sim.recorder import TABLES
from study.condensing import condense, read_condensed, write_condensed
from study.operations import REVIEWS, STAGES, ReviewTable, operations
from study.shown_day import ShownDay, shown_day
from tests.factory import tiny_scenario
from tests.fakes import FakePlan, fake_simulate

DAY, HOUR = 86_400, 3_600
MONDAY = date(2025, 1, 6)
WARM_UP = 7


def table(name: str, *rows: dict[str, int]) -> Table:
    return Table(
        name,
        {column: np.array([row.get(column, 0) for row in rows], np.int64) for column in TABLES[name]},
    )


def result(replication: int = 0, days: int = 28, **rows: list[dict[str, int]]) -> RunResult:
    scenario = tiny_scenario(horizon={"start_date": MONDAY, "days": days, "warm_up_days": WARM_UP})
    made = fake_simulate(scenario, FakePlan(), seed=1, replication=replication)
    return replace(made, tables={name: table(name, *rows.get(name, [])) for name in TABLES})


def trip(day: int, hour: float = 6.0, *, centre: int = 0, number: int = 0, drops: int = 1) -> dict[str, int]:
    second = day * DAY + round(hour * HOUR)
    return {"trip": number, "centre": centre, "departed_second": second, "drops": drops}


def at_door(starts: int, ends: int, work: Work = Work.LOADING) -> dict[str, int]:
    return {"work": work, "started_second": starts, "finished_second": ends}


def order(placed: int, *hours: float, **others: int) -> dict[str, int]:
    ends = [column for _, column in STAGES.values()]
    moments = placed + np.cumsum([round(hour * HOUR) for hour in hours])
    return {"placed_second": placed, **dict(zip(ends, moments.tolist(), strict=True)), **others}


def test_a_run_without_trucks_and_work_keeps_nothing() -> None:
    made = result(order_stages=[order(20 * DAY, 1, 1, 1, 1, 1, 1, 1)])
    assert operations(made) == {}
    assert shown_day(made) == {}


def test_stage_hours_are_means_over_regular_orders_on_the_shelf() -> None:
    counted = [order(10 * DAY, 1, 2, 3, 4, 5, 6, 7), order(11 * DAY, 3, 2, 1, 0, 1, 2, 3)]
    not_counted = [
        order(5 * DAY, 9, 9, 9, 9, 9, 9, 9),
        order(12 * DAY, 9, 9, 9, 9, 9, 9, 9, kind=EMERGENCY),
        order(13 * DAY, 9, 9, 9, 9, 9, 9, 9, unloaded_second=-1),
    ]
    found = operations(result(trips=[trip(10)], order_stages=counted + not_counted))
    assert found["stage_hours"] == pytest.approx([2, 2, 2, 2, 3, 4, 5])


def test_stage_hours_are_not_defined_without_such_orders() -> None:
    assert np.isnan(operations(result(trips=[trip(10)]))["stage_hours"]).all()


def test_work_at_doors_falls_into_the_hours_it_covers() -> None:
    tuesday = 8 * DAY
    tasks = [
        at_door(tuesday + 5 * HOUR + 1_800, tuesday + 7 * HOUR + 600),
        at_door(tuesday + 6 * HOUR, tuesday + 6 * HOUR + 900, Work.UNLOADING),
        at_door(tuesday + 14 * DAY + 6 * HOUR, tuesday + 14 * DAY + 6 * HOUR + 60),
        at_door(tuesday + 10 * HOUR, tuesday + 11 * HOUR, Work.PICKING),
        at_door(WARM_UP * DAY - 100, WARM_UP * DAY + 50),
    ]
    busy = operations(result(tasks=tasks))["door_busy_seconds"][0]
    expected = np.zeros((7, 24))
    expected[1, 5:8] = [1_800, 3_600 + 900 + 60, 600]
    expected[0, 0] = 50
    assert busy == pytest.approx(expected)


def test_reviews_stand_by_review_and_partner() -> None:
    def review(day: int, carrier: int, drops: int, before: int, after: int) -> dict[str, int]:
        return {
            "reviewed_second": day * DAY,
            "carrier": carrier,
            "drops": drops,
            "on_time_ppm": 900_000,
            "speed_points": 70,
            "score_points": 80,
            "share_before_ppm": before,
            "share_after_ppm": after,
        }

    rows = [
        review(14, 1, 5, 500_000, 600_000),
        review(14, 3, 0, 500_000, 400_000),
        review(21, 1, 5, 600_000, 700_000),
        review(21, 3, 5, 400_000, 300_000),
    ]
    found = operations(result(trips=[trip(10)], carrier_reviews=rows))
    assert found["carriers.partner"].tolist() == [1, 3]
    assert found["carriers.day"].tolist() == [14, 21]
    assert found["carriers.share"] == pytest.approx(np.array([[0.5, 0.5], [0.6, 0.4], [0.7, 0.3]]))
    assert found["carriers.score"][0, 0] == pytest.approx([90, 70])
    assert np.isnan(found["carriers.score"][0, 1]).all(), "a carrier without a drop has shown nothing"
    assert found["carriers.total"] == pytest.approx(np.full((2, 2), 80))


def test_reviews_of_other_partners_are_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    card = ReviewTable("supplier", {"Cost": ("cost", 0.01)}, ("score", 0.01), ("before", "after", 1e-4))
    monkeypatch.setitem(REVIEWS, "suppliers", card)
    columns = {
        "reviewed_second": [DAY, DAY, DAY],
        "supplier": [2, 2, 0],
        "cost": [9_000, 9_000, 4_000],
        "score": [8_000, 8_000, 5_000],
        "before": [4_000, 8_000, 6_000],
        "after": [5_000, 9_000, 1_000],
    }
    rows = Table("supplier_reviews", {name: np.array(values) for name, values in columns.items()})
    made = result(trips=[trip(10)])
    found = operations(replace(made, tables={**made.tables, "supplier_reviews": rows}))
    assert found["suppliers.partner"].tolist() == [0, 2]
    assert found["suppliers.score"] == pytest.approx(np.array([[[40], [90]]]))
    assert found["suppliers.share"] == pytest.approx(np.array([[0.6, 0.6], [0.1, 0.7]])), "mean of two rules"


@pytest.mark.parametrize(
    ("trips", "day"),
    [
        ([trip(8), trip(9), trip(9)], 9),
        ([trip(2), trip(2), trip(2), trip(10)], 10),
        ([trip(12), trip(12), trip(14)], 14),
        ([trip(12), trip(13), trip(13)], 13),
        ([trip(8), trip(9)], 8),
        ([trip(8), trip(9, drops=2)], 9),
        ([trip(2), trip(3), trip(3)], 3),
    ],
    ids=["most trips", "warm-up", "weekend", "only weekends", "first", "most drops", "only warm-up"],
)
def test_the_busiest_weekday_after_the_warm_up_is_shown(trips: list[dict[str, int]], day: int) -> None:
    assert int(shown_day(result(trips=trips))["day"]) == day


def test_the_centre_with_most_trips_is_shown() -> None:
    trips = [trip(8, centre=0), trip(9, centre=0), trip(15, centre=0), trip(10, centre=1), trip(10, centre=1)]
    found = shown_day(result(trips=trips))
    assert (int(found["centre"]), int(found["day"])) == (0, 8)


def test_only_the_first_replication_keeps_a_day() -> None:
    assert shown_day(result(replication=1, trips=[trip(8)])) == {}
    assert condense(result(replication=1, trips=[trip(8)])).operations


def test_a_day_holds_its_trips_and_the_work_of_the_hours_before() -> None:
    day = 8 * DAY
    trips = [trip(8, 5.5, number=3), trip(8, 7.25, number=4), trip(9, 5.5, number=5)]
    stops = [{"trip": number, "position": number} for number in (3, 3, 4, 5)]
    tasks = [
        at_door(day - 17 * HOUR, day - 16 * HOUR, Work.PICKING),
        at_door(day - 17 * HOUR, day - 16 * HOUR + 1, Work.PICKING),
        at_door(day + 8 * HOUR - 1, day + 9 * HOUR, Work.PICKING),
        at_door(day + 8 * HOUR, day + 9 * HOUR, Work.PICKING),
    ]
    shifts = [{"starts_second": day - 2 * HOUR, "ends_second": day + 6 * HOUR}, {"ends_second": day - DAY}]
    drops = [{"released_second": day - HOUR}, {"released_second": day + 8 * HOUR}]
    found = shown_day(result(trips=trips, stops=stops, tasks=tasks, shifts=shifts, drops=drops))
    assert int(found["starts_second"]) == day - 16 * HOUR, "24 hours up to the hour of the last departure"
    assert found["trips.trip"].tolist() == [3, 4]
    assert found["stops.trip"].tolist() == [3, 3, 4]
    assert len(found["tasks.work"]) == 2
    assert len(found["shifts.crew"]) == 1
    assert len(found["drops.centre"]) == 1


def test_without_trucks_the_hours_begin_when_least_is_done() -> None:
    tasks = [
        at_door(d * DAY + h * HOUR, d * DAY + h * HOUR + 60, Work.PICKING) for d in (8, 9) for h in range(24)
    ]
    tasks = [task for task in tasks if task["started_second"] % DAY != 14 * HOUR]
    tasks.append(at_door(9 * DAY + HOUR + 120, 9 * DAY + HOUR + 180, Work.PICKING))
    found = shown_day(result(tasks=tasks))
    assert int(found["day"]) == 9
    assert int(found["starts_second"]) == 9 * DAY + 14 * HOUR


def test_file_round_trip_is_exact(tmp_path: Any) -> None:
    kept = condense(result(trips=[trip(8), trip(9)], tasks=[at_door(8 * DAY, 8 * DAY + 60)]))
    write_condensed(kept, tmp_path / "run.npz")
    back = read_condensed(tmp_path / "run.npz")
    for group in ("operations", "shown_day"):
        before, after = getattr(kept, group), getattr(back, group)
        assert before.keys() == after.keys()
        for name, values in before.items():
            assert after[name].dtype == values.dtype
            np.testing.assert_array_equal(after[name], values)


def test_a_day_is_told_by_its_date() -> None:
    from tests.invented import invented_study
    from tests.invented_operations import InventedOperations

    study = invented_study("x", stores=3, skus=5, days=60, replications=2, operations=InventedOperations())
    day = ShownDay.of(study)
    assert day is not None
    assert day.date(study) == date(2025, 2, 6)
    assert ShownDay.of(replace(study, condensed=study.condensed[1:])) is None
