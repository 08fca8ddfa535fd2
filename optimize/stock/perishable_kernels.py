"""Compiled steps of perishable stock: what a night orders, and the long run by a Markov chain or along a path.

Compiled functions call only functions of this file, so that the time stamp with which Numba marks its cache is enough.
Units are kept by their last day of sale: place `j` of a stock vector holds those whose last day is `j` days after the
next one, so units on the shelf come first (`life - 1` places at closing time) and orders on their way after them.
"""

from __future__ import annotations

import numpy as np

from optimize.compilation import compiled_with_arrays
from optimize.stock.cells import FloatArray, IntArray
from optimize.stock.perishable_arrays import Days, Effort, Rooms, Rule, Shelf, Shelves, Way

_CONVERGED = 1e-12
_MOST_ITERATIONS, _WORK_PER_TRANSITION = 5_000, 100
_DAMPING, _TURNS_PER_LOOK, _FAR = 0.3, 16, 1e3
_KEY_BITS = 62
_FREE = -1
_MIXER = 6364136223846793005
_NOTHING = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


@compiled_with_arrays
def expected_waste(units: IntArray, shelf: Shelf, left: FloatArray) -> float:
    """Units that expire before the order after tonight's comes, if every day sells its mean.

    Args:
        units: By last day of sale, orders on their way included.
        shelf: Cell.
        left: Room to work in.
    """
    places, wasted = shelf.life - 1 + shelf.lead, 0.0
    for place in range(places):
        left[place] = units[place]
    for day in range(min(shelf.lead + shelf.review - 1, places)):
        end = min(day + shelf.life, places)
        asked = shelf.mean * shelf.fifo_share
        for place in range(day, end):
            sold = min(asked, left[place])
            left[place] -= sold
            asked -= sold
        asked = shelf.mean * (1.0 - shelf.fifo_share)
        for place in range(end - 1, day - 1, -1):
            sold = min(asked, left[place])
            left[place] -= sold
            asked -= sold
        wasted += left[day]
    return wasted


