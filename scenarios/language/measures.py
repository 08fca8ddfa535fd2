"""Names, units and directions of every KPI; how each is computed stands in `sim/kpis`."""

from __future__ import annotations

from scenarios.language.measure import Direction, Group, Measure
from scenarios.language.operation_measures import OPERATION_MEASURES
from scenarios.language.service_measures import SERVICE_MEASURES
from scenarios.language.service_resource_measures import SERVICE_HEADS, SERVICE_RESOURCE_MEASURES
from scenarios.language.supply_measures import SUPPLY_MEASURES

COST_HEADS: tuple[str, ...] = (
    "purchase",
    "ordering",
    "holding",
    "waste",
    "mark_down",
    "communication",
    "facilities",
    "labour",
    "material",
    "transport",
    "outsourcing",
    "quality",
)
"""Heads of the ledger; every cost posting names exactly one."""

_HEAD_DEFINITIONS = {
    "purchase": "Moving-average purchase cost of the goods sold, less goods returned to stock",
    "ordering": "Cost per order and per order line, of store orders and of purchase orders",
    "holding": "Capital and space cost of stock in stores and distribution centres, on stock after the day's demand",
    "waste": "Purchase cost of expired, scrapped and defective-returned units, and their disposal",
    "mark_down": "Price given away on goods near expiry or being delisted, against the price of the day",
    "communication": "Contacts with stores and customers, announcements, gifts, incentives that steer demand",
    "facilities": "Fixed cost of stores and distribution centres",
    "labour": "People in distribution centres, at the order desk and in after-sales service, overtime included",
    "material": "What is used up: packaging and pallets, spare parts and consumables of repairs",
    "transport": "Own trucks and technicians' vans: days, kilometres and drivers' hours",
    "outsourcing": "Carriers, couriers and service partners paid for their work",
    "quality": "Inspection of goods, parts and repairs, rejected lots, goods brought back less what is recovered",
}

_H, _L, _N = Direction.HIGHER, Direction.LOWER, Direction.NEUTRAL
_SERVICE, _STOCK, _FLOW, _COST, _PROFIT = Group.SERVICE, Group.STOCK, Group.FLOW, Group.COST, Group.PROFIT

