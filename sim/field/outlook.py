"""What a station has learnt of its own work: how long a drive takes, and how far ahead its people are taken up."""

from __future__ import annotations

from typing import Final

from sim.aftersales.context import Context
from sim.aftersales.rooms import Rooms
from sim.clock import SECONDS_PER_DAY
from sim.field.jobs import Job
from sim.field.visits import Visit
from sim.field.workers import Worker

_DAYS_PER_WEEK: Final = 7


class Outlook:
    """Drives by station and backlog by district; recorded history only."""

    def __init__(self, context: Context, workers: list[Worker]) -> None:
        stations = len(context.facts.station_ids)
        if context.facts.policy.dispatch.area == "pooled":
            self._crews = [workers] * stations
            self._district_of = [0] * stations
        else:
            self._crews = [
                [workers[number] for number in crew] for crew in context.facts.technicians_of_station
            ]
            self._district_of = list(range(stations))
        self._visits, self._driven = [0] * stations, [0] * stations
        self._backlog = [0] * stations
        self._capacity: list[tuple[int, float]] = [(-1, 0.0)] * stations

    def connect(self, rooms: Rooms) -> None:
        """Say who knows when technicians are planned to be there."""
        self._people = rooms.workforce

    def drive_seconds(self, station: int) -> int:
        """Mean drive to a visit so far; 0 before the first."""
        visits = self._visits[station]
        return self._driven[station] // visits if visits else 0

    def admitted(self, job: Job) -> None:
        """A job has come."""
        self._backlog[self._district_of[job.request.station]] += job.expected_seconds * job.needs[2]

    def visited(self, visit: Visit) -> None:
        """A visit is over; what it leaves to be done is admitted again."""
        request = visit.job.request
        self._visits[request.station] += 1
        self._driven[request.station] += visit.driving_seconds
        self._backlog[self._district_of[request.station]] -= visit.job.expected_seconds * visit.job.needs[2]

    def first_second(self, job: Job, now: int) -> int:
        """When a job for which nobody is free is likely to be visited, -1 when nobody of its district can do it."""
        station = job.request.station
        if not any(worker.can_do(job.needs) for worker in self._crews[station]):
            return -1
        day, capacity = self._capacity[station]
        today = now // SECONDS_PER_DAY
        if day != today:
            seconds, people = 0, self._people
            for worker in self._crews[station]:
                for ahead in range(today, today + _DAYS_PER_WEEK):
                    duty = people.planned_duty(worker.number, ahead)
                    if duty is not None:
                        seconds += duty.ends_second - duty.starts_second - duty.break_seconds
            capacity = seconds / (_DAYS_PER_WEEK * SECONDS_PER_DAY)
            self._capacity[station] = (today, capacity)
        if not capacity:
            return -1
        drive = self.drive_seconds(station)
        mean = job.expected_seconds or 1
        backlog = self._backlog[self._district_of[station]]
        return now + max(1, round(backlog * (1 + drive / mean) / capacity))
