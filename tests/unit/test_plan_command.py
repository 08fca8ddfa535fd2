"""`dualedge plan`, and `--plan` of the commands that simulate."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import scenarios
import sim
from scenarios import Scenario, SolveReport, SolveStatus, Unserved
from study import cli
from tests.factory import tiny_scenario
from tests.fakes import fake_simulate
from tests.planned_worlds import COSTS, flat_outlook, part, stand_in

LEVELS: dict[str, list[Any]] = {
    "store_id": ["S2", "S1"],
    "sku_id": ["A", "C"],
    "reorder_point_units": [7, 3],
    "order_up_to_units": [9, 5],
}
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand-ins for engine, outlook, solver and loader, in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sim, "simulate", fake_simulate)
    monkeypatch.setattr(sim, "outlook", flat_outlook, raising=False)
    stand_in(monkeypatch, LEVELS)
    for name in ("tiny", "other", "plain"):
        Path(f"{name}.yaml").write_text("")

    def load(path: Path, overrides: tuple[str, ...] = (), settings: tuple[str, ...] = ()) -> Scenario:
        del overrides
        name = Path(path).stem
        hour = 6.0 + sum(float(setting.partition("=")[2]) for setting in settings)
        policy: dict[str, Any] = {"transport": {"delivery_hour": hour}}
        if name != "plain":
            policy["optimised"] = {"stores": [{}]}
        return tiny_scenario(name=name, costs=COSTS, horizon={"days": 28}, policy=policy)

    monkeypatch.setattr(scenarios, "load", load)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the command line: (exit code, standard output, standard error)."""

    def called(*words: str) -> tuple[int, str, str]:
        code = cli.main(list(words))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return called


def test_a_plan_is_told_and_written(call: Call) -> None:
    code, out, _ = call("plan", "tiny.yaml")
    assert code == 0
    assert "tiny: 1 part optimised" in out
    assert "min_max" in out and "optimal" in out and "0.333333 money per day" in out
    assert "fill_rate  0.951235  steady_demand" in out
    assert "dualedge run tiny.yaml --plan plan.yaml" in out
    assert {path.name for path in Path().glob("plan*")} == {"plan.yaml", "plan_store_levels.csv"}


def test_a_plan_goes_where_it_is_wanted(call: Call) -> None:
    code, *_ = call("plan", "tiny.yaml", "--out", "plans/winter.yaml", "--quiet")
    assert code == 0
    assert {path.name for path in Path("plans").iterdir()} == {"winter.yaml", "winter_store_levels.csv"}


def test_json_is_one_object_with_report_and_promises(call: Call) -> None:
    code, out, _ = call("plan", "tiny.yaml", "--json")
    answer = json.loads(out)
    assert code == answer["exit_code"] == 0
    (told,) = answer["parts"]
    assert (told["report"]["status"], told["gap"], told["promises"][0]["measure"]) == (
        "optimal",
        0.0,
        "fill_rate",
    )
    assert answer["files"] == ["plan.yaml", "plan_store_levels.csv"]


def test_nothing_to_optimise_is_bad_input_that_says_what_to_do(call: Call) -> None:
    code, _, err = call("plan", "plain.yaml")
    assert code == 2
    assert "--only stock" in err and "policy.optimised" in err


def test_only_takes_families(call: Call) -> None:
    code, _, err = call("plan", "tiny.yaml", "--only", "stok")
    assert code == 2
    assert "did you mean `stock`?" in err


def _solver_that(monkeypatch: pytest.MonkeyPatch, **report: Any) -> None:
    plan_stores = sys.modules["optimize.stock.planning"].plan_stores

    def reports(*arguments: Any) -> Any:
        numbers, _ = plan_stores(*arguments)
        told = SolveReport(solver="table", items=2, **report)
        return numbers, (part(2, report=told),)

    monkeypatch.setattr(sys.modules["optimize.stock.planning"], "plan_stores", reports)


