"""The installed base of a run."""

from __future__ import annotations

from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.aftersales.rooms import Rooms


class InstalledBase:
    """Units in use, by product, region and cohort month."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def connect(self, rooms: Rooms) -> None:
        """Say who takes reports."""
        self._rooms = rooms

    def open(self) -> None:
        """See `Base.open`."""

    def back_in_use(self, request: Request) -> None:
        """See `Base.back_in_use`."""

    def visited(self, request: Request) -> None:
        """See `Base.visited`."""

    def relapse(self, request: Request, second: int) -> None:
        """See `Base.relapse`."""

    def close(self) -> None:
        """See `Base.close`."""
