"""How customers get through."""

from __future__ import annotations

from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.aftersales.rooms import Rooms


class DirectReports:
    """Reports are taken down the moment they are made, and triage never errs: where no contact centre is modelled."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def connect(self, rooms: Rooms) -> None:
        """Say who visits customers."""
        self._rooms = rooms

    def open(self) -> None:
        """See `Contact.open`."""

    def report(self, request: Request) -> None:
        """See `Contact.report`."""
        request.answered_second = request.taken_second = self._context.now
        request.tries = 1
        self._context.register.promise(request)
        self._rooms.field.admit(request)

    def advise(self, request: Request, second: int) -> None:
        """See `Contact.advise`."""

    def inform(self, request: Request) -> None:
        """See `Contact.inform`."""

    def follow_up(self, request: Request) -> None:
        """See `Contact.follow_up`."""
        self._context.register.write(request)

    def close(self) -> None:
        """See `Contact.close`."""


def build_contact(context: Context) -> DirectReports:
    """The contact centre of a run."""
    return DirectReports(context)
