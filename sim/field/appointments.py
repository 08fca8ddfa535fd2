"""The appointment book: windows of coming days, and which of them are offered."""

from __future__ import annotations

from bisect import bisect_right
from math import log
from typing import Final

from scenarios import Appointments
from sim.aftersales.context import Context
from sim.aftersales.rooms import Rooms
from sim.clock import SECONDS_PER_DAY, second_of_day
from sim.field.jobs import Job
from sim.field.ledgers import Ledger, StationLedgers
from sim.field.workers import Worker

HORIZON_DAYS: Final = 180
"""How far ahead windows are offered."""
NO_WINDOW: Final = -1


class AppointmentBook:
    """Books visits.

    A window is offered while the time of the station's technicians in it (shifts as planned, less their share of the
    break, times `load_share`), all of them and those with the skill, exceeds what has been booked by a visit's
    expected work and the mean drive; a job that is longer than any window can have an empty one. Windows are counted
    through as in `sim.field.ledgers`.
    """

    def __init__(
        self, context: Context, terms: Appointments, workers: list[Worker], least_seconds: int
    ) -> None:
        """Open an empty book.

        Args:
            context: who works at which station.
            terms: windows and what is offered.
            workers: all technicians.
            least_seconds: the shortest expected visit: a window with less time left is full.
        """
        windows = [(second_of_day(begins), second_of_day(ends)) for begins, ends in terms.windows]
        self._opening = [begins for begins, _ in windows]
        self._per_day = len(windows)
        self._earliest_days, self._least = terms.earliest_days, least_seconds
        self._horizon = HORIZON_DAYS * self._per_day
        midnights = [
            day * SECONDS_PER_DAY for day in range(context.world.days + terms.earliest_days + HORIZON_DAYS)
        ]
        self.begins = [midnight + begins for midnight in midnights for begins, _ in windows]
        """Second at which each window begins."""
        self._ends = [midnight + ends for midnight in midnights for _, ends in windows]
        self._stations = [
            StationLedgers([workers[number] for number in crew], windows, terms.load_share)
            for crew in context.facts.technicians_of_station
        ]
        self._declining = log(1.0 - terms.acceptance_share) if terms.acceptance_share < 1.0 else 0.0

    def connect(self, rooms: Rooms) -> None:
        """Say who knows when technicians are planned to be there."""
        for station in self._stations:
            station.connect(rooms.workforce)

    def people_changed(self) -> None:
        """Somebody has come or left: count again how much time there is; what is promised stays."""
        for station in self._stations:
            station.people_changed()

    def first_offer(self, job: Job, seconds: int, now: int) -> int:
        """The first window that can be offered.

        Args:
            job: what is to be done.
            seconds: expected work and drive of each technician.
            now: the present second.

        Returns:
            Its number, `NO_WINDOW` when there is none.
        """
        skill, level, people = job.needs
        station = self._stations[job.request.station]
        ledger = station.of(skill, level)
        window, until = self._offered(now)
        if ledger.first_open > window:
            window = ledger.first_open
        least, left, all_left = self._least, ledger.left, station.of_all.left
        while window < until:
            if window >= ledger.known_until:
                station.count(ledger, window // self._per_day)
            if left[window] >= least and all_left[window] >= least:
                break
            window += 1
        ledger.first_open = window
        return self._from(window, until, station, ledger, seconds * people)

    def book(self, job: Job, seconds: int, window: int, now: int) -> bool:
        """Offer windows, one after the other, until the customer accepts one, and note it on the request.

        Args:
            job: what is to be done.
            seconds: expected work and drive of each technician.
            window: the first that can be offered, see `first_offer`.
            now: the present second.

        Returns:
            Whether a window was accepted.
        """
        request, (skill, level, people) = job.request, job.needs
        station, wanted = self._stations[request.station], seconds * people
        declined = self._declined(job)
        if declined:
            ledger, (_, until) = station.of(skill, level), self._offered(now)
            while declined and window != NO_WINDOW:
                declined -= 1
                window = self._from(window + 1, until, station, ledger, wanted)
        if window == NO_WINDOW:
            return False
        station.book(skill, level, window, wanted)
        request.promised_from_second = self.begins[window]
        request.promised_until_second = self._ends[window]
        return True

    def _declined(self, job: Job) -> int:
        """Offers that a customer declines: geometric, from one draw."""
        return int(log(job.draws[0]) / self._declining) if self._declining else 0

    def _offered(self, now: int) -> tuple[int, int]:
        """First window that may be offered, and the first that may not be offered any more."""
        earliest = (now // SECONDS_PER_DAY + self._earliest_days) * self._per_day
        begun = 0 if self._earliest_days else bisect_right(self._opening, now % SECONDS_PER_DAY)
        return earliest + begun, earliest + self._horizon

    def _from(self, window: int, until: int, station: StationLedgers, ledger: Ledger, wanted: int) -> int:
        """The first window from one on, and before another, that has room; `NO_WINDOW` when there is none."""
        least, all_left, left, booked = self._least, station.of_all.left, ledger.left, station.of_all.booked
        while window < until:
            if window >= ledger.known_until:
                station.count(ledger, window // self._per_day)
            room = left[window]
            if all_left[window] < room:
                room = all_left[window]
            if room >= least and (room >= wanted or not booked[window]):
                return window
            window += 1
        return NO_WINDOW
