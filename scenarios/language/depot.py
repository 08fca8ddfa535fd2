"""Facts of the work inside distribution centres: order desk, picking, docks, goods in, wages, other order streams."""

from __future__ import annotations

from typing import Literal

from scenarios.language.base import Model, assumed, given
from scenarios.language.distributions import Constant, Distribution
from scenarios.language.network import ALL_HOURS


class OrderDesk(Model):
    """Work of the order desk on each store order (mechanism T13): receive, assign, monitor, feed back.

    Receiving and assigning come before the order is looked at, one right after the other; monitoring when its goods
    are picked; feeding back when they have arrived. Each has its own second in the table `order_stages`.
    """

    receive_seconds: float = assumed(60.0, "assumption: a minute to take an order", unit="seconds", ge=0)
    """Taking the order down."""
    assign_seconds: float = assumed(30.0, "assumption: half a minute", unit="seconds", ge=0)
    """Handing it to the centre."""
    monitor_seconds: float = assumed(20.0, "assumption: one look at the screen", unit="seconds", ge=0)
    """Watching that it leaves."""
    feed_back_seconds: float = assumed(40.0, "assumption: a short call", unit="seconds", ge=0)
    """Telling the store."""
    coefficient_of_variation: float = assumed(0.0, "no spread unless given", unit="ratio", ge=0, le=3)
    """Spread of each of these times (gamma)."""


class Picking(Model):
    """How long picking takes (mechanism T3): walking, then lines, cases and single units."""

    seconds_per_list: float = assumed(180.0, "assumption: one walk round the aisles", unit="seconds", ge=0)
    """Walking per pick list."""
    seconds_per_line: float = assumed(15.0, "assumption: find the place, scan it", unit="seconds", ge=0)
    """Per line of the list."""
    seconds_per_case: float = assumed(6.0, "assumption: lift one case", unit="seconds", ge=0)
    """Per full case."""
    seconds_per_each: float = assumed(3.0, "assumption: take one unit out of a case", unit="seconds", ge=0)
    """Per unit that does not fill a case."""
    sorting_seconds_per_line: float = assumed(8.0, "assumption: one put at the wall", unit="seconds", ge=0)
    """Per line of a store, when picked together and put to store afterwards."""
    coefficient_of_variation: float = assumed(0.0, "no spread unless given", unit="ratio", ge=0, le=3)
    """Spread of the time of a list (gamma)."""


class Docks(Model):
    """Doors at which trucks are loaded and suppliers unload."""

    doors: int = assumed(4, "assumption: four doors", unit="doors", ge=0, le=1_000)
    """Doors of each centre; one truck at a time at each."""
    seconds_per_truck: float = assumed(
        300.0, "assumption: five minutes to dock and leave", unit="seconds", ge=0
    )
    """Time at the door beside handling."""
    seconds_per_drop: float = assumed(60.0, "assumption: a minute to find each drop", unit="seconds", ge=0)
    """Loading, per store on the truck."""
    seconds_per_case: float = assumed(2.0, "assumption: cases on roll cages", unit="seconds", ge=0)
    """Loading or unloading, per case; units that do not fill a case count together as cases."""


class Staging(Model):
    """Where picked goods wait for their own truck. What carriers and couriers take leaves at once.

    {capacity: 12000, unit: litres}

    Goods of a trip need room from the moment when the first of them may be picked until they are on the truck. Trips
    get room in the order in which they are wanted; while there is none, their lists are not picked. A trip that needs
    more room than there is waits for an empty area.
    """

    capacity: float | None = assumed(None, "room for everything", unit="litres, cases or drops", gt=0)
    """Room in each centre."""
    unit: Literal["litres", "cases", "drops"] = assumed("litres", "the volume of the goods")
    """What it is reckoned in; a drop is what one store gets."""


class GoodsIn(Model):
    """What happens between a supplier's truck and the shelf of the centre."""

    arrival_hour: float = assumed(
        7.0, "assumption: suppliers come in the morning", unit="hour of day", ge=0, lt=24
    )
    """Hour at which suppliers deliver on the day due."""
    put_away_seconds_per_line: float = assumed(
        60.0, "assumption: one drive to the place", unit="seconds", ge=0
    )
    """Checking and putting away, per line."""
    put_away_seconds_per_case: float = assumed(1.0, "assumption: whole pallets mostly", unit="seconds", ge=0)
    """And per case."""
    inspection_seconds_per_unit: float = assumed(
        0.0, "inspection takes nobody's time unless given", unit="seconds per unit inspected", ge=0
    )
    """Looking at each unit that `policy.sourcing.inspection` draws, before its delivery is put away."""


class OrderStream(Model):
    """Other work that comes to a crew: wholesale or web orders. Any queueing model is one of these and a crew."""

    id: str = given(min_length=1)
    """Identifier; random draws are keyed by it."""
    dc_id: str = assumed("", "the first distribution centre when empty")
    """Centre it comes to."""
    between_minutes: Distribution = given(unit="minutes")
    """Time between arrivals."""
    hourly_profile: tuple[float, ...] = assumed(
        ALL_HOURS,
        "even over the day unless given",
        unit="relative rate per clock hour",
        min_length=24,
        max_length=24,
    )
    """How arrivals spread over the day; the mean over 24 hours stays as given."""
    work_minutes: Distribution = given(unit="minutes")
    """Work of one picker on one order."""
    priority: int = assumed(5, "store orders of the day have 5", ge=0, le=9)
    """Lower goes first; emergency orders of stores have 1, other store orders 5. Work begun is finished."""


class Depot(Model):
    """Work in the distribution centres. Without this block goods are ready the moment they are allocated."""

    order_desk: OrderDesk | None = assumed(None, "orders are assigned the moment they are placed")
    """Work on each order at the desk."""
    picking: Picking | None = assumed(None, "goods are picked in no time")
    """Picking times."""
    docks: Docks | None = assumed(None, "trucks are loaded in no time")
    """Doors and loading."""
    staging: Staging | None = assumed(None, "picked goods wait anywhere")
    """The area between picking and loading."""
    goods_in: GoodsIn | None = assumed(None, "what suppliers deliver can be shipped at once")
    """Receiving."""
    order_streams: tuple[OrderStream, ...] = assumed((), "none unless given")
    """Wholesale and web orders that the pickers work off, too; they take no stock."""
    settlement_days: Distribution = assumed(
        Constant(kind="constant", value=30), "assumption: thirty days net", unit="days"
    )
    """From delivery to payment of a store order (mechanism T13)."""


class LabourCosts(Model):
    """Wages and consumables of the work in centres and on trucks."""

    desk_per_hour: float = assumed(0.0, "0 unless given", unit="money per hour", ge=0)
    """Each person at the order desk, by the shift."""
    picker_per_hour: float = assumed(0.0, "0 unless given", unit="money per hour", ge=0)
    """Each picker, by the shift."""
    receiver_per_hour: float = assumed(0.0, "0 unless given", unit="money per hour", ge=0)
    """Each person in goods in, by the shift."""
    driver_per_hour: float = assumed(0.0, "0 unless given", unit="money per hour", ge=0)
    """Each driver, from leaving for the first trip to the end of the last or of the shift, whichever is later."""
    overtime_factor: float = assumed(1.5, "usual by labour law", unit="ratio", ge=1, le=5)
    """Wage after the end of a shift over the wage before it."""
    packaging_per_case: float = assumed(0.0, "0 unless given", unit="money per case", ge=0)
    """Material used per case picked or part of one."""


__all__ = ["Depot", "Docks", "GoodsIn", "LabourCosts", "OrderDesk", "OrderStream", "Picking", "Staging"]
