"""The people of field service and partners by themselves: their rooms on a clock, the rooms around them made up.

bench = Bench(service_world(days=28, technicians=3))
bench.run()
bench.tables["workforce_events"]
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import simpy

import optimize
from scenarios import Scenario
from sim.aftersales.context import Context
from sim.aftersales.facts import build_service_facts
from sim.aftersales.register import Register
from sim.aftersales.requests import Kind, Request
from sim.aftersales.rooms import Base, Contact, Field, Parts, Rooms
from sim.aftersales.tables import SERVICE_TABLES
from sim.partners.partners import OutsidePartners
from sim.recorder import Recorder
from sim.records import Table
from sim.stores import Stores
from sim.streams import entity_key
from sim.workforce.quality import RepairQuality
from sim.workforce.workforce import Technicians
from sim.world import build_world
from tests.service_worlds import SEED

_DAY = SERVICE_TABLES["technician_days"]


@dataclass
class Neighbours:
    """Base and field, who only remember what they were told."""

    relapses: list[tuple[int, int]] = field(default_factory=list)
    """Number of the request, second."""
    availability: list[tuple[int, bool]] = field(default_factory=list)
    admitted: list[Request] = field(default_factory=list)
    back: list[int] = field(default_factory=list)
    visits: list[int] = field(default_factory=list)

    def relapse(self, request: Request, second: int) -> None:
        self.relapses.append((request.number, second))

    def back_in_use(self, request: Request) -> None:
        self.back.append(request.number)

    def visited(self, request: Request) -> None:
        self.visits.append(request.number)

    def available(self, technician: int, is_employed: bool) -> None:
        self.availability.append((technician, is_employed))

    def admit(self, request: Request) -> None:
        self.admitted.append(request)


class Bench:
    """Workforce, quality and partners of a scenario."""

    def __init__(self, scenario: Scenario, seed: int = SEED) -> None:
        world = build_world(scenario, optimize.plan(scenario), seed, 0)
        facts = build_service_facts(scenario, world.axes)
        assert facts is not None
        self.environment, self.recorder = simpy.Environment(), Recorder()
        self.register = Register(self.environment, facts, self.recorder)
        self.context = Context(
            self.environment, world, facts, self.recorder, self.register, cast(Stores, None)
        )
        self.neighbours = Neighbours()
        self.workforce, self.quality = Technicians(self.context), RepairQuality(self.context)
        self.partners = OutsidePartners(self.context)
        others: Any = self.neighbours
        rooms = Rooms(
            cast(Base, others), cast(Contact, others), cast(Field, others), cast(Parts, others),
            self.workforce, self.quality, self.partners,
        )  # fmt: skip
        for room in (self.workforce, self.quality, self.partners):
            room.connect(rooms)
        self.register.listen(self.register.write)

    def open(self) -> None:
        """Start the first day."""
        self.workforce.open()
        self.partners.open()

    def go_on(self, second: int) -> None:
        """Let time pass."""
        if second > self.environment.now:
            self.environment.run(until=second)

    def close(self) -> None:
        """The run is over."""
        self.go_on(self.context.end_second)
        self.partners.close()
        self.workforce.close()
        self.register.write_open()

    def run(self) -> None:
        """All of the horizon, in which nobody has any work."""
        self.open()
        self.close()

    @cached_property
    def tables(self) -> dict[str, Table]:
        """What has been recorded; to be asked for when all is over, because a recorder gives up its rows."""
        return self.recorder.tables()

    def request(self, name: str, kind: int = Kind.REPAIR) -> Request:
        """A request at the first station, opened now, of a customer who needs 15 minutes of diagnosis, 45 of work."""
        request = self.register.create(kind, entity_key(name), self.context.now)
        request.station, request.diagnosis_seconds, request.work_seconds = 0, 900, 2_700
        self.register.promise(request)
        return request

    def work(self, technician: int, day: int, **columns: int) -> list[int]:
        """Have a working day ended; returns its row."""
        row = [0] * len(_DAY)
        row[_DAY.index("technician")], row[_DAY.index("day")] = technician, day
        for name, value in columns.items():
            row[_DAY.index(name)] = value
        self.workforce.day_over(technician, day, row)
        self.recorder.add_row("technician_days", row)
        return row
