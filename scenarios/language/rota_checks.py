"""Checks of the rota: it is there where it is followed, and who is named exists, belongs there and works that day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scenarios.language.errors import Problem
from scenarios.language.places import Places
from scenarios.language.roster_checks import technician_ids
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach
from scenarios.language.service_policy import WorkforcePolicy

_DISPATCH = "policy.service.dispatch"
_ROTA = f"{_DISPATCH}.rota"


def rota(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """`plan: given` has a rota, and every row of it can be followed."""
    del reach
    service, policy = scenario.service, scenario.policy.service
    dispatch, workforce, table = policy.dispatch, policy.workforce, policy.dispatch.rota
    if dispatch.plan == "given" and table is None:
        rule, hint = (
            "`plan` is `given`, and there is no `rota`",
            "name who serves which area on which weekday",
        )
        yield places.problem("E511", f"{_DISPATCH}.plan", rule, "given", hint)
    if table is None:
        return
    if dispatch.plan != "given":
        yield places.problem("W602", _ROTA, f"`plan` is `{dispatch.plan}`")
    stations = set() if service is None or service.stations is None else set(service.stations["station_id"])
    base = () if service is None or service.base is None else service.base["region"]
    regions = {*scenario.network.stores["region"], *base}
    yield from places.unknown_in_column(_ROTA, table, "station_id", stations, "station")
    yield from places.unknown_in_column(_ROTA, table, "region", regions, "region", blank=True)
    yield from places.unknown_in_column(
        _ROTA, table, "technician_id", technician_ids(workforce), "technician"
    )
    home, idle_on = _homes(workforce), _shifts(workforce)
    if dispatch.area == "territory":
        astray = np.array(
            [
                station in stations and home.get(str(name), station) != station
                for name, station in zip(table["technician_id"], table["station_id"], strict=True)
            ],
            np.bool_,
        )
        rule, hint = "belongs to another station", f"`{_DISPATCH}.area: pooled` lets all work everywhere"
        yield from places.rows("E516", _ROTA, table, astray, "technician_id", rule, hint)
    if workforce.roster is None:
        idle = np.array(
            [
                weekday not in idle_on.get(str(name), (weekday,))
                for name, weekday in zip(table["technician_id"], table["weekday"], strict=True)
            ],
            np.bool_,
        )
        rule = "the shift of this technician is not worked on that weekday, so this row is never followed"
        yield from places.rows("W601", _ROTA, table, idle, "weekday", rule)


def _homes(workforce: WorkforcePolicy) -> dict[str, str]:
    """Technician -> station."""
    return {name: station for name, station, _ in _people(workforce)}


def _shifts(workforce: WorkforcePolicy) -> dict[str, tuple[str, ...]]:
    """Technician -> weekdays of the shift, where there is such a shift."""
    weekdays = {shift.id: shift.weekdays for shift in workforce.shifts}
    return {name: weekdays[shift] for name, _, shift in _people(workforce) if shift in weekdays}


def _people(workforce: WorkforcePolicy) -> Iterator[tuple[str, str, str]]:
    """Technicians of the table and of groups, with station and shift."""
    table = workforce.technicians
    if table is not None:
        yield from zip(table["technician_id"], table["station_id"], table["shift_id"], strict=True)
    for group in workforce.groups:
        for member in range(group.count):
            yield f"{group.id}-{member + 1}", group.station_id, group.shift_id


CHECKS = (rota,)
