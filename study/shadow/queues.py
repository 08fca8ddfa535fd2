"""Laws of order streams: M/M/c, M/G/1 and M/D/c at the pickers of a distribution centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scenarios import OrderStream
from study.shadow.expected import Expected, World
from study.shadow.settling import MINUTES_PER_DAY, arrivals_astray, has_settled
from study.shadow.shifts import always_there, is_even
from study.shadow.stations import Station, mean_wait


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
    if stations is None or not all(has_settled(world.warm_up_days, each.settles_days) for each in stations):
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


def _stations(world: World, streams: Sequence[OrderStream]) -> list[Station] | None:
    """One per centre with streams; None if people come and go or streams have their hours."""
    centres = world.scenario.network.distribution_centres
    found = []
    for centre in centres:
        mine = [stream for stream in streams if (stream.dc_id or centres[0].id) == centre.id]
        servers = always_there(world.scenario.policy.depot.pickers, centre.id)
        if servers is None or (servers and not mine) or (mine and not servers):
            return None
        if mine:
            found.append(
                Station.of([(stream.between_minutes, stream.work_minutes) for stream in mine], servers)
            )
    if not all(is_even(stream.hourly_profile) for stream in streams):
        return None
    return found


def _wait(world: World, stations: Sequence[Station]) -> Iterator[Expected]:
    found = mean_wait(stations)
    assert world.scenario.depot is not None
    priorities = {stream.priority for stream in world.scenario.depot.order_streams}
    # Who goes first does not matter to the mean wait of all where the work of all has one distribution.
    if found is None or (len(priorities) > 1 and not all(each.is_exponential for each in stations)):
        return
    method, value = found
    days = max(each.settles_days for each in stations)
    yield Expected(
        kpi="stream_wait_minutes",
        value=value,
        method=method,
        regime="Poisson orders, pickers always there and for nothing else; settled after the warm-up",
        # Who still waits at the end is left out.
        tolerance=value * days / world.counted_days,
    )


__all__ = ["queues"]
