"""Charts of after-sales service, from one technician to twenty stations, and from a real run."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import optimize
from sim import Cause
from study.charts import gallery, write_charts
from study.charts.after_sales import after_sales_charts
from study.charts.coverage_map import covered_share, km_to_station
from study.charts.failed_visits import failed_visits
from study.charts.gantt import MOST_ROWS
from study.charts.job_flow import flows_of
from study.charts.style import save
from study.evidence import Study
from study.replication import replicate
from study.report.writing import render
from study.shown_week import ShownWeek
from tests.drawn_charts import (
    Drawn,
    assert_legible,
    assert_not_clipped,
    assert_not_covered,
    assert_titled,
    watched,
)
from tests.invented import invented_study
from tests.invented_service import InventedService
from tests.rich_service import rich_service

SMALL: dict[str, Any] = {"stores": 40, "skus": 20, "days": 91, "replications": 4}
KEYS = [
    "job_flow", "repair_waterfall", "failed_visits", "backlog_band", "technician_day", "station_week", "coverage_map",
    "skill_heat_map",
]  # fmt: skip

CASES: dict[str, list[dict[str, Any]]] = {
    "an ordinary week": [{"service": InventedService()}],
    "twenty stations": [
        {
            "service": InventedService(
                stations=20, technicians=600, skills=5, visits_per_day=12, radius_km=25.0
            )
        }
    ],
    "one technician": [
        {"service": InventedService(stations=1, technicians=1, skills=1, visits_per_day=1), "stores": 1}
    ],
    "one replication": [{"service": InventedService(), "replications": 1}],
    "nothing fails": [{"service": InventedService(failed=0.0)}],
    "three scenarios": [
        {"service": None, "title": "Without service"},
        {"service": InventedService(), "title": "Cost first"},
        {"service": InventedService(technicians=12), "title": "服务优先：两天内上门", "lift": 0.8},
    ],
}


@cache
def studies_of(case: str) -> tuple[Study, ...]:
    return tuple(
        invented_study(f"s{number}", **{"title": "Invented", **SMALL, **settings})
        for number, settings in enumerate(CASES[case])
    )


@cache
def drawn(case: str) -> dict[str, Drawn]:
    """Chart key -> figure of one case; drawing must not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return {chart.key: watched(chart.draw()) for chart in after_sales_charts(studies_of(case), "")}


@pytest.fixture(scope="module", params=CASES)
def charts(request: pytest.FixtureRequest) -> dict[str, Drawn]:
    return drawn(request.param)


def figure(case: str, key: str) -> Figure:
    return drawn(case)[key].figure


def words(chart: Figure) -> str:
    """Title, subtitle and note."""
    return " | ".join(text.get_text().replace("\n", " ") for text in chart.texts)


def test_every_chart_keeps_the_rules_of_the_house(charts: dict[str, Drawn]) -> None:
    assert_not_clipped(charts)
    assert_not_covered(charts)
    assert_legible(charts)
    assert_titled(charts)


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("repair_waterfall", "Hours since the report"),
        ("failed_visits", "Visits (%)"),
        ("backlog_band", "Open requests"),
        ("technician_day", "Hour of the day"),
        ("station_week", "hours of the day"),
        ("coverage_map", "Longitude (°)"),
        ("skill_heat_map", "Mean level"),
    ],
)
def test_axes_carry_units(key: str, unit: str) -> None:
    axes = figure("an ordinary week", key).axes
    assert unit in " | ".join(label for one in axes for label in (one.get_xlabel(), one.get_ylabel()))


def test_a_study_without_service_has_the_charts_it_always_had() -> None:
    plain = invented_study("plain", **SMALL)
    assert not any(chart.is_after_sales for chart in gallery([plain]))
    with_service = [chart.key for chart in gallery(studies_of("an ordinary week"))]
    assert with_service == [chart.key for chart in gallery([plain])] + KEYS


def test_charts_without_data_are_left_out() -> None:
    def keys(**changes: Any) -> set[str]:
        study = invented_study("x", service=InventedService(**changes), **SMALL)
        return {chart.key for chart in after_sales_charts([study], "")}

    assert set(KEYS) - keys(has_visits=False) == {
        "repair_waterfall", "failed_visits", "technician_day", "station_week",
    }  # fmt: skip
    assert set(KEYS) - keys(skills=0) == {"skill_heat_map"}
    assert set(KEYS) - keys(failed=0.0) == {"failed_visits"}


def test_many_technicians_are_cut_and_it_is_said() -> None:
    for key in ("technician_day", "station_week"):
        chart = figure("twenty stations", key)
        assert len([label for label in chart.axes[0].get_yticklabels() if label.get_text()]) == MOST_ROWS
        assert f"The {MOST_ROWS}" in words(chart)
        assert "of 20 stations the one with most visits" in words(chart)


def test_crosses_stand_at_visits_that_were_not_enough() -> None:
    week = ShownWeek.of(studies_of("an ordinary week")[0])
    assert week is not None
    visits = week.tables["visits"]
    of_day = visits["departed_second"] // 86_400 == week.busiest_day
    failed = int((of_day & (visits["cause"] != Cause.NONE)).sum())
    axes = figure("an ordinary week", "technician_day").axes[0]
    assert [len(line.get_xdata()) for line in axes.lines if line.get_marker() == "X"] == [failed]


