"""Reduce one run to the few arrays that studies and charts need, and keep them on disk bit for bit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_origin, get_type_hints
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from scenarios import COST_HEADS
from sim import Cell, Centre, Day, Labels, ServiceLabels
from study.evidence import Condensed, FloatArray
from study.operations import operations
from study.service import service
from study.shown_day import shown_day
from study.shown_week import shown_week

if TYPE_CHECKING:
    from sim import RunResult

MINOR_UNITS = 100
"""The books are kept in hundredths of the currency."""

_Array = npt.NDArray[Any]
_Scalar = TypeVar("_Scalar", bound=np.generic)
_GROUPS = ("daily", "store_class", "store", "sku", "operations", "shown_day", "service", "shown_week")


def condense(result: RunResult) -> Condensed:
    """Reduce a run: network-wide series by day, means by store, class and SKU, operations, service."""
    labels, day = result.labels, result.panels.day
    counted_days = len(day) - labels.warm_up_days
    totals = day[labels.warm_up_days :].sum(axis=0)
    return Condensed(
        replication=result.identity.replication,
        digest=result.digest(),
        kpis=dict(result.kpis),
        daily=_read_only(_daily(result)),
        store_class=_read_only(_service(totals, counted_days)),
        store=_read_only(_by_store(totals.sum(axis=1), counted_days)),
        sku=_read_only(_by_sku(result.panels.cell, labels, len(day))),
        cost_by_head={head: result.kpis[f"cost_{head}"] for head in COST_HEADS},
        operations=_read_only(operations(result)),
        shown_day=_read_only(shown_day(result)),
        service=_read_only(service(result)),
        shown_week=_read_only(shown_week(result)),
    )


def _daily(result: RunResult) -> dict[str, FloatArray]:
    panels = result.panels
    network = panels.day.sum(axis=(1, 2))
    of = {measure: network[:, measure].astype(np.float64) for measure in Day}
    return {
        "demand_units": of[Day.DEMAND],
        "sold_units": of[Day.SOLD_AS_ASKED] + of[Day.SOLD_AS_SUBSTITUTE] + of[Day.BACKORDER_FILLED],
        "lost_units": of[Day.LOST],
        "backorder_units": of[Day.BACKORDERS],
        "fill_rate": _ratio(of[Day.SOLD_AS_ASKED], of[Day.DEMAND]),
        "on_shelf_availability": 1 - _ratio(of[Day.OUT_OF_STOCK_SECONDS], of[Day.OPEN_SECONDS]),
        "store_stock_units": of[Day.ON_HAND],
        "dc_stock_units": panels.centre[..., Centre.ON_HAND].sum(axis=(1, 2)).astype(np.float64),
        "ordered_units": of[Day.ORDERED] + of[Day.EMERGENCY_ORDERED],
        "wasted_units": of[Day.WASTED],
        "revenue": _revenue(of),
        "unmet_supplier_units": of[Day.UNMET_SUPPLIER],
        "unmet_centre_units": of[Day.UNMET_CENTRE],
        "unmet_in_transit_units": of[Day.UNMET_IN_TRANSIT],
        "unmet_calendar_units": of[Day.UNMET_CALENDAR],
        "unmet_level_units": of[Day.UNMET_LEVEL],
    }


def _by_store(totals: npt.NDArray[np.int64], days: int) -> dict[str, FloatArray]:
    of = {measure: totals[..., measure].astype(np.float64) for measure in Day}
    return _service(totals, days) | {"revenue": _revenue(of) / days}


def _service(totals: npt.NDArray[np.int64], days: int) -> dict[str, FloatArray]:
    of = {measure: totals[..., measure].astype(np.float64) for measure in Day}
    return {
        "demand_units": of[Day.DEMAND] / days,
        "fill_rate": _ratio(of[Day.SOLD_AS_ASKED], of[Day.DEMAND]),
        "stock_out_share": _ratio(of[Day.OUT_OF_STOCK_SECONDS], of[Day.OPEN_SECONDS]),
        "stock_units": of[Day.ON_HAND] / days,
        "waste_share": _ratio(of[Day.WASTED], of[Day.RECEIVED]),
    }


def _revenue(of: Mapping[Day, FloatArray]) -> FloatArray:
    return (of[Day.REVENUE] - of[Day.REFUND]) / MINOR_UNITS


def _by_sku(cell: npt.NDArray[np.int32], labels: Labels, days: int) -> dict[str, FloatArray]:
    first = math.ceil(labels.warm_up_days / labels.panel_period_days)
    first = 0 if first >= len(cell) else first
    counted_days = days - first * labels.panel_period_days
    totals = cell[first:].sum(axis=(0, 1), dtype=np.int64)
    demand = totals[:, Cell.DEMAND].astype(np.float64)
    unmet = totals[:, [Cell.SUBSTITUTED, Cell.BACKORDERED, Cell.LOST]].sum(axis=1)
    stock_days = totals[:, Cell.STOCK_DAYS].astype(np.float64)
    return {
        "demand_units": demand / counted_days,
        "fill_rate": _ratio(demand - unmet, demand),
        "stock_units": stock_days / counted_days,
        "stock_days": _ratio(stock_days, demand),
    }


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    ratio = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


def _read_only(arrays: dict[str, npt.NDArray[_Scalar]]) -> dict[str, npt.NDArray[_Scalar]]:
    for array in arrays.values():
        array.setflags(write=False)
    return arrays


def write_condensed(condensed: Condensed, path: Path) -> None:
    """Write to an uncompressed NumPy archive; the caller renames it into place."""
    arrays: dict[str, _Array] = {
        "replication": np.array(condensed.replication),
        "digest": np.array(condensed.digest),
        "kpi": np.array(list(condensed.kpis)),
        "value": np.array(list(condensed.kpis.values()), dtype=np.float64),
    }
    for group in _GROUPS:
        arrays |= {f"{group}/{name}": array for name, array in getattr(condensed, group).items()}
    _write(arrays, path)


def read_condensed(path: Path) -> Condensed:
    """Read what `write_condensed` wrote, the same bit for bit.

    Raises:
        ValueError: The file is not whole.
    """
    found = _read(path)
    try:
        kpis = dict(zip(found["kpi"].tolist(), found["value"].tolist(), strict=True))
        groups: dict[str, dict[str, _Array]] = {group: {} for group in _GROUPS}
        for name, array in found.items():
            group, _, key = name.partition("/")
            if key:
                groups[group][key] = array
        return Condensed(
            replication=int(found["replication"]),
            digest=str(found["digest"]),
            kpis=kpis,
            cost_by_head={head: kpis[f"cost_{head}"] for head in COST_HEADS},
            **{group: _read_only(arrays) for group, arrays in groups.items()},
        )
    except KeyError as error:
        raise ValueError(f"{path.name} lacks {error}") from error


def write_labels(labels: Labels, path: Path) -> None:
    """Write what the axes stand for to a NumPy archive; the caller renames it into place."""
    values = {field.name: getattr(labels, field.name) for field in fields(labels)}
    values["start_date"] = np.datetime64(labels.start_date, "D")
    service = values.pop("service")
    values |= {f"service.{field.name}": getattr(service, field.name) for field in fields(service)}
    _write({name: np.array(value) for name, value in values.items()}, path)


def read_labels(path: Path) -> Labels:
    """Read what `write_labels` wrote.

    Raises:
        ValueError: The file is not whole.
    """
    found = _read(path)
    service = ServiceLabels(**_fields(ServiceLabels, found, "service.", path))
    return Labels(**_fields(Labels, found, "", path), service=service)


def _fields(kind: type, found: Mapping[str, _Array], prefix: str, path: Path) -> dict[str, Any]:
    """Values of the fields of a dataclass out of arrays whose names have a prefix."""
    values: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        if hint is ServiceLabels:
            continue
        if prefix + name not in found:
            raise ValueError(f"{path.name} lacks {prefix}{name}")
        array = found[prefix + name]
        values[name] = (
            tuple(array.tolist()) if get_origin(hint) is tuple else array if array.ndim else array.item()
        )
    return values


def _write(arrays: Mapping[str, _Array], path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _read(path: Path) -> dict[str, _Array]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, EOFError, ValueError, BadZipFile) as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from error
