"""Records added up: what every KPI is computed from, for the network or any part of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.books import Account, OrderKind, event_days
from sim.books.events import counted
from sim.records import Centre, Day, IntArray, Panels, Table
from sim.result import Labels

FloatArray = npt.NDArray[np.float64]

_ORDER_COLUMNS = ("lines", "lines_in_full")


@dataclass(frozen=True, eq=False)
class Sums:
    """Records added up to a shape S: () for the network, (stores,), (classes,), (stores, classes) or (days,).

    KPIs that are ratios and means are computed elementwise from these, in the same way for every part.
    """

    days: float
    """Days added up in each element; NaN when the warm-up leaves none, so that all means are NaN."""
    day: FloatArray
    """(*S, len(Day)); zero where a part has none."""
    centre: FloatArray
    """(*S, len(Centre)); zero for parts that hold no centre, such as a store."""
    ledger: FloatArray
    """(*S, len(Account)) in minor units, debits positive."""
    orders: FloatArray
    """(*S, len(OrderKind)) store orders placed; NaN where orders belong to no part, as by class."""
    order_lines: FloatArray
    """(*S, 2) lines of store orders, and of these shipped in full at once; NaN as above."""

    def of_day(self, *measures: Day) -> FloatArray:
        """Measures of the day panel, added up."""
        return np.asarray(sum(self.day[..., measure] for measure in measures), dtype=np.float64)

    def of_centre(self, measure: Centre) -> FloatArray:
        """One measure of the centre panel."""
        return np.asarray(self.centre[..., measure], dtype=np.float64)

    def balance(self, *accounts: Account) -> FloatArray:
        """Accounts added up, debits positive, in minor units."""
        return np.asarray(sum(self.ledger[..., account] for account in accounts), dtype=np.float64)


def network_sums(panels: Panels, tables: Mapping[str, Table], ledger: IntArray, labels: Labels) -> Sums:
    """The whole network over the days after the warm-up; orders count by the day they were placed on."""
    first = labels.warm_up_days
    orders, lines = _orders(tables, panels, first, "network")
    return Sums(
        days=_days_counted(panels, first),
        day=_floats(_over(panels.day[first:]).sum(axis=(0, 1))),
        centre=_floats(panels.centre[first:].sum(axis=(0, 1, 2))),
        ledger=_floats(_over(ledger[first:]).sum(axis=(0, 1))),
        orders=orders,
        order_lines=lines,
    )


def daily_sums(panels: Panels, tables: Mapping[str, Table], ledger: IntArray) -> Sums:
    """The whole network day by day, (days,), warm-up included."""
    orders, lines = _orders(tables, panels, 0, "day")
    return Sums(
        days=1,
        day=_floats(panels.day.sum(axis=(1, 2))),
        centre=_floats(panels.centre.sum(axis=(1, 2))),
        ledger=_floats(ledger.sum(axis=(1, 2))),
        orders=orders,
        order_lines=lines,
    )


def store_sums(panels: Panels, tables: Mapping[str, Table], ledger: IntArray, labels: Labels) -> Sums:
    """Each store after the warm-up, (stores,): its own stock and costs, nothing of the centres."""
    first, stores = labels.warm_up_days, len(labels.stores)
    orders, lines = _orders(tables, panels, first, "store")
    return Sums(
        days=_days_counted(panels, first),
        day=_floats(_over(panels.day[first:]).sum(axis=1)),
        centre=np.zeros((stores, len(Centre))),
        ledger=_floats(_over(ledger[first:])[:stores].sum(axis=1)),
        orders=orders,
        order_lines=lines,
    )


def class_sums(panels: Panels, ledger: IntArray, labels: Labels) -> Sums:
    """Each class after the warm-up, (classes,), stores and centres: without what belongs to no class."""
    first, classes = labels.warm_up_days, len(labels.classes)
    return Sums(
        days=_days_counted(panels, first),
        day=_floats(_over(panels.day[first:]).sum(axis=0)),
        centre=_floats(panels.centre[first:].sum(axis=(0, 1))),
        ledger=_floats(_over(ledger[first:])[:, :classes].sum(axis=0)),
        orders=np.full((classes, len(OrderKind)), np.nan),
        order_lines=np.full((classes, len(_ORDER_COLUMNS)), np.nan),
    )


def store_class_sums(panels: Panels, ledger: IntArray, labels: Labels) -> Sums:
    """Each class in each store after the warm-up, (stores, classes)."""
    first, shape = labels.warm_up_days, (len(labels.stores), len(labels.classes))
    return Sums(
        days=_days_counted(panels, first),
        day=_floats(_over(panels.day[first:])),
        centre=np.zeros((*shape, len(Centre))),
        ledger=_floats(_over(ledger[first:])[: shape[0], : shape[1]]),
        orders=np.full((*shape, len(OrderKind)), np.nan),
        order_lines=np.full((*shape, len(_ORDER_COLUMNS)), np.nan),
    )


def _days_counted(panels: Panels, first: int) -> float:
    return max(0, len(panels.day) - first) or float("nan")


def _over(panel: npt.NDArray[np.integer]) -> IntArray:
    """Add up over the first axis, in 64 bits."""
    return np.asarray(panel.sum(axis=0, dtype=np.int64))


def _floats(values: npt.NDArray[np.integer]) -> FloatArray:
    return values.astype(np.float64)


def _orders(
    tables: Mapping[str, Table], panels: Panels, first_day: int, part: str
) -> tuple[FloatArray, FloatArray]:
    """Orders by kind and their lines, placed from `first_day` on, for the network, by day or by store."""
    orders = tables["store_orders"]
    day, store, kind = event_days(orders["placed_second"]), orders["store"], orders["kind"]
    inside = day >= first_day
    index: tuple[IntArray, ...] = {"network": (), "day": (day[inside],), "store": (store[inside],)}[part]
    shape = {"network": (), "day": panels.day.shape[:1], "store": panels.day.shape[1:2]}[part]
    kinds = counted((*shape, len(OrderKind)), (*index, kind[inside]))
    if not shape:
        lines = [orders[column][inside].sum() for column in _ORDER_COLUMNS]
    else:
        lines = [counted(shape, index, orders[column][inside]) for column in _ORDER_COLUMNS]
    return _floats(kinds), np.stack(lines, axis=-1).astype(np.float64)
