"""The floor of a centre: pick lists, by order or for a whole wave with sorting to stores afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt
import simpy

from sim.books.charges import Charge, all_charged
from sim.books.terms import in_micro
from sim.depot.desk import OrderDesk
from sim.depot.orders import NOT_YET, Drop, OrderBook, OrderColumn, Packing
from sim.depot.stock import IntArray
from sim.durations import spread, whole_seconds
from sim.recorder import Recorder
from sim.station_arrays import task_rows
from sim.stations import Station, Work
from sim.streams import CELL_MULTIPLIER, Purpose, stream_key, uniform_array
from sim.world import World

_URGENT: Final = 1
_USUAL: Final = 5
_SORTING_LISTS: Final = np.uint64(1 << 40)
_SECONDS_PER_MINUTE: Final = 60
_SECONDS_PER_DAY: Final = 86_400

_NOTHING: Final = np.zeros(0, np.int64)

Ready = Callable[[Sequence[Drop]], None]
"""Takes drops that leave together, all of which have been picked."""


@dataclass(frozen=True, eq=False)
class _Lists:
    """Pick lists worked out from lines: how long each takes, how many lines it has, and what it is picked for."""

    seconds: IntArray
    lines: IntArray
    of: IntArray


@dataclass(frozen=True, eq=False)
class _InWork:
    """Drops that are being picked, and the tasks after which each is ready."""

    drops: list[Drop]
    tasks: IntArray
    """(any number,) those of a drop next to each other."""
    starts: IntArray
    """(drops,) where those of each drop begin."""

    def split(self, is_done: npt.NDArray[np.bool_]) -> tuple[list[Drop], _InWork]:
        """Those that are done, and what is left."""
        numbers = np.diff(np.append(self.starts, self.tasks.size))
        left = numbers[~is_done]
        done = [drop for drop, is_it in zip(self.drops, is_done.tolist(), strict=True) if is_it]
        rest = [drop for drop, is_it in zip(self.drops, is_done.tolist(), strict=True) if not is_it]
        return done, _InWork(rest, self.tasks[np.repeat(~is_done, numbers)], np.cumsum(left) - left)


class Floor:
    """The pickers of all centres; without picking times, goods are ready the moment they are released."""

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        recorder: Recorder,
        packing: Packing,
        pickers: list[Station] | None,
        book: OrderBook,
    ) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._packing = packing
        self._pickers = pickers
        self._book = book
        self._desk: OrderDesk | None = None
        facts, policy = world.scenario.depot, world.scenario.policy.depot
        self._times = facts.picking if facts is not None else None
        self._is_sorted = policy.picking == "put_to_store"
        self._lines_per_list = policy.lines_per_list
        self._key = stream_key(world.seed, world.replication, Purpose.PICKING_TIME)
        self._packaging_micro = in_micro(world.scenario.costs.labour.packaging_per_case)
        self._in_work: list[list[_InWork]] = [[] for _ in world.axes.centre_ids]

    def connect(self, desk: OrderDesk) -> None:
        """Say who monitors what has been picked."""
        self._desk = desk

    def prepare(self, drops: Sequence[Drop], leaves_with: Callable[[Drop], int | None], ready: Ready) -> None:
        """Pick some drops of one centre.

        Args:
            drops: in the order in which they are wanted.
            leaves_with: what a drop waits for together with its neighbours; None where it waits for none.
            ready: told, in the second in which they are, of drops that wait for each other.
        """
        if not drops:
            return
        together: list[list[Drop]] = []
        for key, neighbours in groupby(drops, key=leaves_with):
            mine = list(neighbours)
            together += [[drop] for drop in mine] if key is None else [mine]
        if self._times is None or self._pickers is None:
            now = int(self._environment.now)
            self._write_down(drops, np.full(len(drops), now))
            for bundle in together:
                ready(bundle)
            return
        station = self._pickers[drops[0].centre]
        by_order = [drop for drop in drops if not self._is_sorted or drop.is_emergency]
        in_one = [drop for drop in drops if self._is_sorted and not drop.is_emergency]
        lists = self._lists_of(by_order)
        parts = dict(zip(by_order, np.bincount(lists.of).tolist(), strict=True)) | dict.fromkeys(in_one, 1)
        group_of: dict[Drop, int] = {}
        for bundle in together:
            whole = sum(parts[drop] for drop in bundle)
            group = station.group(whole, then=_told(ready, bundle), is_awaited=True)
            group_of.update(dict.fromkeys(bundle, group))
        self._pick_by_order(station, by_order, lists, group_of)
        self._pick_together(station, in_one, group_of)

    def catch_up(self, centre: int) -> None:
        """Work out what has been picked in a centre by now, write it down and tell the desk."""
        if self._pickers is None:
            return
        station, in_work = self._pickers[centre], self._in_work[centre]
        station.catch_up()
        self._in_work[centre] = []
        for some in in_work:
            seconds = station.finished_seconds(some.tasks)
            is_done = np.minimum.reduceat(seconds, some.starts) >= 0
            if is_done.any():
                ready = np.maximum.reduceat(seconds, some.starts)[is_done]
                done, some = some.split(is_done)
                self._write_down(done, ready)
            if some.drops:
                self._in_work[centre].append(some)

    def _write_down(self, drops: Sequence[Drop], seconds: IntArray) -> None:
        """Write down drops of one centre that were ready at (k,) seconds, and tell the desk."""
        assert self._desk is not None
        centre = drops[0].centre
        rows = np.array(
            [
                (
                    centre, drop.store, drop.is_emergency, drop.released_second, NOT_YET, drop.block.shape[1],
                    drop.units, drop.cases, drop.weight_grams, drop.volume_millilitres,
                )
                for drop in drops
            ],
            np.int64,
        )  # fmt: skip
        rows[:, 4], cases = seconds, rows[:, 7]
        self._recorder.add("drops", rows)
        self._recorder.add_charges(
            seconds, centre, Charge.PACKAGING, cases, all_charged(cases, self._packaging_micro)
        )
        orders = [order for drop in drops for order in drop.orders]
        if orders:
            picked = np.repeat(seconds, [len(drop.orders) for drop in drops])
            self._book.rows[orders, OrderColumn.PICKED] = picked
            self._desk.monitor(centre, orders, picked.tolist())

    def close(self) -> None:
        """Work out what has been picked by the end of the run."""
        for centre in range(len(self._in_work)):
            self.catch_up(centre)

    def _lists_of(self, drops: Sequence[Drop]) -> _Lists:
        """The pick lists of drops that are picked each by itself."""
        if not drops:
            return _Lists(_NOTHING, _NOTHING, _NOTHING)
        return self._lists(
            np.concatenate([drop.block[1:3] for drop in drops], axis=1),
            np.array([drop.block.shape[1] for drop in drops]),
            self._world.market.store_key[[drop.store for drop in drops]],
            np.array([drop.is_emergency for drop in drops]),
        )

    def _pick_by_order(
        self, station: Station, drops: list[Drop], lists: _Lists, group_of: Mapping[Drop, int]
    ) -> None:
        if not drops:
            return
        store, group = np.array([(drop.store, group_of[drop]) for drop in drops]).T
        priority = np.array([_URGENT if drop.is_emergency else _USUAL for drop in drops])
        first = station.submit_rows(
            task_rows(
                lists.of.size, Work.PICKING, store[lists.of], seconds=lists.seconds, lines=lists.lines,
                priority=priority[lists.of], group=group[lists.of], comes_second=int(self._environment.now),
            )
        )  # fmt: skip
        numbers = np.bincount(lists.of)
        tasks = np.arange(first, first + lists.of.size)
        self._in_work[drops[0].centre].append(_InWork(drops, tasks, np.cumsum(numbers) - numbers))

    def _pick_together(self, station: Station, drops: list[Drop], group_of: Mapping[Drop, int]) -> None:
        """Pick the goods of all drops SKU by SKU; once all are there, sort them to the stores."""
        if not drops:
            return
        assert self._times is not None
        sku, units = (np.concatenate([drop.block[row] for drop in drops]) for row in (1, 2))
        units = np.bincount(sku, weights=units, minlength=self._world.axes.skus).astype(np.int64)
        sku = np.flatnonzero(units)
        centre = np.array([drops[0].centre], np.uint64)
        lists = self._lists(np.stack((sku, units[sku])), np.array([sku.size]), centre, np.zeros(1, np.bool_))
        store, lines, group = np.array(
            [(drop.store, drop.block.shape[1], group_of[drop]) for drop in drops]
        ).T
        factor = self._factors(self._world.market.store_key[store] + _SORTING_LISTS, False)
        together = station.group(lists.of.size, follow=len(drops), after=lists.of.size)
        picking = task_rows(
            lists.of.size, Work.PICKING, -1, seconds=lists.seconds, lines=lists.lines, group=together,
            comes_second=int(self._environment.now),
        )  # fmt: skip
        seconds = whole_seconds(lines * self._times.sorting_seconds_per_line * factor)
        sorting = task_rows(len(drops), Work.SORTING, store, seconds=seconds, lines=lines, group=group)
        first = station.submit_rows(np.concatenate((picking, sorting))) + lists.of.size
        tasks = np.arange(first, first + len(drops))
        self._in_work[drops[0].centre].append(_InWork(drops, tasks, np.arange(len(drops))))

    def _lists(
        self,
        goods: IntArray,
        lines_of: IntArray,
        entities: npt.NDArray[np.uint64],
        is_emergency: npt.NDArray[np.bool_],
    ) -> _Lists:
        """Cut lines into pick lists of at most so many lines each.

        Args:
            goods: (2, lines) SKU and units.
            lines_of: (k,) lines of each of the things that are picked apart, which follow each other.
            entities: (k,) keys of these.
            is_emergency: (k,).
        """
        assert self._times is not None
        number = -(-lines_of // self._lines_per_list)
        of = np.repeat(np.arange(lines_of.size), number)
        place = np.arange(of.size) - np.repeat(np.cumsum(number) - number, number)
        starts = (np.cumsum(lines_of) - lines_of)[of] + place * self._lines_per_list
        lines = np.diff(np.append(starts, goods.shape[1]))
        cases, eaches = self._packing.cases_and_eaches(goods[0], goods[1])
        mean_seconds = (
            self._times.seconds_per_list
            + self._times.seconds_per_line * lines
            + self._times.seconds_per_case * np.add.reduceat(cases, starts)
            + self._times.seconds_per_each * np.add.reduceat(eaches, starts)
        )
        keys = entities[of] + place.astype(np.uint64) * np.uint64(CELL_MULTIPLIER)
        factor = self._factors(keys, False)
        if is_emergency.any():
            hurried = is_emergency[of]
            factor[hurried] = self._factors(keys[hurried], True)
        return _Lists(whole_seconds(mean_seconds * factor), lines, of)

    def _factors(self, keys: npt.NDArray[np.uint64], is_emergency: bool) -> npt.NDArray[np.float64]:
        """How much longer or shorter than usual each of some lists takes, by their keys and the minute."""
        assert self._times is not None
        if self._times.coefficient_of_variation == 0.0:
            return np.ones(len(keys))
        day, second = divmod(int(self._environment.now), _SECONDS_PER_DAY)
        sub = 2 * (second // _SECONDS_PER_MINUTE) + is_emergency
        draws = uniform_array(self._key, keys, self._world.process.first_ordinal + day, sub)
        return spread(self._times.coefficient_of_variation, draws)


def _told(ready: Ready, drops: Sequence[Drop]) -> Callable[[int], None]:
    return lambda _: ready(drops)
