"""Identities of the store x SKU panel, and its agreement with the day panel, which is kept apart from it."""

from __future__ import annotations

import numpy as np

from sim.books.audit import Audit, Axis
from sim.books.daily_checks import SOLD
from sim.books.terms import Terms, by_class
from sim.records import Cell, Closing, Day, IntArray, Panels
from sim.result import Labels

_CELLS_PER_BLOCK = 50_000

# Cell measure -> the measures of the day panel that count the same.
_SAME: dict[Cell, tuple[Day, ...]] = {
    Cell.DEMAND: (Day.DEMAND,),
    Cell.SOLD: SOLD,
    Cell.SUBSTITUTED: (Day.SUBSTITUTED,),
    Cell.BACKORDERED: (Day.BACKORDERED,),
    Cell.LOST: (Day.LOST,),
    Cell.WASTED: (Day.WASTED,),
    Cell.RETURNED: (Day.RETURNED,),
    Cell.RECEIVED: (Day.RECEIVED,),
    Cell.STOCK_DAYS: (Day.ON_HAND,),
    Cell.OUT_OF_STOCK_SECONDS: (Day.OUT_OF_STOCK_SECONDS,),
}


def check_cells(
    audit: Audit,
    panels: Panels,
    day_totals: IntArray,
    opening: Closing,
    closing: Closing,
    labels: Labels,
    terms: Terms,
) -> None:
    """Check the store x SKU panel over the whole run.

    Args:
        audit: collects what fails.
        panels: `cell` and `cell_revenue` are read.
        day_totals: (stores, classes, len(Day)) the day panel added up over all days.
        opening: stock and backorders of the first morning.
        closing: the same, counted at the end.
        labels: axes of the panels.
        terms: holding cost per unit of each SKU.
    """
    _, stores, skus, _ = panels.cell.shape
    step = max(1, _CELLS_PER_BLOCK // max(1, skus))
    for start in range(0, stores, step):
        block = slice(start, min(start + step, stores))
        cell = panels.cell[:, block].sum(axis=0, dtype=np.int64)
        revenue = panels.cell_revenue[:, block].sum(axis=0)
        axes = (Axis("store", labels.stores[block]), Axis("SKU", labels.skus))
        _check_units(audit, cell, block, opening, closing, axes)
        _check_against_days(audit, cell, revenue, day_totals[block], labels, terms, axes[0])


def _check_units(
    audit: Audit, cell: IntArray, block: slice, opening: Closing, closing: Closing, axes: tuple[Axis, Axis]
) -> None:
    as_asked = (
        cell[..., Cell.DEMAND]
        - cell[..., Cell.SUBSTITUTED]
        - cell[..., Cell.BACKORDERED]
        - cell[..., Cell.LOST]
    )
    audit.at_most(
        "units of a SKU substituted, backordered and lost are part of its demand",
        np.zeros(1, dtype=np.int64),
        as_asked,
        axes,
    )
    audit.at_most("units of a SKU sold as asked are part of its sales", as_asked, cell[..., Cell.SOLD], axes)
    flow = cell[..., Cell.RECEIVED] + cell[..., Cell.RETURNED] - cell[..., Cell.SOLD] - cell[..., Cell.WASTED]
    audit.equal(
        "stock counted of a SKU = opening + received + returned - sold - wasted",
        closing.store_units[block],
        opening.store_units[block] + flow,
        axes,
    )
    audit.at_most(
        "units of a SKU owed at the end were owed before or backordered",
        closing.store_backorders[block],
        opening.store_backorders[block] + cell[..., Cell.BACKORDERED],
        axes,
    )


def _check_against_days(
    audit: Audit,
    cell: IntArray,
    revenue: IntArray,
    day_totals: IntArray,
    labels: Labels,
    terms: Terms,
    of_store: Axis,
) -> None:
    axes = (of_store, Axis("class", labels.classes))
    bounds = np.searchsorted(labels.sku_class, np.arange(len(labels.classes) + 1))
    spans = [cell[:, bounds[k] : bounds[k + 1]].sum(axis=1) for k in range(len(labels.classes))]
    by_store_and_class = np.stack(spans, axis=1)
    for measure, same in _SAME.items():
        audit.equal(
            f"{measure.name} by SKU = {' + '.join(part.name for part in same)} by day",
            by_store_and_class[..., measure],
            day_totals[..., same].sum(axis=-1),
            axes,
        )
    audit.equal(
        "revenue by SKU = REVENUE by day",
        by_class(revenue, labels.sku_class, len(labels.classes)),
        day_totals[..., Day.REVENUE],
        axes,
    )
    if terms.holding_micro_per_unit_day is not None:
        holding = cell[..., Cell.STOCK_DAYS] * terms.holding_micro_per_unit_day
        audit.equal(
            "holding cost of stock days by SKU = HOLDING_BY_UNIT by day",
            by_class(holding, labels.sku_class, len(labels.classes)),
            day_totals[..., Day.HOLDING_BY_UNIT],
            axes,
        )
