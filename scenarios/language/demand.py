"""What customers ask for, whoever decides: rates, patterns, response to price and promotion, shocks."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from scenarios.language.base import Model, assumed, given
from scenarios.language.columns import Columns


class DemandRate(Model):
    """One row of the rate table: mean demand of one SKU at one store on an average day."""

    __unique__: ClassVar[tuple[str, ...]] = ("store_id", "sku_id")

    store_id: str = given(min_length=1)
    """Store."""
    sku_id: str = given(min_length=1)
    """SKU."""
    units_per_day: float = given(unit="units per day", ge=0)
    """Mean demand before patterns, prices and promotions."""


class KnownDemand(Model):
    """One row of known demand: replayed instead of drawn."""

    __unique__: ClassVar[tuple[str, ...]] = ("store_id", "sku_id", "date")

    store_id: str = given(min_length=1)
    """Store."""
    sku_id: str = given(min_length=1)
    """SKU."""
    date: date
    """Day."""
    units: int = given(unit="units", ge=0)
    """Units asked for on that day."""


class Poisson(Model):
    """Daily demand is Poisson given its rate."""

    kind: Literal["poisson"]
    """Tag."""


class NegativeBinomial(Model):
    """Daily demand is negative binomial given its rate: more erratic than Poisson."""

    kind: Literal["negative_binomial"]
    """Tag."""
    variance_to_mean: float = given(unit="ratio", ge=1)
    """Variance over mean of daily demand given its rate."""


class ConstantDemand(Model):
    """Daily demand is its rate, fractions carried to the next day: for textbook models."""

    kind: Literal["constant"]
    """Tag."""


DemandProcess = Annotated[Poisson | NegativeBinomial | ConstantDemand, Field(discriminator="kind")]

FLAT_WEEK = (1.0,) * 7
FLAT_YEAR = (1.0,) * 12


class Pattern(Model):
    """How the demand of some classes moves over the week and the year. Factors are scaled to mean 1."""

    classes: tuple[str, ...] = assumed((), "all classes not named by another pattern")
    """Merchandise class ids."""
    weekday_factors: tuple[float, ...] = assumed(FLAT_WEEK, "flat unless given", min_length=7, max_length=7)
    """Relative demand Monday to Sunday."""
    month_factors: tuple[float, ...] = assumed(FLAT_YEAR, "flat unless given", min_length=12, max_length=12)
    """Relative demand January to December, joined by straight lines from mid-month to mid-month."""
    trend_per_year: float = assumed(0.0, "no trend unless given", unit="share per year", gt=-1, le=5)
    """Growth per year, compounded from the first day."""
    source: str = assumed("", "not stated")
    """Where the figures come from."""


class Holiday(Model):
    """A public holiday or any dated event that moves demand."""

    name: str = given(min_length=1)
    """Name, for reports."""
    dates: tuple[date, ...] = assumed((), "from `calendar` when empty")
    """First days of the event, one per year."""
    calendar: Literal[
        "", "lunar_new_year", "national_day", "labour_day", "mid_autumn", "qingming", "dragon_boat"
    ] = assumed("", "no calendar")
    """Take the first days from the Chinese calendar instead of `dates`; lunar dates move every year."""
    days: int = assumed(1, "one day", unit="days", ge=1, le=31)
    """Length of the event."""
    factor: float = given(unit="ratio", ge=0)
    """Demand on the event's days over that of an ordinary day."""
    build_up_days: int = assumed(0, "none unless given", unit="days", ge=0, le=60)
    """Days before the event over which demand climbs to `build_up_factor`."""
    build_up_factor: float = assumed(1.0, "none unless given", unit="ratio", ge=0)
    """Demand on the eve of the event over that of an ordinary day."""
    recovery_days: int = assumed(0, "none unless given", unit="days", ge=0, le=60)
    """Days after the event over which demand comes back to normal from `recovery_factor`."""
    recovery_factor: float = assumed(1.0, "none unless given", unit="ratio", ge=0)
    """Demand on the first day after the event over that of an ordinary day."""
    classes: tuple[str, ...] = assumed((), "all classes")
    """Merchandise class ids."""
    source: str = assumed("", "not stated")
    """Where the figures come from."""


