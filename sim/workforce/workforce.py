"""The technicians of a run: who is there, how well they work, how they feel."""

from __future__ import annotations

from functools import partial
from typing import Final

from sim.aftersales.context import Context
from sim.aftersales.requests import Request, WorkforceEvent
from sim.aftersales.rooms import Duty, Rooms, Workforce
from sim.aftersales.tables import SERVICE_TABLES
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.workforce.morale import MoraleBook
from sim.workforce.payroll import Payroll
from sim.workforce.presence import Presence
from sim.workforce.scores import Scores
from sim.workforce.skills import Skills
from sim.workforce.turnover import Turnover

_MILLION: Final = 1_000_000
_DAYS_PER_WEEK: Final = 7
_COLUMNS: Final = SERVICE_TABLES["technician_days"]
_SHIFT, _DRIVING, _WORK = (_COLUMNS.index(f"{name}_seconds") for name in ("shift", "driving", "work"))
_OVERTIME, _VISITS, _FAILED = (_COLUMNS.index(name) for name in ("overtime_seconds", "visits", "failed"))
_FLAGS: Final = _COLUMNS.index("is_absent")
_STATE: Final = _COLUMNS.index("morale_ppm")


class Technicians(Workforce):
    """The people in all positions; a position keeps its index when somebody else takes it.

    Rows of `technician_days` on days at work are the field's; those of illness and training are written here and hold
    the shift that is paid and zeros.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._people = people = context.facts.technicians
        self._write_day = context.recorder.writer("technician_days")
        self._write_event = context.recorder.writer("workforce_events")
        self._presence = Presence(context)
        self._skills = Skills(context)
        self._morale = MoraleBook(context)
        self._turnover = Turnover(context)
        self._payroll = Payroll(context)
        self._review_days = context.facts.policy.workforce.review.every_days
        self._scores = Scores(context, context.facts.policy.workforce.review)
        self._morale_ppm = [round(value * _MILLION) for value in self._morale.morale]
        for person in people:
            self._scores.start(person.number, person.experience_jobs)
            self._refresh(person.number)

    def connect(self, rooms: Rooms) -> None:
        """Say whom they work for."""
        self._rooms = rooms

    def open(self) -> None:
        """See `Workforce.open`."""
        if not self._people:
            return
        self._presence.enter([person.number for person in self._people], self._turnover.keys, 0)
        self._turnover.weigh(self._morale.morale)
        self._morning()

    def duty(self, technician: int, day: int) -> Duty | None:
        """See `Workforce.duty`."""
        return self._presence.actual(technician, day)

    def planned_duty(self, technician: int, day: int) -> Duty | None:
        """See `Workforce.planned_duty`."""
        return self._presence.planned(technician, day)

    def levels(self, technician: int) -> list[int]:
        """See `Workforce.levels`."""
        return self._skills.levels[technician]

    def minutes_factor(self, technician: int, skill: int) -> float:
        """See `Workforce.minutes_factor`."""
        return self._skills.minutes[technician][skill]

    def success_share(self, technician: int, skill: int) -> float:
        """See `Workforce.success_share`."""
        return self._skills.success[technician][skill]

    def relapse_factor(self, technician: int, skill: int) -> float:
        """See `Workforce.relapse_factor`."""
        return self._skills.relapse[technician][skill]

    def manner_ppm(self, technician: int) -> int:
        """See `Workforce.manner_ppm`: morale sets it."""
        return self._morale_ppm[technician]

    def done(self, technician: int, skill: int, request: Request, *, is_fixed: bool) -> None:
        """See `Workforce.done`."""
        if is_fixed:
            self._skills.done(technician, skill)
        self._scores.visited(technician, request, self._morale_ppm[technician], is_fixed=is_fixed)

    def fails_again(self, technician: int, second: int) -> None:
        """See `Workforce.fails_again`."""
        self._scores.fails_again(technician, second)

    def day_over(self, technician: int, day: int, row: list[int]) -> None:
        """See `Workforce.day_over`."""
        del day  # the row says it, too
        shift, overtime = row[_SHIFT], row[_OVERTIME]
        self._payroll.worked(
            self._people[technician].station, shift, overtime, visits=row[_VISITS], failed=row[_FAILED]
        )
        self._morale.note(technician, shift, row[_DRIVING] + row[_WORK], overtime)
        self._scores.worked(technician, shift)
        if self._skills.is_learning:
            self._learn(technician)
        row[_STATE:] = self._state(technician)

    def close(self) -> None:
        """See `Workforce.close`."""
        self._payroll.write(self._context.end_second - 1)

    def _morning(self) -> None:
        """Midnight: yesterday is paid, people leave and come, and it is settled who is ill or in training today."""
        now = self._context.now
        day = now // SECONDS_PER_DAY
        if day:
            self._payroll.write(now - 1)
        if day and day % _DAYS_PER_WEEK == 0:
            self._week_over()
        if day and day % self._review_days == 0:
            self._scores.review(now, self._skills.experience)
        self._turn_over(day)
        self._mark_away(day)
        if day + 1 < self._context.world.days:
            at(self._context.environment, now + SECONDS_PER_DAY, Turn.PEOPLE, self._morning)

    def _week_over(self) -> None:
        self._morale.week_over()
        if self._morale.is_moving:
            self._turnover.weigh(self._morale.morale)
            for person in self._people:
                self._refresh(person.number)

    def _turn_over(self, day: int) -> None:
        changes = self._turnover.morning(day)
        for technician, gone in changes.notices:
            self._tell(technician, WorkforceEvent.NOTICE, gone - day)
            self._presence.leave(technician, gone)
        for technicians, follow in ((changes.leavers, self._leave), (changes.recruits, self._come)):
            for technician in technicians:
                # who is still on the shift of yesterday finishes it
                second = self._context.now + self._presence.ends_after_midnight(technician)
                if second == self._context.now:
                    follow(technician)
                else:
                    at(self._context.environment, second, Turn.PEOPLE, partial(follow, technician))

    def _leave(self, technician: int) -> None:
        self._tell(technician, WorkforceEvent.LEFT, 0)
        self._rooms.field.available(technician, False)

    def _come(self, technician: int) -> None:
        """Somebody new takes a position."""
        day = -(-self._context.now // SECONDS_PER_DAY)  # the next one when the last shift has just ended
        self._turnover.replace(technician)
        self._skills.replace(technician)
        self._morale.restart(technician)
        self._turnover.weigh(self._morale.morale)
        self._scores.start(technician, self._skills.experience[technician])
        self._refresh(technician)
        self._presence.enter([technician], self._turnover.keys[technician : technician + 1], day)
        self._payroll.hired(self._people[technician].station)
        self._tell(technician, WorkforceEvent.HIRED, self._turnover.persons[technician])
        self._rooms.field.available(technician, True)

    def _mark_away(self, day: int) -> None:
        for technician, days in self._presence.episodes(day):
            self._tell(technician, WorkforceEvent.ILL, days)
        for technician, duty in self._presence.absent(day):
            self._away(technician, day, duty, is_training=False)
        for technician, duty in self._presence.trained(day):
            self._tell(technician, WorkforceEvent.TRAINED, self._skills.train(technician))
            if self._skills.is_learning:
                self._learn(technician)
            self._away(technician, day, duty, is_training=True)

    def _away(self, technician: int, day: int, duty: Duty, *, is_training: bool) -> None:
        station = self._people[technician].station
        seconds = min(duty.ends_second, self._context.end_second) - duty.starts_second
        self._payroll.away(station, seconds, is_training=is_training)
        nothing = (0,) * (_FLAGS - _SHIFT - 1)
        row = (technician, station, day, seconds, *nothing, int(not is_training), int(is_training))
        self._write_day([*row, *self._state(technician)])

    def _learn(self, technician: int) -> None:
        risen = self._skills.rise(technician)
        if not risen:
            self._skills.refresh_minutes(technician, self._morale.minutes_factor(technician))
            return
        for skill in risen:
            self._tell(technician, WorkforceEvent.LEVEL_GAINED, skill)
        self._refresh(technician)

    def _refresh(self, technician: int) -> None:
        """Work out factors anew."""
        self._morale_ppm[technician] = round(self._morale.morale[technician] * _MILLION)
        self._skills.refresh(
            technician, self._morale.minutes_factor(technician), self._morale.success_factor(technician)
        )

    def _state(self, technician: int) -> tuple[int, int]:
        """The last columns of a day's row."""
        return self._morale_ppm[technician], round(self._skills.experience[technician])

    def _tell(self, technician: int, event: WorkforceEvent, value: int) -> None:
        # shifts that the end of the run cuts short are over in its last second
        second = min(self._context.now, self._context.end_second - 1)
        self._write_event([second, technician, event, value])
