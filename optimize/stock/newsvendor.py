"""One order for one period: the newsvendor, in costs and in profits, and the base stock that follows from it.

Too much costs [h] per unit left over, too little [p] per unit short; the best level S is the quantile of demand at the
critical ratio p / (h + p). Arrow, Harris and Marschak, Econometrica 19, 1951; equation numbers are those of Snyder and
Shen, Fundamentals of Supply Chain Theory, 2nd ed., 2019, section 4.3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from optimize.arguments import FloatArray, not_negative, numbers, positive

_STANDARD = NormalDist()
_MOST_MEAN = 1e7
"""Poisson demand is laid out unit by unit."""


@dataclass(frozen=True)
class Newsvendor:
    """How much to have for one period."""

    level: float
    """Units; a whole number where demand is discrete."""
    cost: float
    """Expected money per period for units left over and units short."""
    critical_ratio: float
    """Share of periods in which it should be enough."""


@dataclass(frozen=True)
class Margins:
    """Prices of one period, money per unit."""

    revenue: float
    """What a sold unit brings."""
    purchase_cost: float
    salvage_value: float
    """What a unit left over brings."""
    holding_cost: float = 0.0
    """What it costs beyond its purchase."""
    shortage_cost: float = 0.0
    """What a unit short costs beyond the margin."""

    def __post_init__(self) -> None:
        """Check the prices.

        Raises:
            ValueError: A price is negative, or nothing is earned by a sale or nothing lost by a unit left over.
        """
        for name in ("revenue", "purchase_cost", "salvage_value", "holding_cost", "shortage_cost"):
            not_negative(name, getattr(self, name))
        if self.overage <= 0:
            raise ValueError(
                f"salvage_value must be below purchase_cost + holding_cost, got {self.salvage_value!r}"
            )
        if self.underage <= 0:
            raise ValueError(f"revenue + shortage_cost must be above purchase_cost, got {self.revenue!r}")

    @property
    def overage(self) -> float:
        """Cost of a unit left over: c - v + h."""
        return self.purchase_cost - self.salvage_value + self.holding_cost

    @property
    def underage(self) -> float:
        """Cost of a unit short: r - c + p."""
        return self.revenue - self.purchase_cost + self.shortage_cost

    def profit(self, mean_demand: float, cost: float) -> float:
        """Expected profit of a period: (r - c) mean - newsvendor cost.

        Args:
            mean_demand: Units.
            cost: Expected cost at `overage` and `underage`.

        Returns:
            Money.
        """
        return (self.revenue - self.purchase_cost) * mean_demand - cost


def newsvendor_normal(
    holding_cost: float, shortage_cost: float, demand_mean: float, demand_sd: float, lead_time: float = 0.0
) -> Newsvendor:
    """Newsvendor level, or base stock, under normal demand.

    S = mu + z sigma with Phi(z) = p / (h + p), cost = (h + p) sigma phi(z): equations (4.30) and (4.24). With a lead
    time of L periods mu and sigma are those of L + 1 periods, equation (4.37): what is ordered now arrives L periods on
    and must last until the end of that period.

    Args:
        holding_cost: Money per unit left at the end of a period.
        shortage_cost: Money per unit short, or backordered per period.
        demand_mean: Units per period.
        demand_sd: Units; periods are independent.
        lead_time: Periods.

    Returns:
        Level, cost per period, critical ratio.

    Raises:
        ValueError: An argument is negative, or a cost or the deviation is 0.
    """
    over, under = positive("holding_cost", holding_cost), positive("shortage_cost", shortage_cost)
    periods = 1.0 + not_negative("lead_time", lead_time)
    mean = not_negative("demand_mean", demand_mean) * periods
    deviation = positive("demand_sd", demand_sd) * math.sqrt(periods)
    ratio = _critical_ratio(over, under)
    safety = _STANDARD.inv_cdf(ratio)
    return Newsvendor(mean + safety * deviation, (over + under) * deviation * _STANDARD.pdf(safety), ratio)


def newsvendor_lognormal(
    holding_cost: float, shortage_cost: float, log_mean: float, log_sd: float
) -> Newsvendor:
    """Newsvendor level where the logarithm of demand is normal.

    S = exp(m + z s); expected shortage = exp(m + s^2 / 2) Phi(s - z) - S Phi(-z).

    Args:
        holding_cost: Money per unit left over.
        shortage_cost: Money per unit short.
        log_mean: Mean of the logarithm [m].
        log_sd: Its standard deviation [s].

    Returns:
        Level, cost, critical ratio.

    Raises:
        ValueError: A cost or the deviation is not above 0, or demand is beyond all measure.
    """
    over, under = positive("holding_cost", holding_cost), positive("shortage_cost", shortage_cost)
    deviation = positive("log_sd", log_sd)
    if not (math.isfinite(log_mean) and abs(log_mean) + deviation * deviation <= 34.0):
        raise ValueError(
            f"log_mean and log_sd^2 together must be at most 34, got {log_mean!r} and {log_sd!r}"
        )
    ratio = _critical_ratio(over, under)
    safety = _STANDARD.inv_cdf(ratio)
    level, mean = math.exp(log_mean + safety * deviation), math.exp(log_mean + deviation * deviation / 2.0)
    short = mean * _STANDARD.cdf(deviation - safety) - level * _upper_tail(safety)
    return Newsvendor(level, over * (level - mean + short) + under * short, ratio)


def newsvendor_poisson(
    holding_cost: float, shortage_cost: float, demand_mean: float, lead_time: float = 0.0
) -> Newsvendor:
    """Newsvendor level, or base stock, under Poisson demand: the least S with F(S) >= p / (h + p).

    Args:
        holding_cost: Money per unit left at the end of a period.
        shortage_cost: Money per unit short, or backordered per period.
        demand_mean: Units per period.
        lead_time: Periods; demand of L + 1 periods counts.

    Returns:
        Level, cost per period, critical ratio.

    Raises:
        ValueError: An argument is negative, a cost or the mean is 0, or the mean of all periods is beyond 1e7.
    """
    from scipy.special import gammaln

    mean = positive("demand_mean", demand_mean) * (1.0 + not_negative("lead_time", lead_time))
    if mean > _MOST_MEAN:
        raise ValueError(f"demand_mean over all periods must be at most {_MOST_MEAN:g}, got {mean:g}")
    spread = 40.0 + 12.0 * math.sqrt(mean)
    values = np.arange(max(0, math.floor(mean - spread)), math.ceil(mean + spread) + 1, dtype=np.float64)
    shares = np.exp(values * math.log(mean) - mean - gammaln(values + 1.0))
    return newsvendor_discrete(holding_cost, shortage_cost, values, shares / shares.sum())


def newsvendor_discrete(
    holding_cost: float,
    shortage_cost: float,
    values: Sequence[float] | FloatArray,
    probabilities: Sequence[float] | FloatArray,
) -> Newsvendor:
    """Newsvendor level under any discrete demand: the least value with F(S) >= p / (h + p).

    Args:
        holding_cost: Money per unit left over.
        shortage_cost: Money per unit short.
        values: What demand may be, units, in any order.
        probabilities: Of each; they add up to 1.

    Returns:
        Level, cost, critical ratio.

    Raises:
        ValueError: A cost is not above 0, or the probabilities are none.
    """
    over, under = positive("holding_cost", holding_cost), positive("shortage_cost", shortage_cost)
    demand = numbers("values", values)
    weights = numbers("probabilities", probabilities, length=len(demand))
    if abs(float(weights.sum()) - 1.0) > 1e-9:
        raise ValueError(f"probabilities must add up to 1, got {float(weights.sum())!r}")
    order = np.argsort(demand, kind="stable")
    demand, weights = demand[order], weights[order]
    ratio = _critical_ratio(over, under)
    # Rounding in the running sum must not push the level one value up where F(S) equals the ratio.
    at = int(np.searchsorted(np.cumsum(weights), ratio - 1e-12))
    level = float(demand[min(at, len(demand) - 1)])
    left = float((np.maximum(level - demand, 0.0) * weights).sum())
    short = float((np.maximum(demand - level, 0.0) * weights).sum())
    return Newsvendor(level, over * left + under * short, ratio)


def normal_loss(level: float, mean: float, sd: float) -> float:
    """Expected units short of a level under normal demand, n(x) = sigma (phi(z) - z (1 - Phi(z))), equation (C.31).

    Args:
        level: Units [x].
        mean: Mean demand.
        sd: Standard deviation, above 0.

    Returns:
        Units.

    Raises:
        ValueError: The deviation is not above 0, or a number is none.
    """
    distance = _distance(level, mean, sd)
    # Far out the difference is all rounding, and may be below 0.
    return sd * max(0.0, _STANDARD.pdf(distance) - distance * _upper_tail(distance))


def normal_second_loss(level: float, mean: float, sd: float) -> float:
    """Half the mean square of the units short, sigma^2 / 2 ((z^2 + 1)(1 - Phi(z)) - z phi(z)), equation (C.33)."""
    distance = _distance(level, mean, sd)
    tail = (distance * distance + 1.0) * _upper_tail(distance) - distance * _STANDARD.pdf(distance)
    return sd * sd * max(0.0, tail) / 2.0


def _distance(level: float, mean: float, sd: float) -> float:
    distance = (level - mean) / positive("sd", sd)
    if not math.isfinite(distance):
        raise ValueError(f"level and mean must be finite, got {level!r} and {mean!r}")
    return distance


def _upper_tail(distance: float) -> float:
    """1 - Phi, without cancellation far out."""
    return math.erfc(distance / math.sqrt(2.0)) / 2.0


def _critical_ratio(over: float, under: float) -> float:
    ratio = under / (over + under)
    if not 0.0 < ratio < 1.0:
        raise ValueError(f"holding_cost and shortage_cost must be comparable, got {over!r} and {under!r}")
    return ratio


__all__ = [
    "Margins",
    "Newsvendor",
    "newsvendor_discrete",
    "newsvendor_lognormal",
    "newsvendor_normal",
    "newsvendor_poisson",
    "normal_loss",
    "normal_second_loss",
]
