"""Levels of people evaluated another way, by simulation for example, and raised until they pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from optimize.solving import Progress, no_progress
from optimize.staffing.chance import check_arguments, next_group
from optimize.staffing.sampled_months import SampledMonths

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Evaluate(Protocol):
    """Measures levels of people another way, by simulation for example."""

    def __call__(self, level: IntArray, /) -> float:
        """Probability with which the levels (groups,) keep the target."""
        ...


class Raise(Protocol):
    """Says where more people help most."""

    def __call__(self, level: IntArray, /) -> int | None:
        """Group whose level is to rise by one; None where none can."""
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
    start: npt.ArrayLike,
    evaluate: Evaluate,
    to_raise: Raise,
    probability: float = 0.95,
    *,
    most_steps: int = 20,
    progress: Progress = no_progress,
) -> Confirmation:
    """Evaluate levels and add people one level at a time until they pass. No levels are evaluated twice.

    Args:
        start: (groups,) levels to begin with, e.g. of a `ChancePlan`.
        evaluate: Measures levels.
        to_raise: Says which group is next, e.g. `by_sampled_months`.
        probability: To be reached, 0 < probability <= 1.
        most_steps: Levels that may be added.
        progress: Told of each evaluation.

    Returns:
        The first levels that pass, or the last ones tried.

    Raises:
        ValueError: A number is out of range, or the evaluation is no probability.
    """
    if not 0 < probability <= 1:
        raise ValueError(f"probability={probability!r}: must be a share above 0 and below 1")
    if most_steps < 0:
        raise ValueError(f"most_steps={most_steps!r}: must not be negative")
    level, steps = np.array(start, dtype=np.int64), []
    for step in range(most_steps + 1):
        progress("confirmation", step, most_steps)
        reached = evaluate(level.copy())
        if not 0 <= reached <= 1:
            raise ValueError(f"evaluate({level.tolist()})={reached!r}: must be a probability")
        steps.append((tuple(level.tolist()), reached))
        if reached >= probability or step == most_steps:
            break
        group = to_raise(level.copy())
        if group is None:
            break
        level[group] += 1
    return Confirmation(level, reached, reached >= probability, tuple(steps))


def by_sampled_months(months: SampledMonths, cost: FloatArray, target_share: float) -> Raise:
    """Raise the group that gains most for its cost in the months that a plan was decided on.

    Args:
        months: These months.
        cost: (groups, levels) cost.
        target_share: Share of requests to be answered in time.

    Raises:
        ValueError: A number is out of range or a shape does not fit.
    """
    check_arguments(months, cost, target_share, 1.0)

    def to_raise(level: IntArray) -> int | None:
        if (level == cost.shape[1] - 1).all():
            return None
        return next_group(months, cost, target_share, level)

    return to_raise


__all__ = ["Confirmation", "Evaluate", "Raise", "by_sampled_months", "confirm"]
