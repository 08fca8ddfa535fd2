"""How many replications a wanted precision takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from study.statistics.intervals import mean_interval, relative_half_width


@dataclass(frozen=True)
class PrecisionRule:
    """Replicate until every KPI's interval is narrow relative to its mean, and stays so.

    The sequential rule of Hoad, Robinson and Davies (2010), Journal of the Operational Research Society
    61:1632-1644: with d(n) the half width of the interval over the mean after n replications, stop at the
    smallest n at which d is within the wanted precision for n and the next `look_ahead` replications (which
    guards against a lucky early stop); beyond 100 replications the look-ahead grows in proportion.
    """

    relative: float
    """Wanted half width over mean, e.g. 0.02."""
    minimum: int = 5
    """Replications before the first look; a t interval of fewer says little."""
    limit: int = 200
    """Replications at which the rule gives up."""
    look_ahead: int = 5
    """kLimit of the paper."""

    def __post_init__(self) -> None:
        if not 0 < self.relative < 1:
            raise ValueError(f"a precision lies between 0% and 100%, not at {self.relative:.4g}")
        if not 2 <= self.minimum <= self.limit:
            raise ValueError(f"minimum {self.minimum}, limit {self.limit}: must be 2 <= minimum <= limit")

    def look_ahead_at(self, count: int) -> int:
        """Replications for which the precision reached at `count` must last."""
        return self.look_ahead if count <= 100 else self.look_ahead * count // 100


class PrecisionMonitor:
    """Applies a rule to replications fed in order, so the answer is the same however many ran at once."""

    def __init__(self, rule: PrecisionRule, kpis: Sequence[str], confidence_level: float) -> None:
        """Watch some KPIs.

        Args:
            rule: When to stop.
            kpis: KPIs that must all reach the precision; one that is never defined is passed over.
            confidence_level: Of the intervals.
        """
        self._rule = rule
        self._confidence_level = confidence_level
        self._values: dict[str, list[float]] = {kpi: [] for kpi in kpis}
        self._count = 0
        self._met_since: int | None = None

    def add(self, kpis: Mapping[str, float]) -> bool:
        """Take in the next replication, and tell whether it is the last one needed."""
        self._count += 1
        for kpi, series in self._values.items():
            series.append(kpis[kpi])
        if self._count < self._rule.minimum:
            return False
        if self.shortfalls():
            self._met_since = None
        elif self._met_since is None:
            self._met_since = self._count
        return self._count >= self._rule.limit or self._has_lasted()

    def shortfalls(self) -> dict[str, float]:
        """KPIs that miss the precision so far -> half width over mean reached (NaN without an interval)."""
        reached = {kpi: self._reached(series) for kpi, series in self._values.items()}
        return {kpi: width for kpi, width in reached.items() if not width <= self._rule.relative}

    def _has_lasted(self) -> bool:
        since = self._met_since
        return since is not None and self._count - since >= self._rule.look_ahead_at(since)

    def _reached(self, series: list[float]) -> float:
        values = np.array(series)
        if np.isnan(values).all():
            return 0.0
        return relative_half_width(mean_interval(values, self._confidence_level))
