"""Wholesale and web orders: work that comes to the pickers of a centre beside the orders of stores."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scenarios import OrderStream
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.depot.stock import IntArray
from sim.durations import drawn, whole_seconds
from sim.kernels.stations import TaskColumn
from sim.station_arrays import task_rows
from sim.stations import Station, Work
from sim.streams import Purpose, cell_keys, entity_key, stream_key, uniform_array
from sim.world import World

_AT_ONCE = 4_096
_SECONDS_PER_MINUTE = 60.0
_HOURS = 24

FloatArray = npt.NDArray[np.float64]


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
    """Tasks of one stream: a renewal process of arrivals, each with its own work, drawn by their number.

    The profile of the day bends time: the n-th order comes when the profile, added up, reaches the n-th arrival of an
    even stream. Times are added up before they are rounded, so that rounding errors do not.
    """
    keys = tuple(
        stream_key(world.seed, world.replication, purpose)
        for purpose in (Purpose.STREAM_GAP, Purpose.STREAM_WORK)
    )
    entity, bent, end = entity_key(stream.id), _Bent(stream.hourly_profile), world.days * SECONDS_PER_DAY
    arrivals, work = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    drawn_so_far, clock = 0, 0.0
    while not arrivals[-1].size or arrivals[-1][-1] < end:
        numbers = np.arange(drawn_so_far, drawn_so_far + _AT_ONCE, dtype=np.uint64)
        orders = cell_keys(entity, numbers)
        gaps, minutes = (
            drawn(distribution, uniform_array(key, orders, 0))
            for distribution, key in zip((stream.between_minutes, stream.work_minutes), keys, strict=True)
        )
        at = clock + np.cumsum(gaps * _SECONDS_PER_MINUTE)
        clock = float(at[-1])
        drawn_so_far += _AT_ONCE
        arrivals.append(whole_seconds(bent.of(at)))
        work.append(whole_seconds(minutes * _SECONDS_PER_MINUTE))
    second, seconds = np.concatenate(arrivals), np.concatenate(work)
    number_before_end = int(np.searchsorted(second, end))
    return task_rows(
        number_before_end, Work.STREAM, number, seconds=seconds[:number_before_end], lines=1,
        priority=stream.priority, comes_second=second[:number_before_end],
    )  # fmt: skip


class _Bent:
    """Time bent by the profile of a day: a second counts more in a busy hour."""

    def __init__(self, profile: tuple[float, ...]) -> None:
        total = sum(profile)
        share = np.array(profile) / total if total > 0 else np.full(_HOURS, 1.0 / _HOURS)
        self._is_even = bool(np.allclose(share, share[0]))
        self._reached = np.concatenate([[0.0], np.cumsum(share)]) * SECONDS_PER_DAY
        self._reached[-1] = SECONDS_PER_DAY

    def of(self, even_seconds: FloatArray) -> FloatArray:
        """Seconds of the clock at which so many seconds of an even stream have passed, (n,)."""
        if self._is_even:
            return even_seconds
        day, rest = np.divmod(even_seconds, SECONDS_PER_DAY)
        hours = np.interp(rest, self._reached, np.arange(_HOURS + 1) * float(SECONDS_PER_HOUR))
        return np.asarray(day * SECONDS_PER_DAY + hours, np.float64)
