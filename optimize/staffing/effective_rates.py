"""Arrival rates that make a queue in steady state look like one whose arrivals and people vary: one per short step.

Time is cut into steps of equal length, an hour being a row; after the last hour comes the first again, as after a
week. Symbols: lambda(t) arrivals, tau mean work, c(t) servers.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, exp

import numpy as np
import numpy.typing as npt

from optimize.staffing.queues import erlang_a, erlang_b

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_MOST_CYCLES = 50
_SETTLED = 1e-9


def offered_load(rates: FloatArray, work_minutes: float) -> FloatArray:
    """Mean number in service if there were servers without end: m' = lambda - m / tau, the means of each step, exact.

    Args:
        rates: (hours, steps): arrivals per minute; the last row is followed by the first.
        work_minutes: tau of exponential work.

    Returns:
        (hours, steps): Erlang.
    """
    minutes = 60.0 / rates.shape[1]
    kept = exp(-minutes / work_minutes)
    goal = rates.ravel() * work_minutes
    level = 0.0
    for value in goal:
        level = value + (level - value) * kept
    # What one cycle adds to an empty start, repeated without end.
    level /= 1.0 - exp(-minutes * goal.size / work_minutes)
    mean_kept = (1.0 - kept) * work_minutes / minutes
    loads = np.empty_like(goal)
    for step, value in enumerate(goal):
        loads[step] = value + (level - value) * mean_kept
        level = value + (level - value) * kept
    return loads.reshape(rates.shape)


def lagged(rates: FloatArray, work_minutes: float) -> FloatArray:
    """The rates one mean work ago, to the nearest step: busy times come after rushes (Green and Kolesar 1995)."""
    return np.roll(rates.ravel(), round(work_minutes * rates.shape[1] / 60.0)).reshape(rates.shape)


def backlog_steps(work_minutes: float) -> int:
    """Steps of an hour that are as long as a mean work, as `carried_backlog` wants them."""
    return max(1, round(60.0 / work_minutes))


def carried_backlog(rates: FloatArray, people: IntArray, work_minutes: float) -> FloatArray:
    """Rates at which calls begin service where nobody gives up: stationary backlog-carryover approach.

    In each step, calls and the backlog come to a loss system: r = lambda + b; what is blocked is carried over,
    b' = r B(c, r tau), and the rest r (1 - B) begins service (Stolletz 2008, European Journal of Operational Research
    190). Steps should be about a mean work long.

    Args:
        rates: (hours, steps): arrivals per minute; the last row is followed by the first.
        people: (hours,): servers.
        work_minutes: tau.

    Raises:
        ValueError: people cannot do the work of a whole cycle.
    """
    served = np.empty_like(rates)
    backlog = 0.0
    for _ in range(_MOST_CYCLES):
        before = backlog
        for hour, servers in enumerate(people):
            for step, rate in enumerate(rates[hour]):
                coming = rate + backlog
                backlog = coming * erlang_b(int(servers), coming * work_minutes)
                served[hour, step] = coming - backlog
        if abs(backlog - before) <= _SETTLED * (1.0 + before):
            return served
    raise ValueError(f"people is {people.sum()} in all: the backlog grows from one cycle to the next")


def flow_steps(work_minutes: float) -> int:
    """Steps of an hour that are at most half a mean work or ten minutes long, but no shorter than a minute."""
    return max(6, min(60, ceil(120.0 / work_minutes)))


def fluid_flow(
    rates: FloatArray, people: IntArray, work_minutes: float, patience_minutes: float | None
) -> FloatArray:
    """Rates whose steady state holds as many calls as are there: pointwise stationary fluid flow approximation.

    The mean number present moves by L' = lambda(t) - x with x the arrival rate at which L is the mean number present
    in steady state, M/M/c or M/M/c+M; so a backlog is carried over, whether it is worked off or given up (Wang, Tipper
    and Banerjee 1996, Proceedings of IEEE Infocom).

    Args:
        rates: (hours, steps): arrivals per minute; the last row is followed by the first.
        people: (hours,): servers.
        work_minutes: tau.
        patience_minutes: mean patience; None = nobody gives up.

    Raises:
        ValueError: nobody gives up and people cannot do the work of a whole cycle.
    """
    regimes = {
        int(servers): _numbers_by_rate(int(servers), work_minutes, patience_minutes)
        for servers in set(people)
    }
    minutes = 60.0 / rates.shape[1]
    stationary = np.empty_like(rates)
    present = 0.0
    for _ in range(_MOST_CYCLES):
        before = present
        for hour, servers in enumerate(people):
            numbers, flows = regimes[int(servers)]
            for step, rate in enumerate(rates[hour]):
                middle = _moved(present, rate, float(np.interp(present, numbers, flows)), minutes / 2.0)
                flow = float(np.interp(middle, numbers, flows))
                stationary[hour, step] = flow
                present = _moved(present, rate, flow * present / middle if middle > 0.0 else 0.0, minutes)
        if abs(present - before) <= 1e-6 * (1.0 + before):
            return stationary
    raise ValueError(f"people is {people.sum()} in all: the backlog grows from one cycle to the next")


def _moved(present: float, rate: float, flow: float, minutes: float) -> float:
    """The number present a while later, if calls leave in proportion to it at first at a rate of `flow`."""
    if flow <= 0.0:
        return present + rate * minutes
    goal = rate * present / flow
    return goal + (present - goal) * exp(-flow / present * minutes)


@lru_cache(maxsize=512)
def _numbers_by_rate(
    servers: int, work_minutes: float, patience_minutes: float | None
) -> tuple[FloatArray, FloatArray]:
    """Mean numbers present in steady state, ascending, and the arrival rates that lead to them."""
    capacity = max(1, servers) / work_minutes
    if patience_minutes is None:
        if servers == 0:
            return np.zeros(1), np.zeros(1)
        flows = capacity * np.concatenate([np.linspace(0.02, 0.7, 35), 1.0 - 0.3 * 0.85 ** np.arange(1, 60)])
    else:
        flows = capacity * np.concatenate([np.linspace(0.02, 1.3, 80), 1.3 * 1.15 ** np.arange(1, 40)])
    numbers = np.empty_like(flows)
    for index, rate in enumerate(flows):
        state = erlang_a(float(rate), work_minutes, patience_minutes, servers)
        numbers[index] = state.queue_length + servers * state.utilisation
    return np.append(0.0, numbers), np.append(0.0, flows)


__all__ = ["backlog_steps", "carried_backlog", "flow_steps", "fluid_flow", "lagged", "offered_load"]
