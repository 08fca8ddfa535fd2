"""Who is at work: shifts by weekday, illness that nobody foresees, training days known beforehand."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios import WEEKDAYS, ServiceShift
from sim.aftersales.context import Context
from sim.aftersales.facts import Technician
from sim.aftersales.rooms import Duty
from sim.books.terms import DAYS_PER_YEAR
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR, second_of_day
from sim.durations import drawn, fractions
from sim.streams import Purpose, four_draws, uniform_array, uniform_fraction

_SECONDS_PER_MINUTE: Final = 60
_LONGEST_ILLNESS_DAYS: Final = 120
_BEGINS: Final = 0
_LENGTH: Final = 1
_TRAINING: Final = 2
_OFF: Final = 0
_ON_SHIFT: Final = 1
_TRAINS: Final = 2


class Presence:
    """What every position holds for every day: a shift, training, illness, or nothing.

    An illness begins on a day with the same probability on all days; its days are whole and two that overlap are one
    absence. Who is ill on a day of training misses it. Training days stand in equal distances over the year, from a
    day of the year that is drawn for the person; one that falls on a day off moves to the next working day.
    """

    def __init__(self, context: Context) -> None:
        self._people = context.facts.technicians
        self._days = context.world.days
        self._first_ordinal = context.first_ordinal
        self._stream = context.stream(Purpose.ABSENCE)
        self._absence = context.facts.service.people.absence
        self._training_per_year = context.facts.policy.workforce.training_days_per_year
        start = context.world.scenario.horizon.start_date
        self._weekdays = [WEEKDAYS[(start + timedelta(days=day)).weekday()] for day in range(7)]
        shifts = {person.shift.id: person.shift for person in self._people}
        self._duties = {name: self._duties_of(shift) for name, shift in shifts.items()}
        self._duties_at = [self._duties_at_position(person) for person in self._people]
        self._plan = [bytearray(self._days) for _ in self._people]
        self._planned: list[list[Duty | None]] = [[None] * self._days for _ in self._people]
        """(technicians, days) the shift, where the plan says so."""
        self._ill = [bytearray(self._days) for _ in self._people]
        self._is_filled = [False] * len(self._people)
        self._episodes: list[list[tuple[int, int]]] = [[] for _ in range(self._days)]
        self._trained: list[list[int]] = [[] for _ in range(self._days)]

    def enter(self, technicians: list[int], keys: npt.NDArray[np.uint64], from_day: int) -> None:
        """Draw what people who take positions will find.

        Args:
            technicians: positions.
            keys: (positions,) keys of the people.
            from_day: first day at work.
        """
        self._draw_illness(technicians, keys, from_day)
        for technician, key in zip(technicians, keys.tolist(), strict=True):
            self._is_filled[technician] = True
            duties, plan = self._duties_at[technician], self._plan[technician]
            for day in range(from_day, self._days):
                plan[day] = _OFF if duties[day] is None else _ON_SHIFT
            self._planned[technician][from_day:] = duties[from_day : self._days]
            self._spread_training(technician, key, from_day)

    def leave(self, technician: int, from_day: int) -> None:
        """A position is vacant from a day on."""
        self._is_filled[technician] = False
        for day in range(from_day, self._days):
            self._plan[technician][day] = _OFF
            self._planned[technician][day] = None
            self._ill[technician][day] = 0
            self._episodes[day] = [episode for episode in self._episodes[day] if episode[0] != technician]
            self._trained[day] = [number for number in self._trained[day] if number != technician]

    def planned(self, technician: int, day: int) -> Duty | None:
        """The shift of a day; None when it is off, for training, or the position is vacant by then."""
        if day < self._days:
            return self._planned[technician][day]
        if not self._is_filled[technician]:
            return None
        duties = self._duties_at[technician]
        while len(duties) <= day:
            duties.append(self._duty_of(self._people[technician].shift, len(duties)))
        return duties[day]

    def actual(self, technician: int, day: int) -> Duty | None:
        """The same, known what illness did to it."""
        if day < self._days and self._ill[technician][day]:
            return None
        return self.planned(technician, day)

    def episodes(self, day: int) -> list[tuple[int, int]]:
        """Illnesses that begin on a day: technician and days."""
        return self._episodes[day]

    def absent(self, day: int) -> list[tuple[int, Duty]]:
        """Who is ill on a day on which he would have worked or been trained, and the shift that is missed."""
        return [
            (number, self._shift(number, day))
            for number, ill in enumerate(self._ill)
            if ill[day] and self._plan[number][day] != _OFF
        ]

    def trained(self, day: int) -> list[tuple[int, Duty]]:
        """Who is trained on a day, and the shift in whose place."""
        return [
            (number, self._shift(number, day))
            for number in self._trained[day]
            if self._plan[number][day] == _TRAINS and not self._ill[number][day]
        ]

    def ends_after_midnight(self, technician: int) -> int:
        """Seconds after midnight by which any shift of the day before has ended; 0 when it ends before."""
        person = self._people[technician]
        shifts = {person.shift, *(shift for shift in person.roster if shift is not None)}
        return max(0, *(_duty(shift, 0).ends_second - SECONDS_PER_DAY for shift in shifts))

    def _shift(self, technician: int, day: int) -> Duty:
        duty = self._duties_at[technician][day]
        assert duty is not None
        return duty

    def _duties_at_position(self, person: Technician) -> list[Duty | None]:
        if not person.roster:
            return self._duties[person.shift.id]
        return [None if shift is None else _duty(shift, day) for day, shift in enumerate(person.roster)]

    def _duties_of(self, shift: ServiceShift) -> list[Duty | None]:
        return [self._duty_of(shift, day) for day in range(self._days)]

    def _duty_of(self, shift: ServiceShift, day: int) -> Duty | None:
        return _duty(shift, day) if self._weekdays[day % 7] in shift.weekdays else None

    def _draw_illness(self, technicians: list[int], keys: npt.NDArray[np.uint64], from_day: int) -> None:
        """Mark days of illness; what began before the first day goes on, but is not told of."""
        per_day = self._absence.episodes_per_year / DAYS_PER_YEAR
        if per_day <= 0.0:
            return
        length = self._absence.length_days
        first_day = from_day - _LONGEST_ILLNESS_DAYS + 1
        begin = self._begin(keys, first_day) < per_day
        for day in (first_day + np.flatnonzero(begin.any(axis=1))).tolist():
            ordinal, begins = self._first_ordinal + day, np.flatnonzero(begin[day - first_day])
            draws = uniform_array(self._stream, keys[begins], ordinal, _LENGTH)
            days = np.clip(np.rint(drawn(length, draws)), 1, _LONGEST_ILLNESS_DAYS).astype(np.int64)
            for index, duration in zip(begins.tolist(), days.tolist(), strict=True):
                first, last = max(day, from_day), min(day + duration, self._days)
                if first < last:
                    self._ill[technicians[index]][first:last] = b"\1" * (last - first)
                if day >= from_day:
                    self._episodes[day].append((technicians[index], duration))

    def _begin(self, keys: npt.NDArray[np.uint64], first_day: int) -> npt.NDArray[np.float64]:
        """(days from the first, technicians) draws of whether an illness begins; four days at once are cheapest."""
        first, end = self._first_ordinal + first_day, self._first_ordinal + self._days
        blocks = [four_draws(self._stream, keys, block, _BEGINS) for block in range(first // 4, -(-end // 4))]
        return fractions(np.concatenate(blocks)[first % 4 :][: end - first])

    def _spread_training(self, technician: int, key: int, from_day: int) -> None:
        """Put each day of training on the first working day from the wanted one on that holds none yet."""
        if self._training_per_year <= 0.0:
            return
        shift, plan, duties = (
            self._people[technician].shift,
            self._plan[technician],
            self._duties_at[technician],
        )
        for wanted in self._wanted_training(key, from_day - len(WEEKDAYS)):
            day = wanted
            while (
                duties[day] is None or plan[day] == _TRAINS
                if 0 <= day < self._days
                else self._duty_of(shift, day) is None
            ):
                day += 1
            if from_day <= day < self._days:
                plan[day] = _TRAINS
                self._planned[technician][day] = None
                self._trained[day].append(technician)

    def _wanted_training(self, key: int, from_day: int) -> list[int]:
        """Days of a calendar that does not depend on when the run begins."""
        apart = DAYS_PER_YEAR / self._training_per_year
        phase = uniform_fraction(self._stream, key, 0, _TRAINING) * apart
        first = int((self._first_ordinal + from_day - phase) / apart)
        last = int((self._first_ordinal + self._days - phase) / apart)
        days = [int(phase + number * apart) - self._first_ordinal for number in range(first, last + 1)]
        return [day for day in days if from_day <= day < self._days]


def _duty(shift: ServiceShift, day: int) -> Duty:
    starts = day * SECONDS_PER_DAY + second_of_day(shift.start_hour)
    ends = starts + round(shift.hours * SECONDS_PER_HOUR)
    return Duty(starts, ends, round(shift.break_minutes * _SECONDS_PER_MINUTE))
