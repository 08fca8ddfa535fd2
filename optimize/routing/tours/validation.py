"""Checks of a rich routing problem: everything that is wrong with it, at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from optimize.routing.tours.problem import Tours

Spec = Mapping[str, tuple[str, str, float, float]]
"""Field -> (its axes as letters, kind of numbers i / f / b, least, most)."""

_KINDS: Mapping[str, tuple[str, str, Any]] = {
    "i": ("iu", "integers", np.int64),
    "f": ("iuf", "numbers", np.float64),
    "b": ("b", "truth values", np.bool_),
}


def typed(spec: Spec, usual: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays of the types that a spec names, from usual values and given ones that override them.

    Raises:
        ValueError: a name is unknown, or numbers that have to be whole are not.
    """
    unknown = sorted(set(given) - set(spec))
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}")
    made: dict[str, Any] = {}
    for name, value in {**usual, **given}.items():
        array = np.asarray(value)
        kind = spec[name][1]
        if name in given and kind == "i" and array.dtype.kind == "f" and not (array == np.floor(array)).all():
            raise ValueError(f"{name} holds numbers that are not whole")
        made[name] = array.astype(_KINDS[kind][2])
    return made


def wrong_fields(part: Any, spec: Spec, sizes: Mapping[str, int]) -> Iterator[str]:
    """What is wrong with shapes, types and ranges of a part of a problem."""
    for name, (axes, kind, least, most) in spec.items():
        array, shape = getattr(part, name), tuple(sizes[axis] for axis in axes)
        if array.shape != shape:
            yield f"{name} has shape {array.shape}, not {shape}"
        elif array.dtype.kind not in _KINDS[kind][0]:
            yield f"{name} holds {array.dtype}, not {_KINDS[kind][1]}"
        elif not ((array >= least) & (array <= most)).all():
            bad = array[~((array >= least) & (array <= most))].flat[0]
            yield f"{name} holds {bad}, not from {least:g} to {most:g}"


def wrong_visits(tours: Tours) -> Iterator[str]:
    """References of visits that lead nowhere, and visits without a window."""
    visits, sizes = tours.visits, tours.sizes
    if (visits.place >= sizes["p"]).any():
        yield f"place names a row that the roads lack: {visits.place.max()}"
    if (visits.lateness_class >= sizes["c"]).any():
        yield f"lateness_class names a class that does not exist: {visits.lateness_class.max()}"
    unused = (visits.window_closes < visits.window_opens).all(axis=1)
    if unused.any():
        yield f"visit {int(np.argmax(unused))} has no window"
    paired = np.flatnonzero(visits.twin >= 0)
    twins = visits.twin[paired]
    if (twins >= sizes["n"]).any():
        yield f"twin names a visit that does not exist: {twins.max()}"
    elif (visits.twin[twins] != paired).any() or (twins == paired).any():
        yield "twin is not mutual, or a visit is its own twin"


def wrong_vehicles(tours: Tours) -> Iterator[str]:
    """References of vehicles that lead nowhere, contradictions, and kinds that are none."""
    vehicles, sizes = tours.vehicles, tours.sizes
    for name in ("start_place", "end_place", "reload_place"):
        places = getattr(vehicles, name)
        if (places >= sizes["p"]).any():
            yield f"{name} names a row that the roads lack: {places.max()}"
    if (vehicles.kind >= sizes["k"]).any():
        yield f"kind names a row that the tables lack: {vehicles.kind.max()}"
    if (vehicles.shift_end_second < vehicles.shift_start_second).any():
        yield "a shift ends before it starts"
    if ((vehicles.most_reloads > 0) & (vehicles.reload_place < 0)).any():
        yield "most_reloads is above 0 where there is no reload_place"
    broken = vehicles.break_seconds > 0
    if (broken & (vehicles.break_latest_second < vehicles.break_earliest_second)).any():
        yield "a break may begin at the latest before it may at the earliest"
    if ((vehicles.longest_driving_seconds > 0) & ~broken).any():
        yield "longest_driving_seconds is above 0 where break_seconds is 0"
    first_of = {int(kind): vehicle for vehicle, kind in reversed(list(enumerate(vehicles.kind)))}
    twins = np.array([first_of[int(kind)] for kind in vehicles.kind], dtype=np.int64)
    for field in fields(vehicles):
        column = getattr(vehicles, field.name)
        if len(column) and (column != column[twins]).any():
            yield f"{field.name} differs between vehicles of one kind"


def wrong_curves(tours: Tours) -> Iterator[str]:
    """Curves of lateness and hour factors that are none."""
    curves, factors = tours.lateness, tours.roads.hour_factors
    if len(curves.cost):
        if curves.cost.shape[1] < 2 or (np.diff(curves.seconds, axis=1) <= 0).any():
            yield "seconds late do not rise, or are fewer than 2"
        if (np.diff(curves.cost, axis=1) < 0).any() or curves.cost[:, 0].any() or curves.seconds[:, 0].any():
            yield "a lateness curve falls, or does not begin with 0 seconds at no cost"
    if factors is not None and (
        factors.shape != (24,) or not np.isfinite(factors).all() or not (factors > 0).all()
    ):
        yield "hour_factors are not 24 finite numbers above 0"
