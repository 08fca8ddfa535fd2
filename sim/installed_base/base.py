"""The installed base of a run: what customers keep, and the requests that come of it."""

from __future__ import annotations

from typing import Any, Final

from sim.aftersales.context import Context
from sim.aftersales.requests import Kind, Outcome, Request
from sim.aftersales.rooms import Base, Rooms
from sim.clock import SECONDS_PER_DAY, Turn, at, scheduler
from sim.installed_base.arriving import Row, Rows
from sim.installed_base.evenings import LAST_SECOND, Evenings
from sim.installed_base.relapses import Relapses

_TURN: Final = int(Turn.REPORT)
_REPAIR: Final = int(Kind.REPAIR)
_INSTALLATION: Final = int(Kind.INSTALLATION)
_STREAM: Final = int(Kind.STREAM)
_DONE: Final = (int(Outcome.DONE), int(Outcome.DONE_BY_PARTNER))


class InstalledBase(Base):
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
        self._relapses = Relapses(self._evenings.keys, self._evenings.intake)
        self._failed_cells = self._evenings.failed_cells
        self._promise_seconds = context.facts.policy.installation_promise_days * SECONDS_PER_DAY
        self._down: dict[int, int] = {}
        """Units under repair, by cell that has any."""
        self._rows: list[Row] = []
        self._at = 0
        self._schedule = scheduler(context.environment)
        # The base stands in the queue of the clock itself, for the next request of the day.
        self.callbacks = [InstalledBase._arrive]

    def connect(self, rooms: Rooms) -> None:
        """Say who takes reports."""
        self._rooms = rooms
        self._report_to_contact = rooms.contact.report
        self._register.listen(self._closed)

    def open(self) -> None:
        """See `Base.open`."""
        self._wait_for_all(self._evenings.begin(), 0)
        self._wait_for_evening(0)

    def back_in_use(self, request: Request) -> None:
        """See `Base.back_in_use`."""
        if request.is_down:
            request.is_down = False
            cell = request.base_cell
            down = self._down[cell] - 1
            if down:
                self._down[cell] = down
            else:
                del self._down[cell]

    def visited(self, request: Request) -> None:
        """See `Base.visited`."""
        if not request.is_visit_due:
            return
        request.is_visit_due = False
        if request.kind != _INSTALLATION:
            self._evenings.contracts.visited(request.product, request.region)
            return
        second = self._evenings.installations.advice_second(request, self._context.now)
        if 0 <= second < self._context.end_second:
            self._rooms.contact.advise(request, second)

    def relapse(self, request: Request, second: int) -> None:
        """See `Base.relapse`."""
        if second < self._context.end_second:
            self._relapses.add(request, second)
            at(self._environment, second, Turn.REPORT, lambda: self._fail_again(request))

    def close(self) -> None:
        """See `Base.close`."""

    def _closed(self, request: Request) -> None:
        """Who gave up or declined has the unit mended elsewhere; a visit counts whoever made it."""
        if request.is_down:
            self.back_in_use(request)
        elif request.is_visit_due and request.outcome in _DONE:
            self.visited(request)

    def _wait_for_evening(self, day: int) -> None:
        second = day * SECONDS_PER_DAY + LAST_SECOND
        at(self._context.environment, second, Turn.INSTALLED_BASE, lambda: self._end(day))

    def _end(self, day: int) -> None:
        self._wait_for_all(self._evenings.end(day), day + 1)
        if day + 1 < self._context.world.days:
            self._wait_for_evening(day + 1)

    def _wait_for_all(self, rows: Rows, day: int) -> None:
        """Wait for the requests of a day, those in order."""
        reports = rows.chosen(rows["kind"] == _REPAIR)
        self._rooms.contact.expect(Rows.joined([reports, self._relapses.draw(day)]))
        self._rows, self._at = rows.tolist(), 0
        if self._rows:
            self._schedule(int(rows["second"][0]), _TURN, self)

    def _arrive(self) -> None:
        """Hand over all requests of this second."""
        rows, at, last = self._rows, self._at, len(self._rows)
        row = rows[at]
        now = row.second
        while row.second == now:
            at += 1
            cell, units = row.cell, row.units
            if row.kind != _REPAIR:
                self._admit(row)
            elif cell not in self._down or row.chance * units < units - self._down[cell]:
                # the unit that fails, any one of its cell, is not under repair
                self._report(row)
            if at == last:
                return
            row = rows[at]
        self._at = at
        self._schedule(row.second, _TURN, self)

    def _report(self, row: Row) -> None:
        request = self._register.create(_REPAIR, row.key, row.second, row.whole, row.real)
        self._failed_cells.append(row.cell)
        self._take_out(request)
        self._report_to_contact(request)

    def _take_out(self, request: Request) -> None:
        cell = request.base_cell
        request.is_down = True
        self._down[cell] = self._down.get(cell, 0) + 1

    def _admit(self, row: Row) -> None:
        """Visits that nobody has to report go straight to those who make them."""
        register = self._register
        request = register.create(row.kind, row.key, row.reported_second, row.whole, row.real)
        request.answered_second = request.taken_second = row.second
        register.promise(request)
        if request.kind == _INSTALLATION:
            due = request.reported_second + self._promise_seconds
            request.response_due_second = request.completion_due_second = due
        if request.kind != _STREAM:
            request.is_visit_due = True
        self._rooms.field.admit(request)

    def _fail_again(self, first: Request) -> None:
        """A repair has not lasted: the same thing is broken, and is mended for free."""
        now = self._environment._now
        row = self._relapses.row(first, now)
        request = self._register.create(Kind.REWORK, row.key, now, row.whole, row.real)
        request.origin = first.number
        if request.base_cell >= 0:
            self._take_out(request)
        self._report_to_contact(request)
