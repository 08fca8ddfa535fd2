"""When in the day units are asked for: every unit of demand has its own keyed second."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.demand import four_units, of_four
from sim.kernels.layout import Array, whole
from sim.kernels.tables import hour_second

_FEW = 16
_LAST_DRAW = whole(0xFFFFFFFF)


@kernel
def units_until(
    left: int,
    asked: int,
    stop: int,
    opens: int,
    store_key: np.uint64,
    sku_key: np.uint64,
    ordinal: int,
    hours: Array,
    key: np.uint64,
) -> int:
    """Of the last `left` of the day's `asked` units, how many are asked for before the second `stop`."""  # fmt: skip
    if stop <= opens:
        return whole(0)
    before = whole(0)
    words = four_units(store_key, sku_key, ordinal, whole(0), key)
    for unit in range(asked):
        if unit & 3 == 0 and unit > 0:
            words = four_units(store_key, sku_key, ordinal, unit, key)
        before += whole(hour_second(np.uint32(of_four(words, unit)), hours) < stop)
    return max(whole(0), before - (asked - left))


@kernel
def empty_seconds(
    number: int,
    asked: int,
    stop: int,
    opens: int,
    store_key: np.uint64,
    sku_key: np.uint64,
    ordinal: int,
    hours: Array,
    key: np.uint64,
    draws: Array,
) -> int:
    """Seconds from the moment at which unit `number` of the day's `asked` units is asked for until `stop`.

    Later draws are later moments. A few that come after the wanted one are struck out; else it is found by halving
    the range of draws. `draws` is (at least 4,) int64 of room.
    """  # fmt: skip
    later, fits = asked - 1 - number, asked <= draws.size
    if asked == 1:
        found = whole(four_units(store_key, sku_key, ordinal, number, key)[0])
        return max(whole(0), stop - max(opens, hour_second(np.uint32(found), hours)))
    if fits:
        _draw_units(whole(0), asked, store_key, sku_key, ordinal, key, draws)
    if fits and later <= _FEW:
        for _ in range(later):
            draws[_place_of_largest(draws, asked)] = -1
        found = draws[_place_of_largest(draws, asked)]
    else:
        found, high = whole(0), _LAST_DRAW
        while found < high:
            middle = (found + high) >> 1
            passed = whole(0)
            for first in range(0, asked, draws.size):
                size = min(draws.size, asked - first)
                if not fits:
                    _draw_units(first, size, store_key, sku_key, ordinal, key, draws)
                for unit in range(size):
                    passed += whole(draws[unit] <= middle)
            if passed > number:
                high = middle
            else:
                found = middle + 1
    return max(whole(0), stop - max(opens, hour_second(np.uint32(found), hours)))


@kernel
def _draw_units(
    first: int,
    size: int,
    store_key: np.uint64,
    sku_key: np.uint64,
    ordinal: int,
    key: np.uint64,
    draws: Array,
) -> None:
    """Write the draws of `size` units from `first` on, a multiple of 4; `draws` has room for whole fours."""
    for start in range(0, size, 4):
        words = four_units(store_key, sku_key, ordinal, first + start, key)
        for lane in range(4):
            draws[start + lane] = whole(of_four(words, lane))


@kernel
def _place_of_largest(draws: Array, size: int) -> int:
    place = 0
    for unit in range(1, size):
        if draws[unit] > draws[place]:
            place = unit
    return place
