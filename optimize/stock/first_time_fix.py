"""Spare parts on vans, in stations and in centres: the most first-time fix for the money.

Every place works one for one. In the evening the vans of a station are filled up from it, as far as it has what they
miss; what it has not they ask for again the next evening. The station orders what has left it from its centre, the
centre from its supplier. A visit that needs a part finds it on the van or not; if not, the part comes from the station
some other way, and the van's stock stays as it is. Symbols, for one part: m_i demand of the visits of station i per
day, m_0 of all stations of the centre, n_i vans, S_0, S_i, V_i levels of centre, station and each van, T_0 days in
which the centre gets a unit, T_i days in which the station does (at least 1), u_i share of vans that work on a day, e_i
share of a day's demand that comes after vans are filled.

    centre: owes B_0 = max(X - S_0, 0), X Poisson of mean m_0 T_0 (Palm 1938)
    station: has Y_i units asked of it while its stock comes again, negative binomial with the two moments of
        VARI-METRIC (Sherbrooke 1986): mean m_i T_i + f_i E[B_0], variance
        m_i T_i + f_i (1 - f_i) E[B_0] + f_i^2 Var[B_0]
    all vans together miss C_i after they have been filled: as the station turns over no more than S_i units in that
        time, C_i solves C = max(C + Y_i - S_i, 0) in distribution (Lindley 1952)
    each van misses M_i in the morning: an n_i-th of C_i, thinned, and the demand of last evening, two moments again
    found: share E[min(D, max(V_i - M_i, 0))] / E[D], D Poisson of mean m_i / (n_i u_i), demand of a van's day

Exact for a station that is its own centre's only worry: Poisson demand, one van, and a centre that is never short.
Stations turn over at most 90 % of their stock while it comes again; where more than 6 units are outstanding on
average, levels half a deviation apart are tried.

Levels follow by marginal analysis (Fox 1966, Sherbrooke 1968): the best of each station over its units, for each S_0
the stations step by step, the best over S_0, the concave hull, and steps of all parts in the order of parts found per
money. Every point finds most of all choices among the corners of the hulls that cost as much or less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.solving import Progress, no_progress
from optimize.stock import first_time_fix_kernels as kernels
from optimize.stock.marginal import Steps, merged_steps

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

MOST_OUTSTANDING = 5_000.0
"""Mean units outstanding up to which probabilities are worked out one by one."""
_BLOCK = 50
"""Parts worked out between two words on progress."""


@dataclass(frozen=True, eq=False)
class PartsNetwork:
    """Parts, and the stations and vans that use them. Time runs in days."""

    use_per_day: FloatArray
    """(stations, parts) units that visits need."""
    counter_per_day: FloatArray
    """(stations, parts) units that others ask of the station itself."""
    unit_cost: FloatArray
    """(parts,)"""
    centre: IntArray
    """(stations,) centre that supplies it."""
    vans: IntArray
    """(stations,) 0 = nobody is there to use anything."""
    duty_share: FloatArray
    """(stations,) share of its vans that work on a day."""
    evening_share: FloatArray
    """(stations,) share of a day's work that comes after vans are filled."""
    station_days: FloatArray
    """(stations,) from ordering in the evening to the evening on which vans are filled from it; at least 1."""
    centre_days: FloatArray
    """(centres, parts) in which a centre gets a unit."""

    def __post_init__(self) -> None:
        stations, parts = np.shape(self.use_per_day)
        centres = len(self.centre_days)
        shapes: dict[str, tuple[int, ...]] = {
            "use_per_day": (stations, parts),
            "counter_per_day": (stations, parts),
            "unit_cost": (parts,),
            "centre": (stations,),
            "vans": (stations,),
            "duty_share": (stations,),
            "evening_share": (stations,),
            "station_days": (stations,),
            "centre_days": (centres, parts),
        }
        for name, shape in shapes.items():
            array = np.asarray(getattr(self, name), np.float64)
            if array.shape != shape:
                raise ValueError(f"{name}: shape {array.shape} must be {shape}")
            if not np.isfinite(array).all() or (array < 0).any():
                raise ValueError(f"{name}: must be finite and 0 or more")
        if (self.unit_cost <= 0).any():
            raise ValueError("unit_cost: must be above 0")
        if (self.centre >= centres).any():
            raise ValueError(f"centre: must be below {centres}, the rows of centre_days")
        if (self.duty_share <= 0).any() or (self.duty_share > 1).any() or (self.evening_share > 1).any():
            raise ValueError("duty_share, evening_share: must be shares, duty_share above 0")
        if (self.station_days < 1).any():
            raise ValueError("station_days: must be at least 1")
        if parts and stations and self.outstanding.max() > MOST_OUTSTANDING:
            raise ValueError(
                f"use_per_day, centre_days, station_days: {self.outstanding.max():g} units of a part outstanding are "
                f"above {MOST_OUTSTANDING:g}"
            )

    @property
    def demand_per_day(self) -> FloatArray:
        """(stations, parts) all that is asked of the station's stock."""
        return np.asarray(self.use_per_day + self.counter_per_day, np.float64)

    @property
    def outstanding(self) -> FloatArray:
        """(centres, parts) mean units outstanding of all its places where a centre keeps nothing."""
        found = np.zeros(np.shape(self.centre_days))
        days = self.station_days[:, None] + self.centre_days[self.centre]
        np.add.at(found, self.centre, self.demand_per_day * days)
        return found


