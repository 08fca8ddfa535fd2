"""Adding up panels of 32-bit counts without copying them to 64 bits first."""

import numpy as np
import numpy.typing as npt

from sim.kernels.compilation import kernel


@kernel
def add_periods(periods: npt.NDArray[np.int32], first: int, totals: npt.NDArray[np.int64]) -> None:
    """Add some columns of every row of ``periods`` to ``totals``.

    Args:
        periods: (periods, cells) counts.
        first: first column.
        totals: (k,) receives the sums of k columns from there on, on top of what it holds.
    """
    for period in range(periods.shape[0]):
        counts = periods[period, first : first + totals.size]
        for cell in range(totals.size):
            totals[cell] += counts[cell]
