"""Bullwhip: how order-up-to levels that follow a moving average magnify the variance of demand.

Conditions. Every evening the store orders up to T days of the mean sales of the last p days; T is lead time + one
review + days of cover. Sales equal demand, as stock never runs out, and no order is cut off at zero, as the mean is
high enough: both are asserted. Levels are rounded up to whole units, which adds at most 1/6 to a variance of hundreds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.records import Day
from tests.theory.closed_forms import moving_average_bullwhip
from tests.theory.evidence import FloatArray, assert_proves
from tests.theory.worlds import BUG, observe, world

LEAD_TIME_DAYS = 2
REVIEW_DAYS = 1
WARM_UP_DAYS = 60


def _ratios(
    mean: float, cover_days: float, window_days: int, days: int, copies: int, skus: int, **terms: Any
) -> FloatArray:
    """Observations of variance of orders over variance of demand, one per store and class.

    Args:
        mean: units a day of all SKUs of a class at a store.
        cover_days: T.
        window_days: p.
        days: days observed.
        copies: classes.
        skus: SKUs, equally many in each class.
        terms: of the world.

    The ratio of two means is taken by its linear part around the pooled ratio.
    """
    mode = {"kind": "days_of_cover", "cover_days": cover_days - LEAD_TIME_DAYS - REVIEW_DAYS}
    forecaster = {"kind": "moving_average", "days": window_days}
    scenario = world(
        mode=mode,
        units_per_day=mean * copies / skus,
        lead_time_days=LEAD_TIME_DAYS,
        days=days,
        warm_up_days=WARM_UP_DAYS,
        policy={"replenishment": [{"mode": mode, "forecaster": forecaster}]},
        classes=copies,
        skus=skus,
        **terms,
    )
    panel = observe(scenario).result.panels.day[WARM_UP_DAYS:].astype(np.float64)
    orders, demand = (panel[..., measure].reshape(days, -1) for measure in (Day.ORDERED, Day.DEMAND))
    assert orders.min() > 0
    assert panel[..., Day.BACKORDERED].max() == 0
    numerator, denominator = ((series - mean) ** 2 for series in (orders, demand))
    ratio = numerator.mean() / denominator.mean()
    return ratio + (numerator - ratio * denominator).mean(axis=0) / denominator.mean()


@pytest.mark.parametrize(("cover_days", "window_days"), [(10, 10), (8, 10)])
def test_independent_days(cover_days: int, window_days: int) -> None:
    """Chen et al. (2000), lemma 2.2: 1 + 2 T / p + 2 (T / p)^2. The bug is a level that covers 2% more days."""
    truth = moving_average_bullwhip(cover_days, window_days)
    size = {"days": 750, "copies": 300, "skus": 300}
    sound = _ratios(400.0, cover_days, window_days, **size)
    assert_proves(truth, sound, _ratios(400.0, cover_days * BUG, window_days, **size))


def test_autocorrelated_days() -> None:
    """Demand is Poisson given a rate that follows an autoregression: its autocovariance at p days damps the bullwhip.

    With rate m (1 + x) shared by the SKUs of a store, x of standard deviation s and autocorrelation f, demand has
    variance m + m^2 s^2 and autocovariance m^2 s^2 f^k at lag k. The bug is a level that covers 2% more days.
    """
    mean, deviation, persistence, cover_days, window_days = 1_000.0, 0.05, 0.7, 6, 5
    shared = (mean * deviation) ** 2
    truth = moving_average_bullwhip(cover_days, window_days, mean + shared, shared * persistence**window_days)
    shock = {"shock": {"level": "store", "standard_deviation": deviation, "persistence": persistence}}
    size = {"days": 1_000, "copies": 1, "skus": 2, "stores": 300, "demand": shock}
    sound = _ratios(mean, cover_days, window_days, **size)
    assert_proves(truth, sound, _ratios(mean, cover_days * BUG, window_days, **size), widest=0.01)
