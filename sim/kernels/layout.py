"""The arrays that the store kernels work on, grouped by who owns them. n stores, m SKUs, c classes.

Money is whole minor units unless a name says otherwise; a `_threshold` is a probability times 2**32, to be
compared with 32 random bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

whole = cast(Callable[[Any], int], np.int64)
"""A number as 64 bits in compiled code; to a type checker a plain int, which is what it behaves like."""

unsigned = cast(Callable[[Any], int], np.uint64)
"""A number that says where in an array: without a sign, compiled code need not check whether it counts from the end,
which takes longer than the access itself. Not to be reckoned with: numba makes floats of mixed signs.
"""


class Goods(NamedTuple):
    """Constants of SKUs and classes for counting and ordering; the kernels only read them."""

    class_start: Array
    """(c + 1,) int64: SKUs of class k are class_start[k] up to class_start[k + 1]."""
    class_of: Array
    """(m,) int64: class of each SKU."""
    has_bargains: bool
    """Marked-down goods draw extra demand."""
    has_lots: Array
    """(c,) bool: some SKU of the class has a shelf life."""
    has_unit_holding: Array
    """(c,) bool: some SKU of the class costs something per unit and day."""
    category_start: Array
    """(m,) int64: first SKU of the category."""
    category_stop: Array
    """(m,) int64: one past its last SKU."""
    case_pack: Array
    """(m,) int64."""
    holding_micro: Array
    """(m,) int64: holding cost per unit and day in millionths of a minor unit."""
    is_backordered: Array
    """(m,) bool: an unmet unit waits instead of being lost."""
    acceptance_threshold: Array
    """(m,) uint64: customers who accept a substitute."""
    incentive: Array
    """(m,) int64: paid per substituted unit."""
    near_expiry_uplift: Array
    """(m,) float64: extra demand for marked-down units, as a share of the rate."""
    resalable_threshold: Array
    """(m,) uint64: returned units that go back on the shelf."""


class Handling(NamedTuple):
    """What happens to a unit when it is sold, by SKU; the kernels only read it."""

    is_plain: Array
    """(m,) bool: no shelf life and never brought back."""
    lot_index: Array
    """(m,) int64: index of the SKU among those with lots, -1 without a shelf life."""
    shelf_life_days: Array
    """(m,) int64; 0 = does not expire."""
    purchase_cost: Array
    """(m,) int64."""
    marked_days: Array
    """(m,) int64: units with at most this many days left are marked down; 0 = never."""
    mark_down_ppm: Array
    """(m,) int64: near-expiry discount in millionths."""
    freshest_threshold: Array
    """(m,) uint64: shoppers who take the freshest unit."""
    preferred_threshold: Array
    """(m,) uint64: shoppers who take a marked-down unit when there is one."""
    clearance_ppm: Array
    """(m,) int64: discount while a delisted SKU is cleared, in millionths."""
    return_index: Array
    """(m,) int64: index among SKUs that customers bring back, -1 otherwise."""
    return_threshold: Array
    """(m,) uint64: sold units that come back."""
    return_delay_thresholds: Array
    """(m, delays) uint64: cumulative distribution of the delay in days."""


class Till(NamedTuple):
    """One store on one day: the rows that a sale touches. Handing these over keeps a call cheap."""

    on_hand: Array
    """(m,) int32."""
    value: Array
    """(m,) int64."""
    price: Array
    """(m,) int32."""
    on_sale: Array
    """(m,) int8."""
    sold_today: Array
    """(m,) int32, or (0,) when no forecaster needs it."""
    sold_cell: Array
    """(m,) int32 of the cell panel."""
    revenue_cell: Array
    """(m,) int64 of the cell panel."""
    lots: Array
    """(SKUs with lots, ring) int32."""
    today_slot: int
    """Slot of `lots` whose last day of sale is today: worked out once, as a division takes longer than a sale."""
    due_returns: Array
    """(2 R + 1, SKUs brought back) int32, not contiguous."""
    sku_key: Array
    """(m,) uint64."""


class Shelf(NamedTuple):
    """The moving state of all stores."""

    on_hand: Array
    """(n, m) int32."""
    value: Array
    """(n, m) int64: cost of what is on hand; units x moving average, kept as a pool so that nothing is lost."""
    on_order: Array
    """(n, m) int32: ordered and not yet received or cancelled."""
    backorder: Array
    """(n, m) int32: owed to customers."""
    asked: Array
    """(n, m) int32: units of today's demand in all, where not all was handed over at once."""
    sold_today: Array
    """(n, m) int32: recorded sales of the day; (1, 1) when no forecaster needs them."""
    lots: Array
    """(n, SKUs with lots, ring) int32: units by last day of sale modulo ring."""
    short_cycle: Array
    """(n, m) uint8: an unmet unit since the last receipt."""
    centre_short: Array
    """(n, m) uint8: the last order line was not filled: 1 centre, 2 supplier; 0 filled."""
    due_returns: Array
    """(2 R + 1, n, SKUs brought back) int32: units that come back on each of R days, a ring; defective units likewise;
    and units on hand that the customer will find defective. One array, as a sale is handed it each time.
    """
    waiting: Array
    """(n, m) int32: brought back and waiting for a truck to the centre; (n, 0) where stores scrap them."""
    waiting_value: Array
    """(n, m) int64: cost of these; (n, 0) likewise."""
    drawn_day: Array
    """(n,) int64: last day whose demand was drawn."""
    advanced_second: Array
    """(n,) int64: second of the day up to which demand has been dealt with, -1 before the store opens."""
    forecast: Array
    """(n, m) float32 units per day; (1, 0) when no rule needs it."""


