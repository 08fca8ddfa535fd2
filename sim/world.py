"""The composition root of the world: every array of a run, made from a scenario, a plan and two numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios import Plan, Scenario
from sim.axes import Axes
from sim.foundation import Digests, Foundation, facts_of_run, foundation_of
from sim.goods import Steered, steer
from sim.kernels.layout import (
    Ageing,
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
from sim.market.market import Market as MarketFacts
from sim.opening import Opening
from sim.records import Cell, Centre, Day
from sim.streams import Purpose, stream_key
from sim.suppliers import Supply

_RETURN_RING_DAYS = 61
_UNITS_TOGETHER = 1_024
_NO_BLOCK = np.iinfo(np.uint32).max


@dataclass(frozen=True, eq=False)
class World:
    """All state of one run. Arrays of facts are read-only; the shelf, the books and dynamic levels move."""

    scenario: Scenario
    plan: Plan
    seed: int
    replication: int
    digests: Digests
    axes: Axes
    facts: MarketFacts
    opening: Opening
    supply: Supply
    goods: Goods
    steered: Steered | None
    """Incentives that are switched on and off; None where they stand."""
    handling: Handling
    ageing: Ageing
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
    foundation = foundation_of(scenario, plan)
    scenario = foundation.scenario
    facts = facts_of_run(foundation, scenario, seed, replication)
    axes, opening = foundation.axes, foundation.opening
    first_ordinal = scenario.horizon.start_date.toordinal()
    goods, steered = foundation.goods, None
    if "steer" in scenario.policy.sourcing.shortage_response:
        goods, steered = steer(goods, scenario, axes)
    return World(
        scenario=scenario,
        plan=plan,
        seed=seed,
        replication=replication,
        digests=foundation.digests,
        axes=axes,
        facts=facts,
        opening=opening,
        supply=foundation.supply,
        goods=goods,
        steered=steered,
        handling=foundation.handling,
        ageing=foundation.ageing,
        market=foundation.market,
        process=_process(foundation, facts, first_ordinal, stream(seed, replication, Purpose.DEMAND)),
        keys=Keys(
            hour=stream(seed, replication, Purpose.DEMAND_HOUR),
            pick=stream(seed, replication, Purpose.SHELF_PICK),
            substitution=stream(seed, replication, Purpose.SUBSTITUTION),
            returns=stream(seed, replication, Purpose.RETURNS),
            mark_down=stream(seed, replication, Purpose.MARK_DOWN_DEMAND),
            defects=stream(seed, replication, Purpose.DEFECTS_SOLD),
        ),
        shelf=_shelf(
            opening,
            axes,
            foundation.handling,
            needs_forecast=foundation.needs_forecast,
            sends_back=scenario.policy.returns == "to_centre",
        ),
        scratch=_scratch(axes.skus),
        books=_books(scenario, axes),
        centre_panel=np.zeros(
            (scenario.horizon.days, len(axes.centre_ids), axes.classes, len(Centre)), np.int64
        ),
        store_rules=_own_rules(foundation.store_rules),
        emergency=foundation.emergency,
        store_forecasters=_own_forecasters(foundation.store_forecasters),
        centre_rules=_own_rules(foundation.centre_rules),
        centre_forecasters=_own_forecasters(foundation.centre_forecasters),
    )


def stream(seed: int, replication: int, purpose: Purpose) -> np.uint64:
    """The key of one stream in one number, as the kernels take it."""
    low, high = stream_key(seed, replication, purpose)
    return np.uint64(int(low) | int(high) << 32)


def _process(foundation: Foundation, facts: MarketFacts, first_ordinal: int, key: np.uint64) -> Process:
    counts, axes = foundation.counts, foundation.axes
    needs_uniforms = not counts.is_fixed and not counts.is_constant and facts.known.size == 0
    return Process(
        first_ordinal=first_ordinal,
        remembered_days=facts.remembered_days,
        is_constant=counts.is_constant,
        is_fixed=counts.is_fixed,
        key=key,
        base_rate=counts.base_rate,
        rate_factor=facts.rate_factor,
        shock=facts.shock,
        known=facts.known,
        per_dispersion=counts.per_dispersion,
        decay=counts.decay,
        zero_probability=counts.zero_probability,
        thresholds=counts.thresholds,
        wide=counts.wide,
        mean=np.zeros(axes.skus),
        low=np.zeros(axes.skus, np.uint32),
        high=np.zeros(axes.skus, np.uint32),
        block_number=np.full(axes.stores, _NO_BLOCK, np.uint32),
        block_uniforms=np.zeros((axes.stores, 4, axes.skus) if needs_uniforms else (1, 1, 1), np.uint32),
        demand=np.zeros((axes.stores, 4 if counts.is_fixed else 1, axes.skus), np.int32),
        carry=np.zeros((axes.stores, axes.skus) if counts.is_constant else (1, 1)),
    )


def _own_rules(rules: OrderRules) -> OrderRules:
    """Rules with levels of their own, for a run to write dynamic ones into."""
    return rules._replace(
        reorder_point=rules.reorder_point.copy(),
        order_up_to=rules.order_up_to.copy(),
        order_quantity=rules.order_quantity.copy(),
        expected_rate=rules.expected_rate.copy(),
    )


def _own_forecasters(forecasters: Forecasters) -> Forecasters:
    """Forecasters with a memory of their own."""
    return forecasters._replace(history=forecasters.history.copy(), total=forecasters.total.copy())


def _scratch(skus: int) -> Scratch:
    busy, unmet_sku, unmet_units, unmet_first = np.zeros((4, skus), np.int64)
    draw = np.zeros(_UNITS_TOGETHER, np.int64)
    return Scratch(np.zeros(skus, np.int32), busy, unmet_sku, unmet_units, unmet_first, np.zeros(skus), draw)


def _shelf(
    opening: Opening, axes: Axes, handling: Handling, *, needs_forecast: bool, sends_back: bool
) -> Shelf:
    stores, skus = axes.stores, axes.skus
    ring = max(1, int(axes.shelf_life_days.max(initial=0)))
    lots = np.zeros((stores, int((handling.lot_index >= 0).sum()), ring), np.int32)
    store, sku, age_days, units = opening.lots
    last_day_of_sale = axes.shelf_life_days[sku] - 1 - age_days
    np.add.at(lots, (store, handling.lot_index[sku], last_day_of_sale % ring), units)
    returned_skus = int((handling.return_index >= 0).sum())
    watched = (stores, skus) if needs_forecast else (1, 0)
    set_aside = (stores, skus if sends_back else 0)
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
        due_returns=np.zeros((2 * _RETURN_RING_DAYS + 1, stores, returned_skus), np.int32),
        waiting=np.zeros(set_aside, np.int32),
        waiting_value=np.zeros(set_aside, np.int64),
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
