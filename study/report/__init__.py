"""The report of a study or a comparison: one HTML file that opens anywhere, with the network off."""

from __future__ import annotations

from study.report.writing import write_report

__all__ = ["write_report"]
