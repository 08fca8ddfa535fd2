"""The contact centre at its extremes, and what each of its levers does to the same customers."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from sim import RunResult
from sim.aftersales.requests import CallKind, Outcome, Urgency
from sim.books.charges import Charge
from sim.records import Table
from tests.contact_worlds import JOB_SECONDS, Reports, call_centre, calls, waits
from tests.factory import merged
from tests.service_worlds import constant, exponential, mode, product, run, service_world

HOUR, DAY = 3_600, 86_400
BUSY = calls("busy", rate=1.0, minutes=4.0)
BY_DAY = {"start_hour": 8, "hours": 8, "break_minutes": 60}
MORNING = [8 * HOUR + 40 * number for number in range(600)]
"""A report every forty seconds."""

WASHERS: dict[str, Any] = {
    "service": {
        "products": [product()],
        "failure_modes": [
            mode("pump", skill_id="white", level=2, part_id="pump", remote_share=0.5),
            mode("door", skill_id="black", level=1),
            mode("drum", skill_id="white", level=4, people=2, weight=3.0),
        ],
        "parts": {"parts": [{"part_id": "pump", "purchase_cost": 80.0}]},
    }
}
MISJUDGED = {"misjudged_work_share": 0.3, "misjudged_urgency_share": 0.2}


def centre_of(agents: int = 20, **centre: Any) -> Any:
    """Washers that fail, and agents by day."""
    return call_centre([], agents, 2, shift=BY_DAY, **merged(WASHERS, {"centre": centre}))


def of_kind(table: Table, *kinds: CallKind) -> np.ndarray:
    return np.isin(table["kind"], [int(kind) for kind in kinds])


def charged(result: RunResult, reason: Charge) -> tuple[int, int]:
    """Quantity and amount of all charges of a reason."""
    charges = result.tables["charges"]
    mine = charges["reason"] == reason
    return int(charges["quantity"][mine].sum()), int(charges["amount_minor"][mine].sum())


class TestPatience:
    def test_nobody_who_is_patient_for_ever_gives_up(self) -> None:
        table = run(call_centre([BUSY], 3, 2)).tables["calls"]
        assert not table["is_abandoned"].any()
        assert (table["answered_second"] < 0).sum() > 100  # the queue is long, and they are still in it

    def test_without_agents_whoever_loses_patience_gives_up(self) -> None:
        impatient = calls("impatient", 0.5, 4.0, patience=3.0)
        table = run(call_centre([BUSY, impatient], 0, 2)).tables["calls"]
        hurried = table["stream"] == 1
        assert (table["answered_second"] < 0).all()
        waits_on = table["ended_second"] < 0
        assert (waits_on == ~table["is_abandoned"].astype(bool)).all()
        assert waits_on[~hurried].all()
        assert table["arrived_second"][hurried & waits_on].min() > 2 * DAY - HOUR
        assert waits(table).mean() == pytest.approx(180, rel=0.1)

    def test_the_patient_segment_waits_longer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        centre = {"patience_minutes": exponential(3)}
        segments = [{"id": "usual"}, {"id": "patient", "patience_factor": 2.0}]
        spent = []
        for segment in (0, 1):
            scenario = call_centre([], 0, 2, centre=centre, service={"segments": segments})
            result = Reports(MORNING, {"segment": segment}).run(scenario, monkeypatch)
            spent.append(waits(result.tables["calls"]))
        assert np.abs(spent[1] - 2 * spent[0]).max() <= 1  # rounded to whole seconds

    def test_the_web_is_patient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        centre = {"patience_minutes": constant(1), "channels": [{"kind": "phone"}, {"kind": "web"}]}
        result = Reports(MORNING).run(call_centre([], 0, 2, centre=centre), monkeypatch)
        table = result.tables["calls"]
        web = table["channel"] == 1
        assert 200 < web.sum() < 400
        assert (table["is_abandoned"] == ~web).all()


class TestRedial:
    CENTRE: ClassVar[dict[str, Any]] = {
        "patience_minutes": constant(2),
        "redial_share": 0.5,
        "redial_minutes": constant(30),
    }

    def test_tries_are_counted_until_the_customer_gives_up_for_good(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reports = Reports(MORNING)
        result = reports.run(call_centre([], 0, 2, centre=self.CENTRE), monkeypatch)
        requests, table = result.tables["requests"], result.tables["calls"]
        assert (requests["outcome"] == Outcome.GAVE_UP).all()
        assert requests["tries"].mean() == pytest.approx(2.0, rel=0.1)  # geometric
        attempts = np.bincount(table["request"], minlength=len(requests))
        assert (attempts[requests["request"]] == requests["tries"]).all()
        assert of_kind(table, CallKind.REPORT).sum() == len(requests)
        assert of_kind(table, CallKind.REPORT, CallKind.REDIAL).all()
        lasted = requests["closed_second"] - requests["reported_second"]
        assert (lasted == 120 + (requests["tries"] - 1) * (30 * 60 + 120)).all()
        assert reports.visited == []

    def test_who_tries_again_gets_through_in_the_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seconds = [7 * HOUR + 1_800 + number for number in range(50)]
        centre = {**self.CENTRE, "redial_share": 1.0, "channels": [{"kind": "phone", "minutes": constant(1)}]}
        result = Reports(seconds).run(call_centre([], 60, 1, shift=BY_DAY, centre=centre), monkeypatch)
        assert (result.tables["requests"]["tries"] == 2).all()
        assert (result.tables["requests"]["answered_second"] >= 8 * HOUR).all()


class TestShifts:
    def test_whoever_calls_at_night_is_answered_in_the_morning(self) -> None:
        table = run(call_centre([calls("night", 0.05, 1.0)], 5, 3, shift=BY_DAY)).tables["calls"]
        early = table["arrived_second"] < 8 * HOUR
        assert early.sum() > 10
        assert (table["answered_second"][early] >= 8 * HOUR).all()
        assert table["answered_second"][early].min() == 8 * HOUR
        hour = table["answered_second"] % DAY / HOUR
        answered = table["answered_second"] >= 0
        at_work = (hour >= 8) & (hour < 16) & ~((hour >= 11.5) & (hour < 12.5))
        assert at_work[answered].all()

    def test_work_is_done_in_paid_time(self) -> None:
        """Seconds of every agent's calls lie within shift and overtime, and do not overlap."""
        costs = {"service": {"agent_per_hour": 36.0, "per_contact": 0.5}, "labour": {"overtime_factor": 2.0}}
        result = run(call_centre([BUSY], 3, 5, shift=BY_DAY, costs=costs))
        table, shifts = result.tables["calls"], result.tables["agent_shifts"]
        over = (table["answered_second"] >= 0) & (table["ended_second"] >= 0)
        busy = int((table["ended_second"] - table["answered_second"])[over].sum())
        shift_seconds = int((shifts["people"] * (shifts["ends_second"] - shifts["starts_second"])).sum())
        overtime = charged(result, Charge.AGENT_OVERTIME)
        late = table["ended_second"] % DAY - np.maximum(table["answered_second"] % DAY, 16 * HOUR)
        assert overtime == (int(late[over].clip(0).sum()), 2 * int(late[over].clip(0).sum()))
        assert overtime[0] > 0
        assert charged(result, Charge.AGENT_SHIFT) == (shift_seconds, shift_seconds)
        assert shift_seconds == 5 * 3 * 8 * HOUR
        assert 0.8 * shift_seconds < busy <= shift_seconds + overtime[0]
        for agent in range(3):
            mine = over & (table["agent"] == agent)
            order = np.argsort(table["answered_second"][mine])
            began, ended = (table[name][mine][order] for name in ("answered_second", "ended_second"))
            assert (began[1:] >= ended[:-1]).all()
        answered = int((table["answered_second"] >= 0).sum())
        assert charged(result, Charge.CONTACTS) == (answered, 50 * answered)

    def test_weekdays(self) -> None:
        shift = {**BY_DAY, "weekdays": ["tue"]}  # the first day is a Monday
        result = run(call_centre([BUSY], 3, 7, shift=shift))
        assert result.tables["agent_shifts"]["starts_second"].tolist() == [DAY + 8 * HOUR]


