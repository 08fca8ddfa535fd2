"""What is to be expected of a scenario's world before anything has run: the input of the planner steps.

The world itself works it out (`sim.outlook`), because only it knows how seasons, promotions, sales of appliances and
ages of units add up; solvers see these arrays alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from optimize.routing.problem import RoutingProblem

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ContactMonth:
    """How much more or less comes to the contact centre in one calendar month than in the mean of the horizon."""

    name: str
    """Year and month."""
    calls_factor: FloatArray
    """(7, 24): calls over those of the mean week."""
    back_office_factor: float
    """Work that can wait, likewise."""


@dataclass(frozen=True, eq=False)
class ContactOutlook:
    """What comes to the contact centre in a mean week of the horizon."""

    calls_per_hour: FloatArray
    """(7, 24): first calls by weekday, Monday first, and clock hour; those who ring again are not in it."""
    work_minutes_mean: float
    """Of one call, all kinds together."""
    work_minutes_scv: float
    """Squared coefficient of variation of it."""
    patience_minutes: float | None
    """Mean patience; None = waits for ever."""
    redial_share: float
    """Of those who give up."""
    back_office_minutes_per_day: float
    """Work of agents that can wait: web, follow-up, informing."""
    months: tuple[ContactMonth, ...] = ()
    """Of the counted horizon; none where nothing is known of them."""

    def in_month(self, month: ContactMonth) -> ContactOutlook:
        """A mean week of one month."""
        return replace(
            self,
            calls_per_hour=self.calls_per_hour * month.calls_factor,
            back_office_minutes_per_day=self.back_office_minutes_per_day * month.back_office_factor,
            months=(),
        )


@dataclass(frozen=True, eq=False)
class FieldWork:
    """Work of technicians by kind: a skill at a level. Per mean day, what partners take from the start left out."""

    skill: npt.NDArray[np.int64]
    """(kinds,): column of `FieldOutlook.visits_per_day`."""
    level: npt.NDArray[np.int64]
    """(kinds,): of the skill; 0 where none is asked for."""
    requests: FloatArray
    """(stations, kinds): that own technicians or partners may do."""
    visits: FloatArray
    """(stations, kinds): that own technicians make for them."""
    on_site_minutes: FloatArray
    """(stations, kinds): of these visits, those of both where it takes two people."""
    margin: FloatArray
    """(stations, kinds): what customers pay if own technicians do it, less parts at cost."""
    billed: FloatArray
    """(stations, kinds): requests for which the house would have to pay a partner; of the others customers do."""


@dataclass(frozen=True, eq=False)
class FieldOutlook:
    """What technicians have to do on a mean day, by station in the order of the scenario's table."""

    visits_per_day: FloatArray
    """(stations, skills): visits, repeated ones included, by skill that the work asks for; last column: none."""
    on_site_minutes: FloatArray
    """(stations,): mean time at the customer's."""
    on_site_scv: FloatArray
    """(stations,)"""
    travel_minutes: FloatArray
    """(stations,): mean time on the road per visit, with the technicians that there are."""
    level_needed: npt.NDArray[np.int64]
    """(skills,): highest level that some work of the skill asks for."""
    part_use_per_day: FloatArray
    """(stations, parts): units that visits of the station need."""
    skill_ids: tuple[str, ...] = ()
    """Names of the skills, in the order of the arrays."""
    home_minutes: FloatArray | None = None
    """(stations,): road out to the first visit of a round and back from the last; None where nothing is known of it."""
    next_minutes: FloatArray | None = None
    """(stations,): road from one visit of a round to the next."""
    work: FieldWork | None = None
    """The same work by skill and level; None where nothing is known of it."""


@dataclass(frozen=True, eq=False)
class SitingOutlook:
    """Where visits arise, and how far it is to there from every station that can be had, open or not."""

    visits_per_day: FloatArray
    """(stores,): visits at customers near each store, repeated ones included."""
    stream_visits_per_day: FloatArray
    """(stations,): visits of job streams, which belong to a station whatever else is open."""
    drive_minutes: FloatArray
    """(stores, stations): mean drive from the station to customers near the store."""
    covered_share: FloatArray
    """(stores, stations): customers near the store who live within the radius of the station."""
    travel_per_drive: float
    """Minutes on the road per visit over that drive, as rounds are driven today: two ways, shared by a round."""


@dataclass(frozen=True, eq=False)
class PickingOutlook:
    """What pickers have to do on a mean day, by distribution centre."""

    work_minutes_mean: FloatArray
    """(centres,): work of all lists of a day."""
    work_minutes_sd: FloatArray
    """(centres,): from day to day."""
    lists_per_day: FloatArray
    """(centres,)"""


@dataclass(frozen=True, eq=False)
class DeliveryOutlook:
    """What own trucks of one centre have to bring on some weekdays, on which the same goods go to the same stores."""

    centre: int
    """Row of the table of centres."""
    weekdays: tuple[int, ...]
    """Monday = 0; the days on which trucks drive, not those of the orders."""
    stores: npt.NDArray[np.int64]
    """(n,): rows of the table of stores, in the order of the stops of the problem."""
    problem: RoutingProblem
    """A mean day of these: loads are those of the days on which there is something for a store."""
    drop_probability: FloatArray
    """(n,): of having something for the store on such a day."""
    orders_per_day: FloatArray
    """(3, n): orders brought on such a day that are promised for a later day, for this one, and for an earlier one."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """Expected demand and work. Arrays are read-only and in the order of the scenario's tables."""

    demand_per_day: FloatArray
    """(stores, skus): mean demand of a day of the counted horizon; 0 where not listed."""
    demand_variance_per_day: FloatArray
    """(stores, skus): its variance, chance and seasons, promotions and shocks together."""
    steady_variance_per_day: FloatArray
    """(stores, skus): the part of the variance that is chance alone, at the mean rate."""
    contact: ContactOutlook | None = None
    field: FieldOutlook | None = None
    siting: SitingOutlook | None = None
    picking: PickingOutlook | None = None
    deliveries: tuple[DeliveryOutlook, ...] = ()


__all__ = [
    "ContactMonth",
    "ContactOutlook",
    "DeliveryOutlook",
    "FieldOutlook",
    "FieldWork",
    "Outlook",
    "PickingOutlook",
    "SitingOutlook",
]
