"""All KPIs of after-sales service."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.kpis.aftersales.money import money_kpis
from sim.kpis.aftersales.records import ServiceRecords
from sim.kpis.aftersales.requests import REQUESTS
from sim.kpis.aftersales.resources import PARTS, PEOPLE
from sim.kpis.aftersales.stages import time_kpis
from sim.kpis.aftersales.work import CONTACT, FIELD
from sim.kpis.replans import replan_kpis
from sim.kpis.rota import rota_kpis
from sim.records import Table
from sim.replans import Planned
from sim.result import Labels

AFTER_SALES: Mapping[str, Callable[[ServiceRecords], float]] = {
    **REQUESTS,
    **CONTACT,
    **FIELD,
    **PARTS,
    **PEOPLE,
}
"""KPIs that have a formula each; those of time and of money are worked out together."""


def after_sales_kpis(tables: Mapping[str, Table], labels: Labels, end_second: int) -> dict[str, float]:
    """Work out the KPIs of after-sales service.

    Requests count by the day on which they were opened, calls and demands of parts by the day on which they came,
    visits by the day on which somebody set out, costs and technicians' time by their day.

    Args:
        tables: event tables of a run; missing ones count as empty.
        labels: axes of after-sales service, length of the warm-up.
        end_second: end of the run.

    Returns:
        KPI name -> value; NaN where there is nothing to count.
    """
    records = ServiceRecords(tables, labels, end_second)
    values = {name: formula(records) for name, formula in AFTER_SALES.items()}
    values |= replan_kpis(tables, Planned.TECHNICIANS, records.first_second, end_second)
    values |= rota_kpis(tables, records.first_second)
    return values | time_kpis(records) | money_kpis(records)
