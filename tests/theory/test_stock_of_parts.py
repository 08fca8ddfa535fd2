"""Spare parts through the engine: one-for-one replenishment against Palm's theorem and exact two-echelon backorders.

Parts of one kind stand side by side and never meet, so each is a copy of the textbook's item. Intervals are those of
batch means of one long run (t distribution, 99.9 %).
"""

from __future__ import annotations

import csv
from functools import cache
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from sim.aftersales.requests import Echelon
from sim.parts.supply import SpareParts
from study.statistics import mean_interval
from tests.part_worlds import PartsRun, parts_world, run_parts
from tests.reference import reference_path
from tests.service_worlds import constant
from tests.theory.evidence import CONFIDENCE, assert_covers, assert_proves
from tests.theory.worlds import BUG

FloatArray = npt.NDArray[np.float64]

SECONDS_PER_DAY = 86_400
WARM_UP_DAYS, BATCH_DAYS, BATCHES = 40, 10, 48
BASES, RATE, SHOP_DAYS, TRANSPORT_DAYS, AT_CENTRE, AT_BASE = 5, 0.4, 5, 2, 8, 2


def rows() -> list[dict[str, float]]:
    path = reference_path("inventory/reference/two_echelon_poisson_basestock.csv")
    with path.open(encoding="utf-8") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def owed_above(probabilities: FloatArray, level: int) -> float:
    """Mean of what exceeds a level."""
    units = np.arange(probabilities.size)
    return float(np.maximum(units - level, 0) @ probabilities)


def backorders_of_centre(mean: float, level: int) -> FloatArray:
    """Distribution of what a centre owes: a Poisson number under repair (Palm 1938), less what is in stock."""
    outstanding = stats.poisson.pmf(np.arange(ceil(mean + 12 * mean**0.5) + 30), mean)
    return np.append(outstanding[: level + 1].sum(), outstanding[level + 1 :])


def outstanding_of_base(bases: int, rate: float, repair: float, transport: float, level: int) -> FloatArray:
    """Exact distribution of what a base has on order (Graves 1985; Simon 1971): its share of what the centre owes, and
    demand during transport. The centre's backorders fall to the bases like so many throws of a die."""
    owed = backorders_of_centre(bases * rate * repair, level)
    units = np.arange(owed.size)
    share = owed @ stats.binom.pmf(units[None, :], units[:, None], 1 / bases)
    return np.convolve(share, stats.poisson.pmf(np.arange(60), rate * transport))


@pytest.mark.parametrize("row", range(0, 60, 7))
def test_closed_form_against_the_table(row: int) -> None:
    known = rows()[row]
    outstanding = outstanding_of_base(
        int(known["bases"]), known["lambda_per_base"], known["depot_lead_T0"], known["base_transport_tau"],
        int(known["S0"]),
    )  # fmt: skip
    assert owed_above(outstanding, int(known["S"])) == pytest.approx(known["EBO_exact_per_base"], abs=2e-8)
    mean = known["bases"] * known["lambda_per_base"] * known["depot_lead_T0"]
    owed = backorders_of_centre(mean, int(known["S0"]))
    assert owed_above(owed, 0) == pytest.approx(known["EBO_depot"], abs=2e-8)


@cache
def two_echelons(factor: float) -> PartsRun:
    """Repairables in exchange: failed units go to the shop, and its turnaround has any distribution."""
    parts = [
        {"part_id": f"P{number}", "mean_per_day": RATE * factor, "is_repairable": True}
        for number in range(75)
    ]
    levels: list[dict[str, Any]] = [
        {"echelon": "dc", "reorder_point_units": AT_CENTRE - 1, "order_up_to_units": AT_CENTRE},
        {"echelon": "station", "reorder_point_units": AT_BASE - 1, "order_up_to_units": AT_BASE},
    ]
    scenario = parts_world(
        days=WARM_UP_DAYS + BATCHES * BATCH_DAYS,
        parts=parts,
        policy={"continuous_review": True, "rules": levels},
        stations=BASES,
        technicians=0,
        supply={"repair_shop": {"turnaround_days": {"kind": "gamma", "mean": SHOP_DAYS, "cv": 0.5}}},
        station={"lead_time_days": TRANSPORT_DAYS},
    )
    return run_parts(scenario, seed=7)


def batches(run: PartsRun, echelon: Echelon, column: str, per: int) -> FloatArray:
    """(batches,) mean level per part and place."""
    levels = run.tables["part_levels"]
    mine = (levels["echelon"] == echelon) & (levels["second"] >= WARM_UP_DAYS * SECONDS_PER_DAY)
    values = levels[column][mine].reshape(BATCHES, -1)
    parts = len(run.scenario.service.parts.parts)  # type: ignore[union-attr]
    return np.asarray(values.sum(axis=1) / (BATCH_DAYS * per * parts))


def test_pipeline_of_the_repair_shop() -> None:
    """Units in the shop: demand times turnaround, whatever its distribution (Palm, Little)."""
    sound, planted = (batches(two_echelons(f), Echelon.SHOP, "units", 1) for f in (1.0, BUG))
    assert_proves(BASES * RATE * SHOP_DAYS, sound, planted, 0.0175)


def test_backorders_of_the_centre() -> None:
    """(S - 1, S) with Poisson demand and stochastic lead time: a Poisson number outstanding (Palm 1938)."""
    truth = owed_above(backorders_of_centre(BASES * RATE * SHOP_DAYS, AT_CENTRE), 0)
    worse = owed_above(backorders_of_centre(BASES * RATE * BUG * SHOP_DAYS, AT_CENTRE), 0)
    sound, planted = (batches(two_echelons(f), Echelon.CENTRE, "owed_units", 1) for f in (1.0, BUG))
    assert_proves(truth, sound, planted, 0.8 * (worse / truth - 1))


