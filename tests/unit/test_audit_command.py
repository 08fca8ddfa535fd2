"""`dualedge audit` as its user meets it: answer, files, JSON, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from study.cli import main

SHORT = ["--set", "horizon.days=49", "--set", "horizon.warm_up_days=14", "--replications", "3", "--jobs", "1"]


def run(*words: str) -> int:
    return main(list(words))


def test_promise_and_delivery_stand_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(
        "audit", "quickstart", "--only", "stock", "--no-split", "--json", "--out", str(tmp_path / "a"), *SHORT
    )
    found = json.loads(capsys.readouterr().out)
    assert code == found["exit_code"] == int(found["broken"])
    measures = {item["kpi"]: item for item in found["promises"]}
    assert abs(measures["fill_rate"]["promised"] - measures["fill_rate"]["delivered"]) < 0.05
    for item in found["promises"]:
        assert item["gap"] == pytest.approx(item["delivered"] - item["promised"])
        assert item["contributions"] == []
    assert (tmp_path / "a" / "audit.html").exists() and (tmp_path / "a" / "audit.csv").exists()


def test_a_plan_file_and_something_to_plan_do_not_go_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("format: 1\n")
    assert run("audit", "quickstart", "--plan", str(file), "--only", "stock") == 2
    assert "give one of them" in capsys.readouterr().err


def test_a_plan_file_that_promises_nothing_is_no_plan_to_audit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("format: 1\n")
    assert run("audit", "quickstart", "--plan", str(file)) == 2
    assert "promises nothing" in capsys.readouterr().err
