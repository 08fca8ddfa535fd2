"""The scorecard of technicians (mechanism H8): what a period showed of each, in hundredths of a point."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Final

from scenarios import TechnicianReview
from sim.aftersales.context import Context
from sim.aftersales.requests import NOT_YET, Request

_FULL: Final = 10_000
"""A hundred points."""
_SECONDS_PER_HOUR: Final = 3_600


class Scores:
    """Reviews of technicians.

    Quality is the share of visits after which the customer had what he came for, less repairs that failed again or that
    an inspection found bad; efficiency jobs per hour of shift, and growth experience gained, each against the mean of
    all who were reviewed (50 points, at most 100); satisfaction half the manner, half the promises kept.
    """

    def __init__(self, context: Context, rules: TechnicianReview) -> None:
        self._write = context.recorder.writer("technician_scores")
        self._rules = rules
        count = len(context.facts.technicians)
        self._visits, self._fixed, self._kept = [0] * count, [0] * count, [0] * count
        self._manner, self._shift, self._again = [0] * count, [0] * count, [0] * count
        self._experience = [0.0] * count
        self._failing: list[tuple[int, int]] = []

    def start(self, technician: int, experience_jobs: float) -> None:
        """Somebody begins, or a period does."""
        for total in (self._visits, self._fixed, self._kept, self._manner, self._shift, self._again):
            total[technician] = 0
        self._experience[technician] = experience_jobs

    def visited(self, technician: int, request: Request, manner_ppm: int, *, is_fixed: bool) -> None:
        """Take note of a visit."""
        due = request.promised_until_second
        if due == NOT_YET:
            due = request.response_due_second
        self._visits[technician] += 1
        self._fixed[technician] += is_fixed
        self._manner[technician] += manner_ppm
        self._kept[technician] += due == NOT_YET or request.first_arrived_second <= due

    def worked(self, technician: int, shift_seconds: int) -> None:
        """Take note of a day at work."""
        self._shift[technician] += shift_seconds

    def fails_again(self, technician: int, second: int) -> None:
        """A repair turns out bad at a second, which may be still to come; it counts from then on."""
        heappush(self._failing, (second, technician))

    def review(self, second: int, experience: list[float]) -> None:
        """Write down the scores of all who had a visit, and begin a new period."""
        while self._failing and self._failing[0][0] <= second:
            self._again[heappop(self._failing)[1]] += 1
        seen = [technician for technician, visits in enumerate(self._visits) if visits]
        pace = [
            self._fixed[number] / max(self._shift[number] / _SECONDS_PER_HOUR, 1.0)
            for number in range(len(experience))
        ]
        gained = [max(now - before, 0.0) for now, before in zip(experience, self._experience, strict=True)]
        mean_pace, mean_gain = (
            sum(values[number] for number in seen) / max(len(seen), 1) for values in (pace, gained)
        )
        rules = self._rules
        total = (
            rules.satisfaction_weight + rules.quality_weight + rules.efficiency_weight + rules.growth_weight
        )
        for number in seen:
            visits = self._visits[number]
            satisfaction = (self._manner[number] / 1_000_000 + self._kept[number]) / (2 * visits)
            quality = max(self._fixed[number] - self._again[number], 0) / visits
            efficiency, growth = _against(pace[number], mean_pace), _against(gained[number], mean_gain)
            score = (
                rules.satisfaction_weight * satisfaction
                + rules.quality_weight * quality
                + rules.efficiency_weight * efficiency
                + rules.growth_weight * growth
            )
            parts = (satisfaction, quality, efficiency, growth, score / total if total > 0 else 0.0)
            self._write([second, number, *(round(part * _FULL) for part in parts)])
        for number, jobs in enumerate(experience):
            self.start(number, jobs)


def _against(value: float, mean: float) -> float:
    """Half for what is usual, 1 for twice as much and more."""
    return min(value / mean, 2.0) / 2.0 if mean > 0.0 else 0.5
