"""Levels of spare parts on vans, in stations and in centres, as `policy.optimised.parts` asks for them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from optimize.outlook import Outlook
from optimize.solving import PlanningError, Progress
from optimize.stock.first_time_fix import FirstTimeFixPlan, PartLevels, PartsNetwork, first_time_fix_plan
from optimize.stock.part_network import parts_network
from scenarios import (
    Basis,
    Columns,
    Curve,
    OptimisedParts,
    PartLevelRow,
    PartsSupply,
    PlanPart,
    Premise,
    Promise,
    Scenario,
    Service,
    ShadowPrice,
    SolveReport,
    SolveStatus,
    Unserved,
)

_PROVEN = 1e-3
"""Gap within which a plan counts as the best."""

PATH = "policy.optimised.parts"
VANS_OF_STATION = "/van"
"""What is added to a station's id in the table of levels for the vans of its technicians."""
PREMISES = (
    Premise.STEADY_DEMAND,
    Premise.UPSTREAM_IN_STOCK,
    Premise.STATED_LEAD_TIMES,
    Premise.TRUE_RECORDS,
    Premise.EVERYBODY_PRESENT,
    Premise.EXPECTED_LOAD,
)
METHOD = "VARI-METRIC with vans and stations filled in the evening, see optimize.stock.first_time_fix"
_DIGITS = 6
_DAYS_PER_YEAR = 365.0
_REACH_STEPS = 1e4
"""Targets beyond reach are brought down to a whole number of so many parts."""
_SHOWN_POINTS = 40
"""Of the marginal curve, evenly by their number: its steps are a unit of a part each."""
_NAMED = 5
"""Parts named one by one where many are alike."""


