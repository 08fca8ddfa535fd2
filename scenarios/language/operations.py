"""What managers choose for centres and transport: waves, crews and shifts, trucks, routes, carriers."""

from __future__ import annotations

from datetime import date
from typing import Literal

from scenarios.language.base import Model, assumed, given
from scenarios.language.network import ALL_WEEK, Weekday


class WorkingDays(Model):
    """Days on which something is done."""

    weekdays: tuple[Weekday, ...] = assumed(ALL_WEEK, "every day", min_length=1)
    """Weekdays on which it begins."""
    rests_on_holidays: tuple[str, ...] = assumed((), "no holiday stops it")
    """Names of events in `demand.holidays`: it rests on all their days."""
    rests_on_dates: tuple[date, ...] = assumed((), "no single date")
    """And on these dates."""


class Shift(WorkingDays):
    """People who come and go together."""

    people: int = given(unit="people", ge=0, le=10_000)
    """How many."""
    start_hour: float = given(unit="hour of day", ge=0, lt=24)
    """When they begin."""
    hours: float = given(unit="hours", gt=0, le=24)
    """How long they stay, the break included; a night shift ends on the next day. Work begun is finished."""
    break_minutes: float = assumed(0.0, "no break unless given", unit="minutes", ge=0, le=240)
    """Break in the middle, paid; work begun before it is finished first."""
    dc_id: str = assumed("", "every distribution centre when empty")
    """Where they work."""


class Wave(WorkingDays):
    """A moment at which a centre looks at the orders it has been assigned and releases them to be picked."""

    cut_off_hour: float = given(unit="hour of day", ge=0, lt=24)
    """Orders assigned by then belong to the wave; on a day of rest they wait for the next one."""


DEFAULT_WAVES = (Wave(cut_off_hour=23.5),)


class DepotPolicy(Model):
    """How the work in distribution centres is organised."""

    waves: tuple[Wave, ...] = assumed(
        DEFAULT_WAVES, "assumption: orders of the day are picked overnight", min_length=1
    )
    """When orders are looked at and released; emergency orders are looked at once assigned."""
    picking: Literal["by_order", "put_to_store"] = assumed("by_order", "usual for few stores")
    """Each store's goods on their own, or those of a wave together, sorted to the stores afterwards."""
    lines_per_list: int = assumed(40, "assumption: one cart", unit="lines", ge=1, le=10_000)
    """Longest pick list; longer orders are split over several pickers."""
    desk: tuple[Shift, ...] = assumed((), "nobody unless given")
    """People at the order desk; needed with `depot.order_desk`."""
    pickers: tuple[Shift, ...] = assumed((), "nobody unless given")
    """Pickers; needed with `depot.picking` or `depot.order_streams`."""
    receivers: tuple[Shift, ...] = assumed((), "nobody unless given")
    """People in goods in, who inspect and put away; needed with `depot.goods_in`."""


class Trucks(WorkingDays):
    """Some trucks of a kind, with their drivers' shift."""

    type_id: str = given(min_length=1)
    """Kind of truck."""
    count: int = given(unit="trucks", ge=0, le=10_000)
    """How many."""
    start_hour: float = assumed(5.0, "assumption: before the stores open", unit="hour of day", ge=0, lt=24)
    """When drivers begin."""
    hours: float = assumed(9.0, "assumption: a working day with its break", unit="hours", gt=0, le=24)
    """Length of the shift."""
    dc_id: str = assumed("", "every distribution centre when empty")
    """Where they stand; with an empty id every centre has as many."""


class MasterRoute(Model):
    """A fixed round: the same stores on the same weekdays."""

    name: str = assumed("", "unnamed")
    """Name for reports."""
    stores: tuple[str, ...] = given(min_length=1)
    """Stores in the order in which they are visited; those without goods are left out."""
    weekdays: tuple[Weekday, ...] = assumed(ALL_WEEK, "every day", min_length=1)
    """Days on which it is driven; goods for its stores wait for the next of them."""


