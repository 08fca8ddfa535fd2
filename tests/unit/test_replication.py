import pickle
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from study.errors import RequestError, StudyInterrupted
from study.replication import replicate
from study.statistics import PrecisionRule
from tests.factory import tiny_scenario
from tests.fakes import FakePlan, fake_simulate

SCENARIO = tiny_scenario(horizon={"days": 35, "warm_up_days": 7})
study_of = partial(replicate, SCENARIO, FakePlan(), simulate=fake_simulate)


def digests(study):
    return [run.digest for run in study.condensed]


def interrupting_simulate(scenario, plan, *, seed, replication):
    if replication == 3:
        raise KeyboardInterrupt
    return fake_simulate(scenario, plan, seed=seed, replication=replication)


def counting_simulate(log: Path, scenario, plan, *, seed, replication):
    with log.open("a") as file:
        file.write(f"{replication}\n")
    return fake_simulate(scenario, plan, seed=seed, replication=replication)


def failing_simulate(scenario, plan, *, seed, replication):
    raise ZeroDivisionError("inside the engine")


def test_jobs_change_nothing():
    serial, parallel = study_of(replications=5, jobs=1), study_of(replications=5, jobs=2)
    assert serial.replications == parallel.replications == (0, 1, 2, 3, 4)
    assert digests(serial) == digests(parallel)
    assert serial.intervals.keys() == parallel.intervals.keys()
    np.testing.assert_equal(
        [(i.mean, i.low, i.high) for i in serial.intervals.values()],
        [(i.mean, i.low, i.high) for i in parallel.intervals.values()],
    )


def test_defaults_come_from_the_scenario():
    scenario = tiny_scenario(run={"seed": 9, "replications": 3, "confidence_level": 0.8})
    study = replicate(scenario, FakePlan(), simulate=fake_simulate, jobs=1)
    assert (study.seed, len(study.condensed)) == (9, 3)
    assert study.intervals["fill_rate"].confidence_level == 0.8


def test_the_interval_is_the_t_interval_of_the_values():
    study = study_of(replications=6, jobs=1)
    values = study.values("fill_rate")
    half = 2.570582 * values.std(ddof=1) / np.sqrt(6)
    found = study.intervals["fill_rate"]
    assert (found.mean, found.half_width) == pytest.approx((values.mean(), half), rel=1e-6)


def test_an_undefined_kpi_says_so():
    found = study_of(replications=2, jobs=1).intervals["waste_share"]
    assert (found.count, found.note) == (0, "undefined")


def test_the_long_table_has_one_row_per_replication_and_kpi():
    study = study_of(replications=3, jobs=1)
    table = study.table()
    assert list(table.columns) == ["scenario", "plan", "replication", "kpi", "unit", "value"]
    assert len(table) == 3 * len(study.intervals)
    picked = table[(table.kpi == "fill_rate") & (table.replication == 2)]
    assert picked.value.item() == study.values("fill_rate")[2]


def test_a_study_can_be_pickled():
    study = study_of(replications=2, jobs=1)
    assert pickle.loads(pickle.dumps(study)).summary() == study.summary()


def test_the_band_holds_the_middle_of_the_replications():
    study = study_of(replications=9, jobs=1)
    values, band = study.daily_values("demand_units"), study.band("demand_units", share=0.5)
    assert band.mean == pytest.approx(values.mean(axis=0))
    inside = (values >= band.low) & (values <= band.high)
    assert np.all(inside.sum(axis=0) >= 5)
    assert not inside.all()


def test_progress_is_told_after_each_replication():
    told = []
    study_of(replications=3, jobs=1, progress=lambda finished, wanted: told.append((finished, wanted)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_precision_gives_the_same_study_whatever_the_jobs():
    rule = PrecisionRule(0.05, minimum=5, limit=40)
    studies = [study_of(precision=rule, jobs=jobs) for jobs in (1, 2, 3)]
    assert len({len(study.condensed) for study in studies}) == 1
    assert digests(studies[0]) == digests(studies[1]) == digests(studies[2])
    assert 10 <= len(studies[0].condensed) < 40
    assert all(study.complete for study in studies)


def test_a_precision_may_be_about_one_kpi():
    """Demand is known at once, inventory days never: only the KPIs named decide."""
    rule = PrecisionRule(0.02, limit=40)
    easy, hard = (
        study_of(precision=rule, precision_kpis=names, jobs=1)
        for names in (["demand_units"], ["demand_units", "inventory_days"])
    )
    assert len(easy.condensed) == rule.minimum + rule.look_ahead
    assert len(hard.condensed) == rule.limit
    assert "inventory_days" in hard.manifest["note"] and "demand_units" not in hard.manifest["note"]


def test_a_precision_out_of_reach_is_noted():
    study = study_of(precision=PrecisionRule(0.0001, limit=8), jobs=1)
    assert len(study.condensed) == 8
    assert "not reached after 8 replications" in study.manifest["note"]
    assert study.manifest["note"] in study.summary()


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_study_keeps_what_is_finished_and_goes_on(tmp_path, jobs):
    folder = tmp_path / "run"
    with pytest.raises(StudyInterrupted) as caught:
        replicate(SCENARIO, FakePlan(), replications=6, jobs=jobs, out=folder, simulate=interrupting_simulate)
    part = caught.value.study
    assert not part.complete
    assert part.replications
    assert 3 not in part.replications
    assert (folder / "kpis.csv").exists()
    whole = study_of(replications=6, jobs=jobs, out=folder)
    assert whole.complete
    assert digests(whole) == digests(study_of(replications=6, jobs=1))


def test_finished_replications_are_not_run_again(tmp_path):
    folder, log = tmp_path / "run", tmp_path / "log"
    study_of(replications=2, jobs=1, out=folder)
    more = study_of(replications=4, jobs=1, out=folder, simulate=partial(counting_simulate, log))
    assert log.read_text().split() == ["2", "3"]
    assert digests(more) == digests(study_of(replications=4, jobs=1))


def test_a_finished_study_needs_no_engine_to_be_read_again(tmp_path):
    first = study_of(replications=2, jobs=1, out=tmp_path / "run")
    again = study_of(replications=2, out=tmp_path / "run", simulate=failing_simulate)
    assert again.summary() == first.summary()
    assert again.labels.stores == first.labels.stores


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_the_engine_comes_through(jobs):
    with pytest.raises(ZeroDivisionError, match="inside the engine"):
        study_of(replications=3, jobs=jobs, simulate=failing_simulate)


@pytest.mark.parametrize(
    "request_",
    [
        {"replications": 0},
        {"replications": 3, "jobs": 0},
        {"replications": 3, "precision": PrecisionRule(0.1)},
        {"precision": PrecisionRule(0.1), "precision_kpis": ["fil_rate"]},
    ],
)
def test_senseless_requests_are_refused(request_):
    with pytest.raises(RequestError):
        study_of(**request_)