class Ageing(NamedTuple):
    """How goods age in the centres; the kernels only read it."""

    lot_index: Array
    """(m,) int64: index of the SKU among those that age in the centre, -1 otherwise."""
    life_days: Array
    """(m,) int64: days of sale from receipt at the centre, that day included; 0 = does not age there."""
    least_days: Array
    """(n,) int64: days of sale, that of receipt included, with less than which a store takes nothing; at least 1."""


class Chances(NamedTuple):
    """What goes wrong unseen when a centre picks; the kernels only read it."""

    defects_key: np.uint64
    """Stream that decides which units are defective."""
    miscounts_key: np.uint64
    """Stream that decides which lines are miscounted, and whether a unit is lost or turns up."""
    miscount_threshold: np.uint64
    """Picked lines that are miscounted."""


class Scratch(NamedTuple):
    """Room to work in; nothing in it outlives the class of one store."""

    taken: Array
    """(m,) int32: units handed over; which SKUs are low."""
    busy: Array
    """(m,) int64: SKUs that are looked at one by one."""
    unmet_sku: Array
    """(m,) int64."""
    unmet_units: Array
    """(m,) int64."""
    unmet_first: Array
    """(m,) int64: number of the first unmet unit among the day's units of the cell."""
    rate: Array
    """(m,) float64: units per day that are expected."""
    draw: Array
    """(room for some units, a multiple of 4,) int64."""


class Books(NamedTuple):
    """The accumulators of a run."""

    day: Array
    """(days, n, c, len(Day)) int64."""
    cell: Array
    """(periods, len(Cell), n, m) int32."""
    cell_revenue: Array
    """(periods, n, m) int64."""


class Market(NamedTuple):
    """What is sold where, when and at which price; the kernels only read it."""

    listed: Array
    """(n, m) bool."""
    group: Array
    """(n,) int64: stores of one group see the same prices and promotions."""
    price: Array
    """(groups, days, m) int32."""
    on_sale: Array
    """(days, m) int8: 0 no, 1 yes, 2 being cleared."""
    last_day_on_sale: Array
    """(m,) int64: last day on sale or being cleared; -1 if never within the run."""
    first_end: int
    """The earliest of these days."""
    orderable: Array
    """(days, m) bool."""
    open_day: Array
    """(days, n) bool."""
    opens_second: Array
    """(n,) int64."""
    closes_second: Array
    """(n,) int64."""
    hour_table: Array
    """(profiles, 25) uint64: cumulative distribution of the hour of a unit of demand."""
    profile: Array
    """(n,) int64: row of `hour_table`."""
    store_key: Array
    """(n,) uint64."""
    sku_key: Array
    """(m,) uint64."""


class WideCounts(NamedTuple):
    """Cells of fixed rates that often want many units, w of them; see `sim.kernels.fixed_counts`."""

    start: Array
    """(n + 1,) int64: those of store i are start[i] up to start[i + 1]."""
    sku: Array
    """(w,) int64."""
    first: Array
    """(w + 1,) int64: where the thresholds of each begin."""
    threshold: Array
    """(thresholds of all,) uint32: the first draw at which the count exceeds 0, 1, 2 ..."""
    guide: Array
    """(w, 16) int64: threshold with which to begin, by the first four bits of the draw."""


