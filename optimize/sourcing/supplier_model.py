"""The mixed-integer programme of the supplier split; its formulation stands in `optimize.sourcing.suppliers`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optimize.sourcing.programme import Programme
from optimize.sourcing.supplier_terms import BoolArray, FloatArray, SplitRules, SupplierTerms
from scenarios import ShadowPrice, SolveStatus

_MILLION = 1e6


@dataclass(frozen=True, eq=False)
class FoundSplit:
    """What a search has found; `shares` is None where that is nothing."""

    status: SolveStatus
    shares: FloatArray | None = None
    """(modes, suppliers, items)."""
    missing: FloatArray = field(default_factory=lambda: np.zeros(0))
    """(items,): share that stays unbought."""
    bound: float | None = None
    prices: tuple[ShadowPrice, ...] = ()


class SupplierModel:
    """The programme of a split; the arguments `may_miss` and `defects` make room where there is none.

    Args:
        terms: facts.
        rules: what to keep.
        allowed: (modes, suppliers, items).
        seed: of the search.
        may_miss: whether a share of an item may stay unbought.
        defects: limit of defects per million, None for that of the rules.
    """

    def __init__(
        self,
        terms: SupplierTerms,
        rules: SplitRules,
        allowed: BoolArray,
        seed: int,
        *,
        may_miss: bool = False,
        defects: float | None = None,
    ) -> None:
        self._terms, self._rules = terms, rules
        unit_cost = np.sum(list(terms.unit_costs().values()), axis=0)
        scale = float(np.where(allowed, unit_cost, 0.0).max(axis=(0, 1), initial=0.0).sum())
        self.programme = programme = Programme(scale, seed)
        self.x = programme.amounts(allowed)
        self._is_bought: BoolArray = np.asarray(allowed.any(axis=(0, 1)))
        short = self._is_bought if may_miss else np.zeros_like(self._is_bought)
        self.missing = programme.amounts(short)
        for item in np.flatnonzero(self._is_bought):
            bought = programme.sum([*self.x[:, :, item].ravel(), self.missing[item]])
            programme.hold(bought == 1.0)
        self._volume = [
            programme.sum(self.x[:, i].ravel(), _per_mode(terms.units)) for i in range(len(allowed[0]))
        ]
        costs = [programme.sum(self.x.ravel(), unit_cost.ravel())]
        costs += self._sources(allowed, may_miss)
        costs += self._suppliers(allowed)
        costs += [self._discount(supplier) for supplier in range(len(self._volume))]
        self._hold_defects(rules.defects_per_million if defects is None else defects)
        self.cost = programme.sum([])
        for cost in costs:
            self.cost = self.cost + cost

    def solve(self, node_limit: int, cost: Any = None) -> FoundSplit:
        """Search for the least cost, or for the least of something else."""
        self.programme.minimise(self.cost if cost is None else cost)
        found = self.programme.solve(node_limit)
        if not found.is_found:
            return FoundSplit(found.status)
        return FoundSplit(found.status, found.of(self.x), found.of(self.missing), found.bound, found.prices)

    @property
    def units_missing(self) -> Any:
        """Units that stay unbought."""
        return self.programme.sum(self.missing, self._terms.units)

    @property
    def defects(self) -> Any:
        """Defective units times a million."""
        return self.programme.sum(self._volume, self._terms.defects_per_million)

    def _sources(self, allowed: BoolArray, may_miss: bool) -> list[Any]:
        """Rules for the sources of each item, and what each of them costs."""
        terms, rules, programme = self._terms, self._rules, self.programme
        sells: BoolArray = np.asarray(allowed.any(axis=0))
        costs = []
        for item in np.flatnonzero(self._is_bought).tolist():
            sellers = np.flatnonzero(sells[:, item]).tolist()
            least = min(rules.least_sources, len(sellers))
            is_free = (
                rules.minimum_share == 0 and rules.maximum_share == 1.0
                and rules.most_sources >= len(sellers) and terms.cost_per_source[item] == 0
            )  # fmt: skip
            if is_free:
                continue
            is_source = programme.choices(len(sellers))
            highest = rules.maximum_share if len(sellers) > 1 else 1.0
            for supplier, chosen in zip(sellers, is_source, strict=True):
                bought = programme.sum(self.x[:, supplier, item])
                programme.hold(bought <= highest * chosen)
                if rules.minimum_share > 0:
                    programme.hold(bought >= rules.minimum_share * chosen)
            taken = programme.sum(is_source)
            if rules.most_sources < len(sellers):
                programme.hold(taken <= rules.most_sources)
            if least > 1:
                given_up = programme.choice() if may_miss else 0.0
                programme.hold(taken >= least - least * given_up)
                if may_miss:
                    programme.hold(self.missing[item] >= given_up)
            costs.append(float(terms.cost_per_source[item]) * taken)
        return costs

    def _suppliers(self, allowed: BoolArray) -> list[Any]:
        """Capacity, minimum, number and cost of suppliers."""
        terms, rules, programme = self._terms, self._rules, self.programme
        costs, used = [], []
        counts = rules.most_suppliers < len(self._volume)
        for supplier, volume in enumerate(self._volume):
            name = terms.supplier_ids[supplier]
            if np.isfinite(terms.capacity[supplier]):
                limit = f"capacity of {name}, units per day"
                programme.hold(volume <= float(terms.capacity[supplier]), limit, 1.0)
            if not (counts or terms.minimum_units[supplier] or terms.cost_per_supplier[supplier]):
                continue
            is_used = programme.choice()
            used.append(is_used)
            most = float(min(terms.units[allowed[:, supplier].any(axis=0)].sum(), terms.capacity[supplier]))
            programme.hold(volume <= most * is_used)
            for item in np.flatnonzero(allowed[:, supplier].any(axis=0)):
                programme.hold(programme.sum(self.x[:, supplier, item]) <= is_used)
            if terms.minimum_units[supplier]:
                programme.hold(volume >= float(terms.minimum_units[supplier]) * is_used)
            costs.append(float(terms.cost_per_supplier[supplier]) * is_used)
        if counts:
            programme.hold(programme.sum(used) <= rules.most_suppliers)
        return costs

    def _discount(self, supplier: int) -> Any:
        """What steps of the price list take off: a negative cost."""
        terms, programme = self._terms, self.programme
        steps = terms.price_steps[supplier]
        if not steps:
            return 0.0
        worth = np.where(np.isfinite(terms.price[supplier]), terms.price[supplier], 0.0) * terms.units
        value = programme.sum(self.x[:, supplier].ravel(), _per_mode(worth))
        reached = programme.choices(len(steps))
        taken_off = [programme.amount() for _ in steps]
        for chosen, amount in zip(reached, taken_off, strict=True):
            programme.hold(amount <= float(worth.sum()) * chosen)
        programme.hold(programme.sum(reached) <= 1.0)
        programme.hold(programme.sum(reached, [step.units for step in steps]) <= self._volume[supplier])
        programme.hold(programme.sum(taken_off) <= value)
        return -1.0 * programme.sum(taken_off, [step.discount for step in steps])

    def _hold_defects(self, limit: float) -> None:
        """At most so many defective units per million of those bought."""
        terms, programme = self._terms, self.programme
        if not np.isfinite(limit):
            return
        defects = programme.sum([])
        for supplier, volume in enumerate(self._volume):
            defects = defects + float(terms.defects_per_million[supplier] - limit) / _MILLION * volume
        per_unit = _MILLION * terms.period_days / max(float(terms.units.sum()), 1e-12)
        programme.hold(defects <= 0.0, "defects_per_million", per_unit)


def _per_mode(values: FloatArray) -> FloatArray:
    """Factors of (modes, items) variables."""
    return np.concatenate((values, values))


__all__ = ["FoundSplit", "SupplierModel"]
