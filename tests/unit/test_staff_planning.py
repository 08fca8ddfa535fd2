"""Planner steps of people: what they decide, what they refuse and why, and that they do so the same way every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optimize
import scenarios
import sim
from optimize.solving import no_progress
from optimize.staffing.agent_confirmation import confirm_agents
from optimize.staffing.agent_forecast import AgentForecast
from optimize.staffing.agent_targets import rarely_kept_target
from optimize.staffing.picker_planning import plan_pickers
from optimize.staffing.planning import plan_agents, plan_technicians
from optimize.staffing.technician_tables import Person, crew_of, people_of, presence, tables_of
from scenarios import (
    Basis,
    Decisions,
    OptimisedAgents,
    PlanPart,
    Scenario,
    ServiceShift,
    Shift,
    SolveStatus,
    is_edited,
    part_digest,
    with_decisions,
)
from scenarios.language.loading import load_model
from scenarios.language.reading import read_file
from study.plan_files import write_plan
from tests.contact_worlds import call_centre, calls
from tests.factory import tiny_scenario
from tests.field_worlds import busy_world

Step = Callable[..., tuple[dict[str, Any], tuple[PlanPart, ...]]]
WEEKDAYS = ServiceShift(id="week", start_hour=8.0, hours=9.0, weekdays=("mon", "tue", "wed", "thu", "fri"))
WEEKENDS = ServiceShift(id="end", start_hour=8.0, hours=9.0, weekdays=("wed", "thu", "fri", "sat", "sun"))


def planned(step: Step, scenario: Scenario) -> tuple[dict[str, Any], PlanPart]:
    decided, (part,) = step(scenario, sim.outlook(scenario), no_progress)
    return decided, part


def centre(**optimised: Any) -> Scenario:
    """Two calls a minute in the day, none at night."""
    profile = [0.0] * 8 + [1.0] * 12 + [0.0] * 4
    return call_centre(
        [calls("all", 2.0, 4.0, 5.0, hourly_profile=profile)],
        1,
        7,
        policy={"optimised": {"agents": {"opens_hour": 8.0, "closes_hour": 20.0, **optimised}}},
    )


class TestAgents:
    def test_shifts_lie_within_opening_hours(self) -> None:
        decided, part = planned(plan_agents, centre())
        assert part.report is not None and part.report.status is SolveStatus.OPTIMAL
        for shift in decided["agents"]:
            assert shift.start_hour >= 8.0 and shift.start_hour + shift.hours <= 20.0
        assert part.cells == sum(shift.people for shift in decided["agents"])

    @pytest.mark.parametrize(
        ("optimised", "reason"),
        [
            ({"opens_hour": 20.0, "closes_hour": 8.0}, "before it opens"),
            ({"opens_hour": 8.0, "closes_hour": 12.0}, "no shift"),
            ({"shift_hours": [1.0], "break_minutes": 60.0}, "break"),
        ],
    )
    def test_what_no_shift_can_do_has_a_reason_and_a_way_out(
        self, optimised: dict[str, Any], reason: str
    ) -> None:
        decided, part = planned(plan_agents, centre(**optimised))
        assert decided == {}
        assert part.report is not None and part.report.status is SolveStatus.INFEASIBLE
        assert reason in part.report.unserved[0].reason
        assert part.report.unserved[0].relaxation

    def test_a_higher_target_takes_no_fewer_hours(self) -> None:
        hours = []
        for share in (0.5, 0.8, 0.95):
            report = planned(plan_agents, centre(answered_share=share))[1].report
            assert report is not None and report.objective is not None
            hours.append(report.objective)
        assert hours == sorted(hours) and hours[0] < hours[-1]

    def test_more_calls_take_no_fewer_hours(self) -> None:
        scenario = centre()
        outlook = sim.outlook(scenario)
        assert outlook.contact is not None
        busier = replace(
            outlook, contact=replace(outlook.contact, calls_per_hour=outlook.contact.calls_per_hour * 2)
        )
        few, many = (plan_agents(scenario, world, no_progress)[1][0].cells for world in (outlook, busier))
        assert few < many

    def test_calls_while_nobody_is_there_make_a_target_that_cannot_be_kept(self) -> None:
        """A third of the calls come before ten or after six."""
        _, part = planned(plan_agents, centre(opens_hour=10.0, closes_hour=18.0, break_minutes=0.0))
        assert part.report is not None and part.report.status is SolveStatus.INFEASIBLE
        (missed,) = part.report.unserved
        promised = next(told.forecast for told in part.promises if told.measure == "answer_level")
        assert promised < 2 / 3
        assert missed.item == "answered in time: 80.0%" and "nobody is there" in missed.reason
        relaxed, opened = missed.relaxation.split(", or ")
        assert float(relaxed.split()[-1]) == pytest.approx(promised, abs=1e-3)
        assert opened == "hours from 0 to 24"
        less = centre(
            opens_hour=10.0, closes_hour=18.0, break_minutes=0.0, answered_share=float(relaxed.split()[-1])
        )
        again = planned(plan_agents, less)[1].report
        assert again is not None and again.status is SolveStatus.OPTIMAL and not again.unserved

    def test_a_target_of_all_calls_is_kept_by_more_people_in_the_hours_that_are_served(self) -> None:
        """One call in twelve comes before nine: of the others, more are answered in time than 88 in a hundred."""
        part = planned(plan_agents, centre(opens_hour=9.0, answered_share=0.88))[1]
        promised = next(told.forecast for told in part.promises if told.measure == "answer_level")
        assert part.report is not None and not part.report.unserved
        assert 0.88 <= promised < 11 / 12
        assert part.cells > planned(plan_agents, centre(answered_share=0.88))[1].cells

    def test_callers_who_give_up_where_more_people_do_not_help(self) -> None:
        """Who still waits when the last agents go home gives up."""
        part = planned(plan_agents, centre(abandoned_share=0.001))[1]
        assert part.report is not None and part.report.status is SolveStatus.INFEASIBLE
        (missed,) = part.report.unserved
        assert missed.item == "given up: 0.1% at most" and "more agents" in missed.reason
        enough = float(missed.relaxation.removeprefix("abandoned_share ").split(",")[0])
        again = planned(plan_agents, centre(abandoned_share=enough))[1].report
        assert again is not None and again.status is SolveStatus.OPTIMAL and not again.unserved

    def test_it_is_the_same_every_time(self) -> None:
        scenario = centre()
        assert planned(plan_agents, scenario) == planned(plan_agents, scenario)

    def test_nobody_asked_nothing_decided(self) -> None:
        scenario = tiny_scenario()
        for step in (plan_agents, plan_technicians, plan_pickers):
            assert step(scenario, sim.outlook(scenario), no_progress) == ({}, ())


class TestConfirmedAgents:
    """People added after months that missed the target, and what the report then says."""

    def confirmed(self, kept: Callable[[int], float], most_steps: int = 40, **asked: Any) -> PlanPart:
        """Months keep the target with a probability that the number of agents decides."""
        scenario = centre(opens_hour=10.0, closes_hour=18.0, break_minutes=0.0, **asked)
        outlook = sim.outlook(scenario)
        made = optimize.plan(scenario, outlook=outlook)
        plan, _ = confirm_agents(
            scenario,
            made,
            outlook,
            lambda shifts: kept(sum(shift.people for shift in shifts)),
            40,
            most_steps=most_steps,
        )
        assert optimize.check_plan(scenario, plan, outlook) == []
        return next(part for part in plan.parts if part.path == "policy.optimised.agents")

    def test_what_is_missed_is_told_of_the_people_who_are_there_now(self) -> None:
        few = self.confirmed(lambda people: 0.0, most_steps=0)
        many = self.confirmed(lambda people: 0.0, most_steps=3)
        shares = []
        for part in (few, many):
            assert part.report is not None and part.report.status is SolveStatus.INFEASIBLE
            missed, month = part.report.unserved
            promised = next(told.forecast for told in part.promises if told.measure == "answer_level")
            assert missed.item == "answered in time: 80.0%"
            assert missed.reason.startswith(f"{promised:.1%} are expected")
            assert month.item.startswith("month's target")
            shares.append(promised)
        assert many.cells == few.cells + 3
        assert shares[1] > shares[0]

    def test_months_that_keep_the_target_refute_a_forecast_that_misses_it(self) -> None:
        part = self.confirmed(lambda people: 1.0)
        assert part.report is not None and part.report.unserved == ()
        assert part.report.status is SolveStatus.OPTIMAL or part.report.status is SolveStatus.FEASIBLE

    def test_added_people_are_no_optimum(self) -> None:
        planned_for = self.confirmed(lambda people: 1.0, answered_share=0.5)
        assert planned_for.report is not None and planned_for.report.status is SolveStatus.OPTIMAL
        least = planned_for.cells + 2
        part = self.confirmed(lambda people: float(people >= least), answered_share=0.5)
        assert part.cells == least
        assert part.report is not None and part.report.status is SolveStatus.FEASIBLE
        assert part.report.unserved == ()


def test_a_target_that_too_few_months_keep_is_named_with_one_that_they_do() -> None:
    """The mean is above the target, the month that one in twenty falls below is not."""
    wanted = OptimisedAgents(answered_share=0.9)
    forecast = AgentForecast(0.91, 0.02, 1_000.0, None, 0.8)
    (told,) = rarely_kept_target(forecast, 0.03, 0.95, wanted)
    assert "91.0%" in told.reason and "88.0%" in told.reason
    assert told.relaxation.startswith("answered_share 0.880")
    assert rarely_kept_target(forecast, 0.01, 0.95, wanted) == ()


class TestCrews:
    THERE = (
        Person("a", "S", "week", (("gas", 1),)),
        Person("b", "S", "week", (("gas", 3), ("water", 2))),
        Person("c", "S", "end", (("water", 3),)),
    )

    def crew(self, stay: tuple[int, int], new: int = 0) -> list[Person]:
        groups = ((self.THERE[:2], stay[0]), (self.THERE[2:], stay[1]))
        levels = (("gas", 3), ("water", 1))
        return list(crew_of("S", groups, new, levels, (WEEKDAYS, WEEKENDS), ("new-S-1",)))

    def test_of_every_group_stay_as_many_as_are_wanted(self) -> None:
        assert [person.id for person in self.crew((2, 1))] == ["a", "b", "c"]
        assert [person.id for person in self.crew((1, 1))] == ["a", "c"]
        assert self.crew((0, 0)) == []

    def test_those_stay_who_are_there_when_fewest_are(self) -> None:
        group = (*self.THERE[:2], Person("d", "S", "end", ()))
        found = crew_of("S", ((group, 2),), 0, (), (WEEKDAYS, WEEKENDS), ())
        assert [person.id for person in found] == ["a", "d"]

    def test_who_is_new_has_the_skills_and_a_free_name(self) -> None:
        found = self.crew((2, 1), new=2)
        assert [person.id for person in found] == ["a", "b", "c", "new-S-2", "new-S-3"]
        assert found[-1].levels == (("gas", 3), ("water", 1))

    def test_new_ones_work_where_fewest_do(self) -> None:
        found = self.crew((2, 0), new=2)
        assert [person.shift_id for person in found[2:]] == ["end", "end"]
        assert presence(found, (WEEKDAYS, WEEKENDS)).tolist() == [2, 2, 4, 4, 4, 2, 2]

    def test_tables_say_the_same_as_people(self) -> None:
        scenario = busy_world()
        people = people_of(scenario.policy.service.workforce)
        again = people_of(
            with_decisions(scenario, Decisions(format=1, **tables_of(people))).policy.service.workforce
        )
        assert again == people and len(people) == 4


class TestTechnicians:
    def test_two_are_on_duty_where_work_takes_two(self) -> None:
        scenario = busy_world(policy={"optimised": {"technicians": {}}})
        decided, part = planned(plan_technicians, scenario)
        stations = decided["technicians"]["station_id"]
        assert part.cells == len(stations)
        for station in set(stations):
            assert (stations == station).sum() >= 2

    def test_a_partner_that_is_paid_nothing_does_all_work_and_a_dear_one_none(self) -> None:
        """With customers that pay the house nothing either way: the price alone decides."""
        for price, own in ((0.0, False), (1e6, True)):
            terms = {"id": "p", "jobs_per_day": 1_000, "price_per_job": price, "success_share": 1.0}
            scenario = busy_world(
                service={"partners": [terms]},
                costs={"service": {"technician_per_hour": 40.0}},
                policy={
                    "service": {"outsourcing": {"partner_ids": ["p"]}},
                    "optimised": {"technicians": {"completed_share": 0.5}},
                },
            )
            _, part = planned(plan_technicians, scenario)
            assert (part.cells > 0) is own
            told = {promise.measure: promise.forecast for promise in part.promises}
            assert told["outsourced_share"] == pytest.approx(0.0 if own else 1.0)
            assert part.report is not None and part.report.status is SolveStatus.OPTIMAL

    def test_a_partner_that_comes_too_late_is_left_out_with_a_reason(self) -> None:
        late = {"id": "p", "jobs_per_day": 1_000, "response_days": {"kind": "constant", "value": 90}}
        scenario = busy_world(
            service={"partners": [late]},
            policy={"service": {"outsourcing": {"partner_ids": ["p"]}}, "optimised": {"technicians": {}}},
        )
        _, part = planned(plan_technicians, scenario)
        assert part.cells > 0 and part.report is not None
        assert any(item.item == "partner p" for item in part.report.unserved)

    def test_technicians_without_an_address_read_back_from_a_file_unedited(self, tmp_path: Path) -> None:
        people = [Person("t1", "west", "week", (("gas", 2),)), Person("t2", "west", "week", (), 31.2, 121.4)]
        made = Decisions(format=1, **tables_of(people))
        told = PlanPart(
            path="policy.optimised.technicians",
            kind="sizing",
            basis=Basis.OPTIMISED,
            cells=2,
            digest=part_digest(made, "policy.optimised.technicians"),
        )
        path = write_plan(made.model_copy(update={"parts": (told,)}), tmp_path / "plan.yaml")[0]
        read, _ = load_model(Decisions, read_file(path), path.name, path.parent)
        assert not is_edited(read, read.parts[0])

    def test_without_shifts_nobody_can_work(self) -> None:
        scenario = busy_world(policy={"optimised": {"technicians": {}}})
        nobody = {"shifts": (), "groups": ()}
        workforce = scenario.policy.service.workforce.model_copy(update=nobody)
        service = scenario.policy.service.model_copy(update={"workforce": workforce})
        policy = scenario.policy.model_copy(update={"service": service})
        bare = scenario.model_copy(update={"policy": policy})
        decided, (part,) = plan_technicians(bare, sim.outlook(scenario), no_progress)
        assert decided == {}
        assert part.report is not None and part.report.status is SolveStatus.INFEASIBLE
        assert "shifts" in part.report.unserved[0].relaxation


class TestPickers:
    def done_share(self, scenario: Scenario, pickers: tuple[Shift, ...]) -> float:
        """Nights on which all has been picked by three."""
        plan = optimize.plan(scenario, decisions=Decisions(format=1, pickers=pickers))
        drops = sim.simulate(scenario, plan, seed=5, replication=0).tables["drops"]
        night = (drops["released_second"] - 43_200) // 86_400
        hour = 3 * 3_600
        done = [
            drops["ready_second"][night == day].max() <= (day + 1) * 86_400 + hour for day in range(14, 55)
        ]
        return float(np.mean(done))

    def test_a_wave_is_done_by_the_hour_on_most_days_and_would_not_be_with_one_fewer(self) -> None:
        scenario = picking_world(done_hour=3.0)
        decided, part = planned(plan_pickers, scenario)
        assert part.report is not None and not part.report.unserved
        (shift,) = decided["pickers"]
        assert self.done_share(scenario, (shift,)) >= 0.95
        fewer = shift.model_copy(update={"people": shift.people - 1})
        assert self.done_share(scenario, (fewer,)) < 0.95

    def test_a_wave_that_nobody_can_finish_in_time_is_not_called_done(self) -> None:
        """Half an hour for lists of twelve minutes on average, of which the longest takes too long on some days."""
        _, part = planned(plan_pickers, picking_world(done_hour=0.5, start_hour=0.0))
        assert part.report is not None and part.report.status is SolveStatus.INFEASIBLE
        (late,) = part.report.unserved
        assert late.item == "centre DC, wave of 18 lists" and "within 30 minutes" in late.reason
        enough = float(late.relaxation.split()[0]) / 60.0
        again = planned(plan_pickers, picking_world(done_hour=enough, start_hour=0.0))[1].report
        assert again is not None and again.status is SolveStatus.FEASIBLE and not again.unserved

    def test_no_shift_in_time_has_a_reason(self) -> None:
        decided, part = planned(plan_pickers, picking_world(done_hour=23.75, start_hour=1.0, hours=4.0))
        assert decided == {}
        assert part.report is not None and "no shift" in part.report.unserved[0].reason


def picking_world(done_hour: float, start_hour: float = 22.0, hours: float = 8.0) -> Scenario:
    """Forty SKUs for two stores, ordered every day, picked at night."""
    return tiny_scenario(
        horizon={"days": 56, "warm_up_days": 14},
        assortment={
            "skus": [
                {
                    "sku_id": f"{number}",
                    "class_id": "FOOD",
                    "price": 2.0,
                    "purchase_cost": 1.0,
                    "case_pack": 6,
                }
                for number in range(60)
            ]
        },
        depot={"picking": {"coefficient_of_variation": 0.3, "seconds_per_line": 90.0}},
        policy={
            "replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": 40}}}],
            "dc_replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": 4_000}}}],
            "depot": {
                "lines_per_list": 6,
                "pickers": [{"people": 20, "start_hour": start_hour, "hours": hours, "break_minutes": 30}],
            },
            "optimised": {"pickers": {"done_hour": done_hour}},
        },
    )


def test_the_planned_quickstart_runs() -> None:
    """All three halves of the plan at once; the quickstart picks nothing."""
    scenario = scenarios.load(
        Path(scenarios.__file__).with_name("quickstart.yaml"),
        settings=[
            "policy.optimised={agents: {opens_hour: 8, closes_hour: 21}, technicians: {}}",
            "horizon.days=42",
        ],
    )
    outlook = sim.outlook(scenario)
    decided = {
        **plan_agents(scenario, outlook, no_progress)[0],
        **plan_technicians(scenario, outlook, no_progress)[0],
    }
    plan = optimize.plan(scenario, decisions=Decisions(format=1, **decided))
    run = sim.simulate(scenario, plan, seed=1, replication=0)
    assert run.kpis["answer_level"] > 0.6
    assert len(run.labels.service.technicians) == len(decided["technicians"])
