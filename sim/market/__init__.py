"""What customers want, when, and at which price: rates and prices as arrays over stores, days and SKUs."""

from __future__ import annotations

from sim.market.balance import PromotionBalance
from sim.market.expectation import ExpectedDemand
from sim.market.market import Market, build_market

__all__ = ["ExpectedDemand", "Market", "PromotionBalance", "build_market"]
