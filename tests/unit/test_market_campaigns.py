"""The promotion plan: campaigns, store groups, and which promotion holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from sim.axes import build_axes
from sim.market.calendar import Window
from sim.market.campaigns import campaigns_of, line_on_day, lines_of, relevant, store_groups
from sim.market.prices import price_elasticities
from tests.factory import STORES, tiny_scenario

START = date(2025, 1, 6)


def day(number: int) -> date:
    return START + timedelta(days=number)


def promotion(
    start: int, days: int, discount: float, *, featured: bool = False, **scope: Any
) -> dict[str, Any]:
    return {"start": day(start), "days": days, "discount": discount, "featured": featured, "scope": scope}


def row(sku_id: str, region: str, start: int, discount: float = 0.2) -> dict[str, Any]:
    return {"sku_id": sku_id, "region": region, "start": day(start), "days": 3, "discount": discount}


def test_a_promotion_becomes_a_campaign_on_its_scope() -> None:
    plan = [{**promotion(2, 5, 0.25, featured=True, classes=["FOOD"], regions=["south"]), "name": "spring"}]
    scenario = tiny_scenario(policy={"promotions": plan})
    (campaign,) = campaigns_of(scenario, build_axes(scenario))
    assert (campaign.name, campaign.start, campaign.stop) == ("spring", 2, 7)
    assert (campaign.discount, campaign.featured) == (0.25, True)
    assert campaign.skus.tolist() == [0, 1]
    assert campaign.stores.tolist() == [False, True]


def test_table_rows_of_the_same_terms_become_one_campaign() -> None:
    table = [row("A", "north", 0), row("C", "north", 0), row("B", "north", 7), row("A", "", 0, 0.5)]
    scenario = tiny_scenario(policy={"promotion_table": table})
    campaigns = campaigns_of(scenario, build_axes(scenario))
    assert [item.skus.tolist() for item in campaigns] == [[0, 2], [1], [0]]
    assert [item.stores.tolist() for item in campaigns] == [[True, False], [True, False], [True, True]]


def test_the_same_campaign_in_two_regions_is_one() -> None:
    plan = [promotion(0, 3, 0.2, regions=["north"]), promotion(0, 3, 0.2, regions=["south"])]
    scenario = tiny_scenario(policy={"promotions": plan})
    (campaign,) = campaigns_of(scenario, build_axes(scenario))
    assert campaign.stores.all()


def test_a_campaign_that_reaches_nobody_is_left_out() -> None:
    plan = [promotion(0, 3, 0.2, classes=["FOOD"], categories=["pans"])]
    scenario = tiny_scenario(policy={"promotions": plan})
    assert campaigns_of(scenario, build_axes(scenario)) == ()


def test_stores_share_a_group_when_they_see_the_same_campaigns() -> None:
    stores = [*STORES, {"store_id": "S3", "region": "north"}, {"store_id": "S4", "region": "east"}]
    plan = [promotion(0, 3, 0.2, regions=["south", "east"]), promotion(5, 3, 0.2, regions=["south", "east"])]
    scenario = tiny_scenario(policy={"promotions": plan}, network={"stores": stores})
    campaigns = campaigns_of(scenario, build_axes(scenario))
    assert store_groups(campaigns, 4).tolist() == [0, 1, 0, 1]
    assert store_groups((), 4).tolist() == [0, 0, 0, 0]


def test_campaigns_out_of_reach_of_the_window_do_not_count() -> None:
    plan = [promotion(start, 3, 0.2) for start in (-30, -12, 5, 14)]
    scenario = tiny_scenario(policy={"promotions": plan})
    campaigns = campaigns_of(scenario, build_axes(scenario))
    assert [item.start for item in relevant(campaigns, 0, 14, 10)] == [-12, 5]


def test_the_multiplier_is_price_times_promotion_times_feature() -> None:
    responses = [
        {"price_elasticity": -2.0, "promotion_multiplier": 1.5, "feature_multiplier": 1.2, "dip_days": 9},
        {"classes": ["HOME"], "price_elasticity": -1.0, "pulled_forward_share": 0.3, "switched_share": 0.1},
    ]
    plan = [promotion(0, 3, 0.2, featured=True), promotion(5, 3, 0.2)]
    scenario = tiny_scenario(policy={"promotions": plan}, demand={"responses": responses})
    axes = build_axes(scenario)
    lines = lines_of(campaigns_of(scenario, axes), scenario, axes, price_elasticities(scenario, axes))
    food, home = 0.8**-2 * 1.5, 0.8**-1
    assert lines.multiplier == pytest.approx([food * 1.2, food * 1.2, home, food, food, home])
    assert lines.dip_days.tolist() == [9, 9, 14] * 2
    assert lines.pulled_share.tolist() == [0, 0, 0.3] * 2
    assert lines.switched_share.tolist() == [0, 0, 0.1] * 2
    assert lines.campaign.tolist() == [0, 0, 0, 1, 1, 1]
    assert lines.sku.tolist() == [0, 1, 2] * 2


def holding(plan: list[dict[str, Any]], can_promote: np.ndarray | None = None) -> list[int]:
    """Which promotion of the plan holds for SKU A, day by day."""
    scenario = tiny_scenario(policy={"promotions": plan})
    axes, window = build_axes(scenario), Window(START, 0, 8)
    campaigns = campaigns_of(scenario, axes)
    lines = lines_of(campaigns, scenario, axes, np.zeros(3))
    allowed = np.ones((8, 3), dtype=np.bool_) if can_promote is None else can_promote
    on_day = line_on_day(campaigns, lines, 0, window, allowed)[:, 0]
    return [int(lines.campaign[line]) if line >= 0 else -1 for line in on_day]


def test_the_deepest_cut_holds() -> None:
    plan = [promotion(0, 6, 0.2), promotion(2, 2, 0.3), promotion(3, 4, 0.1, featured=True)]
    assert holding(plan) == [0, 0, 1, 1, 0, 0, 2, -1]


def test_of_equal_cuts_the_featured_one_holds_then_the_first_planned() -> None:
    plan = [promotion(0, 4, 0.2), promotion(1, 2, 0.2, featured=True), promotion(2, 4, 0.2)]
    assert holding(plan) == [0, 1, 1, 0, 2, 2, -1, -1]


def test_a_promotion_of_other_stores_does_not_hold() -> None:
    assert holding([promotion(0, 6, 0.2, regions=["south"])]) == [-1] * 8


def test_what_is_not_regularly_on_sale_is_not_promoted() -> None:
    allowed = np.ones((8, 3), dtype=np.bool_)
    allowed[3:, 0] = False
    assert holding([promotion(-2, 20, 0.2)], allowed) == [0, 0, 0, -1, -1, -1, -1, -1]
