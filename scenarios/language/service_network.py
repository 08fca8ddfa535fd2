"""Facts of field service: stations that can be had, work at the customer's, partners, spare parts."""

from __future__ import annotations

from typing import ClassVar

from scenarios.language.base import Model, assumed, given
from scenarios.language.columns import Columns
from scenarios.language.distributions import Constant, Distribution
from scenarios.language.network import ALL_HOURS


class ServiceStation(Model):
    """One row of the table of stations: where technicians start and parts lie."""

    __unique__: ClassVar[tuple[str, ...]] = ("station_id",)

    station_id: str = given(min_length=1)
    """Identifier."""
    name: str = assumed("", "the id when empty")
    """Name shown in reports and on the map."""
    latitude: float = assumed(0.0, "0 when the map does not matter", unit="degrees", ge=-90, le=90)
    """Latitude, WGS 84."""
    longitude: float = assumed(0.0, "0 when the map does not matter", unit="degrees", ge=-180, le=180)
    """Longitude, WGS 84."""
    dc_id: str = assumed("", "the first distribution centre when empty")
    """Distribution centre that sends its parts, and in whose books it stands."""
    store_id: str = assumed("", "parts come by parcel when empty")
    """Store with whose deliveries its parts travel."""
    lead_time_days: int = assumed(1, "assumption: next day", unit="days", ge=0, le=60)
    """Order to delivery of parts by parcel, and at the most with a store's deliveries."""
    facility_cost_per_day: float = assumed(0.0, "0 unless given", unit="money per day", ge=0)
    """Fixed cost while it is open."""


class JobStream(Model):
    """Jobs that come from outside the installed base. A queueing model of technicians is one of these."""

    id: str = given(min_length=1)
    """Identifier; random draws are keyed by it."""
    station_id: str = given(min_length=1)
    """Station in whose territory they arise, at its door unless a place is given."""
    latitude: float | None = assumed(None, "at the station", unit="degrees", ge=-90, le=90)
    """Where the work is."""
    longitude: float | None = assumed(None, "at the station", unit="degrees", ge=-180, le=180)
    """Where the work is."""
    between_minutes: Distribution = given(unit="minutes")
    """Time between jobs."""
    hourly_profile: tuple[float, ...] = assumed(
        ALL_HOURS,
        "even over the day unless given",
        unit="relative rate per clock hour",
        min_length=24,
        max_length=24,
    )
    """How they spread over the day; the mean over 24 hours stays as given."""
    minutes: Distribution = given(unit="minutes")
    """Work of a technician of average speed."""
    skill_id: str = assumed("", "anybody when empty")
    """Skill needed."""
    level: int = assumed(1, "the lowest", ge=1, le=5)
    """Level of it."""
    people: int = assumed(1, "one technician", unit="technicians", ge=1, le=2)
    """Technicians needed."""
    priority: int = assumed(1, "important", ge=0, le=2)
    """0 urgent, 1 important, 2 general, for rules that look at it."""


