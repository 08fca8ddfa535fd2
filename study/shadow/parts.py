"""Laws of spare parts that are replenished one for one: Palm, and the exact two-echelon model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from study.shadow.expected import Expected, World

if TYPE_CHECKING:
    from scenarios import PartsSupply, PartStockRule, Service

_TIMES = 5.0
_METHOD = "one for one at two echelons, exact (Palm 1938, Simon 1971, Graves 1985)"
_REGIME = (
    "parts asked for by Poisson streams alone, reviewed at every demand, no transfers, couriers, losses or defects;"
    " settled after the warm-up"
)


@dataclass
class _Sums:
    """Over all parts and centres."""

    asked_of_stations: float = 0.0
    given_by_stations: float = 0.0
    asked_of_centres: float = 0.0
    given_by_centres: float = 0.0
    owed: float = 0.0
    longest_days: float = 0.0


def parts(world: World) -> Iterator[Expected]:
    """Fill rates of stations and centres and units owed, where every part is the textbook's item."""
    service = world.scenario.service
    if service is None or service.parts is None or service.stations is None or not _is_plain(world, service):
        return
    sums = _sums(world, service, service.parts)
    if sums is None or world.warm_up_days < _TIMES * sums.longest_days or sums.asked_of_stations == 0.0:
        return
    fill = sums.given_by_stations / sums.asked_of_stations
    yield Expected("part_fill_station", fill, _METHOD, _REGIME)
    yield Expected("part_fill_dc", sums.given_by_centres / sums.asked_of_centres, _METHOD, _REGIME)
    yield Expected("parts_owed_units", sums.owed, _METHOD, _REGIME)


def _is_plain(world: World, service: Service) -> bool:
    policy, supply = world.scenario.policy.service.parts, service.parts
    assert supply is not None and service.stations is not None
    suppliers = world.scenario.network.suppliers
    return (
        not service.products
        and not service.job_streams
        and policy.continuous_review
        and policy.levels is None
        and not policy.lateral_transfers
        and not policy.courier
        and policy.inspected_units == 0
        and supply.shrinkage_per_year == 0.0
        and supply.repair_shop.success_share == 1.0
        and not world.scenario.policy.service.open_stations
        and not any(each.quality or each.disruptions or each.capacity_units_per_day for each in suppliers)
        and not any(service.stations["store_id"])
        and all(rule.echelon != "van" and not rule.classes and not rule.days_of_use for rule in policy.rules)
    )


def _sums(world: World, service: Service, supply: PartsSupply) -> _Sums | None:
    """None where levels are not one for one or lead times vary in a way that has no closed form."""
    assert service.stations is not None
    first = world.scenario.network.distribution_centres[0].id
    centre_of = np.array([name or first for name in service.stations["dc_id"]], object)
    sums = _Sums()
    table = supply.parts
    rules = world.scenario.policy.service.parts.rules
    for row in np.flatnonzero(table["mean_per_day"] > 0.0).tolist():
        rate, name = float(table["mean_per_day"][row]), str(table["part_id"][row])
        level, above = _one_for_one(rules, "station", name), _one_for_one(rules, "dc", name)
        lead_days = _lead_days(world, supply, row)
        if level is None or above is None or lead_days is None:
            return None
        for centre in sorted(set(centre_of)):
            days = tuple(service.stations["lead_time_days"][centre_of == centre].astype(np.float64).tolist())
            given, ready, owed = _of_item(rate, level, above, lead_days, days)
            asked = rate * len(days)
            sums.asked_of_stations += asked
            sums.given_by_stations += rate * ready
            sums.asked_of_centres += asked
            sums.given_by_centres += asked * given
            sums.owed += owed
            sums.longest_days = max(sums.longest_days, lead_days + max(days))
    return sums


@lru_cache(maxsize=4_096)
def _of_item(
    rate: float, level: int, above: int, lead_days: float, days: tuple[float, ...]
) -> tuple[float, float, float]:
    """Share that a centre gives at once, sum of the ready rates of its stations, and all units owed."""
    from scipy.special import pdtr

    from optimize.stock.one_warehouse import OneWarehouse, evaluate_one_warehouse

    ones = (1.0,) * len(days)
    system = OneWarehouse((rate,) * len(days), days, lead_days, ones, ones, 0.0)
    found = evaluate_one_warehouse(system, above, (level,) * len(days))
    given = float(pdtr(above - 1, rate * len(days) * lead_days)) if above else 0.0
    return given, float(found.ready_rate.sum()), found.warehouse_backorders + float(found.backorders.sum())


def _one_for_one(rules: tuple[PartStockRule, ...], echelon: str, part_id: str) -> int | None:
    """Level S of a part whose units are ordered one by one; None if they are not."""
    for rule in rules:
        if rule.echelon == echelon and (not rule.part_ids or part_id in rule.part_ids):
            level, point = rule.order_up_to_units, rule.reorder_point_units
            return level if level is not None and point == level - 1 else None
    return None


def _lead_days(world: World, supply: PartsSupply, row: int) -> float | None:
    """Mean time until a centre has its unit back: any turnaround of a shop, but a purchase that never varies."""
    if supply.parts["is_repairable"][row]:
        return supply.repair_shop.turnaround_days.mean()
    name = supply.parts["supplier_id"][row] or world.scenario.network.suppliers[0].id
    (days,) = (each.lead_time_days for each in world.scenario.network.suppliers if each.id == name)
    return float(np.rint(days.mean())) if days.variance() == 0.0 else None


__all__ = ["parts"]
