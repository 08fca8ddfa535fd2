"""What the books need to know of a scenario, on the axes of the panels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios import Costs
from sim.books.service_terms import ServiceTerms
from sim.records import IntArray
from sim.triage import TriageTerms

MINOR_PER_MAJOR = 100
"""Minor units (hundredths) in one unit of the currency."""

MICRO = 1_000_000
"""Cost rates are kept as whole millionths of a minor unit, so that a cost per line may be small."""

DAYS_PER_YEAR = 365


def in_micro(amount: float) -> int:
    """Money as whole millionths of a minor unit, rounded half to even."""
    return round(amount * MINOR_PER_MAJOR * MICRO)


@dataclass(frozen=True, eq=False)
class WorkTerms:
    """How the work of centres and trucks is organised and paid."""

    has_outbound: bool = False
    """Goods leave in drops."""
    has_desk: bool = False
    """Every store order passes the order desk."""
    is_picked: bool = False
    """Goods are picked by people, by order."""
    is_sorted: bool = False
    """Goods are picked together and sorted to stores."""
    has_goods_in: bool = False
    """What suppliers deliver is unloaded and put away by people."""
    has_staging: bool = False
    """Picked goods wait for their trucks in an area."""
    doors: int = 0
    """Doors of each centre at which trucks are loaded; 0 where that is not modelled."""
    trucks: IntArray | None = None
    """(centres,) own trucks kept on every day."""
    trucks_micro_per_day: IntArray | None = None
    """(centres,) millionths of a minor unit for all of them."""
    type_cost_per_km: tuple[float, ...] = ()
    """Money, by kind of truck."""
    courier_cost_per_km: float = 0.0
    """Money, there and back."""


@dataclass(frozen=True, eq=False)
class Terms:
    """Cost facts and who feeds whom."""

    costs: Costs
    store_centre: IntArray
    """(stores,) index of the distribution centre that feeds the store."""
    centre_unlimited: npt.NDArray[np.bool_]
    """(centres,) whether the centre always ships in full, buying at the moment of shipping."""
    store_facility_cost_per_day: npt.NDArray[np.float64]
    """(stores,) money."""
    centre_facility_cost_per_day: npt.NDArray[np.float64]
    """(centres,) money."""
    featured: npt.NDArray[np.integer] | None = None
    """(days, stores, classes) promoted SKUs announced; None when nothing is."""
    holding_micro_per_unit_day: IntArray | None = None
    """(SKUs,) millionths of a minor unit per unit in a store; None leaves `Day.HOLDING_BY_UNIT` unchecked."""
    incentive_minor_per_unit: IntArray | None = None
    """(SKUs,) minor units per unit asked for and substituted; None leaves `Day.INCENTIVE` unchecked."""
    shelf_life_days: IntArray | None = None
    """(SKUs,) 0 = does not expire; None leaves `Day.LIFE_AT_SALE_DAYS` unchecked."""
    ages_in_centre: npt.NDArray[np.bool_] | None = None
    """(SKUs,) the centre keeps lots of it; None when of none."""
    triage: TriageTerms | None = None
    """What becomes of goods that come back to the centre; None when none do."""
    express_surcharge_share: npt.NDArray[np.float64] | None = None
    """(suppliers,) of the purchase value that is sent express; None leaves surcharges unchecked."""
    volume_discounts: tuple[tuple[tuple[int, float], ...], ...] = ()
    """By supplier: units of 28 days, and share of their value that is paid back from there on."""
    count_cost_per_line: float = 0.0
    """Money per SKU that a centre counts."""
    is_consigned: npt.NDArray[np.bool_] | None = None
    """(SKUs,) what suppliers own until it is shipped; None leaves consigned units unchecked."""
    work: WorkTerms | None = None
    """Who works in centres and on roads; None leaves people's and trucks' minutes and charges unchecked."""
    service: ServiceTerms | None = None
    """After-sales service; None where there is none."""

    def over_stores(self, values: IntArray) -> IntArray:
        """Add up (..., stores, classes) over the stores of each centre: (..., centres, classes)."""
        centres = len(self.centre_unlimited)
        if centres == 1:
            return np.asarray(values.sum(axis=-2, keepdims=True))
        fed = [values[..., self.store_centre == centre, :].sum(axis=-2) for centre in range(centres)]
        return np.stack(fed, axis=-2)


def by_class(values: npt.NDArray[np.integer], sku_class: IntArray, classes: int) -> IntArray:
    """Add up (..., SKUs) over the SKUs of each class: (..., classes), in 64 bits.

    Args:
        values: any integers with SKUs on the last axis.
        sku_class: (SKUs,) class of each SKU, ascending as in `Labels`.
        classes: number of classes; a class without SKUs gets 0.
    """
    bounds = np.searchsorted(sku_class, np.arange(classes + 1))
    spans = [values[..., bounds[k] : bounds[k + 1]].sum(axis=-1, dtype=np.int64) for k in range(classes)]
    return np.stack(spans, axis=-1)
