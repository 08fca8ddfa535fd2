"""What a roster has to do: people and their rules, shifts, demand, wishes, and what each of them costs.

Rules of a person are hard; demand, wishes, overtime and fairness are paid for. Costs are whole numbers of one unit of
the caller's choice, say cents. All that happens before the first and after the last day is taken to suit: a run of
shifts or of days off that touches either end of the horizon may be as short as it likes, as in Curtois and Qu (2014).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import index
from typing import Any

from scenarios import did_you_mean

_MOST_DAYS = 366
_MOST_MINUTES = 1_000_000
_MOST_COST = 10**9
_MOST_PEOPLE = 10_000
_DAY_MINUTES = 1440


@dataclass(frozen=True)
class RosterShift:
    """A shift that somebody may work on a day."""

    id: str
    minutes: int
    """Working time that counts, the break not included."""
    not_followed_by: tuple[str, ...] = ()
    """Shifts that nobody may work on the day after it."""
    start_minute: int = 0
    """After midnight; tells who is there hour by hour."""
    break_minutes: int = 0
    """Break in the middle that does not count as working time: the shift is so much longer, and nobody is there."""
    is_night: bool = False
    """Counts where nights are to be shared out fairly."""


@dataclass(frozen=True)
class RosterPerson:
    """Somebody who is to be rostered, and his contract."""

    id: str
    min_minutes: int
    """Least working time of the horizon."""
    max_minutes: int
    """Most working time of the horizon, overtime included."""
    max_consecutive_shifts: int
    """Most working days in a row."""
    min_consecutive_shifts: int = 1
    """Fewest working days in a row."""
    min_consecutive_days_off: int = 1
    """Fewest days off in a row."""
    max_weekends: int = _MOST_DAYS
    """Most weekends with a shift on Saturday or Sunday."""
    max_shifts: Mapping[str, int] = field(default_factory=dict)
    """Most shifts of a kind, by shift; 0 = may not work it, and what is not named has no limit."""
    absent_days: tuple[int, ...] = ()
    """Days on which he is not there: holidays, leave, training."""
    levels: Mapping[str, int] = field(default_factory=dict)
    """Level by skill; what is not named is level 0."""
    contract_minutes: int | None = None
    """Working time beyond it is overtime; None = there is no overtime."""
    overtime_cost_per_minute: int = 0
    """Cost of it."""
    max_shifts_per_week: int = 7
    """Most working days from Monday to Sunday."""
    max_minutes_per_week: int = 7 * _DAY_MINUTES
    """Most working time from Monday to Sunday."""
    worked_before: int = 0
    """Working days in a row that end on the eve of the first day."""


@dataclass(frozen=True)
class ShiftDemand:
    """People wanted on a shift of a day. More and fewer are possible, at a cost for each."""

    day: int
    shift: str
    """Empty = any shift that begins on that day."""
    people: int
    under_cost: int
    """Per missing person."""
    over_cost: int = 0
    """Per person too many."""
    skill: str = ""
    """Only those with this skill count; everybody where it is empty."""
    level: int = 1
    """Least level of it."""

    @property
    def name(self) -> str:
        """Which day, shift and skill, for reports."""
        of_skill = f" of {self.skill} level {self.level}" if self.skill else ""
        return f"day {self.day}, {f'shift {self.shift}' if self.shift else 'any shift'}{of_skill}"


@dataclass(frozen=True)
class HourDemand:
    """People wanted within a clock hour of a day, whatever their shift; who has his break is not there."""

    day: int
    hour: int
    people: int
    under_cost_per_minute: int
    """Per missing minute of a person."""


@dataclass(frozen=True)
class ShiftRequest:
    """A wish of a person, paid for where it is not met."""

    person: str
    day: int
    shift: str
    cost: int
    is_wanted: bool
    """Whether he wants to work this shift on this day, or wants not to."""


@dataclass(frozen=True)
class Fairness:
    """Cost of the difference between who has most and who has least of something."""

    cost_per_weekend: int = 0
    """Weekends with a shift."""
    cost_per_night: int = 0
    """Night shifts, among those who may work some."""
    cost_per_minute: int = 0
    """Working time beyond the contract, or beyond `min_minutes` where there is none."""


@dataclass(frozen=True)
class RosterProblem:
    """All that a roster is made from.

    Raises:
        ValueError: A number is no whole number in its range, an id is used twice, or a name is unknown; the message
            names the entry, the value and the rule.
    """

    days: int
    shifts: tuple[RosterShift, ...]
    people: tuple[RosterPerson, ...]
    demands: tuple[ShiftDemand, ...]
    requests: tuple[ShiftRequest, ...] = ()
    hour_demands: tuple[HourDemand, ...] = ()
    fairness: Fairness = Fairness()
    first_weekday: int = 0
    """Weekday of day 0, Monday = 0."""

    def __post_init__(self) -> None:
        _whole("days", self.days, 1, _MOST_DAYS)
        _whole("first_weekday", self.first_weekday, 0, 6)
        if not self.shifts or not self.people:
            raise ValueError("shifts, people: at least one of each is needed")
        _once("shifts", self.shift_ids)
        _once("people", self.person_ids)
        for shift in self.shifts:
            self._check_shift(shift)
        for person in self.people:
            self._check_person(person)
        skills = {skill for person in self.people for skill in person.levels}
        for number, demand in enumerate(self.demands):
            self._check_demand(f"demands[{number}]", demand, skills)
        people, shifts = set(self.person_ids), set(self.shift_ids)
        for number, request in enumerate(self.requests):
            where = f"requests[{number}]"
            _known(f"{where}.person", request.person, people)
            _known(f"{where}.shift", request.shift, shifts)
            _whole(f"{where}.day", request.day, 0, self.days - 1)
            _whole(f"{where}.cost", request.cost, 0, _MOST_COST)
        for number, hour in enumerate(self.hour_demands):
            where = f"hour_demands[{number}]"
            _whole(f"{where}.day", hour.day, 0, self.days - 1)
            _whole(f"{where}.hour", hour.hour, 0, 23)
            _whole(f"{where}.people", hour.people, 0, _MOST_PEOPLE)
            _whole(f"{where}.under_cost_per_minute", hour.under_cost_per_minute, 0, _MOST_COST)
        for name in ("cost_per_weekend", "cost_per_night", "cost_per_minute"):
            _whole(f"fairness.{name}", getattr(self.fairness, name), 0, _MOST_COST)

    @property
    def shift_ids(self) -> tuple[str, ...]:
        """In order."""
        return tuple(shift.id for shift in self.shifts)

    @property
    def person_ids(self) -> tuple[str, ...]:
        """In order."""
        return tuple(person.id for person in self.people)

    @property
    def weekends(self) -> tuple[tuple[int, ...], ...]:
        """Days of each weekend that lie within the horizon."""
        found: dict[int, list[int]] = {}
        for day in range(self.days):
            if (self.first_weekday + day) % 7 >= 5:
                found.setdefault((self.first_weekday + day) // 7, []).append(day)
        return tuple(tuple(days) for days in found.values())

    @property
    def weeks(self) -> tuple[tuple[int, ...], ...]:
        """Days of each week from Monday to Sunday that lie within the horizon."""
        found: dict[int, list[int]] = {}
        for day in range(self.days):
            found.setdefault((self.first_weekday + day) // 7, []).append(day)
        return tuple(tuple(days) for days in found.values())

    def _check_shift(self, shift: RosterShift) -> None:
        where = f"shifts[{shift.id!r}]"
        _whole(f"{where}.minutes", shift.minutes, 1, _DAY_MINUTES)
        _whole(f"{where}.start_minute", shift.start_minute, 0, _DAY_MINUTES - 1)
        _whole(f"{where}.break_minutes", shift.break_minutes, 0, _DAY_MINUTES - shift.minutes)
        for follower in shift.not_followed_by:
            _known(f"{where}.not_followed_by", follower, self.shift_ids)

    def _check_person(self, person: RosterPerson) -> None:
        where = f"people[{person.id!r}]"
        _whole(f"{where}.max_minutes", person.max_minutes, 0, _MOST_MINUTES)
        _whole(f"{where}.min_minutes", person.min_minutes, 0, person.max_minutes)
        _whole(f"{where}.max_consecutive_shifts", person.max_consecutive_shifts, 1, _MOST_DAYS)
        most = person.max_consecutive_shifts
        _whole(f"{where}.min_consecutive_shifts", person.min_consecutive_shifts, 1, most)
        _whole(f"{where}.min_consecutive_days_off", person.min_consecutive_days_off, 1, _MOST_DAYS)
        _whole(f"{where}.max_weekends", person.max_weekends, 0, _MOST_DAYS)
        _whole(f"{where}.max_shifts_per_week", person.max_shifts_per_week, 0, 7)
        _whole(f"{where}.max_minutes_per_week", person.max_minutes_per_week, 0, 7 * _DAY_MINUTES)
        _whole(f"{where}.worked_before", person.worked_before, 0, most)
        _whole(f"{where}.overtime_cost_per_minute", person.overtime_cost_per_minute, 0, _MOST_COST)
        if person.contract_minutes is not None:
            _whole(f"{where}.contract_minutes", person.contract_minutes, 0, _MOST_MINUTES)
        for shift, most in person.max_shifts.items():
            _known(f"{where}.max_shifts", shift, self.shift_ids)
            _whole(f"{where}.max_shifts[{shift!r}]", most, 0, _MOST_DAYS)
        for day in person.absent_days:
            _whole(f"{where}.absent_days", day, 0, self.days - 1)
        for skill, level in person.levels.items():
            _whole(f"{where}.levels[{skill!r}]", level, 0, 100)

    def _check_demand(self, where: str, demand: ShiftDemand, skills: set[str]) -> None:
        if demand.shift:
            _known(f"{where}.shift", demand.shift, self.shift_ids)
        _whole(f"{where}.day", demand.day, 0, self.days - 1)
        _whole(f"{where}.people", demand.people, 0, _MOST_PEOPLE)
        _whole(f"{where}.under_cost", demand.under_cost, 0, _MOST_COST)
        _whole(f"{where}.over_cost", demand.over_cost, 0, _MOST_COST)
        _whole(f"{where}.level", demand.level, 1, 100)
        if demand.skill:
            _known(f"{where}.skill", demand.skill, skills)


def without_short_rest(shifts: Iterable[RosterShift], rest_hours: float) -> tuple[RosterShift, ...]:
    """Forbid every succession that leaves too little rest, besides those that are forbidden already.

    Args:
        shifts: Shifts with their times.
        rest_hours: Least time from the end of a shift to the start of that of the next day.

    Returns:
        The same shifts with `not_followed_by` set.
    """
    known = tuple(shifts)
    made = []
    for shift in known:
        ends = shift.start_minute + shift.minutes + shift.break_minutes
        short = {
            other.id for other in known if other.start_minute + _DAY_MINUTES - ends < rest_hours * 60
        } | set(shift.not_followed_by)
        made.append(replace(shift, not_followed_by=tuple(other.id for other in known if other.id in short)))
    return tuple(made)


def _whole(where: str, value: Any, low: int, high: int) -> None:
    try:
        number = index(value)
    except TypeError:
        raise ValueError(f"{where}={value!r}: must be a whole number from {low} to {high}") from None
    if isinstance(value, bool) or not low <= number <= high:
        raise ValueError(f"{where}={value!r}: must be a whole number from {low} to {high}")


def _once(where: str, ids: tuple[str, ...]) -> None:
    for earlier, later in pairwise(sorted(ids)):
        if earlier == later:
            raise ValueError(f"{where}: id {later!r} is used twice")


def _known(where: str, name: str, names: Iterable[str]) -> None:
    if name not in names:
        hint = did_you_mean(name, names)
        raise ValueError(f"{where}={name!r}: is not known{f' ({hint})' if hint else ''}")


__all__ = [
    "Fairness", "HourDemand", "RosterPerson", "RosterProblem", "RosterShift", "ShiftDemand", "ShiftRequest",
    "without_short_rest",
]  # fmt: skip
