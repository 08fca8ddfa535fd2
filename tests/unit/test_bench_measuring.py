"""The bench measures what it says it measures."""

import re
import sys
import time

import numpy as np
import pytest

import scenarios
from bench.goals import Judged, append_goals, goal_table
from bench.market_scenario import MEAN_UNITS_PER_DAY, MarketSize, write_market
from bench.measure import measure, measure_command

BUSY = "import time\nwhile time.process_time() < {seconds}: pass"
BUSY_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY.format(seconds=0.9)!r}])"


def test_a_commands_cost_counts_its_child_processes():
    cost = measure_command([sys.executable, "-c", BUSY_CHILD])
    assert cost.cpu_seconds >= 0.9
    assert cost.wall_seconds >= 0.9


def test_a_command_that_fails_is_no_measurement():
    with pytest.raises(RuntimeError, match="what went wrong"):
        measure_command([sys.executable, "-c", "raise SystemExit('what went wrong')"])


def test_preparing_is_not_timed():
    work: list[float] = []
    found = measure("x", work.copy, 1, prepare=_busy)
    assert sum(found.cpu_seconds) < 0.1


def _busy() -> None:
    start = time.process_time()
    while time.process_time() < start + 0.5:
        pass


@pytest.mark.parametrize(("at_least", "met"), [(False, ["yes", "yes", "no"]), (True, ["no", "yes", "yes"])])
def test_goals_are_met_at_their_value_and_on_the_better_side(at_least, met):
    judged = [Judged("it", figure, 2.0, "s", at_least) for figure in (1.0, 2.0, 3.0)]
    assert [re.split(r"  +", line)[3] for line in goal_table(judged).splitlines()[1:]] == met


def test_goals_are_appended_below_one_heading(tmp_path):
    path = tmp_path / "GOALS.md"
    for figure in (1.0, 2.5):
        append_goals([Judged("it", figure, 2.0, "s", beside="half a figure")], "day | commit | 3", path)
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert rows[2:] == [
        "| day | commit | 3 | it | 1 s | ≤ 2 s | yes | half a figure |",
        "| day | commit | 3 | it | 2.5 s | ≤ 2 s | no | half a figure |",
    ]
    assert {row.count("|") for row in rows} == {9}


@pytest.mark.parametrize("given_levels", [True, False])
def test_the_market_scenario_is_what_it_says(given_levels, tmp_path):
    size = MarketSize(stores=4, skus=50, days=140)
    scenario = scenarios.load(write_market(tmp_path, size, given_levels=given_levels))
    skus, stores = scenario.assortment.skus, scenario.network.stores
    assert (len(stores), len(skus), scenario.horizon.days) == (4, 50, 140)
    assert np.mean(skus["shelf_life_days"] > 0) == pytest.approx(0.2)
    rates = scenario.demand.mean_units_per_day * np.outer(stores["size"], skus["popularity"])
    assert rates.mean() == pytest.approx(MEAN_UNITS_PER_DAY, rel=1e-5)
    assert set(scenario.policy.promotion_table["sku_id"]) == set(skus["sku_id"])
    assert set(scenario.demand.price_changes["sku_id"]) == set(skus["sku_id"])
