"""What the books need to know of after-sales service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios import Service, ServicePolicy
from sim.aftersales.requests import Echelon
from sim.records import IntArray


@dataclass(frozen=True, eq=False)
class ServiceTerms:
    """Facts and decisions that charges follow from, and who stands in whose books."""

    service: Service
    policy: ServicePolicy
    station_centre: IntArray
    """(stations,) centre in whose books a station stands."""
    station_minor_per_day: IntArray
    """(stations,) fixed cost."""
    technician_station: IntArray
    """(technicians,)"""
    part_cost_minor: IntArray
    """(parts,) purchase cost, at which every unit is carried."""

    def centre_of_place(self, echelon: IntArray, place: IntArray) -> IntArray:
        """Centre in whose books parts at some places stand; -1 for places that are not ours.

        Args:
            echelon: (k,) of `Echelon`.
            place: (k,) index within the echelon.
        """
        centre = np.where(np.isin(echelon, (Echelon.CENTRE, Echelon.SHOP)), place, -1)
        for kind, of_place in (
            (Echelon.STATION, self.station_centre),
            (Echelon.VAN, self.station_centre[self.technician_station]),
        ):
            here = echelon == kind
            centre[here] = of_place[place[here]]
        return centre
