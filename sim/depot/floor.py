"""The floor of a centre: pick lists, by order or for a whole wave with sorting to stores afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import simpy

from sim.books.charges import Charge, charged
from sim.books.terms import in_micro
from sim.depot.orders import Drop, Packing
from sim.depot.stock import IntArray
from sim.durations import spread, whole_seconds
from sim.recorder import Recorder
from sim.stations import Station, Work
from sim.streams import CELL_MULTIPLIER, Purpose, stream_key, uniform_array
from sim.world import World

_URGENT, _USUAL = 1, 5
_SORTING_LISTS = np.uint64(1 << 40)
_SECONDS_PER_MINUTE, _SECONDS_PER_DAY = 60, 86_400

Ready = Callable[[Drop], None]


@dataclass(frozen=True, eq=False)
class _Lists:
    """Pick lists worked out from lines: how long each takes, and how many lines it has."""

    seconds: IntArray
    lines: IntArray


class Floor:
    """The pickers of all centres; without picking times, goods are ready the moment they are released."""

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        recorder: Recorder,
        packing: Packing,
        pickers: list[Station] | None,
    ) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._packing = packing
        self._pickers = pickers
        facts, policy = world.scenario.depot, world.scenario.policy.depot
        self._times = facts.picking if facts is not None else None
        self._is_sorted = policy.picking == "put_to_store"
        self._lines_per_list = policy.lines_per_list
        self._key = stream_key(world.seed, world.replication, Purpose.PICKING_TIME)
        self._packaging_micro = in_micro(world.scenario.costs.labour.packaging_per_case)

    def prepare(self, drops: Sequence[Drop], ready: Ready) -> None:
        """Pick some drops of one centre, in the order in which they are wanted; `ready` is called for each."""
        if not drops:
            return

        def finish(drop: Drop) -> None:
            self._write_down(drop)
            ready(drop)

        if self._times is None or self._pickers is None:
            for drop in drops:
                finish(drop)
        elif self._is_sorted:
            self._pick_by_order([drop for drop in drops if drop.is_emergency], finish)
            self._pick_together([drop for drop in drops if not drop.is_emergency], finish)
        else:
            self._pick_by_order(drops, finish)

    def _write_down(self, drop: Drop) -> None:
        now = int(self._environment.now)
        drop.ready_second = now
        for order in drop.orders:
            order.picked_second = now
        row = (
            drop.centre, drop.store, drop.is_emergency, drop.released_second, now, drop.block.shape[1], drop.units,
            drop.cases, drop.weight_grams, drop.volume_millilitres,
        )  # fmt: skip
        self._recorder.add_row("drops", row)
        amount = charged(drop.cases, self._packaging_micro)
        self._recorder.charge(now, drop.centre, Charge.PACKAGING, drop.cases, amount)

    def _pick_by_order(self, drops: Sequence[Drop], finish: Ready) -> None:
        assert self._pickers is not None
        for drop in drops:
            store_key = int(self._world.market.store_key[drop.store])
            lists = self._lists(drop.block[1], drop.block[2], store_key, drop.is_emergency)
            drop.waits_for = len(lists.seconds)

            def one_done(drop: Drop = drop) -> None:
                drop.waits_for -= 1
                if drop.waits_for == 0:
                    finish(drop)

            for seconds, lines in zip(lists.seconds.tolist(), lists.lines.tolist(), strict=True):
                self._pickers[drop.centre].submit(
                    seconds, Work.PICKING, drop.store, lines=lines,
                    priority=_URGENT if drop.is_emergency else _USUAL, done=one_done,
                )  # fmt: skip

    def _pick_together(self, drops: Sequence[Drop], finish: Ready) -> None:
        """Pick the goods of all drops SKU by SKU; once all are there, sort them to the stores."""
        assert self._pickers is not None and self._times is not None
        if not drops:
            return
        station = self._pickers[drops[0].centre]
        block = np.concatenate([drop.block[1:3] for drop in drops], axis=1)
        units = np.bincount(block[0], weights=block[1], minlength=self._world.axes.skus).astype(np.int64)
        sku = np.flatnonzero(units)
        lists = self._lists(sku, units[sku], drops[0].centre, False)
        left = len(lists.seconds)
        stores = np.array([drop.store for drop in drops])
        drawn = self._factors(self._world.market.store_key[stores] + _SORTING_LISTS, False).tolist()

        def one_done() -> None:
            nonlocal left
            left -= 1
            if left:
                return
            for drop, factor in zip(drops, drawn, strict=True):
                self._sort(station, drop, factor, finish)

        for seconds, lines in zip(lists.seconds.tolist(), lists.lines.tolist(), strict=True):
            station.submit(seconds, Work.PICKING, -1, lines=lines, done=one_done)

    def _sort(self, station: Station, drop: Drop, factor: float, finish: Ready) -> None:
        assert self._times is not None
        lines = drop.block.shape[1]
        seconds = round(lines * self._times.sorting_seconds_per_line * factor)
        station.submit(seconds, Work.SORTING, drop.store, lines=lines, done=lambda: finish(drop))

    def _lists(self, sku: IntArray, units: IntArray, entity: int, is_emergency: bool) -> _Lists:
        """Cut lines into pick lists of at most so many lines each."""
        assert self._times is not None
        starts = np.arange(0, len(sku), self._lines_per_list)
        cases, eaches = self._packing.cases_and_eaches(sku, units)
        lines = np.diff(np.append(starts, len(sku)))
        mean_seconds = (
            self._times.seconds_per_list
            + self._times.seconds_per_line * lines
            + self._times.seconds_per_case * np.add.reduceat(cases, starts)
            + self._times.seconds_per_each * np.add.reduceat(eaches, starts)
        )
        keys = np.uint64(entity) + np.arange(len(starts), dtype=np.uint64) * np.uint64(CELL_MULTIPLIER)
        factor = self._factors(keys, is_emergency)
        return _Lists(whole_seconds(mean_seconds * factor), lines)

    def _factors(self, keys: npt.NDArray[np.uint64], is_emergency: bool) -> npt.NDArray[np.float64]:
        """How much longer or shorter than usual each of some lists takes, by their keys and the minute."""
        assert self._times is not None
        if self._times.coefficient_of_variation == 0.0:
            return np.ones(len(keys))
        day, second = divmod(int(self._environment.now), _SECONDS_PER_DAY)
        sub = 2 * (second // _SECONDS_PER_MINUTE) + is_emergency
        draws = uniform_array(self._key, keys, self._world.process.first_ordinal + day, sub)
        return spread(self._times.coefficient_of_variation, draws)
