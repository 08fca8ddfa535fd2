"""The life of a SKU: launch ramp, days on sale, clearance after delisting (mechanism T5)."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from scenarios import Response, Scenario
from sim.axes import Axes, BoolArray
from sim.kernels.elementary import exp, log
from sim.market.calendar import Window, block_for_class

FloatArray = npt.NDArray[np.float64]

ON_SALE = 1
IN_CLEARANCE = 2

FIRST_ORDER_DAYS = 14
"""Days before its launch from which a SKU may be ordered, so that shelves are full on the first day."""
CLEARANCE_DAYS = 28
"""Days that a delisted SKU stays on sale when no `policy.delisting` says for how long."""
LEVEL_REACHED = 0.99
"""Share of the Bass curve's saturation that counts as the level of demand."""


def sale_states(scenario: Scenario, axes: Axes, window: Window) -> npt.NDArray[np.int8]:
    """State per day and SKU, shape (days, skus): 0 not on sale, 1 on sale, 2 in clearance after delisting."""
    delisting = scenario.policy.delisting
    clearance_days = CLEARANCE_DAYS if delisting is None else delisting.clearance_days
    states = np.full((window.days, axes.skus), ON_SALE, dtype=np.int8)
    for sku, launch, delist in _dated(scenario, axes):
        if delist is not None:
            stop = window.day(delist)
            states[window.row(stop) :, sku] = IN_CLEARANCE
            states[window.row(stop + clearance_days) :, sku] = 0
        if launch is not None:
            states[: window.row(window.day(launch)), sku] = 0
    return states


def orderable_days(scenario: Scenario, axes: Axes, window: Window) -> BoolArray:
    """Whether stores may order a SKU, shape (days, skus): from two weeks before launch until delisting."""
    allowed = np.ones((window.days, axes.skus), dtype=np.bool_)
    for sku, launch, delist in _dated(scenario, axes):
        if launch is not None:
            allowed[: window.row(window.day(launch) - FIRST_ORDER_DAYS), sku] = False
        if delist is not None:
            allowed[window.row(window.day(delist)) :, sku] = False
    return allowed


def apply_launch_ramps(factors: FloatArray, scenario: Scenario, axes: Axes, window: Window) -> None:
    """Multiply factors (days, skus) by the launch ramp of each new SKU, in place."""
    for sku, launch, _ in _dated(scenario, axes):
        if launch is None:
            continue
        class_id = axes.class_ids[axes.class_of_sku[sku]]
        response = block_for_class(scenario.demand.responses, class_id) or Response()
        first = window.day(launch)
        for row in range(window.row(first), window.row(first + response.launch_days)):
            age = window.first_day + row - first
            factors[row, sku] *= launch_share(age, response.launch_days, response.launch_imitation)


def launch_share(days_since_launch: int, launch_days: int, imitation: float) -> float:
    """Demand of a new SKU over its level, at the middle of a day, rising from 0 to 1 over `launch_days`.

    The cumulative curve of Bass (1969, Management Science 15, eq. 9), F(t) = (1 - z) / (1 + k z) with
    z = exp(-(p + q) t) and k = q / p, over its value 0.99 at `launch_days`, which fixes p + q.

    Args:
        days_since_launch: 0 on the first day on sale.
        launch_days: days until demand reaches its level.
        imitation: k, imitation over innovation; 0 is an exponential approach.
    """
    time = (days_since_launch + 0.5) / launch_days
    if time >= 1.0:
        return 1.0
    decay = exp(log((1.0 - LEVEL_REACHED) / (1.0 + imitation * LEVEL_REACHED)) * time)
    return (1.0 - decay) / (1.0 + imitation * decay) / LEVEL_REACHED


def _dated(scenario: Scenario, axes: Axes) -> list[tuple[int, date | None, date | None]]:
    """SKUs with a launch or delisting date: index, launch, delisting."""
    table = scenario.assortment.skus
    launches, delistings = axes.ordered(table["launch_date"]), axes.ordered(table["delist_date"])
    rows = enumerate(zip(launches, delistings, strict=True))
    return [
        (sku, launch, delist) for sku, (launch, delist) in rows if launch is not None or delist is not None
    ]
