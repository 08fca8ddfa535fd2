"""What every closed form of a queue answers."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isnan
from typing import Protocol


class WaitCurve(Protocol):
    """Distribution of waits in one regime."""

    def __call__(self, minutes: float) -> float:
        """Share of calls that are answered within these minutes."""
        ...


@dataclass(frozen=True)
class ExponentialWaits:
    """Who waits, waits an exponential time; nobody gives up."""

    wait_probability: float
    mean_of_those_who_wait: float
    """Minutes; infinite where the queue grows without end."""

    def __call__(self, minutes: float) -> float:
        """Share of calls that are answered within these minutes."""
        if self.wait_probability == 0.0:
            return 1.0
        return 1.0 - self.wait_probability * exp(-minutes / self.mean_of_those_who_wait)


@dataclass(frozen=True)
class Waiting:
    """Steady state of a queue with first come, first served. A call is any customer, job or visit."""

    calls_per_minute: float
    """All calls, those that are made again included."""
    wait_probability: float
    """Share of calls that find nobody free."""
    mean_wait_minutes: float
    """Over all calls: those that are answered at once, later or never; infinite where the queue grows without end."""
    abandoned_share: float
    """Share of calls that are given up."""
    lost_share: float
    """Share of callers who give up for good; equal to `abandoned_share` where nobody calls again."""
    utilisation: float
    """Share of the servers' time spent working; 1 where the queue grows without end, 0 where there is nobody."""
    queue_length: float
    """Mean number of calls that wait."""
    curve: WaitCurve
    """Distribution behind `answered_within`."""

    def answered_within(self, minutes: float) -> float:
        """Share of all calls that are answered within a time; those given up earlier are not answered.

        Raises:
            ValueError: minutes are negative or not a number.
        """
        if isnan(minutes) or minutes < 0:
            raise ValueError(f"minutes is {minutes!r}, not a number of 0 or more")
        return min(1.0, max(0.0, self.curve(minutes)))


__all__ = ["ExponentialWaits", "WaitCurve", "Waiting"]
