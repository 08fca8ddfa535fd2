"""Checks of days on which people work, waves are released and trucks drive."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.language.errors import Problem
from scenarios.language.operations import WorkingDays
from scenarios.language.places import Places
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach

_ROUTES = "policy.transport.routes.master"


def weekdays(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Weekdays and dates are named once."""
    del reach
    rounds = scenario.policy.transport.routes.master
    named = [(path, days.weekdays) for path, days in _blocks(scenario)]
    named += [(f"{_ROUTES}[{index}]", route.weekdays) for index, route in enumerate(rounds)]
    for path, days_of_week in named:
        if len(set(days_of_week)) < len(days_of_week):
            yield places.problem("E502", f"{path}.weekdays", "names a weekday twice")
    for path, days in _blocks(scenario):
        if len(set(days.rests_on_dates)) < len(days.rests_on_dates):
            yield places.problem("E502", f"{path}.rests_on_dates", "names a date twice")


def holidays(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Holidays on which something rests are among those of the demand."""
    del reach
    known = [holiday.name for holiday in scenario.demand.holidays]
    for path, days in _blocks(scenario):
        yield from places.unknown_ids(f"{path}.rests_on_holidays", days.rests_on_holidays, known, "holiday")


def somebody_drives_the_rounds(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Fixed rounds have a day on which trucks drive."""
    del reach
    transport = scenario.policy.transport
    if transport.mode == "none" or transport.planning != "given":
        return
    driven = {day for trucks in transport.trucks if trucks.count for day in trucks.weekdays}
    for index, route in enumerate(transport.routes.master):
        if driven and not driven & set(route.weekdays):
            rule = "no truck drives on these weekdays: goods of this round never leave by truck"
            yield places.problem("W601", f"{_ROUTES}[{index}].weekdays", rule)


def _blocks(scenario: Scenario) -> list[tuple[str, WorkingDays]]:
    """Path and working days of everything that has some."""
    depot, trucks = scenario.policy.depot, scenario.policy.transport.trucks
    groups: dict[str, tuple[WorkingDays, ...]] = {
        "policy.depot.waves": depot.waves,
        "policy.depot.desk": depot.desk,
        "policy.depot.pickers": depot.pickers,
        "policy.depot.receivers": depot.receivers,
        "policy.transport.trucks": trucks,
    }
    return [(f"{path}[{index}]", days) for path, group in groups.items() for index, days in enumerate(group)]


CHECKS = (weekdays, holidays, somebody_drives_the_rounds)