def test_an_infeasible_plan_is_a_bad_answer(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    _solver_that(monkeypatch, status=SolveStatus.INFEASIBLE)
    code, _, err = call("plan", "tiny.yaml")
    assert code == 1
    assert "policy.optimised.stores: no plan does what is asked" in err


@pytest.mark.parametrize(("people", "told"), [(1.0, " 1 picker "), (2.0, " 2 pickers ")])
def test_one_of_a_thing_is_no_plural(
    call: Call, monkeypatch: pytest.MonkeyPatch, people: float, told: str
) -> None:
    _solver_that(monkeypatch, status=SolveStatus.FEASIBLE, objective=people, unit="pickers")
    assert told in call("plan", "tiny.yaml")[1]


def test_ten_unserved_items_are_told_and_the_rest_counted(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = tuple(
        Unserved(item=f"cell {number}", reason="too dear", relaxation="budget 9") for number in range(14)
    )
    _solver_that(monkeypatch, status=SolveStatus.FEASIBLE, unserved=items)
    _, out, _ = call("plan", "tiny.yaml")
    assert "cell 9: too dear; would do: budget 9" in out
    assert "cell 10:" not in out and "and 4 more" in out


def test_an_interrupt_keeps_what_is_finished(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["optimize.stock.planning"], "plan_centres", stop, raising=False)
    code, _, err = call("plan", "tiny.yaml", "--only", "stock")
    assert code == 130
    assert "centres not planned; what was finished is kept" in err
    assert "store_levels" in Path("plan.yaml").read_text()


class TestWorkOfOthers:
    """A plan file that holds what a person has worked on is not replaced unless that is asked for."""

    TABLE = Path("plan_store_levels.csv")

    def edit(self) -> None:
        self.TABLE.write_text(self.TABLE.read_text().replace("7,9", "8,9"))

    def state(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in Path().glob("plan*")}

    def test_an_edited_plan_is_refused_before_anything_is_solved(
        self, call: Call, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        call("plan", "tiny.yaml", "--quiet")
        self.edit()
        before = self.state()

        def solved(*_: Any) -> Any:
            pytest.fail("solved although the plan may not be replaced")

        monkeypatch.setattr(sys.modules["optimize.stock.planning"], "plan_stores", solved)
        code, _, err = call("plan", "tiny.yaml")
        assert code == 2
        assert "--out plan.yaml: store_levels was edited by hand" in err and "--force" in err
        assert self.state() == before

    def test_force_replaces_it(self, call: Call) -> None:
        call("plan", "tiny.yaml", "--quiet")
        made = self.state()
        self.edit()
        code, *_ = call("plan", "tiny.yaml", "--force")
        assert code == 0
        assert self.state() == made

    def test_an_unedited_plan_is_replaced_without_asking(self, call: Call) -> None:
        call("plan", "tiny.yaml", "--quiet")
        made = self.state()
        code, *_ = call("plan", "tiny.yaml")
        assert code == 0
        assert self.state() == made

    def test_numbers_written_by_hand_are_somebodys_work(self, call: Call) -> None:
        text = "format: 1\n" + "".join(
            f"{crew}: [{{people: 2, start_hour: 8, hours: 8}}]\n" for crew in ("agents", "pickers")
        )
        Path("plan.yaml").write_text(text)
        code, _, err = call("plan", "tiny.yaml")
        assert code == 2
        assert "agents, pickers were edited by hand" in err
        assert Path("plan.yaml").read_text() == text

    @pytest.mark.parametrize("text", ["shopping: [milk, tea]\n", "{ no yaml", "name,units\nmilk,2\n"])
    def test_a_file_that_is_no_plan_is_refused(self, call: Call, text: str) -> None:
        Path("plan.yaml").write_text(text)
        code, _, err = call("plan", "tiny.yaml")
        assert code == 2
        assert "holds something that is no plan" in err and "--force" in err
        assert Path("plan.yaml").read_text() == text
        code, *_ = call("plan", "tiny.yaml", "--force")
        assert code == 0
        assert "store_levels" in Path("plan.yaml").read_text()


class TestGivenBack:
    def run(self, call: Call, *words: str) -> tuple[int, str, str]:
        fast = ("--replications", "2", "--jobs", "1", "--no-report")
        return call(words[0], *words[1:], *fast, "--json")

    def digests(self, out: str) -> list[str]:
        return [study["plan_digest"] for study in json.loads(out)["studies"]]

    def test_a_run_by_a_plan_file_is_the_run_of_the_plan(self, call: Call) -> None:
        _, out, _ = call("plan", "tiny.yaml", "--json")
        made = json.loads(out)["plan_digest"]
        code, out, _ = self.run(call, "run", "tiny.yaml", "--plan", "plan.yaml")
        assert code == 0
        assert self.digests(out) == [made]
        _, out, _ = self.run(call, "run", "tiny.yaml")
        assert self.digests(out) == [made], "without the file the same is solved again"

    def test_an_edited_plan_is_another_plan(self, call: Call) -> None:
        _, out, _ = call("plan", "tiny.yaml", "--json")
        made = json.loads(out)["plan_digest"]
        table = Path("plan_store_levels.csv")
        table.write_text(table.read_text().replace("7,9", "8,9"))
        code, out, _ = self.run(call, "run", "tiny.yaml", "--plan", "plan.yaml")
        assert code == 0
        assert self.digests(out) != [made]
        assert "edited by hand, given" in json.loads(out)["studies"][0]["plan"]

    def test_one_plan_for_all_or_each_its_own(self, call: Call) -> None:
        call("plan", "tiny.yaml", "--quiet")
        code, out, _ = self.run(call, "compare", "tiny.yaml", "plain.yaml", "--plan", "plan.yaml")
        assert code == 0
        both = self.digests(out)
        assert both[0] == both[1]
        code, out, _ = self.run(call, "compare", "tiny.yaml", "plain.yaml", "--plan", "tiny=plan.yaml")
        assert code == 0
        assert self.digests(out)[0] == both[0] != self.digests(out)[1]

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (("nowhere.yaml",), "there is no plan file nowhere.yaml"),
            (("tini=plan.yaml",), "scenarios here are tiny, other"),
            (("plan.yaml", "tiny=plan.yaml"), "tiny has a plan already"),
        ],
    )
    def test_plans_that_cannot_be_meant(self, call: Call, words: tuple[str, ...], says: str) -> None:
        call("plan", "tiny.yaml", "--quiet")
        options = [option for word in words for option in ("--plan", word)]
        code, _, err = self.run(call, "compare", "tiny.yaml", "other.yaml", *options)
        assert code == 2
        assert says in err

    def test_a_plan_for_other_facts_is_refused(self, call: Call) -> None:
        call("plan", "tiny.yaml", "--quiet")
        text = Path("plan.yaml").read_text()
        digest = text.partition("facts_digest: ")[2].partition("\n")[0]
        Path("plan.yaml").write_text(text.replace(digest, "0" * 32))
        code, _, err = self.run(call, "run", "tiny.yaml", "--plan", "plan.yaml")
        assert code == 2
        assert "E515" in err and digest in err and "0" * 32 in err


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("folder", "is a folder; name a file in it, e.g. folder/plan.yaml"),
        ("tiny.yaml", "is the scenario itself"),
        ("other.yaml/plan.yaml", "--out other.yaml/plan.yaml: "),
    ],
)
def test_a_place_that_takes_no_plan_is_told_before_anything_is_solved(
    call: Call, monkeypatch: pytest.MonkeyPatch, out: str, says: str
) -> None:
    def solved(*_: Any) -> Any:
        pytest.fail("solved although nothing can be written")

    monkeypatch.setattr(sys.modules["optimize.stock.planning"], "plan_stores", solved)
    Path("folder").mkdir()
    code, _, err = call("plan", "tiny.yaml", "--out", out)
    assert code == 2
    assert says in err
    assert Path("tiny.yaml").read_text() == ""


