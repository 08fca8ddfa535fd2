import platform

import numpy as np
import pytest

from sim.kernels.philox import philox4x32, uniform_draw, uniform_row, uniform_rows4
from tests.machine_code import assembly

KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
"""Counter, key and result, from the file kat_vectors of Random123 (Salmon et al., 2011)."""


def words(text: str) -> list[np.uint32]:
    return [np.uint32(int(word, 16)) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_published_known_answers(counter, key, expected):
    assert list(philox4x32(*words(counter), *words(key))) == words(expected)


@pytest.fixture
def entities():
    names = np.random.default_rng(3)
    return tuple(names.integers(0, 2**32, 1003, dtype=np.uint32) for _ in range(2))


KEY = (np.uint32(0x01234567), np.uint32(0x89ABCDEF))


@pytest.mark.parametrize("index", [0, 1, 2, 3, 7, 2**32 - 1])
def test_row_equals_scalar_equals_lane_of_the_block(entities, index):
    low, high = entities
    sub = np.uint32(5)
    row = np.empty(low.size, np.uint32)
    uniform_row(low, high, np.uint32(index), sub, *KEY, row)
    for i in range(0, low.size, 17):
        assert row[i] == uniform_draw(low[i], high[i], np.uint32(index), sub, *KEY)
        assert row[i] == philox4x32(low[i], high[i], np.uint32(index >> 2), sub, *KEY)[index & 3]


def test_four_rows_equal_four_single_rows(entities):
    low, high = entities
    four = np.empty((4, low.size), np.uint32)
    uniform_rows4(low, high, np.uint32(11), np.uint32(0), *KEY, four)
    single = np.empty(low.size, np.uint32)
    for lane in range(4):
        uniform_row(low, high, np.uint32(44 + lane), np.uint32(0), *KEY, single)
        assert np.array_equal(four[lane], single)


def test_a_draw_does_not_depend_on_its_neighbours_in_the_row(entities):
    low, high = entities
    whole, part = np.empty(low.size, np.uint32), np.empty(5, np.uint32)
    uniform_row(low, high, np.uint32(9), np.uint32(0), *KEY, whole)
    chosen = np.array([900, 3, 512, 3, 0])
    uniform_row(low[chosen], high[chosen], np.uint32(9), np.uint32(0), *KEY, part)
    assert np.array_equal(part, whole[chosen])


@pytest.mark.skipif(platform.machine() not in {"x86_64", "AMD64"}, reason="an instruction of x86-64")
def test_the_row_kernels_multiply_on_vectors():
    """A scalar loop is several times slower, and nothing but the machine code would tell."""
    example = np.empty(1, np.uint32)
    one = np.uint32(1)
    assert "pmuludq" in assembly(uniform_row, example, example, one, one, one, one, example)
    assert "pmuludq" in assembly(
        uniform_rows4, example, example, one, one, one, one, np.empty((4, 1), np.uint32)
    )
