"""Stock: how much lies where, how long, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable

from sim.books import MINOR_PER_MAJOR, Account
from sim.books.daily_checks import SOLD
from sim.books.terms import DAYS_PER_YEAR
from sim.kpis.money import gross_margin
from sim.kpis.ratios import ratio
from sim.kpis.sums import FloatArray, Sums
from sim.records import Centre, Day


def _stock_value(sums: Sums) -> FloatArray:
    """Average stock at cost in stores and centres."""
    return (sums.of_day(Day.STOCK_VALUE) + sums.of_centre(Centre.STOCK_VALUE)) / sums.days / MINOR_PER_MAJOR


def _goods_sold_per_day(sums: Sums) -> FloatArray:
    """Goods sold at cost, less goods brought back."""
    return sums.balance(Account.COST_OF_GOODS) / sums.days / MINOR_PER_MAJOR


STOCK: dict[str, Callable[[Sums], FloatArray]] = {
    "inventory_days": lambda s: ratio(_stock_value(s), _goods_sold_per_day(s)),
    "stock_turns": lambda s: ratio(DAYS_PER_YEAR * _goods_sold_per_day(s), _stock_value(s)),
    "store_stock_units": lambda s: s.of_day(Day.ON_HAND) / s.days,
    "dc_stock_units": lambda s: s.of_centre(Centre.ON_HAND) / s.days,
    "backorder_units": lambda s: s.of_day(Day.BACKORDERS) / s.days,
    "stock_value": _stock_value,
    "gmroi": lambda s: ratio(DAYS_PER_YEAR * gross_margin(s), _stock_value(s)),
    "waste_share": lambda s: ratio(s.of_day(Day.WASTED), s.of_day(Day.RECEIVED)),
    "mark_down_share": lambda s: ratio(s.of_day(Day.MARKED_DOWN_UNITS), s.of_day(*SOLD)),
    "age_at_sale_share": lambda s: ratio(s.of_day(Day.AGE_AT_SALE_DAYS), s.of_day(Day.LIFE_AT_SALE_DAYS)),
}
"""KPIs that are computed alike for the network and its parts."""
