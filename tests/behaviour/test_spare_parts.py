"""Spare parts: who has none waits, faster ways shorten the wait, counts and inspection do what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from scenarios import Fleet, Policy, Scenario
from sim.aftersales.requests import Echelon, MoveReason, PartSource
from study.statistics import mean_interval
from tests.part_worlds import Job, PartsRun, imbalance, parts_world, run_parts, value_in_books
from tests.service_worlds import constant, installed, mode, product, run, service_world

DAY = 86_400
REPLICATIONS = 6


def level(echelon: str, reorder_point: int, order_up_to: int) -> dict[str, Any]:
    return {"echelon": echelon, "reorder_point_units": reorder_point, "order_up_to_units": order_up_to}


def jobs_of(days: int, per_day: int, technicians: int, parts: int, seed: int) -> list[Job]:
    draws = np.random.default_rng(seed)
    number = days * per_day
    rows = zip(
        draws.integers(0, days, number) * DAY + draws.integers(8, 17, number) * 3_600,
        draws.integers(0, technicians, number),
        draws.integers(0, parts, number),
        strict=True,
    )
    return [Job(int(second), int(technician), int(part)) for second, technician, part in rows]


def assert_paired(better: Sequence[float], worse: Sequence[float]) -> None:
    """In pairs of runs with the same draws the first is greater, clear of zero."""
    interval = mean_interval(np.array(better) - np.array(worse), 0.99)
    assert interval.low > 0, f"{interval.low:.4g} .. {interval.high:.4g}"


def paired(
    off: Scenario, on: Scenario, per_day: int = 6, technicians: int = 6, parts: int = 4
) -> tuple[list[PartsRun], list[PartsRun]]:
    """Both worlds in some replications, with the same jobs."""
    runs: tuple[list[PartsRun], list[PartsRun]] = ([], [])
    for replication in range(REPLICATIONS):
        jobs = jobs_of(off.horizon.days, per_day, technicians, parts, replication)
        for scenario, done in zip((off, on), runs, strict=True):
            done.append(run_parts(scenario, jobs, replication=replication))
    return runs


def network(days: int = 60, **policy: Any) -> Scenario:
    """Three stations that run out now and then, and a centre that seldom does."""
    rules = [level("van", 0, 1), level("station", 0, 2), level("dc", 20, 40)]
    return parts_world(
        days=days,
        parts=[{"part_id": f"P{number}"} for number in range(4)],
        policy={"rules": rules, **policy},
        stations=3,
        technicians=2,
        station={"lead_time_days": 4},
    )


def test_nothing_kept_means_every_job_waits_for_a_purchase() -> None:
    rules = [level(echelon, -1, 0) for echelon in ("van", "station", "dc")]
    scenario = parts_world(
        days=60,
        parts=[{"part_id": "P0"}],
        policy={"rules": rules, "order_hour": 18.0},
        supplier={"lead_time_days": constant(5)},
        station={"lead_time_days": 2},
    )
    run_ = run_parts(scenario, [Job(10 * DAY + 9 * 3_600, 0, 0)])
    assert run_.fill_rate(Echelon.VAN) == run_.fill_rate(Echelon.STATION) == 0
    # bought on the evening of day 10, in the centre when day 15 begins, two days on the way
    assert run_.field.ready == [(0, 17 * DAY)]
    assert run_.field.sources == [PartSource.ORDER]


def test_a_full_van_leaves_nothing_to_ask_for() -> None:
    rules = [level("van", 40, 50), level("station", 400, 500), level("dc", 4_000, 5_000)]
    scenario = parts_world(days=40, parts=[{"part_id": "P0"}], policy={"rules": rules})
    run_ = run_parts(scenario, jobs_of(40, 10, 1, 1, 1))
    assert run_.fill_rate(Echelon.VAN) == 1
    assert not len(run_.tables["part_requests"])


def test_a_part_at_the_own_station_is_set_aside_at_once() -> None:
    rules = [level("van", -1, 0), level("station", 0, 1), level("dc", 5, 10)]
    world = {"days": 10, "parts": [{"part_id": "P0"}], "station": {"lead_time_days": 3}}
    job = Job(2 * DAY + 36_000, 0, 0)
    fetched = run_parts(parts_world(policy={"rules": rules}, **world), [job])  # type: ignore[arg-type]
    assert fetched.field.ready == [(0, job.second)]
    assert fetched.field.sources == [PartSource.STATION]
    policy = {"rules": rules, "fetches_from_station": False}
    ordered = run_parts(parts_world(policy=policy, **world), [job])  # type: ignore[arg-type]
    assert ordered.field.ready == [(0, job.second + 3 * DAY)]


@pytest.mark.parametrize("lever", ["lateral_transfers", "courier"])
def test_faster_ways_shorten_the_wait(lever: str) -> None:
    off, on = paired(network(), network(**{lever: True}))
    assert_paired([r.waits_days().mean() for r in off], [r.waits_days().mean() for r in on])
    reason = MoveReason.TRANSFER if lever == "lateral_transfers" else MoveReason.COURIER
    assert all(r.moves(reason).size for r in on) and not any(r.moves(reason).size for r in off)


def test_the_nearest_station_sends_over() -> None:
    """ST1 stands beside ST0, ST2 beyond it; both have one."""
    scenario = parts_world(
        days=10,
        parts=[{"part_id": "P0"}],
        policy={
            "rules": [level("station", -1, 1)],
            "levels": [
                {"place_id": "ST0", "part_id": "P0", "reorder_point_units": -1, "order_up_to_units": 0}
            ],
            "lateral_transfers": True,
        },
        stations=3,
        supply={"transfer_hours": constant(5), "transfer_cost": 7.0},
    )
    run_ = run_parts(scenario, [Job(DAY, 0, 0), Job(DAY + 60, 0, 0)])
    moves = run_.tables["part_moves"]
    assert moves["from_place"][run_.moves(MoveReason.TRANSFER)].tolist() == [1, 2]
    assert run_.field.ready == [(0, DAY + 5 * 3_600), (1, DAY + 60 + 5 * 3_600)]
    assert run_.field.sources == [PartSource.TRANSFER] * 2


def test_jobs_go_before_stock() -> None:
    """The centre owes a station two units of stock and a later job a part: the first unit goes to the job."""
    scenario = parts_world(
        days=20,
        parts=[{"part_id": "P0"}],
        policy={
            "rules": [level("dc", -1, 0)],
            "levels": [
                {"place_id": "TST0-1", "part_id": "P0", "reorder_point_units": -1, "order_up_to_units": 1},
                {"place_id": "ST0", "part_id": "P0", "reorder_point_units": 0, "order_up_to_units": 2},
            ],
            "order_hour": 12.0,
        },
        stations=2,
        supplier={"lead_time_days": constant(4)},
        station={"lead_time_days": 1},
    )
    # two units leave station ST0 on day 1: at noon it orders two, which the centre, where nothing is kept, buys
    asks = [Job(DAY, 0, 0), Job(DAY + 1, 0, 0), Job(DAY + 2, 0, 0), Job(2 * DAY, 1, 0)]
    run_ = run_parts(scenario, asks)
    ready = dict(run_.field.ready)
    # what was bought on day 1 is there on day 5 and a day on the way; what was bought for the job comes a day later
    assert ready[3] == 6 * DAY


def test_a_part_that_is_no_longer_wanted_goes_to_the_next_who_waits() -> None:
    """The first customer gives up two days after asking; the second then gets the unit that was set aside."""
    rules = [level("van", -1, 0), level("station", -1, 1), level("dc", -1, 0)]
    scenario = parts_world(
        days=20, parts=[{"part_id": "P0"}], policy={"rules": rules}, supplier={"lead_time_days": constant(9)}
    )
    first, second = Job(DAY, 0, 0, is_given_up=True, waits_to_fetch=True), Job(DAY + 60, 0, 0)
    run_ = run_parts(scenario, [first, second])
    assert run_.field.ready == [(0, DAY), (1, 3 * DAY)]


def test_what_is_on_its_way_at_the_end_is_somewhere() -> None:
    """A van is filled on the last evening, a station's order is under way."""
    rules = [level("van", 0, 1), level("station", 0, 1), level("dc", 5, 10)]
    scenario = parts_world(
        days=3, parts=[{"part_id": "P0"}], policy={"rules": rules}, station={"lead_time_days": 2}
    )
    run_ = run_parts(scenario, [Job(2 * DAY + 36_000, 0, 0)])
    assert (run_.tables["part_moves"]["arrived_second"] == -1).sum() == 2
    assert imbalance(run_.tables) == {}
    stock = run_.tables["part_stock"]
    assert value_in_books(run_.tables, 1) == stock["value_minor"].sum()
    assert stock["closing_units"].tolist() == [9, 1, 1]


