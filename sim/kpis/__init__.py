"""KPIs: pure functions of the records of a run, with the warm-up cut."""

from sim.kpis.registry import (
    PARTS,
    compute_kpis,
    kpis_by_class,
    kpis_by_day,
    kpis_by_store,
    kpis_by_store_class,
)

__all__ = [
    "PARTS",
    "compute_kpis",
    "kpis_by_class",
    "kpis_by_day",
    "kpis_by_store",
    "kpis_by_store_class",
]
