"""What spare parts cost: added up over a day and written down when it ends."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from scenarios import Scenario
from sim.books.charges import Charge, charged
from sim.books.terms import in_micro
from sim.recorder import Recorder

_DAYS_PER_YEAR: Final = 365.0

_INTO_STOCK: Final = frozenset({Charge.PARTS_OPENING, Charge.PARTS_BOUGHT, Charge.PARTS_RETURNED})
_OUT_OF_STOCK: Final = frozenset({Charge.PARTS_USED, Charge.PARTS_SCRAPPED})


class PartsAccounts:
    """Charges of a day by centre and reason, and the value of all parts in the books of each centre.

    Every part is carried at the purchase cost of the table, wherever it is: in centres, stations and vans, on its way
    between them, and in the repair shop. A repairable unit that is taken out of an appliance comes back into the
    books at that cost (PARTS_RETURNED, which takes it off material again); one that cannot be repaired was never
    stock and is worth nothing. What vanishes is written off on the day it does, although the station's record does
    not yet know. The opening stock, plus what is bought and returned, less what is used and scrapped, is therefore
    at any time the value of the units that are there.
    """

    def __init__(self, recorder: Recorder, scenario: Scenario, centres: int) -> None:
        self._recorder = recorder
        self._centres = centres
        self._pending: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
        self._value = [0] * centres
        costs, supply = scenario.costs, scenario.service.parts if scenario.service is not None else None
        assert supply is not None
        self._holding_micro = costs.service.parts_holding_rate_per_year / _DAYS_PER_YEAR * 1e6
        self._micro = {
            Charge.PART_TRANSFERS: in_micro(supply.transfer_cost),
            Charge.PART_COURIERS: in_micro(supply.courier_cost),
            Charge.PART_REPAIRS: in_micro(supply.repair_shop.cost_per_unit),
            Charge.PARTS_INSPECTED: in_micro(costs.quality.per_inspected_unit),
        }

    def value(self, centre: int, reason: Charge, units: int, amount_minor: int) -> None:
        """Note that units at cost came into stock or left it."""
        pending = self._pending[centre, reason]
        pending[0] += units
        pending[1] += amount_minor
        self._value[centre] += amount_minor if reason in _INTO_STOCK else -amount_minor

    def work(self, centre: int, reason: Charge, quantity: int) -> None:
        """Note what is paid by the piece."""
        self._pending[centre, reason][0] += quantity

    def write(self, second: int) -> None:
        """Write the day's charges down, and what its stock costs."""
        for (centre, reason), (quantity, amount) in sorted(self._pending.items()):
            micro = self._micro.get(Charge(reason))
            if micro is not None:
                amount = charged(quantity, micro)
            if quantity:
                self._recorder.charge(second, centre, reason, quantity, amount)
        self._pending.clear()

    def hold(self, second: int) -> None:
        """Charge a day of holding what is there."""
        for centre, value in enumerate(self._value):
            if value and self._holding_micro:
                amount = charged(value, self._holding_micro)
                self._recorder.charge(second, centre, Charge.PARTS_HELD, value, amount)
