"""People by hour where calls vary over the day and the week: how many are needed, what a given number leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt

from optimize.arguments import MOST_SERVERS, counts, not_negative, not_negatives, positive, share
from optimize.staffing.effective_rates import (
    backlog_steps,
    carried_backlog,
    flow_steps,
    fluid_flow,
    lagged,
    offered_load,
)
from optimize.staffing.queues import Waiting, erlang_a

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_STEPS = 6
_MOST_ROUNDS = 200
_SETTLED = 1e-6


class Approximation(StrEnum):
    """How a queue that varies is taken for one in steady state, step by step."""

    STATIONARY = "stationary"
    """Every step on its own at its own rate: stationary independent period by period."""
    LAGGED = "lagged"
    """The same at the rate one mean work ago."""
    OFFERED_LOAD = "offered_load"
    """At the load that servers without end would carry: modified offered load (Jagerman 1975; Massey and Whitt 1994;
    with patience Feldman, Mandelbaum, Massey and Whitt 2008, Management Science 54)."""
    BACKLOG = "backlog"
    """Stationary backlog-carryover, where nobody gives up (Stolletz 2008)."""
    FLUID_FLOW = "fluid_flow"
    """Pointwise stationary fluid flow: carries over backlog with and without patience (Wang, Tipper, Banerjee 1996)."""


@dataclass(frozen=True, eq=False)
class HourlyPerformance:
    """What people by hour lead to; arrays are (hours,)."""

    calls_per_hour: FloatArray
    """All calls, those made again included."""
    answered_share: FloatArray
    """Share of the calls of the hour that are answered in time; 1 where nobody calls."""
    abandoned_per_hour: FloatArray
    """Calls given up."""
    mean_wait_minutes: FloatArray
    """Of the calls of the hour; infinite where the queue grows without end."""
    utilisation: FloatArray
    """Share of people's time spent on calls; 0 where there is nobody."""
    queue_length: FloatArray
    """Mean number of calls that wait; where nobody is there and nobody gives up, it is not counted."""

    @property
    def overall_answered_share(self) -> float:
        """Share of all calls that are answered in time."""
        return _per_call(self.answered_share, self.calls_per_hour, 1.0)

    @property
    def overall_abandoned_share(self) -> float:
        """Share of all calls that are given up."""
        total = float(self.calls_per_hour.sum())
        return float(self.abandoned_per_hour.sum()) / total if total > 0.0 else 0.0


