"""Small worlds in which closed forms hold, and replications of them held against their shadow."""

from __future__ import annotations

from typing import Any

import numpy as np

import optimize
import sim
from scenarios import Scenario
from study.shadow import Shade, judge, shadow
from tests.contact_worlds import call_centre, calls
from tests.factory import tiny_scenario
from tests.part_worlds import parts_world
from tests.service_worlds import constant, installed, job_stream, mode, product, service_world
from tests.theory import queues, worlds

REPLICATIONS = 8
WEEKDAYS_ONLY = {"start_hour": 8, "hours": 8, "weekdays": ("mon", "tue", "wed", "thu", "fri")}


def shades_of(scenario: Scenario, replications: int = REPLICATIONS, seed: int = 11) -> dict[str, Shade]:
    """Closed forms of a scenario beside what the engine makes of it, by KPI."""
    plan = optimize.plan(scenario)
    expected = shadow(scenario, plan, sim.outlook(scenario))
    runs = [
        sim.simulate(scenario, plan, seed=seed, replication=number).kpis for number in range(replications)
    ]
    values = {kpi: np.array([run[kpi] for run in runs]) for kpi in runs[0]}
    return {shade.expected.kpi: shade for shade in judge(expected, values)}


def flagged(shades: dict[str, Shade]) -> set[str]:
    """KPIs with a gap that nothing explains."""
    return {kpi for kpi, shade in shades.items() if shade.is_flagged}


def stores(policy_mode: dict[str, Any], skus: int = 1_000, **terms: Any) -> Scenario:
    """One store, a centre that never runs out, many SKUs that sell two units a day."""
    return worlds.world(
        **{"mode": policy_mode, "units_per_day": 2.0, "days": 80, "skus": skus, "warm_up_days": 20, **terms}
    )


def base_stock() -> Scenario:
    """Orders one for one that take two days."""
    return stores(worlds.base_stock(5), lead_time_days=2)


def min_max() -> Scenario:
    """(s, S) with backorders."""
    levels = {"kind": "min_max", "reorder_point": {"units": 4}, "order_up_to": {"units": 9}}
    return stores(levels, lead_time_days=2)


def lots() -> Scenario:
    """(r, nQ) with erratic demand."""
    levels = {"kind": "reorder_quantity", "reorder_point": {"units": 4}, "order_quantity": {"units": 6}}
    erratic = {"process": {"kind": "negative_binomial", "variance_to_mean": 1.5}}
    return stores(levels, lead_time_days=2, demand=erratic)


def newsvendor() -> Scenario:
    """Goods that live one day."""
    return stores(worlds.base_stock(3), unmet="lost", sku_terms={"shelf_life_days": 1})


def returns() -> Scenario:
    """One in ten units sold comes back."""
    terms = {"customer_returns": {"probability": 0.1}}
    return stores(worlds.base_stock(4), unmet="lost", class_terms=terms)


def purchases(**sourcing: Any) -> Scenario:
    """A centre that buys many SKUs from one supplier."""
    skus = [
        {"sku_id": f"SKU {number}", "class_id": "FOOD", "price": 1.0, "purchase_cost": 1.0}
        for number in range(300)
    ]
    levels = {"kind": "min_max", "reorder_point": {"units": 40}, "order_up_to": {"units": 90}}
    supplier = {
        "id": "SUP",
        "lead_time_days": {"kind": "gamma", "mean": 4, "cv": 0.5},
        "quality": {"defects_per_million": 3e4},
    }
    return tiny_scenario(
        horizon={"days": 90, "warm_up_days": 10},
        network={"suppliers": [supplier], "stores": [{"store_id": "S"}]},
        assortment={"classes": [{"id": "FOOD"}], "skus": skus},
        demand={"mean_units_per_day": 5.0},
        policy={
            "dc_replenishment": [{"mode": levels}],
            "replenishment": [{"mode": worlds.base_stock(10)}],
            "sourcing": sourcing,
        },
    )


def inspection() -> Scenario:
    """The same, each lot inspected by a single sampling plan."""
    return purchases(inspection=[{"sample_units": 20, "accept_at_most": 0}])


def orders() -> Scenario:
    """M/M/3 at the pickers."""
    work = queues.exponential(2.5)
    return queues.queue_world([queues.stream("web", 0.7 * 3 / 2.5, work)], 3, 65)


def constant_work() -> Scenario:
    """M/D/2 at the pickers."""
    return queues.queue_world([queues.stream("web", 0.7 * 2 / 2.5, constant(2.5))], 2, 65)


def one_picker() -> Scenario:
    """M/G/1 at the pickers."""
    work = {"kind": "gamma", "mean": 2.5, "cv": 0.5}
    return queues.queue_world([queues.stream("web", 0.5 / 2.5, work)], 1, 65)


def patient_callers() -> Scenario:
    """Erlang C."""
    return call_centre([calls("all", 0.8 * 10 / 3, 3.0)], 10, 16, horizon={"warm_up_days": 2})


def impatient_callers() -> Scenario:
    """Erlang A."""
    return call_centre([calls("all", 2.0, 4.0, 2.0)], 6, 27, horizon={"warm_up_days": 2})


def appliances() -> Scenario:
    """Units that fail at a hazard that rises with age."""
    hazard = {"kind": "weibull", "shape": 2.0, "scale_years": 1.5}
    base = [installed(150_000, age_months=months) for months in (0, 6)]
    quick = mode(diagnosis_minutes=constant(1), repair_minutes=constant(1))
    return service_world(days=14, technicians=30, products=[product(hazard=hazard)], modes=[quick], base=base)


def technicians() -> Scenario:
    """People who are ill for three days at a time, and trained twelve days a year."""
    return service_world(
        days=126,
        technicians=150,
        service={"people": {"absence": {"episodes_per_year": 10.0, "length_days": constant(3)}}},
        policy={"service": {"workforce": {"training_days_per_year": 12.0}}},
        shift=WEEKDAYS_ONLY,
    )


def spare_parts() -> Scenario:
    """Repairable parts at five stations and their centre, one for one."""
    return parts_world(
        days=130,
        parts=[{"part_id": f"P{number}", "mean_per_day": 0.4, "is_repairable": True} for number in range(40)],
        policy={
            "continuous_review": True,
            "rules": [
                {"echelon": "dc", "reorder_point_units": 7, "order_up_to_units": 8},
                {"echelon": "station", "reorder_point_units": 1, "order_up_to_units": 2},
            ],
        },
        stations=5,
        technicians=0,
        supply={"repair_shop": {"turnaround_days": {"kind": "gamma", "mean": 5, "cv": 0.5}}},
        station={"lead_time_days": 2},
        horizon={"warm_up_days": 40},
    )


def jobs_at_the_door() -> Scenario:
    """M/M/2 of technicians."""
    anytime = {"service": {"dispatch": {"overtime_minutes": 1440}}}
    jobs = [job_stream("jobs", 4.0, 5.0)]
    return service_world(days=32, warm_up_days=2, streams=jobs, technicians=2, policy=anytime)
