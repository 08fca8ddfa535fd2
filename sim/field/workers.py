"""Technicians at work: where they are, what they do, and where the minutes of their day go."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from heapq import heappush
from typing import TYPE_CHECKING, Any, Final

import simpy
from simpy.events import EventPriority

from sim.aftersales.facts import Technician
from sim.aftersales.rooms import Duty
from sim.clock import Turn
from sim.field.jobs import Needs
from sim.field.roads import Place, place_at

if TYPE_CHECKING:
    from sim.field.jobs import Job
    from sim.field.visits import Visit

_WORK_TURN: Final = EventPriority(Turn.WORK)
NEVER: Final = -1


class State(IntEnum):
    """What a technician is doing."""

    OFF = 0
    FREE = 1
    VISIT = 2
    BREAK = 3


class Spent(IntEnum):
    """What the seconds of a day are spent on."""

    DRIVING = 0
    WORK = 1
    WAITING = 2
    """At the customer's: for somebody to open, or for the second technician."""
    BREAK = 3
    IDLE = 4
    """On duty with nothing to do, at home before the end of the shift included."""


class Worker:
    """One technician.

    Every second between the beginning of a shift and its end, or the return home if that is later, is booked under
    one head of `Spent` as it is over; so shift + overtime = driving + work + waiting + break + idle. Who is busy when
    the next shift begins has the seconds after that in the next day's row.
    """

    __slots__ = (
        "best_level", "break_from", "break_seconds", "busy_until", "callbacks", "check_second", "coming", "day", "duty",
        "event", "facts", "failed", "fixed", "following", "free_since", "home", "joined", "key", "latest_second",
        "levels", "measured_from", "metres", "metres_home", "number", "place", "plan", "spent", "state", "station",
        "visit", "visits",
    )  # fmt: skip

    def __init__(self, facts: Technician, key: int, environment: simpy.Environment) -> None:
        """Make somebody who is off duty.

        Args:
            facts: who it is.
            key: key of his id.
            environment: the clock.
        """
        self.facts, self.number, self.station, self.key = facts, facts.number, facts.station, key
        self.home: Place = place_at(facts.latitude, facts.longitude)
        self.place = self.measured_from = self.home
        self.metres_home = 0
        """Road from the place that it was last measured from."""
        self.set_levels(list(facts.levels))
        self.state = State.OFF
        self.duty: Duty | None = None
        self.following: tuple[Duty, int] | None = None
        """The shift, and its day, that has begun while he is busy with work of the one before."""
        self.coming: Duty | None = None
        """Shift that begins later today."""
        self.day = NEVER
        self.latest_second = NEVER
        """No job is begun that is expected to end later."""
        self.break_seconds, self.break_from = 0, NEVER
        """Break still to be taken, and from when on."""
        self.free_since = self.busy_until = self.check_second = NEVER
        self.visit: Visit | None = None
        self.joined: Visit | None = None
        """Visit to which he comes as a helper, perhaps after one of his own."""
        self.plan: list[Job] = []
        """With a plan of the day: what he is to do, in this order."""
        self.spent = [0] * len(Spent)
        self.visits = self.fixed = self.failed = self.metres = 0
        # One event object serves all visits and breaks of a technician, as in `sim.stations`.
        self.event = simpy.Event(environment)
        self.event._ok = True
        self.event._value = None
        self.callbacks: list[Callable[[simpy.Event], None]] = []

    @property
    def next_place(self) -> Place:
        """Where he is when he has finished what he is doing."""
        if self.joined is not None:
            return self.joined.job.place
        if self.visit is not None:
            return self.visit.job.place
        return self.home if self.state == State.OFF else self.place

    def set_levels(self, levels: list[int]) -> None:
        """Say what he can do: the level of each skill."""
        self.levels, self.best_level = levels, max(levels, default=0)

    def can_do(self, needs: Needs) -> bool:
        """Whether he has the skill, if one is needed, at the level."""
        return needs[0] < 0 or self.levels[needs[0]] >= needs[1]

    def begin(self, duty: Duty, day: int, overtime_seconds: int) -> None:
        """Start the row of a day."""
        self.duty, self.day = duty, day
        self.latest_second = duty.ends_second + overtime_seconds
        self.break_seconds = duty.break_seconds
        self.break_from = break_begins(duty)
        self.spent = [0] * len(Spent)
        self.visits = self.fixed = self.failed = self.metres = 0

    def wake(self, environment: Any, second: int) -> None:
        """Have the callbacks run at a second."""
        self.busy_until = second
        self.event.callbacks = self.callbacks
        # as `Environment.schedule`, a call less
        heappush(environment._queue, (second, _WORK_TURN, next(environment._eid), self.event))

    def row(self, ends_second: int, overtime_seconds: int) -> list[int]:
        """The day as a row of `technician_days`; what only the people know is 0.

        Args:
            ends_second: end of the shift.
            overtime_seconds: after it.
        """
        assert self.duty is not None
        driving, work, waiting, pause, idle = self.spent
        return [
            self.number, self.station, self.day, ends_second - self.duty.starts_second, pause, driving, work, waiting,
            idle, overtime_seconds, self.visits, self.fixed, self.failed, self.metres, 0, 0, 0, 0,
        ]  # fmt: skip


def break_begins(duty: Duty) -> int:
    """From when on the break can be taken: so that it lies around the middle of the shift."""
    return (duty.starts_second + duty.ends_second - duty.break_seconds) // 2
