"""Erlang's formulas: calls that are lost when all servers are busy (B), calls that wait as long as it takes (C).

Symbols: c servers, a offered load (arrival rate times mean work) in Erlang, B blocking, C probability of waiting.
"""

from __future__ import annotations

from math import inf, isinf, log

from optimize.arguments import count, not_negative, positive, share
from optimize.staffing.queues.waiting import ExponentialWaits, Waiting


def erlang_b(servers: int, offered_load: float) -> float:
    """Share of calls that find all servers busy and are lost: M/G/c/c.

    1 / B(c) = 1 + c / a / B(c - 1), B(0) = 1 (Erlang 1917; recursion of Jagerman 1974 in the inverse, which neither
    overflows nor loses digits).

    Args:
        servers: c, 0 to a million.
        offered_load: a, Erlang.

    Returns:
        Blocking, 0 to 1; below 1e-308 it is 0.

    Raises:
        ValueError: no whole number of servers, or a load that is negative or not finite.
    """
    return 1.0 / inverse_blocking(count("servers", servers), not_negative("offered_load", offered_load))


def inverse_blocking(servers: int, offered_load: float) -> float:
    """1 / B of checked arguments, infinite where B cannot be told from 0."""
    if offered_load == 0.0:
        return inf if servers else 1.0
    inverse = 1.0
    for number in range(1, servers + 1):
        inverse = 1.0 + number * inverse / offered_load
        if isinf(inverse):
            break
    return inverse


def erlang_b_load(servers: int, blocking: float) -> float:
    """Largest load in Erlang that a number of servers takes at a blocking: the inverse of Erlang B in the load.

    B rises strictly with the load, so that a bracketing root search finds the only one.

    Args:
        servers: c, at least 1.
        blocking: B, between 0 and 1.

    Raises:
        ValueError: an argument outside its bounds.
    """
    from scipy.optimize import brentq

    servers, blocking = count("servers", servers, 1), share("blocking", blocking, is_open=True)
    goal = -log(blocking)

    def excess(load: float) -> float:
        return min(log(inverse_blocking(servers, load)), 800.0) - goal

    # B is at most a, and a (1 - B), what c servers do, at most c.
    return float(brentq(excess, blocking / 2.0, 2.0 * servers / (1.0 - blocking), xtol=1e-300, rtol=1e-14))


def erlang_b_servers(offered_load: float, blocking: float) -> int:
    """Fewest servers at which no more than a share of calls is lost.

    Args:
        offered_load: a, Erlang.
        blocking: largest B, between 0 and 1.

    Raises:
        ValueError: an argument outside its bounds, or more than a million servers.
    """
    load, blocking = not_negative("offered_load", offered_load), share("blocking", blocking, is_open=True)
    servers, inverse = 0, 1.0
    while load > 0.0 and inverse * blocking < 1.0:
        servers = count("servers", servers + 1)
        inverse = 1.0 + servers * inverse / load
    return servers if load > 0.0 else 1


def erlang_c(arrivals_per_minute: float, work_minutes: float, servers: int) -> Waiting:
    """Calls that wait as long as it takes: M/M/c.

    C = 1 / (rho + (1 - rho) / B) with rho = a / c; who waits, waits an exponential time of rate c / work - arrivals
    (Erlang 1917; Cooper 1981, Introduction to Queueing Theory, section 3.5).

    Args:
        arrivals_per_minute: Poisson.
        work_minutes: mean of the exponential work.
        servers: c, 0 to a million.

    Returns:
        The steady state. Where the load is c or more, everybody waits for ever.

    Raises:
        ValueError: an argument outside its bounds.
    """
    rate = not_negative("arrivals_per_minute", arrivals_per_minute)
    work, servers = positive("work_minutes", work_minutes), count("servers", servers)
    if rate == 0.0:
        return idle(servers)
    load = rate * work
    if load >= servers:
        return overrun(rate, servers)
    rho = load / servers
    waits = 1.0 / (rho + (1.0 - rho) * inverse_blocking(servers, load))
    mean = work / (servers - load)
    return steady(rate, work, servers, waits * mean, ExponentialWaits(waits, mean), waits)


def steady(
    rate: float, work: float, servers: int, mean_wait: float, curve: ExponentialWaits, waits: float
) -> Waiting:
    """The steady state of a queue in which nobody gives up; queue length by Little's law."""
    return Waiting(rate, waits, mean_wait, 0.0, 0.0, rate * work / servers, rate * mean_wait, curve)


def overrun(rate: float, servers: int) -> Waiting:
    """The queue grows without end."""
    return Waiting(rate, 1.0, inf, 0.0, 0.0, 1.0 if servers else 0.0, inf, ExponentialWaits(1.0, inf))


def idle(servers: int, longest_wait: float = inf) -> Waiting:
    """Nobody comes; who came would be served at once, or where there is no server wait as long as can be."""
    waits, wait = (0.0, 0.0) if servers else (1.0, longest_wait)
    return Waiting(0.0, waits, wait, 0.0, 0.0, 0.0, 0.0, ExponentialWaits(waits, inf))


__all__ = ["erlang_b", "erlang_b_load", "erlang_b_servers", "erlang_c"]
