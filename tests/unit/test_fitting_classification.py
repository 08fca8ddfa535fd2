"""Demand classes at and around the published cut-offs."""

from __future__ import annotations

import numpy as np
import pytest

from study.fitting import fit_demand
from study.fitting.classification import DemandClass, classify, classify_series
from tests.reference import reference_path


@pytest.mark.parametrize(
    ("mean_interval", "squared_variation", "expected"),
    [
        (1.0, 0.0, "smooth"),
        (1.31, 0.48, "smooth"),
        (1.31, 0.49, "erratic"),
        (1.32, 0.48, "intermittent"),
        (1.32, 0.49, "lumpy"),
        (np.inf, 0.0, "no_sales"),
    ],
)
def test_cut_offs(mean_interval: float, squared_variation: float, expected: str) -> None:
    assert classify(mean_interval, squared_variation) == DemandClass(expected)


def test_series_by_hand() -> None:
    series = np.repeat([0, 1, 2, 3, 4], 4)
    units = np.array([4, 5, 4, 5, 1, 9, 1, 1, 0, 3, 0, 3, 0, 1, 0, 9, 0, 0, 0, 0], dtype=float)
    found = classify_series(series, units)
    assert found["demand_class"].tolist() == ["smooth", "erratic", "intermittent", "lumpy", "no_sales"]
    assert found["mean_interval"].tolist() == [1.0, 1.0, 2.0, 2.0, np.inf]
    # Sizes 1 and 9: mean 5, population variance 16.
    assert found["squared_variation"][3] == pytest.approx(16 / 25)


@pytest.mark.parametrize("name", ["carparts", "man"])
def test_spare_parts_are_mostly_intermittent_or_lumpy(name: str) -> None:
    fitted = fit_demand(reference_path(f"demand/spare_parts/{name}.csv.gz"))
    share = fitted.series["demand_class"].isin(["intermittent", "lumpy"]).mean()
    assert share > 0.95
    assert fitted.classes[0].dispersion.variance_to_mean.value > 1.5
