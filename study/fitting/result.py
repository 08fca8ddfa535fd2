"""What a fit hands back: estimates with their errors, and the demand block of a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from study.fitting.accuracy import GoodnessOfFit, HoldoutAccuracy
from study.fitting.dispersion import DispersionFit, SizeSpread
from study.fitting.estimate import Estimate
from study.fitting.periods import Calendar
from study.fitting.seasonality import SeasonFit
from study.fitting.shocks import ShockFit
from study.fitting.uplift import UpliftFit

RATES_FILE = "rates.csv"
NEARLY_POISSON = 1.05
DIGITS = 4


@dataclass(frozen=True, eq=False)
class ClassFit:
    """Everything fitted to one category of the history."""

    category: str
    """Name in the history; empty when the file has no category column."""
    price_elasticity: Estimate
    promotion_multiplier: Estimate
    feature_multiplier: Estimate
    cross_price_elasticity: Estimate
    uplift: UpliftFit
    season: SeasonFit
    dispersion: DispersionFit
    spread: SizeSpread
    shocks: ShockFit
    goodness: GoodnessOfFit
    accuracy: HoldoutAccuracy | None
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FittedDemand:
    """Demand fitted to a sales history, with provenance."""

    source: str
    digest: str
    """SHA-256 of the history file."""
    rows: int
    calendar: Calendar
    stores: int
    skus: int
    censored_share: float
    """Share of observations whose shelf ran empty."""
    classes: tuple[ClassFit, ...]
    series: pd.DataFrame
    """One row per store and SKU: `store_id`, `sku_id`, `category`, `periods`, `mean_units`,
    `mean_interval`, `squared_variation`, `demand_class`."""
    sku_table: pd.DataFrame
    """One row per SKU: `sku_id`, `category`, `regular_price` (NaN if unknown), `units_per_day` (mean over its
    stores) and `variance_to_mean`, for the scenario's SKU table."""
    rates: pd.DataFrame
    """One row per store and SKU: `store_id`, `sku_id`, `units_per_day`, `standard_error`: mean demand at the
    end of the history before patterns, at the regular price and without promotion."""
    notes: tuple[str, ...]

    @property
    def first_date(self) -> date | None:
        """First day of the history, when dated."""
        return self.calendar.day(0)

    @property
    def last_date(self) -> date | None:
        """First day of the last period, when dated."""
        return self.calendar.day(self.calendar.count - 1)

    def figures(self) -> pd.DataFrame:
        """Every figure as a table: `parameter, value, standard_error, unit, method, source`."""
        records = []
        for fit in self.classes:
            prefix = f"{fit.category}." if fit.category else ""
            for name, estimate in _named_estimates(fit):
                records.append(
                    {
                        "parameter": prefix + name,
                        "value": _rounded(estimate.value),
                        "standard_error": _rounded(estimate.standard_error),
                        "unit": estimate.unit,
                        "method": estimate.method
                        if estimate.value is not None
                        else f"not identifiable: {estimate.method}",
                        "source": f"{self.source} ({self.rows} rows)",
                    }
                )
        return pd.DataFrame.from_records(records)

    def to_yaml_block(self) -> dict[str, Any]:
        """The `demand:` block of a scenario, plain types only; `rates.csv` is expected beside the file.

        Figures the language bounds are moved to the bound, and the estimate says so.
        """
        block: dict[str, Any] = {"rates": {"table": RATES_FILE}}
        estimates: list[dict[str, Any]] = []
        ratio = self._pooled_ratio()
        if ratio.value is not None and ratio.value > NEARLY_POISSON:
            block["process"] = {"kind": "negative_binomial", "variance_to_mean": _rounded(ratio.value)}
            _note(estimates, "demand.process.variance_to_mean", ratio, block["process"]["variance_to_mean"])
        else:
            block["process"] = {"kind": "poisson"}
        patterns = [p for i, fit in enumerate(self.classes) if (p := self._pattern(fit, i, estimates))]
        if patterns:
            block["patterns"] = patterns
        responses: list[dict[str, Any]] = []
        for fit in self.classes:
            response = self._response(fit, len(responses), estimates)
            if response:
                responses.append(response)
        if responses:
            block["responses"] = responses
        block["fitted"] = [self._provenance(estimates)]
        return block

    def _provenance(self, estimates: list[dict[str, Any]]) -> dict[str, Any]:
        record: dict[str, Any] = {"source": self.source, "digest": self.digest, "rows": self.rows}
        if self.first_date and self.last_date:
            record |= {"first_date": self.first_date, "last_date": self.last_date}
        scored = [fit.accuracy for fit in self.classes if fit.accuracy]
        if scored:
            observations = sum(accuracy.observations for accuracy in scored)
            error = sum(accuracy.wape * accuracy.observations for accuracy in scored) / observations
            record |= {"holdout_periods": scored[0].periods, "holdout_error": _rounded(error)}
        record["estimates"] = estimates
        return record

    def _pooled_ratio(self) -> Estimate:
        ratios = [fit.dispersion.variance_to_mean for fit in self.classes]
        total = sum(ratio.n for ratio in ratios)
        value = sum((ratio.value or 1.0) * ratio.n for ratio in ratios) / total
        error = sum(((ratio.standard_error or 0.0) * ratio.n) ** 2 for ratio in ratios) ** 0.5 / total
        return Estimate(value, error, total, ratios[0].method)

    def _pattern(self, fit: ClassFit, index: int, estimates: list[dict[str, Any]]) -> dict[str, Any]:
        pattern: dict[str, Any] = {"classes": [fit.category]} if fit.category else {}
        path = f"demand.patterns[{index}]"
        for key, factors in (
            ("weekday_factors", fit.season.weekday_factors),
            ("month_factors", fit.season.month_factors),
        ):
            if factors:
                pattern[key] = [_rounded(factor.value) for factor in factors]
                for i, factor in enumerate(factors):
                    _note(estimates, f"{path}.{key}[{i}]", factor, pattern[key][i])
        trend = fit.season.trend_per_year
        if trend.value is not None:
            pattern["trend_per_year"] = _rounded(min(max(trend.value, -0.99), 5.0))
            _note(estimates, f"{path}.trend_per_year", trend, pattern["trend_per_year"])
        if set(pattern) <= {"classes"}:
            return {}
        return pattern | {"source": f"fitted to {self.source}"}

    def _response(self, fit: ClassFit, index: int, estimates: list[dict[str, Any]]) -> dict[str, Any]:
        pulled = _within(fit.uplift.pulled_forward_share.value, 0.0, 1.0)
        bounds: list[tuple[str, Estimate, float, float]] = [
            ("price_elasticity", fit.price_elasticity, -float("inf"), 0.0),
            ("promotion_multiplier", fit.promotion_multiplier, 1.0, float("inf")),
            ("feature_multiplier", fit.feature_multiplier, 1.0, float("inf")),
            ("pulled_forward_share", fit.uplift.pulled_forward_share, 0.0, 1.0),
            ("switched_share", fit.uplift.switched_share, 0.0, 1.0 - (pulled or 0.0)),
        ]
        response: dict[str, Any] = {}
        for key, estimate, low, high in bounds:
            value = _within(estimate.value, low, high)
            if value is not None:
                response[key] = _rounded(value)
                _note(estimates, f"demand.responses[{index}].{key}", estimate, response[key])
        if not response:
            return {}
        if "pulled_forward_share" in response:
            response["dip_days"] = fit.uplift.dip_days
        classes = {"classes": [fit.category]} if fit.category else {}
        return classes | response | {"source": f"fitted to {self.source}"}

    def summary(self) -> str:
        """The fit in words and figures."""
        from study.fitting.wording import summarise_fit

        return summarise_fit(self)


