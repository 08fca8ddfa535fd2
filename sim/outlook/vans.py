"""How often a part that a visit needs is expected to be missing on the van."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.aftersales.facts import ServiceFacts
from sim.axes import Axes
from sim.parts.facts import build_part_facts

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_MORE_UNITS = 12
_LEAST_USE = 1e-9


def missing_shares(facts: ServiceFacts, axes: Axes, use_per_day: FloatArray) -> FloatArray:
    """(stations, modes) visits of a failure that need a part and do not find it on the van, over all its visits.

    Vans are filled overnight whenever they are at their reorder point, and the station always has the part: the stock
    of a morning is taken as even between the reorder point and the level ordered up to, and the day's use of a van
    as Poisson. Levels by days of use count as they stand on the first day.

    Args:
        facts: levels, technicians, failure modes.
        axes: for the centres.
        use_per_day: (stations, parts).
    """
    modes = facts.service.failure_modes
    missing = np.zeros((len(facts.station_ids), len(modes)))
    supply = facts.service.parts
    if supply is None:
        return missing
    vans = build_part_facts(facts, axes, supply).vans
    for station, crew in enumerate(facts.technicians_of_station):
        if not crew:
            continue
        levels = np.stack((vans.reorder_point[list(crew)], vans.order_up_to[list(crew)]), axis=1)
        alike, number = np.unique(levels, axis=0, return_counts=True)
        use = use_per_day[station] / len(crew)
        of_part = np.average([_short(low, high, use) for low, high in alike], axis=0, weights=number)
        for mode_number, mode in enumerate(modes):
            parts, shares = facts.parts_of_mode[mode_number], facts.part_shares_of_mode[mode_number]
            needed = sum(share * of_part[part] for part, share in zip(parts, shares, strict=True))
            missing[station, mode_number] = mode.part_probability * needed
    return missing


def _short(reorder_point: IntArray, order_up_to: IntArray, use_per_day: FloatArray) -> FloatArray:
    """(parts,) share of a day's use that a van with some levels cannot meet."""
    most = int(max(order_up_to.max(initial=0), 0)) + 1
    units = np.arange(most + _MORE_UNITS + int(6.0 * use_per_day.max(initial=0.0)))
    log_factorial = np.cumsum(np.log(np.maximum(units, 1)))
    use = np.maximum(use_per_day, _LEAST_USE)[:, np.newaxis]
    chance = np.exp(units * np.log(use) - use - log_factorial)
    more = np.maximum(1.0 - np.cumsum(chance, axis=1), 0.0)
    unmet = np.cumsum(more[:, ::-1], axis=1)[:, ::-1][:, :most]
    upto = np.concatenate((np.zeros((len(use), 1)), np.cumsum(unmet, axis=1)), axis=1)
    high = np.maximum(order_up_to, 0)
    low = np.clip(reorder_point + 1, 0, high)
    row = np.arange(len(use))
    mean = (upto[row, high + 1] - upto[row, low]) / (high + 1 - low)
    return np.asarray(np.minimum(mean / use[:, 0], 1.0))


__all__ = ["missing_shares"]
