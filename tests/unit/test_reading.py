"""YAML scalars, places and limits."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.language import reading
from scenarios.language.nodes import Location, Mark, Node
from scenarios.language.reading import read_text


def read(text: str) -> Node:
    document = read_text(text, "t.yaml")
    assert document.problems == ()
    assert document.root is not None
    return document.root


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0o17", 15),
        ("001", "001"),
        ("12:30", "12:30"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("2026-01-05", "2026-01-05"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("2026-02-30", "2026-02-30"),
    ],
)
def test_scalars_follow_yaml_1_2(written: str, value: Any) -> None:
    found = read(f"key: {written}").plain()["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_key_and_value_has_its_place() -> None:
    root = read("a: 1\nb:\n  - x: 2\n    长: {c: 3}\n  - 4\n")
    places: dict[Location, Mark] = {location: node.place for location, node in root.walk()}
    assert places[("a",)] == Mark("t.yaml", 1, 1)
    assert places[("b", 0, "x")] == Mark("t.yaml", 3, 5)
    assert places[("b", 0, "长", "c")] == Mark("t.yaml", 4, 9)
    assert places[("b", 1)] == Mark("t.yaml", 5, 5)


def test_an_alias_stands_for_its_anchor() -> None:
    assert read("a: &x {b: 1}\nc: [*x, *x]").plain()["c"] == [{"b": 1}, {"b": 1}]


def test_aliases_are_counted_as_often_as_they_are_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x [1, 2, 3]\nb: [*x, *x]"
    monkeypatch.setattr(reading, "MAX_NODES", 14)
    assert read_text(text, "t.yaml").problems == ()
    monkeypatch.setattr(reading, "MAX_NODES", 13)
    assert [problem.code for problem in read_text(text, "t.yaml").problems] == ["E109"]


def test_depth_is_limited_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_DEPTH", 3)
    assert read_text("a: [[1]]", "t.yaml").problems == ()
    assert [problem.code for problem in read_text("a: [[[1]]]", "t.yaml").problems] == ["E109"]


def test_all_problems_of_the_text_are_told() -> None:
    document = read_text("a: 1\na: 2\nb: .inf\nc: !x 3\n? [1]\n: 2\n", "t.yaml")
    found = [(problem.code, problem.line, problem.column) for problem in document.problems]
    assert found == [("E106", 2, 1), ("E111", 3, 4), ("E110", 4, 4), ("E110", 5, 3)]


def test_a_tab_inside_a_value_is_no_indentation() -> None:
    assert read("a: 'x\ty'\n").plain() == {"a": "x\ty"}
    assert read_text("a:\n \tb: 1\n\tc: 2\n", "t.yaml").problems[1].line == 3


def test_text_that_looks_like_a_path_is_text() -> None:
    assert read("scenario.yaml").plain() == "scenario.yaml"