def _named_estimates(fit: ClassFit) -> list[tuple[str, Estimate]]:
    named = [
        ("price_elasticity", fit.price_elasticity),
        ("promotion_multiplier", fit.promotion_multiplier),
        ("feature_multiplier", fit.feature_multiplier),
        ("cross_price_elasticity", fit.cross_price_elasticity),
        ("pulled_forward_share", fit.uplift.pulled_forward_share),
        ("next_periods_share", fit.uplift.next_periods_share),
        ("switched_share", fit.uplift.switched_share),
        ("uplift_calibration", fit.uplift.calibration),
        ("store_log_standard_deviation", fit.spread.store),
        ("sku_log_standard_deviation", fit.spread.sku),
        ("cell_log_standard_deviation", fit.spread.cell),
        ("variance_to_mean", fit.dispersion.variance_to_mean),
        ("relative_variance", fit.dispersion.relative_variance),
        ("network_shock_standard_deviation", fit.shocks.network),
        ("store_shock_standard_deviation", fit.shocks.store),
        ("sku_shock_standard_deviation", fit.shocks.sku),
        ("trend_per_year", fit.season.trend_per_year),
    ]
    named += [(f"variance_to_mean.{name}", estimate) for name, estimate in fit.dispersion.by_class]
    named += [
        (f"variance_to_mean.at_{mean:.3g}_units", estimate) for mean, estimate in fit.dispersion.by_volume
    ]
    named += [(f"weekday_factors[{i}]", estimate) for i, estimate in enumerate(fit.season.weekday_factors)]
    named += [(f"month_factors[{i}]", estimate) for i, estimate in enumerate(fit.season.month_factors)]
    scores = fit.goodness
    quality = [
        ("deviance_explained", scores.deviance_explained, "share"),
        ("pit_largest_gap", scores.pit_largest_gap, "share"),
    ]
    if fit.accuracy:
        held = fit.accuracy
        quality += [
            ("holdout_wape", held.wape, "share"),
            ("holdout_bias", held.bias, "share"),
            ("holdout_mase", held.mase, "ratio"),
            ("holdout_coverage_of_90_percent_interval", held.coverage, "share"),
            ("holdout_naive_wape", held.naive_wape, "share"),
        ]
        if held.seasonal_naive_wape is not None:
            quality.append(("holdout_seasonal_naive_wape", held.seasonal_naive_wape, "share"))
    span = (
        f"last {fit.accuracy.periods} periods held back, prices and promotions known" if fit.accuracy else ""
    )
    for name, value, unit in quality:
        named.append(
            (name, Estimate(value, None, 0, span if name.startswith("holdout") else "in-sample", unit))
        )
    return named


def _note(estimates: list[dict[str, Any]], path: str, estimate: Estimate, used: float | None) -> None:
    method = estimate.method
    if (
        estimate.value is not None
        and used is not None
        and abs(used - estimate.value) > 1e-3 * max(1.0, abs(used))
    ):
        method = f"estimated {estimate.value:.4g}, moved to the bound; {method}"
    record: dict[str, Any] = {"path": path, "value": used}
    if estimate.standard_error is not None:
        record["standard_error"] = _rounded(estimate.standard_error)
    estimates.append(record | {"method": method})


def _within(value: float | None, low: float, high: float) -> float | None:
    return None if value is None else min(max(value, low), high)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")
