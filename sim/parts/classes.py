"""ABC classes of spare parts, by what is expected to be used of them."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios import BathtubHazard, ConstantHazard, Hazard
from sim.aftersales.facts import ServiceFacts
from sim.axes import positions

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_MONTHS_PER_YEAR: Final = 12.0
_DAYS_PER_YEAR: Final = 365.0


def expected_use(facts: ServiceFacts, other_per_day: FloatArray) -> FloatArray:
    """Units of each part that the first year is expected to take, (parts,).

    An approximation made once, from what is known on the first day: every unit of the initial base fails at its
    cumulative hazard of the coming twelve months, in the modes' shares; nothing is scrapped, sold, or cared for
    meanwhile. A product of which nothing is installed yet counts with one new unit, so that its parts have an order.

    Args:
        facts: products, modes, parts and the base of the first day.
        other_per_day: (parts,) other demand.
    """
    failures = _failures(facts)
    modes = facts.service.failure_modes
    weight = np.zeros(len(facts.product_ids))
    for mode, product in zip(modes, facts.product_of_mode, strict=True):
        weight[product] += mode.weight
    use = other_per_day * _DAYS_PER_YEAR
    for number, (mode, product) in enumerate(zip(modes, facts.product_of_mode, strict=True)):
        if weight[product] <= 0.0:
            continue
        taken = failures[product] * mode.weight / weight[product] * mode.part_probability
        for part, share in zip(facts.parts_of_mode[number], facts.part_shares_of_mode[number], strict=True):
            use[part] += taken * share
    return use


def classes_of(value: FloatArray, shares: tuple[float, float]) -> IntArray:
    """Class of each part, 0 to 2: the dearest in use that make up the first share are A, up to the second B.

    Args:
        value: (parts,) expected use at cost.
        shares: cumulative shares of value at which A and B end.
    """
    order = np.argsort(-value, kind="stable")
    total = value.sum()
    before = np.cumsum(value[order]) - value[order]
    classes = np.empty(value.size, np.int64)
    classes[order] = np.where(before < shares[0] * total, 0, np.where(before < shares[1] * total, 1, 2))
    return classes


def _failures(facts: ServiceFacts) -> FloatArray:
    """(products,) failures of the initial base in a year."""
    failures = np.zeros(len(facts.product_ids))
    base, product_at = facts.service.base, positions(facts.product_ids)
    if base is not None:
        for name, months, units in zip(base["product_id"], base["age_months"], base["units"], strict=True):
            hazard = facts.product(product_at[name]).hazard
            failures[product_at[name]] += int(units) * _of_a_year(hazard, int(months) / _MONTHS_PER_YEAR)
    for product in np.flatnonzero(failures == 0.0).tolist():
        failures[product] = _of_a_year(facts.product(product).hazard, 0.0)
    return failures


def _of_a_year(hazard: Hazard, age_years: float) -> float:
    return _cumulative(hazard, age_years + 1.0) - _cumulative(hazard, age_years)


def _cumulative(hazard: Hazard, years: float) -> float:
    """Expected events of a unit up to an age."""
    if isinstance(hazard, ConstantHazard):
        return hazard.per_year * years
    if isinstance(hazard, BathtubHazard):
        fades = hazard.early_months / _MONTHS_PER_YEAR
        early = hazard.early_per_year * fades * (1.0 - math.exp(-years / fades))
        worn: float = (years / hazard.wear_out_scale_years) ** hazard.wear_out_shape
        return early + hazard.chance_per_year * years + worn
    grown: float = (years / hazard.scale_years) ** hazard.shape
    return grown


__all__ = ["classes_of", "expected_use"]
