"""What a back test can conclude: frozen evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from study.backtesting.period import OrderSource
from study.backtesting.records import FloatArray

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import Applied


_ROUNDING = 1e-9


class Outcome(StrEnum):
    """Where what happened lies against the prediction interval."""

    COVERED = "covered"
    ABOVE = "above"
    BELOW = "below"
    UNKNOWN = "unknown"
    """It cannot be told from the file, or the model cannot tell."""


@dataclass(frozen=True)
class KpiFinding:
    """One KPI: what happened, and what the model held possible."""

    kpi: str
    title: str
    unit: str
    definition: str
    actual: float
    """NaN when it cannot be told."""
    mean: float
    """Of the replications; NaN when undefined."""
    low: float
    """Prediction interval for one realisation, not for the mean."""
    high: float
    level: float
    """Probability that it covers, were the model right; by the replications there are, not as asked."""
    p_value: float
    """Two-sided, by rank among the replications."""
    outcome: Outcome
    note: str = ""
    """Why the outcome is unknown, or what limits it."""


@dataclass(frozen=True)
class ReplayDifference:
    """One KPI under known demand and known receipts."""

    kpi: str
    title: str
    unit: str
    actual: float
    replayed: float

    @property
    def difference(self) -> float:
        """Replayed less actual."""
        return self.replayed - self.actual


@dataclass(frozen=True)
class Replay:
    """The bookkeeping check: known demand and known supply must give the sales and stock that were."""

    differences: tuple[ReplayDifference, ...]
    cells: int
    """Store x SKU x day cells compared."""
    sales_differ: int
    """Of these, cells whose sales came out otherwise."""
    stock_differs: int | None
    """Of these, cells whose closing stock came out otherwise; None where the file has no stock."""
    reason: str = ""
    """Why there was no replay; empty when there was."""

    @property
    def is_exact(self) -> bool:
        """Whether every cell came out as it was."""
        return not self.reason and self.sales_differ == 0 and not self.stock_differs


@dataclass(frozen=True)
class Calibration:
    """Weekly sales of many cells against their prediction intervals."""

    grain: str
    """"store", "sku" or "cell" (store x SKU), each by week."""
    cells: int
    level: float
    """Of each cell's interval."""
    share: float
    """Cells that cover what happened."""
    expected: float
    """Mean share of a replication put in the place of the past; above `level` where counts are small."""
    low: float
    """Prediction interval of the share, were the model right."""
    high: float
    outcome: Outcome
    """BELOW: the model is surer than it should be, or off; ABOVE: its intervals are too wide."""


@dataclass(frozen=True, eq=False)
class WeeklySeries:
    """Units sold in the whole network by week."""

    first_days: tuple[date, ...]
    actual: FloatArray
    """(weeks,)"""
    mean: FloatArray
    low: FloatArray
    """Prediction interval, week by week."""
    high: FloatArray
    level: float


@dataclass(frozen=True, eq=False)
class Backtest:
    """A scenario against a past period."""

    scenario: str
    title: str
    currency: str
    source: str
    """File of actuals."""
    source_digest: str
    start_date: date
    days: int
    period_days: int
    stores: int
    skus: int
    orders: OrderSource
    seed: int
    replications: int
    level: float
    findings: tuple[KpiFinding, ...]
    joint_p_value: float
    """Of all KPIs together; NaN when none can be judged."""
    calibrations: tuple[Calibration, ...]
    weekly: WeeklySeries
    replay: Replay
    changes: tuple[Applied, ...]
    """What was changed in the scenario to move it to the period."""
    notes: tuple[str, ...]

    @property
    def judged(self) -> tuple[KpiFinding, ...]:
        """Findings with an outcome, but for what never varies and came out so, such as waste without perishables."""
        return tuple(
            found
            for found in self.findings
            if found.outcome is not Outcome.UNKNOWN and not found.low == found.actual == found.high
        )

    @property
    def is_contradicted(self) -> bool:
        """Whether the past speaks against the model, all KPIs taken together."""
        return self.joint_p_value < 1 - self.level

    @property
    def multiplicity(self) -> str:
        """What judging many KPIs at once means, in words."""
        count = len(self.judged)
        inside = sum(found.outcome is Outcome.COVERED for found in self.judged)
        outside = sum(1 - found.level for found in self.judged)
        reached = min((found.level for found in self.judged), default=self.level)
        short = f", as {self.replications} replications reach" if reached < self.level - _ROUNDING else ""
        text = (
            f"{inside} of {count} KPIs covered, each on its own at {reached:.0%}{short}: a right model leaves "
            f"{outside:.2g} outside on average"
        )
        if self.replications + 1 <= 1 / (1 - self.level) + _ROUNDING:
            return f"{text}; {self.replications} replications are too few to judge all together"
        verdict = "speaks against" if self.is_contradicted else "does not speak against"
        return (
            f"{text}; all together, by the largest deviation of any KPI (p = {self.joint_p_value:.2g}), "
            f"the past {verdict} the model"
        )

    def table(self) -> pd.DataFrame:
        """One row per KPI: kpi, title, unit, actual, mean, low, high, level, outcome, p_value, note."""
        from study.backtesting.tables import finding_table

        return finding_table(self)

    def summary(self) -> str:
        """The back test for a terminal."""
        from study.backtesting.wording import summarise

        return summarise(self)
