"""Files that extend others, named overrides and settings: what they change, and the record they leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios import ScenarioError, load
from scenarios.language.nodes import Mark, Node, dotted, located, merged
from scenarios.language.reading import read_text
from tests.unit.broken_inputs import GOOD, SKUS, STORES
from tests.unit.test_loading import write

CHILD = """\
format: 1
extends: common/base.yaml
name: child
horizon: {days: 30}
policy:
  transport: {delivery_hour: 10}
"""


def chained(folder: Path, child: str = CHILD, base: str = GOOD) -> Path:
    files = {"common/base.yaml": base, "common/stores.csv": STORES, "common/skus.csv": SKUS}
    path = write(folder, **{"scenario.yaml": child}, **files)
    (folder / "stores.csv").unlink()
    (folder / "skus.csv").unlink()
    return path


def test_a_child_is_laid_over_its_base_and_tables_stay_beside_the_file_that_names_them(
    tmp_path: Path,
) -> None:
    scenario = load(chained(tmp_path))
    assert (scenario.name, scenario.horizon.days, scenario.horizon.warm_up_days) == ("child", 30, 7)
    assert scenario.policy.transport.delivery_hour == 10
    assert scenario.network.stores.source == "common/stores.csv"
    assert [name for name, _ in scenario.provenance.files] == [
        "scenario.yaml",
        "common/base.yaml",
        "common/stores.csv",
        "common/skus.csv",
    ]
    positions = scenario.provenance.positions
    assert positions["horizon.days"] == ("scenario.yaml", 4, 11)
    assert positions["horizon.warm_up_days"] == ("common/base.yaml", 6, 3)


def test_an_error_in_the_base_points_at_the_base(tmp_path: Path) -> None:
    path = chained(
        tmp_path, base=GOOD.replace("discount: 0.2", "discount: 2").replace("{id: DC}", "{id: DC, x: 1}")
    )
    with pytest.raises(ScenarioError) as caught:
        load(path)
    places = [problem.place for problem in caught.value.problems]
    assert places == ["common/base.yaml:11:35", "common/base.yaml:55:7"]


def test_an_error_in_the_child_points_at_the_child(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(chained(tmp_path, child=CHILD.replace("delivery_hour: 10", "delivery_hour: 25")))
    assert [problem.place for problem in caught.value.problems] == ["scenario.yaml:6:15"]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("{warm_up_dys: 5}", "warm_up_days"),  # the base sets it
        ("{panel_period_dys: 5}", "panel_period_days"),  # nobody does
    ],
)
def test_a_key_of_the_base_may_be_the_one_that_is_meant(tmp_path: Path, written: str, hint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(chained(tmp_path, child=CHILD.replace("{days: 30}", written)))
    (problem,) = caught.value.problems
    assert (problem.code, problem.place) == ("E301", "scenario.yaml:4:11")
    assert f"`{hint}`" in problem.hint


def test_a_key_that_the_same_file_states_is_not_the_one_that_is_meant(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(chained(tmp_path, child=CHILD.replace("{days: 30}", "{warm_up_days: 3, warm_up_dys: 5}")))
    assert "`warm_up_days`" not in caught.value.problems[0].hint


def test_a_cycle_through_two_files_is_refused(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        **{"scenario.yaml": "format: 1\nextends: a/b.yaml\n", "a/b.yaml": "format: 1\nextends: c.yaml\n"},
        **{"a/c.yaml": "format: 1\nextends: b.yaml\n"},
    )
    with pytest.raises(ScenarioError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place) == ("E202", "a/c.yaml:2:10")


OVERRIDDEN = GOOD.replace(
    "name: good",
    """\
