"""What a study can conclude: frozen evidence, which charts, report and gate read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import DepotPolicy, PlanPart, Scenario
    from sim import Labels
    from study.shadow import Shade

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """What one named array of a `Condensed` means."""

    title: str
    unit: str


DAILY: dict[str, Series] = {
    "demand_units": Series("Demand", "units per day"),
    "sold_units": Series("Units sold", "units per day"),
    "lost_units": Series("Lost demand", "units per day"),
    "backorder_units": Series("Backorders", "units"),
    "fill_rate": Series("Fill rate (units)", "share"),
    "on_shelf_availability": Series("On-shelf availability", "share"),
    "store_stock_units": Series("Store stock", "units"),
    "dc_stock_units": Series("Distribution-centre stock", "units"),
    "ordered_units": Series("Ordered by or pushed to stores", "units per day"),
    "wasted_units": Series("Waste", "units per day"),
    "revenue": Series("Revenue", "money per day"),
    "unmet_supplier_units": Series("Centre waited for a supplier", "units per day"),
    "unmet_centre_units": Series("Centre short, nothing under way", "units per day"),
    "unmet_in_transit_units": Series("Goods under way to the store", "units per day"),
    "unmet_calendar_units": Series("Waiting for the order day", "units per day"),
    "unmet_level_units": Series("Order level too low", "units per day"),
}
"""Series over the days of the whole network, warm-up included; `fill_rate` is NaN on a day without demand."""

STORE_CLASS: dict[str, Series] = {
    "demand_units": Series("Demand", "units per day"),
    "fill_rate": Series("Fill rate (units)", "share"),
    "stock_out_share": Series("Opening time out of stock", "share"),
    "stock_units": Series("Stock", "units"),
    "waste_share": Series("Waste", "share"),
}
"""Tables store x class over the days after the warm-up; NaN where a store does not sell a class."""

STORE: dict[str, Series] = {
    "demand_units": Series("Demand", "units per day"),
    "fill_rate": Series("Fill rate (units)", "share"),
    "stock_out_share": Series("Opening time out of stock", "share"),
    "stock_units": Series("Stock", "units"),
    "revenue": Series("Revenue", "money per day"),
    "waste_share": Series("Waste", "share"),
}
"""Columns per store over the days after the warm-up."""

SKU: dict[str, Series] = {
    "demand_units": Series("Demand", "units per day"),
    "fill_rate": Series("Fill rate (units)", "share"),
    "stock_units": Series("Store stock", "units"),
    "stock_days": Series("Store stock in days of demand", "days"),
}
"""Columns per SKU over all stores, from periods that lie wholly after the warm-up (all if there is none)."""


@dataclass(frozen=True, eq=False)
class Condensed:
    """One replication, reduced to what studies and charts need: small, picklable, read-only."""

    replication: int
    digest: str
    """Canonical digest of all event tables and panels of the run."""
    kpis: Mapping[str, float]
    """KPI name -> value; NaN where undefined."""
    daily: Mapping[str, FloatArray]
    """Key of `DAILY` -> (days,)."""
    store_class: Mapping[str, FloatArray]
    """Key of `STORE_CLASS` -> (stores, classes)."""
    store: Mapping[str, FloatArray]
    """Key of `STORE` -> (stores,)."""
    sku: Mapping[str, FloatArray]
    """Key of `SKU` -> (SKUs,), in the order of `Labels.skus`."""
    cost_by_head: Mapping[str, float]
    """Key of `scenarios.COST_HEADS` -> money per day."""
    operations: Mapping[str, FloatArray] = field(default_factory=dict)
    """As from `study.operations.operations`; empty without trucks and work in centres."""
    shown_day: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    """As from `study.shown_day.shown_day`, of the first replication only."""
    service: Mapping[str, FloatArray] = field(default_factory=dict)
    """As from `study.service.service`; empty without after-sales service."""
    shown_week: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    """As from `study.shown_week.shown_week`, of the first replication only."""


@dataclass(frozen=True)
class KpiInterval:
    """The mean of one KPI over replications, and how well it is known."""

    kpi: str
    title: str
    unit: str
    count: int
    """Replications in which the KPI is defined."""
    mean: float
    """NaN when it is defined in none."""
    standard_deviation: float
    """Over replications; NaN with fewer than two."""
    low: float
    """Student-t interval of the mean; NaN with fewer than two replications."""
    high: float
    confidence_level: float
    note: str = ""
    """Empty, or in words why the interval is not what it seems."""

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, eq=False)
class Band:
    """One daily series over all replications."""

    mean: FloatArray
    """(days,)"""
    low: FloatArray
    """(days,): lower end of the middle `share` of replications, day by day."""
    high: FloatArray
    share: float


@dataclass(frozen=True, eq=False)
class Study:
    """Replications of one scenario under one plan, and what they show."""

    name: str
    """The scenario's name, made unique within a comparison."""
    scenario: Scenario
    plan_digest: str
    plan_summary: str
    seed: int
    labels: Labels
    """What the axes of the condensed arrays stand for."""
    condensed: tuple[Condensed, ...]
    """Finished replications in the order of their numbers."""
    intervals: Mapping[str, KpiInterval]
    """KPI name -> interval, in report order."""
    complete: bool
    """False when the study was interrupted before its last replication."""
    manifest: Mapping[str, Any]
    """Versions, digests, seed, overrides, command: see `study.manifest`."""
    folder: Path | None = None
    """Run folder; None for a study kept in memory."""
    plan_parts: tuple[PlanPart, ...] = ()
    """Provenance of the plan, part by part, with what it promises."""
    shadow: tuple[Shade, ...] = ()
    """Closed forms beside the KPIs, where `study.shadow.with_shadow` has looked for them."""
    decided_depot: DepotPolicy | None = None
    """Work in the centres as the plan decides it; None as the scenario's policy says."""

    @property
    def title(self) -> str:
        """Title for people."""
        return self.scenario.title or self.name

    @property
    def replications(self) -> tuple[int, ...]:
        """Numbers of the finished replications."""
        return tuple(run.replication for run in self.condensed)

    @property
    def currency(self) -> str:
        """Currency of every amount."""
        return self.scenario.costs.currency

    def values(self, kpi: str) -> FloatArray:
        """(replications,) of one KPI, NaN where undefined."""
        return np.array([run.kpis[kpi] for run in self.condensed], dtype=np.float64)

    def table(self) -> pd.DataFrame:
        """The long table: scenario, plan, replication, kpi, unit, value; one row per replication and KPI."""
        from study.tables import kpi_table

        return kpi_table(self)

    def daily_values(self, series: str) -> FloatArray:
        """(replications, days) of one series of `DAILY`."""
        return np.stack([run.daily[series] for run in self.condensed])

    def band(self, series: str, share: float = 0.8) -> Band:
        """Mean of a daily series, and the band that holds the middle `share` of replications day by day."""
        values = self.daily_values(series)
        low, mean, high = (np.full(values.shape[1], np.nan) for _ in range(3))
        defined = ~np.isnan(values).all(axis=0)
        tail = (1 - share) / 2
        mean[defined] = np.nanmean(values[:, defined], axis=0)
        low[defined], high[defined] = np.nanquantile(values[:, defined], [tail, 1 - tail], axis=0)
        return Band(mean, low, high, share)

    def mean_store_class(self, series: str) -> FloatArray:
        """(stores, classes): mean over replications of one table of `STORE_CLASS`."""
        return _mean_where_defined([run.store_class[series] for run in self.condensed])

    def mean_store(self, series: str) -> FloatArray:
        """(stores,): mean over replications of one column of `STORE`."""
        return _mean_where_defined([run.store[series] for run in self.condensed])

    def mean_sku(self, series: str) -> FloatArray:
        """(SKUs,): mean over replications of one column of `SKU`."""
        return _mean_where_defined([run.sku[series] for run in self.condensed])

    def mean_cost_by_head(self) -> dict[str, float]:
        """Cost head -> mean over replications, money per day."""
        heads = self.condensed[0].cost_by_head
        return {head: float(np.mean([run.cost_by_head[head] for run in self.condensed])) for head in heads}

    def summary(self) -> str:
        """A short table for a terminal: headline KPIs with their intervals."""
        from study.wording import study_summary

        return study_summary(self)


