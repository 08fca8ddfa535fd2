"""Classes of calls of which some go before others.

Symbols: classes i = 1, 2, ... with the first served first, rates lambda(i), sigma(k) = share of capacity that classes
1 ... k take.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
import numpy.typing as npt

from optimize.arguments import count, not_negatives, positive
from optimize.staffing.queues.erlang import erlang_c

FloatArray = npt.NDArray[np.float64]


def priority_waits(
    arrivals_per_minute: Sequence[float] | FloatArray, work_minutes: float, servers: int
) -> FloatArray:
    """Mean waits by class when nobody is interrupted: M/M/c with priorities.

    W(k) = C work / c / ((1 - sigma(k - 1)) (1 - sigma(k))), C the probability that all servers are busy, 1 where all
    classes together are too much (Cobham 1954, Operations Research 2; Kella and Yechiali 1985, Naval Research
    Logistics Quarterly 32).

    Args:
        arrivals_per_minute: (classes,): Poisson, the class that goes first at the head.
        work_minutes: mean of the exponential work, the same for all.
        servers: c, at least 1.

    Returns:
        (classes,): minutes in the queue; infinite from the class on that is too much.

    Raises:
        ValueError: an argument outside its bounds.
    """
    rates = not_negatives("arrivals_per_minute", arrivals_per_minute)
    work, servers = positive("work_minutes", work_minutes), count("servers", servers, 1)
    busy = erlang_c(float(rates.sum()), work, servers).wait_probability
    used = np.cumsum(rates) * work / servers
    before = np.append(0.0, used[:-1])
    waits = np.full(rates.size, inf)
    fits = used < 1.0
    waits[fits] = busy * work / servers / ((1.0 - before[fits]) * (1.0 - used[fits]))
    return waits


def preemptive_sojourns(
    arrivals_per_minute: Sequence[float] | FloatArray, work_minutes: Sequence[float] | FloatArray
) -> FloatArray:
    """Mean times to completion by class when work is interrupted for a class that goes first and resumed later: M/M/1.

    T(k) = (work(k) (1 - sigma(k)) + R(k)) / ((1 - sigma(k - 1)) (1 - sigma(k))), R(k) = sum over i <= k of
    lambda(i) work(i)^2 (White and Christie 1958, Operations Research 6).

    Args:
        arrivals_per_minute: (classes,): Poisson, the class that goes first at the head.
        work_minutes: (classes,): means of the exponential work.

    Returns:
        (classes,): minutes from arrival to completion; infinite from the class on that is too much.

    Raises:
        ValueError: an argument outside its bounds, or shapes that differ.
    """
    rates = not_negatives("arrivals_per_minute", arrivals_per_minute)
    work = not_negatives("work_minutes", work_minutes, rates.shape)
    used = np.cumsum(rates * work)
    before = np.append(0.0, used[:-1])
    left = np.cumsum(rates * work**2)
    sojourns = np.full(rates.size, inf)
    fits = used < 1.0
    sojourns[fits] = (work[fits] * (1.0 - used[fits]) + left[fits]) / (
        (1.0 - before[fits]) * (1.0 - used[fits])
    )
    return sojourns


__all__ = ["preemptive_sojourns", "priority_waits"]
