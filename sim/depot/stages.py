"""The stages of store orders, written down when the run ends (mechanism T13)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.clock import SECONDS_PER_DAY, day_of
from sim.depot.orders import Order
from sim.recorder import TABLES, Recorder
from sim.world import World


def write_stages(recorder: Recorder, world: World, orders: Sequence[Order]) -> None:
    """Write a row per order, in the order of their numbers; a stage that was not reached stands as -1."""
    promise = world.scenario.policy.transport.promised_days
    until_hour = world.scenario.network.stores["receives_until_hour"]
    rows = np.zeros((len(orders), len(TABLES["order_stages"])), np.int64)
    for row, order in zip(rows, sorted(orders, key=lambda order: order.number), strict=True):
        day = day_of(order.placed_second) + promise
        promised = day * SECONDS_PER_DAY + round(float(until_hour[order.store]) * 3_600)
        row[:] = (
            order.number, order.store, order.centre, order.kind, order.placed_second, order.assigned_second,
            order.released_second, order.picked_second, order.departed_second, order.arrived_second,
            order.unloaded_second, order.fed_back_second, order.settled_second, order.line_count, order.units,
            order.units_shipped, order.value_minor, promised, order.is_complete,
        )  # fmt: skip
    recorder.add("order_stages", rows)
