"""The supplier split: how much of every item to buy from whom, and by which mode.

Suppliers i, modes m (regular, express), items j with D[j] units a period; x[m,i,j] is the share of an item, y[i,j] = 1
where i is a source of j, u[i] = 1 where i is used at all, z[i,b] = 1 where step b of i's price list is reached, and
w[i,b] the value at list prices that its discount g[i,b] is taken off.

    min  sum c[m,i,j] x[m,i,j] - sum g[i,b] w[i,b] + sum a[j] y[i,j] + sum f[i] u[i]
    s.t. sum over m, i of x[m,i,j] = 1                               each item is bought
         l y[i,j] <= sum over m of x[m,i,j] <= h y[i,j] <= h u[i]    least and most share of a source
         k <= sum over i of y[i,j] <= n,   sum over i of u[i] <= N   sources of an item, suppliers in all
         M[i] u[i] <= sum D[j] x[m,i,j] <= C[i]                      minimum order and capacity
         sum over b of Q[i,b] z[i,b] <= sum D[j] x[m,i,j],  sum over b of z[i,b] <= 1
         w[i,b] <= W[i] z[i,b],  sum over b of w[i,b] <= sum p[i,j] D[j] x[m,i,j]
         sum q[i] D[j] x[m,i,j] <= q sum D[j]                        defective units per million
    c = list price, express surcharge, cost of defects, and safety stock z h sd(m,i,j), linear in the share: see
    `lead_times.split_deviation`.

All-units discounts on the volume of a period: Chaudhry, Forst & Zydiak (1993), "Vendor selection with price breaks",
EJOR 70, 52-66; limits of quality, delivery and capacity: Pan (1989), "Allocation of order quantity among suppliers",
J. Purchasing and Materials Management 25(3), 36-39. Discounts rise with volume, so that nobody takes a lower one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.sourcing.programme import NODE_LIMIT, proven
from optimize.sourcing.supplier_greedy import greedy_shares
from optimize.sourcing.supplier_model import FoundSplit, SupplierModel
from optimize.sourcing.supplier_terms import (
    EXPRESS,
    BoolArray,
    FloatArray,
    SplitRules,
    SupplierTerms,
    costs_of,
    earned,
)
from scenarios import SolveReport, SolveStatus, Unserved

SOLVER = "supplier split by mixed-integer programming (HiGHS)"
_DIGITS = 9
_CLOSE = 1e-6
_NOTHING = 1e-7
_ANY = SplitRules()


@dataclass(frozen=True, eq=False)
class SupplierSplit:
    """Who gets how much."""

    shares: FloatArray
    """(modes, suppliers, items) of the demand of each item; less than 1 in all where something stays unbought."""
    costs: dict[str, float]
    """Money per period by part: purchase, express, defects, safety_stock, discount, sources, suppliers."""
    discounts: FloatArray
    """(suppliers,): share off the list price that the volume earns."""
    report: SolveReport
    """Objective and bound in money per period."""

    @property
    def cost(self) -> float:
        """Money per period."""
        return sum(self.costs.values())


def split_suppliers(
    terms: SupplierTerms, rules: SplitRules = _ANY, *, seed: int = 1, node_limit: int = NODE_LIMIT
) -> SupplierSplit:
    """The cheapest split.

    Args:
        terms: what suppliers offer.
        rules: what the split must keep.
        seed: of the search.
        node_limit: most nodes of branch and bound in each search.

    Returns:
        The split. Where no split keeps everything the status is `INFEASIBLE`, `report.unserved` names each item that
        cannot be had as asked, why, and the smallest change that would do; the rest is bought all the same, with the
        limit of defects moved if that is all it takes. `FALLBACK`: the search found nothing, a rule took the cheapest
        suppliers with room, item by item.

    Raises:
        ValueError: see `SupplierTerms` and `SplitRules`.
    """
    # What nobody needs is bought from nobody: it would call for a supplier and its minimum order.
    allowed = terms.sells(rules.score_floor) & (terms.units > 0)
    if not rules.allows_express:
        allowed[EXPRESS] = False
    unserved = _not_to_be_had(terms, rules, allowed)
    found = SupplierModel(terms, rules, allowed, seed).solve(node_limit)
    for relaxed in (_with_more_defects, _with_something_missing):
        if found.status is SolveStatus.INFEASIBLE:
            found, told = relaxed(terms, rules, allowed, seed, node_limit)
            unserved += told
    status = SolveStatus.INFEASIBLE if unserved else found.status
    shares = found.shares
    if shares is None:
        shares, status = greedy_shares(terms, rules, allowed), SolveStatus.FALLBACK
    shares = _clean(shares, 1.0 - found.missing if found.missing.size else None)
    costs = costs_of(terms, shares)
    objective = sum(costs.values())
    found_status, bound = proven(found.status, objective, found.bound)
    report = SolveReport(
        solver=SOLVER,
        status=found_status if status is SolveStatus.OPTIMAL else status,
        objective=objective,
        bound=bound,
        unit=f"money per {terms.period_days:g} days",
        seed=seed,
        work_limit=f"{node_limit} nodes",
        items=int(terms.units.size),
        fallbacks=int(terms.units.size) if status is SolveStatus.FALLBACK else 0,
        unserved=tuple(unserved),
        shadow_prices=found.prices,
    )
    discounts = np.array(
        [
            earned(steps, units)
            for steps, units in zip(terms.price_steps, shares.sum(axis=0) @ terms.units, strict=True)
        ]
    )
    return SupplierSplit(shares, costs, discounts, report)


def _clean(shares: FloatArray, wanted: FloatArray | None) -> FloatArray:
    """Shares without what rounding leaves, adding up to what is wanted of each item."""
    kept = np.where(shares > _NOTHING, shares, 0.0)
    total = kept.sum(axis=(0, 1))
    aim = np.where(total > 0, 1.0, 0.0) if wanted is None else np.where(total > 0, wanted, 0.0)
    return np.asarray(np.round(kept * np.divide(aim, total, out=np.zeros_like(total), where=total > 0), 12))


def _not_to_be_had(terms: SupplierTerms, rules: SplitRules, allowed: BoolArray) -> list[Unserved]:
    """Items that nobody may sell, or too few; those of which nothing is needed do not count."""
    told = []
    sells, may = np.isfinite(terms.price), np.asarray(allowed.any(axis=0))
    for item in np.flatnonzero(terms.units > 0).tolist():
        number = int(may[:, item].sum())
        name = terms.item_ids[item]
        if not sells[:, item].any():
            told.append(Unserved(item=name, reason="nobody sells it", relaxation="an offer of some supplier"))
        elif not number:
            best = float(terms.score[sells[:, item]].max())
            told.append(
                Unserved(
                    item=name,
                    reason=f"all who sell it score less than {rules.score_floor:g}",
                    relaxation=f"score_floor {np.floor(best * 100) / 100:g}",
                )
            )
        elif number < rules.least_sources:
            told.append(
                Unserved(
                    item=name,
                    reason=f"{number} of {rules.least_sources} suppliers that it needs may sell it",
                    relaxation=f"least_sources {number}",
                )
            )
    return told


def _with_more_defects(
    terms: SupplierTerms, rules: SplitRules, allowed: BoolArray, seed: int, node_limit: int
) -> tuple[FoundSplit, list[Unserved]]:
    """The cheapest split with the fewest defects that there are, if the limit of defects is all that is wrong."""
    if not np.isfinite(rules.defects_per_million):
        return FoundSplit(SolveStatus.INFEASIBLE), []
    model = SupplierModel(terms, rules, allowed, seed, defects=np.inf)
    fewest = model.solve(node_limit, model.defects)
    if fewest.shares is None:
        return fewest, []
    volume = fewest.shares.sum(axis=0) @ terms.units
    least = float(terms.defects_per_million @ volume) / max(float(volume.sum()), 1e-12)
    reached = least * (1.0 + _CLOSE)
    found = SupplierModel(terms, rules, allowed, seed, defects=reached).solve(node_limit)
    told = Unserved(
        item=f"{rules.defects_per_million:g} defects per million",
        reason=f"the fewest that these suppliers can do is {least:.6g}",
        relaxation=f"defects_per_million {np.ceil(reached * 100) / 100:g}",
    )
    return found, [told]


def _with_something_missing(
    terms: SupplierTerms, rules: SplitRules, allowed: BoolArray, seed: int, node_limit: int
) -> tuple[FoundSplit, list[Unserved]]:
    """The cheapest of the splits that leave the fewest units unbought."""
    model = SupplierModel(terms, rules, allowed, seed, may_miss=True)
    fewest = model.solve(node_limit, model.units_missing)
    if fewest.shares is None:
        return fewest, []
    left, total = float(fewest.missing @ terms.units), float(terms.units.sum())
    cheapest = SupplierModel(terms, rules, allowed, seed, may_miss=True)
    cheapest.programme.hold(cheapest.units_missing * (1.0 / total) <= left / total + _CLOSE * _CLOSE)
    found = cheapest.solve(node_limit)
    if found.shares is None:
        found = fewest
    short = found.missing * terms.units
    told = [
        Unserved(
            item=f"{terms.item_ids[item]}, {short[item]:.6g} units a period",
            reason="capacities, minimum orders and shares of its suppliers leave no room for it",
            relaxation=f"room for {left:.6g} more units a period, all items together",
        )
        for item in np.flatnonzero(short > _CLOSE * total)
    ]
    return found, told


__all__ = ["SOLVER", "SupplierSplit", "split_suppliers"]
