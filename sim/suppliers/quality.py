"""Quality of what suppliers send: defective units, sampling inspection, and what suppliers learn from reports."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scenarios import Gamma, Scenario, Supplier
from sim.axes import Axes, sku_mask
from sim.streams import Purpose, halves, stream_key
from sim.suppliers.lines import Line
from sim.suppliers.sampling import SUBS_PER_LOT, draw_defects, draw_samples
from sim.suppliers.supply import Supply

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

_SECONDS_PER_DAY = 86_400
_MILLION = 1e6
_QUANTILES = 1 << 12


class Quality:
    """Defects and inspection of all lots. A lot is what comes of one order line at one time.

    The defective share of a lot is that of its supplier on the day it left, times a gamma variable of mean 1 where
    lots differ; its defective units are binomial. A sample is drawn from the lot without replacement.
    """

    def __init__(self, scenario: Scenario, axes: Axes, supply: Supply, seed: int, replication: int) -> None:
        suppliers, rules = scenario.network.suppliers, scenario.policy.sourcing.inspection
        self._supply = supply
        self._share = np.tile([_share(s) for s in suppliers], (scenario.horizon.days, 1))
        self._factors = np.stack([_lot_factors(s) for s in suppliers])
        self._learning = np.array([s.quality.learning_factor if s.quality else 1.0 for s in suppliers])
        self._floor = (
            np.array([s.quality.floor_per_million if s.quality else 0.0 for s in suppliers]) / _MILLION
        )
        self._plan = np.full((len(suppliers), axes.skus), -1)
        for index in range(len(rules) - 1, -1, -1):
            wanted = rules[index].suppliers
            mine = np.array([not wanted or s.id in wanted for s in suppliers])
            self._plan[np.logical_and.outer(mine, sku_mask(rules[index].scope, axes))] = index
        self._inspects = bool(rules)
        self._sample_units = np.array([*(rule.sample_units for rule in rules), 0])
        self._accept_at_most = np.array([*(rule.accept_at_most for rule in rules), 0])
        self._defects_key = stream_key(seed, replication, Purpose.DEFECTS)
        self._inspection_key = stream_key(seed, replication, Purpose.INSPECTION)
        self._first_ordinal = scenario.horizon.start_date.toordinal()

    @property
    def can_fail(self) -> bool:
        """Whether some unit can be defective."""
        return bool(self._share.any())

    def defects(self, lots: IntArray) -> IntArray:
        """Defective units of (len(Line), k) lots."""
        found = np.zeros(lots.shape[1], np.int64)
        last = len(self._share) - 1
        share = self._share[np.minimum(lots[Line.SHIPPED], last), lots[Line.SUPPLIER]]
        some = np.flatnonzero(share > 0)
        if some.size:
            entity, index, sub = self._key_of(lots[:, some])
            out = np.zeros(some.size, np.int64)
            draw_defects(
                *halves(entity), index, sub, lots[Line.UNITS, some], share[some], lots[Line.SUPPLIER, some],
                self._factors, *self._defects_key, out,
            )  # fmt: skip
            found[some] = out
        return found

    def sample(self, lots: IntArray, defects: IntArray) -> tuple[IntArray, IntArray, npt.NDArray[np.bool_]]:
        """Inspect lots by the plan that applies to each.

        Args:
            lots: (len(Line), k).
            defects: (k,) defective units.

        Returns:
            (k,) units sampled, defective units found, and whether the lot is rejected.
        """
        if not self._inspects:
            nothing = np.zeros(lots.shape[1], np.int64)
            return nothing, nothing, np.zeros(lots.shape[1], np.bool_)
        plan = self._plan[lots[Line.SUPPLIER], lots[Line.SKU]]
        units = np.ascontiguousarray(lots[Line.UNITS])
        sampled = np.where(plan >= 0, np.minimum(self._sample_units[plan], units), 0)
        found = np.zeros(units.size, np.int64)
        if sampled.any() and defects.any():
            entity, index, sub = self._key_of(lots)
            draw_samples(
                *halves(entity), index, sub, units, defects, sampled, *self._inspection_key, found,
            )  # fmt: skip
        return sampled, found, (plan >= 0) & (found > self._accept_at_most[plan])

    def report(self, supplier: IntArray, day: int) -> None:
        """Let suppliers learn from reports, (k,) one entry each: what leaves from tomorrow on is better."""
        number = np.bincount(supplier, minlength=len(self._learning))
        for index in np.flatnonzero(number).tolist():
            share = float(self._share[day, index])
            for _ in range(int(number[index])):
                share = max(min(share, float(self._floor[index])), share * float(self._learning[index]))
            self._share[day + 1 :, index] = share

    def _key_of(self, lots: IntArray) -> tuple[npt.NDArray[np.uint64], IntArray, IntArray]:
        """Entity, first and second index of the draws of each lot: its names, day of order and days until it left."""
        entity = self._supply.entity[lots[Line.SUPPLIER], lots[Line.CENTRE], lots[Line.SKU]]
        placed_day = lots[Line.PLACED] // _SECONDS_PER_DAY
        return entity, self._first_ordinal + placed_day, (lots[Line.SHIPPED] - placed_day) * SUBS_PER_LOT


def _share(supplier: Supplier) -> float:
    return supplier.quality.defects_per_million / _MILLION if supplier.quality else 0.0


def _lot_factors(supplier: Supplier) -> FloatArray:
    """Equally likely factors of the defective share from lot to lot, with mean 1."""
    quality = supplier.quality
    if quality is None or quality.lot_variation == 0:
        return np.ones(_QUANTILES)
    middle = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    factors = Gamma.model_validate({"mean": 1.0, "cv": quality.lot_variation}).quantile(middle)
    # Rounded, so that the last bits of special functions decide nothing.
    return np.asarray(np.round(factors / factors.mean(), 9))
