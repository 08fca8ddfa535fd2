"""The stages of store orders, written down when the run ends (mechanism T13)."""

from __future__ import annotations

import numpy as np

from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.depot.orders import NOT_YET, OrderBook, OrderColumn
from sim.depot.stock import IntArray
from sim.durations import drawn, whole_seconds
from sim.recorder import Recorder
from sim.streams import Purpose, stream_key, uniform_array
from sim.world import World


def write_stages(recorder: Recorder, world: World, book: OrderBook) -> None:
    """Write a row per order, in the order of their numbers; a stage that was not reached stands as -1."""
    rows = book.rows[: len(book)]
    rows = rows[np.argsort(rows[:, OrderColumn.NUMBER])]
    stages = rows[:, OrderColumn.PLACED : OrderColumn.SETTLED + 1]
    stages[stages >= world.days * SECONDS_PER_DAY] = NOT_YET
    stores = world.scenario.network.stores
    until_hour = np.maximum(stores["receives_until_hour"], stores["receives_again_until_hour"])
    until_second = np.rint(until_hour * SECONDS_PER_HOUR).astype(np.int64)
    store, promised_day = rows[:, OrderColumn.STORE], rows[:, OrderColumn.PLACED] // SECONDS_PER_DAY
    promised_day += world.scenario.policy.transport.promised_days
    rows[:, OrderColumn.PROMISED] = promised_day * SECONDS_PER_DAY + until_second[store]
    rows[:, OrderColumn.SETTLED] = _settled(world, store, rows[:, OrderColumn.UNLOADED])
    recorder.add("order_stages", rows)


def _settled(world: World, store: IntArray, unloaded: IntArray) -> IntArray:
    """(orders,) when each order is paid; -1 where it has not arrived or nobody says how long that takes."""
    settled = np.full(len(store), NOT_YET, np.int64)
    facts = world.scenario.depot
    there = np.flatnonzero(unloaded >= 0)
    if facts is None or not there.size:
        return settled
    key = stream_key(world.seed, world.replication, Purpose.SETTLEMENT)
    draws = np.empty(there.size, np.uint32)
    day = unloaded[there] // SECONDS_PER_DAY
    order = np.argsort(day, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(day[order])) + 1):
        keys = world.market.store_key[store[there[mine]]]
        draws[mine] = uniform_array(key, keys, world.process.first_ordinal + int(day[mine[0]]))
    days = drawn(facts.settlement_days, draws)
    settled[there] = unloaded[there] + whole_seconds(days * SECONDS_PER_DAY)
    return settled
