"""Launch, delisting and clearance of SKUs."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from scenarios.language.scenario import Scenario
from sim.axes import build_axes
from sim.market.calendar import Window
from sim.market.lifecycle import apply_launch_ramps, launch_share, orderable_days, sale_states
from tests.factory import SKUS, tiny_scenario

START = date(2025, 1, 6)


def scenario_with(sku: dict[str, Any], **changes: Any) -> Scenario:
    return tiny_scenario(assortment={"skus": [{**SKUS[0], **sku}, *SKUS[1:]]}, **changes)


def test_a_sku_without_dates_is_always_on_sale_and_orderable() -> None:
    scenario = tiny_scenario()
    axes, window = build_axes(scenario), Window(START, -5, 20)
    assert (sale_states(scenario, axes, window) == 1).all()
    assert orderable_days(scenario, axes, window).all()


def test_launch_starts_sale_and_orders_two_weeks_earlier() -> None:
    scenario = scenario_with({"launch_date": date(2025, 1, 26)})  # day 20
    axes, window = build_axes(scenario), Window(START, 0, 30)
    states = sale_states(scenario, axes, window)
    assert states[:, 0].tolist() == [0] * 20 + [1] * 10
    assert (states[:, 1:] == 1).all()
    assert orderable_days(scenario, axes, window)[:, 0].tolist() == [False] * 6 + [True] * 24


@pytest.mark.parametrize(
    ("delisting", "clearance_days"), [(None, 28), ({"discount": 0.5, "clearance_days": 3}, 3)]
)
def test_delisting_ends_orders_and_opens_the_clearance(delisting: Any, clearance_days: int) -> None:
    scenario = scenario_with({"delist_date": date(2025, 1, 16)}, policy={"delisting": delisting})  # day 10
    axes, window = build_axes(scenario), Window(START, 0, 50)
    states = sale_states(scenario, axes, window)[:, 0].tolist()
    assert states == [1] * 10 + [2] * clearance_days + [0] * (40 - clearance_days)
    assert orderable_days(scenario, axes, window)[:, 0].tolist() == [True] * 10 + [False] * 40


def test_dates_before_the_window_still_count() -> None:
    scenario = scenario_with({"launch_date": date(2024, 12, 1), "delist_date": date(2025, 1, 1)})
    axes = build_axes(scenario)
    states = sale_states(scenario, axes, Window(START, -10, 40))[:, 0].tolist()
    assert states == [1] * 5 + [2] * 28 + [0] * 7


@pytest.mark.parametrize("imitation", [0.0, 3.0, 20.0])
def test_launch_curve_solves_the_bass_equation(imitation: float) -> None:
    # dF/dt = (p + q F)(1 - F), with q = k p; so dF/dt / ((1 + k F)(1 - F)) is the constant p.
    days = 400
    saturation = 0.99
    adopted = saturation * np.array([launch_share(day, days, imitation) for day in range(days)])
    middle = (adopted[1:] + adopted[:-1]) / 2
    innovation = np.diff(adopted) / ((1 + imitation * middle) * (1 - middle))
    assert innovation == pytest.approx(innovation.mean(), rel=2e-3)


def test_launch_curve_without_imitation_is_exponential() -> None:
    share = launch_share(9, 40, 0.0)
    assert share == pytest.approx((1 - 0.01 ** (9.5 / 40)) / 0.99, rel=1e-14)


@pytest.mark.parametrize("imitation", [0.0, 3.0, 50.0])
def test_launch_curve_rises_from_nothing_to_exactly_one(imitation: float) -> None:
    shares = [launch_share(day, 56, imitation) for day in range(80)]
    assert 0 < shares[0] < 0.15
    assert all(later > earlier for earlier, later in pairwise(shares[:56]))
    assert shares[55] > 0.98
    assert shares[56:] == [1.0] * 24


def test_ramp_is_applied_from_the_launch_of_each_sku() -> None:
    responses = [{"launch_days": 4, "launch_imitation": 0.0, "classes": ["FOOD"]}]
    scenario = scenario_with({"launch_date": date(2025, 1, 8)}, demand={"responses": responses})
    factors = np.full((8, 3), 2.0)
    apply_launch_ramps(factors, scenario, build_axes(scenario), Window(START, 0, 8))
    ramp = [2 * launch_share(age, 4, 0.0) for age in range(4)]
    assert factors[:, 0].tolist() == [2, 2, *ramp, 2, 2]
    assert (factors[:, 1:] == 2).all()


def test_a_launch_before_the_window_is_seen_part_way() -> None:
    scenario = scenario_with({"launch_date": date(2025, 1, 3)}, demand={"responses": [{"launch_days": 5}]})
    factors = np.ones((4, 3))
    apply_launch_ramps(factors, scenario, build_axes(scenario), Window(START, 0, 4))
    assert factors[:, 0].tolist() == [launch_share(3, 5, 3.0), launch_share(4, 5, 3.0), 1.0, 1.0]
