"""Does a supplier split keep its rules? Plain Python on the numbers; nothing of the solver is used."""

from __future__ import annotations

import math
from collections.abc import Iterator

from optimize.sourcing.supplier_terms import SplitRules, SupplierTerms
from optimize.sourcing.suppliers import SupplierSplit
from scenarios import SolveStatus

_CLOSE = 1e-6
_NOTHING = 1e-9


def check_supplier_split(terms: SupplierTerms, rules: SplitRules, split: SupplierSplit) -> list[str]:
    """Every rule that a split breaks; none for a sound one.

    A split that says itself that not everything can be had as asked may buy less of an item and have more defects.

    Args:
        terms: facts.
        rules: what is to be kept.
        split: the answer.
    """
    shares: Shares = split.shares.tolist()
    is_whole = split.report.status is not SolveStatus.INFEASIBLE
    found = [*_items(terms, rules, shares, is_whole)]
    volumes = [*_volumes(terms, shares)]
    found += _suppliers(terms, rules, shares, volumes)
    total = sum(volumes)
    defects = sum(float(terms.defects_per_million[i]) * volume for i, volume in enumerate(volumes))
    if is_whole and total > 0 and defects / total > rules.defects_per_million * (1 + _CLOSE) + _CLOSE:
        found.append(f"defects: {defects / total:.6g} per million exceed {rules.defects_per_million:g}")
    cost = _cost(terms, shares, volumes)
    stated = split.report.objective
    if stated is None or not math.isclose(cost, stated, rel_tol=1e-6, abs_tol=1e-6):
        found.append(f"cost: the split costs {cost:.9g}, the report says {stated}")
    if is_whole and split.report.bound is not None and split.report.bound > cost * (1 + _CLOSE) + _CLOSE:
        found.append(f"bound: {split.report.bound:.9g} is above the cost of {cost:.9g}")
    return found


Shares = list[list[list[float]]]


def _items(terms: SupplierTerms, rules: SplitRules, shares: Shares, is_whole: bool) -> Iterator[str]:
    """Rules that each item keeps on its own."""
    suppliers = len(shares[0])
    for item, name in enumerate(terms.item_ids):
        total, sources, sellers = 0.0, 0, 0
        for supplier in range(suppliers):
            price, score = float(terms.price[supplier][item]), float(terms.score[supplier])
            regular, express = shares[0][supplier][item], shares[1][supplier][item]
            who = f"{name} from {terms.supplier_ids[supplier]}"
            may_sell = price < math.inf and score >= rules.score_floor
            sellers += may_sell
            if min(regular, express) < 0:
                yield f"negative: {who} has a share below 0"
            if regular + express <= _NOTHING:
                continue
            total += regular + express
            sources += 1
            if price == math.inf:
                yield f"sells: {who}, which does not sell it"
            elif score < rules.score_floor:
                yield f"score: {who}, who scores {score:g}, less than {rules.score_floor:g}"
            has_express = float(terms.express_surcharge[supplier]) < math.inf
            if express > _NOTHING and not (has_express and rules.allows_express):
                yield f"express: {who} goes express, which is not offered"
            if regular + express < rules.minimum_share - _CLOSE:
                yield f"minimum share: {who} has {regular + express:.6g}"
        for supplier in range(suppliers):
            share = shares[0][supplier][item] + shares[1][supplier][item]
            if sellers > 1 and share > rules.maximum_share + _CLOSE:
                yield f"maximum share: {name} from {terms.supplier_ids[supplier]} has {share:.6g}"
        if total > 1 + _CLOSE or (is_whole and total < 1 - _CLOSE and float(terms.units[item]) > 0):
            yield f"whole: {name} is bought to {total:.6g} of its demand"
        if sources > rules.most_sources:
            yield f"most sources: {name} has {sources}"
        if total > _NOTHING and sources < min(rules.least_sources, sellers):
            yield f"least sources: {name} has {sources}"


def _volumes(terms: SupplierTerms, shares: Shares) -> Iterator[float]:
    """Units that each supplier gets in a period."""
    for supplier in range(len(shares[0])):
        yield sum(
            (shares[0][supplier][item] + shares[1][supplier][item])
            * float(terms.demand_per_day[item])
            * terms.period_days
            for item in range(len(terms.item_ids))
        )


def _suppliers(
    terms: SupplierTerms, rules: SplitRules, shares: Shares, volumes: list[float]
) -> Iterator[str]:
    """Rules that each supplier keeps over all items."""
    used = [
        any(shares[0][i][j] + shares[1][i][j] > _NOTHING for j in range(len(terms.item_ids)))
        for i in range(len(volumes))
    ]
    for supplier, volume in enumerate(volumes):
        name = terms.supplier_ids[supplier]
        capacity, least = float(terms.capacity[supplier]), float(terms.minimum_units[supplier])
        if volume > capacity * (1 + _CLOSE) + _CLOSE:
            yield f"capacity: {name} gets {volume:.6g} units, more than {capacity:g}"
        if used[supplier] and volume < least * (1 - _CLOSE) - _CLOSE:
            yield f"minimum order: {name} gets {volume:.6g} units, less than {least:g}"
    if sum(used) > rules.most_suppliers:
        yield f"most suppliers: {sum(used)} are used"


def _cost(terms: SupplierTerms, shares: Shares, volumes: list[float]) -> float:
    """What a split costs in a period, line by line."""
    cost = 0.0
    for supplier, volume in enumerate(volumes):
        discount = 0.0
        for step in terms.price_steps[supplier]:
            if volume >= step.units * (1 - 1e-7):
                discount = max(discount, step.discount)
        is_used = False
        for item in range(len(terms.item_ids)):
            regular, express = shares[0][supplier][item], shares[1][supplier][item]
            if regular + express <= 1e-7:
                continue
            is_used = True
            rate, variance = float(terms.demand_per_day[item]), float(terms.demand_variance_per_day[item])
            units, price = rate * terms.period_days, float(terms.price[supplier][item])
            cost += (regular + express) * units * price * (1 - discount)
            if express > 0:
                cost += express * units * price * float(terms.express_surcharge[supplier])
            ppm, per_defect = float(terms.defects_per_million[supplier]), float(terms.defect_cost[item])
            cost += (regular + express) * units * ppm / 1e6 * per_defect
            for share, mean, spread in (
                (regular, terms.lead_time_days, terms.lead_time_variance),
                (express, terms.express_lead_time_days, terms.express_lead_time_variance),
            ):
                days = float(mean[supplier]) + terms.review_days
                deviation = math.sqrt(days * variance + rate * rate * float(spread[supplier]))
                cost += share * terms.safety_factor * float(terms.holding_cost[item]) * deviation
            cost += float(terms.cost_per_source[item])
        if is_used:
            cost += float(terms.cost_per_supplier[supplier])
    return cost


__all__ = ["check_supplier_split"]