_MEASURES: tuple[Measure, ...] = (
    Measure(
        "fill_rate",
        "Fill rate (units)",
        "share",
        _H,
        _SERVICE,
        "Units sold as asked from stock at once, over units demanded",
        headline=True,
    ),
    Measure(
        "value_fill_rate",
        "Fill rate (value)",
        "share",
        _H,
        _SERVICE,
        "Fill rate with each unit weighted by its price of the day",
    ),
    Measure(
        "line_fill_rate",
        "Fill rate (order lines)",
        "share",
        _H,
        _SERVICE,
        "Store order lines that the distribution centre shipped in full at once, over lines ordered",
    ),
    Measure(
        "cycle_service_level",
        "Cycle service level",
        "share",
        _H,
        _SERVICE,
        "Replenishment cycles (receipt to receipt of one SKU at one store) without a stock-out",
    ),
    Measure(
        "on_shelf_availability",
        "On-shelf availability",
        "share",
        _H,
        _SERVICE,
        "Opening time with the SKU on the shelf, over opening time of all listed SKUs",
        headline=True,
    ),
    Measure(
        "stock_out_days",
        "Stock-out days",
        "days per SKU and year",
        _L,
        _SERVICE,
        "Share of opening time without stock, times 365: days a year that a SKU is missing from a store",
    ),
    Measure(
        "substituted_share",
        "Demand met by a substitute",
        "share",
        _N,
        _SERVICE,
        "Units demanded that were met by another SKU of the category",
    ),
    Measure(
        "lost_share",
        "Lost demand",
        "share",
        _L,
        _SERVICE,
        "Units demanded that were lost: neither sold, substituted nor backordered",
    ),
    Measure(
        "service_gini",
        "Inequality of service (Gini)",
        "index 0-1",
        _L,
        _SERVICE,
        "Gini coefficient of the unmet share of demand over stores, weighted by demand (0 = all equally served)",
    ),
    Measure(
        "small_store_fill_gap",
        "Fill-rate gap of small stores",
        "share",
        _L,
        _SERVICE,
        "Fill rate of the largest third of stores less that of the smallest third, by demand",
    ),
    Measure("demand_units", "Demand", "units per day", _N, _FLOW, "Units asked for by customers per day"),
    Measure(
        "sold_units", "Units sold", "units per day", _H, _FLOW, "Units sold, substitutes included, per day"
    ),
    Measure(
        "order_lines", "Store order lines", "lines per day", _N, _FLOW, "Lines ordered by or pushed to stores"
    ),
    Measure(
        "store_orders", "Store orders", "orders per day", _N, _FLOW, "Orders placed by or pushed to stores"
    ),
    Measure(
        "emergency_share", "Emergency share", "share", _L, _FLOW, "Emergency orders over all store orders"
    ),
    Measure(
        "bullwhip_ratio",
        "Bullwhip ratio (stores)",
        "ratio",
        _L,
        _FLOW,
        "Variance of daily store orders over variance of daily demand, in units of the whole network",
    ),
    Measure(
        "bullwhip_ratio_dc",
        "Bullwhip ratio (distribution centre)",
        "ratio",
        _L,
        _FLOW,
        "Variance of weekly purchase orders over variance of weekly demand, in units of the whole network",
    ),
    Measure(
        "return_rate", "Customer returns", "share", _L, _FLOW, "Units returned by customers over units sold"
    ),
    Measure(
        "inventory_days",
        "Inventory days",
        "days",
        _L,
        _STOCK,
        "Average store and distribution-centre stock at cost over purchase cost of goods sold per day",
        headline=True,
    ),
    Measure(
        "stock_turns",
        "Stock turns",
        "per year",
        _H,
        _STOCK,
        "Purchase cost of goods sold per year over average stock at cost",
    ),
    Measure(
        "store_stock_units",
        "Store stock",
        "units",
        _N,
        _STOCK,
        "Average units on hand in stores after the day's demand",
    ),
    Measure(
        "dc_stock_units",
        "Distribution-centre stock",
        "units",
        _N,
        _STOCK,
        "Average units on hand in distribution centres after the day's shipping",
    ),
    Measure(
        "backorder_units",
        "Backorders",
        "units",
        _L,
        _STOCK,
        "Average customer units owed after the day's demand",
    ),
    Measure(
        "stock_value",
        "Stock at cost",
        "money",
        _L,
        _STOCK,
        "Average stock at cost, stores and distribution centres",
    ),
    Measure(
        "gmroi", "GMROI", "ratio per year", _H, _STOCK, "Gross margin per year over average stock at cost"
    ),
    Measure(
        "waste_share",
        "Waste",
        "share",
        _L,
        _STOCK,
        "Units expired or scrapped over units received by stores",
        headline=True,
    ),
    Measure(
        "mark_down_share",
        "Sold marked down",
        "share",
        _L,
        _STOCK,
        "Units sold at a mark-down over units sold",
    ),
    Measure(
        "age_at_sale_share",
        "Age at sale",
        "share",
        _L,
        _STOCK,
        "Mean share of its shelf life that a perishable unit had used when it was sold",
    ),
    Measure(
        "centre_waste_share",
        "Waste in distribution centres",
        "share",
        _L,
        _STOCK,
        "Units that expired in distribution centres over units received there",
    ),
    Measure(
        "life_at_receipt_days",
        "Remaining life at receipt",
        "days",
        _H,
        _STOCK,
        "Mean days of sale left when goods that age in the centre come to a store, that day included",
    ),
    Measure(
        "escaped_defect_share",
        "Defects that customers found",
        "share",
        _L,
        _FLOW,
        "Units brought back because they were defective, over units sold",
    ),
    Measure(
        "recovery_value",
        "Recovered from returns",
        "money per day",
        _H,
        _FLOW,
        "Cost of returned units that centres restock or repair, and what vendors give for those sent back to them",
    ),
    Measure(
        "recovered_share",
        "Recovered share of returns",
        "share",
        _H,
        _FLOW,
        "Recovered from returns over the cost of all that came back to distribution centres",
    ),
    Measure(
        "record_accuracy",
        "Record accuracy",
        "share",
        _H,
        _STOCK,
        "SKUs of distribution centres whose record says at the end of the day what is there",
    ),
    Measure(
        "shrinkage_share",
        "Shrinkage",
        "share",
        _L,
        _STOCK,
        "Units that distribution centres found missing, less those found over, over units shipped",
    ),
    Measure(
        "short_pick_share",
        "Short picks",
        "share",
        _L,
        _FLOW,
        "Units that were promised by the record and not found, over units asked of distribution centres",
    ),
    Measure("gift_units", "Gifts", "units per day", _N, _FLOW, "Units added to shipments as gifts"),
    *SUPPLY_MEASURES,
    *OPERATION_MEASURES,
    *SERVICE_MEASURES,
    *SERVICE_RESOURCE_MEASURES,
    *(
        Measure(
            f"cost_{head}",
            f"Cost: {head.replace('_', '-')}",
            "money per day",
            _L,
            _COST,
            _HEAD_DEFINITIONS[head],
        )
        for head in COST_HEADS
    ),
    Measure("total_cost", "Total cost", "money per day", _L, _COST, "Sum of the cost heads", headline=True),
    Measure(
        "cost_to_serve",
        "Cost to serve",
        "money per unit sold",
        _L,
        _COST,
        "All cost heads except purchase, per unit sold",
    ),
    Measure(
        "shortage_penalty",
        "Shortage penalty (notional)",
        "money per day",
        _L,
        _COST,
        "Backorder cost per unit-day and goodwill cost per lost unit: notional, in no cost head and not in profit",
    ),
    Measure(
        "revenue",
        "Revenue",
        "money per day",
        _H,
        _PROFIT,
        "Sales at the price of the day, refunds deducted",
        headline=True,
    ),
    Measure(
        "gross_margin",
        "Gross margin",
        "money per day",
        _H,
        _PROFIT,
        "Revenue less mark-down and purchase cost, volume discounts aside",
    ),
    Measure(
        "profit",
        "Profit",
        "money per day",
        _H,
        _PROFIT,
        "Revenue, of after-sales service too, less all cost heads",
        headline=True,
    ),
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _MEASURES}
"""Every KPI by name, in the order reports show them."""


def kpi_reference_markdown() -> str:
    """The KPI reference page: one table per group, generated so that it cannot go stale."""
    lines = ["# KPI reference", "", "Generated from `scenarios/language/measures.py`; do not edit.", ""]
    for group in Group:
        lines += [
            f"## {group.value.capitalize()}",
            "",
            "| KPI | title | unit | better | definition |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| `{m.name}` | {m.title} | {m.unit} | {m.better.value} | {m.definition} |"
            for m in MEASURES.values()
            if m.group is group
        ]
        lines.append("")
    return "\n".join(lines)


__all__ = [
    "COST_HEADS",
    "MEASURES",
    "SERVICE_HEADS",
    "Direction",
    "Group",
    "Measure",
    "kpi_reference_markdown",
]
