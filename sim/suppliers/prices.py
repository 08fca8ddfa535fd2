"""Purchase prices by date: a mean-reverting random walk of the log price, one per supplier."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scenarios import PriceProcess, Supplier
from sim.kernels.elementary import exp, log, normal_quantile
from sim.streams import Purpose, entity_key, stream_key, uniform_fraction

FloatArray = npt.NDArray[np.float64]

_DAYS_PER_YEAR = 365.0


def price_factors(
    suppliers: Sequence[Supplier], days: int, first_ordinal: int, seed: int, replication: int
) -> FloatArray | None:
    """Price of the day over the list price, (days, suppliers); None where every list price stands.

    The log price x follows dx = -kappa x dt + sigma dW from 0 on the first day (Schwartz, The stochastic behavior
    of commodity prices, Journal of Finance 52, 1997, model 1), stepped exactly from review to review. The factor
    is exp(x - Var x / 2) times the trend, so that its mean is the trend.
    """
    if all(supplier.price is None for supplier in suppliers):
        return None
    factors = np.ones((days, len(suppliers)))
    for index, supplier in enumerate(suppliers):
        if supplier.price is not None:
            factors[:, index] = _path(supplier.price, supplier.id, days, first_ordinal, seed, replication)
    return factors


def _path(
    process: PriceProcess, name: str, days: int, first_ordinal: int, seed: int, replication: int
) -> FloatArray:
    key, entity = stream_key(seed, replication, Purpose.SUPPLIER_PRICE), entity_key(name)
    step_years = process.review_days / _DAYS_PER_YEAR
    speed = process.mean_reversion_per_year
    decay = exp(-speed * step_years)
    spread_years = step_years if speed == 0 else (1.0 - decay * decay) / (2.0 * speed)
    deviation = process.volatility_per_year * math.sqrt(spread_years)
    growth = log(1.0 + process.trend_per_year) * step_years
    path = np.ones(days)
    level = variance = 0.0
    for step, day in enumerate(range(process.review_days, days, process.review_days), start=1):
        draw = normal_quantile(uniform_fraction(key, entity, first_ordinal + day))
        level = decay * level + deviation * draw
        variance = decay * decay * variance + deviation * deviation
        path[day:] = exp(growth * step + level - variance / 2.0)
    return path
