"""Generated scenarios that use every mechanism in every combination, valid by construction.

A scenario is drawn as *content*, the keyword arguments of `tiny_scenario`, whose tables are lists of rows: tests
edit the content (another store, a longer horizon) and build the scenario again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from scenarios import Scenario, check
from scenarios.language.errors import Severity
from scenarios.language.policy import KnownOrder
from tests.factory import table, tiny_scenario

Content = dict[str, Any]

REGIONS = ("north", "south")
CLASS_IDS = ("FRESH", "DRY", "HARD")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
START_DATES = (date(2024, 2, 5), date(2024, 12, 30), date(2025, 6, 13))
HOURS = ((8.0, 22.0), (0.0, 24.0), (9.5, 17.25), (8.0, 13.0))
DELIVERY_HOURS = (0.0, 6.0, 10.5, 13.0, 16.0, 22.0, 23.5)

_shares = st.sampled_from((0.0, 0.3, 1.0))
_money = st.sampled_from((0.0, 0.37, 12.5))
_chance = st.integers(0, 3).map(lambda draw: draw == 0)
_order_days = st.sampled_from((WEEKDAYS, ("mon", "thu"), ("sun",)))
_rounding = st.sampled_from(("up", "nearest", "none"))
_forecasters = st.sampled_from(
    (
        {"kind": "exponential_smoothing", "weight": 0.3},
        {"kind": "moving_average", "days": 1},
        {"kind": "moving_average", "days": 9},
    )
)
_lead_times = st.one_of(
    st.integers(0, 5).map(lambda days: {"kind": "constant", "value": days}),
    st.just({"kind": "gamma", "mean": 2.5, "cv": 0.6}),
    st.just({"kind": "uniform", "low": 0.0, "high": 4.0}),
)


def everything() -> Content:
    """One scenario in which all that can happen does happen."""
    start = date(2025, 1, 6)
    classes = [
        {
            "id": "FRESH",
            "last_in_first_out_share": 0.4,
            "substitution": {"acceptance": 0.3, "acceptance_with_incentive": 0.6},
        },
        {
            "id": "DRY",
            "substitution": {"acceptance": 0.5, "acceptance_with_incentive": 0.5},
            "customer_returns": {"probability": 0.2, "delay_days": {"kind": "poisson", "mean": 3.0}},
        },
        {"id": "HARD", "unmet_demand": "backorder"},
    ]
    skus = [
        {
            "sku_id": "MILK",
            "class_id": "FRESH",
            "shelf_life_days": 4,
            "total_shelf_life_days": 6,
            "price": 9.9,
            "purchase_cost": 6.35,
        },
        {"sku_id": "CREAM", "class_id": "FRESH", "shelf_life_days": 3, "price": 12.5, "purchase_cost": 7.77},
        {
            "sku_id": "TEA",
            "class_id": "DRY",
            "category": "tea",
            "price": 20.0,
            "purchase_cost": 11.0,
            "case_pack": 6,
        },
        {"sku_id": "MATE", "class_id": "DRY", "category": "tea", "price": 25.0, "purchase_cost": 13.0},
        {"sku_id": "RICE", "class_id": "DRY", "price": 30.0, "purchase_cost": 21.0},
        {
            "sku_id": "PAN",
            "class_id": "HARD",
            "price": 150.0,
            "purchase_cost": 99.99,
            "variance_to_mean": 3.0,
        },
    ]
    skus[3]["launch_date"], skus[4]["delist_date"] = start + timedelta(days=6), start + timedelta(days=15)
    for sku in skus:
        sku["holding_cost_per_unit_day"] = 0.013
    stores = [
        {
            "store_id": "S1",
            "region": "north",
            "size": 2.0,
            "lead_time_days": 1,
            "minimum_remaining_life_days": 3,
            "facility_cost_per_day": 9.99,
        },
        {"store_id": "S2", "region": "north", "size": 1.0, "lead_time_days": 2, "closes_hour": 20.0},
        {"store_id": "S3", "region": "south", "size": 0.6, "lead_time_days": 0, "dc_id": "SMALL"},
        {"store_id": "S4", "region": "south", "size": 1.4, "lead_time_days": 3, "dc_id": "ENDLESS"},
    ]
    opening = [
        {
            "store_id": store["store_id"],
            "sku_id": sku["sku_id"],
            "units": 7,
            "on_order_units": 4,
            "backorder_units": 2 if sku["class_id"] == "HARD" else 0,
        }
        for store in stores
        for sku in skus
    ]
    response = {
        "price_elasticity": -1.5,
        "pulled_forward_share": 0.2,
        "dip_days": 20,
        "switched_share": 0.3,
        "near_expiry_uplift": 0.5,
    }
    follow = {"reorder_point": {"days_of_demand": 2.0}, "order_up_to": {"days_of_demand": 5.0}}
    pushed = {"kind": "vendor_managed", "cover_days": 1.0, "safety_factor": 1.0}
    quantity = {"kind": "reorder_quantity", "reorder_point": {"units": 4}, "order_quantity": {"units": 5}}
    discount = {"start": start + timedelta(days=9), "days": 5, "discount": 0.25, "featured": True}
    money = {"per_store_order": 3.0, "per_emergency_order": 9.0, "per_store_order_line": 0.25}
    return {
        "horizon": {"start_date": start, "days": 35, "panel_period_days": 7},
        "network": {
            "suppliers": [{"id": "SUP", "lead_time_days": {"kind": "gamma", "mean": 3.0, "cv": 0.5}}],
            "distribution_centres": [
                {"id": "DC", "facility_cost_per_day": 33.33},
                {"id": "SMALL"},
                {"id": "ENDLESS", "stock": "unlimited"},
            ],
            "stores": stores,
            "closures": [{"stores": ["S2"], "weekdays": ["sun"]}],
        },
        "assortment": {
            "classes": classes,
            "skus": skus,
            "returns_triage": [
                {
                    "restock_share": 0.3,
                    "repair_share": 0.2,
                    "return_to_vendor_share": 0.3,
                    "handling_cost_per_unit": 0.35,
                    "repair_cost_per_unit": 4.2,
                    "vendor_credit_share": 0.6,
                }
            ],
        },
        "demand": {
            "mean_units_per_day": 3.0,
            "responses": [response],
            "shock": {"standard_deviation": 0.2, "persistence": 0.5},
        },
        "costs": {
            "ordering": {**money, "per_purchase_order": 20.0, "per_purchase_order_line": 1.5},
            "holding": {"store_rate_per_year": 0.3, "dc_rate_per_year": 0.2, "dc_cost_per_unit_day": 0.01},
            "communication": {"per_order_contact": 1.1, "per_featured_sku_store_day": 0.7},
            "disposal_per_wasted_unit": 0.45,
        },
        "initial": {
            "store_stock": opening,
            "dc_stock": [
                {"dc_id": centre, "sku_id": sku["sku_id"], "units": 40}
                for centre in ("DC", "SMALL")
                for sku in skus
            ],
        },
        "policy": {
            "replenishment": [
                {"scope": {"classes": ["FRESH"]}, "mode": pushed},
                {"scope": {"regions": ["south"]}, "mode": quantity, "order_weekdays": ["mon", "wed", "fri"]},
                {"mode": {"kind": "min_max", **follow}},
            ],
            "dc_replenishment": [
                {"mode": {"kind": "days_of_cover", "cover_days": 0.0}, "order_weekdays": ["mon"]}
            ],
            "transport": {"delivery_hour": 11.0},
            "minimum_order": {"units": 6},
            "returns": "to_centre",
            "gifts": [{"scope": {"skus": ["TEA", "PAN"]}, "gift_sku_id": "RICE", "per_units": 7}],
            "emergency_orders": [{"trigger": {"units": 1}, "cover": {"units": 5}}],
            "promotions": [{"scope": {"skus": ["TEA", "CREAM"]}, **discount}],
            "mark_downs": [{"remaining_days": 2, "discount": 0.3}],
            "delisting": {"discount": 0.5, "clearance_days": 5},
            "substitution_incentives": [{"classes": ["FRESH"], "cost_per_unit": 0.8}],
        },
    }


def build(content: Mapping[str, Any]) -> Scenario:
    """The scenario of a content; fails if the scenario language refuses it."""
    scenario = tiny_scenario(**content)
    errors = [problem for problem in check(scenario) if problem.severity is Severity.ERROR]
    assert not errors, errors
    return scenario


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Content of a scenario of 1 to 4 stores, 1 to 6 SKUs and 1 to 24 days."""
    start, days = draw(st.sampled_from(START_DATES)), draw(st.integers(1, 24))
    content: Content = {
        "horizon": {
            "start_date": start,
            "days": days,
            "panel_period_days": draw(st.sampled_from((1, 5, 28))),
        },
        "network": _network(draw, start, days),
        "assortment": _assortment(draw, start, days),
        "costs": _costs(draw),
    }
    content["demand"] = _demand(draw, content)
    content["initial"] = _initial(draw, content)
    content["policy"] = _policy(draw, content)
    return content


