"""Plans keep what they promise where all that they take for granted is true.

Every promise of a plan lies in the interval of what replications deliver, at 99 % for all promises of the plan together
(Bonferroni), and would not if it were 3 % higher or lower. Stock: unlimited centre, independent days, levels in units.
Calls: one rate day and night, exponential work and patience. Parts: one for one.

Some promises are approximations and are held to the errors that their methods state: fill rates with lost sales and
goods under way (`optimize.stock.single_place`), goods that age for several days (`optimize.stock.perishables`), and
those who give up beside agents who change shifts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import optimize
import sim
from scenarios import Plan, Promise, Scenario
from study.statistics import mean_interval
from tests.contact_worlds import call_centre, calls
from tests.service_worlds import SEED as SERVICE_SEED
from tests.service_worlds import STATION, constant, installed, mode, product, service_world
from tests.theory.worlds import SEED, world

FloatArray = npt.NDArray[np.float64]

CONFIDENCE = 0.99
WRONG = 0.03
COSTS = {"holding": {"store_rate_per_year": 3.65}, "ordering": {"per_store_order_line": 0.05}}
ERRATIC = {"process": {"kind": "negative_binomial", "variance_to_mean": 2.0}}
OF_STOCK = {"fill_rate", "store_stock_units", "order_lines", "stock_value"}
DAYS, SKUS, REPLICATIONS = 210, 1_200, 8

EXACT: dict[str, dict[str, Any]] = {
    "owed, (s, S) in cases": {
        "entry": {"target": {"share": 0.85}},
        "lead_time_days": 3,
        "sku_terms": {"case_pack": 3},
    },
    "owed, (r, nQ), erratic": {
        "entry": {"form": "reorder_quantity", "target": {"share": 0.85}},
        "lead_time_days": 2,
        "demand": ERRATIC,
    },
    "owed, one for one, slow": {
        "entry": {"form": "base_stock", "target": {"share": 0.6}},
        "lead_time_days": 4,
        "units_per_day": 0.3,
    },
    "owed, once a week": {
        "entry": {"form": "periodic_review", "target": {"share": 0.9}},
        "lead_time_days": 2,
        "policy": {
            "replenishment": [{"mode": {"kind": "days_of_cover", "cover_days": 1}, "order_weekdays": ["mon"]}]
        },
    },
    "lost, (s, S) at least cost": {"entry": {"shortage_cost_per_unit": 0.15}, "unmet": "lost"},
    "lost, in cases, erratic": {
        "entry": {"target": {"share": 0.9}},
        "unmet": "lost",
        "sku_terms": {"case_pack": 4},
        "demand": ERRATIC,
    },
    "lost, good for one day": {
        "entry": {"form": "base_stock", "target": {"share": 0.9}},
        "unmet": "lost",
        "sku_terms": {"shelf_life_days": 1},
    },
}  # fmt: skip
AGEING: dict[str, dict[str, Any]] = {
    "lost, good for four days": {
        "entry": {"form": "base_stock", "target": {"share": 0.9}},
        "unmet": "lost",
        "lead_time_days": 3,
        "sku_terms": {"shelf_life_days": 4},
    },
    "owed, good for four days": {
        "entry": {"form": "base_stock", "target": {"share": 0.9}},
        "sku_terms": {"shelf_life_days": 4},
        "demand": ERRATIC,
    },
    "lost, in cases good for four days": {
        "entry": {"target": {"share": 0.9}},
        "unmet": "lost",
        "sku_terms": {"shelf_life_days": 4, "case_pack": 3},
    },
}


LOST_UNDER_WAY: dict[str, dict[str, Any]] = {
    f"lost, three days under way, {share:.0%}": {
        "entry": {"target": {"share": share}},
        "unmet": "lost",
        "lead_time_days": 4,
    }
    for share in (0.9, 0.95, 0.98)
}


def shops(name: str, skus: int = SKUS) -> Scenario:
    """A store whose levels are worked out, stocked for seven weeks before anything counts."""
    terms = dict((EXACT | AGEING | LOST_UNDER_WAY)[name])
    policy = {**terms.pop("policy", {}), "optimised": {"stores": [terms.pop("entry")]}}
    rest = {"unmet": "backorder", "units_per_day": 2.0, "costs": COSTS, **terms}
    start = {"kind": "base_stock", "order_up_to": {"units": 1}}
    return world(mode=start, days=DAYS, warm_up_days=49, skus=skus, policy=policy, **rest)


@dataclass(frozen=True)
class Delivered:
    """A plan and what replications delivered of its promises."""

    promises: Sequence[Promise]
    seen: FloatArray
    """(replications, promises)"""

    @property
    def names(self) -> list[str]:
        return [promise.measure for promise in self.promises]

    def broken(self, factor: float = 1.0) -> set[str]:
        """Measures whose forecast times a factor lies outside its interval."""
        confidence = 1.0 - (1.0 - CONFIDENCE) / len(self.promises)
        found = set()
        for promise, column in zip(self.promises, self.seen.T, strict=True):
            if np.ptp(column) == 0.0:
                is_kept = bool(column[0] == pytest.approx(promise.forecast * factor, abs=1e-9))
            else:
                interval = mean_interval(column, confidence)
                is_kept = interval.low <= promise.forecast * factor <= interval.high
            if not is_kept:
                found.add(promise.measure)
        return found

    def errors(self) -> dict[str, float]:
        """Forecast less mean delivery, less what chance accounts for, never below 0."""
        found = {}
        for promise, column in zip(self.promises, self.seen.T, strict=True):
            interval = mean_interval(column, CONFIDENCE)
            distance = abs(float(column.mean()) - promise.forecast)
            found[promise.measure] = max(0.0, distance - interval.half_width)
        return found


def delivered(scenario: Scenario, replications: int = REPLICATIONS, seed: int = SEED) -> Delivered:
    plan: Plan = optimize.plan(scenario, outlook=sim.outlook(scenario))
    promises = plan.promises
    runs = [
        sim.simulate(scenario, plan, seed=seed, replication=number).kpis for number in range(replications)
    ]
    return Delivered(promises, np.array([[kpis[promise.measure] for promise in promises] for kpis in runs]))


def assert_kept(found: Delivered, sharp: Iterable[str] | None = None) -> None:
    """All promises are kept, and those that are sharp would not be if they were wrong."""
    assert found.promises
    assert found.broken() == set(), found
    for factor in (1.0 - WRONG, 1.0 + WRONG):
        unseen = set(found.names if sharp is None else sharp) - found.broken(factor)
        assert not unseen, f"times {factor} would go unseen: {unseen}"


@pytest.mark.parametrize("name", EXACT)
def test_stock_is_as_promised(name: str) -> None:
    found = delivered(shops(name))
    assert all(promise.premises == () for promise in found.promises)
    assert set(found.names) >= OF_STOCK
    assert ("cycle_service_level" in found.names) == name.startswith("lost")
    assert ("backorder_units" in found.names) == name.startswith("owed")
    assert ("waste_share" in found.names) == ("good for" in name)
    positive = {promise.measure for promise in found.promises if promise.forecast > 0}
    assert_kept(found, positive)


@pytest.mark.parametrize("name", AGEING)
def test_goods_that_age_are_nearly_as_promised(name: str) -> None:
    """Fill rates of paths are off by 0.2 points on average: three times that is a bound; stock and waste likewise."""
    found = delivered(shops(name))
    errors, forecast = found.errors(), {promise.measure: promise.forecast for promise in found.promises}
    assert {"waste_share", "cycle_service_level"} <= errors.keys()
    for share in ("fill_rate", "cycle_service_level", "waste_share"):
        assert errors[share] <= 0.006, errors
    for amount in ("store_stock_units", "order_lines"):
        assert errors[amount] <= 0.012 * forecast[amount], errors
    assert "fill_rate" in found.broken(1.0 + WRONG)


@pytest.mark.parametrize(("name", "points"), list(zip(LOST_UNDER_WAY, (6.0, 2.0, 1.0), strict=True)))
def test_lost_sales_with_goods_under_way_are_promised_within_stated_points(name: str, points: float) -> None:
    found = delivered(shops(name))
    assert "approximate" in found.promises[0].method
    assert "cycle_service_level" not in found.names
    assert found.errors()["fill_rate"] <= points / 100


@pytest.mark.parametrize("patience", [0.0, 3.0])
def test_calls_are_answered_as_promised(patience: float) -> None:
    """Three times a day some stay to finish a call beside those who come: a little better than promised.

    With patience that is 0.3 points of calls answered in time and a fortieth of those who give up.
    """
    scenario = call_centre(
        [calls("all", 1.5, 4.0, patience)],
        1,
        21,
        policy={"optimised": {"agents": {"shift_hours": [8.0], "break_minutes": 0.0}}},
    )
    found = delivered(scenario)
    assert all(promise.premises == () for promise in found.promises)
    broken, wrong = found.broken(), found.broken(1.0 + WRONG) & found.broken(1.0 - WRONG)
    assert broken <= ({"abandonment_share"} if patience else set()), found
    assert wrong >= {"answer_level", "agent_utilisation"}
    if patience:
        said = {promise.measure: promise.forecast for promise in found.promises}
        column = found.seen[:, found.names.index("abandonment_share")]
        interval = mean_interval(column, CONFIDENCE)
        assert interval.low <= said["abandonment_share"] <= interval.high * 1.04


def test_vans_find_the_parts_that_were_promised() -> None:
    """Machines that fail for one of three parts, and a technician with a van that is filled one for one."""
    weights = {"board": 40.0, "pump": 15.0, "seal": 4.0}
    scenario = service_world(
        days=240,
        warm_up_days=30,
        products=[product("washer", 1.2)],
        modes=[mode(name, part_id=name, weight=weight) for name, weight in weights.items()],
        base=[installed(1_000)],
        technicians=1,
        shift={"start_hour": 8, "hours": 9},
        network={"suppliers": [{"id": "SUP", "lead_time_days": constant(0)}]},
        service={
            "stations": [{"station_id": STATION, "lead_time_days": 2}],
            "parts": {"parts": [{"part_id": name, "purchase_cost": 20.0} for name in weights]},
        },
        policy={"optimised": {"parts": {"first_time_fix_share": 0.97}}},
    )
    found = delivered(scenario, 16, seed=SERVICE_SEED)
    assert "part_fill_van" in found.names
    assert_kept(found, {"part_fill_van"})
