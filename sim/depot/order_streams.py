"""Wholesale and web orders: work that comes to the pickers of a centre beside the orders of stores."""

from __future__ import annotations

from typing import Final

import numpy as np

from scenarios import OrderStream
from sim.arrivals import Arrivals
from sim.clock import SECONDS_PER_DAY
from sim.depot.stock import IntArray
from sim.durations import drawn, whole_seconds
from sim.kernels.stations import TaskColumn
from sim.station_arrays import task_rows
from sim.stations import Station, Work
from sim.streams import Purpose, stream_key, uniform_array
from sim.world import World

_SECONDS_PER_MINUTE: Final = 60.0


def submit_streams(world: World, pickers: list[Station] | None) -> None:
    """Queue all orders of all streams that come before the end of the run."""
    facts = world.scenario.depot
    if facts is None or pickers is None:
        return
    centre_at = {name: index for index, name in enumerate(world.axes.centre_ids)}
    for centre, station in enumerate(pickers):
        rows = [
            _orders(world, stream, number)
            for number, stream in enumerate(facts.order_streams)
            if centre_at[stream.dc_id or world.axes.centre_ids[0]] == centre
        ]
        if rows:
            together = np.concatenate(rows)
            in_turn = np.argsort(together[:, TaskColumn.COMES], kind="stable")
            station.submit_stream(together[in_turn])


def _orders(world: World, stream: OrderStream, number: int) -> IntArray:
    """Tasks of one stream: a renewal process of arrivals, each with its own work, drawn by their number."""
    gap, work = (
        stream_key(world.seed, world.replication, purpose)
        for purpose in (Purpose.STREAM_GAP, Purpose.STREAM_WORK)
    )
    arrivals = Arrivals(gap, stream.id, stream.between_minutes, stream.hourly_profile)
    end = world.days * SECONDS_PER_DAY
    comes, takes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    while not comes[-1].size or comes[-1][-1] < end:
        orders, seconds = arrivals.draw()
        comes.append(seconds)
        minutes = drawn(stream.work_minutes, uniform_array(work, orders, 0))
        takes.append(whole_seconds(minutes * _SECONDS_PER_MINUTE))
    second, seconds = np.concatenate(comes), np.concatenate(takes)
    number_before_end = int(np.searchsorted(second, end))
    return task_rows(
        number_before_end, Work.STREAM, number, seconds=seconds[:number_before_end], lines=1,
        priority=stream.priority, comes_second=second[:number_before_end],
    )  # fmt: skip