def test_backorders_of_the_bases_are_exact() -> None:
    """Expected backorders of the exact two-echelon model, not those of METRIC (Sherbrooke 1968)."""
    known = next(
        row
        for row in rows()
        if (row["lambda_per_base"], row["S0"], row["S"]) == (RATE, AT_CENTRE, AT_BASE)
        and (row["bases"], row["depot_lead_T0"], row["base_transport_tau"])
        == (BASES, SHOP_DAYS, TRANSPORT_DAYS)
    )
    worse = owed_above(outstanding_of_base(BASES, RATE * BUG, SHOP_DAYS, TRANSPORT_DAYS, AT_CENTRE), AT_BASE)
    truth = known["EBO_exact_per_base"]
    sound, planted = (batches(two_echelons(f), Echelon.STATION, "owed_units", BASES) for f in (1.0, BUG))
    assert_proves(truth, sound, planted, 0.8 * (worse / truth - 1))
    assert mean_interval(sound, CONFIDENCE).low > known["EBO_METRIC"]


def test_ready_rate_of_the_bases() -> None:
    """Share of demands met at once: that of the time with stock, as Poisson arrivals see (Wolff 1982)."""
    outstanding = outstanding_of_base(BASES, RATE, SHOP_DAYS, TRANSPORT_DAYS, AT_CENTRE)
    demands = two_echelons(1.0).tables["part_demands"]
    mine = (demands["echelon"] == Echelon.STATION) & (demands["second"] >= WARM_UP_DAYS * SECONDS_PER_DAY)
    batch = (demands["second"][mine] // SECONDS_PER_DAY - WARM_UP_DAYS) // BATCH_DAYS
    filled = np.bincount(batch, demands["filled_units"][mine]) / np.bincount(batch)
    assert_covers(float(outstanding[:AT_BASE].sum()), filled, 0.02)


SAMPLE, ACCEPTED, LOT, DEFECTIVE = 20, 1, 50, 0.04


def inspected(factor: float) -> tuple[FloatArray, FloatArray]:
    """(days,) share of lots that are sorted, and escaped units per lot, when many lots are bought every evening."""
    kinds = 500
    scenario = parts_world(
        days=200,
        parts=[{"part_id": f"P{number}"} for number in range(kinds)],
        policy={"inspected_units": SAMPLE, "accepted_defects": ACCEPTED},
        technicians=0,
        supplier={
            "lead_time_days": constant(0),
            "quality": {"defects_per_million": 1e6 * DEFECTIVE * factor},
        },
    )
    everywhere, every, units = np.zeros(kinds, np.int64), np.arange(kinds), np.full(kinds, LOT)

    def buy(parts: SpareParts) -> None:
        parts.buying.order(everywhere, every, units, is_evening=True)

    lots = run_parts(scenario, each_evening=buy).tables["part_lots"]
    day = lots["received_second"] // SECONDS_PER_DAY
    number = np.bincount(day)
    return np.bincount(day, lots["is_sorted"]) / number, np.bincount(day, lots["escaped_units"]) / number


def test_sampling_inspection() -> None:
    """Lots that are sorted follow the operating characteristic; what escapes, the average outgoing quality (Dodge and
    Romig 1929): defects of a binomial lot in the sample and in the rest are independent."""

    def outgoing(share: float) -> tuple[float, float]:
        sorted_share = float(stats.binom.sf(ACCEPTED, SAMPLE, share))
        # what was found in an accepted sample is taken out, too
        return sorted_share, (1 - sorted_share) * (LOT - SAMPLE) * share

    sound, planted = inspected(1.0), inspected(BUG)
    rejected, escaping = outgoing(DEFECTIVE)
    worse, _ = outgoing(DEFECTIVE * BUG)
    assert_proves(rejected, sound[0], planted[0], 0.8 * (worse / rejected - 1))
    assert_covers(escaping, sound[1], 0.02)


def owed_by_supply(lead_days: float, level: int, run: PartsRun) -> npt.NDArray[np.int64]:
    """(days,) what is owed at the end of each day: demand of the last lead time above the level, path by path."""
    demands = run.tables["part_demands"]
    mine = demands["echelon"] == Echelon.CENTRE
    second, part = demands["second"][mine], demands["part"][mine]
    evening = np.unique(run.tables["part_levels"]["second"])
    late = evening - round(lead_days * SECONDS_PER_DAY)
    owed = np.zeros(evening.size, np.int64)
    for index in range(int(part.max()) + 1):
        placed = np.sort(second[part == index])
        recent = np.searchsorted(placed, evening, "right") - np.searchsorted(placed, late, "right")
        owed += np.maximum(recent - level, 0)
    return owed


def test_deterministic_lead_time_of_purchases() -> None:
    """What is on order from suppliers is the demand of the last lead time: every evening, to the unit."""
    level, lead = 2, 4
    scenario = parts_world(
        days=200,
        parts=[{"part_id": f"P{number}", "mean_per_day": 0.5} for number in range(10)],
        policy={
            "continuous_review": True,
            "rules": [{"echelon": "dc", "reorder_point_units": level - 1, "order_up_to_units": level}],
        },
        technicians=0,
        supplier={"lead_time_days": constant(lead)},
    )
    run = run_parts(scenario)
    levels = run.tables["part_levels"]
    owed = levels["owed_units"][levels["echelon"] == Echelon.CENTRE]
    assert owed.sum() > 0
    assert np.array_equal(owed, owed_by_supply(lead, level, run))
    assert not np.array_equal(owed, owed_by_supply(lead * BUG, level, run))
