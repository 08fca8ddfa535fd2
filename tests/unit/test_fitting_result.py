"""What `fit` hands back: demand block, figures, words, files, and what it admits it cannot tell."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from scenarios import ScenarioError
from scenarios.language.demand import Demand, DemandRate
from study.fitting import FittedDemand, fit_demand, write_fit
from study.fitting.estimate import Estimate
from tests.sales_histories import Truth, draw_history, write_history


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> FittedDemand:
    frame = draw_history(Truth(), seed=5)
    return fit_demand(write_history(frame, tmp_path_factory.mktemp("fit") / "sales.csv"))


def test_block_is_valid_scenario_language(fitted: FittedDemand) -> None:
    block = fitted.to_yaml_block()
    assert block.pop("rates") == {"table": "rates.csv"}
    assert set(fitted.rates) >= set(DemandRate.model_fields)
    for key in ("patterns", "responses", "fitted"):
        block[key] = tuple(block[key])
    block["fitted"] = tuple(record | {"estimates": tuple(record["estimates"])} for record in block["fitted"])
    for pattern in block["patterns"]:
        pattern["month_factors"] = tuple(pattern["month_factors"])
    demand = Demand.model_validate(block)
    assert demand.responses[0].price_elasticity == pytest.approx(-2.2, abs=0.3)
    assert demand.fitted[0].rows == 12 * 5 * 110
    assert demand.fitted[0].holdout_error is not None


def test_every_fitted_path_leads_to_its_value(fitted: FittedDemand) -> None:
    block = fitted.to_yaml_block()
    for estimate in block["fitted"][0]["estimates"]:
        node: object = {"demand": block}
        for step in estimate["path"].replace("[", ".[").split("."):
            node = node[int(step[1:-1])] if step.startswith("[") else node[step]  # type: ignore[index]
        assert node == estimate["value"], estimate["path"]
        assert estimate["standard_error"] > 0


def test_values_beyond_the_language_are_moved_to_the_bound_and_say_so(fitted: FittedDemand) -> None:
    odd = replace(fitted.classes[0], promotion_multiplier=Estimate(0.9, 0.05, 100, "invented"))
    block = replace(fitted, classes=(odd,)).to_yaml_block()
    assert block["responses"][0]["promotion_multiplier"] == 1.0
    methods = {record["path"]: record["method"] for record in block["fitted"][0]["estimates"]}
    assert "estimated 0.9, moved to the bound" in methods["demand.responses[0].promotion_multiplier"]


def test_it_pickles_and_speaks(fitted: FittedDemand) -> None:
    again = pickle.loads(pickle.dumps(fitted))
    assert again.summary() == fitted.summary()
    for words in (
        "12 stores, 5 SKUs",
        "price elasticity",
        "weekday factors are not identifiable",
        "held out: WAPE",
    ):
        assert words in fitted.summary()


def test_files_are_whole_and_readable(fitted: FittedDemand, tmp_path: Path) -> None:
    written = write_fit(fitted, tmp_path / "fit")
    assert [path.name for path in written] == [
        "demand.yaml",
        "rates.csv",
        "figures.csv",
        "skus.csv",
        "series.csv",
    ]
    assert not [path for path in (tmp_path / "fit").iterdir() if path.name.endswith(".partial")]
    rates = pd.read_csv(tmp_path / "fit" / "rates.csv")
    assert len(rates) == 60
    figures = pd.read_csv(tmp_path / "fit" / "figures.csv").set_index("parameter")
    assert list(figures.columns) == ["value", "standard_error", "unit", "method", "source"]
    assert figures.loc["price_elasticity", "value"] == pytest.approx(-2.2, abs=0.3)
    first = (tmp_path / "fit" / "figures.csv").read_bytes()
    write_fit(fitted, tmp_path / "fit")
    assert (tmp_path / "fit" / "figures.csv").read_bytes() == first


def test_seed_moves_only_the_randomised_parts(tmp_path: Path) -> None:
    path = write_history(draw_history(Truth(stores=3, skus=2), seed=2), tmp_path / "s.csv")
    one, same, other = (fit_demand(path, seed=seed) for seed in (1, 1, 2))
    assert one.figures().equals(same.figures())
    assert one.classes[0].price_elasticity == other.classes[0].price_elasticity
    assert one.classes[0].goodness.pit_chi_square != other.classes[0].goodness.pit_chi_square


def test_categories_are_fitted_apart(tmp_path: Path) -> None:
    frame = draw_history(Truth(stores=6, skus=4), seed=3)
    frame["category"] = np.where(frame["sku"] < "K02", "juice", "tea")
    visible = ["store", "sku", "date", "units", "price", "promotion", "category"]
    fitted = fit_demand(write_history(frame, tmp_path / "s.csv", *visible))
    assert [fit.category for fit in fitted.classes] == ["juice", "tea"]
    responses = fitted.to_yaml_block()["responses"]
    assert [response["classes"] for response in responses] == [["juice"], ["tea"]]


def test_promotion_tied_to_its_price_is_reported(tmp_path: Path) -> None:
    frame = draw_history(Truth(stores=4, skus=2), seed=4)
    frame["price"] = np.where(frame["promotion"] == 1, 8.0, 10.0)
    visible = ["store", "sku", "date", "units", "price", "promotion"]
    fit = fit_demand(write_history(frame, tmp_path / "s.csv", *visible)).classes[0]
    assert fit.price_elasticity.value is not None
    assert fit.promotion_multiplier.value is None
    assert any("promotion flag cannot be separated" in note for note in fit.notes)


def test_short_history_admits_what_it_cannot_tell(tmp_path: Path) -> None:
    fitted = fit_demand(write_history(draw_history(Truth(periods=20), seed=6), tmp_path / "s.csv"))
    season = fitted.classes[0].season
    assert season.month_factors == ()
    assert season.trend_per_year.value is None
    assert any("not identifiable" in note for note in season.notes)


@pytest.mark.parametrize(
    "text",
    [
        "sku,date,units\nx,2024-01-01,0\nx,2024-01-02,0\nx,2024-01-03,0\nx,2024-01-04,0\n",
        "sku,date,units\nx,2024-01-01,1\nx,2024-01-02,2\n",
        "sku,date,units,stock\nx,2024-01-01,1,1\nx,2024-01-02,2,2\nx,2024-01-03,2,2\nx,2024-01-04,1,1\n",
    ],
)
def test_hopeless_histories_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.csv").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        fit_demand(tmp_path / "s.csv")
    assert [problem.code for problem in caught.value.problems] == ["E512"]


def test_series_without_sales_have_rate_zero(tmp_path: Path) -> None:
    frame = draw_history(Truth(stores=3, skus=2, periods=30), seed=7)
    frame.loc[(frame["store"] == "S00") & (frame["sku"] == "K00"), "units"] = 0
    fitted = fit_demand(write_history(frame, tmp_path / "s.csv"))
    silent = fitted.rates.query("store_id == 'S00' and sku_id == 'K00'")
    assert silent["units_per_day"].tolist() == [0.0]
    assert len(fitted.rates) == 6


def test_fitted_block_loads_in_a_scenario(tmp_path: Path) -> None:
    import scenarios

    home = Path(scenarios.__file__).parent
    stores = pd.read_csv(home / "data" / "quickstart_stores.csv")["store_id"].tolist()
    skus = pd.read_csv(home / "data" / "quickstart_skus.csv").set_index("sku_id")["class_id"]
    frame = draw_history(Truth(stores=len(stores), skus=len(skus), periods=60), seed=8)
    frame["store"] = frame["store"].map(lambda code: stores[int(code[1:])])
    frame["sku"] = frame["sku"].map(lambda code: skus.index[int(code[1:])])
    frame["category"] = frame["sku"].map(skus)
    visible = ["store", "sku", "date", "units", "price", "promotion", "category"]
    fitted = fit_demand(write_history(frame, tmp_path / "sales.csv", *visible))
    write_fit(fitted, tmp_path)
    (tmp_path / "data").mkdir()
    for table in (home / "data").glob("quickstart_*.csv"):
        rows = pd.read_csv(table)
        # Every store lists every SKU, as in the history.
        rows.assign(**{name: 0 for name in rows if name == "minimum_store_size"}).to_csv(
            tmp_path / "data" / table.name, index=False
        )
    reader = YAML(typ="safe")
    document = reader.load((home / "quickstart.yaml").read_text(encoding="utf-8"))
    document["demand"] = reader.load((tmp_path / "demand.yaml").read_text(encoding="utf-8"))["demand"]
    reader.dump(document, tmp_path / "fitted.yaml")
    demand = scenarios.load(str(tmp_path / "fitted.yaml")).demand
    assert demand.rates is not None
    assert len(demand.rates) == len(stores) * len(skus)
    assert {response.classes for response in demand.responses} == {(name,) for name in set(skus)}
    assert demand.fitted[0].digest == fitted.digest
