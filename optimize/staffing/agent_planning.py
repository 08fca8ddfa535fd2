"""Agents by shift: from expected calls to people by hour, from these to shifts, and what that promises."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimize.outlook import ContactOutlook, Outlook
from optimize.solving import Progress
from optimize.staffing.agent_cover import covered, people_needed, served_calls
from optimize.staffing.agent_forecast import (
    PATH,
    AgentForecast,
    AgentWork,
    agent_work,
    all_calls,
    forecast_of,
    people_by_hour,
    promises_of,
)
from optimize.staffing.agent_months import MONTH_WEEKS, WORK_LIMIT, MonthCalls, MonthPeople, MonthSearch
from optimize.staffing.agent_targets import (
    holds_abandonment,
    missed_targets,
    open_hours,
    rarely_kept_target,
    served_share,
)
from optimize.staffing.covering import ShiftCover
from optimize.staffing.month import share_deviation
from optimize.staffing.shift_patterns import ShiftPattern
from optimize.staffing.unsolved import unsolved
from scenarios import (
    WEEKDAYS,
    Basis,
    OptimisedAgents,
    PlanPart,
    Scenario,
    Shift,
    SolveReport,
    SolveStatus,
    Unserved,
)

_MOST_TRIES = 12
_MOST_SEARCHES = 3
_CLOSE = 0.003
"""Share above the targets of months that is not worth another search."""
_NEARLY_AS_MANY = 0.02
"""Months that have more calls in no hour than by this share of the busiest hour are planned for together."""
_TOUGHER = 0.25
"""Part of what is left of a target to 1, or to 0, by which it is tightened for the hours while it is not kept."""


@dataclass(frozen=True)
class _Kept:
    """How shifts keep the targets of one month."""

    forecast: AgentForecast
    spare: float
    """Share answered in time beyond the target, with the probability that is asked for."""


@dataclass(frozen=True, eq=False)
class _Problem:
    """What is asked for, and the calendar months that ask for most."""

    wanted: OptimisedAgents
    probability: float
    seed: int
    mean: AgentWork
    """Of the whole horizon."""
    months: tuple[AgentWork, ...]
    """Every month has at most as many calls as one of these in every hour: with these kept, all are."""

    def kept(self, work: AgentWork, found: ShiftCover) -> _Kept:
        """How a month of so many calls is kept."""
        forecast = forecast_of(work, found)
        spare = forecast.answered_share - _margin(work, found, self.probability) - self.wanted.answered_share
        return _Kept(forecast, spare)

    def is_good(self, kept: _Kept) -> bool:
        """Whether both targets are kept."""
        return kept.spare >= 0.0 and holds_abandonment(kept.forecast, self.wanted)


def plan_agents(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Fewest paid hours of agents that keep the target of every month with the probability asked for.

    Build: calls by weekday and hour of each calendar month; web reports and calls after repairs are done between calls
    and therefore count as calls of the same length. Solve: shifts with which every hour keeps the target by itself
    (`requirements_by_hour`, `cover`), hours being asked for more until the forecast of every month for all calls of
    four weeks is so many deviations above the target (`share_deviation`), and likewise where too many are expected to
    give up; then cheaper ones that keep the months as a whole (`MonthSearch`), asked for more or less until their
    forecast keeps them as well. Decode: shifts of the policy, the same all year. Where so many call while it is closed
    that no answer in the other hours is enough, the hours keep their targets and the report says so. Where calls keep
    one rate all week, so do the hours: their promise is exact.

    Promises leave out that those who go home finish their calls beside those who come: with three shifts a day and
    impatient callers 0.3 points more are answered in time, and a fortieth fewer give up.

    Returns:
        Fields of `Decisions`, and one part with promises; no fields where no shift can be worked.
    """
    wanted, contact = scenario.policy.optimised.agents, outlook.contact
    if wanted is None:
        return {}, ()
    why = _impossible(wanted, contact)
    if why is not None:
        return {}, (unsolved(PATH, "shift_cover", *why),)
    assert contact is not None
    problem = _Problem(
        wanted,
        scenario.policy.optimised.month_probability,
        scenario.policy.optimised.seed,
        agent_work(scenario, contact),
        _busiest([agent_work(scenario, contact.in_month(month)) for month in contact.months])
        or (agent_work(scenario, contact),),
    )
    found, kept = _hour_by_hour(problem, progress)
    if all(map(problem.is_good, kept)) and not problem.mean.is_steady:
        found = _month_by_month(problem, found, kept, progress)
    forecast = forecast_of(problem.mean, found)
    shifts = tuple(_shift(pattern, people) for pattern, people in found.in_use)
    part = PlanPart(
        path=PATH,
        kind="shift_cover",
        basis=Basis.OPTIMISED,
        cells=sum(shift.people for shift in shifts),
        report=_report(scenario, contact, problem, found, forecast),
        promises=tuple(promises_of(scenario, contact, problem.mean, found, forecast)),
    )
    return {"agents": shifts}, (part,)


