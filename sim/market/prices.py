"""Regular prices by day, the price elasticity of each SKU, and how demand answers the regular price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios import Response, Scenario
from sim.axes import Axes, BoolArray, positions, to_minor
from sim.kernels.elementary import power
from sim.market.calendar import Window, block_for_class

FloatArray = npt.NDArray[np.float64]

_LARGEST_PRICE_MINOR = np.iinfo(np.int32).max


@dataclass(frozen=True)
class PriceStep:
    """A stretch of days on which a SKU has a regular price other than that of the SKU table."""

    sku: int
    first_row: int
    stop_row: int
    price: float
    """In units of currency."""
    ratio: float
    """Over the price of the SKU table."""


def price_steps(scenario: Scenario, axes: Axes, window: Window) -> tuple[PriceStep, ...]:
    """Changes of regular prices, as far as they touch the window."""
    changes = scenario.demand.price_changes
    if changes is None:
        return ()
    index = positions(axes.sku_ids)
    table_price = axes.ordered(scenario.assortment.skus["price"])
    rows = zip(changes["sku_id"], changes["from_date"], changes["price"], strict=True)
    ordered = sorted(
        (index[sku_id], window.day(from_date), float(price)) for sku_id, from_date, price in rows
    )
    steps = []
    for (sku, day, price), following in zip(ordered, [*ordered[1:], (-1, 0, 0.0)], strict=True):
        first = window.row(day)
        stop = window.row(following[1]) if following[0] == sku else window.days
        if first < stop:
            steps.append(PriceStep(sku, first, stop, price, price / float(table_price[sku])))
    return tuple(steps)


def regular_prices_minor(steps: tuple[PriceStep, ...], axes: Axes, days: int) -> npt.NDArray[np.int32]:
    """Regular price per day and SKU in minor units, shape (days, skus).

    Raises:
        ValueError: a price has more than 2^31 - 1 minor units.
    """
    highest = max(int(axes.price_minor.max(initial=0)), *(int(to_minor(step.price)) for step in steps), 0)
    if highest > _LARGEST_PRICE_MINOR:
        raise ValueError(
            f"a price of {highest:,} minor units is above {_LARGEST_PRICE_MINOR:,}; use a larger unit"
        )
    prices = np.empty((days, axes.skus), dtype=np.int32)
    prices[:] = axes.price_minor
    for step in steps:
        prices[step.first_row : step.stop_row, step.sku] = to_minor(step.price)
    return prices


def price_elasticities(scenario: Scenario, axes: Axes) -> FloatArray:
    """Own-price elasticity per SKU, shape (skus,): its own, else that of its class."""
    own = axes.ordered(scenario.assortment.skus["price_elasticity"])
    by_class = np.array([response.price_elasticity for response in class_responses(scenario, axes)])
    return np.where(own != 0.0, own, by_class[axes.class_of_sku])


def class_responses(scenario: Scenario, axes: Axes) -> tuple[Response, ...]:
    """The response to price, promotion and launch of each class."""
    responses = scenario.demand.responses
    return tuple(block_for_class(responses, class_id) or Response() for class_id in axes.class_ids)


def apply_price_response(factors: FloatArray, steps: tuple[PriceStep, ...], elasticity: FloatArray) -> None:
    """Multiply factors (days, skus) by (regular price / table price) ** elasticity, in place."""
    for step in steps:
        exponent = float(elasticity[step.sku])
        factors[step.first_row : step.stop_row, step.sku] *= power(step.ratio, exponent)


def apply_clearance_response(
    factors: FloatArray, in_clearance: BoolArray, discount: float, elasticity: FloatArray
) -> None:
    """Multiply factors (days, skus) by (1 - discount) ** elasticity on the days of clearance, in place."""
    for sku in np.flatnonzero(in_clearance.any(axis=0)):
        factors[in_clearance[:, sku], sku] *= power(1.0 - discount, float(elasticity[sku]))
