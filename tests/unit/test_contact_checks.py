"""Warnings about the contact centre; errors stand in `broken_service_contact`."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import check
from tests.factory import merged, tiny_scenario

AGENTS = {"people": 2, "start_hour": 8, "hours": 10}
STAFFED = {
    "service": {
        "contact_centre": {"patience_minutes": {"kind": "constant", "value": 3}},
        "products": [{"id": "washer"}],
        "failure_modes": [{"id": "pump", "product_id": "washer"}],
    },
    "policy": {"service": {"contacts": {"agents": [AGENTS]}}},
}
CALLS = {
    "id": "advice",
    "between_minutes": {"kind": "constant", "value": 10},
    "minutes": {"kind": "constant", "value": 9},
}


def centre(**values: Any) -> dict[str, Any]:
    return {"service": {"contact_centre": values}}


def contacts(**values: Any) -> dict[str, Any]:
    return {"policy": {"service": {"contacts": values}}}


def found(changes: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and paths of what is said about the staffed contact centre with some changes."""
    scenario = tiny_scenario(**merged(STAFFED, changes))
    return [(problem.code, problem.path) for problem in check(scenario) if "contact" in problem.path]


def test_the_staffed_centre_is_good() -> None:
    assert found({}) == []


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        (contacts(agents=[]), "W601", "policy.service.contacts.agents"),
        ({"service": {"contact_centre": None}}, "W602", "policy.service.contacts.agents"),
        (contacts(agents=[{**AGENTS, "dc_id": "DC"}]), "W602", "policy.service.contacts.agents[0].dc_id"),
        (contacts(remote_share=0.5), "W602", "policy.service.contacts.remote_share"),
        (
            centre(redial_share=0.5, patience_minutes=None),
            "W602",
            "service.contact_centre.redial_share",
        ),
        (centre(misjudged_work_share=0.1), "W602", "service.contact_centre.misjudged_work_share"),
        (centre(call_streams=[CALLS]), "W601", "service.contact_centre.call_streams"),
    ],
)
def test_a_suspicious_contact_centre(changes: dict[str, Any], code: str, path: str) -> None:
    assert found(changes) == [(code, path)]


def test_callers_who_hang_up_leave_a_steady_state() -> None:
    impatient = {**CALLS, "patience_minutes": {"kind": "constant", "value": 5}}
    assert found(centre(call_streams=[impatient])) == []


def test_remote_diagnosis_that_only_puts_errors_right_has_an_effect() -> None:
    modes = [{"id": name, "product_id": "washer"} for name in ("pump", "door")]
    changes = merged(centre(misjudged_work_share=0.1, remote_part_share=0.5), contacts(remote_share=0.5))
    assert found(merged(changes, {"service": {"failure_modes": modes}})) == []
