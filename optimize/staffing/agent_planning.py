"""Agents by shift: from expected calls to people by hour, from these to shifts, and what that promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.outlook import ContactOutlook, Outlook
from optimize.solving import Progress
from optimize.staffing.agent_forecast import (
    PATH,
    AgentForecast,
    AgentWork,
    agent_work,
    forecast_of,
    people_by_hour,
    promises_of,
)
from optimize.staffing.agent_targets import (
    holds_abandonment,
    missed_targets,
    open_hours,
    rarely_kept_target,
    served_share,
)
from optimize.staffing.covering import ShiftCover, cover
from optimize.staffing.month import share_deviation
from optimize.staffing.shift_patterns import EVERY_DAY, ShiftPattern, patterns_from
from optimize.staffing.unsolved import unsolved
from optimize.staffing.varying import requirements_by_hour
from scenarios import (
    WEEKDAYS,
    Basis,
    OptimisedAgents,
    PlanPart,
    Scenario,
    Shift,
    SolveReport,
    SolveStatus,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_WEEKDAY_SETS = (EVERY_DAY, (0, 1, 2, 3, 4), (5, 6))
_MONTH_WEEKS = 4.0
_MOST_TRIES = 12
_TOUGHER = 0.25
"""Part of what is left of a target to 1, or to 0, by which it is tightened for the hours while it is not kept."""


def plan_agents(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Fewest paid hours of agents so that every hour that is served is answered as promised.

    Build: people by hour from the expected calls, by the modified offered load of `requirements_by_hour`; web reports
    and calls after repairs are done between calls and therefore count as calls of the same length. Solve: shifts
    that cover them (`cover`). Decode: shifts of the policy. Where the month is to be kept with a probability, targets
    of the hours are raised until the forecast for all calls of four weeks is so many deviations above the target
    (`share_deviation`), and likewise where too many of all callers are expected to give up. Where so many call while it
    is closed that no answer in the other hours is enough, the hours keep their targets and the report says so.

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
    work = agent_work(scenario, contact)
    target, probability = wanted.answered_share, scenario.policy.optimised.month_probability
    seed, is_within_reach = scenario.policy.optimised.seed, served_share(wanted, work) >= target
    answered, abandoned = target, wanted.abandoned_share
    found, forecast = None, None
    for attempt in range(_MOST_TRIES):
        progress("agents", attempt, 0)
        found = _cover(wanted, work, answered, abandoned, seed, progress)
        forecast = forecast_of(work, found)
        is_answered = forecast.answered_share - _margin(work, found, probability) >= target
        is_held = holds_abandonment(forecast, wanted)
        if (is_answered and is_held) or not is_within_reach:
            break
        if not is_answered:
            answered += _TOUGHER * (1.0 - answered)
        if abandoned is not None and not is_held:
            abandoned *= 1.0 - _TOUGHER
    assert found is not None and forecast is not None
    shifts = tuple(_shift(pattern, people) for pattern, people in found.in_use)
    part = PlanPart(
        path=PATH,
        kind="shift_cover",
        basis=Basis.OPTIMISED,
        cells=sum(shift.people for shift in shifts),
        report=_report(found, forecast, work, probability, wanted),
        promises=tuple(promises_of(scenario, contact, work, found, forecast)),
    )
    return {"agents": shifts}, (part,)


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


def _cover(
    wanted: OptimisedAgents,
    work: AgentWork,
    answered: float,
    abandoned: float | None,
    seed: int,
    progress: Progress,
) -> ShiftCover:
    """Shifts that cover what the hours need, in half-hours, as breaks are often longer than one."""
    served = open_hours(wanted)
    calls = np.where(served, work.calls, 0.0)
    if work.patience_minutes is None:
        # Who calls while it is closed is still there when it opens.
        calls[:, int(np.flatnonzero(served)[0])] += np.where(served, 0.0, work.calls).sum(axis=1)
    needed = np.zeros((7, 24), np.int64)
    if calls.any():
        needed = requirements_by_hour(
            calls.ravel(),
            work.minutes,
            work.patience_minutes,
            answered,
            work.within_minutes,
            abandoned_share=abandoned,
            redial_share=work.redial_share,
            redial_minutes=work.redial_minutes,
        ).reshape(7, 24)
    # An hour that is served has somebody there.
    needed = np.where(served, np.maximum(needed, 1), 0)
    halves = np.repeat(needed, 2, axis=1)
    clock = np.arange(48) / 2.0
    halves[:, (clock + 0.5 <= wanted.opens_hour) | (clock >= wanted.closes_hour)] = 0
    is_daily = bool((halves == halves[0]).all())
    lengths = [hours for hours in wanted.shift_hours if hours <= wanted.closes_hour - wanted.opens_hour]
    patterns = patterns_from(
        lengths,
        wanted.break_minutes,
        wanted.opens_hour,
        wanted.closes_hour,
        weekday_sets=(EVERY_DAY,) if is_daily else _WEEKDAY_SETS,
    )
    return cover(halves[:1] if is_daily else halves, patterns, seed=seed, progress=progress)


def _margin(work: AgentWork, found: ShiftCover, probability: float) -> float:
    """Deviations of four weeks' share of calls answered in time that the probability asks for."""
    from scipy.special import ndtri

    deviation = share_deviation(
        work.calls.ravel(),
        people_by_hour(found),
        work.minutes,
        work.patience_minutes,
        work.within_minutes,
        _MONTH_WEEKS,
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
    found: ShiftCover,
    forecast: AgentForecast,
    work: AgentWork,
    probability: float,
    wanted: OptimisedAgents,
) -> SolveReport:
    target = wanted.answered_share
    margin = _margin(work, found, probability)
    kept = "is" if forecast.answered_share - margin >= target else "is not"
    missed = missed_targets(forecast, wanted, work) or rarely_kept_target(
        forecast, margin, probability, wanted
    )
    return found.report.model_copy(
        update={
            "status": SolveStatus.INFEASIBLE if missed else found.report.status,
            "solver": f"requirements by modified offered load, {found.report.solver}; a month of {target:.0%} "
            f"{kept} kept with {probability:.0%} by the normal approximation",
            "unserved": (*found.report.unserved, *missed),
        }
    )


__all__ = ["plan_agents"]
