"""A job at a partner's: two visits at most, stamped on the request."""

from __future__ import annotations

from dataclasses import dataclass

from sim.aftersales.requests import NOT_YET, Cause, Request


@dataclass(eq=False, slots=True)
class PartnerJob:
    """When a partner will be there, and when the job ends."""

    partner: int
    """Among those in use."""
    request: Request
    handed_second: int
    visited_second: int
    ended_second: int
    """End of the last visit."""
    visits: int
    is_done: bool
    """False where the partner lacks the skill that the failure takes: the job is handed back."""
    work_seconds: int

    def stamp(self, until_second: int, manner_ppm: int) -> None:
        """Write on the request what has happened by a second."""
        request = self.request
        if self.visited_second > until_second:
            return
        if request.first_arrived_second == NOT_YET:
            request.first_arrived_second = self.visited_second
        diagnosed = self.visited_second + request.diagnosis_seconds
        if request.diagnosed_second == NOT_YET and diagnosed <= until_second:
            request.diagnosed_second = diagnosed
        request.manner_ppm = manner_ppm
        if self.ended_second > until_second:
            request.visits += 1
            return
        request.visits += self.visits
        request.work_done_seconds += self.work_seconds
        if self.visits > 1 and request.first_cause == Cause.NONE:
            request.first_cause = int(Cause.FAILED_REPAIR)
        if not self.is_done:
            if request.first_cause == Cause.NONE:
                request.first_cause = int(Cause.WRONG_SKILL)
            return
        request.completed_second = request.settled_second = self.ended_second


def reveal(request: Request) -> None:
    """What was found on site takes the place of what was judged."""
    request.judged_mode, request.skill, request.level = request.mode, request.true_skill, request.true_level
    request.people, request.part = request.true_people, request.true_part
