"""Centres buy parts: orders to suppliers, lots that arrive, sampling inspection, and what suppliers hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from sim.aftersales.context import Context
from sim.aftersales.requests import Echelon, MoveReason
from sim.books.charges import Charge
from sim.clock import SECONDS_PER_DAY, Turn, at, day_of
from sim.parts.centres import Centres
from sim.parts.facts import IntArray, PartFacts
from sim.parts.stock import Stock
from sim.recorder import TABLES
from sim.streams import CELL_MULTIPLIER, Purpose, entity_key, halves
from sim.suppliers import Line, Quality
from sim.suppliers.sampling import SUBS_PER_LOT, draw_samples
from sim.suppliers.shipping import disrupted_days

_SAMPLE: Final = SUBS_PER_LOT // 2


class Buying:
    """Purchase orders of parts, from the order to the shelf of the centre.

    Suppliers are those of the network: same lead times, disruptions, defects and learning, in draws of their own. An
    order of the evening arrives in the first second of a day; one that is placed at a demand, whole days later to the
    second. Units that inspection finds defective go back at once, are not paid for, and are not sent again.
    """

    def __init__(self, context: Context, facts: PartFacts, stock: Stock, centres: Centres) -> None:
        self._context = context
        self._facts = facts
        self._stock = stock
        self._centres = centres
        world, scenario = context.world, context.world.scenario
        names = world.axes.supplier_ids
        self._entity = np.array(
            [
                [
                    entity_key("part", names[supplier], centre, part)
                    for supplier, part in zip(facts.supplier.tolist(), facts.part_ids, strict=True)
                ]
                for centre in world.axes.centre_ids
            ],
            np.uint64,
        ).reshape(len(world.axes.centre_ids), facts.parts)
        """(centres, parts)."""
        entity = np.tile(self._entity, (len(names), 1, 1))
        supply = replace(world.supply, entity=entity)
        self._quality = Quality(scenario, world.axes, supply, world.seed, world.replication)
        self._lead_times = supply.regular
        disrupted = disrupted_days(
            scenario.network.suppliers, world.days, context.first_ordinal, world.seed, world.replication
        )
        self._disrupted = disrupted if disrupted.any() else None
        self._lead_key = context.stream(Purpose.PART_LEAD_TIME)
        self._sample_key = context.stream(Purpose.PART_QUALITY)
        self._due: dict[int, list[IntArray]] = {}
        self._numbers: dict[tuple[int, int], int] = {}
        self._number_day = -1

    def order_all(self) -> None:
        """All centres order in the evening."""
        centre, part, units = self._facts.centres.wanted(self._centres.position)
        if centre.size:
            self.order(centre, part, units, is_evening=True)

    def review(self, centre: int, part: int) -> None:
        """Order a part at once if its position says so."""
        units = self._facts.centres.missing(centre, part, self._centres.position_of(centre, part))
        if units:
            self.order(np.array([centre]), np.array([part]), np.array([units]), is_evening=False)

    def complain(self, part: int) -> None:
        """A part turned out to be defective when it was put in."""
        if self._facts.policy.quality_feedback:
            self._quality.report(self._facts.supplier[[part]], day_of(self._context.now))

    def order(self, centre: IntArray, part: IntArray, units: IntArray, *, is_evening: bool) -> None:
        """Place (k,) order lines; see the class for when they arrive."""
        now = self._context.now
        day = day_of(now)
        supplier = self._facts.supplier[part]
        entity = self._entity[centre, part] + np.uint64(CELL_MULTIPLIER) * self._count(centre, part, day)
        days = self._lead_times.draw(self._lead_key, supplier, entity, self._context.first_ordinal + day)
        shipped = self._leave(supplier, day)
        arrives = (shipped + days) * SECONDS_PER_DAY
        arrives = np.maximum(arrives, now) if is_evening else arrives + now % SECONDS_PER_DAY
        self._centres.on_order[centre, part] += units
        lots = np.zeros((len(Line), centre.size), np.int64)
        lots[Line.CENTRE], lots[Line.SKU], lots[Line.UNITS] = centre, part, units
        lots[Line.SUPPLIER], lots[Line.PLACED], lots[Line.SHIPPED] = supplier, now, shipped
        for second in np.unique(arrives).tolist():
            self._expect(second, lots[:, arrives == second])

    def _count(self, centre: IntArray, part: IntArray, day: int) -> npt.NDArray[np.uint64]:
        """(k,) how many orders of a part the day has seen before: each has a lead time of its own."""
        if day != self._number_day:
            self._numbers.clear()
            self._number_day = day
        numbers = np.zeros(centre.size, np.uint64)
        for index, cell in enumerate(zip(centre.tolist(), part.tolist(), strict=True)):
            numbers[index] = self._numbers.get(cell, 0)
            self._numbers[cell] = self._numbers.get(cell, 0) + 1
        return numbers

    def _leave(self, supplier: IntArray, day: int) -> IntArray:
        """(k,) days on which orders of today leave: the first that is not disrupted, or the end of the run."""
        shipped = np.full(supplier.size, day, np.int64)
        if self._disrupted is None:
            return shipped
        days = len(self._disrupted)
        for index in np.flatnonzero(self._disrupted[day, supplier]).tolist():
            is_open = np.flatnonzero(~self._disrupted[day:, supplier[index]])
            shipped[index] = day + is_open[0] if is_open.size else days
        return shipped

    def _expect(self, second: int, lots: IntArray) -> None:
        if second >= self._context.end_second:
            return
        if second not in self._due:
            self._due[second] = []
            at(self._context.environment, second, Turn.SUPPLIER_DELIVERY, lambda: self._receive(second))
        self._due[second].append(lots)

    def _receive(self, second: int) -> None:
        """Inspect what has come, pay for what is kept, and put it on the shelf."""
        lots = np.concatenate(self._due.pop(second), axis=1)
        defects = self._quality.defects(lots)
        inspected, found, is_sorted = self._inspect(lots, defects)
        kept, escaped = lots[Line.UNITS] - found, defects - found
        self._write(lots, (kept, defects, inspected, found, is_sorted.astype(np.int64), escaped), second)
        if self._facts.policy.quality_feedback:
            self._quality.report(lots[Line.SUPPLIER, found > 0], day_of(second))
        cells = (
            lots[Line.CENTRE],
            lots[Line.SKU],
            lots[Line.UNITS],
            kept,
            escaped,
            inspected,
            lots[Line.PLACED],
        )
        for line in zip(*(column.tolist() for column in cells), strict=True):
            self._take_in(*line)

    def _take_in(
        self, centre: int, part: int, units: int, kept: int, escaped: int, inspected: int, placed: int
    ) -> None:
        now, accounts = self._context.now, self._stock.accounts
        self._centres.on_order[centre, part] -= units
        if inspected:
            accounts.work(centre, Charge.PARTS_INSPECTED, inspected)
        if not kept:
            return
        accounts.value(centre, Charge.PARTS_BOUGHT, kept, kept * int(self._facts.cost_minor[part]))
        source, goal = (int(Echelon.SUPPLIER), int(self._facts.supplier[part])), (int(Echelon.CENTRE), centre)
        self._stock.move(part, kept, source, goal, placed, now, int(MoveReason.PURCHASE))
        self._centres.receive(centre, part, kept, escaped)
        if self._facts.policy.continuous_review:
            self.review(centre, part)

    def _inspect(self, lots: IntArray, defects: IntArray) -> tuple[IntArray, IntArray, npt.NDArray[np.bool_]]:
        """(k,) units inspected, defective ones found, and whether the whole lot was sorted."""
        policy, units = self._facts.policy, np.ascontiguousarray(lots[Line.UNITS])
        sampled = np.minimum(policy.inspected_units, units)
        found = np.zeros(units.size, np.int64)
        if sampled.any() and defects.any():
            entity = self._entity[lots[Line.CENTRE], lots[Line.SKU]]
            day = lots[Line.PLACED] // SECONDS_PER_DAY
            index, sub = self._context.first_ordinal + day, np.full(units.size, _SAMPLE)
            draw_samples(*halves(entity), index, sub, units, defects, sampled, *self._sample_key, found)
        is_sorted = found > policy.accepted_defects
        return np.where(is_sorted, units, sampled), np.where(is_sorted, defects, found), is_sorted

    def _write(self, lots: IntArray, amounts: Sequence[IntArray], second: int) -> None:
        kept, defects, inspected, found, is_sorted, escaped = amounts
        columns = {
            "received_second": np.full(kept.size, second),
            "centre": lots[Line.CENTRE],
            "part": lots[Line.SKU],
            "supplier": lots[Line.SUPPLIER],
            "units": lots[Line.UNITS],
            "defective_units": defects,
            "inspected_units": inspected,
            "defects_found": found,
            "is_sorted": is_sorted,
            "escaped_units": escaped,
        }
        names = TABLES["part_lots"]
        self._context.recorder.add("part_lots", np.stack([columns[name] for name in names], axis=1))
