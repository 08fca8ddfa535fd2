"""Perishable units by last day of sale: taking, adding and expiring them.

The lots of one SKU at one store are a ring: units whose last day of sale is day e stand in slot e % ring. A ring as
long as the longest shelf life never holds two ages in one slot.
"""

from __future__ import annotations

from sim.kernels.compilation import kernel
from sim.kernels.layout import Array


@kernel
def take_oldest(lots: Array, day: int, life_days: int, units: int, marked_days: int) -> tuple[int, int]:
    """Remove units, oldest first.

    Args:
        lots: (ring,) units by last day of sale modulo ring; changed.
        day: today.
        life_days: shelf life of the SKU.
        units: units to take; at most what is there.
        marked_days: units with at most this many days left are marked down; 0 = none.

    Returns:
        Days since receipt summed over the units taken, and how many of them were marked down.
    """
    ring = lots.size
    age_days, marked = 0, 0
    left = units
    for ahead in range(life_days):
        if left == 0:
            break
        slot = (day + ahead) % ring
        taken = min(left, lots[slot])
        if taken > 0:
            lots[slot] -= taken
            left -= taken
            age_days += taken * (life_days - 1 - ahead)
            if ahead < marked_days:
                marked += taken
    return age_days, marked


@kernel
def take_freshest(lots: Array, day: int, life_days: int, units: int, marked_days: int) -> tuple[int, int]:
    """Remove units, freshest first; arguments and result as `take_oldest`."""
    ring = lots.size
    age_days, marked = 0, 0
    left = units
    for back in range(life_days):
        if left == 0:
            break
        ahead = life_days - 1 - back
        slot = (day + ahead) % ring
        taken = min(left, lots[slot])
        if taken > 0:
            lots[slot] -= taken
            left -= taken
            age_days += taken * back
            if ahead < marked_days:
                marked += taken
    return age_days, marked


@kernel
def units_within(lots: Array, day: int, days_left: int) -> int:
    """Units with at most `days_left` days of sale left, today included."""
    ring = lots.size
    units = 0
    for ahead in range(min(days_left, ring)):
        units += lots[(day + ahead) % ring]
    return units


@kernel
def expire(lots: Array, day: int) -> int:
    """Remove, and count, the units whose last day of sale is today."""
    slot = day % lots.size
    units = lots[slot]
    lots[slot] = 0
    return int(units)
