"""What managers choose. A rule is *given* (numbers) or a *rule* (days of demand, worked out in the run)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from scenarios.language.base import Model, assumed, given
from scenarios.language.columns import Columns
from scenarios.language.goods_handling import CycleCount, Gift, ReturnsPolicy
from scenarios.language.network import ALL_WEEK, Scope, Weekday
from scenarios.language.operations import DepotPolicy, Transport
from scenarios.language.optimised import Optimised
from scenarios.language.service_policy import ServicePolicy
from scenarios.language.sourcing import Sourcing


class Units(Model):
    """A level in units, the same for every cell it applies to."""

    units: int = given(unit="units", ge=-1, le=10_000_000)
    """Level; a reorder point of -1 orders only for backorders."""


class DaysOfDemand(Model):
    """A level worked out at every review from the forecast."""

    days_of_demand: float = given(unit="days", ge=0, le=365)
    """Days of forecast demand that the level covers."""
    safety_factor: float = assumed(
        0.0, "no safety stock unless given", unit="standard deviations", ge=0, le=10
    )
    """Standard deviations of demand over those days, added on top."""


Level = Units | DaysOfDemand


class LevelRow(Model):
    """One row of the table of levels, for what a person or a solver has worked out cell by cell."""

    __unique__: ClassVar[tuple[str, ...]] = ("store_id", "sku_id")

    store_id: str = given(min_length=1)
    """Store."""
    sku_id: str = given(min_length=1)
    """SKU."""
    reorder_point_units: int = given(unit="units", ge=-1, le=10_000_000)
    """Order when the inventory position is at or below it."""
    order_up_to_units: int = assumed(
        0, "0 = order in lots of `order_quantity_units`", unit="units", ge=0, le=10_000_000
    )
    """Order up to this level."""
    order_quantity_units: int = assumed(
        0, "0 = order up to `order_up_to_units`", unit="units", ge=0, le=10_000_000
    )
    """Fixed lot size."""


class ExponentialSmoothing(Model):
    """Simple exponential smoothing of daily sales."""

    kind: Literal["exponential_smoothing"]
    """Tag."""
    weight: float = assumed(0.1, "usual for daily sales", unit="share", gt=0, le=1)
    """Weight of the newest day."""


class MovingAverage(Model):
    """Mean of the last days' sales."""

    kind: Literal["moving_average"]
    """Tag."""
    days: int = assumed(28, "four weeks", unit="days", ge=1, le=365)
    """Days averaged."""


Forecaster = Annotated[ExponentialSmoothing | MovingAverage, Field(discriminator="kind")]
DEFAULT_FORECASTER = ExponentialSmoothing(kind="exponential_smoothing")


class MinMax(Model):
    """(s, S): at or below the reorder point, order up to the level."""

    kind: Literal["min_max"]
    """Tag."""
    reorder_point: Level = given()
    """s."""
    order_up_to: Level = given()
    """S, above s."""


class ReorderQuantity(Model):
    """(r, Q): at or below the reorder point, order as many lots as bring the position above it."""

    kind: Literal["reorder_quantity"]
    """Tag."""
    reorder_point: Level = given()
    """r."""
    order_quantity: Level = given()
    """Q; at least one unit."""


class PeriodicReview(Model):
    """(R, S): at every review of the calendar, order up to the level."""

    kind: Literal["periodic_review"]
    """Tag."""
    order_up_to: Level = given()
    """S."""


class BaseStock(Model):
    """One for one: every day, order up to the level."""

    kind: Literal["base_stock"]
    """Tag."""
    order_up_to: Level = given()
    """S."""


class DaysOfCover(Model):
    """At every review, order what brings stock to cover the lead time, the review period and some days more."""

    kind: Literal["days_of_cover"]
    """Tag."""
    cover_days: float = given(unit="days", ge=0, le=365)
    """Days of cover beyond lead time and longest gap between reviews."""
    safety_factor: float = assumed(
        0.0, "no safety stock unless given", unit="standard deviations", ge=0, le=10
    )
    """Standard deviations of demand over lead time and review gap, added on top."""


class VendorManaged(Model):
    """The distribution centre decides and pushes (mechanism T11): nobody calls, no contact is paid."""

    kind: Literal["vendor_managed"]
    """Tag."""
    cover_days: float = given(unit="days", ge=0, le=365)
    """Days of cover beyond lead time and longest gap between reviews."""
    safety_factor: float = assumed(
        0.0, "no safety stock unless given", unit="standard deviations", ge=0, le=10
    )
    """Standard deviations of demand over lead time and review gap, added on top."""


