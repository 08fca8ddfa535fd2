"""Records that are not true: what vanishes and turns up unseen in the centres, and the counts that put it right."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import simpy

from sim.axes import sku_mask
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.depot.stock import CentreStock, IntArray
from sim.goods import thresholds
from sim.kernels.centres import shrink
from sim.kernels.layout import Chances
from sim.recorder import Recorder
from sim.records import Centre
from sim.streams import Purpose, entity_keys
from sim.world import World, stream

_DAYS_PER_YEAR: Final = 365


def chances_of(world: World) -> Chances:
    """What goes wrong unseen when centres pick."""
    error = world.scenario.network.record_error
    return Chances(
        defects_key=stream(world.seed, world.replication, Purpose.DEFECTS_SHIPPED),
        miscounts_key=stream(world.seed, world.replication, Purpose.MISCOUNTS),
        miscount_threshold=thresholds(np.array([error.miscount_probability if error else 0.0]))[0],
    )


class Counting:
    """Every evening of every centre with limited stock: units vanish, some SKUs are counted, records are judged."""

    def __init__(
        self, environment: simpy.Environment, world: World, recorder: Recorder, stock: CentreStock
    ) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._stock = stock
        error, centres = world.scenario.network.record_error, world.scenario.network.distribution_centres
        self._share_per_day = error.shrinkage_per_year / _DAYS_PER_YEAR if error else 0.0
        self._limited = [index for index, centre in enumerate(centres) if centre.stock != "unlimited"]
        self._centre_key = entity_keys(world.axes.centre_ids)
        self._key = stream(world.seed, world.replication, Purpose.SHRINKAGE)
        self._every_days, self._turn = _calendar(world)

    def open(self) -> None:
        """Start the first day."""
        if self._stock.deviation.size:
            self._schedule(0)

    def _schedule(self, day: int) -> None:
        second = (day + 1) * SECONDS_PER_DAY - 1
        at(self._environment, second, Turn.CYCLE_COUNT, lambda: self._end_day(day))

    def _end_day(self, day: int) -> None:
        world, stock = self._world, self._stock
        ordinal = world.process.first_ordinal + day
        counts = np.flatnonzero(
            (self._every_days > 0) & (ordinal % np.maximum(self._every_days, 1) == self._turn)
        )
        for centre in self._limited:
            page = world.centre_panel[day, centre]
            shrink(
                ordinal, self._share_per_day, self._centre_key[centre], world.market.sku_key, self._key,
                world.axes.class_of_sku, stock.on_hand[centre], stock.deviation[centre], page,
            )  # fmt: skip
            if counts.size:
                self._count(centre, counts, day, page)
            np.add.at(page[:, Centre.RECORDS], world.axes.class_of_sku, 1)
            np.add.at(page[:, Centre.ACCURATE_RECORDS], world.axes.class_of_sku, stock.deviation[centre] == 0)
        if day + 1 < world.days:
            self._schedule(day + 1)

    def _count(self, centre: int, skus: IntArray, day: int, page: IntArray) -> None:
        """Count some SKUs, put their records right and write it down."""
        deviation = self._stock.deviation[centre]
        index = self._world.axes.class_of_sku[skus]
        np.add.at(page[:, Centre.COUNTED_LINES], index, 1)
        rows = np.zeros((skus.size, 4), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = (
            int(self._environment.now), centre, skus, deviation[skus],
        )  # fmt: skip
        self._recorder.add("cycle_counts", rows)
        for sku in skus[deviation[skus] != 0].tolist():
            self._put_right(centre, sku, int(deviation[sku]), day, page[self._world.axes.class_of_sku[sku]])
        deviation[skus] = 0

    def _put_right(self, centre: int, sku: int, deviation: int, day: int, posted: IntArray) -> None:
        """Let the record say what is there: `deviation` units more, at moving-average cost."""
        stock = self._stock
        on_hand, value = int(stock.on_hand[centre, sku]), int(stock.value[centre, sku])
        usual = int(self._world.axes.purchase_cost_minor[sku])
        worth = value * abs(deviation) // on_hand if on_hand else usual * abs(deviation)
        if deviation < 0:
            posted[Centre.SHRUNK] -= deviation
            posted[Centre.SHRUNK_VALUE] += worth
            stock.defective[centre, sku] += int(stock.defective[centre, sku]) * deviation // on_hand
        else:
            posted[Centre.FOUND] += deviation
            posted[Centre.FOUND_VALUE] += worth
        stock.on_hand[centre, sku] = on_hand + deviation
        stock.value[centre, sku] = value + (worth if deviation > 0 else -worth)
        stock.put_lots_right(centre, int(self._world.ageing.lot_index[sku]), deviation, day)


def _calendar(world: World) -> tuple[IntArray, IntArray]:
    """(SKUs,) days from count to count, 0 = never, and on which of these days the turn of each comes."""
    axes = world.axes
    every_days, turn = np.zeros((2, axes.skus), np.int64)
    worth = world.facts.base_rate.sum(axis=0) * axes.purchase_cost_minor
    for rule in world.scenario.policy.cycle_counts:
        mine = np.flatnonzero(sku_mask(rule.scope, axes))
        mine = mine[_first_of(worth[mine], rule.value_share)]
        mine = mine[every_days[mine] == 0]
        every_days[mine] = rule.every_days
        turn[mine] = np.arange(mine.size) % rule.every_days
    return every_days, turn


def _first_of(worth: npt.NDArray[np.float64], share: float) -> npt.NDArray[np.bool_]:
    """Which of some SKUs, from the largest on, make up a share of the whole; all of them where it is nothing."""
    order = np.argsort(-worth, kind="stable")
    before = np.cumsum(worth[order]) - worth[order]
    first = np.zeros(worth.size, np.bool_)
    first[order] = before < share * worth.sum() if share < 1 and worth.any() else True
    return first
