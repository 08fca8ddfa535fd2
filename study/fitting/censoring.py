"""Demand behind a stock-out: moments of demand given that it was at least what was sold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

MAX_LOST_INFORMATION = 0.98
POISSON_BELOW = 1e-6


@dataclass(frozen=True, eq=False)
class CensoredMoments:
    """Per observation, under the fitted distribution."""

    mean: Numbers
    """Expected demand given what was seen; the sales themselves where nothing was censored."""
    variance: Numbers
    """Variance of demand given what was seen; 0 where nothing was censored."""
    lost_information: Numbers
    """Share of the information on log(mean) that censoring took away, 0..1."""


def censored_moments(
    units: Numbers, censored: npt.NDArray[np.bool_], mean: Numbers, variance_to_mean: float
) -> CensoredMoments:
    """Moments of demand D given D >= units where censored, D = units elsewhere.

    D is Poisson when `variance_to_mean` is 1, else negative binomial with size mean / (v - 1) and success
    probability 1 / v, so that Var D = v * mean. With S_r the survival function of the same distribution at
    size r,

        E[D 1(D >= s)]        = mean * P(D_{r+1} >= s - 1)
        E[D (D-1) 1(D >= s)]  = mean * (mean + v - 1) * P(D_{r+2} >= s - 2),

    which follow from the recursion k p_r(k) = r (v - 1) p_{r+1}(k - 1); in the Poisson case all sizes are
    infinite. The derivative of E[D | D >= s] with respect to log(mean) is taken as Var(D | D >= s) / v, exact
    for the Poisson (an exponential family).

    Args:
        units: units sold, shape (n,).
        censored: whether the shelf ran empty, shape (n,).
        mean: mean demand, shape (n,).
        variance_to_mean: v >= 1.
    """
    expected, variance, lost = units.copy(), np.zeros_like(units), np.zeros_like(units)
    rows = np.flatnonzero(censored)
    if not rows.size:
        return CensoredMoments(expected, variance, lost)
    sold, mu = np.ceil(units[rows]), mean[rows]
    tails = [_at_least(sold - k, mu, variance_to_mean, k) for k in range(3)]
    with np.errstate(divide="ignore", invalid="ignore"):
        first = mu * tails[1] / tails[0]
        second = mu * (mu + variance_to_mean - 1.0) * tails[2] / tails[0]
    # Far out in the tail the ratio is 0/0: there demand is hardly more than what was sold.
    lost_in_tail = ~(np.isfinite(first) & np.isfinite(second)) | (tails[0] < 1e-250)
    first = np.where(lost_in_tail, sold, np.maximum(first, sold))
    spread = np.where(lost_in_tail, 0.0, np.maximum(second + first - first**2, 0.0))
    expected[rows], variance[rows] = first, spread
    lost[rows] = np.clip(spread / (variance_to_mean * mu), 0.0, MAX_LOST_INFORMATION)
    return CensoredMoments(expected, variance, lost)


def expected_sales(mean: Numbers, variance_to_mean: Numbers, limit: Numbers) -> Numbers:
    """E[min(D, limit)]: what a shelf with `limit` units sells of demand D.

    Args:
        mean: mean demand, shape (n,).
        variance_to_mean: of demand, shape (n,).
        limit: units on the shelf, shape (n,); infinite where they are plenty.
    """
    sales = mean.copy()
    rows = np.flatnonzero(np.isfinite(limit))
    stock, mu, ratio = np.floor(limit[rows]), mean[rows], variance_to_mean[rows]
    below = mu * (1.0 - _at_least(stock - 1.0, mu, ratio, 1))
    sales[rows] = below + stock * _at_least(stock, mu, ratio, 0)
    return sales


def _at_least(count: Numbers, mean: Numbers, variance_to_mean: float | Numbers, shift: int) -> Numbers:
    """P(D >= count) for the negative binomial whose size is raised by `shift`, or the Poisson at ratio 1."""
    from scipy import special

    excess = np.maximum(variance_to_mean, 1.0 + POISSON_BELOW) - 1.0
    at = np.maximum(count, 1.0)
    if np.all(excess <= POISSON_BELOW):
        survival = special.gammainc(at, mean)
    else:
        survival = special.betainc(at, mean / excess + shift, excess / (1.0 + excess))
    return np.where(count > 0, survival, 1.0)
