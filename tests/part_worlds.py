"""Spare parts with nobody but a scripted field: jobs that take parts from vans, ask for them, wait and fetch them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy

import optimize
from scenarios import Scenario
from sim.aftersales.context import Context
from sim.aftersales.facts import build_service_facts
from sim.aftersales.register import Register
from sim.aftersales.requests import Echelon, Kind, Outcome, Request
from sim.books.accounts import Account
from sim.books.charges import balances_of_charges
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR, Turn, at
from sim.parts.supply import SpareParts
from sim.recorder import Recorder
from sim.records import Table
from sim.stores import Stores
from sim.streams import entity_key
from sim.world import build_world
from tests.service_worlds import service_world

Row = Mapping[str, Any]
IntArray = npt.NDArray[np.int64]

OF_OURS = (Echelon.CENTRE, Echelon.STATION, Echelon.VAN, Echelon.SHOP)


@dataclass(frozen=True)
class Job:
    """Somebody needs a part: first out of the van, then by another visit."""

    second: int
    technician: int
    part: int
    is_given_up: bool = False
    """The request is closed two days later whether it has its part or not."""
    has_old_unit: bool = True
    waits_to_fetch: bool = False
    """Nobody comes to fetch the part that was set aside."""


@dataclass
class ScriptedField:
    """Does jobs: takes a part from the van, else asks for it and puts it in the day after it is ready."""

    context: Context
    parts: SpareParts
    station_of: Sequence[int]
    jobs: dict[int, Job] = field(default_factory=dict)
    ready: list[tuple[int, int]] = field(default_factory=list)
    """Request and second."""
    sources: list[int] = field(default_factory=list)
    failed: int = 0

    def begin(self, job: Job) -> None:
        key = entity_key("job", str(job.second), str(job.technician), str(job.part))
        request = self.context.register.create(Kind.REPAIR, key, job.second)
        request.station, request.part = self.station_of[job.technician], job.part
        self.jobs[request.number] = job
        self.visit(request)
        if job.is_given_up and request.closed_second < 0:
            self._later(2, lambda: self._give_up(request))

    def visit(self, request: Request) -> None:
        job = self.jobs[request.number]
        request.visits += 1
        if self.parts.take_from_van(job.technician, job.part, request):
            self._finish(request)
        else:
            self.parts.ask(request, job.part)

    def part_ready(self, request: Request) -> None:
        self.ready.append((request.number, self.context.now))
        self._later(1, lambda: self._fetch(request))

    def _fetch(self, request: Request) -> None:
        job = self.jobs[request.number]
        if request.closed_second < 0 and not job.waits_to_fetch:
            request.visits += 1
            self.sources.append(self.parts.take_set_aside(job.technician, request))
            self._finish(request)

    def _finish(self, request: Request) -> None:
        job = self.jobs[request.number]
        if job.has_old_unit:
            self.parts.take_back(request, job.part)
        if self.parts.is_defective(request):
            self.failed += 1
            self._later(1, lambda: self.visit(request))
        else:
            self.context.register.close(request, Outcome.DONE)

    def _give_up(self, request: Request) -> None:
        if request.closed_second < 0:
            self.context.register.close(request, Outcome.DECLINED)

    def _later(self, days: int, action: Any) -> None:
        at(self.context.environment, self.context.now + days * SECONDS_PER_DAY, Turn.WORK, action)


@dataclass(frozen=True, eq=False)
class PartsRun:
    """What came of it."""

    tables: Mapping[str, Table]
    field: ScriptedField
    scenario: Scenario
    parts: SpareParts

    def moves(self, reason: int) -> IntArray:
        """Rows of part moves of a reason."""
        return np.flatnonzero(self.tables["part_moves"]["reason"] == reason)

    def fill_rate(self, echelon: int) -> float:
        """Units filled at once over units asked at an echelon."""
        demands = self.tables["part_demands"]
        rows = demands["echelon"] == echelon
        return float(demands["filled_units"][rows].sum() / demands["units"][rows].sum())

    def waits_days(self) -> npt.NDArray[np.float64]:
        """Days from asking to ready of the requests that got their part."""
        rows = self.tables["part_requests"]
        there = rows["ready_second"] >= 0
        waits: IntArray = rows["ready_second"][there] - rows["asked_second"][there]
        return waits / SECONDS_PER_DAY


def parts_world(
    *,
    days: int,
    parts: Sequence[Row],
    policy: Row,
    stations: int = 1,
    technicians: int = 1,
    supplier: Row | None = None,
    supply: Row | None = None,
    station: Row | None = None,
    **blocks: Any,
) -> Scenario:
    """Some stations with so many technicians each, at a centre.

    Args:
        days: length of the run.
        parts: rows of the table of parts; the cost is 1 unless given.
        policy: `policy.service.parts`.
        stations: how many.
        technicians: at each station.
        supplier: fields of the only supplier.
        supply: further fields of `service.parts`.
        station: further fields of every station.
        blocks: top-level blocks.
    """
    names = [f"ST{number}" for number in range(stations)]
    groups = [
        {"id": f"T{name}", "station_id": name, "count": technicians, "shift_id": "always"} for name in names
    ]
    rows = [
        {"station_id": name, "latitude": 0.0, "longitude": 0.1 * number, **(station or {})}
        for number, name in enumerate(names)
    ]
    network = {"suppliers": [{"id": "SUP", **(supplier or {})}], **blocks.pop("network", {})}
    return service_world(
        days=days,
        network=network,
        service={
            "stations": rows,
            "parts": {"parts": [{"purchase_cost": 1.0, **part} for part in parts], **(supply or {})},
        },
        policy={"service": {"workforce": {"groups": groups}, "parts": policy}},
        **blocks,
    )


def run_parts(
    scenario: Scenario,
    jobs: Sequence[Job] = (),
    seed: int = 1,
    replication: int = 0,
    each_evening: Callable[[SpareParts], None] | None = None,
) -> PartsRun:
    """Let spare parts work without the rest of after-sales service; something may be done to them every evening."""
    world = build_world(scenario, optimize.plan(scenario), seed, replication)
    facts = build_service_facts(scenario, world.axes)
    assert facts is not None
    environment, recorder = simpy.Environment(), Recorder()
    register = Register(environment, facts, recorder)
    context = Context(environment, world, facts, recorder, register, Stores(environment, world))
    parts = SpareParts(context, scenario.service.parts)  # type: ignore[union-attr, arg-type]
    scripted = ScriptedField(context, parts, [person.station for person in facts.technicians])
    parts.connect(SimpleNamespace(field=scripted))  # type: ignore[arg-type]
    parts.open()
    for job in jobs:
        at(environment, job.second, Turn.WORK, _begins(scripted, job))
    if each_evening is not None:
        for day in range(world.days):
            evening = day * SECONDS_PER_DAY + 18 * SECONDS_PER_HOUR
            at(environment, evening, Turn.PARTS_ORDER, partial(each_evening, parts))
    environment.run(until=context.end_second)
    parts.close()
    return PartsRun(recorder.tables(), scripted, scenario, parts)


def _begins(scripted: ScriptedField, job: Job) -> Any:
    return lambda: scripted.begin(job)


def imbalance(tables: Mapping[str, Table]) -> dict[tuple[int, int, int], int]:
    """Cells (echelon, place, part) where closing stock is not opening stock plus what came less what went."""
    stock, moves = tables["part_stock"], tables["part_moves"]
    left: dict[tuple[int, int, int], int] = {}
    for *cell, opening, closing in _rows(stock, "echelon", "place", "part", "opening_units", "closing_units"):
        left[tuple(cell)] = closing - opening
    for part, units, source, from_place, goal, to_place in _rows(
        moves, "part", "units", "from_echelon", "from_place", "to_echelon", "to_place"
    ):
        for echelon, place, sign in ((source, from_place, 1), (goal, to_place, -1)):
            if echelon in OF_OURS:
                cell = echelon, place, part
                left[cell] = left.get(cell, 0) + sign * units
    return {cell: units for cell, units in left.items() if units}


def value_in_books(tables: Mapping[str, Table], centres: int) -> int:
    """Balance of the account of parts, minor units."""
    return int(balances_of_charges(tables, centres)[Account.PARTS_INVENTORY].sum())


def _rows(table: Table, *names: str) -> Any:
    return zip(*(table[name].tolist() for name in names), strict=True)
