"""What a rota may not say, each told at its file, line and column; and rotas that a plan hands in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenarios import Decisions, RotaRow, ScenarioError, check, load
from scenarios.language.plan import with_decisions
from tests.factory import merged, table
from tests.field_worlds import FAR, busy_world, crew, dispatching
from tests.service_worlds import STATION

_ROTA = "policy.service.dispatch.rota"


def row(
    station: str = STATION, technician: str = "T-1", weekday: str = "mon", region: str = ""
) -> dict[str, str]:
    return {"station_id": station, "region": region, "weekday": weekday, "technician_id": technician}


def found(
    *rows: dict[str, str], changes: dict[str, Any] | None = None, **terms: Any
) -> list[tuple[str, str]]:
    rota: dict[str, Any] = {"rota": list(rows)} if rows else {}
    policy = merged(dispatching(**({"plan": "given"} | rota | terms)), changes or {})
    problems = check(busy_world(policy=policy))
    return [(problem.code, problem.path) for problem in problems if "dispatch" in problem.path]


def test_a_good_rota_is_good() -> None:
    assert found(row(), row(technician="T-2"), row(FAR, "F-1", "sun")) == []


@pytest.mark.parametrize(
    ("code", "column", "bad"),
    [
        ("E501", "station_id", row(station="STT")),
        ("E501", "region", row(region="north")),
        ("E501", "technician_id", row(technician="T-3")),
        ("E516", "technician_id", row(technician="F-1")),
    ],
)
def test_each_rule_is_told_at_its_row(code: str, column: str, bad: dict[str, str]) -> None:
    assert found(row(weekday="tue"), bad) == [(code, f"{_ROTA}[1].{column}")]


def test_pooled_technicians_work_everywhere() -> None:
    assert found(row(technician="F-1"), area="pooled") == []


def test_a_weekday_that_is_never_worked_is_told() -> None:
    short = {"id": "day", "start_hour": 8.0, "hours": 9.0, "weekdays": ["mon", "tue"]}
    people = {"service": {"workforce": {"shifts": [short], "groups": [crew("T", 2), crew("F", 2, FAR)]}}}
    assert found(row(), row(weekday="wed"), changes=people) == [("W601", f"{_ROTA}[1].weekday")]


def test_given_plans_need_a_rota_and_others_have_no_use_for_one() -> None:
    assert found() == [("E511", "policy.service.dispatch.plan")]
    assert found(row(), plan="day_plan") == [("W602", _ROTA)]


def test_a_row_given_twice_an_unknown_weekday_and_a_missing_file_are_told_where_they_stand(
    tmp_path: Path,
) -> None:
    head = (
        "format: 1\nname: r\nhorizon: {start_date: 2026-01-05, days: 7}\npolicy:\n  service:\n    dispatch:\n"
    )
    path = tmp_path / "world.yaml"
    lines = "station_id,region,weekday,technician_id\nST,,mon,T-1\nST,,mon,T-1\nST,,someday,T-1\n"
    (tmp_path / "rota.csv").write_text(lines, encoding="utf-8")
    path.write_text(f"{head}      plan: given\n      rota: {{table: rota.csv}}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        load(path)
    places = [(one.code, one.file, one.line) for one in raised.value.problems if one.file == "rota.csv"]
    assert ("E409", "rota.csv", 4) in places
    (tmp_path / "rota.csv").write_text(lines.rsplit("\n", 2)[0] + "\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        load(path)
    places = [(one.code, one.file, one.line) for one in raised.value.problems if one.file == "rota.csv"]
    assert places == [("E410", "rota.csv", 3)]
    (tmp_path / "rota.csv").unlink()
    with pytest.raises(ScenarioError) as raised:
        load(path)
    assert any(one.path.startswith(_ROTA) for one in raised.value.problems)


def test_a_rota_of_a_plan_takes_the_place_of_the_policy() -> None:
    decisions = Decisions(format=1, rota=table(RotaRow, [row()]))
    dispatch = with_decisions(busy_world(), decisions).policy.service.dispatch
    assert dispatch.plan == "given"
    assert dispatch.rota is not None
    assert dispatch.rota["technician_id"].tolist() == ["T-1"]
