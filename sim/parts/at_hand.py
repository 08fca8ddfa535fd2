"""Where spare parts are not modelled: everything is at hand."""

from __future__ import annotations

from sim.aftersales.requests import PartSource, Request
from sim.aftersales.rooms import Parts, Rooms


class EverythingAtHand(Parts):
    """Every part is in every van and never defective."""

    def connect(self, rooms: Rooms) -> None:
        """Say who waits for parts."""
        self._rooms = rooms

    def open(self) -> None:
        """See `Parts.open`."""

    def take_from_van(self, technician: int, part: int, request: Request) -> bool:
        """See `Parts.take_from_van`."""
        del technician, part, request
        return True

    def is_defective(self, request: Request) -> bool:
        """See `Parts.is_defective`."""
        del request
        return False

    def ask(self, request: Request, part: int) -> None:
        """See `Parts.ask`."""
        del part
        self._rooms.field.part_ready(request)

    def take_set_aside(self, technician: int, request: Request) -> int:
        """See `Parts.take_set_aside`."""
        del technician, request
        return int(PartSource.VAN)

    def take_back(self, request: Request, part: int) -> None:
        """See `Parts.take_back`."""

    def close(self) -> None:
        """See `Parts.close`."""
