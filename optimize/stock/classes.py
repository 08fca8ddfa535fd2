"""ABC-XYZ: which SKUs matter and how steadily they sell, and the service level that each class is to reach.

A: the SKUs of highest value that together make up the first 80 % of all value; B: up to 95 %; C: the rest (Silver, Pyke
and Thomas, 2017, Inventory and Production Management in Supply Chains, section 2.2.1). X: coefficient of variation of
demand up to 0.5; Y: up to 1.0; Z: above.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.stock.cells import FloatArray
from scenarios import ServiceTarget

StrArray = npt.NDArray[np.str_]

VALUE_SHARES = (0.80, 0.95)
VARIATION_LIMITS = (0.5, 1.0)


def classes(
    value_per_day: FloatArray,
    coefficient_of_variation: FloatArray,
    value_shares: tuple[float, float] = VALUE_SHARES,
    variation_limits: tuple[float, float] = VARIATION_LIMITS,
) -> StrArray:
    """ABC-XYZ class of SKUs.

    An SKU is A while all SKUs of higher value together make up less than the first share, so the one that crosses the
    border is still A. Equal values are of one class, whatever their order; a value of 0 is always C.

    Args:
        value_per_day: (n,) demand times value of a unit.
        coefficient_of_variation: (n,) standard deviation of demand over its mean; infinite where nothing is sold.
        value_shares: Cumulative shares of value that end A and B.
        variation_limits: Largest coefficients of variation of X and Y.

    Returns:
        (n,) "AX" to "CZ".

    Raises:
        ValueError: an array or border is out of bounds.
    """
    value, variation = (
        np.asarray(column, np.float64) for column in (value_per_day, coefficient_of_variation)
    )
    for name, column in (("value_per_day", value), ("coefficient_of_variation", variation)):
        if column.ndim != 1 or column.shape != value.shape:
            raise ValueError(
                f"{name} must be of one dimension and of length {value.size}, got {column.shape}"
            )
        if np.isnan(column).any() or (column < 0.0).any():
            raise ValueError(f"{name} must be at least 0, got {column[~(column >= 0.0)][0]}")
    if not np.isfinite(value).all():
        raise ValueError("value_per_day must be finite")
    for name, (low, high), most in (
        ("value_shares", value_shares, 1.0),
        ("variation_limits", variation_limits, np.inf),
    ):
        if not 0.0 <= low <= high <= most:
            raise ValueError(f"{name} must rise within 0 and {most}, got {low} and {high}")

    values, which, counts = np.unique(value, return_inverse=True, return_counts=True)
    of_value = values * counts
    higher = np.cumsum(of_value[::-1])[::-1] - of_value
    # A sum of values that meets a border up to rounding has met it.
    met = higher >= np.array(value_shares)[:, None] * of_value.sum() * (1.0 - 1e-12)
    rank = np.where(values > 0.0, met.sum(axis=0), 2)[which]
    steadiness = np.searchsorted(np.array(variation_limits), variation, side="left")
    return np.char.add(np.array(["A", "B", "C"])[rank], np.array(["X", "Y", "Z"])[steadiness])


def target_shares(target: ServiceTarget, codes: StrArray) -> FloatArray:
    """Service level of each SKU: that of its class ("AX"), else of its letter ("A"), else the one for all.

    Args:
        target: Levels by class.
        codes: (n,) classes as from `classes`.
    """
    by_class = target.share_by_class
    share = {str(code): by_class.get(code, by_class.get(code[:1], target.share)) for code in np.unique(codes)}
    return np.array([share[str(code)] for code in codes], np.float64)


__all__ = ["VALUE_SHARES", "VARIATION_LIMITS", "classes", "target_shares"]
