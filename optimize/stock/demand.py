"""Probabilities of demand, as plain arrays."""

from __future__ import annotations

import math

import numpy as np

from optimize.stock.cell_checks import MOST_CUSTOMERS, MOST_UNITS
from optimize.stock.cells import FloatArray
from optimize.stock.demand_kernels import fill_compound, fill_plain, reach_of


def demand_probabilities(mean: float, variance_to_mean: float = 1.0, size: int | None = None) -> FloatArray:
    """Poisson or negative binomial probabilities of 0, 1, 2, ... units.

    Demand of t like days has t times the mean and the same ratio of variance to mean.

    Args:
        mean: units.
        variance_to_mean: at most 1: Poisson; above: negative binomial.
        size: how many probabilities; None: until nothing is left to speak of.

    Returns:
        (size,) probabilities.

    Raises:
        ValueError: a value is out of range.
    """
    if not 0.0 <= mean <= MOST_UNITS:
        raise ValueError(f"mean is {mean}: must be between 0 and {MOST_UNITS:,}")
    if not 0.0 <= variance_to_mean <= 1_000.0:
        raise ValueError(f"variance_to_mean is {variance_to_mean}: must be between 0 and 1,000")
    whole = np.empty(reach_of(mean, variance_to_mean))
    fill_plain(whole, mean, variance_to_mean)
    return _cut(whole, size)


def compound_poisson(customers: float, order_sizes: FloatArray, size: int | None = None) -> FloatArray:
    """Probabilities of 0, 1, 2, ... units that a Poisson number of customers wants: Adelson (1966).

    Args:
        customers: mean number of them, at most 600.
        order_sizes: (m,) probabilities of customers who want 1, 2, ..., m units.
        size: how many probabilities; None: until nothing is left to speak of.

    Returns:
        (size,) probabilities.

    Raises:
        ValueError: a value is out of range.
    """
    sizes = np.ascontiguousarray(order_sizes, np.float64)
    if not 0.0 <= customers <= MOST_CUSTOMERS:
        raise ValueError(f"customers is {customers}: must be between 0 and {MOST_CUSTOMERS}")
    if sizes.ndim != 1 or sizes.size == 0 or not (sizes >= 0.0).all() or abs(sizes.sum() - 1.0) > 1e-9:
        raise ValueError(
            f"order_sizes is {order_sizes}: must be probabilities of 1, 2, ... units that sum to 1"
        )
    mean = customers * math.fsum(sizes * np.arange(1, sizes.size + 1))
    whole = np.empty(max(reach_of(mean, float(sizes.size)), 2))
    fill_compound(whole, customers, sizes)
    return _cut(whole, size)


def _cut(whole: FloatArray, size: int | None) -> FloatArray:
    if size is None:
        return whole
    if size < 1:
        raise ValueError(f"size is {size}: must be at least 1")
    out = np.zeros(size)
    out[: min(size, whole.size)] = whole[:size]
    return out


__all__ = ["compound_poisson", "demand_probabilities"]
