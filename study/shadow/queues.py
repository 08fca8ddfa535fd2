"""Laws of order streams: M/M/c, M/G/1 and M/D/c at the pickers of a distribution centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios import OrderStream
from study.shadow.expected import Expected, World
from study.shadow.settling import MINUTES_PER_DAY, arrivals_astray, has_settled, relaxation_days
from study.shadow.shifts import always_there, is_even, is_memoryless

if TYPE_CHECKING:
    from optimize.staffing.queues import Waiting


@dataclass(frozen=True)
class _Station:
    """The pickers of one centre and all that comes to them, in minutes."""

    rate: float
    work: float
    square: float
    """Second moment of the work."""
    servers: int
    is_poisson: bool
    is_exponential: bool

    @property
    def load(self) -> float:
        return self.rate * self.work

    @property
    def scv(self) -> float:
        return max(self.square / self.work**2 - 1.0, 0.0)


def queues(world: World) -> Iterator[Expected]:
    """Orders per day in every scenario with streams; utilisation and wait where pickers do nothing else."""
    depot = world.scenario.depot
    if depot is None or not depot.order_streams:
        return
    streams = depot.order_streams
    per_day = sum(MINUTES_PER_DAY / stream.between_minutes.mean() for stream in streams)
    yield Expected(
        kpi="stream_orders",
        value=per_day,
        method="elementary renewal theorem: one over the mean time between orders",
        regime="streams come from outside",
        tolerance=sum(arrivals_astray(stream.between_minutes) for stream in streams) / world.counted_days,
    )
    if depot.picking is not None:
        return
    stations = _stations(world, streams)
    if stations is None or not all(has_settled(world.warm_up_days, _settles(each)) for each in stations):
        return
    people = sum(each.servers for each in stations)
    unfinished = sum(each.load for each in stations) * max(each.work for each in stations) / MINUTES_PER_DAY
    yield Expected(
        kpi="picker_utilisation",
        value=sum(each.load for each in stations) / people,
        method="utilisation law: work offered over time paid (Little 1961)",
        regime="pickers are always there, do nothing but orders of streams and keep up; settled after the warm-up",
        tolerance=unfinished / (people * world.counted_days),
    )
    yield from _wait(world, stations)


def _settles(station: _Station) -> float:
    return relaxation_days(station.work, station.scv, station.servers, station.load)


def _stations(world: World, streams: Sequence[OrderStream]) -> list[_Station] | None:
    """One per centre with streams; None if people come and go or streams have their hours."""
    centres = world.scenario.network.distribution_centres
    found = []
    for centre in centres:
        mine = [stream for stream in streams if (stream.dc_id or centres[0].id) == centre.id]
        servers = always_there(world.scenario.policy.depot.pickers, centre.id)
        if servers is None or (servers and not mine) or (mine and not servers):
            return None
        if mine:
            found.append(_station(mine, servers))
    if not all(is_even(stream.hourly_profile) for stream in streams):
        return None
    return found


def _station(streams: Sequence[OrderStream], servers: int) -> _Station:
    rates = [1.0 / stream.between_minutes.mean() for stream in streams]
    works = [stream.work_minutes for stream in streams]
    rate = sum(rates)
    shares = [each / rate for each in rates]
    mean = sum(share * work.mean() for share, work in zip(shares, works, strict=True))
    square = sum(
        share * (work.variance() + work.mean() ** 2) for share, work in zip(shares, works, strict=True)
    )
    alike = len({work.mean() for work in works}) == 1
    return _Station(
        rate,
        mean,
        square,
        servers,
        is_poisson=all(is_memoryless(stream.between_minutes) for stream in streams),
        is_exponential=alike and all(is_memoryless(work) for work in works),
    )


def _wait(world: World, stations: Sequence[_Station]) -> Iterator[Expected]:
    found = [_waiting(each) for each in stations]
    if not all(name for name, _ in found):
        return
    assert world.scenario.depot is not None
    priorities = {stream.priority for stream in world.scenario.depot.order_streams}
    rate = sum(each.rate for each in stations)
    # Who goes first does not matter to the mean wait of all where the work of all has one distribution.
    if len(priorities) > 1 and not all(each.is_exponential for each in stations):
        return
    value = sum(each.rate * wait for each, (_, wait) in zip(stations, found, strict=True)) / rate
    days = max(_settles(each) for each in stations)
    yield Expected(
        kpi="stream_wait_minutes",
        value=value,
        method=" and ".join(sorted({name for name, _ in found})),
        regime="Poisson orders, pickers always there and for nothing else; settled after the warm-up",
        # Who still waits at the end is left out.
        tolerance=value * days / world.counted_days,
    )


def _waiting(station: _Station) -> tuple[str, float]:
    """The closed form that fits and its mean wait in minutes; an empty name if none does."""
    from optimize.staffing.queues import erlang_c, mdc, mg1

    if not station.is_poisson:
        return "", 0.0
    found: Waiting
    if station.is_exponential:
        found = erlang_c(station.rate, station.work, station.servers)
        return "M/M/c (Erlang 1917)", found.mean_wait_minutes
    if station.servers == 1:
        found = mg1(station.rate, station.work, station.scv)
        return "M/G/1 (Pollaczek 1930, Khinchine 1932)", found.mean_wait_minutes
    if station.scv < 1e-12:
        return "M/D/c (Crommelin 1932)", mdc(station.rate, station.work, station.servers).mean_wait_minutes
    return "", 0.0


__all__ = ["queues"]
