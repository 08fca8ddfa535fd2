"""Every spare part is somewhere: in a van, a station, a centre, on its way, in the shop, used, scrapped, lost."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.aftersales.requests import Echelon, MoveReason
from tests.part_worlds import Job, PartsRun, imbalance, parts_world, run_parts, value_in_books
from tests.service_worlds import constant, exponential

DAYS, STATIONS, TECHNICIANS, PARTS = 40, 3, 2, 4


def level(draw: Any, echelon: str) -> dict[str, Any]:
    up_to = draw(st.integers(0, 6))
    return {
        "echelon": echelon,
        "reorder_point_units": draw(st.integers(-1, max(-1, up_to - 1))),
        "order_up_to_units": up_to,
    }


@st.composite
def worlds(draw: Any) -> tuple[Any, list[Job]]:
    flag = st.booleans()
    parts = [
        {
            "part_id": f"P{number}",
            "purchase_cost": 3.0 + number,
            "is_repairable": draw(flag),
            "mean_per_day": draw(st.sampled_from([0.0, 0.3])),
        }
        for number in range(PARTS)
    ]
    policy = {
        "rules": [level(draw, echelon) for echelon in ("van", "station", "dc")],
        "continuous_review": draw(flag),
        "fetches_from_station": draw(flag),
        "lateral_transfers": draw(flag),
        "courier": draw(flag),
        "count_every_days": draw(st.sampled_from([(0, 0, 0), (5, 10, 7)])),
        "inspected_units": draw(st.integers(0, 4)),
        "quality_feedback": draw(flag),
    }
    supply = {
        "shrinkage_per_year": draw(st.sampled_from([0.0, 2.0])),
        "repair_shop": {"turnaround_days": exponential(3), "success_share": draw(st.sampled_from([1.0, 0.5]))},
        "transfer_cost": 2.0,
        "courier_cost": 5.0,
    }
    supplier = {
        "lead_time_days": draw(st.sampled_from([constant(0), constant(3), exponential(4)])),
        "quality": {"defects_per_million": draw(st.sampled_from([0, 300_000]))},
    }
    scenario = parts_world(
        days=DAYS,
        parts=parts,
        policy=policy,
        stations=STATIONS,
        technicians=TECHNICIANS,
        supplier=supplier,
        supply=supply,
        station={"lead_time_days": draw(st.integers(0, 3))},
    )
    jobs = st.builds(
        Job,
        second=st.integers(0, DAYS * 86_400 - 1),
        technician=st.integers(0, STATIONS * TECHNICIANS - 1),
        part=st.integers(0, PARTS - 1),
        is_given_up=st.booleans(),
        has_old_unit=st.booleans(),
    )
    return scenario, draw(st.lists(jobs, max_size=60))


def assert_everything_is_somewhere(run: PartsRun) -> None:
    stock, moves = run.tables["part_stock"], run.tables["part_moves"]
    assert imbalance(run.tables) == {}
    assert (stock["closing_units"] >= 0).all()
    assert (moves["units"] > 0).all()
    assert value_in_books(run.tables, 1) == stock["value_minor"].sum()
    used = moves["reason"] == MoveReason.USE
    assert (moves["to_echelon"][used] == Echelon.CUSTOMER).all()
    rows = run.tables["part_requests"]
    there = rows["ready_second"] >= 0
    assert (rows["ready_second"][there] >= rows["asked_second"][there]).all()
    ready = sorted(zip(rows["request"][there].tolist(), rows["ready_second"][there].tolist(), strict=True))
    assert ready == sorted(run.field.ready)
    demands = run.tables["part_demands"]
    assert (demands["filled_units"] <= demands["units"]).all() and (demands["filled_units"] >= 0).all()
    # what a van handed out is what was there on demand, or was fetched for a request
    vans = (demands["echelon"] == Echelon.VAN) & (demands["filled_units"] == 1)
    fetched = moves["reason"] == MoveReason.SET_ASIDE
    from_vans = used & (moves["from_echelon"] == Echelon.VAN)
    assert from_vans.sum() == vans.sum() + fetched.sum()


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_parts_and_their_value_are_conserved(world: tuple[Any, list[Job]]) -> None:
    assert_everything_is_somewhere(run_parts(*world))


@settings(max_examples=5, deadline=None)
@given(worlds())
def test_same_seed_same_moves(world: tuple[Any, list[Job]]) -> None:
    first, second = run_parts(*world), run_parts(*world)
    for name in ("part_moves", "part_demands", "part_levels", "charges"):
        for column in first.tables[name].columns:
            assert np.array_equal(first.tables[name][column], second.tables[name][column])
