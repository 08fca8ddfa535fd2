"""Smooth, erratic, intermittent or lumpy: the demand classes of Syntetos, Boylan and Croston."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

ADI_CUTOFF = 1.32
CV2_CUTOFF = 0.49


class DemandClass(StrEnum):
    """Demand classes of Syntetos, Boylan and Croston (2005), J. Operational Research Society 56, 495-503."""

    SMOOTH = "smooth"
    ERRATIC = "erratic"
    INTERMITTENT = "intermittent"
    LUMPY = "lumpy"
    NO_SALES = "no_sales"


def classify(mean_interval: float, squared_variation: float) -> DemandClass:
    """The class of one series.

    Args:
        mean_interval: ADI, periods per period with a sale, at least 1; infinite when nothing was sold.
        squared_variation: CV^2, squared coefficient of variation of the non-zero quantities.
    """
    if not np.isfinite(mean_interval):
        return DemandClass.NO_SALES
    if mean_interval < ADI_CUTOFF:
        return DemandClass.SMOOTH if squared_variation < CV2_CUTOFF else DemandClass.ERRATIC
    return DemandClass.INTERMITTENT if squared_variation < CV2_CUTOFF else DemandClass.LUMPY


def classify_series(series: npt.NDArray[np.int64], units: npt.NDArray[np.float64]) -> pd.DataFrame:
    """Classify every series of a history.

    Args:
        series: series code per observation, 0 ..
        units: units sold per observation.

    Returns:
        One row per series code: `periods`, `mean_units`, `mean_interval` (ADI), `squared_variation` (CV^2 of
        the non-zero quantities, population variance; 0 when there are fewer than two), `demand_class`.
    """
    count = int(series.max()) + 1 if len(series) else 0
    periods = np.bincount(series, minlength=count)
    sold = units > 0
    hits = np.bincount(series[sold], minlength=count)
    totals = np.bincount(series[sold], units[sold], minlength=count)
    squares = np.bincount(series[sold], units[sold] ** 2, minlength=count)
    with np.errstate(divide="ignore", invalid="ignore"):
        interval = np.where(hits > 0, periods / hits, np.inf)
        mean_size = totals / hits
        variation = np.where(hits > 1, np.maximum(squares / hits - mean_size**2, 0.0) / mean_size**2, 0.0)
        mean_units = totals / periods
    classes = [classify(adi, cv2).value for adi, cv2 in zip(interval, variation, strict=True)]
    return pd.DataFrame(
        {
            "periods": periods,
            "mean_units": mean_units,
            "mean_interval": interval,
            "squared_variation": variation,
            "demand_class": classes,
        }
    )
