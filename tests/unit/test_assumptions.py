"""The list of assumptions tells what was given, fitted or left to a default."""

from __future__ import annotations

from pathlib import Path

from scenarios import load
from scenarios.language.assumptions import Assumption, AssumptionStatus, assumptions
from tests.unit.broken_inputs import GOOD
from tests.unit.test_loading import write

FITTED = """\
  fitted:
    - source: sales.csv
      estimates:
        - {path: 'demand.responses[0].price_elasticity', value: -2, standard_error: 0.25, method: log-log}
        - {path: 'demand.responses[0].promotion_multiplier', value: 1.4, standard_error: 0.1}
initial:
"""


def listed(folder: Path, text: str = GOOD) -> dict[str, Assumption]:
    found = assumptions(load(write(folder, **{"scenario.yaml": text})))
    assert len({item.path for item in found}) == len(found)
    return {item.path: item for item in found}


def test_given_and_default_numbers_are_told_apart(tmp_path: Path) -> None:
    found = listed(tmp_path)
    given, default = found["horizon.warm_up_days"], found["policy.transport.delivery_hour"]
    assert (given.status, given.value, given.unit, given.place) == (
        AssumptionStatus.GIVEN,
        "7",
        "days",
        "scenario.yaml:6:3",
    )
    assert (default.status, default.source) == (AssumptionStatus.DEFAULT, "assumption: before opening")
    assert default.place == ""


def test_columns_are_told_by_their_range(tmp_path: Path) -> None:
    found = listed(tmp_path)
    size, lead_time = found["network.stores[].size"], found["network.stores[].lead_time_days"]
    assert (size.status, size.value, size.place) == (
        AssumptionStatus.GIVEN,
        "1 to 1.5 (2 rows)",
        "stores.csv:1:4",
    )
    assert (lead_time.status, lead_time.source) == (AssumptionStatus.DEFAULT, "assumption: next day")
    stock = found["initial.store_stock[].units"]
    assert (stock.status, stock.value) == (AssumptionStatus.GIVEN, "5 (1 rows)")


def test_a_distribution_has_the_unit_of_what_it_describes(tmp_path: Path) -> None:
    mean = listed(tmp_path)["network.suppliers[0].lead_time_days.mean"]
    assert (mean.status, mean.value, mean.unit) == (AssumptionStatus.GIVEN, "3", "days")


def test_the_default_of_a_block_is_the_default_of_its_numbers(tmp_path: Path) -> None:
    text = GOOD.replace("      lead_time_days: {kind: gamma, mean: 3, cv: 0.4}\n", "")
    value = listed(tmp_path, text)["network.suppliers[0].lead_time_days.value"]
    assert (value.status, value.source, value.unit) == (
        AssumptionStatus.DEFAULT,
        "assumption: three days",
        "days",
    )


def test_fitted_numbers_carry_their_error_until_somebody_changes_them(tmp_path: Path) -> None:
    found = listed(tmp_path, GOOD.replace("initial:\n", FITTED))
    fitted = found["demand.responses[0].price_elasticity"]
    assert (fitted.status, fitted.standard_error, fitted.source) == (
        AssumptionStatus.FITTED,
        0.25,
        "sales.csv: log-log",
    )
    changed = found["demand.responses[0].promotion_multiplier"]
    assert changed.status is AssumptionStatus.GIVEN
    assert changed.source == "sales.csv (fitted 1.4, changed since)"
    assert not any(path.startswith("demand.fitted") for path in found)
