"""The report says where a plan's numbers come from, and puts what it promised beside what was delivered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scenarios import Basis, PlanPart, Premise, Promise
from study.evidence import Study
from study.report.decisions import part_rows, promised_rows
from study.report.writing import render
from tests.invented import invented_study
from tests.planned_worlds import part

SMALL: dict[str, Any] = {"stores": 2, "skus": 4, "days": 28, "warm_up_days": 7}
RULE = PlanPart(path="policy.replenishment[0]", kind="days_of_cover", basis=Basis.RULE, cells=1_200)


@pytest.fixture(scope="module")
def study() -> Study:
    promises = (
        Promise(measure="fill_rate", forecast=0.951, premises=(Premise.STEADY_DEMAND, Premise.NO_AGEING)),
        Promise(measure="order_lines", forecast=12.0),
        Promise(measure="a KPI of another version", forecast=1.0),
    )
    return replace(invented_study("planned", **SMALL), plan_parts=(RULE, part(8, promises=promises)))


def test_parts_with_basis_status_and_gap(study: Study) -> None:
    rule, solved = part_rows(study)
    assert (rule.basis, rule.what, rule.cells, rule.status, rule.gap) == (
        "rule",
        "days of cover",
        "1,200",
        "",
        "",
    )
    assert (solved.basis, solved.status, solved.gap, solved.unserved) == (
        "optimised",
        "optimal, table",
        "0%",
        "0",
    )


def test_promises_beside_what_was_delivered(study: Study) -> None:
    fill, lines = promised_rows(study)
    assert (fill.title, fill.premises) == ("Fill rate (units)", "steady demand, no ageing")
    assert float(fill.promised) == 95.1
    assert fill.delivered and " to " in fill.interval
    assert lines.premises == "nothing"


def test_the_page_shows_them(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.report.embedding.picture", lambda chart: f"<svg>{chart.key}</svg>".encode())
    page = render([study])
    assert "policy.optimised.stores" in page and "optimal, table" in page
    assert "What the plan promised before any run" in page
    bare = render([replace(study, plan_parts=())])
    assert "What the plan promised" not in bare and study.plan_summary in bare
