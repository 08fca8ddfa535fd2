"""True mean demand of coming days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.axes import build_axes
from sim.market import ExpectedDemand, build_market
from tests.factory import tiny_scenario

WEEK = {"weekday_factors": [1, 2, 3, 4, 5, 6, 7]}  # mean 4; day 0 is a Monday


def expected(**changes: object) -> ExpectedDemand:
    scenario = tiny_scenario(demand={"patterns": [WEEK], "mean_units_per_day": 4.0}, **changes)
    return ExpectedDemand.of(build_market(scenario, build_axes(scenario), 1, 0))


def test_units_are_base_rate_times_factors_of_the_days() -> None:
    units = expected().units(1, 4)  # Tuesday to Thursday: 2 + 3 + 4
    assert units == pytest.approx(np.array([[9.0] * 3, [18.0] * 3]))


def test_no_days_no_demand() -> None:
    assert (expected().units(5, 5) == 0).all()


def test_a_closed_day_brings_nothing() -> None:
    closures = [{"dates": [date(2025, 1, 8)], "stores": ["S2"]}]
    units = expected(network={"closures": closures}).units(1, 4)
    assert units == pytest.approx(np.array([[9.0] * 3, [12.0] * 3]))


def test_days_after_the_end_are_like_the_last_week() -> None:
    # 14 days: 6 + 7 on the last two, then three days at the mean of the last week, 4.
    assert expected().units(12, 17)[0] == pytest.approx([13.0 + 12.0] * 3)
    assert expected().units(14, 16)[0] == pytest.approx([8.0] * 3)
    assert expected().units(20, 22)[0] == pytest.approx([8.0] * 3)


def test_each_group_has_its_own_demand() -> None:
    promotion = {"scope": {"regions": ["south"]}, "start": date(2025, 1, 6), "days": 1, "discount": 0.5}
    scenario = tiny_scenario(
        policy={"promotions": [promotion]}, demand={"responses": [{"price_elasticity": -1.0}]}
    )
    demand = ExpectedDemand.of(build_market(scenario, build_axes(scenario), 1, 0))
    assert demand.units(0, 2) == pytest.approx(np.array([[8.0] * 3, [24.0] * 3]))
