"""KPIs of after-sales service, read off its event tables."""

from sim.kpis.aftersales.registry import AFTER_SALES, after_sales_kpis

__all__ = ["AFTER_SALES", "after_sales_kpis"]
