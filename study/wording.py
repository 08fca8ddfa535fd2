"""Numbers and verdicts in words, the same in the terminal, the report and the gate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scenarios import MEASURES, Measure, did_you_mean
from study.evidence import Judgement, Verdict

if TYPE_CHECKING:
    from study.evidence import Comparison, KpiInterval, PairedDifference, Study

_SIGNED_SHARES = {"small_store_fill_gap"}


def format_value(value: float, unit: str) -> str:
    """A KPI's value without its unit, except that shares are printed in percent.

    Three to four significant digits: more would claim a precision that no simulation has.
    """
    if math.isnan(value):
        return "undefined"
    if unit == "share":
        return f"{100 * value:.2f}%"
    return _number(value)


def no_such_kpi(name: str) -> str:
    """Say that a KPI is unknown, and which known ones come nearest."""
    return f"there is no KPI `{name}`; {did_you_mean(name, MEASURES) or 'docs/kpis.md lists them'}"


def format_change(value: float, unit: str) -> str:
    """A signed change: of shares in percentage points, of the rest in the KPI's own unit."""
    if math.isnan(value):
        return "undefined"
    sign = "+" if value > 0 else "-" if value < 0 else ""
    if unit == "share":
        return f"{sign}{_number(abs(100 * value))} points"
    return f"{sign}{_number(abs(value))}"


def unit_in(unit: str, currency: str) -> str:
    """A unit with the currency in the place of "money"; empty for shares, which carry their percent sign."""
    return "" if unit == "share" else unit.replace("money", currency)


def _number(value: float) -> str:
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}" if size >= 1 else f"{value:.3g}"


def interval_text(found: KpiInterval) -> str:
    """Mean with its interval, e.g. "97.31% (97.02% to 97.60%)"."""
    mean = format_value(found.mean, found.unit)
    if math.isnan(found.low) or found.low == found.high:
        return mean
    low, high = possible_ends(found.kpi, found.low, found.high)
    return f"{mean} ({format_value(low, found.unit)} to {format_value(high, found.unit)})"


def possible_ends(kpi: str, low: float, high: float) -> tuple[float, float]:
    """Ends of an interval for a reader: a t interval knows no bounds, a share does."""
    if MEASURES[kpi].unit != "share":
        return low, high
    return low if kpi in _SIGNED_SHARES else max(low, 0.0), min(high, 1.0)


def headline(study: Study) -> list[KpiInterval]:
    """Intervals of the headline KPIs that are defined."""
    return [found for kpi, found in study.intervals.items() if MEASURES[kpi].headline and found.count]


def study_summary(study: Study) -> str:
    """Headline KPIs with their intervals, one a line."""
    shown = headline(study)
    width = max((len(found.title) for found in shown), default=0)
    count = len(study.condensed)
    level = next(iter(study.intervals.values())).confidence_level
    lines = [
        f"{study.title}: {count} replication{'s' * (count != 1)}, seed {study.seed}, {level:.0%} intervals"
        + ("" if study.complete else " (interrupted)")
    ]
    for found in shown:
        unit = unit_in(found.unit, study.currency)
        note = f"  [{found.note}]" if found.note else ""
        lines.append(f"  {found.title:<{width}}  {interval_text(found)} {unit}".rstrip() + note)
    if study.manifest.get("note"):
        lines.append(f"  note: {study.manifest['note']}")
    if study.shadow:
        from study.shadow.wording import summary_lines

        lines += summary_lines(study)
    return "\n".join(lines)


def comparison_summary(comparison: Comparison) -> str:
    """Facts statement and verdicts on the headline KPIs of every alternative."""
    baseline, count = comparison.baseline, len(comparison.replications)
    lines = [f"{count} replications of the same random worlds, seed {baseline.seed}; {comparison.family}"]
    for statement in comparison.statements:
        lines += ["", statement.text]
        lines += [
            f"  {found.text}"
            for found in comparison.differences
            if found.alternative == statement.alternative and MEASURES[found.kpi].headline and found.count
        ]
    for study in comparison.studies:
        if study.shadow:
            from study.shadow.wording import gap_texts

            lines += [f"{study.name}: {text}" for text in gap_texts(study.shadow)]
    return "\n".join(lines)


def difference_text(found: PairedDifference, confidence_level: float, currency: str) -> str:
    """The verdict on one difference as a sentence, with size and simultaneous interval.

    Holm's test can show a direction where the wider simultaneous interval still reaches zero: then the
    sentence says that the direction is shown and the size is not.
    """
    measure = MEASURES[found.kpi]
    subject, other = f"{found.alternative}: {_lower(measure)}", found.baseline
    if found.count == 0:
        return f"{subject} cannot be compared: undefined"
    size = _size(found, currency)
    if found.verdict is Verdict.IDENTICAL:
        return f"{subject} is identical to that of {other} in every replication"
    if found.verdict is Verdict.UNDEFINED:
        return f"{subject} differs from that of {other} by {size} in the one replication there is"
    interval = _simultaneous(found, confidence_level)
    if found.verdict is Verdict.NOT_SHOWN:
        return f"{subject}: no difference from {other} shown ({interval})"
    judged = "" if found.judgement is Judgement.NEITHER else f" ({found.judgement.value})"
    doubt = "; direction shown, size not" if found.low <= 0 <= found.high and found.low < found.high else ""
    return f"{subject} is {found.verdict.value}{judged} than that of {other} by {size} ({interval}{doubt})"


def _size(found: PairedDifference, currency: str) -> str:
    size = format_change(abs(found.mean), found.unit).lstrip("+")
    text = f"{size} {unit_in(found.unit, currency)}".rstrip()
    if found.unit == "share" or math.isnan(found.relative):
        return text
    return f"{text}, {abs(found.relative):.2%}"


def _simultaneous(found: PairedDifference, confidence_level: float) -> str:
    if found.low == found.high:
        return "the same difference in every replication"
    low, high = format_change(found.low, found.unit), format_change(found.high, found.unit)
    return f"{confidence_level:.0%} simultaneous interval {low.removesuffix(' points')} to {high}"


def _lower(measure: Measure) -> str:
    title = measure.title
    return title if title[:2].isupper() else title[0].lower() + title[1:]
