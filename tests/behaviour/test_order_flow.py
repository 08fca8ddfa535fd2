"""The way of an order through desk, wave and floor: what holds it up, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim import Day, RunResult
from sim.stations import Work
from tests.behaviour.worlds import base_stock, chain, kpis, run, runs, surely_positive, total

HOUR, DAY = 3_600, 86_400
PLENTY = {"start_hour": 0, "hours": 24}

FLOW: Mapping[str, Any] = {
    "horizon": {"days": 28, "warm_up_days": 7},
    "depot": {
        "picking": {"seconds_per_list": 900.0, "seconds_per_line": 300.0, "coefficient_of_variation": 0.3}
    },
    "policy": {
        "replenishment": base_stock(40)["replenishment"],
        "depot": {
            "waves": [{"cut_off_hour": 23.5}],
            "pickers": [{"people": 2, "start_hour": 22, "hours": 8}],
        },
    },
}
"""Six stores order every evening; two pickers by night work off lists of four lines, which take about 35 minutes."""


def flow(*changes: Mapping[str, Any]) -> Scenario:
    return chain(FLOW, *changes)


def floor(**values: Any) -> dict[str, Any]:
    return {"policy": {"depot": values}}


def desk(*shifts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"depot": {"order_desk": {"receive_seconds": 120.0}}}, floor(desk=list(shifts))


TWICE_THE_SKUS = {
    "assortment": {
        "skus": [
            {"sku_id": f"{name}{copy}", "class_id": "FOOD", "price": 10.0, "purchase_cost": 6.0}
            for name in "ABCD"
            for copy in (1, 2)
        ]
    }
}


def test_twice_the_lines_delay_the_drops() -> None:
    more, usual = runs(flow(TWICE_THE_SKUS)), runs(flow())
    lines = [sum(result.tables["drops"]["lines"].sum() for result in world) for world in (more, usual)]
    assert 1.8 < lines[0] / lines[1] < 2.2
    assert surely_positive(kpis(more, "picking_hours") - kpis(usual, "picking_hours"))


def test_a_cut_shift_delays_the_drops() -> None:
    cut, usual = runs(flow(floor(pickers=[{"people": 2, "start_hour": 22, "hours": 2}]))), runs(flow())
    for name in ("picking_hours", "order_lead_time_hours"):
        later = surely_positive(kpis(cut, name) - kpis(usual, name))
        assert later, name


def test_a_shift_that_ends_too_early_leaves_the_rest_for_the_next_night() -> None:
    """From 23.5 h on two pickers have half an hour: two lists are begun, four wait for the next evening."""
    short = {"depot": {"picking": {"coefficient_of_variation": 0.0}}}
    result = run(flow(short, floor(pickers=[{"people": 2, "start_hour": 22, "hours": 2}])))
    tasks = result.tables["tasks"]
    started = tasks["started_second"][tasks["started_second"] >= 0]
    assert (started % DAY >= 22 * HOUR).all()
    waited = tasks["started_second"] - tasks["queued_second"]
    assert waited.max() > 22 * HOUR
    assert result.kpis["overtime_share"] > 0


def test_emergency_orders_overtake() -> None:
    """Released at the desk's pace by day, they go before the others' lists that wait for pickers."""
    urgent = {
        "policy": {
            "replenishment": base_stock(14)["replenishment"],
            "emergency_orders": [{"trigger": {"units": 4}, "cover": {"units": 10}, "lead_time_days": 1}],
            "depot": {"pickers": [{"people": 1, "start_hour": 0, "hours": 24}]},
        }
    }
    tasks = run(flow(urgent)).tables["tasks"]
    mine = (tasks["work"] == Work.PICKING) & (tasks["started_second"] >= 0)
    priority, queued, started = (
        tasks[name][mine] for name in ("priority", "queued_second", "started_second")
    )
    is_urgent = priority == 1
    assert is_urgent.any() and (~is_urgent).any()
    waits = started - queued
    assert waits[is_urgent].mean() < 0.5 * waits[~is_urgent].mean()
    # Nothing of lower rank that was there already starts while an emergency order waits.
    for second, began in zip(queued[is_urgent], started[is_urgent], strict=True):
        between = (started > second) & (started < began)
        assert not (between & ~is_urgent & (queued <= second)).any()


MANY_STORES = {
    "network": {"stores": [{"store_id": f"S{number:02}", "lead_time_days": 1} for number in range(30)]},
    "policy": {"depot": {"pickers": [{"people": 40, **PLENTY}]}},
    "depot": {"picking": {"seconds_per_line": 60.0, "sorting_seconds_per_line": 8.0}},
}


def picking_seconds(result: RunResult) -> int:
    tasks = result.tables["tasks"]
    done = tasks["finished_second"] >= 0
    return int((tasks["finished_second"] - tasks["started_second"])[done].sum())


def test_many_stores_that_share_skus_are_picked_together_in_less_time() -> None:
    by_order, together = (
        run(flow(MANY_STORES, floor(picking=method))) for method in ("by_order", "put_to_store")
    )
    shipped = [result.tables["deliveries"]["units"].sum() for result in (by_order, together)]
    assert shipped[0] == shipped[1] > 0
    assert picking_seconds(together) < 0.5 * picking_seconds(by_order)


def test_what_is_picked_together_is_sorted_once_all_of_it_is_there() -> None:
    tasks = run(flow(MANY_STORES, floor(picking="put_to_store"))).tables["tasks"]
    for second in np.unique(tasks["queued_second"][tasks["work"] == Work.PICKING])[:5]:
        wave = (tasks["work"] == Work.PICKING) & (tasks["queued_second"] == second)
        last = tasks["finished_second"][wave].max()
        assert ((tasks["work"] == Work.SORTING) & (tasks["queued_second"] == last)).any()


def test_without_a_night_shift_the_desk_assigns_in_the_morning() -> None:
    """Stores order at ten in the evening: by day only, the desk looks at it at eight, for the next evening's wave."""
    by_night, by_day = (
        run(flow(*desk({"people": 1, "start_hour": start, "hours": 10}))) for start in (20, 8)
    )
    hours = [result.tables["order_stages"]["assigned_second"] % DAY / HOUR for result in (by_night, by_day)]
    assert (hours[0][hours[0] > 0] > 21.9).all()
    reached = hours[1][by_day.tables["order_stages"]["assigned_second"] >= 0]
    assert ((reached >= 8) & (reached < 9)).all()
    assert by_day.kpis["desk_hours"] > by_night.kpis["desk_hours"] + 9
    assert by_day.kpis["order_lead_time_hours"] > by_night.kpis["order_lead_time_hours"] + 20