name: good
apply: [long]
overrides:
  long:
    horizon: {days: 120}
    run.seed: 9
  late: {policy.transport: {delivery_hour: 12}}
  supplier: {'network.suppliers[id=S1].lead_time_days': {kind: constant, value: 2}}""",
)


def test_changes_are_recorded_in_order_with_old_and_new(tmp_path: Path) -> None:
    path = write(tmp_path, **{"scenario.yaml": OVERRIDDEN})
    scenario = load(path, overrides=["supplier", "late"], settings=["horizon.warm_up_days=14"])
    assert [(change.path, change.old, change.new) for change in scenario.provenance.applied] == [
        ("horizon.days", 91, 120),
        ("run.seed", None, 9),
        (
            "network.suppliers[0].lead_time_days",
            {"kind": "gamma", "mean": 3, "cv": 0.4},
            {"kind": "constant", "value": 2},
        ),
        ("policy.transport", None, {"delivery_hour": 12}),
        ("horizon.warm_up_days", 7, 14),
    ]
    assert scenario.provenance.applied[0].origin == "override long (scenario.yaml:6:15)"
    assert scenario.provenance.applied[-1].origin == "--set"
    assert scenario.horizon.warm_up_days == 14
    assert scenario.network.suppliers[0].lead_time_days.mean() == 2


def test_a_setting_may_not_fight_an_override(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path, **{"scenario.yaml": OVERRIDDEN}), settings=["horizon.days=60"])
    (problem,) = caught.value.problems
    assert problem.code == "E205"
    assert "override long (scenario.yaml:6:15)" in problem.rule


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("horizon.days=0x1F", "horizon.days", 31),
        ("title= 春 节 ", "title", "春 节"),
        ("policy.replenishment[1].order_weekdays=[tue]", "policy.replenishment[1].order_weekdays", ("tue",)),
        ("network.suppliers[id=S1].name='a=b'", "network.suppliers[0].name", "a=b"),
        ("policy.delisting={discount: 0.5}", "policy.delisting.discount", 0.5),
        ("policy.minimum_order.value=1e1", "policy.minimum_order.value", 10.0),
        ("description=", "description", None),
    ],
)
def test_settings_follow_yaml(setting: str, path: str, value: object, tmp_path: Path) -> None:
    if value is None:
        with pytest.raises(ScenarioError) as caught:
            load(write(tmp_path), settings=[setting])
        assert [problem.code for problem in caught.value.problems] == ["E303"]
        return
    found: object = load(write(tmp_path), settings=[setting])
    for step in path.replace("[", ".").replace("]", "").split("."):
        found = found[int(step)] if step.isdigit() else getattr(found, step)  # type: ignore[index]
    assert found == value


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("horizon.days", "E207"),
        ("=3", "E207"),
        ("horizon..days=3", "E206"),
        ("horizon[0]=3", "E206"),
        ("policy.replenishment[7].scope={}", "E206"),
        ("name.first=3", "E206"),
        ("apply=[a]", "E206"),
        ("format=1", "E206"),
        ("network.stores[store_id=north].size=3", "E206"),
        ("horizon.days=[1, 2", "E104"),
        ("horizon.days=.nan", "E111"),
        ("horizon.dais=3", "E301"),
        ("horizon.days=-3", "E304"),
    ],
)
def test_broken_settings(setting: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path), settings=[setting])
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.place == f"--set {setting}"


def test_an_unknown_override_on_the_command_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path, **{"scenario.yaml": OVERRIDDEN}), overrides=["lat"])
    (problem,) = caught.value.problems
    assert str(problem) == "--override lat: E204 apply: there is no override `lat` (did you mean `late`?)"


def tree(text: str, name: str = "a.yaml") -> Node:
    document = read_text(text, name)
    assert document.root is not None
    return document.root


def test_merging_replaces_lists_tables_and_blocks_of_another_kind() -> None:
    base = tree("a: [1, 2]\nb: {kind: x, p: 1}\nc: {kind: x, p: 1}\nd: {table: d.csv}\ne: {f: 1, g: 2}")
    over = tree("a: [3]\nb: {kind: y, q: 1}\nc: {p: 2}\nd: [{}]\ne: {g: 3}", "b.yaml")
    assert merged(base, over).plain() == {
        "a": [3],
        "b": {"kind": "y", "q": 1},
        "c": {"kind": "x", "p": 2},
        "d": [{}],
        "e": {"f": 1, "g": 3},
    }
    assert base.plain()["e"] == {"f": 1, "g": 2}


def test_a_path_reads_back_as_it_was_written() -> None:
    root = tree("a: {b: [{id: x, c: [1, 2]}, {id: y z, c: [3]}]}")
    location = located(root, "a.b[id=y z].c[0]")
    assert location == ("a", "b", 1, "c", 0)
    assert dotted(location) == "a.b[1].c[0]"
    assert located(root, dotted(location)) == location
    assert root.replaced(location, Node(4, Mark(""))).plain()["a"]["b"][1]["c"] == [4]
