"""Why a visit is left out, and the smallest change that would have it served."""

from __future__ import annotations

import numpy as np

from optimize.routing.tours.arrays import (
    END,
    LONGEST,
    MOST_RELOADS,
    RELOAD_SECONDS,
    RELOADING,
    SHIFT_END,
    SHIFT_START,
    START,
    Facts,
)
from optimize.routing.tours.plan import UnservedReason
from optimize.routing.tours.problem import IntArray, Tours

_SECONDS_PER_DAY = 86_400


def who_could(problem: Tours, facts: Facts, visit: int) -> tuple[UnservedReason | None, str]:
    """What keeps every vehicle from making this visit and no other, breaks aside.

    Returns:
        The reason and the smallest relaxation known; None when somebody could.
    """
    kinds = problem.vehicles.kind
    able = np.flatnonzero(facts.service[kinds, visit] >= 0)
    if not len(able):
        return UnservedReason.NOBODY, ""
    goods = facts.goods[:, visit].max(axis=0)
    short = goods - facts.capacity[able]
    if (short > 0).any(axis=1).all():
        least = int(np.argmin(short.max(axis=1)))
        worst = int(np.argmax(short[least]))
        text = f"capacity {goods[worst]} of vehicle {able[least]} instead of {facts.capacity[able[least], worst]}"
        return UnservedReason.CAPACITY, text
    able = able[~(short > 0).any(axis=1)]
    lacks = facts.parts[visit] - facts.on_board[able]
    is_equipped = (lacks <= 0).all(axis=1)
    able_now = is_equipped | (facts.vehicle[able, MOST_RELOADS] > 0)
    if not able_now.any():
        least = int(np.argmin(lacks.clip(0).sum(axis=1)))
        units = ", ".join(f"{lacks[least, part]} of part {part}" for part in np.flatnonzero(lacks[least] > 0))
        return UnservedReason.PARTS, f"{units} more aboard vehicle {able[least]}, or a reload"
    return _in_time(facts, visit, able[able_now], is_equipped[able_now], kinds)


def _in_time(
    facts: Facts, visit: int, able: IntArray, is_equipped: np.typing.NDArray[np.bool_], kinds: IntArray
) -> tuple[UnservedReason | None, str]:
    arrivals, too_long = [], []
    last_close = int(facts.windows[visit, :, 1].max())
    for vehicle, equipped in zip(able.tolist(), is_equipped.tolist(), strict=True):
        earliest = int(facts.vehicle[vehicle, SHIFT_START])
        arrival = _arrival(facts, vehicle, visit, equipped, earliest)
        end = _end(facts, vehicle, visit, arrival, int(facts.service[kinds[vehicle], visit]))
        if end is None:
            arrivals.append((arrival, vehicle))
            continue
        span = end - _latest_departure(facts, vehicle, visit, equipped, end, kinds)
        over = max(end - facts.vehicle[vehicle, SHIFT_END], span - facts.vehicle[vehicle, LONGEST])
        if over <= 0:
            return None, ""
        too_long.append((int(over), vehicle))
    if too_long:
        over, vehicle = min(too_long)
        return UnservedReason.SHIFT, f"vehicle {vehicle} may stay out {over} s longer"
    arrival, vehicle = min(arrivals)
    if last_close < -_SECONDS_PER_DAY * 36_500:
        return UnservedReason.TIME_WINDOW, "it is released after its last window"
    return (
        UnservedReason.TIME_WINDOW,
        f"closes at {_clock(arrival)} instead of {_clock(last_close)} for vehicle {vehicle}",
    )


def _arrival(facts: Facts, vehicle: int, visit: int, is_equipped: bool, depart: int) -> int:
    here, clock = int(facts.vehicle[vehicle, START]), depart
    if not is_equipped:
        station = int(facts.vehicle[vehicle, RELOADING])
        clock = _drive(facts, clock, here, station) + int(facts.vehicle[vehicle, RELOAD_SECONDS])
        here = station
    return _drive(facts, clock, here, visit)


def _end(facts: Facts, vehicle: int, visit: int, arrival: int, service: int) -> int | None:
    starts = [max(arrival, opens) for opens, closes in facts.windows[visit].tolist() if arrival <= closes]
    if not starts:
        return None
    return _drive(facts, min(starts) + service, visit, int(facts.vehicle[vehicle, END]))


def _latest_departure(
    facts: Facts, vehicle: int, visit: int, is_equipped: bool, end: int, kinds: IntArray
) -> int:
    service = int(facts.service[kinds[vehicle], visit])
    sooner, later = int(facts.vehicle[vehicle, SHIFT_START]), end + 1
    while later - sooner > 1:
        middle = (sooner + later) // 2
        if _end(facts, vehicle, visit, _arrival(facts, vehicle, visit, is_equipped, middle), service) == end:
            sooner = middle
        else:
            later = middle
    return sooner


def _drive(facts: Facts, clock: int, here: int, there: int) -> int:
    from optimize.routing.tours.timing import arrive

    return int(arrive(facts.factors, clock, int(facts.roads[0, here, there])))


def _clock(second: int) -> str:
    """A second of the planning clock as day and time of day."""
    day, rest = divmod(second, _SECONDS_PER_DAY)
    text = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return text if day == 0 else f"{text} of day {day + 1}"


__all__ = ["who_could"]
