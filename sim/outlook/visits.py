"""How many visits a request is expected to take, and how long each: the mean over all that can go wrong at one."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios import Distribution


@dataclass(frozen=True)
class Job:
    """A kind of request as `sim.field.visits` treats it; minutes are those of the people who do it."""

    people: int
    diagnosis: tuple[float, float]
    """Mean and variance of minutes of diagnosis, made once."""
    work: tuple[float, float]
    """Mean and variance of minutes of work at each attempt."""
    absent_share: float = 0.0
    """Visits at which nobody opens."""
    absent_minutes: float = 0.0
    """Wait then."""
    wrong_skill_share: float = 0.0
    """First visits by somebody who cannot do it."""
    declined_share: float = 0.0
    """Customers who decline the quote."""
    quote_minutes: float = 0.0
    """Mean time for a quote, 0 for those that get none."""
    missing_part_share: float = 0.0
    """Of the visits at which the part would be put in from the van, those at which it is not there."""
    failed_share: float = 0.0
    """Attempts that do not hold."""
    settle_minutes: float = 0.0
    """Acceptance and payment, after the last visit."""


@dataclass(frozen=True)
class VisitMoments:
    """Visits of one request, and sums of their minutes at the customer's over all people sent."""

    visits: float
    minutes: float
    squares: float
    """Sum of the squares of the minutes of each visit."""
    minutes_waited: float
    """Part of the minutes in which nobody opened."""


def minutes_of(distribution: Distribution, factor: float) -> tuple[float, float]:
    """Mean and variance of a duration times the factor of those who do the work."""
    return distribution.mean() * factor, distribution.variance() * factor * factor


def expected_visits(job: Job) -> VisitMoments:
    """The moments of a request's visits; draws of different visits are taken as independent.

    The first time that somebody opens there is a diagnosis; then the skill may be wrong, the quote declined, the part
    missing, or the repair done, which fails with the same probability at every attempt. Before each of these visits
    nobody may have opened, a geometric number of times. Visits that end for want of a skill or a part are followed
    by one that has it.
    """
    wrong, declined, missing, failed = (
        job.wrong_skill_share, job.declined_share, job.missing_part_share, job.failed_share,
    )  # fmt: skip
    at_once = (1.0 - wrong) * (1.0 - declined) * (1.0 - missing)
    attempts = (1.0 - declined) / max(1.0 - failed, 1e-9)
    settled = job.settle_minutes * (1.0 - failed)
    diagnosis, diagnosis_variance = job.diagnosis
    work, work_variance = job.work
    # (expected number, mean minutes, variance of minutes) of each kind of visit at which somebody opened
    kinds = (
        (1.0 - at_once, diagnosis + job.quote_minutes * (1.0 - wrong), diagnosis_variance),
        (at_once, diagnosis + job.quote_minutes + work + settled, diagnosis_variance + work_variance),
        (wrong * (declined + (1.0 - declined) * missing), job.quote_minutes, 0.0),
        (max(attempts - at_once, 0.0), work + settled, work_variance),
    )
    opened = sum(number for number, _, _ in kinds)
    absent = opened * job.absent_share / max(1.0 - job.absent_share, 1e-9)
    minutes = sum(number * mean for number, mean, _ in kinds) + absent * job.absent_minutes
    squares = sum(number * (mean * mean + variance) for number, mean, variance in kinds)
    squares += absent * job.absent_minutes**2
    people = float(job.people)
    return VisitMoments(
        opened + absent, people * minutes, people * people * squares, people * absent * job.absent_minutes
    )


__all__ = ["Job", "VisitMoments", "expected_visits", "minutes_of"]
