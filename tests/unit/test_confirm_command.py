"""`dualedge plan --confirm`: what is told, written and returned. The months themselves are stand-ins."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import scenarios
from scenarios import Plan, Scenario
from study import cli, confirming
from study.confirming import Confirmed, Step
from study.errors import StudyInterrupted
from tests.contact_worlds import call_centre, calls
from tests.factory import tiny_scenario

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A call centre and a world without one, in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("centre", "shop"):
        Path(f"{name}.yaml").write_text("")

    def load(path: Path, overrides: tuple[str, ...] = (), settings: tuple[str, ...] = ()) -> Scenario:
        del overrides, settings
        if Path(path).stem == "shop":
            return tiny_scenario(name="shop", policy={"optimised": {"stores": [{}]}})
        optimised = {"agents": {"shift_hours": [8.0], "break_minutes": 0.0}}
        return call_centre([calls("all", 0.1, 4.0, 3.0)], 1, 28, policy={"optimised": optimised})

    monkeypatch.setattr(scenarios, "load", load)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the command line: (exit code, standard output, standard error)."""

    def called(*words: str) -> tuple[int, str, str]:
        code = cli.main(list(words))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return called


def stand_in(monkeypatch: pytest.MonkeyPatch, *kept: int, months: int = 40) -> list[dict[str, Any]]:
    """So many months keep the target, step by step; returns what was asked for."""
    asked: list[dict[str, Any]] = []

    def confirm_agents(scenario: Scenario, plan: Plan, **given: Any) -> Confirmed:
        asked.append(given)
        steps = tuple(Step((2, 2 + step), number) for step, number in enumerate(kept))
        return Confirmed(plan, kept[-1] >= 0.95 * months, steps, months, 7, 0.868, 0.9994)

    monkeypatch.setattr(confirming, "confirm_agents", confirm_agents)
    return asked


def test_months_are_told_and_the_plan_is_written(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = stand_in(monkeypatch, 39)
    code, out, _ = call("plan", "centre.yaml", "--confirm", "40", "--jobs", "2", "--seed", "5")
    assert code == 0 and Path("plan.yaml").exists()
    assert "month's target kept in 39 of 40 simulated months (87 % to 100 %)\n" in out
    assert (asked[0]["replications"], asked[0]["jobs"], asked[0]["seed"]) == (40, 2, 5)


def test_json_holds_the_steps(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, 20, 38)
    code, out, err = call("plan", "centre.yaml", "--confirm", "40", "--json")
    found = json.loads(out)["confirmation"]
    assert code == 0 and (found["kept"], found["months"], found["probability"]) == (38, 40, 0.95)
    assert found["steps"] == [{"people": [2, 2], "kept": 20}, {"people": [2, 3], "kept": 38}]
    assert "with 5 agents, as 4 kept it in 20" in err


def test_without_confirmation_nothing_is_simulated(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = stand_in(monkeypatch, 39)
    code, out, _ = call("plan", "centre.yaml", "--json")
    assert (code, asked, json.loads(out)["confirmation"]) == (0, [], None)


def test_people_who_are_not_confirmed_are_a_bad_answer(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, 10, 30)
    code, _, err = call("plan", "centre.yaml", "--confirm", "40")
    assert code == 1 and "kept too rarely" in err
    assert Path("plan.yaml").exists()


def test_an_interrupt_keeps_the_plan(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*given: Any, **named: Any) -> Confirmed:
        raise StudyInterrupted(None, None)

    monkeypatch.setattr(confirming, "confirm_agents", stopped)
    code, _, err = call("plan", "centre.yaml", "--confirm", "40")
    assert code == 130 and "confirmation of agents" in err
    assert Path("plan.yaml").exists()


@pytest.mark.parametrize(
    ("words", "hint"),
    [(("shop.yaml",), "no contact centre"), (("centre.yaml", "--only", "stock"), "--only staff")],
)
def test_without_agents_there_is_nothing_to_confirm(call: Call, words: tuple[str, ...], hint: str) -> None:
    code, _, err = call("plan", *words, "--confirm", "40")
    assert code == 2 and hint in err
    assert not Path("plan.yaml").exists()
