"""What is sold: merchandise classes, SKUs, and which store lists which SKU."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from scenarios.language.base import Model, assumed, given
from scenarios.language.columns import Columns
from scenarios.language.distributions import Constant, Distribution
from scenarios.language.goods_handling import ReturnsTriage

UnmetDemand = Literal["lost", "backorder"]


class CustomerReturns(Model):
    """Units that customers bring back (mechanism T4, stock side)."""

    probability: float = given(unit="share", ge=0, le=0.5)
    """Share of sold units that come back."""
    delay_days: Distribution = assumed(
        Constant(kind="constant", value=7), "assumption: a one-week exchange period", unit="days"
    )
    """Days between sale and return, rounded to whole days, at most 60."""
    resalable_share: float = assumed(
        0.8, "assumption: four in five returns are unopened", unit="share", ge=0, le=1
    )
    """Share of returned units that go back on the shelf; the others are scrapped."""


class Substitution(Model):
    """What a customer does when the SKU is not on the shelf (mechanism L5)."""

    acceptance: float = assumed(0.0, "off unless given", unit="share", ge=0, le=1)
    """Share of unmet units for which the customer takes another SKU of the same category."""
    acceptance_with_incentive: float = assumed(0.0, "off unless given", unit="share", ge=0, le=1)
    """The same share when `policy.substitution_incentives` offers an incentive; at least `acceptance`."""


class MerchandiseClass(Model):
    """A class of goods that share behaviour on the shelf."""

    id: str = given(min_length=1)
    """Identifier used by SKUs, scopes and reports."""
    name: str = assumed("", "the id when empty")
    """Name shown in reports."""
    unmet_demand: UnmetDemand = assumed("lost", "usual for shelf goods")
    """Whether an unmet unit is lost or waits as a backorder."""
    last_in_first_out_share: float = assumed(
        0.0, "first in, first out unless given", unit="share", ge=0, le=1
    )
    """Share of shoppers who take the freshest unit on the shelf (mechanism T6)."""
    substitution: Substitution = assumed(Substitution(), "off unless given")
    """Switching to another SKU of the category when out of stock."""
    customer_returns: CustomerReturns | None = assumed(None, "no returns unless given")
    """Units brought back by customers."""


class Sku(Model):
    """One row of the SKU table."""

    __unique__: ClassVar[tuple[str, ...]] = ("sku_id",)

    sku_id: str = given(min_length=1)
    """Identifier; random draws are keyed by it."""
    name: str = assumed("", "the id when empty")
    """Name shown in reports."""
    class_id: str = given(min_length=1)
    """Merchandise class."""
    category: str = assumed("", "the class when empty")
    """Goods among which customers switch: by promotion and when out of stock."""
    supplier_id: str = assumed("", "the first supplier when empty")
    """Supplier who delivers it to the distribution centre."""
    popularity: float = assumed(1.0, "all SKUs sell alike unless given", ge=0)
    """Relative mean demand within the assortment."""
    price: float = given(unit="money per unit", gt=0)
    """Regular price."""
    purchase_cost: float = given(unit="money per unit", ge=0)
    """Price paid to the supplier."""
    case_pack: int = assumed(1, "single units unless given", unit="units", ge=1)
    """Units per case; store orders are whole cases."""
    weight_kg: float = assumed(0.5, "assumption: a packed grocery item", unit="kg per unit", ge=0)
    """Weight, for trucks."""
    volume_litres: float = assumed(1.0, "assumption: a packed grocery item", unit="litres per unit", ge=0)
    """Space it takes on a truck."""
    shelf_life_days: int = assumed(0, "0 = does not expire", unit="days", ge=0, le=120)
    """Days after receipt at the store, receipt day included, on which a unit can be sold."""
    total_shelf_life_days: int = assumed(0, "0 = goods do not age in the centre", unit="days", ge=0, le=365)
    """Days after receipt at the centre, receipt day included, on which a unit can be sold at all.

    The centre then keeps lots, ships what expires first, and throws away what is left at the end of the last day.
    """
    variance_to_mean: float = assumed(0.0, "0 = that of demand.process", unit="ratio", ge=0)
    """Variance over mean of daily demand given its rate; 0 takes the scenario's value."""
    price_elasticity: float = assumed(0.0, "0 = that of the class in demand.response", le=0)
    """Own-price elasticity of demand; 0 takes the class's value."""
    minimum_store_size: float = assumed(0.0, "listed everywhere unless given", ge=0)
    """Smallest relative store size that lists the SKU."""
    holding_cost_per_unit_day: float = assumed(
        0.0, "0 = only the rates in costs.holding", unit="money per unit and day", ge=0
    )
    """Holding cost per unit and day on hand at a store, added to the rate on value."""
    launch_date: date | None = assumed(None, "on sale since before the start")
    """First day on sale (mechanism T5)."""
    delist_date: date | None = assumed(None, "not delisted")
    """First day no longer ordered; what is left is sold off at the delisting mark-down."""


class Listing(Model):
    """One row of the listing table: this store lists this SKU."""

    __unique__: ClassVar[tuple[str, ...]] = ("store_id", "sku_id")

    store_id: str = given(min_length=1)
    """Store."""
    sku_id: str = given(min_length=1)
    """SKU."""


class Assortment(Model):
    """What is sold and where."""

    classes: tuple[MerchandiseClass, ...] = given(min_length=1)
    """Merchandise classes."""
    skus: Columns[Sku] = given()
    """SKU table."""
    returns_triage: tuple[ReturnsTriage, ...] = assumed((), "returns are scrapped at the store")
    """What becomes of goods that `policy.returns` sends back to the centre; the first that fits a class applies."""
    listings: Columns[Listing] | None = assumed(None, "every store lists what its size admits")
    """Which store lists which SKU, when size alone does not say it."""
