"""Jobs that wait in a district, kept so that the best one for somebody is found without looking at all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from heapq import heappop, heappush
from math import inf
from typing import Final

from scenarios import DispatchRule
from sim.field.jobs import Job, Needs, Stage
from sim.field.workers import Worker

Fits = Callable[[Worker, Job], bool]
"""Whether somebody who is free would be done with a job in time."""

LOOKED_AT: Final = 8
"""So many of the first jobs of a kind are looked at for one that can still be done today."""
# Members of enumerations are looked up slowly, and these are needed at every step.
_WAITING: Final = Stage.WAITING


class Waiting(ABC):
    """Jobs that wait for somebody."""

    @abstractmethod
    def put(self, job: Job) -> None:
        """Add a job."""

    @abstractmethod
    def take(self, worker: Worker, fits: Fits) -> Job | None:
        """The best job for somebody, if there is one; it is out as soon as its stage changes."""


_LAST: tuple[int, ...] = ()
_Entry = tuple[tuple[int, ...], int, Job]


class Ordered(Waiting):
    """A heap for each kind of job; the first of the heaps that somebody can do are compared."""

    def __init__(self, scarcity: Callable[[Needs], int] | None = None) -> None:
        """Make the heaps.

        Args:
            scarcity: how many who are there can do a kind of job: the fewest go first.
        """
        self._scarcity = scarcity
        self._heaps: dict[Needs, list[_Entry]] = {}

    def put(self, job: Job) -> None:
        """See `Waiting.put`."""
        job.ticket += 1
        heap = self._heaps.get(job.needs)
        if heap is None:
            heap = self._heaps[job.needs] = []
        heappush(heap, (job.priority, job.ticket, job))

    def take(self, worker: Worker, fits: Fits) -> Job | None:
        """See `Waiting.take`."""
        best: tuple[int, tuple[int, ...]] | None = None
        found: Job | None = None
        for needs, heap in self._heaps.items():
            while heap and (heap[0][2].stage is not _WAITING or heap[0][1] != heap[0][2].ticket):
                heappop(heap)
            if not heap or (needs[0] >= 0 and worker.levels[needs[0]] < needs[1]):
                continue
            scarcity = 0 if self._scarcity is None else self._scarcity(needs)
            if best is not None and (scarcity, heap[0][0]) >= best:
                continue
            job = _first(heap, worker, fits)
            if job is not None and (best is None or (scarcity, job.priority) < best):
                best, found = (scarcity, job.priority), job
        return found


def _first(heap: list[_Entry], worker: Worker, fits: Fits) -> Job | None:
    """The first job of a heap that fits, among the few that are looked at; it stays where it is."""
    if fits(worker, heap[0][2]):
        return heap[0][2]
    passed: list[_Entry] = []
    found: Job | None = None
    while heap and len(passed) < LOOKED_AT:
        entry = heappop(heap)
        passed.append(entry)
        job = entry[2]
        if job.stage is _WAITING and entry[1] == job.ticket and fits(worker, job):
            found = job
            break
    for entry in passed:
        heappush(heap, entry)
    return found


class Nearby(Waiting):
    """Jobs of which the nearest is taken, by kind, so that those that somebody cannot do are not looked at."""

    def __init__(self) -> None:
        self._jobs: dict[Needs, dict[int, Job]] = {}
        """By number of the request; who is not there any more is thrown out at the next look."""

    def put(self, job: Job) -> None:
        """See `Waiting.put`."""
        jobs = self._jobs.get(job.needs)
        if jobs is None:
            jobs = self._jobs[job.needs] = {}
        jobs[job.request.number] = job

    def take(self, worker: Worker, fits: Fits) -> Job | None:
        """See `Waiting.take`."""
        best, priority = inf, _LAST
        found: Job | None = None
        gone: list[tuple[Needs, int]] = []
        (north, east, _), levels = worker.place, worker.levels
        for needs, jobs in self._jobs.items():
            if needs[0] >= 0 and levels[needs[0]] < needs[1]:  # as in `Worker.can_do`
                continue
            for number, job in jobs.items():
                if job.stage is not _WAITING or job.needs != needs:
                    gone.append((needs, number))
                    continue
                there = job.place  # as in `nearness`, for many jobs at once
                up, along = north - there[0], (east - there[1]) * there[2]
                distance = up * up + along * along
                if (distance < best or (distance == best and job.priority < priority)) and fits(worker, job):
                    best, priority, found = distance, job.priority, job
        for needs, number in gone:
            self._throw_out(needs, number)
        return found

    def _throw_out(self, needs: Needs, number: int) -> None:
        jobs = self._jobs[needs]
        del jobs[number]
        if not jobs:
            del self._jobs[needs]


def nearness(worker: Worker, job: Job) -> float:
    """Grows with the distance between somebody and a job: the square of it on a plane, in squared radians."""
    here, there = worker.place, job.place
    north, east = here[0] - there[0], (here[1] - there[1]) * there[2]
    return north * north + east * east


def waiting_by(rule: DispatchRule, scarcity: Callable[[Needs], int]) -> Waiting:
    """What keeps the jobs of a district for a dispatch rule."""
    if rule == "nearest":
        return Nearby()
    return Ordered(scarcity if rule == "scarce_skill_first" else None)
