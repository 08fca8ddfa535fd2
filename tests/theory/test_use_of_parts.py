"""Use of spare parts in the shipped scenario against real intermittent series: how often, how much, how irregular."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

import scenarios
from scenarios import Scenario, load
from scenarios.language.appliances import InstalledRow
from sim.aftersales.requests import MoveReason
from study.fitting.classification import ADI_CUTOFF, CV2_CUTOFF, classify_series
from tests.factory import table
from tests.reference import reference_path
from tests.service_worlds import STATION, run, service_world

MONTHS, SECONDS_PER_MONTH = 24, 30 * 86_400
REAL = ("carparts", "auto")
"""Monthly series, in whole units. Those of MAN are weekly, and in the units of their packages."""
VARIATION_FACTOR = 1.5
"""How far the variation of sizes may lie outside: a failure takes one unit, real orders are often for several."""
Series = Sequence[npt.NDArray[np.float64]]


@dataclass(frozen=True)
class Pattern:
    """How intermittent some series are."""

    median_interval: float
    """ADI, months per month with use; of series with any."""
    median_variation: float
    """CV^2 of the units of months with use."""
    zero_share: float
    """Months without use, of all series."""
    frequent_share: float
    """Series with an ADI below the cut-off: smooth or erratic."""
    irregular_share: float
    """Series with a CV^2 above the cut-off: erratic or lumpy."""


def pattern(series: Series) -> Pattern:
    numbers = np.repeat(np.arange(len(series)), [len(values) for values in series])
    classified = classify_series(numbers, np.concatenate(list(series)))
    used = classified[np.isfinite(classified["mean_interval"])]
    return Pattern(
        median_interval=float(used["mean_interval"].median()),
        median_variation=float(used["squared_variation"].median()),
        zero_share=float((np.concatenate(list(series)) == 0).mean()),
        frequent_share=float((used["mean_interval"] < ADI_CUTOFF).mean()),
        irregular_share=float((used["squared_variation"] >= CV2_CUTOFF).mean()),
    )


@cache
def real(name: str) -> Pattern:
    months = pd.read_csv(reference_path(f"demand/spare_parts/{name}.csv.gz"))
    rows = months.drop(columns=["part", "sku", "price"], errors="ignore").to_numpy(np.float64)
    return pattern([row[~np.isnan(row)] for row in rows if not np.isnan(row).all()])


def one_station_of(whole: Scenario) -> Scenario:
    """A station with an equal share of the appliances in use, and enough people who can mend all of them."""
    service = whole.service
    assert service is not None and service.base is not None and service.stations is not None
    units: Counter[tuple[str, int]] = Counter()
    columns = (service.base[name].tolist() for name in ("product_id", "age_months", "units"))
    for product_id, age_months, number in zip(*columns, strict=True):
        units[product_id, age_months] += number
    stations = len(service.stations)
    base = [
        {"product_id": product_id, "age_months": age_months, "region": "", "units": round(number / stations)}
        for (product_id, age_months), number in units.items()
    ]
    world = service_world(
        days=MONTHS * 30,
        technicians=12,
        skills={mode.skill_id: 5 for mode in service.failure_modes},
        network={"suppliers": [s for s in whole.network.suppliers if s.id == "spare-parts"]},
        service={"stations": [{"station_id": STATION, "lead_time_days": 3}]},
        policy={"service": {"parts": whole.policy.service.parts}},
    )
    assert world.service is not None
    changes = {
        "base": table(InstalledRow, base),
        "stations": world.service.stations,
        "people": world.service.people,
        "contact_centre": None,
        "partners": (),
    }
    return world.model_copy(update={"service": service.model_copy(update=changes)})


@pytest.fixture(scope="module")
def modelled() -> Pattern:
    for name in REAL:
        reference_path(f"demand/spare_parts/{name}.csv.gz")
    scenario = one_station_of(load(Path(scenarios.__file__).parent / "delta.yaml"))
    moves = run(scenario).tables["part_moves"]
    is_use = moves["reason"] == MoveReason.USE
    assert scenario.service is not None and scenario.service.parts is not None
    used = np.zeros((len(scenario.service.parts.parts), MONTHS))
    np.add.at(used, (moves["part"][is_use], moves["left_second"][is_use] // SECONDS_PER_MONTH), 1.0)
    return pattern(list(used))


@pytest.mark.parametrize("figure", ["median_interval", "zero_share", "frequent_share"])
def test_parts_are_used_as_seldom_as_real_ones(modelled: Pattern, figure: str) -> None:
    low, high = sorted(getattr(real(name), figure) for name in REAL)
    assert low <= getattr(modelled, figure) <= high


def test_months_with_use_vary_nearly_as_much(modelled: Pattern) -> None:
    """Hardly any part is erratic or lumpy, though one real part in seven is: failures come one by one."""
    low, high = sorted(real(name).median_variation for name in REAL)
    assert low / VARIATION_FACTOR <= modelled.median_variation <= high * VARIATION_FACTOR
