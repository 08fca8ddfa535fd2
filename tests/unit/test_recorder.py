"""Rows of event tables come out in their order, whether or not they were made narrow on the way."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from sim.columns import NarrowColumns
from sim.recorder import TABLES, Recorder

_TABLE = "agent_shifts"
_WIDTH = len(TABLES[_TABLE])
_MANY = 200_000
"""Rows that are too many to be kept wide."""


def _rows(first: int, count: int) -> np.ndarray:
    return np.arange(first, first + count)[:, None] * np.array([1, -1, 1_000])


def _written(recorder: Recorder) -> np.ndarray:
    columns = recorder.tables()[_TABLE].columns
    return np.stack([columns[name] for name in TABLES[_TABLE]], axis=1)


@pytest.mark.parametrize("is_daily", [False, True])
def test_blocks_come_first_then_single_rows_each_in_their_order(is_daily: bool) -> None:
    recorder = Recorder()
    write = recorder.writer(_TABLE)
    expected_blocks, expected_single = [], []
    for day in range(4):
        block = _rows(10**6 * day, _MANY // 4 if day else 3)
        recorder.add(_TABLE, block)
        expected_blocks.append(block)
        single = _rows(-(10**6) * day, _MANY // 3)
        for row in single.tolist():
            write(row)
        recorder.add_row(_TABLE, (1, 2, 3))
        expected_single += [single, np.array([[1, 2, 3]])]
        if is_daily:
            recorder.make_narrow()
    np.testing.assert_array_equal(_written(recorder), np.concatenate(expected_blocks + expected_single))


def test_one_block_of_many_rows_keeps_its_place() -> None:
    recorder = Recorder()
    blocks = [_rows(0, 2), _rows(100, _MANY), _rows(7, 1)]
    for block in blocks:
        recorder.add(_TABLE, block)
    np.testing.assert_array_equal(_written(recorder), np.concatenate(blocks))


def test_a_long_table_is_narrow_and_a_short_one_is_not() -> None:
    recorder = Recorder()
    recorder.add(_TABLE, _rows(0, _MANY))
    recorder.add("shifts", np.zeros((5, len(TABLES["shifts"])), np.int64))
    tables = recorder.tables()
    columns = tables[_TABLE].columns
    assert isinstance(columns, NarrowColumns)
    assert columns.nbytes == _MANY * 3 * 4
    assert len(tables[_TABLE]) == _MANY
    assert isinstance(tables["shifts"].columns, dict)


def test_rows_that_were_made_narrow_take_no_room_beside() -> None:
    recorder = Recorder()
    write = recorder.packed_writer(_TABLE)
    write(_rows(0, _MANY).tobytes())
    owner = write.__self__
    before = sys.getsizeof(owner)
    recorder.make_narrow()
    assert sys.getsizeof(owner) < before / 100
    write(_rows(_MANY, 1).tobytes())
    np.testing.assert_array_equal(_written(recorder), _rows(0, _MANY + 1))


def test_who_follows_a_table_is_given_each_row_once_across_what_was_made_narrow() -> None:
    recorder = Recorder()
    follow = recorder.follower(_TABLE)
    write = recorder.writer(_TABLE)
    single = _rows(0, 3 * _MANY)
    given, at = [], 0
    for count, is_looked_at in (
        (2, True),
        (_MANY, False),
        (_MANY // 2, True),
        (_MANY, True),
        (0, True),
        (5, True),
    ):
        for row in single[at : at + count].tolist():
            write(row)
        at += count
        recorder.make_narrow()
        if is_looked_at:
            given.append(follow())
    assert [len(rows) for rows in given] == [2, _MANY + _MANY // 2, _MANY, 0, 5]
    np.testing.assert_array_equal(np.concatenate(given), single[:at])
    recorder.add(_TABLE, _rows(50, 2))
    write([1, 2, 3])
    np.testing.assert_array_equal(follow(), np.concatenate([_rows(50, 2), [[1, 2, 3]]]))
