"""What every replication of a scenario under a plan stands on: worked out once, kept while both are in use."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from scenarios import Plan, Scenario
from sim.axes import Axes, build_axes
from sim.goods import build_ageing, build_goods
from sim.kernels.draws import decay_row, zero_probability_row
from sim.kernels.fixed_counts import FIXED_STEPS, fixed_thresholds
from sim.kernels.layout import (
    Ageing,
    EmergencyRules,
    Forecasters,
    Goods,
    Handling,
    Market,
    OrderRules,
    WideCounts,
)
from sim.levels import build_emergency_rules, build_forecasters, build_rules
from sim.market.calendar import Window
from sim.market.market import Market as MarketFacts
from sim.market.market import build_market
from sim.market.shocks import shock_factors
from sim.opening import Opening, open_world
from sim.streams import CELL_MULTIPLIER, entity_keys
from sim.suppliers import Supply, build_supply
from sim.wide_counts import wide_counts

_MOST_KEPT = 4
"""Foundations kept: studies compare a few scenarios in turn."""

FloatArray = npt.NDArray[np.float64]


class Digests(NamedTuple):
    """What tells scenarios and plans apart, whatever file they came from."""

    scenario: str
    facts: str
    policy: str
    plan: str


@dataclass(frozen=True, eq=False)
class CountTables:
    """How counts are drawn; see `sim.kernels.layout.Process`."""

    is_constant: bool
    is_fixed: bool
    base_rate: FloatArray
    per_dispersion: FloatArray
    decay: FloatArray
    zero_probability: FloatArray
    """(stores, SKUs) at fixed rates, else (1, 1)."""
    thresholds: npt.NDArray[np.uint32]
    wide: WideCounts


@dataclass(frozen=True, eq=False)
class Foundation:
    """All that neither seed nor replication changes. Nothing in it is written to but what a run copies first."""

    digests: Digests
    scenario: Scenario
    """As the plan decides it, see `Plan.decided`."""
    axes: Axes
    facts: MarketFacts
    """Its shocks belong to no particular run."""
    goods: Goods
    handling: Handling
    ageing: Ageing
    market: Market
    counts: CountTables
    opening: Opening
    supply: Supply
    needs_forecast: bool
    """Some store level or emergency order follows a forecast."""
    emergency: EmergencyRules
    store_rules: OrderRules
    store_forecasters: Forecasters
    centre_rules: OrderRules
    centre_forecasters: Forecasters


@dataclass(frozen=True, eq=False)
class _Kept:
    scenario: weakref.ref[Scenario]
    plan: weakref.ref[Plan]
    foundation: Foundation


_kept: list[_Kept] = []


def foundation_of(scenario: Scenario, plan: Plan) -> Foundation:
    """The foundation of a scenario and a plan, which are told apart by identity, as both are immutable."""
    for kept in _kept:
        if kept.scenario() is scenario and kept.plan() is plan:
            return kept.foundation
    foundation = _build(scenario, plan)
    _kept.append(_Kept(weakref.ref(scenario, _forget), weakref.ref(plan, _forget), foundation))
    del _kept[:-_MOST_KEPT]
    return foundation


def facts_of_run(foundation: Foundation, scenario: Scenario, seed: int, replication: int) -> MarketFacts:
    """The market of one replication: of all its facts only the common shocks depend on chance."""
    past = scenario.initial.remembered_days
    window = Window(scenario.horizon.start_date, -past, past + scenario.horizon.days)
    shock = shock_factors(scenario, foundation.axes, window, seed, replication)
    shock.setflags(write=False)
    return replace(foundation.facts, shock=shock)


def _forget(_: weakref.ref[Any]) -> None:
    _kept[:] = [kept for kept in _kept if kept.scenario() is not None and kept.plan() is not None]


def _build(given: Scenario, plan: Plan) -> Foundation:
    scenario = plan.decided(given)
    axes = build_axes(scenario)
    facts = build_market(scenario, axes, seed=0, replication=0)
    goods, handling = build_goods(scenario, axes)
    is_perfect = scenario.policy.knowledge == "perfect"
    emergency = build_emergency_rules(scenario.policy.emergency_orders, axes)
    follows = bool(
        plan.stores.is_dynamic.any()
        or (emergency.trigger_days >= 0).any()
        or (emergency.cover_days >= 0).any()
    )
    centres_follow = bool(plan.centres.is_dynamic.any())
    return Foundation(
        digests=Digests(given.digest, given.facts_digest, given.policy_digest, plan.digest),
        scenario=scenario,
        axes=axes,
        facts=facts,
        goods=goods,
        handling=handling,
        ageing=build_ageing(scenario, axes),
        market=_market(scenario, facts, axes),
        counts=_count_tables(facts, axes),
        opening=open_world(scenario, axes, facts.base_rate, facts.on_sale[0] > 0),
        supply=build_supply(scenario, axes),
        needs_forecast=follows and not is_perfect,
        emergency=emergency,
        store_rules=build_rules(
            plan.stores,
            axes,
            minimum_units=scenario.policy.minimum_order.units,
            minimum_value=scenario.policy.minimum_order.value,
            is_perfect=is_perfect,
        ),
        store_forecasters=build_forecasters(plan.stores, axes, is_needed=follows and not is_perfect),
        centre_rules=build_rules(plan.centres, axes, is_perfect=is_perfect and centres_follow),
        centre_forecasters=build_forecasters(plan.centres, axes, is_needed=centres_follow and not is_perfect),
    )


def _market(scenario: Scenario, facts: MarketFacts, axes: Axes) -> Market:
    days = facts.on_sale.shape[0]
    is_present = facts.on_sale > 0
    # A SKU that is never on sale in the run either had its time before, or its time is still to come.
    start = scenario.horizon.start_date
    is_past = [
        day is not None and day <= start for day in axes.ordered(scenario.assortment.skus["delist_date"])
    ]
    last_day = np.where(
        is_present.any(axis=0), days - 1 - is_present[::-1].argmax(axis=0), np.where(is_past, -1, days)
    )
    return Market(
        listed=facts.listed,
        group=facts.group_of_store,
        price=facts.price_minor,
        on_sale=facts.on_sale,
        last_day_on_sale=last_day.astype(np.int64),
        first_end=int(last_day.min()),
        orderable=facts.orderable,
        open_day=facts.open_day,
        opens_second=facts.opens_second.astype(np.int64),
        closes_second=facts.closes_second.astype(np.int64),
        hour_table=facts.hour_cdf,
        profile=facts.profile_of_store,
        store_key=entity_keys(axes.store_ids),
        sku_key=entity_keys(axes.sku_ids) * np.uint64(CELL_MULTIPLIER),
    )


def _count_tables(facts: MarketFacts, axes: Axes) -> CountTables:
    is_constant = facts.process == "constant"
    is_fixed = facts.is_stationary and not is_constant and facts.known.size == 0
    dispersion = np.maximum(facts.variance_to_mean, 1.0)
    decay = np.empty(axes.skus)
    decay_row(dispersion, decay)
    per_dispersion = 1.0 / dispersion
    # A copy that could be written: kernels are compiled once more for arrays that cannot.
    base_rate = facts.base_rate.copy()
    zero_probability = np.zeros((axes.stores, axes.skus) if is_fixed else (1, 1))
    thresholds = np.zeros((axes.stores, FIXED_STEPS, axes.skus) if is_fixed else (1, 1, 1), np.uint32)
    if is_fixed:
        for store in range(axes.stores):
            zero_probability_row(base_rate[store], decay, zero_probability[store])
            fixed_thresholds(zero_probability[store], base_rate[store], per_dispersion, thresholds[store])
    wide = wide_counts(thresholds, zero_probability, base_rate, per_dispersion)
    return CountTables(
        is_constant, is_fixed, base_rate, per_dispersion, decay, zero_probability, thresholds, wide
    )