def with_errors(**policy: Any) -> Scenario:
    rules = [level("van", 0, 1), level("station", 2, 4), level("dc", 40, 80)]
    return parts_world(
        days=150,
        parts=[{"part_id": f"P{number}"} for number in range(4)],
        policy={"rules": rules, **policy},
        stations=3,
        technicians=2,
        supply={"shrinkage_per_year": 2.0},
    )


def test_counts_put_records_right() -> None:
    off, on = paired(with_errors(), with_errors(count_every_days=(2, 2, 2)), per_day=8)

    def wrong(run_: PartsRun) -> float:
        return float((run_.tables["part_stock"]["closing_deviation"] != 0).sum())

    assert_paired([wrong(r) for r in off], [wrong(r) for r in on])
    misses = [[float(r.tables["part_counts"]["is_miss"].sum()) for r in runs] for runs in (off, on)]
    assert_paired(*misses)
    assert_paired([r.fill_rate(Echelon.STATION) for r in on], [r.fill_rate(Echelon.STATION) for r in off])


def bought(defects_per_million: int = 100_000, **policy: Any) -> Scenario:
    rules = [level("van", 1, 2), level("station", 5, 10), level("dc", 30, 60)]
    return parts_world(
        days=200,
        parts=[{"part_id": f"P{number}"} for number in range(4)],
        policy={"rules": rules, **policy},
        stations=3,
        technicians=2,
        supplier={"quality": {"defects_per_million": defects_per_million, "learning_factor": 0.9}},
    )


