"""Common shocks: what moves all demand of a store, a region or the network from day to day."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from scenarios import Scenario
from sim.axes import Axes
from sim.kernels.compilation import kernel
from sim.kernels.elementary import normal_quantile
from sim.kernels.philox import uniform_draw
from sim.market.calendar import Window
from sim.streams import Purpose, entity_keys, halves, stream_key

Float32Array = npt.NDArray[np.float32]
Words = npt.NDArray[np.uint32]

ANCHOR_DAYS = 512
"""The recursion starts on a date whose ordinal is a multiple of this, at least this long before day 0."""

_STEP = 2.0**-32


def shock_factors(
    scenario: Scenario, axes: Axes, window: Window, seed: int, replication: int
) -> Float32Array:
    """The factor max(0, 1 + x) per day and store, shape (days, stores).

    x is a stationary first-order autoregression, x(t) = phi x(t - 1) + sigma sqrt(1 - phi^2) e(t). Its
    innovations are keyed by the id of the store or region and by the date; it starts from the stationary
    distribution on an anchor date that neither the remembered days nor the length of the horizon move.
    """
    shock = scenario.demand.shock
    if shock.standard_deviation == 0.0:
        return np.ones((window.days, axes.stores), dtype=np.float32)
    names = {"store": axes.store_ids, "region": axes.store_regions, "network": ("",) * axes.stores}[
        shock.level
    ]
    # The level is part of the name: a region may be called like a store.
    labels = [f"{shock.level}:{name}" for name in names]
    distinct = list(dict.fromkeys(labels))
    position = {label: index for index, label in enumerate(distinct)}

    first_ordinal = window.start_date.toordinal()
    anchor = (first_ordinal - ANCHOR_DAYS) // ANCHOR_DAYS * ANCHOR_DAYS
    skipped = first_ordinal + window.first_day - anchor
    factors = np.empty((window.days, len(distinct)), dtype=np.float32)
    _autoregression(
        *halves(entity_keys(distinct)),
        np.uint32(anchor),
        skipped,
        shock.standard_deviation,
        shock.persistence,
        math.sqrt(1.0 - shock.persistence * shock.persistence),
        *stream_key(seed, replication, Purpose.MARKET_SHOCK),
        factors,
    )
    return np.ascontiguousarray(factors[:, [position[label] for label in labels]])


@kernel
def _autoregression(
    entity_low: Words,
    entity_high: Words,
    anchor: np.uint32,
    skipped: int,
    deviation: float,
    persistence: float,
    innovation_share: float,
    k0: np.uint32,
    k1: np.uint32,
    out: Float32Array,
) -> None:
    """Write max(0, 1 + x) into `out` (days, entities), whose first day is `skipped` days after the anchor."""
    for entity in range(entity_low.size):
        x = 0.0
        for step in range(skipped + out.shape[0]):
            index = np.uint32(anchor + np.uint32(step))
            u = uniform_draw(entity_low[entity], entity_high[entity], index, np.uint32(0), k0, k1)
            innovation = deviation * normal_quantile((np.float64(u) + 0.5) * _STEP)
            x = innovation if step == 0 else persistence * x + innovation_share * innovation
            if step >= skipped:
                out[step - skipped, entity] = np.float32(max(0.0, 1.0 + x))
