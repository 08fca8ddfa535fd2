import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim import streams
from sim.streams import (
    Purpose,
    cell_keys,
    entity_key,
    entity_keys,
    halves,
    stream_key,
    uniform,
    uniform_array,
    uniform_fraction,
)

KEY = stream_key(7, 3, Purpose.DEMAND)


def test_keys_are_the_same_in_another_process():
    program = (
        "from sim.streams import *; key = stream_key(7, 3, Purpose.DEMAND);"
        "print(entity_key('Shanghai', 'store 1'), uniform(key, 5, 6, 7))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(streams.__file__).parents[1],
    )
    assert ran.stdout.split() == [str(entity_key("Shanghai", "store 1")), str(uniform(KEY, 5, 6, 7))]


def test_names_are_kept_apart():
    names = [("a",), ("b",), ("a", "b"), ("b", "a"), ("ab",), ("a", ""), ("", "a"), ("店",), ()]
    assert len({entity_key(*name) for name in names}) == len(names)
    assert all(0 <= entity_key(*name) < 2**64 for name in names)


def test_streams_are_kept_apart():
    keys = {
        stream_key(seed, replication, purpose)
        for seed in (0, 1, 11, 111, -1)
        for replication in (0, 1, 11, 111)
        for purpose in Purpose
    }
    assert len(keys) == 5 * 4 * len(Purpose)


def test_a_purpose_and_its_text_are_the_same_stream():
    assert stream_key(1, 2, "demand") == stream_key(1, 2, Purpose.DEMAND)


def test_cell_keys_of_a_row_equal_those_of_single_cells():
    store, skus = entity_key("store 1"), entity_keys(["milk", "tea", "kettle"])
    assert cell_keys(store, skus).tolist() == [cell_keys(store, skus[[i]]).item() for i in range(3)]


def test_store_and_sku_do_not_commute():
    a, b = entity_keys(["a", "b"])
    assert cell_keys(int(a), b[None]) != cell_keys(int(b), a[None])


def test_no_two_cells_of_a_chain_share_a_key():
    skus = entity_keys(f"sku {i}" for i in range(500))
    keys = np.concatenate([cell_keys(entity_key(f"store {i}"), skus) for i in range(200)])
    assert np.unique(keys).size == keys.size


def test_halves_put_together_again():
    keys = entity_keys(["a", "b"])
    low, high = halves(keys)
    assert (low + (high.astype(np.uint64) << np.uint64(32))).tolist() == keys.tolist()
    assert low.flags.c_contiguous
    assert high.flags.c_contiguous


def test_adding_removing_and_reordering_skus_disturbs_nobody():
    store = entity_key("store 1")

    def draws(skus):
        return dict(zip(skus, uniform_array(KEY, cell_keys(store, entity_keys(skus)), 12), strict=True))

    before = draws(["milk", "tea", "kettle"])
    after = draws(["fan", "kettle", "milk"])
    assert {sku: after[sku] for sku in ("milk", "kettle")} == {sku: before[sku] for sku in ("milk", "kettle")}
    assert after["fan"] not in before.values()


def test_array_equals_single_draws_and_does_not_remember():
    keys = entity_keys(["a", "b", "c"])
    first = uniform_array(KEY, keys, 9, 2)
    uniform(KEY, 1, 1)
    assert first.tolist() == uniform_array(KEY, keys, 9, 2).tolist()
    assert first.tolist() == [uniform(KEY, int(entity), 9, 2) for entity in keys]


def test_fraction_and_integer_come_from_the_same_bits():
    assert uniform_fraction(KEY, 4, 5) == (uniform(KEY, 4, 5) + 0.5) / 2**32


@pytest.mark.parametrize("word", [0, 2**32 - 1])
def test_fractions_stay_strictly_inside_the_unit_interval(word, monkeypatch):
    monkeypatch.setattr(streams, "uniform", lambda *arguments: word)
    assert 0.0 < uniform_fraction(KEY, 0, 0) < 1.0


@pytest.mark.parametrize(("index", "sub"), [(2**32, 0), (-1, 0), (0, 2**32)])
def test_an_index_out_of_range_is_refused(index, sub):
    with pytest.raises(OverflowError):
        uniform(KEY, 1, index, sub)
