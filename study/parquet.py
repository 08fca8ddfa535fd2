"""Event tables and panels of one run as Parquet files that any tool can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sim import Cell, Centre, Day
from study.atomic import replacing

if TYPE_CHECKING:
    from sim import Labels, Panels, RunResult, Table

_ROWS_PER_GROUP = 200_000
_EVENTS_PER_GROUP = 500_000
"""More, since a group is cut out of whole columns, which long tables put together anew for each group."""
_DATES = ("date", "period_start")


def write_tables(result: RunResult, events: Path, panels: Path, stem: str) -> None:
    """Write all event tables and panels of a run, each under a temporary name first.

    Panels are tidy: one row per day (or period), place and class (or SKU), one named column per measure,
    money in hundredths of the currency. Rows of the store x SKU panel that counted nothing are left out.

    Args:
        result: The run.
        events: Folder of the event tables, `<stem>-<table>.parquet`.
        panels: Folder of the panels, `<stem>-day.parquet`, `<stem>-cell.parquet`, `<stem>-centre.parquet`.
        stem: First part of the file names.
    """
    for name, table in result.tables.items():
        _write(events / f"{stem}-{name}.parquet", _event_groups(table))
    labels, kept = result.labels, result.panels
    _write(panels / f"{stem}-day.parquet", _daily_groups(labels, kept.day, "store", labels.stores, Day))
    _write(
        panels / f"{stem}-centre.parquet",
        _daily_groups(labels, kept.centre, "centre", labels.centres, Centre),
    )
    _write(panels / f"{stem}-cell.parquet", _cell_groups(labels, kept))


def _write(path: Path, groups: Iterator[pa.Table]) -> None:
    first = next(groups)
    # Statistics of every column take a third of the writing; a reader prunes by date alone.
    dates = [name for name in first.column_names if name in _DATES]
    with (
        replacing(path) as temporary,
        pq.ParquetWriter(temporary, first.schema, compression="snappy", write_statistics=dates) as writer,
    ):
        writer.write_table(first)
        for group in groups:
            writer.write_table(group)


def _event_groups(table: Table) -> Iterator[pa.Table]:
    for first in range(0, max(len(table), 1), _EVENTS_PER_GROUP):
        group = slice(first, first + _EVENTS_PER_GROUP)
        # Copied, so that whole columns of a long table are not held together.
        yield _table({name: _numbers(table[name][group].copy()) for name in table.columns})


def _daily_groups(
    labels: Labels, panel: npt.NDArray[np.int64], place: str, places: tuple[str, ...], measures: type[IntEnum]
) -> Iterator[pa.Table]:
    days, count, classes, _ = panel.shape
    start = np.datetime64(labels.start_date, "D")
    step = max(1, _ROWS_PER_GROUP // (count * classes))
    for first in range(0, days, step):
        part = panel[first : first + step]
        dates = start + np.arange(first, first + len(part))
        columns = {
            "date": _dates(np.repeat(dates, count * classes)),
            place: _labelled(np.tile(np.repeat(np.arange(count), classes), len(part)), places),
            "class": _labelled(np.tile(np.arange(classes), len(part) * count), labels.classes),
        }
        columns |= {measure.name.lower(): _numbers(part[..., measure].ravel()) for measure in measures}
        yield _table(columns)


def _cell_groups(labels: Labels, panels: Panels) -> Iterator[pa.Table]:
    stores_per_group = max(1, _ROWS_PER_GROUP // len(labels.skus))
    start = np.datetime64(labels.start_date, "D")
    for period in range(len(panels.cell)):
        first_day = start + period * labels.panel_period_days
        for first in range(0, len(labels.stores), stores_per_group):
            shown = slice(first, first + stores_per_group)
            counted = panels.cell[period, shown].reshape(-1, len(Cell))
            revenue = panels.cell_revenue[period, shown].ravel()
            rows = np.flatnonzero(counted.any(axis=1) | (revenue != 0))
            counted = counted[rows]
            columns = {
                "period_start": _dates(np.full(len(rows), first_day)),
                "store": _labelled(first + rows // len(labels.skus), labels.stores),
                "sku": _labelled(rows % len(labels.skus), labels.skus),
            }
            columns |= {measure.name.lower(): _numbers(counted[:, measure]) for measure in Cell}
            yield _table(columns | {"revenue": _numbers(revenue[rows])})


def _table(columns: Mapping[str, pa.Array]) -> pa.Table:
    return pa.Table.from_arrays(list(columns.values()), names=list(columns))


# `pyarrow.array` and `pyarrow.table` import pandas, to see whether they are given something of it: that takes as long
# as several replications of a small scenario. Arrays made of buffers know what they are, and nothing is copied.


def _numbers(values: npt.NDArray[Any]) -> pa.Array:
    memory = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, memory])


def _dates(days: npt.NDArray[np.datetime64]) -> pa.Array:
    memory = pa.py_buffer(days.astype("datetime64[D]").astype(np.int32))
    return pa.Array.from_buffers(pa.date32(), len(days), [None, memory])


def _texts(texts: tuple[str, ...]) -> pa.Array:
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def _labelled(codes: npt.NDArray[Any], labels: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(_numbers(codes.astype(np.int32)), _texts(labels))