class Routes(Model):
    """How stores are put on trucks, whoever decides."""

    engine: Literal["ruin_recreate", "ortools"] = assumed("ruin_recreate", "the better one for the same work")
    """Search that improves the routes of a day, with `planning: optimised`: slack induction by string removals, or
    OR-Tools."""
    iterations: int = assumed(
        100,
        "assumption: most of the gain, in a twentieth of a second a day",
        unit="iterations",
        ge=1,
        le=100_000_000,
    )
    """Work of `ruin_recreate` per plan; no clock decides."""
    solution_limit: int = assumed(
        200, "assumption: a second or two a day", unit="solutions", ge=1, le=1_000_000
    )
    """Work of `ortools` per plan; no clock decides."""
    master: tuple[MasterRoute, ...] = assumed((), "worked out once from the mean demand when empty")
    """Fixed rounds, for `planning: given`."""
    serves_everyone: bool = assumed(True, "no customer left out, however small")
    """Whether drops that fit no route in time are driven late; otherwise they wait for the next day (T10)."""
    minimum_drop_kg: float = assumed(0.0, "none unless given", unit="kg", ge=0)
    """Smaller drops wait until they have grown to it (T10)."""
    regret: bool = assumed(False, "takes a second search for every plan")
    """Whether every plan is weighed against one that knew the day's traffic beforehand; changes nothing else."""


class CarrierReview(Model):
    """A periodic, scored review of carriers that moves the next period's shares (L7)."""

    every_days: int = assumed(28, "four weeks", unit="days", ge=1, le=365)
    """Days between reviews."""
    on_time_weight: float = assumed(0.5, "assumption", ge=0)
    """Weight of the share of drops on time."""
    speed_weight: float = assumed(0.2, "assumption", ge=0)
    """Weight of hours from the centre to the store, against the fastest."""
    technology_weight: float = assumed(0.1, "assumption", ge=0)
    """Weight of technology."""
    continuity_weight: float = assumed(0.1, "assumption", ge=0)
    """Weight of continuity."""
    network_weight: float = assumed(0.1, "assumption", ge=0)
    """Weight of the share of regions it covers."""
    step: float = assumed(0.5, "assumption: half the way", unit="share", ge=0, le=1)
    """How far shares move towards those that the scores suggest; scores count by their fourth power."""
    least_share: float = assumed(0.05, "assumption: stay in touch", unit="share", ge=0, le=1)
    """Share below which no carrier falls."""


class HiredCarrier(Model):
    """A carrier that is used."""

    carrier_id: str = given(min_length=1)
    """The carrier."""
    share: float = assumed(1.0, "equal shares unless given", ge=0)
    """Share among carriers, relative."""


class Hire(Model):
    """Use of outside carriers."""

    carriers: tuple[HiredCarrier, ...] = assumed((), "none unless given")
    """Carriers used."""
    share_of_drops: float = assumed(0.0, "only what the own trucks cannot take", unit="share", ge=0, le=1)
    """Share of drops given to carriers from the start; besides, they get what fits on no truck."""
    review: CarrierReview | None = assumed(None, "shares stay as they are")
    """Scored review."""


class Transport(Model):
    """How goods reach the stores."""

    mode: Literal["none", "fleet"] = assumed("none", "no trucks")
    """`none`: goods arrive the store's `lead_time_days` after the order, at the delivery hour. `fleet`: on trucks."""
    delivery_hour: float = assumed(6.0, "assumption: before opening", unit="hour of day", ge=0, lt=24)
    """Hour of delivery at every store, without trucks."""
    trucks: tuple[Trucks, ...] = assumed((), "none unless given")
    """Own trucks, for `fleet`."""
    planning: Literal["given", "rule", "optimised"] = assumed("rule", "quick, and good enough to begin with")
    """Who decides about the routes: fixed rounds as given; every day anew by a rule, that of savings; or every day anew
    by a search, fed with what is known then."""
    routes: Routes = assumed(Routes(), "see its fields")
    """How they are used."""
    hire: Hire = assumed(Hire(), "no carriers")
    """Outside carriers."""
    promised_days: int = assumed(1, "assumption: next day", unit="days", ge=0, le=60)
    """Promise to stores: goods are there this many days after the day of the order, while the store takes goods."""


__all__ = [
    "CarrierReview", "DepotPolicy", "Hire", "HiredCarrier", "MasterRoute", "Routes", "Shift", "Transport", "Trucks",
    "Wave", "WorkingDays",
]  # fmt: skip
