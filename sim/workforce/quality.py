"""How well repairs hold."""

from __future__ import annotations

from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.aftersales.rooms import Rooms


class RepairQuality:
    """Post-repair inspection and relapses."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def connect(self, rooms: Rooms) -> None:
        """Say whom it works with."""
        self._rooms = rooms

    def repaired(self, request: Request, relapse_share: float) -> None:
        """See `Quality.repaired`."""
