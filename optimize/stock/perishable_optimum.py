"""The best of all ordering rules for one perishable item, by value iteration: small instances, and a yardstick.

State at an order: units left after closing by days of sale left, 1 to m - 1, and the orders on their way by the morning
they come, the next one first. An order q is placed; the next morning's delivery (q itself without a lead time) comes
in with its life, which may be a matter of chance; then demand, issue oldest or freshest first, and what has no day left
is thrown away. With a discount d per day and demand by weekday w,

    V(w, s) = min over q of  c(q) + E[ day's cost + d V(w + 1, s') ]

De Moor, Gijsbrechts and Boute (2022), Reward shaping to improve the performance of deep reinforcement learning in
perishable inventory management, European Journal of Operational Research 301(2). Mirjalili (2022), Data-driven
modelling and control of hospital blood inventory, PhD thesis, University of Toronto, chapter 6. Both are solved in
Farrington et al. (2023), Going faster to see further, arXiv:2303.10672.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma

import numpy as np

from optimize.compilation import compiled_with_arrays
from optimize.stock.cells import FloatArray, IntArray

_MOST_STATES = 2_000_000
_MOST_SWEEPS = 100_000


@dataclass(frozen=True)
class PerishableCosts:
    """Money."""

    unit: float = 0.0
    """Per unit ordered."""
    order: float = 0.0
    """Per order."""
    holding: float = 0.0
    """Per unit left after closing."""
    shortage: float = 0.0
    """Per unit asked for in vain; such demand is lost."""
    waste: float = 0.0
    """Per unit thrown away."""
    is_holding_on_waste: bool = False
    """Holding is paid for units that are then thrown away as well."""


@dataclass(frozen=True, eq=False)
class OptimalPolicy:
    """Best order in every state: axes weekday, units with 1 .. m - 1 days left, deliveries from the next morning on."""

    order: IntArray
    value: FloatArray
    """Discounted cost from there on."""
    sweeps: int


def optimal_policy(
    demand: FloatArray,
    life_days: int,
    lead_time_days: int,
    largest_order: int,
    costs: PerishableCosts,
    discount: float,
    *,
    is_freshest_first: bool = False,
    life_shares: FloatArray | None = None,
    tolerance: float = 1e-8,
) -> OptimalPolicy:
    """Work out the best order in every state.

    Units of one age beyond the largest order are refused at delivery, so that states are limited.

    Args:
        demand: (weekdays, values) probabilities of 0, 1, 2, ... units by day of a repeating week.
        life_days: Most days on which a unit can be sold, that of delivery included.
        lead_time_days: Mornings between an order and its delivery; 0 = the next one.
        largest_order: Units.
        costs: Money.
        discount: Per day, below 1.
        is_freshest_first: Shoppers take the freshest unit, not the oldest.
        life_shares: (largest_order + 1, life_days) of each unit of an order of that size, the probability of
            1, 2, ..., m days of sale; None: all units have the longest life.
        tolerance: Largest error of a value over a whole week before the iteration stops.

    Raises:
        ValueError: an argument is out of bounds, or there are too many states.
    """
    days, count = np.asarray(demand, np.float64), largest_order + 1
    shelves = float(count) ** life_days * float(count) ** lead_time_days
    if days.ndim != 2 or not bool((days >= 0.0).all()) or not np.allclose(days.sum(axis=1), 1.0, atol=1e-9):
        raise ValueError("demand must be (weekdays, values) probabilities that sum to 1 for each weekday")
    if life_days < 1 or lead_time_days < 0 or largest_order < 1:
        raise ValueError("life_days and largest_order must be at least 1 and lead_time_days at least 0")
    if not 0.0 < discount < 1.0 or not tolerance > 0.0:
        raise ValueError(
            f"discount must lie between 0 and 1 and tolerance be above 0, got {discount}, {tolerance}"
        )
    if shelves > _MOST_STATES:
        raise ValueError(
            f"largest_order, life_days and lead_time_days must give at most {_MOST_STATES:,} states"
        )
    arrivals = _arrivals(largest_order, life_days, life_shares)
    after, day_cost = _selling(days.shape[1], life_days, count, costs, is_freshest_first)
    delivered = _deliveries(arrivals[1], life_days, count)
    order_cost = costs.unit * np.arange(count) + costs.order * (np.arange(count) > 0)
    states = count ** (life_days - 1 + lead_time_days)
    value, order = np.zeros((len(days), states)), np.zeros((len(days), states), np.int64)
    change, sweeps = np.inf, 0
    while change > tolerance * (1.0 - discount) and sweeps < _MOST_SWEEPS:
        change, sweeps = 0.0, sweeps + 1
        for weekday in range(len(days) - 1, -1, -1):
            following = value[(weekday + 1) % len(days)]
            on_shelf = _after_delivery(
                days[weekday], after, day_cost, following, discount, count**lead_time_days
            )
            new = np.empty(states)
            _decide(
                on_shelf, delivered, arrivals[0], arrivals[2], order_cost, lead_time_days, new, order[weekday]
            )
            change = max(change, float(np.abs(new - value[weekday]).max()))
            value[weekday] = new
    # Places of a number are read from the last axis on, so axes come out in reverse.
    shape = (len(days),) + (count,) * (life_days - 1 + lead_time_days)
    back = (0, *range(len(shape) - 1, 0, -1))
    return OptimalPolicy(order.reshape(shape).transpose(back), value.reshape(shape).transpose(back), sweeps)


def _digits(numbers: IntArray, places: int, count: int) -> IntArray:
    """(numbers, places) units in each place, the first place counting ones."""
    digits: IntArray = numbers[:, None] // count ** np.arange(places) % count
    return digits


def _arrivals(largest: int, life: int, shares: FloatArray | None) -> tuple[FloatArray, IntArray, IntArray]:
    """What can come in: probabilities, units by days left (splits, life), and where each order size begins."""
    probabilities, units, starts = [], [], [0]
    for size in range(largest + 1):
        if shares is None:
            splits, chance = np.array([[0] * (life - 1) + [size]]), np.ones(1)
        else:
            splits = (
                _digits(np.arange((size + 1) ** life), life, size + 1)
                if size
                else np.zeros((1, life), np.int64)
            )
            splits = splits[splits.sum(axis=1) == size]
            logs = np.array(
                [lgamma(size + 1.0) - sum(lgamma(part + 1.0) for part in split) for split in splits]
            )
            chance = np.exp(logs) * np.prod(np.asarray(shares, np.float64)[size] ** splits, axis=1)
        probabilities.append(chance)
        units.append(splits)
        starts.append(starts[-1] + len(splits))
    return np.concatenate(probabilities), np.concatenate(units), np.array(starts)


def _deliveries(splits: IntArray, life: int, count: int) -> IntArray:
    """(left, splits) number of the shelf after a delivery: what was left with 1 .. m - 1 days, and the new units."""
    left = _digits(np.arange(count ** (life - 1)), life - 1, count)
    shelf = (
        np.concatenate([left, np.zeros((len(left), 1), np.int64)], axis=1)[:, None, :] + splits[None, :, :]
    )
    return np.minimum(shelf, count - 1) @ count ** np.arange(life)


def _selling(
    values: int, life: int, count: int, costs: PerishableCosts, is_freshest_first: bool
) -> tuple[IntArray, FloatArray]:
    """(shelves, values) number of what is left after a day with each demand, and the day's cost."""
    shelf = _digits(np.arange(count**life), life, count)
    after, cost = np.empty((len(shelf), values), np.int64), np.empty((len(shelf), values))
    for asked in range(values):
        left, wanted = shelf.copy(), np.full(len(shelf), asked)
        for place in range(life - 1, -1, -1) if is_freshest_first else range(life):
            taken = np.minimum(wanted, left[:, place])
            left[:, place] -= taken
            wanted -= taken
        after[:, asked] = left[:, 1:] @ count ** np.arange(life - 1)
        held = left[:, 0 if costs.is_holding_on_waste else 1 :].sum(axis=1)
        cost[:, asked] = costs.holding * held + costs.shortage * wanted + costs.waste * left[:, 0]
    return after, cost


