"""Charts of operations, from one truck with one stop to sixty trucks, and from a real run."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

import optimize
from sim import Work
from study.charts import gallery, write_charts
from study.charts.dc_shift import LOOKS, PLACES
from study.charts.gantt import MOST_ROWS, clock, spoken_date
from study.charts.operations import operations_charts
from study.charts.style import save
from study.charts.truck_day import Trucks, stretches
from study.evidence import Study
from study.operations import REVIEWS
from study.replication import replicate
from study.shown_day import ShownDay
from tests.drawn_charts import (
    Drawn,
    assert_legible,
    assert_not_clipped,
    assert_not_covered,
    assert_titled,
    watched,
)
from tests.factory import tiny_scenario
from tests.invented import invented_study
from tests.invented_operations import InventedOperations

SMALL: dict[str, Any] = {"stores": 40, "skus": 20, "days": 91, "replications": 4}
MIN_MAX = {"kind": "min_max", "reorder_point": {"units": 14}, "order_up_to": {"units": 24}}
KEYS = ["route_map", "truck_day", "dc_shift", "lead_time_waterfall", "dock_heat_map", "partner_scorecard"]

CASES: dict[str, list[dict[str, Any]]] = {
    "an ordinary day": [{"operations": InventedOperations()}],
    "sixty trucks": [
        {"operations": InventedOperations(trucks=60, late=30, pickers=60, doors=12, centres=3, carriers=16)}
    ],
    "one truck, one stop": [
        {"operations": InventedOperations(trucks=1, stops=1, late=0, pickers=1, doors=1, carriers=1)}
    ],
    "one replication": [{"operations": InventedOperations(), "replications": 1}],
    "no doors, no carriers": [{"operations": InventedOperations(doors=0, carriers=0)}],
    "three scenarios": [
        {"operations": None, "title": "Without trucks"},
        {"operations": InventedOperations(), "title": "Daily routes"},
        {"operations": InventedOperations(carriers=5), "title": "固定路线：每周两次", "lift": 0.8},
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
        return {chart.key: watched(chart.draw()) for chart in operations_charts(studies_of(case), "")}


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
        ("route_map", "Longitude (°)"),
        ("truck_day", "Hour of the day"),
        ("dc_shift", "Hour of the day"),
        ("lead_time_waterfall", "Hours since the order was placed"),
        ("dock_heat_map", "Door time taken (%)"),
        ("partner_scorecard", "Share of the business (%)"),
    ],
)
def test_axes_carry_units(key: str, unit: str) -> None:
    axes = figure("an ordinary day", key).axes
    assert unit in " | ".join(label for one in axes for label in (one.get_xlabel(), one.get_ylabel()))


def test_a_study_without_operations_has_the_charts_it_always_had() -> None:
    study = invented_study("plain", **SMALL)
    assert not any(chart.is_operations for chart in gallery([study]))
    with_work = [chart.key for chart in gallery(studies_of("an ordinary day"))]
    assert with_work == [chart.key for chart in gallery([study])] + KEYS


def test_charts_without_data_are_left_out() -> None:
    settings = {"no trips": {"has_trips": False}, "no work": {"has_work": False}, "no doors": {"doors": 0}}
    left_out = {
        name: set(KEYS)
        - {
            chart.key
            for chart in operations_charts(
                [invented_study("x", operations=InventedOperations(**changes), **SMALL)], ""
            )
        }
        for name, changes in settings.items()
    }
    assert left_out == {
        "no trips": {"route_map", "truck_day"},
        "no work": {"dc_shift"},
        "no doors": {"dock_heat_map"},
    }


def test_an_empty_day_has_neither_trucks_nor_people() -> None:
    nothing = InventedOperations(has_trips=False, has_work=False)
    keys = [chart.key for chart in operations_charts([invented_study("x", operations=nothing, **SMALL)], "")]
    assert keys == ["lead_time_waterfall", "dock_heat_map", "partner_scorecard"]


def test_map_needs_coordinates() -> None:
    study = studies_of("an ordinary day")[0]
    flat = replace(study.labels, store_latitude=np.zeros(40), store_longitude=np.zeros(40))
    keys = [chart.key for chart in operations_charts([replace(study, labels=flat)], "")]
    assert "route_map" not in keys
    assert "truck_day" in keys


def test_a_kilometre_is_as_long_to_the_east_as_to_the_north() -> None:
    axes = figure("an ordinary day", "route_map").axes[0]
    box = axes.get_window_extent()
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    middle = np.radians(float(np.mean([line.get_ydata().mean() for line in axes.lines[:5]])))
    per_degree_east, per_degree_north = box.width / (east - west), box.height / (north - south)
    assert per_degree_east / per_degree_north == pytest.approx(np.cos(middle), rel=0.03)


def test_title_of_the_trucks_counts_trips_and_late_stops() -> None:
    assert words(figure("an ordinary day", "truck_day")).startswith(
        "Thu 6 Feb 2025: 5 trucks make 5 trips, 2 of 30 stops late"
    )
    assert "1 truck makes 1 trip, 1 stop, in time" in words(figure("one truck, one stop", "truck_day"))


def test_late_stops_are_marked_and_only_then_explained() -> None:
    marked = [
        line for line in figure("an ordinary day", "truck_day").axes[0].lines if line.get_marker() == "v"
    ]
    assert [len(line.get_xdata()) for line in marked] == [2]
    in_time = figure("one truck, one stop", "truck_day")
    assert not [line for line in in_time.axes[0].lines if line.get_marker() == "v"]
    assert "Triangle" not in words(in_time)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("truck_day", "The 24 trucks that drive most of 60"),
        ("dc_shift", "The busiest: 1 of 1 desk, 20 of 60 pickers, 3 of 12 doors"),
    ],
)
def test_many_rows_are_cut_to_the_busiest_and_it_is_said(key: str, said: str) -> None:
    chart = figure("sixty trucks", key)
    assert len([label for label in chart.axes[0].get_yticklabels() if label.get_text()]) == MOST_ROWS
    assert said in words(chart)


def test_the_centre_with_most_trips_is_shown_and_named() -> None:
    for key in ("route_map", "truck_day", "dc_shift", "dock_heat_map"):
        assert "of 3 centres the one with most trips" in words(figure("sixty trucks", key)), key


def test_trucks_beyond_the_colours_are_grey_and_counted() -> None:
    key = figure("sixty trucks", "route_map").axes[0].get_legend()
    assert "48 other trucks" in [text.get_text() for text in key.get_texts()]


def test_every_kind_of_work_has_a_place_and_a_look() -> None:
    assert set(PLACES) == set(LOOKS) == set(Work)


def test_bars_of_a_shift_are_as_long_as_the_work() -> None:
    study = studies_of("an ordinary day")[0]
    day = ShownDay.of(study)
    assert day is not None
    tasks = day.tables["tasks"]
    hours = float((tasks["finished_second"] - tasks["started_second"]).sum()) / 3_600
    bars = [
        c for c in figure("an ordinary day", "dc_shift").axes[0].collections if isinstance(c, PolyCollection)
    ]
    work = [bar for bar in bars if bar.get_zorder() > 1]
    lengths = [np.ptp(path.vertices[:, 0]) for bar in work for path in bar.get_paths()]
    assert sum(lengths) == pytest.approx(hours)


def test_people_are_those_of_the_plan() -> None:
    study = studies_of("an ordinary day")[0]
    policy = study.scenario.policy.depot
    fewer = policy.model_copy(update={"pickers": (policy.pickers[0].model_copy(update={"people": 0}),)})
    planned = {chart.key: chart for chart in operations_charts([replace(study, decided_depot=fewer)], "")}
    backgrounds = [
        sum(len(bar.get_paths()) for bar in chart.axes[0].collections if bar.get_zorder() <= 1)
        for chart in (figure("an ordinary day", "dc_shift"), planned["dc_shift"].draw())
    ]
    assert backgrounds[1] < backgrounds[0], "a picker who is not planned is not shown as idle"


def test_waterfall_ends_where_the_total_ends() -> None:
    axes = figure("an ordinary day", "lead_time_waterfall").axes[0]
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]
    assert len(ends) == 8
    assert ends[-1] == pytest.approx(ends[-2])
    hours = np.mean(
        [run.operations["stage_hours"].sum() for run in studies_of("an ordinary day")[0].condensed]
    )
    assert ends[-1] == pytest.approx(hours)


def test_waterfall_claims_a_difference_only_where_intervals_are_apart() -> None:
    assert words(figure("three scenarios", "lead_time_waterfall")).startswith("固定路线：每周两次 is ")
    same = [
        invented_study(name, title=name, operations=InventedOperations(), **SMALL) for name in ("one", "two")
    ]
    by_key = {chart.key: chart for chart in operations_charts(same, "")}
    assert words(by_key["lead_time_waterfall"].draw()).startswith("From order to shelf: one against two")


def test_shares_of_doors_are_busy_time_over_door_time() -> None:
    study = studies_of("an ordinary day")[0]
    mesh = figure("an ordinary day", "dock_heat_map").axes[0].collections[0]
    busy = np.mean([run.operations["door_busy_seconds"][0] for run in study.condensed], axis=0)
    weeks = (91 - 28) / 7
    assert np.ma.getdata(mesh.get_array()).reshape(7, 24) == pytest.approx(busy / (3 * weeks * 3_600))


def test_a_partner_keeps_its_colour_over_scenarios() -> None:
    panels = [axes for axes in figure("three scenarios", "partner_scorecard").axes if axes.get_ylabel()]
    colours = [{text.get_text(): text.get_color() for text in axes.texts} for axes in panels]
    assert colours[0].keys() <= colours[1].keys()
    assert all(colours[1][name] == colour for name, colour in colours[0].items())


def test_several_kinds_of_partner_have_a_card_each(monkeypatch: pytest.MonkeyPatch) -> None:
    titles = ("Cost", "Technology", "Delivery", "Service", "Continuity", "Global support", "Quality")
    card = replace(REVIEWS["carriers"], dimensions={title: (title, 1.0) for title in titles})
    monkeypatch.setitem(REVIEWS, "suppliers", card)
    study = invented_study("both", operations=InventedOperations(carriers=1), **SMALL)
    runs = []
    for run in study.condensed:
        carriers = {key: values for key, values in run.operations.items() if key.startswith("carriers.")}
        suppliers = {key.replace("carriers", "suppliers"): values for key, values in carriers.items()}
        suppliers["suppliers.score"] = np.repeat(carriers["carriers.score"][..., :1], len(titles), axis=2)
        runs.append(replace(run, operations={**run.operations, **suppliers}))
    cards = {
        chart.key: watched(chart.draw())
        for chart in operations_charts([replace(study, condensed=tuple(runs))], "")
        if "scorecard" in chart.key
    }
    assert list(cards) == ["partner_scorecard_carriers", "partner_scorecard_suppliers"]
    assert_not_clipped(cards)
    assert_not_covered(cards)
    texts = {text.get_text().replace("\n", " ") for text, _ in cards["partner_scorecard_suppliers"].texts}
    assert texts >= {*titles, "SUP"}


@pytest.mark.parametrize("key", KEYS)
def test_the_same_study_gives_the_same_bytes(key: str, tmp_path: Path) -> None:
    (chart,) = [chart for chart in operations_charts(studies_of("an ordinary day"), "") if chart.key == key]
    for name in ("first", "second"):
        save(chart.draw(), tmp_path / f"{name}.svg")
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()


def test_times_and_dates_are_spoken_the_same_everywhere() -> None:
    assert [clock(hour) for hour in (-0.5, 3.999, 24.25)] == ["23:30", "4:00", "0:15"]
    study = studies_of("an ordinary day")[0]
    assert spoken_date(study.labels.start_date) == "Wed 1 Jan 2025"


@pytest.fixture(scope="module")
def real() -> Study:
    """Two replications of four weeks with a centre, trucks and carriers, by the engine."""
    scenario = tiny_scenario(
        horizon={"days": 28, "warm_up_days": 7},
        network={
            "distribution_centres": [{"id": "DC", "latitude": 31.2, "longitude": 121.4}],
            "stores": [
                {"store_id": f"S{n}", "latitude": 31.0 + 0.08 * n, "longitude": 121.0 + 0.1 * (n % 3)}
                for n in range(6)
            ],
        },
        depot={"order_desk": {}, "picking": {}, "docks": {"doors": 1}},
        fleet={
            "truck_types": [{"id": "van", "capacity_kg": 900, "capacity_litres": 9_000}],
            "roads": {"coefficient_of_variation": 0.3},
            "drivers": {"driving_hours_before_break": 1.0},
            "carriers": [{"id": "swift"}, {"id": "slow", "on_time_share": 0.5}],
        },
        policy={
            "replenishment": [{"mode": MIN_MAX}],
            "depot": {
                "waves": [{"cut_off_hour": 23.5}],
                "desk": [{"people": 1, "start_hour": 20, "hours": 12}],
                "pickers": [{"people": 2, "start_hour": 22, "hours": 8, "break_minutes": 30}],
            },
            "transport": {
                "mode": "fleet",
                "trucks": [{"type_id": "van", "count": 2, "start_hour": 4}],
                "hire": {
                    "carriers": [{"carrier_id": "swift"}, {"carrier_id": "slow"}],
                    "share_of_drops": 0.3,
                    "review": {"every_days": 7},
                },
            },
        },
    )
    return replicate(scenario, optimize.plan(scenario), seed=3, replications=2, jobs=1)


def test_a_real_run_has_all_charts(real: Study, tmp_path: Path) -> None:
    found = [chart for chart in gallery([real]) if chart.is_operations]
    assert [chart.key for chart in found] == KEYS
    written = {path.name for path in write_charts(tmp_path, [real], formats=("svg",))}
    assert {f"{key}.svg" for key in KEYS} <= written
    pictures = {chart.key: watched(chart.draw()) for chart in found}
    assert_not_clipped(pictures)
    assert_not_covered(pictures)


def test_stretches_of_real_trips_leave_no_gap_and_add_up(real: Study) -> None:
    day = ShownDay.of(real)
    assert day is not None
    trips = [trip for found in Trucks(real, day).trips.values() for trip in found]
    assert any(trip.row["break_seconds"] for trip in trips)
    for trip in trips:
        parts = list(stretches(trip, 0))
        assert all(ends == begins for (_, ends, _), (begins, _, _) in pairwise(parts))
        seconds = {
            kind: sum(ends - begins for begins, ends, other in parts if other == kind)
            for kind in ("driving", "return", "break")
        }
        assert seconds["driving"] + seconds["return"] == trip.row["driving_seconds"]
        assert seconds["break"] == trip.row["break_seconds"]
        assert parts[-1][1] == trip.row["returned_second"]
        assert [stop["position"] for stop in trip.stops] == list(range(trip.row["drops"]))
