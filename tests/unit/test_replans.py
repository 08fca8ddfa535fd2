"""Plans made in the course of a run: what is written down, and the KPIs read off it."""

from __future__ import annotations

from math import isnan

import pytest

from sim.clock import SECONDS_PER_DAY
from sim.kpis.replans import replan_kpis
from sim.recorder import Recorder
from sim.records import Table
from sim.replans import NOT_KNOWN, Planned, Replan, write_replan


def replan(
    day: int, *, rule: int = 900, repaired: int = 800, planned: int = 500, fallback: bool = False
) -> Replan:
    return Replan(
        day * SECONDS_PER_DAY,
        Planned.TECHNICIANS,
        0,
        5,
        0,
        rule,
        repaired,
        planned,
        100,
        is_fallback=fallback,
    )


def kpis(*replans: Replan, warm_up_days: int = 0, kind: Planned = Planned.TECHNICIANS) -> dict[str, float]:
    recorder = Recorder()
    for one in replans:
        write_replan(recorder, one)
    return replan_kpis(recorder.tables(), kind, warm_up_days * SECONDS_PER_DAY, 10 * SECONDS_PER_DAY)


class TestKpis:
    def test_savings_are_means_in_money(self) -> None:
        found = kpis(replan(1), replan(2, rule=500, repaired=500))
        assert found["technician_replan_saving"] == pytest.approx((3.00 + 0.00) / 2)
        assert found["technician_replan_saving_on_rule"] == pytest.approx((4.00 + 0.00) / 2)
        assert found["technician_replans"] == pytest.approx(0.2)

    def test_the_warm_up_does_not_count(self) -> None:
        found = kpis(replan(1), replan(7, repaired=600), warm_up_days=5)
        assert found["technician_replan_saving"] == pytest.approx(1.00)
        assert found["technician_replans"] == pytest.approx(0.2)

    def test_unknown_costs_are_left_out(self) -> None:
        found = kpis(replan(1, repaired=NOT_KNOWN), replan(2))
        assert found["technician_replan_saving"] == pytest.approx(3.00)

    def test_fallbacks_are_counted(self) -> None:
        assert kpis(replan(1), replan(1, fallback=True))["technician_replan_fallback_share"] == 0.5

    def test_trucks_are_not_mixed_with_technicians(self) -> None:
        assert isnan(kpis(replan(1), kind=Planned.TRUCKS)["truck_replans"])

    def test_nothing_is_known_without_plans(self) -> None:
        assert all(
            isnan(value)
            for value in replan_kpis(dict[str, Table](), Planned.TRUCKS, 0, SECONDS_PER_DAY).values()
        )
