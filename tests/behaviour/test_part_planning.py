"""Levels of spare parts that follow forecasts: better than one level for all, and they grow with what is installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from scenarios import Scenario
from sim import RunResult
from sim.aftersales.requests import Echelon
from study.statistics import mean_interval
from tests.part_worlds import parts_world
from tests.service_worlds import constant, installed, mode, product, run, service_world

REPLICATIONS = 4
WEEK = 7 * 86_400


def in_days(echelon: str, order_up_to_days: float, **fields: Any) -> dict[str, Any]:
    return {"echelon": echelon, "days_of_use": {"order_up_to_days": order_up_to_days, **fields}}


def in_units(echelon: str, reorder_point: int, order_up_to: int) -> dict[str, Any]:
    return {"echelon": echelon, "reorder_point_units": reorder_point, "order_up_to_units": order_up_to}


def assert_clear(differences: Sequence[float]) -> None:
    """Paired differences are positive, clear of zero."""
    interval = mean_interval(np.array(differences), 0.99)
    assert interval.low > 0, f"{interval.low:.4g} .. {interval.high:.4g}"


def unlike_parts(rules: Sequence[dict[str, Any]]) -> Scenario:
    """Twelve parts, the first of which is used forty times as often as the last."""
    rates = np.geomspace(2.0, 0.05, 12).round(3).tolist()
    return parts_world(
        days=140,
        parts=[{"part_id": f"P{number:02d}", "mean_per_day": rate} for number, rate in enumerate(rates)],
        policy={"rules": list(rules)},
        stations=3,
        station={"lead_time_days": 3},
        supplier={"lead_time_days": constant(8)},
        horizon={"warm_up_days": 28},
    )


def test_forecasts_fill_more_with_less_than_one_level_for_all() -> None:
    fixed = unlike_parts([in_units("station", 6, 9), in_units("dc", 25, 40)])
    planned = unlike_parts([in_days("station", 3, safety_factor=2.0), in_days("dc", 7, safety_factor=2.0)])
    pairs = [(run(fixed, replication=r).kpis, run(planned, replication=r).kpis) for r in range(REPLICATIONS)]
    assert_clear([after["part_fill_station"] - before["part_fill_station"] for before, after in pairs])
    assert_clear([before["parts_value"] - after["parts_value"] for before, after in pairs])


def appliances(sold_per_day: float) -> Scenario:
    """A hundred units in use on the first day, and what is sold on top."""
    return service_world(
        days=140,
        units_per_day=sold_per_day,
        products=[product("washer", 2.0, categories=["appliances"])],
        modes=[mode("pump", "washer", part_id="pump")],
        base=[installed(100)],
        technicians=6,
        service={"parts": {"parts": [{"part_id": "pump", "purchase_cost": 20.0}]}},
        policy={
            "service": {
                "parts": {
                    "rules": [
                        in_units("van", 0, 1),
                        in_days("station", 5),
                        in_days("dc", 10),
                    ]
                }
            }
        },
    )


def units_at(result: RunResult, echelon: Echelon, first_week: int, weeks: int) -> float:
    """Mean units at an echelon in some weeks."""
    levels = result.tables["part_levels"]
    week = levels["second"] // WEEK
    rows = (levels["echelon"] == echelon) & (week >= first_week) & (week < first_week + weeks)
    return float(levels["units"][rows].mean())


def forecasts(result: RunResult) -> npt.NDArray[np.float64]:
    return np.asarray(result.tables["part_forecasts"]["forecast_milliunits"] / 1000)


def test_levels_grow_with_what_is_installed() -> None:
    pairs = [[run(appliances(sold), replication=r) for sold in (0.0, 6.0)] for r in range(REPLICATIONS)]
    for echelon in (Echelon.STATION, Echelon.CENTRE):
        assert_clear(
            [units_at(grown, echelon, 16, 4) - units_at(still, echelon, 16, 4) for still, grown in pairs]
        )
    assert_clear([forecasts(grown)[-4:].mean() - forecasts(still)[-4:].mean() for still, grown in pairs])
    for _, grown in pairs:
        assert forecasts(grown)[-4:].mean() > 3 * forecasts(grown)[0]


def test_forecasts_are_held_against_what_stations_ordered() -> None:
    """A row a week from the first on: what was forecast, and the orders of the seven days before."""
    result = run(appliances(3.0))
    table, asked = result.tables["part_forecasts"], result.tables["part_demands"]
    assert np.array_equal(table["second"] + 1, WEEK * np.arange(1, 21))
    at_centre = asked["echelon"] == Echelon.CENTRE
    weekly = np.bincount(asked["second"][at_centre] // WEEK, asked["units"][at_centre], minlength=20)
    assert np.array_equal(table["used_units"], weekly)
    errors = forecasts(result) - weekly
    assert result.kpis["part_forecast_error"] == pytest.approx(np.abs(errors).sum() / weekly.sum())
    assert result.kpis["part_forecast_bias"] == pytest.approx(errors.sum() / weekly.sum())
    # First two failures a year of a hundred units, less the correction of Syntetos and Boylan; then what is seen.
    assert forecasts(result)[0] == pytest.approx(0.95 * 100 * 2.0 * 7 / 365, abs=0.001)
    assert forecasts(result)[-1] == pytest.approx(weekly[-8:].mean(), rel=0.35)
