"""Facts of a scenario's suppliers as the arrays of a supplier split."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from optimize.outlook import Outlook
from optimize.sourcing.supplier_terms import PriceStep, SupplierTerms
from optimize.stock.levels import centre_levels
from scenarios import Distribution, OptimisedSuppliers, Scenario, Scorecard, Supplier

FloatArray = npt.NDArray[np.float64]

PERIOD_DAYS = 28.0
_DAYS_PER_YEAR = 365.0
_LONGEST_DAYS = 120
_QUANTILES = (np.arange(4096) + 0.5) / 4096
_FULL = 100.0


@dataclass(frozen=True)
class LeadTime:
    """How long goods of one supplier take, in whole days as in the run."""

    mean: float
    variance: float
    on_time_share: float
    """Share of orders that come within the time it quotes."""


def supplier_terms(scenario: Scenario, outlook: Outlook, asked: OptimisedSuppliers) -> SupplierTerms:
    """What suppliers offer, for 28 days of mean demand of all centres whose stock is limited.

    Assumptions: a minimum order is reached by one order in 28 days; an SKU is ordered at every review of its centre,
    but never less than a case; a supplier that is used gets an order at every review. Disruptions lengthen lead times,
    see `lead_time`. Express is left to `policy.sourcing.express`.

    Args:
        scenario: facts.
        outlook: expected demand.
        asked: what is to be optimised.
    """
    suppliers, skus, costs = scenario.network.suppliers, scenario.assortment.skus, scenario.costs
    buys = centres_that_buy(scenario)
    demand = np.where(buys[:, None], outlook.demand_per_day, 0.0).sum(axis=0)
    variance = np.where(buys[:, None], outlook.demand_variance_per_day, 0.0).sum(axis=0)
    price = list_prices(scenario)
    own_price = skus["purchase_cost"].astype(np.float64)
    times = [lead_time(supplier) for supplier in suppliers]
    levels = centre_levels(scenario)[0]
    limited = [c.stock == "limited" for c in scenario.network.distribution_centres]
    order_days = levels.may_order[levels.rule].sum(axis=2)[np.array(limited)]
    reviews = order_days.sum(axis=0) * (PERIOD_DAYS / 7) if order_days.size else np.zeros(len(skus))
    lines = np.minimum(reviews, demand * PERIOD_DAYS / np.maximum(skus["case_pack"], 1))
    holding = own_price * costs.holding.dc_rate_per_year / _DAYS_PER_YEAR + costs.holding.dc_cost_per_unit_day
    per_defect = own_price if asked.cost_per_defect is None else np.full(len(skus), asked.cost_per_defect)
    capacity = np.array([s.capacity_units_per_day for s in suppliers], np.float64) * PERIOD_DAYS
    orders = float(order_days.max(axis=1, initial=0).sum() * (PERIOD_DAYS / 7)) if order_days.size else 0.0
    return SupplierTerms(
        demand_per_day=demand,
        demand_variance_per_day=variance,
        price=price,
        period_days=PERIOD_DAYS,
        capacity=np.where(capacity > 0, capacity, np.inf),
        minimum_units=np.array([s.minimum_order.units for s in suppliers], np.float64),
        price_steps=tuple(
            tuple(PriceStep(float(step.units), step.discount_share) for step in s.volume_discounts)
            for s in suppliers
        ),
        defects_per_million=np.array([defects_of(s) for s in suppliers]),
        defect_cost=per_defect,
        score=expected_scores(scenario, price),
        lead_time_days=np.array([time.mean for time in times]),
        lead_time_variance=np.array([time.variance for time in times]),
        review_days=7.0 / max(float(order_days.mean()) if order_days.size else 7.0, 1.0),
        safety_factor=NormalDist().inv_cdf(asked.in_stock_share),
        holding_cost=np.asarray(holding * PERIOD_DAYS, np.float64),
        cost_per_source=np.asarray(lines * costs.ordering.per_purchase_order_line),
        cost_per_supplier=np.full(len(suppliers), orders * costs.ordering.per_purchase_order),
        supplier_ids=tuple(s.id for s in suppliers),
        item_ids=tuple(f"SKU {name}" for name in skus["sku_id"]),
    )


def centres_that_buy(scenario: Scenario) -> npt.NDArray[np.bool_]:
    """(stores,) whether a store is fed by a centre that orders from suppliers."""
    centres = scenario.network.distribution_centres
    limited = {centre.id: centre.stock == "limited" for centre in centres}
    return np.array([limited[name or centres[0].id] for name in scenario.network.stores["dc_id"]], np.bool_)


def list_prices(scenario: Scenario) -> FloatArray:
    """(suppliers, SKUs) list prices; infinite where a supplier does not sell the SKU."""
    suppliers, skus = scenario.network.suppliers, scenario.assortment.skus
    supplier_at = {supplier.id: index for index, supplier in enumerate(suppliers)}
    sku_at = {name: index for index, name in enumerate(skus["sku_id"])}
    price = np.full((len(suppliers), len(skus)), np.inf)
    for sku, name in enumerate(skus["supplier_id"]):
        price[supplier_at[name or suppliers[0].id], sku] = skus["purchase_cost"][sku]
    table = scenario.network.supply
    if table is not None:
        for sku_id, name, cost in zip(
            table["sku_id"], table["supplier_id"], table["purchase_cost"], strict=True
        ):
            price[supplier_at[name], sku_at[sku_id]] = cost
    return price


def defects_of(supplier: Supplier) -> float:
    """Mean defective units per million."""
    return supplier.quality.defects_per_million if supplier.quality is not None else 0.0


def lead_time(supplier: Supplier) -> LeadTime:
    """Regular lead time, waiting for the end of disruptions included.

    Disruptions begin at rate r and last x days each, taken as constant; goods leave once none has begun for x days.
    That is how long somebody waits for a gap of x in traffic: mean (exp(rx) - 1) / r - x, variance
    (exp(2rx) - 2 rx exp(rx) - 1) / r^2; Adams (1936), "Road traffic considered as a random series", J. Institution of
    Civil Engineers 4(1), 121-130.
    """
    days = whole_days(supplier.lead_time_days)
    quoted = supplier.quoted_lead_time_days
    if quoted < 0:
        quoted = int(np.ceil(supplier.lead_time_days.mean()))
    mean, variance, on_time = float(days.mean()), float(days.var()), float((days <= quoted).mean())
    if supplier.disruptions is not None:
        rate = supplier.disruptions.per_year / _DAYS_PER_YEAR
        length = float(whole_days(supplier.disruptions.length_days).mean())
        grown = float(np.exp(rate * length))
        mean += max((grown - 1) / rate - length, 0.0)
        variance += max((grown * grown - 2 * rate * length * grown - 1) / rate**2, 0.0)
    return LeadTime(mean, variance, on_time * _undisrupted(supplier))


def whole_days(distribution: Distribution) -> FloatArray:
    """Equally likely values of a lead time, in whole days."""
    values = np.asarray(distribution.quantile(_QUANTILES), np.float64)
    return np.minimum(np.floor(values + 0.5), _LONGEST_DAYS)


def expected_scores(scenario: Scenario, price: FloatArray) -> FloatArray:
    """(suppliers,) mean points on the scorecard of the run, by its weights; without one all weigh alike.

    Args:
        scenario: facts.
        price: (suppliers, SKUs) list prices, infinite where not sold.
    """
    card = scenario.policy.sourcing.scorecard or Scorecard()
    is_sold = np.isfinite(price)
    prices = np.where(is_sold, price, 0.0)
    others = is_sold.sum(axis=0) - 1
    rivals = (prices.sum(axis=0) - prices) / np.maximum(others, 1)
    mean = np.where(others > 0, rivals, prices)
    points = np.where(prices > 0, np.minimum(mean / np.maximum(prices, 1e-12), 1.0), 1.0) * _FULL
    cost = (points * is_sold).sum(axis=1) / np.maximum(is_sold.sum(axis=1), 1)
    scores = []
    for index, supplier in enumerate(scenario.network.suppliers):
        by_dimension = {
            "cost": float(cost[index]),
            "technology": supplier.technology_score,
            "delivery": lead_time(supplier).on_time_share * _FULL,
            "service": (1.0 - defects_of(supplier) / 1e6) * _FULL,
            "continuity": _undisrupted(supplier) * _FULL,
            "global_support": supplier.global_support_score,
            "quality": max(0.0, 1.0 - defects_of(supplier) / card.quality_zero_per_million) * _FULL,
        }
        weights = {name: float(getattr(card.weights, name)) for name in by_dimension}
        total = sum(weights.values())
        weighted = sum(weights[name] * value for name, value in by_dimension.items())
        scores.append(weighted / total if total > 0 else _FULL)
    return np.array(scores)


def _undisrupted(supplier: Supplier) -> float:
    """Share of days on which goods leave."""
    if supplier.disruptions is None:
        return 1.0
    per_day = supplier.disruptions.per_year / _DAYS_PER_YEAR
    return float(np.exp(-per_day * whole_days(supplier.disruptions.length_days).mean()))


__all__ = [
    "PERIOD_DAYS", "LeadTime", "centres_that_buy", "defects_of", "expected_scores", "lead_time", "list_prices",
    "supplier_terms", "whole_days",
]  # fmt: skip
