"""Figures fitted to real sales, shipped as a table beside the scenarios."""

from __future__ import annotations

import csv
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "fitted_retail_figures.csv"


def fitted_figures(path: Path = FILE) -> dict[str, float]:
    """Parameter -> fitted value, of the parameters that have one.

    Args:
        path: table with columns `parameter` and `value`.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return {row["parameter"]: float(row["value"]) for row in csv.DictReader(file) if row["value"]}