@compiled_with_arrays
def order_size(position: int, shelf: Shelf, rule: Rule) -> int:
    """Units ordered at an inventory position: whole cases that reach the level, and no less than the least order."""
    if position > rule.reorder_point:
        return 0
    if rule.quantity > 0:
        wanted = ((rule.reorder_point - position) // rule.quantity + 1) * rule.quantity
    else:
        wanted = rule.order_up_to - position
    if wanted <= 0:
        return 0
    wanted = max(wanted, shelf.least)
    return (wanted + shelf.case - 1) // shelf.case * shelf.case


@compiled_with_arrays
def follow_path(
    shelf: Shelf, rule: Rule, demand: IntArray, oldest_first: IntArray, effort: Effort, rooms: Rooms
) -> None:
    """Write long-run means per day along a path of demand.

    Args:
        shelf: Cell.
        rule: Levels.
        demand: Units asked for, by day.
        oldest_first: Of these, by shoppers who take the oldest unit.
        effort: How many days, and how many of them are not counted.
        rooms: Room to work in; `means` is written.
    """
    lots, life, lead, days = rooms.lots, shelf.life, shelf.lead, effort.days
    lots[: days + lead + 2] = 0
    on_hand, on_order, owed, oldest, has_failed, to_review = 0, 0, 0, 0, False, 0
    total, sales, held, short, orders, bought, waste, ready, cycles, failed = _NOTHING
    for day in range(days):
        if day == effort.warm_up:
            total, sales, held, short, orders, bought, waste, ready, cycles, failed = _NOTHING
        arrived = lots[day]
        if arrived > 0:
            cycles += 1
            has_failed = False
        served = min(owed, arrived)
        owed -= served
        lots[day] -= served
        on_order -= arrived
        on_hand += arrived - served
        asked = demand[day]
        sold = min(asked, on_hand)
        if asked >= on_hand:
            for slot in range(oldest, day + 1):
                lots[slot] = 0
            oldest = day + 1
            if asked > sold and not has_failed:
                failed += 1
                has_failed = True
        else:
            wanted = oldest_first[day]
            freshest = asked - wanted
            while wanted > 0:
                taken = min(wanted, lots[oldest])
                lots[oldest] -= taken
                wanted -= taken
                oldest += lots[oldest] == 0
            slot = day
            while freshest > 0:
                taken = min(freshest, lots[slot])
                lots[slot] -= taken
                freshest -= taken
                slot -= 1
        on_hand -= sold
        ready += on_hand > 0
        if shelf.is_backorder:
            owed += asked - sold
        if day >= life - 1:
            wasted = lots[day - life + 1]
            lots[day - life + 1] = 0
            on_hand -= wasted
            waste += wasted
            oldest = max(oldest, day - life + 2)
        if to_review == 0:
            position = on_hand + on_order - owed
            if shelf.is_age_aware:
                for place in range(life - 1 + lead):
                    slot = day - life + 2 + place
                    rooms.vector[place] = lots[slot] if slot >= 0 else 0
                position -= int(np.floor(expected_waste(rooms.vector, shelf, rooms.left) + 0.5))
            ordered = order_size(position, shelf, rule)
            lots[day + 1 + lead] += ordered
            on_order += ordered
            orders += ordered > 0
            bought += ordered
        to_review = to_review - 1 if to_review > 0 else shelf.review - 1
        total += asked
        sales += sold
        held += on_hand
        short += owed if shelf.is_backorder else asked - sold
    means = rooms.means
    means[Way.DEMAND], means[Way.SOLD] = total, sales
    means[Way.ON_HAND], means[Way.SHORT] = held, short
    means[Way.ORDERS], means[Way.ORDERED], means[Way.WASTE] = orders, bought, waste
    means[Way.READY], means[Way.CYCLES], means[Way.FAILED] = ready, cycles, failed
    means /= days - effort.warm_up


@compiled_with_arrays
def _state_of(key: int, known: int, rooms: Rooms) -> int:
    """Number of a state; `known`, the number of those seen before, for a new one, which is entered."""
    mask = rooms.table.size - 1
    slot = ((key ^ (key >> 29)) * _MIXER >> 31) & mask
    while rooms.table[slot] != _FREE and rooms.keys[rooms.table[slot]] != key:
        slot = (slot + 1) & mask
    if rooms.table[slot] == _FREE:
        rooms.table[slot] = known
        rooms.keys[known] = key
    state: int = rooms.table[slot]
    return state


@compiled_with_arrays
def _bits(largest: int) -> int:
    """Bits of whole numbers up to `largest`."""
    bits = 1
    while largest >> bits > 0:
        bits += 1
    return bits


@compiled_with_arrays
def _is_hopeless(level: int, case: int, places: int, support: int, effort: Effort) -> bool:
    """Whether a chain is too large for the effort by far: lots of whole cases, as many as the level holds."""
    states = 1.0
    for place in range(1, places + 1):
        states *= (level // case + place) / place
        if states * (1.0 + min(level / 2.0, support)) > 2.0 * effort.transitions:
            return True
    return False


@compiled_with_arrays
def _link(key: int, weight: float, known: int, row: int, edge: int, rooms: Rooms) -> tuple[int, int]:
    """Write a transition to the state of a key, joined with the one before where both lead to the same.

    Returns:
        Number of states and of transitions by now.
    """
    state = _state_of(key, known, rooms)
    if edge > row and rooms.target[edge - 1] == state:
        rooms.weight[edge - 1] += weight
        return known, edge
    rooms.target[edge] = state
    rooms.weight[edge] = weight
    return max(known, state + 1), edge + 1


@compiled_with_arrays
def _write_codes(units: IntArray, place: int, step: int, bits: int, most: int, codes: IntArray) -> None:
    """Write by how much the code of a shelf falls when so many units are taken, from a place on, by steps of 1 or -1.

    In the code of the state after a day place `j` has become place `j - 1`; what then expires is in none.
    """
    codes[0], here = 0, units[place]
    for taken in range(1, most + 1):
        while here == 0:
            place += step
            here = units[place]
        here -= 1
        codes[taken] = codes[taken - 1] + (1 << (bits * (place - 1)) if place > 0 else 0)


@compiled_with_arrays
def build_chain(shelf: Shelf, rule: Rule, pmf: FloatArray, support: int, effort: Effort, rooms: Rooms) -> int:
    """Write down all states that are reached at closing time before the order, and the days that follow them.

    A state is the units by last day of sale, orders on their way, units owed, days since the last review and whether
    the running cycle has seen a shortage. Keys, transitions and counts are written into the rooms.

    Returns:
        Number of states; 0 where there are more than the effort allows.
    """
    life, places = shelf.life, shelf.life - 1 + shelf.lead
    most_owed = support * (shelf.lead + shelf.review + 1) if shelf.is_backorder else 0
    level = max(rule.order_up_to, rule.reorder_point + rule.quantity, shelf.least, 0)
    bits = _bits((1 + shelf.is_age_aware) * (level + shelf.case + most_owed))
    phase_bits = _bits(shelf.review - 1)
    if bits * places + _bits(most_owed) + phase_bits + 1 > _KEY_BITS or support == 0 or effort.states < 1:
        return 0
    if _is_hopeless(level, shelf.case, places, support, effort):
        return 0
    units, tail = rooms.vector, 1.0
    is_mixed = 0.0 < shelf.fifo_share < 1.0
    rooms.table[:] = _FREE
    known, state, edge = _state_of(0, 0, rooms) + 1, 0, 0
    while state < known:
        counts, rest = rooms.of_state[state], rooms.keys[state]
        counts[:] = 0.0
        position = 0
        for place in range(places):
            units[place] = rest & ((1 << bits) - 1)
            position += units[place]
            rest >>= bits
        has_failed, phase, owed = rest & 1, (rest >> 1) & ((1 << phase_bits) - 1), rest >> (1 + phase_bits)
        units[places] = 0
        if phase == 0:
            if shelf.is_age_aware:
                position -= int(np.floor(expected_waste(units, shelf, rooms.left) + 0.5))
            units[places] = order_size(position - owed, shelf, rule)
            counts[Way.ORDERS] = units[places] > 0
            counts[Way.ORDERED] = units[places]
        arrived = units[life - 1]
        if arrived > 0:
            counts[Way.CYCLES] = 1.0
            has_failed = 0
        served = min(owed, arrived)
        owed -= served
        units[life - 1] -= served
        available = 0
        for place in range(life):
            available += units[place]
        phase = (phase + 1) % shelf.review
        row, tail = edge, 1.0
        rooms.first[state] = row
        if edge + available * (1 + is_mixed * available) + support + 2 > effort.transitions:
            return 0
        coming = 0
        for place in range(life, places + 1):
            coming += units[place] << (bits * (place - 1))
        code = (((owed << phase_bits | phase) << 1 | has_failed) << (bits * places)) + coming
        for place in range(1, life):
            code += units[place] << (bits * (place - 1))
        _write_codes(units, 0, 1, bits, min(available, support) - 1, rooms.oldest_code)
        _write_codes(units, life - 1, -1, bits, min(available, support) - 1, rooms.freshest_code)
        sold, waste, on_hand, ready = 0.0, 0.0, 0.0, 0.0
        for asked in range(min(available, support)):
            tail -= pmf[asked]
            part = (1.0 - shelf.fifo_share) ** asked if is_mixed else 1.0
            least, most = asked if shelf.fifo_share >= 1.0 else 0, asked if shelf.fifo_share > 0.0 else 0
            for oldest in range(least, most + 1):
                freshest = asked - oldest
                wasted = max(units[0] - oldest, 0) - max(freshest - (available - units[0]), 0)
                weight = pmf[asked] * part
                if is_mixed:
                    part *= (asked - oldest) / (oldest + 1.0) * shelf.fifo_share / (1.0 - shelf.fifo_share)
                sold += weight * asked
                waste += weight * wasted
                on_hand += weight * (available - asked - wasted)
                ready += weight
                key = code - rooms.oldest_code[oldest] - rooms.freshest_code[freshest]
                known, edge = _link(key, weight, known, row, edge, rooms)
                if known > effort.states:
                    return 0
        counts[Way.SOLD], counts[Way.WASTE] = sold, waste
        counts[Way.ON_HAND], counts[Way.READY] = on_hand, ready
        for asked in range(available, support):
            is_last = asked + 1 == support or (not shelf.is_backorder and asked > available)
            weight = max(tail, 0.0) if is_last else pmf[asked]
            tail -= weight
            short = asked > available and has_failed == 0
            counts[Way.FAILED] += weight * short
            counts[Way.SOLD] += weight * available
            debt = owed + asked - available if shelf.is_backorder else 0
            counts[Way.SHORT] += weight * debt
            rest = (debt << phase_bits | phase) << 1 | (has_failed or short)
            key = (rest << (bits * places)) + coming
            known, edge = _link(key, weight, known, row, edge, rooms)
            if known > effort.states:
                return 0
            if is_last:
                break
        counts[Way.DEMAND] = shelf.mean
        if not shelf.is_backorder:
            counts[Way.SHORT] = shelf.mean - counts[Way.SOLD]
        state += 1
    rooms.first[known] = edge
    return known


@compiled_with_arrays
def settle(states: int, rooms: Rooms, effort: Effort) -> bool:
    """Write the long-run means of a chain by power iteration, damped so that chains with a beat settle too.

    Returns:
        Whether it settled.
    """
    now, then = rooms.share[0], rooms.share[1]
    now[:states] = 1.0 / states
    edges = max(rooms.first[states], 1)
    most = min(_MOST_ITERATIONS, _WORK_PER_TRANSITION * effort.transitions // edges)
    earlier = np.inf
    for turn in range(most):
        for state in range(states):
            then[state] = _DAMPING * now[state]
        for state in range(states):
            share = (1.0 - _DAMPING) * now[state]
            for edge in range(rooms.first[state], rooms.first[state + 1]):
                then[rooms.target[edge]] += share * rooms.weight[edge]
        change = 0.0
        for state in range(states):
            change += abs(then[state] - now[state])
            now[state] = then[state]
        if change < _CONVERGED:
            break
        if turn % _TURNS_PER_LOOK == 0:
            # Changes fall ever more slowly: what is out of reach at the present rate stays so.
            if change * (change / earlier) ** ((most - turn) / _TURNS_PER_LOOK) > _FAR * _CONVERGED:
                return False
            earlier = change
    else:
        return False
    total = now[:states].sum()
    for way in range(rooms.means.size):
        mean = 0.0
        for state in range(states):
            mean += now[state] * rooms.of_state[state, way]
        rooms.means[way] = mean / total
    return True


@compiled_with_arrays
def evaluate_cells(
    shelves: Shelves,
    days: Days,
    rows: IntArray,
    rules: IntArray,
    effort: Effort,
    rooms: Rooms,
    means: FloatArray,
) -> None:
    """Write long-run means per day of some cells: by the chain where it is small enough, else along the path.

    Args:
        shelves: Cells, n of them.
        days: Their demand.
        rows: (k,) which cells.
        rules: (k, 3) levels in the order of `Rule`.
        effort: Per cell.
        rooms: Room to work in.
        means: (k, ways); written.
    """
    for number in range(rows.size):
        cell = rows[number]
        shelf = Shelf(
            shelves.mean[cell], shelves.lead[cell], shelves.review[cell], shelves.case[cell], shelves.least[cell],
            shelves.life[cell], shelves.fifo_share[cell], shelves.is_backorder, shelves.is_age_aware,
        )  # fmt: skip
        rule = Rule(rules[number, 0], rules[number, 1], rules[number, 2])
        states = build_chain(shelf, rule, days.pmf[cell], days.support[cell], effort, rooms)
        if states == 0 or not settle(states, rooms, effort):
            follow_path(shelf, rule, days.demand[cell], days.oldest_first[cell], effort, rooms)
        means[number] = rooms.means