@compiled_with_arrays
def _after_delivery(
    chance: FloatArray, after: IntArray, cost: FloatArray, following: FloatArray, discount: float, tails: int
) -> FloatArray:
    """(shelves, tails) expected cost from the opening on, with orders on their way as `tails` says."""
    shelves, left = after.shape[0], following.size // tails
    expected = np.zeros((shelves, tails))
    for shelf in range(shelves):
        for asked in range(chance.size):
            for tail in range(tails):
                future = following[after[shelf, asked] + left * tail]
                expected[shelf, tail] += chance[asked] * (cost[shelf, asked] + discount * future)
    return expected


@compiled_with_arrays
def _decide(
    on_shelf: FloatArray,
    delivered: IntArray,
    chance: FloatArray,
    starts: IntArray,
    order_cost: FloatArray,
    lead: int,
    value: FloatArray,
    order: IntArray,
) -> None:
    """Write the least expected cost of every state and the smallest order that reaches it."""
    left, sizes, tails = delivered.shape[0], order_cost.size, on_shelf.shape[1]
    for state in range(value.size):
        best, on_its_way = np.inf, state // left
        for size in range(sizes):
            coming, tail = size, 0
            if lead > 0:
                coming, tail = on_its_way % sizes, on_its_way // sizes + size * (tails // sizes)
            total = order_cost[size]
            for split in range(starts[coming], starts[coming + 1]):
                total += chance[split] * on_shelf[delivered[state % left, split], tail]
            if total < best - 1e-10:
                best, order[state] = total, size
        value[state] = best


__all__ = ["OptimalPolicy", "PerishableCosts", "optimal_policy"]
