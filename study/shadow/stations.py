"""A crew that is always there and the streams that come to it, as a queue of the textbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios import Distribution
from study.shadow.settling import relaxation_days
from study.shadow.shifts import is_memoryless

_CONSTANT = 1e-12
_MOST_SERVERS = 10_000
"""Of the closed form of M/D/c."""


@dataclass(frozen=True)
class Station:
    """Servers who are alike and all that comes to them, in minutes."""

    rate: float
    work: float
    """Mean."""
    square: float
    """Second moment of the work."""
    servers: int
    is_poisson: bool
    is_exponential: bool
    """Whether the work of all streams is exponential with one mean."""

    @classmethod
    def of(cls, streams: Sequence[tuple[Distribution, Distribution]], servers: int) -> Station:
        """Put streams together, each by its time between arrivals and its work."""
        rates = [1.0 / between.mean() for between, _ in streams]
        works = [work for _, work in streams]
        rate = sum(rates)
        shares = [each / rate for each in rates]
        moments = [(work.mean(), work.variance() + work.mean() ** 2) for work in works]
        return cls(
            rate=rate,
            work=sum(share * mean for share, (mean, _) in zip(shares, moments, strict=True)),
            square=sum(share * square for share, (_, square) in zip(shares, moments, strict=True)),
            servers=servers,
            is_poisson=all(is_memoryless(between) for between, _ in streams),
            is_exponential=len({work.mean() for work in works}) == 1
            and all(is_memoryless(work) for work in works),
        )

    @property
    def load(self) -> float:
        """Offered, in Erlang."""
        return self.rate * self.work

    @property
    def scv(self) -> float:
        """Squared coefficient of variation of the work."""
        return max(self.square / self.work**2 - 1.0, 0.0)

    @property
    def settles_days(self) -> float:
        """Relaxation time."""
        return relaxation_days(self.work, self.scv, self.servers, self.load)

    def wait(self) -> tuple[str, float] | None:
        """The closed form that fits and its mean wait in minutes; None if there is none."""
        from optimize.staffing.queues import erlang_c, mdc, mg1

        if not self.is_poisson:
            return None
        if self.is_exponential:
            return "M/M/c (Erlang 1917)", erlang_c(self.rate, self.work, self.servers).mean_wait_minutes
        if self.servers == 1:
            name = "M/G/1 (Pollaczek 1930, Khinchine 1932)"
            return name, mg1(self.rate, self.work, self.scv).mean_wait_minutes
        if self.scv < _CONSTANT and self.servers <= _MOST_SERVERS:
            return "M/D/c (Crommelin 1932)", mdc(self.rate, self.work, self.servers).mean_wait_minutes
        return None


def mean_wait(stations: Sequence[Station]) -> tuple[str, float] | None:
    """Closed forms and mean wait in minutes over all that comes to some stations; None if one has none."""
    found = [station.wait() for station in stations]
    known = [each for each in found if each is not None]
    if len(known) < len(found) or not known:
        return None
    rate = sum(station.rate for station in stations)
    value = sum(station.rate * wait for station, (_, wait) in zip(stations, known, strict=True)) / rate
    return " and ".join(sorted({name for name, _ in known})), value


__all__ = ["Station", "mean_wait"]
