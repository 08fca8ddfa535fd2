"""How long a queue takes to forget how it began."""

from __future__ import annotations

from math import inf, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios import Distribution

MINUTES_PER_DAY = 1_440.0
_TIMES = 5.0


def relaxation_days(work_minutes: float, scv: float, servers: int, load: float) -> float:
    """Time in which the memory of the first morning falls to 37 %, in days.

    1 / (c mu (1 - sqrt(rho))^2) of M/M/c (Morse 1955), times (1 + scv) / 2 for other work (heavy traffic); infinite
    where the queue has no steady state.

    Args:
        work_minutes: mean work.
        scv: its squared coefficient of variation.
        servers: c.
        load: offered, in Erlang.
    """
    if servers <= 0 or load >= servers:
        return inf
    minutes = work_minutes / servers / (1.0 - sqrt(load / servers)) ** 2 * max((1.0 + scv) / 2.0, 0.5)
    # With many servers a service time is the longer of the two.
    return max(minutes, work_minutes) / MINUTES_PER_DAY


def arrivals_astray(between: Distribution) -> float:
    """How far the mean number of arrivals of a renewal process is from time over mean gap, in arrivals.

    Half of |scv - 1| for a process that begins with a whole gap (Cox 1962, section 4.2).
    """
    return 0.5 * abs(between.variance() / between.mean() ** 2 - 1.0)


def has_settled(warm_up_days: int, days: float) -> bool:
    """Whether the warm-up is long against the relaxation time."""
    return warm_up_days >= _TIMES * days


__all__ = ["MINUTES_PER_DAY", "arrivals_astray", "has_settled", "relaxation_days"]
