"""The extra demand of promotions: by hand in small cases, balanced in all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from sim.axes import Axes, build_axes
from sim.market.balance import LineUnits, PromotionBalance, apply_promotions, balances
from sim.market.calendar import Window
from sim.market.campaigns import campaigns_of, line_on_day, lines_of
from tests.factory import tiny_scenario

START = date(2025, 1, 6)
WEIGHT = np.array([4.0, 12.0, 5.0])
"""Base demand of A, B (both tea) and C (pans)."""


def promotion(start: int, days: int, discount: float = 0.5, **scope: Any) -> dict[str, Any]:
    return {"start": START + timedelta(days=start), "days": days, "discount": discount, "scope": scope}


def outcome(
    plan: list[dict[str, Any]], normal: np.ndarray, first_day: int = 0, **response: Any
) -> tuple[np.ndarray, tuple[PromotionBalance, ...]]:
    """Factors and balances of a plan whose promotions have the multiplier 2 at half price.

    Normal demand after the run is 1.
    """
    response = {"price_elasticity": -1.0, **response}
    scenario = tiny_scenario(policy={"promotions": plan}, demand={"responses": [response]})
    axes: Axes = build_axes(scenario)
    window = Window(START, first_day, len(normal))
    campaigns = campaigns_of(scenario, axes)
    lines = lines_of(campaigns, scenario, axes, np.full(3, -1.0))
    line = line_on_day(campaigns, lines, 0, window, np.ones(normal.shape, dtype=np.bool_))
    normal_and_after = np.concatenate((normal, np.ones((120, 3))))
    factors, units = apply_promotions(normal_and_after, line, lines, WEIGHT, axes, window)
    return factors, balances(campaigns, lines, [units])


def test_uplift_alone_is_all_incremental() -> None:
    factors, (balance,) = outcome([promotion(1, 2, skus=["A"])], np.ones((5, 3)))
    assert factors[:, 0] == pytest.approx([1, 2, 2, 1, 1])
    assert (factors[:, 1:] == 1).all()
    assert balance.extra[0] == pytest.approx(8.0)
    assert balance.incremental[0] == pytest.approx(8.0)
    assert balance.switched[0] == balance.pulled_forward[0] == balance.clipped[0] == 0


def test_switched_units_come_from_the_category_on_the_same_day() -> None:
    factors, (balance,) = outcome([promotion(1, 1, skus=["A"])], np.ones((3, 3)), switched_share=0.6)
    # A gains 4 units, 2.4 of them from B, which has 12.
    assert factors[:, 0] == pytest.approx([1, 2, 1])
    assert factors[:, 1] == pytest.approx([1, 0.8, 1])
    assert (factors[:, 2] == 1).all()
    assert balance.switched[0] == pytest.approx(2.4)
    assert balance.incremental[0] == pytest.approx(1.6)


def test_two_promotions_of_a_category_take_from_each_other() -> None:
    plan = [promotion(0, 1, skus=["A"]), promotion(0, 1, discount=0.2, skus=["B"])]
    factors, (first, second) = outcome(plan, np.ones((1, 3)), switched_share=0.5)
    # A has 8 and takes 2 from B; B has 15 and takes 1.5 from A.
    assert factors[0, 0] * 4 == pytest.approx(8 - 1.5)
    assert factors[0, 1] * 12 == pytest.approx(15 - 2)
    assert first.switched[0] == pytest.approx(2.0)
    assert second.switched[0] == pytest.approx(1.5)


def test_nothing_can_be_switched_from_an_empty_category() -> None:
    factors, (balance,) = outcome([promotion(0, 1, skus=["C"])], np.ones((1, 3)), switched_share=0.5)
    assert factors[0].tolist() == [1, 1, 2]
    assert balance.switched[0] == 0
    assert balance.clipped[0] == pytest.approx(2.5)
    assert balance.incremental[0] == pytest.approx(5.0)


def test_switching_stops_when_the_others_have_nothing_left() -> None:
    factors, (balance,) = outcome([promotion(0, 1, skus=["B"])], np.ones((1, 3)), switched_share=1.0)
    # B gains 12, A has only 4 to give.
    assert factors[0].tolist() == [0, 2, 1]
    assert balance.switched[0] == pytest.approx(4.0)
    assert balance.clipped[0] == pytest.approx(8.0)


def test_pulled_forward_units_are_missing_evenly_in_the_days_after() -> None:
    normal = np.ones((8, 3))
    normal[4, 0] = 3.0
    factors, (balance,) = outcome([promotion(1, 2, skus=["A"])], normal, pulled_forward_share=0.5, dip_days=3)
    # Half of an extra of 2 base days is taken from days 3, 4, 5, which have 1 + 3 + 1: a fifth of each.
    assert factors[:, 0] == pytest.approx([1, 2, 2, 0.8, 2.4, 0.8, 1, 1])
    assert balance.pulled_forward[0] == pytest.approx(4.0)
    assert balance.incremental[0] == pytest.approx(4.0)


def test_the_dip_waits_while_the_sku_is_on_promotion_again() -> None:
    plan = [promotion(0, 1, skus=["A"]), promotion(2, 2, discount=0.2, skus=["A"])]
    factors, (first, second) = outcome(plan, np.ones((8, 3)), pulled_forward_share=0.4, dip_days=2)
    # The first dip (0.2 a day) falls on days 1 and 4; the second (0.25 x 2 x 0.4 = 0.2) on days 4 and 5.
    assert factors[:, 0] == pytest.approx([2, 0.8, 1.25, 1.25, 0.7, 0.9, 1, 1])
    assert first.pulled_forward[0] == pytest.approx(1.6)
    assert second.pulled_forward[0] == pytest.approx(0.8)


def test_a_dip_never_takes_more_than_there_is() -> None:
    factors, (balance,) = outcome(
        [promotion(0, 3, skus=["A"])], np.ones((6, 3)), pulled_forward_share=1.0, dip_days=2
    )
    assert factors[:, 0].tolist() == [2, 2, 2, 0, 0, 1]
    assert balance.pulled_forward[0] == pytest.approx(8.0)
    assert balance.clipped[0] == pytest.approx(4.0)


def test_overlapping_dips_share_what_there_is() -> None:
    plan = [promotion(0, 1, skus=["A"]), promotion(1, 1, discount=0.6, skus=["A"])]
    factors, (first, second) = outcome(plan, np.ones((4, 3)), pulled_forward_share=0.9, dip_days=1)
    # Both dips fall on day 2; the first takes 0.9, of the 1.35 of the second 0.1 is left.
    assert factors[2, 0] == pytest.approx(0.0)
    assert first.pulled_forward[0] == pytest.approx(3.6)
    assert second.pulled_forward[0] == pytest.approx(0.4)
    assert second.clipped[0] == pytest.approx(5.0)


def test_a_dip_beyond_the_last_day_is_due_later() -> None:
    factors, (balance,) = outcome(
        [promotion(2, 1, skus=["A"])], np.ones((5, 3)), pulled_forward_share=0.5, dip_days=10
    )
    assert factors[:, 0] == pytest.approx([1, 1, 2, 0.95, 0.95])
    assert balance.pulled_forward[0] == pytest.approx(4 * 0.1)
    assert balance.pulled_forward_later[0] == pytest.approx(4 * 0.4)
    assert balance.clipped[0] == 0


def test_later_days_count_by_their_demand() -> None:
    normal = np.ones((4, 3))
    normal[3, 0] = 3.0
    factors, (balance,) = outcome([promotion(2, 1, skus=["A"])], normal, pulled_forward_share=0.6, dip_days=4)
    # Days 3 to 6 have 3 + 1 + 1 + 1, so the dip of 0.6 is a tenth of each.
    assert factors[3, 0] == pytest.approx(2.7)
    assert balance.pulled_forward[0] == pytest.approx(4 * 0.3)
    assert balance.pulled_forward_later[0] == pytest.approx(4 * 0.3)


def test_a_promotion_of_the_past_still_dips_into_the_run() -> None:
    factors, _ = outcome(
        [promotion(-2, 2, skus=["A"])], np.ones((6, 3)), first_day=-2, pulled_forward_share=0.5, dip_days=2
    )
    assert factors[:, 0] == pytest.approx([2, 2, 0.5, 0.5, 1, 1])


@pytest.mark.parametrize("seed", range(20))
def test_every_plan_balances_to_rounding_error(seed: int) -> None:
    generator = np.random.default_rng(seed)
    plan = [
        promotion(
            int(generator.integers(-5, 35)),
            int(generator.integers(1, 9)),
            float(generator.uniform(0.05, 0.8)),
            skus=[
                str(name)
                for name in generator.choice(["A", "B", "C"], generator.integers(1, 4), replace=False)
            ],
        )
        for _ in range(8)
    ]
    normal = generator.uniform(0.0, 2.0, (40, 3))
    shares = generator.dirichlet([1.0, 1.0, 1.0])
    factors, found = outcome(
        plan,
        normal,
        first_day=-5,
        pulled_forward_share=float(shares[0]),
        switched_share=float(shares[1]),
        dip_days=int(generator.integers(1, 20)),
    )
    gained = float(((factors - normal) @ WEIGHT).sum())
    total = {
        name: sum(getattr(item, name)[0] for item in found)
        for name in PromotionBalance.__annotations__
        if name not in ("name", "start")
    }
    assert gained == pytest.approx(total["extra"] - total["switched"] - total["pulled_forward"], rel=1e-12)
    assert total["extra"] == pytest.approx(
        total["incremental"] + total["switched"] + total["pulled_forward"] + total["pulled_forward_later"]
    )
    assert total["extra"] * (shares[0] + shares[1]) == pytest.approx(
        total["switched"] + total["pulled_forward"] + total["pulled_forward_later"] + total["clipped"],
        rel=1e-12,
    )
    assert factors.min() >= 0.0
    assert all(item.clipped[0] >= 0.0 for item in found)


def test_units_of_groups_stand_side_by_side() -> None:
    plan = [promotion(0, 1, skus=["A", "C"]), promotion(2, 1, skus=["B"])]
    scenario = tiny_scenario(policy={"promotions": plan})
    axes = build_axes(scenario)
    campaigns = campaigns_of(scenario, axes)
    lines = lines_of(campaigns, scenario, axes, np.zeros(3))
    zero = np.zeros(3)
    groups = [
        LineUnits(np.array([1.0, 2.0, 4.0]), zero, zero, zero, zero),
        LineUnits(np.array([10.0, 20.0, 40.0]), np.array([1.0, 1.0, 5.0]), zero, zero, zero),
    ]
    first, second = balances(campaigns, lines, groups)
    assert first.extra.tolist() == [3, 30]
    assert second.extra.tolist() == [4, 40]
    assert first.incremental.tolist() == [3, 28]
    assert second.incremental.tolist() == [4, 35]
