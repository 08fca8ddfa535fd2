"""Cost and profit, read off the ledger, in money per day."""

from __future__ import annotations

from collections.abc import Callable

from scenarios import COST_HEADS, Costs
from sim.books import HEAD_ACCOUNTS, MINOR_PER_MAJOR, Account
from sim.books.daily_checks import SOLD
from sim.kpis.ratios import ratio
from sim.kpis.sums import FloatArray, Sums
from sim.records import Day

_ALL_HEADS = tuple(account for head in COST_HEADS for account in HEAD_ACCOUNTS[head])
_ALL_BUT_PURCHASE = tuple(
    account for head in COST_HEADS if head != "purchase" for account in HEAD_ACCOUNTS[head]
)


def _per_day(sums: Sums, *accounts: Account) -> FloatArray:
    return sums.balance(*accounts) / sums.days / MINOR_PER_MAJOR


def _head(head: str) -> Callable[[Sums], FloatArray]:
    return lambda sums: _per_day(sums, *HEAD_ACCOUNTS[head])


def revenue(sums: Sums) -> FloatArray:
    """Sales at the price of the day, refunds deducted, in money per day."""
    return -_per_day(sums, Account.REVENUE, Account.REFUNDS)


def gross_margin(sums: Sums) -> FloatArray:
    """Revenue less mark-down and purchase cost, in money per day; volume discounts belong to no class of goods."""
    return revenue(sums) - _per_day(sums, Account.MARK_DOWN, Account.COST_OF_GOODS)


MONEY: dict[str, Callable[[Sums], FloatArray]] = {
    **{f"cost_{head}": _head(head) for head in COST_HEADS},
    "total_cost": lambda s: _per_day(s, *_ALL_HEADS),
    "cost_to_serve": lambda s: ratio(s.balance(*_ALL_BUT_PURCHASE) / MINOR_PER_MAJOR, s.of_day(*SOLD)),
    "revenue": revenue,
    "gross_margin": gross_margin,
    "profit": lambda s: revenue(s) - _per_day(s, Account.SERVICE_REVENUE, *_ALL_HEADS),
}
"""KPIs that are computed alike for the network and its parts."""


def shortage_penalty(sums: Sums, costs: Costs) -> FloatArray:
    """Notional cost of units owed and units lost, in money per day: in no account of the ledger."""
    owed = sums.of_day(Day.BACKORDERS) * costs.shortage.backorder_per_unit_day
    lost = sums.of_day(Day.LOST) * costs.shortage.lost_per_unit
    return (owed + lost) / sums.days
