"""Identities of the store x SKU panel, and its agreement with the day panel, which is kept apart from it."""

from __future__ import annotations

import numpy as np

from sim.books.audit import Audit, Axis
from sim.books.daily_checks import SOLD
from sim.books.terms import Terms, by_class
from sim.kernels.totals import add_periods
from sim.records import Cell, Closing, Day, IntArray, Panels
from sim.result import Labels

_CELLS_PER_BLOCK = 30_000

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
    sent_back: IntArray,
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
        sent_back: (stores, SKUs) units that stores sent back to the centre.
        day_totals: (stores, classes, len(Day)) the day panel added up over all days.
        opening: stock and backorders of the first morning.
        closing: the same, counted at the end.
        labels: axes of the panels.
        terms: amounts per unit of each SKU.
    """
    _, stores, skus, _ = panels.cell.shape
    # The world keeps this panel measure by measure: nothing is copied here.
    by_period = np.ascontiguousarray(np.moveaxis(panels.cell, -1, 1)).reshape(len(panels.cell), -1)
    step = max(1, _CELLS_PER_BLOCK // max(1, skus))
    for start in range(0, stores, step):
        block = slice(start, min(start + step, stores))
        cell = np.zeros((len(Cell), block.stop - start, skus), dtype=np.int64)
        for measure in Cell:
            add_periods(by_period, (measure * stores + start) * skus, cell[measure].reshape(-1))
        revenue = panels.cell_revenue[:, block].sum(axis=0)
        of_store = Axis("store", labels.stores[block])
        _check_units(
            audit, cell, block, sent_back[block], opening, closing, (of_store, Axis("SKU", labels.skus))
        )
        _check_against_days(audit, cell, revenue, day_totals[block], labels, terms, of_store)


def _check_units(
    audit: Audit,
    cell: IntArray,
    block: slice,
    sent_back: IntArray,
    opening: Closing,
    closing: Closing,
    axes: tuple[Axis, Axis],
) -> None:
    as_asked = cell[Cell.DEMAND] - cell[Cell.SUBSTITUTED] - cell[Cell.BACKORDERED] - cell[Cell.LOST]
    audit.not_negative(
        "units of a SKU substituted, backordered and lost are part of its demand", as_asked, axes
    )
    audit.at_most("units of a SKU sold as asked are part of its sales", as_asked, cell[Cell.SOLD], axes)
    flow = cell[Cell.RECEIVED] + cell[Cell.RETURNED] - cell[Cell.SOLD] - cell[Cell.WASTED]
    audit.equal(
        "stock counted of a SKU = opening + received + returned - sold - wasted - sent back",
        closing.store_units[block],
        opening.store_units[block] + flow - sent_back,
        axes,
    )
    audit.at_most(
        "units of a SKU owed at the end were owed before or backordered",
        closing.store_backorders[block],
        opening.store_backorders[block] + cell[Cell.BACKORDERED],
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

    def by(values: IntArray) -> IntArray:
        return by_class(values, labels.sku_class, len(labels.classes))

    for measure, same in _SAME.items():
        audit.equal(
            f"{measure.name} by SKU = {' + '.join(part.name for part in same)} by day",
            by(cell[measure]),
            day_totals[..., same].sum(axis=-1),
            axes,
        )
    audit.equal("revenue by SKU = REVENUE by day", by(revenue), day_totals[..., Day.REVENUE], axes)
    for per_unit, units, amount in (
        (terms.holding_micro_per_unit_day, Cell.STOCK_DAYS, Day.HOLDING_BY_UNIT),
        (terms.incentive_minor_per_unit, Cell.SUBSTITUTED, Day.INCENTIVE),
        (terms.shelf_life_days, Cell.SOLD, Day.LIFE_AT_SALE_DAYS),
    ):
        if per_unit is not None:
            audit.equal(
                f"{units.name} by SKU at so much a unit = {amount.name} by day",
                by(cell[units] * per_unit),
                day_totals[..., amount],
                axes,
            )
