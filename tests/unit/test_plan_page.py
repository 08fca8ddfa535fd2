"""The page of a plan: every part and promise, curves, the map, and folders of others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import optimize
import scenarios
from optimize import Outlook
from scenarios import MEASURES, Basis, Curve, Plan, Scenario
from study.cli import main
from study.errors import RequestError
from study.part_titles import part_title
from study.plan_page import write_plan_page
from study.plan_page.charts import curves_chart, drive_histogram, territory_map
from study.plan_page.roster import roster_chart, roster_of
from study.plan_page.territories import Territories, territories_of
from tests.factory import tiny_scenario
from tests.planned_worlds import flat_outlook, optimised, part, stand_in
from tests.siting_worlds import planned, siting_world

LEVELS = {"store_id": ["S2"], "sku_id": ["A"], "reorder_point_units": [7], "order_up_to_units": [9]}


@pytest.fixture(scope="module")
def world() -> Scenario:
    return siting_world(title="Three <towns> & a road")


@pytest.fixture(scope="module")
def made(world: Scenario) -> tuple[Plan, Outlook]:
    return planned(world)


@pytest.fixture(scope="module")
def folder(world: Scenario, made: tuple[Plan, Outlook], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("page") / "plan"
    write_plan_page(world, made[0], place, outlook=made[1], command=("dualedge", "plan", "towns"))
    return place


class Text(HTMLParser):
    """What a reader sees, and the addresses that are fetched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.pictures: list[str] = []
        self._is_style = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self._is_style = tag == "style"
        self.addresses += [named[name] or "" for name in ("src", "href") if name in named]
        if tag == "img":
            self.pictures.append(named["alt"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._is_style = self._is_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if not self._is_style and data.strip():
            self.words.append(data.strip())


def page_of(folder: Path) -> Text:
    return Text((folder / "plan.html").read_text(encoding="utf-8"))


def test_every_part_and_every_promise_is_on_the_page(folder: Path, made: tuple[Plan, Outlook]) -> None:
    words = page_of(folder).words
    solved = [item for item in made[0].parts if item.basis is Basis.OPTIMISED]
    assert len(solved) == 2
    for item in solved:
        assert item.path in words and part_title(item.path) in words
        for promise in item.promises:
            assert MEASURES[promise.measure].title in words
            assert promise.method in words


def test_a_roster_is_drawn_with_the_cover_that_is_wanted(tmp_path: Path) -> None:
    scenario = siting_world(policy={"optimised": {"sites": None, "technicians": None}})
    roster = scenarios.columns_of(
        scenarios.RosterRow,
        {
            "technician_id": ["M-1", "M-1", "W-2"],
            "date": [scenario.horizon.start_date + timedelta(days=day) for day in (0, 2, 2)],
            "shift_id": ["day"] * 3,
        },
    )
    cover = scenarios.columns_of(
        scenarios.CoverRow, {"station_id": ["M", "W"], "weekday": ["mon", "mon"], "people": [1, 2]}
    )
    made = optimize.plan(scenario, decisions=scenarios.Decisions(format=1, roster=roster, cover=cover))
    shown = roster_of(scenario, made)
    assert shown is not None
    assert shown.people == ("M-1", "W-2") and shown.station == ("M", "W")
    assert np.argwhere(shown.shift >= 0).tolist() == [[0, 0], [0, 2], [1, 2]]
    assert shown.wanted[:8].tolist() == [3, 0, 0, 0, 0, 0, 0, 3]
    figure = roster_chart(shown, "Towns")
    assert "2 technicians work 1 to 2 of 28 days" in {text.get_text() for text in figure.texts}
    write_plan_page(scenario, made, tmp_path / "page")
    assert (tmp_path / "page" / "charts" / "roster.png").is_file()


def test_the_page_opens_with_the_network_off(folder: Path) -> None:
    page = page_of(folder)
    assert page.addresses and all(address.startswith("data:") for address in page.addresses)


def test_a_title_is_text_and_no_markup(folder: Path) -> None:
    assert "Three <towns> & a road" in page_of(folder).words


def test_curves_map_and_drives_are_drawn(folder: Path) -> None:
    names = {"territories", "drives", "curves_sites"}
    assert {path.stem for path in (folder / "charts").glob("*.png")} == names
    assert {path.stem for path in (folder / "charts").glob("*.svg")} == names
    assert {name.replace(" ", "_") for name in page_of(folder).pictures} == names


def test_the_record_holds_the_parts(folder: Path, made: tuple[Plan, Outlook]) -> None:
    record = json.loads((folder / "plan_page.json").read_text())
    assert record["plan_digest"] == made[0].digest
    assert [item["path"] for item in record["parts"]] == [
        "policy.optimised.sites",
        "policy.optimised.technicians",
    ]


def test_without_an_outlook_there_is_no_map(
    world: Scenario, made: tuple[Plan, Outlook], tmp_path: Path
) -> None:
    write_plan_page(world, made[0], tmp_path / "p")
    assert {path.stem for path in (tmp_path / "p" / "charts").iterdir()} == {"curves_sites"}


def test_a_plan_of_stock_has_neither_map_nor_curves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scenario = optimised()
    stand_in(monkeypatch, LEVELS)
    plan = optimize.plan(scenario, outlook=flat_outlook(scenario))
    write_plan_page(scenario, plan, tmp_path / "p", outlook=flat_outlook(scenario))
    words = page_of(tmp_path / "p").words
    assert not list((tmp_path / "p" / "charts").iterdir())
    assert "Levels of stores" in words and "95.12%" in words and "Pictures" not in words


def test_a_plan_of_rules_says_so(tmp_path: Path) -> None:
    scenario = tiny_scenario()
    write_plan_page(scenario, optimize.plan(scenario), tmp_path / "p")
    assert "Nothing was worked out by a solver." in page_of(tmp_path / "p").words


def test_a_page_is_written_again(world: Scenario, made: tuple[Plan, Outlook], folder: Path) -> None:
    before = (folder / "plan.html").read_text(encoding="utf-8")
    write_plan_page(world, made[0], folder, outlook=made[1])
    assert (folder / "plan.html").read_text(encoding="utf-8") == before


def test_somebody_elses_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RequestError, match="a plan's page"):
        write_plan_page(tiny_scenario(), optimize.plan(tiny_scenario()), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


class TestCommand:
    @pytest.fixture(autouse=True)
    def towns(self, world: Scenario, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.chdir(tmp_path)
        Path("towns.yaml").write_text("")
        monkeypatch.setattr(scenarios, "load", lambda *_, **__: world)

    def test_page_and_plan_are_of_one_plan(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["plan", "towns.yaml", "--page", "page", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        record = json.loads(Path("page/plan_page.json").read_text())
        assert told["plan_digest"] == record["plan_digest"]
        assert Path("plan.yaml").exists() and Path("page/charts/territories.png").exists()
        assert record["command"][:2] == ["dualedge", "plan"]

    def test_somebody_elses_folder_is_refused_before_anything_is_solved(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Path("mine").mkdir()
        (Path("mine") / "notes.txt").write_text("mine")
        assert main(["plan", "towns.yaml", "--page", "mine"]) == 2
        told = capsys.readouterr().err
        assert "a plan's page" in told and "--page" in told
        assert not Path("plan.yaml").exists()


class TestTerritories:
    @pytest.fixture
    def found(self, world: Scenario, made: tuple[Plan, Outlook]) -> Territories:
        assert made[1].siting is not None
        found = territories_of(world, made[0], made[1].siting)
        assert found is not None
        return found

    def test_they_are_those_of_the_plan(self, found: Territories, made: tuple[Plan, Outlook]) -> None:
        table = made[0].decisions.territories
        assert table is not None
        assert [found.station_names[at] for at in found.station_of_store] == list(table["station_id"])
        assert found.is_open.tolist() == [True, True, True, False]

    def test_means_are_those_that_were_promised(self, found: Territories, made: tuple[Plan, Outlook]) -> None:
        promised = {promise.measure: promise.forecast for promise in made[0].promises}
        siting = made[1].siting
        assert siting is not None
        assert found.covered == pytest.approx(promised["covered_share"], rel=1e-8)
        drive = promised["drive_minutes_per_visit"] / siting.travel_per_drive
        assert found.mean_drive_minutes == pytest.approx(drive, rel=1e-8)

    def test_technicians_are_those_of_the_plan(self, found: Territories, made: tuple[Plan, Outlook]) -> None:
        people = made[0].decisions.technicians
        assert people is not None
        assert int(found.technicians.sum()) == len(people)
        assert found.technicians[3] == 0

    def test_a_plan_without_sites_has_none(self, world: Scenario, made: tuple[Plan, Outlook]) -> None:
        assert made[1].siting is not None
        rules = optimize.plan(siting_world(policy={"optimised": None}))
        assert territories_of(world, rules, made[1].siting) is None

    def test_titles_count_what_is_shown(self, found: Territories) -> None:
        figure = territory_map(found, "Towns")
        texts = [text.get_text() for text in figure.texts]
        people = int(found.technicians.sum())
        assert any(f"3 stations, {people} technicians: 98%" in text.replace("\n", " ") for text in texts)
        bars = drive_histogram(found, "Towns").axes[0].patches
        assert sum(bar.get_height() for bar in bars) == pytest.approx(found.visits_per_day.sum())  # type: ignore[attr-defined]

    def test_one_station_with_one_technician_is_no_plural(self, found: Territories) -> None:
        one = replace(
            found,
            is_open=np.array([False, True, False, False]),
            technicians=np.array([0, 1, 0, 0]),
            station_of_store=np.ones(6, np.int64),
        )
        texts = " ".join(text.get_text() for text in territory_map(one, "Towns").texts)
        assert "1 station, 1 technician:" in texts.replace("\n", " ")

    def test_no_visits_at_all_can_be_drawn(self, found: Territories) -> None:
        none = replace(found, visits_per_day=np.zeros(6))
        assert drive_histogram(none, "Towns").axes
        assert territory_map(none, "Towns").axes


class TestCurves:
    def test_a_panel_per_curve_and_the_plan_marked(self) -> None:
        points = ((1.0, 30.0), (2.0, 20.0), (3.0, 25.0))
        curves = [
            Curve(level="open stations", value=name, value_unit="money per day", points=points, chosen=2.0)
            for name in ("cost", "drive", "people", "one too many")
        ]
        figure = curves_chart("Stations", "Towns", curves, "CNY")
        assert len(figure.axes) == 3
        for axes in figure.axes:
            line, dot = axes.lines
            assert np.column_stack(line.get_data()).tolist() == [list(point) for point in points]
            assert np.column_stack(dot.get_data()).tolist() == [[2.0, 20.0]]

    def test_a_curve_whose_plan_is_not_known_has_no_dot(self) -> None:
        curve = Curve(
            level="budget", level_unit="money", value="fix", value_unit="share", points=((1.0, 0.5),)
        )
        (axes,) = curves_chart("Parts", "Towns", [curve], "CNY").axes
        assert len(axes.lines) == 1
        assert "%" in axes.get_title(loc="left") and "CNY" in axes.get_xlabel()

    def test_parts_with_curves_are_drawn_whatever_they_are(self, tmp_path: Path) -> None:
        curve = Curve(level="budget", value="cost", points=((1.0, 2.0), (2.0, 1.0)), chosen=1.0)
        scenario = tiny_scenario()
        plan = optimize.plan(scenario)
        shown = replace(plan, parts=(*plan.parts, part(1, curves=(curve,))))
        write_plan_page(scenario, shown, tmp_path / "p")
        assert page_of(tmp_path / "p").pictures == ["curves stores"]
