"""A truck's trip, hour by hour through the traffic of the day."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.layout import Array, whole
from sim.kernels.philox import uniform_draw

_SECONDS_PER_HOUR, _HOURS_PER_DAY, _SECONDS_PER_DAY = 3_600, 24, 86_400
_LOW_WORD, _WORD_BITS = np.uint64(0xFFFFFFFF), np.uint64(32)


class StopColumn(IntEnum):
    """What is known of a stop, and of the way back, once a trip has been driven."""

    ARRIVED = 0
    BEGAN = 1
    """Unloading, when the store takes goods."""
    LEFT = 2
    METRES = 3
    LEG_SECONDS = 4
    PAUSE_SECONDS = 5
    """Break of the driver before the leg."""


class Roads(NamedTuple):
    """Roads between the places of one centre, place 0, and what the traffic on them is drawn from."""

    metres: Array
    """(n, n) int64."""
    base_seconds: Array
    """(n, n) float64: at the mean speed."""
    keys_from: Array
    """(n,) uint64 keys of the places."""
    keys_to: Array
    """(n,) uint64: what they add to the key of another place in the key of the road there."""
    hour_factors: Array
    """(24,) float64: how much longer a leg takes at each hour."""
    spread: Array
    """(any power of 2,) float64 equally likely factors of a leg on a day; (0,) = none."""
    key_low: np.uint32
    """Key of the stream."""
    key_high: np.uint32
    first_ordinal: int
    """Of the first day of the run."""


@kernel
def leg_seconds(start: int, end: int, departs: int, roads: Roads) -> int:
    """Seconds of a leg that begins at a second.

    The draw belongs to the two places and the date: all who drive there that day meet the same traffic, and one truck
    more changes nobody's. Hours differ in speed; the leg is driven through them, so nobody arrives earlier by leaving
    later.
    """
    left = roads.base_seconds[start, end]
    if roads.spread.size > 0:
        entity = roads.keys_from[start] + roads.keys_to[end]
        draw = uniform_draw(
            np.uint32(entity & _LOW_WORD), np.uint32(entity >> _WORD_BITS),
            np.uint32(roads.first_ordinal + departs // _SECONDS_PER_DAY), np.uint32(0), roads.key_low, roads.key_high,
        )  # fmt: skip
        left *= roads.spread[np.int64(draw) * roads.spread.size >> 32]
    hour, driven = departs // _SECONDS_PER_HOUR, 0.0
    room = float(_SECONDS_PER_HOUR - departs % _SECONDS_PER_HOUR)
    while True:
        factor = roads.hour_factors[hour % _HOURS_PER_DAY]
        if left * factor <= room:
            return whole(np.rint(driven + left * factor))
        driven += room
        left -= room / factor
        hour, room = hour + 1, float(_SECONDS_PER_HOUR)


@kernel
def drive_trip(
    places: Array,
    windows: Array,
    unloading_seconds: Array,
    departs: int,
    break_after_seconds: int,
    break_seconds: int,
    roads: Roads,
    stops: Array,
) -> None:
    """Drive from stop to stop and back.

    Args:
        places: (k,) places called at.
        windows: (3, k) second of the day from which each takes goods, and between which two it takes a break.
        unloading_seconds: (k,) time at each door.
        departs: second at which the truck leaves the centre.
        break_after_seconds: longest time at the wheel without a break.
        break_seconds: length of the break, before a leg that would be too much.
        roads: of the centre.
        stops: (k + 1, len(StopColumn)) receives what happens at each stop; its last row is the return.
    """
    now, place, at_the_wheel = departs, 0, 0
    for stop in range(places.size + 1):
        is_last = stop == places.size
        goal = 0 if is_last else places[stop]
        pause = 0
        leg = leg_seconds(place, goal, now, roads)
        if at_the_wheel > 0 and at_the_wheel + leg > break_after_seconds:
            pause, at_the_wheel = break_seconds, 0
            leg = leg_seconds(place, goal, now + pause, roads)
        at_the_wheel += leg
        arrived = now + pause + leg
        began, left = arrived, arrived
        if not is_last:
            midnight = arrived - arrived % _SECONDS_PER_DAY
            begins = max(arrived - midnight, windows[0, stop])
            if windows[1, stop] < begins < windows[2, stop]:
                begins = windows[2, stop]
            began = midnight + begins
            left = began + unloading_seconds[stop]
        row = stops[stop]
        row[StopColumn.ARRIVED], row[StopColumn.BEGAN], row[StopColumn.LEFT] = arrived, began, left
        row[StopColumn.METRES], row[StopColumn.LEG_SECONDS] = roads.metres[place, goal], leg
        row[StopColumn.PAUSE_SECONDS] = pause
        now, place = left, goal
