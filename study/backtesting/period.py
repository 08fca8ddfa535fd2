"""The scenario moved to the past period: its dates, opening stock, prices, orders and demand."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import numpy as np

from scenarios import (
    Applied,
    Columns,
    Horizon,
    KnownDemand,
    KnownOrder,
    KnownOrders,
    Model,
    Problem,
    ReplenishmentRule,
    Scenario,
    ScenarioError,
    Severity,
    StoreStock,
    check,
)
from study.backtesting.actuals import Actuals
from study.backtesting.promotions import known_promotions
from study.backtesting.records import FloatArray

_ORIGIN = "backtest"
_REPLAY_LEAD_TIME_DAYS = 1


class OrderSource(StrEnum):
    """Where the stores' orders come from in a run over the past period."""

    POLICY = "policy"
    """The scenario's policy orders, and answers the demand it sees."""
    KNOWN = "known"
    """What the file says was ordered or received, whatever the demand of the run."""


def over_period(scenario: Scenario, actuals: Actuals) -> Scenario:
    """The scenario over the dates of the actuals, from their opening stock and at their prices."""
    moved = _changed(
        scenario,
        {
            "horizon": Horizon(
                start_date=actuals.start_date, days=actuals.record.days, warm_up_days=0, panel_period_days=1
            )
        },
    )
    if actuals.opening_stock is not None:
        moved = _changed(moved, {"initial.store_stock": _store_stock(scenario, actuals)})
    promotions = known_promotions(actuals)
    if promotions is not None:
        moved = _changed(moved, {"policy.promotions": promotions, "policy.promotion_table": None})
    return moved


def with_known_supply(scenario: Scenario, actuals: Actuals) -> Scenario:
    """The scenario, already over the period, with orders as they were instead of its policy.

    What was *received* arrives on the day it did: ordered the evening before from centres that never run
    out. Where only what was *ordered* is known, the scenario's centres and lead times deliver it.

    Raises:
        ValueError: `unknown_supply` gives a reason.
    """
    if reason := unknown_supply(actuals):
        raise ValueError(reason)
    received = actuals.record.received
    if received is None:
        assert actuals.ordered is not None
        return _changed(scenario, _ordering(scenario, _orders(actuals, actuals.ordered, 0)))
    network, initial = scenario.network, scenario.initial.store_stock
    assert initial is not None
    lead_time = np.full(len(network.stores), _REPLAY_LEAD_TIME_DAYS, dtype=np.int64)
    return _changed(
        scenario,
        {
            **_ordering(scenario, _orders(actuals, received, _REPLAY_LEAD_TIME_DAYS)),
            "network.stores": _with_column(network.stores, "lead_time_days", lead_time),
            "network.distribution_centres": tuple(
                centre.model_copy(update={"stock": "unlimited"}) for centre in network.distribution_centres
            ),
            "initial.store_stock": _with_column(
                initial, "on_order_units", _first_morning(received[0], initial, actuals)
            ),
        },
    )


def unknown_supply(actuals: Actuals) -> str:
    """Why the orders of the period cannot be replayed; empty when they can."""
    if actuals.record.received is None and actuals.ordered is None:
        return "needs a column of units received or ordered"
    if actuals.record.period_days > 1:
        return "needs days: weekly figures do not say on which day goods came"
    if actuals.opening_stock is None:
        return "needs the stock of the first morning, or stock at close"
    return ""


def with_known_demand(scenario: Scenario, actuals: Actuals) -> Scenario:
    """The scenario with the demand of the period, or its sales where demand is not known."""
    record = actuals.record
    units = record.sold if record.demand is None else np.fmax(record.demand, 0.0)
    table = _dated(KnownDemand, actuals, units, 0)
    return _changed(scenario, {"demand.known": table})


def refuse_errors(scenario: Scenario) -> None:
    """Check a scenario put together here.

    Raises:
        ScenarioError: what does not fit, e.g. a store that does not list a SKU that it sold.
    """
    problems: list[Problem] = [found for found in check(scenario) if found.severity is Severity.ERROR]
    if problems:
        raise ScenarioError(problems)


