"""An independent check of rosters: it counts day by day and minute by minute, with no code of what makes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import groupby, pairwise

from optimize.broken import Broken
from optimize.staffing.rostering.problem import RosterPerson, RosterProblem, RosterShift
from optimize.staffing.rostering.roster import Roster
from scenarios import SolveStatus


class RosterRule(Enum):
    """What a roster must keep."""

    SHAPE = "there is a known shift or a day off for each person and day"
    ABSENCE = "nobody works while he is absent"
    SUCCESSION = "no shift follows one that it may not follow"
    MOST_SHIFTS = "nobody works more shifts of a kind than he may"
    MIN_MINUTES = "everybody works his least time"
    MAX_MINUTES = "nobody works more than his most time"
    WEEK = "nobody works more days or more time in a week than he may"
    LONGEST_RUN = "nobody works more days in a row than he may"
    SHORTEST_RUN = "nobody works fewer days in a row than he must"
    DAYS_OFF = "nobody has fewer days off in a row than he must"
    WEEKENDS = "nobody works more weekends than he may"
    NAMED = "whoever stays off because of his rules is named, nobody else, and the status says so"
    SHORTAGE = "each demand that is left short is named, and no other"
    COST = "the cost of each kind is that of the roster"
    STATUS = "objective, bound and status agree"


BrokenRosterRule = Broken[RosterRule]


def check_roster(roster: Roster) -> tuple[BrokenRosterRule, ...]:
    """Find every rule that a roster breaks.

    Args:
        roster: The roster, with the problem it answers.

    Returns:
        Broken rules; empty for a good roster. Where entries are no shifts at all, nothing else is looked at.
    """
    problem = roster.problem
    rows = roster.shift.tolist()
    known = range(-1, len(problem.shifts))
    if len(rows) != len(problem.people) or any(
        len(row) != problem.days or any(entry not in known for entry in row) for row in rows
    ):
        return (BrokenRosterRule(RosterRule.SHAPE, "roster"),)
    worked = [[None if entry < 0 else problem.shifts[entry] for entry in row] for row in rows]
    unserved = [entry.item for entry in roster.report.unserved]
    excused = {item.removeprefix("person ") for item in unserved if item.startswith("person ")}
    broken = []
    for person, days in zip(problem.people, worked, strict=True):
        if person.id in excused:
            rules = [RosterRule.NAMED] if any(days) else []
        else:
            rules = [*_of_days(person, days), *_of_runs(person, days), *_of_totals(problem, person, days)]
        broken += [BrokenRosterRule(rule, f"person {person.id}") for rule in rules]
    if bool(excused) != (roster.report.status is SolveStatus.INFEASIBLE):
        broken.append(BrokenRosterRule(RosterRule.NAMED, "report"))
    return (*broken, *_shortages(problem, worked, unserved), *_money(roster, worked))


_Days = list[RosterShift | None]


def _of_days(person: RosterPerson, days: _Days) -> Iterator[RosterRule]:
    if any(days[day] for day in person.absent_days):
        yield RosterRule.ABSENCE
    for today, tomorrow in pairwise(days):
        if today and tomorrow and tomorrow.id in today.not_followed_by:
            yield RosterRule.SUCCESSION


def _of_runs(person: RosterPerson, days: _Days) -> Iterator[RosterRule]:
    known: list[RosterShift | bool | None] = [*[True] * person.worked_before, *days]
    runs = [(works, len(list(run))) for works, run in groupby(known, bool)]
    for number, (works, length) in enumerate(runs):
        is_inside = 0 < number < len(runs) - 1
        if works and length > person.max_consecutive_shifts:
            yield RosterRule.LONGEST_RUN
        if works and is_inside and length < person.min_consecutive_shifts:
            yield RosterRule.SHORTEST_RUN
        if not works and is_inside and length < person.min_consecutive_days_off:
            yield RosterRule.DAYS_OFF


def _of_totals(problem: RosterProblem, person: RosterPerson, days: _Days) -> Iterator[RosterRule]:
    times = Counter(shift.id for shift in days if shift)
    if any(times[shift] > most for shift, most in person.max_shifts.items()):
        yield RosterRule.MOST_SHIFTS
    minutes = _minutes(days)
    if minutes < person.min_minutes:
        yield RosterRule.MIN_MINUTES
    if minutes > person.max_minutes:
        yield RosterRule.MAX_MINUTES
    for week in range((problem.first_weekday + problem.days + 6) // 7):
        first = 7 * week - problem.first_weekday
        in_week = [shift for day, shift in enumerate(days) if first <= day < first + 7 and shift]
        if len(in_week) > person.max_shifts_per_week or _minutes(in_week) > person.max_minutes_per_week:
            yield RosterRule.WEEK
            break
    if _weekends(problem, days) > person.max_weekends:
        yield RosterRule.WEEKENDS


def _minutes(days: Sequence[RosterShift | None]) -> int:
    return sum(shift.minutes for shift in days if shift)


def _weekends(problem: RosterProblem, days: _Days) -> int:
    weeks = {
        (problem.first_weekday + day) // 7
        for day, shift in enumerate(days)
        if shift and (problem.first_weekday + day) % 7 in (5, 6)
    }
    return len(weeks)


def _there(problem: RosterProblem, worked: list[_Days], day: int, shift: str, skill: str, level: int) -> int:
    return sum(
        1
        for person, days in zip(problem.people, worked, strict=True)
        if (entry := days[day]) is not None
        and shift in ("", entry.id)
        and (not skill or person.levels.get(skill, 0) >= level)
    )


def _shortages(
    problem: RosterProblem, worked: list[_Days], unserved: list[str]
) -> Iterator[BrokenRosterRule]:
    named = Counter(item for item in unserved if item.startswith("day "))
    for demand in problem.demands:
        there = _there(problem, worked, demand.day, demand.shift, demand.skill, demand.level)
        if there < demand.people and demand.under_cost > 0:
            named[f"{demand.name}: {there} of {demand.people} people"] -= 1
    for item, count in named.items():
        if count:
            yield BrokenRosterRule(RosterRule.SHORTAGE, item)


def _money(roster: Roster, worked: list[_Days]) -> Iterator[BrokenRosterRule]:
    problem, report = roster.problem, roster.report
    recounted = {
        "under": _demand_cost(problem, worked, is_under=True),
        "over": _demand_cost(problem, worked, is_under=False),
        "hours": _hours_cost(problem, worked),
        "requests": _requests_cost(problem, worked),
        "overtime": _overtime_cost(problem, worked),
        "fairness": _spread_cost(problem, worked),
    }
    for kind, cost in recounted.items():
        if getattr(roster.cost, kind) != cost:
            yield BrokenRosterRule(RosterRule.COST, kind)
    total = sum(recounted.values())
    if report.objective != total:
        yield BrokenRosterRule(RosterRule.COST, "objective")
    bound = report.bound if report.bound is not None else float("-inf")
    if bound > total or (report.status is SolveStatus.OPTIMAL and bound != total):
        yield BrokenRosterRule(RosterRule.STATUS, "report")


def _demand_cost(problem: RosterProblem, worked: list[_Days], *, is_under: bool) -> int:
    cost = 0
    for demand in problem.demands:
        more = _there(problem, worked, demand.day, demand.shift, demand.skill, demand.level) - demand.people
        if is_under and more < 0:
            cost -= demand.under_cost * more
        if not is_under and more > 0:
            cost += demand.over_cost * more
    return cost


def _hours_cost(problem: RosterProblem, worked: list[_Days]) -> int:
    if not problem.hour_demands:
        return 0
    on_duty = [0] * ((problem.days + 1) * 1440)
    for days in worked:
        for day, shift in enumerate(days):
            if shift is None:
                continue
            begins = day * 1440 + shift.start_minute
            pause = begins + shift.minutes // 2
            for minute in range(begins, begins + shift.minutes + shift.break_minutes):
                if not pause <= minute < pause + shift.break_minutes:
                    on_duty[minute] += 1
    cost = 0
    for wanted in problem.hour_demands:
        first = wanted.day * 1440 + wanted.hour * 60
        missing = wanted.people * 60 - sum(on_duty[first : first + 60])
        cost += wanted.under_cost_per_minute * max(0, missing)
    return cost


def _requests_cost(problem: RosterProblem, worked: list[_Days]) -> int:
    row_of = {person.id: days for person, days in zip(problem.people, worked, strict=True)}
    cost = 0
    for request in problem.requests:
        shift = row_of[request.person][request.day]
        is_met = (shift is not None and shift.id == request.shift) == request.is_wanted
        cost += 0 if is_met else request.cost
    return cost


def _overtime_cost(problem: RosterProblem, worked: list[_Days]) -> int:
    cost = 0
    for person, days in zip(problem.people, worked, strict=True):
        if person.contract_minutes is not None and _minutes(days) > person.contract_minutes:
            cost += person.overtime_cost_per_minute * (_minutes(days) - person.contract_minutes)
    return cost


def _spread_cost(problem: RosterProblem, worked: list[_Days]) -> int:
    weekends, nights, extra = [], [], []
    for person, days in zip(problem.people, worked, strict=True):
        weekends.append(_weekends(problem, days))
        due = person.min_minutes if person.contract_minutes is None else person.contract_minutes
        extra.append(_minutes(days) - due)
        if any(shift.is_night and person.max_shifts.get(shift.id) != 0 for shift in problem.shifts):
            nights.append(sum(1 for shift in days if shift and shift.is_night))
    fairness = problem.fairness
    cost = fairness.cost_per_weekend * (max(weekends) - min(weekends))
    cost += fairness.cost_per_minute * (max(extra) - min(extra))
    if nights:
        cost += fairness.cost_per_night * (max(nights) - min(nights))
    return cost


__all__ = ["BrokenRosterRule", "RosterRule", "check_roster"]
