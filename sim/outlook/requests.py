"""Requests that are expected on a mean day, by what has to be done and by territory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios import Scenario
from sim.aftersales.facts import ServiceFacts
from sim.axes import to_minor
from sim.books import MINOR_PER_MAJOR
from sim.outlook.crews import Crews
from sim.outlook.installed_base import BaseFlows
from sim.outlook.territories import Territories

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RequestFlows:
    """Requests per day; those resolved from afar are still in it where nothing else is said."""

    repairs: FloatArray
    """(stations + 1, modes) failures reported; the last row: where no station is open."""
    reworks: FloatArray
    """(stations + 1, modes) repairs reported again within the guarantee."""
    resolved_share: FloatArray
    """(modes,) of the reports, those resolved from afar."""
    declined_share: FloatArray
    """(modes,) of the repairs visited, those whose quote is declined."""
    quoted_share: FloatArray
    """(modes,) of the repairs visited, those for which there is a quote."""
    income: FloatArray
    """(modes,) money from the customer of a repair visited: quotes accepted, and fees for those declined."""
    part_cost: FloatArray
    """(modes,) purchase cost of what a repair that is done takes from stock."""
    customer_pays_share: FloatArray
    """(modes,) of the repairs that a partner does, those for which the customer pays it, and not the house."""
    installations: FloatArray
    """(stations + 1, products)"""
    maintenance: FloatArray
    """(stations + 1, products)"""
    outsourced_share: float
    """Of all that needs a visit, what partners take from the start."""

    @property
    def visited_repairs(self) -> FloatArray:
        """(stations, modes) repairs that own technicians visit."""
        return self.repairs[:-1] * (1.0 - self.resolved_share) * (1.0 - self.outsourced_share)

    @property
    def visited_reworks(self) -> FloatArray:
        """(stations, modes) reworks that own technicians visit."""
        return self.reworks[:-1] * (1.0 - self.resolved_share) * (1.0 - self.outsourced_share)


def request_flows(
    scenario: Scenario, facts: ServiceFacts, flows: BaseFlows, territories: Territories, crews: Crews
) -> RequestFlows:
    """Split what the installed base asks for by failure mode and territory, and add what fails again.

    Every report is taken to reach an agent in the end. Relapses follow repairs in steady state, less those whose
    delay reaches back before the first day.
    """
    of_region, of_store = (
        _with_nowhere(share) for share in (territories.of_region(), territories.of_store())
    )
    modes, product_of = facts.service.failure_modes, np.array(facts.product_of_mode, np.int64)
    weight = np.array([mode.weight for mode in modes])
    total = np.bincount(product_of, weight, len(facts.product_ids))
    share = weight / np.where(total > 0.0, total, 1.0)[product_of]
    by_product = flows.failures @ of_region
    repairs = by_product.T[:, product_of] * share
    resolved = _resolved_share(facts)
    quoted, declined, income = _quotes(facts, flows, scenario.costs.service.visit_fee)
    paid = flows.paid_share[product_of]
    reworks = _reworks(scenario, facts, repairs, resolved, declined, crews)
    return RequestFlows(
        repairs=repairs,
        reworks=reworks,
        resolved_share=resolved,
        declined_share=declined,
        quoted_share=quoted,
        income=income,
        part_cost=_part_cost(facts),
        customer_pays_share=np.array(
            [share if mode.price > 0.0 else 0.0 for mode, share in zip(modes, paid, strict=True)]
        ),
        installations=(of_store.T @ flows.installations),
        maintenance=(flows.maintenance @ of_region).T,
        outsourced_share=facts.policy.outsourcing.share_of_jobs
        if facts.policy.outsourcing.partner_ids
        else 0.0,
    )


def judged_otherwise_share(facts: ServiceFacts) -> float:
    """Reports that triage takes for another failure and that remote diagnosis does not put right."""
    centre = facts.service.contact_centre
    if centre is None:
        return 0.0
    corrected = facts.policy.contacts.remote_share * centre.remote_part_share
    return centre.misjudged_work_share * (1.0 - corrected)


def _with_nowhere(share: FloatArray) -> FloatArray:
    """Shares of stations with a last column for customers whom nobody serves."""
    return np.concatenate((share, 1.0 - share.sum(axis=1, keepdims=True)), axis=1)


def _resolved_share(facts: ServiceFacts) -> FloatArray:
    centre = facts.service.contact_centre
    tried = 0.0 if centre is None else facts.policy.contacts.remote_share * centre.remote_success_share
    return np.array([mode.remote_share for mode in facts.service.failure_modes]) * tried


def _quotes(
    facts: ServiceFacts, flows: BaseFlows, visit_fee: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(modes,) shares of repairs that are quoted, and whose quote is declined; and what customers pay for a repair."""
    service = facts.service
    half = service.repair.quote_half_price
    quoted, declined, income = (np.zeros(len(facts.mode_ids)) for _ in range(3))
    prices = np.zeros(0) if service.parts is None else service.parts.parts["price"].astype(np.float64)
    share = np.array([segment.share for segment in service.segments])
    share = share / share.sum() if share.sum() > 0.0 else np.full(share.size, 1.0 / share.size)
    sensitivity = np.array([segment.price_sensitivity for segment in service.segments])
    for number, mode in enumerate(service.failure_modes):
        cases = (
            [(1.0 - mode.part_probability, mode.price)]
            if facts.parts_of_mode[number]
            else [(1.0, mode.price)]
        )
        for part, of_mode in zip(facts.parts_of_mode[number], facts.part_shares_of_mode[number], strict=True):
            cases.append((mode.part_probability * of_mode, mode.price + prices[part]))
        paid = flows.paid_share[facts.product_of_mode[number]]
        for chance, price in cases:
            quote = int(to_minor(price)) / MINOR_PER_MAJOR
            if quote <= 0.0:
                continue
            quoted[number] += chance * paid
            accepted = 1.0
            if half > 0.0:
                accepted = float(share @ (1.0 + (quote / half) ** 2) ** -sensitivity)
                declined[number] += chance * paid * (1.0 - accepted)
            income[number] += chance * paid * (accepted * quote + (1.0 - accepted) * visit_fee)
    return quoted, declined, income


