"""Broken suppliers and broken sourcing, one rule each; see `tests.unit.broken_inputs`."""

from __future__ import annotations

from tests.unit.broken_inputs import Broken, yaml

_LEAD_TIME = "lead_time_days: {kind: gamma, mean: 3, cv: 0.4}"
_CENTRES = "  distribution_centres: [{id: DC}]"
_MINIMUM = "  minimum_order: {units: 10}"


def _supplier(name: str, code: str, terms: str, says: str) -> Broken:
    return yaml(name, code, _LEAD_TIME, f"{_LEAD_TIME}\n      {terms}", says)


def _offer(name: str, code: str, row: str, says: str) -> Broken:
    return yaml(name, code, _CENTRES, f"{_CENTRES}\n  supply:\n    - {row}", says)


def _sourcing(name: str, code: str, block: str, says: str) -> Broken:
    return yaml(name, code, _MINIMUM, f"{_MINIMUM}\n  sourcing:\n    {block}", says)


def _rule(name: str, code: str, rule: str, says: str) -> Broken:
    return _sourcing(name, code, f"rules:\n      - {rule}", says)


SUPPLY = [
    _supplier(
        "express that is slower",
        "E504",
        "express: {¦lead_time_days: {kind: constant, value: 4}}",
        "shorter on average than regular delivery, 3 days",
    ),
    _supplier(
        "price break that gives less for more",
        "E503",
        "volume_discounts: [{units: 10, discount_share: 0.1}, ¦{units: 20, discount_share: 0.05}]",
        "must ask for more units, and give more",
    ),
    _supplier(
        "disruption of negative length",
        "E504",
        "disruptions: {per_year: 1, ¦length_days: {kind: constant, value: -2}}",
        "must not be negative",
    ),
    _supplier(
        "defect floor above the defects",
        "E503",
        "quality: {defects_per_million: 100, ¦floor_per_million: 200}",
        "must not exceed `defects_per_million`, 100",
    ),
    _supplier(
        "price that shrinks to nothing", "E304", "price: {volatility_per_year: 0.1, ¦trend_per_year: -1}", ""
    ),
    _offer(
        "offer of no SKU",
        "E501",
        "{¦sku_id: melk, supplier_id: S1, purchase_cost: 1}",
        "did you mean `milk`?",
    ),
    _offer("offer of nobody", "E501", "{sku_id: milk, ¦supplier_id: S2, purchase_cost: 1}", "allowed: `S1`"),
    _offer(
        "own supplier once more", "E502", "{sku_id: milk, ¦supplier_id: S1, purchase_cost: 1}", "own supplier"
    ),
    _rule("single source that is nobody", "E501", "mode: {kind: single, ¦supplier: S2}", "allowed: `S1`"),
    _rule(
        "scope of no SKU", "E501", "{scope: {skus: [¦melk]}, mode: {kind: single}}", "did you mean `milk`?"
    ),
    _rule("share of nobody", "E501", "mode: {kind: split, shares: [{¦supplier: S2, share: 1}]}", "supplier"),
    _rule(
        "share twice",
        "E502",
        "mode: {kind: split, shares: [{supplier: S1, share: 1}, {¦supplier: S1, share: 2}]}",
        "has a share already",
    ),
    _rule("shares without a scorecard", "E511", "¦mode: {kind: scorecard}", "`policy.sourcing.scorecard`"),
    _rule(
        "bounds the wrong way round",
        "E503",
        "mode: {kind: scorecard, minimum_share: 0.4, ¦maximum_share: 0.3}\n    scorecard: {}",
        "at least `minimum_share`, 0.4",
    ),
    _sourcing(
        "plan that cannot reject",
        "E503",
        "inspection: [{sample_units: 5, ¦accept_at_most: 5}]",
        "no lot is ever rejected",
    ),
    _sourcing(
        "inspection of nobody", "E501", "inspection: [{sample_units: 5, suppliers: [¦S2]}]", "supplier"
    ),
    _sourcing(
        "scorecard that weighs nothing",
        "E503",
        "scorecard: {¦weights: {cost: 0, technology: 0, delivery: 0, service: 0, continuity: 0, global_support: 0,"
        " quality: 0}}",
        "all weights are zero",
    ),
    _sourcing("step twice", "E502", "¦shortage_response: [expedite, expedite]", "twice"),
    _sourcing("unknown step", "E305", "shortage_response: [¦pray]", ""),
]
"""A second supplier that the good scenario has not got is spelt `S2`."""


def _split_without_a_seller() -> Broken:
    suppliers = f"{_LEAD_TIME}\n    - id: S2"
    rule = "mode: {kind: split, ¦shares: [{supplier: S2, share: 1}]}"
    return Broken(
        "split among those who do not sell it",
        "E507",
        changes=((_LEAD_TIME, suppliers), (_MINIMUM, f"{_MINIMUM}\n  sourcing:\n    rules:\n      - {rule}")),
        says="none of these suppliers sells 2 SKUs of the rule, e.g. milk",
    )


SUPPLY.append(_split_without_a_seller())
