"""A promotion calendar: every category promotes one SKU in every other week, its best sellers in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scenarios.library.goods import Item
from scenarios.library.keyed import chosen, fraction, shuffled

WEEKS_BETWEEN = 2
SHORTEST_TURN, LONGEST_TURN = 4, 8
"""SKUs of a category that take turns; fewer would meet the after-effects of their own last promotion."""
DAYS = 7
DISCOUNTS = (0.10, 0.15, 0.20, 0.25, 0.30)
FEATURED_SHARE = 0.3
"""Share of promotions announced in advertising."""


@dataclass(frozen=True)
class Offer:
    """One promotion of one SKU in all stores, in the names of the promotion table."""

    sku_id: str
    start: date
    days: int
    discount: float
    featured: bool


def calendar(items: Sequence[Item], first_week: date, weeks: int) -> list[Offer]:
    """Promotions week by week.

    Args:
        items: the assortment; SKUs launched or delisted within the year are not promoted.
        first_week: first day of the first promotion week.
        weeks: number of weeks.
    """
    offers = []
    for category in dict.fromkeys(item.category for item in items):
        steady = [
            item for item in items if item.category == category and not (item.launch_date or item.delist_date)
        ]
        best = sorted(steady, key=lambda item: (-item.popularity, item.sku_id))[:LONGEST_TURN]
        if len(best) < SHORTEST_TURN:
            continue
        turn = shuffled([item.sku_id for item in best], "turn")
        phase = int(fraction("phase", category) * WEEKS_BETWEEN)
        for number, week in enumerate(range(phase, weeks, WEEKS_BETWEEN)):
            offers.append(_offer(turn[number % len(turn)], first_week + timedelta(weeks=week)))
    return sorted(offers, key=lambda offer: (offer.start, offer.sku_id))


def _offer(sku_id: str, start: date) -> Offer:
    key = (sku_id, start.isoformat())
    return Offer(
        sku_id, start, DAYS, chosen(DISCOUNTS, "discount", *key), fraction("featured", *key) < FEATURED_SHARE
    )
