"""The store inventory problem that every contender solves, and the figures they are compared on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Rates = npt.NDArray[np.float64]
Units = npt.NDArray[np.int64]

M5_STORES, M5_SKUS, M5_DAYS = 10, 3_049, 1_941
"""Size of the M5 forecasting competition (Makridakis, Spiliotis and Assimakopoulos, 2022)."""


@dataclass(frozen=True, eq=False)
class InventoryProblem:
    """One DC feeding stores under (s, S) with lost sales; the order of events is in `reference_day`.

    Every place starts with its order-up-to level on the shelf and nothing on order. Both lead times count
    from the end of a day to a morning, so a lead time of one day arrives before the next day's demand.
    """

    daily_rate: Rates
    """Mean Poisson demand in units a day, shape (stores, skus)."""
    reorder_point: Units
    """s in units, shape (stores, skus): a store orders when its position is at or below it."""
    order_up_to: Units
    """S in units, shape (stores, skus)."""
    dc_reorder_point: Units
    """s of the DC in units, shape (skus,)."""
    dc_order_up_to: Units
    """S of the DC in units, shape (skus,)."""
    n_days: int
    lead_time_days: int = 2
    """From the DC to every store."""
    supplier_lead_time_days: int = 7
    """From the supplier, who never runs short, to the DC."""

    def __post_init__(self) -> None:
        """Refuse lead times for which the written order of events has no meaning."""
        if min(self.lead_time_days, self.supplier_lead_time_days) < 1:
            raise ValueError("lead times must be at least one day: shipments leave at the end of a day")

    @property
    def n_stores(self) -> int:
        """Number of stores."""
        return int(self.daily_rate.shape[0])

    @property
    def n_skus(self) -> int:
        """Number of SKUs; every store stocks them all."""
        return int(self.daily_rate.shape[1])

    @property
    def cells(self) -> int:
        """Store-SKU-days, the unit of work of the speed figures."""
        return self.n_stores * self.n_skus * self.n_days

    def draw_demand(self, seed: int) -> Units:
        """Draw one demand series, shape (days, stores, skus), units."""
        rng = np.random.default_rng(seed)
        return rng.poisson(self.daily_rate, size=(self.n_days, *self.daily_rate.shape))


@dataclass(frozen=True)
class Outcome:
    """What happened, as whole numbers, so that two models can be compared without a tolerance."""

    cells: int
    demand_units: int
    sold_units: int
    lost_units: int
    on_hand_unit_days: int
    """Sum over store-SKU-days of the stock after the day's demand."""
    orders: int
    """Replenishment orders of more than zero units placed by stores."""
    ordered_units: int
    shipped_units: int
    """Units that left the DC for the stores."""
    short_orders: int
    """Store orders which the DC could not fill in full on the day they were placed."""
    dc_on_hand_unit_days: int
    """Sum over SKU-days of the DC's stock after the stores' demand, before the day's shipments."""
    dc_orders: int

    @property
    def fill_rate(self) -> float:
        """Units sold over units asked for."""
        return self.sold_units / self.demand_units

    @property
    def mean_on_hand(self) -> float:
        """Average stock per store and SKU, units."""
        return self.on_hand_unit_days / self.cells


def m5_like(
    n_stores: int, n_skus: int, n_days: int, seed: int = 0, dc_safety_days: float = 0.0
) -> InventoryProblem:
    """Make a problem with rates as unequal as those of a grocery assortment: lognormal, mean 1.1 a day.

    Args:
        n_stores: Number of stores.
        n_skus: Number of SKUs.
        n_days: Horizon in days.
        seed: Seed of the rates.
        dc_safety_days: Days of mean demand by which the DC's s exceeds mean demand over its lead time and
            review day. At zero it runs short now and then and has to ration; three weeks make that vanish.

    Returns:
        The problem; s of a store is mean demand over the lead time, rounded up, and S lies a week
        of demand, rounded up, above s, at the DC too.
    """
    mean_daily_units, log_sd = 1.1, 1.2
    rng = np.random.default_rng(seed)
    log_mean = math.log(mean_daily_units) - log_sd**2 / 2
    rate = rng.lognormal(log_mean, log_sd, size=(n_stores, n_skus))
    lead_time_days, supplier_lead_time_days = 2, 7
    s, week = _units(rate * lead_time_days), _units(rate * 7)
    dc_rate = rate.sum(axis=0)
    dc_s, dc_week = _units(dc_rate * (supplier_lead_time_days + 1 + dc_safety_days)), _units(dc_rate * 7)
    return InventoryProblem(
        daily_rate=rate,
        reorder_point=s,
        order_up_to=s + week,
        dc_reorder_point=dc_s,
        dc_order_up_to=dc_s + dc_week,
        n_days=n_days,
        lead_time_days=lead_time_days,
        supplier_lead_time_days=supplier_lead_time_days,
    )


def _units(amount: Rates) -> Units:
    return np.ceil(amount).astype(np.int64)
