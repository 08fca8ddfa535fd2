"""Economic order quantities: one item, constant demand, no uncertainty but that of supply.

Symbols of the literature in brackets: demand rate [lambda, d], fixed cost of an order [K], holding cost per unit and
unit of time [h], order quantity [Q]. Time runs in any one unit; costs are per that unit. Equation numbers are those of
Snyder and Shen, Fundamentals of Supply Chain Theory, 2nd ed., 2019.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimize.arguments import FloatArray, numbers, positive


@dataclass(frozen=True)
class LotSize:
    """How much to order at a time."""

    order_quantity: float
    """Units."""
    cost: float
    """Money per unit of time, as the function says."""


@dataclass(frozen=True)
class DiscountedLotSize(LotSize):
    """An order quantity under quantity discounts; the cost includes purchases."""

    region: int
    """Index of the unit cost that applies to it."""


@dataclass(frozen=True)
class BackorderedLotSize(LotSize):
    """An order quantity with planned backorders."""

    backordered_share: float
    """Share of demand that waits: largest backlog divided by order quantity."""


def economic_order_quantity(fixed_cost: float, holding_cost: float, demand_rate: float) -> LotSize:
    """The lot that balances ordering and holding.

    Q = sqrt(2 K lambda / h), cost = sqrt(2 K lambda h): Harris, How many parts to make at once, 1913; equations (3.4)
    and (3.5).

    Args:
        fixed_cost: Money per order.
        holding_cost: Money per unit and unit of time.
        demand_rate: Units per unit of time.

    Returns:
        Lot and its cost of ordering and holding.

    Raises:
        ValueError: An argument is not above 0.
    """
    order, holding, rate = _basics(fixed_cost, holding_cost, demand_rate)
    return LotSize(math.sqrt(2.0 * order * rate / holding), math.sqrt(2.0 * order * rate * holding))


def economic_production_quantity(
    fixed_cost: float, holding_cost: float, demand_rate: float, production_rate: float
) -> LotSize:
    """The lot where units arrive one by one while it is made.

    The economic order quantity at a holding cost of h (1 - lambda / m), because stock peaks at Q (1 - lambda / m):
    Taft, The most economical production lot, 1918; equations (3.31) and (3.32).

    Args:
        fixed_cost: Money per set-up.
        holding_cost: Money per unit and unit of time.
        demand_rate: Units per unit of time.
        production_rate: Units per unit of time [m]; above the demand rate.

    Returns:
        Lot and its cost of setting up and holding.

    Raises:
        ValueError: An argument is not above 0, or production does not exceed demand.
    """
    order, holding, rate = _basics(fixed_cost, holding_cost, demand_rate)
    made = positive("production_rate", production_rate)
    if made <= rate:
        raise ValueError(f"production_rate must be above the demand rate {rate:g}, got {production_rate!r}")
    return economic_order_quantity(order, holding * (1.0 - rate / made), rate)


def economic_order_quantity_with_backorders(
    fixed_cost: float, holding_cost: float, shortage_cost: float, demand_rate: float
) -> BackorderedLotSize:
    """The lot where a part of the demand waits for the next one on purpose.

    Q = sqrt(2 K lambda (h + p) / (h p)), waiting share x = h / (h + p), cost = sqrt(2 K lambda h p / (h + p)): Hadley
    and Whitin, Analysis of Inventory Systems, 1963, section 2-7; equations (3.27) to (3.29).

    Args:
        fixed_cost: Money per order.
        holding_cost: Money per unit and unit of time.
        shortage_cost: Money per backordered unit and unit of time [p].
        demand_rate: Units per unit of time.

    Returns:
        Lot, waiting share and the cost of ordering, holding and waiting.

    Raises:
        ValueError: An argument is not above 0.
    """
    order, holding, rate = _basics(fixed_cost, holding_cost, demand_rate)
    short = positive("shortage_cost", shortage_cost)
    share = holding / (holding + short)
    plain = economic_order_quantity(order, short * share, rate)
    return BackorderedLotSize(plain.order_quantity, plain.cost, share)


def economic_order_quantity_with_all_units_discounts(
    fixed_cost: float,
    holding_cost_rate: float,
    demand_rate: float,
    breakpoints: Sequence[float],
    unit_costs: Sequence[float],
) -> DiscountedLotSize:
    """The lot where a large order makes every unit of it cheaper.

    g_j(Q) = c_j lambda + K lambda / Q + i c_j Q / 2 on b_j <= Q < b_(j+1), equation (3.18). The best of a region is its
    own economic order quantity or, where that is too small, its breakpoint; where it is too large the next region is
    better. Hadley and Whitin 1963, section 2-11.

    Args:
        fixed_cost: Money per order.
        holding_cost_rate: Money per unit of time and per money tied up in stock [i].
        demand_rate: Units per unit of time.
        breakpoints: Least order of each region [b_j]; the first is 0, then rising.
        unit_costs: Money per unit in each region [c_j]; falling or equal.

    Returns:
        Lot, region and the cost of purchase, ordering and holding. Of equally cheap lots it is the smallest.

    Raises:
        ValueError: An argument breaks these rules.
    """
    order, carrying, rate = _basics(fixed_cost, holding_cost_rate, demand_rate, "holding_cost_rate")
    least, costs = _schedule(breakpoints, unit_costs)
    beyond = np.append(least[1:], np.inf)
    wanted = np.sqrt(2.0 * order * rate / (carrying * costs))
    lots = np.maximum(wanted, least)
    total = costs * rate + order * rate / lots + carrying * costs * lots / 2.0
    return _best_region(lots, np.where(lots < beyond, total, np.inf))


def economic_order_quantity_with_incremental_discounts(
    fixed_cost: float,
    holding_cost_rate: float,
    demand_rate: float,
    breakpoints: Sequence[float],
    unit_costs: Sequence[float],
) -> DiscountedLotSize:
    """The lot where only the units above a breakpoint are cheaper.

    A lot costs a_j + c_j Q with a_j = sum over i < j of (c_i - c_(i+1)) b_(i+1), so that

        g_j(Q) = c_j lambda + i a_j / 2 + (K + a_j) lambda / Q + i c_j Q / 2,  Q_j = sqrt(2 (K + a_j) lambda / (i c_j)),

    equations (3.20) to (3.22). The best lot never lies on a breakpoint: Hadley and Whitin 1963, section 2-12.

    Args:
        fixed_cost: Money per order.
        holding_cost_rate: Money per unit of time and per money tied up in stock [i].
        demand_rate: Units per unit of time.
        breakpoints: Where each unit cost begins [b_j]; the first is 0, then rising.
        unit_costs: Money per unit above it [c_j]; falling or equal.

    Returns:
        Lot, region and the cost of purchase, ordering and holding.

    Raises:
        ValueError: An argument breaks these rules.
    """
    order, carrying, rate = _basics(fixed_cost, holding_cost_rate, demand_rate, "holding_cost_rate")
    least, costs = _schedule(breakpoints, unit_costs)
    excess = np.concatenate([[0.0], np.cumsum((costs[:-1] - costs[1:]) * least[1:])])
    lots = np.sqrt(2.0 * (order + excess) * rate / (carrying * costs))
    total = (
        costs * rate
        + carrying * excess / 2.0
        + (order + excess) * rate / lots
        + carrying * costs * lots / 2.0
    )
    # A line of another region overstates the price of a lot, so that its minimum is never too good to be true.
    best = _best_region(lots, total)
    region = int(np.searchsorted(least, best.order_quantity, side="right")) - 1
    return DiscountedLotSize(best.order_quantity, best.cost, region)


def economic_order_quantity_with_disruptions(
    fixed_cost: float,
    holding_cost: float,
    shortage_cost: float,
    demand_rate: float,
    disruption_rate: float,
    recovery_rate: float,
) -> LotSize:
    """The lot where the supplier is now and then closed, and what is not on hand then is lost.

    Open and closed times are exponential with rates [lambda] and [mu]. With psi(Q) = lambda / (lambda + mu)
    (1 - exp(-(lambda + mu) Q / d)), the chance that the supplier is closed when stock runs out,

        g(Q) = (K + h Q^2 / (2 d) + p d psi / mu) / (Q / d + psi / mu),  equation (9.5),

    of Parlar and Berkin 1991 as corrected by Berk and Arreola-Risa 1994, who show that it has one minimum. Found as the
    root of its derivative.

    Args:
        fixed_cost: Money per order.
        holding_cost: Money per unit and unit of time.
        shortage_cost: Money per unit lost.
        demand_rate: Units per unit of time [d].
        disruption_rate: Closings per unit of open time.
        recovery_rate: Openings per unit of closed time.

    Returns:
        Lot and its cost of ordering, holding and lost units.

    Raises:
        ValueError: An argument is not above 0.
    """
    from scipy.optimize import brentq

    order, holding, rate = _basics(fixed_cost, holding_cost, demand_rate)
    short = positive("shortage_cost", shortage_cost)
    closing = positive("disruption_rate", disruption_rate)
    opening = positive("recovery_rate", recovery_rate)

    def numerator_and_length(lot: float) -> tuple[float, float]:
        closed = -closing / (closing + opening) * math.expm1(-(closing + opening) * lot / rate)
        cost = order + holding * lot * lot / (2.0 * rate) + short * rate * closed / opening
        return cost, lot / rate + closed / opening

    def slope(lot: float) -> float:
        cost, length = numerator_and_length(lot)
        closed_slope = closing / rate * math.exp(-(closing + opening) * lot / rate) / opening
        return (holding * lot / rate + short * rate * closed_slope) * length - cost * (
            1.0 / rate + closed_slope
        )

    plain = math.sqrt(2.0 * order * rate / holding)
    low, high = plain, plain
    while slope(low) > 0.0:
        low /= 2.0
    while slope(high) < 0.0:
        high *= 2.0
    lot = low if low == high else float(brentq(slope, low, high, xtol=1e-12 * high, rtol=1e-14))
    cost, length = numerator_and_length(lot)
    return LotSize(lot, cost / length)


def _basics(
    fixed_cost: float, holding_cost: float, demand_rate: float, holding_name: str = "holding_cost"
) -> tuple[float, float, float]:
    return (
        positive("fixed_cost", fixed_cost),
        positive(holding_name, holding_cost),
        positive("demand_rate", demand_rate),
    )


def _schedule(breakpoints: Sequence[float], unit_costs: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    least = numbers("breakpoints", breakpoints)
    costs = numbers("unit_costs", unit_costs, length=len(least))
    if least[0] != 0.0:
        raise ValueError(f"breakpoints[0] must be 0, got {least[0]:g}")
    for index in range(1, len(least)):
        if least[index] <= least[index - 1]:
            raise ValueError(
                f"breakpoints must rise, got {least[index]:g} after {least[index - 1]:g} at index {index}"
            )
        if costs[index] > costs[index - 1]:
            raise ValueError(
                f"unit_costs must not rise, got {costs[index]:g} after {costs[index - 1]:g} at index {index}"
            )
    positive(f"unit_costs[{len(costs) - 1}]", float(costs[-1]))
    return least, costs


def _best_region(lots: FloatArray, total: FloatArray) -> DiscountedLotSize:
    region = int(np.argmin(total))
    return DiscountedLotSize(float(lots[region]), float(total[region]), region)


__all__ = [
    "BackorderedLotSize",
    "DiscountedLotSize",
    "LotSize",
    "economic_order_quantity",
    "economic_order_quantity_with_all_units_discounts",
    "economic_order_quantity_with_backorders",
    "economic_order_quantity_with_disruptions",
    "economic_order_quantity_with_incremental_discounts",
    "economic_production_quantity",
]