def requirements_by_hour(
    calls_per_hour: Sequence[float] | FloatArray,
    work_minutes: float,
    patience_minutes: float | None,
    answered_share: float,
    within_minutes: float,
    *,
    abandoned_share: float | None = None,
    redial_share: float = 0.0,
    redial_minutes: float = 60.0,
    approximation: Approximation = Approximation.OFFERED_LOAD,
) -> IntArray:
    """Fewest people in each hour so that its calls are answered as promised.

    Each hour is six steps, each in the steady state of M/M/c or M/M/c+M at the rate the approximation says, weighted
    by calls. Calls made again come `redial_minutes` later, and are planned for: people and calls made again are worked
    out in turn, people never going down, until neither changes.

    Args:
        calls_per_hour: (hours,): Poisson, piecewise constant; the last hour is followed by the first, as in a week.
        work_minutes: mean of the exponential work.
        patience_minutes: mean of the exponential patience; None = nobody gives up.
        answered_share: of the calls of each hour, between 0 and 1.
        within_minutes: in which they have to be answered.
        abandoned_share: most calls of each hour that may be given up; None = no limit.
        redial_share: of calls given up, those that are made again.
        redial_minutes: mean of the exponential time until then.
        approximation: `STATIONARY`, `LAGGED` or `OFFERED_LOAD`; the others need people to begin with.

    Returns:
        (hours,): people; 0 where nobody calls.

    Raises:
        ValueError: an argument outside its bounds.
    """
    calls = _calls(calls_per_hour, work_minutes)
    answered = share("answered_share", answered_share, is_open=True)
    within = not_negative("within_minutes", within_minutes)
    given_up = 1.0 if abandoned_share is None else share("abandoned_share", abandoned_share)
    if given_up == 0.0 and patience_minutes is not None:
        raise ValueError("abandoned_share is 0.0: no finite number of people keeps everybody from giving up")
    if approximation not in (Approximation.STATIONARY, Approximation.LAGGED, Approximation.OFFERED_LOAD):
        raise ValueError(f"approximation is {approximation!r}: it needs people to begin with")
    world = _World(work_minutes, patience_minutes, redial_share, redial_minutes, approximation)
    first = np.repeat(calls[:, None] / 60.0, _STEPS, axis=1)
    people, again = np.zeros(calls.size, np.int64), np.zeros_like(first)
    target = _Target(answered, within, given_up)
    for _ in range(_MOST_ROUNDS):
        rates = first + again
        effective = world.effective(rates, people)
        needed = np.zeros_like(people)
        safety = 1.0
        for hour in np.flatnonzero(calls):
            load = max(1e-9, float(effective[hour].max()) * work_minutes)
            guess = ceil(load + safety * sqrt(load))
            needed[hour] = world.fewest(rates[hour], effective[hour], target, guess)
            safety = min(4.0, (needed[hour] - load) / sqrt(load))
        is_settled = bool((needed <= people).all())
        people = np.maximum(people, needed)
        if world.redial_share == 0.0:
            return people
        later = world.made_again(effective, people)
        if is_settled and np.abs(later - again).max() <= _SETTLED * first.max():
            return people
        again = later
    raise ValueError(f"redial_share is {redial_share!r}: calls made again pile up")


def performance_by_hour(
    calls_per_hour: Sequence[float] | FloatArray,
    people: Sequence[int] | IntArray,
    work_minutes: float,
    patience_minutes: float | None,
    within_minutes: float,
    *,
    redial_share: float = 0.0,
    redial_minutes: float = 60.0,
    approximation: Approximation = Approximation.FLUID_FLOW,
) -> HourlyPerformance:
    """What people by hour lead to: M(t)/M/c(t) or M(t)/M/c(t)+M, approximated.

    Args:
        calls_per_hour: (hours,): Poisson, piecewise constant; the last hour is followed by the first, as in a week.
        people: (hours,): whole numbers.
        work_minutes: mean of the exponential work.
        patience_minutes: mean of the exponential patience; None = nobody gives up.
        within_minutes: time in which calls ought to be answered.
        redial_share: of calls given up, those that are made again.
        redial_minutes: mean of the exponential time until then.
        approximation: How far off it is, in shares answered of single hours of a day with a morning rush, work of 5 to
            20 minutes and some 15 Erlang: `FLUID_FLOW` 0.02 where people are enough, 0.03 where they are short for
            hours and callers give up, 0.1 where everybody waits; `BACKLOG` 0.05 to 0.22.

    Raises:
        ValueError: an argument outside its bounds; calls made again pile up; or nobody gives up and people cannot do
            the work of a whole cycle (`BACKLOG` and `FLUID_FLOW`).
    """
    calls = _calls(calls_per_hour, work_minutes)
    servers = counts("people", people, calls.shape)
    within = not_negative("within_minutes", within_minutes)
    world = _World(work_minutes, patience_minutes, redial_share, redial_minutes, approximation)
    if world.is_carrying and patience_minutes is None and servers.sum() * 60.0 <= calls.sum() * work_minutes:
        raise ValueError(
            f"people is {servers.sum()} in all: {calls.sum() * work_minutes / 60.0:g} hours of calls that nobody gives "
            "up pile up"
        )
    first = np.repeat(calls[:, None] / 60.0, world.steps, axis=1)
    again = np.zeros_like(first)
    for _ in range(_MOST_ROUNDS):
        rates = first + again
        effective = world.effective(rates, servers)
        if world.redial_share == 0.0:
            return world.performance(rates, effective, servers, within)
        later = world.made_again(effective, servers)
        if np.abs(later - again).max() <= _SETTLED * max(first.max(), 1e-300):
            return world.performance(rates, effective, servers, within)
        again = later
    raise ValueError(f"redial_share is {redial_share!r}: calls made again pile up")


