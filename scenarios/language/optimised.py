"""Which parts of the policy solvers work out, and to what target. What is named here replaces the rules beside it."""

from __future__ import annotations

from typing import Literal

from scenarios.language.base import Model, assumed, given
from scenarios.language.columns import Columns
from scenarios.language.network import Scope
from scenarios.language.rosters import DayOffRow

ServiceMeasure = Literal["fill_rate", "cycle_service_level", "ready_rate"]
StockForm = Literal["min_max", "reorder_quantity", "periodic_review", "base_stock"]


class ServiceTarget(Model):
    """A service level to be reached by every store and SKU on its own."""

    measure: ServiceMeasure = assumed("fill_rate", "what customers notice")
    """Share of units sold from the shelf; of order cycles without a stock-out; or of time with stock."""
    share: float = assumed(0.95, "assumption", unit="share", gt=0, lt=1)
    """Level."""
    share_by_class: dict[str, float] = assumed({}, "`share` for all", unit="share by class")
    """Level of single classes: "A", "B", "C" by value of demand, or with how it varies "AX" to "CZ"."""


class OptimisedStock(Model):
    """Levels of some cells worked out before the run. Days of review and rounding stay as the rule beside says."""

    scope: Scope = assumed(Scope(), "all cells")
    """Cells."""
    form: StockForm = assumed("min_max", "the usual one")
    """Review rule whose levels are worked out."""
    target: ServiceTarget | None = assumed(None, "what is missing is weighed against what stock costs")
    """Service level; least cost of ordering and holding that reaches it."""
    shortage_cost_per_unit: float | None = assumed(
        None, "margin lost and `costs.shortage.lost_per_unit`", unit="money per unit", ge=0
    )
    """Cost of a unit that is missing, where no target is given."""


class StockLimits(Model):
    """What the stock of all stores together may take; levels of stores are then chosen together."""

    budget: float | None = assumed(None, "no limit", unit="money", gt=0)
    """Mean value of stock on hand at cost."""
    shelf_litres_per_store: float | None = assumed(None, "no limit", unit="litres", gt=0)
    """Largest stock on hand of a store by volume."""
    lines_per_day: float | None = assumed(None, "no limit", unit="order lines per day", gt=0)
    """Mean order lines of all stores."""


class OptimisedParts(Model):
    """Spare parts on vans, in stations and centres, for the most first-time fix for the money. Give one of the two."""

    first_time_fix_share: float | None = assumed(None, "by `budget`", unit="share", gt=0, lt=1)
    """Visits that need a part and find it on the van."""
    budget: float | None = assumed(None, "by `first_time_fix_share`", unit="money", gt=0)
    """Value of all levels at cost."""


class OptimisedAgents(Model):
    """Fewest paid hours of agents that keep the target of every month; single hours may do worse."""

    answered_share: float = assumed(0.8, "usual target: 80 % in 20 seconds", unit="share", gt=0, lt=1)
    """Calls of a month answered within `policy.service.contacts.answer_within_seconds`."""
    every_hour_share: float = assumed(0.0, "one agent is enough", unit="share", ge=0, lt=1)
    """Least share of calls answered in time of every hour that is served."""
    abandoned_share: float | None = assumed(None, "no limit", unit="share", gt=0, lt=1)
    """Most callers who give up."""
    shift_hours: tuple[float, ...] = assumed((8.0, 9.0), "usual", unit="hours", min_length=1)
    """Lengths of shifts, the break included."""
    break_minutes: float = assumed(60.0, "assumption", unit="minutes", ge=0, le=240)
    """Break in the middle."""
    opens_hour: float = assumed(0.0, "day and night", unit="hour of day", ge=0, lt=24)
    """First hour that is served."""
    closes_hour: float = assumed(24.0, "day and night", unit="hour of day", gt=0, le=24)
    """End of the last hour that is served."""


class OptimisedTechnicians(Model):
    """Fewest technicians per station that keep the promise of completion."""

    completed_share: float = assumed(0.9, "assumption: nine in ten", unit="share", gt=0, lt=1)
    """Requests completed as the SLA class says."""
    largest_utilisation: float = assumed(
        0.9, "assumption: leave room for what is urgent", unit="share", gt=0, lt=1
    )
    """Work, travel included, over time on duty."""


class OptimisedRosters(Model):
    """Who of the technicians works on which date: the cover that is wanted, and hours and weekends shared out fairly.

    Everybody works his own shift, on as many of its weekdays as `days_per_week` says and the limits of
    `policy.service.workforce` allow.
    """

    days_per_week: int = assumed(5, "the usual working week", unit="days", ge=1, le=7)
    """Working days of a person in a week; more are overtime, up to the limits, where cover would be short."""
    largest_utilisation: float = assumed(
        0.9, "assumption: leave room for what is urgent", unit="share", gt=0, lt=1
    )
    """Work, travel included, over time on duty of the cover, where `policy.service.workforce.cover` states none."""
    days_off: Columns[DayOffRow] | None = assumed(None, "no leave")
    """Leave that is granted."""
    weeks_at_once: int = assumed(4, "assumption: a month", unit="weeks", ge=1, le=52)
    """Weeks that are rostered together; the next ones know what was worked before them."""
    work: float = assumed(
        2.0, "about two seconds of one core", unit="units of deterministic work", ge=0.2, le=100_000
    )
    """Work of the search, at most, by station and stretch of so many weeks."""