class Process(NamedTuple):
    """How demand is drawn: means, their randomness, and what has been drawn."""

    first_ordinal: int
    """Ordinal of the date of day 0: draws are keyed by date."""
    remembered_days: int
    """Days before day 0 at the head of `rate_factor` and `shock`."""
    is_constant: bool
    """Demand is its rate."""
    is_fixed: bool
    """Rates never move, so thresholds are worked out once."""
    key: np.uint64
    """Stream of demand counts."""
    base_rate: Array
    """(n, m) float64: units per day."""
    rate_factor: Array
    """(groups, remembered days + days, m) float32."""
    shock: Array
    """(remembered days + days, n) float32."""
    known: Array
    """(days, n, m) int32: demand to replay; (0, 0, 0) when demand is drawn."""
    per_dispersion: Array
    """(m,) float64: mean over variance."""
    decay: Array
    """(m,) float64: -ln p(0) per unit of mean."""
    zero_probability: Array
    """(n, m) float64: p(0) per cell at fixed rates, (1, 1) otherwise."""
    thresholds: Array
    """(n or 1, steps, m) uint32: counts at fixed rates."""
    wide: WideCounts
    """Cells for which these are too few."""
    mean: Array
    """(m,) float64 scratch."""
    low: Array
    """(m,) uint32 scratch."""
    high: Array
    """(m,) uint32 scratch."""
    block_number: Array
    """(n,) uint32: which four dates the block below holds."""
    block_uniforms: Array
    """(n, 4, m) uint32: draws of four dates; (1, 1, 1) when rates are fixed."""
    demand: Array
    """(n, 4 or 1, m) int32: units still wanted. At fixed rates of four dates at once, else of today."""
    carry: Array
    """(n, m) float64: fractions of constant demand, (1, 1) otherwise."""


class Keys(NamedTuple):
    """Streams other than demand counts."""

    hour: np.uint64
    """Second of the day of a unit."""
    pick: np.uint64
    """Which lot a shopper takes."""
    substitution: np.uint64
    """Whether and what a customer takes instead."""
    returns: np.uint64
    """Whether and when a unit comes back, and in what state."""
    mark_down: np.uint64
    """Extra demand for marked-down units."""
    defects: np.uint64
    """Which of the units sold is defective, and when it comes back."""


class Forecasters(NamedTuple):
    """Which forecaster watches which cell, and what moving averages remember."""

    rule: Array
    """(n, m) int16: rule whose forecaster watches the cell, -1 if none."""
    run_stop: Array
    """(n, m) int32: where the run of equal rules that starts at a cell ends; meaningless within a run."""
    weight: Array
    """(rules,) float64: exponential smoothing."""
    window_days: Array
    """(rules,) int64: moving average; 0 = exponential smoothing."""
    history: Array
    """(n, m, longest window) int32; (1, 1, 1) without moving averages."""
    total: Array
    """(n, m) int64: sum of the window; (1, 1) without moving averages."""


class OrderRules(NamedTuple):
    """Replenishment levels of some places (n) and how they follow forecasts. A day count of -1 means: in units."""

    rule: Array
    """(n, m) int16: rule of the cell, -1 if none."""
    run_stop: Array
    """(n, m) int32: where the run of rules reviewed alike that starts at a cell ends; meaningless within a run."""
    reorder_point: Array
    """(n, m) int32."""
    order_up_to: Array
    """(n, m) int32."""
    order_quantity: Array
    """(n, m) int32; 0 = order up to the level."""
    is_dynamic: Array
    """(rules,) bool: some level follows the forecast."""
    is_always_below: Array
    """(rules,) bool: anything missing is ordered: the reorder point is one below the order-up-to level."""
    is_pushed: Array
    """(rules,) bool: the centre decides."""
    may_order: Array
    """(rules, 7) bool by weekday."""
    rounding: Array
    """(rules,) int64: 0 none, 1 up, 2 nearest case."""
    reorder_point_days: Array
    """(rules, n) float64."""
    reorder_point_safety: Array
    """(rules,) float64 standard deviations."""
    order_up_to_days: Array
    """(rules, n) float64."""
    order_up_to_safety: Array
    """(rules,) float64 standard deviations."""
    order_up_to_safety_days: Array
    """(rules, n) float64: days over which the safety stock protects."""
    order_quantity_days: Array
    """(rules,) float64."""
    minimum_units: int
    """Per order."""
    minimum_value: int
    """Minor units per order."""
    expected_rate: Array
    """(rules, n, m) float64: true mean units per day to come; (0, 0, 0) without perfect knowledge."""


class EmergencyRules(NamedTuple):
    """Orders outside the calendar. A day count of -1 means: in units."""

    rule: Array
    """(n, m) int16, -1 if none; (0, 0) without such rules."""
    lead_time_days: Array
    """(rules,) int64."""
    trigger_units: Array
    """(rules,) int64."""
    trigger_days: Array
    """(rules,) float64."""
    trigger_safety: Array
    """(rules,) float64."""
    cover_units: Array
    """(rules,) int64."""
    cover_days: Array
    """(rules,) float64."""
    cover_safety: Array
    """(rules,) float64."""


class OrderLines(NamedTuple):
    """Lines of one review; the arrays are as long as a review can fill them."""

    row: Array
    """int64: place."""
    sku: Array
    """int64."""
    units: Array
    """int64."""
    kind: Array
    """int64: 0 regular, 1 emergency, 2 pushed."""
    lead_time_days: Array
    """int64; -1 = the place's own."""
    placed_second: Array
    """int64: filled in by the place."""
