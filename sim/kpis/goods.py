"""Goods on their way: how fresh they arrive, what expires before, what comes back and is recovered."""

from __future__ import annotations

from collections.abc import Callable

from sim.books import MINOR_PER_MAJOR
from sim.books.daily_checks import SOLD
from sim.kpis.ratios import ratio
from sim.kpis.sums import FloatArray, Sums
from sim.records import Centre, Day


def _recovered(sums: Sums) -> FloatArray:
    """Minor units."""
    return sums.of_centre(Centre.RESTOCKED_VALUE) + sums.of_centre(Centre.VENDOR_CREDIT)


def _came_back(sums: Sums) -> FloatArray:
    """Minor units."""
    restocked, scrapped = sums.of_centre(Centre.RESTOCKED_VALUE), sums.of_centre(Centre.SCRAPPED_VALUE)
    return restocked + scrapped + sums.of_centre(Centre.TO_VENDOR_VALUE)


GOODS: dict[str, Callable[[Sums], FloatArray]] = {
    "centre_waste_share": lambda s: ratio(s.of_centre(Centre.WASTED), s.of_centre(Centre.RECEIVED)),
    "life_at_receipt_days": lambda s: ratio(
        s.of_centre(Centre.LIFE_DELIVERED_DAYS), s.of_centre(Centre.DATED_DELIVERED)
    ),
    "escaped_defect_share": lambda s: ratio(s.of_day(Day.DEFECTIVE_RETURNED), s.of_day(*SOLD)),
    "recovery_value": lambda s: _recovered(s) / s.days / MINOR_PER_MAJOR,
    "recovered_share": lambda s: ratio(_recovered(s), _came_back(s)),
    "gift_units": lambda s: s.of_centre(Centre.GIFTED) / s.days,
}
"""KPIs that are computed alike for the network and its parts."""
