"""Fill the template and write the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scenarios import AssumptionStatus, assumptions
from study.atomic import write_text
from study.evidence import Comparison, Study
from study.report import contents
from study.report.closed_forms import shade_rows
from study.report.decisions import part_rows, promised_rows
from study.report.embedding import embedded_charts
from study.report.page import render_page, template_of
from study.report.promises import promise_rows

_FILE_NAME = "report.html"
_TEMPLATE = Path(__file__).with_name(_FILE_NAME)


def write_report(
    folder: Path,
    *,
    studies: Sequence[Study],
    comparison: Comparison | None = None,
    charts: Path | None = None,
) -> Path:
    """Write `report.html`: one self-contained page, the same bytes for the same input.

    Args:
        folder: where the page goes; made when missing.
        studies: one or more finished studies, the baseline first.
        comparison: of the same studies.
        charts: folder to which `write_charts` has written these studies' SVG files; without it they are drawn.

    Returns:
        The file.

    Raises:
        ValueError: no study.
    """
    if not studies:
        raise ValueError("a report needs at least one study")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _FILE_NAME
    write_text(path, render(studies, comparison, charts))
    return path


def prepare() -> None:
    """Load beforehand what charts and page are made with."""
    import study.charts.style  # noqa: F401 - and with it Matplotlib

    template_of(_TEMPLATE)


def render(studies: Sequence[Study], comparison: Comparison | None = None, charts: Path | None = None) -> str:
    """The page as text; see `write_report`."""
    embedded = embedded_charts(studies, comparison, charts)
    return render_page(_TEMPLATE, _values(studies, comparison), embedded)


def _values(studies: Sequence[Study], comparison: Comparison | None) -> dict[str, Any]:
    from study.charts.style import scenario_colour, scenario_names

    first = studies[0]
    assumed = assumptions(first.scenario)
    names = scenario_names(studies)
    titles = dict(zip((study.name for study in studies), names, strict=True))
    alternatives = comparison.alternatives if comparison else ()
    return {
        "heading": " against ".join(names)
        if len(names) < 3
        else f"{names[0]} and {len(names) - 1} alternatives",
        "names": names,
        "colours": [scenario_colour(index) for index in range(len(studies))],
        "studies": studies,
        "scale": _scale(first),
        "replications": len(first.condensed),
        "level": f"{100 * next(iter(first.intervals.values())).confidence_level:g}%",
        "warnings": contents.warnings(studies, comparison),
        "sentences": contents.single_summary(first) if len(studies) == 1 else [],
        "verdicts": [contents.verdicts(comparison, study) for study in alternatives] if comparison else [],
        "headline": contents.headline_rows(studies),
        "groups": contents.kpi_groups(studies),
        "uncounted": contents.uncounted(studies),
        "promises": promise_rows(studies, names),
        "plan_parts": [part_rows(study) for study in studies],
        "planned": [promised_rows(study) for study in studies],
        "closed_forms": [shade_rows(study) for study in studies],
        "comparison": comparison,
        "differences": [
            (titles[study.name], contents.difference_rows(comparison, study.name)) for study in alternatives
        ]
        if comparison
        else [],
        "statements": [(titles[statement.alternative], statement) for statement in comparison.statements]
        if comparison
        else [],
        "overrides": [
            (name, change)
            for name, study in zip(names, studies, strict=True)
            for change in study.manifest["overrides"]
        ],
        "assumptions": [row for row in assumed if row.status is not AssumptionStatus.GIVEN],
        "assumption_counts": Counter(row.status.value for row in assumed),
    }


def _scale(study: Study) -> str:
    horizon = study.scenario.horizon
    stores, skus = len(study.labels.stores), len(study.labels.skus)
    warm_up = f", the first {horizon.warm_up_days:,} of them warm-up" if horizon.warm_up_days else ""
    return (
        f"{stores:,} store{'s' * (stores != 1)}, {skus:,} SKU{'s' * (skus != 1)}, {horizon.days:,} days from "
        f"{horizon.start_date.day} {horizon.start_date:%B %Y}{warm_up}"
    )
