"""What each solver is worth: which ones there are, the world without each, judging, files and the command."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optimize
import scenarios
import sim
from scenarios import (
    Decisions,
    LevelRow,
    Plan,
    Scenario,
    TechnicianRow,
    TerritoryRow,
    columns_of,
    part_digest,
)
from study import cli, replicate
from study.errors import RequestError
from study.evidence import Judgement, Study
from study.worth import SolverWorth, Variant, Worth, variants, worth_of
from study.worth.chart import solver_worth
from study.worth.evidence import MONEY, SERVICE
from study.worth.writing import write_worth
from tests.factory import tiny_scenario
from tests.fakes import FakePlan, fake_simulate
from tests.planned_worlds import COSTS, flat_outlook, part, stand_in
from tests.siting_worlds import siting_world

STORE_LEVELS: dict[str, list[Any]] = {
    "store_id": ["west-0"],
    "sku_id": ["A"],
    "reorder_point_units": [7],
    "order_up_to_units": [9],
}
TERRITORIES: dict[str, list[Any]] = {"store_id": ["west-0", "east-0"], "station_id": ["W", "M"]}
TECHNICIANS: dict[str, list[Any]] = {
    "technician_id": ["a", "b"],
    "station_id": ["W", "M"],
    "shift_id": ["day"] * 2,
}
Call = Callable[..., tuple[int, str, str]]


def solved(scenario: Scenario, *paths: str, **numbers: Any) -> Plan:
    """A plan whose numbers are those that a solver of each path left."""
    decisions = Decisions(format=1, scenario=scenario.name, **numbers)
    parts = [part(1, path=path, digest=part_digest(decisions, path)) for path in paths]
    return optimize.plan(scenario, decisions=decisions.model_copy(update={"parts": tuple(parts)}))


def whole_plan(scenario: Scenario) -> Plan:
    """Levels of stores, sites and technicians, all worked out by solvers."""
    return solved(
        scenario,
        "policy.optimised.stores[0]",
        "policy.optimised.sites",
        "policy.optimised.technicians",
        store_levels=columns_of(LevelRow, STORE_LEVELS),
        open_stations=("W", "M"),
        territories=columns_of(TerritoryRow, TERRITORIES),
        technicians=columns_of(TechnicianRow, TECHNICIANS),
    )


class TestVariants:
    def test_every_part_that_a_solver_worked_out_is_left_out_once(self) -> None:
        scenario = siting_world(policy={"optimised": {"stores": [{}]}})
        found = variants(scenario, whole_plan(scenario))
        assert [variant.path for variant in found] == ["policy.optimised.stores", "policy.optimised.sites"]
        assert [variant.title for variant in found] == [
            "Levels of stores",
            "Stations and territories, technicians",
        ]

    def test_without_levels_of_stores_the_rules_hold_and_the_rest_stays(self) -> None:
        scenario = siting_world(policy={"optimised": {"stores": [{}]}})
        whole = whole_plan(scenario)
        rules = optimize.plan(siting_world(policy={"optimised": None}))
        without = variants(scenario, whole)[0]
        assert whole.stores.order_up_to_units[0, 0] == 9
        assert without.plan.stores.order_up_to_units.tolist() == rules.stores.order_up_to_units.tolist()
        assert without.plan.decisions.store_levels is None
        assert without.plan.decisions.open_stations == ("W", "M")
        assert without.plan.decided(without.scenario).policy.service.open_stations == ("W", "M")
        assert without.scenario.policy.optimised.stores == ()
        assert without.scenario.policy.optimised.sites is not None
        assert without.scenario.facts_digest == scenario.facts_digest

    def test_sites_and_technicians_fall_together(self) -> None:
        scenario = siting_world(policy={"optimised": {"stores": [{}]}})
        without = variants(scenario, whole_plan(scenario))[1]
        service = without.plan.decided(without.scenario).policy.service
        assert service.open_stations == ("W", "M", "E") and service.territories is None
        assert service.workforce.technicians is None and len(service.workforce.groups) == 3
        assert without.plan.stores.order_up_to_units[0, 0] == 9
        assert not any("sites" in left.path or "technicians" in left.path for left in without.plan.parts)

    def test_technicians_without_sites_stand_alone(self) -> None:
        scenario = siting_world(policy={"optimised": {"sites": None}})
        numbers = columns_of(TechnicianRow, TECHNICIANS)
        (alone,) = variants(scenario, solved(scenario, "policy.optimised.technicians", technicians=numbers))
        assert (alone.path, alone.title) == ("policy.optimised.technicians", "Technicians")
        assert alone.plan.decisions.technicians is None

    def test_a_part_that_was_edited_is_no_solvers(self) -> None:
        scenario = siting_world(policy={"optimised": {"sites": None}})
        numbers = columns_of(TechnicianRow, TECHNICIANS)
        decisions = Decisions(format=1, technicians=numbers)
        signed = part(1, path="policy.optimised.technicians", digest="of other numbers")
        edited = optimize.plan(scenario, decisions=decisions.model_copy(update={"parts": (signed,)}))
        assert variants(scenario, edited) == ()

    def test_parts_of_sourcing_are_one_solver(self) -> None:
        scenario = tiny_scenario()
        plan = solved(
            scenario, "policy.optimised.sourcing.suppliers", "policy.optimised.sourcing.carriers",
            sourcing_rules=(), carriers=(),
        )  # fmt: skip
        (sourcing,) = variants(scenario, plan)
        assert sourcing.path == "policy.optimised.sourcing"
        assert sourcing.plan.decisions.sourcing_rules is None and sourcing.plan.decisions.carriers is None

    def test_what_decides_inside_the_run_is_left_to_the_rule(self) -> None:
        scenario = with_trucks(service={"dispatch": {"plan": "optimised"}})
        plan = optimize.plan(without_wishes(scenario))
        routes, dispatch = variants(scenario, plan)
        assert routes.scenario.policy.transport.planning == "rule"
        assert routes.scenario.policy.service.dispatch.plan == "optimised"
        assert dispatch.scenario.policy.service.dispatch.plan == "day_plan"
        assert dispatch.scenario.policy.transport.planning == "optimised"
        assert routes.plan is plan and dispatch.plan is plan

    def test_nothing_inside_the_run_where_nobody_drives(self) -> None:
        policy = {"transport": {"planning": "optimised"}, "service": {"dispatch": {"plan": "optimised"}}}
        scenario = tiny_scenario(policy=policy)
        assert variants(scenario, optimize.plan(scenario)) == ()

    def test_a_plan_of_rules_has_no_solver(self) -> None:
        scenario = tiny_scenario()
        assert variants(scenario, optimize.plan(scenario)) == ()


def with_trucks(service: Mapping[str, Any]) -> Scenario:
    """Trucks whose routes are optimised, and technicians."""
    policy = {
        "transport": {
            "mode": "fleet",
            "planning": "optimised",
            "trucks": [{"type_id": "van", "count": 1}],
        },
        "service": service,
    }
    return siting_world(
        policy=policy,
        fleet={"truck_types": [{"id": "van", "capacity_kg": 500.0, "capacity_litres": 2_000.0}]},
    )


def without_wishes(scenario: Scenario) -> Scenario:
    from study.worth.variants import without_wish

    return without_wish(scenario, "sites", "technicians")


def run(delivery_hour: float, name: str, replications: int = 8, seed: int = 1) -> Study:
    """Later deliveries lose sales and money, see `tests.fakes`."""
    scenario = tiny_scenario(policy={"transport": {"delivery_hour": delivery_hour}})
    return replicate(
        scenario,
        FakePlan(),  # type: ignore[arg-type]
        seed=seed,
        replications=replications,
        jobs=1,
        name=name,
        simulate=fake_simulate,  # type: ignore[arg-type]
    )


def left_out(path: str, title: str = "Levels of stores") -> Variant:
    scenario = tiny_scenario()
    return Variant(path, title, "a rule", scenario, optimize.plan(scenario))


@pytest.fixture(scope="module")
def found() -> Worth:
    """A whole plan beside one that is worse without its solver, and one that is better."""
    others = [run(12.0, "late"), run(2.0, "early")]
    names = [left_out("policy.optimised.stores"), left_out("policy.optimised.agents", "Agents")]
    return worth_of(run(6.0, "whole"), others, names)


def gain(solver: SolverWorth, kpi: str) -> Any:
    item = solver.of(kpi)
    assert item is not None
    return item


class TestJudging:
    def test_a_gain_is_what_the_solver_adds(self, found: Worth) -> None:
        useful, harmful = found.solvers
        for kpi in ("profit", "fill_rate"):
            assert gain(useful, kpi).gain > 0.0 > gain(harmful, kpi).gain
            assert gain(useful, kpi).judgement is Judgement.BETTER
            assert gain(harmful, kpi).judgement is Judgement.WORSE

    def test_gain_and_interval_belong_together(self, found: Worth) -> None:
        for solver in found.solvers:
            for item in solver.gains:
                assert item.gain == pytest.approx(item.with_solver - item.without, abs=1e-9)
                assert item.low <= item.gain <= item.high

    def test_a_gain_is_the_mean_over_the_same_worlds(self, found: Worth) -> None:
        difference = run(6.0, "whole").values("profit") - run(12.0, "late").values("profit")
        assert gain(found.solvers[0], "profit").gain == pytest.approx(float(np.mean(difference)))

    def test_only_what_is_shown_widens_the_intervals(self, found: Worth) -> None:
        shown = {item.kpi for solver in found.solvers for item in solver.gains}
        assert shown <= {*MONEY, *SERVICE} and {"profit", "fill_rate"} <= shown
        varied = [item for solver in found.solvers for item in solver.gains if item.low < item.high]
        assert f"({len(varied)}:" in found.family

    def test_a_higher_level_of_confidence_gives_wider_intervals(self) -> None:
        whole, other, name = run(6.0, "whole"), run(12.0, "late"), left_out("policy.optimised.stores")
        at = {
            level: gain(worth_of(whole, [other], [name], confidence_level=level).solvers[0], "fill_rate")
            for level in (0.8, 0.99)
        }
        assert at[0.99].high - at[0.99].low > at[0.8].high - at[0.8].low > 0.0

    def test_worlds_must_be_the_same(self) -> None:
        with pytest.raises(RequestError, match="same random worlds"):
            worth_of(run(6.0, "whole"), [run(12.0, "late", seed=2)], [left_out("policy.optimised.stores")])

    def test_solvers_without_runs_are_named(self) -> None:
        names = [left_out("policy.optimised.stores"), left_out("policy.optimised.agents", "Agents")]
        half = worth_of(run(6.0, "whole"), [run(12.0, "late")], names)
        assert [solver.path for solver in half.solvers] == ["policy.optimised.stores"]
        assert half.unfinished == ("policy.optimised.agents",)
        assert "interrupted, without policy.optimised.agents" in half.summary()

    def test_words_name_solver_rule_and_gain(self, found: Worth) -> None:
        text = found.summary()
        assert "Levels of stores (policy.optimised.stores), against a rule" in text
        assert "▲ Profit" in text and "▼ Profit" in text


class Links(HTMLParser):
    """Addresses of a page, and the titles of its parts."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.titles: list[str] = []
        self._is_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_title = tag == "h3"
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        if self._is_title and data.strip():
            self.titles.append(data.strip())
            self._is_title = False


