"""What the axes of all arrays stand for: stores, centres, classes and SKUs in one fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios import Scenario, Scope

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
AnyArray = npt.NDArray[Any]

MINOR_UNITS = 100
"""Minor units of money per unit of currency."""


@dataclass(frozen=True, eq=False)
class Axes:
    """Names and constants along the axes; every array is read-only.

    SKUs stand in the order of their class in the scenario, then of their category (by first appearance), then
    of the SKU table, so that a class and a category are contiguous ranges. A category lies within one class.
    """

    store_ids: tuple[str, ...]
    """In table order."""
    store_regions: tuple[str, ...]
    """Region per store."""
    centre_ids: tuple[str, ...]
    centre_of_store: IntArray
    """(stores,) index of the centre that feeds it."""
    supplier_ids: tuple[str, ...]
    class_ids: tuple[str, ...]
    sku_ids: tuple[str, ...]
    categories: tuple[str, ...]
    """Category per SKU; the class id where the table leaves it empty."""
    sku_order: IntArray
    """(skus,) row of the SKU table behind each SKU."""
    class_of_sku: IntArray
    """(skus,) index of its class."""
    class_start: IntArray
    """(classes,) first SKU of the class."""
    class_stop: IntArray
    """(classes,) one past its last SKU; equal to the start when the class is empty."""
    category_start: IntArray
    """(skus,) first SKU of the SKU's category."""
    category_stop: IntArray
    """(skus,) one past the last SKU of its category."""
    supplier_of_sku: IntArray
    """(skus,) index of its supplier."""
    price_minor: IntArray
    """(skus,) regular price of the SKU table in minor units."""
    purchase_cost_minor: IntArray
    """(skus,) in minor units."""
    case_pack: IntArray
    """(skus,) units."""
    shelf_life_days: IntArray
    """(skus,) days, 0 = does not expire."""

    @property
    def stores(self) -> int:
        """Number of stores."""
        return len(self.store_ids)

    @property
    def skus(self) -> int:
        """Number of SKUs."""
        return len(self.sku_ids)

    @property
    def classes(self) -> int:
        """Number of merchandise classes."""
        return len(self.class_ids)

    def ordered(self, column: AnyArray) -> AnyArray:
        """A column of the SKU table in the order of the SKU axis, read-only."""
        return frozen(column[self.sku_order])


def build_axes(scenario: Scenario) -> Axes:
    """Work out the axes of a scenario.

    Raises:
        KeyError: an id does not resolve; a checked scenario has no such id.
    """
    network, table = scenario.network, scenario.assortment.skus
    stores = network.stores
    class_ids = tuple(item.id for item in scenario.assortment.classes)
    centre_ids = tuple(centre.id for centre in network.distribution_centres)
    supplier_ids = tuple(supplier.id for supplier in network.suppliers)

    class_index = positions(class_ids)
    row_class = np.array([class_index[name] for name in table["class_id"]], dtype=np.int64)
    row_category = [own or name for own, name in zip(table["category"], table["class_id"], strict=True)]
    appearance = positions(dict.fromkeys(row_category))
    category_number = np.array([appearance[name] for name in row_category], dtype=np.int64)
    order = np.lexsort((np.arange(len(table)), category_number, row_class))

    class_of_sku = row_class[order]
    every_class = np.arange(len(class_ids))
    category_start, category_stop = _ranges(class_of_sku * (len(appearance) + 1) + category_number[order])
    return Axes(
        store_ids=tuple(stores["store_id"]),
        store_regions=tuple(stores["region"]),
        centre_ids=centre_ids,
        centre_of_store=_indices(stores["dc_id"], centre_ids),
        supplier_ids=supplier_ids,
        class_ids=class_ids,
        sku_ids=tuple(table["sku_id"][order]),
        categories=tuple(row_category[row] for row in order),
        sku_order=frozen(order.astype(np.int64)),
        class_of_sku=frozen(class_of_sku),
        class_start=frozen(np.searchsorted(class_of_sku, every_class, side="left").astype(np.int64)),
        class_stop=frozen(np.searchsorted(class_of_sku, every_class, side="right").astype(np.int64)),
        category_start=frozen(category_start),
        category_stop=frozen(category_stop),
        supplier_of_sku=_indices(table["supplier_id"][order], supplier_ids),
        price_minor=frozen(to_minor(table["price"][order])),
        purchase_cost_minor=frozen(to_minor(table["purchase_cost"][order])),
        case_pack=frozen(table["case_pack"][order]),
        shelf_life_days=frozen(table["shelf_life_days"][order]),
    )


def to_minor(money: npt.ArrayLike) -> IntArray:
    """Amounts of money as whole minor units, halves to even."""
    minor: IntArray = np.rint(np.asarray(money, dtype=np.float64) * MINOR_UNITS).astype(np.int64)
    return minor


def store_mask(scope: Scope, axes: Axes) -> BoolArray:
    """Stores (stores,) that a scope names, by id and by region."""
    return _among(axes.store_ids, scope.stores) & _among(axes.store_regions, scope.regions)


def sku_mask(scope: Scope, axes: Axes) -> BoolArray:
    """SKUs (skus,) that a scope names, by id, by category and by class."""
    class_mask = _among(axes.class_ids, scope.classes)
    return (
        class_mask[axes.class_of_sku]
        & _among(axes.categories, scope.categories)
        & _among(axes.sku_ids, scope.skus)
    )


def scope_mask(scope: Scope, axes: Axes) -> BoolArray:
    """Cells (stores, skus) to which a scope applies: what every one of its non-empty lists names."""
    return np.logical_and.outer(store_mask(scope, axes), sku_mask(scope, axes))


def positions(ids: Iterable[str]) -> Mapping[str, int]:
    """Id -> its position."""
    return {name: index for index, name in enumerate(ids)}


def frozen(array: AnyArray) -> AnyArray:
    """The same array, set read-only."""
    array.setflags(write=False)
    return array


def _among(names: tuple[str, ...], wanted: tuple[str, ...]) -> BoolArray:
    """Which names are wanted; all of them when nothing in particular is."""
    if not wanted:
        return np.ones(len(names), dtype=np.bool_)
    chosen = frozenset(wanted)
    return np.array([name in chosen for name in names], dtype=np.bool_)


def _indices(names: AnyArray, ids: tuple[str, ...]) -> IntArray:
    """Position of each name among the ids; an empty name stands for the first id."""
    index = {**positions(ids), "": 0}
    found: IntArray = frozen(np.array([index[name] for name in names], dtype=np.int64))
    return found


def _ranges(labels: IntArray) -> tuple[IntArray, IntArray]:
    """Start and stop of the run of equal labels around each position."""
    edges = np.flatnonzero(np.diff(labels)) + 1
    bounds = np.concatenate(([0], edges, [labels.size])).astype(np.int64)
    run = np.searchsorted(edges, np.arange(labels.size), side="right")
    return bounds[run], bounds[run + 1]
