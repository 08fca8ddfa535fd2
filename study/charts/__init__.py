"""Charts of studies and comparisons, legible on a slide; Matplotlib is imported when one is drawn."""

from __future__ import annotations

from study.charts.chart import Chart
from study.charts.writing import gallery, write_charts

__all__ = ["Chart", "gallery", "write_charts"]
