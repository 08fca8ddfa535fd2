"""The true mean demand of coming days, for forecasters with perfect knowledge: the yardstick of regret."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.axes import frozen
from sim.market.market import Market

FloatArray = npt.NDArray[np.float64]

DAYS_PER_WEEK = 7


@dataclass(frozen=True, eq=False)
class ExpectedDemand:
    """Mean demand over any days of the run; shocks stand at their mean 1."""

    market: Market
    prefix: FloatArray
    """(groups, days + 1, skus) sum of the rate factors of the days before."""

    @classmethod
    def of(cls, market: Market) -> ExpectedDemand:
        """Sum up the factors of a market; takes 8 bytes per group, day and SKU."""
        factors = market.rate_factor[:, market.remembered_days :]
        groups, days, skus = factors.shape
        prefix = np.zeros((groups, days + 1, skus))
        for day in range(days):
            np.add(prefix[:, day], factors[:, day], out=prefix[:, day + 1])
        return cls(market, frozen(prefix))

    def units(self, first_day: int, stop_day: int) -> FloatArray:
        """Expected units per store and SKU, shape (stores, skus), from a day until before another.

        Days after the end of the run are taken to be like its last week.
        """
        days = self.market.days
        expected = self._within(min(first_day, days), min(stop_day, days))
        beyond = max(stop_day - max(first_day, days), 0)
        if beyond > 0:
            week = min(DAYS_PER_WEEK, days)
            expected += self._within(days - week, days) * (beyond / week)
        return expected

    def _within(self, first_day: int, stop_day: int) -> FloatArray:
        market = self.market
        total = (self.prefix[:, stop_day] - self.prefix[:, first_day])[market.group_of_store]
        for day in range(first_day, stop_day):
            shut = np.flatnonzero(~market.open_day[day])
            if shut.size:
                total[shut] -= market.rate_factor[market.group_of_store[shut], market.remembered_days + day]
        return np.maximum(total, 0.0) * market.base_rate