def _day(draw: st.DrawFn, start: date, days: int) -> date:
    return start + timedelta(days=draw(st.integers(0, days - 1)))


def _network(draw: st.DrawFn, start: date, days: int) -> Content:
    centres = [{"id": "DC", "facility_cost_per_day": draw(_money)}]
    if draw(st.booleans()):
        centres.append({"id": "OTHER", "stock": draw(st.sampled_from(("limited", "unlimited")))})
    stores = []
    for number in range(draw(st.integers(1, 4))):
        opens, closes = draw(st.sampled_from(HOURS))
        stores.append(
            {
                "store_id": f"S{number}",
                "region": draw(st.sampled_from(REGIONS)),
                "size": draw(st.sampled_from((0.0, 0.4, 1.0, 2.5))),
                "dc_id": draw(st.sampled_from(centres))["id"],
                "opens_hour": opens,
                "closes_hour": closes,
                "lead_time_days": draw(st.integers(0, 5)),
                "priority": draw(st.integers(1, 3)),
                "minimum_remaining_life_days": draw(st.sampled_from((0, 0, 2, 5))),
                "facility_cost_per_day": draw(_money),
            }
        )
    closures = []
    if draw(_chance):
        closures.append({"stores": [draw(st.sampled_from(stores))["store_id"]], "weekdays": ["sun", "wed"]})
    if draw(_chance):
        closures.append({"dates": [_day(draw, start, days)]})
    return {
        "suppliers": [{"id": name, "lead_time_days": draw(_lead_times)} for name in ("SUP", "FAR")],
        "distribution_centres": centres,
        "stores": stores,
        "closures": closures,
        "hourly_profile": draw(st.sampled_from(((1.0,) * 24, (*(0.0,) * 8, *range(1, 11), *(0.5,) * 6)))),
    }


