"""Compiled fast interchange: one open site for a closed one, as long as that is cheaper."""

from __future__ import annotations

import numpy as np

from optimize.arguments import FloatArray, IntArray
from optimize.compilation import compiled
from optimize.network.p_median_kernels import Allowed, ByteArray
from optimize.network.site_rules import CLOSED, OPEN

_CLOSE = 1e-10


@compiled
def nearest_two(
    cost: FloatArray, chosen: IntArray, customer: int, nearest: FloatArray, which: IntArray
) -> None:
    """Write cost of, and place in `chosen` of, a customer's two nearest open sites."""
    first, second = np.inf, np.inf
    one, two = -1, -1
    for place in range(chosen.shape[0]):
        here = cost[chosen[place], customer]
        if here < first:
            first, second, one, two = here, first, place, one
        elif here < second:
            second, two = here, place
    nearest[0, customer], nearest[1, customer] = first, second
    which[0, customer], which[1, customer] = one, two


@compiled
def interchange(
    cost: FloatArray, kind: ByteArray, allowed: Allowed, chosen: IntArray, nearest: FloatArray, which: IntArray,
    loss: FloatArray, steps: int, start: int,
) -> tuple[float, int, int]:  # fmt: skip
    """Bring sites in one after the other, each for the open site whose going costs least (Whitaker, 1983).

    Gain of a site and loss of every open site come from one pass over the customers and their two nearest sites
    (Resende and Werneck, 2007). Ends when no single exchange helps.

    Args:
        cost: (sites, customers), finite.
        kind: (sites,) state of each: open ones stay, closed ones never enter.
        allowed: the allowed sets.
        chosen: (open sites,) the sites to start from; written.
        nearest: (2, customers) room.
        which: (2, customers) room.
        loss: (open sites + regions,) room.
        steps: sites tried at most.
        start: the first to be tried.

    Returns:
        Cost of the sites; how many were tried; the next to be tried, or -1 at the end.
    """
    sites, customers = cost.shape
    wanted, regions = chosen.shape[0], allowed.least.shape[0]
    spare = loss[wanted : wanted + regions]
    is_chosen = 0
    for region in range(regions):
        spare[region] = -allowed.least[region]
    for place in range(wanted):
        spare[allowed.region[chosen[place]]] += 1
    total = 0.0
    for customer in range(customers):
        nearest_two(cost, chosen, customer, nearest, which)
        total += nearest[0, customer]
    tried = idle = 0
    site = start
    while idle < sites and tried < steps:
        is_chosen = 0
        for place in range(wanted):
            if chosen[place] == site:
                is_chosen = 1
        if kind[site] != CLOSED and not is_chosen:
            tried += 1
            gain = 0.0
            for place in range(wanted):
                loss[place] = 0.0
            for customer in range(customers):
                here, first = cost[site, customer], nearest[0, customer]
                if here < first:
                    gain += first - here
                else:
                    loss[which[0, customer]] += min(here, nearest[1, customer]) - first
            leaves = -1
            for place in range(wanted):
                region = allowed.region[chosen[place]]
                if kind[chosen[place]] == OPEN or (spare[region] <= 0 and region != allowed.region[site]):
                    continue
                if leaves < 0 or loss[place] < loss[leaves]:
                    leaves = place
            if leaves >= 0 and gain - loss[leaves] > _CLOSE * total:
                spare[allowed.region[chosen[leaves]]] -= 1
                spare[allowed.region[site]] += 1
                chosen[leaves] = site
                total = 0.0
                for customer in range(customers):
                    here = cost[site, customer]
                    if which[0, customer] == leaves or which[1, customer] == leaves:
                        nearest_two(cost, chosen, customer, nearest, which)
                    elif here < nearest[0, customer]:
                        nearest[1, customer], which[1, customer] = nearest[0, customer], which[0, customer]
                        nearest[0, customer], which[0, customer] = here, leaves
                    elif here < nearest[1, customer]:
                        nearest[1, customer], which[1, customer] = here, leaves
                    total += nearest[0, customer]
                idle = 0
        idle += 1
        site = site + 1 if site + 1 < sites else 0
    return total, tried, -1 if idle >= sites else site


__all__ = ["interchange", "nearest_two"]
