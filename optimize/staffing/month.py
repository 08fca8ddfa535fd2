"""How far the share of calls answered in time of a month may lie from its mean.

Symbols: lambda arrivals, pi(i) the share of time with i calls there, f(i) the probability that a call that finds i is
answered in time, m its mean, T the time.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

from optimize.arguments import counts, not_negative, not_negatives, positive

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_NEGLIGIBLE = 1e-14
_MOST_WAITING = 20_000


def share_deviation(
    calls_per_hour: FloatArray,
    people: IntArray,
    work_minutes: float,
    patience_minutes: float | None,
    within_minutes: float,
    cycles: float,
) -> float:
    """Standard deviation of the share of calls answered in time over so many cycles of hours.

    Calls that come soon after each other share their fate, so that the share varies more than that of independent
    calls would. In the steady state of M/M/c+M the number answered in time is asymptotically normal around m lambda T,

        variance / (lambda T) = sum of pi(i) (f(i) (1 - f(i)) + (f(i) - m + d(i))^2 + d(i)^2),
        d(i) = - sum over j <= i of pi(j) (f(j) - m) / pi(i),

    d being the difference of the solution of Poisson's equation, which for birth-death processes has a closed
    form (Whitt 1992, Probability in the Engineering and Informational Sciences 6). Every hour is taken in its own
    steady state, and hours as independent; hours whose queue would grow without end are left out.

    Args:
        calls_per_hour: (hours,): Poisson.
        people: (hours,): whole numbers.
        work_minutes: mean of the exponential work.
        patience_minutes: mean of the exponential patience; None = nobody gives up.
        within_minutes: time in which calls ought to be answered.
        cycles: how often the hours are gone through, e.g. 4 for a month of weeks.

    Returns:
        The deviation; 0 where nobody calls.

    Raises:
        ValueError: an argument outside its bounds.
    """
    calls = not_negatives("calls_per_hour", calls_per_hour)
    servers = counts("people", people, calls.shape)
    work, within = positive("work_minutes", work_minutes), not_negative("within_minutes", within_minutes)
    positive("cycles", cycles)
    total = float(calls.sum())
    if total <= 0.0:
        return 0.0
    variance = 0.0
    known: dict[tuple[float, int], float] = {}
    for rate, number in zip(calls.tolist(), servers.tolist(), strict=True):
        if rate > 0.0:
            key = (rate, number)
            if key not in known:
                known[key] = variance_per_call(rate / 60.0, number, work, patience_minutes, within)
            variance += rate * known[key]
    return sqrt(variance / cycles) / total


def variance_per_call(rate: float, servers: int, work: float, patience: float | None, within: float) -> float:
    """Variance of the number answered in time beyond its share of the calls, over the mean number of calls.

    Args:
        rate: calls per minute.
        servers: people.
        work: mean minutes of the exponential work.
        patience: mean minutes of the exponential patience; None = nobody gives up.
        within: minutes in which calls ought to be answered.
    """
    from scipy.special import gammainc

    if servers == 0 or (patience is None and rate * work >= servers):
        return 0.0
    number = np.arange(servers + _waiting(rate, servers, work, patience))
    queue = np.maximum(number - servers, 0)
    leaving = np.minimum(number, servers) / work + (0.0 if patience is None else queue / patience)
    logs = np.concatenate(([0.0], np.cumsum(np.log(rate / leaving[1:]))))
    time = np.exp(logs - logs.max())
    time /= time.sum()
    # Places ahead empty at the rate of service, and of those among them who hang up.
    pace = servers / work + (0.0 if patience is None else queue / (2.0 * patience))
    in_time = np.where(number < servers, 1.0, gammainc(queue + 1.0, pace * within))
    centred = in_time - float(time @ in_time)
    is_there = time > _NEGLIGIBLE
    difference = np.zeros(number.size)
    difference[is_there] = -np.cumsum(time * centred)[is_there] / time[is_there]
    each = in_time * (1.0 - in_time) + (centred + difference) ** 2 + difference**2
    return float(time[is_there] @ each[is_there])


def _waiting(rate: float, servers: int, work: float, patience: float | None) -> int:
    """Calls waiting that are worth counting."""
    if patience is None:
        return int(min(_MOST_WAITING, 2 + 40.0 / np.log(servers / (rate * work))))
    excess = max(0.0, rate - servers / work) * patience
    return int(min(_MOST_WAITING, 100 + excess + 10.0 * sqrt(max(rate, servers / work) * patience)))


__all__ = ["share_deviation", "variance_per_call"]
