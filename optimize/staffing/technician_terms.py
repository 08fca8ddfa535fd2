"""How long technicians are there, what that costs, and how long they have for a request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimize.outlook import FieldOutlook
from optimize.staffing.working_weeks import DAYS_PER_WEEK, mean_days_per_week
from scenarios import Partner, Scenario, Service, ServicePolicy, Unserved

_DAYS_PER_YEAR = 365.0
_MINUTES_PER_HOUR = 60.0
_LEAST_DAYS = 0.25
"""Working time that is left for a visit where appointments alone take as long as the promise."""


@dataclass(frozen=True, eq=False)
class DutyTerms:
    """What technicians of all stations have in common."""

    on_duty_minutes: float
    """Of a person on a working day, the break left out."""
    paid_minutes: float
    presence_share: float
    """Of the employed, those on duty on a mean day."""
    promised_minutes: float
    """Working time from request to completion."""
    notes: tuple[Unserved, ...]


def duty_terms(scenario: Scenario, service: Service, field: FieldOutlook) -> DutyTerms:
    """Work out how long technicians are there and how long they have for a request.

    Args:
        scenario: with shifts, and `policy.optimised.technicians`.
        service: its facts of service.
        field: what is to be expected.
    """
    policy = scenario.policy.service
    shifts = policy.workforce.shifts
    worked = mean_days_per_week(scenario.policy) / DAYS_PER_WEEK
    on_duty = float(np.mean([60.0 * shift.hours - shift.break_minutes for shift in shifts]))
    days = _promised_days(service, policy, field, scenario)
    notes: tuple[Unserved, ...] = ()
    if days <= 0.0:
        days = _LEAST_DAYS
        notes = (
            Unserved(
                item="completion promise",
                reason="appointments alone take as long as is promised",
                relaxation="fewer `policy.service.appointments.earliest_days`, or longer `completion_hours` in "
                "`policy.service.sla`",
            ),
        )
    return DutyTerms(
        on_duty_minutes=on_duty,
        paid_minutes=float(np.mean([60.0 * shift.hours for shift in shifts])),
        presence_share=worked * presence_of_rostered(scenario, service),
        promised_minutes=on_duty * days,
        notes=notes,
    )


def presence_of_rostered(scenario: Scenario, service: Service) -> float:
    """Share of the days on which somebody is to work that are neither of illness nor of training."""
    absence, trained_days = service.people.absence, scenario.policy.service.workforce.training_days_per_year
    ill = min(absence.episodes_per_year * absence.length_days.mean() / _DAYS_PER_YEAR, 0.9)
    trained = min(trained_days * DAYS_PER_WEEK / (_DAYS_PER_YEAR * mean_days_per_week(scenario.policy)), 0.9)
    return (1.0 - ill) * (1.0 - trained)


def _promised_days(service: Service, policy: ServicePolicy, field: FieldOutlook, scenario: Scenario) -> float:
    """Days from request to completion that as many requests have at least as are to be completed in time.

    The days until the first appointments, and half a day for the window, do not count: nobody can come in them.
    """
    wanted = scenario.policy.optimised.technicians
    assert wanted is not None
    of_requests = [
        (weight, promised - _booked_days(urgency, policy))
        for weight, promised, urgency in _promises(service, policy, field)
    ]
    if not sum(weight for weight, _ in of_requests) > 0.0:
        return min(policy.sla[-1].completion_hours) / 24.0
    weights, days = (np.array(column) for column in zip(*of_requests, strict=True))
    order = np.argsort(days, kind="stable")
    upto = np.cumsum(weights[order]) / weights.sum()
    at = int(np.searchsorted(upto, 1.0 - wanted.completed_share - 1e-9, side="right"))
    return float(days[order][min(at, len(days) - 1)])


def partner_on_time_share(
    partner: Partner, service: Service, policy: ServicePolicy, field: FieldOutlook
) -> float:
    """Share of requests that a partner would complete as promised, its response taken as gamma.

    What fails at the first visit takes another response; the work itself does not count.
    """
    from scipy.special import gammainc

    mean, variance = partner.response_days.mean(), partner.response_days.variance()
    promises = tuple(_promises(service, policy, field))
    weights, days = (np.array([row[column] for row in promises]) for column in (0, 1))
    if not weights.sum() > 0.0:
        return 1.0
    kept = []
    for visits in (1.0, 2.0):
        if mean * mean * 1e-9 < variance:
            shape = visits * mean * mean / variance
            kept.append(gammainc(shape, days * mean / variance))
        else:
            kept.append((visits * mean <= days).astype(np.float64))
    on_time = partner.success_share * kept[0] + (1.0 - partner.success_share) * kept[1]
    return float(weights @ on_time / weights.sum())


def _promises(
    service: Service, policy: ServicePolicy, field: FieldOutlook
) -> Iterator[tuple[float, float, int]]:
    """Weight, promised days and urgency of all requests."""
    total = sum(mode.weight for mode in service.failure_modes) * sum(item.share for item in service.segments)
    of_streams = [1_440.0 / max(stream.between_minutes.mean(), 1e-9) for stream in service.job_streams]
    left = max(1.0 - sum(of_streams) / max(float(field.visits_per_day.sum()), 1e-9), 0.0)
    for segment in service.segments:
        promise = _promise_of(segment.id, policy)
        for mode in service.failure_modes:
            urgencies = sum(mode.urgency_shares) or 1.0
            for urgency, share in enumerate(mode.urgency_shares):
                weight = left * segment.share * mode.weight * share / urgencies / max(total, 1e-9)
                yield weight, promise[urgency] / 24.0, urgency
    first = _promise_of(service.segments[0].id, policy)
    for stream, per_day in zip(service.job_streams, of_streams, strict=True):
        weight = per_day / max(sum(of_streams), 1e-9) * (1.0 - left)
        yield weight, first[stream.priority] / 24.0, stream.priority


def _booked_days(urgency: int, policy: ServicePolicy) -> float:
    terms = policy.appointments
    if terms is None or (urgency == 0 and terms.urgent_same_day):
        return 0.0
    return terms.earliest_days + 0.5


def _promise_of(segment: str, policy: ServicePolicy) -> tuple[float, float, float]:
    for promise in policy.sla:
        if not promise.segments or segment in promise.segments:
            return promise.completion_hours
    return policy.sla[-1].completion_hours


def cost_of_duty(scenario: Scenario, terms: DutyTerms) -> float:
    """Money per day on duty: wage, days of illness and training included, and the van."""
    policy, costs = scenario.policy.service.workforce, scenario.costs.service
    worked = mean_days_per_week(scenario.policy) / DAYS_PER_WEEK
    present = terms.presence_share / worked
    wage = costs.technician_per_hour * policy.pay_factor * (1.0 + policy.incentive_share)
    return wage * terms.paid_minutes / _MINUTES_PER_HOUR / max(present, 1e-9) + costs.van_per_day


__all__ = ["DutyTerms", "cost_of_duty", "duty_terms", "partner_on_time_share", "presence_of_rostered"]
