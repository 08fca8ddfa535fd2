"""Evidence as tables: data frames for analysts, CSV files for everybody."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios import MEASURES
from study.atomic import replacing

if TYPE_CHECKING:
    import pandas as pd

    from study.evidence import Comparison, Study

KPI_COLUMNS = ("scenario", "plan", "replication", "kpi", "unit", "value")
INTERVAL_COLUMNS = (
    "scenario",
    "kpi",
    "unit",
    "replications",
    "mean",
    "standard_deviation",
    "low",
    "high",
    "confidence_level",
    "note",
)
DIFFERENCE_COLUMNS = (
    "baseline",
    "alternative",
    "kpi",
    "unit",
    "replications",
    "baseline_mean",
    "alternative_mean",
    "difference",
    "low",
    "high",
    "own_low",
    "own_high",
    "p_value",
    "adjusted_p_value",
    "variance_reduction",
    "verdict",
    "judgement",
)

_SHOWN_DIGITS = 9
"""Significant digits of means, intervals and differences in files."""

_Row = tuple[Any, ...]


def kpi_table(study: Study) -> pd.DataFrame:
    """The long table of one study."""
    import pandas as pd

    return pd.DataFrame(_kpi_rows(study), columns=list(KPI_COLUMNS))


def difference_table(comparison: Comparison) -> pd.DataFrame:
    """One row per alternative and KPI."""
    import pandas as pd

    return pd.DataFrame(_difference_rows(comparison), columns=list(DIFFERENCE_COLUMNS))


def write_kpi_rows(path: Path, studies: Sequence[Study]) -> None:
    """Write the long table of all studies, to be computed with: values read back the same, undefined ones are empty."""
    _write(path, KPI_COLUMNS, (row for study in studies for row in _kpi_rows(study)))


def write_interval_rows(path: Path, studies: Sequence[Study]) -> None:
    """Write mean and interval of every KPI of all studies, to be looked at."""
    rows = (
        (
            study.name,
            found.kpi,
            found.unit,
            found.count,
            found.mean,
            found.standard_deviation,
            found.low,
            found.high,
            found.confidence_level,
            found.note,
        )
        for study in studies
        for found in study.intervals.values()
    )
    _write(path, INTERVAL_COLUMNS, map(_shortened, rows))


def write_difference_rows(path: Path, comparison: Comparison) -> None:
    """Write all paired differences, to be looked at."""
    _write(path, DIFFERENCE_COLUMNS, map(_shortened, _difference_rows(comparison)))


def _kpi_rows(study: Study) -> Iterator[_Row]:
    for run in study.condensed:
        for kpi, value in run.kpis.items():
            yield study.name, study.plan_digest, run.replication, kpi, MEASURES[kpi].unit, value


def _difference_rows(comparison: Comparison) -> Iterator[_Row]:
    for found in comparison.differences:
        yield (
            found.baseline,
            found.alternative,
            found.kpi,
            found.unit,
            found.count,
            found.baseline_mean,
            found.alternative_mean,
            found.mean,
            found.low,
            found.high,
            found.own_low,
            found.own_high,
            found.p_value,
            found.adjusted_p_value,
            found.variance_reduction,
            found.verdict.value,
            found.judgement.value,
        )


def _shortened(row: _Row) -> _Row:
    """A row of estimates with as many digits as a reader may want; all that follow are chance and rounding."""
    return tuple(f"{cell:.{_SHOWN_DIGITS}g}" if _is_figure(cell) else cell for cell in row)


def _is_figure(cell: Any) -> bool:
    return isinstance(cell, float) and cell == cell


def _write(path: Path, header: Iterable[str], rows: Iterable[_Row]) -> None:
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            # A value equals itself unless it is NaN. Python writes floats so that they read back the same.
            writer.writerow(cell if cell == cell else "" for cell in row)
