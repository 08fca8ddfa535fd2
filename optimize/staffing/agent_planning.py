"""Agents by shift: from expected calls to people by hour, from these to shifts, and what that promises."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.outlook import ContactOutlook, Outlook
from optimize.solving import Progress
from optimize.staffing.covering import ShiftCover, cover
from optimize.staffing.month import share_deviation
from optimize.staffing.queues import Waiting, erlang_a
from optimize.staffing.shift_patterns import EVERY_DAY, ShiftPattern, patterns_from
from optimize.staffing.unsolved import unsolved
from optimize.staffing.varying import HourlyPerformance, performance_by_hour, requirements_by_hour
from scenarios import (
    WEEKDAYS,
    Basis,
    Exponential,
    OptimisedAgents,
    PlanPart,
    Premise,
    Promise,
    Scenario,
    Shift,
    SolveReport,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

PATH = "policy.optimised.agents"

_WEEKDAY_SETS = (EVERY_DAY, (0, 1, 2, 3, 4), (5, 6))
_HALF_SECOND = 0.5 / 60.0
"""The world counts whole seconds: a wait of up to half a second more is one of so many seconds."""
_MONTH_WEEKS = 4.0
_LEAST_MINUTES = 1.0 / 60.0
"""Work of a call where the scenario has none: a second."""
_MOST_TRIES = 12
_TOUGHER = 0.25
"""Part of what is left of the target to 1 by which it is raised for the hours while the month is not sure enough."""
_HOURS_OF_WEEK = 7 * 24


@dataclass(frozen=True, eq=False)
class _Work:
    """What agents have to do by hour, work that can wait included as calls, as it is done between them."""

    calls: FloatArray
    """(7, 24)"""
    minutes: float
    patience_minutes: float | None
    redial_share: float
    redial_minutes: float
    within_minutes: float

    @property
    def is_steady(self) -> bool:
        """Whether calls come at one rate all week."""
        return bool(np.ptp(self.calls) <= 1e-9 * max(float(self.calls.max()), 1e-300))


@dataclass(frozen=True)
class _Forecast:
    """What a cover leads to."""

    answered_share: float
    abandoned_share: float
    answered_per_week: float
    answer_seconds: float | None
    occupancy: float
    """Of the people on duty."""


def plan_agents(
    scenario: Scenario, outlook: Outlook, progress: Progress
) -> tuple[dict[str, Any], tuple[PlanPart, ...]]:
    """Fewest paid hours of agents so that every hour that is served is answered as promised.

    Build: people by hour from the expected calls, by the modified offered load of `requirements_by_hour`; web reports
    and calls after repairs are done between calls and therefore count as calls of the same length. Solve: shifts
    that cover them (`cover`). Decode: shifts of the policy. Where the month is to be kept with a probability, targets
    of the hours are raised until the forecast for all calls of four weeks is so many deviations above the target
    (`share_deviation`).

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
    work = _work(scenario, contact)
    target, probability = wanted.answered_share, scenario.policy.optimised.month_probability
    served = _open_hours(wanted)
    asked = target
    found, forecast = None, None
    for attempt in range(_MOST_TRIES):
        progress("agents", attempt, 0)
        found = _cover(wanted, work, served, asked, scenario.policy.optimised.seed, progress)
        forecast = _forecast(work, found)
        if forecast.answered_share - _margin(work, found, probability) >= target or not served.all():
            break
        asked += _TOUGHER * (1.0 - asked)
    assert found is not None and forecast is not None
    shifts = tuple(_shift(pattern, people) for pattern, people in found.in_use)
    part = PlanPart(
        path=PATH,
        kind="shift_cover",
        basis=Basis.OPTIMISED,
        cells=sum(shift.people for shift in shifts),
        report=_report(found, forecast, work, probability, target),
        promises=tuple(_promises(scenario, contact, work, found, forecast)),
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


def _work(scenario: Scenario, contact: ContactOutlook) -> _Work:
    assert scenario.service is not None and scenario.service.contact_centre is not None
    calls, per_week = contact.calls_per_hour, float(contact.calls_per_hour.sum())
    back = 7.0 * contact.back_office_minutes_per_day
    minutes = contact.work_minutes_mean
    if per_week * minutes > 0.0:
        calls = calls * (1.0 + back / (per_week * minutes))
    elif back > 0.0:
        calls, minutes = np.full((7, 24), back / _HOURS_OF_WEEK), 1.0
    minutes = max(minutes, _LEAST_MINUTES)
    centre = scenario.service.contact_centre
    within = scenario.policy.service.contacts.answer_within_seconds / 60.0 + _HALF_SECOND
    return _Work(
        calls, minutes, contact.patience_minutes, contact.redial_share, centre.redial_minutes.mean(), within
    )


def _open_hours(wanted: OptimisedAgents) -> npt.NDArray[np.bool_]:
    hour = np.arange(24)
    return np.asarray((hour + 1 > wanted.opens_hour) & (hour < wanted.closes_hour))


def _cover(
    wanted: OptimisedAgents,
    work: _Work,
    served: npt.NDArray[np.bool_],
    answered: float,
    seed: int,
    progress: Progress,
) -> ShiftCover:
    """Shifts that cover what the hours need, in half-hours, as breaks are often longer than one."""
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
            abandoned_share=wanted.abandoned_share,
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


def _forecast(work: _Work, found: ShiftCover) -> _Forecast:
    """What shifts lead to: exactly in the steady state of M/M/c+M, else by fluid flow from hour to hour."""
    people = np.broadcast_to(_on_duty(found), (7, 24))
    per_week = float(work.calls.sum())
    if per_week <= 0.0:
        return _Forecast(1.0, 0.0, 0.0, 0.0, 0.0)
    if work.is_steady and np.ptp(people) < 1e-9 and float(people[0, 0]).is_integer():
        servers = int(people[0, 0])
        state = erlang_a(
            per_week / (_HOURS_OF_WEEK * 60.0),
            work.minutes,
            work.patience_minutes,
            servers,
            work.redial_share,
        )
        tried = state.calls_per_minute * _HOURS_OF_WEEK * 60.0
        return _Forecast(
            state.answered_within(work.within_minutes),
            state.abandoned_share,
            tried * (1.0 - state.abandoned_share),
            _seconds_of_answered(state, work),
            state.utilisation,
        )
    try:
        hours = performance_by_hour(
            work.calls.ravel(),
            _people_by_hour(found),
            work.minutes,
            work.patience_minutes,
            work.within_minutes,
            redial_share=work.redial_share,
            redial_minutes=work.redial_minutes,
        )
    except ValueError:
        # People cannot do the work of a week, and nobody gives up.
        return _Forecast(0.0, 0.0, float(people.sum()) * 60.0 / work.minutes, None, 1.0)
    tried = float(hours.calls_per_hour.sum())
    answered = tried - float(hours.abandoned_per_hour.sum())
    minutes_there = 60.0 * float(people.sum())
    return _Forecast(
        hours.overall_answered_share,
        hours.overall_abandoned_share,
        answered,
        _mean_seconds(hours) if work.patience_minutes is None else None,
        answered * work.minutes / max(minutes_there, 1e-300),
    )


def _seconds_of_answered(state: Waiting, work: _Work) -> float | None:
    """Mean seconds until calls that are answered are: the integral of the share still waiting among these."""
    if work.patience_minutes is None:
        return 60.0 * state.mean_wait_minutes if isfinite(state.mean_wait_minutes) else None
    answered = 1.0 - state.abandoned_share
    if answered <= 0.0:
        return None
    grid = np.linspace(0.0, 12.0 * work.patience_minutes, 2_401)
    still = 1.0 - np.array([state.answered_within(float(minutes)) for minutes in grid]) / answered
    return 60.0 * float(np.trapezoid(np.maximum(still, 0.0), grid))


def _mean_seconds(hours: HourlyPerformance) -> float | None:
    waits = np.where(hours.calls_per_hour > 0.0, hours.mean_wait_minutes, 0.0)
    if not np.isfinite(waits).all():
        return None
    return 60.0 * float(waits @ hours.calls_per_hour) / float(hours.calls_per_hour.sum())


def _margin(work: _Work, found: ShiftCover, probability: float) -> float:
    """Deviations of four weeks' share of calls answered in time that the probability asks for."""
    from scipy.special import ndtri

    deviation = share_deviation(
        work.calls.ravel(),
        _people_by_hour(found),
        work.minutes,
        work.patience_minutes,
        work.within_minutes,
        _MONTH_WEEKS,
    )
    return float(ndtri(probability)) * deviation


def _people_by_hour(found: ShiftCover) -> IntArray:
    """(168,) whole people on duty, Monday first."""
    people = np.broadcast_to(_on_duty(found), (7, 24)).ravel()
    return np.floor(people + 0.5).astype(np.int64)


def _on_duty(found: ShiftCover) -> FloatArray:
    """(days, 24) mean people on duty by hour."""
    return np.asarray(found.on_duty.reshape(len(found.on_duty), 24, 2).mean(axis=2))


def _shift(pattern: ShiftPattern, people: int) -> Shift:
    return Shift(
        people=people,
        start_hour=pattern.start_hour,
        hours=pattern.hours,
        break_minutes=pattern.break_minutes,
        weekdays=tuple(WEEKDAYS[day] for day in pattern.weekdays),
    )


def _report(
    found: ShiftCover, forecast: _Forecast, work: _Work, probability: float, target: float
) -> SolveReport:
    margin = _margin(work, found, probability)
    kept = "is" if forecast.answered_share - margin >= target else "is not"
    return found.report.model_copy(
        update={
            "solver": f"requirements by modified offered load, {found.report.solver}; a month of {target:.0%} "
            f"{kept} kept with {probability:.0%} by the normal approximation"
        }
    )


def _promises(
    scenario: Scenario, contact: ContactOutlook, work: _Work, found: ShiftCover, forecast: _Forecast
) -> list[Promise]:
    premises = tuple(_premises(scenario, contact, work))
    method = "M/M/c+M (Erlang A)" if work.is_steady else "pointwise stationary fluid flow"
    week = 7.0 if len(found.on_duty) == 1 else 1.0
    paid_minutes = 60.0 * found.paid_hours * week
    values = {
        "answer_level": forecast.answered_share,
        "abandonment_share": forecast.abandoned_share,
        "agent_utilisation": forecast.answered_per_week * work.minutes / max(paid_minutes, 1e-300),
    }
    if forecast.answer_seconds is not None:
        values["answer_seconds"] = forecast.answer_seconds
    return [
        Promise(measure=measure, forecast=value, premises=premises, method=method)
        for measure, value in values.items()
    ]


def _premises(scenario: Scenario, contact: ContactOutlook, work: _Work) -> list[Premise]:
    """What the forecast takes for granted and the scenario does not make true by itself."""
    assert scenario.service is not None and scenario.service.contact_centre is not None
    service, centre = scenario.service, scenario.service.contact_centre
    premises = []
    if service.products:
        premises.append(Premise.EXPECTED_LOAD)
    patience = [centre.patience_minutes, *(stream.patience_minutes for stream in centre.call_streams)]
    gaps = [stream.between_minutes for stream in centre.call_streams]
    is_memoryless = all(isinstance(item, Exponential) for item in (*gaps, *patience) if item is not None)
    if not is_memoryless or abs(contact.work_minutes_scv - 1.0) > 1e-9 or len(set(patience)) > 2:
        premises.append(Premise.MEMORYLESS_WORK)
    if not work.is_steady:
        premises.append(Premise.STEADY_HOURS)
    if work.redial_share > 0.0:
        premises.append(Premise.NO_REDIAL)
    return premises


__all__ = ["plan_agents"]
