"""What is known of a period, of the past or of a run, in one form: so both are measured alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

DAYS_PER_WEEK = 7


@dataclass(frozen=True, eq=False)
class Record:
    """Units per period, store and SKU; NaN where a cell is not recorded, None where a column is not.

    All arrays have shape (periods, stores, SKUs).
    """

    period_days: int
    """1 for days, 7 for weeks."""
    sold: FloatArray
    demand: FloatArray | None = None
    received: FloatArray | None = None
    wasted: FloatArray | None = None
    closing_stock: FloatArray | None = None
    """Units on hand at the end of the period."""
    revenue: FloatArray | None = None
    """In money."""

    @property
    def days(self) -> int:
        """Length of the whole record."""
        return len(self.sold) * self.period_days

    @property
    def weeks(self) -> int:
        """Whole weeks in the record."""
        return self.days // DAYS_PER_WEEK

    def weekly(self, field: str) -> FloatArray:
        """One field added up to whole weeks, (weeks, stores, SKUs); NaN where no period is recorded.

        Days left over at the end are dropped.
        """
        values: FloatArray = getattr(self, field)
        periods = DAYS_PER_WEEK // self.period_days
        blocks = values[: self.weeks * periods].reshape(self.weeks, periods, *values.shape[1:])
        totals = np.nansum(blocks, axis=1)
        totals[np.isnan(blocks).all(axis=1)] = np.nan
        return np.asarray(totals, dtype=np.float64)

    def seen_like(self, other: Record) -> Record:
        """The record with the blind spots of another: same columns, same cells."""

        def cut(field: str) -> FloatArray | None:
            mine, theirs = getattr(self, field), getattr(other, field)
            return None if mine is None or theirs is None else np.where(np.isnan(theirs), np.nan, mine)

        return Record(
            self.period_days,
            np.where(np.isnan(other.sold), np.nan, self.sold),
            cut("demand"),
            cut("received"),
            cut("wasted"),
            cut("closing_stock"),
            cut("revenue"),
        )
