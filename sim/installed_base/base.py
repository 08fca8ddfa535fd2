"""The installed base of a run: what customers keep, and the requests that come of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy
from simpy.events import EventPriority

from sim.aftersales.context import Context
from sim.aftersales.requests import Kind, Outcome, Request
from sim.aftersales.rooms import Rooms
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.durations import fractions
from sim.installed_base.arriving import (
    CELL,
    CHANCE,
    KEY,
    KIND,
    REPORTED,
    SECOND,
    Rows,
    fill,
    in_order,
)
from sim.installed_base.charges import BaseCharges
from sim.installed_base.contracts import Contracts
from sim.installed_base.installations import Installations
from sim.installed_base.intake import Intake, Keys, Traits
from sim.installed_base.job_streams import StreamOfJobs
from sim.installed_base.places import Places
from sim.installed_base.population import Population
from sim.installed_base.reporting import ReportTimes
from sim.installed_base.sales import ApplianceSales

IntArray = npt.NDArray[np.int64]

_LAST_SECOND = SECONDS_PER_DAY - 1
_TURN = EventPriority(Turn.REPORT)
_REPAIR, _INSTALLATION = int(Kind.REPAIR), int(Kind.INSTALLATION)
_STREAM, _DONE = int(Kind.STREAM), (int(Outcome.DONE), int(Outcome.DONE_BY_PARTNER))
_SAME = (
    "product", "region", "base_cell", "segment", "sla", "station", "stream", "urgency", "mode", "is_contract",
    "true_skill", "true_level", "true_people", "true_part", "diagnosis_seconds", "work_seconds", "latitude",
    "longitude", "remote_share",
)  # fmt: skip
"""What a rework has in common with the repair that did not last."""


class InstalledBase:
    """Units in use, by product, region and cohort month.

    On the eve of each day all its requests are drawn; one event after the other then hands them over at their second,
    those of one second in the order of their keys.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        # As in stations, the clock is read straight from its attribute.
        self._environment: Any = context.environment
        facts, world = context.facts, context.world
        self._population = Population(context)
        self._sales = ApplianceSales(world, facts)
        self._keys, traits, self._places = Keys(context), Traits(context), Places(context)
        self._traits = traits
        self._intake = Intake(context, traits, self._places)
        self._contracts = Contracts(context, self._population, self._keys, traits, self._places)
        self._installations = Installations(context, self._keys, traits, self._places)
        self._streams = [
            StreamOfJobs(context, stream, number) for number, stream in enumerate(facts.service.job_streams)
        ]
        self._times = ReportTimes(facts.service.reporting, world.scenario.horizon.start_date.weekday())
        self._charges = BaseCharges(context)
        self._promise_seconds = facts.policy.installation_promise_days * SECONDS_PER_DAY
        self._of_region = np.array(facts.region_of_store, np.int64)
        self._units = self._population.units.reshape(-1)
        shape = self._population.shape[:2]
        self._failures, self._avoided = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self._later: dict[int, list[Rows]] = {}
        self._broken: dict[int, int] = {}
        self._down: dict[int, int] = {}
        self._visiting: set[int] = set()
        self._rows: list[tuple[Any, ...]] = []
        self._at = 0
        # One event object serves all requests, as with the servers of a station.
        self._event = simpy.Event(context.environment)
        self._event._ok = True
        self._event._value = None
        self._callbacks: list[Callable[[simpy.Event], None]] = [self._arrive]

    def connect(self, rooms: Rooms) -> None:
        """Say who takes reports."""
        self._rooms = rooms
        self._context.register.listen(self._closed)

    def open(self) -> None:
        """See `Base.open`."""
        self._prepare(0, self._contracts.under_contract(), [])
        self._wait_for_night(0)

    def back_in_use(self, request: Request) -> None:
        """See `Base.back_in_use`."""
        cell = self._broken.pop(request.number, -1)
        if cell >= 0:
            self._down[cell] -= 1

    def visited(self, request: Request) -> None:
        """See `Base.visited`."""
        if request.number not in self._visiting:
            return
        self._visiting.remove(request.number)
        if request.kind != _INSTALLATION:
            self._contracts.visited(request.product, request.region)
            return
        second = self._installations.advice_second(request, self._context.now)
        if second >= 0:
            self._rooms.contact.advise(request, second)

    def relapse(self, request: Request, second: int) -> None:
        """See `Base.relapse`."""
        if second < self._context.end_second:
            at(self._context.environment, second, Turn.REPORT, lambda: self._fail_again(request))

    def close(self) -> None:
        """See `Base.close`."""

    def _closed(self, request: Request) -> None:
        """Who gave up or declined has the unit mended elsewhere; a visit counts whoever made it."""
        self.back_in_use(request)
        if request.outcome in _DONE:
            self.visited(request)
        self._visiting.discard(request.number)

    def _wait_for_night(self, day: int) -> None:
        second = day * SECONDS_PER_DAY + _LAST_SECOND
        at(self._context.environment, second, Turn.INSTALLED_BASE, lambda: self._night(day))

    def _night(self, day: int) -> None:
        """End a day: count what was sold, returned and scrapped, write it down, and look at the next day."""
        scrapped = self._population.scrap()
        sold_in_stores, returned_to_stores = self._sales.of_day(day)
        sold = self._by_region(sold_in_stores)
        self._population.sell(day, sold)
        returned = self._population.take_back(self._by_region(returned_to_stores))
        under = self._contracts.under_contract()
        under_by_region = under.sum(axis=2)
        self._write_row(day, (self._population.in_use, sold, returned, scrapped), under_by_region)
        self._charges.post(day * SECONDS_PER_DAY + _LAST_SECOND, under_by_region)
        if day + 1 < self._context.world.days:
            installations = (
                [self._installations.rows(day, sold_in_stores)] if self._installations.are_made else []
            )
            self._prepare(day + 1, under, installations)
            self._wait_for_night(day + 1)

    def _by_region(self, units: IntArray) -> IntArray:
        """(stores, products) as (products, regions)."""
        together = np.zeros(self._population.shape[1::-1], np.int64)
        if units.any():
            np.add.at(together, self._of_region, units)
        return together.T

    def _write_row(self, day: int, counts: tuple[IntArray, ...], under: IntArray) -> None:
        columns = (*counts, self._failures, self._avoided, under)
        product, region = np.nonzero(np.any([column != 0 for column in columns], axis=0))
        rows = np.empty((product.size, len(columns) + 3), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 2] = day, product, region
        for index, column in enumerate(columns):
            rows[:, index + 3] = column[product, region]
        self._context.recorder.add("installed_base", rows)
        self._failures[:], self._avoided[:] = 0, 0

    def _prepare(self, day: int, under: IntArray, installations: list[Rows]) -> None:
        """Draw all requests of a day on its eve, and wait for the first."""
        parts = [*installations, *self._later.pop(day, [])]
        parts += [stream.rows(day) for stream in self._streams]
        self._contracts.begin(day)
        parts += self._failing(day, under)
        if self._contracts.are_offered:
            visits = self._contracts.visits(day, under)
            hour = self._traits.draws(np.ascontiguousarray(visits["key"]), 0)[0]
            visits["second"] = day * SECONDS_PER_DAY + self._times.seconds(fractions(hour))
            visits["reported_second"] = visits["second"]
            parts.append(visits)
        self._rows, self._at = in_order(parts), 0
        self._wait()

    def _failing(self, day: int, under: IntArray) -> list[Rows]:
        """Failures of a day that no visit has prevented and that are reported on it; others are kept for later."""
        cells, failures = self._population.draw(day)
        if not cells.size:
            return []
        keys = self._keys.of_day(day, self._population.keys[cells], failures)
        cell = np.repeat(cells, failures)
        product, region, _ = np.unravel_index(cell, self._population.shape)
        contracts = under.reshape(-1)[cell] / self._population.units.reshape(-1)[cell]
        rows = self._intake.rows(keys, product, region, self._population.age_days(cell, day), contracts)
        rows["cell"] = cell
        hour = self._traits.draws(keys, 0)[0]
        rows["second"] = day * SECONDS_PER_DAY + self._times.seconds(fractions(hour))
        if self._contracts.are_offered:
            foreseen = self._contracts.are_foreseen(rows, under.sum(axis=2))
            np.add.at(self._avoided, (product[foreseen], region[foreseen]), 1)
            rows = rows[~foreseen]
        if not self._times.has_delays:
            rows["reported_second"] = rows["second"]
            return [rows]
        delay = self._times.delay_days(
            day, fractions(self._traits.draws(np.ascontiguousarray(rows["key"]), 2)[0])
        )
        rows["second"] += delay * SECONDS_PER_DAY
        rows["reported_second"] = rows["second"]
        for days in np.unique(delay[delay > 0]).tolist():
            self._later.setdefault(day + days, []).append(rows[delay == days])
        return [rows[delay == 0]]

    def _wait(self) -> None:
        """Wait for the next request of the day."""
        if self._at < len(self._rows):
            self._event.callbacks = self._callbacks
            self._environment.schedule(
                self._event, _TURN, self._rows[self._at][SECOND] - self._environment._now
            )

    def _arrive(self, _: simpy.Event) -> None:
        """Hand over all requests of this second."""
        now = self._environment._now
        rows = self._rows
        while self._at < len(rows) and rows[self._at][SECOND] == now:
            row = rows[self._at]
            self._at += 1
            if row[KIND] != _REPAIR:
                self._admit(row)
            elif self._is_in_use(row):
                self._report(row)
        self._wait()

    def _is_in_use(self, row: tuple[Any, ...]) -> bool:
        """Whether the unit that fails, any one of its cell, is not under repair."""
        down = self._down.get(row[CELL], 0)
        if not down:
            return True
        units = int(self._units[row[CELL]])
        return bool(row[CHANCE] * units < units - down)

    def _report(self, row: tuple[Any, ...]) -> None:
        request = self._context.register.create(_REPAIR, row[KEY], row[SECOND])
        fill(request, row)
        self._failures[request.product, request.region] += 1
        self._take_out(request)
        self._rooms.contact.report(request)

    def _take_out(self, request: Request) -> None:
        cell = request.base_cell
        self._broken[request.number] = cell
        self._down[cell] = self._down.get(cell, 0) + 1

    def _admit(self, row: tuple[Any, ...]) -> None:
        """Visits that nobody has to report go straight to those who make them."""
        register, second = self._context.register, row[SECOND]
        request = register.create(row[KIND], row[KEY], row[REPORTED])
        fill(request, row)
        request.answered_second = request.taken_second = second
        register.promise(request)
        if request.kind == _INSTALLATION:
            due = request.reported_second + self._promise_seconds
            request.response_due_second = request.completion_due_second = due
        if request.kind != _STREAM:
            self._visiting.add(request.number)
        self._rooms.field.admit(request)

    def _fail_again(self, first: Request) -> None:
        """A repair has not lasted: the same thing is broken, and is mended for free."""
        now = self._context.now
        keys = self._keys.of_day(
            now // SECONDS_PER_DAY, np.array([first.key], np.uint64), np.ones(1, np.int64)
        )
        request = self._context.register.create(Kind.REWORK, int(keys[0]), now)
        request.origin = first.number
        for name in _SAME:
            setattr(request, name, getattr(first, name))
        request.judged_urgency, request.judged_mode = request.urgency, request.mode
        request.skill, request.level = request.true_skill, request.true_level
        request.people, request.part = request.true_people, request.true_part
        if request.mode >= 0:
            request.diagnosis_seconds, request.work_seconds = self._intake.work_again(
                request.key, request.mode
            )
        if request.base_cell >= 0:
            self._take_out(request)
        self._rooms.contact.report(request)
