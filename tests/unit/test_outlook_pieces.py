"""Pieces of the outlook by themselves: visits of a request, vans, territories, the calendar of reviews."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import sim
from scenarios import MarketShock
from sim.aftersales.facts import build_service_facts
from sim.axes import build_axes
from sim.outlook.demand import shock_moments
from sim.outlook.territories import Territories
from sim.outlook.vans import missing_shares
from sim.outlook.visits import Job, expected_visits
from sim.parts.facts import build_part_facts
from tests.field_worlds import busy_world
from tests.part_worlds import parts_world
from tests.service_worlds import mode, product

TROUBLE = Job(
    people=1,
    diagnosis=(15.0, 9.0),
    work=(30.0, 100.0),
    absent_share=0.2,
    absent_minutes=10.0,
    wrong_skill_share=0.15,
    declined_share=0.1,
    quote_minutes=4.0,
    missing_part_share=0.25,
    failed_share=0.3,
    settle_minutes=5.0,
)


def played(job: Job, requests: int) -> np.ndarray:
    """(requests, 3) visits, minutes and squares of the minutes of each visit, request by request."""
    random = np.random.default_rng(3)
    rows = np.zeros((requests, 3))
    for row in rows:
        is_diagnosed, knows, is_quoted, has_part, is_done = False, False, False, False, False
        while not is_done:
            minutes = 0.0
            if random.random() < job.absent_share:
                minutes = job.absent_minutes
            else:
                if not is_diagnosed:
                    minutes += random.normal(job.diagnosis[0], job.diagnosis[1] ** 0.5)
                    is_diagnosed = True
                    if random.random() < job.wrong_skill_share:
                        row += 1.0, minutes, minutes**2
                        continue
                if not is_quoted:
                    is_quoted = True
                    minutes += job.quote_minutes
                    is_done = random.random() < job.declined_share
                if not is_done:
                    if not knows and not has_part and random.random() < job.missing_part_share:
                        has_part = knows = True
                    else:
                        has_part = True
                        minutes += random.normal(job.work[0], job.work[1] ** 0.5)
                        if random.random() >= job.failed_share:
                            minutes += job.settle_minutes
                            is_done = True
            row += 1.0, minutes, minutes**2
    return rows


class TestVisits:
    def test_nothing_goes_wrong(self) -> None:
        moments = expected_visits(Job(people=1, diagnosis=(15.0, 0.0), work=(30.0, 0.0), settle_minutes=5.0))
        assert (moments.visits, moments.minutes, moments.squares) == (1.0, 50.0, 2_500.0)

    def test_everything_may_go_wrong(self) -> None:
        moments = expected_visits(TROUBLE)
        seen = played(TROUBLE, 40_000)
        error = seen.std(axis=0) / np.sqrt(len(seen))
        said = np.array([moments.visits, moments.minutes, moments.squares])
        # Work and settling of a visit are taken as independent: that costs the squares less than a hundredth.
        assert (np.abs(said - seen.mean(axis=0)) <= 4.0 * error + np.array([0.0, 0.0, 0.01]) * said).all()

    def test_two_people_spend_twice_the_minutes(self) -> None:
        one, two = expected_visits(TROUBLE), expected_visits(replace(TROUBLE, people=2))
        assert (two.visits, two.minutes, two.squares) == (one.visits, 2 * one.minutes, 4 * one.squares)


@pytest.mark.parametrize("deviation", [0.0, 0.3, 1.0])
def test_moments_of_shocks_cut_off_at_nothing(deviation: float) -> None:
    first, second = shock_moments(MarketShock(standard_deviation=deviation))
    draws = np.maximum(1.0 + deviation * stats.norm.ppf((np.arange(400_000) + 0.5) / 400_000), 0.0)
    assert first == pytest.approx(draws.mean(), rel=1e-4)
    assert second == pytest.approx(np.square(draws).mean(), rel=1e-3)


class TestTerritories:
    def test_shares_add_up_and_follow_the_nearest_station(self) -> None:
        scenario = busy_world()
        facts = build_service_facts(scenario, build_axes(scenario))
        assert facts is not None
        shares = Territories(facts, scenario.network.stores).of_region()
        np.testing.assert_allclose(shares.sum(axis=1), 1.0)
        # The store stands at the first station; the other one is 5.6 km away, customers 8 km in the mean.
        assert 0.5 < shares[0, 0] < 0.8

    def test_who_lives_too_far_is_never_visited(self) -> None:
        near = busy_world()
        far = busy_world(
            service={
                "stations": [
                    {"station_id": "ST", "longitude": 20.0},
                    {"station_id": "FAR", "longitude": 25.0},
                ]
            }
        )
        visits = [sim.outlook(scenario).field for scenario in (near, far)]
        assert visits[0] is not None and visits[1] is not None
        assert visits[0].visits_per_day.sum() > 5.0
        assert visits[1].visits_per_day.sum() == 0.0
        assert visits[1].travel_minutes.tolist() == [0.0, 0.0]


def test_vans_miss_what_a_poisson_day_takes_beyond_their_stock() -> None:
    scenario = parts_world(
        days=7,
        technicians=2,
        products=[product(per_year=1.0)],
        modes=[mode(part_probability=0.8), mode("hose")],
        parts=[{"part_id": "p", "mode_id": "pump"}, {"part_id": "q", "mode_id": "pump", "weight": 3.0}],
        policy={
            "rules": [
                {"echelon": "van", "part_ids": ["p"], "reorder_point_units": 1, "order_up_to_units": 3},
                {"echelon": "van", "part_ids": ["q"], "reorder_point_units": 0, "order_up_to_units": 1},
            ]
        },
    )
    axes = build_axes(scenario)
    facts = build_service_facts(scenario, axes)
    assert facts is not None and facts.service.parts is not None
    vans = build_part_facts(facts, axes, facts.service.parts).vans
    use = np.full((len(facts.station_ids), len(facts.part_ids)), 0.7)
    missing = missing_shares(facts, axes, use)
    for station, crew in enumerate(facts.technicians_of_station):
        for number, failure in enumerate(facts.service.failure_modes):
            expected = 0.0
            for part, share in zip(
                facts.parts_of_mode[number], facts.part_shares_of_mode[number], strict=True
            ):
                for van in crew:
                    low, high = int(vans.reorder_point[van, part]), int(vans.order_up_to[van, part])
                    day = stats.poisson(0.7 / len(crew))
                    units = np.arange(60)
                    unmet = [
                        float(np.maximum(units - stock, 0) @ day.pmf(units)) / day.mean()
                        for stock in range(min(low + 1, high), high + 1)
                    ]
                    expected += failure.part_probability * share * float(np.mean(unmet)) / len(crew)
            assert missing[station, number] == pytest.approx(expected, abs=1e-9)
    assert 0.0 < missing[0, 0] < 1.0
    assert missing[0, 1] == 0.0
