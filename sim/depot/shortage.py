"""What a centre does about a SKU that runs out: hasten the open order, then ask other suppliers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.clock import SECONDS_PER_DAY
from sim.depot.open_orders import OpenOrders
from sim.depot.requests import Requests
from sim.depot.stock import CentreStock, IntArray
from sim.suppliers import Line, Sources, Suppliers
from sim.world import World


@dataclass(frozen=True, eq=False)
class Shortages:
    """Cells that run out: (k,) centre and SKU, the units they lack, and what stores ask for in a day."""

    centre: IntArray
    sku: IntArray
    missing: IntArray
    per_day: np.ndarray[tuple[int, ...], np.dtype[np.float64]]


class ShortageDesk:
    """Finds shortages and answers to them; it says what is to be done and leaves doing it to purchasing."""

    def __init__(
        self, world: World, stock: CentreStock, requests: Requests, orders: OpenOrders, suppliers: Suppliers,
        sources: Sources,
    ) -> None:  # fmt: skip
        self._world = world
        self._stock = stock
        self._requests = requests
        self._orders = orders
        self._suppliers = suppliers
        self._sources = sources
        self._days = world.scenario.policy.sourcing.shortage_days
        limited = [c.stock != "unlimited" for c in world.scenario.network.distribution_centres]
        self._is_limited = np.array(limited)

    def found(self, day: int) -> Shortages:
        """Cells whose stock and receipts until `shortage_days` from now fall short of what is owed and asked for."""
        free = self._stock.on_hand.astype(np.int64) - self._stock.backlog
        rate = self._requests.units_per_day
        wanted = np.ceil(rate * self._days).astype(np.int64)
        at_risk = (free < wanted) & self._is_limited[:, None] & self._world.market.orderable[day]
        if not at_risk.any():
            nothing = np.zeros(0, np.int64)
            return Shortages(nothing, nothing, nothing, np.zeros(0))
        missing = wanted - free - self._arriving(day + self._days)
        centre, sku = np.nonzero(at_risk & (missing > 0))
        return Shortages(centre, sku, missing[centre, sku], rate[centre, sku])

    def _arriving(self, last_day: int) -> IntArray:
        """(centres, SKUs) units on order that come until the end of a day."""
        lines, units = self._orders.all(), np.zeros(self._stock.on_hand.shape, np.int64)
        soon = lines[:, lines[Line.ARRIVAL] < (last_day + 1) * SECONDS_PER_DAY]
        np.add.at(units, (soon[Line.CENTRE], soon[Line.SKU]), soon[Line.UNITS])
        return units

    def hastened(self, short: Shortages, day: int, now: int) -> IntArray:
        """Take open lines out that go express from now on, soonest first, until each shortage is met.

        Returns:
            (len(Line), k) with their new arrivals; they have to be added to the open orders again.
        """
        lines = self._orders.all()
        latest = (day + self._days + 1) * SECONDS_PER_DAY
        cell = lines[Line.CENTRE] * self._world.axes.skus + lines[Line.SKU]
        may = self._world.supply.has_express[lines[Line.SUPPLIER]] & (lines[Line.IS_EXPRESS] == 0)
        may &= (lines[Line.ARRIVAL] >= latest) & np.isin(
            cell, short.centre * self._world.axes.skus + short.sku
        )
        candidates = np.flatnonzero(may)
        arrival = self._suppliers.hasten(lines[:, candidates], day, now)
        is_sooner = arrival < lines[Line.ARRIVAL, candidates]
        candidates, arrival = candidates[is_sooner], arrival[is_sooner]
        missing = dict(
            zip(
                (short.centre * self._world.axes.skus + short.sku).tolist(),
                short.missing.tolist(),
                strict=True,
            )
        )
        chosen = []
        for position in np.lexsort((lines[Line.NUMBER, candidates], arrival)).tolist():
            own = int(cell[candidates[position]])
            if missing[own] > 0:
                missing[own] -= int(lines[Line.UNITS, candidates[position]])
                chosen.append(position)
        hastened = lines[:, candidates[chosen]]
        hastened[Line.ARRIVAL] = arrival[chosen]
        hastened[Line.IS_EXPRESS] = 1
        self._orders.remove(candidates[chosen])
        return hastened

    def asked_of_others(self, short: Shortages, day: int) -> IntArray:
        """New lines for the suppliers, beside the usual one, that would deliver soonest.

        Each asks for what would still be missing on the day on which it could come, in whole cases; so a line that is
        on its way is not asked for again the day after.

        Returns:
            (len(Line), k) with centre, SKU, supplier, units and mode.
        """
        supply, free = self._world.supply, self._stock.on_hand.astype(np.int64) - self._stock.backlog
        days = np.where(supply.has_express, supply.express_quoted_days, supply.quoted_days)
        may = ~self._sources.is_barred & ~self._suppliers.disrupted[day]
        rows, arriving = [], dict[int, IntArray]()
        for centre, sku, per_day in zip(
            short.centre.tolist(), short.sku.tolist(), short.per_day.tolist(), strict=True
        ):
            able = may & supply.is_sold[:, sku]
            able[self._sources.usual(sku)] = False
            if not able.any():
                continue
            candidates = np.flatnonzero(able)
            supplier = int(candidates[np.argmin(days[candidates])])
            reach = int(days[supplier]) + self._days
            if reach not in arriving:
                arriving[reach] = self._arriving(day + reach)
            lacking = per_day * reach - free[centre, sku] - arriving[reach][centre, sku]
            pack = int(self._world.axes.case_pack[sku])
            units = int(np.ceil(max(lacking, 0.0) / pack)) * pack
            if units:
                rows.append((centre, sku, supplier, units, int(supply.has_express[supplier])))
        lines = np.zeros((len(Line), len(rows)), np.int64)
        if rows:
            wanted = (Line.CENTRE, Line.SKU, Line.SUPPLIER, Line.UNITS, Line.IS_EXPRESS)
            lines[list(wanted)] = np.array(rows, np.int64).T
        return lines