class Repair(Model):
    """What happens at the customer's beside the work itself (mechanism H5)."""

    spread_km: float = assumed(0.0, "customers live at the store", unit="km", ge=0, le=500)
    """Mean distance of customers from the store near which they live (exponential, in any direction)."""
    absent_share: float = assumed(0.0, "always at home unless given", unit="share", ge=0, le=1)
    """Visits at which nobody opens."""
    absent_wait_minutes: float = assumed(10.0, "assumption: ten minutes", unit="minutes", ge=0, le=240)
    """How long the technician waits then."""
    quote_minutes: float = assumed(0.0, "no time unless given", unit="minutes", ge=0, le=240)
    """Making a quote and waiting for the answer, outside warranty."""
    quote_half_price: float = assumed(0.0, "0 = every quote is accepted", unit="money", ge=0)
    """Quote at which half the customers decline; acceptance is 1 / (1 + (quote / it) ** 2)."""
    settle_minutes: float = assumed(0.0, "no time unless given", unit="minutes", ge=0, le=240)
    """Acceptance by the customer and payment."""
    guarantee_days: int = assumed(90, "assumption: a quarter", unit="days", ge=0, le=3650)
    """A repair that fails again within this time is done again for free."""
    relapse_share: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Repairs by a technician of the highest level that fail again within the guarantee."""
    relapse_days: Distribution = assumed(
        Constant(kind="constant", value=14), "assumption: two weeks", unit="days"
    )
    """When they do."""
    inspection_finds_share: float = assumed(0.8, "assumption: four in five", unit="share", ge=0, le=1)
    """Bad repairs that a post-repair inspection finds and has mended at once."""


class Partner(Model):
    """A service agent who can be hired (mechanisms H16, L7). It brings its own parts and bills customers who pay."""

    id: str = given(min_length=1)
    """Identifier; random draws are keyed by it."""
    name: str = assumed("", "the id when empty")
    """Name shown in reports."""
    skill_ids: tuple[str, ...] = assumed((), "all skills")
    """Skills it has, at any level."""
    station_ids: tuple[str, ...] = assumed((), "all territories")
    """Territories it serves."""
    jobs_per_day: int = assumed(10, "assumption", unit="jobs per day", ge=0, le=100_000)
    """Jobs it takes on a day."""
    price_per_job: float = assumed(0.0, "0 unless given", unit="money per job", ge=0)
    """Tariff: each job."""
    price_per_hour: float = assumed(0.0, "0 unless given", unit="money per hour", ge=0)
    """Tariff: work at the customer's, by the hour."""
    minimum_jobs_per_month: int = assumed(0, "none unless given", unit="jobs", ge=0)
    """Jobs that are paid by the job in any case, per 28 days."""
    response_days: Distribution = assumed(
        Constant(kind="constant", value=2), "assumption: two days", unit="days"
    )
    """Handing over to visit."""
    success_share: float = assumed(0.85, "assumption", unit="share", ge=0, le=1)
    """Jobs done at the first visit; the others take a second one as long after."""
    relapse_share: float = assumed(0.1, "assumption", unit="share", ge=0, le=1)
    """Repairs that fail again within the guarantee."""
    manner: float = assumed(0.7, "assumption", unit="share", ge=0, le=1)
    """How its people treat customers, 1 = at their best."""
    communication: float = assumed(50.0, "assumption: middling", unit="points of 100", ge=0, le=100)
    """Judged in the review."""
    flexibility: float = assumed(50.0, "assumption: middling", unit="points of 100", ge=0, le=100)
    """Judged in the review."""
    systems: float = assumed(50.0, "assumption: middling", unit="points of 100", ge=0, le=100)
    """Judged in the review."""
    added_value: float = assumed(50.0, "assumption: middling", unit="points of 100", ge=0, le=100)
    """Judged in the review."""
    growth: float = assumed(50.0, "assumption: middling", unit="points of 100", ge=0, le=100)
    """Judged in the review."""


class Part(Model):
    """One row of the table of spare parts."""

    __unique__: ClassVar[tuple[str, ...]] = ("part_id",)

    part_id: str = given(min_length=1)
    """Identifier; random draws are keyed by it."""
    name: str = assumed("", "the id when empty")
    """Name shown in reports."""
    supplier_id: str = assumed("", "the first supplier when empty")
    """Supplier who delivers it to the distribution centres, with its lead time and defects."""
    purchase_cost: float = given(unit="money per unit", ge=0)
    """Price paid to the supplier."""
    price: float = assumed(0.0, "free unless given", unit="money per unit", ge=0)
    """Price to customers outside warranty."""
    weight_kg: float = assumed(0.5, "assumption", unit="kg per unit", ge=0)
    """Weight, for couriers and trucks."""
    is_repairable: bool = assumed(False, "thrown away unless given")
    """Whether defective units go to the repair shop and back into stock."""
    mean_per_day: float = assumed(
        0.0, "0 = only what the installed base asks for", unit="units per day and station", ge=0
    )
    """Other demand at each station (Poisson), met from its stock: for models of parts alone."""


class RepairShop(Model):
    """Where defective repairable units are made good again."""

    turnaround_days: Distribution = assumed(
        Constant(kind="constant", value=10), "assumption: ten days", unit="days"
    )
    """From the station to the stock of the distribution centre."""
    success_share: float = assumed(1.0, "all unless given", unit="share", ge=0, le=1)
    """Units that can be mended; the others are scrapped."""
    cost_per_unit: float = assumed(0.0, "free unless given", unit="money per unit", ge=0)
    """Cost of mending one."""


class PartsSupply(Model):
    """Facts of spare parts (mechanisms H2 to H4)."""

    parts: Columns[Part] = given()
    """Table of parts."""
    repair_shop: RepairShop = assumed(RepairShop(), "see its fields")
    """For repairable units."""
    shrinkage_per_year: float = assumed(
        0.0, "nothing vanishes unless given", unit="share of stock per year", ge=0, le=2
    )
    """Units in stations that are lost, spoilt or taken without anybody noticing."""
    transfer_hours: Distribution = assumed(
        Constant(kind="constant", value=6), "assumption: the same day", unit="hours"
    )
    """From one station to another."""
    transfer_cost: float = assumed(0.0, "free unless given", unit="money per transfer", ge=0)
    """Each transfer of a part."""
    courier_hours: Distribution = assumed(
        Constant(kind="constant", value=20), "assumption: overnight", unit="hours"
    )
    """From a distribution centre to a station by courier."""
    courier_cost: float = assumed(0.0, "free unless given", unit="money per shipment", ge=0)
    """Each part sent by courier."""


__all__ = [
    "JobStream",
    "Part",
    "Partner",
    "PartsSupply",
    "Repair",
    "RepairShop",
    "ServiceStation",
]  # fmt: skip
