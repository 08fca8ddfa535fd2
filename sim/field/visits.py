"""Visits: all that happens from leaving for a customer to leaving him again."""

from __future__ import annotations

from typing import Final

from sim.aftersales.context import Context
from sim.aftersales.requests import NOBODY, NOT_YET, Cause, Kind, PartSource, Request
from sim.aftersales.rooms import Rooms
from sim.axes import to_minor
from sim.durations import spread_of
from sim.field.draws import DrawsOfVisits
from sim.field.jobs import SECONDS_PER_MINUTE, Job
from sim.field.roads import ServiceRoads, place_at
from sim.field.workers import Worker

_BROKEN: Final = (Kind.REPAIR, Kind.REWORK)
# Members of enumerations are looked up slowly, and these are needed at every step.
_ABSENT: Final = Cause.ABSENT
_WRONG_SKILL: Final = Cause.WRONG_SKILL
_MISSING_PART: Final = Cause.MISSING_PART
_FAILED_REPAIR: Final = Cause.FAILED_REPAIR
_DEFECTIVE_PART: Final = Cause.DEFECTIVE_PART
_DECLINED: Final = Cause.DECLINED
_NO_CAUSE: Final = Cause.NONE
_REPAIR: Final = int(Kind.REPAIR)
_NO_PART: Final = int(PartSource.NONE)
_VAN: Final = int(PartSource.VAN)


class Visit:
    """One visit; its times are known when it begins, as nothing from outside interferes with it."""

    __slots__ = (
        "arrived_second", "began_second", "cause", "departed_second", "diagnosed_second", "driving_seconds",
        "ended_second", "helper", "helper_arrived_second", "helper_departed_second", "helper_metres", "is_paid_for",
        "job", "metres", "part", "part_source", "repaired_second", "worker",
    )  # fmt: skip

    def __init__(self, job: Job, worker: Worker, departed_second: int) -> None:
        """Set out.

        Args:
            job: what for.
            worker: who goes.
            departed_second: when he leaves.
        """
        self.job, self.worker, self.departed_second = job, worker, departed_second
        self.helper: Worker | None = None
        self.arrived_second = self.began_second = self.ended_second = departed_second
        self.helper_departed_second = self.helper_arrived_second = departed_second
        self.diagnosed_second = self.repaired_second = NOT_YET
        self.metres = self.helper_metres = 0
        self.driving_seconds = 0
        """Of both."""
        self.cause = _NO_CAUSE
        self.part, self.part_source = NOBODY, _NO_PART
        self.is_paid_for = False
        """The customer pays and has accepted the quote."""


