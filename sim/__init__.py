"""The world: one replication of a scenario under a plan."""

from sim.books import Account, BooksError
from sim.engine import simulate
from sim.kernels.compilation import is_compiled
from sim.kernels.ordering import EMERGENCY
from sim.kernels.processes import may_fork
from sim.records import Cell, Centre, Closing, Day, Panels, Table
from sim.result import Identity, Labels, RunResult, ServiceLabels
from sim.stations import Crew, Work

__all__ = [
    "EMERGENCY",
    "Account",
    "BooksError",
    "Cell",
    "Centre",
    "Closing",
    "Crew",
    "Day",
    "Identity",
    "Labels",
    "Panels",
    "RunResult",
    "ServiceLabels",
    "Table",
    "Work",
    "is_compiled",
    "may_fork",
    "simulate",
]
