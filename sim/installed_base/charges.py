"""What contracts bring in and stations cost, evening by evening."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.aftersales.context import Context
from sim.books.charges import Charge, charged
from sim.books.terms import DAYS_PER_YEAR, in_micro

IntArray = npt.NDArray[np.int64]


class BaseCharges:
    """A row per product and centre for contracts, a row per centre for its stations."""

    def __init__(self, context: Context) -> None:
        facts, axes = context.facts, context.world.axes
        self._charge = context.recorder.charge
        self._rates = [
            0 if product.maintenance is None else in_micro(product.maintenance.price_per_year / DAYS_PER_YEAR)
            for product in facts.service.products
        ]
        self._are_sold = facts.policy.maintenance and any(self._rates)
        # A region belongs to the centre that feeds its first store; one without stores to the first centre.
        centre = {
            region: int(axes.centre_of_store[store])
            for store, region in reversed(list(enumerate(facts.region_of_store)))
        }
        self._centre = np.array([centre.get(region, 0) for region in range(len(facts.region_ids))], np.int64)
        self._centres = len(axes.centre_ids)
        open_stations = np.array(facts.station_centre, np.int64)
        cost = _costs_per_day(context)
        self._stations = [
            (number, int((open_stations == number).sum()), sum(cost[open_stations == number].tolist()))
            for number in range(self._centres)
            if (open_stations == number).any()
        ]

    def post(self, second: int, under: IntArray) -> None:
        """Charge a day; (products, regions) units are under contract."""
        for centre, stations, amount in self._stations:
            if amount:
                self._charge(second, centre, Charge.STATIONS, stations, amount)
        if not self._are_sold:
            return
        for rate, of_product in zip(self._rates, under, strict=True):
            units = np.bincount(self._centre, weights=of_product, minlength=self._centres)
            for centre in np.flatnonzero(units * rate).tolist():
                quantity = int(units[centre])
                self._charge(second, centre, Charge.CONTRACTS_SOLD, quantity, charged(quantity, rate))


def _costs_per_day(context: Context) -> IntArray:
    """Minor units per open station."""
    table, facts = context.facts.service.stations, context.facts
    if table is None:
        return np.zeros(0, np.int64)
    cost = dict(zip(table["station_id"], table["facility_cost_per_day"], strict=True))
    return np.array([charged(1, in_micro(cost[name])) for name in facts.station_ids], np.int64)
