"""Incoming inspection is work of the receivers: the more they look at, the later goods can be shipped."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios import Scenario
from sim import RunResult
from sim.stations import Work
from tests.behaviour.supply_worlds import FAR, NEAR, supplied
from tests.behaviour.worlds import run

HOUR, DAY = 3_600, 86_400
SECONDS_PER_UNIT = 30.0


def inspecting(
    sample_units: int, seconds: float = SECONDS_PER_UNIT, *, defects_per_million: int = 0
) -> Scenario:
    quality = {"defects_per_million": defects_per_million, "learning_factor": 1.0}
    inspection: list[dict[str, Any]] = [{"sample_units": sample_units}] if sample_units else []
    return supplied(
        {
            "network": {"suppliers": [{**NEAR, "quality": quality}, FAR]},
            "depot": {
                "goods_in": {"put_away_seconds_per_line": 60.0, "inspection_seconds_per_unit": seconds},
            },
            "policy": {"depot": {"receivers": [{"people": 1, "start_hour": 6.0, "hours": 14.0}]}},
            "initial": {"dc_days_of_demand": 4.0},
        },
        inspection=inspection,
    )


def put_away_hours(result: RunResult) -> float:
    """Mean hour of day at which goods of suppliers can be shipped."""
    seconds = result.tables["receipts"]["received_second"]
    return float((seconds[seconds >= 0] % DAY).mean() / HOUR)


def put_away_seconds(result: RunResult) -> int:
    tasks = result.tables["tasks"]
    done = (tasks["work"] == Work.PUT_AWAY) & (tasks["finished_second"] >= 0)
    return int((tasks["finished_second"] - tasks["started_second"])[done].sum())


def test_more_sampling_puts_goods_away_later() -> None:
    hours = [put_away_hours(run(inspecting(units))) for units in (0, 5, 20)]
    assert hours[0] < hours[1] < hours[2]


def test_receivers_work_so_many_seconds_longer_as_units_are_inspected() -> None:
    """Nothing is rejected, so that both worlds receive the same lots."""
    timed, free = run(inspecting(10)), run(inspecting(10, 0.0))
    bought = [result.tables["purchase_orders"]["units"].sum() for result in (timed, free)]
    assert bought[0] == bought[1] > 0
    inspected = timed.tables["supplier_lots"]["inspected_units"].sum()
    assert inspected > 0
    assert put_away_seconds(timed) - put_away_seconds(free) == SECONDS_PER_UNIT * inspected


def test_rejected_lots_take_time_and_are_not_put_away() -> None:
    result = run(inspecting(50, defects_per_million=300_000))
    lots, tasks = result.tables["supplier_lots"], result.tables["tasks"]
    assert lots["rejected_lots"].sum() > 0.9 * lots["lots"].sum()
    idle = (tasks["work"] == Work.PUT_AWAY) & (tasks["lines"] == 0) & (tasks["finished_second"] >= 0)
    assert idle.any() and np.all((tasks["finished_second"] - tasks["started_second"])[idle] > 0)
    assert (tasks["lines"][tasks["work"] == Work.PUT_AWAY].sum()) <= result.tables["receipts"]["lines"].sum()


def test_a_line_whose_parts_meet_at_the_gate_counts_once() -> None:
    """What inspection sends back comes again within a day, while the first part still waits for a receiver."""
    quick = {**NEAR, "lead_time_days": {"kind": "constant", "value": 1}}
    torn = {"network": {"suppliers": [{**quick, "quality": {"defects_per_million": 100_000}}, FAR]}}
    busy = {"policy": {"depot": {"receivers": [{"people": 1, "start_hour": 6.0, "hours": 5.0}]}}}
    slow = {"depot": {"goods_in": {"put_away_seconds_per_line": 7_200.0}}}
    result = run(
        supplied(torn, busy, slow, {"initial": {"dc_days_of_demand": 4.0}},
                 inspection=[{"sample_units": 12, "accept_at_most": 12}])
    )  # fmt: skip
    bought, came = result.tables["purchase_orders"], result.tables["receipts"]
    assert len(came) > 1.5 * len(bought)
    assert came["lines"].sum() == bought["lines"].sum()
