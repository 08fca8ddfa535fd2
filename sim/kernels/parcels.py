"""Lines fall into parcels: the orders that reach a centre, and the drops that leave it."""

from __future__ import annotations

from sim.kernels.compilation import kernel
from sim.kernels.layout import Array
from sim.kernels.ordering import EMERGENCY
from sim.kernels.shipping import KINDS, SENT_ROWS


@kernel
def number_orders(lines: Array, found: Array, label: Array, totals: Array) -> int:
    """Number the orders of lines that were placed together, by store and kind in their order.

    Args:
        lines: (6, k) as in `sim.kernels.shipping.fill_orders`.
        found: (2, n x KINDS) zeros; its first row receives store x KINDS + kind of each order.
        label: (k,) receives the number of each line's order.
        totals: (n x KINDS, 2) zeros; receives lines and units of each order.

    Returns:
        How many there are.
    """
    for line in range(lines.shape[1]):
        label[line] = lines[0, line] * KINDS + lines[3, line]
    count = _number(label, found)
    for line in range(lines.shape[1]):
        total = totals[label[line]]
        total[0] += 1
        total[1] += lines[2, line]
    return count


@kernel
def number_drops(
    lines: Array,
    first_store: int,
    case_pack: Array,
    weight_grams: Array,
    volume_millilitres: Array,
    found: Array,
    label: Array,
    figures: Array,
    kinds: Array,
) -> int:
    """Number the drops of lines that are sent together, by store in their order, emergency orders apart.

    Args:
        lines: (SENT_ROWS or TRACED_ROWS, k) as from `sim.kernels.shipping.fill_orders`, for n stores.
        first_store: the first of these.
        case_pack: (m,) units.
        weight_grams: (m,) of a unit.
        volume_millilitres: (m,) of a unit.
        found: (2, 2 n) zeros; its first row receives, of each drop, the store counted from the first one x 2, and 1
            more for emergency orders.
        label: (k,) receives the number of each line's drop.
        figures: (2 n, 4) zeros; receives units, cases (one for every case begun), grams and millilitres of each drop.
        kinds: (2 n, KINDS, 3) zeros; receives lines, units and cost of each drop by kind of order.

    Returns:
        How many there are.
    """
    for line in range(lines.shape[1]):
        label[line] = (lines[0, line] - first_store) * 2 + (1 if lines[4, line] == EMERGENCY else 0)
    count = _number(label, found)
    for line in range(lines.shape[1]):
        sku, units = lines[1, line], lines[2, line]
        figure, total = figures[label[line]], kinds[label[line], lines[4, line]]
        figure[0] += units
        figure[1] += -(-units // case_pack[sku])
        figure[2] += units * weight_grams[sku]
        figure[3] += units * volume_millilitres[sku]
        total[0] += 1 if lines.shape[0] == SENT_ROWS else lines[8, line]
        total[1] += units
        total[2] += lines[3, line]
    return count


@kernel
def cut_to_fit(
    lines: Array,
    weight_grams: Array,
    volume_millilitres: Array,
    most_grams: int,
    most_millilitres: int,
    pieces: Array,
) -> int:
    """Cut lines sent into parts of at most so many grams and millilitres, line by line and unit by unit.

    A unit that is larger than that is a part of its own. Each piece of a line takes along its share of the cost and
    the defects of what is left of the line.

    Args:
        lines: (SENT_ROWS or TRACED_ROWS, k).
        weight_grams: (m,) of a unit.
        volume_millilitres: (m,) of a unit.
        most_grams: of a part.
        most_millilitres: of a part.
        pieces: (6, k + units) receives part, line, units, cost, defective units, and 1 if it counts as the line.

    Returns:
        How many pieces there are.
    """
    count, part, is_empty = 0, 0, True
    grams_left, millilitres_left = most_grams, most_millilitres
    for line in range(lines.shape[1]):
        grams, millilitres = weight_grams[lines[1, line]], volume_millilitres[lines[1, line]]
        units, cost, counts = lines[2, line], lines[3, line], 1
        defective = lines[7, line] if lines.shape[0] > SENT_ROWS else 0
        while units > 0:
            room = units
            if grams > 0:
                room = min(room, grams_left // grams)
            if millilitres > 0:
                room = min(room, millilitres_left // millilitres)
            if room <= 0 and not is_empty:
                part, is_empty = part + 1, True
                grams_left, millilitres_left = most_grams, most_millilitres
                continue
            taken = max(room, 1)
            pieces[0, count], pieces[1, count], pieces[2, count] = part, line, taken
            pieces[3, count], pieces[4, count] = cost * taken // units, defective * taken // units
            pieces[5, count] = counts
            units, counts, is_empty = units - taken, 0, False
            cost, defective = cost - pieces[3, count], defective - pieces[4, count]
            grams_left -= taken * grams
            millilitres_left -= taken * millilitres
            count += 1
    return count


@kernel
def _number(label: Array, found: Array) -> int:
    """Give labels that occur the numbers from 0 on, in their order; see `number_orders` for `found`."""
    labels, numbers = found[0], found[1]
    for line in range(label.size):
        numbers[label[line]] = 1
    count = 0
    for which in range(numbers.size):
        if numbers[which] > 0:
            labels[count] = which
            numbers[which] = count
            count += 1
    for line in range(label.size):
        label[line] = numbers[label[line]]
    return count
