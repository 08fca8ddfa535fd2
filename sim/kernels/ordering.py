"""Review of inventory positions: what a place orders."""

from __future__ import annotations

import numpy as np

from sim.kernels.compilation import inline_kernel, kernel
from sim.kernels.layout import Array, EmergencyRules, OrderLines, OrderRules, Scratch, unsigned, whole
from sim.records import Day

REGULAR, EMERGENCY, PUSHED = 0, 1, 2
_NO_ROUNDING, _ROUND_UP, _ROUND_NEAREST = 0, 1, 2


@inline_kernel
def whole_cases(units: int, case_pack: int, rounding: int) -> int:
    """A quantity in whole cases: rounded up, to the nearest case (halves up), or left alone."""
    if rounding == _NO_ROUNDING or case_pack == 1:
        return units
    if rounding == _ROUND_UP:
        return (units + case_pack - 1) // case_pack * case_pack
    return (2 * units + case_pack) // (2 * case_pack) * case_pack


@inline_kernel
def level_of(forecast: float, days: float, safety_factor: float, safety_days: float) -> float:
    """Demand over `days` plus `safety_factor` standard deviations of Poisson demand over `safety_days`."""
    level = forecast * days
    if safety_factor > 0.0:
        level += safety_factor * np.sqrt(forecast * safety_days)
    return level


@kernel
def review(
    row: int,
    weekday: int,
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
    number: int,
    scratch: Scratch,
) -> int:
    """Review the positions of one place and write down what it orders.

    The inventory position is on hand + on order - backorders. Emergency orders are looked at first, every open day;
    regular ones on the rule's weekdays, with the emergency units already counted.

    Args:
        row: place.
        weekday: Monday = 0.
        orderable: (m,) SKUs that may be ordered today.
        listed: (m,) SKUs that the place keeps.
        on_hand: (m,) units.
        on_order: (m,) units; what is ordered is added.
        backorder: (m,) units.
        forecast: (m,) units per day; not read when no rule needs it.
        case_pack: (m,).
        purchase_cost: (m,) minor units, for the least value of an order.
        rules: levels; dynamic ones are written into it as they are worked out.
        emergency: rules of emergency orders.
        lines: receives the lines.
        number: lines written so far.
        scratch: room to work in.

    Returns:
        Number of lines written, those of earlier places included.
    """
    number = whole(number)
    if emergency.lead_time_days.size > 0:
        number = _review_emergency(
            row, orderable, listed, on_hand, on_order, backorder, forecast, case_pack, rules, emergency, lines, number,
            scratch.rate,
        )  # fmt: skip
    first_regular = number
    rule_of, stops = rules.rule[row], rules.run_stop[row]
    start = whole(0)
    while start < on_hand.size:
        rule, stop = whole(rule_of[start]), whole(stops[start])
        if rule >= 0 and rules.may_order[rule, weekday]:
            if rules.is_dynamic[rule]:
                _work_out(row, start, stop, rule, orderable, listed, forecast, rules, scratch.rate)
            low = _find_low(
                start, on_hand[start:stop], on_order[start:stop], backorder[start:stop],
                rules.reorder_point[row][start:stop], scratch.taken[start:stop], scratch.busy,
            )  # fmt: skip
            number = _write_lines(
                row, low, scratch.busy, orderable, listed, on_hand, on_order, backorder, rules.reorder_point[row],
                rules.order_up_to[row], rules.order_quantity[row], case_pack, rules.rounding[rule],
                PUSHED if rules.is_pushed[rule] else REGULAR, lines, number,
            )  # fmt: skip
        start = stop
    if rules.minimum_units > 0 or rules.minimum_value > 0:
        units, value = whole(0), whole(0)
        for line in range(first_regular, number):
            units += lines.units[line]
            value += lines.units[line] * purchase_cost[lines.sku[line]]
        if units < rules.minimum_units or value < rules.minimum_value:
            for line in range(first_regular, number):
                on_order[lines.sku[line]] -= lines.units[line]
            number = first_regular
    return number


@kernel
def _find_low(
    first: int,
    on_hand: Array,
    on_order: Array,
    backorder: Array,
    reorder_point: Array,
    is_low: Array,
    low: Array,
) -> int:
    """Write the numbers of the SKUs at or below their reorder point, counted from `first`; return how many."""
    for i in range(on_hand.size):
        is_low[i] = np.int32(on_hand[i] + on_order[i] - backorder[i] <= reorder_point[i])
    number = np.uint64(0)
    for i in range(on_hand.size):
        low[number] = first + i
        number += np.uint64(is_low[i])
    return whole(number)