class AtTheCustomer:
    """Works out how visits go."""

    def __init__(self, context: Context, roads: ServiceRoads) -> None:
        facts, service = context.facts, context.facts.service
        repair, skill = service.repair, service.people.skill
        is_certain = (
            repair.absent_share == 0.0
            and min(skill.success_shares) >= 1.0
            and not context.world.scenario.loops.morale
        )
        terms = facts.policy.appointments
        self.draws = DrawsOfVisits(
            context,
            are_needed=not is_certain
            or roads.coefficient_of_variation > 0.0
            or repair.quote_half_price > 0.0
            or (terms is not None and terms.acceptance_share < 1.0),
        )
        self._roads = roads
        self._stations = [
            place_at(float(north), float(east))
            for north, east in zip(facts.station_latitude, facts.station_longitude, strict=True)
        ]
        self._absent_share = repair.absent_share
        self._absent_wait, self._quote_time, self._settle_time = (
            round(minutes * SECONDS_PER_MINUTE)
            for minutes in (repair.absent_wait_minutes, repair.quote_minutes, repair.settle_minutes)
        )
        self._half_price = int(to_minor(repair.quote_half_price))
        self._sensitivity = [segment.price_sensitivity for segment in service.segments]
        self.work_price_minor = [int(to_minor(mode.price)) for mode in service.failure_modes]
        self._part_price_minor = (
            [] if service.parts is None else [int(price) for price in to_minor(service.parts.parts["price"])]
        )

    def connect(self, rooms: Rooms) -> None:
        """Say who has parts and how well people work."""
        self._parts, self._people = rooms.parts, rooms.workforce

    def set_out(self, visit: Visit) -> None:
        """Work out the whole visit: its times, and why it does not end the request if it does not.

        Parts come from the technician's own van or lie ready for this job, so they can be taken now.
        """
        job, worker, helper = visit.job, visit.worker, visit.helper
        request, roads = job.request, self._roads
        _, absent, success, answer, travel, travel_of_helper = job.draws
        variation = roads.coefficient_of_variation
        metres = self._metres(worker, job)
        driving = roads.seconds(metres, visit.departed_second, spread_of(variation, travel)) if metres else 0
        visit.metres, visit.driving_seconds = metres, driving
        arrived = began = visit.departed_second + driving
        visit.arrived_second = arrived
        if helper is not None:
            # who still works elsewhere comes from there
            start = helper.next_place
            leaves = visit.helper_departed_second
            visit.helper_metres = roads.metres(start, job.place)
            driving = roads.seconds(visit.helper_metres, leaves, spread_of(variation, travel_of_helper))
            visit.helper_arrived_second = leaves + driving
            visit.driving_seconds += driving
            began = max(arrived, visit.helper_arrived_second)
        visit.began_second = began
        if absent < self._absent_share:
            visit.cause = _ABSENT
            visit.ended_second = began + self._absent_wait
            return
        if request.diagnosis_seconds and request.diagnosed_second == NOT_YET:
            factor = self._people.minutes_factor(worker.number, request.skill)
            began += round(request.diagnosis_seconds * factor)
        visit.diagnosed_second = began
        visit.ended_second = self._after_diagnosis(visit, request, success, answer)

    def _metres(self, worker: Worker, job: Job) -> int:
        """Way to a job; a part that has come since the shift began is fetched from the station first."""
        assert worker.duty is not None
        if job.has_part and job.request.part_ready_second > worker.duty.starts_second:
            station = self._stations[job.request.station]
            return self._roads.metres(worker.place, station) + self._roads.metres(station, job.place)
        return self._roads.metres(worker.place, job.place)

    def _after_diagnosis(self, visit: Visit, request: Request, success: float, answer: float) -> int:
        """Second at which they leave the customer."""
        worker, now = visit.worker, visit.diagnosed_second
        skill = request.true_skill
        if (skill >= 0 and worker.levels[skill] < request.true_level) or (
            request.true_people > 1 and visit.helper is None
        ):
            visit.cause = _WRONG_SKILL
            return now
        # most repairs are free, which is seen at once
        price = 0 if request.is_warranty or request.is_contract else self._price(request)
        if price:
            visit.is_paid_for = True
            if not request.quote_minor:
                now += self._quote_time
                request.quote_minor = price
                if answer >= self._acceptance(request):
                    visit.is_paid_for = False
                    visit.cause = _DECLINED
                    return now
        part = request.true_part
        if part != NOBODY:
            visit.part = part
            if visit.job.has_part:
                visit.job.has_part = False
                visit.part_source = self._parts.take_set_aside(worker.number, request)
            elif self._parts.take_from_van(worker.number, part, request):
                visit.part_source = _VAN
            else:
                visit.cause = _MISSING_PART
                return now
        now += round(request.work_seconds * self._people.minutes_factor(worker.number, skill))
        if part != NOBODY and self._parts.is_defective(request):
            visit.cause = _DEFECTIVE_PART
            return now
        if request.kind in _BROKEN and success >= self._people.success_share(worker.number, skill):
            visit.cause = _FAILED_REPAIR
            return now
        visit.repaired_second = now
        return now + self._settle_time

    def _price(self, request: Request) -> int:
        """What the customer pays for the repair and the part, minor units; 0 where it is free."""
        if request.kind != _REPAIR or request.is_warranty or request.is_contract or request.is_goodwill:
            return 0
        if request.quote_minor:
            return request.quote_minor
        work = self.work_price_minor[request.mode] if request.mode >= 0 else 0
        return work + (self._part_price_minor[request.true_part] if request.true_part >= 0 else 0)

    def _acceptance(self, request: Request) -> float:
        """Share that accept a quote: 1 / (1 + (quote / half price) ** 2), to the power of the sensitivity to prices."""
        if not self._half_price:
            return 1.0
        quote = request.quote_minor / self._half_price
        share = 1.0 / (1.0 + quote * quote)
        if request.segment >= 0:
            share **= self._sensitivity[request.segment]
        return share
