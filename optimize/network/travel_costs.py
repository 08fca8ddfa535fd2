"""What travel costs by a curve, and how far is too far."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.arguments import LARGEST, FloatArray, floats, numbers
from optimize.network.cover_model import BoolArray


def travel_matrix(name: str, travel: npt.ArrayLike) -> FloatArray:
    """Travel between customers and sites.

    Args:
        name: of the argument, for the message.
        travel: (customers, sites) in any unit; infinite = not connected.

    Raises:
        ValueError: The shape is another, or a number is negative, too large or none.
    """
    matrix = floats(name, travel)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(
            f"{name} must have one row per customer and one column per site, got shape {matrix.shape}"
        )
    wrong = ~((matrix >= 0) & ((matrix <= LARGEST) | np.isposinf(matrix)))
    if wrong.any():
        customer, site = np.argwhere(wrong)[0].tolist()
        raise ValueError(
            f"{name}[{customer}, {site}] must be at least 0, at most {LARGEST:g} or infinite, "
            f"got {matrix[customer, site]:g}"
        )
    return matrix


def within(distance: npt.ArrayLike, radius: npt.ArrayLike) -> BoolArray:
    """Which site is near enough to which customer.

    Args:
        distance: (customers, sites); infinite = not connected.
        radius: how far is near enough, one for all or one per customer; in the same unit.

    Returns:
        (customers, sites)

    Raises:
        ValueError: An argument is wrong.
    """
    matrix = travel_matrix("distance", distance)
    limits = floats("radius", radius)
    limits = numbers("radius", np.full(len(matrix), limits) if limits.ndim == 0 else limits, 0.0, len(matrix))
    near: BoolArray = matrix <= limits[:, None]
    return near


def cost_of_travel(
    travel: npt.ArrayLike, at: npt.ArrayLike, costs: npt.ArrayLike, radius: float | None = None
) -> FloatArray:
    """Turn distances or times into costs by a piecewise linear curve, for `p_median`.

    Args:
        travel: (customers, sites) distance or time; infinite = not connected.
        at: (points,) travel at which the curve is given, rising; below the first it costs what the first does, beyond
            the last the curve goes on as between the last two.
        costs: (points,) cost at each of them, not falling.
        radius: beyond it nobody is served; None = no such limit.

    Returns:
        (customers, sites) cost; infinite where a site cannot serve.

    Raises:
        ValueError: An argument is wrong.
    """
    matrix = travel_matrix("travel", travel)
    points, values = numbers("at", at), numbers("costs", costs)
    if len(points) != len(values):
        raise ValueError(f"costs has {len(values)} entries, not one for each of the {len(points)} of at")
    if (np.diff(points) <= 0).any() or (np.diff(values) < 0).any():
        raise ValueError("at must rise from point to point, and costs must not fall")
    finite = np.where(np.isfinite(matrix), matrix, 0.0)
    cost: FloatArray = np.interp(finite, points, values)
    if len(points) > 1:
        slope = (values[-1] - values[-2]) / (points[-1] - points[-2])
        cost += slope * np.maximum(finite - points[-1], 0.0)
    limit = np.inf if radius is None else numbers("radius", [radius])[0]
    cost[~np.isfinite(matrix) | (matrix > limit)] = np.inf
    return cost


__all__ = ["cost_of_travel", "travel_matrix", "within"]
