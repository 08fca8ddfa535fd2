"""Closed forms beside the KPIs of a run."""

from study.shadow.collecting import shadow
from study.shadow.expected import Expected
from study.shadow.judging import Shade, Verdict, judge

__all__ = ["Expected", "Shade", "Verdict", "judge", "shadow"]
