"""What an audit found: frozen, and ready to be tabulated, drawn and written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from scenarios import MEASURES, Premise, Promise


class Kept(StrEnum):
    """Whether a promise was kept, as far as the replications tell."""

    KEPT = "kept"
    """It lies in the interval of what was delivered."""
    BROKEN = "worse than promised"
    BETTERED = "better than promised"
    DIFFERENT = "other than promised"
    """Of a KPI of which neither more nor less is better."""
    UNDEFINED = "nothing to judge"
    """The KPI is not defined, or there are fewer than two replications."""


@dataclass(frozen=True)
class Contribution:
    """What one premise costs: how the KPI changes when it is made true after those before it."""

    premise: Premise
    change: float
    """NaN where it could not be made true."""
    low: float
    high: float


@dataclass(frozen=True)
class PromiseAudit:
    """One promise beside what was delivered."""

    part: str
    """Path of the part of the plan that made it."""
    promise: Promise
    delivered: float
    """Mean over replications."""
    low: float
    high: float
    """Interval of that mean."""
    kept: Kept
    contributions: tuple[Contribution, ...]
    """In the order in which premises are made true; empty when the gap was not split."""
    remainder: float
    """Promise less what is delivered where every premise that can be is true; NaN when the gap was not split."""
    remainder_low: float
    remainder_high: float

    @property
    def gap(self) -> float:
        """Delivered less promised."""
        return self.delivered - self.promise.forecast

    @property
    def is_explained(self) -> bool:
        """Whether the promise lies in the interval of a world in which its premises hold."""
        return not math.isnan(self.remainder_low) and self.remainder_low <= 0.0 <= self.remainder_high

    @property
    def title(self) -> str:
        """Name of the KPI."""
        return MEASURES[self.promise.measure].title

    @property
    def unit(self) -> str:
        """Unit of the KPI."""
        return MEASURES[self.promise.measure].unit


@dataclass(frozen=True)
class Audit:
    """All promises of a plan against the runs of a scenario."""

    scenario: str
    title: str
    """Of the scenario."""
    currency: str
    plan_digest: str
    seed: int
    replications: int
    confidence_level: float
    promises: tuple[PromiseAudit, ...]
    not_made_true: tuple[Premise, ...]
    """Premises that no scenario can make true."""

    @property
    def is_broken(self) -> bool:
        """Whether some promise was certainly not kept."""
        return any(found.kept is Kept.BROKEN for found in self.promises)

    def summary(self) -> str:
        """Promise by promise: forecast, delivery, gap and what it comes from."""
        from study.auditing.wording import summarise

        return summarise(self)