class TestWriting:
    def test_table_record_charts_and_page(self, found: Worth, tmp_path: Path) -> None:
        written = write_worth(found, tmp_path / "w", command=("dualedge", "worth", "tiny"))
        assert {path.relative_to(tmp_path / "w").as_posix() for path in written} == {
            "worth.csv", "worth.json", "worth.html", "charts/solver_worth.png", "charts/solver_worth.svg",
        }  # fmt: skip
        assert all(path.stat().st_size > 0 for path in written)

    def test_table_and_record_say_the_same(self, found: Worth, tmp_path: Path) -> None:
        write_worth(found, tmp_path / "w")
        rows = list(csv.DictReader((tmp_path / "w" / "worth.csv").open()))
        record = json.loads((tmp_path / "w" / "worth.json").read_text())
        gains = [item for solver in record["solvers"] for item in solver["gains"]]
        assert [row["kpi"] for row in rows] == [item["kpi"] for item in gains]
        assert [float(row["gain"]) for row in rows] == pytest.approx([item["gain"] for item in gains])
        assert {row["judgement"] for row in rows} <= {"better", "worse", "neither"}

    def test_the_page_opens_with_the_network_off(self, found: Worth, tmp_path: Path) -> None:
        page = write_worth(found, tmp_path / "w")[-1].read_text(encoding="utf-8")
        parsed = Links()
        parsed.feed(page)
        assert parsed.addresses and all(address.startswith("data:") for address in parsed.addresses)
        assert parsed.titles == ["Levels of stores", "Agents"]

    def test_without_any_service_kpi_there_is_profit_alone(self, found: Worth, tmp_path: Path) -> None:
        paid = tuple(
            replace(solver, gains=tuple(item for item in solver.gains if item.kpi == "profit"))
            for solver in found.solvers
        )
        written = write_worth(replace(found, solvers=paid), tmp_path / "w")
        assert len(written) == 5
        assert len(solver_worth(replace(found, solvers=paid)).axes) == 1
        assert len(solver_worth(found).axes) == 2

    def test_somebody_elses_folder_is_left_alone(self, found: Worth, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("mine")
        with pytest.raises(RequestError, match="the worth of solvers"):
            write_worth(found, tmp_path)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """The command line over stand-ins for engine, outlook, solver and loader: (exit code, output, errors)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sim, "simulate", fake_simulate)
    monkeypatch.setattr(sim, "outlook", flat_outlook)
    levels = {
        "store_id": ["S1"], "sku_id": ["A"], "reorder_point_units": [7], "order_up_to_units": [9],
    }  # fmt: skip
    stand_in(monkeypatch, levels)
    for name in ("tiny", "plain", "inside"):
        Path(f"{name}.yaml").write_text("")

    def load(path: Path, overrides: tuple[str, ...] = (), settings: tuple[str, ...] = ()) -> Scenario:
        del overrides, settings
        name = Path(path).stem
        if name == "inside":
            return without_wishes(with_trucks(service={"dispatch": {"plan": "optimised"}}))
        policy: dict[str, Any] = {} if name == "plain" else {"optimised": {"stores": [{}]}}
        return tiny_scenario(name=name, costs=COSTS, horizon={"days": 28}, policy=policy)

    monkeypatch.setattr(scenarios, "load", load)

    def called(*words: str) -> tuple[int, str, str]:
        code = cli.main(["worth", *words, "--jobs", "1"])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return called


class TestCommand:
    def test_told_and_written(self, call: Call) -> None:
        code, out, _ = call("tiny.yaml", "--replications", "3", "--out", "w")
        assert code == 0
        assert "Levels of stores (policy.optimised.stores)" in out and "3 replications" in out
        assert (Path("w") / "worth.html").exists()

    def test_json_is_one_object(self, call: Call) -> None:
        code, out, _ = call("tiny.yaml", "--replications", "1", "--json")
        told = json.loads(out)
        assert code == told["exit_code"] == 0
        assert told["unfinished"] == [] and told["written"] == []
        (solver,) = told["solvers"]
        assert solver["path"] == "policy.optimised.stores"
        assert {item["low"] for item in solver["gains"]} <= {None, 0.0}, "one replication has no interval"

    def test_solvers_inside_the_run_need_no_plan(self, call: Call) -> None:
        code, out, _ = call("inside.yaml", "--replications", "2", "--json", "--out", "w")
        told = json.loads(out)
        assert code == 0
        assert [solver["path"] for solver in told["solvers"]] == [
            "policy.transport.planning",
            "policy.service.dispatch.plan",
        ]
        assert (Path("w") / "charts" / "solver_worth.png").exists()

    def test_no_solver_is_a_clear_error(self, call: Call) -> None:
        code, _, err = call("plain.yaml", "--replications", "1")
        assert code == 2
        assert "no solver decides anything" in err and "--only stock" in err

    def test_a_plan_and_something_to_plan_do_not_go_together(self, call: Call) -> None:
        Path("plan.yaml").write_text("format: 1\n")
        code, _, err = call("tiny.yaml", "--plan", "plan.yaml", "--only", "stock")
        assert code == 2 and "give one of them" in err

    def test_somebody_elses_folder_is_refused_before_any_run(self, call: Call) -> None:
        Path("notes").mkdir()
        (Path("notes") / "mine.txt").write_text("mine")
        code, _, err = call("tiny.yaml", "--out", "notes")
        assert code == 2 and "choose another folder" in err

    def test_interrupted_it_keeps_what_is_finished(self, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
        interrupt_at_run(monkeypatch, 6, solvers=2)
        code, out, err = call("tiny.yaml", "--replications", "2", "--out", "w", "--json")
        told = json.loads(out)
        assert code == told["exit_code"] == 130
        assert [solver["path"] for solver in told["solvers"]] == ["policy.optimised.stores"]
        assert told["unfinished"] == ["policy.optimised.agents"]
        assert "policy.optimised.agents not compared" in err
        assert json.loads((Path("w") / "worth.json").read_text())["unfinished"] == told["unfinished"]

    @pytest.mark.parametrize("runs", [1, 4])
    def test_interrupted_before_any_solver_is_compared(
        self, call: Call, monkeypatch: pytest.MonkeyPatch, runs: int
    ) -> None:
        interrupt_at_run(monkeypatch, runs, solvers=1)
        code, _, err = call("tiny.yaml", "--replications", "2", "--out", "w")
        assert code == 130 and "interrupted" in err
        assert not Path("w").exists()


def interrupt_at_run(monkeypatch: pytest.MonkeyPatch, number: int, solvers: int) -> None:
    """The user stops the so-many-th replication of all; so many solvers are to be compared."""
    import study.worth

    counted = 0

    def simulate(*arguments: Any, **named: Any) -> Any:
        nonlocal counted
        counted += 1
        if counted == number:
            raise KeyboardInterrupt
        return fake_simulate(*arguments, **named)

    def several(scenario: Scenario, plan: Plan) -> tuple[Variant, ...]:
        (stores,) = variants(scenario, plan)
        agents = Variant("policy.optimised.agents", "Agents", "a rule", stores.scenario, stores.plan)
        return (stores, agents)[:solvers]

    monkeypatch.setattr(sim, "simulate", simulate)
    monkeypatch.setattr(study.worth, "variants", several)
