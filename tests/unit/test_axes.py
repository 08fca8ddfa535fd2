"""The order of the axes, and what a scope selects along them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from scenarios.language.network import Scope
from sim.axes import Axes, build_axes, scope_mask, sku_mask, store_mask, to_minor
from tests.factory import tiny_scenario

COMMON = {"price": 1.0, "purchase_cost": 0.5}
MIXED_SKUS = [
    {"sku_id": "z", "class_id": "HOME", "category": "pans", "case_pack": 6, **COMMON},
    {"sku_id": "y", "class_id": "FOOD", "category": "tea", "case_pack": 12, "supplier_id": "NEAR", **COMMON},
    {"sku_id": "x", "class_id": "FOOD", "case_pack": 24, **COMMON},
    {"sku_id": "w", "class_id": "FOOD", "category": "tea", "case_pack": 1, "shelf_life_days": 5, **COMMON},
    {"sku_id": "v", "class_id": "HOME", "category": "tea", "case_pack": 2, **COMMON},
]
STORES = [
    {"store_id": "S1", "region": "north", "dc_id": "EAST"},
    {"store_id": "S2", "region": "south"},
    {"store_id": "S3", "region": "north"},
]


@pytest.fixture
def axes() -> Axes:
    network = {
        "stores": STORES,
        "distribution_centres": [{"id": "WEST"}, {"id": "EAST"}],
        "suppliers": [{"id": "FAR"}, {"id": "NEAR"}],
    }
    classes = [{"id": "FOOD"}, {"id": "TOYS"}, {"id": "HOME"}]
    return build_axes(tiny_scenario(network=network, assortment={"skus": MIXED_SKUS, "classes": classes}))


def test_skus_stand_by_class_then_category_then_table_row(axes: Axes) -> None:
    assert axes.sku_ids == ("y", "w", "x", "z", "v")
    assert axes.categories == ("tea", "tea", "FOOD", "pans", "tea")
    assert axes.sku_order.tolist() == [1, 3, 2, 0, 4]
    assert axes.case_pack.tolist() == [12, 1, 24, 6, 2]
    assert axes.shelf_life_days.tolist() == [0, 5, 0, 0, 0]


def test_classes_and_categories_are_contiguous_ranges(axes: Axes) -> None:
    assert axes.class_of_sku.tolist() == [0, 0, 0, 2, 2]
    assert axes.class_start.tolist() == [0, 3, 3]
    assert axes.class_stop.tolist() == [3, 3, 5]  # TOYS is empty
    assert axes.category_start.tolist() == [0, 0, 2, 3, 4]
    assert axes.category_stop.tolist() == [2, 2, 3, 4, 5]  # tea of FOOD and tea of HOME stay apart


def test_an_empty_reference_means_the_first(axes: Axes) -> None:
    assert axes.centre_of_store.tolist() == [1, 0, 0]
    assert axes.supplier_of_sku.tolist() == [1, 0, 0, 0, 0]


def test_money_becomes_hundredths_with_halves_to_even() -> None:
    # 0.125 and 0.375 are exact in binary, so these are true halves.
    assert to_minor(np.array([0.125, 0.375, 19.99, 0.0])).tolist() == [12, 38, 1999, 0]


def test_an_empty_scope_is_everything_and_lists_narrow_it(axes: Axes) -> None:
    assert scope_mask(Scope(), axes).all()
    assert store_mask(Scope(regions=("north",)), axes).tolist() == [True, False, True]
    assert store_mask(Scope(regions=("north",), stores=("S2", "S3")), axes).tolist() == [False, False, True]
    assert sku_mask(Scope(categories=("tea",)), axes).tolist() == [True, True, False, False, True]
    assert sku_mask(Scope(categories=("tea",), classes=("FOOD",)), axes).tolist() == [
        True,
        True,
        False,
        False,
        False,
    ]
    chosen = scope_mask(Scope(stores=("S2",), skus=("x", "v")), axes)
    assert np.argwhere(chosen).tolist() == [[1, 2], [1, 4]]


def test_arrays_cannot_be_written_and_survive_pickling(axes: Axes) -> None:
    with pytest.raises(ValueError, match="read-only"):
        axes.price_minor[0] = 1
    again = pickle.loads(pickle.dumps(axes))
    assert again.sku_ids == axes.sku_ids
    assert again.sku_order.tolist() == axes.sku_order.tolist()


def test_an_added_sku_leaves_the_order_of_the_others() -> None:
    added = [
        *MIXED_SKUS[:2],
        {"sku_id": "new", "class_id": "FOOD", "category": "tea", **COMMON},
        *MIXED_SKUS[2:],
    ]
    suppliers = [{"id": "FAR"}, {"id": "NEAR"}]
    ids = build_axes(tiny_scenario(assortment={"skus": added}, network={"suppliers": suppliers})).sku_ids
    assert tuple(name for name in ids if name != "new") == ("y", "w", "x", "z", "v")