def escape_shares(runs: Sequence[PartsRun]) -> list[float]:
    return [r.field.failed / max(r.moves(MoveReason.USE).size, 1) for r in runs]


@pytest.mark.parametrize("policy", [{"inspected_units": 5}, {"quality_feedback": True}])
def test_inspection_and_feedback_lower_escapes(policy: dict[str, Any]) -> None:
    off, on = paired(bought(), bought(**policy), per_day=10)
    assert_paired(escape_shares(off), escape_shares(on))


def test_inspecting_everything_lets_nothing_through() -> None:
    """A sample as large as the lot finds all there is; opening stock is sound."""
    run_ = run_parts(bought(300_000, inspected_units=10_000), jobs_of(200, 10, 6, 4, 3))
    lots = run_.tables["part_lots"]
    assert lots["defects_found"].sum() == lots["defective_units"].sum() > 0
    assert run_.field.failed == lots["escaped_units"].sum() == 0


def test_a_defective_supplier_is_as_bad_as_it_says() -> None:
    """Everything bought is defective: every repair with a unit that was not opening stock fails."""
    run_ = run_parts(bought(1_000_000), jobs_of(30, 12, 6, 4, 3))
    opening = int(run_.tables["part_stock"]["opening_units"].sum())
    assert run_.moves(MoveReason.USE).size - run_.field.failed <= opening
    assert run_.field.failed > 0


