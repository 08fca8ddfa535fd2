"""Which charts a study or a comparison gets, what each shows in words, and writing them to a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sim import may_fork
from study.charts.chart import Chart
from study.evidence import Comparison, Study
from study.execution import carry_out_all

MOST_SCENARIOS = 8
"""More do not fit on a slide; the tables of a report show all."""


def gallery(studies: Sequence[Study], comparison: Comparison | None = None) -> list[Chart]:
    """The charts that have something to show, in report order.

    Args:
        studies: one or more finished studies.
        comparison: of the same studies, for the charts of paired differences.
    """
    from study.charts.cost_stack import cost_stack
    from study.charts.daily_series import daily_series
    from study.charts.kpi_intervals import kpi_intervals
    from study.charts.network_map import has_coordinates, network_map
    from study.charts.stock_out_heat_map import stock_out_heat_map
    from study.charts.stock_service import stock_service
    from study.charts.unmet_demand import unmet_demand

    listed = (
        (
            kpi_intervals,
            "Headline KPIs",
            "Mean of each headline KPI with its interval, one row per scenario.",
        ),
        (cost_stack, "Cost by head", "Mean cost per day by head of the ledger, one bar per scenario."),
        (
            unmet_demand,
            "Why demand was not met",
            "Units not sold as asked at once, by first upstream cause, in percent of units demanded.",
        ),
        (
            daily_series,
            "Service, stock and sales over time",
            "Fill rate, store stock and units sold by day: mean, and the middle 80% of replications.",
        ),
        (
            stock_out_heat_map,
            "Where shelves stand empty",
            "Share of opening time without stock by store and merchandise class, worst stores first.",
        ),
        (
            stock_service,
            "What stock buys",
            "Fill rate against days of stock, by SKU and by merchandise class.",
        ),
    )
    shown = studies[:MOST_SCENARIOS]
    more = (
        f" The first {MOST_SCENARIOS} of {len(studies)} scenarios." if len(studies) > MOST_SCENARIOS else ""
    )
    charts = [
        Chart(draw.__name__, title, caption + more, partial(draw, shown)) for draw, title, caption in listed
    ]
    if has_coordinates(studies[0]):
        caption = "Stores by size and fill rate, with the centres that feed them."
        charts.append(Chart("network_map", "The network", caption, partial(network_map, shown)))
    differences = _difference_charts(comparison) if comparison else []
    charts = charts[:1] + differences + charts[1:]
    if any(run.operations for study in shown for run in study.condensed):
        from study.charts.operations import operations_charts

        charts += operations_charts(shown, more)
    if any(run.service for study in shown for run in study.condensed):
        from study.charts.after_sales import after_sales_charts

        charts += after_sales_charts(shown, more)
    return charts


def _difference_charts(comparison: Comparison) -> list[Chart]:
    from study.charts.paired_differences import paired_differences

    several = len(comparison.alternatives) > 1
    return [
        Chart(
            f"paired_differences_{study.name}" if several else "paired_differences",
            f"What changes: {study.title}" if several else "What changes",
            f"{study.title} less {comparison.baseline.title}, paired by replication, with intervals.",
            partial(paired_differences, comparison, study.name),
        )
        for study in comparison.alternatives
    ]


def write_charts(
    folder: Path,
    studies: Sequence[Study],
    comparison: Comparison | None = None,
    formats: Sequence[str] = ("png", "svg"),
    jobs: int = 1,
) -> list[Path]:
    """Draw every chart once and write it in each format.

    Args:
        folder: where the files go; made when missing.
        studies: one or more finished studies, the baseline first.
        comparison: of the same studies.
        formats: suffixes out of "png" and "svg".
        jobs: processes at work, where the system can fork them: a new one would import longer than it draws.

    Returns:
        The files in report order.
    """
    from study.charts.typefaces import warn_about_missing_glyphs

    warn_about_missing_glyphs(_shown_names(studies))
    folder.mkdir(parents=True, exist_ok=True)
    charts = gallery(studies, comparison)
    drawing = _Drawing(tuple(charts), folder, tuple(formats))
    jobs = max(1, min(jobs, len(charts))) if may_fork() else 1
    for _ in carry_out_all(drawing, range(len(charts)), jobs):
        pass
    return [folder / f"{chart.key}.{suffix}" for chart in charts for suffix in formats]


@dataclass(frozen=True)
class _Drawing:
    """Charts to be drawn and written one by one."""

    charts: tuple[Chart, ...]
    target: Path
    formats: tuple[str, ...]
    folder: None = None
    """No run folder: a file half written by an interrupted drawing is drawn again."""

    def carry_out(self, number: int) -> None:
        from study.charts.style import save

        chart = self.charts[number]
        figure = chart.draw()
        for suffix in self.formats:
            save(figure, self.target / f"{chart.key}.{suffix}")


def _shown_names(studies: Sequence[Study]) -> list[str]:
    """Every name out of the scenarios that charts may show."""
    names: dict[str, None] = {}
    for study in studies:
        centres = (centre.name or centre.id for centre in study.scenario.network.distribution_centres)
        classes = (group.name or group.id for group in study.scenario.assortment.classes)
        partners = (supplier.name or supplier.id for supplier in study.scenario.network.suppliers)
        carriers = (carrier.id for carrier in study.scenario.fleet.carriers)
        trucks = (kind.id for kind in study.scenario.fleet.truck_types)
        service = study.labels.service
        of_service = (*service.station_names, *service.technicians, *service.skills)
        shown = (
            *study.labels.store_names,
            *classes,
            *centres,
            *partners,
            *carriers,
            *trucks,
            *of_service,
        )
        names |= dict.fromkeys((study.title, study.name, *shown))
    return list(names)