@dataclass(frozen=True, eq=False)
class PartLevels:
    """Levels of every part at every place; one is ordered for one used."""

    centres: IntArray
    """(centres, parts)"""
    stations: IntArray
    """(stations, parts)"""
    vans: IntArray
    """(stations, parts) of each van."""
    found_per_day: FloatArray
    """(stations, parts) units that visits find on the van."""
    missing: FloatArray
    """(stations, parts) mean units that vans of the station miss after they have been filled."""


@dataclass(frozen=True, eq=False)
class FirstTimeFixPlan:
    """The marginal curve, points 0, 1, ... of rising cost, and the levels of each."""

    network: PartsNetwork
    cost: FloatArray
    """(points,) value of all levels."""
    first_time_fix: FloatArray
    """(points,) share of needed parts that are found on the van, stations without vans left out."""
    part: IntArray
    """(points - 1,) whose stock grows from each point to the next."""
    centre: IntArray
    """(points - 1,) in whose area."""
    steps: Steps
    starts: IntArray
    """(centres x parts + 1,) first corner of each part's own curve, centre by centre, and the number of all corners."""
    corner_units: IntArray
    """(corners,) units of the part in all."""
    corner_centre: IntArray
    """(corners,) units of it in the centre."""

    @property
    def price_per_point(self) -> FloatArray:
        """(points - 1,) money per percentage point of first-time fix."""
        return np.asarray(np.diff(self.cost) / (100 * np.diff(self.first_time_fix)), np.float64)

    @property
    def reach(self) -> float:
        """Most first-time fix there is."""
        return float(self.first_time_fix[-1])

    def reaching(self, share: float) -> int | None:
        """The first point with so much first-time fix; None above reach."""
        if not 0 <= share <= 1:
            raise ValueError(f"share: {share} must be from 0 to 1")
        point = int(np.searchsorted(self.first_time_fix, share, side="left"))
        return point if point < len(self.cost) else None

    def within(self, budget: float) -> int:
        """The last point that a budget pays for."""
        if not budget >= 0:
            raise ValueError(f"budget: {budget} must be 0 or more")
        return self.steps.within(budget)

    def levels_at(self, point: int) -> PartLevels:
        """Levels of a point of the curve."""
        if not 0 <= point < len(self.cost):
            raise ValueError(f"point: {point} must be from 0 to {len(self.cost) - 1}")
        network, corner = self.network, self.steps.corners_after(point, self.starts)
        shape = network.use_per_day.shape
        of_centre = self.corner_centre[corner].reshape(network.centre_days.shape)
        units = self.corner_units[corner].reshape(network.centre_days.shape)
        at_station, on_van = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        found, missing = np.zeros(shape), np.zeros(shape)
        longest = _longest(network)
        for centre, (mine, use, counter, stations) in enumerate(_by_centre(network)):
            for part in np.flatnonzero(units[centre]):
                levels = kernels.levels_of_part(
                    network.centre_days[centre, part], use[part], counter[part], stations, of_centre[centre, part],
                    units[centre, part], longest[part],
                )  # fmt: skip
                at_station[mine, part], on_van[mine, part] = levels[0], levels[1]
                found[mine, part], missing[mine, part] = levels[2], levels[3]
        return PartLevels(of_centre, at_station, on_van, found, missing)


