"""Closed forms against replications: which gap chance cannot explain."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from study.shadow.expected import Expected
from study.statistics import bonferroni_level, mean_interval

FloatArray = npt.NDArray[np.float64]

CONFIDENCE = 0.999
"""Of all closed forms of a study together."""
FEWEST = 5
"""Replications without which nothing is judged, unless a closed form holds in each of them."""
_MOST_ALIKE, _ALIKE_BY_CHANCE = 0.2, 2
_SAME = 1e-9


class Verdict(StrEnum):
    """What the replications say about a closed form."""

    COVERED = "covered"
    """The interval holds the closed form; how much that says is its resolution."""
    GAP = "gap"
    """Outside the interval: the model, its regime or the engine is wrong."""
    OPEN = "not judged"
    """Too few replications, or too few events in them."""


@dataclass(frozen=True)
class Shade:
    """A closed form beside the KPI."""

    expected: Expected
    count: int
    """Replications in which the KPI is defined."""
    mean: float
    low: float
    """Student-t interval at the family's level; NaN with fewer than two replications."""
    high: float
    verdict: Verdict

    @property
    def gap(self) -> float:
        """Simulated less expected."""
        return self.mean - self.expected.value

    @property
    def resolution(self) -> float:
        """Half width and tolerance over the closed form: gaps smaller than this share would not be seen."""
        half = (self.high - self.low) / 2.0 + self.expected.tolerance
        return half / abs(self.expected.value) if self.expected.value else math.nan

    @property
    def is_flagged(self) -> bool:
        """Whether the gap is unexplained."""
        return self.verdict is Verdict.GAP


def judge(
    expected: Sequence[Expected], values: Mapping[str, FloatArray], confidence_level: float = CONFIDENCE
) -> tuple[Shade, ...]:
    """Hold closed forms against replications.

    Intervals are Student's, at a level at which all of the family hold together (Bonferroni). A KPI with the same
    value in many replications counts rare events, for which such intervals are too narrow: it is not judged.

    Args:
        expected: closed forms.
        values: KPI -> (replications,), NaN where undefined; closed forms of other KPIs are left out.
        confidence_level: of the whole family.
    """
    known = [each for each in expected if each.kpi in values]
    level = bonferroni_level(confidence_level, len(known))
    return tuple(_shade(each, values[each.kpi], level) for each in known)


def _shade(expected: Expected, values: FloatArray, level: float) -> Shade:
    found = mean_interval(values, level)
    if found.count == 0 or not (expected.is_certain or _can_be_judged(values)):
        verdict = Verdict.OPEN
    else:
        slack = expected.tolerance + _SAME * abs(expected.value)
        low, high = (found.mean, found.mean) if expected.is_certain else (found.low, found.high)
        is_covered = low - slack <= expected.value <= high + slack
        verdict = Verdict.COVERED if is_covered else Verdict.GAP
    return Shade(expected, found.count, found.mean, found.low, found.high, verdict)


def _can_be_judged(values: FloatArray) -> bool:
    defined = values[~np.isnan(values)]
    if len(defined) < FEWEST or len(defined) < len(values):
        return False
    _, repeats = np.unique(defined, return_counts=True)
    return bool(repeats.max() <= max(_ALIKE_BY_CHANCE, _MOST_ALIKE * len(defined)))


__all__ = ["CONFIDENCE", "FEWEST", "Shade", "Verdict", "judge"]
