"""Levers of the contact centre in a whole service: the same failures, with a lever off and on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim.aftersales.requests import CallKind, Cause, Outcome
from tests.contact_worlds import AROUND_THE_CLOCK
from tests.factory import merged
from tests.service_worlds import STATION, constant, exponential, installed, mode, product, run, service_world

MODES = [mode("pump", remote_share=0.4, skill_id="white", weight=2.0), mode("door", skill_id="black")]
CENTRE = {"channels": [{"kind": "phone", "minutes": exponential(4)}], "follow_up_minutes": constant(3)}
GROUPS = [
    {"id": skill, "station_id": STATION, "count": 3, "shift_id": "always", "skills": {skill: 3}}
    for skill in ("white", "black")
]


def service(centre: dict[str, Any], contacts: dict[str, Any], **policy: Any) -> Scenario:
    """A thousand washers that fail six times a year each, and technicians of whom nobody can do everything.

    Args:
        centre: further fields of `service.contact_centre`.
        contacts: further fields of `policy.service.contacts`.
        policy: further fields of `policy.service`.
    """
    agents = [{"people": 5, **AROUND_THE_CLOCK}]
    plain = {"contacts": {"agents": agents, **contacts}, "workforce": {"groups": GROUPS}}
    return service_world(
        days=40,
        shift={"start_hour": 8, "hours": 9},
        products=[product(per_year=6.0)],
        modes=MODES,
        base=[installed(1_000)],
        service={"contact_centre": {**CENTRE, **centre}},
        policy={"service": merged(plain, policy)},
    )


@pytest.mark.parametrize("replication", range(3))
def test_remote_diagnosis_saves_visits(replication: int) -> None:
    without, with_it = (
        run(service({}, {"remote_share": share}), replication=replication) for share in (0.0, 0.9)
    )
    requests = with_it.tables["requests"]
    taken = requests["taken_second"] >= 0
    afar = requests["outcome"] == Outcome.RESOLVED_REMOTELY
    assert afar[taken].mean() == pytest.approx(0.9 * 0.8 * 0.4 * 2 / 3, abs=0.06)
    assert not np.isin(requests["request"][afar], with_it.tables["visits"]["request"]).any()
    assert 0.7 < len(with_it.tables["visits"]) / len(without.tables["visits"]) < 0.9
    assert (without.tables["requests"]["outcome"] != Outcome.RESOLVED_REMOTELY).all()


@pytest.mark.parametrize("replication", range(3))
def test_remote_diagnosis_sends_the_right_people(replication: int) -> None:
    """Errors of triage send people who lack the skill; what is told from afar puts most of them right."""
    failed = []
    for told in (0.0, 0.9):
        centre = {"misjudged_work_share": 0.4, "remote_success_share": 0.0, "remote_part_share": told}
        visits = run(service(centre, {"remote_share": 0.9}), replication=replication).tables["visits"]
        first = visits["visit"] == visits["visit"].min()
        failed.append((visits["cause"] == Cause.WRONG_SKILL)[first].mean())
    assert failed[0] == pytest.approx(0.4, abs=0.06)
    assert failed[1] == pytest.approx(0.4 * (1 - 0.81), abs=0.04)


def test_informing_tells_customers_whose_visit_is_late() -> None:
    """More is promised than can be kept: visits are late either way, and with the lever on customers hear of it."""
    promised = {
        "appointments": {"load_share": 2.0},
        "workforce": {"groups": [{**group, "count": 1} for group in GROUPS]},
    }
    spoken = []
    for informs in (False, True):
        result = run(service({}, {"inform_when_late": informs}, **promised))
        requests, calls = result.tables["requests"], result.tables["calls"]
        made = (calls["kind"] == CallKind.INFORM) & (calls["ended_second"] >= 0)
        assert (requests["exceptions"] > 0).sum() > 10
        assert requests["informed"].sum() <= made.sum()
        assert (requests["informed"] <= requests["exceptions"]).all()
        spoken.append(int(requests["informed"].sum()))
    assert spoken[0] == 0
    assert spoken[1] > 10


@pytest.mark.parametrize("kept", [0.0, 1.0])
def test_following_up(kept: float) -> None:
    """Customers are called after own repairs, once, after the job is closed."""
    result = run(service({}, {"follow_up_share": kept}))
    requests = result.tables["requests"]
    done = requests["outcome"] == Outcome.DONE
    followed = requests["followed_up_second"] >= 0
    assert not followed[~done].any()
    assert followed[done].mean() == pytest.approx(kept, abs=0.02)  # the last calls are still to come
    assert (requests["followed_up_second"] > requests["closed_second"])[followed].all()
