"""Levels of people that keep targets in enough of sampled months, as a model of CP-SAT formulated in `chance`."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.staffing.cp_search import Found
from optimize.staffing.sampled_months import SampledMonths

IntArray = npt.NDArray[np.int64]

_UNITS_PER_MONTH = 1_000_000
"""Requests are rounded to millionths of the month with most, against the plan: less than 0.001 % is lost."""


class LevelModel:
    """y[g, l] = 1 where group g has at least level l; what it costs is for the caller to say."""

    def __init__(self, groups: int, levels: int) -> None:
        from ortools.sat.python import cp_model

        self.model: Any = cp_model.CpModel()
        self._y = [
            [self.model.new_bool_var(f"{group} {level}") for level in range(1, levels)]
            for group in range(groups)
        ]
        for of_group in self._y:
            for lower, higher in pairwise(of_group):
                self.model.add_implication(higher, lower)

    def keep(self, months: SampledMonths, target_share: float, needed: int) -> None:
        """Ask for a target in so many of the months."""
        most = max(float(months.asked.sum(axis=1).max()), 1e-12)
        # Down from the ground level up: what is gained by all steps together is never rounded up.
        answered = np.floor(months.answered * (_UNITS_PER_MONTH / most) + 1e-6).astype(np.int64)
        asked = np.ceil(target_share * months.asked.sum(axis=1) * (_UNITS_PER_MONTH / most) - 1e-6)
        short = (asked - answered[:, :, 0].sum(axis=1)).astype(np.int64).tolist()
        gains = np.maximum(np.diff(answered, axis=2), 0)
        kept = []
        for missing, of_month in zip(short, gains, strict=True):
            if missing <= 0:
                needed -= 1
                continue
            is_kept = self.model.new_bool_var("")
            self.model.add(self.total(of_month) >= missing * is_kept)
            kept.append(is_kept)
        self.model.add(sum(kept) >= needed)

    def total(self, steps: IntArray) -> Any:
        """Sum over all groups of what each step up to their level adds, (groups, levels - 1)."""
        return sum(self.of_group(group, of_group) for group, of_group in enumerate(steps))

    def of_group(self, group: int, steps: IntArray) -> Any:
        """Sum over the steps up to the level of one group, (levels - 1,)."""
        return sum(step * y for step, y in zip(steps.tolist(), self._y[group], strict=True) if step)

    def hint(self, level: IntArray) -> dict[Any, int]:
        """Values of the variables at some levels, (groups,)."""
        return {
            y: int(place < chosen)
            for of_group, chosen in zip(self._y, level.tolist(), strict=True)
            for place, y in enumerate(of_group)
        }

    def level(self, found: Found) -> IntArray:
        """(groups,) levels of a solution."""
        return np.array([sum(map(found.value, of_group)) for of_group in self._y], dtype=np.int64)


__all__ = ["LevelModel"]
