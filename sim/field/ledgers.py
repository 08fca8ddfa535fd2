"""How much of the technicians' time is promised away, and how much is left: by station, skill and window.

Windows of all days are counted through: number of the day times windows of a day, plus number in the day.
"""

from __future__ import annotations

from scenarios import LEVELS
from sim.aftersales.rooms import Duty, Workforce
from sim.clock import SECONDS_PER_DAY
from sim.field.workers import Worker


class Ledger:
    """Seconds promised to those of a station who have a skill at some level, and seconds they have left."""

    __slots__ = ("booked", "counted_days", "first_open", "known_until", "left", "level", "skill")

    def __init__(self, skill: int, level: int) -> None:
        """Open it.

        Args:
            skill: -1 is that of everybody.
            level: from which it counts.
        """
        self.skill, self.level = skill, level
        self.booked: list[int] = []
        """By window."""
        self.left: list[float] = []
        """By window; means nothing on days that have not been counted."""
        self.counted_days: set[int] = set()
        self.known_until = 0
        """No window before this one needs its day counted."""
        self.first_open = 0
        """Windows before this one are full, or past."""

    def reach(self, windows: int) -> None:
        """Have room for so many windows."""
        missing = windows - len(self.left)
        if missing > 0:
            self.booked += [0] * missing
            self.left += [0.0] * missing

    def forget(self) -> None:
        """Count again what is left, and find again where it is; what is promised stays."""
        self.counted_days.clear()
        self.known_until = self.first_open = 0


class StationLedgers:
    """The ledgers of a station.

    A day is counted when somebody first asks for it: levels and shifts are those of that moment until people change.
    """

    def __init__(self, workers: list[Worker], windows: list[tuple[int, int]], load_share: float) -> None:
        """Open empty ledgers.

        Args:
            workers: of the station.
            windows: seconds of the day at which windows begin and end.
            load_share: share of their time that can be promised.
        """
        self._workers, self._windows, self._load_share = workers, windows, load_share
        self._times: dict[int, list[float]] = {}
        """Seconds by window of each technician's shift, which is the same on all days."""
        self.of_all = Ledger(-1, 1)
        self._by_skill: dict[int, list[Ledger]] = {}
        """One for each level."""

    def connect(self, people: Workforce) -> None:
        """Say who knows when technicians are planned to be there."""
        self._people = people

    def of(self, skill: int, level: int) -> Ledger:
        """The ledger of those who have a skill at a level; -1 is no skill."""
        if skill < 0:
            return self.of_all
        ledgers = self._by_skill.get(skill)
        if ledgers is None:
            ledgers = self._by_skill[skill] = [Ledger(skill, below + 1) for below in range(LEVELS)]
        return ledgers[level - 1]

    def people_changed(self) -> None:
        """Somebody has come or left."""
        self.of_all.forget()
        for ledgers in self._by_skill.values():
            for ledger in ledgers:
                ledger.forget()

    def count(self, ledger: Ledger, day: int) -> None:
        """Work out what is left of a day for those who have a skill, and for all."""
        for each in (ledger, self.of_all):
            if day not in each.counted_days:
                each.counted_days.add(day)
                self._count(each, day)
        ledger.known_until = (day + 1) * len(self._windows)

    def book(self, skill: int, level: int, window: int, seconds: int) -> None:
        """Promise time in a window that is offered: of everybody, and of a skill at all levels up to one."""
        ledgers = [self.of_all]
        if skill >= 0:
            ledgers += self._by_skill[skill][:level]
        for ledger in ledgers:
            if window >= len(ledger.left):
                ledger.reach(window + 1)
            ledger.booked[window] += seconds
            ledger.left[window] -= seconds

    def _count(self, ledger: Ledger, day: int) -> None:
        skill, level, people = ledger.skill, ledger.level, self._people
        first = day * len(self._windows)
        ledger.reach(first + len(self._windows))
        left = [0.0] * len(self._windows)
        for worker in self._workers:
            if skill < 0 or worker.levels[skill] >= level:  # as in `Worker.can_do`
                duty = people.planned_duty(worker.number, day)
                if duty is not None:
                    times = self._times.get(worker.number)
                    if times is None:
                        times = self._times[worker.number] = self._in_windows(duty, day * SECONDS_PER_DAY)
                    for window, seconds in enumerate(times):
                        left[window] += seconds
        for window, seconds in enumerate(left):
            ledger.left[first + window] = seconds - ledger.booked[first + window]

    def _in_windows(self, duty: Duty, midnight: int) -> list[float]:
        """Seconds of a shift in each window, less their share of the break."""
        starts, ends = duty.starts_second - midnight, duty.ends_second - midnight
        share = self._load_share * (ends - starts - duty.break_seconds) / (ends - starts)
        return [max(0, min(ends, until) - max(starts, begins)) * share for begins, until in self._windows]
