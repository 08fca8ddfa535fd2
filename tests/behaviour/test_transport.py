"""Trucks and carriers: goods arrive when roads, windows, doors, drivers and rules let them."""

from __future__ import annotations

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim import Day, RunResult
from tests.behaviour.worlds import SKUS, chain, kpis, run, runs, surely_more, surely_positive, total

HOUR, DAY = 3_600, 86_400
EARTH_KM = 6_371.0088

STORES = [
    {"store_id": f"S{number}", "latitude": 0.0, "longitude": 0.1 * (number + 1), "size": 0.5 + 0.3 * number}
    for number in range(6)
]
FLEET: Mapping[str, Any] = {
    "fleet": {
        "truck_types": [
            {
                "id": "van",
                "capacity_kg": 900.0,
                "capacity_litres": 4_000.0,
                "cost_per_day": 100.0,
                "cost_per_km": 1.0,
            }
        ],
        "roads": {"detour_factor": 1.0, "speed_km_per_hour": 50.0},
    },
    "network": {"stores": STORES},
    "policy": {
        "transport": {
            "mode": "fleet",
            "trucks": [{"type_id": "van", "count": 3, "start_hour": 4.0, "hours": 10.0}],
        }
    },
}


def fleet(*changes: Mapping[str, Any]) -> Scenario:
    return chain(FLEET, *changes)


def transport(**values: Any) -> dict[str, Any]:
    return {"policy": {"transport": values}}


def roads(**values: Any) -> dict[str, Any]:
    return {"fleet": {"roads": values}}


