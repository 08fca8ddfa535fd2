"""Rosters as the planner sees them: rules, cover, leave, the plan file, and runs that follow them to the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optimize
import sim
from optimize import check_plan
from optimize.outlook import FieldOutlook, FieldWork
from optimize.solving import no_progress
from optimize.staffing.planning import plan_technicians
from optimize.staffing.roster_cover import cover_of_load, own_work
from optimize.staffing.technician_tables import Person, people_of
from scenarios import (
    Columns,
    Decisions,
    Partner,
    Plan,
    PlanPart,
    RosterRow,
    Scenario,
    ScenarioError,
    SolveStatus,
    columns_of,
    load_plan,
)
from study.cli.shipped import load
from study.plan_files import write_plan
from tests.factory import merged
from tests.field_worlds import DAY_SHIFT, FAR, busy_world, crew
from tests.service_worlds import STATION, product

START = date(2025, 1, 6)
DAYS = 70
LATE = {**DAY_SHIFT, "id": "late", "start_hour": 13.0, "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat"]}
LEAVE = [{"technician_id": "T-1", "date": START + timedelta(days=day)} for day in range(14, 21)]


def world(rosters: dict[str, Any] | None = None, **changes: Any) -> Scenario:
    """Two stations, three technicians in each, two shifts; nobody is ever ill."""
    groups = [crew("T", 3), crew("F", 2, FAR), crew("L", 1, FAR, shift_id="late")]
    plain = {
        "horizon": {"start_date": START, "warm_up_days": 10},
        "policy": {
            "service": {"workforce": {"shifts": [DAY_SHIFT, LATE], "groups": groups}},
            "optimised": {"rosters": {} if rosters is None else rosters},
        },
    }
    return busy_world(DAYS, **merged(plain, changes))


def planned(scenario: Scenario) -> tuple[Plan, PlanPart]:
    made = optimize.plan(scenario, outlook=sim.outlook)
    return made, next(part for part in made.parts if part.path == "policy.optimised.rosters")


def days_of(plan: Plan, name: str) -> list[date]:
    table = plan.decisions.roster
    assert table is not None
    return sorted(on for who, on in zip(table["technician_id"], table["date"], strict=True) if who == name)


@pytest.fixture(scope="module")
def usual() -> tuple[Scenario, Plan, PlanPart]:
    scenario = world({"days_off": LEAVE})
    return scenario, *planned(scenario)


class TestRules:
    def test_everybody_works_the_usual_days_of_a_week(self, usual: tuple[Scenario, Plan, PlanPart]) -> None:
        for name in ("T-2", "T-3", "F-1", "F-2", "L-1"):
            by_week = Counter((on - START).days // 7 for on in days_of(usual[1], name))
            assert sum(by_week.values()) == 5 * DAYS // 7
            assert set(by_week) == set(range(DAYS // 7)) and max(by_week.values()) <= 6

    def test_days_in_a_row_are_limited_where_stretches_meet_too(self) -> None:
        scenario = world(
            {"weeks_at_once": 1}, policy={"service": {"workforce": {"limits": {"max_consecutive_days": 4}}}}
        )
        made, part = planned(scenario)
        assert part.report is not None and part.report.items == 2 * DAYS // 7
        for person in ("T-1", "F-1", "L-1"):
            days = {(on - START).days for on in days_of(made, person)}
            assert not any(set(range(first, first + 5)) <= days for first in range(DAYS - 4))

    def test_leave_is_leave_and_counts_for_hours_due(self, usual: tuple[Scenario, Plan, PlanPart]) -> None:
        worked = days_of(usual[1], "T-1")
        assert not {row["date"] for row in LEAVE} & set(worked)
        assert len(worked) == 5 * (DAYS // 7 - 1)

    def test_shifts_are_worked_on_their_weekdays(self, usual: tuple[Scenario, Plan, PlanPart]) -> None:
        assert all(on.weekday() < 6 for on in days_of(usual[1], "L-1"))
        assert any(on.weekday() == 6 for on in days_of(usual[1], "F-1"))

    def test_hours_of_a_week_are_limited(self) -> None:
        """Of 8.25 working hours a day, three days are 24.75."""
        limits = {"policy": {"service": {"workforce": {"limits": {"weekly_hours_limit": 25}}}}}
        made, _ = planned(world(**limits))
        weeks = Counter((on - START).days // 7 for on in days_of(made, "T-1"))
        assert max(weeks.values()) == 3


class TestCover:
    def test_cover_is_what_the_expected_work_takes(self, usual: tuple[Scenario, Plan, PlanPart]) -> None:
        scenario, made, part = usual
        field, table = sim.outlook(scenario).field, made.decisions.cover
        assert field is not None and table is not None and part.report is not None
        for row, name in enumerate((STATION, FAR)):
            minutes = float(
                field.visits_per_day[row].sum() * (field.on_site_minutes + field.travel_minutes)[row]
            )
            assert set(table["people"][table["station_id"] == name]) == {
                max(int(np.ceil(minutes / 495 / 0.9)), 2)
            }
        (missed,) = part.report.unserved
        worked = Counter(on for name in ("T-1", "T-2", "T-3") for on in days_of(made, name))
        short = [day for day in range(DAYS) if worked[START + timedelta(days=day)] < 2]
        assert missed.item == f"station {STATION}: cover of {len(short)} of {DAYS} days"
        assert set(short) <= set(range(14, 21)), "only while one of three is on leave"
        assert min(worked[START + timedelta(days=day)] for day in range(DAYS)) == 1, "one is better than none"

    def test_cover_that_is_stated_is_aimed_at_and_kept_in_the_policy(self) -> None:
        stated = [{"station_id": STATION, "weekday": day, "people": 3} for day in ("sat", "sun")]
        scenario = world(policy={"service": {"workforce": {"cover": stated}}})
        made, part = planned(scenario)
        assert made.decisions.cover is None
        weekends = Counter(
            on for name in ("T-1", "T-2", "T-3") for on in days_of(made, name) if on.weekday() >= 5
        )
        assert len(weekends) == 2 * DAYS // 7 and set(weekends.values()) == {3}
        assert promised(part)["cover_met_share"] == 1.0

    def test_a_crew_that_is_too_small_is_named_and_as_many_more_as_is_said_would_do(self) -> None:
        stated = [
            {"station_id": STATION, "weekday": day, "people": 3}
            for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        ]
        short = world({"days_per_week": 5}, policy={"service": {"workforce": {"cover": stated}}})
        _, part = planned(short)
        assert part.report is not None
        (missed,) = part.report.unserved
        assert missed.item.startswith(f"station {STATION}: cover of")
        assert promised(part)["cover_met_share"] < 1.0
        more = int(missed.relaxation.split()[0])
        groups = [crew("T", 3 + more), crew("F", 2, FAR), crew("L", 1, FAR, shift_id="late")]
        enough = world(policy={"service": {"workforce": {"cover": stated, "groups": groups}}})
        report = planned(enough)[1].report
        assert report is not None and not report.unserved

    def test_overtime_comes_before_a_gap(self) -> None:
        """Three people at five days are 15 of the 18 days wanted; six days each are enough."""
        stated = [
            {"station_id": STATION, "weekday": day, "people": 3}
            for day in ("mon", "tue", "wed", "thu", "fri", "sat")
        ]
        limits = {"weekly_hours_limit": 60}
        made, part = planned(world(policy={"service": {"workforce": {"cover": stated, "limits": limits}}}))
        assert promised(part)["cover_met_share"] == 1.0
        assert len(days_of(made, "T-1")) == 6 * DAYS // 7

    def test_more_work_wants_no_fewer(self) -> None:
        scenario = world()
        field = sim.outlook(scenario).field
        assert field is not None
        people, shifts = (
            people_of(scenario.policy.service.workforce),
            scenario.policy.service.workforce.shifts,
        )
        numbers = []
        for times in (0.0, 0.5, 1.0, 2.0, 4.0):
            busier = replace(field, visits_per_day=field.visits_per_day * times)
            cover = cover_of_load(busier, 0, people, {one.id: one for one in shifts}, 0.9, 1.0, 1)
            numbers.append(cover.people[0])
        assert numbers == sorted(numbers) and numbers[0] == 0 and numbers[-1] > numbers[1]

    def test_what_only_partners_can_do_is_not_in_the_cover(self) -> None:
        """Visits of gas, and of electrics beyond the crew's level, go outside where a partner does such work."""
        work = FieldWork(
            skill=np.array([0, 0, 1]),
            level=np.array([1, 3, 1]),
            requests=np.array([[4.0, 2.0, 5.0]]),
            visits=np.array([[4.0, 2.0, 5.0]]),
            on_site_minutes=np.array([[160.0, 180.0, 500.0]]),
            margin=np.zeros((1, 3)),
            billed=np.zeros((1, 3)),
        )
        field = FieldOutlook(
            visits_per_day=np.array([[6.0, 5.0, 0.0]]),
            on_site_minutes=np.array([840.0 / 11.0]),
            on_site_scv=np.ones(1),
            travel_minutes=np.array([20.0]),
            level_needed=np.array([3, 1]),
            part_use_per_day=np.zeros((1, 0)),
            skill_ids=("electrics", "gas"),
            work=work,
        )
        people = [Person("T-1", STATION, "day", (("electrics", 2),))]
        anything, gas = (Partner.model_validate({"id": "P", "skill_ids": skills}) for skills in ([], ["gas"]))
        less = own_work(field, 0, people, [anything], STATION)
        assert less.visits_per_day.tolist() == [[4.0, 0.0, 0.0]]
        assert less.on_site_minutes[0] == pytest.approx(40.0) and less.level_needed.tolist() == [1, 0]
        half = own_work(field, 0, people, [gas], STATION)
        assert half.visits_per_day.tolist() == [[6.0, 0.0, 0.0]]
        assert half.on_site_minutes[0] == pytest.approx(340.0 / 6.0) and half.level_needed.tolist() == [3, 0]
        elsewhere = anything.model_copy(update={"station_ids": (FAR,)})
        able = [*people, Person("T-2", STATION, "day", (("electrics", 3), ("gas", 1)))]
        assert own_work(field, 0, people, [], STATION) is field
        assert own_work(field, 0, people, [elsewhere], STATION) is field
        assert own_work(field, 0, able, [anything], STATION) is field

    def test_work_by_kind_adds_up_to_the_visits_of_a_skill(self) -> None:
        """What is taken off by kind is in the sums by skill."""
        field = sim.outlook(load("quickstart", (), ())[1]).field
        assert field is not None and field.work is not None
        for skill, visits in enumerate(field.visits_per_day.T):
            of_skill = field.work.visits[:, field.work.skill == skill].sum(axis=1)
            assert of_skill == pytest.approx(visits, rel=1e-9)

    def test_more_technicians_are_planned_where_they_have_days_off(self) -> None:
        """The shift is worked all week: five days of seven take two fifths more people."""
        sizes = []
        for rosters in (None, {}):
            scenario = world(
                policy={"optimised": {"technicians": {}, "rosters": rosters}},
                service={"products": [product(per_year=6.0)]},
            )
            _, (part,) = plan_technicians(scenario, sim.outlook(scenario), no_progress)
            sizes.append(part.cells)
        assert sizes[0] < sizes[1] <= np.ceil(sizes[0] * 7 / 5) + 1


