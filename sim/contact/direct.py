"""Reports without a contact centre."""

from __future__ import annotations

from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.aftersales.rooms import Contact, Reports, Rooms
from sim.contact.judgement import Trait, ends_in_repair
from sim.contact.spending import Spending
from sim.streams import Purpose, uniform_fraction


class DirectReports(Contact):
    """Customers get through the moment they try, and triage never errs: where no contact centre is modelled.

    Nobody waits, so no calls are recorded; contacts cost what they cost.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._informs = context.facts.policy.contacts.inform_when_late
        self._follow_up_share = context.facts.policy.contacts.follow_up_share
        self._key = context.stream(Purpose.CALLS)
        self._spending = Spending(context)

    def connect(self, rooms: Rooms) -> None:
        """Say who visits customers."""
        self._rooms = rooms

    def open(self) -> None:
        """See `Contact.open`."""

    def expect(self, reports: Reports) -> None:
        """See `Contact.expect`."""

    def report(self, request: Request) -> None:
        """See `Contact.report`."""
        now = self._context.now
        request.answered_second = request.taken_second = now
        request.tries = 1
        self._spending.contact(now)
        self._context.register.promise(request)
        self._rooms.field.admit(request)

    def advise(self, request: Request, second: int) -> None:
        """See `Contact.advise`."""

    def inform(self, request: Request) -> None:
        """See `Contact.inform`."""
        if self._informs:
            request.informed += 1
            self._spending.contact(self._context.now)

    def follow_up(self, request: Request) -> None:
        """See `Contact.follow_up`."""
        if self._follow_up_share > 0.0 and ends_in_repair(request) and self._is_chosen(request):
            request.followed_up_second = self._context.now
            self._spending.contact(request.followed_up_second)
        self._context.register.write(request)

    def _is_chosen(self, request: Request) -> bool:
        return uniform_fraction(self._key, request.key, Trait.FOLLOW_UP) < self._follow_up_share

    def close(self) -> None:
        """See `Contact.close`."""
        self._spending.settle()