class OptimisedCrew(Model):
    """Fewest people who are done in time, on most days."""

    done_hour: float = assumed(
        6.0, "assumption: trucks leave in the morning", unit="hour of day", ge=0, lt=24
    )
    """When the goods of the last wave have to be ready."""
    share_of_days: float = assumed(0.95, "assumption", unit="share", gt=0, lt=1)
    """Days on which they are."""


class SiteExpansion(Model):
    """Stations and technicians over several years: which open, grow and close when, for the least present value.

    The first year is today's work, and its stations are those of the run; later years are shown.
    """

    years: int = given(unit="years", ge=1, le=20)
    """How many, the first one included."""
    growth_per_year: float = assumed(0.0, "no growth unless given", unit="share per year", gt=-1, le=10)
    """Growth of visits from one year to the next."""
    growth_by_region: dict[str, float] = assumed({}, "`growth_per_year`", unit="share per year by region")
    """Growth of single regions."""
    discount_per_year: float = assumed(
        0.08, "assumption: cost of capital", unit="share per year", ge=0, le=10
    )
    """By how much money of a year is worth less than that of the year before."""
    opening_cost: float = assumed(0.0, "free unless given", unit="money per station", ge=0)
    """Paid once for a station that opens."""
    closing_cost: float = assumed(0.0, "free unless given", unit="money per station", ge=0)
    """Paid once for a station that closes."""
    cost_per_added_technician: float = assumed(0.0, "free unless given", unit="money per technician", ge=0)
    """Paid once for each technician on duty more than the year before: hiring, a van."""
    nodes: int = assumed(2_000, "assumption: a minute or so", unit="nodes", ge=1, le=10_000_000)
    """Work of the search: nodes of its tree, at most."""


class SiteGreenfield(Model):
    """Where new stations would best stand, whatever stands there now. Proposals alone: the run knows nothing of them.

    Give one of the two. Distances are straight, from the stores near which customers live.
    """

    count: int | None = assumed(None, "by `service_distance_km`", unit="stations", ge=1, le=1_000)
    """So many new stations, with the least distance over visits."""
    service_distance_km: float | None = assumed(None, "by `count`", unit="km", gt=0, le=10_000)
    """As few new stations as bring one within this distance of everybody."""
    beside_open_stations: bool = assumed(False, "as if nothing stood there yet")
    """Whether the stations that are open count as well."""


class OptimisedSites(Model):
    """Which stations are open, for the least cost of stations, technicians and roads."""

    keeps: tuple[str, ...] = assumed((), "none has to stay")
    """Stations that stay open."""
    least_stations: int = assumed(1, "one", unit="stations", ge=1)
    """Fewest open stations."""
    most_stations: int | None = assumed(None, "as many as pay", unit="stations", ge=1)
    """Most open stations."""
    covered_share: float = assumed(0.0, "no coverage is asked for", unit="share", ge=0, le=1)
    """Least share of requests from customers who live within `policy.service.radius_km` of an open station."""
    covered_share_by_region: dict[str, float] = assumed({}, "no region is asked for", unit="share by region")
    """Least share by region."""
    closing_cost_per_day: float = assumed(0.0, "free unless given", unit="money per day", ge=0)
    """Cost of closing a station that `policy.service.open_stations` has open, spread over the days it is meant for."""
    expansion: SiteExpansion | None = assumed(None, "one year like any other")
    """Several years; `closing_cost_per_day` then has no effect."""
    greenfield: SiteGreenfield | None = assumed(None, "nothing is proposed")
    """New stations, anywhere."""


class OptimisedRounds(Model):
    """Fixed rounds, the same stores on the same weekdays, worked out from what is expected."""

    allowance_share: float = assumed(
        0.25, "assumption: room for one mean deviation", unit="share", ge=0, le=10
    )
    """Room that is left on trucks above the mean load of a day."""
    iterations: int = assumed(2_000, "assumption: some seconds", unit="iterations", ge=1, le=100_000_000)
    """Work of the search, by centre and set of weekdays."""