def _assortment(draw: st.DrawFn, start: date, days: int) -> Content:
    classes = []
    for name in CLASS_IDS:
        acceptance = draw(_shares)
        comes_back = {
            "probability": 0.3,
            "delay_days": draw(_return_delays),
            "resalable_share": draw(_shares),
        }
        classes.append(
            {
                "id": name,
                "unmet_demand": draw(st.sampled_from(("lost", "backorder"))),
                "last_in_first_out_share": draw(_shares),
                "substitution": {
                    "acceptance": acceptance,
                    "acceptance_with_incentive": draw(st.sampled_from((acceptance, 1.0))),
                },
                "customer_returns": comes_back if draw(st.booleans()) else None,
            }
        )
    skus = []
    for number in range(draw(st.integers(1, 6))):
        class_id = draw(st.sampled_from(CLASS_IDS))
        life = draw(st.sampled_from((0, 1, 2, 6))) if class_id == "FRESH" else 0
        launch = _day(draw, start, days) if draw(_chance) else None
        delist = _day(draw, start, days) + timedelta(days=1) if draw(_chance) else None
        skus.append(
            {
                "sku_id": f"K{number}",
                "class_id": class_id,
                "category": f"{class_id}-{draw(st.sampled_from('xy'))}",
                "supplier_id": draw(st.sampled_from(("", "FAR"))),
                "popularity": draw(st.sampled_from((0.0, 0.2, 1.0, 3.0))),
                "price": draw(st.sampled_from((0.99, 10.0, 333.33))),
                "purchase_cost": draw(st.sampled_from((0.0, 0.33, 7.01))),
                "case_pack": draw(st.sampled_from((1, 1, 6))),
                "shelf_life_days": life,
                "total_shelf_life_days": draw(st.sampled_from((0, 3, 7))) if life else 0,
                "variance_to_mean": draw(st.sampled_from((0.0, 2.5))),
                "price_elasticity": draw(st.sampled_from((0.0, -2.0))),
                "minimum_store_size": 1.0 if draw(_chance) else 0.0,
                "holding_cost_per_unit_day": draw(_money) / 100,
                "launch_date": launch,
                "delist_date": None if launch and delist and delist <= launch else delist,
            }
        )
    # Listed everywhere and not for nothing, so that every store can reach a minimum order.
    skus[0] |= {"minimum_store_size": 0.0, "purchase_cost": 3.5}
    triage = {"restock_share": draw(_shares), "handling_cost_per_unit": draw(_money)}
    if triage["restock_share"] < 1:
        triage |= {"repair_share": 0.3, "return_to_vendor_share": 0.4, "repair_cost_per_unit": 1.07}
        triage["vendor_credit_share"] = draw(_shares)
    return {"classes": classes, "skus": skus, "returns_triage": [triage]}


