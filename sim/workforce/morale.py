"""How technicians feel, and what that does to their work."""

from __future__ import annotations

from sim.aftersales.context import Context
from sim.kernels.elementary import exp


class MoraleBook:
    """Morale of technicians between 0 and 1 (mechanism T14).

    With `loops.morale` it moves once a week towards what the week and the conditions of work suggest. Without, it
    stays at `starts_at` and does nothing to speed and success; how customers are treated is morale in either case.
    """

    def __init__(self, context: Context) -> None:
        self._facts = facts = context.facts.service.people.morale
        policy = context.facts.policy.workforce
        self.is_moving = context.world.scenario.loops.morale
        self._step = 1.0 - float(exp(-1.0 / facts.weeks))
        self._conditions = (
            facts.neutral
            + facts.per_pay * (policy.pay_factor - 1.0)
            + facts.per_incentive * policy.incentive_share
            + facts.per_security * policy.security
            + facts.per_training * policy.training_days_per_year
        )
        count = len(context.facts.technicians)
        self.morale = [facts.starts_at] * count
        """(technicians,)"""
        self._shift, self._busy, self._overtime = [0] * count, [0] * count, [0] * count

    def note(self, technician: int, shift_seconds: int, busy_seconds: int, overtime_seconds: int) -> None:
        """Take note of a day at work; what is busy, driving or work, includes overtime."""
        self._shift[technician] += shift_seconds
        self._busy[technician] += busy_seconds
        self._overtime[technician] += overtime_seconds

    def week_over(self) -> None:
        """Move everybody's morale; who did not work finds nothing to complain of but the conditions."""
        if self.is_moving:
            for technician, morale in enumerate(self.morale):
                self.morale[technician] = morale + self._step * (self._target(technician) - morale)
        count = len(self.morale)
        self._shift, self._busy, self._overtime = [0] * count, [0] * count, [0] * count

    def restart(self, technician: int) -> None:
        """Somebody new."""
        self.morale[technician] = self._facts.starts_at
        self._shift[technician] = self._busy[technician] = self._overtime[technician] = 0

    def minutes_factor(self, technician: int) -> float:
        """Time for work over that at neutral morale."""
        return 1.0 + (self._facts.minutes_at_zero - 1.0) * self._below_neutral(technician)

    def success_factor(self, technician: int) -> float:
        """Success share over that at neutral morale."""
        return 1.0 - (1.0 - self._facts.success_at_zero) * self._below_neutral(technician)

    def _target(self, technician: int) -> float:
        facts, shift = self._facts, max(self._shift[technician], 1)
        strain = max(0.0, self._busy[technician] / shift - facts.utilisation_bearable)
        loss = facts.per_utilisation * strain + facts.per_overtime * self._overtime[technician] / shift
        return min(max(self._conditions - loss, 0.0), 1.0)

    def _below_neutral(self, technician: int) -> float:
        """Distance below neutral as a share of it; negative above."""
        neutral = self._facts.neutral
        if not self.is_moving or neutral <= 0.0:
            return 0.0
        return (neutral - self.morale[technician]) / neutral
