"""Gifts that travel with orders: so many units shipped to a store, one unit of the gift on top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.axes import positions, sku_mask, store_mask
from sim.depot.stock import CentreStock, IntArray
from sim.recorder import Recorder
from sim.records import Centre
from sim.world import World


@dataclass(frozen=True, eq=False)
class _Rule:
    first_day: int
    last_day: int
    skus: npt.NDArray[np.bool_]
    stores: npt.NDArray[np.bool_]
    gift: int
    per_units: int
    counted: IntArray
    """(stores,) units shipped since the last gift."""


class Gifts:
    """The gifts of all centres. They leave stock with the shipment; what the centre does not have is not promised."""

    def __init__(self, world: World, recorder: Recorder, stock: CentreStock) -> None:
        self._world = world
        self._recorder = recorder
        self._stock = stock
        axes, start = world.axes, world.scenario.horizon.start_date
        sku_at = positions(axes.sku_ids)
        self._is_unlimited = [c.stock == "unlimited" for c in world.scenario.network.distribution_centres]
        self._rules = []
        for rule in world.scenario.policy.gifts:
            first = (rule.start - start).days if rule.start is not None else 0
            self._rules.append(
                _Rule(
                    first_day=first,
                    last_day=first + rule.days - 1 if rule.days else world.days,
                    skus=sku_mask(rule.scope, axes),
                    stores=store_mask(rule.scope, axes),
                    gift=sku_at[rule.gift_sku_id],
                    per_units=rule.per_units,
                    counted=np.zeros(axes.stores, np.int64),
                )
            )

    def add(self, centre: int, sent: IntArray, number: int, second: int, day: int) -> None:
        """Add the gifts that lines sent, (rows, number or more) as from `fill_orders`, bring with them."""
        for rule in self._rules:
            if not rule.first_day <= day <= rule.last_day:
                continue
            store, sku, units = sent[0, :number], sent[1, :number], sent[2, :number]
            counts = rule.skus[sku] & rule.stores[store]
            shipped = np.bincount(store[counts], units[counts], minlength=rule.stores.size)
            due, rule.counted[:] = np.divmod(rule.counted + shipped.astype(np.int64), rule.per_units)
            for receiver in np.flatnonzero(due).tolist():
                self._give(centre, receiver, rule.gift, int(due[receiver]), second, day)

    def _give(self, centre: int, store: int, sku: int, units: int, second: int, day: int) -> None:
        stock, world = self._stock, self._world
        page = world.centre_panel[day, centre, world.axes.class_of_sku[sku]]
        on_hand, value = int(stock.on_hand[centre, sku]), int(stock.value[centre, sku])
        if self._is_unlimited[centre] and units > on_hand:
            bought = units - on_hand
            cost = bought * int(world.axes.purchase_cost_minor[sku])
            page[Centre.RECEIVED] += bought
            page[Centre.RECEIVED_VALUE] += cost
            on_hand, value = on_hand + bought, value + cost
        units = min(units, on_hand)
        if units <= 0:
            return
        cost = value * units // on_hand
        stock.defective[centre, sku] -= int(stock.defective[centre, sku]) * units // on_hand
        stock.on_hand[centre, sku] = on_hand - units
        stock.value[centre, sku] = value - cost
        page[Centre.GIFTED] += units
        page[Centre.GIFTED_VALUE] += cost
        self._recorder.add("gifts", np.array([[second, store, centre, sku, units, cost]], np.int64))
