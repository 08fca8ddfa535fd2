"""Goods with a shelf life through the engine: newsvendor, first in first out, last in first out.

Conditions. Orders of the evening are on the shelf before the next customer (`lead_time_days` 0 or 1); what reaches the
end of its last day is thrown away before stock is counted and ordered. A life of m days is m selling days, the day of
receipt included, as in Nahmias (2011). Unmet demand is lost.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.books import Account
from sim.records import Day
from tests.theory.chains import Perishable, stationary_means
from tests.theory.closed_forms import expected_left, expected_short, poisson
from tests.theory.evidence import Observed, assert_covers, assert_proves
from tests.theory.worlds import BUG, base_stock, observe, world

RATE = 2.0


def _observed(level: int, life_days: int, scale: float, skus: int = 2_000, **terms: Any) -> Observed:
    sku_terms = {
        "shelf_life_days": life_days,
        "price": 8.0,
        "purchase_cost": 3.0,
        "holding_cost_per_unit_day": 1.0,
    }
    costs = {"disposal_per_wasted_unit": 7.0}
    scale_terms = {"units_per_day": RATE * scale, "sku_terms": sku_terms, "costs": costs, "unmet": "lost"}
    days = 500 if scale == 1.0 else 300
    return observe(world(mode=base_stock(level), days=days, skus=skus, **{**scale_terms, **terms}))


@pytest.fixture(scope="module")
def of_one_day() -> tuple[Observed, Observed]:
    return _observed(2, 1, 1.0), _observed(2, 1, BUG)


class TestNewsvendor:
    """A life of one day: every day opens with S fresh units and closes with none."""

    def test_lost_and_wasted_units(self, of_one_day: tuple[Observed, Observed]) -> None:
        demand = poisson(RATE)
        sound, planted = of_one_day
        assert_proves(expected_short(demand, 2), sound.rate(Day.LOST), planted.rate(Day.LOST))
        assert_proves(expected_left(demand, 2), sound.rate(Day.WASTED), planted.rate(Day.WASTED))
        assert all((observed.rate(Day.ON_HAND) == 0).all() for observed in of_one_day)

    def test_profit(self, of_one_day: tuple[Observed, Observed]) -> None:
        """Sold units at their price, less S at cost and what is thrown away at the cost of disposal."""
        left = expected_left(poisson(RATE), 2)
        profit = 8.0 * (2 - left) - 3.0 * 2 - 7.0 * left
        accounts = Account.REVENUE, Account.COST_OF_GOODS, Account.WASTE, Account.DISPOSAL
        assert_proves(profit, *(-observed.cost_rate(*accounts) for observed in of_one_day), widest=0.025)

    def test_best_level_is_the_critical_fractile(self) -> None:
        """Smallest S with P(D <= S) >= (price - cost) / (price + disposal): its neighbours earn less."""
        demand = np.cumsum(poisson(RATE))
        best = int(np.argmax(demand >= (8.0 - 3.0) / (8.0 + 7.0)))
        profit = {
            level: _observed(level, 1, 1.0, skus=500).result.kpis["profit"]
            for level in range(best - 1, best + 2)
        }
        assert max(profit, key=lambda level: profit[level]) == best


def _assert_chain(means: dict[str, float], sound: Observed, planted: Observed) -> None:
    measures = {"ordered": Day.ORDERED, "lost": Day.LOST, "wasted": Day.WASTED, "on_hand": Day.ON_HAND}
    for name, measure in measures.items():
        assert_proves(means[name], sound.rate(measure), planted.rate(measure), widest=0.02)


@pytest.mark.parametrize(("life_days", "level"), [(2, 3), (3, 4)])
def test_oldest_first(life_days: int, level: int) -> None:
    """Units ordered, lost, wasted, carried over, and the cost of all four with goodwill of 5 a lost unit."""
    means = stationary_means((0,) * (life_days - 1), poisson(RATE), Perishable(level))
    sound, planted = _observed(level, life_days, 1.0), _observed(level, life_days, BUG)
    _assert_chain(means, sound, planted)

    # Cost answers a bug in demand too little to show it: its parts have shown it.
    total = means["on_hand"] + 5.0 * means["lost"] + 7.0 * means["wasted"] + 3.0 * means["ordered"]
    accounts = Account.HOLDING, Account.DISPOSAL, Account.COST_OF_GOODS, Account.WASTE
    assert_covers(total, sound.cost_rate(*accounts) + 5.0 * sound.rate(Day.LOST))


def test_freshest_first() -> None:
    """Every shopper takes the freshest unit: the chain with the other order of sale, which wastes more."""
    means = stationary_means((0,), poisson(RATE), Perishable(3, is_freshest_first=True))
    terms = {"class_terms": {"last_in_first_out_share": 1.0}}
    _assert_chain(means, _observed(3, 2, 1.0, **terms), _observed(3, 2, BUG, **terms))
    assert means["wasted"] > 1.02 * stationary_means((0,), poisson(RATE), Perishable(3))["wasted"]
