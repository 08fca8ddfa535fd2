"""Invented studies for tests of charts and reports: the shapes of real ones, no simulation behind them.

invented_study("cost_first")                         120 stores x 150 SKUs, 30 replications, a year
invented_study("tiny", stores=3, replications=1)     small
invented_study("full", extreme="full")               every unit filled; also "undefined", "free"
invented_study("busy", operations=InventedOperations())    with trucks and work in the centre
invented_study("mended", service=InventedService())        with after-sales service
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

import numpy as np
from scipy import stats

from scenarios import COST_HEADS, MEASURES, Direction
from sim.result import Labels
from study.evidence import (
    DAILY,
    Condensed,
    KpiInterval,
    Study,
)
from tests.factory import tiny_scenario
from tests.invented_operations import InventedOperations
from tests.invented_service import InventedService

Extreme = Literal["", "full", "undefined", "free"]

CITIES = (
    ("上海", 121.47, 31.23),
    ("苏州", 120.62, 31.32),
    ("杭州", 120.16, 30.29),
    ("南京", 118.78, 32.06),
    ("宁波", 121.55, 29.88),
    ("无锡", 120.29, 31.57),
    ("绍兴", 120.58, 30.00),
    ("衢州", 118.87, 28.94),
    ("扬州", 119.42, 32.39),
    ("盐城", 120.13, 33.38),
)
DISTRICTS = (
    "浦东店",
    "鄞州店",
    "溧阳店",
    "邗江店",
    "人民路店",
    "嵊州店",
    "中心店",
    "开发区店",
    "大学城店",
    "火车站店",
    "滨江店",
    "老街店",
)
CENTRE: dict[str, Any] = {"id": "DC", "name": "嘉兴配送中心", "latitude": 30.75, "longitude": 120.76}
CLASSES = ("GROCERY", "HOUSEHOLD", "APPLIANCE")
CENTRAL = {
    "fill_rate": 0.953,
    "value_fill_rate": 0.948,
    "line_fill_rate": 0.97,
    "cycle_service_level": 0.86,
    "on_shelf_availability": 0.962,
    "stock_out_days": 13.9,
    "substituted_share": 0.012,
    "lost_share": 0.031,
    "service_gini": 0.21,
    "small_store_fill_gap": 0.018,
    "demand_units": 48_213.0,
    "sold_units": 46_500.0,
    "order_lines": 9_870.0,
    "store_orders": 118.0,
    "emergency_share": 0.043,
    "bullwhip_ratio": 2.31,
    "bullwhip_ratio_dc": 3.9,
    "return_rate": 0.014,
    "inventory_days": 24.3,
    "stock_turns": 15.0,
    "store_stock_units": 640_000.0,
    "dc_stock_units": 410_000.0,
    "backorder_units": 312.0,
    "stock_value": 9.1e6,
    "gmroi": 4.4,
    "waste_share": 0.0213,
    "mark_down_share": 0.035,
    "age_at_sale_share": 0.41,
    "cost_purchase": 402_000.0,
    "cost_ordering": 9_300.0,
    "cost_holding": 15_100.0,
    "cost_waste": 8_600.0,
    "cost_mark_down": 5_200.0,
    "cost_communication": 1_150.0,
    "cost_facilities": 38_000.0,
    "cost_to_serve": 1.66,
    "shortage_penalty": 3_300.0,
    "revenue": 561_000.0,
    "gross_margin": 153_800.0,
}
OTHERS = {
    name: 0.9 if measure.is_share else 1_800.0
    for name, measure in MEASURES.items()
    if name not in CENTRAL and name not in ("total_cost", "profit")
}
"""Those of operations, the same in every replication."""
EFFECT = {
    "fill_rate": 0.5,
    "value_fill_rate": 0.48,
    "line_fill_rate": 0.3,
    "cycle_service_level": 0.45,
    "on_shelf_availability": 0.45,
    "stock_out_days": 0.45,
    "lost_share": 0.5,
    "service_gini": 0.15,
    "small_store_fill_gap": 0.4,
    "emergency_share": -0.9,
    "inventory_days": -0.32,
    "stock_turns": -0.25,
    "stock_value": -0.3,
    "gmroi": -0.22,
    "waste_share": -0.35,
    "mark_down_share": -0.2,
    "cost_purchase": -0.02,
    "cost_ordering": -0.4,
    "cost_holding": -0.33,
    "cost_waste": -0.38,
    "cost_mark_down": -0.2,
    "cost_to_serve": -0.1,
    "shortage_penalty": 0.5,
    "revenue": 0.021,
    "gross_margin": 0.022,
    "sold_units": 0.021,
}
"""Relative step towards the better (or, negative, the worse) side that a service policy makes."""


def invented_study(
    name: str,
    *,
    title: str = "",
    stores: int = 120,
    skus: int = 150,
    days: int = 364,
    replications: int = 30,
    lift: float = 0.0,
    extreme: Extreme = "",
    warm_up_days: int = 28,
    classes: tuple[str, ...] = CLASSES,
    changes: dict[str, Any] | None = None,
    operations: InventedOperations | None = None,
    service: InventedService | None = None,
) -> Study:
    """A study whose numbers are made up.

    Args:
        lift: 0 to 1, how far its policy spends money on service.
        extreme: "full": nothing is ever missing; "undefined": every KPI is NaN; "free": no cost at all.
        changes: blocks for `tiny_scenario`.
        operations: trucks and work in the centre; none unless given.
        service: after-sales service; none unless given.
    """
    rng = np.random.default_rng([len(name), stores, skus, days, int(100 * lift)])
    world = np.random.default_rng([stores, skus, days])
    labels = _labels(world, stores, skus, warm_up_days, classes)
    scenario = tiny_scenario(
        name=name,
        title=title,
        horizon={"start_date": date(2025, 1, 1), "days": days, "warm_up_days": warm_up_days},
        network={
            "distribution_centres": [CENTRE, *(operations.other_centres() if operations else [])],
            "stores": [
                {
                    "store_id": store,
                    "name": store_name,
                    "latitude": float(latitude),
                    "longitude": float(longitude),
                    "dc_id": CENTRE["id"],
                }
                for store, store_name, latitude, longitude in zip(
                    labels.stores,
                    labels.store_names,
                    labels.store_latitude,
                    labels.store_longitude,
                    strict=True,
                )
            ],
        },
        **(operations.changes() if operations else {}),
        **(changes or {}),
    )
    runs = tuple(_run(number, world, rng, labels, days, lift, extreme) for number in range(replications))
    if operations:
        weeks = (days - warm_up_days) / 7
        shown = [operations.shown_day(rng, stores), *[{}] * (replications - 1)]
        runs = tuple(
            replace(run, operations=operations.numbers(rng, weeks, lift), shown_day=day)
            for run, day in zip(runs, shown, strict=True)
        )
    if service:
        labels = replace(labels, service=service.labels(world))
        week = [service.shown_week(rng, labels.service), *[{}] * (replications - 1)]
        runs = tuple(
            replace(run, service=service.numbers(rng, days, labels.service, lift), shown_week=one)
            for run, one in zip(runs, week, strict=True)
        )
    return Study(
        name=name,
        scenario=scenario,
        plan_digest="5d41402abc4b2a76b9719d911017c592",
        plan_summary="replenishment given in the scenario",
        seed=7,
        labels=labels,
        condensed=runs,
        intervals={kpi: _interval(kpi, [run.kpis[kpi] for run in runs]) for kpi in MEASURES},
        complete=True,
        manifest={
            "name": name,
            "seed": 7,
            "scenario_digest": scenario.digest,
            "facts_digest": scenario.facts_digest,
            "policy_digest": scenario.policy_digest,
            "plan_digest": "5d41402abc4b2a76b9719d911017c592",
            "title": title or name,
            "version": "0.1.0",
            "files": [{"name": "delta.yaml", "digest": "9b74c9897bac770ffc029102a200c5de"}],
            "overrides": [{"path": "horizon.days", "old": 91, "new": days, "origin": "--set"}],
            "plan": "given",
            "replications": replications,
            "confidence_level": 0.95,
            "note": "",
            "versions": {"dualedge": "0.1.0", "python": "3.11.2", "numpy": "2.4.6"},
        },
    )


def without_kpis(study: Study, *names: str) -> Study:
    """The same study with some KPIs undefined in every replication."""
    nan = dict.fromkeys(names, math.nan)
    runs = tuple(replace(run, kpis={**run.kpis, **nan}) for run in study.condensed)
    intervals = {kpi: _interval(kpi, [run.kpis[kpi] for run in runs]) for kpi in MEASURES}
    return replace(study, condensed=runs, intervals=intervals)


def _labels(
    world: np.random.Generator, stores: int, skus: int, warm_up_days: int, classes: tuple[str, ...]
) -> Labels:
    places = [CITIES[number % len(CITIES)] for number in range(stores)]
    names = [f"{places[n][0]}{DISTRICTS[n // len(CITIES) % len(DISTRICTS)]}" for n in range(stores)]
    spot = world.normal(0, 0.16, (stores, 2))
    return Labels(
        stores=tuple(f"S{number:04d}" for number in range(stores)),
        store_names=tuple(names),
        skus=tuple(f"K{number:04d}" for number in range(skus)),
        classes=classes,
        sku_class=np.sort(world.integers(0, len(classes), skus)),
        centres=("DC",),
        start_date=date(2025, 1, 1),
        warm_up_days=warm_up_days,
        panel_period_days=28,
        currency="CNY",
        store_size=world.lognormal(0, 0.8, stores),
        store_latitude=np.array([place[2] for place in places]) + spot[:, 0],
        store_longitude=np.array([place[1] for place in places]) + spot[:, 1],
    )


def _run(
    number: int,
    world: np.random.Generator,
    rng: np.random.Generator,
    labels: Labels,
    days: int,
    lift: float,
    extreme: Extreme,
) -> Condensed:
    noise = np.random.default_rng([number, 99]).normal(0, 1, len(CENTRAL))
    kpis = {}
    for index, (kpi, value) in enumerate(CENTRAL.items()):
        measure = MEASURES[kpi]
        deviation = 0.12 * min(value, 1 - value) if measure.is_share else 0.02 * value
        sign = {Direction.HIGHER: 1, Direction.LOWER: -1, Direction.NEUTRAL: 0}[measure.better]
        moved = value + sign * lift * EFFECT.get(kpi, 0.0) * (
            min(value, 1 - value) if measure.is_share else value
        )
        kpis[kpi] = moved + deviation * (noise[index] + 0.5 * rng.normal())
    kpis |= OTHERS
    kpis["total_cost"] = sum(kpis[f"cost_{head}"] for head in COST_HEADS)
    kpis["profit"] = kpis["revenue"] - kpis["total_cost"]
    kpis = {kpi: kpis[kpi] for kpi in MEASURES}
    if extreme == "full":
        kpis |= {
            "fill_rate": 1.0,
            "value_fill_rate": 1.0,
            "on_shelf_availability": 1.0,
            "lost_share": 0.0,
            "stock_out_days": 0.0,
            "service_gini": 0.0,
            "small_store_fill_gap": 0.0,
        }
    elif extreme == "undefined":
        kpis = dict.fromkeys(MEASURES, math.nan)
    elif extreme == "free":
        kpis |= {f"cost_{head}": 0.0 for head in COST_HEADS} | {"total_cost": 0.0, "profit": kpis["revenue"]}
    missing = {"full": 0.0, "undefined": math.nan}.get(extreme, 0.047 * (1 - 0.5 * lift))
    return Condensed(
        replication=number,
        digest=f"{number:032x}",
        kpis=kpis,
        daily=_daily(rng, days, missing),
        store_class=_tables(rng, (len(labels.stores), len(labels.classes)), missing),
        store=_tables(rng, (len(labels.stores),), missing),
        sku=_skus(rng, labels, missing, lift),
        cost_by_head={
            head: 0.0 if math.isnan(kpis[f"cost_{head}"]) else kpis[f"cost_{head}"] for head in COST_HEADS
        },
    )


def _daily(rng: np.random.Generator, days: int, missing: float) -> dict[str, Any]:
    day = np.arange(days)
    demand = 48_000 * (1 + 0.25 * (day % 7 >= 5) + 0.2 * np.sin(day / 58)) * rng.lognormal(0, 0.04, days)
    unmet = np.clip(missing * (1 + 2 * np.exp(-day / 15) + rng.normal(0, 0.15, days)), 0, 1)
    lost = np.nan_to_num(demand * unmet)
    series = {
        "demand_units": demand,
        "sold_units": demand - lost,
        "lost_units": lost,
        "fill_rate": 1 - unmet,
        "store_stock_units": 640_000
        * (1.32 - 0.32 * (missing > 0.03))
        * (1 + 0.1 * np.sin(day / 30))
        * rng.lognormal(0, 0.02, days),
    }
    shares = (0.34, 0.06, 0.2, 0.11, 0.29)
    causes = [key for key in DAILY if key.startswith("unmet_")]
    series |= {cause: share * lost for cause, share in zip(causes, shares, strict=True)}
    return {key: series.get(key, np.zeros(days)) for key in DAILY}


def _tables(rng: np.random.Generator, shape: tuple[int, ...], missing: float) -> dict[str, Any]:
    places = np.random.default_rng(shape[0]).gamma(4, 0.25, shape)
    unmet = np.clip(missing * places + rng.normal(0, 0.002, shape) * (missing > 0), 0, 1)
    tables = {"fill_rate": 1 - unmet, "stock_out_share": 0.8 * unmet, "demand_units": np.full(shape, 130.0)}
    return {
        key: tables.get(key, np.zeros(shape))
        for key in ("demand_units", "fill_rate", "stock_out_share", "stock_units", "revenue", "waste_share")
    }


def _skus(rng: np.random.Generator, labels: Labels, missing: float, lift: float) -> dict[str, Any]:
    fixed = np.random.default_rng(len(labels.skus))
    base = np.array([6.0, 18.0, 55.0])[labels.sku_class % 3] * (1 + 0.5 * lift)
    days = base * fixed.lognormal(0, 0.35, len(labels.skus)) * rng.lognormal(0, 0.02, len(labels.skus))
    unmet = np.clip(missing * fixed.gamma(3, 0.33, len(labels.skus)) * (8 / days) ** 0.2, 0, 1)
    demand = fixed.gamma(1, 300, len(labels.skus))
    return {"demand_units": demand, "fill_rate": 1 - unmet, "stock_units": days * demand, "stock_days": days}


def _interval(kpi: str, values: Sequence[float]) -> KpiInterval:
    measure = MEASURES[kpi]
    array = np.array([value for value in values if not math.isnan(value)])
    count = len(array)
    mean = float(array.mean()) if count else math.nan
    deviation = float(array.std(ddof=1)) if count > 1 else math.nan
    half = float(stats.t.ppf(0.975, count - 1)) * deviation / math.sqrt(count) if count > 1 else math.nan
    note = "" if count > 1 else "one replication: no interval" if count else "defined in no replication"
    return KpiInterval(
        kpi, measure.title, measure.unit, count, mean, deviation, mean - half, mean + half, 0.95, note
    )
