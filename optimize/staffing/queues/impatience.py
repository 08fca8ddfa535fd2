"""Callers who give up: Erlang A, with those who call again.

Symbols: lambda arrivals, mu = 1 / work, theta = 1 / patience, c servers; pi(c + k) the share of time with k waiting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, expm1, inf, isinf, log, sqrt

import numpy as np
import numpy.typing as npt

from optimize.arguments import count, not_negative, positive, share
from optimize.staffing.queues.erlang import erlang_c, idle, inverse_blocking
from optimize.staffing.queues.waiting import Waiting

FloatArray = npt.NDArray[np.float64]

_NEGLIGIBLE_LOG = 45.0
_MOST_STATES = 5_000_000


@dataclass(frozen=True, eq=False)
class ImpatientWaits:
    """Waits in M/M/c+M: with k ahead in the queue, exp(-theta V) of the virtual wait V is Beta(c mu / theta, k + 1)."""

    at_once: float
    """Share of calls that find somebody free."""
    by_queue: FloatArray
    """pi(c + k): share of calls that find all busy and k waiting."""
    servers_per_patience: float
    """c mu / theta."""
    patience_minutes: float

    def __call__(self, minutes: float) -> float:
        """Share of calls that are answered within these minutes.

        E[exp(-theta V); V <= t], summed over what an arrival finds, is a sum of incomplete beta functions.
        """
        from scipy.special import betainc

        first = self.servers_per_patience
        places = np.arange(1.0, self.by_queue.size + 1.0)
        in_time = betainc(places, first + 1.0, -expm1(-minutes / self.patience_minutes))
        return self.at_once + float(self.by_queue @ (first / (first + places) * in_time))


def erlang_a(
    arrivals_per_minute: float,
    work_minutes: float,
    patience_minutes: float | None,
    servers: int,
    redial_share: float = 0.0,
) -> Waiting:
    """Calls that wait for an exponential patience: M/M/c+M, some of those given up made again.

    pi(c + k) / pi(c) = product over j = 1..k of lambda / (c mu + j theta); states below c by Erlang B; a share theta
    E[queue] / lambda of calls is given up (Palm 1946; Mandelbaum and Zeltyn 2007, in Advances in Services Innovations).
    All in logarithms, so that no load overflows.

    Calls made again are taken for a Poisson stream of their own that comes much later, so that the queue sees a rate x
    with x = lambda + redial_share x P(given up at x) (Aguir, Karaesmen, Aksin and Chauvet 2004, OR Spectrum 26). What
    is answered rises with x, so there is one solution.

    Args:
        arrivals_per_minute: Poisson, first calls.
        work_minutes: mean of the exponential work.
        patience_minutes: mean of the exponential patience; None = nobody gives up.
        servers: c, 0 to a million.
        redial_share: of calls given up, those that are made again.

    Returns:
        The steady state, per call: all shares count calls made again as calls of their own, but for `lost_share`.

    Raises:
        ValueError: an argument outside its bounds; everybody calls again and the load is not below c, or a queue so
            long that patience hardly matters (states above 5 million).
    """
    rate = not_negative("arrivals_per_minute", arrivals_per_minute)
    work, servers = positive("work_minutes", work_minutes), count("servers", servers)
    redial = share("redial_share", redial_share)
    if patience_minutes is None:
        return erlang_c(rate, work, servers)
    patience = positive("patience_minutes", patience_minutes)
    if rate == 0.0:
        return idle(servers, patience)
    if redial == 0.0:
        return _without_redial(rate, work, patience, servers)
    if redial == 1.0 and rate * work >= servers:
        raise ValueError(
            f"servers is {servers}: a load of {rate * work:g} Erlang that never goes away needs more"
        )
    tries = _tries_per_minute(rate, work, patience, servers, redial)
    state = _without_redial(tries, work, patience, servers)
    return replace(state, lost_share=tries * state.abandoned_share * (1.0 - redial) / rate)


def _tries_per_minute(rate: float, work: float, patience: float, servers: int, redial: float) -> float:
    from scipy.optimize import brentq

    def excess(tries: float) -> float:
        given_up = _without_redial(tries, work, patience, servers).abandoned_share
        return tries * (1.0 - redial * given_up) - rate

    most = 2.0 * rate
    while excess(most) < 0.0:
        most *= 2.0
    return float(brentq(excess, rate, most, xtol=rate * 1e-13, rtol=1e-13)) if excess(rate) < 0.0 else rate


def _without_redial(rate: float, work: float, patience: float, servers: int) -> Waiting:
    waiting = np.arange(1.0, _states(rate, work, patience, servers))
    logs = np.zeros(waiting.size + 1)
    np.cumsum(log(rate) - np.log(servers / work + waiting / patience), out=logs[1:])
    inverse = inverse_blocking(servers, rate * work)
    if isinf(inverse):
        at_once, by_queue = 1.0, np.zeros(1)
    else:
        free = log(inverse - 1.0) if inverse > 1.0 else -inf
        scale = max(float(logs.max()), free)
        weights, below = np.exp(logs - scale), exp(free - scale)
        total = float(weights.sum()) + below
        at_once, by_queue = below / total, weights / total
    queue = float(np.arange(by_queue.size) @ by_queue)
    given_up = min(1.0, queue / patience / rate)
    return Waiting(
        calls_per_minute=rate,
        wait_probability=float(by_queue.sum()),
        mean_wait_minutes=queue / rate,
        abandoned_share=given_up,
        lost_share=given_up,
        utilisation=min(1.0, rate * (1.0 - given_up) * work / servers) if servers else 0.0,
        queue_length=queue,
        curve=ImpatientWaits(at_once, by_queue, servers / work * patience, patience),
    )


def _states(rate: float, work: float, patience: float, servers: int) -> int:
    """Lengths of the queue worth counting: where shares have fallen to exp(-45) of their peak."""
    capacity = servers / work
    peak = max(0.0, rate - capacity) * patience
    beyond = 100.0 + sqrt(4.0 * _NEGLIGIBLE_LOG * max(rate, capacity) * patience)
    if capacity > rate:
        beyond = min(beyond, 2.0 + _NEGLIGIBLE_LOG / log(capacity / rate))
    if peak + beyond > _MOST_STATES:
        raise ValueError(
            f"patience_minutes is {patience!r}: the queue would grow to {peak + beyond:.3g} calls before it shows"
        )
    return int(peak + beyond)


__all__ = ["ImpatientWaits", "erlang_a"]
