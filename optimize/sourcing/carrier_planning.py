"""The carrier mix of a scenario: from facts to arrays, from shares to hired carriers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optimize.outlook import Outlook
from optimize.routing.distances import road_metres
from optimize.sourcing.carriers import (
    CarrierRules,
    CarrierTerms,
    FloatArray,
    IntArray,
    mix_carriers,
    mix_cost,
    tariff,
)
from optimize.sourcing.programme import proven
from optimize.stock.levels import store_levels
from scenarios import Basis, HiredCarrier, PlanPart, Premise, Promise, Scenario, SolveStatus

PATH = "policy.optimised.sourcing.carriers"
OVERFLOW_SHARE = 0.1
"""Assumption: share of drops that own trucks cannot take, where the policy gives carriers none from the start."""
_SHARE_DIGITS = 4
_CLOSE = 1e-6
_METRES_PER_KM = 1_000.0


@dataclass(frozen=True, eq=False)
class _Drops:
    """Mean drops, by centre and region."""

    names: tuple[str, ...]
    regions: tuple[str, ...]
    centre: IntArray
    per_day: FloatArray
    kg: FloatArray
    """Of a drop."""
    km: FloatArray
    """From the centre."""


def plan_carriers(scenario: Scenario, outlook: Outlook) -> tuple[dict[str, Any], PlanPart] | None:
    """Which carriers to hire, and in which shares.

    The policy knows one share per carrier, the same in all regions that it goes to; the solver may set one in each.
    So its answer is a bound, and what the shares of the plan cost is worked out as the run gives drops away. The share
    of drops that go by carrier from the start stays as the policy says: own trucks are there and paid for.

    Returns:
        `carriers` and the part; None where there are none, or no trucks and carriers bring goods.
    """
    block = scenario.policy.optimised.sourcing
    asked = None if block is None else block.carriers
    carriers = scenario.fleet.carriers
    if asked is None or not carriers or scenario.policy.transport.mode != "fleet":
        return None
    drops = _drops(scenario, outlook)
    goes = np.array([[not c.regions or region in c.regions for region in drops.regions] for c in carriers])
    rates = (
        [c.cost_per_drop for c in carriers],
        [c.cost_per_kg for c in carriers],
        [c.cost_per_km for c in carriers],
    )
    terms = CarrierTerms(
        drops_per_day=drops.per_day,
        cost_per_drop=np.where(goes, tariff(*rates, drops.kg, drops.km), np.inf),
        capacity=np.array([c.capacity_drops_per_day for c in carriers], np.float64),
        centre=drops.centre,
        on_time_share=np.array([c.on_time_share for c in carriers]),
        least_share=np.full(len(carriers), asked.minimum_share),
        most_share=np.full(len(carriers), asked.maximum_share),
        carrier_ids=tuple(c.id for c in carriers),
        region_ids=drops.names,
    )
    rules = CarrierRules(
        on_time_floor=asked.on_time_share,
        least_carriers=asked.least_carriers,
        most_carriers=asked.most_carriers,
    )
    mix = mix_carriers(terms, rules, seed=scenario.policy.optimised.seed)
    weights = _weights(terms, mix.shares, asked.minimum_share, asked.maximum_share)
    implied = shares_given(terms, weights)
    cost = mix_cost(terms, implied)
    status, bound = proven(mix.report.status, cost, mix.report.bound)
    hired = tuple(
        HiredCarrier(carrier_id=carrier.id, share=float(weight))
        for carrier, weight in zip(carriers, weights, strict=True)
        if weight > 0
    )
    if not hired:
        status = SolveStatus.INFEASIBLE
    part = PlanPart(
        path=PATH,
        kind="carrier mix",
        basis=Basis.OPTIMISED,
        cells=len(hired),
        report=mix.report.model_copy(update={"objective": cost, "bound": bound, "status": status}),
        promises=_promises(scenario, terms, implied),
    )
    return {"carriers": hired}, part


def shares_given(terms: CarrierTerms, weights: FloatArray) -> FloatArray:
    """(carriers, regions) shares that come of one weight per carrier: in proportion, among those who go there."""
    able = np.isfinite(terms.cost_per_drop) * weights[:, None]
    total = able.sum(axis=0)
    return np.asarray(np.divide(able, total, out=np.zeros_like(able), where=total > 0))


def _weights(terms: CarrierTerms, shares: FloatArray, least: float, most: float) -> FloatArray:
    """(carriers,) the cheapest of some weights that come near the shares: their own sums, or one carrier preferred."""
    sums = (shares * terms.drops_per_day).sum(axis=1)
    total = float(sums.sum())
    if total <= 0:
        return np.zeros(len(shares))
    sums = sums / total
    used = sums > _CLOSE
    candidates = [sums]
    for preferred in np.flatnonzero(used):
        rest = np.where(used, max(least, 10.0**-_SHARE_DIGITS), 0.0)
        rest[preferred] = max(1.0 - rest.sum() + rest[preferred], 0.0)
        candidates.append(rest)
    best: FloatArray = np.round(sums, _SHARE_DIGITS)
    best_cost = np.inf
    for weights in (np.round(candidate, _SHARE_DIGITS) for candidate in candidates):
        implied = shares_given(terms, weights)
        parts = (implied * terms.drops_per_day).sum(axis=1)
        parts = parts / max(float(parts.sum()), 1e-12)
        keeps = bool((parts[used] >= least - _CLOSE).all() and (parts <= most + _CLOSE).all())
        cost = mix_cost(terms, implied)
        if keeps and cost < best_cost * (1 - _CLOSE):
            best, best_cost = weights, cost
    return best


def _drops(scenario: Scenario, outlook: Outlook) -> _Drops:
    """Mean drops that carriers bring: stores are brought something on every day on which they order."""
    stores, centres = scenario.network.stores, scenario.network.distribution_centres
    levels = store_levels(scenario)[0]
    kg_per_day = outlook.demand_per_day @ scenario.assortment.skus["weight_kg"].astype(np.float64)
    per_day = levels.may_order[levels.rule].sum(axis=2).max(axis=1, initial=0) / 7.0
    per_day = np.where(kg_per_day > 0, per_day, 0.0)
    given = scenario.policy.transport.hire.share_of_drops or OVERFLOW_SHARE
    at = {centre.id: index for index, centre in enumerate(centres)}
    centre_of = np.array([at[name or centres[0].id] for name in stores["dc_id"]], np.int64)
    km = np.zeros(len(stores))
    for number, centre in enumerate(centres):
        mine = np.flatnonzero(centre_of == number)
        latitude = np.concatenate(([centre.latitude], stores["latitude"][mine].astype(np.float64)))
        longitude = np.concatenate(([centre.longitude], stores["longitude"][mine].astype(np.float64)))
        metres = road_metres(latitude, longitude, scenario.fleet.roads.detour_factor)
        km[mine] = metres[0, 1:] / _METRES_PER_KM
    keys = sorted(
        {(int(centre), str(region)) for centre, region in zip(centre_of, stores["region"], strict=True)}
    )
    mine_of = [
        np.flatnonzero((centre_of == centre) & (stores["region"] == region)) for centre, region in keys
    ]
    drops = np.array([float(per_day[mine].sum()) for mine in mine_of])
    known = np.maximum(drops, 1e-12)
    return _Drops(
        names=tuple(f"{region or 'all'} from {centres[centre].id}" for centre, region in keys),
        regions=tuple(region for _, region in keys),
        centre=np.array([centre for centre, _ in keys], np.int64),
        per_day=drops * given,
        kg=np.array([float(kg_per_day[mine].sum()) for mine in mine_of]) / known,
        km=np.array([float(per_day[mine] @ km[mine]) for mine in mine_of]) / known,
    )


def _promises(scenario: Scenario, terms: CarrierTerms, implied: FloatArray) -> tuple[Promise, ...]:
    """Drops on time, where stores take goods at any hour and no review moves shares; else delays may not count."""
    stores = scenario.network.stores
    any_hour = (stores["receives_from_hour"] == 0).all() and (stores["receives_until_hour"] == 24).all()
    brought = implied * terms.drops_per_day
    if not any_hour or scenario.policy.transport.hire.review is not None or not brought.sum() > 0:
        return ()
    forecast = float((terms.on_time_share @ brought).sum() / brought.sum())
    method = "mean over the shares of the plan"
    promise = Promise(
        measure="carrier_on_time_share", forecast=forecast, premises=(Premise.STEADY_DEMAND,), method=method
    )
    return (promise,)


__all__ = ["OVERFLOW_SHARE", "PATH", "plan_carriers", "shares_given"]
