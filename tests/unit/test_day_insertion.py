"""Cheapest insertion against a plain reading of the rule, on random days."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from optimize.routing.day_insertion import DayArrays, insert_cheapest

NO_LIMIT = 1 << 60


def random_day(seed: int) -> DayArrays:
    chance = np.random.default_rng(seed)
    people, jobs = int(chance.integers(1, 7)), int(chance.integers(1, 25))
    points = chance.uniform(0, 3_600, (people + jobs + people, 2))
    opens = chance.integers(0, 20_000, jobs)
    return DayArrays(
        drive=np.rint(np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))).astype(np.int64),
        starts=chance.integers(0, 3_000, people),
        latest=np.full(people, 34_000),
        pause=chance.choice([0, 3_600], people),
        pause_from=np.full(people, 15_000),
        can_do=chance.random((people, jobs)) < 0.7,
        opens=opens,
        until=np.where(chance.random(jobs) < 0.3, NO_LIMIT, opens + chance.integers(3_000, 15_000, jobs)),
        work=chance.integers(600, 6_000, jobs),
    )


def plainly(day: DayArrays, sequences: Sequence[Sequence[int]], frozen: Sequence[int]) -> list[list[int]]:
    """The rule word by word."""
    people, jobs = len(day.starts), len(day.work)
    planned = [list(sequence) for sequence in sequences]
    left = [job for job in range(jobs) if all(job not in sequence for sequence in planned)]
    for job in sorted(left, key=lambda job: (day.until[job], job)):
        places = []
        for one in range(people):
            for at in range(frozen[one], len(planned[one]) + 1):
                way = [one, *(people + other for other in planned[one]), people + jobs + one]
                longer = [*way[: at + 1], people + job, *way[at + 1 :]]
                more = sum(day.drive[a, b] for a, b in pairwise(longer))
                less = sum(day.drive[a, b] for a, b in pairwise(way))
                if day.can_do[one, job]:
                    places.append((more - less, one, at))
        for _, one, at in sorted(places):
            longer = [*planned[one][:at], job, *planned[one][at:]]
            if in_time(day, one, longer):
                planned[one] = longer
                break
    return planned


def in_time(day: DayArrays, one: int, sequence: Sequence[int]) -> bool:
    second, place, pause = day.starts[one], one, day.pause[one]
    for job in sequence:
        if pause and second >= day.pause_from[one]:
            second, pause = second + pause, 0
        second = max(second, day.opens[job]) + day.drive[place, len(day.starts) + job]
        if second > day.until[job] or second + day.work[job] > day.latest[one]:
            return False
        second, place = second + day.work[job], len(day.starts) + job
    return True


@pytest.mark.parametrize("seed", range(25))
def test_it_does_what_the_rule_says(seed: int) -> None:
    day = random_day(seed)
    nothing: list[list[int]] = [[] for _ in day.starts]
    early = day._replace(can_do=day.can_do & (np.arange(len(day.work)) < len(day.work) // 2))
    begun = insert_cheapest(early, nothing, [0] * len(nothing))
    assert begun == plainly(early, nothing, [0] * len(nothing))
    frozen = [(seed + number) % (len(sequence) + 1) for number, sequence in enumerate(begun)]
    assert insert_cheapest(day, begun, frozen) == plainly(day, begun, frozen)