@kernel
def _write_lines(
    row: int,
    low_count: int,
    low: Array,
    orderable: Array,
    listed: Array,
    on_hand: Array,
    on_order: Array,
    backorder: Array,
    reorder_point: Array,
    order_up_to: Array,
    order_quantity: Array,
    case_pack: Array,
    rounding: int,
    kind: int,
    lines: OrderLines,
    number: int,
) -> int:
    """Order the SKUs at or below their reorder point; see `review`."""
    line_row, line_sku, line_units, line_kind = lines.row, lines.sku, lines.units, lines.kind
    line_lead_time_days = lines.lead_time_days
    for which in range(low_count):
        sku, line = unsigned(low[which]), unsigned(number)
        if not (orderable[sku] and listed[sku]):
            continue
        position = whole(on_hand[sku]) + on_order[sku] - backorder[sku]
        lot = whole(order_quantity[sku])
        wanted = whole(order_up_to[sku]) - position
        if lot > 0:
            wanted = ((reorder_point[sku] - position) // lot + 1) * lot
        units = whole_cases(wanted, case_pack[sku], rounding)
        if units <= 0:
            continue
        on_order[sku] += units
        line_row[line] = row
        line_sku[line] = low[which]
        line_units[line] = units
        line_kind[line] = kind
        line_lead_time_days[line] = -1
        number += 1
    return number


@kernel
def _expected(
    row: int, rule: int, start: int, stop: int, forecast: Array, rules: OrderRules, rate: Array
) -> None:
    """Write the units per day that a rule expects of some SKUs: forecast, or known perfectly."""
    if rules.expected_rate.size > 0:
        for sku in range(start, stop):
            rate[sku] = rules.expected_rate[rule, row, sku]
    else:
        for sku in range(start, stop):
            rate[sku] = forecast[sku]


@kernel
def _work_out(
    row: int,
    start: int,
    stop: int,
    rule: int,
    orderable: Array,
    listed: Array,
    forecast: Array,
    rules: OrderRules,
    rate: Array,
) -> None:
    """Turn days of demand into units for a run of SKUs under one rule; a level that is given in units stays."""
    _expected(row, rule, start, stop, forecast, rules, rate)
    expected, may, is_kept = rate[start:stop], orderable[start:stop], listed[start:stop]
    order_up_to, reorder_point = rules.order_up_to[row][start:stop], rules.reorder_point[row][start:stop]
    days = rules.order_up_to_days[rule, row]
    if days >= 0.0:
        factor, safety_days = rules.order_up_to_safety[rule], rules.order_up_to_safety_days[rule, row]
        for i in range(expected.size):
            level = np.int32(np.ceil(level_of(expected[i], days, factor, safety_days) - 1e-9))
            order_up_to[i] = level if may[i] & is_kept[i] else order_up_to[i]
    days = rules.order_quantity_days[rule]
    if days >= 0.0:
        order_quantity = rules.order_quantity[row][start:stop]
        for i in range(expected.size):
            quantity = max(np.int32(1), np.int32(np.ceil(expected[i] * days - 1e-9)))
            order_quantity[i] = quantity if may[i] & is_kept[i] else order_quantity[i]
    days = rules.reorder_point_days[rule, row]
    if rules.is_always_below[rule]:
        for i in range(expected.size):
            reorder_point[i] = order_up_to[i] - np.int32(1) if may[i] & is_kept[i] else reorder_point[i]
    elif days >= 0.0:
        factor = rules.reorder_point_safety[rule]
        for i in range(expected.size):
            level = np.int32(np.floor(level_of(expected[i], days, factor, days) + 1e-9))
            reorder_point[i] = level if may[i] & is_kept[i] else reorder_point[i]


@kernel
def _review_emergency(
    row: int,
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
    rate_row: Array,
) -> int:
    for sku in range(on_hand.size):
        which = emergency.rule[row, sku]
        if which < 0 or not (orderable[sku] and listed[sku]):
            continue
        trigger, cover = emergency.trigger_units[which], emergency.cover_units[which]
        if emergency.trigger_days[which] >= 0.0 or emergency.cover_days[which] >= 0.0:
            _expected(row, max(0, rules.rule[row, sku]), sku, sku + 1, forecast, rules, rate_row)
            rate = rate_row[sku]
            if emergency.trigger_days[which] >= 0.0:
                days = emergency.trigger_days[which]
                trigger = whole(np.floor(level_of(rate, days, emergency.trigger_safety[which], days) + 1e-9))
            if emergency.cover_days[which] >= 0.0:
                days = emergency.cover_days[which]
                cover = whole(np.ceil(level_of(rate, days, emergency.cover_safety[which], days) - 1e-9))
        position = whole(on_hand[sku]) + on_order[sku] - backorder[sku]
        if position > trigger or cover <= position:
            continue
        rule = rules.rule[row, sku]
        rounding = rules.rounding[rule] if rule >= 0 else _NO_ROUNDING
        units = whole_cases(cover - position, case_pack[sku], rounding)
        if units <= 0:
            continue
        on_order[sku] += units
        lines.row[number] = row
        lines.sku[number] = sku
        lines.units[number] = units
        lines.kind[number] = EMERGENCY
        lines.lead_time_days[number] = emergency.lead_time_days[which]
        number += 1
    return number


@kernel
def post_lines(first: int, number: int, lines: OrderLines, class_of: Array, day_page: Array) -> None:
    """Post the lines from `first` up to `number` to the day's (n, c, len(Day)) page of the day panel.

    Lines of one place and class mostly stand together: they are summed on the way and posted when another one begins.
    """
    row, sku, units_of, kind = lines.row, lines.sku, lines.units, lines.kind
    line = whole(first)
    while line < number:
        place, index, is_emergency = row[line], class_of[sku[line]], kind[line] == EMERGENCY
        begin, units = line, whole(0)
        while (
            line < number
            and row[line] == place
            and class_of[unsigned(sku[line])] == index
            and (kind[line] == EMERGENCY) == is_emergency
        ):
            units += units_of[line]
            line += 1
        posted = day_page[place, index]
        if is_emergency:
            posted[Day.EMERGENCY_LINES] += line - begin
            posted[Day.EMERGENCY_ORDERED] += units
        else:
            posted[Day.ORDER_LINES] += line - begin
            posted[Day.ORDERED] += units
