"""Work that is not exponential: constant (exact), one server (exact), several servers (approximate).

Symbols: c servers, D constant work, a = lambda D offered load, scv squared coefficient of variation of the work.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, exp, floor, log, pi

import numpy as np
import numpy.typing as npt

from optimize.arguments import count, not_negative, positive
from optimize.staffing.queues.erlang import erlang_c, idle, overrun
from optimize.staffing.queues.waiting import ExponentialWaits, WaitCurve, Waiting

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]

_MOST_SERVERS = 10_000
_LARGEST_TRANSFORM = 2**22
_NEGLIGIBLE_LOG = 45.0


def mdc(arrivals_per_minute: float, work_minutes: float, servers: int) -> Waiting:
    """Calls whose work always takes the same time: M/D/c, exact.

    With z(k) the roots in the unit disc of z^c = exp(a (z - 1)) other than 1, the number present has the generating
    function N(z) / (z^c exp(a (1 - z)) - 1), N(z) = (c - a) (z - 1) prod (z - z(k)) / prod (1 - z(k)), so that
    P(wait) = 1 - (c - a) / prod (1 - z(k)) and E[present] = sum 1 / (1 - z(k)) - ((c - a)^2 - c) / (2 (c - a))
    (Crommelin 1932, Post Office Electrical Engineers' Journal 25).

    Args:
        arrivals_per_minute: Poisson.
        work_minutes: D.
        servers: c, 0 to 10,000.

    Returns:
        The steady state. Where the load is c or more, everybody waits for ever.

    Raises:
        ValueError: an argument outside its bounds.
    """
    rate = not_negative("arrivals_per_minute", arrivals_per_minute)
    work, servers = positive("work_minutes", work_minutes), count("servers", servers, most=_MOST_SERVERS)
    if rate == 0.0:
        return idle(servers)
    load = rate * work
    if load >= servers:
        return overrun(rate, servers)
    distances = 1.0 - _roots(servers, load)
    spare = servers - load
    waits = max(0.0, 1.0 - spare * exp(-float(np.log(distances).sum().real)))
    present = float((1.0 / distances).sum().real) - (spare**2 - servers) / (2.0 * spare)
    queue = max(0.0, present - load)
    return Waiting(
        rate, waits, queue / rate, 0.0, 0.0, load / servers, queue, ConstantWorkWaits(rate, work, servers)
    )


@dataclass(frozen=True)
class ConstantWorkWaits:
    """Waits in M/D/c."""

    arrivals_per_minute: float
    work_minutes: float
    servers: int

    def __call__(self, minutes: float) -> float:
        """Share of calls that are answered within these minutes.

        P(W <= t) = sum over j < n c of Q(n c - 1 - j) Poisson(j; lambda (n D - t)) for (n - 1) D <= t < n D, with Q(i)
        the probability of at most i waiting (Franx 2001, Operations Research Letters 29).

        Raises:
            ValueError: the servers are so close to fully used that the queue reaches millions.
        """
        from scipy.special import gammaln, xlogy

        periods = floor(minutes / self.work_minutes) + 1
        ahead = self.arrivals_per_minute * (periods * self.work_minutes - minutes)
        at_most = _queue_distribution(self.servers, self.arrivals_per_minute * self.work_minutes)
        last = min(periods * self.servers, ceil(ahead + 12.0 * ahead**0.5 + 40.0))
        come = np.arange(last, dtype=np.float64)
        weights = np.exp(xlogy(come, ahead) - ahead - gammaln(come + 1.0))
        places = np.minimum(periods * self.servers - 1 - come, at_most.size - 1).astype(np.int64)
        return float(weights @ at_most[places])


def _roots(servers: int, load: float) -> ComplexArray:
    """Roots z(1) ... z(c - 1): z = exp((a (z - 1) + 2 pi i k) / c) has one in the disc for each k."""
    turns = np.exp(2j * pi * np.arange(1, servers) / servers)
    rho = load / servers
    roots: ComplexArray = np.zeros(servers - 1, np.complex128)
    for _ in range(20):
        roots = turns * np.exp(rho * (roots - 1.0))
    for _ in range(30):
        image = turns * np.exp(rho * (roots - 1.0))
        roots = roots - (roots - image) / (1.0 - rho * image)
    return roots


@lru_cache(maxsize=64)
def _queue_distribution(servers: int, load: float) -> FloatArray:
    """Probabilities of at most 0, 1, 2, ... waiting, by a Fourier transform of the generating function."""
    rho = load / servers
    decay = 1.0 / rho**2
    for _ in range(60):
        decay -= (log(decay) - rho * (decay - 1.0)) / (1.0 / decay - rho)
    wanted = servers + load + _NEGLIGIBLE_LOG / log(decay) + 100.0
    if not wanted < _LARGEST_TRANSFORM:
        raise ValueError(f"servers is {servers}: too close to a load of {load!r} Erlang to tell waits apart")
    points = 2 ** ceil(log(wanted, 2))
    circle = np.exp(-2j * pi * np.arange(points) / points)
    # In logarithms: the factors of thousands of roots overflow before they cancel.
    logs = np.zeros(points - 1, np.complex128)
    for root in _roots(servers, load):
        logs += np.log((circle[1:] - root) / (1.0 - root))
    served = np.exp(load * (circle[1:] - 1.0))
    values = np.ones(points, np.complex128)
    values[1:] = (
        (servers - load) * (circle[1:] - 1.0) * np.exp(logs) * served / (circle[1:] ** servers - served)
    )
    present = np.cumsum(np.fft.ifft(values).real)
    at_most = np.minimum(1.0, np.append(present[servers : servers + points // 2], 1.0))
    at_most.setflags(write=False)
    return np.asarray(at_most)


@dataclass(frozen=True)
class MixedWaits:
    """A weighted mean of two distributions of waits."""

    first: WaitCurve
    second: WaitCurve
    share_of_first: float

    def __call__(self, minutes: float) -> float:
        """Share of calls that are answered within these minutes."""
        return self.share_of_first * self.first(minutes) + (1.0 - self.share_of_first) * self.second(minutes)


def mgc(arrivals_per_minute: float, work_minutes: float, work_scv: float, servers: int) -> Waiting:
    """Calls whose work has any distribution: M/G/c, approximated by two moments.

    Up to scv = 1 between constant and exponential work, both exact: W = (1 - scv) W(M/D/c) + scv W(M/M/c) (Page 1982,
    Journal of the Operational Research Society 33), and so are the probability of waiting and the distribution. Above,
    W = (1 + scv) / (2 scv / W(M/M/c) + (1 - scv) / W(M/D/c)) (Kimura 1986, Operations Research 34), those who wait are
    as many as in M/M/c and wait an exponential time. Exact for exponential and constant work; the mean is exact for
    one server, too (Pollaczek, Khinchine). For 2 to 10 servers used 50 to 90 % the mean is within 0.6 % for Erlang-2
    work, 1.4 % for hyperexponential work with scv = 2 and 5.3 % with scv = 4 (balanced means).

    Args:
        arrivals_per_minute: Poisson.
        work_minutes: mean work.
        work_scv: its variance over its squared mean.
        servers: c, 0 to 10,000.

    Returns:
        The steady state. Where the load is c or more, everybody waits for ever.

    Raises:
        ValueError: an argument outside its bounds.
    """
    scv = not_negative("work_scv", work_scv)
    constant = mdc(arrivals_per_minute, work_minutes, servers)
    exponential = erlang_c(arrivals_per_minute, work_minutes, servers)
    rate = constant.calls_per_minute
    if scv == 1.0 or rate == 0.0 or constant.utilisation == 1.0 or servers == 0:
        return exponential
    curve: WaitCurve
    if scv < 1.0:
        waits = (1.0 - scv) * constant.wait_probability + scv * exponential.wait_probability
        mean = (1.0 - scv) * constant.mean_wait_minutes + scv * exponential.mean_wait_minutes
        curve = MixedWaits(exponential.curve, constant.curve, scv)
    else:
        waits = exponential.wait_probability
        # The ratio of exponential to constant waits is at most 2; digits are lost where both are next to nothing.
        ratio = min(2.0, exponential.mean_wait_minutes / max(constant.mean_wait_minutes, 1e-300))
        mean = (1.0 + scv) * exponential.mean_wait_minutes / (2.0 * scv + (1.0 - scv) * ratio)
        curve = ExponentialWaits(waits, mean / waits if waits > 0.0 else 0.0)
    return Waiting(rate, waits, mean, 0.0, 0.0, constant.utilisation, rate * mean, curve)


def mg1(arrivals_per_minute: float, work_minutes: float, work_scv: float) -> Waiting:
    """One server, any work: M/G/1, mean wait lambda E[S^2] / (2 (1 - rho)), exact (Pollaczek 1930, Khinchine 1932).

    Everything but the distribution of waits is exact; the distribution is that of `mgc`.

    Args:
        arrivals_per_minute: Poisson.
        work_minutes: mean work.
        work_scv: its variance over its squared mean.

    Raises:
        ValueError: an argument outside its bounds.
    """
    return mgc(arrivals_per_minute, work_minutes, work_scv, 1)


__all__ = ["mdc", "mg1", "mgc"]
