"""Review of inventory positions: what a place orders."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import kernel
from sim.kernels.layout import Array, EmergencyRules, OrderLines, OrderRules, whole
from sim.records import Day

REGULAR, EMERGENCY, PUSHED = 0, 1, 2
_NO_ROUNDING, _ROUND_UP, _ROUND_NEAREST = 0, 1, 2


@kernel
def whole_cases(units: int, case_pack: int, rounding: int) -> int:
    """A quantity in whole cases: rounded up, to the nearest case (halves up), or left alone."""
    if rounding == _NO_ROUNDING or case_pack == 1:
        return units
    if rounding == _ROUND_UP:
        return (units + case_pack - 1) // case_pack * case_pack
    return (2 * units + case_pack) // (2 * case_pack) * case_pack


@kernel
def level_of(forecast: float, days: float, safety_factor: float, safety_days: float) -> float:
    """Demand over `days` plus `safety_factor` standard deviations of Poisson demand over `safety_days`."""
    level = forecast * days
    if safety_factor > 0.0:
        level += safety_factor * np.sqrt(forecast * safety_days)
    return level


@kernel
def review(
    rows: Array,
    weekday: int,
    is_open: Array,
    orderable: Array,
    listed: Array,
    on_hand: Array,
    on_order: Array,
    backorder: Array,
    forecast: Array,
    case_pack: Array,
    purchase_cost: Array,
    rules: OrderRules,
    emergency: EmergencyRules,
    lines: OrderLines,
) -> int:
    """Review the positions of some places and write down what they order.

    The inventory position is on hand + on order - backorders. Emergency orders are looked at first, every open day;
    regular ones on the rule's weekdays, with the emergency units already counted.

    Args:
        rows: (k,) places.
        weekday: Monday = 0.
        is_open: (n,) places that are open today; others order nothing.
        orderable: (m,) SKUs that may be ordered today.
        listed: (n, m) cells that exist.
        on_hand: (n, m).
        on_order: (n, m); what is ordered is added.
        backorder: (n, m).
        forecast: (n, m) units per day, or (1, 1) when no rule needs it.
        case_pack: (m,).
        purchase_cost: (m,) minor units, for the least value of an order.
        rules: levels; dynamic ones are written into it as they are worked out.
        emergency: rules of emergency orders.
        lines: receives the lines.

    Returns:
        Number of lines written.
    """
    number = whole(0)
    skus = whole(case_pack.size)
    has_dynamic = rules.is_dynamic.any()
    low = np.empty(skus, np.int64)
    has_emergency = emergency.lead_time_days.size > 0
    for row in rows:
        if not is_open[row]:
            continue
        if has_emergency:
            number = _review_emergency(
                row, skus, orderable, listed, on_hand, on_order, backorder, forecast, case_pack, rules, emergency,
                lines, number,
            )  # fmt: skip
        first_regular = number
        units_ordered, value_ordered = 0, 0
        reorder_point, order_up_to = rules.reorder_point[row], rules.order_up_to[row]
        # Without a level to work out only those at or below it are looked at: few, and found at memory speed.
        candidates = whole(0)
        if has_dynamic:
            for sku in range(skus):
                low[sku] = sku
            candidates = skus
        else:
            held, coming, owed = on_hand[row], on_order[row], backorder[row]
            for sku in range(skus):
                low[candidates] = sku
                candidates += whole(held[sku] + coming[sku] - owed[sku] <= reorder_point[sku])
        for which in range(candidates):
            sku = low[which]
            rule = rules.rule[row, sku]
            if rule < 0 or not rules.may_order[rule, weekday]:
                continue
            if rules.is_dynamic[rule]:
                if not (orderable[sku] and listed[row, sku]):
                    continue
                _work_out(row, sku, rule, _forecast(row, sku, rule, forecast, rules), rules)
            position = on_hand[row, sku] + on_order[row, sku] - backorder[row, sku]
            if position > reorder_point[sku]:
                continue
            if not (orderable[sku] and listed[row, sku]):
                continue
            lot = whole(rules.order_quantity[row, sku])
            if lot > 0:
                lots = (reorder_point[sku] - position) // lot + 1
                wanted = lots * lot
            else:
                wanted = whole(order_up_to[sku]) - position
            units = whole_cases(wanted, case_pack[sku], rules.rounding[rule])
            if units <= 0:
                continue
            on_order[row, sku] += units
            lines.row[number] = row
            lines.sku[number] = sku
            lines.units[number] = units
            lines.kind[number] = PUSHED if rules.is_pushed[rule] else REGULAR
            lines.lead_time_days[number] = -1
            units_ordered += units
            value_ordered += units * purchase_cost[sku]
            number += 1
        is_too_small = units_ordered < rules.minimum_units[0] or value_ordered < rules.minimum_value[0]
        if number > first_regular and is_too_small:
            for line in range(first_regular, number):
                on_order[row, lines.sku[line]] -= lines.units[line]
            number = first_regular
    return number


@kernel
def _forecast(row: int, sku: int, rule: int, forecast: Array, rules: OrderRules) -> float:
    if rules.expected_rate.size > 0:
        return float(rules.expected_rate[rule, row, sku])
    return float(forecast[row, sku])


@kernel
def _work_out(row: int, sku: int, rule: int, forecast: float, rules: OrderRules) -> None:
    """Turn days of demand into units; a level that is given in units stays."""
    if rules.order_up_to_days[rule, row] >= 0.0:
        level = level_of(
            forecast,
            rules.order_up_to_days[rule, row],
            rules.order_up_to_safety[rule],
            rules.order_up_to_safety_days[rule, row],
        )
        rules.order_up_to[row, sku] = whole(np.ceil(level - 1e-9))
    if rules.order_quantity_days[rule] >= 0.0:
        quantity = whole(np.ceil(forecast * rules.order_quantity_days[rule] - 1e-9))
        rules.order_quantity[row, sku] = max(1, quantity)
    if rules.is_always_below[rule]:
        rules.reorder_point[row, sku] = rules.order_up_to[row, sku] - 1
    elif rules.reorder_point_days[rule, row] >= 0.0:
        level = level_of(
            forecast,
            rules.reorder_point_days[rule, row],
            rules.reorder_point_safety[rule],
            rules.reorder_point_days[rule, row],
        )
        rules.reorder_point[row, sku] = whole(np.floor(level + 1e-9))


@kernel
def _review_emergency(
    row: int,
    skus: int,
    orderable: Array,
    listed: Array,
    on_hand: Array,
    on_order: Array,
    backorder: Array,
    forecast: Array,
    case_pack: Array,
    rules: OrderRules,
    emergency: EmergencyRules,
    lines: OrderLines,
    number: int,
) -> int:
    for sku in range(skus):
        which = emergency.rule[row, sku]
        if which < 0 or not (orderable[sku] and listed[row, sku]):
            continue
        trigger, cover = emergency.trigger_units[which], emergency.cover_units[which]
        if emergency.trigger_days[which] >= 0.0 or emergency.cover_days[which] >= 0.0:
            rate = _forecast(row, sku, max(0, rules.rule[row, sku]), forecast, rules)
            if emergency.trigger_days[which] >= 0.0:
                days = emergency.trigger_days[which]
                trigger = whole(np.floor(level_of(rate, days, emergency.trigger_safety[which], days) + 1e-9))
            if emergency.cover_days[which] >= 0.0:
                days = emergency.cover_days[which]
                cover = whole(np.ceil(level_of(rate, days, emergency.cover_safety[which], days) - 1e-9))
        position = whole(on_hand[row, sku]) + on_order[row, sku] - backorder[row, sku]
        if position > trigger or cover <= position:
            continue
        rule = rules.rule[row, sku]
        rounding = rules.rounding[rule] if rule >= 0 else _NO_ROUNDING
        units = whole_cases(cover - position, case_pack[sku], rounding)
        if units <= 0:
            continue
        on_order[row, sku] += units
        lines.row[number] = row
        lines.sku[number] = sku
        lines.units[number] = units
        lines.kind[number] = EMERGENCY
        lines.lead_time_days[number] = emergency.lead_time_days[which]
        number += 1
    return number


@kernel
def post_lines(
    number: int, lines: OrderLines, class_of: Array, day: int, day_panel: Array, orders: Array
) -> None:
    """Post the lines of a review to the day panel, and count lines and units per store and kind.

    Args:
        number: lines written.
        lines: the lines.
        class_of: (m,) class of each SKU.
        day: day of the run.
        day_panel: (days, n, c, len(Day)); changed.
        orders: (n, 3, 2) receives lines and units by kind; must be zero.
    """
    for line in range(number):
        row, kind, units = lines.row[line], lines.kind[line], lines.units[line]
        posted = day_panel[day, row, class_of[lines.sku[line]]]
        if kind == EMERGENCY:
            posted[Day.EMERGENCY_LINES] += 1
            posted[Day.EMERGENCY_ORDERED] += units
        else:
            posted[Day.ORDER_LINES] += 1
            posted[Day.ORDERED] += units
        orders[row, kind, 0] += 1
        orders[row, kind, 1] += units
