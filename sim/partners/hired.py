"""Partners in use: what they can do, what they ask for, and how much they have on hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scenarios import Partner
from sim.aftersales.context import per_second_micro
from sim.aftersales.facts import ServiceFacts
from sim.aftersales.requests import Request
from sim.books.charges import charged
from sim.books.terms import in_micro
from sim.clock import SECONDS_PER_DAY
from sim.durations import Durations
from sim.partners.review import Standing

_MILLION: Final = 1_000_000
_NOBODY_HAS: Final = -2


@dataclass(eq=False, slots=True)
class Hired:
    """A partner in use, what it asks for, and how much it has on hand."""

    index: int
    """Among the partners of the scenario."""
    facts: Partner
    skills: frozenset[int]
    """Empty where it has all."""
    stations: frozenset[int]
    """Empty where it serves all."""
    centre: int
    """In whose books its minimum is paid."""
    response: Durations
    job_micro: int
    second_micro: float
    """Tariffs in millionths of a minor unit, per job and per second of work."""
    manner_ppm: int
    standing: Standing
    taken_day: int = -1
    taken: int = 0
    """Jobs taken on that day."""
    month_jobs: int = 0

    def can(self, request: Request) -> bool:
        """Whether it has the skill that the job is thought to take, and serves the place."""
        return self.knows(request.skill) and (not self.stations or request.station in self.stations)

    def knows(self, skill: int) -> bool:
        """Whether it has a skill."""
        return skill < 0 or not self.skills or skill in self.skills

    def is_free(self, day: int) -> bool:
        """Whether it takes one more job on a day."""
        taken = self.taken if self.taken_day == day else 0
        return taken < self.facts.jobs_per_day

    def take(self, day: int) -> None:
        """Count a job that it takes."""
        self.taken = self.taken + 1 if self.taken_day == day else 1
        self.taken_day = day
        self.month_jobs += 1

    def price(self, work_seconds: int) -> int:
        """What it gets for a job, minor units."""
        return charged(1, self.job_micro) + charged(work_seconds, self.second_micro)


def hire(facts: ServiceFacts, index: int, share: float) -> Hired:
    """Take a partner into use.

    Args:
        facts: of after-sales service.
        index: of the partner among those of the scenario.
        share: of the jobs, to begin with.
    """
    partner = facts.service.partners[index]
    # a territory whose station is closed, or a skill that nothing takes, is as good as none
    stations = [facts.station_ids.index(name) for name in partner.station_ids if name in facts.station_ids]
    skills = [facts.skill(name) for name in partner.skill_ids if name in facts.skill_ids]
    return Hired(
        index=index,
        facts=partner,
        skills=frozenset(skills or ([_NOBODY_HAS] if partner.skill_ids else [])),
        stations=frozenset(stations or ([_NOBODY_HAS] if partner.station_ids else [])),
        centre=facts.station_centre[stations[0]] if stations else 0,
        response=Durations(partner.response_days, SECONDS_PER_DAY),
        job_micro=in_micro(partner.price_per_job),
        second_micro=per_second_micro(partner.price_per_hour),
        manner_ppm=round(partner.manner * _MILLION),
        standing=Standing(partner, share),
    )
