"""Demand fitted to a planner's sales history."""

from __future__ import annotations

from study.fitting.estimate import Estimate
from study.fitting.history import History, read_history
from study.fitting.pipeline import fit_demand, fit_history
from study.fitting.regression import MissingExtraError
from study.fitting.result import ClassFit, FittedDemand
from study.fitting.writing import write_fit

__all__ = [
    "ClassFit",
    "Estimate",
    "FittedDemand",
    "History",
    "MissingExtraError",
    "fit_demand",
    "fit_history",
    "read_history",
    "write_fit",
]