def first_time_fix_plan(network: PartsNetwork, progress: Progress = no_progress) -> FirstTimeFixPlan:
    """The most first-time fix for every budget, from nothing in stock.

    Args:
        network: parts, stations, vans.
        progress: told of the parts that are done.
    """
    units: list[IntArray] = []
    centre_units: list[IntArray] = []
    found: list[FloatArray] = []
    centres, parts = network.centre_days.shape
    longest = _longest(network)
    for centre, (_, use, counter, stations) in enumerate(_by_centre(network)):
        for part in range(parts):
            columns = kernels.curve_of_part(
                network.centre_days[centre, part], use[part], counter[part], stations, longest[part]
            )
            units.append(columns[0])
            centre_units.append(columns[1])
            found.append(columns[2])
            if part % _BLOCK == _BLOCK - 1 or part == parts - 1:
                progress("spare parts", centre * parts + part + 1, centres * parts)
    all_units = np.concatenate(units)
    all_starts = np.cumsum([0, *(len(corners) for corners in units)])
    thing = np.repeat(np.arange(len(all_starts) - 1), np.diff(all_starts))
    steps = merged_steps(all_starts, all_units * network.unit_cost[thing % parts], np.concatenate(found))
    total = float(network.use_per_day[network.vans > 0].sum())
    return FirstTimeFixPlan(
        network=network,
        cost=steps.cost,
        first_time_fix=steps.gain / total if total else steps.gain,
        part=steps.thing % parts,
        centre=steps.thing // parts,
        steps=steps,
        starts=all_starts,
        corner_units=all_units,
        corner_centre=np.concatenate(centre_units),
    )


def evaluate_part_levels(
    network: PartsNetwork, centres: IntArray, stations: IntArray, vans: IntArray
) -> PartLevels:
    """What levels lead to that somebody else chose.

    Args:
        network: parts, stations, vans.
        centres: (centres, parts) levels.
        stations: (stations, parts) levels.
        vans: (stations, parts) levels of each van.
    """
    shape = network.use_per_day.shape
    shapes = {"centres": network.centre_days.shape, "stations": shape, "vans": shape}
    for name, levels in (("centres", centres), ("stations", stations), ("vans", vans)):
        if np.shape(levels) != shapes[name] or (np.asarray(levels) < 0).any():
            raise ValueError(f"{name}: must be {shapes[name]} whole numbers, 0 or more")
    found, missing = np.zeros(shape), np.zeros(shape)
    longest = _longest(network)
    for centre, (mine, use, counter, described) in enumerate(_by_centre(network)):
        for part in range(shape[1]):
            columns = kernels.evaluate_part(
                network.centre_days[centre, part], use[part], counter[part], described, int(centres[centre, part]),
                stations[mine, part].astype(np.int64), vans[mine, part].astype(np.int64), longest[part],
            )  # fmt: skip
            found[mine, part], missing[mine, part] = columns
    return PartLevels(centres, stations, vans, found, missing)


def _by_centre(network: PartsNetwork) -> list[tuple[IntArray, FloatArray, FloatArray, FloatArray]]:
    """By centre: its stations; their demands, (parts, stations); and (4, stations) what else counts of them."""
    described = np.stack(
        [network.vans, network.duty_share, network.evening_share, network.station_days]
    ).astype(np.float64)
    found = []
    for centre in range(len(network.centre_days)):
        mine = np.flatnonzero(network.centre == centre)
        use = np.where(network.vans[mine, None] > 0, network.use_per_day[mine], 0.0)
        arrays = [
            np.ascontiguousarray(each)
            for each in (use.T, network.counter_per_day[mine].T, described[:, mine])
        ]
        found.append((mine, arrays[0], arrays[1], arrays[2]))
    return found


def _longest(network: PartsNetwork) -> list[int]:
    """Units of each part beyond which none can help."""
    outstanding = network.outstanding.max(axis=0)
    vans = np.maximum(network.vans, 1)[:, None]
    duty = network.use_per_day / (vans * network.duty_share[:, None])
    on_vans = np.zeros(network.outstanding.shape)
    np.add.at(on_vans, network.centre, vans * np.ceil(duty * 2 + 10 * np.sqrt(duty) + 8))
    places = len(network.vans) + 1
    most = np.ceil(3 * outstanding + 12 * np.sqrt(outstanding * places) + on_vans.max(axis=0)) + 12 * places
    return [int(units) for units in most]


__all__ = ["FirstTimeFixPlan", "PartLevels", "PartsNetwork", "evaluate_part_levels", "first_time_fix_plan"]
