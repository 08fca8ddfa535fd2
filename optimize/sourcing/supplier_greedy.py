"""A constructive rule for the supplier split: the cheapest suppliers with room, item by item."""

from __future__ import annotations

import numpy as np

from optimize.sourcing.supplier_terms import BoolArray, FloatArray, SplitRules, SupplierTerms

_NOTHING = 1e-9


def greedy_shares(terms: SupplierTerms, rules: SplitRules, allowed: BoolArray) -> FloatArray:
    """Shares by a rule, for when a search finds nothing in its work limit.

    Items in the order of their value; each takes as many of its cheapest suppliers with room as it needs, and of the
    first of them as much as it may. Price steps are not looked at, minimum orders not made sure of.

    Args:
        terms: facts.
        rules: what to keep.
        allowed: (modes, suppliers, items).

    Returns:
        (modes, suppliers, items).
    """
    cost: FloatArray = np.where(allowed, np.sum(list(terms.unit_costs().values()), axis=0), np.inf)
    room = terms.capacity.copy()
    shares = np.zeros(allowed.shape)
    cheapest = np.where(np.isfinite(cost), cost, 0.0).max(axis=(0, 1))
    for item in np.argsort(-cheapest, kind="stable").tolist():
        units = float(terms.units[item])
        best = cost[:, :, item].min(axis=0)
        mode = cost[:, :, item].argmin(axis=0)
        order = [i for i in np.argsort(best, kind="stable").tolist() if np.isfinite(best[i])]
        able = [i for i in order if room[i] >= rules.minimum_share * units]
        chosen = _enough(able, units, room, rules)
        if not chosen:
            continue
        highest = rules.maximum_share if len(order) > 1 else 1.0
        taken = dict.fromkeys(chosen, rules.minimum_share if len(chosen) > 1 else 0.0)
        for supplier in chosen:
            most = min(highest, room[supplier] / units if units > 0 else 1.0)
            taken[supplier] += max(0.0, min(1.0 - sum(taken.values()), most - taken[supplier]))
        for supplier, share in taken.items():
            shares[mode[supplier], supplier, item] = share
            room[supplier] -= share * units
    return shares


def _enough(able: list[int], units: float, room: FloatArray, rules: SplitRules) -> list[int]:
    """The first suppliers that can together bring what is needed, no more than there may be."""
    for number in range(min(rules.least_sources, len(able)), min(rules.most_sources, len(able)) + 1):
        chosen = able[:number]
        if sum(min(rules.maximum_share * units, room[i]) for i in chosen) >= units - _NOTHING:
            return chosen
    return able[: rules.most_sources]


__all__ = ["greedy_shares"]