class OptimisedSuppliers(Model):
    """The cheapest split of each SKU over the suppliers that sell it: fixed shares in the place of `sourcing.rules`."""

    least_sources: int = assumed(1, "assumption: one will do", ge=1, le=10)
    """Suppliers of each SKU, where so many may sell it."""
    most_sources: int = assumed(2, "assumption: each more is one more to look after", ge=1, le=10)
    """Most suppliers of a SKU."""
    minimum_share: float = assumed(0.1, "assumption: less is not worth an order", unit="share", ge=0, le=0.5)
    """Least share of a supplier in a SKU that it is used for."""
    score_floor: float = assumed(0.0, "nobody is left out", unit="points of 100", ge=0, le=100)
    """Suppliers whose scorecard is expected to show less are not used, with the weights of `sourcing.scorecard`."""
    defects_per_million: float | None = assumed(None, "no limit", unit="defective units per million", gt=0)
    """Most defective units of all that is bought."""
    cost_per_defect: float | None = assumed(
        None, "assumption: the purchase cost of the unit", unit="money per defective unit", ge=0
    )
    """What a defective unit costs beyond its price: replacing it, customers who are let down."""
    in_stock_share: float = assumed(0.95, "assumption", unit="share", ge=0.5, lt=1)
    """Lead times are weighed by the safety stock that keeps so many order cycles without a stock-out."""


class OptimisedCarriers(Model):
    """The cheapest mix of outside carriers for the drops that go to them."""

    on_time_share: float = assumed(0.0, "nobody is left out", unit="share", ge=0, le=1)
    """Carriers that are on time less often are not used."""
    least_carriers: int = assumed(1, "assumption: one will do", ge=1, le=20)
    """Carriers used."""
    most_carriers: int = assumed(20, "as good as no limit", ge=1, le=20)
    """Carriers used."""
    minimum_share: float = assumed(0.05, "assumption: stay in touch", unit="share", ge=0, le=0.5)
    """Least share of a carrier that is used, in all drops."""
    maximum_share: float = assumed(1.0, "no limit", unit="share", gt=0, le=1)
    """Largest share of a carrier in all drops."""


class OptimisedPartners(Model):
    """Which service partners to work with, and how much of the work to give them."""

    success_share: float = assumed(0.0, "nobody is left out", unit="share", ge=0, le=1)
    """Partners that do fewer jobs at the first visit are not used."""
    most_partners: int = assumed(10, "as good as no limit", ge=0, le=10)
    """Partners used."""
    own_utilisation: float = assumed(
        0.9, "assumption: leave room for what is urgent", unit="share", gt=0, le=1
    )
    """Work, travel included, over paid time of own technicians up to which they do jobs at no cost but the road."""


class OptimisedSourcing(Model):
    """From whom to buy, who drives and who repairs for us. Kinds that the scenario does not have are left alone."""

    suppliers: OptimisedSuppliers | None = assumed(OptimisedSuppliers(), "see its fields")
    """Suppliers of distribution centres; null: by `sourcing.rules`."""
    carriers: OptimisedCarriers | None = assumed(OptimisedCarriers(), "see its fields")
    """Outside carriers; null: by `transport.hire`."""
    partners: OptimisedPartners | None = assumed(OptimisedPartners(), "see its fields")
    """Service partners; null: by `service.outsourcing`."""


class Optimised(Model):
    """Parts of the policy that solvers work out before the run."""

    stores: tuple[OptimisedStock, ...] = assumed((), "by `replenishment`")
    """Levels of stores; the first that matches applies to a cell, cells that none matches stay by their rule."""
    centres: tuple[OptimisedStock, ...] = assumed((), "by `dc_replenishment`")
    """Levels of distribution centres."""
    limits: StockLimits = assumed(StockLimits(), "none")
    """Limits of the stock of stores."""
    parts: OptimisedParts | None = assumed(None, "by `service.parts`")
    """Spare parts."""
    agents: OptimisedAgents | None = assumed(None, "by `service.contacts.agents`")
    """Agents."""
    technicians: OptimisedTechnicians | None = assumed(None, "by `service.workforce`")
    """Technicians."""
    rosters: OptimisedRosters | None = assumed(None, "by `service.workforce`")
    """Rosters of technicians."""
    pickers: OptimisedCrew | None = assumed(None, "by `depot.pickers`")
    """Pickers."""
    sites: OptimisedSites | None = assumed(None, "by `service.open_stations`")
    """Open stations; needs `technicians`, whose number depends on them."""
    rounds: OptimisedRounds | None = assumed(None, "by `transport.planning`")
    """Fixed rounds of own trucks."""
    sourcing: OptimisedSourcing | None = assumed(
        None, "by `sourcing`, `transport.hire` and `service.outsourcing`"
    )
    """Suppliers, carriers and partners."""
    month_probability: float = assumed(0.95, "assumption", unit="share", ge=0.5, lt=1)
    """Probability with which targets of people are kept over a month."""
    seed: int = assumed(1, "any number will do", ge=0, lt=2**31)
    """Seed of searches and samples."""


__all__ = [
    "Optimised",
    "OptimisedAgents",
    "OptimisedCarriers",
    "OptimisedCrew",
    "OptimisedPartners",
    "OptimisedParts",
    "OptimisedRosters",
    "OptimisedRounds",
    "OptimisedSites",
    "OptimisedSourcing",
    "OptimisedStock",
    "OptimisedSuppliers",
    "OptimisedTechnicians",
    "ServiceMeasure",
    "ServiceTarget",
    "SiteExpansion",
    "SiteGreenfield",
    "StockForm",
    "StockLimits",
]  # fmt: skip
