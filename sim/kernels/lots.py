"""Perishable units by last day of sale: taking and counting them.

The lots of one SKU at one place are a ring: units whose last day of sale is day e stand in slot e % ring. A ring as
long as the longest shelf life never holds two ages in one slot. Slots are stepped through without dividing.
"""

from __future__ import annotations

from sim.kernels.compilation import kernel
from sim.kernels.layout import Array, whole


@kernel
def take_oldest(lots: Array, today: int, life_days: int, units: int, marked_days: int) -> tuple[int, int]:
    """Remove units, oldest first.

    Args:
        lots: (ring,) units by last day of sale modulo ring; changed.
        today: slot of today.
        life_days: shelf life of the SKU, at most the ring.
        units: units to take; at most what is there.
        marked_days: units with at most this many days left are marked down; 0 = none.

    Returns:
        Days since receipt summed over the units taken, and how many of them were marked down.
    """
    age_days, marked, left = whole(0), whole(0), whole(units)
    slot = whole(today)
    for ahead in range(life_days):
        if left == 0:
            break
        taken = min(left, whole(lots[slot]))
        if taken > 0:
            lots[slot] -= taken
            left -= taken
            age_days += taken * (life_days - 1 - ahead)
            if ahead < marked_days:
                marked += taken
        slot = slot + 1 if slot + 1 < lots.size else 0
    return age_days, marked


@kernel
def take_freshest(lots: Array, today: int, life_days: int, units: int, marked_days: int) -> tuple[int, int]:
    """Remove units, freshest first; arguments and result as `take_oldest`."""
    age_days, marked, left = whole(0), whole(0), whole(units)
    slot = whole(today) + life_days - 1
    slot = slot if slot < lots.size else slot - lots.size
    for back in range(life_days):
        if left == 0:
            break
        taken = min(left, whole(lots[slot]))
        if taken > 0:
            lots[slot] -= taken
            left -= taken
            age_days += taken * back
            if life_days - 1 - back < marked_days:
                marked += taken
        slot = slot - 1 if slot > 0 else lots.size - 1
    return age_days, marked


@kernel
def units_within(lots: Array, today: int, days_left: int) -> int:
    """Units with at most `days_left` days of sale left, today included; `today` is the slot of today."""
    units, slot = whole(0), whole(today)
    for _ in range(min(days_left, lots.size)):
        units += lots[slot]
        slot = slot + 1 if slot + 1 < lots.size else 0
    return units