_return_delays = st.sampled_from(
    ({"kind": "constant", "value": 0}, {"kind": "constant", "value": 60}, {"kind": "poisson", "mean": 3.0})
)


def _costs(draw: st.DrawFn) -> Content:
    return {
        "ordering": {
            "per_store_order": draw(_money),
            "per_emergency_order": draw(_money),
            "per_store_order_line": draw(_money),
            "per_purchase_order": draw(_money),
            "per_purchase_order_line": draw(_money),
        },
        "holding": {
            "store_rate_per_year": 0.25,
            "dc_rate_per_year": 0.1,
            "dc_cost_per_unit_day": draw(_money),
        },
        "communication": {"per_order_contact": draw(_money), "per_featured_sku_store_day": draw(_money)},
        "disposal_per_wasted_unit": draw(_money),
    }


def _demand(draw: st.DrawFn, content: Content) -> Content:
    start, days = content["horizon"]["start_date"], content["horizon"]["days"]
    process = draw(
        st.sampled_from(({"kind": "poisson"}, {"kind": "constant"}, {"kind": "negative_binomial"}))
    )
    if process["kind"] == "negative_binomial":
        process = {**process, "variance_to_mean": 3.0}
    demand: Content = {"mean_units_per_day": draw(st.sampled_from((0.0, 0.3, 2.0, 15.0))), "process": process}
    if draw(_chance):
        demand["known"] = [
            {
                "store_id": store["store_id"],
                "sku_id": sku["sku_id"],
                "date": start + timedelta(days=day),
                "units": draw(st.integers(0, 9)),
            }
            for store in content["network"]["stores"]
            for sku in content["assortment"]["skus"]
            for day in range(0, days, 3)
            if store["size"] >= sku["minimum_store_size"]
        ]
    if draw(st.booleans()):
        demand["patterns"] = [{"weekday_factors": [1, 1, 1, 1, 2, 3, 0], "month_factors": [2] + [1] * 11}]
        demand["holidays"] = [{"name": "fair", "dates": [_day(draw, start, days)], "days": 2, "factor": 4.0}]
        demand["shock"] = {
            "level": draw(st.sampled_from(("store", "region", "network"))),
            "standard_deviation": 0.4,
            "persistence": 0.6,
        }
        demand["responses"] = [
            {
                "price_elasticity": -1.5,
                "promotion_multiplier": 1.2,
                "feature_multiplier": 1.4,
                "pulled_forward_share": 0.2,
                "dip_days": 30,
                "switched_share": 0.3,
                "launch_days": 5,
                "near_expiry_uplift": draw(st.sampled_from((0.0, 1.5))),
            }
        ]
        changed = draw(st.sampled_from(content["assortment"]["skus"]))
        demand["price_changes"] = [
            {
                "sku_id": changed["sku_id"],
                "from_date": _day(draw, start, days),
                "price": changed["price"] * 1.1,
            }
        ]
    return demand


