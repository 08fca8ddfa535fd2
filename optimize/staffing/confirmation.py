"""Levels of people evaluated another way, by simulation for example, and raised until they pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from optimize.solving import Progress, no_progress
from optimize.staffing.chance import ChancePlan, check_arguments, next_group
from optimize.staffing.sampled_months import SampledMonths

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Evaluate(Protocol):
    """Measures levels of people another way, by simulation for example."""

    def __call__(self, level: IntArray) -> float:
        """Probability with which the levels (groups,) keep the target."""
        ...


@dataclass(frozen=True, eq=False)
class Confirmation:
    """What an evaluation says about levels, step by step."""

    level: IntArray
    """(groups,): the last ones."""
    probability: float
    """That they keep the target, as evaluated."""
    is_confirmed: bool
    steps: tuple[tuple[tuple[int, ...], float], ...]
    """Levels tried and what each achieved."""


def confirm(
    plan: ChancePlan,
    months: SampledMonths,
    cost: FloatArray,
    target_share: float,
    evaluate: Evaluate,
    probability: float = 0.95,
    *,
    most_steps: int = 20,
    progress: Progress = no_progress,
) -> Confirmation:
    """Evaluate a plan and add people one level at a time until it passes.

    Which group is next is decided on the sampled months: the one that gains most for its cost.

    Args:
        plan: Where to start.
        months: Months it was decided on.
        cost: (groups, levels) cost.
        target_share: Share of requests to be answered in time.
        evaluate: Measures levels.
        probability: To be reached.
        most_steps: Levels that may be added.
        progress: Told of each evaluation.

    Returns:
        The first levels that pass, or the last ones tried.

    Raises:
        ValueError: A number is out of range, or the evaluation is no probability.
    """
    check_arguments(months, cost, target_share, probability)
    level, steps = plan.level.copy(), []
    for step in range(most_steps + 1):
        progress("confirmation", step, most_steps)
        reached = evaluate(level.copy())
        if not 0 <= reached <= 1:
            raise ValueError(f"evaluate({level.tolist()})={reached!r}: must be a probability")
        steps.append((tuple(level.tolist()), reached))
        if reached >= probability or step == most_steps or (level == cost.shape[1] - 1).all():
            break
        level[next_group(months, cost, target_share, level)] += 1
    return Confirmation(level, reached, reached >= probability, tuple(steps))


__all__ = ["Confirmation", "Evaluate", "confirm"]
