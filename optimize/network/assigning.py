"""Who is served by which open site, and what would serve the others."""

from __future__ import annotations

import math

import numpy as np

from optimize.arguments import FloatArray, IntArray
from optimize.network.cover_model import BoolArray
from optimize.network.results import NOBODY, UnservedCustomer
from optimize.network.site_rules import CLOSED, CheckedRules


def nearest_open(distance: FloatArray, open_sites: tuple[int, ...], covers: BoolArray) -> IntArray:
    """The nearest open site of each customer that covers it, the first of several; `NOBODY` for none."""
    if not open_sites:
        return np.full(len(distance), NOBODY)
    sites = np.array(open_sites)
    near = np.where(covers[:, sites], distance[:, sites], np.inf)
    nearest = sites[np.argmin(near, axis=1)]
    assigned: IntArray = np.where(covers[:, sites].any(axis=1), nearest, NOBODY)
    return assigned


def beyond(customer: int, distance: FloatArray, times: int, rules: CheckedRules) -> UnservedCustomer:
    """Why a customer has no site, or too few, within the radius, and which radius would do.

    Args:
        customer: its row.
        distance: (sites,) from it.
        times: how many sites it has to have.
        rules: which may open.
    """
    able = np.sort(distance[rules.kind != CLOSED])
    if times > len(able) or not math.isfinite(able[times - 1]):
        return UnservedCustomer(customer, f"fewer than {times} sites that may open are connected with it")
    return UnservedCustomer(customer, "beyond the radius", f"radius {able[times - 1]:.10g}")


__all__ = ["beyond", "nearest_open"]
