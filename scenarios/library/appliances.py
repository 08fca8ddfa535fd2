"""Large appliances and their spare parts: how many are in use, what breaks, what a part costs. All of it assumed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scenarios.library.keyed import fraction
from scenarios.library.siting import apportion

MONTHS = 144
"""Age of the oldest units of the installed base."""
MONTHS_PER_COHORT = 3
"""Units of a quarter are put together."""


@dataclass(frozen=True)
class Appliance:
    """A product of the installed base."""

    id: str
    sold_per_year_and_store: float
    """Units that a store of mean size has sold in every year of the past."""
    life_shape: float
    """Weibull shape of the time in use, as in the scenario."""
    life_scale_years: float
    """Weibull scale of it."""


APPLIANCES = (
    Appliance("washer", 125, 5, 12),
    Appliance("fridge", 105, 5, 13),
    Appliance("air-conditioner", 190, 5, 12),
    Appliance("water-heater", 105, 5, 10),
    Appliance("range-hood", 75, 5, 11),
    Appliance("television", 150, 5, 10),
)


@dataclass(frozen=True)
class Component:
    """A part that can fail, made in several variants for different models."""

    mode_id: str
    """Failure mode of the scenario that takes it."""
    cost: float
    """Purchase cost of a middling variant, CNY."""
    is_repairable: bool
    """Whether a repair shop makes it good again."""
    use: float
    """Failures that take it, relative: variants are shared out accordingly."""


COMPONENTS = (
    Component("washer-pump", 55, False, 16),
    Component("washer-board", 260, True, 12),
    Component("washer-belt", 30, False, 8),
    Component("washer-bearing", 110, False, 7),
    Component("fridge-thermostat", 45, False, 14),
    Component("fridge-compressor", 420, True, 6),
    Component("fridge-seal", 35, False, 9),
    Component("fridge-board", 240, True, 7),
    Component("ac-board", 290, True, 14),
    Component("ac-fan", 130, False, 12),
    Component("ac-compressor", 560, True, 6),
    Component("ac-sensor", 25, False, 12),
    Component("heater-element", 60, False, 12),
    Component("heater-valve", 40, False, 9),
    Component("heater-igniter", 50, False, 8),
    Component("hood-motor", 150, False, 9),
    Component("hood-switch", 25, False, 8),
    Component("tv-power-board", 180, True, 12),
    Component("tv-main-board", 330, True, 8),
    Component("tv-backlight", 90, False, 11),
)
RANK_EXPONENT = 1.1
"""Use of the variants of a component falls as rank to this power: assumption."""


@dataclass(frozen=True)
class PartRow:
    """One row of the table of parts."""

    part_id: str
    name: str
    supplier_id: str
    mode_id: str
    weight: float
    purchase_cost: float
    price: float
    weight_kg: float
    is_repairable: bool


def parts(number: int) -> list[PartRow]:
    """So many part numbers over the components, at least one each."""
    extra = apportion([component.use for component in COMPONENTS], number - len(COMPONENTS))
    rows = []
    for component, more in zip(COMPONENTS, extra, strict=True):
        for rank in range(1, more + 2):
            part_id = f"{component.mode_id}-{rank:02d}"
            cost = round(component.cost * (0.7 + 0.6 * fraction("part cost", part_id)), 2)
            rows.append(
                PartRow(
                    part_id=part_id,
                    name="",
                    supplier_id="spare-parts",
                    mode_id=component.mode_id,
                    weight=round(rank**-RANK_EXPONENT, 4),
                    purchase_cost=cost,
                    price=round(2 * cost),
                    weight_kg=round(0.2 + cost / 150, 2),
                    is_repairable=component.is_repairable,
                )
            )
    return rows


@dataclass(frozen=True)
class BaseRow:
    """One row of the installed base."""

    product_id: str
    region: str
    age_months: int
    units: int


def installed_base(sizes_of_region: dict[str, float]) -> list[BaseRow]:
    """Units in use on the first day, as steady sales and the time in use of each product leave them.

    Args:
        sizes_of_region: region -> sum of the relative sizes of its stores.
    """
    rows = []
    for appliance in APPLIANCES:
        sold = appliance.sold_per_year_and_store * MONTHS_PER_COHORT / 12
        for region, size in sorted(sizes_of_region.items()):
            for age in range(0, MONTHS, MONTHS_PER_COHORT):
                years = (age + MONTHS_PER_COHORT / 2) / 12
                kept = math.exp(-((years / appliance.life_scale_years) ** appliance.life_shape))
                units = round(sold * size * kept)
                if units:
                    rows.append(BaseRow(appliance.id, region, age, units))
    return rows


__all__ = [
    "APPLIANCES", "COMPONENTS", "Appliance", "BaseRow", "Component", "PartRow", "installed_base", "parts",
]  # fmt: skip
