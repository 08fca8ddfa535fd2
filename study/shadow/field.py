"""Laws of technicians: streams of jobs at the door of a station as a queue, and Little's law on the backlog."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios import WEEKDAYS, Loops, People, Repair, Service, ServicePolicy
from study.shadow.expected import Expected, World
from study.shadow.settling import MINUTES_PER_DAY, arrivals_astray, has_settled
from study.shadow.shifts import is_even
from study.shadow.stations import Station, mean_wait

_MINUTES_PER_HOUR = 60.0
_ROUND_THE_CLOCK_HOURS = 24.0
_REGIME = (
    "jobs of streams at the door of their station alone, technicians always there, alike and for nothing else; settled"
    " after the warm-up"
)


def field(world: World) -> Iterator[Expected]:
    """Requests, waits and open requests where nobody drives and nothing goes wrong."""
    service = world.scenario.service
    if service is None or service.products or not service.job_streams:
        return
    streams = service.job_streams
    per_day = sum(MINUTES_PER_DAY / stream.between_minutes.mean() for stream in streams)
    yield Expected(
        kpi="service_requests",
        value=per_day,
        method="elementary renewal theorem: one over the mean time between jobs",
        regime="nothing but streams of jobs",
        tolerance=sum(arrivals_astray(stream.between_minutes) for stream in streams) / world.counted_days,
    )
    stations = _stations(service, world.scenario.policy.service)
    if (
        stations is None
        or world.scenario.loops != Loops()
        or not all(has_settled(world.warm_up_days, each.settles_days) for each in stations)
    ):
        return
    found = mean_wait(stations)
    if found is None or (len({stream.priority for stream in streams}) > 1 and not _is_alike(stations)):
        return
    method, wait = found
    unfinished = max(each.settles_days for each in stations) / world.counted_days
    hours = wait / _MINUTES_PER_HOUR
    yield Expected("response_hours", hours, method, _REGIME, tolerance=hours * unfinished)
    present = sum(each.load for each in stations) + per_day * wait / MINUTES_PER_DAY
    yield Expected("service_backlog", present, f"Little 1961 on {method}", _REGIME)


def _is_alike(stations: list[Station]) -> bool:
    return all(each.is_exponential for each in stations)


def _stations(service: Service, policy: ServicePolicy) -> list[Station] | None:
    """One per station with jobs; None outside the regime."""
    if not _is_plain(service, policy):
        return None
    found = []
    for name in sorted({stream.station_id for stream in service.job_streams}):
        mine = [
            (stream.between_minutes, stream.minutes)
            for stream in service.job_streams
            if stream.station_id == name
        ]
        found.append(
            Station.of(mine, sum(each.count for each in policy.workforce.groups if each.station_id == name))
        )
    return found


def _is_plain(service: Service, policy: ServicePolicy) -> bool:
    workforce, dispatch = policy.workforce, policy.dispatch
    is_at_the_door = all(
        stream.latitude is None
        and stream.longitude is None
        and not stream.skill_id
        and stream.people == 1
        and is_even(stream.hourly_profile)
        for stream in service.job_streams
    )
    are_alike = workforce.technicians is None and all(each.minutes_factor == 1.0 for each in workforce.groups)
    are_always_there = workforce.roster is None and all(
        shift.start_hour == 0.0
        and shift.hours == _ROUND_THE_CLOCK_HOURS
        and shift.break_minutes == 0.0
        and len(set(shift.weekdays)) == len(WEEKDAYS)
        for shift in workforce.shifts
    )
    return (
        is_at_the_door
        and are_alike
        and are_always_there
        and workforce.training_days_per_year == 0.0
        and service.contact_centre is None
        and service.people == People()
        and service.repair == Repair()
        and policy.appointments is None
        and not policy.outsourcing.partner_ids
        and not policy.open_stations
        and policy.inspection_share == 0.0
        and dispatch.area == "territory"
        and dispatch.plan == "when_free"
        and dispatch.when_late == "nothing"
        # Nobody keeps a job for tomorrow because it would end after midnight.
        and dispatch.overtime_minutes == MINUTES_PER_DAY
    )


__all__ = ["field"]
