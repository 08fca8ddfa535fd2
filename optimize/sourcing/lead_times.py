"""Safety stock of what several suppliers deliver, from mean and variance of their lead times."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def lead_time_demand_deviation(
    demand: npt.ArrayLike, variance: npt.ArrayLike, mean_days: npt.ArrayLike, variance_days: npt.ArrayLike
) -> FloatArray:
    """Standard deviation of the demand of a random lead time.

    sd = sqrt(E[L] v + d^2 Var[L]), the variance of a sum of a random number of days; Hadley & Whitin (1963), Analysis
    of Inventory Systems, section 3-7.

    Args:
        demand: d, units per day.
        variance: v of the demand of a day.
        mean_days: E[L], the time between reviews included.
        variance_days: Var[L].
    """
    rate = np.asarray(demand, np.float64)
    spread = np.asarray(mean_days, np.float64) * np.asarray(variance, np.float64)
    return np.asarray(np.sqrt(spread + np.square(rate) * np.asarray(variance_days, np.float64)))


def split_deviation(shares: npt.ArrayLike, deviations: npt.ArrayLike) -> float:
    """Largest standard deviation of the inventory level where every order is split in the same shares.

    Under a base-stock policy what is outstanding is the sum over suppliers i of s(i) D(L(i)), the demand of the last
    L(i) days times the share. However these depend on one another, sd(sum) <= sum of s(i) sd(D(L(i))), by the
    triangle inequality: equal for one supplier, and where all move together. Being linear in the shares it can be
    optimised. Splitting is worth more than it says where lead times are independent (Sculli & Wu 1981, "Stock control
    with two suppliers and normal lead times", JORS 32(11), 1003-1009).

    Args:
        shares: (suppliers,) adding up to 1.
        deviations: (suppliers,) of `lead_time_demand_deviation`.
    """
    return float(np.asarray(shares, np.float64) @ np.asarray(deviations, np.float64))


def mixture_moments(
    shares: npt.ArrayLike, mean_days: npt.ArrayLike, variance_days: npt.ArrayLike
) -> tuple[float, float]:
    """Mean and variance of the lead time of a unit that comes from supplier i with probability s(i).

    E[L] = sum s(i) m(i), Var[L] = sum s(i) (w(i) + m(i)^2) - E[L]^2: the law of total variance. For orders that go to
    one supplier each, in turn; `split_deviation` is for orders that are split.
    """
    share, mean, variance = (np.asarray(values, np.float64) for values in (shares, mean_days, variance_days))
    middle = float(share @ mean)
    return middle, float(share @ (variance + np.square(mean)) - middle * middle)


__all__ = ["lead_time_demand_deviation", "mixture_moments", "split_deviation"]
