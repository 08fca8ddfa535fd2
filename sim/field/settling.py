"""After a visit: what is written down, charged, asked for and told to others."""

from __future__ import annotations

from typing import Final

from sim.aftersales.context import Context
from sim.aftersales.requests import NOBODY, NOT_YET, Cause, Kind, Outcome, PartSource
from sim.aftersales.rooms import Rooms
from sim.aftersales.tables import SERVICE_TABLES
from sim.books.charges import Charge, charged
from sim.books.terms import in_micro
from sim.field.jobs import Stage
from sim.field.visits import AtTheCustomer, Visit

_METRES_PER_KM: Final = 1_000
_COLUMNS: Final = SERVICE_TABLES["visits"]
_TIMES: Final = slice(_COLUMNS.index("departed_second"), _COLUMNS.index("ended_second") + 1)
# Members of enumerations are looked up slowly, and these are needed at every step.
_ABSENT: Final = Cause.ABSENT
_DEFECTIVE_PART: Final = Cause.DEFECTIVE_PART
_DECLINED: Final = Cause.DECLINED
_NO_CAUSE: Final = Cause.NONE
_REPAIRS: Final = (int(Kind.REPAIR), int(Kind.REWORK))
_STREAM: Final = int(Kind.STREAM)
_NO_PART: Final = int(PartSource.NONE)
_DONE: Final = int(Outcome.DONE)
_DECLINED_QUOTE: Final = int(Outcome.DECLINED)
_CONSUMABLES: Final = Charge.CONSUMABLES
_REPAIRS_SOLD: Final = Charge.REPAIRS_SOLD
_PARTS_SOLD: Final = Charge.PARTS_SOLD


class Settling:
    """Ends visits."""

    def __init__(self, context: Context, customers: AtTheCustomer) -> None:
        self._context, self._customers = context, customers
        self._charge, self._register = context.recorder.charge, context.register
        self._write = context.recorder.writer("visits")
        costs = context.world.scenario.costs.service
        self._consumables_minor = charged(1, in_micro(costs.consumables_per_job))
        self._fee_minor = charged(1, in_micro(costs.visit_fee))
        self._micro_per_metre = in_micro(costs.van_per_km) / _METRES_PER_KM
        self._centre_of = context.facts.station_centre
        self._relapse_share = context.facts.service.repair.relapse_share

    def connect(self, rooms: Rooms) -> None:
        """Say who is told."""
        self._rooms = rooms

    def van_driven(self, station: int, second: int, metres: int) -> None:
        """Charge what a technician has driven on a day; the way home from the last evening still counts to the run."""
        second = min(second, self._context.end_second - 1)
        if metres and self._micro_per_metre:
            amount = charged(metres, self._micro_per_metre)
            self._charge(second, self._centre_of[station], Charge.VAN_DISTANCE, metres, amount)

    def write_row(self, visit: Visit, overtime_seconds: int, end_second: int | None = None) -> None:
        """Write the row of a visit; of one that is under way when the run ends, what has happened by then."""
        job, helper = visit.job, visit.helper
        request = job.request
        is_late = NOT_YET != request.promised_until_second < visit.arrived_second
        row = [
            request.number, request.visits, visit.worker.number, NOBODY if helper is None else helper.number,
            visit.worker.station, visit.departed_second, visit.arrived_second, visit.began_second,
            visit.diagnosed_second, visit.ended_second, visit.metres + visit.helper_metres, visit.driving_seconds,
            visit.cause, visit.part, visit.part_source, is_late, request.is_redispatched, overtime_seconds,
        ]  # fmt: skip
        if end_second is not None:
            row[_TIMES] = [second if second < end_second else NOT_YET for second in row[_TIMES]]
        self._write(row)

    def settle(self, visit: Visit, overtime_seconds: int) -> None:
        """Have everybody know how a visit that is over went, short of seeing to the next one."""
        worker, cause = visit.worker, visit.cause
        request, now = visit.job.request, visit.ended_second
        self.write_row(visit, overtime_seconds)
        request.visits += 1
        request.technician = worker.number
        if request.first_arrived_second == NOT_YET:
            request.first_arrived_second = visit.arrived_second
        request.driving_seconds += visit.driving_seconds
        people = self._rooms.workforce
        skill, is_fixed = request.true_skill, cause is _NO_CAUSE
        request.manner_ppm = people.manner_ppm(worker.number)
        if cause is not _ABSENT:
            hands = 1 if visit.helper is None else 2
            request.work_done_seconds += hands * (now - visit.began_second)
            request.last_level = worker.levels[skill] if skill >= 0 else worker.best_level
            # what the job really takes is known from now on; what triage thought stays on record
            if request.diagnosed_second == NOT_YET:
                request.diagnosed_second = visit.diagnosed_second
            request.skill, request.level = skill, request.true_level
            request.people, request.part = request.true_people, request.true_part
            if self._consumables_minor:
                centre = self._centre_of[worker.station]
                self._charge(now, centre, _CONSUMABLES, 1, self._consumables_minor)
        if not is_fixed and not request.first_cause:
            request.first_cause = cause
        if visit.part != NOBODY and visit.part_source != _NO_PART:
            self._rooms.parts.take_back(request, visit.part)
            if cause is not _DEFECTIVE_PART:
                # it is in, and stays in even if the repair has to be done again
                request.part = request.true_part = NOBODY
        for person in (worker,) if visit.helper is None else (worker, visit.helper):
            person.visits += 1
            if is_fixed:
                person.fixed += 1
            else:
                person.failed += 1
            people.done(person.number, skill, request, is_fixed=is_fixed)

    def close(self, visit: Visit) -> None:
        """End a request that needs no more visits."""
        request, now, centre = visit.job.request, visit.ended_second, self._centre_of[visit.worker.station]
        visit.job.stage = Stage.GONE
        if visit.cause is _DECLINED:
            request.completed_second = request.settled_second = now
            if self._fee_minor:
                request.paid_minor = self._fee_minor
                self._charge(now, centre, Charge.VISIT_FEES, 1, self._fee_minor)
            self._rooms.base.back_in_use(request)
            self._register.close(request, _DECLINED_QUOTE)
            return
        request.completed_second, request.settled_second = visit.repaired_second, now
        if visit.is_paid_for:
            request.paid_minor = request.quote_minor
            work = self._customers.work_price_minor[request.mode] if request.mode >= 0 else 0
            if work:
                self._charge(now, centre, _REPAIRS_SOLD, 1, work)
            if request.quote_minor > work:
                self._charge(now, centre, _PARTS_SOLD, 1, request.quote_minor - work)
        rooms, share = self._rooms, self._relapse_share
        if request.kind in _REPAIRS:
            if share:
                share = min(
                    1.0, share * rooms.workforce.relapse_factor(visit.worker.number, request.true_skill)
                )
            rooms.quality.repaired(request, share)
            rooms.base.back_in_use(request)
        elif request.kind != _STREAM:
            rooms.base.visited(request)
        self._register.close(request, _DONE)