class TestOrder:
    CHANNELS: ClassVar[dict[str, Any]] = {
        "channels": [{"kind": "phone", "minutes": constant(3)}, {"kind": "web", "minutes": constant(3)}]
    }

    def mean_waits(self, patch: pytest.MonkeyPatch, *, urgent_first: bool) -> np.ndarray:
        """Mean wait by channel of reports that come faster than two agents work."""
        contacts = {"urgent_first": urgent_first, "follow_up_share": 1.0}
        scenario = call_centre([], 2, 2, centre=self.CHANNELS, contacts=contacts)
        table = Reports(MORNING).run(scenario, patch).tables["calls"]
        reports = of_kind(table, CallKind.REPORT)
        wait = (table["answered_second"] - table["arrived_second"])[reports]
        return np.array([wait[table["channel"][reports] == channel].mean() for channel in (0, 1)])

    def test_urgent_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        alike = self.mean_waits(monkeypatch, urgent_first=False)
        ranked = self.mean_waits(monkeypatch, urgent_first=True)
        assert alike[0] == pytest.approx(alike[1], rel=0.1)
        assert ranked[0] < 0.1 * ranked[1]
        assert ranked[0] < alike[0]

    def test_first_come_first_served(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scenario = call_centre([], 2, 2, centre=self.CHANNELS)
        table = Reports(MORNING).run(scenario, monkeypatch).tables["calls"]
        order = np.argsort(table["arrived_second"], kind="stable")
        assert (np.diff(table["answered_second"][order]) >= 0).all()


class TestTriage:
    def test_without_error_everything_is_judged_as_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        result = Reports(MORNING).run(centre_of(), monkeypatch)
        requests = result.tables["requests"]
        assert (requests["judged_mode"] == requests["mode"]).all()
        assert (requests["judged_urgency"] == requests["urgency"]).all()

    def test_errors_have_their_share_and_the_work_is_that_of_the_error(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reports = Reports([8 * HOUR + 4 * number for number in range(5_000)], {"true_skill": 1, "skill": 1})
        requests = reports.run(centre_of(500, **MISJUDGED), monkeypatch).tables["requests"]
        wrong = requests["judged_mode"] != 0
        assert wrong.mean() == pytest.approx(0.3, abs=0.02)
        assert (requests["judged_mode"][wrong] == 2).mean() == pytest.approx(0.75, abs=0.04)  # weights 3 : 1
        taken_for = {0: (1, 1, 1, -1), 1: (0, 1, 1, -1), 2: (1, 4, 2, -1)}
        for request in reports.requests:
            assert (request.skill, request.level, request.people, request.part) == taken_for[
                request.judged_mode
            ]
            assert request.true_skill == 1
        assert (requests["judged_urgency"] == Urgency.URGENT).mean() == pytest.approx(0.1, abs=0.015)
        assert (requests["judged_urgency"] == Urgency.GENERAL).mean() == pytest.approx(0.1, abs=0.015)

    @pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.GENERAL])
    def test_extremes_are_taken_for_the_middle(
        self, urgency: Urgency, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reports = Reports(MORNING, {"urgency": int(urgency)})
        requests = reports.run(centre_of(misjudged_urgency_share=1.0), monkeypatch).tables["requests"]
        assert (requests["judged_urgency"] == Urgency.IMPORTANT).all()


class TestRemoteDiagnosis:
    """Off and on for the same customers."""

    CENTRE: ClassVar[dict[str, Any]] = {**MISJUDGED, "remote_success_share": 0.8, "remote_part_share": 0.5}

    def both(self, patch: pytest.MonkeyPatch) -> list[tuple[Reports, RunResult]]:
        ran = []
        for share in (0.0, 0.9):
            reports = Reports([8 * HOUR + 5 * number for number in range(4_000)], {"remote_share": 0.5})
            scenario = call_centre(
                [], 500, 1, shift=BY_DAY, centre=self.CENTRE, contacts={"remote_share": share}, **WASHERS
            )
            ran.append((reports, reports.run(scenario, patch)))
        return ran

    def test_it_saves_visits_and_sends_the_right_people(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (off, without), (on, remote) = self.both(monkeypatch)
        assert len(off.visited) == 4_000
        assert set(on.visited) < set(off.visited)
        assert len(on.visited) / 4_000 == pytest.approx(1 - 0.9 * 0.5 * 0.8, abs=0.025)
        resolved = remote.tables["requests"]
        afar = resolved["outcome"] == Outcome.RESOLVED_REMOTELY
        assert sorted(resolved["request"][afar]) == sorted(set(off.visited) - set(on.visited))
        assert (resolved["completed_second"][afar] == resolved["taken_second"][afar]).all()
        assert (resolved["response_due_second"][afar] > 0).all()
        assert set(resolved["request"][afar]) <= set(on.in_use)
        wrong = [
            sum(request.judged_mode != 0 for request in reports.requests if request.number in on.visited)
            for reports in (off, on)
        ]
        assert wrong[1] / wrong[0] == pytest.approx(1 - 0.5 * (0.9 - 0.36) / (1 - 0.36), abs=0.1)
        assert without.tables["calls"]["answered_second"].min() >= 8 * HOUR

    def test_it_takes_agents_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (_, without), (_, remote) = self.both(monkeypatch)
        spent = [
            (result.tables["calls"]["ended_second"] - result.tables["calls"]["answered_second"]).sum()
            for result in (without, remote)
        ]
        assert (spent[1] - spent[0]) / 4_000 / 60 == pytest.approx(0.9 * 12, rel=0.05)


class TestCallsOut:
    @pytest.mark.parametrize("agents", [0, 20])
    def test_informing(self, agents: int, monkeypatch: pytest.MonkeyPatch) -> None:
        centre = {"follow_up_minutes": constant(3), "channels": [{"kind": "phone", "minutes": constant(2)}]}
        contacts = {"inform_when_late": True, "follow_up_share": 0.4}
        scenario = call_centre([], agents, 2, shift=BY_DAY, centre=centre, contacts=contacts)
        if not agents:  # nobody there, so modelled without a contact centre at all
            scenario = service_world(days=2, technicians=0, policy={"service": {"contacts": contacts}})
        result = Reports(MORNING, is_late=True).run(scenario, monkeypatch)
        requests, table = result.tables["requests"], result.tables["calls"]
        assert sorted(requests["request"]) == list(range(len(MORNING)))
        assert (requests["informed"] == 1).all()
        followed = requests["followed_up_second"] >= 0
        assert followed.mean() == pytest.approx(0.4, abs=0.06)
        contacts_made = len(requests) * 2 + int(followed.sum())
        assert charged(result, Charge.CONTACTS)[0] == contacts_made
        if agents:
            assert of_kind(table, CallKind.INFORM).sum() == len(requests)
            assert of_kind(table, CallKind.FOLLOW_UP).sum() == followed.sum()
            assert (requests["followed_up_second"] >= requests["closed_second"] + 180)[followed].all()
        else:
            assert len(table) == 0
            assert (requests["followed_up_second"] == requests["closed_second"])[followed].all()

    def test_nobody_is_informed_unless_the_policy_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        result = Reports(MORNING, is_late=True).run(centre_of(), monkeypatch)
        assert not result.tables["requests"]["informed"].any()
        assert not of_kind(result.tables["calls"], CallKind.INFORM, CallKind.FOLLOW_UP).any()

    def test_a_request_whose_follow_up_never_comes_is_written_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Jobs end after the agents have left for good."""
        late = [16 * HOUR - 30 - number for number in range(20)]
        scenario = call_centre(
            [], 40, 1, shift=BY_DAY, contacts={"follow_up_share": 1.0}, centre={"channels": [FAST]}
        )
        result = Reports(late).run(scenario, monkeypatch)
        requests = result.tables["requests"]
        assert sorted(requests["request"]) == list(range(20))
        assert (requests["closed_second"] >= 16 * HOUR - 60 + JOB_SECONDS).all()
        assert (requests["followed_up_second"] < 0).all()
        asked = of_kind(result.tables["calls"], CallKind.FOLLOW_UP)
        assert asked.sum() == 20
        assert (result.tables["calls"]["ended_second"][asked] < 0).all()


FAST = {"kind": "phone", "minutes": constant(0.1)}


class TestEdits:
    """What somebody else does changes nobody's draws."""

    def test_another_stream(self) -> None:
        alone = run(call_centre([BUSY], 9, 3)).tables["calls"]
        both = run(call_centre([calls("other", 0.5, 2.0), BUSY], 9, 3)).tables["calls"]
        first, second = work_of(alone, 0), work_of(both, 1)
        assert len(first) > 4_000
        assert set(first) == set(second)

    def test_reports(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither a stream nor more reports change what becomes of a report."""
        judged = []
        for streams, extra in (([], 0), ([BUSY], 0), ([], 200)):
            reports = Reports(MORNING + [9 * HOUR + 7 * number for number in range(extra)])
            scenario = call_centre(
                streams,
                1_200,
                1,
                shift=BY_DAY,
                **merged(WASHERS, {"centre": {**MISJUDGED, "patience_minutes": constant(9)}}),
            )
            table = reports.run(scenario, monkeypatch).tables["requests"]
            order = np.argsort(table["request"])[: len(MORNING)]
            names = ("answered_second", "taken_second", "judged_mode", "judged_urgency", "channel")
            judged.append(np.stack([table[name][order] for name in names]))
        assert (judged[0] == judged[1]).all()
        assert (judged[0] == judged[2]).all()


def work_of(table: Table, stream: int) -> list[tuple[int, int]]:
    """When each call of a stream came, and how long it took, but for those of the last hours, which may not be over."""
    mine = (table["stream"] == stream) & (table["arrived_second"] < 3 * DAY - 3 * HOUR)
    arrived, answered, ended = (
        table[name][mine] for name in ("arrived_second", "answered_second", "ended_second")
    )
    return list(zip(arrived.tolist(), (ended - answered).tolist(), strict=True))
