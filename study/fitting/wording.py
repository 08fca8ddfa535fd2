"""A fit in words, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from study.fitting.result import ClassFit, FittedDemand

WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def summarise_fit(fitted: FittedDemand) -> str:
    """All estimates, what they rest on, and what the history cannot tell."""
    calendar = fitted.calendar
    span = f"{calendar.count} {calendar.frequency}s"
    if fitted.first_date:
        span += f" from {fitted.first_date} to {fitted.last_date}"
    lines = [
        f"{fitted.source}: {fitted.rows:,} rows, {fitted.stores} stores, {fitted.skus} SKUs, {span}",
        f"sha256 {fitted.digest[:16]}; shelf empty in {fitted.censored_share:.1%} of the observations",
    ]
    counts = fitted.series["demand_class"].value_counts()
    lines.append("series: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    for fit in fitted.classes:
        lines += ["", *_class_lines(fit)]
    lines += ["", *(f"note: {note}" for note in fitted.notes)]
    return "\n".join(lines).rstrip()


def _class_lines(fit: ClassFit) -> list[str]:
    rows = [
        ("price elasticity", fit.price_elasticity),
        ("promotion multiplier", fit.promotion_multiplier),
        ("feature multiplier", fit.feature_multiplier),
        ("cross-price elasticity", fit.cross_price_elasticity),
        ("share of uplift pulled forward", fit.uplift.pulled_forward_share),
        ("  missing next, promoted or not", fit.uplift.next_periods_share),
        ("share of uplift switched", fit.uplift.switched_share),
        ("variance to mean", fit.dispersion.variance_to_mean),
        ("store size, log sd", fit.spread.store),
        ("SKU popularity, log sd", fit.spread.sku),
        ("trend per year", fit.season.trend_per_year),
    ]
    lines = [f"category {fit.category}"] if fit.category else []
    lines += [f"  {name:32} {estimate}" for name, estimate in rows]
    for names, factors in (
        (WEEKDAY_NAMES, fit.season.weekday_factors),
        (MONTH_NAMES, fit.season.month_factors),
    ):
        if factors:
            lines.append(
                "  "
                + "  ".join(f"{name} {factor.value:.2f}" for name, factor in zip(names, factors, strict=True))
            )
    goodness = fit.goodness
    lines.append(
        f"  fit: {goodness.deviance_explained:.0%} of the deviance explained; "
        f"PIT chi2(9) {goodness.pit_chi_square:.0f}, largest bin gap {goodness.pit_largest_gap:.1%}"
    )
    if fit.accuracy:
        held = fit.accuracy
        seasonal = (
            "" if held.seasonal_naive_wape is None else f", seasonal naive {held.seasonal_naive_wape:.1%}"
        )
        errors = f"WAPE {held.wape:.1%} (naive {held.naive_wape:.1%}{seasonal}), bias {held.bias:+.1%}"
        lines.append(f"  last {held.periods} periods held out: {errors}")
        lines.append(f"  MASE {held.mase:.2f}, 90% interval covers {held.coverage:.1%}")
    return lines + [f"  note: {note}" for note in fit.notes]
