"""What technicians can do, and how they learn it."""

from __future__ import annotations

from typing import Final

from scenarios import LEVELS
from sim.aftersales.context import Context
from sim.kernels.elementary import log, power

_LEAST_JOBS: Final = 1.0
"""Nobody is slower than at his first job."""


class Skills:
    """Levels and experience of technicians, and the factors that follow, kept ready per technician and skill.

    With `loops.skill` the time for a piece of work follows Wright (1936, Journal of the Aeronautical Sciences 3):
    it falls by the same share with each doubling of experience. Factors change when a day is over, not from job to
    job. Without the loop levels stay as they are, and experience is counted without any effect.
    """

    def __init__(self, context: Context) -> None:
        people = context.facts.service.people
        self._people = context.facts.technicians
        self._effects, self._learning, self._attrition = people.skill, people.learning, people.attrition
        self.is_learning = context.world.scenario.loops.skill
        self._exponent = float(log(self._learning.progress_ratio) / log(2.0))
        self.experience = [person.experience_jobs for person in self._people]
        """Jobs done by each technician, those before the first day included."""
        self.levels: list[list[int]] = [list(person.levels) for person in self._people]
        """(technicians, skills)"""
        self._towards = [[0.0] * len(person.levels) for person in self._people]
        count = len(self._people)
        self.minutes: list[list[float]] = [[] for _ in range(count)]
        """(technicians, skills + 1) time over the average; the last is for work of no particular skill."""
        self.success: list[list[float]] = [[] for _ in range(count)]
        """(technicians, skills + 1) repairs that hold."""
        self.relapse: list[list[float]] = [[] for _ in range(count)]
        """(technicians, skills + 1) repairs that fail again, over those of the best."""
        self._average_minutes: list[list[float]] = [[] for _ in range(count)]
        """(technicians, skills + 1) the same for somebody with reference experience and neutral morale."""
        for number in range(count):
            self.refresh(number, 1.0, 1.0)

    def done(self, technician: int, skill: int) -> None:
        """Count a job that is done."""
        self.experience[technician] += 1.0
        if self.is_learning and skill >= 0:
            self._towards[technician][skill] += 1.0

    def train(self, technician: int) -> int:
        """A day of training in the weakest skill; returns it, -1 without any."""
        levels = self.levels[technician]
        skill = min(
            (index for index, level in enumerate(levels) if level), key=lambda i: (levels[i], i), default=-1
        )
        if self.is_learning:
            self.experience[technician] += self._learning.jobs_per_training_day
            if skill >= 0:
                self._towards[technician][skill] += self._learning.jobs_per_training_day
        return skill

    def rise(self, technician: int) -> list[int]:
        """Raise levels for what was done since; returns the skills that rose."""
        towards, enough = self._towards[technician], self._learning.jobs_per_level
        if not self.is_learning or max(towards, default=0.0) < enough:
            return []
        levels = list(self.levels[technician])
        risen = [skill for skill, jobs in enumerate(towards) if jobs >= enough and 0 < levels[skill] < LEVELS]
        for skill in risen:
            towards[skill] -= enough
            levels[skill] += 1
        self.levels[technician] = levels
        return risen

    def replace(self, technician: int) -> None:
        """A recruit takes a position: some levels below the one who left, but with every skill, and new to it."""
        loss = self._attrition.recruit_level_loss
        self.levels[technician] = [max(level - loss, min(level, 1)) for level in self.levels[technician]]
        self._towards[technician] = [0.0] * len(self._towards[technician])
        self.experience[technician] = self._attrition.recruit_jobs

    def refresh(self, technician: int, minutes_factor: float, success_factor: float) -> None:
        """Work out the factors of a technician anew.

        Args:
            technician: whose.
            minutes_factor: what morale does to times.
            success_factor: what morale does to success.
        """
        effects, levels = self._effects, self.levels[technician]
        # work of no particular skill counts as the best one has; who has none in particular is as good as anybody
        positions = [max(level, 1) - 1 for level in levels] + [(max(levels, default=0) or LEVELS) - 1]
        self._average_minutes[technician] = [effects.minutes_factors[at] for at in positions]
        self.refresh_minutes(technician, minutes_factor)
        self.success[technician] = [min(effects.success_shares[at] * success_factor, 1.0) for at in positions]
        self.relapse[technician] = [effects.relapse_factors[at] for at in positions]

    def refresh_minutes(self, technician: int, minutes_factor: float) -> None:
        """Work out anew what experience changes every day; see `refresh`."""
        own = self._people[technician].minutes_factor * self._learnt(technician) * minutes_factor
        self.minutes[technician] = [own * average for average in self._average_minutes[technician]]

    def _learnt(self, technician: int) -> float:
        if not self.is_learning:
            return 1.0
        jobs = max(self.experience[technician], _LEAST_JOBS) / self._learning.reference_jobs
        return max(float(power(jobs, self._exponent)), self._learning.least_factor)
