"""Base rates, listing, replayed demand and dispersion."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from scenarios.language.scenario import Scenario
from sim.axes import build_axes
from sim.market.calendar import Window
from sim.market.market import build_market
from sim.market.rates import base_rates, known_units, listed_cells, variance_to_mean
from tests.factory import SKUS, STORES, tiny_scenario


def run_of(scenario: Scenario) -> Window:
    return Window(scenario.horizon.start_date, 0, scenario.horizon.days)


def rates_of(scenario: Scenario) -> np.ndarray:
    axes = build_axes(scenario)
    return base_rates(
        scenario, axes, listed_cells(scenario, axes), known_units(scenario, axes, run_of(scenario))
    )


def skus_with(**columns: list[Any]) -> list[dict[str, Any]]:
    return [
        {**sku, **{name: values[row] for name, values in columns.items()}} for row, sku in enumerate(SKUS)
    ]


def test_rate_is_mean_times_size_times_popularity() -> None:
    scenario = tiny_scenario(assortment={"skus": skus_with(popularity=[0.5, 1.0, 3.0])})
    assert rates_of(scenario).tolist() == [[2, 4, 12], [4, 8, 24]]


def test_only_stores_of_a_certain_size_list_a_sku() -> None:
    scenario = tiny_scenario(assortment={"skus": skus_with(minimum_store_size=[0.0, 2.0, 2.1])})
    assert listed_cells(scenario, build_axes(scenario)).tolist() == [
        [True, False, False],
        [True, True, False],
    ]
    assert rates_of(scenario).tolist() == [[4, 0, 0], [8, 8, 0]]


def test_a_listing_table_says_who_lists_what_whatever_the_size() -> None:
    listings = [{"store_id": "S1", "sku_id": "C"}, {"store_id": "S2", "sku_id": "A"}]
    scenario = tiny_scenario(
        assortment={"skus": skus_with(minimum_store_size=[9.0] * 3), "listings": listings}
    )
    assert listed_cells(scenario, build_axes(scenario)).tolist() == [
        [False, False, True],
        [True, False, False],
    ]


def test_a_rate_table_replaces_the_spread_and_respects_listing() -> None:
    rates = [
        {"store_id": "S2", "sku_id": "C", "units_per_day": 0.25},
        {"store_id": "S1", "sku_id": "A", "units_per_day": 7.0},
        {"store_id": "S1", "sku_id": "B", "units_per_day": 9.0},
    ]
    scenario = tiny_scenario(
        demand={"mean_units_per_day": None, "rates": rates},
        assortment={"listings": [{"store_id": s, "sku_id": k} for s in ("S1", "S2") for k in ("A", "C")]},
    )
    assert rates_of(scenario).tolist() == [[7, 0, 0], [0, 0, 0.25]]


def test_known_demand_is_laid_out_by_day_and_gives_the_mean() -> None:
    known = [
        {"store_id": "S2", "sku_id": "B", "date": date(2025, 1, 6), "units": 5},
        {"store_id": "S2", "sku_id": "B", "date": date(2025, 1, 19), "units": 2},
        {"store_id": "S1", "sku_id": "C", "date": date(2025, 1, 20), "units": 100},  # day 14: after the end
        {"store_id": "S1", "sku_id": "A", "date": date(2025, 1, 4), "units": 9},  # two days before the start
    ]
    scenario = tiny_scenario(demand={"mean_units_per_day": None, "known": known})
    units = known_units(scenario, build_axes(scenario), run_of(scenario))
    assert units.shape == (14, 2, 3)
    assert units[0, 1, 1] == 5
    assert units[13, 1, 1] == 2
    assert units.sum() == 7
    assert rates_of(scenario).tolist() == [[0, 0, 0], [0, 0.5, 0]]
    past = build_market(scenario, build_axes(scenario), 1, 0).known_past
    assert past.shape == (28, 2, 3)
    assert past[-2, 0, 0] == past.sum() == 9


def test_drawn_demand_has_nothing_to_replay() -> None:
    scenario = tiny_scenario()
    assert known_units(scenario, build_axes(scenario), run_of(scenario)).shape == (0, 0, 0)


@pytest.mark.parametrize(
    ("process", "expected"),
    [
        ({"kind": "poisson"}, [1.0, 4.0, 1.0]),
        ({"kind": "negative_binomial", "variance_to_mean": 2.5}, [2.5, 4.0, 2.5]),
        ({"kind": "constant"}, [0.0, 0.0, 0.0]),
    ],
)
def test_dispersion_of_a_sku_beats_that_of_the_process(
    process: dict[str, Any], expected: list[float]
) -> None:
    skus = skus_with(variance_to_mean=[0.0, 4.0, 0.0])
    scenario = tiny_scenario(assortment={"skus": skus}, demand={"process": process})
    assert variance_to_mean(scenario, build_axes(scenario)).tolist() == expected


def test_an_added_store_or_sku_changes_no_other_rate() -> None:
    store = {"store_id": "S0", "region": "north", "size": 17.3}
    sku = {"sku_id": "A0", "class_id": "FOOD", "category": "tea", "price": 1.0, "purchase_cost": 0.1}
    before = rates_of(tiny_scenario(demand={"mean_units_per_day": 0.37}))
    edited = tiny_scenario(
        demand={"mean_units_per_day": 0.37},
        network={"stores": [store, *STORES]},
        assortment={"skus": [{**sku, "popularity": 5.0}, *SKUS]},
    )
    assert rates_of(edited)[1:, 1:].tobytes() == before.tobytes()
