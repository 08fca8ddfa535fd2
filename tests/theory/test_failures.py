"""The installed base through the engine: failures and scrappage against the hazards that they come from.

Failures are minimal repairs: n units that are mended quickly fail a Poisson number of times with mean n (H(b) - H(a))
between the ages a and b (Barlow and Hunter, 1960, Operations Research 8). Intervals are those of the Poisson or
binomial law around the closed form, 99.9%; there are enough failures that two per cent more lie outside.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from scenarios.language.demand import KnownDemand
from sim import RunResult
from tests.factory import table
from tests.service_worlds import CATEGORY, SKU, STORE, constant, installed, mode, product, run, service_world
from tests.theory.evidence import assert_proves
from tests.theory.worlds import BUG

FloatArray = npt.NDArray[np.float64]

TAIL = 0.0005
DAYS_PER_YEAR = 365
START = date(2025, 1, 6)
QUICK = mode(diagnosis_minutes=constant(1), repair_minutes=constant(1))


def poisson_holds(count: int, mean: float) -> bool:
    """Whether a count lies in the central 99.9% of a Poisson law."""
    return bool(stats.poisson.ppf(TAIL, mean) <= count <= stats.poisson.ppf(1 - TAIL, mean))


def weibull(shape: float, scale_years: float) -> dict[str, Any]:
    return {"kind": "weibull", "shape": shape, "scale_years": scale_years}


def cumulative(shape: float, scale_years: float) -> Callable[[Any], Any]:
    """H of a Weibull hazard, by age in days; 0 before the first day."""
    return lambda age: (np.maximum(age, 0.0) / (scale_years * DAYS_PER_YEAR)) ** shape


def impulse(days: int, sales: dict[int, int], hazard: dict[str, Any], **terms: Any) -> RunResult:
    """Units sold on some days, and nothing else."""
    units = sum(sales.values())
    rows = [
        {"store_id": STORE, "sku_id": SKU, "date": START + timedelta(days=day), "units": number}
        for day, number in sales.items()
    ]
    return run(
        service_world(
            days=days,
            technicians=3,
            products=[product(categories=[CATEGORY], **{**terms, "hazard": hazard})],
            modes=[QUICK],
            demand={"mean_units_per_day": None, "known": table(KnownDemand, rows)},
            initial={"store_stock": [{"store_id": STORE, "sku_id": SKU, "units": units}]},
        )
    )


def failures_by_day(result: RunResult, days: int) -> npt.NDArray[np.int64]:
    base = result.tables["installed_base"]
    return np.bincount(base["day"], weights=base["failures"], minlength=days).astype(np.int64)


SALES = {2: 6_000, 9: 4_000, 40: 10_000}
"""Units by day."""


class TestFailures:
    DAYS = 300
    SHAPE, SCALE = 2.0, 0.5

    def expected(self, scale: float) -> FloatArray:
        """(days,) convolution of the sales with the failure rate by age; units are in use from the next morning on."""
        day, hazard = np.arange(self.DAYS), cumulative(self.SHAPE, scale)
        sold = [(number, day - at - 1) for at, number in SALES.items()]
        return np.asarray(sum(number * (hazard(age + 1) - hazard(age)) for number, age in sold))

    def test_an_impulse_of_sales_gives_the_convolution_with_the_failure_curve(self) -> None:
        result = impulse(self.DAYS, SALES, weibull(self.SHAPE, self.SCALE))
        observed, expected = failures_by_day(result, self.DAYS), self.expected(self.SCALE)
        assert observed.sum() > 25_000
        assert poisson_holds(int(observed.sum()), float(expected.sum()))
        assert not poisson_holds(int(observed.sum()), float(self.expected(self.SCALE * BUG).sum()))
        by_month = [(observed[i : i + 30].sum(), expected[i : i + 30].sum()) for i in range(0, self.DAYS, 30)]
        squares = sum((count - mean) ** 2 / mean for count, mean in by_month)
        assert stats.chi2.ppf(TAIL, len(by_month)) <= squares <= stats.chi2.ppf(1 - TAIL, len(by_month))

    def test_every_failure_is_a_request(self) -> None:
        result = impulse(100, {1: 5_000}, weibull(1.0, 0.5))
        requests = result.tables["requests"]
        reported = np.bincount(requests["reported_second"] // 86_400, minlength=100)
        assert (reported == failures_by_day(result, 100)).all()

    def test_a_bathtub_of_old_units(self) -> None:
        hazard = {
            "kind": "bathtub", "early_per_year": 3.0, "early_months": 2.0, "chance_per_year": 0.5,
            "wear_out_shape": 5.0, "wear_out_scale_years": 4.0,
        }  # fmt: skip
        ages = (0, 6, 40)
        result = run(
            service_world(
                days=180,
                technicians=3,
                products=[product(hazard=hazard)],
                modes=[QUICK],
                base=[installed(15_000, age_months=age) for age in ages],
            )
        )

        def total(day: float) -> float:
            early = 3.0 / DAYS_PER_YEAR * (tau := 2 * DAYS_PER_YEAR / 12) * -np.expm1(-day / tau)
            return float(early + 0.5 * day / DAYS_PER_YEAR + (day / (4 * DAYS_PER_YEAR)) ** 5)

        born = [round(age * DAYS_PER_YEAR / 12) for age in ages]
        mean = 15_000 * sum(total(age + 180) - total(age) for age in born)
        count = int(failures_by_day(result, 180).sum())
        assert poisson_holds(count, mean)
        assert not poisson_holds(count, mean * BUG)


class TestScrappage:
    """No requests: a run of any size takes a moment."""

    UNITS, DAYS = 400_000, 400

    def left(self, scale: float) -> int:
        products = [product(scrappage=weibull(3.0, scale))]
        base = [installed(self.UNITS, age_months=12)]
        rows = run(service_world(days=self.DAYS, products=products, base=base)).tables["installed_base"]
        units = np.concatenate([[self.UNITS], rows["units"]])
        assert (np.diff(units) == -rows["scrapped"]).all()
        return int(units[-1])

    def test_survivors_are_binomial(self) -> None:
        hazard = cumulative(3.0, 2.0)
        # Those of the last day leave on its evening.
        survive = float(np.exp(hazard(365) - hazard(365 + self.DAYS)))
        low, high = stats.binom.ppf([TAIL, 1 - TAIL], self.UNITS, survive)
        assert low <= self.left(2.0) <= high
        assert not low <= self.left(2.0 * BUG) <= high


class TestSteadyBase:
    """What is sold day by day and kept for an exponential time: as many in use as sold in a mean life (Little 1961)."""

    PER_DAY, PER_YEAR, DAYS = 1_000, 10.0, 240

    def in_use(self, per_year: float) -> int:
        result = impulse(
            self.DAYS,
            dict.fromkeys(range(self.DAYS), self.PER_DAY),
            {"kind": "constant", "per_year": 0.0},
            scrappage={"kind": "constant", "per_year": per_year},
        )
        base = result.tables["installed_base"]
        assert base["sold"].sum() == base["scrapped"].sum() + base["units"][-1]
        return int(base["units"][-1])

    def test_units_in_use(self) -> None:
        stays = np.exp(-self.PER_YEAR / DAYS_PER_YEAR * np.arange(self.DAYS))
        mean, variance = self.PER_DAY * stays.sum(), self.PER_DAY * (stays * (1 - stays)).sum()
        assert abs(mean / (self.PER_DAY * DAYS_PER_YEAR / self.PER_YEAR) - 1) < 0.02
        half_width = stats.norm.ppf(1 - TAIL) * np.sqrt(variance)
        assert abs(self.in_use(self.PER_YEAR) - mean) < half_width
        assert abs(self.in_use(self.PER_YEAR * BUG) - mean) > half_width


def test_contracts_prevent_their_share_of_failures() -> None:
    """Everybody has a contract whose visits, all made in time, prevent four in five failures."""
    reduction = 0.8
    offer = {
        "contract_share": 1.0,
        "hazard_reduction": reduction,
        "visits_per_year": 1,
        "minutes": constant(1),
    }
    base = run(
        service_world(
            days=365,
            technicians=3,
            products=[product(per_year=4.0, maintenance=offer)],
            modes=[QUICK],
            base=[installed(15_000)],
            policy={"service": {"maintenance": True}},
        )
    ).tables["installed_base"]
    failures, avoided = int(base["failures"].sum()), int(base["avoided"].sum())
    assert failures + avoided > 55_000
    for share, is_covered in ((reduction, True), (reduction * BUG, False), (reduction / BUG, False)):
        low, high = stats.binom.ppf([TAIL, 1 - TAIL], failures + avoided, share)
        assert (low <= avoided <= high) == is_covered


class TestMachineRepair:
    """Failures fall with the units that are down: a machine is up for 1 / rate in the mean, then down until mended."""

    PER_YEAR, REPAIR_DAYS, DAYS, MACHINES = 600.0, 0.25, 500, 40

    def failures(self, per_year: float) -> FloatArray:
        """(machines,) failures of machines that are all products of their own, with a mechanic each."""
        names = [f"machine {number}" for number in range(self.MACHINES)]
        long = {"diagnosis_minutes": constant(0), "repair_minutes": constant(self.REPAIR_DAYS * 1_440)}
        result = run(
            service_world(
                days=self.DAYS,
                technicians=self.MACHINES,
                products=[product(name, per_year=per_year) for name in names],
                modes=[mode(f"mode of {name}", name, **long) for name in names],
                base=[installed(1, name) for name in names],
                policy={"service": {"dispatch": {"overtime_minutes": 480}}},
            )
        )
        return np.bincount(result.tables["requests"]["product"], minlength=self.MACHINES).astype(np.float64)

    def test_one_machine_alternates_between_up_and_down(self) -> None:
        """The renewal function of a process that begins up, for long times (Cox, 1962, section 4.1)."""
        up = DAYS_PER_YEAR / self.PER_YEAR
        cycle = up + self.REPAIR_DAYS
        mean = self.DAYS / cycle + (up**2 + cycle**2) / (2 * cycle**2) - up / cycle
        assert_proves(mean, self.failures(self.PER_YEAR), self.failures(self.PER_YEAR * BUG**2), widest=0.02)
