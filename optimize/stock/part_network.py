"""Spare parts of a scenario as arrays: who uses them, from whom they come, and how long that takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.stock.first_time_fix import PartsNetwork
from scenarios import PartsSupply, Scenario, ServiceShift

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_LEAST_COST = 0.005
"""Of parts that are free: half of the smallest coin."""
_DAYS_PER_WEEK = 7.0


def parts_network(scenario: Scenario, use_per_day: FloatArray) -> PartsNetwork:
    """Parts of a scenario as arrays, stations in the order of its table.

    A station's stock comes again in its lead time by parcel, at least by the next evening; deliveries of a store can
    only be quicker. A centre waits for its supplier, or for the repair shop and, for what that cannot mend, for the
    supplier. Demand at counters is `mean_per_day` of the parts, at stations that are open.

    Args:
        scenario: with `service.parts` and `service.stations`.
        use_per_day: (stations, parts) units that visits need.
    """
    service = scenario.service
    assert service is not None and service.parts is not None and service.stations is not None
    stations, table = service.stations, service.parts.parts
    if use_per_day.shape != (len(stations), len(table)):
        raise ValueError(f"use_per_day: shape {use_per_day.shape} must be {(len(stations), len(table))}")
    centre_at = {centre.id: index for index, centre in enumerate(scenario.network.distribution_centres)}
    crews = _crews(scenario, stations["station_id"])
    is_open = _is_open(scenario, stations["station_id"])
    centre_days = _centre_days(scenario, service.parts)
    return PartsNetwork(
        use_per_day=np.where(is_open[:, None], use_per_day, 0.0),
        counter_per_day=np.asarray(np.outer(is_open, table["mean_per_day"]), np.float64),
        unit_cost=np.maximum(table["purchase_cost"].astype(np.float64), _LEAST_COST),
        centre=np.array([centre_at.get(name, 0) for name in stations["dc_id"]], np.int64),
        vans=np.where(is_open, crews.vans, 0),
        duty_share=crews.duty_share,
        evening_share=crews.evening_share,
        station_days=np.maximum(stations["lead_time_days"].astype(np.float64), 1.0),
        centre_days=np.tile(centre_days, (len(centre_at), 1)),
    )


@dataclass(frozen=True, eq=False)
class _Crews:
    """Technicians by station, (stations,) each."""

    vans: IntArray
    duty_share: FloatArray
    evening_share: FloatArray


def _crews(scenario: Scenario, station_ids: npt.NDArray[np.object_]) -> _Crews:
    workforce = scenario.policy.service.workforce
    shift_at = {shift.id: shift for shift in workforce.shifts}
    station_at = {str(name): index for index, name in enumerate(station_ids)}
    order_hour = scenario.policy.service.parts.order_hour
    vans = np.zeros(len(station_ids), np.int64)
    days, evenings = np.zeros(len(station_ids)), np.zeros(len(station_ids))
    people = [(group.station_id, group.shift_id, group.count) for group in workforce.groups]
    if workforce.technicians is not None:
        table = workforce.technicians
        people += [
            (str(station), str(shift), 1)
            for station, shift in zip(table["station_id"], table["shift_id"], strict=True)
        ]
    for station_id, shift_id, count in people:
        if station_id not in station_at:
            continue
        station, shift = station_at[station_id], shift_at[shift_id]
        vans[station] += count
        days[station] += count * len(set(shift.weekdays)) / _DAYS_PER_WEEK
        evenings[station] += count * _evening_share(shift, order_hour)
    some = np.maximum(vans, 1)
    return _Crews(vans, np.where(vans > 0, days / some, 1.0), evenings / some)


def _evening_share(shift: ServiceShift, order_hour: float) -> float:
    """Share of a shift between the hour at which vans are filled and the midnight at which they have it."""
    ends = shift.start_hour + shift.hours
    tonight = max(0.0, min(ends, 24.0) - max(shift.start_hour, order_hour))
    tomorrow = max(0.0, min(ends - 24.0, 24.0) - order_hour)
    return min(1.0, (tonight + tomorrow) / shift.hours)


def _is_open(scenario: Scenario, station_ids: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    wanted = scenario.policy.service.open_stations
    return np.array([not wanted or name in wanted for name in station_ids], np.bool_)


def _centre_days(scenario: Scenario, supply: PartsSupply) -> FloatArray:
    """(parts,) mean days in which a centre gets a unit."""
    suppliers = scenario.network.suppliers
    days = {supplier.id: supplier.lead_time_days.mean() for supplier in suppliers}
    bought = np.array([days[name or suppliers[0].id] for name in supply.parts["supplier_id"]], np.float64)
    shop = supply.repair_shop
    mended = shop.success_share * shop.turnaround_days.mean() + (1.0 - shop.success_share) * bought
    return np.where(supply.parts["is_repairable"].astype(np.bool_), mended, bought)


__all__ = ["parts_network"]
