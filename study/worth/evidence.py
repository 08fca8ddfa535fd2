"""What each solver turned out to be worth: frozen, and ready to be tabulated, drawn and written."""

from __future__ import annotations

from dataclasses import dataclass

from study.evidence import Judgement

MONEY = ("profit", "total_cost", "revenue")
SERVICE = (
    "fill_rate",
    "on_shelf_availability",
    "on_time_share",
    "answer_level",
    "completion_attainment",
    "first_time_fix_share",
    "covered_share",
)
"""KPIs that are shown, where a scenario has them."""


@dataclass(frozen=True)
class Gain:
    """One KPI with the solver less the same KPI without it, over the same random worlds."""

    kpi: str
    title: str
    unit: str
    with_solver: float
    without: float
    gain: float
    low: float
    high: float
    """Interval of the gain; all intervals of all solvers hold together."""
    judgement: Judgement
    """Of the solver."""


@dataclass(frozen=True)
class SolverWorth:
    """One solver."""

    path: str
    title: str
    rule: str
    """What decided in its place."""
    gains: tuple[Gain, ...]

    def of(self, kpi: str) -> Gain | None:
        """The gain of one KPI; None where the scenario does not have it."""
        return next((gain for gain in self.gains if gain.kpi == kpi), None)


@dataclass(frozen=True)
class Worth:
    """All solvers of a plan."""

    scenario: str
    title: str
    currency: str
    plan_digest: str
    seed: int
    replications: int
    family: str
    """What the confidence of the intervals means."""
    solvers: tuple[SolverWorth, ...]
    unfinished: tuple[str, ...] = ()
    """Paths of solvers that were not compared, because the user interrupted."""

    def summary(self) -> str:
        """One block per solver."""
        from study.worth.wording import summarise

        return summarise(self)


__all__ = ["MONEY", "SERVICE", "Gain", "SolverWorth", "Worth"]
