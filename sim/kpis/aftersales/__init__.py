"""KPIs of after-sales service, read off its event tables."""

from sim.kpis.aftersales.records import ServiceRecords
from sim.kpis.aftersales.registry import AFTER_SALES, after_sales_kpis
from sim.kpis.aftersales.requests import promises_kept
from sim.kpis.aftersales.stages import STAGES as REPAIR_STAGES
from sim.kpis.aftersales.stages import backlog, stage_seconds

__all__ = [
    "AFTER_SALES",
    "REPAIR_STAGES",
    "ServiceRecords",
    "after_sales_kpis",
    "backlog",
    "promises_kept",
    "stage_seconds",
]
