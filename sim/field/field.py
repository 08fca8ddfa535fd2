"""Field service of a run."""

from __future__ import annotations

from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.aftersales.rooms import Rooms


class FieldService:
    """Dispatch, technicians and their visits."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def connect(self, rooms: Rooms) -> None:
        """Say whom it works with."""
        self._rooms = rooms

    def open(self) -> None:
        """See `Field.open`."""

    def admit(self, request: Request) -> None:
        """See `Field.admit`."""

    def part_ready(self, request: Request) -> None:
        """See `Field.part_ready`."""

    def available(self, technician: int, is_employed: bool) -> None:
        """See `Field.available`."""

    def close(self) -> None:
        """See `Field.close`."""
