"""Service partners of a scenario: whom to work with, and how much of the work own technicians cannot do."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimize.outlook import FieldOutlook, Outlook
from optimize.sourcing.agents import (
    AgentMix,
    AgentRules,
    AgentTerms,
    BoolArray,
    FloatArray,
    agents_cost,
    mix_agents,
)
from optimize.sourcing.programme import proven
from scenarios import Basis, OptimisedPartners, PartnersUsed, PlanPart, Scenario, Service

PATH = "policy.optimised.sourcing.partners"
_PERIOD_DAYS = 28.0
_MINUTES_PER_HOUR = 60.0
_SHARE_DIGITS = 4


def plan_partners(scenario: Scenario, outlook: Outlook) -> tuple[dict[str, Any], PlanPart] | None:
    """Which partners to use, and the share of jobs to give them from the start.

    Own technicians are paid whether they work or not: one more job costs the road alone, up to the utilisation asked
    for. The policy gives partners equal shares of what they can do, and one share of jobs everywhere, so that the
    solver's answer is a bound. Minimum volumes count in full. Where own technicians have time for all that is expected,
    partners who ask for no minimum stay on call for what overflows on bad days.

    Returns:
        `partners` and the part; None where there are none, or nobody says what is to be done in the field.
    """
    block, service = scenario.policy.optimised.sourcing, scenario.service
    asked = None if block is None else block.partners
    if asked is None or service is None or not service.partners or outlook.field is None:
        return None
    terms = agent_terms(scenario, service, outlook.field, asked)
    rules = AgentRules(quality_floor=asked.success_share, most_partners=asked.most_partners)
    mix = mix_agents(terms, rules, seed=scenario.policy.optimised.seed)
    given = mix.shares.sum(axis=0)
    implied = _equally(terms, mix, given)
    cost = agents_cost(terms, implied, mix.own_shares)
    status, bound = proven(mix.report.status, cost, mix.report.bound)
    total = float(terms.jobs.sum())
    share = float(given @ terms.jobs) / total if total > 0 else 0.0
    has_contract = mix.has_contract if mix.has_contract.any() else _on_call(terms, rules)
    used = PartnersUsed(
        partner_ids=tuple(p.id for p, has in zip(service.partners, has_contract, strict=True) if has),
        share_of_jobs=round(min(share, 1.0), _SHARE_DIGITS),
    )
    update = {"objective": cost, "bound": bound, "status": status, "unit": f"money per {_PERIOD_DAYS:g} days"}
    report = mix.report.model_copy(update=update)
    part = PlanPart(
        path=PATH, kind="own or partner", basis=Basis.OPTIMISED, cells=len(used.partner_ids), report=report
    )
    return {"partners": used}, part


def agent_terms(
    scenario: Scenario, service: Service, field: FieldOutlook, asked: OptimisedPartners
) -> AgentTerms:
    """What partners offer for each station and skill, and what own technicians have time for, in 28 days."""
    assert service.stations is not None
    stations = [str(name) for name in service.stations["station_id"]]
    skills = [*field.skill_ids, ""] if field.skill_ids else [""] * field.visits_per_day.shape[1]
    jobs = field.visits_per_day * _PERIOD_DAYS
    station, skill = (axis.astype(np.int64) for axis in np.nonzero(jobs > 0))
    travel, work = field.travel_minutes[station], field.on_site_minutes[station]
    costs = scenario.costs.service
    km = travel / _MINUTES_PER_HOUR * service.roads.speed_km_per_hour
    price = np.full((len(service.partners), station.size), np.inf)
    for index, partner in enumerate(service.partners):
        per_job = partner.price_per_job + partner.price_per_hour * work / _MINUTES_PER_HOUR
        serves = np.array(
            [not partner.station_ids or stations[s] in partner.station_ids for s in station], bool
        )
        knows = np.array(
            [not partner.skill_ids or not skills[k] or skills[k] in partner.skill_ids for k in skill], bool
        )
        price[index, serves & knows] = per_job[serves & knows]
    hours = own_hours(scenario, stations) * asked.own_utilisation
    return AgentTerms(
        jobs=jobs[station, skill],
        cost_per_job=price,
        own_cost_per_job=np.where(
            hours[station] > 0, km * costs.van_per_km + costs.consumables_per_job, np.inf
        ),
        own_hours_per_job=(travel + work) / _MINUTES_PER_HOUR,
        team=station,
        team_hours=hours,
        capacity=np.array([p.jobs_per_day * _PERIOD_DAYS for p in service.partners], np.float64),
        minimum_jobs=np.array([p.minimum_jobs_per_month for p in service.partners], np.float64),
        minimum_price=np.array([p.price_per_job for p in service.partners], np.float64),
        quality=np.array([p.success_share for p in service.partners], np.float64),
        partner_ids=tuple(p.id for p in service.partners),
        kind_ids=tuple(
            f"station {stations[s]}, {skills[k] or 'no particular skill'}"
            for s, k in zip(station, skill, strict=True)
        ),
    )


def own_hours(scenario: Scenario, stations: list[str]) -> FloatArray:
    """(stations,): hours on duty of own technicians in 28 days, breaks left out."""
    workforce = scenario.policy.service.workforce
    of_shift = {
        shift.id: (shift.hours - shift.break_minutes / _MINUTES_PER_HOUR)
        * len(shift.weekdays)
        * _PERIOD_DAYS
        / 7
        for shift in workforce.shifts
    }
    hours = dict.fromkeys(stations, 0.0)
    if workforce.technicians is not None:
        for name, shift in zip(
            workforce.technicians["station_id"], workforce.technicians["shift_id"], strict=True
        ):
            hours[str(name)] += of_shift[shift]
    for group in workforce.groups:
        hours[group.station_id] += group.count * of_shift[group.shift_id]
    return np.array([hours[name] for name in stations])


def _on_call(terms: AgentTerms, rules: AgentRules) -> BoolArray:
    """(partners,): those who are good enough and cost nothing until they get a job, the cheapest of them."""
    may = (terms.quality >= rules.quality_floor) & (terms.minimum_jobs * terms.minimum_price == 0)
    known = np.where(np.isfinite(terms.cost_per_job), terms.cost_per_job, np.nan)
    price = np.array([np.nanmean(row) if np.isfinite(row).any() else np.inf for row in known])
    order = [index for index in np.argsort(price, kind="stable") if may[index] and np.isfinite(price[index])]
    on_call = np.zeros(len(price), np.bool_)
    on_call[order[: rules.most_partners]] = True
    return on_call


def _equally(terms: AgentTerms, mix: AgentMix, given: FloatArray) -> FloatArray:
    """(partners, kinds): what partners in use get where those who can do a job share it equally."""
    able = (np.isfinite(terms.cost_per_job) & mix.has_contract[:, None]).astype(np.float64)
    total = able.sum(axis=0)
    return np.asarray(np.divide(able * given, total, out=np.zeros_like(able), where=total > 0))


__all__ = ["PATH", "agent_terms", "own_hours", "plan_partners"]
