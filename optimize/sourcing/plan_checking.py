"""Do suppliers, carriers and partners of a plan keep what was asked for? Worked out afresh from the decided policy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from optimize.outlook import Outlook
from optimize.sourcing.supplier_facts import centres_that_buy, defects_of, expected_scores, list_prices
from scenarios import (
    Basis,
    OptimisedSuppliers,
    Plan,
    Scenario,
    SingleSource,
    SolveStatus,
    SourcingRule,
    SplitSources,
)

PATH = "policy.optimised.sourcing"
FloatArray = npt.NDArray[np.float64]
_CLOSE = 1e-4
"""Shares are stated in hundredths of a per cent."""
Finding = tuple[str, str, str]


def broken_sources(scenario: Scenario, plan: Plan, outlook: Outlook | None) -> Iterator[Finding]:
    """Part, item and rule that a plan breaks; what was edited since it was solved is the editor's business.

    Args:
        scenario: what the plan was made for; its `policy.optimised.sourcing` says what was asked for.
        plan: the plan.
        outlook: expected demand; without it capacities and defects in all are not looked at.
    """
    asked = scenario.policy.optimised.sourcing
    if asked is None:
        return
    decisions = plan.decisions
    if asked.suppliers is not None and decisions.sourcing_rules is not None and _is_solved(plan, "suppliers"):
        yield from _suppliers(scenario, plan, asked.suppliers, outlook)
    if asked.carriers is not None and decisions.carriers is not None and _is_solved(plan, "carriers"):
        path, facts = f"{PATH}.carriers", {carrier.id: carrier for carrier in scenario.fleet.carriers}
        for hired in decisions.carriers:
            if facts[hired.carrier_id].on_time_share < asked.carriers.on_time_share:
                yield path, f"carrier {hired.carrier_id}", "is on time less often than asked for"
        if len(decisions.carriers) > asked.carriers.most_carriers:
            yield path, "all carriers", f"{len(decisions.carriers)} are more than asked for"
    if asked.partners is not None and decisions.partners is not None and _is_solved(plan, "partners"):
        path, service = f"{PATH}.partners", scenario.service
        shares = {} if service is None else {p.id: p.success_share for p in service.partners}
        for name in decisions.partners.partner_ids:
            if shares[name] < asked.partners.success_share:
                yield path, f"partner {name}", "does fewer jobs at the first visit than asked for"
        if len(decisions.partners.partner_ids) > asked.partners.most_partners:
            yield path, "all partners", f"{len(decisions.partners.partner_ids)} are more than asked for"


def _is_solved(plan: Plan, kind: str) -> bool:
    return any(part.path == f"{PATH}.{kind}" and part.basis is Basis.OPTIMISED for part in plan.parts)


def _suppliers(
    scenario: Scenario, plan: Plan, asked: OptimisedSuppliers, outlook: Outlook | None
) -> Iterator[Finding]:
    path, suppliers = f"{PATH}.suppliers", scenario.network.suppliers
    price = list_prices(scenario)
    scores = expected_scores(scenario, price)
    is_able = np.isfinite(price) & (scores >= asked.score_floor)[:, None]
    at = {supplier.id: index for index, supplier in enumerate(suppliers)}
    rules = plan.decisions.sourcing_rules or ()
    names = [str(name) for name in scenario.assortment.skus["sku_id"]]
    bought = np.zeros(price.shape)
    for sku, name in enumerate(names):
        rule = next((rule for rule in rules if not rule.scope.skus or name in rule.scope.skus), None)
        if rule is None:
            bought[at[scenario.assortment.skus["supplier_id"][sku] or suppliers[0].id], sku] = 1.0
            continue
        shares = _shares(rule)
        for supplier, share in shares.items():
            index = at[supplier]
            bought[index, sku] = share / sum(shares.values())
            who = f"SKU {name}, supplier {supplier}"
            if not np.isfinite(price[index, sku]):
                yield path, who, "does not sell it"
            elif not is_able[index, sku]:
                yield path, who, f"scores {scores[index]:.3g}, less than {asked.score_floor:g}"
            if bought[index, sku] < asked.minimum_share - _CLOSE:
                yield path, who, f"a share of {bought[index, sku]:.4g} is less than asked for"
        if len(shares) > asked.most_sources:
            yield path, f"SKU {name}", f"{len(shares)} suppliers are more than asked for"
        if len(shares) < min(asked.least_sources, int(is_able[:, sku].sum())):
            yield path, f"SKU {name}", f"{len(shares)} suppliers are fewer than asked for"
    report = next(part.report for part in plan.parts if part.path == path)
    if outlook is not None and (report is None or report.status is not SolveStatus.INFEASIBLE):
        demand = outlook.demand_per_day[centres_that_buy(scenario)].sum(axis=0)
        yield from _in_all(scenario, bought * demand, asked, path)


def _in_all(scenario: Scenario, units: FloatArray, asked: OptimisedSuppliers, path: str) -> Iterator[Finding]:
    """Capacities, and defects of all that is bought; `units` a day are (suppliers, SKUs)."""
    total = float(units.sum())
    suppliers = scenario.network.suppliers
    for supplier, volume in zip(suppliers, units.sum(axis=1).tolist(), strict=True):
        if supplier.capacity_units_per_day and volume > supplier.capacity_units_per_day + _CLOSE * total:
            rule = f"{volume:.6g} units a day are more than it can ship"
            yield path, f"supplier {supplier.id}", rule
    defects = sum(
        defects_of(supplier) * volume for supplier, volume in zip(suppliers, units.sum(axis=1), strict=True)
    )
    limit = asked.defects_per_million
    worst = max(defects_of(supplier) for supplier in suppliers)
    if limit is not None and total > 0 and defects / total > limit + _CLOSE * worst:
        yield path, "all SKUs", f"{defects / total:.6g} defects per million exceed {limit:g}"


def _shares(rule: SourcingRule) -> dict[str, float]:
    if isinstance(rule.mode, SingleSource):
        return {rule.mode.supplier: 1.0}
    if isinstance(rule.mode, SplitSources):
        return {share.supplier: share.share for share in rule.mode.shares}
    return {}


__all__ = ["PATH", "broken_sources"]
