"""A stand-in for the engine: run results of the right shape, made in microseconds from a keyed generator.

    study = replicate(tiny_scenario(), FakePlan(), seed=1, replications=4, simulate=fake_simulate)

The later the scenario's delivery hour, the lower its fill rate; demand does not depend on the policy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios import PlanPart, Promise
from scenarios.language.measures import MEASURES
from scenarios.language.scenario import Scenario
from sim import Cell, Centre, Closing, Day, Identity, Labels, Panels, RunResult, Table


@dataclass(frozen=True)
class FakePlan:
    """A plan that decides nothing."""

    digest: str = "plan-0"
    parts: tuple[PlanPart, ...] = ()
    promises: tuple[Promise, ...] = ()

    def summary(self) -> str:
        return "as given"

    def decided(self, scenario: Scenario) -> Scenario:
        return scenario


def fake_simulate(scenario: Scenario, plan: FakePlan, *, seed: int, replication: int) -> RunResult:
    """A run result whose figures follow from the scenario, the seed and the replication alone."""
    generator = np.random.default_rng([seed, replication])
    stores, skus, days = len(scenario.network.stores), len(scenario.assortment.skus), scenario.horizon.days
    classes = [c.id for c in scenario.assortment.classes]
    periods = -(-days // scenario.horizon.panel_period_days)
    day = np.zeros((days, stores, len(classes), len(Day)), dtype=np.int64)
    demand = generator.poisson(50, size=day.shape[:3])
    unmet = np.minimum(demand, np.round(0.5 * scenario.policy.transport.delivery_hour).astype(np.int64))
    day[..., Day.DEMAND] = demand
    day[..., Day.LOST] = unmet
    day[..., Day.SOLD_AS_ASKED] = demand - unmet
    day[..., Day.REVENUE] = 1000 * (demand - unmet)
    day[..., Day.ON_HAND] = 200
    day[..., Day.RECEIVED] = demand
    day[..., Day.OPEN_SECONDS] = 36_000
    day[..., Day.OUT_OF_STOCK_SECONDS] = 360
    cell = np.zeros((periods, stores, skus, len(Cell)), dtype=np.int32)
    cell[..., Cell.DEMAND] = generator.poisson(80, size=cell.shape[:3])
    cell[..., Cell.LOST] = 4
    cell[..., Cell.STOCK_DAYS] = 560
    centre = np.full((days, 1, len(classes), len(Centre)), 7, dtype=np.int64)
    kpis = dict.fromkeys(MEASURES, 1.0)
    kpis |= {
        "fill_rate": float((demand - unmet).sum() / demand.sum()),
        "demand_units": float(demand.sum() / days),
        "revenue": float(10 * (demand - unmet).sum() / days),
        "profit": float(3 * (demand - unmet).sum() / days - 2 * scenario.policy.transport.delivery_hour),
        "inventory_days": float(10 + generator.normal()),
        "waste_share": float("nan"),
    }
    nothing = np.zeros((stores, skus), dtype=np.int64)
    at_centre = np.zeros((1, skus), dtype=np.int64)
    closing = Closing(
        nothing,
        nothing,
        nothing,
        nothing,
        nothing,
        at_centre,
        at_centre,
        at_centre,
        nothing,
        nothing,
        nothing,
    )
    orders = Table("store_orders", {"day": np.arange(5), "units": generator.poisson(9, size=5)})
    return RunResult(
        identity=Identity(
            scenario.name,
            scenario.digest,
            scenario.facts_digest,
            scenario.policy_digest,
            plan.digest,
            seed,
            replication,
            "0",
        ),
        labels=_labels(scenario, classes),
        tables={"store_orders": orders},
        panels=Panels(day, cell, cell[..., Cell.DEMAND].astype(np.int64) * 1000, centre),
        ledger=np.zeros((days, stores + 1, len(classes), 3), dtype=np.int64),
        opening=closing,
        closing=closing,
        kpis=kpis,
    )


def _labels(scenario: Scenario, classes: list[str]) -> Labels:
    stores, skus = scenario.network.stores, scenario.assortment.skus
    return Labels(
        stores=tuple(stores["store_id"]),
        store_names=tuple(stores["name"]),
        skus=tuple(skus["sku_id"]),
        classes=tuple(classes),
        sku_class=np.array([classes.index(c) for c in skus["class_id"]]),
        centres=tuple(centre.id for centre in scenario.network.distribution_centres),
        start_date=scenario.horizon.start_date,
        warm_up_days=scenario.horizon.warm_up_days,
        panel_period_days=scenario.horizon.panel_period_days,
        currency=scenario.costs.currency,
        store_size=stores["size"],
        store_latitude=stores["latitude"],
        store_longitude=stores["longitude"],
    )
