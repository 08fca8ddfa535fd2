"""The floor of a centre: pick lists, by order or for a whole wave with sorting to stores afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt
import simpy

from sim.books.charges import Charge, all_charged
from sim.books.terms import in_micro
from sim.depot.desk import OrderDesk
from sim.depot.orders import Drop, OrderBook, OrderColumn, Packing
from sim.depot.stock import IntArray
from sim.durations import spread, whole_seconds
from sim.recorder import Recorder
from sim.station_arrays import task_rows
from sim.stations import Station, Work
from sim.streams import CELL_MULTIPLIER, Purpose, stream_key, uniform_array
from sim.world import World

_URGENT, _USUAL = 1, 5
_SORTING_LISTS = np.uint64(1 << 40)
_SECONDS_PER_MINUTE, _SECONDS_PER_DAY = 60, 86_400

Ready = Callable[[Sequence[Drop]], None]
"""Takes drops that leave together, all of which have been picked."""


@dataclass(frozen=True, eq=False)
class _Lists:
    """Pick lists worked out from lines: how long each takes, how many lines it has, and what it is picked for."""

    seconds: IntArray
    lines: IntArray
    of: IntArray


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
        self._picked: list[list[Drop]] = [[] for _ in world.axes.centre_ids]
        """Drops of each centre that have been picked and not been written down."""

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
            for bundle in together:
                for drop in bundle:
                    self._note(drop, int(self._environment.now))
                ready(bundle)
            return
        station = self._pickers[drops[0].centre]
        groups = self._groups(station, together, ready)
        is_sorted = np.array([self._is_sorted and not drop.is_emergency for drop in drops])
        self._pick_by_order(station, drops, groups, ~is_sorted)
        self._pick_together(station, drops, groups, is_sorted)

    def _groups(self, station: Station, together: list[list[Drop]], ready: Ready) -> IntArray:
        """A group for each drop: when all that leave together are done, they are ready."""
        groups = []
        for bundle in together:
            whole = station.group(len(bundle), then=_told(ready, bundle), is_awaited=True)
            groups += [station.group(1, parent=whole, then=self._noted(drop)) for drop in bundle]
        return np.array(groups)

    def _noted(self, drop: Drop) -> Callable[[int], None]:
        return lambda second: self._note(drop, second)

    def _note(self, drop: Drop, second: int) -> None:
        drop.ready_second = second
        self._picked[drop.centre].append(drop)

    def catch_up(self, centre: int) -> None:
        """Work out what has been picked in a centre by now, write it down and tell the desk."""
        if self._pickers is not None:
            self._pickers[centre].catch_up()
        drops, self._picked[centre] = self._picked[centre], []
        if not drops:
            return
        assert self._desk is not None
        rows = np.array(
            [
                (
                    drop.centre, drop.store, drop.is_emergency, drop.released_second, drop.ready_second,
                    drop.block.shape[1], drop.units, drop.cases, drop.weight_grams, drop.volume_millilitres,
                )
                for drop in drops
            ],
            np.int64,
        )  # fmt: skip
        self._recorder.add("drops", rows)
        second, cases = rows[:, 4], rows[:, 7]
        self._recorder.add_charges(
            second, centre, Charge.PACKAGING, cases, all_charged(cases, self._packaging_micro)
        )
        orders = [order for drop in drops for order in drop.orders]
        seconds = [drop.ready_second for drop in drops for _ in drop.orders]
        if orders:
            self._book.rows[orders, OrderColumn.PICKED] = seconds
            self._desk.monitor(centre, orders, seconds)

    def close(self) -> None:
        """Work out what has been picked by the end of the run."""
        for centre in range(len(self._picked)):
            self.catch_up(centre)

    def _pick_by_order(
        self, station: Station, drops: Sequence[Drop], groups: IntArray, which: npt.NDArray[np.bool_]
    ) -> None:
        if not which.any():
            return
        mine, groups = [drop for drop, is_mine in zip(drops, which, strict=True) if is_mine], groups[which]
        is_emergency = np.array([drop.is_emergency for drop in mine])
        lists = self._lists(
            np.concatenate([drop.block[1:3] for drop in mine], axis=1),
            np.array([drop.block.shape[1] for drop in mine]),
            self._world.market.store_key[[drop.store for drop in mine]],
            is_emergency,
        )
        for group, parts in zip(groups.tolist(), np.bincount(lists.of).tolist(), strict=True):
            station.set_parts(group, parts)
        store = np.array([drop.store for drop in mine])
        station.submit_rows(
            task_rows(
                lists.seconds.size, Work.PICKING, store[lists.of], seconds=lists.seconds, lines=lists.lines,
                priority=np.where(is_emergency, _URGENT, _USUAL)[lists.of], group=groups[lists.of],
                comes_second=int(self._environment.now),
            )
        )  # fmt: skip

    def _pick_together(
        self, station: Station, drops: Sequence[Drop], groups: IntArray, which: npt.NDArray[np.bool_]
    ) -> None:
        """Pick the goods of all drops SKU by SKU; once all are there, sort them to the stores."""
        if not which.any():
            return
        assert self._times is not None
        mine, groups = [drop for drop, is_mine in zip(drops, which, strict=True) if is_mine], groups[which]
        block = np.concatenate([drop.block[1:3] for drop in mine], axis=1)
        units = np.bincount(block[0], weights=block[1], minlength=self._world.axes.skus).astype(np.int64)
        sku = np.flatnonzero(units)
        centre = np.array([mine[0].centre], np.uint64)
        lists = self._lists(np.stack((sku, units[sku])), np.array([sku.size]), centre, np.zeros(1, np.bool_))
        stores = np.array([drop.store for drop in mine])
        lines = np.array([drop.block.shape[1] for drop in mine])
        factor = self._factors(self._world.market.store_key[stores] + _SORTING_LISTS, False)
        together = station.group(lists.seconds.size, follow=len(mine), after=lists.seconds.size)
        picking = task_rows(
            lists.seconds.size, Work.PICKING, -1, seconds=lists.seconds, lines=lists.lines, group=together,
            comes_second=int(self._environment.now),
        )  # fmt: skip
        seconds = whole_seconds(lines * self._times.sorting_seconds_per_line * factor)
        sorting = task_rows(len(mine), Work.SORTING, stores, seconds=seconds, lines=lines, group=groups)
        station.submit_rows(np.concatenate((picking, sorting)))

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
        factor = np.empty(of.size)
        for urgent in (False, True):
            chosen = is_emergency[of] == urgent
            if chosen.any():
                factor[chosen] = self._factors(keys[chosen], urgent)
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