class TestInterruptedAudit:
    @pytest.fixture
    def interrupted_after(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
        """Makes the user stop an audit when that many worlds have run."""

        def arrange(worlds: int) -> None:
            from study import replication

            replicate, left = replication.replicate, iter(range(worlds))

            def until(*arguments: Any, **options: Any) -> Any:
                if next(left, None) is None:
                    raise KeyboardInterrupt
                return replicate(*arguments, **options)

            monkeypatch.setattr(replication, "replicate", until)

        return arrange

    def audit(self, call: Call) -> tuple[int, str, str]:
        return call("audit", "tiny.yaml", "--replications", "2", "--jobs", "1", "--json")

    def test_promise_and_delivery_are_kept(
        self, call: Call, interrupted_after: Callable[[int], None]
    ) -> None:
        interrupted_after(1)
        code, out, err = self.audit(call)
        answer = json.loads(out)
        assert code == answer["exit_code"] == 130
        assert "promise and delivery are kept" in err
        (told,) = answer["promises"]
        assert isinstance(told["delivered"], float) and told["contributions"] == [] and told["left"] is None

    def test_without_them_there_is_nothing(
        self, call: Call, interrupted_after: Callable[[int], None]
    ) -> None:
        interrupted_after(0)
        code, out, err = self.audit(call)
        assert code == json.loads(out)["exit_code"] == 130
        assert err.strip() == "interrupted"
