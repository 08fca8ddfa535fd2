"""Columns that are kept narrow are given out wide, with the same values."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.columns import NarrowColumns, SomeRows, narrowed, widened

_EDGES = [edge + step for bits in (7, 15, 31) for edge in (-(2**bits), 2**bits) for step in (-1, 0, 1)]
_NUMBERS = st.sampled_from([*_EDGES, 0, -(2**63), 2**63 - 1]) | st.integers(-(2**63), 2**63 - 1)
_ROWS = arrays(np.int64, st.tuples(st.integers(1, 6), st.just(3)), elements=_NUMBERS)
_LONG = 100_000


@given(blocks=st.lists(_ROWS, min_size=1, max_size=4))
def test_columns_come_out_as_they_went_in_whatever_their_size(blocks: list[np.ndarray]) -> None:
    columns = NarrowColumns(("a", "b", "c"), [narrowed(block) for block in blocks])
    rows = np.concatenate(blocks)
    for index, name in enumerate(columns):
        assert columns[name].dtype == np.int64
        np.testing.assert_array_equal(columns[name], rows[:, index])


@given(rows=_ROWS)
def test_rows_taken_apart_are_put_together_again(rows: np.ndarray) -> None:
    again = widened(narrowed(rows))
    assert again.dtype == np.int64
    np.testing.assert_array_equal(again, rows)


@pytest.mark.parametrize(
    ("low", "high", "size"),
    [(-128, 127, 1), (-129, 0, 2), (0, 128, 2), (0, 32_768, 4), (-(2**31), 0, 4), (0, 2**31, 8)],
)
def test_each_column_takes_as_few_bytes_as_its_extremes_allow(low: int, high: int, size: int) -> None:
    (column,) = narrowed(np.array([[low], [high]]))
    assert column.itemsize == size


def test_sums_and_products_of_narrow_columns_do_not_overflow() -> None:
    columns = NarrowColumns(("a",), [narrowed(np.full((1_000, 1), 127))])
    assert columns["a"].sum() == 127_000
    assert (columns["a"] * columns["a"]).max() == 127**2
    assert (-columns["a"] - columns["a"]).min() == -254


def test_a_column_that_is_given_out_cannot_be_written_to() -> None:
    columns = NarrowColumns(("a",), [narrowed(np.array([[1], [2]]))])
    with pytest.raises(ValueError, match="read-only"):
        columns["a"][0] = 5


def test_narrow_columns_survive_pickling() -> None:
    columns = NarrowColumns(("a", "b"), [narrowed(np.array([[1, 2**40], [3, 4]]))])
    again = pickle.loads(pickle.dumps(columns))
    assert {name: again[name].tolist() for name in again} == {"a": [1, 3], "b": [2**40, 4]}


@pytest.mark.parametrize("count", [5, 2 * _LONG])
def test_some_rows_of_some_rows_are_those_rows(count: int) -> None:
    whole = {"a": np.arange(count), "b": -np.arange(count)}
    some = SomeRows(whole, np.flatnonzero(whole["a"] % 2 == 0))
    fewer = some.some(np.flatnonzero(some["a"] % 3 == 0))
    for name, sign in (("a", 1), ("b", -1)):
        for _ in range(2):  # the second time out of what was kept
            assert some[name].dtype == fewer[name].dtype == np.int64
            np.testing.assert_array_equal(some[name], sign * np.arange(0, count, 2))
            np.testing.assert_array_equal(fewer[name], sign * np.arange(0, count, 6))
