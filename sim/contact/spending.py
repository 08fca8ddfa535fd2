"""What contacts with customers cost: agents by the shift, lines and messages by the contact."""

from __future__ import annotations

from typing import Final

from sim.aftersales.context import Context, per_second_micro
from sim.books.charges import Charge, charged
from sim.books.terms import in_micro
from sim.clock import SECONDS_PER_DAY, day_of
from sim.shifts import Duty

_CENTRE: Final = 0
"""The contact centre stands in the books of the first distribution centre."""


class Spending:
    """Writes down agents' shifts and charges for agents and contacts.

    A contact is a call that was answered, or a message that was sent: who hangs up before has cost nothing.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        costs = context.world.scenario.costs
        self._wage = per_second_micro(costs.service.agent_per_hour)
        self._overtime_wage = self._wage * costs.labour.overtime_factor
        self._per_contact = float(in_micro(costs.service.per_contact))
        self._contacts = 0
        self._counted_second = 0
        self._day_ends = SECONDS_PER_DAY

    def shift(self, duty: Duty) -> None:
        """Pay agents for a shift; it is charged on the day on which the shift begins."""
        recorder = self._context.recorder
        recorder.add_row("agent_shifts", (duty.servers, duty.starts_second, duty.ends_second))
        seconds = duty.servers * (duty.ends_second - duty.starts_second)
        self._charge(Charge.AGENT_SHIFT, duty.starts_second, seconds, self._wage)

    def overtime(self, seconds: int) -> None:
        """Pay an agent who has worked after the end of the shift."""
        self._charge(Charge.AGENT_OVERTIME, self._context.now, seconds, self._overtime_wage)

    def contact(self, second: int) -> None:
        """Count a contact; those of a day are charged together."""
        if second >= self._day_ends:
            self.settle()
            self._day_ends = (day_of(second) + 1) * SECONDS_PER_DAY
        self._contacts += 1
        self._counted_second = second

    def settle(self) -> None:
        """Charge the contacts counted so far."""
        if self._contacts:
            self._charge(Charge.CONTACTS, self._counted_second, self._contacts, self._per_contact)
        self._contacts = 0

    def _charge(self, reason: Charge, second: int, quantity: int, rate_micro: float) -> None:
        self._context.recorder.charge(second, _CENTRE, reason, quantity, charged(quantity, rate_micro))
