"""Acceptance sampling through the engine against its operating characteristic (Montgomery, Introduction to Statistical
Quality Control, single sampling plans for attributes).

Units of a lot are defective independently with probability p, so the number in a sample of n is binomial whatever the
size of the lot, and a lot passes with probability P(X <= c). Lots that vary around p by a gamma distribution make the
number a mixture, whose probability is a mean over the gamma distribution.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import integrate, stats

import optimize
import sim
from tests.factory import tiny_scenario
from tests.theory.evidence import assert_proves
from tests.theory.worlds import BUG

DAYS, SKUS, RUNS = 50, 600, 16
LOT_UNITS, SAMPLE, MOST = 60, 20, 1


def accepted_shares(defects_per_million: float, lot_variation: float = 0.0) -> npt.NDArray[np.float64]:
    """(runs,) share of lots that pass; every day one lot per SKU, rejected ones come again and count again."""
    skus = [
        {"sku_id": f"SKU {n}", "class_id": "FOOD", "price": 1.0, "purchase_cost": 1.0, "case_pack": LOT_UNITS}
        for n in range(SKUS)
    ]
    quality = {"defects_per_million": defects_per_million, "lot_variation": lot_variation}
    supplier = {"id": "SUP", "lead_time_days": {"kind": "constant", "value": 1}, "quality": quality}
    level = {"kind": "base_stock", "order_up_to": {"units": LOT_UNITS}}
    plan: dict[str, Any] = {"sample_units": SAMPLE, "accept_at_most": MOST}
    scenario = tiny_scenario(
        horizon={"days": DAYS, "warm_up_days": 0, "panel_period_days": DAYS},
        network={"suppliers": [supplier], "stores": [{"store_id": "S", "lead_time_days": 1}]},
        assortment={"classes": [{"id": "FOOD"}], "skus": skus},
        demand={"process": {"kind": "constant"}, "mean_units_per_day": float(LOT_UNITS)},
        initial={"store_days_of_demand": 0.0, "dc_days_of_demand": 0.0},
        policy={
            "replenishment": [{"mode": level}],
            "dc_replenishment": [{"mode": level}],
            "sourcing": {"inspection": [plan]},
        },
    )
    decided = optimize.plan(scenario)
    shares = []
    for replication in range(RUNS):
        lots = sim.simulate(scenario, decided, seed=5, replication=replication).tables["supplier_lots"]
        # The one defective unit found in a lot that passes is replaced by a lot of one unit, which always passes.
        inspected = lots["inspected_lots"].sum()
        whole = (lots["inspected_units"].sum() - inspected) / (SAMPLE - 1)
        shares.append(1.0 - lots["rejected_lots"].sum() / whole)
    return np.array(shares)


@pytest.mark.parametrize("share", [0.04])
def test_lots_pass_as_the_operating_characteristic_says(share: float) -> None:
    truth = float(stats.binom.cdf(MOST, SAMPLE, share))
    assert_proves(truth, accepted_shares(share * 1e6), accepted_shares(share * 1e6 * BUG))


def test_lots_that_vary_pass_as_the_mixture_says() -> None:
    share, variation = 0.06, 0.8
    density = stats.gamma(variation**-2, scale=share * variation**2)
    truth = integrate.quad(
        lambda p: stats.binom.cdf(MOST, SAMPLE, min(p, 1.0)) * density.pdf(p), 0, np.inf, limit=200
    )[0]
    assert_proves(
        truth, accepted_shares(share * 1e6, variation), accepted_shares(share * 1e6 * BUG, variation)
    )
