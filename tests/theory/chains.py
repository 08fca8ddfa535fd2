"""Small Markov chains of stock systems that have no closed form, solved for their stationary distribution."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
State = TypeVar("State", bound=Hashable)
Day = Callable[[State, int], tuple[State, dict[str, float]]]
"""From the state before a day and its demand to the state after it and what the day counted."""


def stationary_means(start: State, demand: FloatArray, day: Day[State]) -> dict[str, float]:
    """Long-run means per day of what the days of a chain count.

    Args:
        start: any state that is visited again and again.
        demand: probabilities of a day's demand of 0, 1, 2, ...
        day: what a day does.
    """
    number: dict[State, int] = {start: 0}
    pending, rows = [start], []
    counted: list[dict[str, float]] = []
    while pending:
        state = pending.pop(0)
        row: dict[int, float] = {}
        means: dict[str, float] = {}
        for units, probability in enumerate(demand):
            after, counts = day(state, units)
            if after not in number:
                number[after] = len(number)
                pending.append(after)
            row[number[after]] = row.get(number[after], 0.0) + probability
            for name, value in counts.items():
                means[name] = means.get(name, 0.0) + probability * value
        rows.append(row)
        counted.append(means)
    share = _stationary(rows)
    return {name: float(share @ [means[name] for means in counted]) for name in counted[0]}


def _stationary(rows: list[dict[int, float]]) -> FloatArray:
    """Solve share P = share, sum 1, with the last balance equation replaced by the sum."""
    size = len(rows)
    equations = -np.eye(size)
    for source, row in enumerate(rows):
        for target, probability in row.items():
            equations[target, source] += probability
    equations[-1] = 1.0
    return np.linalg.solve(equations, np.eye(size)[-1])


@dataclass(frozen=True)
class LostSales:
    """Base stock with lost sales whose orders arrive before the second day after: state = (on hand, due next)."""

    level: int

    def __call__(self, state: tuple[int, int], units: int) -> tuple[tuple[int, int], dict[str, float]]:
        """One day: the due units come in, customers come, the store orders."""
        on_hand, due = state
        later = self.level - on_hand - due
        available = on_hand + due
        left = max(0, available - units)
        return (left, later), {"lost": max(0, units - available), "on_hand": left}


@dataclass(frozen=True)
class Perishable:
    """Base stock of a perishable with lost sales, orders in before the next customer: state = units by days left.

    The state holds what is left at the end of a day with 1, 2, ..., life - 1 days to go. After Nahmias (2011),
    Perishable Inventory Systems, chapter 3.
    """

    level: int
    is_freshest_first: bool = False

    def __call__(self, state: tuple[int, ...], units: int) -> tuple[tuple[int, ...], dict[str, float]]:
        """One day: fresh units come in, customers come, what has no day left is thrown away."""
        ordered = self.level - sum(state)
        lots = [*state, ordered]
        asked = units
        for age in range(len(lots) - 1, -1, -1) if self.is_freshest_first else range(len(lots)):
            sold = min(asked, lots[age])
            lots[age] -= sold
            asked -= sold
        after = tuple(lots[1:])
        return after, {"ordered": ordered, "lost": asked, "wasted": lots[0], "on_hand": sum(after)}