def service_by_people(
    calls_per_hour: Sequence[float] | FloatArray,
    people: IntArray,
    work_minutes: float,
    patience_minutes: float | None,
    within_minutes: float,
) -> tuple[FloatArray, FloatArray]:
    """What each of some numbers of people would lead to in each hour, at the modified offered load.

    Args:
        calls_per_hour: (hours,): all calls, those made again included; the last hour is followed by the first.
        people: (hours, levels): whole numbers.
        work_minutes: mean of the exponential work.
        patience_minutes: mean of the exponential patience; None = nobody gives up.
        within_minutes: time in which calls ought to be answered.

    Returns:
        Shares of the calls of the hour that are answered in time, and that are given up, (hours, levels) each.

    Raises:
        ValueError: an argument outside its bounds.
    """
    calls = _calls(calls_per_hour, work_minutes)
    servers = counts("people", people, (calls.size, people.shape[-1]))
    within = not_negative("within_minutes", within_minutes)
    world = _World(work_minutes, patience_minutes, 0.0, 60.0, Approximation.OFFERED_LOAD)
    effective = world.effective(np.repeat(calls[:, None] / 60.0, world.steps, axis=1), servers[:, 0])
    answered, given_up = np.ones(servers.shape), np.zeros(servers.shape)
    for hour, level in zip(*np.nonzero((calls > 0.0)[:, np.newaxis] & (servers >= 0)), strict=True):
        states = [world.state(rate, servers[hour, level]) for rate in effective[hour]]
        answered[hour, level] = np.mean([state.answered_within(within) for state in states])
        given_up[hour, level] = np.mean([state.abandoned_share for state in states])
    return answered, given_up


@dataclass(frozen=True)
class _Target:
    """What has been promised to the calls of an hour."""

    answered: float
    within_minutes: float
    abandoned: float