def _initial(draw: st.DrawFn, content: Content) -> Content:
    if draw(st.booleans()):
        return {
            "store_days_of_demand": draw(st.sampled_from((0.0, 1.0, 7.0))),
            "dc_days_of_demand": draw(st.sampled_from((0.0, 3.0))),
            "remembered_days": draw(st.sampled_from((0, 1, 28))),
        }
    classes = {item["id"]: item for item in content["assortment"]["classes"]}
    rows = []
    for store in content["network"]["stores"]:
        for sku in content["assortment"]["skus"]:
            life, waits = sku["shelf_life_days"], classes[sku["class_id"]]["unmet_demand"] == "backorder"
            rows.append(
                {
                    "store_id": store["store_id"],
                    "sku_id": sku["sku_id"],
                    "units": draw(st.integers(0, 12)),
                    "age_days": draw(st.integers(0, max(0, life - 1))),
                    "on_order_units": draw(st.sampled_from((0, 0, 5))),
                    "backorder_units": draw(st.sampled_from((0, 3))) if waits else 0,
                }
            )
    limited = [c["id"] for c in content["network"]["distribution_centres"] if c.get("stock") != "unlimited"]
    skus = [sku["sku_id"] for sku in content["assortment"]["skus"]]
    held = [{"dc_id": c, "sku_id": s, "units": draw(st.integers(0, 60))} for c in limited for s in skus]
    return {"store_stock": rows, "dc_stock": held, "remembered_days": 7}


def _level(draw: st.DrawFn, low: int, high: int) -> Content:
    if draw(st.booleans()):
        return {"units": draw(st.integers(low, high))}
    return {"days_of_demand": float(draw(st.integers(max(0, low), high))), "safety_factor": draw(_shares)}


def _mode(draw: st.DrawFn, kinds: tuple[str, ...]) -> Content:
    kind = draw(st.sampled_from(kinds))
    levels: Content = {}
    if kind in ("min_max", "reorder_quantity"):
        levels["reorder_point"] = _level(draw, -1, 9)
    if kind in ("min_max", "periodic_review", "base_stock"):
        levels["order_up_to"] = _level(draw, 10, 25)
    if kind == "reorder_quantity":
        levels["order_quantity"] = _level(draw, 2, 12)
    if kind in ("days_of_cover", "vendor_managed"):
        levels = {"cover_days": draw(st.sampled_from((0.0, 4.5))), "safety_factor": draw(_shares)}
    return {"kind": kind, **levels}


_CENTRE_MODES = ("min_max", "reorder_quantity", "periodic_review", "base_stock", "days_of_cover")
_STORE_MODES = (*_CENTRE_MODES, "vendor_managed", "table", "known_orders")