class LevelTable(Model):
    """Levels cell by cell from a table."""

    kind: Literal["table"]
    """Tag."""
    levels: Columns[LevelRow] = given()
    """Reorder points with order-up-to levels or lot sizes."""


class KnownOrder(Model):
    """One row of known orders of a past period."""

    __unique__: ClassVar[tuple[str, ...]] = ("store_id", "sku_id", "date")

    store_id: str = given(min_length=1)
    """Store."""
    sku_id: str = given(min_length=1)
    """SKU."""
    date: date
    """Day on which the order was placed, after closing time."""
    units: int = given(unit="units", ge=1)
    """Units ordered."""


class KnownOrders(Model):
    """Orders of a past period, replayed as they were, for back tests."""

    kind: Literal["known_orders"]
    """Tag."""
    orders: Columns[KnownOrder] = given()
    """The orders."""


ReplenishmentMode = Annotated[
    MinMax
    | ReorderQuantity
    | PeriodicReview
    | BaseStock
    | DaysOfCover
    | VendorManaged
    | LevelTable
    | KnownOrders,
    Field(discriminator="kind"),
]


class ReplenishmentRule(Model):
    """How some cells are replenished. The first rule whose scope matches a cell applies to it."""

    scope: Scope = assumed(Scope(), "all cells")
    """Cells it applies to."""
    mode: ReplenishmentMode = given()
    """Review rule and its levels."""
    order_weekdays: tuple[Weekday, ...] = assumed(ALL_WEEK, "every day", min_length=1)
    """Days on which the store may order."""
    forecaster: Forecaster = assumed(DEFAULT_FORECASTER, "usual for daily sales")
    """Named forecaster of levels given in days of demand."""
    case_rounding: Literal["up", "nearest", "none"] = assumed("up", "never less than asked")
    """How quantities become whole cases; `nearest` makes none of less than half a case, `none` orders single units."""


class EmergencyOrders(Model):
    """Orders outside the calendar when stock runs short (mechanism T2)."""

    scope: Scope = assumed(Scope(), "all cells")
    """Cells it applies to."""
    trigger: Level = given()
    """Place an emergency order when stock on hand and arriving is at or below it."""
    lead_time_days: int = assumed(0, "express: next morning at the latest", unit="days", ge=0, le=30)
    """Order to delivery."""
    cover: Level = given()
    """Order up to this level."""


class MinimumOrder(Model):
    """The least a store order must hold to be placed; smaller ones wait for the next review."""

    units: int = assumed(0, "none unless given", unit="units", ge=0)
    """Units."""
    value: float = assumed(0.0, "none unless given", unit="money", ge=0)
    """Value at purchase cost."""


class Allocation(Model):
    """Who gets what when the distribution centre is short (mechanism T10)."""

    rule: Literal["fair_share", "priority", "first_come"] = assumed("fair_share", "no store left out")
    """Fair share in proportion to what is asked; by store priority; or in order of arrival, ties drawn."""
    unfilled: Literal["backorder", "cancel"] = assumed("cancel", "stores reorder at their next review")
    """Whether the missing part waits at the centre or is struck off."""


class CentreReplenishmentRule(Model):
    """How a distribution centre orders some SKUs from suppliers. The first matching rule applies."""

    scope: Scope = assumed(Scope(), "all SKUs")
    """SKUs it applies to; stores and regions are not used here."""
    mode: Annotated[
        MinMax | ReorderQuantity | PeriodicReview | BaseStock | DaysOfCover, Field(discriminator="kind")
    ] = given()
    """Review rule and its levels, in units of the whole centre or days of its forecast."""
    order_weekdays: tuple[Weekday, ...] = assumed(ALL_WEEK, "every day", min_length=1)
    """Days on which it orders."""
    forecaster: Forecaster = assumed(DEFAULT_FORECASTER, "usual for daily orders")
    """Forecaster of what stores order."""
    case_rounding: Literal["up", "nearest", "none"] = assumed("up", "suppliers ship cases")
    """How quantities become whole cases."""


class Promotion(Model):
    """A price promotion (mechanism T1)."""

    name: str = assumed("", "unnamed")
    """Name, for reports."""
    scope: Scope = given()
    """SKUs on promotion, and where."""
    start: date
    """First day."""
    days: int = given(unit="days", ge=1, le=120)
    """Length."""
    discount: float = given(unit="share of the regular price", ge=0, lt=1)
    """Price cut."""
    featured: bool = assumed(False, "not advertised unless given")
    """Whether it is announced in advertising."""