def test_causes_are_sorted_and_their_running_share_ends_at_100() -> None:
    left, right = figure("an ordinary week", "failed_visits").axes
    heights = [bar.get_height() for bar in left.patches if isinstance(bar, Rectangle)]
    assert heights == sorted(heights, reverse=True)
    share = right.lines[0].get_ydata()
    assert share[-1] == pytest.approx(100)
    assert share[0] == pytest.approx(100 * heights[0] / sum(heights))


def test_waterfall_ends_where_the_total_ends() -> None:
    ends = [
        bar.get_x() + bar.get_width()
        for bar in figure("an ordinary week", "repair_waterfall").axes[0].patches
    ]
    assert ends[-1] == pytest.approx(ends[-2])


def test_what_enters_a_node_leaves_it_or_ends_there() -> None:
    nodes, flows = flows_of(studies_of("an ordinary week")[0])
    come = {key: sum(flow.size for flow in flows if flow.goal == key) for key in nodes}
    gone = {key: sum(flow.size for flow in flows if flow.source == key) for key in nodes}
    assert gone["report"] == pytest.approx(1)
    for key, node in nodes.items():
        if node.kind == "cause":
            assert gone[key] == pytest.approx(come[key])


def test_coverage_is_the_share_within_the_radius() -> None:
    study = studies_of("an ordinary week")[0]
    near = km_to_station(study) <= 60
    assert covered_share(study) == pytest.approx(
        study.labels.store_size[near].sum() / study.labels.store_size.sum()
    )
    assert 0 < covered_share(study) < 1
    assert f"{100 * covered_share(study):.0f}% of stores" in words(figure("an ordinary week", "coverage_map"))


def test_a_degree_north_is_111_km() -> None:
    study = studies_of("one technician")[0]
    names = study.labels.service
    here = study.labels.store_latitude[0], study.labels.store_longitude[0]
    names.station_latitude[0], names.station_longitude[0] = here[0] + 1, here[1]
    assert km_to_station(study)[0] == pytest.approx(111.2, abs=0.1)


def test_the_report_shows_promises_by_class_and_urgency() -> None:
    page = render(studies_of("an ordinary week"))
    assert 'id="after-sales"' in page
    section = page[page.index('id="after-sales"') :]
    for text in ("standard", "urgent", "important", "general", "24 h", "168 h", "80%", "70%"):
        assert text in section
    assert 'id="after-sales"' not in render([invented_study("plain", **SMALL)])


@pytest.mark.parametrize("key", KEYS)
def test_the_same_study_gives_the_same_bytes(key: str, tmp_path: Path) -> None:
    (chart,) = [chart for chart in after_sales_charts(studies_of("an ordinary week"), "") if chart.key == key]
    for name in ("first", "second"):
        save(chart.draw(), tmp_path / f"{name}.svg")
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()


@pytest.fixture(scope="module")
def real() -> Study:
    """Two replications by the engine."""
    scenario = rich_service(28, 7)
    return replicate(scenario, optimize.plan(scenario), seed=3, replications=2, jobs=1)


def test_a_real_run_has_all_charts(real: Study, tmp_path: Path) -> None:
    found = [chart for chart in gallery([real]) if chart.is_after_sales]
    assert [chart.key for chart in found] == KEYS
    written = {path.name for path in write_charts(tmp_path, [real], formats=("svg",))}
    assert {f"{key}.svg" for key in KEYS} <= written
    pictures = {chart.key: watched(chart.draw()) for chart in found}
    assert_not_clipped(pictures)
    assert_not_covered(pictures)


def test_charts_and_kpis_tell_the_same(real: Study) -> None:
    for run in real.condensed:
        assert run.service["stage_hours"].sum() == pytest.approx(run.kpis["time_to_repair_hours"])
        assert run.service["backlog"][7:].mean() == pytest.approx(run.kpis["service_backlog"])
        causes = run.service["causes"]
        failed = 1 - (causes[Cause.NONE] + causes[Cause.DECLINED]) / causes.sum()
        assert failed == pytest.approx(run.kpis["failed_visit_share"])
        due, kept = (
            run.service["promises"].sum(axis=(0, 1))[:, 0],
            run.service["promises"].sum(axis=(0, 1))[:, 1],
        )
        assert kept / due == pytest.approx(
            [run.kpis["response_attainment"], run.kpis["completion_attainment"]]
        )
        assert run.service["station_requests"].sum() == pytest.approx(run.kpis["service_requests"])
        assert np.isfinite(run.service["levels"]).all()


def test_no_bar_of_failed_visits_leaves_its_panel_whichever_scenario_fails_most() -> None:
    often, seldom = (
        invented_study(name, title=name, service=InventedService(failed=failed), **SMALL)
        for name, failed in (("often", 0.4), ("seldom", 0.05))
    )
    for pair in ((often, seldom), (seldom, often)):
        for axes in failed_visits(pair).axes:
            bars = [bar.get_height() for bar in axes.patches]
            assert max(bars, default=0.0) <= axes.get_ylim()[1]
