"""The engine and the plain SimPy model of after-sales service serve the same customers in the same seconds."""

from __future__ import annotations

from tests.unit.test_bench_picking import bench_module


def test_both_models_serve_customers_alike() -> None:
    service = bench_module("service")
    assert service.disagreements() <= service.TIES
