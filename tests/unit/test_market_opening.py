"""Opening hours, the spread of demand over the day, and closures."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.axes import build_axes
from sim.market.calendar import Window
from sim.market.opening import hour_weights, open_days, opening_hours
from tests.factory import STORES, tiny_scenario

EVEN = (1.0,) * 24


def stores_with(hours: list[tuple[float, float]]) -> list[dict[str, Any]]:
    return [
        {"store_id": f"S{row}", "opens_hour": opens, "closes_hour": closes}
        for row, (opens, closes) in enumerate(hours)
    ]


def test_hours_count_by_the_part_of_them_that_is_open() -> None:
    weights = hour_weights((0.0,) * 8 + (4.0,) * 16, 8 * 3600 + 1800, 10 * 3600 + 900)
    assert weights[7:12].tolist() == [0, 2, 4, 1, 0]
    assert weights.sum() == 7


def test_stores_with_the_same_hours_share_a_table() -> None:
    scenario = tiny_scenario(network={"stores": stores_with([(8, 20), (9.5, 24), (8, 20)])})
    hours = opening_hours(scenario)
    assert hours.opens_second.tolist() == [28_800, 34_200, 28_800]
    assert hours.closes_second.tolist() == [72_000, 86_400, 72_000]
    assert len(hours.hour_cdf) == 2
    assert hours.profile_of_store[0] == hours.profile_of_store[2] != hours.profile_of_store[1]


def test_the_table_is_the_cumulative_profile_within_opening_hours() -> None:
    profile = [0.0] * 24
    profile[9], profile[10], profile[23] = 1.0, 3.0, 50.0
    scenario = tiny_scenario(network={"stores": stores_with([(9, 12)]), "hourly_profile": profile})
    table = opening_hours(scenario).hour_cdf[0]
    expected = [0] * 10 + [2**30] + [2**32] * 14
    assert table.tolist() == expected


def test_a_profile_without_weight_while_open_is_refused() -> None:
    profile = [1.0] * 9 + [0.0] * 15
    scenario = tiny_scenario(network={"stores": stores_with([(8, 20), (9, 20)]), "hourly_profile": profile})
    with pytest.raises(ValueError, match="store S1"):
        opening_hours(scenario)


def test_closures_by_weekday_date_store_and_region() -> None:
    closures = [
        {"weekdays": ["sun"], "stores": ["S1"]},
        {"dates": [date(2025, 1, 8)], "regions": ["south"]},
        {"dates": [date(2025, 1, 10)]},
        {"dates": [date(2025, 1, 11)], "regions": ["south"], "stores": ["S1"]},  # S1 is in the north
    ]
    scenario = tiny_scenario(network={"closures": closures, "stores": list(STORES)})
    is_open = open_days(scenario, build_axes(scenario), Window(date(2025, 1, 6), -1, 8))
    assert np.flatnonzero(~is_open[:, 0]).tolist() == [0, 5, 7]  # Sunday 5, Friday 10, Sunday 12 January
    assert np.flatnonzero(~is_open[:, 1]).tolist() == [3, 5]


def test_without_closures_stores_are_always_open() -> None:
    scenario = tiny_scenario()
    assert open_days(scenario, build_axes(scenario), Window(date(2025, 1, 6), 0, 400)).all()
