"""Do mixes of carriers and of service agents keep their rules? Plain Python; nothing of the solvers is used."""

from __future__ import annotations

import math

from optimize.sourcing.agents import AgentMix, AgentRules, AgentTerms
from optimize.sourcing.carriers import CarrierMix, CarrierRules, CarrierTerms
from scenarios import SolveReport, SolveStatus

_CLOSE = 1e-6
_NOTHING = 1e-9


def check_carrier_mix(terms: CarrierTerms, rules: CarrierRules, mix: CarrierMix) -> list[str]:
    """Every rule that a mix of carriers breaks; none for a sound one.

    A mix that says itself that not everything can be done as asked may leave drops behind and be less punctual.

    Args:
        terms: facts.
        rules: what is to be kept.
        mix: the answer.
    """
    found = []
    is_whole = mix.report.status is not SolveStatus.INFEASIBLE
    shares: list[list[float]] = mix.shares.tolist()
    drops: list[float] = terms.drops_per_day.tolist()
    cost, punctual, brought, used = 0.0, 0.0, 0.0, 0
    for carrier, name in enumerate(terms.carrier_ids):
        mine = 0.0
        for region, share in enumerate(shares[carrier]):
            where = f"{name} in {terms.region_ids[region]}"
            if share < 0:
                found.append(f"negative: {where} has a share below 0")
            if share <= _NOTHING:
                continue
            if math.isinf(terms.cost_per_drop[carrier, region]):
                found.append(f"coverage: {where}, where it does not go")
            else:
                cost += share * drops[region] * float(terms.cost_per_drop[carrier, region])
            mine += share * drops[region]
        if mine <= _NOTHING:
            continue
        used += 1
        cost += float(terms.cost_per_day[carrier])
        brought += mine
        punctual += mine * float(terms.on_time_share[carrier])
        if terms.on_time_share[carrier] < rules.on_time_floor:
            found.append(f"reliability: {name} is on time less often than {rules.on_time_floor:g}")
        for centre in set(terms.centre.tolist()):
            here = sum(
                share * drops[region]
                for region, share in enumerate(shares[carrier])
                if terms.centre[region] == centre
            )
            if here > terms.capacity[carrier] * (1 + _CLOSE) + _CLOSE:
                found.append(
                    f"capacity: {name} brings {here:.6g} drops, more than {terms.capacity[carrier]:g}"
                )
        part = mine / sum(drops)
        if part < terms.least_share[carrier] - _CLOSE:
            found.append(f"least share: {name} has {part:.6g}")
        if part > terms.most_share[carrier] + _CLOSE:
            found.append(f"most share: {name} has {part:.6g}")
    for region, name in enumerate(terms.region_ids):
        total = sum(row[region] for row in shares)
        if total > 1 + _CLOSE or (is_whole and drops[region] > 0 and total < 1 - _CLOSE):
            found.append(f"whole: {total:.6g} of {name} is brought")
    if used > rules.most_carriers:
        found.append(f"most carriers: {used} are used")
    if is_whole and used < rules.least_carriers and brought > 0:
        found.append(f"least carriers: {used} are used")
    if is_whole and punctual < (rules.mean_on_time - _CLOSE) * brought:
        found.append(f"mean on time: {punctual / brought:.6g} of all drops")
    return [*found, *_cost(cost, mix.report)]


def check_agent_mix(terms: AgentTerms, rules: AgentRules, mix: AgentMix) -> list[str]:
    """Every rule that a mix of own people and partners breaks; none for a sound one.

    Args:
        terms: facts.
        rules: what is to be kept.
        mix: the answer.
    """
    found = []
    is_whole = mix.report.status is not SolveStatus.INFEASIBLE
    shares: list[list[float]] = mix.shares.tolist()
    own: list[float] = mix.own_shares.tolist()
    jobs: list[float] = terms.jobs.tolist()
    cost, contracts = 0.0, 0
    for partner, name in enumerate(terms.partner_ids):
        given = 0.0
        for kind, share in enumerate(shares[partner]):
            if share < 0:
                found.append(f"negative: {name} has a share below 0")
            if share <= _NOTHING:
                continue
            if math.isinf(terms.cost_per_job[partner, kind]):
                found.append(f"skill: {name} cannot do {terms.kind_ids[kind]}")
            else:
                cost += share * jobs[kind] * float(terms.cost_per_job[partner, kind])
            given += share * jobs[kind]
        if given <= _NOTHING:
            continue
        contracts += 1
        cost += float(terms.cost_of_contract[partner])
        cost += float(terms.minimum_price[partner]) * max(float(terms.minimum_jobs[partner]) - given, 0.0)
        if terms.quality[partner] < rules.quality_floor:
            found.append(f"quality: {name} does less than {rules.quality_floor:g} at the first visit")
        if given > terms.capacity[partner] * (1 + _CLOSE) + _CLOSE:
            found.append(f"capacity: {name} gets {given:.6g} jobs, more than {terms.capacity[partner]:g}")
    hours = [0.0] * len(terms.team_hours)
    for kind, name in enumerate(terms.kind_ids):
        if own[kind] < 0:
            found.append(f"negative: own people have a share of {name} below 0")
        if own[kind] > _NOTHING:
            if math.isinf(terms.own_cost_per_job[kind]):
                found.append(f"own skill: nobody here can do {name}")
            else:
                cost += own[kind] * jobs[kind] * float(terms.own_cost_per_job[kind])
            hours[int(terms.team[kind])] += own[kind] * jobs[kind] * float(terms.own_hours_per_job[kind])
        total = own[kind] + sum(row[kind] for row in shares)
        if total > 1 + _CLOSE or (is_whole and jobs[kind] > 0 and total < 1 - _CLOSE):
            found.append(f"whole: {total:.6g} of {name} is done")
    for team, spent in enumerate(hours):
        if spent > terms.team_hours[team] * (1 + _CLOSE) + _CLOSE:
            found.append(
                f"own hours: team {team} works {spent:.6g} hours, more than {terms.team_hours[team]:g}"
            )
    if contracts > rules.most_partners:
        found.append(f"most partners: {contracts} are used")
    return [*found, *_cost(cost, mix.report)]


def _cost(cost: float, report: SolveReport) -> list[str]:
    """Whether a report says what an answer costs, and no bound is above it."""
    found = []
    if report.objective is None or not math.isclose(cost, report.objective, rel_tol=1e-6, abs_tol=1e-6):
        found.append(f"cost: the mix costs {cost:.9g}, the report says {report.objective}")
    is_whole = report.status is not SolveStatus.INFEASIBLE
    if is_whole and report.bound is not None and report.bound > cost * (1 + _CLOSE) + _CLOSE:
        found.append(f"bound: {report.bound:.9g} is above the cost of {cost:.9g}")
    return found


__all__ = ["check_agent_mix", "check_carrier_mix"]
