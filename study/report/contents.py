"""What stands in a report, as text: tables, sentences and warnings, ready for the template."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scenarios import MEASURES, Group, Measure
from study.charts.numbers import in_unit, plain, spoken_unit, with_unit
from study.evidence import Comparison, Judgement, KpiInterval, PairedDifference, Study, Verdict
from study.headlines import headline_measures
from study.report.intervals import ends_text
from study.shadow.wording import gap_texts

FEW_REPLICATIONS = 10
"""Fewer replications than this are warned about: intervals are then wide and lean on normality."""

_SYMBOLS = {Judgement.BETTER: "▲", Judgement.WORSE: "▼", Judgement.NEITHER: "●"}
_GROUP_TITLES = {
    Group.SERVICE: "Service",
    Group.STOCK: "Stock",
    Group.FLOW: "Flow of goods and orders",
    Group.OPERATIONS: "Distribution centres",
    Group.TRANSPORT: "Transport",
    Group.SUPPLY: "Suppliers",
    Group.AFTER_SALES: "After-sales service",
    Group.CONTACT: "Contact centre",
    Group.FIELD: "Field service",
    Group.PARTS: "Spare parts",
    Group.PEOPLE: "People and partners of after-sales service",
    Group.SERVICE_COST: "Cost of after-sales service",
    Group.COST: "Cost",
    Group.PROFIT: "Revenue and profit",
}
_BETTER_WORDS = {"higher": "higher is better", "lower": "lower is better", "neutral": ""}


@dataclass(frozen=True)
class Cell:
    """A number with its interval, or a note where there is none, as text."""

    value: str
    interval: str = ""


@dataclass(frozen=True)
class KpiRow:
    """One KPI over all scenarios."""

    title: str
    name: str
    unit: str
    better: str
    definition: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class DifferenceRow:
    """One paired difference."""

    title: str
    unit: str
    baseline: str
    alternative: str
    change: str
    interval: str
    relative: str
    p_value: str
    verdict: str
    judgement: str
    symbol: str


def kpi_row(measure: Measure, studies: Sequence[Study]) -> KpiRow:
    """The row of one KPI, one cell per study."""
    return KpiRow(
        title=measure.title,
        name=measure.name,
        unit=spoken_unit(measure.unit, studies[0].currency),
        better=_BETTER_WORDS[measure.better.value],
        definition=measure.definition,
        cells=tuple(_kpi_cell(study.intervals[measure.name]) for study in studies),
    )


def headline_rows(studies: Sequence[Study]) -> list[KpiRow]:
    """The KPIs that lead a report."""
    return [kpi_row(measure, studies) for measure in headline_measures(studies)]


def kpi_groups(studies: Sequence[Study]) -> list[tuple[str, list[KpiRow]]]:
    """Every KPI that some study has something to count for, under the heading of its group."""
    groups = [
        (
            _GROUP_TITLES[group],
            [
                kpi_row(measure, studies)
                for measure in MEASURES.values()
                if measure.group is group and _is_counted(measure.name, studies)
            ],
        )
        for group in Group
    ]
    return [(title, rows) for title, rows in groups if rows]


def uncounted(studies: Sequence[Study]) -> list[str]:
    """Titles of KPIs that no study has anything to count for; of a group that is wholly absent, its heading.

    Without trucks there is no truck fill, and without technicians nothing to tell of field service.
    """
    titles = []
    for group in Group:
        measures = [measure for measure in MEASURES.values() if measure.group is group]
        missing = [measure.title for measure in measures if not _is_counted(measure.name, studies)]
        titles += [f"all of “{_GROUP_TITLES[group]}”"] if 1 < len(missing) == len(measures) else missing
    return titles


def _is_counted(kpi: str, studies: Sequence[Study]) -> bool:
    return any(study.intervals[kpi].count for study in studies)


def _kpi_cell(found: KpiInterval) -> Cell:
    half = found.half_width
    interval = ends_text(found.kpi, found.low, found.high)
    return Cell(_with_percent(found.mean, found.unit, half), interval or found.note)


def _with_percent(value: float, unit: str, half_width: float) -> str:
    """A number in its printed unit; a percent sign after a share, since the eye looks for it there."""
    text = in_unit(value, unit, half_width)
    return text + "%" if unit == "share" and not math.isnan(value) else text


def difference_rows(comparison: Comparison, alternative: str) -> list[DifferenceRow]:
    """Every paired difference of one alternative that is defined in some replication, in KPI order."""
    currency = comparison.baseline.currency
    return [
        _difference_row(found, currency)
        for found in comparison.differences
        if found.alternative == alternative and found.count
    ]


def _difference_row(found: PairedDifference, currency: str) -> DifferenceRow:
    half = (found.high - found.low) / 2
    interval = ""
    if math.isfinite(found.low) and found.low < found.high:
        low, high = (in_unit(end, found.unit, half, signed=True) for end in (found.low, found.high))
        interval = f"{low} to {high}"
    return DifferenceRow(
        title=found.title,
        unit="points" if found.unit == "share" else spoken_unit(found.unit, currency),
        baseline=_with_percent(found.baseline_mean, found.unit, half),
        alternative=_with_percent(found.alternative_mean, found.unit, half),
        change=in_unit(found.mean, found.unit, half, signed=True),
        interval=interval,
        relative="" if found.unit == "share" or math.isnan(found.relative) else _percent(found),
        p_value=_p_value(found.adjusted_p_value),
        verdict=found.verdict.value,
        judgement=found.judgement.value,
        symbol=_SYMBOLS[found.judgement],
    )


def _percent(found: PairedDifference) -> str:
    half = 100 * (found.high - found.low) / 2 / abs(found.baseline_mean)
    return plain(100 * found.relative, half, signed=True, most_decimals=2) + "%"


def _p_value(p_value: float) -> str:
    if math.isnan(p_value):
        return "–"
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


@dataclass(frozen=True)
class Verdicts:
    """What one alternative changes in the headline KPIs, sorted by who would like it."""

    title: str
    better: tuple[str, ...]
    worse: tuple[str, ...]
    changed: tuple[str, ...]
    """Differs, with no better direction."""
    not_shown: tuple[str, ...]
    """Titles of KPIs without a difference."""


def verdicts(comparison: Comparison, alternative: Study) -> Verdicts:
    """Sentences on the headline KPIs of one alternative."""
    found = [
        difference
        for difference in comparison.differences
        if difference.alternative == alternative.name
        and MEASURES[difference.kpi].headline
        and difference.count
    ]
    currency = alternative.currency
    moved = [row for row in found if row.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    by_judgement = {
        judgement: tuple(_change_sentence(row, currency) for row in moved if row.judgement is judgement)
        for judgement in Judgement
    }
    return Verdicts(
        alternative.title,
        by_judgement[Judgement.BETTER],
        by_judgement[Judgement.WORSE],
        by_judgement[Judgement.NEITHER],
        tuple(row.title for row in found if row not in moved),
    )


def _change_sentence(row: PairedDifference, currency: str) -> str:
    half = (row.high - row.low) / 2
    before, after = (
        with_unit(mean, row.unit, currency, half) for mean in (row.baseline_mean, row.alternative_mean)
    )
    change = with_unit(row.mean, row.unit, currency, half, signed=True)
    relative = "" if row.unit == "share" or math.isnan(row.relative) else f", {_percent(row)}"
    return f"{row.title}: {before} → {after} ({change}{relative})"


def single_summary(study: Study) -> list[str]:
    """Sentences on the headline KPIs of one study."""
    sentences = []
    for measure in headline_measures([study]):
        found = study.intervals[measure.name]
        text = with_unit(found.mean, found.unit, study.currency, found.half_width)
        if math.isfinite(found.low) and found.low < found.high:
            ends = [
                with_unit(end, found.unit, study.currency, found.half_width)
                for end in (found.low, found.high)
            ]
            text += f" (between {ends[0]} and {ends[1]})"
        sentences.append(f"{found.title}: {text if found.count else 'not defined in this scenario'}")
    return sentences


def warnings(studies: Sequence[Study], comparison: Comparison | None) -> list[str]:
    """What a reader must know before trusting the numbers."""
    found = []
    for study in studies:
        count = len(study.condensed)
        if not study.complete:
            found.append(
                f"{study.title}: the study was interrupted; only {count:,} replications are in this report."
            )
        if count == 1:
            found.append(
                f"{study.title}: one replication, so no intervals: chance alone may explain any figure."
            )
        elif count < FEW_REPLICATIONS:
            found.append(
                f"{study.title}: only {count} replications; intervals are wide and lean on normality."
            )
        found += [
            f"{study.title}: {item.title} is defined in only {item.count} of {count} replications."
            for item in study.intervals.values()
            if 0 < item.count < count
        ]
        if study.manifest.get("note"):
            found.append(f"{study.title}: {study.manifest['note']}")
        found += [f"{study.title}: {text}." for text in gap_texts(study.shadow)]
    for statement in comparison.statements if comparison else ():
        if not statement.same_facts:
            found.append(f"{statement.text}.")
    return found
