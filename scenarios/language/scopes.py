"""Which stores list which SKUs, and which cells a scope reaches, in the order of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios.language.columns import Columns
from scenarios.language.network import Scope
from scenarios.language.scenario import Scenario

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Reach:
    """Masks over stores and SKUs of one scenario; ids that do not resolve reach nothing."""

    scenario: Scenario

    @cached_property
    def store_index(self) -> Mapping[str, int]:
        """Store id -> row of the store table."""
        return {name: row for row, name in enumerate(self.scenario.network.stores["store_id"])}

    @cached_property
    def sku_index(self) -> Mapping[str, int]:
        """SKU id -> row of the SKU table."""
        return {name: row for row, name in enumerate(self.scenario.assortment.skus["sku_id"])}

    @cached_property
    def categories(self) -> npt.NDArray[Any]:
        """(skus,) category per SKU, the class where the table leaves it empty."""
        skus = self.scenario.assortment.skus
        return np.where(skus["category"] == "", skus["class_id"], skus["category"])

    @cached_property
    def listed(self) -> Mask:
        """(stores, skus) whether the store lists the SKU."""
        stores, assortment = self.scenario.network.stores, self.scenario.assortment
        if assortment.listings is None:
            return np.asarray(stores["size"][:, None] >= assortment.skus["minimum_store_size"][None, :])
        listed = np.zeros((len(stores), len(assortment.skus)), dtype=bool)
        rows, columns = self.cells(assortment.listings["store_id"], assortment.listings["sku_id"])
        known = (rows >= 0) & (columns >= 0)
        listed[rows[known], columns[known]] = True
        return listed

    @cached_property
    def mean_demand(self) -> npt.NDArray[np.float64]:
        """(stores, skus) mean units per day before patterns, prices and promotions; 0 where not listed."""
        stores, skus = self.scenario.network.stores, self.scenario.assortment.skus
        demand, horizon = self.scenario.demand, self.scenario.horizon
        units = np.zeros(self.listed.shape)
        if demand.mean_units_per_day is not None:
            units = np.multiply.outer(stores["size"] * demand.mean_units_per_day, skus["popularity"])
        elif demand.rates is not None:
            self._add(units, demand.rates, demand.rates["units_per_day"])
        elif demand.known is not None:
            day = np.array([(on - horizon.start_date).days for on in demand.known["date"]], dtype=np.int64)
            inside = (day >= 0) & (day < horizon.days)
            self._add(units, demand.known, demand.known["units"] * inside / horizon.days)
        return np.where(self.listed, units, 0.0)

    def _add(self, units: npt.NDArray[np.float64], table: Columns[Any], amounts: npt.NDArray[Any]) -> None:
        store, sku = self.cells(table["store_id"], table["sku_id"])
        known = (store >= 0) & (sku >= 0)
        np.add.at(units, (store[known], sku[known]), amounts[known])

    def cells(
        self, stores: Sequence[str] | npt.NDArray[Any], skus: Sequence[str] | npt.NDArray[Any]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Positions of pairs of ids; -1 where an id is unknown."""
        return (
            np.array([self.store_index.get(name, -1) for name in stores], dtype=np.int64),
            np.array([self.sku_index.get(name, -1) for name in skus], dtype=np.int64),
        )

    def stores(self, scope: Scope) -> Mask:
        """(stores,) whether the scope reaches the store."""
        stores = self.scenario.network.stores
        return _among(stores["store_id"], scope.stores) & _among(stores["region"], scope.regions)

    def skus(self, scope: Scope) -> Mask:
        """(skus,) whether the scope reaches the SKU."""
        skus = self.scenario.assortment.skus
        by_class = _among(skus["class_id"], scope.classes) & _among(self.categories, scope.categories)
        return by_class & _among(skus["sku_id"], scope.skus)


def _among(names: npt.NDArray[Any], wanted: Iterable[str]) -> Mask:
    """Which names are wanted; all of them when nothing in particular is."""
    chosen = frozenset(wanted)
    return np.array([not chosen or name in chosen for name in names], dtype=bool)
