"""After-sales service of a run: makes its rooms and lets them know each other."""

from __future__ import annotations

import simpy

from sim.aftersales.context import Context
from sim.aftersales.facts import build_service_facts
from sim.aftersales.register import Register
from sim.aftersales.rooms import Rooms
from sim.contact.centre import build_contact
from sim.field.field import FieldService
from sim.installed_base.base import InstalledBase
from sim.partners.partners import OutsidePartners
from sim.parts.supply import build_parts
from sim.recorder import Recorder
from sim.stores import Stores
from sim.workforce.quality import RepairQuality
from sim.workforce.workforce import Technicians
from sim.world import World


class AfterSales:
    """All of after-sales service; nothing at all where a scenario has none."""

    def __init__(
        self, environment: simpy.Environment, world: World, recorder: Recorder, stores: Stores
    ) -> None:
        self._rooms: Rooms | None = None
        facts = build_service_facts(world.scenario, world.axes)
        if facts is None:
            return
        register = Register(environment, facts, recorder)
        context = Context(environment, world, facts, recorder, register, stores)
        self._register = register
        base, contact, field = InstalledBase(context), build_contact(context), FieldService(context)
        parts, workforce, quality = build_parts(context), Technicians(context), RepairQuality(context)
        partners = OutsidePartners(context)
        rooms = Rooms(base, contact, field, parts, workforce, quality, partners)
        for room in (base, contact, field, parts, workforce, quality, partners):
            room.connect(rooms)
        register.listen(contact.follow_up)
        self._rooms = rooms

    def open(self) -> None:
        """Start the first day."""
        if self._rooms is None:
            return
        rooms = self._rooms
        for room in (rooms.workforce, rooms.parts, rooms.partners, rooms.contact, rooms.field, rooms.base):
            room.open()

    def close(self) -> None:
        """Write down what is still going on when the run ends."""
        if self._rooms is None:
            return
        rooms = self._rooms
        for room in (rooms.base, rooms.contact, rooms.field, rooms.partners, rooms.parts, rooms.workforce):
            room.close()
        self._register.write_open()
