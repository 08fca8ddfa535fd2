import csv
import json
import math
import pickle
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim import Cell, Day
from study.atomic import replacing
from study.comparison import compare
from study.condensing import condense
from study.errors import RequestError
from study.keep import Keep
from study.manifest import StudyIdentity, dualedge_version, portable_command
from study.replication import replicate
from study.storage import Status, open_folder, read_manifest
from study.tables import write_interval_rows
from tests.factory import tiny_scenario
from tests.fakes import FakePlan, fake_simulate

SCENARIO = tiny_scenario(horizon={"days": 35, "warm_up_days": 7})
IDENTITY = StudyIdentity.of(SCENARIO, "plan-0", seed=1)


def saved(tmp_path, keep=Keep.FIRST, numbers=(0, 1)):
    folder = open_folder(tmp_path / "run", [IDENTITY], keep=keep)
    for number in numbers:
        result = fake_simulate(SCENARIO, FakePlan(), seed=1, replication=number)
        folder.save("tiny", result, condense(result))
    return folder


def names(folder, kind):
    return sorted(path.name for path in (folder.path / kind).glob("*"))


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "deep" / "file.txt"
    with pytest.raises(ZeroDivisionError), replacing(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert list(path.parent.iterdir()) == []
    with replacing(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
    assert [found.name for found in path.parent.iterdir()] == ["file.txt"]


def test_finished_replications_come_back(tmp_path):
    runs, labels = saved(tmp_path).finished("tiny")
    assert sorted(runs) == [0, 1]
    assert labels.stores == ("S1", "S2")


@pytest.mark.parametrize(("keep", "count"), [(Keep.ALL, 2), (Keep.FIRST, 1), (Keep.NONE, 0)])
def test_tables_are_kept_as_asked(tmp_path, keep, count):
    folder = saved(tmp_path, keep)
    assert len(names(folder, "events")) == count
    assert len(names(folder, "panels")) == 3 * count


def test_a_replication_without_its_tables_is_not_finished(tmp_path):
    saved(tmp_path, Keep.NONE)
    again = open_folder(tmp_path / "run", [IDENTITY], keep=Keep.FIRST)
    assert sorted(again.finished("tiny")[0]) == [1]


def test_a_torn_file_is_not_finished(tmp_path):
    folder = saved(tmp_path, Keep.NONE)
    torn = folder.path / "replications" / "tiny-r0001.npz"
    torn.write_bytes(torn.read_bytes()[:500])
    assert sorted(folder.finished("tiny")[0]) == [0]


def test_studies_whose_names_begin_alike_are_kept_apart(tmp_path):
    folder = saved(tmp_path, Keep.NONE)
    result = fake_simulate(SCENARIO, FakePlan(), seed=1, replication=5)
    folder.save("tiny-r2", result, condense(result))
    assert sorted(folder.finished("tiny")[0]) == [0, 1]


def test_the_day_panel_is_tidy_and_complete(tmp_path):
    folder = saved(tmp_path)
    result = fake_simulate(SCENARIO, FakePlan(), seed=1, replication=0)
    table = pq.read_table(folder.path / "panels" / "tiny-r0000-day.parquet").to_pandas()
    assert list(table.columns) == ["date", "store", "class", *(measure.name.lower() for measure in Day)]
    assert len(table) == 35 * 2 * 2
    row = table[(table.date.astype(str) == "2025-01-09") & (table.store == "S2") & (table["class"] == "HOME")]
    assert row.demand.item() == result.panels.day[3, 1, 1, Day.DEMAND]
    assert table.lost.sum() == result.panels.day[..., Day.LOST].sum()


def test_the_cell_panel_leaves_out_what_never_counted(tmp_path):
    folder = open_folder(tmp_path / "run", [IDENTITY])
    result = fake_simulate(SCENARIO, FakePlan(), seed=1, replication=0)
    result.panels.cell[1, 0, 2] = 0
    result.panels.cell_revenue[1, 0, 2] = 0
    folder.save("tiny", result, condense(result))
    table = pq.read_table(folder.path / "panels" / "tiny-r0000-cell.parquet").to_pandas()
    assert len(table) == 2 * 2 * 3 - 1
    assert table.demand.sum() == result.panels.cell[..., Cell.DEMAND].sum()
    assert table.revenue.sum() == result.panels.cell_revenue.sum()
    assert set(table.period_start.astype(str)) == {"2025-01-06", "2025-02-03"}


def test_event_tables_are_written_as_they_are(tmp_path):
    folder = saved(tmp_path)
    result = fake_simulate(SCENARIO, FakePlan(), seed=1, replication=0)
    table = pq.read_table(folder.path / "events" / "tiny-r0000-store_orders.parquet")
    np.testing.assert_array_equal(table["units"].to_numpy(), result.tables["store_orders"]["units"])


def test_kpis_read_back_exactly(tmp_path):
    study = replicate(
        SCENARIO, FakePlan(), replications=2, jobs=1, out=tmp_path / "run", simulate=fake_simulate
    )
    with (tmp_path / "run" / "kpis.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    values = {(int(row["replication"]), row["kpi"]): row["value"] for row in rows}
    assert float(values[1, "fill_rate"]) == study.values("fill_rate")[1]
    assert values[0, "waste_share"] == ""
    assert {row["plan"] for row in rows} == {"plan-0"}


def test_a_comparison_writes_its_differences(tmp_path):
    base = replicate(SCENARIO, FakePlan(), replications=3, jobs=1, simulate=fake_simulate)
    other = replicate(
        SCENARIO, FakePlan("plan-1"), replications=3, jobs=1, name="other", simulate=fake_simulate
    )
    identities = [IDENTITY, replace(IDENTITY, name="other", plan_digest="plan-1")]
    folder = open_folder(tmp_path / "run", identities)
    folder.write_results([base, other], compare(base, other))
    with (folder.path / "differences.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["alternative"] for row in rows} == {"other"}
    assert len(rows) == len(base.intervals)


def test_estimates_are_written_with_nine_digits(tmp_path):
    base = replicate(SCENARIO, FakePlan(), replications=3, jobs=1, simulate=fake_simulate)
    found = base.intervals["fill_rate"]
    wordy = replace(found, mean=1 / 3, low=1234567.891234, high=math.nan)
    write_interval_rows(tmp_path / "intervals.csv", [replace(base, intervals={"fill_rate": wordy})])
    with (tmp_path / "intervals.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["mean"], row["low"], row["high"]) == ("0.333333333", "1234567.89", "")
    assert row["replications"] == "3"


def test_the_manifest_says_what_makes_the_study_repeatable(tmp_path):
    folder = open_folder(
        tmp_path / "run", [IDENTITY], command=portable_command(["run", str(tmp_path / "x.yaml")])
    )
    assert read_manifest(folder.path)["status"] == "running"
    replicate(SCENARIO, FakePlan(), seed=1, replications=2, jobs=1, out=folder, simulate=fake_simulate)
    study = replicate(
        SCENARIO, FakePlan(), seed=1, replications=2, jobs=1, out=folder, simulate=fake_simulate
    )
    folder.write_results([study])
    text = (folder.path / "manifest.json").read_text()
    manifest = json.loads(text)
    assert manifest["status"] == Status.COMPLETE
    assert manifest["command"] == ["dualedge", "run", "x.yaml"]
    (entry,) = manifest["studies"]
    assert (entry["seed"], entry["replications"]) == (1, 2)
    assert entry["scenario_digest"] == SCENARIO.digest
    assert entry["versions"]["dualedge"] == dualedge_version()
    assert entry["versions"]["numpy"] == np.__version__
    assert str(tmp_path) not in text


def test_commands_lose_the_paths_of_this_machine():
    words = ["run", "/home/me/x.yaml", "--out=/tmp/y/", "--set", "a=1", r"C:\data\z.yaml", "runs/here"]
    assert portable_command(words) == [
        "dualedge",
        "run",
        "x.yaml",
        "--out=y",
        "--set",
        "a=1",
        "z.yaml",
        "runs/here",
    ]


def test_another_study_is_not_overwritten(tmp_path):
    saved(tmp_path)
    with pytest.raises(RequestError, match="seed 1 there, 2 here"):
        open_folder(tmp_path / "run", [replace(IDENTITY, seed=2)])
    with pytest.raises(RequestError, match="tiny there, tiny, other here"):
        open_folder(tmp_path / "run", [IDENTITY, replace(IDENTITY, name="other")])


def test_force_clears_another_study_and_nothing_else(tmp_path):
    folder = saved(tmp_path)
    (folder.path / "notes.txt").write_text("mine")
    open_folder(tmp_path / "run", [replace(IDENTITY, seed=2)], force=True)
    assert folder.finished("tiny") == ({}, None)
    assert (folder.path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("force", [False, True])
def test_a_foreign_folder_is_never_touched(tmp_path, force):
    (tmp_path / "thesis.txt").write_text("chapter one")
    with pytest.raises(RequestError, match="not a run's"):
        open_folder(tmp_path, [IDENTITY], force=force)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="is a file"):
        open_folder(tmp_path / "file", [IDENTITY])


def test_leftovers_of_a_killed_process_are_removed(tmp_path):
    folder = saved(tmp_path)
    leftover = folder.path / "panels" / "tiny-r0001-cell.parquet.77.partial"
    leftover.write_text("half")
    open_folder(tmp_path / "run", [IDENTITY])
    assert not leftover.exists()


def test_a_claimed_folder_goes_to_workers(tmp_path):
    folder = saved(tmp_path)
    assert pickle.loads(pickle.dumps(folder)) == folder


def test_a_folder_whose_studies_are_not_all_done_is_interrupted_and_goes_on(tmp_path):
    identities = [IDENTITY, replace(IDENTITY, name="other", plan_digest="plan-1")]
    folder = open_folder(tmp_path / "run", identities)
    folder.write_results([])
    assert read_manifest(folder.path)["status"] == Status.INTERRUPTED
    base = replicate(
        SCENARIO,
        FakePlan(),
        seed=1,
        replications=2,
        jobs=1,
        out=open_folder(tmp_path / "run", identities),
        simulate=fake_simulate,
    )
    folder.write_results([base])
    manifest = read_manifest(folder.path)
    assert manifest["status"] == Status.INTERRUPTED
    assert [study["name"] for study in manifest["studies"]] == ["tiny", "other"]
    assert sorted(open_folder(tmp_path / "run", identities).finished("tiny")[0]) == [0, 1]
