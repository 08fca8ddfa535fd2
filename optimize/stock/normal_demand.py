"""Stock at one place with normal demand and backorders, exact: levels need not be whole numbers.

Symbols: l demand per day, h, p cost of a unit on hand and of a unit owed per day, K of an order; loss functions of the
standard normal L1(z) = E(Z - z)+ and L2(z) = integral of L1 from z on. With lead time demand of mean m and deviation d
the cost rate of a position y is G(y) = h (y - m) + (h + p) d L1((y - m) / d). Source: Zheng (1992), Management Science
38(1), 87-103; Zipkin (2000), Foundations of Inventory Management, section 6.4 and appendix C.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class NormalLotSize:
    """(r, Q) and what it costs."""

    reorder_point: float
    order_quantity: float
    cost_per_day: float


@dataclass(frozen=True)
class NormalBaseStock:
    """Order-up-to level and what it costs, orders left out."""

    order_up_to: float
    cost_per_day: float


def first_loss(z: float) -> float:
    """L1(z), units a standard normal demand exceeds z by."""
    return _density(z) - z * _above(z)


def second_loss(z: float) -> float:
    """L2(z), integral of L1 from z on."""
    return 0.5 * ((z * z + 1.0) * _above(z) - z * _density(z))


def normal_lot_size_cost(
    demand_per_day: float,
    lead_mean: float,
    lead_sd: float,
    order_cost: float,
    holding_cost: float,
    backorder_cost: float,
    reorder_point: float,
    order_quantity: float,
) -> float:
    """Cost per day of (r, Q) under continuous review: (K l + integral of G from r to r + Q) / Q.

    Args:
        demand_per_day: l.
        lead_mean: mean demand of a lead time.
        lead_sd: its standard deviation.
        order_cost: K.
        holding_cost: h.
        backorder_cost: p.
        reorder_point: r.
        order_quantity: Q.

    Raises:
        ValueError: a value is out of range.
    """
    _check(demand_per_day, lead_mean, lead_sd, order_cost, holding_cost, backorder_cost)
    if not 0.0 < order_quantity < math.inf:
        raise ValueError(f"order_quantity is {order_quantity}: must be finite and above 0")
    stock = _Stock(lead_mean, lead_sd, holding_cost, backorder_cost)
    area = stock.area(reorder_point, reorder_point + order_quantity)
    return (order_cost * demand_per_day + area) / order_quantity


def best_normal_lot_size(
    demand_per_day: float,
    lead_mean: float,
    lead_sd: float,
    order_cost: float,
    holding_cost: float,
    backorder_cost: float,
) -> NormalLotSize:
    """(r, Q) of least cost under continuous review.

    At the optimum G(r) = G(r + Q) = C (Zheng 1992, lemma 2): the level c at which the area between c and G is K l,
    found by bisection.

    Args:
        demand_per_day: l.
        lead_mean: mean demand of a lead time.
        lead_sd: its standard deviation.
        order_cost: K, above 0.
        holding_cost: h, above 0.
        backorder_cost: p, above 0.

    Raises:
        ValueError: a value is out of range.
    """
    _check(demand_per_day, lead_mean, lead_sd, order_cost, holding_cost, backorder_cost)
    if order_cost == 0.0:
        raise ValueError("order_cost is 0.0: must be above 0, else orders have no size")
    stock = _Stock(lead_mean, lead_sd, holding_cost, backorder_cost)
    wanted, cheapest = order_cost * demand_per_day, stock.cheapest()
    lowest = stock.cost(cheapest)

    def ends(level: float) -> tuple[float, float]:
        """Where G crosses the level; beyond `level / slope` of the mean it is above it."""
        low = min(cheapest, lead_mean) - level / backorder_cost - lead_sd
        high = max(cheapest, lead_mean) + level / holding_cost + lead_sd
        return (
            _root(lambda y: level - stock.cost(y), low, cheapest),
            _root(lambda y: stock.cost(y) - level, cheapest, high),
        )

    def excess(level: float) -> float:
        low, high = ends(level)
        return level * (high - low) - stock.area(low, high) - wanted

    above = lowest + 1.0
    while excess(above) < 0.0:
        above = lowest + 2.0 * (above - lowest)
    level = _root(excess, lowest, above)
    low, high = ends(level)
    return NormalLotSize(low, high - low, (wanted + stock.area(low, high)) / (high - low))


def best_normal_base_stock(
    mean_per_day: float,
    sd_per_day: float,
    lead_time_days: int,
    review_days: int,
    holding_cost: float,
    backorder_cost: float,
) -> NormalBaseStock:
    """Order-up-to level of least holding and backorder cost under periodic review, time as in `Cells`.

    Args:
        mean_per_day: mean demand of a day.
        sd_per_day: its standard deviation, above 0; days are independent.
        lead_time_days: L; 0 = the next morning.
        review_days: R, at least 1.
        holding_cost: h, above 0.
        backorder_cost: p, above 0.

    Raises:
        ValueError: a value is out of range.
    """
    _check(mean_per_day, mean_per_day, sd_per_day, 0.0, holding_cost, backorder_cost)
    if lead_time_days < 0:
        raise ValueError(f"lead_time_days is {lead_time_days}: must be at least 0")
    if review_days < 1:
        raise ValueError(f"review_days is {review_days}: must be at least 1")
    days = range(lead_time_days + 1, lead_time_days + review_days + 1)
    ends = [
        _Stock(mean_per_day * day, sd_per_day * math.sqrt(day), holding_cost, backorder_cost) for day in days
    ]
    level = _root(
        lambda y: math.fsum(end.slope(y) for end in ends),
        min(end.cheapest() for end in ends),
        max(end.cheapest() for end in ends),
    )
    return NormalBaseStock(level, math.fsum(end.cost(level) for end in ends) / review_days)


@dataclass(frozen=True)
class _Stock:
    """Cost rate of a position, and its area."""

    mean: float
    sd: float
    holding: float
    backorder: float

    def cost(self, y: float) -> float:
        z = (y - self.mean) / self.sd
        return self.holding * (y - self.mean) + (self.holding + self.backorder) * self.sd * first_loss(z)

    def slope(self, y: float) -> float:
        return self.holding - (self.holding + self.backorder) * _above((y - self.mean) / self.sd)

    def cheapest(self) -> float:
        """Where the slope is 0: newsvendor."""
        reach = 40.0 * self.sd
        return _root(self.slope, self.mean - reach, self.mean + reach)

    def area(self, low: float, high: float) -> float:
        low_z, high_z = (low - self.mean) / self.sd, (high - self.mean) / self.sd
        straight = 0.5 * self.holding * self.sd**2 * (high_z - low_z) * (high_z + low_z)
        losses = second_loss(low_z) - second_loss(high_z)
        return straight + (self.holding + self.backorder) * self.sd**2 * losses


def _density(z: float) -> float:
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


def _above(z: float) -> float:
    """P(Z > z)."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def _root(increasing: Callable[[float], float], low: float, high: float) -> float:
    """Where an increasing function is 0, to the last bit."""
    while True:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            return middle
        if increasing(middle) < 0.0:
            low = middle
        else:
            high = middle


def _check(demand: float, mean: float, sd: float, order: float, holding: float, backorder: float) -> None:
    rules = {
        "demand_per_day": (demand, True), "lead_mean": (mean, False), "lead_sd": (sd, True),
        "order_cost": (order, False), "holding_cost": (holding, True), "backorder_cost": (backorder, True),
    }  # fmt: skip
    for name, (value, is_positive) in rules.items():
        if not math.isfinite(value) or value < 0.0 or (is_positive and value == 0.0):
            raise ValueError(
                f"{name} is {value}: must be finite and {'above' if is_positive else 'at least'} 0"
            )


__all__ = [
    "NormalBaseStock", "NormalLotSize", "best_normal_base_stock", "best_normal_lot_size", "first_loss",
    "normal_lot_size_cost", "second_loss",
]  # fmt: skip