def plan_parts(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Levels of all parts for the most first-time fix for the money.

    Vans that belong to one station are alike. Parts that earn nothing at the target are kept nowhere: they are ordered
    when a visit asks for them. Above what any levels reach, levels and promises are those of the highest target that
    can be had, and the report says so.

    Args:
        scenario: with after-sales service and spare parts.
        outlook: with `field.part_use_per_day`.
        progress: told how far it is.

    Returns:
        `part_levels` of the decisions, and the part of the plan with its promises; nothing where nothing is asked for.

    Raises:
        PlanningError: parts are to be optimised in a scenario that has none, or nobody says how many are used.
    """
    asked = scenario.policy.optimised.parts
    if asked is None:
        return {}, ()
    service = scenario.service
    if service is None or service.parts is None or service.stations is None:
        raise PlanningError(f"{PATH}: the scenario has no spare parts (service.parts, service.stations)")
    if outlook.field is None:
        raise PlanningError(f"{PATH}: the outlook says nothing of work in the field")
    network = parts_network(scenario, outlook.field.part_use_per_day)
    curve = first_time_fix_plan(network, progress)
    point = _point(curve, asked)
    levels = curve.levels_at(point)
    table = _table(scenario, service, service.parts, levels)
    part = PlanPart(
        path=PATH,
        kind="base_stock",
        basis=Basis.OPTIMISED,
        cells=len(table),
        report=_report(scenario, service, curve, point, levels, asked),
        promises=_promises(scenario, curve, point, levels),
        curves=(_marginal(curve, point),),
        digest=table.digest(),
    )
    return {"part_levels": table}, (part,)


def _marginal(curve: FirstTimeFixPlan, chosen: int) -> Curve:
    """What more money would buy: some points of the curve, that of the plan among them."""
    shown = np.unique(
        np.append(np.linspace(0, len(curve.cost) - 1, _SHOWN_POINTS).round().astype(int), chosen)
    )
    return Curve(
        level="value of all levels",
        level_unit="money",
        value="first-time fix",
        value_unit="share",
        points=tuple((float(curve.cost[at]), float(curve.first_time_fix[at])) for at in shown),
        chosen=float(curve.cost[chosen]),
    )


def _point(curve: FirstTimeFixPlan, asked: OptimisedParts) -> int:
    """The point of the curve that is asked for; that of the highest target in reach where it does not go that far."""
    if asked.budget is not None:
        return curve.within(asked.budget)
    if asked.first_time_fix_share is None:
        raise PlanningError(f"{PATH}: give first_time_fix_share or budget")
    point = curve.reaching(_attainable(curve, asked.first_time_fix_share))
    assert point is not None
    return point


def _attainable(curve: FirstTimeFixPlan, share: float) -> float:
    """The target, or the highest that can be had: the last steps of the curve cost most and bring next to nothing."""
    return share if share <= curve.reach else float(np.floor(curve.reach * _REACH_STEPS) / _REACH_STEPS)


def _table(
    scenario: Scenario, service: Service, supply: PartsSupply, levels: PartLevels
) -> Columns[PartLevelRow]:
    """One row for every part at every place that keeps some of it."""
    assert service.stations is not None
    stations = [str(name) for name in service.stations["station_id"]]
    part_ids = np.array([str(name) for name in supply.parts["part_id"]], object)
    groups = (
        ([f"{name}{VANS_OF_STATION}" for name in stations], levels.vans),
        (stations, levels.stations),
        ([centre.id for centre in scenario.network.distribution_centres], levels.centres),
    )
    places, parts, units = [], [], []
    for names, level in groups:
        place, part = np.nonzero(level)
        places.append(np.array(names, object)[place])
        parts.append(part_ids[part])
        units.append(level[place, part].astype(np.int64))
    up_to = np.concatenate(units)
    columns = {
        "place_id": np.concatenate(places),
        "part_id": np.concatenate(parts),
        "reorder_point_units": up_to - 1,
        "order_up_to_units": up_to,
    }
    for column in columns.values():
        column.setflags(write=False)
    return Columns(PartLevelRow, columns)


def _report(
    scenario: Scenario,
    service: Service,
    curve: FirstTimeFixPlan,
    point: int,
    levels: PartLevels,
    asked: OptimisedParts,
) -> SolveReport:
    """How it went: what could not be done, and what the limit is worth."""
    cost, share = curve.cost, curve.first_time_fix
    if asked.budget is not None:
        objective, bound = float(share[point]), float(np.interp(asked.budget, cost, share))
        unit, limit = "share of needed parts found on the van", "budget"
    else:
        wanted = _attainable(curve, float(asked.first_time_fix_share or 0.0))
        objective, bound = float(cost[point]), float(np.interp(wanted, share, cost))
        unit, limit = "money, value of all levels", "first_time_fix_share"
    prices: tuple[ShadowPrice, ...] = ()
    is_reached = _is_reached(curve, asked)
    if point > 0 and asked.budget is None and is_reached:
        rate = scenario.costs.service.parts_holding_rate_per_year / _DAYS_PER_YEAR
        price = rate * 100 * float(curve.price_per_point[point - 1])
        prices = (ShadowPrice(limit=f"{PATH}.{limit}", price=round(price, _DIGITS)),)
    is_proven = math.isclose(objective, bound, rel_tol=_PROVEN)
    status = SolveStatus.OPTIMAL if is_proven else SolveStatus.FEASIBLE
    return SolveReport(
        solver="marginal analysis of the first-time-fix curve",
        status=status if is_reached else SolveStatus.INFEASIBLE,
        objective=round(objective, _DIGITS),
        bound=round(bound, _DIGITS) if is_reached else None,
        unit=unit,
        items=int(levels.centres.size + 2 * levels.stations.size),
        unserved=(
            *_beyond_reach(curve, asked),
            *_without_vans(service, curve),
            *_not_kept(service, curve, point, levels),
        ),
        shadow_prices=prices,
    )


def _is_reached(curve: FirstTimeFixPlan, asked: OptimisedParts) -> bool:
    return asked.first_time_fix_share is None or asked.first_time_fix_share <= curve.reach


def _beyond_reach(curve: FirstTimeFixPlan, asked: OptimisedParts) -> tuple[Unserved, ...]:
    share = asked.first_time_fix_share
    if share is None or share <= curve.reach:
        return ()
    return (
        Unserved(
            item=f"first-time fix of {share:.9g}",
            reason="however much is kept, vans are filled only once a day; levels are those of what can be had",
            relaxation=f"first_time_fix_share {_attainable(curve, share):.4f}",
        ),
    )


def _without_vans(service: Service, curve: FirstTimeFixPlan) -> tuple[Unserved, ...]:
    assert service.stations is not None
    network = curve.network
    idle = np.flatnonzero((network.vans == 0) & (network.use_per_day.sum(axis=1) > 0))
    return tuple(
        Unserved(
            item=f"station {service.stations['station_id'][station]}",
            reason="visits there need parts, but no technician belongs to it",
            relaxation="one technician, or leave it out of open_stations",
        )
        for station in idle
    )


def _not_kept(
    service: Service, curve: FirstTimeFixPlan, point: int, levels: PartLevels
) -> tuple[Unserved, ...]:
    """Parts that are used and kept nowhere, all in one entry."""
    assert service.parts is not None
    use = curve.network.use_per_day.sum(axis=0)
    kept = levels.centres.sum(axis=0) + levels.stations.sum(axis=0) + levels.vans.sum(axis=0)
    missing = np.flatnonzero((kept == 0) & (use > 0))
    if not missing.size:
        return ()
    first = missing[np.argsort(-use[missing], kind="stable")]
    names = ", ".join(str(service.parts.parts["part_id"][part]) for part in first[:_NAMED])
    more = f" and {len(first) - _NAMED} more" if len(first) > _NAMED else ""
    comes = np.flatnonzero(np.isin(curve.part[point:], missing))
    relaxation = "none is known"
    if comes.size:
        relaxation = f"a budget of {curve.cost[point + int(comes[0]) + 1]:,.0f} keeps the first of them"
    return (
        Unserved(
            item=f"parts {names}{more}, {use[missing].sum():.3g} units a day",
            reason="other parts find more on vans for the money",
            relaxation=relaxation,
        ),
    )


def _promises(
    scenario: Scenario, curve: FirstTimeFixPlan, point: int, levels: PartLevels
) -> tuple[Promise, ...]:
    """What vans and stations fill at once; first-time fix itself hangs on skills and customers, too: not promised."""
    if not curve.network.use_per_day[curve.network.vans > 0].any():
        return ()
    forecasts = {"part_fill_van": float(curve.first_time_fix[point])}
    station = _station_fill(scenario, curve.network, levels)
    if station is not None:
        forecasts["part_fill_station"] = station
    return tuple(
        Promise(measure=measure, forecast=round(forecast, _DIGITS), premises=PREMISES, method=METHOD)
        for measure, forecast in forecasts.items()
    )


def _station_fill(scenario: Scenario, network: PartsNetwork, levels: PartLevels) -> float | None:
    """Units that stations hand out at once over units asked of them.

    Every evening vans ask for what they used and what they still miss; what a van has not is asked of the station for
    the visit, if parts are fetched from there. None where others ask at counters, too.
    """
    if network.counter_per_day.any():
        return None
    use = np.where(network.vans[:, None] > 0, network.use_per_day, 0.0)
    directly = use - levels.found_per_day if scenario.policy.service.parts.fetches_from_station else 0.0 * use
    is_kept = levels.stations > 0
    given = float((levels.found_per_day + np.where(is_kept, directly, 0.0)).sum())
    asked = float((levels.found_per_day + levels.missing + directly).sum())
    return given / asked if asked else None


__all__ = ["plan_parts"]
