"""(s, S), (r, Q) and economic order quantities through the engine and its ledger.

Conditions. Cost is taken after a day's demand and before its orders. An order of the evening is on the shelf L days
later, before customers come: with `lead_time_days` 1 a position of S in the evening is S less one day's demand the next
evening, which the books call no lead time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.books import Account
from sim.records import Day
from tests.theory.closed_forms import expected_left, lot_size_cost, min_max_cost, poisson
from tests.theory.evidence import FloatArray, Observed, assert_proves
from tests.theory.worlds import BUG, observe, world


def _cost(observed: Observed, backorder: float) -> FloatArray:
    """Ordering and holding from the ledger, and the notional cost of units owed, per day and SKU."""
    penalty = backorder * observed.rate(Day.BACKORDERS)
    return observed.cost_rate(Account.ORDERING, Account.HOLDING) + penalty


def _costs(line: float, holding: float) -> dict[str, Any]:
    return {
        "costs": {"ordering": {"per_store_order_line": line}},
        "sku_terms": {"holding_cost_per_unit_day": holding},
    }


@pytest.mark.parametrize(
    ("mean", "reorder_point", "order_up_to"), [(10.0, 6, 40), (20.0, 14, 62), (65.0, 56, 75)]
)
def test_min_max(mean: float, reorder_point: int, order_up_to: int) -> None:
    """Zheng and Federgruen (1991), table 1: K = 64, h = 1, p = 9, Poisson demand, orders at or below s."""
    mode = {
        "kind": "min_max",
        "reorder_point": {"units": reorder_point},
        "order_up_to": {"units": order_up_to},
    }
    truth = min_max_cost(poisson(mean), reorder_point, order_up_to, fixed=64.0, holding=1.0, backorder=9.0)

    def cost(scale: float) -> FloatArray:
        size = {"days": 400, "skus": 150}
        return _cost(observe(world(mode=mode, units_per_day=mean * scale, **size, **_costs(64.0, 1.0))), 9.0)

    assert_proves(truth, cost(1.0), cost(BUG))


@pytest.mark.parametrize(
    ("rate", "lead_time", "reorder_point", "lot", "fixed", "holding", "backorder", "days_per_period", "skus"),
    [
        (1.5, 2, 3, 5, 100.0, 20.0, 150.0, 4, 1_000),
        (5.0, 2, 10, 12, 10.0, 1.0, 9.0, 2, 400),
        (50.0, 1, 15, 120, 1000.0, 10.0, 25.0, 10, 100),
    ],
)
def test_lot_size_reorder_point(
    rate: float,
    lead_time: int,
    reorder_point: int,
    lot: int,
    fixed: float,
    holding: float,
    backorder: float,
    days_per_period: int,
    skus: int,
) -> None:
    """Continuous review, reproduced by daily review.

    Positions after ordering are even on r + 1 ... r + Q also when they are looked at once a day, and L whole days of
    demand lie between them and the net stock of a day's end: holding and backorder cost are those of the continuous
    model, with no residual. So is the fixed cost as long as no day asks for more than Q units, when one line holds two
    lots and pays once: lines per day are E[min(D, Q)] / Q, not E[D] / Q. The textbook's period is stretched to some
    days until that residual is below one part in ten thousand of the cost.
    """
    mode = {
        "kind": "reorder_quantity",
        "reorder_point": {"units": reorder_point},
        "order_quantity": {"units": lot},
    }
    per_day = rate / days_per_period
    terms = fixed, holding / days_per_period, backorder / days_per_period
    truth = lot_size_cost(poisson(rate * lead_time), per_day, reorder_point, lot, *terms)
    lines_per_day = 1.0 - expected_left(poisson(per_day), lot) / lot
    assert fixed * (per_day / lot - lines_per_day) < 1e-4 * truth

    def cost(scale: float) -> FloatArray:
        scenario = world(
            mode=mode,
            units_per_day=per_day * scale,
            lead_time_days=lead_time * days_per_period,
            days=900,
            skus=skus,
            warm_up_days=100,
            **_costs(fixed, terms[1]),
        )
        return _cost(observe(scenario), terms[2])

    assert_proves(truth, cost(1.0), cost(BUG))


class TestEconomicOrderQuantity:
    """Constant demand d a day, lots of Q arriving as the shelf empties: K d / Q + h (Q - d) / 2 exactly.

    The textbook charges h Q / 2: stock falls evenly during a day, and here it is charged when the day is over, h d / 2
    less. Q must be a multiple of d and the days observed whole cycles. Holding cost is interest on value here.
    """

    DEMAND, FIXED, HOLDING = 10.0, 500.0, 0.01

    def _costs(self, lot: int, units_per_day: float = DEMAND) -> tuple[float, float]:
        """Ordering and holding per day, from the ledger."""
        scenario = world(
            mode={
                "kind": "reorder_quantity",
                "reorder_point": {"units": 0},
                "order_quantity": {"units": lot},
            },
            units_per_day=units_per_day,
            demand={"process": {"kind": "constant"}},
            days=1_200,
            warm_up_days=200,
            skus=1,
            classes=1,
            sku_terms={"price": 10.0, "purchase_cost": 3.65},
            costs={
                "ordering": {"per_store_order": self.FIXED},
                "holding": {"store_rate_per_year": 365 * self.HOLDING / 3.65},
            },
        )
        kpis = observe(scenario).result.kpis
        return kpis["cost_ordering"], kpis["cost_holding"]

    def _exact(self, lot: int) -> tuple[float, float]:
        return self.FIXED * self.DEMAND / lot, self.HOLDING * (lot - self.DEMAND) / 2

    @pytest.mark.parametrize("lot", [400, 1_000, 1_500, 2_000])
    def test_costs_of_a_lot_size(self, lot: int) -> None:
        assert self._costs(lot) == pytest.approx(self._exact(lot), rel=1e-6)

    def test_square_root_formula(self) -> None:
        """Q* = sqrt(2 K d / h) = 1,000 costs sqrt(2 K d h) but for h d / 2, and its neighbours cost more."""
        best = round(np.sqrt(2 * self.FIXED * self.DEMAND / self.HOLDING))
        least = np.sqrt(2 * self.FIXED * self.DEMAND * self.HOLDING) - self.HOLDING * self.DEMAND / 2
        assert sum(self._costs(best)) == pytest.approx(least, rel=1e-6)
        assert all(sum(self._costs(lot)) > least for lot in (best - 200, best + 200))

    def test_a_bug_of_two_per_cent_shows(self) -> None:
        assert self._costs(400, self.DEMAND * BUG) != pytest.approx(self._exact(400), rel=1e-2)