def _busiest(months: list[AgentWork]) -> tuple[AgentWork, ...]:
    """Months that ask for most: one that another nearly covers joins it, at the larger number of calls of each hour."""
    chosen: list[AgentWork] = []
    for month in sorted(months, key=lambda work: -float(work.calls.sum())):
        for place, other in enumerate(chosen):
            if (month.calls <= other.calls + _NEARLY_AS_MANY * other.calls.max()).all():
                chosen[place] = replace(other, calls=np.maximum(other.calls, month.calls))
                break
        else:
            chosen.append(month)
    return tuple(chosen)


def _hour_by_hour(problem: _Problem, progress: Progress) -> tuple[ShiftCover, list[_Kept]]:
    """Shifts with which every hour keeps the target by itself, and more while a month is not kept."""
    wanted, work = problem.wanted, problem.mean
    calls = np.max([served_calls(wanted, month) for month in problem.months], axis=0)
    is_within_reach = served_share(wanted, work) >= wanted.answered_share
    answered, abandoned = wanted.answered_share, wanted.abandoned_share
    for attempt in range(_MOST_TRIES):
        progress("agents", attempt, 0)
        needed = people_needed(wanted, work, calls, answered, abandoned)
        found = covered(wanted, needed, problem.seed, progress)
        kept = [problem.kept(month, found) for month in problem.months]
        if all(map(problem.is_good, kept)) or not is_within_reach:
            break
        if any(month.spare < 0.0 for month in kept):
            answered += _TOUGHER * (1.0 - answered)
        if abandoned is not None and not all(holds_abandonment(month.forecast, wanted) for month in kept):
            abandoned *= 1.0 - _TOUGHER
    return found, kept


def _month_by_month(
    problem: _Problem, start: ShiftCover, kept: list[_Kept], progress: Progress
) -> ShiftCover:
    """Cheaper shifts that keep the months as a whole, or those given where none are found.

    The search takes hours as independent; how far the forecast of its shifts, in which work is carried over and who
    gave up rings again, lies off the targets is what the next search is asked for less, or more.
    """
    wanted, work = problem.wanted, problem.mean
    months = [_month_calls(wanted, month, start) for month in problem.months]
    search = MonthSearch(wanted, work, months, problem.probability, problem.seed)
    goals = [wanted.answered_share for _ in months]
    limits = None if wanted.abandoned_share is None else [wanted.abandoned_share for _ in months]
    least = covered(wanted, search.lowest, problem.seed, progress)
    if least.paid_hours_per_week >= start.paid_hours_per_week:
        return start
    best = start
    for attempt in range(_MOST_SEARCHES):
        progress("agents", _MOST_TRIES + attempt, 0)
        chosen = search.fewest_hours(goals, limits, best)
        if chosen is None:
            break
        found = _searched(covered(wanted, chosen.people, problem.seed, progress), chosen)
        kept = [problem.kept(month, found) for month in problem.months]
        is_good = all(map(problem.is_good, kept))
        is_cheaper = found.paid_hours_per_week < best.paid_hours_per_week
        if is_good and is_cheaper:
            best = found
        if is_good and (min(month.spare for month in kept) < _CLOSE or not is_cheaper):
            break
        goals = [
            min(goal - month.spare + (0.0 if is_good else _CLOSE), 1.0 - 1e-6)
            for goal, month in zip(goals, kept, strict=True)
        ]
        if limits is not None:
            limits = [
                limit * min(1.0, (wanted.abandoned_share or 1.0) / max(month.forecast.abandoned_share, 1e-12))
                for limit, month in zip(limits, kept, strict=True)
            ]
    return best