def _store_mode(draw: st.DrawFn, content: Content) -> Content:
    mode = _mode(draw, _STORE_MODES)
    stores, skus = content["network"]["stores"], content["assortment"]["skus"]
    if mode["kind"] == "table":
        mode["levels"] = [
            {"store_id": store["store_id"], "sku_id": sku["sku_id"], "reorder_point_units": 4, **size}
            for store in stores
            for sku in skus
            for size in [draw(st.sampled_from(({"order_up_to_units": 9}, {"order_quantity_units": 5})))]
        ]
    elif mode["kind"] == "known_orders":
        start, days = content["horizon"]["start_date"], content["horizon"]["days"]
        rows = [
            {
                "store_id": store["store_id"],
                "sku_id": sku["sku_id"],
                "date": start + timedelta(days=day),
                "units": draw(st.integers(1, 9)),
            }
            for store in stores
            for sku in skus
            if store["size"] >= sku["minimum_store_size"]
            for day in range(0, days, 4)
        ]
        mode["orders"] = table(KnownOrder, rows)
    return mode


def _policy(draw: st.DrawFn, content: Content) -> Content:
    start, days = content["horizon"]["start_date"], content["horizon"]["days"]
    skus = [sku["sku_id"] for sku in content["assortment"]["skus"]]
    rules = []
    for scope in ({"classes": ["FRESH"]}, {"regions": ["north"], "skus": skus[:1]}, {}):
        if scope and draw(st.booleans()):
            continue
        if "regions" in scope and not any(s["region"] == "north" for s in content["network"]["stores"]):
            continue
        rule: Content = {"scope": scope, "mode": _store_mode(draw, content), "forecaster": draw(_forecasters)}
        rules.append({**rule, "order_weekdays": draw(_order_days), "case_rounding": draw(_rounding)})
    policy: Content = {
        "replenishment": rules,
        "dc_replenishment": [
            {
                "mode": _mode(draw, _CENTRE_MODES),
                "order_weekdays": draw(_order_days),
                "forecaster": draw(_forecasters),
                "case_rounding": draw(_rounding),
            }
        ],
        "transport": {"delivery_hour": draw(st.sampled_from(DELIVERY_HOURS))},
        "allocation": {
            "rule": draw(st.sampled_from(("fair_share", "priority", "first_come"))),
            "unfilled": draw(st.sampled_from(("cancel", "backorder"))),
        },
        "knowledge": draw(st.sampled_from(("recorded", "perfect"))),
    }
    if draw(_chance):
        policy["minimum_order"] = {"units": draw(st.integers(0, 9)), "value": draw(_money) / 10}
    if draw(st.booleans()):
        trigger, cover = draw(
            st.sampled_from(
                (
                    ({"units": 2}, {"units": 6}),
                    (
                        {"days_of_demand": 1.0, "safety_factor": 0.5},
                        {"days_of_demand": 3.0, "safety_factor": 1.0},
                    ),
                )
            )
        )
        policy["emergency_orders"] = [
            {"trigger": trigger, "cover": cover, "lead_time_days": draw(st.integers(0, 2))}
        ]
    if draw(st.booleans()):
        policy["promotions"] = [
            {
                "scope": {"skus": [draw(st.sampled_from(skus))]},
                "start": _day(draw, start, days),
                "days": draw(st.integers(1, 5)),
                "discount": 0.2,
                "featured": draw(st.booleans()),
            }
        ]
    if draw(_chance):
        policy["returns"] = "to_centre"
    keeps = [sku["sku_id"] for sku in content["assortment"]["skus"] if not sku["total_shelf_life_days"]]
    if keeps and draw(_chance):
        gift = {"gift_sku_id": draw(st.sampled_from(keeps)), "per_units": draw(st.integers(1, 9))}
        policy["gifts"] = [{"start": draw(st.sampled_from((None, start))), "days": 5, **gift}]
    if draw(st.booleans()):
        policy["mark_downs"] = [
            {"remaining_days": draw(st.integers(1, 3)), "discount": 0.3, "preferred_share": draw(_shares)}
        ]
    if draw(st.booleans()):
        policy["delisting"] = {"discount": 0.5, "clearance_days": draw(st.integers(1, 6))}
    if draw(st.booleans()):
        policy["substitution_incentives"] = [{"cost_per_unit": 1.25}]
    return policy
