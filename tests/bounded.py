"""Measures of the day panel that the books check only keeps within bounds."""

from sim import Centre, Day

# No second record holds these: they are only kept within the bounds of what they belong to.
BOUNDED = {
    Day.DEMAND_VALUE,
    Day.SOLD_AS_ASKED_VALUE,
    Day.MARK_DOWN,
    Day.MARKED_DOWN_UNITS,
    Day.REFUND,
    Day.RESTOCKED,
    Day.OPEN_SECONDS,
    Day.AGE_AT_SALE_DAYS,
    Day.CYCLES,
    Day.CYCLES_SHORT,
    Day.DEFECTIVE_RETURNED,
}

BOUNDED_AT_CENTRES = {Centre.LIFE_DELIVERED_DAYS}
"""The same of the centre panel."""
