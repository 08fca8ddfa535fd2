"""The suppliers: what they ask, how long they take, how much they can ship and how well they work."""

from sim.suppliers.discounts import PERIOD_DAYS, VolumeDiscounts
from sim.suppliers.lines import Line, part_of
from sim.suppliers.minimums import meet_minimums
from sim.suppliers.prices import price_factors
from sim.suppliers.quality import Quality
from sim.suppliers.scorecard import Scorecards
from sim.suppliers.shipping import Shipping, disrupted_days
from sim.suppliers.sources import Sources
from sim.suppliers.suppliers import Suppliers
from sim.suppliers.supply import Supply, build_supply

__all__ = [
    "PERIOD_DAYS",
    "Line",
    "Quality",
    "Scorecards",
    "Shipping",
    "Sources",
    "Suppliers",
    "Supply",
    "VolumeDiscounts",
    "build_supply",
    "disrupted_days",
    "meet_minimums",
    "part_of",
    "price_factors",
]
