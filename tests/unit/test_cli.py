import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import scenarios
import sim
import study.report
from scenarios import Problem, ScenarioError
from study import backtesting, charts, cli
from study.backtesting import writing
from study.cli import shipped
from study.cli.console import Console
from study.cli.outcomes import ending_well
from study.errors import RequestError, StudyInterrupted
from tests.factory import tiny_scenario
from tests.fakes import fake_simulate

HOURS = {"tiny": 6.0, "late": 8.0}


@pytest.fixture(autouse=True)
def engine(monkeypatch, tmp_path):
    """A stand-in engine and loader, in an empty working folder that holds `tiny.yaml` and `late.yaml`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sim, "simulate", fake_simulate)
    for name in HOURS:
        (tmp_path / f"{name}.yaml").write_text("")

    def load(path, overrides=(), settings=()):
        name = Path(path).stem
        hour = HOURS[name] + 6 * ("slow" in overrides) + sum(float(s.partition("=")[2]) for s in settings)
        return tiny_scenario(name=name, horizon={"days": 28}, policy={"transport": {"delivery_hour": hour}})

    monkeypatch.setattr(scenarios, "load", load)


@pytest.fixture
def call(capsys):
    """Calls the command line: (exit code, standard output, standard error)."""

    def called(*words):
        code = cli.main(list(words))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return called


def run(call, *more):
    return call("run", "tiny.yaml", "--replications", "4", "--jobs", "1", "--no-report", *more)


def test_run_prints_the_summary_and_writes_the_folder(call):
    code, out, _ = run(call, "--out", "answer")
    assert code == 0
    assert "tiny: 4 replications, seed 1" in out
    assert "results in answer" in out
    assert {path.name for path in Path("answer").iterdir()} == {
        "kpis.csv",
        "intervals.csv",
        "manifest.json",
        "replications",
        "events",
        "panels",
    }


def warned(monkeypatch, count):
    monkeypatch.setattr(
        scenarios,
        "check",
        lambda _: tuple(
            Problem("W601", "tiny.yaml", line, rule="is unusual") for line in range(1, count + 1)
        ),
    )


def test_a_run_tells_what_check_warns_of_beside_its_answer(call, monkeypatch):
    warned(monkeypatch, 1)
    code, out, err = run(call, "--json")
    assert code == 0
    assert err.splitlines()[0] == "tiny.yaml:1: W601 is unusual"
    assert json.loads(out)["exit_code"] == 0
    assert "W601" not in run(call, "--quiet", "--force")[2]


def test_of_many_warnings_a_run_tells_the_first_few_and_how_many_more(call, monkeypatch):
    warned(monkeypatch, 7)
    lines = [line for line in run(call)[2].splitlines() if "arning" in line or "W601" in line]
    assert lines[:5] == [f"tiny.yaml:{line}: W601 is unusual" for line in range(1, 6)]
    assert lines[5:] == ["2 more warnings: dualedge check tiny"]
    assert (
        "more"
        not in call("run", "tiny.yaml", "--replications", "1", "--jobs", "1", "--quiet", "--no-report")[2]
    )


def test_warnings_that_compared_scenarios_share_are_told_once(call, monkeypatch):
    warned(monkeypatch, 1)
    err = call("compare", "tiny.yaml", "late.yaml", "--replications", "2", "--jobs", "1", "--no-report")[2]
    assert err.count("W601") == 1


def test_the_default_folder_is_named_after_scenario_and_time(call):
    run(call)
    (folder,) = Path("runs").iterdir()
    assert folder.name.startswith("tiny-") and folder.name.endswith("Z")


def test_json_is_the_only_thing_on_standard_output(call):
    code, out, err = run(call, "--json", "--fail-if", "fill_rate < 95%")
    answer = json.loads(out)
    assert code == answer["exit_code"] == 1
    kpis = {kpi["kpi"]: kpi for kpi in answer["studies"][0]["kpis"]}
    assert 0.9 < kpis["fill_rate"]["mean"] < 0.95
    assert kpis["waste_share"]["mean"] is None
    assert answer["gates"][0]["failed"] is True
    assert "4 replications" in err


def test_quiet_says_only_what_is_wrong(call):
    code, out, err = run(call, "--quiet", "--fail-if", "fill_rate < 50%")
    assert (code, out, err) == (0, "", "")
    code, out, err = run(call, "--quiet", "--fail-if", "fill_rate < 99%")
    assert (code, out) == (1, "")
    assert 'FAIL "fill_rate < 99%"' in err


def test_settings_and_overrides_reach_the_scenario(call):
    means = []
    for more in ([], ["--set", "policy.transport.delivery_hour=2"], ["--apply", "slow"]):
        _, out, _ = run(call, "--json", *more)
        kpis = {kpi["kpi"]: kpi["mean"] for kpi in json.loads(out)["studies"][0]["kpis"]}
        means.append(kpis["fill_rate"])
    assert means[0] > means[1] > means[2]


def test_the_command_is_on_record(call):
    run(call, "--out", "answer", "--seed", "5")
    manifest = json.loads(Path("answer/manifest.json").read_text())
    assert manifest["command"][:3] == ["dualedge", "run", "tiny.yaml"]
    assert manifest["studies"][0]["seed"] == 5


def test_compare_gives_verdicts_and_gates_the_change(call):
    words = [
        "compare",
        "tiny.yaml",
        "late.yaml",
        "--replications",
        "4",
        "--jobs",
        "1",
        "--no-report",
        "--out",
        "c",
    ]
    code, out, _ = call(*words, "--fail-if", "fill_rate < -5%")
    assert code == 0
    assert "late: fill rate (units) is lower (worse) than that of tiny" in out
    assert Path("c/differences.csv").exists()
    code, _, err = call(*words, "--fail-if", "fill_rate < -0.5%")
    assert code == 1
    assert "FAIL" in err


def test_a_variant_is_compared_by_its_override(call):
    code, out, _ = call(
        "compare",
        "tiny.yaml",
        "tiny.yaml@slow",
        "--replications",
        "3",
        "--jobs",
        "1",
        "--no-report",
        "--json",
    )
    assert code == 0
    answer = json.loads(out)
    assert [study["name"] for study in answer["studies"]] == ["tiny", "tiny@slow"]
    assert answer["comparison"]["statements"][0]["same_facts"] is True


def test_a_scenario_is_not_compared_with_itself(call):
    code, _, err = call("compare", "tiny.yaml", "tiny.yaml")
    assert code == 2
    assert "two of the scenarios are called tiny" in err


def test_alternatives_get_as_many_replications_as_the_precision_took_the_baseline(call):
    _, out, _ = call(
        "compare", "tiny.yaml", "late.yaml", "--precision", "20%", "--jobs", "1", "--no-report", "--json"
    )
    counts = [study["replications"] for study in json.loads(out)["studies"]]
    assert counts[0] == counts[1] >= 10


def test_the_precision_may_be_about_named_kpis(call):
    def replications(*more):
        words = ["run", "tiny.yaml", "--precision", "1%", "--jobs", "1", "--no-report", "--json", *more]
        return json.loads(call(*words)[1])["studies"][0]["replications"]

    named = replications("--precision-kpi", "demand_units", "--precision-kpi", "fill_rate")
    assert named < replications() == replications("--precision-kpi", "inventory_days")


def test_the_report_is_written_unless_declined(call, monkeypatch):
    written = []
    monkeypatch.setattr(charts, "write_charts", lambda folder, *_, **__: written.append(folder.name))
    monkeypatch.setattr(
        study.report, "write_report", lambda folder, *, charts, **_: written.append(charts.name)
    )
    call("run", "tiny.yaml", "--replications", "2", "--jobs", "1")
    assert written == ["charts", "charts"]
    run(call)
    assert written == ["charts", "charts"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "tyny"], "no scenario file tyny"),
        (["run", "tiny.yaml", "--precision", "lots"], "write a percentage such as 2%"),
        (["run", "tiny.yaml", "--precision", "200%"], "between 0% and 100%"),
        (["run", "tiny.yaml", "--precision", "2%", "--replications", "3"], "not both"),
        (
            ["run", "tiny.yaml", "--precision", "2%", "--precision-kpi", "fil_rate"],
            "did you mean `fill_rate`",
        ),
        (["run", "tiny.yaml", "--precision-kpi", "fill_rate"], "give --precision, too"),
        (["run", "tiny.yaml", "--fail-if", "fil_rate < 3%"], "did you mean `fill_rate`"),
        (["run", "tiny.yaml", "--replications", "0"], "--replications"),
        (["run", "tiny.yaml", "--repliccations", "3"], "--repliccations"),
        (["run"], "Missing argument"),
        (["dance"], "No such command"),
    ],
)
def test_bad_requests_end_with_2_and_no_traceback(call, words, message):
    code, out, err = call(*words)
    assert code == 2
    assert message.lower() in err.lower()
    assert "Traceback" not in out + err


def test_a_folder_of_another_study_is_refused_and_cleared_on_demand(call):
    run(call, "--out", "answer")
    code, _, err = run(call, "--out", "answer", "--seed", "2")
    assert code == 2
    assert "seed 1 there, 2 here" in err
    code, _, _ = run(call, "--out", "answer", "--seed", "2", "--force")
    assert code == 0


def test_a_bad_scenario_ends_with_2_and_all_its_problems(call, monkeypatch):
    problems = [Problem("E301", "x.yaml", 3, 5, "network.storrs"), Problem("E302", "x.yaml", 9, 1, "demand")]

    def load(*_):
        raise ScenarioError(problems)

    monkeypatch.setattr(scenarios, "load", load)
    code, out, err = run(call, "--json")
    assert code == 2
    assert "x.yaml:3:5: E301" in err and "x.yaml:9:1: E302" in err
    assert [problem["line"] for problem in json.loads(out)["problems"]] == [3, 9]


def test_a_folder_that_cannot_be_written_is_no_bug(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    code = ending_well((tmp_path / "file" / "below").mkdir, Console())
    assert code == 2
    assert "file/below: Not a directory" in capsys.readouterr().err


def test_a_bug_ends_with_3_and_leaves_its_traceback_in_a_file(capsys):
    code = ending_well(lambda: int("many"), Console())
    err = capsys.readouterr().err
    assert code == 3
    assert "Traceback" not in err
    log = Path(err.split()[-1])
    assert "ValueError" in log.read_text()
    log.unlink()


def test_an_interrupt_ends_with_130_and_says_how_to_go_on(capsys, tmp_path):
    def interrupted():
        raise StudyInterrupted(None, tmp_path / "runs" / "x")

    assert ending_well(interrupted, Console()) == 130
    err = capsys.readouterr().err
    assert "0 finished replications kept in runs/x; the same command with --out runs/x goes on" in err


def test_an_interrupt_outside_a_study_ends_with_130():
    def interrupted():
        raise KeyboardInterrupt

    assert ending_well(interrupted, Console()) == 130


def test_interrupted_runs_go_on(call, monkeypatch):
    def stop_at_two(scenario, plan, *, seed, replication):
        if replication == 2:
            raise KeyboardInterrupt
        return fake_simulate(scenario, plan, seed=seed, replication=replication)

    monkeypatch.setattr(sim, "simulate", stop_at_two)
    code, out, err = run(call, "--out", "answer")
    assert code == 130
    assert "(interrupted)" in out
    assert "2 finished replications kept" in err
    assert json.loads(Path("answer/manifest.json").read_text())["status"] == "interrupted"
    monkeypatch.setattr(sim, "simulate", fake_simulate)
    code, out, _ = run(call, "--out", "answer")
    assert code == 0
    assert "4 replications" in out


def test_words_find_files_shipped_scenarios_and_variants(monkeypatch, tmp_path):
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "demo.yaml").write_text("")
    monkeypatch.setattr(shipped, "shipped_folder", lambda: folder)
    assert shipped.resolve("tiny.yaml") == (Path("tiny.yaml"), ())
    assert shipped.resolve("demo") == (folder / "demo.yaml", ())
    assert shipped.resolve("demo@a,b") == (folder / "demo.yaml", ("a", "b"))
    Path("odd@name.yaml").write_text("")
    assert shipped.resolve("odd@name.yaml") == (Path("odd@name.yaml"), ())
    with pytest.raises(RequestError, match="did you mean `demo`"):
        shipped.resolve("demoo")


def test_list_shows_size_and_digest(call):
    code, out, _ = call("list", ".")
    assert code == 0
    assert "2 stores x 3 SKUs x 28 days" in out
    assert tiny_scenario(name="tiny", horizon={"days": 28}).digest[:12] in out
    _, out, _ = call("list", ".", "--json")
    assert [entry["name"] for entry in json.loads(out)["scenarios"]] == ["late", "tiny"]


def test_schema_is_json(call):
    code, out, _ = call("schema")
    assert code == 0
    assert "Scenario" in json.loads(out)["$defs"]
    code, out, _ = call("schema", "--out", "x.json")
    assert (code, out) == (0, "")
    assert json.loads(Path("x.json").read_text())["$defs"]


def test_docs_tells_stale_pages_from_fresh_ones(call):
    code, _, err = call("docs", "pages", "--check")
    assert code == 1 and "kpis.md" in err
    assert call("docs", "pages")[0] == 0
    assert call("docs", "pages", "--check")[0] == 0
    Path("pages/kpis.md").write_text("old")
    code, _, err = call("docs", "pages", "--check")
    assert code == 1
    assert "kpis.md" in err and "scenario-reference.md" not in err


def test_the_facts_and_policy_page_names_every_block(call):
    call("docs", "pages")
    text = Path("pages/facts-and-policy.md").read_text()
    assert "| `network.stores` | fact |" in text
    assert "| `policy.allocation` | policy |" in text


@pytest.mark.parametrize(("contradicted", "expected"), [(False, 0), (True, 1)])
def test_a_contradicted_back_test_is_a_bad_answer(call, monkeypatch, contradicted, expected):
    asked = {}

    def backtest(scenario, actuals, **options):
        asked.update(options, scenario=scenario.name, actuals=actuals)
        return SimpleNamespace(
            summary=lambda: "3 of 3 KPIs covered",
            is_contradicted=contradicted,
            findings=(),
            calibrations=(),
            notes=("a note",),
        )

    monkeypatch.setattr(backtesting, "backtest", backtest)
    monkeypatch.setattr(writing, "as_json", lambda found: {"notes": list(found.notes)})
    monkeypatch.setattr(
        backtesting, "read_actuals", lambda path, _, **options: (path.name, options["columns"])
    )
    code, out, _ = call(
        "backtest",
        "tiny.yaml",
        "--actuals",
        "past.csv",
        "--known-orders",
        "--column",
        "units=Sales",
        "--seed",
        "4",
    )
    assert code == expected
    assert "3 of 3 KPIs covered" in out
    assert asked["actuals"] == ("past.csv", {"units": "Sales"})
    assert (asked["orders"], asked["seed"], asked["scenario"]) == (backtesting.OrderSource.KNOWN, 4, "tiny")
    _, out, _ = call("backtest", "tiny.yaml", "--actuals", "past.csv", "--json")
    assert json.loads(out) == {"exit_code": expected, "notes": ["a note"], "written": []}


def test_version(call):
    code, out, _ = call("--version")
    assert code == 0
    assert out.startswith("dualedge 0.")


@pytest.mark.parametrize(
    "command", ["run", "compare", "check", "list", "schema", "init", "fit", "docs", "backtest"]
)
def test_every_command_explains_itself(call, command):
    code, out, _ = call(command, "--help")
    assert code == 0
    assert "\\b" not in out
    assert f"dualedge {command}" in out.replace("Usage: dualedge", "", 1) or command not in (
        "run",
        "compare",
        "fit",
    )


def test_help_imports_nothing_heavy():
    script = (
        "import sys; before = set(sys.modules); from study.cli import main; "
        "main(['--help']); main(['--version']);"
        "heavy = {'numpy', 'pandas', 'numba', 'pydantic', 'matplotlib', 'scipy', 'rich', 'simpy', 'ortools'};"
        "sys.exit(','.join(heavy & (set(sys.modules) - before)) or 0)"
    )
    root = Path(cli.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "dualedge run quickstart" in done.stdout