def promised(part: PlanPart) -> dict[str, float]:
    return {promise.measure: promise.forecast for promise in part.promises}


class TestRun:
    def test_the_run_follows_the_roster_to_the_day(self, usual: tuple[Scenario, Plan, PlanPart]) -> None:
        scenario, made, _ = usual
        result = sim.simulate(scenario, made, seed=3, replication=0)
        rows, people = result.tables["technician_days"], result.labels.service.technicians
        seen: dict[str, set[date]] = {name: set() for name in people}
        for technician, day in zip(rows["technician"], rows["day"], strict=True):
            seen[people[technician]].add(START + timedelta(days=int(day)))
        for name in people:
            assert seen[name] == set(days_of(made, name))

    def test_promises_are_kept_exactly_where_everybody_comes(
        self, usual: tuple[Scenario, Plan, PlanPart]
    ) -> None:
        scenario, made, part = usual
        kpis = sim.simulate(scenario, made, seed=3, replication=0).kpis
        assert all(promise.premises == () for promise in part.promises)
        for measure, forecast in promised(part).items():
            assert kpis[measure] == pytest.approx(forecast, rel=1e-8)

    def test_illness_breaks_cover_and_the_promise_says_what_it_takes_for_granted(self) -> None:
        ill = {"people": {"absence": {"episodes_per_year": 25}}}
        scenario = world(service=ill)
        made, part = planned(scenario)
        assert {premise.value for promise in part.promises for premise in promise.premises} == {
            "everybody_present"
        }
        kpis = sim.simulate(scenario, made, seed=3, replication=0).kpis
        assert kpis["cover_met_share"] < promised(part)["cover_met_share"]
        assert kpis["duty_hours_per_week"] < promised(part)["duty_hours_per_week"]

    def test_outside_its_dates_people_work_by_weekday(self) -> None:
        """A roster of one day in the middle: T-1 works on it, T-2 works that day off, others know nothing of it."""
        scenario = world(policy={"optimised": {"rosters": None}})
        rows = {
            "technician_id": ["T-1", "T-1", "T-2"],
            "date": [START + timedelta(days=day) for day in (20, 22, 22)],
            "shift_id": ["late", "day", "day"],
        }
        made = optimize.plan(scenario, decisions=Decisions(format=1, roster=columns_of(RosterRow, rows)))
        table = sim.simulate(scenario, made, seed=3, replication=0).tables["technician_days"]
        days = [set(table["day"][table["technician"] == person].tolist()) for person in range(3)]
        everyday = set(range(DAYS))
        assert days == [everyday - {21}, everyday - {20, 21}, everyday]

    def test_training_falls_on_days_of_the_roster(self) -> None:
        scenario = world(policy={"service": {"workforce": {"training_days_per_year": 40}}})
        made, _ = planned(scenario)
        result = sim.simulate(scenario, made, seed=3, replication=0)
        table, people = result.tables["technician_days"], result.labels.service.technicians
        trained = np.flatnonzero(table["is_training"])
        assert len(trained) > 10
        for row in trained:
            on = START + timedelta(days=int(table["day"][row]))
            assert on in days_of(made, people[table["technician"][row]])


