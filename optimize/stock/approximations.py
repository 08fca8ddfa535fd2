"""Quick approximations of (r, Q) and (s, S) levels under normal demand, for comparison with the exact ones.

Lead-time demand has mean mu and standard deviation sigma; n and n2 are its first and second loss functions
(`normal_loss`, `normal_second_loss`). Symbols and equation numbers are those of Snyder and Shen, Fundamentals of Supply
Chain Theory, 2nd ed., 2019. Backorders throughout.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from optimize.arguments import inner_share, not_negative, positive
from optimize.stock.lot_sizing import economic_order_quantity, economic_order_quantity_with_backorders
from optimize.stock.newsvendor import newsvendor_normal, normal_loss, normal_second_loss

_ROUNDS = 10_000
_TOLERANCE = 1e-12


@dataclass(frozen=True)
class ReorderApproximation:
    """An (r, Q) policy."""

    reorder_point: float
    """Units; order when the inventory position falls to it."""
    order_quantity: float
    """Units."""
    cost: float | None
    """Money per unit of time in the approximation's own model; None where it states none."""


@dataclass(frozen=True)
class MinMaxApproximation:
    """An (s, S) policy."""

    reorder_point: float
    """Units [s]."""
    order_up_to: float
    """Units [S]."""


@dataclass(frozen=True)
class NormalSupply:
    """One item under continuous review: costs, normal demand and a lead time; time in any one unit."""

    fixed_cost: float
    """Money per order [K]."""
    holding_cost: float
    """Money per unit and unit of time [h]."""
    shortage_cost: float
    """Money per unit backordered: once in `expected_inventory_level`, else per unit of time [p]."""
    demand_mean: float
    """Units per unit of time [lambda]."""
    demand_sd: float
    """Standard deviation of the demand of a unit of time [tau]."""
    lead_time: float
    """[L]"""

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            ValueError: One is not above 0.
        """
        for name in self.__dataclass_fields__:
            positive(name, getattr(self, name))

    @property
    def mean(self) -> float:
        """Mean of the lead-time demand [mu]."""
        return self.demand_mean * self.lead_time

    @property
    def sd(self) -> float:
        """Standard deviation of the lead-time demand [sigma]."""
        return self.demand_sd * math.sqrt(self.lead_time)


def expected_inventory_level(supply: NormalSupply) -> ReorderApproximation:
    """(r, Q) by the expected-inventory-level approximation, which takes the stock level for the stock on hand.

        r = F^-1(1 - Q h / (p lambda)),  Q = sqrt(2 lambda (K + p n(r)) / h),  in turns from the EOQ on
        cost = h (r - mu + Q / 2) + K lambda / Q + p lambda n(r) / Q

    with p per unit backordered. Whitin 1953, Hadley and Whitin 1963, section 4-2; equations (5.16) to (5.18).

    Args:
        supply: Costs and demand.

    Returns:
        Levels and their approximate cost.

    Raises:
        ValueError: Shortages are so cheap that a cycle of nothing but backorders would be better (Q h >= p lambda).
    """
    s = supply

    def reorder_point(quantity: float) -> float:
        short_share = quantity * s.holding_cost / (s.shortage_cost * s.demand_mean)
        if not 0.0 < short_share < 1.0:
            raise ValueError(
                f"shortage_cost must be above order quantity x holding_cost / demand_mean = "
                f"{quantity * s.holding_cost / s.demand_mean:g}, got {s.shortage_cost!r}"
            )
        return s.mean - s.sd * NormalDist().inv_cdf(short_share)

    def order_quantity(point: float) -> float:
        per_order = s.fixed_cost + s.shortage_cost * normal_loss(point, s.mean, s.sd)
        return math.sqrt(2.0 * s.demand_mean * per_order / s.holding_cost)

    point, quantity = _in_turns(s, reorder_point, order_quantity)
    per_order = s.fixed_cost + s.shortage_cost * normal_loss(point, s.mean, s.sd)
    held = s.holding_cost * (point - s.mean + quantity / 2.0)
    return ReorderApproximation(point, quantity, held + per_order * s.demand_mean / quantity)


def eoq_with_backorders_approximation(supply: NormalSupply) -> ReorderApproximation:
    """(r, Q) with the Q of the EOQ with backorders and the r that is best for it.

    Q = sqrt(2 K lambda (h + p) / (h p)); r solves g(r) = g(r + Q), g(y) = h (y - mu) + (h + p) n(y): equations (3.27)
    and (5.9). Its cost exceeds the optimum by at most 1/8: Zheng, Management Science 38, 1992.

    Args:
        supply: Costs and demand; shortages per unit and unit of time.

    Returns:
        Levels.
    """
    s = supply
    lot = economic_order_quantity_with_backorders(
        s.fixed_cost, s.holding_cost, s.shortage_cost, s.demand_mean
    ).order_quantity
    lowest = newsvendor_normal(s.holding_cost, s.shortage_cost, s.mean, s.sd).level

    def cost(level: float) -> float:
        short = normal_loss(level, s.mean, s.sd)
        return s.holding_cost * (level - s.mean) + (s.holding_cost + s.shortage_cost) * short

    point = _root(lambda level: cost(level) - cost(level + lot), lowest - lot, lowest)
    return ReorderApproximation(point, lot, None)


def eoq_with_safety_stock(supply: NormalSupply) -> ReorderApproximation:
    """(r, Q) with the EOQ and r = mu + z sigma at the newsvendor ratio p / (h + p): equations (3.4) and (5.21).

    Args:
        supply: Costs and demand; shortages per unit and unit of time.

    Returns:
        Levels.
    """
    s = supply
    lot = economic_order_quantity(s.fixed_cost, s.holding_cost, s.demand_mean).order_quantity
    return ReorderApproximation(
        newsvendor_normal(s.holding_cost, s.shortage_cost, s.mean, s.sd).level, lot, None
    )


def loss_function_approximation(supply: NormalSupply) -> ReorderApproximation:
    """(r, Q) from the exact cost with its terms at r + Q left out.

        n(r) = h Q / (h + p),  Q = sqrt(2 (K lambda + (h + p) n2(r)) / h),  in turns from the EOQ on

    Hadley and Whitin 1963, section 4-9; equations (5.28) and (5.29).

    Args:
        supply: Costs and demand; shortages per unit and unit of time.

    Returns:
        Levels.
    """
    s = supply
    both = s.holding_cost + s.shortage_cost

    def reorder_point(quantity: float) -> float:
        short = s.holding_cost * quantity / both
        low, high = s.mean - short - s.sd, s.mean + s.sd
        while normal_loss(high, s.mean, s.sd) > short:
            high += high - low
        return _root(lambda level: normal_loss(level, s.mean, s.sd) - short, low, high)

    def order_quantity(point: float) -> float:
        ordering = s.fixed_cost * s.demand_mean
        return math.sqrt(2.0 * (ordering + both * normal_second_loss(point, s.mean, s.sd)) / s.holding_cost)

    point, quantity = _in_turns(s, reorder_point, order_quantity)
    return ReorderApproximation(point, quantity, None)


def power_approximation(
    fixed_cost: float,
    holding_cost: float,
    shortage_cost: float,
    demand_mean: float,
    demand_sd: float,
    lead_time: float = 0.0,
    caps_small_lots: bool = False,
) -> MinMaxApproximation:
    """(s, S) of a periodic review by the revised power approximation.

        Q = 1.30 mu^0.494 (K / h)^0.506 (1 + sigma_L^2 / mu^2)^0.116,  z = sqrt(Q h / (sigma_L p))
        s = 0.973 mu_L + sigma_L (0.183 / z + 1.063 - 2.192 z),        S = s + Q

    mu_L and sigma_L of L + 1 periods. Ehrhardt and Mosier, Management Science 30, 1984; equations (4.77) to (4.80).
    Its authors cap both at the base stock level without ordering cost where Q is at most 1.5 mu; the textbook leaves
    that out.

    Args:
        fixed_cost: Money per order.
        holding_cost: Money per unit left at the end of a period.
        shortage_cost: Money per unit backordered at the end of a period.
        demand_mean: Units per period.
        demand_sd: Units.
        lead_time: Periods.
        caps_small_lots: Whether to cap them as the authors do.

    Returns:
        Levels.

    Raises:
        ValueError: An argument is not above 0 (lead time: negative).
    """
    order = positive("fixed_cost", fixed_cost)
    holding, short = positive("holding_cost", holding_cost), positive("shortage_cost", shortage_cost)
    mean, deviation = positive("demand_mean", demand_mean), positive("demand_sd", demand_sd)
    periods = 1.0 + not_negative("lead_time", lead_time)
    covered_mean, covered_sd = mean * periods, deviation * math.sqrt(periods)
    lot = 1.30 * mean**0.494 * (order / holding) ** 0.506 * (1.0 + (covered_sd / mean) ** 2) ** 0.116
    z = math.sqrt(lot * holding / (covered_sd * short))
    point = 0.973 * covered_mean + covered_sd * (0.183 / z + 1.063 - 2.192 * z)
    if not caps_small_lots or lot > 1.5 * mean:
        return MinMaxApproximation(point, point + lot)
    level = newsvendor_normal(holding, short, mean, deviation, periods - 1.0).level
    return MinMaxApproximation(min(point, level), min(point + lot, level))


def base_stock_for_cycle_service(
    demand_mean: float, demand_sd: float, cycle_service_level: float, lead_time: float = 0.0
) -> float:
    """Base stock that is enough in a given share of periods: mu_L + Phi^-1(share) sigma_L.

    Args:
        demand_mean: Units per period.
        demand_sd: Units.
        cycle_service_level: Share of periods without shortage.
        lead_time: Periods; demand of L + 1 periods counts.

    Returns:
        Units.

    Raises:
        ValueError: An argument is negative or the share is not between 0 and 1.
    """
    periods = 1.0 + not_negative("lead_time", lead_time)
    mean, deviation = not_negative("demand_mean", demand_mean), not_negative("demand_sd", demand_sd)
    factor = NormalDist().inv_cdf(inner_share("cycle_service_level", cycle_service_level))
    return mean * periods + factor * deviation * math.sqrt(periods)


def _in_turns(
    supply: NormalSupply, reorder_point: Callable[[float], float], order_quantity: Callable[[float], float]
) -> tuple[float, float]:
    """Solve two equations in r and Q by turns: Q rises from the EOQ, step by step, and r falls."""
    quantity = economic_order_quantity(
        supply.fixed_cost, supply.holding_cost, supply.demand_mean
    ).order_quantity
    for _ in range(_ROUNDS):
        point = reorder_point(quantity)
        better = order_quantity(point)
        settled = abs(better - quantity) <= _TOLERANCE * better
        quantity = better
        if settled:
            return point, quantity
    raise ValueError(f"shortage_cost {supply.shortage_cost!r} is too low for r and Q to settle")


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-13 * max(abs(low), abs(high)), rtol=1e-14))


__all__ = [
    "MinMaxApproximation",
    "NormalSupply",
    "ReorderApproximation",
    "base_stock_for_cycle_service",
    "eoq_with_backorders_approximation",
    "eoq_with_safety_stock",
    "expected_inventory_level",
    "loss_function_approximation",
    "power_approximation",
]