def kilometres(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Great circle by the haversine formula, worked out here once more."""
    (a, b), (c, d) = (tuple(map(radians, place)) for place in (first, second))
    return 2 * EARTH_KM * asin(sqrt(sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2))


def column(result: RunResult, table: str, name: str) -> np.ndarray:
    return result.tables[table][name]


ONE_ROUND = transport(
    trucks=[{"type_id": "van", "count": 1, "start_hour": 4.0, "hours": 12.0}],
    planning="given",
    routes={"master": [{"stores": [f"S{number}" for number in range(6)]}]},
)


def test_a_fixed_round_takes_the_time_of_its_roads_and_stops() -> None:
    result = run(
        fleet(ONE_ROUND, {"fleet": {"unloading": {"seconds_per_stop": 600.0, "seconds_per_case": 0.0}}})
    )
    leg = kilometres((0.0, 0.0), (0.0, 0.1)) / 50 * HOUR
    stops = result.tables["stops"]
    for trip in np.unique(stops["trip"]):
        mine = stops["trip"] == trip
        departed = column(result, "trips", "departed_second")[column(result, "trips", "trip") == trip]
        if not departed.size:
            continue
        store = stops["store"][mine]
        # Stores lie on a line: the way so far, and ten minutes at each stop before.
        expected = departed + (store + 1) * leg + 600 * stops["position"][mine]
        assert np.abs(stops["arrived_second"][mine] - expected).max() <= 6
    assert len(np.unique(stops["trip"])) > 5


def test_a_truck_is_out_as_long_as_it_drives_rests_waits_and_unloads() -> None:
    result = run(fleet(ONE_ROUND, roads(coefficient_of_variation=0.4, speed_km_per_hour=15.0)))
    trips, stops = result.tables["trips"], result.tables["stops"]
    assert (trips["break_seconds"] > 0).any()
    for row, trip in enumerate(trips["trip"]):
        mine = stops["trip"] == trip
        at_stops = (stops["left_second"] - stops["arrived_second"])[mine].sum()
        out = trips["returned_second"][row] - trips["departed_second"][row]
        assert out == trips["driving_seconds"][row] + trips["break_seconds"][row] + at_stops


def test_without_trucks_and_carriers_no_store_gets_anything() -> None:
    result = run(fleet(transport(trucks=[])))
    assert total(result, Day.RECEIVED) == 0
    assert result.closing.transit_units.sum() > 0
    assert len(result.tables["trips"]) == 0


def test_slower_roads_and_a_later_shift_empty_shelves() -> None:
    quick = fleet()
    slow = fleet(transport(trucks=[{"type_id": "van", "count": 3, "start_hour": 14.0, "hours": 10.0}]))
    assert surely_more("fill_rate", quick, slow)


def test_goods_are_unloaded_within_the_window_of_the_store() -> None:
    late = [{**store, "receives_from_hour": 9.5, "receives_until_hour": 13.0} for store in STORES]
    result = run(fleet({"network": {"stores": late}}))
    began = column(result, "stops", "began_second") % DAY
    assert began.size and (began >= 9.5 * HOUR).all()
    on_time = column(result, "stops", "late_cause") == 0
    assert (column(result, "stops", "arrived_second")[on_time] % DAY <= 13 * HOUR).all()


TWO_WINDOWS = {
    "receives_from_hour": 5.0,
    "receives_until_hour": 6.0,
    "receives_again_from_hour": 14.0,
    "receives_again_until_hour": 18.0,
}


@pytest.mark.parametrize("planning", ["rule", "optimised", "given"])
def test_goods_are_unloaded_in_one_of_two_windows(planning: str) -> None:
    """Every other store takes goods at five in the morning and again from two; the trucks leave at four."""
    stores = [{**store, **TWO_WINDOWS} if number % 2 else store for number, store in enumerate(STORES)]
    hours = transport(
        trucks=[{"type_id": "van", "count": 3, "start_hour": 4.0, "hours": 16.0}],
        planning=planning,
        routes={"engine": "ortools", "solution_limit": 20},
    )
    result = run(fleet({"network": {"stores": stores}}, hours, roads(coefficient_of_variation=0.5)))
    stops = result.tables["stops"]
    mine = stops["store"] % 2 == 1
    arrived, began = (stops[name][mine] % DAY / HOUR for name in ("arrived_second", "began_second"))
    morning, afternoon = (began >= 5) & (began <= 6), (began >= 14) & (began <= 18)
    assert morning.any() and afternoon.any() and (morning | afternoon).mean() > 0.97
    # Who comes between the two, planned or by bad luck, waits for the second.
    between = (arrived > 6) & (arrived < 14)
    assert between.any() and (began[between] == 14).all()
    assert not ((began > 6) & (began < 14)).any()


def test_carriers_wait_for_the_second_window() -> None:
    stores = [{**store, **TWO_WINDOWS} for store in STORES]
    swift = {"id": "swift", "transit_hours": 8.0, "on_time_share": 1.0}
    hired = transport(trucks=[], hire={"carriers": [{"carrier_id": "swift"}]})
    result = run(fleet({"network": {"stores": stores}, "fleet": {"carriers": [swift]}}, hired))
    delivered = column(result, "carrier_drops", "delivered_second")
    assert set((delivered[delivered >= 0] % DAY / HOUR).tolist()) == {14.0}


def test_traffic_of_a_road_and_day_is_the_same_for_everybody() -> None:
    spread = roads(coefficient_of_variation=0.5)
    one = run(fleet(ONE_ROUND, spread))
    more = run(
        fleet(
            ONE_ROUND,
            spread,
            transport(trucks=[{"type_id": "van", "count": 4, "start_hour": 4.0, "hours": 12.0}]),
        )
    )

    def legs(result: RunResult) -> dict[tuple[int, int, int], int]:
        stops = result.tables["stops"]
        before = np.where(stops["position"] > 0, np.roll(stops["store"], 1), -1)
        day = (stops["arrived_second"] - stops["driving_seconds"]) // DAY
        return dict(
            zip(zip(before.tolist(), stops["store"].tolist(), day.tolist(), strict=True),
                stops["driving_seconds"].tolist(), strict=True)
        )  # fmt: skip

    first, second = legs(one), legs(more)
    shared = first.keys() & second.keys()
    assert len(shared) > 20
    assert all(first[leg] == second[leg] for leg in shared)


def test_rush_hours_make_trips_longer_and_leaving_later_never_arrives_earlier() -> None:
    import optimize
    from sim.fleet.roads import RoadMap
    from sim.world import build_world

    rush = [1.0] * 24
    rush[7:10] = [2.5, 3.0, 1.5]
    scenario = fleet(roads(hour_factors=rush))
    road_map = RoadMap(build_world(scenario, optimize.plan(scenario), 1, 0), 0)
    arrivals = [second + road_map.drive(0, 6, second) for second in range(5 * HOUR, 12 * HOUR, 60)]
    assert (np.diff(arrivals) >= 0).all()
    # At factor 3 an hour brings a third of an hour forward, at 1.5 two thirds.
    usual = road_map.drive(0, 6, 12 * HOUR)
    assert road_map.drive(0, 6, 8 * HOUR) == pytest.approx(2 * HOUR + usual - HOUR / 3 - HOUR / 1.5, abs=1)


def test_a_small_truck_drives_several_times_a_day() -> None:
    small = {"fleet": {"truck_types": [{"id": "van", "capacity_kg": 60.0, "capacity_litres": 120.0}]}}
    result = run(
        fleet(small, transport(trucks=[{"type_id": "van", "count": 1, "start_hour": 0.0, "hours": 23.0}]))
    )
    trips = result.tables["trips"]
    assert (trips["weight_grams"] <= trips["capacity_grams"]).all()
    assert (trips["volume_millilitres"] <= trips["capacity_millilitres"]).all()
    days = trips["departed_second"] // DAY
    assert np.bincount(days).max() >= 2
    order = np.argsort(trips["departed_second"])
    # The same truck is never out twice at one time.
    assert (trips["departed_second"][order][1:] >= trips["returned_second"][order][:-1]).all()


def test_one_slow_door_makes_trucks_leave_one_after_the_other() -> None:
    def with_doors(doors: int) -> RunResult:
        small = {"id": "van", "capacity_kg": 30.0, "capacity_litres": 60.0}
        docks = {"doors": doors, "seconds_per_truck": 5_400.0}
        return run(fleet({"fleet": {"truck_types": [small]}, "depot": {"docks": docks}}))

    one, many = with_doors(1), with_doors(6)
    late_one, late_many = (
        np.maximum(column(r, "trips", "departed_second") - column(r, "trips", "planned_second"), 0).mean()
        for r in (one, many)
    )
    assert late_one > late_many + 600
    loading = one.tables["tasks"]
    order = np.argsort(loading["started_second"])
    assert (loading["started_second"][order][1:] >= loading["finished_second"][order][:-1]).all()
    closed = with_doors(0)
    assert len(closed.tables["trips"]) == 0
    assert total(closed, Day.RECEIVED) == 0


PICKED = {
    "depot": {"picking": {"seconds_per_line": 600.0}},
    "policy": {"depot": {"pickers": [{"people": 2, "start_hour": 22.0, "hours": 6.0}]}},
}


def test_a_shorter_picking_shift_makes_trucks_wait() -> None:
    full = fleet(PICKED)
    cut = fleet(PICKED, {"policy": {"depot": {"pickers": [{"people": 1, "start_hour": 22.0, "hours": 2.5}]}}})

    def hours_late(result: RunResult) -> float:
        trips = result.tables["trips"]
        return float((trips["departed_second"] - trips["planned_second"]).mean() / HOUR)

    assert hours_late(run(cut)) > hours_late(run(full)) + 1


def test_fixed_rounds_leave_goods_until_their_weekday() -> None:
    rounds = transport(
        planning="given",
        routes={
            "master": [
                {"stores": ["S0", "S2", "S4"], "weekdays": ["tue", "fri"]},
                {"stores": ["S1", "S3", "S5"], "weekdays": ["mon", "thu"]},
            ],
        },
    )
    stops = run(fleet(rounds)).tables["stops"]
    weekday = stops["arrived_second"] // DAY % 7  # The run begins on a Monday.
    even = stops["store"] % 2 == 0
    assert set(weekday[even].tolist()) == {1, 4}
    assert set(weekday[~even].tolist()) == {0, 3}


def test_rounds_worked_out_from_mean_demand_reach_every_store() -> None:
    result = run(fleet(transport(planning="given")))
    assert set(column(result, "stops", "store").tolist()) == set(range(6))


def test_routes_from_or_tools_bring_as_much_as_those_by_savings() -> None:
    short, with_or_tools = {"horizon": {"days": 14}}, {"engine": "ortools", "solution_limit": 20}
    found = [
        run(fleet(short, transport(planning=planning, routes=with_or_tools)))
        for planning in ("rule", "optimised")
    ]
    savings, searched = (total(result, Day.RECEIVED) for result in found)
    assert searched == pytest.approx(savings, rel=0.02) and searched > 0
    assert (column(found[1], "trips", "weight_grams") <= column(found[1], "trips", "capacity_grams")).all()
    assert (
        run(fleet(short, transport(planning="optimised", routes=with_or_tools))).digest() == found[1].digest()
    )


def test_a_minimum_drop_leaves_small_stores_out() -> None:
    cover = {
        "policy": {
            "replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 1, "safety_factor": 1}}],
        }
    }
    least = fleet(cover, transport(routes={"minimum_drop_kg": 10.0}))
    assert surely_more("small_store_fill_gap", least, fleet(cover))
    assert surely_more("service_gini", least, fleet(cover))


CARRIERS = {
    "fleet": {
        "carriers": [
            {"id": "good", "on_time_share": 0.98, "cost_per_drop": 30.0, "technology": 80.0},
            {"id": "poor", "on_time_share": 0.5, "cost_per_drop": 30.0, "delay_hours": 12.0},
        ]
    },
    "policy": {
        "transport": {"trucks": [], "hire": {"carriers": [{"carrier_id": "good"}, {"carrier_id": "poor"}]}}
    },
}


def on_time_share(results: list[RunResult]) -> np.ndarray:
    tables = [result.tables["carrier_drops"] for result in results]
    return np.array(
        [
            ((t["delivered_second"] <= t["quoted_second"]) & (t["delivered_second"] >= 0)).sum()
            / (t["delivered_second"] >= 0).sum()
            for t in tables
        ]
    )


def test_carriers_bring_what_own_trucks_do_not() -> None:
    result = run(fleet(CARRIERS))
    drops = result.tables["carrier_drops"]
    assert len(drops) > 20 and not drops["is_courier"].any()
    assert result.kpis["cost_outsourcing"] == pytest.approx(30.0 * len(drops) / 56)
    assert result.kpis["cost_transport"] == 0.0


def test_a_scored_review_moves_shares_to_the_carrier_that_is_on_time() -> None:
    review = transport(hire={"review": {"every_days": 7, "step": 0.8}})
    fixed, reviewed = runs(fleet(CARRIERS)), runs(fleet(CARRIERS, review))
    assert surely_positive(on_time_share(reviewed) - on_time_share(fixed))
    shares = reviewed[0].tables["carrier_reviews"]
    good = shares["share_after_ppm"][shares["carrier"] == 0]
    assert good[-1] > 600_000
    assert all(
        shares["share_after_ppm"][shares["reviewed_second"] == second].sum()
        == pytest.approx(1_000_000, abs=2)
        for second in np.unique(shares["reviewed_second"])
    )


def test_emergency_orders_go_by_courier_at_once() -> None:
    urgent = {"policy": {"emergency_orders": [{"trigger": {"units": 3}, "cover": {"units": 12}}]}}
    result = run(fleet(urgent, {"fleet": {"courier_cost_per_km": 2.0}}))
    couriers = result.tables["carrier_drops"]
    assert couriers["is_courier"].all() and len(couriers)
    stages = result.tables["order_stages"]
    hurried = (stages["kind"] == 1) & (stages["unloaded_second"] > 0)
    usual = (stages["kind"] == 0) & (stages["unloaded_second"] > 0)
    took = stages["unloaded_second"] - stages["placed_second"]
    assert took[hurried].mean() < 0.6 * took[usual].mean()
    assert result.kpis["cost_outsourcing"] > 0


def test_more_of_the_same_trucks_never_cost_service() -> None:
    few = runs(fleet(transport(trucks=[{"type_id": "van", "count": 1, "start_hour": 4.0, "hours": 4.0}])))
    many = runs(fleet())
    assert (kpis(many, "fill_rate") >= kpis(few, "fill_rate") - 0.002).all()


def test_what_is_larger_than_a_truck_travels_in_parts() -> None:
    tiny = {"fleet": {"truck_types": [{"id": "van", "capacity_kg": 12.0, "capacity_litres": 24.0}]}}
    result = run(
        fleet(tiny, transport(trucks=[{"type_id": "van", "count": 12, "start_hour": 0.0, "hours": 23.0}]))
    )
    trips = result.tables["trips"]
    assert len(trips) and (trips["weight_grams"] <= trips["capacity_grams"]).all()


def test_what_suppliers_bring_can_be_shipped_once_it_is_put_away() -> None:
    def with_receivers(people: int, doors: int = 2) -> Scenario:
        return fleet(
            {
                "depot": {
                    "docks": {"doors": doors},
                    "goods_in": {"arrival_hour": 9.0, "put_away_seconds_per_line": 9_000.0},
                },
                "policy": {
                    "depot": {"receivers": [{"people": people, "start_hour": 8.0, "hours": 10.0}]},
                    "dc_replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 1}}],
                },
                "network": {
                    "distribution_centres": [{"id": "DC"}],
                    "suppliers": [{"id": f"SUP{number}"} for number in range(4)],
                },
                "assortment": {
                    "skus": [{**sku, "supplier_id": f"SUP{number}"} for number, sku in enumerate(SKUS)],
                },
                "initial": {"dc_days_of_demand": 3.0},
            }
        )

    quick, slow, never = (run(with_receivers(people)) for people in (4, 1, 0))
    received = quick.tables["receipts"]["received_second"]
    assert (received[received >= 0] % DAY >= 9 * HOUR).all()
    tasks = quick.tables["tasks"]
    unloading, put_away = tasks["work"] == 6, tasks["work"] == 7
    assert unloading.sum() and put_away.sum()
    # Each delivery is unloaded before it is put away.
    first = dict(
        zip(tasks["reference"][unloading].tolist(), tasks["finished_second"][unloading].tolist(), strict=True)
    )
    begun = tasks["started_second"] >= 0
    done = put_away & begun
    queued = zip(tasks["reference"][done].tolist(), tasks["queued_second"][done].tolist(), strict=True)
    assert all(first[reference] <= second for reference, second in queued)
    came = [column(result, "receipts", "received_second") for result in (quick, slow)]
    hours = [(seconds[seconds >= 0] % DAY).mean() / HOUR for seconds in came]
    assert hours[1] > hours[0] + 1
    assert not (never.tables["receipts"]["received_second"] >= 0).any()


def test_urgent_goods_that_waited_are_picked_apart_from_those_of_the_wave() -> None:
    late = {
        "network": {"distribution_centres": [{"id": "DC"}]},
        "initial": {"dc_days_of_demand": 0.5},
        "policy": {
            "depot": {"picking": "put_to_store"},
            "allocation": {"unfilled": "backorder"},
            "emergency_orders": [{"trigger": {"units": 3}, "cover": {"units": 12}}],
            "dc_replenishment": [
                {"mode": {"kind": "days_of_cover", "cover_days": 1}, "order_weekdays": ["mon"]}
            ],
        },
    }
    result = run(fleet(PICKED, late))
    drops, tasks = result.tables["drops"], result.tables["tasks"]
    urgent = drops["is_emergency"] == 1
    waves = drops["released_second"] % DAY == 23.5 * HOUR
    assert (urgent & waves).any() and (~urgent & waves).any()
    sorted_lines = tasks["lines"][(tasks["work"] == 3) & (tasks["finished_second"] >= 0)].sum()
    assert sorted_lines == drops["lines"][~urgent].sum()
