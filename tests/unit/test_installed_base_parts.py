"""Parts of the installed base: when failures are reported, how requests come in order, what sales are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scenarios import Reporting
from sim.aftersales.requests import Kind
from sim.installed_base.arriving import blank_rows, in_order
from sim.installed_base.durations import WorkTimes
from sim.installed_base.reporting import ReportTimes
from sim.records import Cell
from tests.service_worlds import CATEGORY, SKU, constant, mode, product, run, service_world

EVEN = (np.arange(20_000) + 0.5) / 20_000


class TestReportTimes:
    def test_hours_follow_the_profile(self) -> None:
        profile = tuple(float(8 <= hour < 18) * (1 + (hour < 10)) for hour in range(24))
        times = ReportTimes(Reporting(hourly_profile=profile), 0)
        by_hour = np.bincount(times.seconds(EVEN) // 3_600, minlength=24) / EVEN.size
        assert by_hour == pytest.approx(np.array(profile) / sum(profile), abs=1e-3)

    def test_without_weekdays_all_report_at_once(self) -> None:
        times = ReportTimes(Reporting(), 3)
        assert not times.has_delays
        assert not times.delay_days(5, EVEN).any()

    @pytest.mark.parametrize(
        "factors", [(1.5, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0), (0, 0, 0, 7, 0, 0, 0), (2, 0.2, 1, 1, 0, 1.3, 1.5)]
    )
    def test_reports_follow_the_weekdays_though_failures_do_not(self, factors: tuple[float, ...]) -> None:
        times = ReportTimes(Reporting(weekday_factors=factors), 2)
        reports = np.zeros(7)
        for day in range(7):
            delays = times.delay_days(day, EVEN)
            assert 0 <= delays.min() <= delays.max() <= 6
            reports += np.bincount((2 + day + delays) % 7, minlength=7) / EVEN.size
        assert reports == pytest.approx(np.array(factors) * 7 / sum(factors), abs=2e-3)


def test_requests_come_by_second_and_then_by_key() -> None:
    late, early = blank_rows(2, Kind.REPAIR), blank_rows(2, Kind.STREAM)
    late["second"], late["key"] = 50, [9, 3]
    early["second"], early["key"] = [40, 50], [8, 5]
    rows = in_order([late, early]).tolist()
    assert [(row.second, row.key, row.kind) for row in rows] == [
        (40, 8, 4),
        (50, 3, 0),
        (50, 5, 4),
        (50, 9, 0),
    ]


def test_work_times_are_read_side_by_side() -> None:
    scenario = service_world(
        days=1, modes=[mode("a"), mode("b", repair_minutes=constant(7))], products=[product()]
    )
    assert scenario.service is not None
    times = WorkTimes([item.repair_minutes for item in scenario.service.failure_modes])
    draws = np.array([0, 2**31, 2**32 - 1], np.uint32)
    assert times.seconds(np.array([1, 0, 1]), draws).tolist() == [420, 1_800, 420]


def test_sales_and_returns_make_the_base() -> None:
    scenario = service_world(
        days=70,
        units_per_day=6.0,
        products=[product(sku_ids=[SKU])],
        assortment={
            "classes": [{"id": "HOME", "customer_returns": {"probability": 0.2, "delay_days": constant(4)}}]
        },
    )
    result = run(scenario)
    base = result.tables["installed_base"]
    cells = result.panels.cell
    sold, returned = int(base["sold"].sum()), int(base["returned"].sum())
    assert sold == cells[..., Cell.SOLD].sum() > 300
    assert returned == cells[..., Cell.RETURNED].sum() > 30
    assert base["units"][-1] == sold - returned


def test_categories_are_products_as_well_as_skus() -> None:
    names: tuple[dict[str, Any], ...] = ({"sku_ids": [SKU]}, {"categories": [CATEGORY]})
    by_sku, by_category = (
        run(service_world(days=20, units_per_day=6.0, products=[product(**name)])).tables["installed_base"]
        for name in names
    )
    assert by_sku["units"].tolist() == by_category["units"].tolist()
    assert by_sku["units"][-1] > 80
