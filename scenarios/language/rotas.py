"""The weekly rota: who serves which part of a station's territory on which weekday."""

from __future__ import annotations

from typing import ClassVar

from scenarios.language.base import Model, assumed, given
from scenarios.language.network import Weekday


class RotaRow(Model):
    """One row of the rota. Rows of one area and weekday stand in order of preference.

    Every morning, and when jobs come in through the day, each job goes on the plan of the first technician named for
    its area who comes that day, has the skill and can be there in time; it is put where it adds least driving. Jobs for
    which nobody is named, or nobody named has time, go to whom the rule of a day plan chooses: they are counted as
    fallbacks, as are jobs that wait for a place and are taken by somebody else who is free.
    """

    __unique__: ClassVar[tuple[str, ...]] = ("station_id", "region", "weekday", "technician_id")

    station_id: str = given(min_length=1)
    """Station whose territory it is."""
    region: str = assumed("", "all of the territory that has no rows of its own on that weekday")
    """Region of the customers."""
    weekday: Weekday = given()
    """Day of the visits."""
    technician_id: str = given(min_length=1)
    """Technician; of a group, `<id>-1`, `<id>-2` and so on."""


__all__ = ["RotaRow"]