class PromotionRow(Model):
    """One row of the promotion table."""

    __unique__: ClassVar[tuple[str, ...]] = ("sku_id", "region", "start")

    sku_id: str = given(min_length=1)
    """SKU on promotion."""
    region: str = assumed("", "all regions when empty")
    """Region of the stores."""
    start: date
    """First day."""
    days: int = given(unit="days", ge=1, le=120)
    """Length."""
    discount: float = given(unit="share of the regular price", ge=0, lt=1)
    """Price cut."""
    featured: bool = assumed(False, "not advertised unless given")
    """Whether it is announced in advertising."""


class MarkDown(Model):
    """Price cut on perishables near expiry (mechanism T6)."""

    classes: tuple[str, ...] = assumed((), "all classes with a shelf life")
    """Merchandise class ids."""
    remaining_days: int = given(unit="days", ge=1, le=30)
    """Units with at most this many days left, the current one included, are marked down."""
    discount: float = given(unit="share of the price of the day", gt=0, lt=1)
    """Price cut."""
    preferred_share: float = assumed(
        0.7, "assumption: most shoppers take the cheaper unit", unit="share", ge=0, le=1
    )
    """Share of shoppers who take a marked-down unit when there is one."""


class DelistingMarkDown(Model):
    """Price cut to clear what is left of a delisted SKU (mechanism T5)."""

    discount: float = given(unit="share of the regular price", gt=0, lt=1)
    """Price cut from the delisting date on."""
    clearance_days: int = assumed(28, "assumption: four weeks", unit="days", ge=1, le=365)
    """Days after which the rest is scrapped."""


class SubstitutionIncentive(Model):
    """Pay customers to take what is in stock (mechanism L5)."""

    classes: tuple[str, ...] = assumed((), "all classes")
    """Merchandise class ids."""
    cost_per_unit: float = given(unit="money per unit", ge=0)
    """Incentive paid per substituted unit."""


class Policy(Model):
    """Everything managers decide."""

    replenishment: tuple[ReplenishmentRule, ...] = given(min_length=1)
    """Stores: first matching rule per cell."""
    dc_replenishment: tuple[CentreReplenishmentRule, ...] = given(min_length=1)
    """Distribution centres: first matching rule per SKU."""
    transport: Transport = assumed(Transport(), "no trucks")
    """Deliveries."""
    depot: DepotPolicy = assumed(DepotPolicy(), "see its fields")
    """Work in distribution centres."""
    service: ServicePolicy = assumed(ServicePolicy(), "see its fields")
    """After-sales service."""
    returns: ReturnsPolicy = assumed("scrap_at_store", "nothing goes back to the centre unless given")
    """What stores do with returned units that cannot go back on the shelf; perishables are always scrapped there."""
    sourcing: Sourcing = assumed(Sourcing(), "each SKU from its own supplier")
    """Buying from suppliers."""
    emergency_orders: tuple[EmergencyOrders, ...] = assumed((), "none unless given")
    """Orders outside the calendar; first matching rule per cell."""
    minimum_order: MinimumOrder = assumed(MinimumOrder(), "none unless given")
    """Least size of a regular store order."""
    allocation: Allocation = assumed(Allocation(), "fair share")
    """Rationing at the distribution centre."""
    knowledge: Literal["recorded", "perfect"] = assumed("recorded", "planners see sales, not demand")
    """Levels in days follow recorded sales and orders, or (the yardstick of regret) the true mean demand to come.

    With `perfect`, stores know that of the days that a rule covers, and centres that of the stores they feed.
    """
    promotions: tuple[Promotion, ...] = assumed((), "none unless given")
    """Promotion plan by scope."""
    promotion_table: Columns[PromotionRow] | None = assumed(None, "none unless given")
    """Promotion plan by SKU."""
    mark_downs: tuple[MarkDown, ...] = assumed((), "none unless given")
    """Near-expiry mark-downs; the first matching one applies to a class."""
    delisting: DelistingMarkDown | None = assumed(None, "delisted goods sell off at the regular price")
    """Clearing delisted SKUs."""
    cycle_counts: tuple[CycleCount, ...] = assumed((), "records are never checked unless given")
    """How often centres count their stock; first matching rule per SKU."""
    gifts: tuple[Gift, ...] = assumed((), "none unless given")
    """Gifts that travel with orders."""
    substitution_incentives: tuple[SubstitutionIncentive, ...] = assumed((), "none unless given")
    """Incentives to take a substitute; the first matching one applies to a class."""
    optimised: Optimised = assumed(Optimised(), "nothing: all as given or by rule")
    """What solvers work out before the run, in the place of the rules above."""
