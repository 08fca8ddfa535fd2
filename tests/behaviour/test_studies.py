"""Studies on the real engine: the same random worlds for all policies, the same bits for any number of jobs."""

import json
from pathlib import Path

import pytest

import optimize
from study import cli, compare, replicate
from study.evidence import Verdict
from tests.factory import tiny_scenario

HORIZON = {"days": 42, "warm_up_days": 7}


def study(name="morning", hour=6.0, replications=6, jobs=1, **more):
    scenario = tiny_scenario(
        name=name, horizon=HORIZON, policy={"transport": {"delivery_hour": hour}}, **more
    )
    return replicate(scenario, optimize.plan(scenario), seed=3, replications=replications, jobs=jobs)


@pytest.fixture(scope="module")
def morning():
    return study()


def test_parallel_replications_are_the_serial_ones_bit_for_bit(morning):
    parallel = study(jobs=2)
    assert [run.digest for run in parallel.condensed] == [run.digest for run in morning.condensed]
    assert parallel.table().equals(morning.table())


def test_replications_are_different_worlds(morning):
    assert len({run.digest for run in morning.condensed}) == len(morning.condensed)


def test_two_policies_meet_the_same_demand_and_a_late_truck_costs_service(morning):
    comparison = compare(morning, study("evening", 20.0))
    assert comparison.statements[0].same_facts
    assert comparison.difference("demand_units", "evening").verdict is Verdict.IDENTICAL
    fill = comparison.difference("fill_rate", "evening")
    assert fill.verdict is Verdict.LOWER
    assert fill.variance_reduction > 1


def test_daily_series_add_up_to_the_kpis(morning):
    run = morning.condensed[0]
    counted = slice(HORIZON["warm_up_days"], None)
    assert run.daily["demand_units"][counted].mean() == pytest.approx(run.kpis["demand_units"])
    assert run.daily["revenue"][counted].mean() == pytest.approx(run.kpis["revenue"])
    assert run.daily["store_stock_units"][counted].mean() == pytest.approx(run.kpis["store_stock_units"])
    assert run.store["demand_units"].sum() == pytest.approx(run.kpis["demand_units"])
    assert run.store_class["demand_units"].sum() == pytest.approx(run.kpis["demand_units"])
    assert sum(run.cost_by_head.values()) == pytest.approx(run.kpis["total_cost"])


def test_unmet_demand_is_told_apart_by_cause_without_rest(morning):
    run = morning.condensed[0]
    causes = sum(
        run.daily[f"unmet_{cause}_units"]
        for cause in ("supplier", "centre", "in_transit", "calendar", "level")
    )
    assert causes.sum() == pytest.approx(((1 - run.daily["fill_rate"]) * run.daily["demand_units"]).sum())


def test_a_shipped_scenario_runs_from_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code = cli.main(
        [
            "run",
            "quickstart",
            "--replications",
            "2",
            "--jobs",
            "1",
            "--out",
            "answer",
            "--json",
            "--no-report",
        ]
    )
    answer = json.loads(capsys.readouterr().out)
    assert code == 0
    assert answer["studies"][0]["replications"] == 2
    assert {path.name.split("-")[-1] for path in Path("answer/panels").iterdir()} == {
        "cell.parquet",
        "centre.parquet",
        "day.parquet",
    }
    assert any("store_orders" in path.name for path in Path("answer/events").iterdir())
