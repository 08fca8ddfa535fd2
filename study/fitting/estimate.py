"""One fitted number and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Estimate:
    """A fitted value with its standard error; an unidentifiable one has neither and says why in `method`."""

    value: float | None
    standard_error: float | None
    n: int
    """Observations behind it."""
    method: str
    unit: str = "ratio"

    def interval(self, z: float = 1.959964) -> tuple[float, float]:
        """Normal confidence interval, 95% by default; unbounded when there is no standard error."""
        if self.value is None or self.standard_error is None:
            return -np.inf, np.inf
        return self.value - z * self.standard_error, self.value + z * self.standard_error

    def __str__(self) -> str:
        if self.value is None:
            return f"not identifiable: {self.method}"
        if self.standard_error is None:
            return f"{self.value:.4g}"
        return f"{self.value:.4g} (SE {self.standard_error:.2g})"


def unidentified(reason: str, unit: str = "ratio") -> Estimate:
    """An estimate the history cannot give."""
    return Estimate(None, None, 0, reason, unit)
