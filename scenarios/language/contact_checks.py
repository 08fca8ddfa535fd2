"""Checks of the contact centre: times can be, shares are shares, somebody answers, nothing is idle."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.language.contact import ContactCentre
from scenarios.language.distribution_model import DistributionModel
from scenarios.language.errors import Problem
from scenarios.language.places import Places
from scenarios.language.scenario import Scenario
from scenarios.language.scopes import Reach

_CENTRE, _REPORTING = "service.contact_centre", "service.reporting"
_CONTACTS, _AGENTS = "policy.service.contacts", "policy.service.contacts.agents"
_WEEK = 7 * 24


def names(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Streams, channels and weekdays are named once."""
    del reach
    for index, shift in enumerate(scenario.policy.service.contacts.agents):
        if len(set(shift.weekdays)) < len(shift.weekdays):
            yield places.problem("E502", f"{_AGENTS}[{index}].weekdays", "names a weekday twice")
    centre = _centre(scenario)
    if centre is None:
        return
    yield from places.given_twice(f"{_CENTRE}.call_streams", [stream.id for stream in centre.call_streams])
    kinds = [channel.kind for channel in centre.channels]
    for index, kind in enumerate(kinds):
        if kind in kinds[:index]:
            path = f"{_CENTRE}.channels[{index}].kind"
            yield places.problem("E502", path, "this channel is already described", kind)


def times(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Durations are not negative, calls come one after the other, breaks are shorter than shifts."""
    del reach
    for index, shift in enumerate(scenario.policy.service.contacts.agents):
        if shift.break_minutes >= 60 * shift.hours:
            path = f"{_AGENTS}[{index}].break_minutes"
            yield places.problem("E504", path, "the break is as long as the shift", shift.break_minutes)
    centre = _centre(scenario)
    if centre is None:
        return
    for path, minutes in _durations(centre):
        if float(minutes.quantile(0.0)) < 0:
            yield places.problem("E504", f"{_CENTRE}.{path}", "a time must not be negative")
    if centre.redial_share > 0 and centre.redial_minutes.mean() <= 0:
        rule = "nobody can try again at the moment of giving up"
        yield places.problem("E504", f"{_CENTRE}.redial_minutes", rule)
    for index, stream in enumerate(centre.call_streams):
        if stream.between_minutes.mean() <= 0 or float(stream.between_minutes.quantile(0.0)) < 0:
            path = f"{_CENTRE}.call_streams[{index}].between_minutes"
            yield places.problem("E504", path, "calls must come one after the other")


def weights(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Profiles and shares of channels are not negative, and not all zero."""
    del reach
    if scenario.service is None:
        return
    reporting, centre = scenario.service.reporting, _centre(scenario)
    named = [
        (f"{_REPORTING}.hourly_profile", reporting.hourly_profile),
        (f"{_REPORTING}.weekday_factors", reporting.weekday_factors),
    ]
    if centre is not None:
        named.append((f"{_CENTRE}.channels", tuple(channel.share for channel in centre.channels)))
        named += [
            (f"{_CENTRE}.call_streams[{index}].hourly_profile", stream.hourly_profile)
            for index, stream in enumerate(centre.call_streams)
        ]
    for path, values in named:
        if min(values) < 0 or sum(values) <= 0:
            yield places.problem("E503", path, "weights must not be negative, and some above 0")


def somebody_answers(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """A contact centre has agents, agents have a contact centre, and streams leave the queue a steady state."""
    del reach
    contacts, centre = scenario.policy.service.contacts, _centre(scenario)
    people = sum(shift.people for shift in contacts.agents)
    if centre is None:
        if people:
            rule = "there is no `service.contact_centre`: agents have nothing to do"
            yield places.problem("W602", _AGENTS, rule)
        if contacts.remote_share > 0:
            rule = "remote diagnosis needs `service.contact_centre`"
            yield places.problem("E511", f"{_CONTACTS}.remote_share", rule, contacts.remote_share)
        return
    if scenario.policy.optimised.agents is not None:
        return
    if not people:
        yield places.problem(
            "W601", _AGENTS, "nobody answers, so no failure is ever reported", hint="give a shift with people"
        )
        return
    there = sum(
        shift.people * max(0.0, shift.hours - shift.break_minutes / 60) * len(set(shift.weekdays))
        for shift in contacts.agents
    )
    offered = sum(
        stream.minutes.mean() / stream.between_minutes.mean()
        for stream in centre.call_streams
        if stream.patience_minutes is None and stream.between_minutes.mean() > 0
    )
    if offered * _WEEK >= there:
        rule = (
            f"callers who never hang up bring work for {offered:.4g} agents round the clock, and {there / _WEEK:.4g} "
            "are there: there is no steady state, the queue grows as long as the run"
        )
        yield places.problem(
            "W601", f"{_CENTRE}.call_streams", rule, hint="more agents, fewer calls, or `patience_minutes`"
        )


def nothing_is_idle(scenario: Scenario, places: Places, reach: Reach) -> Iterator[Problem]:
    """Fields that can have no effect as the others stand."""
    del reach
    centre = _centre(scenario)
    if scenario.service is None or centre is None:
        return
    modes, contacts = scenario.service.failure_modes, scenario.policy.service.contacts
    idle = []
    if centre.redial_share > 0 and centre.patience_minutes is None:
        idle.append((f"{_CENTRE}.redial_share", "nobody gives up without `patience_minutes`"))
    if centre.misjudged_work_share > 0 and len({mode.product_id for mode in modes}) == len(modes):
        rule = "no product has two failure modes that could be mistaken for each other"
        idle.append((f"{_CENTRE}.misjudged_work_share", rule))
    helps = any(mode.remote_share > 0 for mode in modes) and centre.remote_success_share > 0
    tells = centre.remote_part_share > 0 and centre.misjudged_work_share > 0
    if contacts.remote_share > 0 and not helps and not tells:
        rule = "no failure mode has a `remote_share`, and no error of triage is put right"
        idle.append((f"{_CONTACTS}.remote_share", rule))
    idle += [
        (f"{_AGENTS}[{index}].dc_id", "there is one contact centre")
        for index, shift in enumerate(contacts.agents)
        if shift.dc_id
    ]
    for path, rule in idle:
        yield places.problem("W602", path, rule)


def _centre(scenario: Scenario) -> ContactCentre | None:
    return None if scenario.service is None else scenario.service.contact_centre


def _durations(centre: ContactCentre) -> Iterator[tuple[str, DistributionModel]]:
    """Paths and distributions of all durations but the times between calls."""
    yield "redial_minutes", centre.redial_minutes
    yield "remote_minutes", centre.remote_minutes
    yield "follow_up_minutes", centre.follow_up_minutes
    if centre.patience_minutes is not None:
        yield "patience_minutes", centre.patience_minutes
    for index, channel in enumerate(centre.channels):
        yield f"channels[{index}].minutes", channel.minutes
    for index, stream in enumerate(centre.call_streams):
        yield f"call_streams[{index}].minutes", stream.minutes
        if stream.patience_minutes is not None:
            yield f"call_streams[{index}].patience_minutes", stream.patience_minutes


CHECKS = (names, times, weights, somebody_answers, nothing_is_idle)
