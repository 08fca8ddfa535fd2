"""What agents have to do, what people on duty then achieve, and what a plan of them promises."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
import numpy.typing as npt

from optimize.outlook import ContactOutlook
from optimize.staffing.covering import ShiftCover
from optimize.staffing.queues import Waiting, erlang_a
from optimize.staffing.varying import HourlyPerformance, performance_by_hour
from scenarios import Exponential, Premise, Promise, Scenario

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

PATH = "policy.optimised.agents"

_HALF_SECOND = 0.5 / 60.0
"""The world counts whole seconds: a wait of up to half a second more is one of so many seconds."""
_LEAST_MINUTES = 1.0 / 60.0
"""Work of a call where the scenario has none: a second."""
_HOURS_OF_WEEK = 7 * 24


@dataclass(frozen=True, eq=False)
class AgentWork:
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
class AgentForecast:
    """What a cover leads to."""

    answered_share: float
    abandoned_share: float
    answered_per_week: float
    answer_seconds: float | None
    occupancy: float
    """Of the people on duty."""


def agent_work(scenario: Scenario, contact: ContactOutlook) -> AgentWork:
    """What is to be expected of the calls of a scenario; web reports and calls after repairs count as calls."""
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
    return AgentWork(
        calls, minutes, contact.patience_minutes, contact.redial_share, centre.redial_minutes.mean(), within
    )


def forecast_of(work: AgentWork, found: ShiftCover) -> AgentForecast:
    """What shifts lead to: exactly in the steady state of M/M/c+M, else by fluid flow from hour to hour."""
    people = np.broadcast_to(_on_duty(found), (7, 24))
    per_week = float(work.calls.sum())
    if per_week <= 0.0:
        return AgentForecast(1.0, 0.0, 0.0, 0.0, 0.0)
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
        return AgentForecast(
            state.answered_within(work.within_minutes),
            state.abandoned_share,
            tried * (1.0 - state.abandoned_share),
            _seconds_of_answered(state, work),
            state.utilisation,
        )
    try:
        slots, parts = _by_slot(work, found)
    except ValueError:
        # People cannot do the work of a week, and nobody gives up.
        return AgentForecast(0.0, 0.0, float(people.sum()) * 60.0 / work.minutes, None, 1.0)
    tried = float(slots.calls_per_hour.sum())
    answered = tried - float(slots.abandoned_per_hour.sum())
    minutes_there = 60.0 * float(people.sum())
    return AgentForecast(
        slots.overall_answered_share,
        slots.overall_abandoned_share,
        answered,
        _mean_seconds(slots, parts) if work.patience_minutes is None else None,
        answered * work.minutes / max(minutes_there, 1e-300),
    )


def all_calls(work: AgentWork, found: ShiftCover) -> FloatArray:
    """(7, 24) calls, those made again by callers who gave up included.

    Raises:
        ValueError: people cannot do the work of a week, and nobody gives up.
    """
    if work.redial_share == 0.0:
        return work.calls
    slots, parts = _by_slot(work, found)
    return np.asarray(slots.calls_per_hour.reshape(7, 24, parts).sum(axis=2))


def _by_slot(work: AgentWork, found: ShiftCover) -> tuple[HourlyPerformance, int]:
    """What shifts lead to, and into how many slots each hour is cut for it: 1 unless people come or go within one.

    A slot takes the place of an hour, and minutes are counted in so many parts of a minute.
    """
    on_duty = np.broadcast_to(found.on_duty, (7, found.on_duty.shape[1]))
    parts = on_duty.shape[1] // 24
    if np.ptp(on_duty.reshape(7, 24, parts), axis=2).max() < 1e-9:
        on_duty, parts = on_duty[:, ::parts], 1
    performance = performance_by_hour(
        np.repeat(work.calls, parts, axis=1).ravel() / parts,
        np.floor(on_duty.ravel() + 0.5).astype(np.int64),
        work.minutes * parts,
        None if work.patience_minutes is None else work.patience_minutes * parts,
        work.within_minutes * parts,
        redial_share=work.redial_share,
        redial_minutes=work.redial_minutes * parts,
    )
    return performance, parts


def _seconds_of_answered(state: Waiting, work: AgentWork) -> float | None:
    """Mean seconds until calls that are answered are: the integral of the share still waiting among these."""
    if work.patience_minutes is None:
        return 60.0 * state.mean_wait_minutes if isfinite(state.mean_wait_minutes) else None
    answered = 1.0 - state.abandoned_share
    if answered <= 0.0:
        return None
    grid = np.linspace(0.0, 12.0 * work.patience_minutes, 2_401)
    still = 1.0 - np.array([state.answered_within(float(minutes)) for minutes in grid]) / answered
    return 60.0 * float(np.trapezoid(np.maximum(still, 0.0), grid))


def _mean_seconds(slots: HourlyPerformance, parts: int) -> float | None:
    waits = np.where(slots.calls_per_hour > 0.0, slots.mean_wait_minutes / parts, 0.0)
    if not np.isfinite(waits).all():
        return None
    return 60.0 * float(waits @ slots.calls_per_hour) / float(slots.calls_per_hour.sum())


def people_by_hour(found: ShiftCover) -> IntArray:
    """(168,) whole people on duty, Monday first."""
    people = np.broadcast_to(_on_duty(found), (7, 24)).ravel()
    return np.floor(people + 0.5).astype(np.int64)


def _on_duty(found: ShiftCover) -> FloatArray:
    """(days, 24) mean people on duty by hour."""
    return np.asarray(found.on_duty.reshape(len(found.on_duty), 24, -1).mean(axis=2))


def promises_of(
    scenario: Scenario, contact: ContactOutlook, work: AgentWork, found: ShiftCover, forecast: AgentForecast
) -> list[Promise]:
    """Forecasts of the KPIs of calls and agents, with what they take for granted."""
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


def _premises(scenario: Scenario, contact: ContactOutlook, work: AgentWork) -> list[Premise]:
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


__all__ = [
    "PATH",
    "AgentForecast",
    "AgentWork",
    "agent_work",
    "all_calls",
    "forecast_of",
    "people_by_hour",
    "promises_of",
]
