"""What a stock solver refuses, said before it begins: argument, place in the array, value, rule."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.stock.cells import Cells, FloatArray, Form, Levels, Unmet

MOST_UNITS = 50_000
"""Largest mean demand of lead time and review, and largest economic order quantity."""
LEAST_MEAN = 1e-12
"""Demand per day below which nothing is asked for."""
LEAST_MONEY, MOST_MONEY = 1e-50, 1e50
"""Amounts other than 0, so that sums of them are numbers."""
MOST_CUSTOMERS = 600
"""With compound demand: P(no demand) stays a number of normal size."""
_MOST_DAYS = 3_650
_MOST_RATIO = 1_000.0
_HIGHEST_SHARE = 1.0 - 1e-9

BoolArray = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64] | npt.NDArray[np.int64]


def check_cells(cells: Cells) -> None:
    """Refuse what no solver can work with.

    Raises:
        ValueError: shapes differ, or a value is NaN, infinite, negative, out of range.
    """
    size = cells.size
    for name, values in vars(cells).items():
        if isinstance(values, np.ndarray):
            if values.shape != (size,):
                raise ValueError(f"cells.{name} has shape {values.shape}, must be ({size},) as mean_per_day")
            refuse(
                f"cells.{name}", values, ~np.isfinite(values) | (values < 0), "must be finite and at least 0"
            )
    refuse("cells.review_days", cells.review_days, cells.review_days < 1, "must be at least 1")
    refuse("cells.case_units", cells.case_units, cells.case_units < 1, "must be at least 1")
    days = cells.lead_time_days + cells.review_days
    refuse(
        "cells.lead_time_days",
        cells.lead_time_days,
        days > _MOST_DAYS,
        f"with the review at most {_MOST_DAYS}",
    )
    refuse("cells.fifo_share", cells.fifo_share, cells.fifo_share > 1.0, "must be at most 1")
    ratio = variance_to_mean(cells)
    rule = f"must be at most {_MOST_RATIO:g} times the mean"
    refuse("cells.variance_per_day", cells.variance_per_day, ratio > _MOST_RATIO, rule)
    rule = f"at most {MOST_UNITS:,} units between order and next delivery: count in larger units"
    refuse("cells.mean_per_day", cells.mean_per_day, cells.mean_per_day * days > MOST_UNITS, rule)
    rule = f"must be at most {MOST_UNITS:,}: count in larger units"
    for name in ("case_units", "minimum_order_units"):
        refuse(f"cells.{name}", getattr(cells, name), getattr(cells, name) > MOST_UNITS, rule)


def check_costs(cells: Cells, *, needs_shortage_cost: bool) -> None:
    """Refuse costs under which there is no best policy, or only one of immense orders.

    Args:
        cells: checked cells.
        needs_shortage_cost: no target is given.

    Raises:
        ValueError: holding is free; backorders are free; orders would be immense.
    """
    moves = cells.mean_per_day >= LEAST_MEAN
    for name in ("holding_cost", "order_cost", "shortage_cost", "waste_cost"):
        check_money(f"cells.{name}", getattr(cells, name))
    refuse("cells.holding_cost", cells.holding_cost, moves & (cells.holding_cost <= 0.0), "must be above 0")
    if needs_shortage_cost and cells.unmet is Unmet.BACKORDER:
        free = moves & (cells.shortage_cost <= 0.0)
        refuse("cells.shortage_cost", cells.shortage_cost, free, "must be above 0 where no target is given")
    dearest = cells.holding_cost
    if needs_shortage_cost and cells.unmet is Unmet.BACKORDER:
        dearest = 1.0 / (
            1.0 / np.where(moves, dearest, 1.0) + 1.0 / np.where(moves, cells.shortage_cost, 1.0)
        )
    large = moves & (2.0 * cells.order_cost * cells.mean_per_day > float(MOST_UNITS) ** 2 * dearest)
    rule = f"orders of more than {MOST_UNITS:,} units would be best: count in larger units"
    refuse("cells.order_cost", cells.order_cost, large, rule)
    steep = moves & (cells.shortage_cost > 1e9 * cells.holding_cost)
    refuse("cells.shortage_cost", cells.shortage_cost, steep, "must be at most 1e9 times the holding cost")


def check_money(name: str, values: FloatArray) -> None:
    """Refuse amounts that are neither 0 nor of a size that can be summed.

    Raises:
        ValueError: there is one.
    """
    odd = (values > MOST_MONEY) | ((values != 0.0) & (values < LEAST_MONEY))
    refuse(name, values, odd, f"must be 0, or between {LEAST_MONEY:g} and {MOST_MONEY:g}")


def check_levels(cells: Cells, form: Form, levels: Levels) -> None:
    """Refuse levels that are none of this form.

    Raises:
        ValueError: shapes differ; the level is not above the reorder point; a lot is below 1 unit.
    """
    for name, values in vars(levels).items():
        if values.shape != (cells.size,):
            raise ValueError(f"levels.{name} has shape {values.shape}, must be ({cells.size},)")
        rule = f"must be between -{MOST_UNITS:,} and {2 * MOST_UNITS:,}"
        refuse(f"levels.{name}", values, (values < -MOST_UNITS) | (values > 2 * MOST_UNITS), rule)
    if form is Form.REORDER_QUANTITY:
        quantity = levels.order_quantity
        refuse("levels.order_quantity", quantity, quantity < 1, "must be at least 1")
    elif form is Form.MIN_MAX:
        low = levels.order_up_to <= levels.reorder_point
        refuse("levels.order_up_to", levels.order_up_to, low, "must be above the reorder point")


def check_share(cells: Cells, share: FloatArray) -> None:
    """Refuse targets that nothing reaches.

    Raises:
        ValueError: wrong shape; a share not between 0 and 1, or so close to 1 that it cannot be told from it.
    """
    if share.shape != (cells.size,):
        raise ValueError(f"share has shape {share.shape}, must be ({cells.size},)")
    outside = ~((share > 0.0) & (share <= _HIGHEST_SHARE))
    refuse("share", share, outside, f"must be above 0 and at most {_HIGHEST_SHARE!r}")


def check_order_sizes(cells: Cells, order_sizes: FloatArray | None) -> FloatArray:
    """Refuse probabilities that are none.

    Args:
        cells: checked cells.
        order_sizes: (n, m) probabilities of 1, 2, ..., m units a customer, or None.

    Returns:
        The same; (n, 0) for None.

    Raises:
        ValueError: wrong shape, not probabilities, too many customers.
    """
    if order_sizes is None:
        return np.zeros((cells.size, 0))
    sizes = np.asarray(order_sizes, np.float64)
    if sizes.ndim != 2 or len(sizes) != cells.size or sizes.shape[1] == 0:
        raise ValueError(f"order_sizes has shape {sizes.shape}, must be ({cells.size}, m) with m at least 1")
    total = sizes.sum(axis=1)
    wrong = ~(np.abs(total - 1.0) <= 1e-9) | ~(sizes >= 0.0).all(axis=1)
    refuse("order_sizes", total, wrong, "must be probabilities, at least 0, that sum to 1")
    units = (sizes * np.arange(1, sizes.shape[1] + 1)).sum(axis=1)
    customers = cells.mean_per_day / units * (cells.lead_time_days + cells.review_days)
    rule = f"at most {MOST_CUSTOMERS} customers between order and next delivery where their orders have sizes"
    refuse("cells.mean_per_day", cells.mean_per_day, customers > MOST_CUSTOMERS, rule)
    return sizes


def variance_to_mean(cells: Cells) -> FloatArray:
    """(n,) ratio of variance to mean of a day's demand; 1 where nothing is asked for."""
    moves = cells.mean_per_day >= LEAST_MEAN
    return np.divide(cells.variance_per_day, cells.mean_per_day, out=np.ones(cells.size), where=moves)


def refuse(name: str, values: Numbers, is_bad: BoolArray, rule: str) -> None:
    """Raise for the first bad value.

    Raises:
        ValueError: there is one.
    """
    if is_bad.any():
        first = int(np.flatnonzero(is_bad)[0])
        raise ValueError(f"{name}[{first}] is {values[first]}: {rule}")


__all__ = [
    "MOST_UNITS",
    "check_cells",
    "check_costs",
    "check_levels",
    "check_share",
    "refuse",
    "variance_to_mean",
]
