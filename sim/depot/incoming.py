"""Goods in: what suppliers deliver is looked at before it is taken in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.books.charges import Charge, charged
from sim.books.terms import in_micro
from sim.clock import SECONDS_PER_DAY, day_of
from sim.depot.complaints import Complaints
from sim.depot.stock import CentreStock, IntArray
from sim.recorder import TABLES, Recorder
from sim.suppliers import Line, Quality, Scorecards, part_of
from sim.world import World


class Inspected(NamedTuple):
    """What inspection makes of lots, (len(Line), any number) each."""

    taken_in: IntArray
    sent_back: IntArray
    """What goes back and is sent again."""
    sampled_units: IntArray
    """(centres x suppliers,) units looked at."""


class Incoming:
    """Incoming inspection at all centres, and the record of what suppliers brought."""

    def __init__(
        self, world: World, recorder: Recorder, stock: CentreStock, scorecards: Scorecards | None
    ) -> None:
        self._world = world
        self._recorder = recorder
        self._stock = stock
        self._scorecards = scorecards
        sourcing = world.scenario.policy.sourcing
        self._quality = Quality(world.scenario, world.axes, world.supply, world.seed, world.replication)
        self.is_plain = not (
            scorecards is not None
            or self._quality.can_fail
            or sourcing.inspection
            or world.supply.capacity.any()
        )
        """Whether everything comes in one piece and is taken in as it comes."""
        self._feeds_back = sourcing.quality_feedback
        self.complaints = Complaints(world, recorder, self._quality) if sourcing.complaint_feedback else None
        """What customers say of the goods; None where suppliers do not hear of it."""
        costs = world.scenario.costs.quality
        self._micro = {
            Charge.INSPECTION: in_micro(costs.per_inspected_unit),
            Charge.REJECTED_LOT: in_micro(costs.per_rejected_lot),
        }

    def look_at(self, lots: IntArray, second: int) -> Inspected:
        """Inspect what has come.

        Args:
            lots: (len(Line), k).
            second: now.
        """
        places = len(self._world.axes.centre_ids) * len(self._world.axes.supplier_ids)
        looked_at = np.zeros(places, np.int64)
        if self.is_plain or not lots.shape[1]:
            if self.complaints is not None:
                self.complaints.note_received(lots)
            return Inspected(lots, lots[:, :0], looked_at)
        defects = self._quality.defects(lots)
        sampled, found, is_rejected = self._quality.sample(lots, defects)
        units = lots[Line.UNITS]
        good, back = part_of(lots, np.where(is_rejected, 0, units - found))
        is_torn = ~is_rejected & (found > 0)
        good[Line.IS_SPLIT] |= is_torn
        back[Line.IS_SPLIT] |= is_torn
        back[Line.IS_FOLLOW_UP] = 1
        if self.complaints is not None:
            self.complaints.note_received(good)
        escaped = np.where(is_rejected, 0, defects - found)
        np.add.at(self._stock.defective, (lots[Line.CENTRE], lots[Line.SKU]), escaped.astype(np.int32))
        first = good[Line.UNITS] * (lots[Line.IS_FOLLOW_UP] == 0)
        rows = np.stack(
            (
                np.ones_like(units), units, good[Line.UNITS], first, defects, sampled > 0, sampled, found,
                is_rejected, escaped,
            )
        )  # fmt: skip
        self._write(lots, rows, second)
        self._tell(lots, good[Line.UNITS], first, sampled, found, is_rejected, second)
        place = lots[Line.CENTRE] * len(self._world.axes.supplier_ids) + lots[Line.SUPPLIER]
        np.add.at(looked_at, place, sampled)
        return Inspected(good[:, good[Line.UNITS] > 0], back[:, back[Line.UNITS] > 0], looked_at)

    def _write(self, lots: IntArray, amounts: IntArray, second: int) -> None:
        orders = by_order(lots, amounts)
        rows = np.concatenate((np.full((len(orders), 1), second), orders), axis=1)
        self._recorder.add("supplier_lots", rows)
        names = TABLES["supplier_lots"]
        for reason, name in ((Charge.INSPECTION, "inspected_units"), (Charge.REJECTED_LOT, "rejected_lots")):
            quantities = np.bincount(orders[:, 0], rows[:, names.index(name)])
            for centre in np.flatnonzero(quantities).tolist():
                quantity = int(quantities[centre])
                amount = charged(quantity, self._micro[reason])
                self._recorder.charge(second, centre, reason, quantity, amount)

    def _tell(
        self, lots: IntArray, accepted: IntArray, first: IntArray, sampled: IntArray, found: IntArray,
        is_rejected: npt.NDArray[np.bool_], second: int,
    ) -> None:  # fmt: skip
        """Tell the supplier of defects, and the scorecard of everything."""
        if self._feeds_back:
            self._quality.report(lots[Line.SUPPLIER, is_rejected | (found > 0)], day_of(second))
        if self._scorecards is not None:
            supply, supplier = self._world.supply, lots[Line.SUPPLIER]
            is_express = lots[Line.IS_EXPRESS] == 1
            promised = np.where(
                is_express, supply.express_quoted_days[supplier], supply.quoted_days[supplier]
            )
            is_on_time = day_of(second) <= lots[Line.PLACED] // SECONDS_PER_DAY + promised
            self._scorecards.note(supplier, accepted, first, accepted * is_on_time, sampled, found)


def by_order(lines: IntArray, amounts: IntArray) -> IntArray:
    """(orders, 2 or more) centre, supplier and sums of (m, k) amounts, by centre and supplier."""
    suppliers = int(lines[Line.SUPPLIER].max()) + 1
    order = lines[Line.CENTRE] * suppliers + lines[Line.SUPPLIER]
    in_turn = np.argsort(order, kind="stable")
    order = order[in_turn]
    first = np.flatnonzero(np.diff(order, prepend=-1))
    totals = np.add.reduceat(amounts[:, in_turn].astype(np.int64), first, axis=1)
    return np.stack((*np.divmod(order[first], suppliers), *totals), axis=1)
