"""The composition root of the world: every array of a run, made from a scenario, a plan and two numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios import Plan, Scenario
from sim.axes import Axes, build_axes
from sim.goods import build_goods
from sim.kernels.draws import FIXED_STEPS, decay_row, fixed_thresholds, zero_probability_row
from sim.kernels.layout import (
    Books,
    EmergencyRules,
    Forecasters,
    Goods,
    Handling,
    Keys,
    Market,
    OrderRules,
    Process,
    Scratch,
    Shelf,
)
from sim.kernels.serving import NOT_OPEN_YET
from sim.levels import build_emergency_rules, build_forecasters, build_rules
from sim.market.market import Market as MarketFacts
from sim.market.market import build_market
from sim.opening import Opening, open_world
from sim.records import Cell, Centre, Day
from sim.streams import CELL_MULTIPLIER, Purpose, entity_keys, stream_key

_RETURN_RING_DAYS = 61
_NO_BLOCK = np.iinfo(np.uint32).max


@dataclass(frozen=True, eq=False)
class World:
    """All state of one run. Arrays of facts are read-only; the shelf, the books and dynamic levels move."""

    scenario: Scenario
    plan: Plan
    seed: int
    replication: int
    axes: Axes
    facts: MarketFacts
    opening: Opening
    goods: Goods
    handling: Handling
    market: Market
    process: Process
    keys: Keys
    shelf: Shelf
    scratch: Scratch
    books: Books
    centre_panel: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    store_rules: OrderRules
    emergency: EmergencyRules
    store_forecasters: Forecasters
    centre_rules: OrderRules
    centre_forecasters: Forecasters

    @property
    def days(self) -> int:
        """Days of the run."""
        return self.scenario.horizon.days

    def period_of(self, day: int) -> int:
        """Period of the cell panel that a day falls in."""
        return day // self.scenario.horizon.panel_period_days


def build_world(scenario: Scenario, plan: Plan, seed: int, replication: int) -> World:
    """Build the world of one replication as it stands on the first morning."""
    axes = build_axes(scenario)
    facts = build_market(scenario, axes, seed, replication)
    goods, handling = build_goods(scenario, axes)
    market = _market(scenario, facts, axes)
    process = _process(
        facts, axes, scenario.horizon.start_date.toordinal(), stream(seed, replication, Purpose.DEMAND)
    )
    is_perfect = scenario.policy.knowledge == "perfect"
    store_rules = build_rules(
        plan.stores,
        axes,
        minimum_units=scenario.policy.minimum_order.units,
        minimum_value=scenario.policy.minimum_order.value,
        is_perfect=is_perfect,
    )
    emergency = build_emergency_rules(scenario.policy.emergency_orders, axes)
    follows = bool(
        plan.stores.is_dynamic.any()
        or (emergency.trigger_days >= 0).any()
        or (emergency.cover_days >= 0).any()
    )
    opening = open_world(scenario, axes, facts.base_rate, facts.on_sale[0] > 0)
    shelf = _shelf(opening, axes, handling, needs_forecast=follows and not is_perfect)
    return World(
        scenario=scenario,
        plan=plan,
        seed=seed,
        replication=replication,
        axes=axes,
        facts=facts,
        opening=opening,
        goods=goods,
        handling=handling,
        market=market,
        process=process,
        keys=Keys(
            hour=stream(seed, replication, Purpose.DEMAND_HOUR),
            pick=stream(seed, replication, Purpose.SHELF_PICK),
            substitution=stream(seed, replication, Purpose.SUBSTITUTION),
            returns=stream(seed, replication, Purpose.RETURNS),
            mark_down=stream(seed, replication, Purpose.MARK_DOWN_DEMAND),
        ),
        shelf=shelf,
        scratch=_scratch(axes.skus),
        books=_books(scenario, axes),
        centre_panel=np.zeros(
            (scenario.horizon.days, len(axes.centre_ids), axes.classes, len(Centre)), np.int64
        ),
        store_rules=store_rules,
        emergency=emergency,
        store_forecasters=build_forecasters(plan.stores, axes, is_needed=follows and not is_perfect),
        centre_rules=build_rules(plan.centres, axes),
        centre_forecasters=build_forecasters(
            plan.centres, axes, is_needed=bool(plan.centres.is_dynamic.any())
        ),
    )


def stream(seed: int, replication: int, purpose: Purpose) -> np.uint64:
    """The key of one stream in one number, as the kernels take it."""
    low, high = stream_key(seed, replication, purpose)
    return np.uint64(int(low) | int(high) << 32)


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


def _process(facts: MarketFacts, axes: Axes, first_ordinal: int, key: np.uint64) -> Process:
    stores, skus = axes.stores, axes.skus
    is_constant = facts.process == "constant"
    is_fixed = facts.is_stationary and not is_constant and facts.known.size == 0
    dispersion = np.maximum(facts.variance_to_mean, 1.0)
    decay = np.empty(skus)
    decay_row(dispersion, decay)
    per_dispersion = 1.0 / dispersion
    rows = stores if is_fixed else 1
    needs_uniforms = not is_fixed and not is_constant and facts.known.size == 0
    zero_probability = np.zeros((rows, skus))
    thresholds = np.zeros((rows, FIXED_STEPS, skus) if is_fixed else (1, 1, 1), np.uint32)
    if is_fixed:
        for store in range(stores):
            zero_probability_row(facts.base_rate[store], decay, zero_probability[store])
            fixed_thresholds(
                zero_probability[store], facts.base_rate[store], per_dispersion, thresholds[store]
            )
    return Process(
        first_ordinal=first_ordinal,
        remembered_days=facts.remembered_days,
        is_constant=is_constant,
        is_fixed=is_fixed,
        key=key,
        # A copy that could be written: kernels are compiled once more for arrays that cannot.
        base_rate=facts.base_rate.copy(),
        rate_factor=facts.rate_factor,
        shock=facts.shock,
        known=facts.known,
        per_dispersion=per_dispersion,
        decay=decay,
        zero_probability=zero_probability,
        thresholds=thresholds,
        mean=np.zeros(skus),
        low=np.zeros(skus, np.uint32),
        high=np.zeros(skus, np.uint32),
        block_number=np.full(stores, _NO_BLOCK, np.uint32),
        block_uniforms=np.zeros((stores, 4, skus) if needs_uniforms else (1, 1, 1), np.uint32),
        demand=np.zeros((stores, 4 if is_fixed else 1, skus), np.int32),
        carry=np.zeros((stores, skus) if is_constant else (1, 1)),
    )


def _scratch(skus: int) -> Scratch:
    busy, unmet_sku, unmet_units, unmet_first = np.zeros((4, skus), np.int64)
    return Scratch(np.zeros(skus, np.int32), busy, unmet_sku, unmet_units, unmet_first, np.zeros(skus))


def _shelf(opening: Opening, axes: Axes, handling: Handling, *, needs_forecast: bool) -> Shelf:
    stores, skus = axes.stores, axes.skus
    ring = max(1, int(axes.shelf_life_days.max(initial=0)))
    lots = np.zeros((stores, int((handling.lot_index >= 0).sum()), ring), np.int32)
    store, sku, age_days, units = opening.lots
    last_day_of_sale = axes.shelf_life_days[sku] - 1 - age_days
    np.add.at(lots, (store, handling.lot_index[sku], last_day_of_sale % ring), units)
    returned_skus = int((handling.return_index >= 0).sum())
    watched = (stores, skus) if needs_forecast else (1, 0)
    return Shelf(
        on_hand=opening.store_units.astype(np.int32),
        value=opening.store_units * axes.purchase_cost_minor,
        on_order=opening.transit_units.astype(np.int32),
        backorder=opening.backorders.astype(np.int32),
        asked=np.zeros((stores, skus), np.int32),
        sold_today=np.zeros(watched, np.int32),
        lots=lots,
        short_cycle=np.zeros((stores, skus), np.uint8),
        centre_short=np.zeros((stores, skus), np.uint8),
        due_returns=np.zeros((_RETURN_RING_DAYS if returned_skus else 1, stores, returned_skus), np.int32),
        drawn_day=np.full(stores, -1, np.int64),
        advanced_second=np.full(stores, NOT_OPEN_YET, np.int64),
        forecast=np.zeros(watched, np.float32),
    )


def _books(scenario: Scenario, axes: Axes) -> Books:
    days, period_days = scenario.horizon.days, scenario.horizon.panel_period_days
    periods = -(-days // period_days)
    return Books(
        day=np.zeros((days, axes.stores, axes.classes, len(Day)), np.int64),
        cell=np.zeros((periods, len(Cell), axes.stores, axes.skus), np.int32),
        cell_revenue=np.zeros((periods, axes.stores, axes.skus), np.int64),
    )
