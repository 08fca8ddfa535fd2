"""The appointment book beside one that adds everything up anew for every offer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Appointments
from sim.aftersales.rooms import Duty
from sim.field.appointments import HORIZON_DAYS, NO_WINDOW, AppointmentBook

DAY, HOUR = 86_400, 3_600
WINDOWS = [(8.0, 12.0), (12.0, 15.0), (15.0, 18.0)]
LEAST = 1_200
SKILLS = 2

seconds_wanted = st.sampled_from([600, LEAST, 2_700, 5_400, 9_000, 40_000])
needs = st.tuples(st.integers(-1, SKILLS - 1), st.integers(1, 3), st.integers(1, 2))
asked = st.tuples(needs, seconds_wanted, st.floats(0.001, 0.999), st.integers(0, 3 * HOUR))
crews = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=0, max_size=4)
changes = st.none() | st.sets(st.integers(0, 3))


@dataclass
class People:
    """Technicians with a day off in seven, some of whom are gone."""

    gone: set[int] = field(default_factory=set)

    def planned_duty(self, technician: int, day: int) -> Duty | None:
        if technician in self.gone or (day + technician) % 7 == 0:
            return None
        starts = day * DAY + (8 + technician % 2) * HOUR
        return Duty(starts, starts + 9 * HOUR, 45 * 60)


@dataclass
class PlainBook:
    """Bookings in a list, and nothing else."""

    levels: list[tuple[int, int]]
    people: People
    terms: Appointments
    booked: list[tuple[int, tuple[int, int, int], int]] = field(default_factory=list)

    def offers(self, wanted_needs: tuple[int, int, int], seconds: int, now: int) -> Iterator[int]:
        skill, level, people = wanted_needs
        today = now // DAY
        for day in range(today + self.terms.earliest_days, today + self.terms.earliest_days + HORIZON_DAYS):
            for number, (begins, _) in enumerate(self.terms.windows):
                window = day * len(WINDOWS) + number
                room = min(self._left(window, skill, level), self._left(window, -1, 1))
                is_empty = all(other != window for other, _, _ in self.booked)
                if (
                    day * DAY + begins * HOUR > now
                    and room >= LEAST
                    and (is_empty or room >= seconds * people)
                ):
                    yield window

    def _left(self, window: int, skill: int, level: int) -> float:
        day, number = divmod(window, len(WINDOWS))
        begins, ends = (day * DAY + int(hour * HOUR) for hour in self.terms.windows[number])
        left = 0.0
        for technician, levels in enumerate(self.levels):
            duty = self.people.planned_duty(technician, day)
            if duty is not None and (skill < 0 or levels[skill] >= level):
                length = duty.ends_second - duty.starts_second
                share = self.terms.load_share * (length - duty.break_seconds) / length
                left += max(0, min(duty.ends_second, ends) - max(duty.starts_second, begins)) * share
        for other, (booked_skill, booked_level, people), seconds in self.booked:
            if other == window and (skill < 0 or (booked_skill == skill and booked_level >= level)):
                left -= seconds * people
        return left


@given(
    levels=crews,
    steps=st.lists(st.tuples(asked, changes), min_size=1, max_size=25),
    earliest_days=st.integers(0, 2),
    acceptance_share=st.sampled_from([1.0, 0.6]),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_offers_are_those_of_plain_sums(
    levels: list[tuple[int, int]],
    steps: list[tuple[Any, set[int] | None]],
    earliest_days: int,
    acceptance_share: float,
) -> None:
    terms = Appointments(
        windows=WINDOWS, earliest_days=earliest_days, acceptance_share=acceptance_share, load_share=0.75
    )
    people = People()
    plain = PlainBook(levels, people, terms)
    context: Any = SimpleNamespace(
        world=SimpleNamespace(days=30), facts=SimpleNamespace(technicians_of_station=[range(len(levels))])
    )
    workers: list[Any] = [SimpleNamespace(number=number, levels=own) for number, own in enumerate(levels)]
    book = AppointmentBook(context, terms, workers, LEAST)
    rooms: Any = SimpleNamespace(workforce=people)
    book.connect(rooms)
    now = 0
    for (wanted, seconds, fraction, later), gone in steps:
        now += later
        if gone is not None:
            people.gone = gone
            book.people_changed()
        request = SimpleNamespace(station=0, promised_from_second=-1, promised_until_second=-1)
        job: Any = SimpleNamespace(request=request, needs=wanted, draws=(fraction,))
        offers = list(plain.offers(wanted, seconds, now))
        first = book.first_offer(job, seconds, now)
        assert first == (offers[0] if offers else NO_WINDOW)
        declined = int(log(fraction) / log(1.0 - acceptance_share)) if acceptance_share < 1.0 else 0
        assert book.book(job, seconds, first, now) == (declined < len(offers))
        if declined < len(offers):
            window = offers[declined]
            day, number = divmod(window, len(WINDOWS))
            assert request.promised_from_second == day * DAY + WINDOWS[number][0] * HOUR
            assert request.promised_until_second == day * DAY + WINDOWS[number][1] * HOUR
            plain.booked.append((window, wanted, seconds))
