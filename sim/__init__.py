"""The world: one replication of a scenario under a plan."""

from sim.aftersales.requests import Cause, Outcome, Urgency
from sim.aftersales.requests import Kind as RequestKind
from sim.books import Account, BooksError
from sim.engine import simulate
from sim.kernels.compilation import is_compiled
from sim.kernels.ordering import EMERGENCY
from sim.kernels.processes import may_fork
from sim.kpis.aftersales import REPAIR_STAGES, ServiceRecords, backlog, promises_kept, stage_seconds
from sim.native import has_native_modules
from sim.outlook import outlook
from sim.records import Cell, Centre, Closing, Day, Panels, Table
from sim.result import Identity, Labels, RunResult, ServiceLabels
from sim.stations import Crew, Work

__all__ = [
    "EMERGENCY",
    "REPAIR_STAGES",
    "Account",
    "BooksError",
    "Cause",
    "Cell",
    "Centre",
    "Closing",
    "Crew",
    "Day",
    "Identity",
    "Labels",
    "Outcome",
    "Panels",
    "RequestKind",
    "RunResult",
    "ServiceLabels",
    "ServiceRecords",
    "Table",
    "Urgency",
    "Work",
    "backlog",
    "has_native_modules",
    "is_compiled",
    "may_fork",
    "outlook",
    "promises_kept",
    "simulate",
    "stage_seconds",
]
