"""Laws of the contact centre: streams of calls against Erlang C and Erlang A."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from scenarios import CallStream
from study.shadow.expected import Expected, World
from study.shadow.settling import MINUTES_PER_DAY, arrivals_astray, has_settled, relaxation_days
from study.shadow.shifts import always_there, is_even, is_memoryless

if TYPE_CHECKING:
    from optimize.staffing.queues import Waiting

_SECONDS_PER_MINUTE = 60.0
_HALF_SECOND = 0.5 / _SECONDS_PER_MINUTE
_ERLANG_C, _ERLANG_A = "M/M/c (Erlang 1917)", "M/M/c+M (Palm 1946)"
_STEADY = "calls from outside alone, agents always there; settled after the warm-up"


@dataclass(frozen=True)
class _Calls:
    """All streams together, in minutes."""

    rate: float
    work: float
    agents: int
    patience: float | None
    is_markovian: bool
    """Poisson calls with one exponential work and one exponential patience, or none."""


def contact(world: World) -> Iterator[Expected]:
    """Calls, utilisation, waits and hang-ups where nobody but streams calls."""
    service = world.scenario.service
    if service is None or service.contact_centre is None or service.products or service.job_streams:
        return
    streams = service.contact_centre.call_streams
    if not streams:
        return
    per_day = sum(MINUTES_PER_DAY / stream.between_minutes.mean() for stream in streams)
    yield Expected(
        kpi="contacts_per_day",
        value=per_day,
        method="elementary renewal theorem: one over the mean time between calls",
        regime="nobody but streams calls",
        tolerance=sum(arrivals_astray(stream.between_minutes) for stream in streams) / world.counted_days,
    )
    contacts = world.scenario.policy.service.contacts
    agents = always_there(contacts.agents)
    if not agents or not all(is_even(stream.hourly_profile) for stream in streams):
        return
    calls = _together(streams, agents)
    if calls.patience is None and not any(stream.patience_minutes for stream in streams):
        yield from _patient(world, calls, streams)
    elif calls.is_markovian and calls.patience is not None:
        yield from _impatient(world, calls)


def _together(streams: Sequence[CallStream], agents: int) -> _Calls:
    rates = [1.0 / stream.between_minutes.mean() for stream in streams]
    works = {stream.minutes.mean() for stream in streams}
    limits = [stream.patience_minutes for stream in streams]
    patience = {None if limit is None else limit.mean() for limit in limits}
    rate = sum(rates)
    times = [time for stream in streams for time in (stream.between_minutes, stream.minutes)]
    times += [stream.patience_minutes for stream in streams if stream.patience_minutes is not None]
    is_markovian = len(works) == 1 and len(patience) == 1 and all(is_memoryless(time) for time in times)
    return _Calls(
        rate=rate,
        work=sum(each * stream.minutes.mean() for each, stream in zip(rates, streams, strict=True)) / rate,
        agents=agents,
        patience=next(iter(patience)) if is_markovian else None,
        is_markovian=is_markovian,
    )


def _patient(world: World, calls: _Calls, streams: Sequence[CallStream]) -> Iterator[Expected]:
    from optimize.staffing.queues import erlang_c

    load = calls.rate * calls.work
    square = sum(
        (stream.minutes.variance() + stream.minutes.mean() ** 2) / stream.between_minutes.mean()
        for stream in streams
    )
    scv = max(square / calls.rate / calls.work**2 - 1.0, 0.0)
    days = relaxation_days(calls.work, scv, calls.agents, load)
    if not has_settled(world.warm_up_days, days):
        return
    unfinished = days / world.counted_days
    yield Expected(
        kpi="agent_utilisation",
        value=load / calls.agents,
        method="utilisation law: work offered over time paid (Little 1961)",
        regime=_STEADY,
        tolerance=load / calls.agents * calls.work / MINUTES_PER_DAY / world.counted_days,
    )
    if not calls.is_markovian:
        return
    found = erlang_c(calls.rate, calls.work, calls.agents)
    wait = found.mean_wait_minutes * _SECONDS_PER_MINUTE
    yield Expected("answer_seconds", wait, _ERLANG_C, _STEADY, tolerance=wait * unfinished)
    if _is_first_come(world, streams):
        level = found.answered_within(_promise_minutes(world))
        yield Expected("answer_level", level, _ERLANG_C, _STEADY, tolerance=(1.0 - level) * unfinished)


def _impatient(world: World, calls: _Calls) -> Iterator[Expected]:
    from optimize.staffing.queues import erlang_a

    assert calls.patience is not None
    slowest = max(calls.work, calls.patience)
    days = slowest / MINUTES_PER_DAY
    if not has_settled(world.warm_up_days, days):
        return
    unfinished = days / world.counted_days
    found = erlang_a(calls.rate, calls.work, calls.patience, calls.agents)
    given_up = found.abandoned_share
    yield Expected("abandonment_share", given_up, _ERLANG_A, _STEADY, tolerance=given_up * unfinished)
    yield Expected(
        "agent_utilisation",
        found.utilisation,
        _ERLANG_A,
        _STEADY,
        tolerance=found.utilisation * unfinished,
    )
    assert world.scenario.service is not None and world.scenario.service.contact_centre is not None
    if not _is_first_come(world, world.scenario.service.contact_centre.call_streams):
        return
    level = found.answered_within(_promise_minutes(world))
    yield Expected("answer_level", level, _ERLANG_A, _STEADY, tolerance=(1.0 - level) * unfinished)
    wait = _wait_of_answered(found, slowest) * _SECONDS_PER_MINUTE
    yield Expected("answer_seconds", wait, _ERLANG_A, _STEADY, tolerance=wait * unfinished)


def _promise_minutes(world: World) -> float:
    """Waits are whole seconds, rounded to nearest: within t seconds is within t and a half."""
    seconds = floor(world.scenario.policy.service.contacts.answer_within_seconds)
    return seconds / _SECONDS_PER_MINUTE + _HALF_SECOND


def _is_first_come(world: World, streams: Sequence[CallStream]) -> bool:
    is_ranked = world.scenario.policy.service.contacts.urgent_first
    return not is_ranked or len({stream.priority for stream in streams}) == 1


def _wait_of_answered(found: Waiting, scale_minutes: float, steps: int = 4_000) -> float:
    """Mean wait of the calls that are answered: integral of the share of them still waiting, by Simpson's rule."""
    from scipy.integrate import simpson

    answered = 1.0 - found.abandoned_share
    end = scale_minutes
    while answered - found.answered_within(end) > 1e-9 * answered and end < 1e3 * scale_minutes:
        end *= 1.5
    # Finer where most is answered.
    minutes = end * np.linspace(0.0, 1.0, steps + 1) ** 2
    waiting = [max(answered - found.answered_within(float(time)), 0.0) for time in minutes]
    return float(simpson(waiting, x=minutes)) / answered


__all__ = ["contact"]
