"""Which columns of a file of actual figures play which role."""

from __future__ import annotations

from collections.abc import Mapping

from study.fitting.headers import ROLE_NAMES

_SHARED = ("price", "feature", "promotion", "date", "store", "sku")
_STOCK_AT_CLOSE = ROLE_NAMES["closing_stock"] + ROLE_NAMES["stock"]

ACTUAL_ROLES: Mapping[str, tuple[str, ...]] = {
    "opening_stock": ("opening stock", "begin stock", "beginning stock", "opening inventory", "期初库存"),
    "closing_stock": _STOCK_AT_CLOSE,
    "wasted": ("waste", "wasted", "write off", "scrapped", "spoilage", "损耗", "报损", "报废"),
    "received": (
        "received",
        "units received",
        "receipts",
        "delivered",
        "delivery",
        "到货",
        "收货",
        "入库",
    ),
    "ordered": ("ordered", "units ordered", "order", "orders", "订货", "订单", "订货量"),
    "demand": ("demand", "units demanded", "requested", "asked for", "需求", "需求量"),
    "regular_price": ("regular price", "list price", "base price", "原价", "正价"),
    "revenue": ("revenue", "sales value", "turnover", "销售额", "销售金额"),
    **{role: ROLE_NAMES[role] for role in _SHARED},
    "units": tuple(name for name in ROLE_NAMES["units"] if name != "demand"),
}
"""Role -> names it goes by; the first roles win where a name could be two. Stock is stock at close."""

ROLE_WORDS: Mapping[str, str] = {
    "sold": "units sold",
    "demand": "demand",
    "received": "units received",
    "wasted": "waste",
    "closing_stock": "stock at close",
    "revenue": "revenue or price",
}
"""Field of a record -> what a planner calls the column behind it."""
