"""Stock at one place under continuous review with backorders, exact: Poisson customers of one unit or of several.

Symbols: l demand or customers per day, L lead time, K, h, p costs of an order, of a unit on hand per day, of a unit
owed per day; G(y) = h E(y - D)+ + p E(D - y)+, D demand of a lead time: cost rate a lead time after a position of y.

    (r, Q)  customers of one unit:  C = (K l + G(r + 1) + ... + G(r + Q)) / Q
    (s, S)  customers of several:   C = (K l + sum over j < S - s of m(j) G(S - j)) / M(S - s)

with m the renewal density of order sizes and M its sums. Sources: Federgruen and Zheng (1992), Operations Research
40(4), 808-813; Zheng and Federgruen (1991), Operations Research 39(4), 654-665; Zipkin (2000), Foundations of Inventory
Management, sections 6.3 and 6.5. Days may be any unit of time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.stock.cell_checks import LEAST_MEAN, MOST_CUSTOMERS, MOST_UNITS, check_money, refuse
from optimize.stock.cells import FloatArray, IntArray
from optimize.stock.demand_kernels import Batch, fill_offsets, tabulate_continuous
from optimize.stock.least_cost_kernels import cost_batch, least_cost_batch

_BATCH = 4_000
Amounts = npt.ArrayLike
"""One number, or one for each SKU at a place."""


@dataclass(frozen=True, eq=False)
class ReorderPolicies:
    """Policies of least cost, in the shape of what was given."""

    reorder_point: IntArray
    """Order when the position is at or below it."""
    order_quantity: IntArray
    """Q, or S - s."""
    cost_per_day: FloatArray


def best_lot_sizes(
    demand_per_day: Amounts,
    lead_time_days: Amounts,
    order_cost: Amounts,
    holding_cost: Amounts,
    backorder_cost: Amounts,
) -> ReorderPolicies:
    """(r, Q) of least cost for Poisson demand of single units; (s, S) with S = r + Q is the same.

    Args:
        demand_per_day: l, at least 1e-12.
        lead_time_days: L, at least 0.
        order_cost: K, at least 0.
        holding_cost: h per unit and day, above 0.
        backorder_cost: p per unit and day, above 0.

    Returns:
        Policies; arguments are broadcast against each other.

    Raises:
        ValueError: a value is out of range; the message names argument, index, value and rule.
    """
    terms = _Terms.of(demand_per_day, lead_time_days, order_cost, holding_cost, backorder_cost)
    return _best(terms, np.zeros((terms.count, 0)), is_lots=True)


def lot_size_costs(
    demand_per_day: Amounts,
    lead_time_days: Amounts,
    order_cost: Amounts,
    holding_cost: Amounts,
    backorder_cost: Amounts,
    reorder_point: npt.ArrayLike,
    order_quantity: npt.ArrayLike,
) -> FloatArray:
    """Cost per day of given (r, Q); the first five arguments as for `best_lot_sizes`.

    Args:
        demand_per_day: l.
        lead_time_days: L.
        order_cost: K.
        holding_cost: h.
        backorder_cost: p.
        reorder_point: r, whole numbers.
        order_quantity: Q, whole numbers, at least 1.

    Returns:
        Costs, in the shape of what was given.

    Raises:
        ValueError: a value is out of range.
    """
    given = (demand_per_day, lead_time_days, order_cost, holding_cost, backorder_cost)
    shape = np.broadcast_shapes(*(np.shape(value) for value in (*given, reorder_point, order_quantity)))
    terms = _Terms.of(*(np.broadcast_to(np.asarray(value, np.float64), shape) for value in given))
    point = np.broadcast_to(np.asarray(reorder_point, np.int64), shape).ravel()
    quantity = np.broadcast_to(np.asarray(order_quantity, np.int64), shape).ravel()
    rule = f"must be at least 1 and at most {MOST_UNITS:,}"
    refuse("order_quantity", quantity, (quantity < 1) | (quantity > MOST_UNITS), rule)
    refuse("reorder_point", point, np.abs(point) > MOST_UNITS, f"must be within {MOST_UNITS:,} of 0")
    out = np.zeros(terms.count)
    for part in terms.parts():
        batch = terms.batch(np.zeros((terms.count, 0)), part)
        cost_batch(batch, True, point[part], quantity[part], out[part])
    return out.reshape(shape)


def best_min_max(
    customers_per_day: Amounts,
    order_sizes: FloatArray,
    lead_time_days: Amounts,
    order_cost: Amounts,
    holding_cost: Amounts,
    backorder_cost: Amounts,
) -> ReorderPolicies:
    """(s, S) of least cost where Poisson customers want several units.

    Args:
        customers_per_day: l, above 0.
        order_sizes: (m,) or (n, m) probabilities of customers who want 1, 2, ..., m units.
        lead_time_days: L, at least 0.
        order_cost: K, at least 0.
        holding_cost: h per unit and day, above 0.
        backorder_cost: p per unit and day, above 0.

    Returns:
        Policies; the other arguments are broadcast against each other.

    Raises:
        ValueError: a value is out of range.
    """
    terms = _Terms.of(customers_per_day, lead_time_days, order_cost, holding_cost, backorder_cost)
    sizes = np.asarray(order_sizes, np.float64)
    if sizes.ndim not in (1, 2) or sizes.shape[-1] == 0 or (sizes.ndim == 2 and len(sizes) != terms.count):
        raise ValueError(f"order_sizes has shape {sizes.shape}, must be (m,) or ({terms.count}, m)")
    sizes = np.ascontiguousarray(np.broadcast_to(sizes, (terms.count, sizes.shape[-1])))
    total = sizes.sum(axis=1)
    wrong = ~(np.abs(total - 1.0) <= 1e-9) | ~(sizes >= 0.0).all(axis=1)
    refuse("order_sizes", total, wrong, "must be probabilities, at least 0, that sum to 1")
    rule = f"at most {MOST_CUSTOMERS} customers in a lead time"
    crowded = terms.demand * terms.lead > MOST_CUSTOMERS
    refuse("customers_per_day", terms.demand, crowded, rule)
    return _best(terms, sizes, is_lots=False)


@dataclass(frozen=True, eq=False)
class _Terms:
    """Checked arguments, each (n,), and the shape they came in."""

    shape: tuple[int, ...]
    demand: FloatArray
    lead: FloatArray
    order: FloatArray
    holding: FloatArray
    backorder: FloatArray

    @classmethod
    def of(
        cls, demand: Amounts, lead: Amounts, order: Amounts, holding: Amounts, backorder: Amounts
    ) -> _Terms:
        given = np.broadcast_arrays(
            *(np.asarray(v, np.float64) for v in (demand, lead, order, holding, backorder))
        )
        names = ("demand_per_day", "lead_time_days", "order_cost", "holding_cost", "backorder_cost")
        flat = [np.ascontiguousarray(values).ravel() for values in given]
        for name, values, is_positive in zip(names, flat, (True, False, False, True, True), strict=True):
            bad = ~np.isfinite(values) | (values < 0.0) | (is_positive & (values == 0.0))
            refuse(name, values, bad, f"must be finite and {'above' if is_positive else 'at least'} 0")
        terms = cls(given[0].shape, *flat)
        refuse("demand_per_day", terms.demand, terms.demand < LEAST_MEAN, f"must be at least {LEAST_MEAN:g}")
        for name, values in zip(names[2:], flat[2:], strict=True):
            check_money(name, values)
        rule = f"at most {MOST_UNITS:,} units in a lead time: count in larger units"
        refuse("demand_per_day", terms.demand, terms.demand * terms.lead > MOST_UNITS, rule)
        rate = 1.0 / terms.holding + 1.0 / terms.backorder
        large = 2.0 * terms.order * terms.demand * rate > float(MOST_UNITS) ** 2
        refuse("order_cost", terms.order, large, f"orders of more than {MOST_UNITS:,} units would be best")
        steep = np.maximum(terms.backorder / terms.holding, terms.holding / terms.backorder) > 1e9
        refuse("backorder_cost", terms.backorder, steep, "must be within a factor of 1e9 of the holding cost")
        return terms

    @property
    def count(self) -> int:
        return self.demand.size

    def parts(self) -> list[slice]:
        return [slice(first, first + _BATCH) for first in range(0, self.count, _BATCH)]

    def batch(self, sizes: FloatArray, part: slice) -> Batch:
        """Some of them with the cost by position."""
        demand, sizes = self.demand[part], sizes[part]
        units = sizes @ np.arange(1.0, sizes.shape[1] + 1) if sizes.shape[1] else np.ones(demand.size)
        count, ones = demand.size, np.ones(demand.size)
        whole = np.column_stack([0 * ones, ones, ones, 0 * ones]).astype(np.int64)
        mean = demand * self.lead[part] * units
        amounts = np.column_stack(
            [mean, ones, self.holding[part], self.order[part] * demand, self.backorder[part]]
        )
        offsets, none = np.zeros(count + 1, np.int64), np.empty(0)
        fill_offsets(whole, amounts, sizes, offsets)
        cost, probability = np.empty(offsets[-1]), np.empty(offsets[-1])
        batch = Batch(
            whole, amounts, False, sizes, offsets, none, none, none, none, cost, probability,
            np.zeros(count, np.int64), np.zeros(count),
        )  # fmt: skip
        tabulate_continuous(batch)
        return batch


def _best(terms: _Terms, sizes: FloatArray, *, is_lots: bool) -> ReorderPolicies:
    point, quantity = np.zeros(terms.count, np.int64), np.zeros(terms.count, np.int64)
    cost = np.zeros(terms.count)
    for part in terms.parts():
        batch = terms.batch(sizes, part)
        least_cost_batch(batch, is_lots, point[part], quantity[part])
        cost_batch(batch, is_lots, point[part], quantity[part], cost[part])
    shape = terms.shape
    return ReorderPolicies(point.reshape(shape), quantity.reshape(shape), cost.reshape(shape))


__all__ = ["ReorderPolicies", "best_lot_sizes", "best_min_max", "lot_size_costs"]
