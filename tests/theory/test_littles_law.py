"""Little's law on stock through the engine: what is under way and what lies on the shelf is flow times time.

The three sides come from records that are kept apart: levels counted at day ends, flows of units, times of events.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from scenarios.language.distributions import Gamma
from sim.clock import SECONDS_PER_DAY
from sim.records import Centre, Day
from tests.theory.evidence import FloatArray, Observed, assert_proves
from tests.theory.worlds import BUG, base_stock, observe, world

RATE = 2.0


def _supplied_in(lead_time_days: Mapping[str, float | str], skus: int) -> Observed:
    scenario = world(
        mode=base_stock(60),
        units_per_day=20.0,
        days=600,
        skus=skus,
        warm_up_days=60,
        network={
            "suppliers": [{"id": "SUP", "lead_time_days": lead_time_days}],
            "distribution_centres": [{"id": "DC", "stock": "limited"}],
        },
        policy={
            "dc_replenishment": [{"mode": base_stock(120)}],
            "allocation": {"rule": "first_come", "unfilled": "backorder"},
        },
    )
    return observe(scenario)


class TestPipeline:
    @pytest.mark.parametrize("lead_time_days", [1, 5])
    def test_from_centre_to_store(self, lead_time_days: int) -> None:
        """Units under way after ordering = rate x lead time, whatever the policy; the bug is a rate 2% too high."""

        def under_way(scale: float) -> FloatArray:
            scenario = world(
                mode=base_stock(8),
                units_per_day=RATE * scale,
                lead_time_days=lead_time_days,
                days=500,
                skus=500,
            )
            return observe(scenario).rate(Day.ON_ORDER, Day.ORDERED)

        assert_proves(RATE * lead_time_days, under_way(1.0), under_way(BUG))

    def test_late_deliveries_show(self) -> None:
        """The bug is a day more for one store in fifty: 2% of a lead time of one day."""
        stores = [{"store_id": f"S{n}", "lead_time_days": 2 if n == 0 else 1} for n in range(50)]
        one = {"mode": base_stock(8), "units_per_day": RATE, "days": 200, "skus": 50, "stores": 50}
        sound, planted = observe(world(**one)), observe(world(**one, network={"stores": stores}))
        both = (observed.rate(Day.ON_ORDER, Day.ORDERED) for observed in (sound, planted))
        assert_proves(RATE, *both)

    def test_from_supplier_to_centre(self) -> None:
        """With random lead times, rounded to whole days; the bug is a mean lead time 2% too long."""
        gamma = {"kind": "gamma", "mean": 5.0, "cv": 0.2}
        lead_time = Gamma.model_validate(gamma)
        mean_days = float(np.sum(1.0 - lead_time.cdf(np.arange(120) + 0.5)))
        sound, planted = _supplied_in(gamma, 150), _supplied_in({**gamma, "mean": 5.0 * BUG}, 100)
        assert_proves(
            20.0 * mean_days, sound.centre_rate(Centre.ON_ORDER), planted.centre_rate(Centre.ON_ORDER)
        )

    def test_levels_agree_with_events(self) -> None:
        """Within one run: unit-days of the centre's pipeline from levels = units x days from purchase to receipt."""
        observed = _supplied_in({"kind": "gamma", "mean": 5.0, "cv": 0.5}, 50)
        receipts = observed.result.tables["receipts"]
        end = len(observed.result.panels.day) * SECONDS_PER_DAY
        received = np.where(receipts["received_second"] < 0, end, receipts["received_second"])
        days = received // SECONDS_PER_DAY - receipts["placed_second"] // SECONDS_PER_DAY
        levels = observed.result.panels.centre[..., Centre.ON_ORDER].sum()
        assert levels == (days * receipts["units"]).sum()

    def test_transit_of_store_deliveries(self) -> None:
        """Events alone: from closing time to the delivery hour L days later, L - 16/24 days."""
        scenario = world(mode=base_stock(8), units_per_day=RATE, lead_time_days=3, days=60, skus=50)
        deliveries = observe(scenario).result.tables["deliveries"]
        arrived = deliveries["arrived_second"] >= 0
        transit = (deliveries["arrived_second"] - deliveries["shipped_second"])[arrived] / SECONDS_PER_DAY
        assert np.unique(transit) == pytest.approx([3 - 16 / 24])


@pytest.mark.parametrize("freshest_share", [0.0, 0.5])
def test_age_times_throughput(freshest_share: float) -> None:
    """Stock at day ends = units sold x mean age at sale + units wasted x (life - 1), whoever takes which unit.

    A unit sold at age a was counted on a day ends; one thrown away after its life of m days on m - 1. The bug is in
    what is posted: ages, or wasted units, 2% too many.
    """
    life_days = 4
    scenario = world(
        mode=base_stock(8),
        units_per_day=RATE,
        unmet="lost",
        days=1_000,
        skus=400,
        sku_terms={"shelf_life_days": life_days},
        class_terms={"last_in_first_out_share": freshest_share},
    )
    observed = observe(scenario)
    stock, aged = observed.rate(Day.ON_HAND), observed.rate(Day.AGE_AT_SALE_DAYS)
    wasted = (life_days - 1) * observed.rate(Day.WASTED)
    for bug in (BUG * aged + wasted, aged + BUG * wasted):
        assert_proves(1.0, (aged + wasted) / stock, bug / stock, widest=0.0005)
