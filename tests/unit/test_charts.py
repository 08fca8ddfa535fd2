"""Every chart, on ordinary studies and at the extremes: nothing clipped, covered, small or without a unit."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.charts import gallery, write_charts
from study.charts.paired_differences import paired_differences
from study.charts.stock_out_heat_map import MOST_STORES, stock_out_heat_map
from study.charts.style import save
from study.comparison import compare
from study.evidence import Study
from tests.drawn_charts import (
    Drawn,
    assert_legible,
    assert_not_clipped,
    assert_not_covered,
    assert_titled,
    watched,
)
from tests.invented import invented_study, without_kpis

SMALL: dict[str, Any] = {"stores": 5, "skus": 30, "days": 91, "warm_up_days": 0}
LONG_TITLES = (
    "Cost first: two orders a week and lean stores",
    "服务优先：每天订货并提高安全库存",
    "Days of cover",
    "Vendor-managed push with exponential smoothing",
    "Emergency orders allowed at $5 a line, $50 a day",
)

CASES: dict[str, list[dict[str, Any]]] = {
    "two policies, 120 stores": [
        {"name": "cost_first", "title": "Cost first"},
        {"name": "service_first", "title": "Service first", "lift": 1.0},
    ],
    "one small chain": [{"name": "quickstart", "title": "Quickstart", **SMALL}],
    "one replication": [{"name": "once", **SMALL, "replications": 1}],
    "everything filled": [{"name": name, "extreme": "full", **SMALL} for name in ("one", "other")],
    "nothing defined": [{"name": name, "extreme": "undefined", **SMALL} for name in ("one", "other")],
    "no cost": [{"name": "free", "extreme": "free", **SMALL}],
    "five long titles, nine classes": [
        {
            "name": f"s{number}",
            "title": title,
            "lift": number / 5,
            "stores": 60,
            "days": 200,
            "replications": 5,
            "classes": tuple(f"品类{letter}" for letter in "ABCDEFGHI"),
        }
        for number, title in enumerate(LONG_TITLES)
    ],
}


def studies_of(case: str) -> list[Study]:
    return [invented_study(**settings) for settings in CASES[case]]


@cache
def drawn(case: str) -> dict[str, Drawn]:
    """Chart key -> figure of one case; drawing must not warn."""
    studies = studies_of(case)
    comparison = compare(*studies) if len(studies) > 1 else None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return {chart.key: watched(chart.draw()) for chart in gallery(studies, comparison)}


@pytest.fixture(scope="module", params=CASES)
def charts(request: pytest.FixtureRequest) -> dict[str, Drawn]:
    return drawn(request.param)


@pytest.fixture(scope="module")
def pair() -> dict[str, Figure]:
    return {key: found.figure for key, found in drawn("two policies, 120 stores").items()}


def test_no_text_is_clipped_by_the_edge(charts: dict[str, Drawn]) -> None:
    assert_not_clipped(charts)


def test_no_text_covers_another(charts: dict[str, Drawn]) -> None:
    assert_not_covered(charts)


def test_no_name_of_a_class_covers_a_marker_of_another(charts: dict[str, Drawn]) -> None:
    figure = charts["stock_service"].figure
    axes = figure.axes[0]
    markers = [
        axes.transData.transform((line.get_xdata()[0], line.get_ydata()[0]))
        for line in axes.lines
        if line.get_markersize() == 13
    ]
    half = 0.5 * 0.8 * 13 * figure.dpi / 72
    for text in axes.texts:
        box = text.get_window_extent()
        own = axes.transData.transform(text.xy) if hasattr(text, "xy") else None
        for x, y in markers:
            if own is not None and np.hypot(x - own[0], y - own[1]) > half:
                apart = x + half < box.x0 or x - half > box.x1 or y + half < box.y0 or y - half > box.y1
                assert apart, text.get_text()


def test_letters_are_legible_on_a_slide(charts: dict[str, Drawn]) -> None:
    assert_legible(charts)


def test_every_chart_has_a_title(charts: dict[str, Drawn]) -> None:
    assert_titled(charts)


UNITS = {
    "kpi_intervals": ("%", "days", "CNY per day"),
    "paired_differences": ("percentage points", "% of the baseline"),
    "cost_stack": ("CNY per day",),
    "unmet_demand": ("% of units demanded",),
    "daily_series": ("%", "thousand units", "per day", "Date"),
    "stock_out_heat_map": ("opening time out of stock (%)",),
    "stock_service": ("days of demand", "% of units demanded"),
    "network_map": ("Longitude (°)", "Latitude (°)", "% of units demanded"),
}


@pytest.mark.parametrize("key", UNITS)
def test_axes_carry_units(key: str, pair: dict[str, Figure]) -> None:
    labels = " | ".join(label for axes in pair[key].axes for label in (axes.get_xlabel(), axes.get_ylabel()))
    for unit in UNITS[key]:
        assert unit in labels


def test_drawing_leaves_the_callers_settings_alone() -> None:
    before = dict(mpl.rcParams)
    gallery(studies_of("one small chain"))[0].draw()
    assert dict(mpl.rcParams) == before


def test_files_are_written_in_every_format(tmp_path: Path) -> None:
    studies = studies_of("one small chain")
    paths = write_charts(tmp_path, studies)
    assert [path.name for path in paths] == [
        f"{chart.key}.{suffix}" for chart in gallery(studies) for suffix in ("png", "svg")
    ]
    assert all(path.stat().st_size > 10_000 for path in paths)
    for path in tmp_path.glob("*.svg"):
        assert "<text" not in path.read_text(encoding="utf-8"), f"{path.name} needs a font where it is read"


def test_charts_drawn_in_several_processes_are_the_same(tmp_path: Path) -> None:
    studies = studies_of("one small chain")
    alone = write_charts(tmp_path / "alone", studies, formats=("svg",))
    shared = write_charts(tmp_path / "shared", studies, formats=("svg",), jobs=2)
    assert [path.name for path in shared] == [path.name for path in alone]
    assert [path.read_bytes() for path in shared] == [path.read_bytes() for path in alone]


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_the_same_study_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.{suffix}" for name in ("first", "second")]
    for path in paths:
        save(stock_out_heat_map(studies_of("one small chain")), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_dollar_signs_are_not_read_as_formulas() -> None:
    study = invented_study("money", title="Under $5 and over $9", **SMALL)
    figure = gallery([study])[0].draw()
    assert "Under $5 and over $9" in figure.texts[0].get_text()
    assert not any(text.get_parse_math() for text, _ in watched(figure).texts)


def test_heat_map_shows_the_worst_stores_and_says_so(pair: dict[str, Figure]) -> None:
    figure = pair["stock_out_heat_map"]
    study = studies_of("two policies, 120 stores")[0]
    named = [
        label.get_text() for axes in figure.axes[:4] for label in axes.get_yticklabels() if label.get_text()
    ]
    assert len(named) == MOST_STORES
    assert f"the {MOST_STORES} worst of 120 stores" in figure.texts[1].get_text()
    both = studies_of("two policies, 120 stores")
    mean = np.mean([run.mean_store_class("stock_out_share") for run in both], axis=(0, 2))
    assert named[0] == study.labels.store_names[int(np.argmax(mean))]


def test_cost_bars_are_as_high_as_the_cost(pair: dict[str, Figure]) -> None:
    costs = [study.mean_cost_by_head() for study in studies_of("two policies, 120 stores")]
    tops = [_bar_tops(axes) for axes in pair["cost_stack"].axes]
    assert tops[0] == pytest.approx([sum(cost.values()) / 1000 for cost in costs])
    assert tops[1] == pytest.approx([(sum(cost.values()) - cost["purchase"]) / 1000 for cost in costs])


def _bar_tops(axes: Axes) -> list[float]:
    """Height of each stack, left to right."""
    tops: dict[float, float] = {}
    for bar in axes.patches:
        left, top = bar.get_x(), bar.get_y() + bar.get_height()  # type: ignore[attr-defined]
        tops[left] = max(tops.get(left, 0.0), top)
    return [tops[left] for left in sorted(tops)]


def test_map_is_left_out_where_places_have_no_coordinates() -> None:
    study = studies_of("one small chain")[0]
    flat = replace(study.labels, store_latitude=np.zeros(5), store_longitude=np.zeros(5))
    assert "network_map" in [chart.key for chart in gallery([study])]
    assert "network_map" not in [chart.key for chart in gallery([replace(study, labels=flat)])]


def test_one_chart_of_differences_per_alternative() -> None:
    studies = [invented_study(name, lift=lift, **SMALL) for name, lift in (("a", 0), ("b", 0.5), ("c", 1))]
    keys = [chart.key for chart in gallery(studies, compare(*studies))]
    assert keys[1:3] == ["paired_differences_b", "paired_differences_c"]


def test_forest_plot_leaves_out_what_cannot_be_compared() -> None:
    base = invented_study("a", **SMALL)
    other = without_kpis(invented_study("b", lift=1.0, **SMALL), "waste_share")
    figure = paired_differences(compare(base, other), "b")
    rows = [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
    assert "Fill rate (units)" in rows
    assert "Waste" not in rows


def test_titles_claim_only_what_the_intervals_show() -> None:
    same = [invented_study(name, title=title, **SMALL) for name, title in (("a", "First"), ("b", "Second"))]
    title = gallery(same)[0].draw().texts[0].get_text()
    assert title == "Headline KPIs: First against Second"
    unlike = [same[0], invented_study("b", title="Second", lift=1.0, **SMALL)]
    assert "Second fills most demand" in gallery(unlike)[0].draw().texts[0].get_text()
