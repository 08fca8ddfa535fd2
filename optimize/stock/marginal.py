"""Many things that each get better with money: which to spend it on first (Fox 1966, Sherbrooke 1968)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Steps:
    """Steps of all things, the one with most gain for its money first.

    Each thing's own curve is concave, so that its steps stay in their order, and after any number of them no other
    choice among the corners of the curves gains more for the money spent.
    """

    thing: IntArray
    """(steps,) whose step it is."""
    corner: IntArray
    """(steps,) index of the corner that it leads to, among all corners."""
    cost: FloatArray
    """(steps + 1,) money spent before the first step and after each."""
    gain: FloatArray
    """(steps + 1,) gained."""

    def corners_after(self, steps: int, starts: IntArray) -> IntArray:
        """(things,) corner at which each thing is after so many steps.

        Args:
            steps: how many.
            starts: (things + 1,) first corner of each.
        """
        taken = np.bincount(self.thing[:steps], minlength=len(starts) - 1)
        return np.asarray(starts[:-1] + taken)

    def within(self, budget: float) -> int:
        """Most steps that a budget pays for, in their order."""
        return max(0, int(np.searchsorted(self.cost, budget, side="right")) - 1)

    def reaching(self, gain: float) -> int | None:
        """Fewest steps that gain so much; None where all of them do not."""
        step = int(np.searchsorted(self.gain, gain, side="left"))
        return step if step < len(self.gain) else None


def merged_steps(starts: IntArray, cost: FloatArray, value: FloatArray, least_worth: float = 0.0) -> Steps:
    """Put the steps of all things in order.

    Args:
        starts: (things + 1,) first corner of each, and the number of all.
        cost: (corners,) of each thing, from its first corner on; rising.
        value: (corners,) gained, concave over the cost.
        least_worth: gain per money below which steps are left out.
    """
    thing = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    is_step = np.ones(len(thing), np.bool_)
    is_step[starts[:-1]] = False
    corner = np.flatnonzero(is_step)
    spent, gained = cost[corner] - cost[corner - 1], value[corner] - value[corner - 1]
    worth = gained / spent
    order = np.argsort(-worth, kind="stable")
    order = order[: np.count_nonzero(worth >= least_worth)]
    corner, first = corner[order], starts[:-1]
    return Steps(
        thing=thing[corner],
        corner=corner,
        cost=np.concatenate(([0.0], np.cumsum(spent[order]))) + cost[first].sum(),
        gain=np.concatenate(([0.0], np.cumsum(gained[order]))) + value[first].sum(),
    )


__all__ = ["Steps", "merged_steps"]
