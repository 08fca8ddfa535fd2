"""Where things are: suppliers, distribution centres, stores, opening times, closures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from scenarios.language.base import Model, assumed, given
from scenarios.language.columns import Columns
from scenarios.language.suppliers import Supplier, SupplyOffer

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALL_WEEK: tuple[Weekday, ...] = WEEKDAYS
ALL_HOURS: tuple[float, ...] = (1.0,) * 24

Latitude = Annotated[float, Field(ge=-90, le=90, json_schema_extra={"unit": "degrees"})]
Longitude = Annotated[float, Field(ge=-180, le=180, json_schema_extra={"unit": "degrees"})]


class DistributionCentre(Model):
    """A place that feeds stores."""

    id: str = given(min_length=1)
    """Identifier used by stores."""
    name: str = assumed("", "the id when empty")
    """Name shown in reports."""
    latitude: Latitude = assumed(0.0, "0 when the map does not matter")
    """Latitude, WGS 84."""
    longitude: Longitude = assumed(0.0, "0 when the map does not matter")
    """Longitude, WGS 84."""
    stock: Literal["limited", "unlimited"] = assumed("limited", "a centre can run out")
    """`unlimited`: always ships in full, for models of the stores alone."""
    facility_cost_per_day: float = assumed(0.0, "0 unless given", unit="money per day", ge=0)
    """Fixed cost."""


class Store(Model):
    """One row of the store table."""

    __unique__: ClassVar[tuple[str, ...]] = ("store_id",)

    store_id: str = given(min_length=1)
    """Identifier; random draws are keyed by it."""
    name: str = assumed("", "the id when empty")
    """Name shown in reports and on the map."""
    region: str = assumed("", "one region when empty")
    """Region, for scopes, market shocks and promotions."""
    latitude: float = assumed(0.0, "0 when the map does not matter", unit="degrees", ge=-90, le=90)
    """Latitude, WGS 84."""
    longitude: float = assumed(0.0, "0 when the map does not matter", unit="degrees", ge=-180, le=180)
    """Longitude, WGS 84."""
    size: float = assumed(1.0, "all stores sell alike unless given", ge=0)
    """Relative mean demand of the store."""
    dc_id: str = assumed("", "the first distribution centre when empty")
    """Distribution centre that feeds it."""
    opens_hour: float = assumed(8.0, "assumption: opens at 8", unit="hour of day", ge=0, lt=24)
    """Opening time."""
    closes_hour: float = assumed(22.0, "assumption: closes at 22", unit="hour of day", gt=0, le=24)
    """Closing time, after opening time."""
    lead_time_days: int = assumed(1, "assumption: next day", unit="days", ge=0, le=60)
    """Order to delivery when `policy.transport.mode` is `none`; with trucks, what days of cover reckon with."""
    receives_from_hour: float = assumed(0.0, "any hour unless given", unit="hour of day", ge=0, lt=24)
    """Start of the time window in which it takes goods from trucks."""
    receives_until_hour: float = assumed(24.0, "any hour unless given", unit="hour of day", gt=0, le=24)
    """End of it."""
    receives_again_from_hour: float = assumed(0.0, "one window unless given", unit="hour of day", ge=0, lt=24)
    """Start of a second time window, later the same day; who comes between the two waits."""
    receives_again_until_hour: float = assumed(
        0.0, "one window unless given", unit="hour of day", ge=0, le=24
    )
    """End of it; 0 for no second window."""
    priority: int = assumed(1, "all alike unless given", ge=1)
    """Rank for allocation by priority; 1 is served first."""
    minimum_remaining_life_days: int = assumed(
        0, "whatever can still be sold on the day it arrives", unit="days", ge=0, le=120
    )
    """Days of sale, the day of arrival included, that goods with a `total_shelf_life_days` must have left."""
    facility_cost_per_day: float = assumed(0.0, "0 unless given", unit="money per day", ge=0)
    """Fixed cost."""


class Scope(Model):
    """Which stores and SKUs something applies to; an empty list means all."""

    stores: tuple[str, ...] = assumed((), "all stores")
    """Store ids."""
    regions: tuple[str, ...] = assumed((), "all regions")
    """Store regions."""
    classes: tuple[str, ...] = assumed((), "all classes")
    """Merchandise class ids."""
    categories: tuple[str, ...] = assumed((), "all categories")
    """Categories."""
    skus: tuple[str, ...] = assumed((), "all SKUs")
    """SKU ids."""


class Closure(Model):
    """Days on which stores are shut: no demand, no order, deliveries wait for the next open day."""

    stores: tuple[str, ...] = assumed((), "all stores")
    """Store ids."""
    regions: tuple[str, ...] = assumed((), "all regions")
    """Store regions."""
    weekdays: tuple[Weekday, ...] = assumed((), "no weekday")
    """Closed on these weekdays, every week."""
    dates: tuple[date, ...] = assumed((), "no single date")
    """Closed on these dates."""


class RecordError(Model):
    """Why what lies in a distribution centre is not what its records say (mechanism H2)."""

    shrinkage_per_year: float = assumed(
        0.0, "nothing vanishes unless given", unit="share of stock per year", ge=0, le=2
    )
    """Units that are stolen, spoilt or lost without anybody noticing, over the average stock."""
    miscount_probability: float = assumed(
        0.0, "pickers never err unless given", unit="share of picked lines", ge=0, le=0.5
    )
    """Picking a line leaves one unit more or, as often, one unit less than the record says."""
    count_cost_per_line: float = assumed(0.0, "free unless given", unit="money per SKU counted", ge=0)
    """Cost of counting one SKU; see `policy.cycle_counts`."""


class Network(Model):
    """Places and opening times."""

    suppliers: tuple[Supplier, ...] = given(min_length=1)
    """Suppliers of the distribution centres."""
    supply: Columns[SupplyOffer] | None = assumed(None, "each SKU has one supplier")
    """Supply table: who else sells a SKU, and at what price."""
    distribution_centres: tuple[DistributionCentre, ...] = given(min_length=1)
    """Distribution centres."""
    stores: Columns[Store] = given()
    """Store table."""
    hourly_profile: tuple[float, ...] = assumed(
        ALL_HOURS,
        "even over opening hours unless given",
        unit="relative weight per clock hour",
        min_length=24,
        max_length=24,
    )
    """How demand spreads over the 24 clock hours; hours outside opening time count nothing."""
    record_error: RecordError | None = assumed(None, "records are true unless given")
    """Stock of centres that is not what records say: the record promises, and picks find what is there."""
    closures: tuple[Closure, ...] = assumed((), "open every day")
    """When stores are shut."""
