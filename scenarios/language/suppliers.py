"""Who sells to the distribution centres: prices, lead times, limits, quality, and what a second source offers."""

from __future__ import annotations

from typing import ClassVar

from scenarios.language.base import Model, assumed, given
from scenarios.language.distributions import Constant, Distribution


class PriceProcess(Model):
    """How the price level of a supplier moves (mechanism T1).

    The logarithm of the price against the list is a mean-reverting random walk (Schwartz 1997, model 1), looked at
    every few days; the price stays as it is in between. The mean of the price is the list price times the trend.

        price: {volatility_per_year: 0.25, mean_reversion_per_year: 2, review_days: 14}
    """

    volatility_per_year: float = given(unit="standard deviation of the log price", ge=0, le=5)
    """Standard deviation of what the log price gains in a year, before it reverts."""
    mean_reversion_per_year: float = assumed(0.0, "a random walk unless given", unit="per year", ge=0, le=100)
    """Speed at which the log price returns; ln 2 over it is the half-life in years."""
    trend_per_year: float = assumed(0.0, "no trend unless given", unit="share per year", gt=-1, le=5)
    """Growth of the mean price."""
    review_days: int = assumed(7, "assumption: weekly price lists", unit="days", ge=1, le=365)
    """Days from one price list to the next."""


class PurchaseMinimum(Model):
    """The least a purchase order of one centre must hold; `policy.sourcing.small_orders` says what becomes of less."""

    units: int = assumed(0, "none unless given", unit="units", ge=0)
    """Units."""
    value: float = assumed(0.0, "none unless given", unit="money", ge=0)
    """Value at the price of the day."""


class VolumeDiscount(Model):
    """A price break for all units of a period: paid back at its end, on everything bought in it.

    volume_discounts: [{units: 5000, discount_share: 0.04}, {units: 10000, discount_share: 0.07}]
    """

    units: int = given(unit="units per 28 days", gt=0, le=1_000_000_000)
    """Least units that all centres together order within 28 days, counted from the first day."""
    discount_share: float = given(unit="share of purchase value", gt=0, lt=1)
    """What is paid back of the purchase value of these days, express surcharges aside."""


class Disruptions(Model):
    """Times in which nothing leaves the supplier: strikes, floods, a failed line."""

    per_year: float = given(unit="disruptions per year", gt=0, le=100)
    """Mean number that begin in a year (Poisson)."""
    length_days: Distribution = assumed(Constant(kind="constant", value=7), "assumption: a week", unit="days")
    """How long one lasts, rounded to whole days, at most 120."""


class ExpressDelivery(Model):
    """A faster way from the supplier, at a price (mechanism H3)."""

    lead_time_days: Distribution = assumed(
        Constant(kind="constant", value=1), "assumption: next day", unit="days"
    )
    """Shipping to receipt of express lines; drawn like the regular lead time."""
    surcharge_share: float = assumed(
        0.15, "assumption: air or courier instead of road", unit="share of purchase value", ge=0, le=10
    )
    """Paid on top, on the purchase value of what goes express."""


class SupplierQuality(Model):
    """How many units are defective, and how far the supplier learns from complaints (mechanism H4)."""

    defects_per_million: float = given(unit="defective units per million", ge=0, le=1_000_000)
    """Mean share of defective units."""
    lot_variation: float = assumed(0.0, "every lot alike unless given", unit="ratio", ge=0, le=5)
    """Coefficient of variation of the defective share from lot to lot (a gamma distribution, cut at 1)."""
    learning_factor: float = assumed(
        0.9, "assumption: a complaint removes a tenth of the causes", unit="ratio", gt=0, le=1
    )
    """What each report under `quality_feedback` or `complaint_feedback` multiplies the defective share by."""
    floor_per_million: float = assumed(0.0, "no floor unless given", unit="defective units per million", ge=0)
    """The share below which it does not fall."""


class Supplier(Model):
    """Who delivers to the distribution centres."""

    id: str = given(min_length=1)
    """Identifier used by SKUs and supply offers."""
    name: str = assumed("", "the id when empty")
    """Name shown in reports."""
    lead_time_days: Distribution = assumed(
        Constant(kind="constant", value=3), "assumption: three days", unit="days"
    )
    """Purchase order to receipt; drawn per order and SKU, rounded to whole days, at most 120."""
    quoted_lead_time_days: int = assumed(
        -1, "-1 = the mean of `lead_time_days`, rounded up", unit="days", ge=-1, le=120
    )
    """Lead time it promises; a later receipt is not on time."""
    price: PriceProcess | None = assumed(None, "list prices stand")
    """How its prices move."""
    minimum_order: PurchaseMinimum = assumed(PurchaseMinimum(), "none unless given")
    """Least size of a purchase order."""
    volume_discounts: tuple[VolumeDiscount, ...] = assumed((), "none unless given")
    """Price breaks, units and discounts rising; the highest one that is reached applies."""
    capacity_units_per_day: int = assumed(0, "0 = no limit", unit="units per day", ge=0)
    """Units it can ship in a day to all centres together; the rest waits its turn."""
    disruptions: Disruptions | None = assumed(None, "never disrupted unless given")
    """Times in which nothing ships."""
    express: ExpressDelivery | None = assumed(None, "no express delivery unless given")
    """A faster way."""
    quality: SupplierQuality | None = assumed(None, "no defects unless given")
    """Defective units."""
    technology_score: float = assumed(50.0, "assumption: as good as most", unit="points of 100", ge=0, le=100)
    """Technology, as an audit rates it, for the scorecard."""
    global_support_score: float = assumed(
        50.0, "assumption: as good as most", unit="points of 100", ge=0, le=100
    )
    """Support abroad, as an audit rates it, for the scorecard."""


class SupplyOffer(Model):
    """One row of the supply table: this supplier also sells this SKU, beside the SKU's own supplier."""

    __unique__: ClassVar[tuple[str, ...]] = ("sku_id", "supplier_id")

    sku_id: str = given(min_length=1)
    """SKU."""
    supplier_id: str = given(min_length=1)
    """Supplier who can deliver it, too."""
    purchase_cost: float = given(unit="money per unit", ge=0)
    """List price paid to this supplier."""
