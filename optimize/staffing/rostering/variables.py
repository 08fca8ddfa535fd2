"""Who works what on which day: a variable where a roster may change, 0 or 1 where it is held fixed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.staffing.rostering.costs import OFF, IntArray
from optimize.staffing.rostering.problem import RosterProblem

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a roster while its model is built."""

    problem: RosterProblem
    roster: IntArray
    """(people, days): what holds where nothing is free."""
    free: BoolArray
    """(people, days)"""
    x: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    """Variables by person, day, shift."""
    on: dict[tuple[int, int], Any] = field(default_factory=dict)
    """Whether somebody works on a free day: a variable, or 0."""

    @cached_property
    def number_of(self) -> dict[str, int]:
        """Index of each shift."""
        return {shift: number for number, shift in enumerate(self.problem.shift_ids)}

    @cached_property
    def is_free(self) -> list[list[bool]]:
        """`free` in lists, of which single values are read faster."""
        listed: list[list[bool]] = self.free.tolist()
        return listed

    @cached_property
    def fixed(self) -> list[list[int]]:
        """`roster` in lists."""
        listed: list[list[int]] = self.roster.tolist()
        return listed

    def works(self, person: int, day: int, shift: int) -> Any:
        """Whether a person works a shift on a day."""
        if self.is_free[person][day]:
            return self.x.get((person, day, shift), 0)
        return int(self.fixed[person][day] == shift)

    def is_on(self, person: int, day: int) -> Any:
        """Whether a person works on a day."""
        if self.is_free[person][day]:
            return self.on[person, day]
        return int(self.fixed[person][day] != OFF)


def is_open(term: Any) -> bool:
    """Whether a term is a variable or an expression of some, and no number."""
    return not isinstance(term, int)


__all__ = ["BoolArray", "Cells", "is_open"]
