"""Where shelves stand empty: share of opening time out of stock by store and merchandise class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure

from study.charts import style
from study.charts.clarity import clearly_highest, clearly_lowest
from study.charts.numbers import plain
from study.charts.wrapping import text_width_inches, wrapped
from study.evidence import FloatArray, Study

MOST_STORES, MOST_COLUMNS = 40, 24
_ROWS_PER_BLOCK = 20
_WIDE_FROM_COLUMNS = 9
"""From so many columns on there is room for one block of stores only."""
_UPRIGHT_INCHES = 1.3
_ANNOTATED_UP_TO_COLUMNS = 14
_MAP = LinearSegmentedColormap.from_list("stock-outs", ["#fbf7f2", "#f2b27c", style.VERMILLION, "#6b2700"])
_NOT_SOLD = "#e3e6e9"


@style.styled
def stock_out_heat_map(studies: Sequence[Study]) -> Figure:
    """Cells store x class, one column group per scenario; of a big network the worst stores.

    Args:
        studies: one or more; stores are those of the first, classes likewise.
    """
    first = studies[0]
    tables = [_aligned(study, first) for study in studies]
    classes = min(len(first.labels.classes), max(1, MOST_COLUMNS // len(studies)))
    columns = classes * len(studies)
    blocks = 1 if columns >= _WIDE_FROM_COLUMNS or len(first.labels.stores) <= _ROWS_PER_BLOCK else 2
    worst = _worst_stores(tables)[: min(MOST_STORES, blocks * _ROWS_PER_BLOCK)]
    shown = np.stack(tables)[:, worst, :classes]
    top = max(float(np.nanmax(shown)) if np.isfinite(shown).any() else 0.0, 0.005)
    norm = Normalize(0.0, top)
    names = style.scenario_names(studies)
    figure = style.slide(_title(studies, names), _subtitle(first, len(worst), classes), _note(studies))
    rows = min(_ROWS_PER_BLOCK, len(worst)) if blocks == 2 else len(worst)
    grid = figure.subplots(1, blocks * len(studies), squeeze=False, sharey=False)[0]
    for block in range(blocks):
        stores = worst[block * rows : (block + 1) * rows]
        for index, table in enumerate(tables):
            axes = grid[block * len(studies) + index]
            _cells(
                axes,
                table[stores, :classes],
                norm,
                rows,
                annotated=blocks * columns <= _ANNOTATED_UP_TO_COLUMNS,
            )
            _label_axes(axes, first, classes, names[index], index, 11.0 / (blocks * len(studies)))
            axes.set_yticks(
                range(len(stores)),
                [wrapped(first.labels.store_names[store], 1.5, style.SMALL_POINTS, 1)[0] for store in stores]
                if index == 0
                else [],
            )
    bar = figure.colorbar(ScalarMappable(norm, _MAP), ax=list(grid), fraction=0.03, pad=0.01, aspect=30)
    bar.set_label("Share of opening time out of stock (%)", fontsize=style.SMALL_POINTS)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g}")
    bar.outline.set_visible(False)
    return figure


def _aligned(study: Study, first: Study) -> FloatArray:
    """(stores, classes) of `study` in the rows and columns of `first`, NaN where it has none."""
    table = study.mean_store_class("stock_out_share")
    rows = {store: row for row, store in enumerate(study.labels.stores)}
    columns = {name: column for column, name in enumerate(study.labels.classes)}
    aligned = np.full((len(first.labels.stores), len(first.labels.classes)), np.nan)
    for row, store in enumerate(first.labels.stores):
        for column, name in enumerate(first.labels.classes):
            if store in rows and name in columns:
                aligned[row, column] = table[rows[store], columns[name]]
    return aligned


def _worst_stores(tables: Sequence[FloatArray]) -> list[int]:
    """Rows by falling mean stock-out share over all scenarios and classes."""
    stacked = np.stack(tables)
    counts = np.isfinite(stacked).sum(axis=(0, 2))
    sums = np.nansum(stacked, axis=(0, 2))
    means = np.divide(sums, counts, out=np.zeros(sums.shape), where=counts > 0)
    return [int(row) for row in np.argsort(-means, kind="stable")]


def _cells(axes: Axes, values: FloatArray, norm: Normalize, rows: int, *, annotated: bool) -> None:
    axes.set_facecolor(_NOT_SOLD)
    axes.pcolormesh(
        np.arange(values.shape[1] + 1) - 0.5,
        np.arange(values.shape[0] + 1) - 0.5,
        np.ma.masked_invalid(values),
        cmap=_MAP,
        norm=norm,
        edgecolor="white",
        linewidth=1.0,
    )
    axes.set_ylim(rows - 0.5, -0.5)
    if annotated:
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value):
                colour = "white" if norm(value) > 0.6 else style.INK
                axes.text(
                    column,
                    row,
                    f"{100 * value:.1f}",
                    ha="center",
                    va="center",
                    fontsize=style.SMALL_POINTS,
                    color=colour,
                )


def _label_axes(axes: Axes, first: Study, classes: int, name: str, index: int, inches: float) -> None:
    style.quiet(axes)
    axes.xaxis.tick_top()
    names = [style.class_names(first)[group] for group in first.labels.classes[:classes]]
    room = 0.85 * inches / classes
    upright = any(
        text_width_inches(word, style.SMALL_POINTS) > room for name in names for word in name.split()
    )
    if upright:
        lines = [
            wrapped(name, _UPRIGHT_INCHES, style.SMALL_POINTS, 2 if room > 0.45 else 1) for name in names
        ]
    else:
        lines = [wrapped(name, room, style.SMALL_POINTS, 3) for name in names]
    axes.set_xticks(range(classes), ["\n".join(name) for name in lines], rotation=90 if upright else 0)
    axes.set_xlabel(
        "\n".join(wrapped(name, 0.85 * inches, style.LABEL_POINTS, 2)),
        color=style.text_colour(index),
        fontsize=style.LABEL_POINTS,
    )


def _title(studies: Sequence[Study], names: Sequence[str]) -> str:
    if len(studies) == 1:
        found = studies[0].intervals["on_shelf_availability"]
        if not found.count:
            return f"Where shelves stand empty: {names[0]}"
        share = plain(100 * (1 - found.mean), 100 * found.half_width)
        return f"{names[0]}: shelves stand empty {share}% of opening time"
    best, worst = (rank(studies, "on_shelf_availability") for rank in (clearly_highest, clearly_lowest))
    if best is None or worst is None:
        return f"Where shelves stand empty: {style.versus(names)}"
    return f"Shelves stand empty more often with {names[worst]} than with {names[best]}"


def _subtitle(first: Study, stores: int, classes: int) -> str:
    everything = len(first.labels.stores)
    which = "all stores" if stores == everything else f"the {stores} worst of {everything:,} stores"
    left_out = len(first.labels.classes) - classes
    more = f"; the first {classes} of {len(first.labels.classes)} classes" if left_out else ""
    return (
        f"Opening time without stock (%), mean over SKUs, {which}, worst first{more}. Grey: not sold there."
    )


def _note(studies: Sequence[Study]) -> str:
    return f"{style.replications_note(studies)}. Stores ranked by their mean over all classes and scenarios."
