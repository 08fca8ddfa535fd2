"""Many questions at once: keep the chance of any false answer in the whole family below one level."""

from __future__ import annotations

import numpy as np

from study.statistics.intervals import FloatArray


def bonferroni_level(confidence_level: float, family_size: int) -> float:
    """Confidence level of each interval so that all of a family hold together (Bonferroni).

    It holds however the questions depend on each other, and KPIs of one run depend strongly.
    """
    return 1 - (1 - confidence_level) / max(family_size, 1)


def holm_adjusted(p_values: FloatArray) -> FloatArray:
    """Holm's step-down adjustment (Holm 1979, Scandinavian Journal of Statistics 6:65-70).

    Rejecting where the adjusted value is at most alpha keeps the family-wise error rate at alpha, and rejects
    whatever Bonferroni rejects and more.

    Args:
        p_values: (tests,); NaN where a test is undefined: it stays NaN and is no member of the family.
    """
    adjusted = np.full(len(p_values), np.nan)
    members = np.flatnonzero(~np.isnan(p_values))
    order = members[np.argsort(p_values[members], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return adjusted
