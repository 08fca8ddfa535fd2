"""Facts of transport: trucks that can be had, roads, unloading, outside carriers."""

from __future__ import annotations

from scenarios.language.base import Model, assumed, given
from scenarios.language.network import ALL_HOURS


class TruckType(Model):
    """A kind of truck."""

    id: str = given(min_length=1)
    """Identifier used by `policy.transport.trucks`."""
    capacity_kg: float = given(unit="kg", gt=0)
    """Payload."""
    capacity_litres: float = given(unit="litres", gt=0)
    """Loading space."""
    cost_per_day: float = assumed(0.0, "0 unless given", unit="money per day", ge=0)
    """Having the truck, whether it drives or not."""
    cost_per_km: float = assumed(0.0, "0 unless given", unit="money per km", ge=0)
    """Driving."""
    co2_grams_per_km: float = assumed(
        800.0, "assumption: a rigid truck of 7.5 to 12 t", unit="grams per km", ge=0
    )
    """Carbon dioxide."""


class Roads(Model):
    """How far and how long between places."""

    detour_factor: float = assumed(1.3, "usual ratio of road to great circle", unit="ratio", ge=1, le=5)
    """Road distance over great-circle distance."""
    speed_km_per_hour: float = assumed(
        40.0, "assumption: city and ring roads", unit="km per hour", gt=0, le=150
    )
    """Mean speed when the time-of-day factor is 1."""
    hour_factors: tuple[float, ...] = assumed(
        ALL_HOURS, "the same all day unless given", unit="ratio per clock hour", min_length=24, max_length=24
    )
    """Travel time of each clock hour over the mean: above 1 in the rush hours."""
    coefficient_of_variation: float = assumed(0.0, "as planned unless given", unit="ratio", ge=0, le=2)
    """Spread of the time of a leg (gamma); drawn by places, date and trip."""


class Unloading(Model):
    """Work at a store's door."""

    seconds_per_stop: float = assumed(300.0, "assumption: park, ring, sign", unit="seconds", ge=0)
    """At each stop."""
    seconds_per_case: float = assumed(5.0, "assumption: roll cages over the kerb", unit="seconds", ge=0)
    """Per case."""


class DriverRules(Model):
    """Breaks that drivers have to take."""

    driving_hours_before_break: float = assumed(
        4.0, "Chinese rule: no more than four hours at the wheel", unit="hours", gt=0, le=24
    )
    """Driving after which a break is due before the next leg."""
    break_minutes: float = assumed(
        20.0, "Chinese rule: at least twenty minutes", unit="minutes", ge=0, le=240
    )
    """Length of it."""


class Carrier(Model):
    """An outside carrier that can be hired (mechanism L7)."""

    id: str = given(min_length=1)
    """Identifier; random draws are keyed by it."""
    regions: tuple[str, ...] = assumed((), "all regions")
    """Store regions it goes to."""
    capacity_drops_per_day: int = assumed(10_000, "as good as unlimited", unit="drops per day", ge=0)
    """Drops it takes from one centre on a day."""
    cost_per_drop: float = assumed(0.0, "0 unless given", unit="money per drop", ge=0)
    """Tariff: each drop."""
    cost_per_kg: float = assumed(0.0, "0 unless given", unit="money per kg", ge=0)
    """Tariff: weight."""
    cost_per_km: float = assumed(0.0, "0 unless given", unit="money per km", ge=0)
    """Tariff: road distance from the centre to the store."""
    transit_hours: float = assumed(6.0, "assumption: within the morning", unit="hours", ge=0, le=240)
    """Quoted time from leaving the centre to the store."""
    on_time_share: float = assumed(0.95, "assumption", unit="share", ge=0, le=1)
    """Drops that arrive as quoted."""
    delay_hours: float = assumed(6.0, "assumption: mean delay of the others", unit="hours", ge=0, le=240)
    """Mean delay of those that do not (exponential)."""
    technology: float = assumed(50.0, "assumption: middling", unit="points of 100", ge=0, le=100)
    """Systems, tracking, data: judged in the review."""
    continuity: float = assumed(50.0, "assumption: middling", unit="points of 100", ge=0, le=100)
    """Standing and continuity: judged in the review."""
    co2_grams_per_km: float = assumed(
        400.0, "assumption: shared with others' freight", unit="grams per km", ge=0
    )
    """Carbon dioxide that a drop answers for."""


class Fleet(Model):
    """What can be had to bring goods to stores."""

    truck_types: tuple[TruckType, ...] = assumed((), "none unless given")
    """Kinds of truck."""
    roads: Roads = assumed(Roads(), "see its fields")
    """Distances and travel times."""
    unloading: Unloading = assumed(Unloading(), "see its fields")
    """Work at stores."""
    drivers: DriverRules = assumed(DriverRules(), "see its fields")
    """Breaks."""
    carriers: tuple[Carrier, ...] = assumed((), "none unless given")
    """Outside carriers on the market."""
    courier_cost_per_km: float = assumed(0.0, "0 unless given", unit="money per km", ge=0)
    """Emergency orders go by courier, straight to the store and back, beside the cost per emergency order."""
    courier_co2_grams_per_km: float = assumed(200.0, "assumption: a light van", unit="grams per km", ge=0)
    """Carbon dioxide of a courier."""


__all__ = ["Carrier", "DriverRules", "Fleet", "Roads", "TruckType", "Unloading"]