def _mean_where_defined(arrays: list[FloatArray]) -> FloatArray:
    stacked = np.stack(arrays)
    mean = np.full(stacked.shape[1:], np.nan)
    defined = ~np.isnan(stacked).all(axis=0)
    mean[defined] = np.nanmean(stacked[:, defined], axis=0)
    return mean


class Verdict(StrEnum):
    """What a paired difference shows at the family's confidence level."""

    HIGHER = "higher"
    """The alternative's value is higher."""
    LOWER = "lower"
    """The alternative's value is lower."""
    NOT_SHOWN = "no difference shown"
    """The data cannot tell them apart; not a proof that they are equal."""
    IDENTICAL = "identical"
    """Equal in every replication."""
    UNDEFINED = "undefined"
    """Too few replications in which both are defined."""


class Judgement(StrEnum):
    """A verdict seen from the KPI's better direction."""

    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


@dataclass(frozen=True)
class PairedDifference:
    """One KPI of an alternative less the same KPI of the baseline, replication by replication."""

    kpi: str
    title: str
    unit: str
    baseline: str
    """Name of the baseline study."""
    alternative: str
    """Name of the other study."""
    count: int
    """Replications in which both are defined."""
    baseline_mean: float
    alternative_mean: float
    mean: float
    """Alternative less baseline; NaN when `count` is 0."""
    standard_deviation: float
    """Of the paired differences; NaN with fewer than two."""
    low: float
    """Simultaneous (Bonferroni) interval over the family; NaN with fewer than two replications."""
    high: float
    own_low: float
    """Interval of this difference looked at alone."""
    own_high: float
    p_value: float
    """Two-sided paired t test; NaN where the test is undefined."""
    adjusted_p_value: float
    """The same after Holm's step-down adjustment over the family."""
    variance_reduction: float
    """(variance of baseline + variance of alternative) / variance of the difference; NaN where undefined."""
    verdict: Verdict
    judgement: Judgement
    text: str
    """The verdict as a sentence, with size and interval."""

    @property
    def relative(self) -> float:
        """Difference over the size of the baseline's mean; NaN when that is zero."""
        return self.mean / abs(self.baseline_mean) if self.baseline_mean else float("nan")


