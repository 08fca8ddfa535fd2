"""Stock at one place day by day as a Markov chain with every order under way in the state, none of it the solvers'."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.theory.chains import stationary_means

FloatArray = npt.NDArray[np.float64]
State = tuple[int, int, tuple[int, ...], bool]
"""Days since the review, net stock, units due on the next mornings, whether the cycle had a stock-out."""


@dataclass(frozen=True)
class Shelf:
    """What is ordered and when; `lot` 0: up to `level`."""

    point: int
    level: int
    lot: int
    lead_time_days: int
    review_days: int
    case: int = 1
    minimum: int = 0
    is_lost: bool = False

    @property
    def start(self) -> State:
        """Full, nothing under way."""
        return (0, self.point + self.lot if self.lot else self.level, (0,) * (self.lead_time_days + 1), False)

    def __call__(self, state: State, units: int) -> tuple[State, dict[str, float]]:
        """Goods come, customers come, stock is counted, the place orders."""
        day, net, due, is_out = state
        counts = dict.fromkeys(("cycles", "good_cycles", "unmet", "ready", "on_hand", "owed", "orders"), 0.0)
        if due[0]:
            counts["cycles"], counts["good_cycles"] = 1.0, float(not is_out)
            is_out = False
        net += due[0]
        unmet = units - min(units, max(net, 0))
        net -= units - unmet if self.is_lost else units
        is_out = is_out or unmet > 0 or net < 0
        order = 0
        if day == self.review_days - 1:
            order = self.order(net + sum(due[1:]))
        counts |= {"unmet": unmet, "ready": float(net > 0), "on_hand": max(net, 0), "owed": max(-net, 0)}
        counts["orders"] = float(order > 0)
        return ((day + 1) % self.review_days, net, (*due[1:], order), is_out), counts

    def order(self, position: int) -> int:
        """Units ordered at this position."""
        if position > self.point:
            return 0
        wanted = self.level - position
        if self.lot:
            wanted = self.lot
            while position + wanted <= self.point:
                wanted += self.lot
        wanted = max(wanted, self.minimum)
        while wanted % self.case:
            wanted += 1
        return wanted


def figures(shelf: Shelf, demand: FloatArray) -> dict[str, float]:
    """Long-run figures under the names of `Performance`; demand: probabilities of 0, 1, 2, ... units a day."""
    means = stationary_means(shelf.start, demand, shelf)
    asked = float(demand @ np.arange(demand.size))
    return {
        "fill_rate": 1.0 - means["unmet"] / asked,
        "cycle_service_level": means["good_cycles"] / means["cycles"],
        "ready_rate": means["ready"],
        "mean_on_hand": means["on_hand"],
        "mean_short": means["unmet"] if shelf.is_lost else means["owed"],
        "orders_per_day": means["orders"],
    }
