"""Field service of a run."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from sim.aftersales.context import Context
from sim.aftersales.requests import NOT_YET, Cause, Request, Urgency
from sim.aftersales.rooms import Field, Rooms
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.field.appointments import NO_WINDOW, AppointmentBook
from sim.field.dispatch import Dispatcher
from sim.field.jobs import Expectations, Job, Stage, priority_of
from sim.field.outlook import Outlook
from sim.field.punctuality import Promises
from sim.field.roads import ServiceRoads
from sim.field.settling import Settling
from sim.field.shifts import Shifts
from sim.field.visits import AtTheCustomer, Visit
from sim.field.workers import Worker
from sim.streams import entity_key

_PART_NEEDED: Final = (Cause.MISSING_PART, Cause.DEFECTIVE_PART)
_AT_AN_END: Final = (Cause.NONE, Cause.DECLINED)
# Members of enumerations are looked up slowly, and these are needed at every step.
_BOOKED: Final = Stage.BOOKED
_WAITING: Final = Stage.WAITING
_PLANNED: Final = Stage.PLANNED
_PART: Final = Stage.PART
_GONE: Final = Stage.GONE
_WRONG_SKILL: Final = Cause.WRONG_SKILL
_URGENT: Final = int(Urgency.URGENT)


class FieldService(Field):
    """Takes requests in, and sees to them until they are done."""

    def __init__(self, context: Context) -> None:
        facts = context.facts
        self._context, self._rule = context, facts.policy.dispatch.rule
        # The clock is read straight from its attribute, as in `sim.stations`.
        self._environment: Any = context.environment
        roads = ServiceRoads(facts.service.roads)
        self._workers = [
            Worker(person, entity_key(person.id), context.environment) for person in facts.technicians
        ]
        self._customers = AtTheCustomer(context, roads)
        self._draws = self._customers.draws
        self._settling = Settling(context, self._customers)
        self._shifts = Shifts(context, roads, self._customers.draws, self._settling, self._workers)
        self._dispatcher = Dispatcher(
            context, roads, self._customers, self._settling, self._shifts, self._workers
        )
        self._expectations = Expectations(facts)
        self._jobs: dict[int, Job] = {}
        terms = facts.policy.appointments
        self._book = (
            None
            if terms is None
            else AppointmentBook(context, terms, self._workers, self._expectations.least_seconds)
        )
        self._urgent_wait = terms is not None and not terms.urgent_same_day
        self._promises = Promises(context, self._dispatcher.wait, self._late)
        self._plans_days = facts.policy.dispatch.plan != "when_free"
        self._redispatches = facts.policy.dispatch.when_late == "redispatch"
        self._outlook = Outlook(context, self._workers)
        self._asks_partners = bool(facts.policy.outsourcing.partner_ids)

    def connect(self, rooms: Rooms) -> None:
        """Say whom it works with."""
        self._rooms = rooms
        self._customers.connect(rooms)
        self._settling.connect(rooms)
        self._shifts.connect(rooms, self._dispatcher.freed, self._dispatcher.gone)
        self._dispatcher.connect(self._visit_over)
        self._outlook.connect(rooms)
        if self._book is not None:
            self._book.connect(rooms)

    def open(self) -> None:
        """See `Field.open`."""
        if self._workers:
            self._open_day(0)

    def admit(self, request: Request) -> None:
        """See `Field.admit`."""
        if request.station >= 0:
            self._admit(request, is_rebooked=False)
        else:  # no station is open: nobody comes, unless a partner does
            self._rooms.partners.takes(request, -1)

    def _admit(self, request: Request, *, is_rebooked: bool) -> None:
        """Promise a visit, or hand the request to a partner; what is rebooked has been to no avail, urgent or not."""
        job = self._jobs.get(request.number)
        if job is None:
            job = Job(request)
        job.needs = (request.skill, request.level, request.people)
        job.expected_seconds = self._expectations.seconds(request)
        book = self._book
        if not (self._urgent_wait or is_rebooked) and request.judged_urgency == _URGENT:
            book = None
        seconds = 0 if book is None else job.expected_seconds + self._outlook.drive_seconds(request.station)
        now: int = self._environment._now
        window = NO_WINDOW if book is None else book.first_offer(job, seconds, now)
        if self._asks_partners:
            if book is not None:
                offered = -1 if window == NO_WINDOW else book.begins[window]
            elif self._dispatcher.is_anybody_free(job):
                offered = now
            else:
                offered = self._outlook.first_second(job, now)
            if self._rooms.partners.takes(request, offered):
                job.stage = _GONE
                self._jobs.pop(request.number, None)
                return
        self._jobs[request.number] = job
        job.draws = self._draws.of(request)
        self._outlook.admitted(job)
        is_booked = book is not None and book.book(job, seconds, window, now)
        job.priority = priority_of(request, self._rule)
        if is_booked:
            job.stage = _BOOKED
            self._promises.add(job)
        else:
            self._dispatcher.wait(job)

    def part_ready(self, request: Request) -> None:
        """See `Field.part_ready`."""
        request.part_ready_second = self._context.now
        job = self._jobs.get(request.number)
        if job is not None:
            job.has_part = True
            if job.stage is _PART:
                self.admit(request)

    def available(self, technician: int, is_employed: bool) -> None:
        """See `Field.available`; when people are there, their duties say."""
        del is_employed
        self._workers[technician].set_levels(self._rooms.workforce.levels(technician))
        if self._book is not None:
            self._book.people_changed()

    def close(self) -> None:
        """See `Field.close`."""
        self._dispatcher.close(self._context.end_second)
        self._shifts.close()

    def _open_day(self, day: int) -> None:
        self._shifts.open_day(day)
        tomorrow = (day + 1) * SECONDS_PER_DAY
        if self._plans_days:
            self._dispatcher.plan_day(job for job in self._jobs.values() if _is_for_day(job, tomorrow))
        if tomorrow < self._context.end_second:
            # before shifts that begin at midnight, after people have settled who comes
            at(self._context.environment, tomorrow, Turn.SHIFT_END, partial(self._open_day, day + 1))

    def _late(self, job: Job) -> None:
        """Nobody has begun a job in its window: an exception, of which the customer may hear."""
        request = job.request
        request.exceptions += 1
        self._rooms.contact.inform(request)
        if self._redispatches and job.stage in (_WAITING, _PLANNED) and not request.is_redispatched:
            request.is_redispatched = True
            self._dispatcher.redispatch(job)

    def _visit_over(self, visit: Visit, overtime_seconds: int) -> None:
        job = visit.job
        request = job.request
        self._outlook.visited(visit)
        self._settling.settle(visit, overtime_seconds)
        if visit.cause in _AT_AN_END:
            del self._jobs[request.number]
            self._settling.close(visit)
        elif visit.cause in _PART_NEEDED:
            job.stage = _PART
            request.promised_from_second = request.promised_until_second = NOT_YET
            if request.part_asked_second == NOT_YET:
                request.part_asked_second = self._context.now
            self._rooms.parts.ask(request, request.true_part)
        else:
            request.promised_from_second = request.promised_until_second = NOT_YET
            self._admit(request, is_rebooked=visit.cause is not _WRONG_SKILL)


def _is_for_day(job: Job, tomorrow: int) -> bool:
    """Whether a job can be visited before tomorrow."""
    return job.stage is _WAITING or (job.stage is _BOOKED and job.request.promised_from_second < tomorrow)
