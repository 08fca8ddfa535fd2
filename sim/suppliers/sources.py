"""From whom a centre buys: what it orders of a SKU is split over the suppliers that sell it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scenarios import Scenario, SingleSource, SplitSources
from sim.axes import Axes, positions, sku_mask
from sim.suppliers.supply import Supply

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class Sources:
    """Shares of suppliers by rule, and the fractions of cases that orders still owe to each."""

    def __init__(self, scenario: Scenario, axes: Axes, supply: Supply) -> None:
        self._supply = supply
        self._case_pack = axes.case_pack
        rules = scenario.policy.sourcing.rules
        self.rule_of_sku = np.full(axes.skus, -1, np.int64)
        """(SKUs,) -1 = from its own supplier."""
        self.shares = np.zeros((len(rules), len(axes.supplier_ids)))
        """(rules, suppliers) relative shares; the scorecard moves them."""
        self.is_barred = np.zeros(len(axes.supplier_ids), np.bool_)
        """(suppliers,) who is disqualified."""
        supplier_at = positions(axes.supplier_ids)
        for index, rule in enumerate(rules):
            mode = rule.mode
            self.rule_of_sku[(self.rule_of_sku < 0) & sku_mask(rule.scope, axes)] = index
            if isinstance(mode, SingleSource):
                if mode.supplier:
                    self.shares[index, supplier_at[mode.supplier]] = 1.0
            elif isinstance(mode, SplitSources) or mode.shares:
                for share in mode.shares:
                    self.shares[index, supplier_at[share.supplier]] = share.share
            else:
                self.shares[index] = 1.0
        # Ties go by name, so that the order of the table of suppliers decides nothing.
        self._by_name = np.argsort(np.array(axes.supplier_ids), kind="stable")
        self._owed = np.zeros(
            (len(axes.centre_ids), axes.skus, len(axes.supplier_ids)) if rules else (0, 0, 0)
        )

    def shares_of(self, sku: IntArray) -> FloatArray:
        """(k, suppliers) shares in the orders of some SKUs with a rule, adding up to 1.

        A SKU that every supplier of the rule has lost the right to sell is bought as if none had; one that none of
        them sells comes from its own supplier.
        """
        possible = self.shares[self.rule_of_sku[sku]] * self._supply.is_sold[:, sku].T
        shares = possible * ~self.is_barred
        shares = np.where(shares.sum(axis=1, keepdims=True) > 0, shares, possible)
        nobody = shares.sum(axis=1) <= 0
        shares[nobody, self._supply.own[sku[nobody]]] = 1.0
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def usual(self, sku: int) -> int:
        """The supplier with the largest share in a SKU."""
        if self.rule_of_sku[sku] < 0:
            return int(self._supply.own[sku])
        return int(self.shares_of(np.array([sku]))[0].argmax())

    def split(self, centre: IntArray, sku: IntArray, units: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Split order lines over suppliers, in whole cases by largest remainder.

        What rounding gives one supplier too much is owed to the others and made up by later orders.

        Args:
            centre: (k,) who orders.
            sku: (k,) what.
            units: (k,) how much.

        Returns:
            For each resulting line: the line it came from, its supplier, its units.
        """
        line = np.arange(sku.size)
        if not len(self.shares):
            return line, self._supply.own[sku], units
        ruled = self.rule_of_sku[sku] >= 0
        if not ruled.any():
            return line, self._supply.own[sku], units
        chosen = line[ruled]
        cases, loose = np.divmod(units[chosen], self._case_pack[sku[chosen]])
        shares = self.shares_of(sku[chosen])
        aim = shares * cases[:, None] + self._owed[centre[chosen], sku[chosen]]
        given = self._rounded(aim, shares, cases)
        self._owed[centre[chosen], sku[chosen]] = aim - given
        parts = given * self._case_pack[sku[chosen]][:, None]
        parts[np.arange(chosen.size), shares.argmax(axis=1)] += loose
        row, supplier = np.nonzero(parts)
        plain = line[~ruled]
        return (
            np.concatenate((plain, chosen[row])),
            np.concatenate((self._supply.own[sku[plain]], supplier)),
            np.concatenate((units[plain], parts[row, supplier])),
        )

    def _rounded(self, aim: FloatArray, shares: FloatArray, cases: IntArray) -> IntArray:
        """Whole cases closest to the aims, (k, suppliers), that add up to the cases of each line."""
        given = np.floor(np.where(shares > 0, np.maximum(aim, 0.0), 0.0)).astype(np.int64)
        for row in range(len(given)):
            missing = int(cases[row] - given[row].sum())
            while missing:
                rest = (aim[row] - given[row])[self._by_name]
                may = (shares[row] > 0 if missing > 0 else given[row] > 0)[self._by_name]
                step = 1 if missing > 0 else -1
                best = self._by_name[np.argmax(np.where(may, step * rest, -np.inf))]
                given[row, best] += step
                missing -= step
        return given