def _searched(found: ShiftCover, chosen: MonthPeople) -> ShiftCover:
    """Shifts of a search, with its bound in the place of that of the cover of its people by hour."""
    bound = min(chosen.bound_hours / (7 // len(found.on_duty)), found.paid_hours)
    proven = chosen.is_proven and bound >= found.paid_hours - 1e-9
    changes = {
        "solver": f"people by hour from sampled months by CP-SAT, {found.report.solver}",
        "status": SolveStatus.OPTIMAL if proven else SolveStatus.FEASIBLE,
        "bound": bound,
        "work_limit": f"{WORK_LIMIT:g} units of deterministic work, {found.report.work_limit}",
    }
    return replace(found, report=found.report.model_copy(update=changes))


def _month_calls(wanted: OptimisedAgents, month: AgentWork, start: ShiftCover) -> MonthCalls:
    """Calls to be planned for, with those made again while there are as many people as at the start."""
    if month.patience_minutes is None:
        return MonthCalls(served_calls(wanted, month), 0.0)
    calls, is_open = all_calls(month, start), open_hours(wanted)
    return MonthCalls(np.where(is_open, calls, 0.0), float(calls[:, ~is_open].sum()))


def _impossible(wanted: OptimisedAgents, contact: ContactOutlook | None) -> tuple[str, str, str] | None:
    """What cannot be done, why, and what would make it possible."""
    if contact is None:
        return "agents", "nobody calls: there is no contact centre", "give `service.contact_centre`"
    span = wanted.closes_hour - wanted.opens_hour
    if span <= 0:
        return (
            "agents",
            f"it closes at {wanted.closes_hour:g} h, before it opens at {wanted.opens_hour:g} h",
            f"closes_hour above {wanted.opens_hour:g}",
        )
    if min(wanted.shift_hours) > span:
        return (
            "agents",
            f"no shift of {', '.join(f'{hours:g}' for hours in wanted.shift_hours)} h fits into {span:g} h",
            f"a shift of at most {span:g} h, or closes_hour {wanted.opens_hour + min(wanted.shift_hours):g}",
        )
    if wanted.break_minutes >= 60.0 * min(wanted.shift_hours):
        return (
            "agents",
            "a break is as long as a shift",
            f"break_minutes below {60 * min(wanted.shift_hours):g}",
        )
    return None


def _margin(work: AgentWork, found: ShiftCover, probability: float) -> float:
    """Deviations of four weeks' share of calls answered in time that the probability asks for."""
    from scipy.special import ndtri

    deviation = share_deviation(
        work.calls.ravel(),
        people_by_hour(found),
        work.minutes,
        work.patience_minutes,
        work.within_minutes,
        MONTH_WEEKS,
    )
    return float(ndtri(probability)) * deviation


def _shift(pattern: ShiftPattern, people: int) -> Shift:
    return Shift(
        people=people,
        start_hour=pattern.start_hour,
        hours=pattern.hours,
        break_minutes=pattern.break_minutes,
        weekdays=tuple(WEEKDAYS[day] for day in pattern.weekdays),
    )


def _report(
    scenario: Scenario,
    contact: ContactOutlook,
    problem: _Problem,
    found: ShiftCover,
    forecast: AgentForecast,
) -> SolveReport:
    wanted, probability = problem.wanted, problem.probability
    margin = _margin(problem.mean, found, probability)
    missed = missed_targets(forecast, wanted, problem.mean)
    missed = missed or rarely_kept_target(forecast, margin, probability, wanted)
    are_kept = all(problem.is_good(problem.kept(month, found)) for month in problem.months)
    if not are_kept and len(contact.months) > 1:
        missed += _missed_months(scenario, contact, problem, found)
    return found.report.model_copy(
        update={
            "status": SolveStatus.INFEASIBLE if missed else found.report.status,
            "solver": f"requirements by modified offered load, {found.report.solver}; every month of "
            f"{wanted.answered_share:.0%} {'is' if are_kept else 'is not'} kept with {probability:.0%} by the normal "
            "approximation",
            "unserved": (*found.report.unserved, *missed),
        }
    )


def _missed_months(
    scenario: Scenario, contact: ContactOutlook, problem: _Problem, found: ShiftCover
) -> tuple[Unserved, ...]:
    """Calendar months that miss the target, and by how much."""
    missed: tuple[Unserved, ...] = ()
    for month in contact.months:
        work = agent_work(scenario, contact.in_month(month))
        forecast, margin = forecast_of(work, found), _margin(work, found, problem.probability)
        missed += rarely_kept_target(forecast, margin, problem.probability, problem.wanted, month.name)
    return missed


__all__ = ["plan_agents"]
