"""Partners of a run: who gets which job, how it goes, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from sim.aftersales.context import Context
from sim.aftersales.requests import NOT_YET, Kind, Outcome, Request
from sim.aftersales.rooms import Partners, Rooms
from sim.books.charges import Charge, charged
from sim.clock import SECONDS_PER_DAY, Turn, at, day_of
from sim.partners.hired import Hired, hire
from sim.partners.jobs import PartnerJob, reveal
from sim.partners.review import review
from sim.streams import Purpose, uniform, uniform_fraction

_MONTH_DAYS: Final = 28
_IS_GIVEN, _WHICH, _RESPONSE, _SUCCEEDS = range(4)


class OutsidePartners(Partners):
    """Service agents outside the company (mechanism H16).

    A partner brings its own parts, comes at any hour, and needs two visits at most. What a customer has to pay goes to
    the partner, who then gets nothing from the house for the job. A job for which a part was ordered here stays here.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        facts, policy = context.facts, context.facts.policy.outsourcing
        self._policy = policy
        self._stream = context.stream(Purpose.PARTNERS)
        self._write_job = context.recorder.writer("partner_jobs")
        self._wait = round(policy.when_wait_exceeds_days * SECONDS_PER_DAY)
        share = 1.0 / max(len(policy.partner_ids), 1)
        self._hired = [hire(facts, facts.partner_ids.index(name), share) for name in policy.partner_ids]
        self._has_price = [mode.price > 0.0 for mode in facts.service.failure_modes]
        self._under_way: dict[int, PartnerJob] = {}
        self._full_day = -1
        """Last day on which all had as many jobs as they take."""

    def connect(self, rooms: Rooms) -> None:
        """Say whom it works with."""
        self._rooms = rooms

    def open(self) -> None:
        """See `Partners.open`."""
        if not self._hired:
            return
        self._schedule(_MONTH_DAYS, self._month_over)
        if self._policy.review is not None:
            self._schedule(self._policy.review.every_days, self._review)

    def takes(self, request: Request, offered_second: int) -> bool:
        """See `Partners.takes`."""
        if not self._hired or request.part_asked_second != NOT_YET:
            return False
        today = day_of(self._context.now)
        if today == self._full_day or not self._wants(request, offered_second):
            return False
        able = [hired for hired in self._hired if hired.can(request) and hired.is_free(today)]
        total = sum(hired.standing.share for hired in able)
        if not able or total <= 0.0:
            return False
        chosen = able[0] if len(able) == 1 else self._chosen(request, able, total)
        chosen.take(today)
        if not any(hired.is_free(today) for hired in self._hired):
            self._full_day = today
        self._hand_over(request, chosen)
        return True

    def _chosen(self, request: Request, able: list[Hired], total: float) -> Hired:
        """One of those who can do a job, each as likely as its share of a total."""
        left = self._fraction(request, _WHICH) * total
        for hired in able:
            left -= hired.standing.share
            if left < 0.0:
                return hired
        return able[-1]

    def close(self) -> None:
        """See `Partners.close`."""
        last_second = self._context.end_second - 1
        for job in self._under_way.values():
            hired = self._hired[job.partner]
            job.stamp(last_second, hired.manner_ppm)
            has_visited = job.visited_second <= last_second
            self._write(job, hired, 0, job.visited_second if has_visited else NOT_YET, NOT_YET)

    def _wants(self, request: Request, offered_second: int) -> bool:
        if offered_second < 0 or offered_second > self._context.now + self._wait:
            return True
        share = self._policy.share_of_jobs
        return share > 0.0 and not request.visits and self._fraction(request, _IS_GIVEN) < share

    def _hand_over(self, request: Request, hired: Hired) -> None:
        """Settle how the job will go."""
        now = self._context.now
        response = hired.response.seconds(self._draw(request, _RESPONSE))
        arrives, diagnosis, work = now + response, request.diagnosis_seconds, request.work_seconds
        visits, ends, seconds = 1, arrives + diagnosis + work, diagnosis + work
        is_able = hired.knows(request.true_skill)
        if not is_able:
            ends, seconds = arrives + diagnosis, diagnosis
        elif self._fraction(request, _SUCCEEDS) >= hired.facts.success_share:
            visits, ends, seconds = 2, ends + response + work, seconds + work
        request.partner = hired.index
        job = PartnerJob(self._hired.index(hired), request, now, arrives, ends, visits, is_able, seconds)
        self._under_way[request.number] = job
        if ends < self._context.end_second:
            at(self._context.environment, ends, Turn.WORK, partial(self._finish, job))

    def _finish(self, job: PartnerJob) -> None:
        """The last visit is over."""
        request, hired = job.request, self._hired[job.partner]
        del self._under_way[request.number]
        now = self._context.now
        job.stamp(now, hired.manner_ppm)
        amount = hired.price(job.work_seconds) if job.is_done and not self._is_billed(request) else 0
        self._write(job, hired, amount, job.visited_second, now)
        if not job.is_done:
            request.partner = -1
            reveal(request)
            self._rooms.field.admit(request)
            return
        self._context.recorder.charge(
            now, self._context.facts.station_centre[request.station], Charge.PARTNERS, 1, amount
        )
        hired.standing.note(visits=job.visits, is_on_time=now <= request.completion_due_second)
        if request.kind in (Kind.REPAIR, Kind.REWORK):
            self._rooms.quality.repaired(request, hired.facts.relapse_share)
            self._rooms.base.back_in_use(request)
        elif request.kind != Kind.STREAM:
            self._rooms.base.visited(request)
        self._context.register.close(request, Outcome.DONE_BY_PARTNER)

    def _is_billed(self, request: Request) -> bool:
        """Whether the customer pays for the repair."""
        is_covered = request.is_warranty or request.is_contract or request.is_goodwill
        return request.kind == Kind.REPAIR and not is_covered and self._has_price[request.mode]

    def _write(self, job: PartnerJob, hired: Hired, amount: int, visited: int, ended: int) -> None:
        is_over = ended != NOT_YET
        row = [
            hired.index, job.request.number, job.request.station, job.handed_second, visited, ended,
            job.visits if is_over else int(visited != NOT_YET), int(is_over and job.is_done),
            job.work_seconds if is_over else 0, amount,
        ]  # fmt: skip
        self._write_job(row)

    def _month_over(self) -> None:
        """Pay for jobs that were promised and not given."""
        for hired in self._hired:
            missing = hired.facts.minimum_jobs_per_month - hired.month_jobs
            if missing > 0:
                amount = charged(missing, hired.job_micro)
                self._context.recorder.charge(
                    self._context.now - 1, hired.centre, Charge.PARTNER_MINIMUM, missing, amount
                )
            hired.month_jobs = 0
        self._schedule(day_of(self._context.now) + _MONTH_DAYS, self._month_over)

    def _review(self) -> None:
        rules = self._policy.review
        assert rules is not None
        now = self._context.now
        rows = review([hired.standing for hired in self._hired], rules)
        for hired, row in zip(self._hired, rows, strict=True):
            self._context.recorder.add_row("partner_reviews", (now, hired.index, *row))
        self._schedule(day_of(now) + rules.every_days, self._review)

    def _schedule(self, day: int, action: Callable[[], None]) -> None:
        if day < self._context.world.days:
            at(self._context.environment, day * SECONDS_PER_DAY, Turn.PEOPLE, action)

    def _draw(self, request: Request, what: int) -> int:
        return uniform(self._stream, request.key, request.visits, what)

    def _fraction(self, request: Request, what: int) -> float:
        return uniform_fraction(self._stream, request.key, request.visits, what)
