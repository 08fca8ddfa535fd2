"""What technicians are paid, and what having them costs."""

from __future__ import annotations

from sim.aftersales.context import Context, per_second_micro
from sim.books.charges import Charge, charged
from sim.books.terms import in_micro


class Payroll:
    """Charges of the people of field service, put together per centre and day.

    A shift is paid whether it is worked, spent in training or missed for illness.
    """

    def __init__(self, context: Context) -> None:
        self._charge = context.recorder.charge
        self._centres = context.facts.station_centre
        costs, policy = context.world.scenario.costs, context.facts.policy.workforce
        wage = per_second_micro(costs.service.technician_per_hour * policy.pay_factor)
        self._pays_incentives = policy.incentive_share > 0.0
        self._incentive = wage * policy.incentive_share
        self._rates = {
            Charge.TECHNICIAN_SHIFT: wage,
            Charge.TECHNICIAN_OVERTIME: wage * costs.labour.overtime_factor,
            Charge.VAN_DAYS: float(in_micro(costs.service.van_per_day)),
            Charge.TRAINING: float(in_micro(costs.service.per_training_day)),
            Charge.HIRING: float(in_micro(context.facts.service.people.attrition.cost_per_hire)),
        }
        self._quantities: dict[tuple[int, Charge], int] = {}
        self._incentive_seconds: dict[int, int] = {}

    def worked(
        self, station: int, shift_seconds: int, overtime_seconds: int, *, visits: int, failed: int
    ) -> None:
        """Take note of a day at work."""
        centre = self._centres[station]
        self._add(centre, Charge.TECHNICIAN_SHIFT, shift_seconds)
        self._add(centre, Charge.TECHNICIAN_OVERTIME, overtime_seconds)
        if visits:
            self._add(centre, Charge.VAN_DAYS, 1)
            if self._pays_incentives and not failed:
                self._add(centre, Charge.INCENTIVES, 1)
                self._incentive_seconds[centre] = self._incentive_seconds.get(centre, 0) + shift_seconds

    def away(self, station: int, shift_seconds: int, *, is_training: bool) -> None:
        """Take note of a day of training or illness."""
        self._add(self._centres[station], Charge.TECHNICIAN_SHIFT, shift_seconds)
        if is_training:
            self._add(self._centres[station], Charge.TRAINING, 1)

    def hired(self, station: int) -> None:
        """Take note of somebody new."""
        self._add(self._centres[station], Charge.HIRING, 1)

    def write(self, second: int) -> None:
        """Write down what has been noted since the last time."""
        for (centre, reason), quantity in sorted(self._quantities.items()):
            if reason is Charge.INCENTIVES:
                amount = charged(self._incentive_seconds[centre], self._incentive)
            else:
                amount = charged(quantity, self._rates[reason])
            self._charge(second, centre, reason, quantity, amount)
        self._quantities.clear()
        self._incentive_seconds.clear()

    def _add(self, centre: int, reason: Charge, quantity: int) -> None:
        if quantity:
            key = centre, reason
            self._quantities[key] = self._quantities.get(key, 0) + quantity
