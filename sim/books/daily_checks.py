"""Identities of the day panels: every unit asked for, held, owed and under way, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from sim.books.audit import Audit, Axis
from sim.books.terms import Terms
from sim.records import Centre, Day, IntArray

SOLD = (Day.SOLD_AS_ASKED, Day.SOLD_AS_SUBSTITUTE, Day.BACKORDER_FILLED)
"""All units sold."""

_UNMET = (Day.UNMET_SUPPLIER, Day.UNMET_CENTRE, Day.UNMET_IN_TRANSIT, Day.UNMET_CALENDAR, Day.UNMET_LEVEL)
_ASKED_OF_CENTRE = (Day.ORDERED, Day.EMERGENCY_ORDERED)
_LINES_ASKED = (Day.ORDER_LINES, Day.EMERGENCY_LINES)

Measures = tuple[IntEnum, ...]


class _Pair:
    """Measures, added up, held against others, with the name of the rule."""

    def __init__(self, identity: str, left: Measures, right: Measures) -> None:
        self.left, self.right = left, right
        names = [" + ".join(measure.name for measure in side) for side in (left, right)]
        self.identity = identity.format(*names)


def _parts(identity: str, *pairs: tuple[Measures, Measures]) -> tuple[_Pair, ...]:
    return tuple(_Pair(identity, part, whole) for part, whole in pairs)


# In no cell is the part larger than the whole.
_STORE_PARTS = _parts(
    "{} is part of {}",
    ((Day.SOLD_AS_ASKED_VALUE,), (Day.DEMAND_VALUE,)),
    ((Day.SOLD_AS_ASKED_VALUE,), (Day.REVENUE,)),
    ((Day.MARK_DOWN,), (Day.REVENUE,)),
    ((Day.MARKED_DOWN_UNITS,), SOLD),
    ((Day.RESTOCKED,), (Day.RETURNED,)),
    ((Day.DEFECTIVE_RETURNED,), (Day.RETURNED,)),
    ((Day.OUT_OF_STOCK_SECONDS,), (Day.OPEN_SECONDS,)),
    ((Day.AGE_AT_SALE_DAYS,), (Day.LIFE_AT_SALE_DAYS,)),
    ((Day.CYCLES_SHORT,), (Day.CYCLES,)),
    ((Day.CYCLES,), (Day.RECEIVED,)),
    ((Day.ORDER_LINES,), (Day.ORDERED,)),
    ((Day.EMERGENCY_LINES,), (Day.EMERGENCY_ORDERED,)),
    ((Day.CANCELLED_EARLY,), (Day.CANCELLED,)),
)
_CENTRE_PARTS = _parts(
    "centre {} is part of {}",
    ((Centre.LINES_IN_FULL,), (Centre.LINES,)),
    ((Centre.LINES,), (Centre.ASKED,)),
    ((Centre.PURCHASE_LINES,), (Centre.PURCHASED,)),
    ((Centre.VENDOR_CREDIT,), (Centre.TO_VENDOR_VALUE,)),
    ((Centre.ACCURATE_RECORDS,), (Centre.RECORDS,)),
    ((Centre.COUNTED_LINES,), (Centre.RECORDS,)),
)

# In no cell is there any of the left without any of the right.
_STORE_ATTRIBUTES = _parts(
    "no {} without {}",
    ((Day.DEMAND_VALUE,), (Day.DEMAND,)),
    ((Day.SOLD_AS_ASKED_VALUE,), (Day.SOLD_AS_ASKED,)),
    ((Day.REVENUE,), SOLD),
    ((Day.COST_OF_GOODS,), SOLD),
    ((Day.LIFE_AT_SALE_DAYS,), SOLD),
    ((Day.MARK_DOWN,), (Day.MARKED_DOWN_UNITS,)),
    ((Day.WASTE_VALUE,), (Day.WASTED,)),
    ((Day.REFUND,), (Day.RETURNED,)),
    ((Day.RETURNED_VALUE,), (Day.RETURNED,)),
    ((Day.RECEIVED_VALUE,), (Day.RECEIVED,)),
    ((Day.STOCK_VALUE,), (Day.ON_HAND,)),
    ((Day.HOLDING_BY_UNIT,), (Day.ON_HAND,)),
    ((Day.INCENTIVE,), (Day.SUBSTITUTED,)),
    ((Day.ORDERED,), (Day.ORDER_LINES,)),
    ((Day.EMERGENCY_ORDERED,), (Day.EMERGENCY_LINES,)),
)
_CENTRE_ATTRIBUTES = _parts(
    "no centre {} without {}",
    # What a supplier owns in the centre is bought when it is shipped.
    ((Centre.RECEIVED_VALUE,), (Centre.RECEIVED, Centre.SHIPPED)),
    ((Centre.SHIPPED_VALUE,), (Centre.SHIPPED,)),
    ((Centre.STOCK_VALUE,), (Centre.ON_HAND,)),
    ((Centre.WASTED_VALUE,), (Centre.WASTED,)),
    ((Centre.RESTOCKED_VALUE,), (Centre.RESTOCKED, Centre.REPAIRED)),
    ((Centre.SCRAPPED_VALUE,), (Centre.SCRAPPED,)),
    ((Centre.TO_VENDOR_VALUE,), (Centre.TO_VENDOR,)),
    ((Centre.GIFTED_VALUE,), (Centre.GIFTED,)),
    ((Centre.SHRUNK_VALUE,), (Centre.SHRUNK,)),
    ((Centre.FOUND_VALUE,), (Centre.FOUND,)),
    ((Centre.LIFE_DELIVERED_DAYS,), (Centre.DATED_DELIVERED,)),
    ((Centre.PURCHASED,), (Centre.PURCHASE_LINES,)),
)

_DAY_MEASURES = Axis("measure", [measure.name for measure in Day])
_CENTRE_MEASURES = Axis("measure", [measure.name for measure in Centre])


@dataclass
class Levels:
    """Levels at the end of the day before some days, each (stores or centres, classes)."""

    on_hand: IntArray
    backorders: IntArray
    on_order: IntArray
    """Ordered and not yet received, before the orders of that day."""
    ordered: IntArray
    """Ordered on that day, less what the centre struck off."""
    centre_on_hand: IntArray
    centre_backlog: IntArray
    centre_on_order: IntArray


def sum_of(panel: IntArray, measures: Sequence[IntEnum]) -> IntArray:
    """Add up some measures of a panel that has the measure first."""
    total: IntArray = panel[measures[0]]
    for measure in measures[1:]:
        total = total + panel[measure]
    return total


def check_days(
    audit: Audit,
    day: IntArray,
    centre: IntArray,
    sent_back: IntArray,
    levels: Levels,
    terms: Terms,
    axes: tuple[Axis, Axis, Axis, Axis],
) -> None:
    """Check some days, which follow those checked before.

    Args:
        audit: collects what fails.
        day: (len(Day), days, stores, classes).
        centre: (len(Centre), days, centres, classes).
        sent_back: (days, stores, classes) units that stores sent back to the centre.
        levels: levels before these days; moved on to their last day.
        terms: who feeds whom.
        axes: day, store, centre, class.
    """
    of_day, of_store, of_centre, of_class = axes
    _check_demand(audit, day, (of_day, of_store, of_class))
    _check_store_levels(audit, day, sent_back, levels, (of_day, of_store, of_class))
    _check_pairs(audit, day, _STORE_PARTS, _STORE_ATTRIBUTES, (of_day, of_store, of_class))
    audit.not_negative("no record of a store is negative", day, (_DAY_MEASURES, of_day, of_store, of_class))

    _check_asked(audit, day, centre, terms, (of_day, of_centre, of_class))
    _check_centre_levels(audit, day, centre, levels, terms, (of_day, of_centre, of_class))
    _check_pairs(audit, centre, _CENTRE_PARTS, _CENTRE_ATTRIBUTES, (of_day, of_centre, of_class))
    audit.not_negative(
        "no record of a centre is negative", centre, (_CENTRE_MEASURES, of_day, of_centre, of_class)
    )


def _check_demand(audit: Audit, day: IntArray, axes: tuple[Axis, Axis, Axis]) -> None:
    unmet = day[Day.DEMAND] - day[Day.SOLD_AS_ASKED]
    audit.equal(
        "units asked for and not sold as asked = substituted + backordered + lost",
        sum_of(day, (Day.SUBSTITUTED, Day.BACKORDERED, Day.LOST)),
        unmet,
        axes,
    )
    audit.equal("every unmet unit has one cause", sum_of(day, _UNMET), unmet, axes)
    audit.equal(
        "units substituted = units sold as a substitute",
        day[Day.SOLD_AS_SUBSTITUTE],
        day[Day.SUBSTITUTED],
        axes,
    )
    audit.none_without(
        "demand that is all sold as asked is worth what was sold as asked",
        day[Day.DEMAND_VALUE] - day[Day.SOLD_AS_ASKED_VALUE],
        unmet,
        axes,
    )
    audit.none_without(
        "revenue is that of units sold as asked when no others are sold",
        day[Day.REVENUE] - day[Day.SOLD_AS_ASKED_VALUE],
        day[Day.SOLD_AS_SUBSTITUTE] + day[Day.BACKORDER_FILLED],
        axes,
    )


def _check_store_levels(
    audit: Audit, day: IntArray, sent_back: IntArray, levels: Levels, axes: tuple[Axis, Axis, Axis]
) -> None:
    audit.equal(
        "stock = stock before + received + returned - sold - wasted - sent back",
        day[Day.ON_HAND] + sum_of(day, (*SOLD, Day.WASTED)) + sent_back,
        _before(day[Day.ON_HAND], levels.on_hand) + sum_of(day, (Day.RECEIVED, Day.RETURNED)),
        axes,
    )
    audit.equal(
        "backorders = backorders before + backordered - handed over",
        day[Day.BACKORDERS] + day[Day.BACKORDER_FILLED],
        _before(day[Day.BACKORDERS], levels.backorders) + day[Day.BACKORDERED],
        axes,
    )
    early = day[Day.CANCELLED_EARLY]
    ordered = sum_of(day, _ASKED_OF_CENTRE) - (day[Day.CANCELLED] - early)
    audit.equal(
        "on order = on order before + ordered the day before - struck off - received",
        day[Day.ON_ORDER] + day[Day.RECEIVED] + early,
        _before(day[Day.ON_ORDER], levels.on_order) + _before(ordered, levels.ordered),
        axes,
    )
    levels.on_hand, levels.backorders = day[Day.ON_HAND, -1], day[Day.BACKORDERS, -1]
    levels.on_order, levels.ordered = day[Day.ON_ORDER, -1], ordered[-1]


def _check_asked(
    audit: Audit, day: IntArray, centre: IntArray, terms: Terms, axes: tuple[Axis, Axis, Axis]
) -> None:
    asked, lines = sum_of(day, _ASKED_OF_CENTRE), sum_of(day, _LINES_ASKED)
    audit.equal(
        "a centre is asked for the units its stores order",
        centre[Centre.ASKED],
        terms.over_stores(asked),
        axes,
    )
    audit.equal(
        "a centre is asked for the lines its stores order",
        centre[Centre.LINES],
        terms.over_stores(lines),
        axes,
    )


def _check_centre_levels(
    audit: Audit,
    day: IntArray,
    centre: IntArray,
    levels: Levels,
    terms: Terms,
    axes: tuple[Axis, Axis, Axis],
) -> None:
    audit.equal(
        "centre stock = stock before + received + restocked + found - shipped - wasted - gifted - shrunk",
        sum_of(centre, (Centre.ON_HAND, Centre.SHIPPED, Centre.WASTED, Centre.GIFTED, Centre.SHRUNK)),
        _before(centre[Centre.ON_HAND], levels.centre_on_hand)
        + sum_of(centre, (Centre.RECEIVED, Centre.RESTOCKED, Centre.REPAIRED, Centre.FOUND)),
        axes,
    )
    audit.equal(
        "centre backlog = backlog before + asked - struck off - shipped",
        sum_of(centre, (Centre.BACKLOG, Centre.SHIPPED)) + terms.over_stores(day[Day.CANCELLED]),
        _before(centre[Centre.BACKLOG], levels.centre_backlog) + centre[Centre.ASKED],
        axes,
    )
    # An unlimited centre buys at the moment of shipping: nothing is ever on order.
    bought = (centre[Centre.PURCHASED] - centre[Centre.RECEIVED]) * ~terms.centre_unlimited[:, np.newaxis]
    audit.equal(
        "centre on order = on order before + purchased - received",
        centre[Centre.ON_ORDER],
        _before(centre[Centre.ON_ORDER], levels.centre_on_order) + bought,
        axes,
    )
    levels.centre_on_hand, levels.centre_backlog = centre[Centre.ON_HAND, -1], centre[Centre.BACKLOG, -1]
    levels.centre_on_order = centre[Centre.ON_ORDER, -1]


def _check_pairs(
    audit: Audit,
    panel: IntArray,
    parts: tuple[_Pair, ...],
    attributes: tuple[_Pair, ...],
    axes: tuple[Axis, Axis, Axis],
) -> None:
    for pair in parts:
        audit.at_most(pair.identity, sum_of(panel, pair.left), sum_of(panel, pair.right), axes)
    for pair in attributes:
        audit.none_without(pair.identity, sum_of(panel, pair.left), sum_of(panel, pair.right), axes)


def _before(series: IntArray, first: IntArray) -> IntArray:
    """The same level one day earlier, (days, places, classes)."""
    return np.concatenate((first[np.newaxis], series[:-1]))
