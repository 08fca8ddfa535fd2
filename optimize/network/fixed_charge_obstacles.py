"""Why no choice of sites serves all points, as far as it can be told without a search."""

from __future__ import annotations

import numpy as np

from optimize.network.fixed_charge import FixedCharge
from optimize.network.results import UnservedCustomer


def obstacles(problem: FixedCharge, is_whole: bool) -> tuple[UnservedCustomer, ...]:
    """Points that no plan can serve, with the smallest change that would let them be served where it is known."""
    may_open = np.ones(problem.sites, np.bool_)
    may_open[list(problem.closed)] = False
    allowed = np.isfinite(problem.cost) & may_open
    nearer = "a site nearer to it, or a longer radius"
    found = [
        UnservedCustomer(point, "no site may serve it", nearer)
        for point in np.flatnonzero(~allowed.any(axis=1)).tolist()
    ]
    if problem.capacity is None:
        return tuple(found)
    if is_whole:
        largest = np.where(allowed, problem.capacity, 0.0).max(axis=1)
        for point in np.flatnonzero(allowed.any(axis=1) & (problem.demand > largest)).tolist():
            demand = problem.demand[point]
            reason = f"its demand of {demand:g} is above the capacity of every site that may serve it"
            found.append(
                UnservedCustomer(point, reason, f"a capacity of {demand:g} instead of {largest[point]:g}")
            )
    most = problem.sites if problem.most_sites is None else problem.most_sites
    capacity = float(np.sort(problem.capacity[may_open])[::-1][:most].sum())
    demand = float(problem.demand.sum())
    if capacity < demand and not found:
        short = f"all sites together hold {capacity:g} of a demand of {demand:g}"
        last = int(np.argmax(problem.demand))
        found.append(UnservedCustomer(last, short, f"{demand - capacity:g} more capacity"))
    return tuple(sorted(found, key=lambda entry: entry.customer))


__all__ = ["obstacles"]