def _part_cost(facts: ServiceFacts) -> FloatArray:
    cost = np.zeros(len(facts.mode_ids))
    if facts.service.parts is None:
        return cost
    of_part = facts.service.parts.parts["purchase_cost"].astype(np.float64)
    for number, mode in enumerate(facts.service.failure_modes):
        for part, share in zip(facts.parts_of_mode[number], facts.part_shares_of_mode[number], strict=True):
            cost[number] += mode.part_probability * share * of_part[part]
    return cost


def _reworks(
    scenario: Scenario,
    facts: ServiceFacts,
    repairs: FloatArray,
    resolved: FloatArray,
    declined: FloatArray,
    crews: Crews,
) -> FloatArray:
    repair = facts.service.repair
    if repair.relapse_share <= 0.0 or repair.guarantee_days == 0:
        return np.zeros(repairs.shape)
    missed = 1.0 - facts.policy.inspection_share * repair.inspection_finds_share
    again = np.zeros(repairs.shape)
    for station in range(len(repairs) - 1):
        for number, mode in enumerate(facts.service.failure_modes):
            ability = crews.ability(station, facts.skill(mode.skill_id), mode.level)
            again[station, number] = min(1.0, repair.relapse_share * ability.relapse_factor) * missed
    first = repairs * (1.0 - resolved) * (1.0 - declined) * again
    steady = first / np.maximum(1.0 - (1.0 - resolved) * again, 1e-9)
    return np.asarray(steady * _come_in_time(scenario, repair.relapse_days.mean()))


def _come_in_time(scenario: Scenario, delay_days: float) -> float:
    """Share of the events on counted days that would be there if the world had not begun on its first day."""
    first, days = scenario.horizon.warm_up_days, scenario.horizon.days
    return float(np.clip((days - max(delay_days, first)) / (days - first), 0.0, 1.0))


__all__ = ["RequestFlows", "judged_otherwise_share", "request_flows"]
