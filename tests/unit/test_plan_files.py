"""Plans as files: what is written reads back the same, and what is wrong is told with file, line and column."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

import optimize
from scenarios import (
    Columns,
    Decisions,
    LevelRow,
    PartLevelRow,
    Scenario,
    ScenarioError,
    ServiceShift,
    Shift,
    SkillRow,
    TechnicianRow,
    columns_of,
    edited_fields,
    load,
    load_plan,
    part_digest,
    read_plan,
)
from study.cli.shipped import shipped_folder
from study.plan_files import write_plan
from tests.factory import tiny_scenario
from tests.planned_worlds import optimised, part
from tests.unit.broken_inputs import GOOD, MARK, SKUS, STORES

LEVELS = {
    "store_id": ["north", "south"],
    "sku_id": ["milk", "tea"],
    "reorder_point_units": [7, -1],
    "order_up_to_units": [12, 3],
}

PLAN = """\
format: 1
scenario: good
parts:
  - path: policy.optimised.stores
    kind: min_max
    basis: optimised
    cells: 2
store_levels: {table: plan_store_levels.csv}
"""
TABLE = """\
store_id,sku_id,reorder_point_units,order_up_to_units
north,milk,7,12
south,tea,-1,3
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    for name, text in {"scenario.yaml": GOOD, "stores.csv": STORES, "skus.csv": SKUS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return load(tmp_path / "scenario.yaml")


def test_a_plan_reads_as_it_was_written(scenario: Scenario, tmp_path: Path) -> None:
    made = optimize.plan(
        scenario,
        decisions=Decisions(
            format=1,
            scenario=scenario.name,
            facts_digest=scenario.facts_digest,
            store_levels=columns_of(LevelRow, LEVELS),
        ),
    )
    files = write_plan(made.decisions, tmp_path / "my plan.yaml")
    assert [file.name for file in files] == ["my plan.yaml", "my plan_store_levels.csv"]
    again = optimize.plan(scenario, decisions=load_plan(files[0], scenario))
    assert again.digest == made.digest
    assert again.parts == made.parts
    assert not list(tmp_path.glob("*.partial"))


def test_everything_that_can_be_decided_survives_the_way_through_a_file(tmp_path: Path) -> None:
    decisions = Decisions(
        format=1,
        parts=(part(2), part(1, path="policy.optimised.agents", kind="erlang", report=None, promises=())),
        store_levels=columns_of(
            LevelRow,
            {
                "store_id": ["a,b", 'quo"te'],
                "sku_id": ["0012", "长"],
                "reorder_point_units": [1, 2],
                "order_quantity_units": [5, 6],
            },
        ),
        part_levels=columns_of(
            PartLevelRow,
            {
                "place_id": ["S/van"],
                "part_id": ["p"],
                "reorder_point_units": [0],
                "order_up_to_units": [1],
            },
        ),
        technician_shifts=(ServiceShift(id="day", start_hour=7.25, hours=8.1, break_minutes=1 / 3),),
        technicians=columns_of(
            TechnicianRow,
            {
                "technician_id": ["t1", "t2"],
                "station_id": ["x", "x"],
                "shift_id": ["day", "day"],
                "latitude": [31.123456789012345, float("nan")],
            },
        ),
        skills=columns_of(SkillRow, {"technician_id": ["t1"], "skill_id": ["gas"], "level": [3]}),
    )
    path = write_plan(decisions, tmp_path / "plan.yaml")[0]
    read = read_plan(path)
    for name in Decisions.model_fields:
        before, after = getattr(decisions, name), getattr(read, name)
        if isinstance(before, Columns):
            before, after = before.digest(), after.digest()
        assert after == before, name


def test_a_plan_file_explains_itself_and_leaves_out_what_is_usual(tmp_path: Path) -> None:
    path = write_plan(Decisions(format=1, parts=(part(2),)), tmp_path / "plan.yaml")[0]
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# A plan of dualedge") and "--plan" in text
    assert "seed" not in text and "store_levels:" not in text
    assert "measure: fill_rate" in text


def test_a_plan_is_read_for_its_own_sake_whatever_scenario_it_was_made_for(
    scenario: Scenario, tmp_path: Path
) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN.replace("scenario: good", "scenario: bad\nfacts_digest: 0123"))
    (tmp_path / "plan_store_levels.csv").write_text(TABLE.replace("north,milk", "nowhere,milk"))
    with pytest.raises(ScenarioError, match="E515"):
        load_plan(tmp_path / "plan.yaml", scenario)
    read = read_plan(tmp_path / "plan.yaml")
    assert (read.scenario, read.facts_digest) == ("bad", "0123")
    assert read.store_levels is not None and list(read.store_levels["store_id"]) == ["nowhere", "south"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("scenario: good\n", "E201"), ("format: 1\nshopping: [milk]\n", "E301"), (PLAN, "E401")],
    ids=["no version", "no plan", "its table is missing"],
)
def test_what_is_no_sound_plan_is_not_read(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "plan.yaml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        read_plan(tmp_path / "plan.yaml")
    assert [problem.code for problem in caught.value.problems] == [code]


class TestEditedFields:
    def solved(self) -> Decisions:
        """Levels and agents, both signed by their solvers."""
        made = Decisions(
            format=1,
            store_levels=columns_of(LevelRow, LEVELS),
            agents=(Shift(people=2, start_hour=8.0, hours=8.0),),
        )
        paths = ("policy.optimised.stores", "policy.optimised.agents")
        parts = tuple(part(2, path=path, digest=part_digest(made, path)) for path in paths)
        return made.model_copy(update={"parts": parts})

    def test_what_solvers_left_is_unedited_also_after_the_way_through_a_file(self, tmp_path: Path) -> None:
        assert edited_fields(self.solved()) == ()
        path = write_plan(self.solved(), tmp_path / "plan.yaml")[0]
        assert edited_fields(read_plan(path)) == ()

    def test_only_what_was_changed_is_named(self) -> None:
        more = (Shift(people=3, start_hour=8.0, hours=8.0),)
        assert edited_fields(self.solved().model_copy(update={"agents": more})) == ("agents",)

    def test_what_was_added_by_hand_is_named(self) -> None:
        pickers = (Shift(people=1, start_hour=8.0, hours=8.0),)
        assert edited_fields(self.solved().model_copy(update={"pickers": pickers})) == ("pickers",)

    def test_numbers_that_nobody_has_signed_are_somebodys(self) -> None:
        unsigned = tuple(each.model_copy(update={"digest": ""}) for each in self.solved().parts)
        assert edited_fields(self.solved().model_copy(update={"parts": unsigned})) == (
            "store_levels",
            "agents",
        )

    def test_no_numbers_no_work(self) -> None:
        assert edited_fields(Decisions(format=1)) == ()


@dataclass(frozen=True)
class BrokenPlan:
    """A change of the plan or its table, and the message it must give."""

    name: str
    code: str
    plan: tuple[str, str] = ("", "")
    table: tuple[str, str] = ("", "")
    says: str = ""


BROKEN = [
    BrokenPlan("unknown key", "E301", plan=("store_levels:", "¦store_level:"), says="did you mean `store_levels`"),
    BrokenPlan("no version", "E201", plan=("format: 1\n", ""), says="format"),
    BrokenPlan("newer version", "E201", plan=("format: 1", "¦format: 2"), says="upgrade"),
    BrokenPlan("no such basis", "E305", plan=("basis: optimised", "¦basis: optimized"), says="optimised"),
    BrokenPlan("no such part", "E501", plan=("path: policy.optimised.stores", "¦path: policy.optimised.shops"),
               says="did you mean `policy.optimised.stores`"),
    BrokenPlan("other facts", "E515", plan=("scenario: good", "scenario: bad\n¦facts_digest: 0123"),
               says="made for other facts of bad; those of good are "),
    BrokenPlan("no such table", "E401", plan=("plan_store_levels.csv", "plan_store.csv"), says="no such file"),
    BrokenPlan("unknown column", "E402", table=("order_up_to_units", "¦order_upto"), says="did you mean"),
    BrokenPlan("level is text", "E407", table=("milk,7,12", "milk,7,¦twelve"), says="whole number"),
    BrokenPlan("cell twice", "E410", table=("south,tea,-1,3", "¦north,milk,1,3"), says="already stands on line 2"),
    BrokenPlan("unknown store", "E501", table=("north,milk", "¦nord,milk"), says="did you mean `north`?"),
    BrokenPlan("unknown SKU", "E501", table=("north,milk", "north,¦melk"), says="did you mean `milk`?"),
    BrokenPlan("level not above the point", "E508", table=("7,12", "7,¦7"), says="above the reorder point"),
    BrokenPlan("level beyond all measure", "E408", table=("7,12", "7,¦9000000000000000000"), says="at most 10000000"),
    BrokenPlan("neither level nor lot", "E511", table=("7,12", "7,¦0"), says="needs either"),
    BrokenPlan("pickers of no centre", "E501",
               plan=("store_levels: {table: plan_store_levels.csv}",
                     "pickers: [{people: 1, start_hour: 8, hours: 8, ¦dc_id: DX}]"), says="pickers[0].dc_id"),
]  # fmt: skip


@pytest.mark.parametrize("case", BROKEN, ids=[case.name for case in BROKEN])
def test_a_broken_plan_is_told_at_its_place(case: BrokenPlan, scenario: Scenario, tmp_path: Path) -> None:
    texts = {"plan.yaml": _changed(PLAN, case.plan), "plan_store_levels.csv": _changed(TABLE, case.table)}
    for name, text in texts.items():
        (tmp_path / name).write_text(text.replace(MARK, ""), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_plan(tmp_path / "plan.yaml", scenario)
    assert [problem.code for problem in caught.value.problems] == [case.code], str(caught.value)
    assert case.says in str(caught.value.problems[0])
    for name, text in texts.items():
        if MARK in text:
            assert caught.value.problems[0].place == _place(name, text)


def _changed(text: str, change: tuple[str, str]) -> str:
    old, new = change
    assert not old or text.count(old) == 1
    return text.replace(old, new) if old else text


def _place(name: str, text: str) -> str:
    before = text[: text.index(MARK)]
    line, rest = before.count("\n") + 1, before[before.rfind("\n") + 1 :]
    return f"{name}:{line}:{rest.count(',') + 1 if name.endswith('.csv') else len(rest) + 1}"


def test_the_good_plan_is_good(scenario: Scenario, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    (tmp_path / "plan_store_levels.csv").write_text(TABLE)
    decisions = load_plan(tmp_path / "plan.yaml", scenario)
    assert decisions.store_levels is not None and len(decisions.store_levels) == 2


def test_a_store_that_does_not_list_a_sku_cannot_be_told_its_level() -> None:
    listings = {"listings": [{"store_id": "S1", "sku_id": "A"}, {"store_id": "S2", "sku_id": "B"}]}
    scenario = tiny_scenario(assortment=listings)
    table = {"store_id": ["S1"], "sku_id": ["B"], "reorder_point_units": [1], "order_up_to_units": [2]}
    from scenarios import check_decisions

    (problem,) = check_decisions(Decisions(format=1, store_levels=columns_of(LevelRow, table)), scenario)
    assert problem.code == "E516" and "does not list" in problem.rule


def test_optimised_scenarios_of_these_tests_are_sound() -> None:
    from scenarios import check

    assert [problem for problem in check(optimised()) if problem.code.startswith("E")] == []


PEOPLE = """\
format: 1
technician_shifts:
  - {id: day, start_hour: 8, hours: 9}
technicians:
  - {technician_id: t1, station_id: west, shift_id: day}
skills:
  - {technician_id: t1, skill_id: electrics, level: 3}
  - {technician_id: t1, skill_id: electronics, level: 3}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "skill_id: electronics",
            "skill_id: electronix",
            {
                "8:25: E501": "did you mean `electronics`",
                "6:1: E511": '"electronics": no technician of the plan',
            },
        ),
        ("  - {technician_id: t1, skill_id: electronics, level: 3}\n", "", {"6:1: E511": "no technician"}),
        (PEOPLE[PEOPLE.index("skills:") :], "", {"4:1: E511": "give the table `skills`, too"}),
    ],
    ids=["misspelt skill", "skill that nobody has any more", "skills left out"],
)
def test_skills_that_do_not_fit_the_technicians_of_a_plan(
    tmp_path: Path, old: str, new: str, told: dict[str, str]
) -> None:
    quickstart = load(shipped_folder() / "quickstart.yaml")
    plan = tmp_path / "plan.yaml"
    plan.write_text(PEOPLE)
    assert load_plan(plan, quickstart).skills is not None
    plan.write_text(PEOPLE.replace(old, new))
    with pytest.raises(ScenarioError) as caught:
        load_plan(plan, quickstart)
    lines = [str(problem) for problem in caught.value.problems]
    assert len(lines) == len(told), lines
    for place, words in told.items():
        assert any(line.startswith(f"plan.yaml:{place}") and words in line for line in lines), lines
