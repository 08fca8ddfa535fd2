"""Plans of the day by a weekly rota that the planner hands in (`plan: given`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scenarios import WEEKDAYS
from sim.aftersales.context import Context
from sim.clock import SECONDS_PER_DAY, weekday_of
from sim.field.day_plan import DayProblem
from sim.field.jobs import Job, Stage
from sim.field.plans import DayPlans
from sim.field.roads import ServiceRoads
from sim.field.visits import Visit
from sim.field.workers import Worker
from sim.rotas import NOBODY_NAMED, SOMEBODY_ELSE

_PLANNED = Stage.PLANNED  # members of enumerations are looked up slowly
_WHOLE_TERRITORY = -1
_Area = tuple[int, int, int]
"""Station, region, weekday."""


class GivenPlans(DayPlans):
    """Jobs go to whom the rota names for their area and weekday, in its order; what is left over goes by the rule."""

    def __init__(self, context: Context, roads: ServiceRoads) -> None:
        """Read the rota.

        Args:
            context: the clock, the policy, where records go.
            roads: expected drives.
        """
        super().__init__(context, roads)
        self._start_date = context.world.scenario.horizon.start_date
        self._named = _named(context)
        self._only: dict[int, int] = {}
        """By request, while some technicians are tried: nobody but this one."""
        self._write = context.recorder.writer("rota_visits")

    def make(self, district: int, workers: Sequence[Worker], jobs: Sequence[Job]) -> list[Job]:
        """See `DayPlans.make`."""
        choices = {job.request.number: self._names_for(job) for job in jobs}
        left = list(jobs)
        for rank in range(max(map(len, choices.values()), default=0)):
            tried = [job for job in left if len(choices[job.request.number]) > rank]
            self._only = {job.request.number: choices[job.request.number][rank] for job in tried}
            self._make(workers, tried, is_late=False)
            left = [job for job in left if job.stage is not _PLANNED]
        self._only = {}
        return super().make(district, workers, left) if left else left

    def set_out(self, visit: Visit) -> None:
        """See `DayPlans.set_out`: write down whether the rota is followed."""
        names, worker = self._names_for(visit.job), visit.worker.number
        rank = NOBODY_NAMED
        if names:
            rank = names.index(worker) if worker in names else SOMEBODY_ELSE
        self._write([visit.departed_second, visit.job.request.number, worker, rank])

    def _problem(self, crew: Sequence[Worker], jobs: Sequence[Job], until: list[int], now: int) -> DayProblem:
        """As of any day plan; jobs for whom one technician is tried can be done by no other."""
        problem, only = super()._problem(crew, jobs, until, now), self._only
        if not only:
            return problem
        wanted = np.array([only.get(job.request.number, -1) for job in jobs], np.int64)
        numbers = np.array([worker.number for worker in crew], np.int64)
        return replace(problem, can_do=problem.can_do & ((wanted < 0) | (numbers[:, None] == wanted)))

    def _names_for(self, job: Job) -> tuple[int, ...]:
        """Technicians in order of preference: of the region, or else of the whole territory."""
        request, named = job.request, self._named
        weekday = weekday_of(self._start_date, self._environment._now // SECONDS_PER_DAY)
        of_region = named.get((request.station, request.region, weekday))
        if of_region is not None:
            return of_region
        return named.get((request.station, _WHOLE_TERRITORY, weekday), ())


def _named(context: Context) -> dict[_Area, tuple[int, ...]]:
    """Technicians by area in order of preference; closed stations serve nobody, so nobody is named for them."""
    facts = context.facts
    table = facts.policy.dispatch.rota
    assert table is not None
    station_at = {name: number for number, name in enumerate(facts.station_ids)}
    region_at = {name: number for number, name in enumerate(facts.region_ids)}
    number_of = {person.id: person.number for person in facts.technicians}
    named: dict[_Area, tuple[int, ...]] = {}
    for station, region, weekday, technician in zip(
        table["station_id"], table["region"], table["weekday"], table["technician_id"], strict=True
    ):
        if station in station_at and technician in number_of:
            where = region_at[region] if region else _WHOLE_TERRITORY
            area = (station_at[station], where, WEEKDAYS.index(weekday))
            named[area] = (*named.get(area, ()), number_of[technician])
    return named
