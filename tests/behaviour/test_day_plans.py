"""Plans of the day in a busy world: windows kept, less driving, urgent jobs fitted in, nobody counted on who is ill."""

from __future__ import annotations

from typing import Any

import pytest

from sim import RunResult
from sim.aftersales.requests import Outcome, Urgency
from sim.workforce.workforce import Technicians
from tests.factory import merged
from tests.field_worlds import (
    FAR,
    busy_world,
    crew,
    dispatching,
    metres_per_visit,
    promised_once,
    requests_of,
)
from tests.service_worlds import run

HOUR = 3_600
DAY = 86_400


@pytest.fixture(scope="module")
def busy() -> RunResult:
    return run(busy_world())


@pytest.fixture(scope="module")
def planned() -> RunResult:
    return run(busy_world(policy=dispatching(plan="day_plan")))


class TestDayPlan:
    def test_windows_are_kept(self, planned: RunResult) -> None:
        requests = requests_of(planned)
        once = promised_once(requests)
        assert (requests["first_departed_second"] >= requests["promised_from_second"])[once].all()

    def test_it_drives_less(self, busy: RunResult, planned: RunResult) -> None:
        assert metres_per_visit(planned) < metres_per_visit(busy)

    def test_nearly_all_come_in_their_window(self, planned: RunResult) -> None:
        assert planned.tables["visits"]["is_late"].mean() < 0.06

    def test_urgent_jobs_are_fitted_in(self, planned: RunResult) -> None:
        """Those that come while people are out are visited before the evening, as a rule."""
        requests = requests_of(planned)
        hour = requests["taken_second"] % DAY / HOUR
        come = (requests["urgency"] == Urgency.URGENT) & (hour > 8) & (hour < 13) & (requests["visits"] > 0)
        same_day = requests["first_departed_second"] // DAY == requests["taken_second"] // DAY
        assert come.sum() > 5
        assert same_day[come].mean() > 0.7

    def test_a_longer_frozen_time_keeps_urgent_jobs_waiting(self) -> None:
        """Paired: the same jobs, fitted in before nobody's plan for the next hours or at once."""

        def urgent_wait(minutes: float) -> float:
            people = {"groups": [crew("T", 1), crew("F", 1, FAR)]}
            terms = merged(
                dispatching(plan="day_plan", frozen_minutes=minutes), {"service": {"workforce": people}}
            )
            requests = requests_of(run(busy_world(days=140, policy=terms)))
            hour = requests["taken_second"] % DAY / HOUR
            chosen = (
                (requests["urgency"] == Urgency.URGENT) & (hour > 8) & (hour < 13) & (requests["visits"] > 0)
            )
            assert chosen.sum() > 20
            return float((requests["first_departed_second"] - requests["taken_second"])[chosen].mean())

        assert urgent_wait(0.0) < urgent_wait(600.0)

    def test_absent_technicians_have_no_plan(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Jobs promised for days on which somebody turns out to be ill are done by the others."""
        as_planned = Technicians.planned_duty

        def duty(self: Technicians, technician: int, day: int) -> Any:
            return None if technician == 0 and day % 2 else as_planned(self, technician, day)

        monkeypatch.setattr(Technicians, "duty", duty)
        result = run(busy_world(policy=dispatching(plan="day_plan")))
        visits = result.tables["visits"]
        assert not (visits["departed_second"][visits["technician"] == 0] // DAY % 2).any()
        assert (requests_of(result)["outcome"] == Outcome.DONE).mean() > 0.6
