"""What is expected to come to the contact centre."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from optimize import ContactMonth, ContactOutlook
from scenarios import WEEKDAYS, CallStream, Channel, ContactCentre, Distribution
from sim.aftersales.facts import ServiceFacts
from sim.axes import frozen
from sim.outlook.installed_base import MonthlyFlows
from sim.outlook.requests import RequestFlows

FloatArray = npt.NDArray[np.float64]

_HOURS, _WEEKDAYS = 24, 7
_MINUTES_PER_DAY = 1_440.0
_EVEN_DAY = np.full(_HOURS, 1.0 / _HOURS)
_SPREAD_OUT_DAYS = 0.25
"""A relapse whose delay varies by more than this may be reported at any hour."""


@dataclass(frozen=True, eq=False)
class _Kind:
    """One kind of call in which a customer waits."""

    per_hour: FloatArray
    """(7, 24)"""
    mean: float
    variance: float
    impatience: float
    """Per minute of waiting; 0 = waits for ever."""
    redial_share: float


def contact_outlook(
    facts: ServiceFacts, requests: RequestFlows, months: tuple[MonthlyFlows, ...]
) -> ContactOutlook | None:
    """Work out calls by weekday and hour, and what agents have to do; None without a contact centre.

    Streams are met exactly, reports as exactly as failures are. Reworks are reported at the hours at which technicians
    work if they all take as long to fail again, else at any hour; customers ask for advice at any hour. Patience is
    that of the mean rate at which those who wait hang up. Months differ as failures and installations of products do.
    Not in it: who rings again, calls that inform of a delay.
    """
    centre = facts.service.contact_centre
    if centre is None:
        return None
    mean = _mean_week(facts, centre, requests)
    return replace(mean, months=tuple(_month(facts, centre, requests, mean, month) for month in months))


def _month(
    facts: ServiceFacts,
    centre: ContactCentre,
    requests: RequestFlows,
    mean: ContactOutlook,
    month: MonthlyFlows,
) -> ContactMonth:
    failures = month.failures[np.array(facts.product_of_mode, np.int64)]
    of_month = replace(
        requests,
        repairs=requests.repairs * failures,
        reworks=requests.reworks * failures,
        installations=requests.installations * month.installations,
    )
    here = _mean_week(facts, centre, of_month)
    calls, back = mean.calls_per_hour, mean.back_office_minutes_per_day
    return ContactMonth(
        month.name,
        frozen(np.where(calls > 0.0, here.calls_per_hour / np.maximum(calls, 1e-300), 1.0)),
        here.back_office_minutes_per_day / back if back > 0.0 else 1.0,
    )


def _mean_week(facts: ServiceFacts, centre: ContactCentre, requests: RequestFlows) -> ContactOutlook:
    kinds = [*_reports(facts, centre, requests), *(_stream(stream) for stream in centre.call_streams)]
    installed = requests.installations[:-1] * (1.0 - requests.outsourced_share)
    advice = installed.sum(axis=0) @ np.array(
        [item.installation.complaint_share if item.installation else 0.0 for item in facts.service.products]
    )
    phone = _advice_channel(centre)
    kinds.append(
        _Kind(
            np.full((_WEEKDAYS, _HOURS), advice / _HOURS),
            phone.minutes.mean(),
            phone.minutes.variance(),
            _impatience(facts, centre),
            0.0,
        )
    )
    calls: FloatArray = np.sum([kind.per_hour for kind in kinds], axis=0)
    share = np.array([kind.per_hour.sum() for kind in kinds]) / max(calls.sum(), 1e-300)
    mean = float(share @ [kind.mean for kind in kinds])
    square = float(share @ [kind.variance + kind.mean**2 for kind in kinds])
    impatience = float(share @ [kind.impatience for kind in kinds])
    lost = np.array([kind.impatience for kind in kinds]) * share
    again = float(lost @ [kind.redial_share for kind in kinds]) / impatience if impatience > 0.0 else 0.0
    return ContactOutlook(
        calls_per_hour=frozen(calls),
        work_minutes_mean=mean,
        work_minutes_scv=max(square / mean**2 - 1.0, 0.0) if mean > 0.0 else 0.0,
        patience_minutes=1.0 / impatience if impatience > 0.0 else None,
        redial_share=again,
        back_office_minutes_per_day=_back_office(facts, centre, requests),
    )


def _reports(facts: ServiceFacts, centre: ContactCentre, requests: RequestFlows) -> list[_Kind]:
    """Failures and reworks on the telephone and at the counter."""
    reporting = facts.service.reporting
    hours, weekdays = _shares(reporting.hourly_profile), _shares(reporting.weekday_factors) * _WEEKDAYS
    first = requests.repairs.sum() * np.outer(weekdays, hours)
    again = requests.reworks.sum() * _hours_of_relapse(facts)
    shares = _shares([channel.share for channel in centre.channels])
    kinds = []
    for channel, share in zip(centre.channels, shares, strict=True):
        if channel.kind != "web" and share > 0.0:
            mean, variance = _with_remote(facts, centre, channel.minutes)
            impatience = _impatience(facts, centre)
            kinds.append(_Kind((first + again) * share, mean, variance, impatience, centre.redial_share))
    return kinds


def _stream(stream: CallStream) -> _Kind:
    per_day = _MINUTES_PER_DAY / max(stream.between_minutes.mean(), 1e-9)
    per_hour = np.tile(per_day * _shares(stream.hourly_profile), (_WEEKDAYS, 1))
    patience = None if stream.patience_minutes is None else stream.patience_minutes.mean()
    impatience = 0.0 if patience is None else 1.0 / max(patience, 1e-9)
    return _Kind(per_hour, stream.minutes.mean(), stream.minutes.variance(), impatience, 0.0)


def _with_remote(facts: ServiceFacts, centre: ContactCentre, minutes: Distribution) -> tuple[float, float]:
    """Mean and variance of the work on a report, of which some are tried to be resolved from afar."""
    tried, remote = facts.policy.contacts.remote_share, centre.remote_minutes
    mean = remote.mean()
    variance = tried * remote.variance() + tried * (1.0 - tried) * mean * mean
    return minutes.mean() + tried * mean, minutes.variance() + variance


def _back_office(facts: ServiceFacts, centre: ContactCentre, requests: RequestFlows) -> float:
    """Minutes per day: reports on the web, calls after repairs."""
    reports = requests.repairs.sum() + requests.reworks.sum()
    shares = _shares([channel.share for channel in centre.channels])
    minutes = sum(
        reports * share * _with_remote(facts, centre, channel.minutes)[0]
        for channel, share in zip(centre.channels, shares, strict=True)
        if channel.kind == "web"
    )
    done = requests.repairs[:-1] * (1.0 - requests.declined_share) + requests.reworks[:-1]
    repaired = (done * (1.0 - requests.resolved_share)).sum()
    return float(minutes + repaired * facts.policy.contacts.follow_up_share * centre.follow_up_minutes.mean())


def _impatience(facts: ServiceFacts, centre: ContactCentre) -> float:
    """Mean rate at which customers who wait hang up, per minute."""
    if centre.patience_minutes is None:
        return 0.0
    share = _shares([segment.share for segment in facts.service.segments])
    factor = np.array([segment.patience_factor for segment in facts.service.segments])
    return float(share @ (1.0 / factor)) / max(centre.patience_minutes.mean(), 1e-9)


def _hours_of_relapse(facts: ServiceFacts) -> FloatArray:
    """(7, 24) share of a day's reworks, mean 1 over the weekdays."""
    delay = facts.service.repair.relapse_days
    if delay.variance() > _SPREAD_OUT_DAYS**2 or not facts.technicians:
        return np.tile(_EVEN_DAY, (_WEEKDAYS, 1))
    there = np.zeros((_WEEKDAYS, _HOURS))
    for person in facts.technicians:
        hour = np.arange(2 * _HOURS)
        first, stop = person.shift.start_hour, person.shift.start_hour + person.shift.hours
        inside = np.clip(np.minimum(hour + 1, stop) - np.maximum(hour, first), 0.0, 1.0)
        for weekday in person.shift.weekdays:
            there[WEEKDAYS.index(weekday)] += inside[:_HOURS]
            there[(WEEKDAYS.index(weekday) + 1) % _WEEKDAYS] += inside[_HOURS:]
    moved = np.roll(there, round(delay.mean()), axis=0)
    return np.asarray(moved / moved.sum() * _WEEKDAYS)


def _advice_channel(centre: ContactCentre) -> Channel:
    return next((channel for channel in centre.channels if channel.kind == "phone"), centre.channels[0])


def _shares(weights: tuple[float, ...] | list[float]) -> FloatArray:
    given = np.array(weights, np.float64)
    return np.asarray(given / given.sum() if given.sum() > 0.0 else np.full(given.size, 1.0 / given.size))


__all__ = ["contact_outlook"]
