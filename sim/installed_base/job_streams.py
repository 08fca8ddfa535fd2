"""Jobs from outside the installed base: streams of requests at one place each."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios import JobStream
from sim.aftersales.context import Context
from sim.aftersales.requests import Kind
from sim.arrivals import Arrivals
from sim.clock import SECONDS_PER_DAY
from sim.durations import drawn, whole_seconds
from sim.field.roads import ServiceRoads, place_at
from sim.installed_base.arriving import KeyArray, Rows, blank_rows
from sim.streams import Purpose, uniform_array

_SECONDS_PER_MINUTE: Final = 60.0
IntArray = npt.NDArray[np.int64]


class StreamOfJobs:
    """One stream: a renewal process of arrivals, each with its own work, drawn by their number."""

    def __init__(self, context: Context, stream: JobStream, number: int) -> None:
        facts = context.facts
        self._stream, self._number = stream, number
        self._key = context.stream(Purpose.JOB_STREAM)
        self._source = Arrivals(self._key, stream.id, stream.between_minutes, stream.hourly_profile)
        self._keys, self._seconds = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        # A stream of a station that is closed has nobody to go to, and never comes.
        self._station = (
            facts.station_ids.index(stream.station_id) if stream.station_id in facts.station_ids else -1
        )
        self._skill = facts.skill(stream.skill_id)
        self._sla = facts.sla_of_segment[0]
        own = self._station >= 0
        self._latitude = float(facts.station_latitude[self._station]) if own else 0.0
        self._longitude = float(facts.station_longitude[self._station]) if own else 0.0
        if stream.latitude is not None:
            self._latitude = stream.latitude
        if stream.longitude is not None:
            self._longitude = stream.longitude
        self._metres = 0
        if own:
            station = place_at(
                float(facts.station_latitude[self._station]), float(facts.station_longitude[self._station])
            )
            self._metres = ServiceRoads(facts.service.roads).metres(
                station, place_at(self._latitude, self._longitude)
            )

    def rows(self, day: int) -> Rows:
        """Requests of a day; days are asked for one after the other."""
        if self._station < 0:
            return blank_rows(0, Kind.STREAM)
        keys, seconds = self._until((day + 1) * SECONDS_PER_DAY)
        rows, stream = blank_rows(keys.size, Kind.STREAM), self._stream
        work = drawn(stream.minutes, uniform_array(self._key, keys, 1)) * _SECONDS_PER_MINUTE
        rows["second"] = rows["reported_second"] = seconds
        rows["key"], rows["stream"], rows["station"] = keys, self._number, self._station
        rows["work_seconds"] = whole_seconds(work)
        rows["skill"], rows["level"], rows["people"] = self._skill, stream.level, stream.people
        rows["urgency"], rows["sla"] = stream.priority, self._sla
        rows["latitude"], rows["longitude"] = self._latitude, self._longitude
        rows["station_metres"] = self._metres
        return rows

    def _until(self, end: int) -> tuple[KeyArray, IntArray]:
        """Keys and seconds of all that come before a second and were not asked for yet."""
        while not self._seconds.size or self._seconds[-1] < end:
            keys, seconds = self._source.draw()
            self._keys = np.concatenate([self._keys, keys])
            self._seconds = np.concatenate([self._seconds, seconds])
        number = int(np.searchsorted(self._seconds, end))
        come = self._keys[:number], self._seconds[:number]
        self._keys, self._seconds = self._keys[number:], self._seconds[number:]
        return come