def appliances(**parts_policy: Any) -> Scenario:
    return service_world(
        days=120,
        products=[product("washer", 2.0)],
        modes=[mode("pump", "washer", part_id="pump")],
        base=[installed(400)],
        technicians=4,
        service={"parts": {"parts": [{"part_id": "pump", "purchase_cost": 20.0}]}},
        policy={"service": {"parts": parts_policy}},
    )


def test_empty_vans_lower_first_time_fix() -> None:
    behind = [level("station", 20, 40), level("dc", 100, 200)]
    full = run(appliances(rules=[level("van", 8, 16), *behind]))
    empty = run(appliances(rules=[level("van", -1, 0), *behind]))
    assert full.kpis["first_time_fix_share"] > 0.95
    assert empty.kpis["first_time_fix_share"] == 0
    assert empty.kpis["part_fill_station"] > 0.9


def waits_of_requests(result: Any) -> npt.NDArray[np.int64]:
    rows = result.tables["part_requests"]
    there = rows["ready_second"] >= 0
    waits: npt.NDArray[np.int64] = (rows["ready_second"] - rows["asked_second"])[there]
    return waits


def with_store(lead_time_days: int, store_id: str, store_lead_time_days: int) -> Scenario:
    """Every evening the store gets goods; the station may get its parts with them."""
    station = {"station_id": "ST", "store_id": store_id, "lead_time_days": lead_time_days}
    return service_world(
        days=120,
        units_per_day=40.0,
        products=[product("washer", 2.0)],
        modes=[mode("pump", "washer", part_id="pump")],
        base=[installed(400)],
        technicians=4,
        network={"stores": [{"store_id": "S", "lead_time_days": store_lead_time_days}]},
        service={"stations": [station], "parts": {"parts": [{"part_id": "pump", "purchase_cost": 20.0}]}},
        policy={"service": {"parts": {"rules": [level("dc", 100, 200)]}}},
    )


def test_parts_travel_with_the_deliveries_of_the_store() -> None:
    """By parcel in six days, with a store's goods that leave every day in one; late trucks make parts late."""
    parcel, truck, late = (
        waits_of_requests(run(with_store(6, *way))).mean() / DAY for way in (("", 1), ("S", 1), ("S", 4))
    )
    assert parcel == 6
    assert truck < 2.5
    assert truck + 2 < late < parcel


def test_parts_ride_in_the_truck_that_left_after_them() -> None:
    """With trucks of the own fleet parts come at the second of a drop, and were handed over before it left."""
    result = run(
        with_store(6, "S", 1).model_copy(
            update={"fleet": Fleet.model_validate({"truck_types": [_VAN]}), "policy": _with_trucks()}
        )
    )
    moves, trips, stops = (result.tables[name] for name in ("part_moves", "trips", "stops"))
    ordinary = (moves["to_echelon"] == Echelon.STATION) & (moves["arrived_second"] >= 0)
    departed = dict(zip(trips["trip"].tolist(), trips["departed_second"].tolist(), strict=True))
    drops = dict(zip(stops["left_second"].tolist(), stops["trip"].tolist(), strict=True))
    left, arrived = moves["left_second"][ordinary].tolist(), moves["arrived_second"][ordinary].tolist()
    by_truck = [(a, b) for a, b in zip(left, arrived, strict=True) if b - a < 6 * DAY]
    assert len(by_truck) > 0.9 * len(left) > 50
    assert all(b in drops and a <= departed[drops[b]] for a, b in by_truck)


_VAN = {"id": "van", "capacity_kg": 900.0, "capacity_litres": 4_000.0}


def _with_trucks() -> Policy:
    policy = with_store(6, "S", 1).policy
    mode = {"mode": "fleet", "trucks": [{"type_id": "van", "count": 1, "start_hour": 4.0, "hours": 10.0}]}
    return policy.model_copy(update={"transport": type(policy.transport).model_validate(mode)})
