"""Proposals of new stations anywhere, as the planner step of sites asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.network.greenfield import GreenfieldPlan, fewest_circles, weber_sites
from scenarios import (
    Basis,
    Curve,
    GreenfieldRow,
    PlanPart,
    SiteGreenfield,
    SolveReport,
    SolveStatus,
    Unserved,
    columns_of,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

PATH = "policy.optimised.sites.greenfield"
KM_PER_DEGREE = 6_371.0 * np.pi / 180.0
"""Of latitude, on a sphere of the mean radius of the Earth."""

_CURVE_REACHES = 4
"""Stations more and fewer than proposed that the curve shows."""
_DECIMALS = 6
"""Of degrees: a tenth of a metre."""
_WIDEST_DEGREES = 30.0
"""Of longitude or latitude: beyond, a flat map is too wrong."""


@dataclass(frozen=True, eq=False)
class Plane:
    """A flat map in kilometres, true along its middle latitude."""

    north: float
    east: float

    @property
    def _shrinks(self) -> float:
        return float(np.cos(np.deg2rad(self.north)))

    def flat(self, latitude: FloatArray, longitude: FloatArray) -> FloatArray:
        """(n, 2) kilometres east and north of the middle."""
        east = (longitude - self.east) * KM_PER_DEGREE * self._shrinks
        return np.stack([east, (latitude - self.north) * KM_PER_DEGREE], axis=1)

    def degrees(self, places: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Latitude and longitude of places in kilometres."""
        east, north = places.T
        return self.north + north / KM_PER_DEGREE, self.east + east / KM_PER_DEGREE / self._shrinks


@dataclass(frozen=True, eq=False)
class Customers:
    """Where visits arise, and stations that count as standing."""

    latitude: FloatArray
    longitude: FloatArray
    visits_per_day: FloatArray
    station_latitude: FloatArray
    station_longitude: FloatArray


def propose_stations(
    customers: Customers, wanted: SiteGreenfield, radius_km: float, seed: int
) -> tuple[dict[str, Any], PlanPart]:
    """Places for new stations.

    Build: stores with visits, on a flat map in kilometres. Solve: `weber_sites` by number, `fewest_circles` by
    distance. Decode: a row per place, with the visits to which it is nearest; what standing stations serve is theirs.

    Args:
        customers: stores and standing stations, none of them where nothing is to count as standing.
        wanted: how many, or how near.
        radius_km: by which coverage is judged.
        seed: of the starts of the search.

    Returns:
        Fields of `Decisions`, and the part.
    """
    has_visits = customers.visits_per_day > 0.0
    latitude, longitude = customers.latitude[has_visits], customers.longitude[has_visits]
    visits = customers.visits_per_day[has_visits]
    reason = _unfit(latitude, longitude)
    if reason:
        return {}, _part(None, wanted, reason, ())
    plane = Plane(
        float(latitude.min() + latitude.max()) / 2.0, float(longitude.min() + longitude.max()) / 2.0
    )
    points = plane.flat(latitude, longitude)
    standing = plane.flat(customers.station_latitude, customers.station_longitude)
    if wanted.count is not None:
        found = _by_count(points, visits, wanted.count, standing, seed)
        new = found.sites[len(standing) :]
        curves: tuple[Curve, ...] = (_curve(points, visits, wanted.count, standing, found, seed),)
    else:
        assert wanted.service_distance_km is not None
        reached = _distances(points, standing).min(axis=1, initial=np.inf) <= wanted.service_distance_km
        if reached.all():
            reason = "open stations are within the distance of everybody"
            return {}, _part(None, wanted, reason, (), status=SolveStatus.OPTIMAL)
        found = fewest_circles(points[~reached], wanted.service_distance_km)
        new, curves = found.sites, ()
    sites = np.concatenate([standing, new])
    distance = _distances(points, sites)
    nearest, km = distance.argmin(axis=1), distance.min(axis=1)
    rows: dict[str, list[Any]] = {name: [] for name in GreenfieldRow.model_fields}
    north, east = plane.degrees(new)
    for number in range(len(new)):
        mine = nearest == len(standing) + number
        load = float(visits[mine].sum())
        covered = float(visits[mine & (km <= radius_km)].sum())
        values = (
            f"NEW-{number + 1}",
            round(float(north[number]), _DECIMALS),
            round(float(east[number]), _DECIMALS),
            round(load, _DECIMALS),
            round(float(visits[mine] @ km[mine]) / max(load, 1e-300), _DECIMALS),
            round(covered / max(load, 1e-300), _DECIMALS),
        )
        for column, value in zip(rows.values(), values, strict=True):
            column.append(value)
    return {"greenfield": columns_of(GreenfieldRow, rows)}, _part(found, wanted, "", curves)


def _unfit(latitude: FloatArray, longitude: FloatArray) -> str:
    if not latitude.size:
        return "no store has customers to visit"
    if max(np.ptp(latitude), np.ptp(longitude)) > _WIDEST_DEGREES:
        return f"customers live more than {_WIDEST_DEGREES:g} degrees apart: a flat map is too wrong"
    return ""


def _by_count(
    points: FloatArray, visits: FloatArray, number: int, standing: FloatArray, seed: int
) -> GreenfieldPlan:
    return weber_sites(points, visits, number, fixed=standing if len(standing) else None, seed=seed)


def _distances(points: FloatArray, sites: FloatArray) -> FloatArray:
    """(points, sites) kilometres."""
    apart = points[:, np.newaxis] - sites[np.newaxis]
    return np.asarray(np.hypot(apart[..., 0], apart[..., 1]))


def _curve(
    points: FloatArray,
    visits: FloatArray,
    number: int,
    standing: FloatArray,
    found: GreenfieldPlan,
    seed: int,
) -> Curve:
    """Mean straight way to a visit by the number of new stations."""
    last = min(number + _CURVE_REACHES, len(points))
    numbers = range(max(1, min(number, last) - _CURVE_REACHES), max(last, number) + 1)
    plans = {
        count: found if count == number else _by_count(points, visits, count, standing, seed)
        for count in numbers
    }
    return Curve(
        level="new stations",
        value="mean straight way to a visit",
        value_unit="km",
        points=tuple((float(count), plans[count].objective / float(visits.sum())) for count in numbers),
        chosen=float(number),
    )


def _part(
    found: GreenfieldPlan | None,
    wanted: SiteGreenfield,
    reason: str,
    curves: tuple[Curve, ...],
    *,
    status: SolveStatus = SolveStatus.INFEASIBLE,
) -> PlanPart:
    """What was proposed; it always says that no run follows it."""
    unserved = [
        Unserved(
            item="run",
            reason="proposals are no stations: what they cost is not known",
            relaxation="complete the rows of the file beside the plan and add them to `service.stations`",
        )
    ]
    if reason:
        unserved = [Unserved(item="proposals", reason=reason, relaxation="")]
    by_count = wanted.count is not None
    report = SolveReport(
        solver="checked before solving" if found is None else found.solver,
        status=status if found is None else found.status,
        objective=None if found is None else found.objective,
        bound=None if found is None else found.bound,
        unit="km times visits per day" if by_count else "stations",
        items=0 if found is None else len(found.sites),
        unserved=tuple(unserved),
    )
    return PlanPart(
        path=PATH,
        kind="least_distance" if by_count else "fewest_within_distance",
        basis=Basis.OPTIMISED,
        cells=report.items,
        report=report,
        curves=curves,
    )


__all__ = ["PATH", "Customers", "Plane", "propose_stations"]