@dataclass(frozen=True)
class ScenarioDifference:
    """One place where two scenarios differ."""

    path: str
    """Path in the scenario, e.g. "policy.replenishment[0].mode.order_up_to.units"."""
    baseline: str
    """Value as text; a table by its digest; "(absent)" where there is none."""
    alternative: str
    is_policy: bool
    """Whether managers choose it; otherwise it is a fact."""


@dataclass(frozen=True)
class FactsStatement:
    """Whether an alternative plays in the same world as the baseline, and all that differs."""

    alternative: str
    same_facts: bool
    differences: tuple[ScenarioDifference, ...]
    """Sorted facts first, then by path; name, title and description left out."""
    text: str
    """The statement as a sentence."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """A baseline against alternatives on the same random worlds."""

    baseline: Study
    alternatives: tuple[Study, ...]
    replications: tuple[int, ...]
    """Replications that all studies have finished: only these are compared."""
    differences: tuple[PairedDifference, ...]
    """By alternative, then in KPI order."""
    statements: tuple[FactsStatement, ...]
    """One per alternative."""
    confidence_level: float
    """Of the whole family together."""
    family: str
    """In words: over which differences the confidence holds."""

    @property
    def studies(self) -> tuple[Study, ...]:
        """Baseline first."""
        return (self.baseline, *self.alternatives)

    def difference(self, kpi: str, alternative: str) -> PairedDifference:
        """The difference of one KPI for one alternative.

        Raises:
            KeyError: no such KPI or alternative.
        """
        for found in self.differences:
            if found.kpi == kpi and found.alternative == alternative:
                return found
        raise KeyError(f"{kpi} of {alternative}")

    def table(self) -> pd.DataFrame:
        """One row per alternative and KPI: means, difference, intervals, p-values, verdict."""
        from study.tables import difference_table

        return difference_table(self)

    def summary(self) -> str:
        """Verdicts on the headline KPIs and what the scenarios share, for a terminal."""
        from study.wording import comparison_summary

        return comparison_summary(self)
