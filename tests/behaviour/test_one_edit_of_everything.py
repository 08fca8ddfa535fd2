"""A store, a truck and a SKU more in one edit: what chance has in store for all the others stays bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios import Scenario
from sim import Cell, RunResult
from sim.stations import Work
from tests.behaviour.worlds import base_stock, chain, run

DAY = 86_400
LEAD_TIME = {"kind": "gamma", "mean": 4, "cv": 0.5}


def store(name: str, kilometres_east: float) -> dict[str, Any]:
    return {"store_id": name, "latitude": 0.0, "longitude": kilometres_east / 111.0}


def sku(name: str) -> dict[str, Any]:
    """Each SKU has its own supplier, so that every purchase order is one line."""
    return {
        "sku_id": name, "class_id": "FOOD", "price": 10.0, "purchase_cost": 6.0, "supplier_id": f"of {name}",
        "case_pack": 6,
    }  # fmt: skip


STORES = [store(f"S{number}", 8.0 * (number + 1)) for number in range(4)]
SKUS = [sku(name) for name in "BCD"]
TRUCKS = [{"type_id": "van", "count": 1, "start_hour": 4.0, "hours": 12.0}]


def world(
    stores: list[dict[str, Any]] = STORES,
    skus: list[dict[str, Any]] = SKUS,
    trucks: list[dict[str, Any]] = TRUCKS,
) -> Scenario:
    """Stores hold plenty and order every day what they have sold; a list takes as long whatever is on it."""
    spread = {"coefficient_of_variation": 0.5}
    people = {"start_hour": 0.0, "hours": 24.0}
    return chain(
        {
            "horizon": {"days": 42, "panel_period_days": 1},
            "network": {
                "suppliers": [{"id": item["supplier_id"], "lead_time_days": LEAD_TIME} for item in skus],
                "distribution_centres": [{"id": "DC"}],
                "stores": stores,
            },
            "assortment": {"skus": skus},
            "initial": {"store_days_of_demand": 30.0, "dc_days_of_demand": 30.0},
            "depot": {
                "order_desk": spread,
                "picking": {
                    "seconds_per_list": 900.0, "seconds_per_line": 0.0, "seconds_per_case": 0.0,
                    "seconds_per_each": 0.0, **spread,
                },
                "docks": {"doors": 2},
            },
            "fleet": {
                "truck_types": [
                    {"id": "van", "capacity_kg": 60.0, "capacity_litres": 120.0},
                    {"id": "lorry", "capacity_kg": 5_000.0, "capacity_litres": 20_000.0},
                ],
                "roads": {**spread, "speed_km_per_hour": 40.0},
            },
            "policy": {
                "replenishment": base_stock(150)["replenishment"],
                "dc_replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": 600}}}],
                "depot": {
                    "waves": [{"cut_off_hour": 23.0}],
                    "desk": [{"people": 2, **people}],
                    "pickers": [{"people": 2, **people}],
                },
                "transport": {"mode": "fleet", "trucks": trucks},
            },
        }
    )  # fmt: skip


def edited() -> Scenario:
    """The new store and SKU come first, so that every other changes its number."""
    lorry = {"type_id": "lorry", "count": 1, "start_hour": 4.0, "hours": 12.0}
    return world([store("NEW", 20.0), *STORES], [sku("A"), *SKUS], [lorry, *TRUCKS])


Seen = dict[tuple[Any, ...], int]


def demand(result: RunResult) -> Seen:
    units = result.panels.cell[..., Cell.DEMAND]
    labels = result.labels
    return {
        (day, labels.stores[row], labels.skus[column]): int(units[day, row, column])
        for day, row, column in np.ndindex(*units.shape)
    }


def task_seconds(result: RunResult, work: Work) -> Seen:
    """Seconds of work by store and by the day on which it was queued."""
    tasks = result.tables["tasks"]
    mine = (tasks["work"] == work) & (tasks["finished_second"] >= 0)
    seconds = (tasks["finished_second"] - tasks["started_second"])[mine].tolist()
    stores = [result.labels.stores[row] for row in tasks["reference"][mine]]
    days = (tasks["queued_second"][mine] // DAY).tolist()
    return dict(zip(zip(stores, days, strict=True), seconds, strict=True))


def legs(result: RunResult) -> Seen:
    """Seconds of the drive from one place to the next by date."""
    stops = result.tables["stops"]
    order = np.lexsort((stops["position"], stops["trip"]))
    names = [result.labels.stores[row] for row in stops["store"][order]]
    before = ["DC", *names[:-1]]
    left = ((stops["arrived_second"] - stops["driving_seconds"])[order] // DAY).tolist()
    first = (stops["position"][order] == 0).tolist()
    seconds = stops["driving_seconds"][order].tolist()
    return {
        ("DC" if is_first else start, end, day): value
        for is_first, start, end, day, value in zip(first, before, names, left, seconds, strict=True)
    }


def lead_times(result: RunResult) -> Seen:
    receipts = result.tables["receipts"]
    came = receipts["received_second"] >= 0
    suppliers = [result.labels.suppliers[row] for row in receipts["supplier"][came]]
    placed = receipts["placed_second"][came].tolist()
    lasted = (receipts["received_second"] - receipts["placed_second"])[came].tolist()
    return dict(zip(zip(suppliers, placed, strict=True), lasted, strict=True))


def test_everybody_else_meets_the_same_customers_desk_pickers_traffic_and_suppliers() -> None:
    before, after = run(world()), run(edited())
    draws = {
        "demand": (demand(before), demand(after), 42 * 4 * 3),
        "desk": (task_seconds(before, Work.DESK), task_seconds(after, Work.DESK), 120),
        "picking": (task_seconds(before, Work.PICKING), task_seconds(after, Work.PICKING), 120),
        "travel": (legs(before), legs(after), 40),
        "lead times": (lead_times(before), lead_times(after), 60),
    }
    for name, (first, second, least) in draws.items():
        shared = first.keys() & second.keys()
        assert len(shared) >= least, (name, len(shared))
        assert len({first[key] for key in shared}) > 5, name
        assert {key: first[key] for key in shared} == {key: second[key] for key in shared}, name
    # The edit is no small one: what is new is sold, picked and driven.
    assert ("NEW", 20) in draws["picking"][1] and len(after.tables["trips"]) != 0
    assert sum(units for (_, name, item), units in draws["demand"][1].items() if name == "NEW" or item == "A")
    assert (after.tables["trips"]["type"] == 1).any()