class TestPlan:
    def test_it_is_the_same_every_time_and_passes_the_check(
        self, usual: tuple[Scenario, Plan, PlanPart]
    ) -> None:
        scenario, made, part = usual
        again, _ = planned(scenario)
        assert again.digest == made.digest
        assert check_plan(scenario, made, sim.outlook(scenario)) == []
        assert part.report is not None and part.report.status is SolveStatus.OPTIMAL
        assert part.report.objective == part.report.bound

    @pytest.mark.parametrize(
        ("change", "finding"),
        [
            (lambda rows: {**rows, "date": [LEAVE[2]["date"], *rows["date"][1:]]}, "a day of leave"),
            (lambda rows: {**rows, "shift_id": ["late", *rows["shift_id"][1:]]}, "which is not his"),
            (lambda rows: {**rows, "technician_id": ["nobody", *rows["technician_id"][1:]]}, "E501"),
            (lambda rows: {**rows, "date": [START - timedelta(days=9), *rows["date"][1:]]}, "E505"),
        ],
    )
    def test_the_check_sees_what_a_solver_must_not_do(
        self,
        usual: tuple[Scenario, Plan, PlanPart],
        change: Callable[[dict[str, Any]], dict[str, Any]],
        finding: str,
    ) -> None:
        scenario, made, _ = usual
        table = made.decisions.roster
        assert table is not None and table["technician_id"][0] == "T-1"
        rows = change({name: list(column) for name, column in table.columns.items()})
        wrong = replace(
            made,
            decisions=made.decisions.model_copy(update={"roster": columns_of(RosterRow, rows)}),
        )
        found = " ".join(map(str, check_plan(scenario, wrong, None)))
        assert finding in found

    def test_it_reads_back_and_an_edit_is_known(
        self, usual: tuple[Scenario, Plan, PlanPart], tmp_path: Path
    ) -> None:
        scenario, made, _ = usual
        write_plan(made.decisions, tmp_path / "plan.yaml")
        read = load_plan(tmp_path / "plan.yaml", scenario)
        assert isinstance(read.roster, Columns) and isinstance(made.decisions.roster, Columns)
        assert read.roster.digest() == made.decisions.roster.digest()
        assert optimize.plan(scenario, decisions=read).digest == made.digest
        rows = (tmp_path / "plan_roster.csv").read_text().splitlines()
        (tmp_path / "plan_roster.csv").write_text("\n".join([*rows[:-1], ""]))
        edited = optimize.plan(scenario, decisions=load_plan(tmp_path / "plan.yaml", scenario))
        assert edited.promises == () and edited.parts[-1].kind.endswith("edited by hand")

    def test_a_day_outside_the_horizon_is_a_slip_in_a_plan_made_for_it(
        self, usual: tuple[Scenario, Plan, PlanPart], tmp_path: Path
    ) -> None:
        scenario, made, _ = usual
        write_plan(made.decisions, tmp_path / "plan.yaml")
        table = tmp_path / "plan_roster.csv"
        rows = table.read_text().splitlines()
        person, on, shift = rows[3].split(",")
        table.write_text(
            "\n".join([*rows[:3], f"{person},2{int(on[1:4]) + 10:03}{on[4:]},{shift}", *rows[4:], ""])
        )
        with pytest.raises(ScenarioError) as told:
            load_plan(tmp_path / "plan.yaml", scenario)
        assert "plan_roster.csv:4:2: E505" in str(told.value)

    @pytest.mark.parametrize(
        ("row", "place", "rule"),
        [
            ("T-9,2025-01-06,day", "2:1", "no technician of this name"),
            ("T-1,2025-01-06,dya", "2:3", "no shift of this name"),
            ("T-1,2025-01-66,day", "2:2", "a date such as"),
            ("L-1,2025-01-12,late", "2:2", "not worked on that weekday"),
        ],
    )
    def test_faults_of_a_roster_are_told_by_line_and_column(
        self, tmp_path: Path, row: str, place: str, rule: str
    ) -> None:
        (tmp_path / "plan.yaml").write_text("format: 1\nroster: {table: roster.csv}\n")
        (tmp_path / "roster.csv").write_text(f"technician_id,date,shift_id\n{row}\n")
        with pytest.raises(ScenarioError) as told:
            load_plan(tmp_path / "plan.yaml", world())
        assert f"roster.csv:{place}" in str(told.value) and rule in str(told.value)

    @pytest.mark.parametrize(
        ("limits", "rule"),
        [
            ({"min_days_off_per_week": 0, "weekly_hours_limit": 168}, "is working day 7 in a row"),
            ({"max_consecutive_days": 9, "weekly_hours_limit": 168}, "is working day 7 of the week"),
            (
                {"min_days_off_per_week": 0, "max_consecutive_days": 9},
                "brings the week to 49.5 working hours",
            ),
            (
                {"min_days_off_per_week": 0, "max_consecutive_days": 9, "rest_hours": 16},
                "begins 15.0 hours after",
            ),
        ],
    )
    def test_each_limit_bites(self, tmp_path: Path, limits: dict[str, Any], rule: str) -> None:
        rows = [f"T-1,2025-01-{6 + day:02},day" for day in range(7)]
        (tmp_path / "plan.yaml").write_text("format: 1\nroster: {table: roster.csv}\n")
        (tmp_path / "roster.csv").write_text("\n".join(["technician_id,date,shift_id", *rows, ""]))
        with pytest.raises(ScenarioError) as told:
            load_plan(tmp_path / "plan.yaml", world(policy={"service": {"workforce": {"limits": limits}}}))
        assert rule in str(told.value)
        loose = {
            "min_days_off_per_week": 0, "max_consecutive_days": 9, "weekly_hours_limit": 168, "rest_hours": 8,
        }  # fmt: skip
        again = world(policy={"service": {"workforce": {"limits": loose}}})
        assert load_plan(tmp_path / "plan.yaml", again).roster is not None

    def test_nobody_to_roster_is_told(self) -> None:
        scenario = world(policy={"service": {"workforce": {"groups": []}}})
        made, part = planned(scenario)
        assert made.decisions.roster is None
        assert part.report is not None and part.report.status is SolveStatus.INFEASIBLE
        assert "technicians" in part.report.unserved[0].relaxation

    def test_technicians_who_are_planned_are_those_who_are_rostered(self) -> None:
        scenario = world(policy={"optimised": {"technicians": {}, "rosters": {}}})
        made, _ = planned(scenario)
        assert made.decisions.technicians is not None and made.decisions.roster is not None
        assert set(made.decisions.technicians["technician_id"]) == set(made.decisions.roster["technician_id"])
