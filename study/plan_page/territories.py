"""The service network of a plan: who serves which store, and how far visits are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from optimize import SitingOutlook
    from scenarios import Plan, Scenario

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
CLOSED = -1


@dataclass(frozen=True, eq=False)
class Territories:
    """Stations that could be open, and the stores of each."""

    station_names: tuple[str, ...]
    station_latitude: FloatArray
    station_longitude: FloatArray
    is_open: npt.NDArray[np.bool_]
    """(stations,)"""
    technicians: IntArray
    """(stations,) of the plan."""
    store_latitude: FloatArray
    store_longitude: FloatArray
    station_of_store: IntArray
    """(stores,)"""
    visits_per_day: FloatArray
    """(stores,)"""
    drive_minutes: FloatArray
    """(stores,) from the station to customers near the store, one way."""
    covered_share: FloatArray
    """(stores,) of these customers, those within the radius."""
    radius_km: float

    @property
    def mean_drive_minutes(self) -> float:
        """Over visits."""
        return float(self.visits_per_day @ self.drive_minutes / max(self.visits_per_day.sum(), 1e-300))

    @property
    def covered(self) -> float:
        """Share of visits within the radius."""
        return float(self.visits_per_day @ self.covered_share / max(self.visits_per_day.sum(), 1e-300))


def territories_of(scenario: Scenario, plan: Plan, siting: SitingOutlook) -> Territories | None:
    """The network that a plan decides; None where it decides none.

    Args:
        scenario: as loaded.
        plan: with `open_stations` and `territories`.
        siting: where visits arise.
    """
    decided, service = plan.decisions, scenario.service
    if decided.open_stations is None or decided.territories is None:
        return None
    if service is None or service.stations is None:
        return None
    table, stores = service.stations, scenario.network.stores
    ids = list(table["station_id"])
    at = {name: number for number, name in enumerate(ids)}
    named = dict(zip(decided.territories["store_id"], decided.territories["station_id"], strict=True))
    is_open = np.array([name in decided.open_stations for name in ids])
    nearest = np.where(is_open, siting.drive_minutes, np.inf).argmin(axis=1)
    station = np.array(
        [
            at[named[store]] if store in named else int(nearest[row])
            for row, store in enumerate(stores["store_id"])
        ],
        np.int64,
    )
    rows = np.arange(len(station))
    crews = np.zeros(len(ids), np.int64)
    people = plan.decided(scenario).policy.service.workforce
    if people.technicians is not None:
        for name in people.technicians["station_id"]:
            crews[at[name]] += 1
    for group in people.groups:
        crews[at[group.station_id]] += group.count
    return Territories(
        station_names=tuple(str(name or ids[row]) for row, name in enumerate(table["name"])),
        station_latitude=table["latitude"].astype(np.float64),
        station_longitude=table["longitude"].astype(np.float64),
        is_open=is_open,
        technicians=np.where(is_open, crews, 0),
        store_latitude=stores["latitude"].astype(np.float64),
        store_longitude=stores["longitude"].astype(np.float64),
        station_of_store=station,
        visits_per_day=siting.visits_per_day,
        drive_minutes=siting.drive_minutes[rows, station],
        covered_share=siting.covered_share[rows, station],
        radius_km=scenario.policy.service.radius_km,
    )


__all__ = ["Territories", "territories_of"]
