"""The stages of store orders, written down when the run ends (mechanism T13)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR, day_of
from sim.depot.orders import NOT_YET, Order
from sim.depot.stock import IntArray
from sim.durations import drawn, whole_seconds
from sim.recorder import TABLES, Recorder
from sim.streams import Purpose, stream_key, uniform
from sim.world import World

_COLUMNS = TABLES["order_stages"]


def write_stages(recorder: Recorder, world: World, orders: Sequence[Order]) -> None:
    """Write a row per order, in the order of their numbers; a stage that was not reached stands as -1."""
    orders = sorted(orders, key=lambda order: order.number)
    rows = np.array(
        [
            (
                order.number, order.store, order.centre, order.kind, order.placed_second, order.received_second,
                order.assigned_second, order.released_second, order.picked_second, order.monitored_second,
                order.departed_second, order.arrived_second, order.unloaded_second, order.fed_back_second, NOT_YET,
                order.line_count, order.units, order.units_shipped, order.value_minor, 0, order.is_complete,
            )
            for order in orders
        ],
        np.int64,
    ).reshape(-1, len(_COLUMNS))  # fmt: skip
    stores = world.scenario.network.stores
    until_hour = np.maximum(stores["receives_until_hour"], stores["receives_again_until_hour"])
    until_second = np.rint(until_hour * SECONDS_PER_HOUR).astype(np.int64)
    promised_day = rows[:, _COLUMNS.index("placed_second")] // SECONDS_PER_DAY
    promised_day += world.scenario.policy.transport.promised_days
    store = rows[:, _COLUMNS.index("store")]
    rows[:, _COLUMNS.index("promised_second")] = promised_day * SECONDS_PER_DAY + until_second[store]
    unloaded = rows[:, _COLUMNS.index("unloaded_second")]
    rows[:, _COLUMNS.index("settled_second")] = _settled(world, store, unloaded)
    recorder.add("order_stages", rows)


def _settled(world: World, store: IntArray, unloaded: IntArray) -> IntArray:
    """(orders,) when each order is paid; -1 where it has not arrived or nobody says how long that takes."""
    settled = np.full(len(store), NOT_YET, np.int64)
    facts = world.scenario.depot
    there = np.flatnonzero(unloaded >= 0)
    if facts is None or not there.size:
        return settled
    key = stream_key(world.seed, world.replication, Purpose.SETTLEMENT)
    keys = world.market.store_key.tolist()
    draws = [
        uniform(key, keys[place], world.process.first_ordinal + day_of(second))
        for place, second in zip(store[there].tolist(), unloaded[there].tolist(), strict=True)
    ]
    days = drawn(facts.settlement_days, np.array(draws, np.uint32))
    settled[there] = unloaded[there] + whole_seconds(days * SECONDS_PER_DAY)
    return settled
