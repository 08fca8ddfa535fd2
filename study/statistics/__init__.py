"""Confidence in simulated answers: intervals, paired differences, multiplicity, number of replications."""

from study.statistics.intervals import Interval, mean_interval, relative_half_width
from study.statistics.multiplicity import bonferroni_level, holm_adjusted
from study.statistics.paired import PairedTest, paired_test
from study.statistics.precision import PrecisionMonitor, PrecisionRule

__all__ = [
    "Interval",
    "PairedTest",
    "PrecisionMonitor",
    "PrecisionRule",
    "bonferroni_level",
    "holm_adjusted",
    "mean_interval",
    "paired_test",
    "relative_half_width",
]
