"""Where the numbers of a plan come from, and what it promises, as text for the report."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios import MEASURES, PlanPart, Promise
from study.charts.numbers import NOT_DEFINED, in_unit, plain, spoken_unit
from study.evidence import Study
from study.report.intervals import ends_text


@dataclass(frozen=True)
class PartRow:
    """One part of a plan."""

    path: str
    what: str
    basis: str
    cells: str
    status: str
    gap: str
    unserved: str


@dataclass(frozen=True)
class PromisedRow:
    """One promise, and what the study delivered."""

    title: str
    unit: str
    promised: str
    delivered: str
    interval: str
    premises: str


def part_rows(study: Study) -> list[PartRow]:
    """Every part of the plan of a study."""
    return [_part_row(part) for part in study.plan_parts]


def _part_row(part: PlanPart) -> PartRow:
    report = part.report
    gap = None if report is None else report.gap
    return PartRow(
        path=part.path,
        what=part.kind.replace("_", " "),
        basis=part.basis.value,
        cells=f"{part.cells:,}",
        status="" if report is None else f"{report.status.value}, {report.solver}",
        gap="" if report is None else NOT_DEFINED if gap is None else f"{plain(100 * gap, most_decimals=3)}%",
        unserved="" if report is None else f"{len(report.unserved):,}",
    )


def promised_rows(study: Study) -> list[PromisedRow]:
    """Every promise of the plan of a study beside what was delivered; of unknown KPIs nothing is shown."""
    promises = [promise for part in study.plan_parts for promise in part.promises]
    return [_promised_row(promise, study) for promise in promises if promise.measure in study.intervals]


def _promised_row(promise: Promise, study: Study) -> PromisedRow:
    found = study.intervals[promise.measure]
    half = found.half_width
    premises = ", ".join(premise.value.replace("_", " ") for premise in promise.premises)
    return PromisedRow(
        title=MEASURES[promise.measure].title,
        unit=spoken_unit(found.unit, study.currency),
        promised=in_unit(promise.forecast, found.unit, half),
        delivered=in_unit(found.mean, found.unit, half),
        interval=ends_text(found.kpi, found.low, found.high),
        premises=premises or "nothing",
    )


__all__ = ["PartRow", "PromisedRow", "part_rows", "promised_rows"]