def _changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """A copy with values at paths of one or two parts changed, and the changes on record."""
    applied = []
    for path, value in changes.items():
        block, _, name = path.partition(".")
        old = getattr(scenario, block)
        if name:
            applied.append(Applied(path, _named(getattr(old, name)), _named(value), _ORIGIN))
            value = old.model_copy(update={name: value})
        else:
            applied.append(Applied(path, _named(old), _named(value), _ORIGIN))
        scenario = scenario.model_copy(update={block: value})
    provenance = scenario.provenance
    return scenario.with_provenance(
        type(provenance)(
            path=provenance.path,
            files=provenance.files,
            applied=(*provenance.applied, *applied),
            given_paths=provenance.given_paths,
            positions={
                path: place
                for path, place in provenance.positions.items()
                if not path.startswith(tuple(changes))
            },
        )
    )


def _named(value: Any) -> Any:
    """A value as it stands in the record of changes."""
    if isinstance(value, Columns):
        return f"table of {len(value):,} rows"
    if isinstance(value, Model):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return f"{len(value):,} items"
    return value


def _ordering(scenario: Scenario, orders: Columns[KnownOrder]) -> dict[str, Any]:
    mode = KnownOrders(kind="known_orders", orders=orders)
    changes: dict[str, Any] = {
        "policy.replenishment": (ReplenishmentRule(mode=mode),),
        "policy.emergency_orders": (),
    }
    optimised = scenario.policy.optimised
    if optimised.stores or optimised.centres:  # what is replayed is decided already
        changes["policy.optimised"] = optimised.model_copy(update={"stores": (), "centres": ()})
    return changes


def _orders(actuals: Actuals, units: FloatArray, days_before: int) -> Columns[KnownOrder]:
    """Orders placed so many days before the period in which the units stand."""
    return _dated(KnownOrder, actuals, np.where(units > 0, units, np.nan), days_before)


def _dated(row: type[Model], actuals: Actuals, units: FloatArray, days_before: int) -> Columns[Any]:
    """A table of store, SKU, date and units from the recorded cells of an array."""
    period, store, sku = np.nonzero(~np.isnan(units))
    kept = period >= days_before
    period, store, sku = period[kept], store[kept], sku[kept]
    days = [actuals.day(int(index) - days_before) for index in range(len(units))]
    columns = {
        "store_id": np.array(actuals.stores, dtype=object)[store],
        "sku_id": np.array(actuals.skus, dtype=object)[sku],
        "date": np.array(days, dtype=object)[period],
        "units": np.rint(units[period, store, sku]).astype(np.int64),
    }
    return _table(row, columns)


def _store_stock(scenario: Scenario, actuals: Actuals) -> Columns[StoreStock]:
    """Opening stock per cell; goods under way are the receipts within each store's lead time."""
    opening, received = actuals.opening_stock, actuals.record.received
    assert opening is not None
    store, sku = np.nonzero(~np.isnan(opening))
    on_order = np.zeros(len(store), dtype=np.int64)
    if received is not None and actuals.record.period_days == 1:
        lead_time = dict(
            zip(scenario.network.stores["store_id"], scenario.network.stores["lead_time_days"], strict=True)
        )
        days = np.array([lead_time[name] for name in actuals.stores])[store]
        so_far = np.vstack([np.zeros((1, *received.shape[1:])), np.nancumsum(received, axis=0)])
        on_order = so_far[np.minimum(days, len(received)), store, sku].astype(np.int64)
    columns = {
        "store_id": np.array(actuals.stores, dtype=object)[store],
        "sku_id": np.array(actuals.skus, dtype=object)[sku],
        "units": np.rint(opening[store, sku]).astype(np.int64),
        "age_days": np.zeros(len(store), dtype=np.int64),
        "on_order_units": on_order,
        "backorder_units": np.zeros(len(store), dtype=np.int64),
    }
    return _table(StoreStock, columns)


def _first_morning(received: FloatArray, initial: Columns[StoreStock], actuals: Actuals) -> Any:
    """Receipts of the first day, for every row of the opening stock."""
    store = {name: index for index, name in enumerate(actuals.stores)}
    sku = {name: index for index, name in enumerate(actuals.skus)}
    cells = [(store[a], sku[b]) for a, b in zip(initial["store_id"], initial["sku_id"], strict=True)]
    units = np.nan_to_num(received)[tuple(np.array(cells, dtype=np.int64).reshape(-1, 2).T)]
    return np.rint(units).astype(np.int64)


def _with_column(table: Columns[Any], name: str, values: Any) -> Columns[Any]:
    return _table(table.row, {**table.columns, name: values})


def _table(row: type[Model], columns: Mapping[str, Any]) -> Columns[Any]:
    for column in columns.values():
        column.flags.writeable = False
    return Columns(row, dict(columns))
