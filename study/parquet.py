"""Event tables and panels of one run as Parquet files that any tool can read."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim import Cell, Centre, Day
from study.atomic import replacing

if TYPE_CHECKING:
    import pyarrow as pa

    from sim import Labels, Panels, RunResult

_ROWS_PER_GROUP = 200_000
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
    import pyarrow as pa

    for name, table in result.tables.items():
        columns = {column: pa.array(values) for column, values in table.columns.items()}
        _write(events / f"{stem}-{name}.parquet", iter([pa.table(columns)]))
    labels, kept = result.labels, result.panels
    _write(panels / f"{stem}-day.parquet", _daily_groups(labels, kept.day, "store", labels.stores, Day))
    _write(
        panels / f"{stem}-centre.parquet",
        _daily_groups(labels, kept.centre, "centre", labels.centres, Centre),
    )
    _write(panels / f"{stem}-cell.parquet", _cell_groups(labels, kept))


def _write(path: Path, groups: Iterator[pa.Table]) -> None:
    import pyarrow.parquet as pq

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


def _daily_groups(
    labels: Labels, panel: npt.NDArray[np.int64], place: str, places: tuple[str, ...], measures: type[IntEnum]
) -> Iterator[pa.Table]:
    import pyarrow as pa

    days, count, classes, _ = panel.shape
    start = np.datetime64(labels.start_date, "D")
    step = max(1, _ROWS_PER_GROUP // (count * classes))
    for first in range(0, days, step):
        part = panel[first : first + step]
        dates = start + np.arange(first, first + len(part))
        columns = {
            "date": pa.array(np.repeat(dates, count * classes)),
            place: _labelled(np.tile(np.repeat(np.arange(count), classes), len(part)), places),
            "class": _labelled(np.tile(np.arange(classes), len(part) * count), labels.classes),
        }
        columns |= {measure.name.lower(): pa.array(part[..., measure].ravel()) for measure in measures}
        yield pa.table(columns)


def _cell_groups(labels: Labels, panels: Panels) -> Iterator[pa.Table]:
    import pyarrow as pa

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
                "period_start": pa.array(np.full(len(rows), first_day)),
                "store": _labelled(first + rows // len(labels.skus), labels.stores),
                "sku": _labelled(rows % len(labels.skus), labels.skus),
            }
            columns |= {measure.name.lower(): pa.array(counted[:, measure]) for measure in Cell}
            yield pa.table(columns | {"revenue": pa.array(revenue[rows])})


def _labelled(codes: npt.NDArray[Any], labels: tuple[str, ...]) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(labels, pa.string()))
