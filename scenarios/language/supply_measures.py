"""KPIs of suppliers, purchases and incoming inspection."""

from __future__ import annotations

from scenarios.language.measure import Direction, Group, Measure

_H, _L, _N = Direction.HIGHER, Direction.LOWER, Direction.NEUTRAL
_SUPPLY = Group.SUPPLY

SUPPLY_MEASURES: tuple[Measure, ...] = (
    Measure(
        "supplier_on_time_share",
        "Suppliers on time",
        "share",
        _H,
        _SUPPLY,
        "Purchased units received by the day the supplier quoted, over units received or overdue",
    ),
    Measure(
        "supplier_lead_time_days",
        "Supplier lead time",
        "days",
        _L,
        _SUPPLY,
        "Mean days from purchase order to receipt, weighted by units",
    ),
    Measure(
        "supplier_fill_share",
        "Complete at first delivery",
        "share",
        _H,
        _SUPPLY,
        "Units taken in with the first delivery of their purchase line, over all units taken in; undefined where no"
        " supplier is limited, fails or is judged",
    ),
    Measure(
        "supplier_score",
        "Supplier score",
        "points of 100",
        _H,
        _SUPPLY,
        "Mean weighted score of the suppliers' scorecards",
    ),
    Measure(
        "supplier_defects_ppm",
        "Defects received",
        "per million units",
        _L,
        _SUPPLY,
        "Defective units per million units delivered, found or not, rejected lots included",
    ),
    Measure(
        "escaped_defects_ppm",
        "Escaped defects",
        "per million units",
        _L,
        _SUPPLY,
        "Defective units that incoming inspection let through, per million units taken in",
    ),
    Measure(
        "complaint_units",
        "Complaints told to suppliers",
        "units per day",
        _L,
        _SUPPLY,
        "Defective units that customers brought back and suppliers heard of, per day",
    ),
    Measure(
        "shortage_response_units",
        "Hastened or asked of others",
        "units per day",
        _N,
        _SUPPLY,
        "Units of open orders sent express, or ordered from other suppliers, because a SKU ran out at a centre",
    ),
    Measure(
        "inspection_rejected_share",
        "Lots rejected",
        "share",
        _L,
        _SUPPLY,
        "Lots sent back by incoming inspection over lots inspected",
    ),
    Measure(
        "consigned_stock_units",
        "Stock on consignment",
        "units",
        _N,
        _SUPPLY,
        "Average units in distribution centres that suppliers own until they are shipped, after the day's shipping",
    ),
    Measure(
        "express_share",
        "Express share of purchases",
        "share",
        _L,
        _SUPPLY,
        "Units sent express, from the start or by expediting an open order, over units purchased",
    ),
    Measure(
        "purchase_price_index",
        "Purchase price index",
        "ratio",
        _L,
        _SUPPLY,
        "Purchase value over the same units at the list prices of the SKU table; express surcharges aside",
    ),
)
"""In the order in which reports list them."""
