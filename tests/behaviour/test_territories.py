"""Whose customers are whose: the nearest open station's, or as the policy says; and how many live within the radius."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
import pytest

from scenarios import Scenario, TerritoryRow, columns_of
from sim import RunResult
from tests.field_worlds import FAR, busy_world, requests_of
from tests.service_worlds import STATION, STORE, run

DAYS = 90
RADIUS_KM = 6.0
SPREAD_KM = 8.0


def with_territory(scenario: Scenario, station: str) -> Scenario:
    table = columns_of(TerritoryRow, {"store_id": [STORE], "station_id": [station]})
    service = scenario.policy.service.model_copy(update={"territories": table, "radius_km": RADIUS_KM})
    policy = scenario.policy.model_copy(update={"service": service})
    return scenario.model_copy(update={"policy": policy}).with_provenance(scenario.provenance)


@pytest.fixture(scope="module")
def near() -> RunResult:
    return run(with_territory(busy_world(DAYS), STATION))


@pytest.fixture(scope="module")
def far() -> RunResult:
    return run(with_territory(busy_world(DAYS), FAR))


def test_customers_go_to_the_station_that_the_policy_names(near: RunResult, far: RunResult) -> None:
    nearest = requests_of(run(busy_world(DAYS)))["station"]
    assert set(np.unique(nearest)) == {0, 1}
    assert set(np.unique(requests_of(near)["station"])) == {0}
    assert set(np.unique(requests_of(far)["station"])) == {1}


def test_the_same_customers_have_the_same_failures_wherever_they_belong(
    near: RunResult, far: RunResult
) -> None:
    for column in ("reported_second", "mode", "urgency"):
        one, other = (np.sort(requests_of(result)[column][:50]) for result in (near, far))
        assert (one == other).all()


def test_coverage_is_the_share_that_lives_within_the_radius(near: RunResult) -> None:
    """Distances from the store, where the station stands, are exponential."""
    share, reports = near.kpis["covered_share"], len(requests_of(near)["station"])
    truth = 1.0 - exp(-RADIUS_KM / SPREAD_KM)
    assert abs(share - truth) < 3.3 * sqrt(truth * (1.0 - truth) / reports)


def test_who_is_sent_from_further_off_drives_more_and_covers_fewer(near: RunResult, far: RunResult) -> None:
    assert far.kpis["covered_share"] < near.kpis["covered_share"]
    assert (requests_of(far)["station_metres"] >= 0).all()
    assert requests_of(far)["station_metres"].mean() > requests_of(near)["station_metres"].mean()
