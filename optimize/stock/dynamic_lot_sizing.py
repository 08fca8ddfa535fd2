"""When to order and how much, with a demand that is known and varies from period to period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, numbers
from optimize.compilation import compiled

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LotSchedule:
    """Orders of a horizon of T periods."""

    order_quantities: FloatArray
    """(T,): units that arrive before the demand of each period."""
    cost: float
    """Money over the horizon: ordering, holding, purchases."""
    cost_to_go: FloatArray
    """(T + 1,): least cost from the start of each period without stock; the last is 0."""


def wagner_whitin(
    demand: Sequence[float] | FloatArray,
    fixed_cost: float | Sequence[float] | FloatArray,
    holding_cost: float | Sequence[float] | FloatArray,
    unit_cost: float | Sequence[float] | FloatArray = 0.0,
) -> LotSchedule:
    """Least-cost orders for known demand without capacity or backorders.

    There is a best plan that orders only when nothing is left, so an order covers whole periods t .. s - 1:

        theta_t = min over s > t of  K_t + c_t sum of d_i + sum over i of d_i (h_t + .. + h_(i-1)) + theta_s,

    theta_(T+1) = 0; a period without demand may also be passed over. Wagner and Whitin, Dynamic version of the economic
    lot size model, Management Science 5, 1958; Snyder and Shen, 2nd ed., equation (3.39). O(T^2), in compiled code.
    Costs may vary in any way; demand is never late.

    Args:
        demand: Units per period, (T,).
        fixed_cost: Money per order; one number or (T,).
        holding_cost: Money per unit left at the end of a period; one number or (T,).
        unit_cost: Money per unit ordered; one number or (T,).

    Returns:
        The schedule. Of equally cheap orders each covers as few periods as possible.

    Raises:
        ValueError: A number is negative or none, or lengths differ.
    """
    wanted = numbers("demand", demand)
    periods = len(wanted)
    orders = _per_period("fixed_cost", fixed_cost, periods)
    holding = _per_period("holding_cost", holding_cost, periods)
    prices = _per_period("unit_cost", unit_cost, periods)
    to_go, following = np.zeros(periods + 1), np.zeros(periods, np.int64)
    _cost_to_go(wanted, orders, holding, prices, to_go, following)
    quantities = np.zeros(periods)
    period = 0
    while period < periods:
        after = int(following[period])
        if after > 0:
            quantities[period] = wanted[period:after].sum()
        period = abs(after)
    return LotSchedule(quantities, float(to_go[0]), to_go)


def _per_period(name: str, value: float | Sequence[float] | FloatArray, periods: int) -> FloatArray:
    given = np.asarray(value)
    return numbers(name, np.repeat(given, periods) if given.ndim == 0 else given, length=periods)


@compiled
def _cost_to_go(
    demand: FloatArray,
    fixed_cost: FloatArray,
    holding_cost: FloatArray,
    unit_cost: FloatArray,
    to_go: FloatArray,
    following: IntArray,
) -> None:
    """Fill costs to go, and the period of the next decision: negative where none is ordered now."""
    periods = len(demand)
    for period in range(periods - 1, -1, -1):
        if demand[period] == 0.0:
            best, at = to_go[period + 1], -(period + 1)
        else:
            best, at = np.inf, periods
        spent, per_unit = fixed_cost[period], unit_cost[period]
        for last in range(period, periods):
            spent += demand[last] * per_unit
            per_unit += holding_cost[last]
            if spent >= best:
                break
            if spent + to_go[last + 1] < best:
                best, at = spent + to_go[last + 1], last + 1
        to_go[period] = best
        following[period] = at


__all__ = ["LotSchedule", "wagner_whitin"]
