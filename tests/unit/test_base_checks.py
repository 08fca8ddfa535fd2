"""Warnings about appliances and what follows from them; errors stand in `broken_service_base`."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import check
from tests.service_worlds import STATION, installed, job_stream, mode, product, service_world

GOOD: dict[str, Any] = {
    "days": 10,
    "products": [product(per_year=1.0)],
    "modes": [mode()],
    "base": [installed(10)],
}


def found(**changes: Any) -> list[tuple[str, str]]:
    """Codes and paths of what is said about a good world with some changes."""
    scenario = service_world(**{**GOOD, **changes})
    return [(problem.code, problem.path) for problem in check(scenario) if "service" in problem.path]


def policy(**values: Any) -> dict[str, Any]:
    return {"policy": {"service": values}}


def test_the_good_world_is_good() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"base": []}, "W602", "service.products[0]"),
        ({"products": [product()]}, "W602", "service.failure_modes[0]"),
        ({"service": {"stations": []}, "technicians": 0}, "W601", "service.stations"),
        (policy(maintenance=True), "W602", "policy.service.maintenance"),
        (policy(goodwill_months=6), "W602", "policy.service.goodwill_months"),
        (policy(goodwill_share=0.5), "W602", "policy.service.goodwill_share"),
        (
            {
                "streams": [job_stream("far", 60.0, 10.0, station_id="other")],
                "service": {"stations": [{"station_id": STATION}, {"station_id": "other"}]},
                **policy(open_stations=[STATION]),
            },
            "W602",
            "service.job_streams[0]",
        ),
    ],
)
def test_what_leads_nowhere_is_told(changes: dict[str, Any], code: str, path: str) -> None:
    assert (code, path) in found(**changes)


def test_stations_with_nothing_to_do_are_told() -> None:
    assert ("W602", "service.stations") in found(products=[], modes=[], base=[])


def test_a_contract_that_nobody_takes_is_told() -> None:
    offered = [product(per_year=1.0, maintenance={})]
    assert ("W602", "service.products[0].maintenance.contract_share") in found(
        products=offered, **policy(maintenance=True)
    )
