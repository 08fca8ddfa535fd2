"""Time: integer seconds since midnight of the first day, and the written order of simultaneous events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import IntEnum
from heapq import heappop, heappush
from typing import Any, Final, Protocol

import simpy

SECONDS_PER_HOUR: Final = 3_600
SECONDS_PER_DAY: Final = 86_400


class Turn(IntEnum):
    """Which event goes first when several fall on one second; lower goes first.

    People come and go first, then work is finished and trucks move. Goods come in before anybody asks for them
    (stores take theirs in when somebody looks at them, see `sim.stores.Stores.catch_up`); a day's demand is over
    before stock is counted and ordered; what comes in the second of closing belongs to the next day; all orders of
    a second are on the table, and what has been put away is in stock, before a centre allocates or releases a wave;
    after it has shipped, a centre looks at what stores sent back, throws away what expires, and counts some of its
    stock; then it orders from suppliers, and posts its levels when nothing more can come in.

    In after-sales service it is settled who is there today before shifts begin. Customers turn to it after work
    of the second is finished, so that whoever has just finished can help them; those who lose patience leave
    after that; then jobs are given out. Parts are ordered in the evening, and the installed base is brought up
    to date last of all.
    """

    PEOPLE = 0
    SHIFT_END = 1
    SHIFT_START = 2
    WORK = 4
    ROAD = 6
    REPORT = 7
    GIVES_UP = 8
    DISPATCH = 9
    SUPPLIER_DELIVERY = 10
    PARTS_DELIVERY = 20
    STORE_CLOSE = 30
    GOODS_IN = 39
    CENTRE_ALLOCATION = 40
    WAVE = 42
    CENTRE_TRIAGE = 43
    CENTRE_EXPIRY = 45
    CYCLE_COUNT = 47
    CENTRE_REVIEW = 50
    PARTS_ORDER = 55
    CENTRE_COUNT = 60
    INSTALLED_BASE = 65


def second_of_day(hour: float) -> int:
    """An hour of day as whole seconds, rounded to nearest."""
    return round(hour * SECONDS_PER_HOUR)


def day_of(second: int) -> int:
    """Index of the day a second falls on; the first day is 0."""
    return second // SECONDS_PER_DAY


def weekday_of(start_date: date, day: int) -> int:
    """Weekday of a day index, Monday = 0."""
    return (start_date.weekday() + day) % 7


class Due(Protocol):
    """What can be due: an event of SimPy, or any object that is told when its second has come."""

    callbacks: Any
    """One, called with the object. `run` leaves it in place, so one object can be due again and again."""


class _Action:
    """An action that is due once; SimPy's own clock can run it, too."""

    __slots__ = ("action", "callbacks")
    _ok = True

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action
        self.callbacks: Any = _DO  # SimPy's clock takes it away


_DO: list[Callable[[_Action], None]] = [lambda due: due.action()]


Schedule = Callable[[int, int, Due], None]
"""Takes a second, a turn and what is due then."""


def scheduler(environment: simpy.Environment) -> Schedule:
    """`Environment.schedule` for those who are due many times a day, by absolute seconds and without its layers."""
    clock: Any = environment
    queue, numbers = clock._queue, clock._eid

    def schedule(second: int, turn: int, due: Due) -> None:
        heappush(queue, (second, turn, next(numbers), due))

    return schedule


def at(environment: simpy.Environment, second: int, turn: Turn, action: Callable[[], None]) -> None:
    """Run `action` at an absolute second, in its turn among the events of that second.

    Actions of equal second and turn run in the order of this call; rooms call it so that this order
    never matters.
    """
    clock: Any = environment
    # +turn is a plain number: events of one second are compared by it, and members of enumerations compare slowly.
    heappush(clock._queue, (second, +turn, next(clock._eid), _Action(action)))


def run(environment: simpy.Environment, until: int) -> None:
    """Let everything happen before a second: `Environment.run` with its step written out: a call less per event.

    Nothing here fails by an event, only by an exception, so there is nothing to look for after each of them.
    """
    clock: Any = environment
    queue = clock._queue
    while queue and queue[0][0] < until:
        clock._now, _, _, due = heappop(queue)
        due.callbacks[0](due)
    clock._now = until
