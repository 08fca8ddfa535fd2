"""Tables of a plan about stations: several years of the network, and places where new stations could stand."""

from __future__ import annotations

from typing import ClassVar

from scenarios.language.base import Model, assumed, given


class ExpansionRow(Model):
    """One row of the table of years: a station that is open in a year."""

    __unique__: ClassVar[tuple[str, ...]] = ("year", "station_id")

    year: int = given(ge=1, le=100)
    """From 1, which is the year of the run."""
    station_id: str = given(min_length=1)
    """Open station."""
    technicians: int = given(unit="technicians", ge=0, le=100_000)
    """On duty at the same time."""
    visits_per_day: float = assumed(0.0, "not stated", unit="visits per day", ge=0)
    """Served from it."""


class GreenfieldRow(Model):
    """One row of the table of proposed stations."""

    __unique__: ClassVar[tuple[str, ...]] = ("station_id",)

    station_id: str = given(min_length=1)
    """Name of the proposal."""
    latitude: float = given(unit="degrees", ge=-90, le=90)
    """Where it would stand."""
    longitude: float = given(unit="degrees", ge=-180, le=180)
    """Where it would stand."""
    visits_per_day: float = assumed(0.0, "not stated", unit="visits per day", ge=0)
    """Of customers to whom it would be nearest."""
    mean_km: float = assumed(0.0, "not stated", unit="km", ge=0)
    """Straight way to a visit."""
    covered_share: float = assumed(0.0, "not stated", unit="share", ge=0, le=1)
    """Of these visits, those near stores within `policy.service.radius_km`."""


__all__ = ["ExpansionRow", "GreenfieldRow"]
