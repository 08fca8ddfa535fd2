"""Every broken input gives exactly the message it deserves, at the place that caused it."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from scenarios import Problem, ScenarioError, Severity, load, load_text
from scenarios.language.checks import check
from tests.unit.broken_inputs import ALL, GOOD, MARK, MEANING, SKUS, STORES, Broken
from tests.unit.broken_optimised import OPTIMISED
from tests.unit.broken_service_base import BASE
from tests.unit.broken_service_contact import CONTACT
from tests.unit.broken_service_parts import PARTS
from tests.unit.broken_service_people import PEOPLE
from tests.unit.broken_supply import SUPPLY

EVERY = [*ALL, *SUPPLY, *BASE, *CONTACT, *PARTS, *PEOPLE, *OPTIMISED]


def write(folder: Path, **files: str) -> Path:
    for name, text in {"scenario.yaml": GOOD, "stores.csv": STORES, "skus.csv": SKUS, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "scenario.yaml"


def errors_of(path: Path, **arguments: object) -> list[Problem]:
    with pytest.raises(ScenarioError) as caught:
        load(path, **arguments)  # type: ignore[arg-type]
    return [problem for problem in caught.value.problems if problem.severity is Severity.ERROR]


def test_the_good_scenario_has_no_problem(tmp_path: Path) -> None:
    scenario = load(write(tmp_path))
    assert check(scenario) == []
    assert list(scenario.network.stores["store_id"]) == ["north", "south"]
    assert scenario.assortment.skus["launch_date"][1] == date(2026, 1, 20)
    assert scenario.network.suppliers[0].lead_time_days.mean() == 3


def changed(text: str, changes: tuple[tuple[str, str], ...], case: Broken) -> str:
    for old, new in changes:
        assert text.count(old) == 1, f"{case.name}: `{old}` must stand once in the good input"
        text = text.replace(old, new)
    return text


def marked_place(name: str, text: str) -> str | None:
    """Where the mark stands: line and column; in a table line and number of the cell."""
    if MARK not in text:
        return None
    before = text[: text.index(MARK)]
    line, rest = before.count("\n") + 1, before[before.rfind("\n") + 1 :]
    column = rest.count(",") + 1 if name.endswith(".csv") else len(rest) + 1
    return f"{name}:{line}:{column}"


@pytest.mark.parametrize("case", EVERY, ids=[case.name for case in EVERY])
def test_broken_input(case: Broken, tmp_path: Path) -> None:
    files = {
        "scenario.yaml": changed(GOOD, case.changes, case),
        "stores.csv": changed(STORES, case.stores, case),
        "skus.csv": changed(SKUS, case.skus, case),
        **case.files,
    }
    places = [place for name, text in files.items() if (place := marked_place(name, text))]
    problems = errors_of(write(tmp_path, **{name: text.replace(MARK, "") for name, text in files.items()}))
    assert [problem.code for problem in problems] == [case.code], "\n".join(map(str, problems))
    assert case.says in str(problems[0])
    if places:
        assert [problems[0].place] == places


def test_there_are_enough_broken_inputs() -> None:
    assert len(ALL) >= 60
    assert len(MEANING) >= 20
    assert len({case.name for case in EVERY}) == len(EVERY)


def test_all_problems_are_told_at_once_and_sorted(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        **{
            "scenario.yaml": GOOD.replace("days: 91", "dais: 91")
            .replace("cv: 0.4", "cv: 0")
            .replace("name: good", "name: 3"),
            "stores.csv": STORES.replace("1.5", "x").replace("south,South", ",South"),
        },
    )
    places = [(problem.place, problem.code) for problem in errors_of(path)]
    assert places == [
        ("scenario.yaml:2:1", "E303"),
        ("scenario.yaml:3:1", "E302"),
        ("scenario.yaml:5:3", "E301"),
        ("scenario.yaml:10:46", "E304"),
        ("stores.csv:2:4", "E407"),
        ("stores.csv:3:1", "E406"),
    ]


def test_a_message_reads_as_documented(tmp_path: Path) -> None:
    path = write(tmp_path, **{"scenario.yaml": GOOD.replace("warm_up_days: 7", "warm_up_days: -7")})
    (problem,) = errors_of(path)
    assert str(problem) == "scenario.yaml:6:3: E304 horizon.warm_up_days: -7: must be at least 0"


def test_a_long_table_of_errors_is_cut_and_counted(tmp_path: Path) -> None:
    rows = "".join(f"s{i},Name,N,-1,8,22\n" for i in range(300))
    problems = errors_of(write(tmp_path, **{"stores.csv": STORES.splitlines(keepends=True)[0] + rows}))
    assert len(problems) == 21
    assert "280 more problems" in str(problems[-1])


def test_encodings(tmp_path: Path) -> None:
    path = write(tmp_path)
    chinese = GOOD.replace("name: good", "name: good\ntitle: 长三角门店")
    path.write_bytes(b"\xef\xbb\xbf" + chinese.encode())
    assert load(path).title == "长三角门店"
    path.write_bytes(chinese.encode("gb18030"))
    (problem,) = errors_of(path)
    assert (problem.code, problem.line, problem.column) == ("E102", 3, 8)
    assert "looks like GBK (save the file as UTF-8)" in str(problem)
    path.write_bytes(chinese.encode("utf-16"))
    assert "UTF-16" in str(errors_of(path)[0])
    path.write_bytes(chinese.encode("utf-16-le"))
    assert "UTF-16" in str(errors_of(path)[0])
    path.write_bytes(GOOD.replace("name: good", "title: Café").encode("latin-1"))
    assert "byte 0xE9 is not UTF-8" in str(errors_of(path)[0])


def test_table_encodings(tmp_path: Path) -> None:
    path = write(tmp_path)
    chinese = STORES.replace("North", "北门店")
    (tmp_path / "stores.csv").write_bytes(b"\xef\xbb\xbf" + chinese.encode())
    assert load(path).network.stores["name"][0] == "北门店"
    (tmp_path / "stores.csv").write_bytes(chinese.encode("gbk"))
    (problem,) = errors_of(path)
    assert (problem.code, problem.file, problem.line) == ("E401", "stores.csv", 2)
    assert "GBK" in problem.rule


def test_an_alias_bomb_is_refused_quickly(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    (problem,) = errors_of(write(tmp_path, **{"scenario.yaml": "\n".join(lines)}))
    assert problem.code == "E109"
    (problem,) = errors_of(write(tmp_path, **{"scenario.yaml": "a: &a [*a]"}))
    assert problem.code == "E109"


@pytest.mark.parametrize(
    ("text", "code"), [("", "E108"), ("- 1\n", "E108"), ("just words", "E108"), ("# only\n", "E108")]
)
def test_something_else_than_a_block(text: str, code: str, tmp_path: Path) -> None:
    assert errors_of(write(tmp_path, **{"scenario.yaml": text}))[0].code == code


def test_a_big_file_is_refused(tmp_path: Path) -> None:
    (problem,) = errors_of(write(tmp_path, **{"scenario.yaml": GOOD + "#" * 4_000_001}))
    assert problem.code == "E109"
    assert "CSV" in problem.hint


def test_a_missing_scenario_file_names_its_neighbours(tmp_path: Path) -> None:
    write(tmp_path)
    (problem,) = errors_of(tmp_path / "scenari.yaml")
    assert problem.code == "E101"
    assert "scenario.yaml" in problem.hint
    assert errors_of(tmp_path)[0].code == "E101"


def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    path = write(inner)
    (inner / "stores.csv").rename(tmp_path / "secret.csv")
    (inner / "stores.csv").symlink_to(tmp_path / "secret.csv")
    (problem,) = errors_of(path)
    assert (problem.code, problem.path) == ("E203", "network.stores.table")
    assert "link" in problem.rule


def test_text_cannot_name_files() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_text(GOOD)
    assert {problem.code for problem in caught.value.problems} == {"E401"}


def test_the_error_survives_pickling(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "nothing.yaml")
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.problems == caught.value.problems
    assert str(again) == str(caught.value)


def test_a_loaded_scenario_survives_pickling(tmp_path: Path) -> None:
    scenario = load(write(tmp_path))
    again = pickle.loads(pickle.dumps(scenario))
    assert again.digest == scenario.digest
    assert again.provenance == scenario.provenance


def test_warnings_do_not_stop_a_scenario(tmp_path: Path) -> None:
    path = write(tmp_path, **{"skus.csv": SKUS.replace("30,18", "30,48")})
    (warning,) = check(load(path))
    assert (warning.code, warning.place, warning.severity) == ("W603", "skus.csv:3:5", Severity.WARNING)


EMPIRICAL = GOOD.replace(
    "{kind: gamma, mean: 3, cv: 0.4}", "{kind: empirical, table: data/lead.csv, column: days}"
)


def test_an_empirical_distribution_reads_its_column(tmp_path: Path) -> None:
    path = write(tmp_path, **{"scenario.yaml": EMPIRICAL, "data/lead.csv": "order,days\n1,2\n2,5\n"})
    scenario = load(path)
    assert scenario.network.suppliers[0].lead_time_days.mean() == 3.5
    assert "data/lead.csv" in dict(scenario.provenance.files)


def test_an_empirical_distribution_lists_its_values(tmp_path: Path) -> None:
    listed = "{kind: empirical, values: [2, 5.5], weights: [3, 1]}"
    text = GOOD.replace("{kind: gamma, mean: 3, cv: 0.4}", listed)
    assert (
        load(write(tmp_path, **{"scenario.yaml": text})).network.suppliers[0].lead_time_days.mean() == 2.875
    )


@pytest.mark.parametrize(
    ("table", "place", "code"),
    [
        ("order,day\n1,2\n", "data/lead.csv:1", "E403"),
        ("order,days\n1,soon\n", "data/lead.csv:2:2", "E407"),
        ("order,days\n", "scenario.yaml:10:7", "E308"),
        ("order,days\n1,-2\n", "scenario.yaml:10:7", "E504"),
    ],
)
def test_a_broken_empirical_distribution(table: str, place: str, code: str, tmp_path: Path) -> None:
    (problem,) = errors_of(write(tmp_path, **{"scenario.yaml": EMPIRICAL, "data/lead.csv": table}))
    assert (problem.place, problem.code) == (place, code)
