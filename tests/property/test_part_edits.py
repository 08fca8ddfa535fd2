"""One more part, station or technician moves nobody else's draws: demand, lead times, defects, losses, repairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from sim.aftersales.requests import Echelon
from tests.part_worlds import Job, PartsRun, parts_world, run_parts
from tests.service_worlds import exponential

DAY, DAYS = 86_400, 60
PARTS = ("P0", "P1", "P2")


def level(echelon: str, reorder_point: int, order_up_to: int) -> dict[str, Any]:
    return {"echelon": echelon, "reorder_point_units": reorder_point, "order_up_to_units": order_up_to}


def ran(parts: Sequence[str], stations: int, technicians: int) -> PartsRun:
    """There is plenty in every centre, so that nobody takes anything away from anybody."""
    scenario = parts_world(
        days=DAYS,
        parts=[{"part_id": name, "mean_per_day": 0.5, "is_repairable": name == "P1"} for name in parts],
        policy={
            "rules": [level("van", 0, 1), level("station", 2, 5), level("dc", 500, 600)],
            "inspected_units": 10,
        },
        stations=stations,
        technicians=technicians,
        supplier={"lead_time_days": exponential(4), "quality": {"defects_per_million": 200_000}},
        supply={"shrinkage_per_year": 1.0, "repair_shop": {"turnaround_days": exponential(6)}},
    )
    jobs = [Job(day * DAY + 36_000, 0, parts.index("P0")) for day in range(0, DAYS, 3)]
    return run_parts(scenario, jobs)


def seen(run: PartsRun) -> list[tuple[Any, ...]]:
    """What concerns the first station and its parts, by name."""
    assert run.scenario.service is not None and run.scenario.service.parts is not None
    names = run.scenario.service.parts.parts["part_id"]
    moves = run.tables["part_moves"]
    columns = [
        moves[name].tolist()
        for name in ("part", "units", "from_echelon", "from_place", "to_echelon", "to_place", "left_second",
                     "arrived_second", "reason")
    ]  # fmt: skip
    here = (Echelon.STATION, 0)
    found = []
    for part, units, *ends, left, arrived, reason in zip(*columns, strict=True):
        if names[part] in PARTS and here in (tuple(ends[:2]), tuple(ends[2:])):
            found.append((names[part], units, *ends, left, arrived, reason))
    return sorted(found)


@pytest.mark.parametrize(
    ("parts", "stations", "technicians"),
    [(("new", *PARTS), 2, 1), (tuple(reversed(PARTS)), 2, 1), (PARTS, 3, 1)],
    ids=["another part before", "parts in another order", "another station"],
)
def test_edits_disturb_nobody(parts: tuple[str, ...], stations: int, technicians: int) -> None:
    before = seen(ran(PARTS, 2, 1))
    assert before == seen(ran(parts, stations, technicians))
    assert {row[-1] for row in before} >= {1, 2, 8}, "stock was filled up, used and lost"


def test_another_technician_fills_only_his_own_van() -> None:
    """He takes nothing when he does nothing: the others' moves stay."""
    assert seen(ran(PARTS, 2, 1)) == seen(ran(PARTS, 2, 2))


def test_lots_of_a_part_do_not_depend_on_other_parts() -> None:
    def lots(run: PartsRun, part: int) -> list[list[int]]:
        table = run.tables["part_lots"]
        mine = table["part"] == part
        return [
            table[name][mine].tolist()
            for name in ("received_second", "units", "defective_units", "defects_found")
        ]

    assert lots(ran(PARTS, 2, 1), 0) == lots(ran(("new", *PARTS), 2, 1), 1)