@dataclass(frozen=True)
class _World:
    """Callers and how they are approximated."""

    work_minutes: float
    patience_minutes: float | None
    redial_share: float
    redial_minutes: float
    approximation: Approximation

    def __post_init__(self) -> None:
        positive("work_minutes", self.work_minutes)
        if self.patience_minutes is not None:
            positive("patience_minutes", self.patience_minutes)
        share("redial_share", self.redial_share)
        positive("redial_minutes", self.redial_minutes)
        if self.approximation is Approximation.BACKLOG and self.patience_minutes is not None:
            raise ValueError(
                f"patience_minutes is {self.patience_minutes!r}: `backlog` is for callers who wait"
            )

    @property
    def is_carrying(self) -> bool:
        """Whether what is not done in one step is there in the next."""
        return self.approximation in (Approximation.BACKLOG, Approximation.FLUID_FLOW)

    @property
    def steps(self) -> int:
        """Steps of an hour."""
        if self.approximation is Approximation.BACKLOG:
            return backlog_steps(self.work_minutes)
        return flow_steps(self.work_minutes) if self.approximation is Approximation.FLUID_FLOW else _STEPS

    def effective(self, rates: FloatArray, people: IntArray) -> FloatArray:
        """(hours, steps): rates of the steady states."""
        match self.approximation:
            case Approximation.STATIONARY:
                return rates
            case Approximation.LAGGED:
                return lagged(rates, self.work_minutes)
            case Approximation.OFFERED_LOAD:
                return offered_load(rates, self.work_minutes) / self.work_minutes
            case Approximation.BACKLOG:
                return carried_backlog(rates, people, self.work_minutes)
            case Approximation.FLUID_FLOW:
                return fluid_flow(rates, people, self.work_minutes, self.patience_minutes)

    def state(self, rate: float, servers: int) -> Waiting:
        """A steady state."""
        return _steady_state(float(rate), self.work_minutes, self.patience_minutes, int(servers))

    def is_kept(self, servers: int, rates: FloatArray, effective: FloatArray, target: _Target) -> bool:
        """Whether so many people keep the promises of one hour; arrays are (steps,)."""
        states = [self.state(rate, servers) for rate in effective]
        calls = float(rates.sum())
        if sum(state.abandoned_share * state.calls_per_minute for state in states) > target.abandoned * calls:
            return False
        shares = np.array([state.answered_within(target.within_minutes) for state in states])
        return float(rates @ shares) >= target.answered * calls

    def fewest(self, rates: FloatArray, effective: FloatArray, target: _Target, guess: int) -> int:
        """Fewest people, at least 1, who keep the promises of one hour, searched step by step from a guess."""
        servers = max(1, guess)
        if not self.is_kept(servers, rates, effective, target):
            while not self.is_kept(servers + 1, rates, effective, target):
                servers += 1
            return servers + 1
        while servers > 1 and self.is_kept(servers - 1, rates, effective, target):
            servers -= 1
        return servers

    def made_again(self, effective: FloatArray, people: IntArray) -> FloatArray:
        """(hours, steps): rate of calls made again."""
        lost = np.array(
            [
                [rate * self.state(rate, servers).abandoned_share for rate in row]
                for row, servers in zip(effective, people, strict=True)
            ]
        )
        return offered_load(lost * self.redial_share, self.redial_minutes) / self.redial_minutes

    def performance(
        self, rates: FloatArray, effective: FloatArray, people: IntArray, within: float
    ) -> HourlyPerformance:
        """Means of steps, weighted by calls where they are of calls."""
        hours = len(people)
        answered, waits = np.ones(hours), np.zeros(hours)
        lost, used, queue = np.zeros(hours), np.zeros(hours), np.zeros(hours)
        for hour, servers in enumerate(people):
            states = [self.state(rate, servers) for rate in effective[hour]]
            answered[hour] = _per_call([state.answered_within(within) for state in states], rates[hour], 1.0)
            waits[hour] = _per_call([state.mean_wait_minutes for state in states], rates[hour], 0.0)
            lost[hour] = 60.0 * np.mean([state.calls_per_minute * state.abandoned_share for state in states])
            used[hour] = np.mean([state.utilisation for state in states])
            queue[hour] = np.mean([state.queue_length for state in states])
        return HourlyPerformance(60.0 * rates.mean(axis=1), answered, lost, waits, used, queue)


@lru_cache(maxsize=8_192)
def _steady_state(rate: float, work: float, patience: float | None, servers: int) -> Waiting:
    """Kept, because days of a week are often alike."""
    return erlang_a(rate, work, patience, servers)


def _calls(calls_per_hour: Sequence[float] | FloatArray, work_minutes: float) -> FloatArray:
    calls = not_negatives("calls_per_hour", calls_per_hour)
    if calls.max() / 60.0 * positive("work_minutes", work_minutes) > MOST_SERVERS / 2:
        raise ValueError(
            f"calls_per_hour holds {calls.max()!r}: more work than {MOST_SERVERS // 2} people can do"
        )
    return calls


def _per_call(values: Sequence[float] | FloatArray, calls: FloatArray, where_none: float) -> float:
    """Mean over those values that calls see."""
    seen = calls > 0.0
    return float(np.average(np.asarray(values)[seen], weights=calls[seen])) if seen.any() else where_none


__all__ = [
    "Approximation",
    "HourlyPerformance",
    "performance_by_hour",
    "requirements_by_hour",
    "service_by_people",
]
