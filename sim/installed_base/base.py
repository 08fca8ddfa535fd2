"""The installed base of a run: what customers keep, and the requests that come of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import simpy
from simpy.events import EventPriority

from sim.aftersales.context import Context
from sim.aftersales.requests import Kind, Outcome, Request
from sim.aftersales.rooms import Rooms
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.installed_base.arriving import CELL, CHANCE, KEY, KIND, REPORTED, SECOND, fill
from sim.installed_base.evenings import LAST_SECOND, Evenings

_TURN = EventPriority(Turn.REPORT)
_REPAIR, _INSTALLATION = int(Kind.REPAIR), int(Kind.INSTALLATION)
_STREAM, _DONE = int(Kind.STREAM), (int(Outcome.DONE), int(Outcome.DONE_BY_PARTNER))
_SAME = (
    "product", "region", "base_cell", "segment", "sla", "station", "stream", "urgency", "mode", "is_contract",
    "true_skill", "true_level", "true_people", "true_part", "diagnosis_seconds", "work_seconds", "latitude",
    "longitude", "station_metres", "remote_share",
)  # fmt: skip
"""What a rework has in common with the repair that did not last."""


class InstalledBase:
    """Hands over requests at their second, those of one second in the order of their keys, and knows what is broken.

    A failure that is due falls on any unit of its cell alike. If that one is under repair it does not fail, so that
    a cell of n units of which d are down fails at the rate of n - d: the machine repair model, at any size.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._register = context.register
        # As in stations, the clock is read straight from its attribute.
        self._environment: Any = context.environment
        self._evenings = Evenings(context)
        self._intake, self._keys = self._evenings.intake, self._evenings.keys
        self._failed_cells = self._evenings.failed_cells
        self._promise_seconds = context.facts.policy.installation_promise_days * SECONDS_PER_DAY
        self._broken: dict[int, int] = {}
        self._down: dict[int, int] = {}
        self._visiting: set[int] = set()
        self._rows: list[tuple[Any, ...]] = []
        self._at = 0
        # One event object serves all requests, as with the servers of a station.
        self._event = simpy.Event(context.environment)
        self._event._ok = True
        self._event._value = None
        self._callbacks: list[Callable[[simpy.Event], None]] = [self._arrive]

    def connect(self, rooms: Rooms) -> None:
        """Say who takes reports."""
        self._rooms = rooms
        self._report_to_contact = rooms.contact.report
        self._register.listen(self._closed)

    def open(self) -> None:
        """See `Base.open`."""
        self._wait_for_all(self._evenings.begin())
        self._wait_for_evening(0)

    def back_in_use(self, request: Request) -> None:
        """See `Base.back_in_use`."""
        cell = self._broken.pop(request.number, -1)
        if cell >= 0:
            down = self._down[cell] - 1
            if down:
                self._down[cell] = down
            else:
                del self._down[cell]

    def visited(self, request: Request) -> None:
        """See `Base.visited`."""
        if request.number not in self._visiting:
            return
        self._visiting.remove(request.number)
        if request.kind != _INSTALLATION:
            self._evenings.contracts.visited(request.product, request.region)
            return
        second = self._evenings.installations.advice_second(request, self._context.now)
        if 0 <= second < self._context.end_second:
            self._rooms.contact.advise(request, second)

    def relapse(self, request: Request, second: int) -> None:
        """See `Base.relapse`."""
        if second < self._context.end_second:
            at(self._context.environment, second, Turn.REPORT, lambda: self._fail_again(request))

    def close(self) -> None:
        """See `Base.close`."""

    def _closed(self, request: Request) -> None:
        """Who gave up or declined has the unit mended elsewhere; a visit counts whoever made it."""
        if request.number in self._broken:
            self.back_in_use(request)
        if request.number in self._visiting:
            if request.outcome in _DONE:
                self.visited(request)
            self._visiting.discard(request.number)

    def _wait_for_evening(self, day: int) -> None:
        second = day * SECONDS_PER_DAY + LAST_SECOND
        at(self._context.environment, second, Turn.INSTALLED_BASE, lambda: self._end(day))

    def _end(self, day: int) -> None:
        self._wait_for_all(self._evenings.end(day))
        if day + 1 < self._context.world.days:
            self._wait_for_evening(day + 1)

    def _wait_for_all(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows, self._at = rows, 0
        self._rooms.contact.expect([row[KEY] for row in rows if row[KIND] == _REPAIR])
        self._wait()

    def _wait(self) -> None:
        """Wait for the next request of the day."""
        if self._at < len(self._rows):
            self._event.callbacks = self._callbacks
            delay = self._rows[self._at][SECOND] - self._environment._now
            self._environment.schedule(self._event, _TURN, delay)

    def _arrive(self, _: simpy.Event) -> None:
        """Hand over all requests of this second."""
        environment, rows, at = self._environment, self._rows, self._at
        now, last = environment._now, len(rows)
        row = rows[at]
        while row[SECOND] == now:
            at += 1
            if row[KIND] != _REPAIR:
                self._admit(row)
            elif row[CELL] not in self._down or self._is_in_use(row):
                self._report(row)
            if at == last:
                return
            row = rows[at]
        self._at = at
        event = self._event
        event.callbacks = self._callbacks
        environment.schedule(event, _TURN, row[SECOND] - now)

    def _is_in_use(self, row: tuple[Any, ...]) -> bool:
        """Whether the unit that fails, any one of its cell, is not under repair."""
        units: int = self._evenings.units.item(row[CELL])
        return bool(row[CHANCE] * units < units - self._down[row[CELL]])

    def _report(self, row: tuple[Any, ...]) -> None:
        request = self._register.create(_REPAIR, row[KEY], row[SECOND])
        fill(request, row)
        self._failed_cells.append(request.base_cell)
        self._take_out(request)
        self._report_to_contact(request)

    def _take_out(self, request: Request) -> None:
        cell = request.base_cell
        self._broken[request.number] = cell
        self._down[cell] = self._down.get(cell, 0) + 1

    def _admit(self, row: tuple[Any, ...]) -> None:
        """Visits that nobody has to report go straight to those who make them."""
        register = self._context.register
        request = register.create(row[KIND], row[KEY], row[REPORTED])
        fill(request, row)
        request.answered_second = request.taken_second = row[SECOND]
        register.promise(request)
        if request.kind == _INSTALLATION:
            due = request.reported_second + self._promise_seconds
            request.response_due_second = request.completion_due_second = due
        if request.kind != _STREAM:
            self._visiting.add(request.number)
        self._rooms.field.admit(request)

    def _fail_again(self, first: Request) -> None:
        """A repair has not lasted: the same thing is broken, and is mended for free."""
        now = self._context.now
        entity, once = np.array([first.key], np.uint64), np.ones(1, np.int64)
        key = int(self._keys.of_day(now // SECONDS_PER_DAY, entity, once)[0])
        request = self._context.register.create(Kind.REWORK, key, now)
        request.origin = first.number
        for name in _SAME:
            setattr(request, name, getattr(first, name))
        request.judged_urgency, request.judged_mode = request.urgency, request.mode
        request.skill, request.level = request.true_skill, request.true_level
        request.people, request.part = request.true_people, request.true_part
        if request.mode >= 0:
            request.diagnosis_seconds, request.work_seconds = self._intake.work_again(key, request.mode)
        if request.base_cell >= 0:
            self._take_out(request)
        self._rooms.contact.report(request)