class Response(Model):
    """How the demand of some classes answers price, promotion and launch (mechanisms T1, T5)."""

    classes: tuple[str, ...] = assumed((), "all classes not named by another response")
    """Merchandise class ids."""
    price_elasticity: float = assumed(0.0, "no response unless given", le=0)
    """Own-price elasticity: demand is proportional to (price / regular price) ** elasticity."""
    promotion_multiplier: float = assumed(1.0, "no response beyond price unless given", unit="ratio", ge=1)
    """Demand on promotion over demand at the same price without one."""
    feature_multiplier: float = assumed(1.0, "no response unless given", unit="ratio", ge=1)
    """Further multiplier when the promotion is featured in advertising."""
    pulled_forward_share: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Share of the uplift that customers stock up and do not buy in the days after."""
    dip_days: int = assumed(14, "assumption: two weeks", unit="days", ge=1, le=120)
    """Days after a promotion over which the pulled-forward units are missing."""
    switched_share: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Share of the uplift taken from the other SKUs of the category; with `pulled_forward_share` at most 1."""
    launch_days: int = assumed(56, "assumption: eight weeks", unit="days", ge=1, le=730)
    """Days from launch until demand reaches its level."""
    launch_imitation: float = assumed(
        3.0, "assumption: buyers imitate rather than innovate (Bass 1969)", ge=0, le=50
    )
    """Imitation over innovation in the Bass ramp; 0 = exponential approach."""
    near_expiry_uplift: float = assumed(0.0, "none unless given", unit="share", ge=0, le=10)
    """Extra demand for marked-down goods near expiry, as a share of the SKU's rate of the day."""
    source: str = assumed("", "not stated")
    """Where the figures come from."""


class PriceChange(Model):
    """One row of the regular-price table: from this day on, this regular price."""

    __unique__: ClassVar[tuple[str, ...]] = ("sku_id", "from_date")

    sku_id: str = given(min_length=1)
    """SKU."""
    from_date: date
    """First day."""
    price: float = given(unit="money per unit", gt=0)
    """Regular price from that day on."""


class MarketShock(Model):
    """A common factor that moves all demand of a store, a region or the network, day by day.

    The factor is max(0, 1 + x) with x a stationary first-order autoregression with normal innovations.
    """

    level: Literal["store", "region", "network"] = assumed("store", "each store has its own")
    """Who shares one shock."""
    standard_deviation: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Standard deviation of x."""
    persistence: float = assumed(0.0, "independent days unless given", unit="autocorrelation", ge=0, lt=1)
    """Autocorrelation of x from day to day."""


class Estimate(Model):
    """One fitted number and how sure it is."""

    path: str = given(min_length=1)
    """Path of the number in the scenario, e.g. `demand.responses[0].price_elasticity`."""
    value: float
    """Fitted value."""
    standard_error: float | None = assumed(None, "not identifiable")
    """Standard error of the value."""
    method: str = assumed("", "not stated")
    """How it was estimated."""


class Fitted(Model):
    """Where fitted numbers come from."""

    source: str = given(min_length=1)
    """File or publication of the history."""
    digest: str = assumed("", "not stated")
    """Digest of the history file."""
    rows: int = assumed(0, "not stated", ge=0)
    """Rows of history used."""
    first_date: date | None = assumed(None, "not stated")
    """First day of the history."""
    last_date: date | None = assumed(None, "not stated")
    """Last day of the history."""
    holdout_periods: int = assumed(0, "not stated", unit="periods", ge=0)
    """Periods held back to measure accuracy."""
    holdout_error: float | None = assumed(None, "not measured", unit="share")
    """Weighted absolute percentage error on the periods held back."""
    estimates: tuple[Estimate, ...] = assumed((), "none")
    """The fitted numbers."""


class Demand(Model):
    """Customer demand. A cell's rate of the day is base rate x pattern x holidays x response x shock."""

    mean_units_per_day: float | None = assumed(
        None, "from `rates`", unit="units per store, SKU and day", ge=0
    )
    """Base rate of a SKU of popularity 1 at a store of size 1; others in proportion to popularity and size."""
    rates: Columns[DemandRate] | None = assumed(None, "from `mean_units_per_day`")
    """Base rate per store and SKU; cells not named have no demand. Either this or `mean_units_per_day`."""
    known: Columns[KnownDemand] | None = assumed(None, "demand is drawn")
    """Known demand of a past period, replayed; cells and days not named have none.

    Rows of the `initial.remembered_days` before the start are what forecasters know on the first day.
    """
    process: DemandProcess = assumed(Poisson(kind="poisson"), "many independent customers")
    """Randomness of daily demand given its rate."""
    patterns: tuple[Pattern, ...] = assumed((), "flat unless given")
    """Week, year and trend per class."""
    holidays: tuple[Holiday, ...] = assumed((), "none unless given")
    """Events that move demand."""
    responses: tuple[Response, ...] = assumed((), "none unless given")
    """Response to price, promotion and launch per class."""
    price_changes: Columns[PriceChange] | None = assumed(None, "regular prices stay")
    """Changes of regular prices."""
    shock: MarketShock = assumed(MarketShock(), "none unless given")
    """Common daily shocks."""
    fitted: tuple[Fitted, ...] = assumed((), "nothing fitted")
    """Provenance of fitted numbers."""
