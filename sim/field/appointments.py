"""The appointment book: windows of coming days, and how much of the technicians' time in them is promised away."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, log

from scenarios import Appointments
from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.aftersales.rooms import Duty, Rooms
from sim.clock import SECONDS_PER_DAY, second_of_day
from sim.field.jobs import Job
from sim.field.workers import Worker
from sim.streams import Purpose, uniform_fraction

HORIZON_DAYS = 180
"""How far ahead windows are offered."""

_Skill = tuple[int, int]
_ANYBODY: _Skill = (-1, 1)


class _Page:
    """One day of one station: seconds promised and seconds left, by skill and window."""

    __slots__ = ("booked", "left", "open")

    def __init__(self, windows: int) -> None:
        self.booked: dict[_Skill, list[int]] = {_ANYBODY: [0] * windows}
        self.left: dict[_Skill, list[float]] = {}
        """Worked out when first asked for."""
        self.open: dict[_Skill, list[tuple[int, float]]] = {}
        """Windows that are not full and what is left in them; no end of it where nothing has been promised."""


class AppointmentBook:
    """Books visits.

    A window is offered while the time of the station's technicians in it (shifts as planned, less their share of the
    break, times `load_share`), all of them and those with the skill, exceeds what has been booked by a visit's
    expected work and the mean drive; a job that is longer than any window can have an empty one.
    """

    def __init__(
        self, context: Context, terms: Appointments, workers: list[Worker], least_seconds: int
    ) -> None:
        """Open an empty book.

        Args:
            context: names the streams.
            terms: windows and what is offered.
            workers: all technicians.
            least_seconds: the shortest expected visit: a window with less time left is full.
        """
        self._terms, self._least = terms, least_seconds
        self._windows = [(second_of_day(begins), second_of_day(ends)) for begins, ends in terms.windows]
        self._stations = [
            [workers[number] for number in crew] for crew in context.facts.technicians_of_station
        ]
        self._pages: list[dict[int, _Page]] = [{} for _ in self._stations]
        self._first_day: dict[tuple[int, _Skill], int] = {}
        self._times: dict[tuple[int, int, int], list[float]] = {}
        self._stream = context.stream(Purpose.APPOINTMENTS)
        self._declining = log(1.0 - terms.acceptance_share) if terms.acceptance_share < 1.0 else 0.0

    def connect(self, rooms: Rooms) -> None:
        """Say who knows when technicians are planned to be there."""
        self._people = rooms.workforce

    def people_changed(self) -> None:
        """Somebody has come or left: count again how much time there is; what is promised stays."""
        self._first_day.clear()
        for pages in self._pages:
            for page in pages.values():
                page.left.clear()
                page.open.clear()

    def first_offer(self, job: Job, seconds: int, now: int) -> int:
        """Beginning of the first window that can be offered, -1 if there is none; see `book`."""
        for day, window in self._open(job, seconds, now):
            return day * SECONDS_PER_DAY + self._windows[window][0]
        return -1

    def book(self, job: Job, seconds: int, now: int) -> bool:
        """Offer windows, one after the other, until the customer accepts one, and note it on the request.

        Args:
            job: what is to be done.
            seconds: expected work and drive of each technician.
            now: the present second.

        Returns:
            Whether there was a window at all.
        """
        declined = self._declined(job.request)
        for day, window in self._open(job, seconds, now):
            if declined:
                declined -= 1
                continue
            self._note(job, seconds, day, window)
            begins, ends = self._windows[window]
            midnight = day * SECONDS_PER_DAY
            job.request.promised_from_second = midnight + begins
            job.request.promised_until_second = midnight + ends
            return True
        return False

    def _declined(self, request: Request) -> int:
        """Offers that a customer declines: geometric, from one draw."""
        if not self._declining:
            return 0
        fraction = uniform_fraction(self._stream, request.key, request.visits)
        return int(log(fraction) / self._declining)

    def _open(self, job: Job, seconds: int, now: int) -> Iterator[tuple[int, int]]:
        """Days and windows with room for a job, from the first day that may be offered."""
        station, skill = job.request.station, job.needs[:2]
        today = now // SECONDS_PER_DAY
        earliest = today + self._terms.earliest_days
        pages, wanted = self._pages[station], seconds * job.needs[2]
        begin, is_full = max(earliest, self._first_day.get((station, skill), 0)), True
        for day in range(begin, earliest + HORIZON_DAYS):
            page = pages.get(day)
            if page is None:
                page = pages[day] = _Page(len(self._windows))
            windows = page.open.get(skill)
            if windows is None:
                windows = self._not_full(page, station, day, skill)
            if is_full and windows:
                is_full = False
                self._first_day[station, skill] = day
            for window, room in windows:
                if room >= wanted and (day > today or day * SECONDS_PER_DAY + self._windows[window][0] > now):
                    yield day, window
        if is_full:
            self._first_day[station, skill] = earliest + HORIZON_DAYS

    def _note(self, job: Job, seconds: int, day: int, window: int) -> None:
        """Book a job for all, and for all levels of the skill up to the one it takes."""
        page = self._pages[job.request.station][day]
        page.open.clear()
        skill, level, people = job.needs
        keys = [_ANYBODY] if skill < 0 else [_ANYBODY, *((skill, below + 1) for below in range(level))]
        for key in keys:
            booked = page.booked.get(key)
            if booked is None:
                booked = page.booked[key] = [0] * len(self._windows)
            booked[window] += seconds * people
            left = page.left.get(key)
            if left is not None:
                left[window] -= seconds * people

    def _not_full(self, page: _Page, station: int, day: int, skill: _Skill) -> list[tuple[int, float]]:
        """Windows of a day that are not full for a skill, kept until somebody books or people change."""
        left = page.left.get(skill) or self._left(page, station, day, skill)
        of_all = page.left.get(_ANYBODY) or self._left(page, station, day, _ANYBODY)
        rooms = map(min, left, of_all)
        windows = page.open[skill] = [
            (window, room if booked else inf)
            for window, (room, booked) in enumerate(zip(rooms, page.booked[_ANYBODY], strict=True))
            if room >= self._least
        ]
        return windows

    def _left(self, page: _Page, station: int, day: int, skill: _Skill) -> list[float]:
        """Seconds by window of technicians who have a skill, less what is promised."""
        left = page.left[skill] = [0.0] * len(self._windows)
        needs = (*skill, 1)
        for worker in self._stations[station]:
            if worker.can_do(needs):
                duty = self._people.planned_duty(worker.number, day)
                if duty is not None:
                    for window, seconds in enumerate(self._in_windows(duty, day * SECONDS_PER_DAY)):
                        left[window] += seconds
        for window, booked in enumerate(page.booked.get(skill, ())):
            left[window] -= booked
        return left

    def _in_windows(self, duty: Duty, midnight: int) -> list[float]:
        """Seconds of a shift in each window, less their share of the break; shifts of all days are alike."""
        key = (duty.starts_second - midnight, duty.ends_second - midnight, duty.break_seconds)
        seconds = self._times.get(key)
        if seconds is None:
            starts, ends, pause = key
            share = self._terms.load_share * (ends - starts - pause) / (ends - starts)
            seconds = self._times[key] = [
                max(0, min(ends, until) - max(starts, begins)) * share for begins, until in self._windows
            ]
        return seconds
