"""When stores are open, and how a day's demand spreads over the opening hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios import WEEKDAYS, Scenario, Scope
from sim.axes import Axes, BoolArray, IntArray, store_mask
from sim.clock import SECONDS_PER_HOUR, second_of_day
from sim.kernels.tables import hour_table
from sim.market.calendar import Window

HOURS_PER_DAY = 24


@dataclass(frozen=True, eq=False)
class OpeningHours:
    """Opening hours per store, and for each distinct pair of them how demand spreads over the day."""

    opens_second: npt.NDArray[np.int32]
    """(stores,) second of the day."""
    closes_second: npt.NDArray[np.int32]
    """(stores,) second of the day."""
    profile_of_store: IntArray
    """(stores,) row of `hour_cdf`."""
    hour_cdf: npt.NDArray[np.uint64]
    """(profiles, 25) cumulative weight of the hours in steps of 2^-32, see `sim.kernels.draws.hour_table`."""


def opening_hours(scenario: Scenario) -> OpeningHours:
    """Work out opening hours and demand profiles.

    Raises:
        ValueError: `network.hourly_profile` has no weight while a store is open.
    """
    stores = scenario.network.stores
    opens = np.array([second_of_day(hour) for hour in stores["opens_hour"]], dtype=np.int32)
    closes = np.array([second_of_day(hour) for hour in stores["closes_hour"]], dtype=np.int32)
    pairs, profile = np.unique(np.stack((opens, closes), axis=1), axis=0, return_inverse=True)
    tables = np.empty((len(pairs), HOURS_PER_DAY + 1), dtype=np.uint64)
    for row, (first, last) in enumerate(pairs):
        weights = hour_weights(scenario.network.hourly_profile, int(first), int(last))
        if not weights.sum() > 0.0:
            store = stores["store_id"][int(np.flatnonzero(profile == row)[0])]
            raise ValueError(f"`network.hourly_profile` has no weight while store {store} is open")
        hour_table(weights, tables[row])
    return OpeningHours(opens, closes, profile.astype(np.int64), tables)


def hour_weights(profile: Sequence[float], opens_second: int, closes_second: int) -> npt.NDArray[np.float64]:
    """Weight of each clock hour, shape (24,): its weight in the profile times the part of it that is open."""
    edges = np.arange(HOURS_PER_DAY + 1) * SECONDS_PER_HOUR
    open_seconds = np.minimum(edges[1:], closes_second) - np.maximum(edges[:-1], opens_second)
    weights: npt.NDArray[np.float64] = np.asarray(profile) * np.maximum(open_seconds, 0) / SECONDS_PER_HOUR
    return weights


def open_days(scenario: Scenario, axes: Axes, window: Window) -> BoolArray:
    """Whether a store is open on a day, shape (days, stores)."""
    dates = window.dates()
    is_open = np.ones((window.days, axes.stores), dtype=np.bool_)
    for closure in scenario.network.closures:
        shut = np.array([WEEKDAYS[on.weekday()] in closure.weekdays or on in closure.dates for on in dates])
        where = store_mask(Scope(stores=closure.stores, regions=closure.regions), axes)
        is_open[np.logical_and.outer(shut, where)] = False
    return is_open
