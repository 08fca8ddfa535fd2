"""The world in which a premise of a promise is true: the scenario with one idealisation made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from scenarios import (
    Columns,
    CustomerReturns,
    DemandRate,
    Exponential,
    MarketShock,
    Model,
    NegativeBinomial,
    People,
    Premise,
    Roads,
    Scenario,
    Substitution,
)

if TYPE_CHECKING:
    from optimize import Outlook

Changed = Callable[[Scenario, "Outlook"], Scenario]
_NOBODY_RETURNS: CustomerReturns | None = None


def made_true(premise: Premise, scenario: Scenario, outlook: Outlook) -> Scenario | None:
    """The scenario in which a premise holds; the same object where it holds already.

    Args:
        premise: what is to be made true.
        scenario: the world as it is.
        outlook: what was expected of it: demand that is made steady keeps its means.

    Returns:
        None where no scenario can say it, see `CANNOT_BE_MADE_TRUE`.
    """
    change = _CHANGES.get(premise)
    if change is None:
        return None
    changed = change(scenario, outlook)
    return scenario if changed.digest == scenario.digest else changed


def in_order(premises: Iterable[Premise]) -> tuple[Premise, ...]:
    """Each premise once, in the order in which they are made true one after the other."""
    wanted = set(premises)
    return tuple(premise for premise in Premise if premise in wanted)


def _steady_demand(scenario: Scenario, outlook: Outlook) -> Scenario:
    mean, variance = outlook.demand_per_day, outlook.steady_variance_per_day
    store, sku = np.nonzero(mean > 0)
    skus = scenario.assortment.skus
    rates = Columns(
        DemandRate,
        {
            "store_id": scenario.network.stores["store_id"][store],
            "sku_id": skus["sku_id"][sku],
            "units_per_day": mean[store, sku],
        },
    )
    total = mean.sum(axis=0)
    ratio = np.divide(variance.sum(axis=0), total, out=np.ones_like(total), where=total > 0)
    demand: dict[str, Any] = {
        "rates": rates,
        "mean_units_per_day": None,
        "known": None,
        "patterns": (),
        "holidays": (),
        "responses": (),
        "price_changes": None,
        "shock": MarketShock(),
    }
    columns: dict[str, Any] = {
        "launch_date": np.full(len(skus), None, object),
        "delist_date": np.full(len(skus), None, object),
        "price_elasticity": np.zeros(len(skus)),
    }
    if scenario.demand.process.kind != "constant":
        demand["process"] = NegativeBinomial(
            kind="negative_binomial", variance_to_mean=max(1.001, _mean(ratio, total))
        )
        columns["variance_to_mean"] = np.maximum(ratio, 1.001)
    scenario = _replaced(scenario, "demand", **demand)
    scenario = _replaced(scenario, "network", closures=())
    scenario = _replaced(scenario, "policy", promotions=(), promotion_table=None, mark_downs=())
    return _with_skus(scenario, columns)


def _mean(values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> float:
    return float(np.average(values, weights=weights)) if weights.sum() > 0 else 1.0


def _upstream_in_stock(scenario: Scenario, _: Outlook) -> Scenario:
    centres = tuple(
        centre.model_copy(update={"stock": "unlimited"}) for centre in scenario.network.distribution_centres
    )
    return _replaced(scenario, "network", distribution_centres=centres)


def _stated_lead_times(scenario: Scenario, _: Outlook) -> Scenario:
    transport = scenario.policy.transport
    if transport.mode == "fleet":
        stores = scenario.network.stores
        days = np.full(len(stores), max(1, transport.promised_days), np.int64)
        scenario = _replaced(scenario, "network", stores=_with_columns(stores, {"lead_time_days": days}))
    plain = transport.model_copy(update={"mode": "none", "trucks": (), "hire": type(transport.hire)()})
    return _replaced(_replaced(scenario, "policy", transport=plain), depot=None)


def _no_substitution(scenario: Scenario, _: Outlook) -> Scenario:
    classes = tuple(
        group.model_copy(update={"substitution": Substitution(), "customer_returns": _NOBODY_RETURNS})
        for group in scenario.assortment.classes
    )
    scenario = _replaced(scenario, "assortment", classes=classes)
    return _replaced(scenario, "policy", substitution_incentives=())


def _no_ageing(scenario: Scenario, _: Outlook) -> Scenario:
    nothing = np.zeros(len(scenario.assortment.skus), np.int64)
    scenario = _with_skus(scenario, {"shelf_life_days": nothing, "total_shelf_life_days": nothing})
    return _replaced(scenario, "policy", mark_downs=())


def _true_records(scenario: Scenario, _: Outlook) -> Scenario:
    suppliers = tuple(
        supplier.model_copy(update={"quality": type(supplier).model_fields["quality"].default})
        for supplier in scenario.network.suppliers
    )
    scenario = _replaced(scenario, "network", record_error=None, suppliers=suppliers)
    scenario = _replaced(scenario, "policy", cycle_counts=())
    if scenario.service is not None and scenario.service.parts is not None:
        parts = scenario.service.parts.model_copy(update={"shrinkage_per_year": 0.0})
        scenario = _replaced(scenario, "service", parts=parts)
    return scenario


def _no_emergency_orders(scenario: Scenario, _: Outlook) -> Scenario:
    return _replaced(scenario, "policy", emergency_orders=())


def _memoryless_work(scenario: Scenario, _: Outlook) -> Scenario:
    service = scenario.service
    if service is None or service.contact_centre is None:
        return scenario
    centre = service.contact_centre
    channels = tuple(
        channel.model_copy(update={"minutes": _exponential(channel.minutes)}) for channel in centre.channels
    )
    streams = tuple(
        stream.model_copy(
            update={
                "minutes": _exponential(stream.minutes),
                "between_minutes": _exponential(stream.between_minutes),
                "patience_minutes": stream.patience_minutes and _exponential(stream.patience_minutes),
            }
        )
        for stream in centre.call_streams
    )
    changed = centre.model_copy(
        update={
            "channels": channels,
            "call_streams": streams,
            "patience_minutes": centre.patience_minutes and _exponential(centre.patience_minutes),
            "remote_minutes": _exponential(centre.remote_minutes),
            "follow_up_minutes": _exponential(centre.follow_up_minutes),
        }
    )
    return _replaced(scenario, "service", contact_centre=changed)


def _steady_hours(scenario: Scenario, _: Outlook) -> Scenario:
    service = scenario.service
    if service is None:
        return scenario
    reporting = service.reporting.model_copy(
        update={
            "hourly_profile": _even(service.reporting.hourly_profile),
            "weekday_factors": _even(service.reporting.weekday_factors),
        }
    )
    scenario = _replaced(scenario, "service", reporting=reporting)
    centre = service.contact_centre
    if centre is None:
        return scenario
    streams = tuple(
        stream.model_copy(update={"hourly_profile": _even(stream.hourly_profile)})
        for stream in centre.call_streams
    )
    return _replaced(scenario, "service", contact_centre=centre.model_copy(update={"call_streams": streams}))


def _even(profile: Sequence[float]) -> tuple[float, ...]:
    """The same in all hours or days that have any, since nobody is there to answer in the others."""
    open_share = sum(value > 0 for value in profile) / max(1, len(profile))
    return tuple(1 / open_share if value > 0 else 0.0 for value in profile)


def _everybody_present(scenario: Scenario, _: Outlook) -> Scenario:
    scenario = _replaced(scenario, "loops", skill=False, morale=False, attrition=False)
    if scenario.service is None:
        return scenario
    people = scenario.service.people.model_copy(update={"absence": People().absence})
    scenario = _replaced(scenario, "service", people=people)
    service = scenario.policy.service
    workforce = service.workforce.model_copy(update={"training_days_per_year": 0.0})
    return _replaced(scenario, "policy", service=service.model_copy(update={"workforce": workforce}))


def _no_redial(scenario: Scenario, _: Outlook) -> Scenario:
    if scenario.service is None or scenario.service.contact_centre is None:
        return scenario
    centre = scenario.service.contact_centre.model_copy(update={"redial_share": 0.0})
    return _replaced(scenario, "service", contact_centre=centre)


def _certain_roads(scenario: Scenario, _: Outlook) -> Scenario:
    scenario = _replaced(scenario, "fleet", roads=_without_chance(scenario.fleet.roads))
    if scenario.service is None:
        return scenario
    return _replaced(scenario, "service", roads=_without_chance(scenario.service.roads))


def _without_chance(roads: Roads) -> Roads:
    """Roads on which a leg takes its mean, whatever the hour and the day."""
    mean = fsum(roads.hour_factors) / len(roads.hour_factors)  # exact, so that a second time changes nothing
    return roads.model_copy(
        update={"coefficient_of_variation": 0.0, "hour_factors": (mean,) * len(roads.hour_factors)}
    )


def _exponential(times: Any) -> Exponential:
    return Exponential.model_validate({"kind": "exponential", "mean": times.mean()})


def _replaced(scenario: Scenario, block: str = "", **fields: Any) -> Scenario:
    """A scenario with some fields of a block, or of its own, replaced."""
    if block:
        part: Model = getattr(scenario, block)
        fields = {block: part.model_copy(update=fields)}
    return scenario.model_copy(update=fields)


def _with_skus(scenario: Scenario, columns: dict[str, Any]) -> Scenario:
    return _replaced(scenario, "assortment", skus=_with_columns(scenario.assortment.skus, columns))


def _with_columns(table: Columns[Any], columns: dict[str, Any]) -> Columns[Any]:
    for column in columns.values():
        column.setflags(write=False)
    return Columns(table.row, {**table.columns, **columns}, table.source, table.line_numbers)


_CHANGES: dict[Premise, Changed] = {
    Premise.STEADY_DEMAND: _steady_demand,
    Premise.UPSTREAM_IN_STOCK: _upstream_in_stock,
    Premise.STATED_LEAD_TIMES: _stated_lead_times,
    Premise.NO_SUBSTITUTION: _no_substitution,
    Premise.NO_AGEING: _no_ageing,
    Premise.TRUE_RECORDS: _true_records,
    Premise.NO_EMERGENCY_ORDERS: _no_emergency_orders,
    Premise.MEMORYLESS_WORK: _memoryless_work,
    Premise.STEADY_HOURS: _steady_hours,
    Premise.EVERYBODY_PRESENT: _everybody_present,
    Premise.NO_REDIAL: _no_redial,
    Premise.CERTAIN_ROADS: _certain_roads,
}

CANNOT_BE_MADE_TRUE = tuple(premise for premise in Premise if premise not in _CHANGES)
"""Premises that no change of a scenario makes true; what they cost stays in what is left unexplained."""