def test_every_step_of_the_desk_has_its_second() -> None:
    """One person takes orders of one second one after the other: each is received two minutes after it is begun."""
    facts = {
        "depot": {"order_desk": {"receive_seconds": 120.0, "assign_seconds": 45.0, "monitor_seconds": 20.0}}
    }
    stages = run(flow(*desk({"people": 1, **PLENTY}), facts)).tables["order_stages"]
    usual = stages["kind"] == 0
    reached = usual & (stages["assigned_second"] >= 0)
    received, assigned = stages["received_second"][reached], stages["assigned_second"][reached]
    assert (assigned - received == 45).all()
    in_line = np.sort(received)
    together = np.diff(in_line) < HOUR
    assert (np.diff(in_line)[together] >= 165).all() and (np.diff(in_line)[together] == 165).any()
    monitored = stages["monitored_second"]
    seen = monitored >= 0
    assert seen.any() and (monitored[seen] >= stages["picked_second"][seen] + 20).all()


def test_the_spread_of_the_desk_leaves_the_sum_of_receiving_and_assigning_as_it_is() -> None:
    """Taking all of the time for receiving or half of it ends the task at the same second."""
    spread = {"depot": {"order_desk": {"coefficient_of_variation": 0.6}}}
    whole, half = (
        run(
            flow(
                *desk({"people": 1, **PLENTY}), spread,
                {"depot": {"order_desk": {"receive_seconds": part, "assign_seconds": 200.0 - part}}},
            )
        ).tables["order_stages"]
        for part in (200.0, 100.0)
    )  # fmt: skip
    assert (whole["assigned_second"] == half["assigned_second"]).all()
    assert (whole["received_second"] == whole["assigned_second"]).all()
    done = half["assigned_second"] >= 0
    assigning = (half["assigned_second"] - half["received_second"])[done]
    assert assigning.min() >= 0 and len(np.unique(assigning)) > 5
    assert assigning.mean() == pytest.approx(100.0, rel=0.15)


def test_who_comes_after_the_cut_off_waits_for_the_next_wave() -> None:
    """Stores order at ten in the evening: a cut-off before that finds yesterday's orders only."""
    late, early = (run(flow(floor(waves=[{"cut_off_hour": hour}]))) for hour in (23.5, 21.5))
    assert late.kpis["wave_wait_hours"] == 1.5
    assert early.kpis["wave_wait_hours"] == 23.5


def test_nobody_picks_and_nothing_leaves() -> None:
    """Stores sell what they have and run empty; everything asked for waits on the floor, and the books balance."""
    result = run(flow(floor(pickers=[]), {"horizon": {"warm_up_days": 0}}))
    assert total(result, Day.RECEIVED) <= result.opening.transit_units.sum()
    assert len(result.tables["drops"]) == 0
    assert result.closing.store_units.sum() < 0.05 * result.opening.store_units.sum()
    assert result.closing.transit_units.sum() == result.tables["deliveries"]["units"].sum() > 0
    tasks = result.tables["tasks"]
    assert len(tasks) and (tasks["started_second"] == -1).all()
    assert np.isnan(result.kpis["picker_utilisation"]) and result.kpis["otif"] == 0.0


def test_more_pickers_make_every_drop_ready_as_early_or_earlier() -> None:
    """Stores have plenty, so that they order the same whenever goods come."""
    world = {"policy": base_stock(200), "initial": {"store_days_of_demand": 40}}
    before: RunResult | None = None
    for people in (1, 2, 3, 8):
        result = run(flow(world, floor(pickers=[{"people": people, "start_hour": 22, "hours": 8}])))
        if before is not None:
            earlier, later = (ready_at(found) for found in (result, before))
            assert later.keys() <= earlier.keys()
            assert all(earlier[drop] <= second for drop, second in later.items())
            assert sum(earlier[drop] for drop in later) < sum(later.values()) or people == 8
        before = result


def ready_at(result: RunResult) -> dict[tuple[int, int], int]:
    drops = result.tables["drops"]
    names = ("store", "released_second", "ready_second")
    return {
        (store, released): ready for store, released, ready in np.stack([drops[n] for n in names]).T.tolist()
    }


def test_slower_picking_empties_shelves() -> None:
    """What is late at the centre is missing in the store, where stock lasts for a day or two."""
    thin = {"policy": base_stock(9)}
    cut = floor(pickers=[{"people": 1, "start_hour": 23.5, "hours": 1.0}])
    quick, slow = (kpis(runs(flow(thin, change)), "fill_rate") for change in ({}, cut))
    assert surely_positive(quick - slow)
