"""`dualedge plan --only sources`: two suppliers with price breaks and a poor one, planned, edited and given back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from study import cli

SCENARIO = """\
format: 1
name: three_sources
horizon: {days: 56, warm_up_days: 28, start_date: 2024-01-01}
network:
  suppliers:
    - {id: NEAR, lead_time_days: {kind: constant, value: 2}, technology_score: 80}
    - id: FAR
      lead_time_days: {kind: gamma, mean: 5, cv: 0.3}
      capacity_units_per_day: 60
      volume_discounts: [{units: 700, discount_share: 0.03}, {units: 1300, discount_share: 0.08}]
    - {id: POOR, lead_time_days: {kind: gamma, mean: 9, cv: 0.8}, technology_score: 0, global_support_score: 0}
  distribution_centres: [{id: DC}]
  supply:
    - {sku_id: A, supplier_id: FAR, purchase_cost: 5.8}
    - {sku_id: B, supplier_id: FAR, purchase_cost: 8.8}
    - {sku_id: A, supplier_id: POOR, purchase_cost: 4.0}
  stores: [{store_id: S1}, {store_id: S2}]
assortment:
  classes: [{id: FOOD}]
  skus:
    - {sku_id: A, class_id: FOOD, price: 10, purchase_cost: 6.0, supplier_id: NEAR}
    - {sku_id: B, class_id: FOOD, price: 15, purchase_cost: 9.0, supplier_id: NEAR}
demand: {mean_units_per_day: 15}
policy:
  replenishment: [{mode: {kind: base_stock, order_up_to: {units: 50}}}]
  dc_replenishment: [{mode: {kind: days_of_cover, cover_days: 3, safety_factor: 2}}]
  optimised: {sourcing: {suppliers: {score_floor: 72, least_sources: 2, minimum_share: 0.25}}}
"""


def price_index(told: str) -> float:
    """Mean of the KPI in what a run says as JSON."""
    (study,) = json.loads(told)["studies"]
    return next(float(kpi["mean"]) for kpi in study["kpis"] if kpi["kpi"] == "purchase_price_index")


def test_a_plan_of_sources_is_made_edited_and_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("world.yaml").write_text(SCENARIO)
    assert cli.main(["plan", "world.yaml", "--only", "sources", "--out", "plan.yaml"]) == 0
    out = capsys.readouterr().out
    assert "supplier split" in out and "optimal" in out and "purchase_price_index" in out
    text = Path("plan.yaml").read_text()
    # Least of the dear one; the highest price break is within reach of the rest, and nobody asks the poor one.
    assert "supplier: FAR\n          share: 0.75" in text and "POOR" not in text

    Path("edited.yaml").write_text(text.replace("share: 0.75", "share: 0.25"))
    words = ["--replications", "1", "--json", "--out"]
    assert cli.main(["run", "world.yaml", "--plan", "plan.yaml", *words, "planned"]) == 0
    planned = price_index(capsys.readouterr().out)
    assert cli.main(["run", "world.yaml", "--plan", "edited.yaml", *words, "by_hand"]) == 0
    by_hand = price_index(capsys.readouterr().out)
    # Three quarters and half from the one that is three per cent cheaper.
    assert planned < by_hand < 1.0

    line = text[: text.index("supplier: FAR")].count("\n") + 1
    Path("wrong.yaml").write_text(text.replace("supplier: FAR", "supplier: FARR"))
    assert cli.main(["run", "world.yaml", "--plan", "wrong.yaml", "--out", "wrong"]) != 0
    assert (
        f"wrong.yaml:{line}:11: E501" in (told := capsys.readouterr().err) and "did you mean `FAR`?" in told
    )
