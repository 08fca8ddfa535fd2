"""What lies in the distribution centres: the state that shipping and purchasing share."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sim.clock import SECONDS_PER_DAY
from sim.kernels.centres import discard_expired
from sim.kernels.shipping import SENT_ROWS, TRACED_ROWS, deal, number_arrivals
from sim.world import World

IntArray = npt.NDArray[np.int64]
CountArray = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class CentreStock:
    """Stock of all centres by SKU, (centres, SKUs); written to by whoever ships, orders and receives."""

    on_hand: CountArray
    value: IntArray
    """Cost of what is on hand in minor units, kept as a pool (moving average)."""
    on_order: CountArray
    """Ordered from suppliers and not yet received."""
    backlog: CountArray
    """Owed to stores."""
    asked_today: CountArray
    """Units that stores asked for since the last review."""
    defective: CountArray
    """Of what is on hand, units that customers will find defective."""
    deviation: CountArray
    """(centres, SKUs) units that are there less those on record; (centres, 0) where records are always true."""
    lots: CountArray
    """(centres, SKUs that age in the centre, ring) of what is on hand: units by last day of sale modulo ring."""
    may_be_defective: bool
    """Whether some supplier ever sends defective units."""

    @classmethod
    def of(cls, world: World) -> CentreStock:
        """The stock of the first morning."""
        units = world.opening.centre_units
        on_order, backlog, asked_today, defective = np.zeros((4, *units.shape), np.int32)
        life_days, lot_index = world.ageing.life_days, world.ageing.lot_index
        ring, ages = max(1, int(life_days.max(initial=0))), np.flatnonzero(lot_index >= 0)
        lots = np.zeros((len(units), ages.size, ring), np.int32)
        lots[:, lot_index[ages], life_days[ages] - 1] = units[:, ages]
        may_err = world.scenario.network.record_error is not None
        deviation = np.zeros((len(units), units.shape[1] if may_err else 0), np.int32)
        return cls(
            units.astype(np.int32), units * world.axes.purchase_cost_minor, on_order, backlog, asked_today, defective,
            deviation, lots, any(supplier.quality is not None for supplier in world.scenario.network.suppliers),
        )  # fmt: skip

    def there(self, centre: int, sku: int) -> int:
        """Units that pickers find, whatever the record says."""
        unseen = int(self.deviation[centre, sku]) if self.deviation.size else 0
        return int(self.on_hand[centre, sku]) + unseen

    def date(self, lines: IntArray, seconds: IntArray, world: World) -> None:
        """Give (3 or more, k) lines that came in at (k,) seconds, of centre, SKU and units, their last day of sale."""
        if not self.lots.size:
            return
        centre, sku, units = lines[:3]
        ages = world.ageing.lot_index[sku] >= 0
        centre, sku = centre[ages], sku[ages]
        slot = (seconds[ages] // SECONDS_PER_DAY + world.ageing.life_days[sku] - 1) % self.lots.shape[2]
        np.add.at(self.lots, (centre, world.ageing.lot_index[sku], slot), units[ages].astype(np.int32))

    def put_lots_right(self, centre: int, lot: int, deviation: int, day: int) -> None:
        """Take missing units out of the lots that expire first, and count those found among these; -1 = no lots."""
        if lot < 0:
            return
        lots = self.lots[centre, lot]
        slots = (day + np.arange(lots.size)) % lots.size
        if deviation > 0:
            held = slots[lots[slots] > 0]
            lots[held[0] if held.size else slots[-1]] += deviation
        for slot in slots.tolist():
            taken = min(int(lots[slot]), max(0, -deviation))
            lots[slot] -= taken
            deviation += taken

    def discard_expired(self, day: int, world: World) -> None:
        """Throw away what has its last day of sale today."""
        discard_expired(
            day, world.ageing.lot_index, world.axes.class_of_sku, world.axes.purchase_cost_minor, self.lots,
            self.on_hand, self.value, self.defective, self.deviation, world.centre_panel[day],
        )  # fmt: skip

    def room_for(self, centre: int, lines: int) -> IntArray:
        """Room for what some order lines send, see `sim.kernels.shipping.fill_orders`."""
        if self.lots.size or (self.may_be_defective and self.defective[centre].any()):
            lots = int(np.count_nonzero(self.lots[centre]))
            return np.empty((TRACED_ROWS, 2 * lines + lots), np.int64)
        return np.empty((SENT_ROWS, lines), np.int64)


def by_arrival(lines: IntArray, number: int) -> list[tuple[int, IntArray]]:
    """Some of (6 or more, number or more) lines for each second of arrival, which stands in row 5, ascending.

    Where all arrive together, they are those given, not copied.
    """
    found, label = np.empty((2, number), np.int64)
    count = number_arrivals(lines[5], number, found, label)
    if count == 1:
        return [(int(found[0]), np.ascontiguousarray(lines[:, :number]))]
    return list(zip(found[:count].tolist(), dealt(lines, label, number, count), strict=True))


def dealt(lines: IntArray, label: IntArray, number: int, groups: int) -> list[IntArray]:
    """The first (columns, number) lines by group, each of them contiguous; label (number,) says which."""
    stops, room = np.zeros((2, groups + 1), np.int64), np.empty(lines.shape[0] * number, np.int64)
    deal(lines, label, number, stops, room)
    columns = lines.shape[0]
    return [
        room[columns * start : columns * stop].reshape(columns, stop - start)
        for start, stop in pairwise(stops[0].tolist())
    ]
