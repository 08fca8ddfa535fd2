"""The supplier split of a scenario: from facts to arrays, from shares to rules of the policy, and what they promise."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimize.outlook import Outlook
from optimize.sourcing.supplier_facts import supplier_terms
from optimize.sourcing.supplier_terms import FloatArray, SplitRules, SupplierTerms
from optimize.sourcing.suppliers import SupplierSplit, split_suppliers
from scenarios import (
    Basis,
    OptimisedSuppliers,
    PlanPart,
    Premise,
    Promise,
    Scenario,
    Scope,
    SingleSource,
    SourcingRule,
    SplitSources,
    SupplierShare,
)

PATH = "policy.optimised.sourcing.suppliers"
PREMISES = (Premise.STEADY_DEMAND, Premise.NO_SUBSTITUTION)
METHOD = "means over the shares of the plan, at list prices and stated lead times"
_SHARE_DIGITS = 4
_LEAST = 0.5 * 10.0**-_SHARE_DIGITS


def plan_suppliers(scenario: Scenario, outlook: Outlook) -> tuple[dict[str, Any], PlanPart] | None:
    """Shares of suppliers, SKU by SKU; those that agree are told in one rule.

    SKUs that the plan does not name come from their own supplier, as do those that nobody good enough sells.

    Returns:
        `sourcing_rules` and the part; None where no SKU has a second supplier.
    """
    block = scenario.policy.optimised.sourcing
    asked = None if block is None else block.suppliers
    if asked is None or scenario.network.supply is None or len(scenario.network.supply) == 0:
        return None
    terms = supplier_terms(scenario, outlook, asked)
    split = split_suppliers(terms, split_rules(asked), seed=scenario.policy.optimised.seed)
    shares = rounded(split, asked.minimum_share)
    rules = rules_of(scenario, shares)
    part = PlanPart(
        path=PATH,
        kind="supplier split",
        basis=Basis.OPTIMISED,
        cells=len(scenario.assortment.skus),
        report=split.report,
        promises=_promises(scenario, terms, shares),
    )
    return {"sourcing_rules": rules}, part


def split_rules(asked: OptimisedSuppliers) -> SplitRules:
    """What a split must keep."""
    limit = asked.defects_per_million
    return SplitRules(
        score_floor=asked.score_floor,
        defects_per_million=np.inf if limit is None else limit,
        minimum_share=asked.minimum_share,
        least_sources=asked.least_sources,
        most_sources=asked.most_sources,
        allows_express=False,
    )


def rounded(split: SupplierSplit, least: float) -> FloatArray:
    """(suppliers, SKUs) shares as the plan states them, in hundredths of a per cent, adding up to 1 or nothing.

    The largest share takes what rounding leaves; none falls below the least.
    """
    shares = np.round(split.shares.sum(axis=0), _SHARE_DIGITS)
    shares = np.where(shares > _LEAST, np.maximum(shares, min(least, 1.0)), 0.0)
    total = shares.sum(axis=0)
    largest = shares.argmax(axis=0)
    some = np.flatnonzero(total > 0)
    shares[largest[some], some] += 1.0 - total[some]
    return np.asarray(np.round(shares, _SHARE_DIGITS), np.float64)


def rules_of(scenario: Scenario, shares: FloatArray) -> tuple[SourcingRule, ...]:
    """One rule for all SKUs that are bought in the same shares, in the order of their first SKU."""
    suppliers, skus = scenario.network.suppliers, scenario.assortment.skus
    own = [name or suppliers[0].id for name in skus["supplier_id"]]
    alike: dict[tuple[float, ...], list[str]] = {}
    for sku, name in enumerate(skus["sku_id"]):
        column = tuple(shares[:, sku].tolist())
        alone = [s.id for s, share in zip(suppliers, column, strict=True) if share > 0]
        if alone and alone != [own[sku]]:
            alike.setdefault(column, []).append(str(name))
    rules = []
    for column, names in alike.items():
        used = [(s.id, share) for s, share in zip(suppliers, column, strict=True) if share > 0]
        mode: SingleSource | SplitSources = SingleSource(kind="single", supplier=used[0][0])
        if len(used) > 1:
            of_each = tuple(SupplierShare(supplier=name, share=share) for name, share in used)
            mode = SplitSources(kind="split", shares=of_each)
        scope = Scope() if len(names) == len(skus) else Scope(skus=tuple(names))
        rules.append(SourcingRule(scope=scope, mode=mode))
    return tuple(rules)


def _promises(scenario: Scenario, terms: SupplierTerms, shares: FloatArray) -> tuple[Promise, ...]:
    """Prices, defects and lead times that the shares lead to, where nothing else in the scenario changes them."""
    own = terms.price[_own(scenario), np.arange(terms.units.size)]
    bought = shares.copy()
    nobody = np.flatnonzero(bought.sum(axis=0) == 0)
    bought[_own(scenario)[nobody], nobody] = 1.0
    units = bought * terms.units
    if not units.sum() > 0:
        return ()
    price = np.where(np.isfinite(terms.price), terms.price, 0.0)
    suppliers, sourcing = scenario.network.suppliers, scenario.policy.sourcing
    forecasts = {}
    value = float((own * terms.units).sum())
    if value > 0 and all(s.price is None or s.price.trend_per_year == 0 for s in suppliers):
        forecasts["purchase_price_index"] = float((price * units).sum()) / value
    learns = sourcing.quality_feedback or sourcing.complaint_feedback
    if terms.defects_per_million.any() and not learns and not sourcing.inspection:
        forecasts["supplier_defects_ppm"] = float(terms.defects_per_million @ units.sum(axis=1) / units.sum())
    is_limited = any(s.capacity_units_per_day > 0 for s in suppliers)
    if not (is_limited or sourcing.express or sourcing.shortage_response or sourcing.inspection):
        forecasts["supplier_lead_time_days"] = float(terms.lead_time_days @ units.sum(axis=1) / units.sum())
    return tuple(
        Promise(measure=measure, forecast=forecast, premises=PREMISES, method=METHOD)
        for measure, forecast in forecasts.items()
    )


def _own(scenario: Scenario) -> Any:
    """(SKUs,) index of each SKU's own supplier."""
    suppliers = scenario.network.suppliers
    at = {supplier.id: index for index, supplier in enumerate(suppliers)}
    return np.array(
        [at[name or suppliers[0].id] for name in scenario.assortment.skus["supplier_id"]], np.int64
    )


__all__ = ["PATH", "plan_suppliers", "rounded", "rules_of", "split_rules"]
