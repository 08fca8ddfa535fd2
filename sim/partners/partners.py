"""Partners of a run."""

from __future__ import annotations

from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.aftersales.rooms import Rooms


class OutsidePartners:
    """Service agents outside the company."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def connect(self, rooms: Rooms) -> None:
        """Say whom it works with."""
        self._rooms = rooms

    def open(self) -> None:
        """See `Partners.open`."""

    def takes(self, request: Request, offered_second: int) -> bool:
        """See `Partners.takes`."""
        return False

    def close(self) -> None:
        """See `Partners.close`."""
