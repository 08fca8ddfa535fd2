"""Where visits arise, and how far every station that can be had is from there."""

from __future__ import annotations

import numpy as np

from optimize import FieldOutlook, SitingOutlook
from sim.aftersales.facts import ServiceFacts
from sim.axes import frozen
from sim.outlook.installed_base import BaseFlows
from sim.outlook.territories import Territories

_MINUTES_PER_DAY = 24.0 * 60.0


def siting_outlook(
    facts: ServiceFacts,
    flows: BaseFlows,
    territories: Territories,
    field: FieldOutlook,
) -> SitingOutlook:
    """Visits by store, and drives from all stations of the table, in the order of the scenario.

    A request takes as many visits everywhere as in the network that is open today, and a minute of drive from the
    station to the customer stands for as many minutes on the road: today's rounds, with today's technicians, tell both.
    """
    table = facts.service.stations
    assert table is not None
    requests = territories.requests_near_stores(
        flows.failures.sum(axis=0) + flows.maintenance.sum(axis=0), flows.installations.sum(axis=1)
    )
    drive, covered = territories.away(
        table["latitude"].astype(np.float64), table["longitude"].astype(np.float64)
    )
    ids = list(table["station_id"])
    streams = np.zeros(len(ids))
    for stream in facts.service.job_streams:
        streams[ids.index(stream.station_id)] += _MINUTES_PER_DAY / max(stream.between_minutes.mean(), 1e-9)
    is_open = np.array([name in facts.station_ids for name in ids])
    visits = max(float(field.visits_per_day.sum() - streams[is_open].sum()), 0.0)
    per_request = visits / max(float(requests.sum()), 1e-300)
    nearest = drive[:, is_open].min(axis=1)
    on_road = float(field.travel_minutes @ field.visits_per_day.sum(axis=1))
    away = float(nearest @ requests) * per_request
    return SitingOutlook(
        visits_per_day=frozen(requests * per_request),
        stream_visits_per_day=frozen(streams),
        drive_minutes=frozen(drive),
        covered_share=frozen(covered),
        travel_per_drive=on_road / away if away > 0.0 else 1.0,
    )


__all__ = ["siting_outlook"]
