"""However a scenario is mutilated, the answer is a scenario or a list of problems, never a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import Scenario, ScenarioError, load
from tests.unit.broken_inputs import GOOD, SKUS, STORES

SNIPPETS = [
    "",
    "\t",
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "null",
    "-1",
    "1e400",
    "'",
    '"',
    ",",
    "#",
    "\n",
    "门店",
    "[[",
    "!x ",
]
LINES = [line for line in GOOD.splitlines(keepends=True) if line.strip()]


@st.composite
def mutilated(draw: st.DrawFn, text: str) -> str:
    """`text` with up to three spans cut out, doubled, or replaced by a snippet."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 12))
        middle = draw(st.sampled_from([*SNIPPETS, text[start : start + length] * 2]))
        text = text[:start] + middle + text[start + length :]
    return text


def outcome(**files: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in files.items():
            (folder / file.replace("_", ".")).write_text(text, encoding="utf-8")
        try:
            assert isinstance(load(folder / "scenario.yaml"), Scenario)
        except ScenarioError as error:
            assert error.problems
            for problem in error.problems:
                assert problem.file
                assert problem.rule
                assert len(str(problem).splitlines()) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutilated(GOOD))
def test_yaml(text: str) -> None:
    outcome(scenario_yaml=text, stores_csv=STORES, skus_csv=SKUS)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutilated(STORES), mutilated(SKUS))
def test_tables(stores: str, skus: str) -> None:
    outcome(scenario_yaml=GOOD, stores_csv=stores, skus_csv=skus)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=len(LINES)))
def test_shuffled_lines(lines: list[str]) -> None:
    outcome(scenario_yaml="".join(lines), stores_csv=STORES, skus_csv=SKUS)


@pytest.mark.parametrize("line", LINES, ids=[line.strip()[:30] for line in LINES])
def test_a_line_left_out(line: str) -> None:
    outcome(scenario_yaml=GOOD.replace(line, "", 1), stores_csv=STORES, skus_csv=SKUS)
