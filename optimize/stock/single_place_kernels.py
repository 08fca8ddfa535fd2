"""Compiled steps of stock control at one place: demand, cost by position, positions in the long run, searches.

Symbols: D(t) demand of t days, L lead time, R days between reviews, y inventory position after a review, r reorder
point. At the end of day L + j after a review, j = 1 ... R, net stock is y - D(L + j), because whatever is ordered later
is not there yet. Positions are counted from r where they do not depend on it.

Lost sales: with L = 0 stock is empty or not before the next order comes, so the same sums hold with demand cut off at
the stock; exact. With L > 0 what is under way is taken to be demand of L days that is known to fit into the position
(Erlang's loss form, Karush 1957, Operations Research 5(5)), so that sums over D(L) are divided by P(D(L) <= y).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from optimize.compilation import compiled, compiled_with_arrays
from optimize.stock.cells import FloatArray, IntArray

NEGLIGIBLE = 1e-17
"""Probability below which demand is left out."""
NO_MEASURE, FILL_RATE, CYCLE_SERVICE_LEVEL, READY_RATE = -1, 0, 1, 2
FIGURES = 6
"""Columns of `evaluate_all`: fill rate, cycle service level, ready rate, on hand, short, orders per day."""
_UNLIMITED = 2**40
_FINE_STEPS = 128


class Place(NamedTuple):
    """One SKU at one place."""

    mean: float
    variance_to_mean: float
    lead: int
    review: int
    holding: float
    order: float
    shortage: float
    case: int
    minimum: int
    is_lost: bool


class Tables(NamedTuple):
    """Sums over demand, by position from 0 on or by units of demand."""

    on_hand: FloatArray
    """Mean stock at the end of a day, by position."""
    served: FloatArray
    """Units served from the shelf between two reviews, by position."""
    ready: FloatArray
    """Share of days that end with stock, by position."""
    lead_below: FloatArray
    """P(D(L) <= k)."""
    demand: FloatArray
    """P(D(R) = k)."""
    moving: float
    """P(D(R) > 0)."""


@compiled
def fill_probabilities(out: FloatArray, mean: float, variance_to_mean: float) -> None:
    """Write the probabilities of 0, 1, 2, ... units into `out`: negative binomial, or Poisson up to a ratio of 1.

    Recursion from 0 on or, where P(0) is not a number of normal size, from the mode in both directions.
    """
    out[:] = 0.0
    if mean <= 0.0:
        out[0] = 1.0
        return
    is_poisson = variance_to_mean <= 1.0 + 1e-9
    size, later = 0.0, 0.0
    if is_poisson:
        log_first, start = -mean, int(mean)
    else:
        size, later = mean / (variance_to_mean - 1.0), 1.0 - 1.0 / variance_to_mean
        log_first, start = -size * math.log(variance_to_mean), int(max(0.0, mean - variance_to_mean + 1.0))
    if log_first > -600.0:
        start, out[0] = 0, math.exp(log_first)
    elif is_poisson:
        out[start] = math.exp(start * math.log(mean) - mean - math.lgamma(start + 1.0))
    else:
        ways = math.lgamma(size + start) - math.lgamma(size) - math.lgamma(start + 1.0)
        out[start] = math.exp(ways + log_first + start * math.log(later))
    total = out[start]
    for k in range(start + 1, out.size):
        out[k] = out[k - 1] * (mean / k if is_poisson else (size + k - 1.0) / k * later)
        total += out[k]
        if out[k] < NEGLIGIBLE and k > mean:
            break
    for k in range(start - 1, -1, -1):
        out[k] = out[k + 1] * (k + 1.0) / (mean if is_poisson else (size + k) * later)
        total += out[k]
        if out[k] < NEGLIGIBLE:
            break
    for k in range(out.size):
        out[k] /= total


@compiled
def demand_reach(mean: float, variance_to_mean: float) -> int:
    """Units of demand beyond which nothing is left to speak of."""
    ratio = max(1.0, variance_to_mean)
    return int(mean + 9.0 * math.sqrt(mean * ratio) + 40.0 * ratio) + 2


@compiled_with_arrays
def tabulate(place: Place) -> Tables:
    """Work the sums out that all policies need."""
    lead, review, ratio = place.lead, place.review, place.variance_to_mean
    reach = demand_reach(place.mean * (lead + review), ratio)
    probability, below = np.empty(reach), np.zeros(reach)
    lead_below, all_below = np.empty(reach), np.empty(reach)
    for day in range(review + 1):
        fill_probabilities(probability, place.mean * (lead + day), ratio)
        total = 0.0
        for k in range(reach):
            total = min(1.0, total + probability[k])
            if day == 0:
                lead_below[k] = total
            else:
                below[k] += total / review
            all_below[k] = total
    on_hand, served, ready = np.zeros(reach + 1), np.zeros(reach + 1), np.zeros(reach + 1)
    for k in range(reach):
        on_hand[k + 1] = on_hand[k] + below[k]
        served[k + 1] = served[k] + (lead_below[k] - all_below[k])
        ready[k + 1] = below[k]
    if place.is_lost and lead > 0:
        for y in range(reach):
            if lead_below[y] > 0.0:
                on_hand[y] /= lead_below[y]
                served[y] /= lead_below[y]
                ready[y] /= lead_below[y]
    fill_probabilities(probability, place.mean * review, ratio)
    last = reach
    while last > 2 and probability[last - 1] < NEGLIGIBLE:
        last -= 1
    mean = place.mean * review
    log_none = -mean if ratio <= 1.0 + 1e-9 else -mean / (ratio - 1.0) * math.log(ratio)
    return Tables(on_hand, served, ready, lead_below, probability[:last].copy(), -math.expm1(log_none))


@compiled
def on_hand_at(tables: Tables, y: int) -> float:
    """Mean stock at the end of a day after a position of y."""
    last = tables.on_hand.size - 1
    return tables.on_hand[min(max(y, 0), last)] + max(0, y - last)


@compiled
def at(values: FloatArray, y: int) -> float:
    """A table that starts from nothing at position 0 and stays at its last value."""
    return float(values[min(max(y, 0), values.size - 1)])


@compiled
def cost_at(place: Place, tables: Tables, y: int) -> float:
    """Holding and shortage cost per day after a position of y."""
    left = on_hand_at(tables, y)
    if place.is_lost:
        short = place.mean - at(tables.served, y) / place.review
    else:
        short = left - y + place.mean * (place.lead + 0.5 * (place.review + 1))
    return place.holding * left + place.shortage * short


@compiled
def extend_visits(tables: Tables, visits: FloatArray, known: int, wanted: int) -> int:
    """Renewal density of reviews: how often a position j units below the start is seen before the next order.

    Zheng and Federgruen (1991), equation (3): m(0) = 1 / P(D > 0), m(j) = sum of P(D = d) m(j - d) / P(D > 0).
    """
    for j in range(known, wanted):
        total = 1.0 if j == 0 else 0.0
        for d in range(1, min(j, tables.demand.size - 1) + 1):
            total += tables.demand[d] * visits[j - d]
        visits[j] = total / tables.moving
    return max(known, wanted)


@compiled_with_arrays
def longer(values: FloatArray, size: int) -> FloatArray:
    """A copy with room for `size` values at least."""
    if size <= values.size:
        return values
    out = np.zeros(max(size, 2 * values.size))
    out[: values.size] = values
    return out


@compiled_with_arrays
def least_cost_min_max(place: Place, tables: Tables) -> tuple[int, int, float]:
    """Best (s, S) by Zheng and Federgruen (1991), Operations Research 39(4), 654-665, algorithm of section 3.

    With lost sales s is not below 0. Costs are per review: order cost K, G(y) for the days between two reviews.

    Returns:
        s, S and cost per day.
    """
    order = place.order / place.review
    lowest = 0 if place.is_lost else -_UNLIMITED
    best_y = 1 if place.is_lost else 0
    while cost_at(place, tables, best_y + 1) < cost_at(place, tables, best_y):
        best_y += 1
    visits, known = np.zeros(64), 0
    top, point, cost = best_y, best_y, np.inf
    above, total = order, 0.0
    while point > lowest:
        visits = longer(visits, top - point + 1)
        known = extend_visits(tables, visits, known, top - point + 1)
        above += visits[top - point] * cost_at(place, tables, point)
        total += visits[top - point]
        point -= 1
        cost = above / total
        if cost <= cost_at(place, tables, point):
            break
    best_top, trial = top, top + 1
    while cost_at(place, tables, trial) <= cost:
        visits = longer(visits, trial - point)
        known = extend_visits(tables, visits, known, trial - point)
        above, total = order, 0.0
        for j in range(trial - point):
            above += visits[j] * cost_at(place, tables, trial - j)
            total += visits[j]
        if above / total < cost:
            best_top, cost = trial, above / total
            while point + 1 < best_top and cost <= cost_at(place, tables, point + 1):
                j = best_top - point - 1
                above -= visits[j] * cost_at(place, tables, point + 1)
                total -= visits[j]
                point += 1
                cost = above / total
        trial += 1
    return point, best_top, cost


@compiled
def order_size(place: Place, gap: int, lot: int, under: int) -> int:
    """Units ordered when the position is `under` below the reorder point: what is wanted, the least, whole cases."""
    wanted = (under // lot + 1) * lot if lot > 0 else gap + under
    wanted = max(wanted, place.minimum)
    return (wanted + place.case - 1) // place.case * place.case


@compiled_with_arrays
def position_shares(place: Place, tables: Tables, gap: int, lot: int, deepest: int) -> FloatArray:
    """Share of reviews after which the position is 0, 1, 2, ... above the reorder point.

    Where all orders reach one level, the visits between two orders. Where orders are lots, or cases of any position
    below a level, all positions alike (Hadley and Whitin 1963, section 4-2). Else the levels that orders reach are a
    Markov chain of its own, solved for its stationary distribution.

    Args:
        gap: order-up-to level less reorder point; 0 where lots are ordered.
        lot: fixed quantity; 0 where a level is reached.
        deepest: furthest that the position can be below the reorder point: r with lost sales and no lead time.
    """
    is_bounded = deepest < tables.demand.size
    even = lot if lot > 0 else (place.case if gap == 1 else 0)
    if not is_bounded and even > 0 and even % place.case == 0 and even >= place.minimum:
        shares = np.full(even + 1, 1.0 / even)
        shares[0] = 0.0
        return shares
    top = max(gap, lot, place.minimum) + place.case - 1
    visits, shares = np.zeros(top), np.zeros(top + 1)
    extend_visits(tables, visits, 0, top)
    reached = np.zeros(top + 1)
    if lot == 0 and place.case == 1 and gap >= place.minimum:
        reached[gap] = 1.0
    else:
        reached[:] = _levels_reached(place, tables, gap, lot, deepest, visits)
    total = 0.0
    for start in range(1, top + 1):
        if reached[start] > 0.0:
            for j in range(start):
                shares[start - j] += reached[start] * visits[j]
                total += reached[start] * visits[j]
    return shares / total


@compiled_with_arrays
def _levels_reached(
    place: Place, tables: Tables, gap: int, lot: int, deepest: int, visits: FloatArray
) -> FloatArray:
    """Share of orders that reach each position above the reorder point: share T = share, sum 1."""
    top, demand = visits.size, tables.demand
    equations = np.zeros((top, top + 1))
    for start in range(1, top + 1):
        for under in range(demand.size - 1):
            share = 0.0
            for above in range(1, min(start, demand.size - 1 - under) + 1):
                share += visits[start - above] * demand[above + under]
            short = min(under, deepest)
            equations[order_size(place, gap, lot, short) - short - 1, start - 1] += share
        equations[start - 1, start - 1] -= 1.0
    equations[top - 1, :] = 1.0
    for column in range(top):
        pivot = column
        for row in range(column + 1, top):
            if abs(equations[row, column]) > abs(equations[pivot, column]):
                pivot = row
        for k in range(column, top + 1):
            equations[column, k], equations[pivot, k] = equations[pivot, k], equations[column, k]
        for row in range(column + 1, top):
            factor = equations[row, column] / equations[column, column]
            if factor != 0.0:
                for k in range(column, top + 1):
                    equations[row, k] -= factor * equations[column, k]
    reached = np.zeros(top + 1)
    for row in range(top - 1, -1, -1):
        value = equations[row, top]
        for k in range(row + 1, top):
            value -= equations[row, k] * reached[k + 1]
        reached[row + 1] = max(0.0, value / equations[row, row])
    return reached


@compiled
def orders_per_review(tables: Tables, shares: FloatArray) -> float:
    """Probability that a review orders."""
    total, beyond = 0.0, tables.moving
    for above in range(1, shares.size):
        total += shares[above] * beyond
        if above < tables.demand.size:
            beyond = max(0.0, beyond - tables.demand[above])
        else:
            break
    return total


@compiled
def cost_of(place: Place, tables: Tables, shares: FloatArray, point: int) -> float:
    """Holding and shortage cost per day."""
    total = 0.0
    for above in range(1, shares.size):
        total += shares[above] * cost_at(place, tables, point + above)
    return total


@compiled
def service_of(place: Place, tables: Tables, shares: FloatArray, point: int, measure: int) -> float:
    """Fill rate, cycle service level or ready rate.

    A cycle ends with stock out when the position before an order, less the demand of the lead time, is negative.
    """
    total = 0.0
    if measure == FILL_RATE:
        for above in range(1, shares.size):
            total += shares[above] * at(tables.served, point + above)
        return min(1.0, total / (place.mean * place.review))
    if measure == READY_RATE:
        for above in range(1, shares.size):
            total += shares[above] * at(tables.ready, point + above)
        return min(1.0, total)
    for position in range(point + 1):
        before = 0.0
        for above in range(1, min(shares.size, tables.demand.size - point + position)):
            before += shares[above] * tables.demand[point + above - position]
        total += before * at(tables.lead_below, position)
    return min(1.0, total / orders_per_review(tables, shares))


@compiled
def least_reaching(
    place: Place, tables: Tables, shares: FloatArray, start: int, measure: int, share: float
) -> int:
    """Lowest reorder point from `start` or below whose service is at least `share`; galloping, then bisection."""
    high, step = start, 1
    highest = tables.on_hand.size + tables.demand.size + 1
    while high < highest and service_of(place, tables, shares, high, measure) < share:
        high += step
        step *= 2
    low, step = high - step, 1
    while low >= -shares.size and service_of(place, tables, shares, low, measure) >= share:
        high, low = low, low - step
        step *= 2
    while high - low > 1:
        middle = low + (high - low) // 2
        if service_of(place, tables, shares, middle, measure) >= share:
            high = middle
        else:
            low = middle
    return high


@compiled
def best_point(
    place: Place, tables: Tables, shares: FloatArray, start: int, measure: int, share: float
) -> tuple[int, float]:
    """Reorder point of least cost, where wanted among those that reach the target, and its cost without orders."""
    lowest = 0 if place.is_lost else -_UNLIMITED
    if measure != NO_MEASURE:
        lowest = max(lowest, least_reaching(place, tables, shares, start, measure, share))
    point = max(start, lowest)
    cost = cost_of(place, tables, shares, point)
    while True:
        above = cost_of(place, tables, shares, point + 1)
        if above >= cost:
            break
        point, cost = point + 1, above
    while point > lowest:
        below = cost_of(place, tables, shares, point - 1)
        if below > cost:
            break
        point, cost = point - 1, below
    return point, cost


@compiled_with_arrays
def best_of_sizes(
    place: Place, tables: Tables, is_lots: bool, is_single: bool, measure: int, share: float
) -> tuple[int, int]:
    """Reorder point and order size: for sizes in whole cases the best reorder point, until stock alone costs too much.

    Stock costs more the larger orders are; from where it costs as much as the best found so far, orders included,
    larger sizes are not looked at. Beyond 128 cases sizes are first tried in steps of an 128th.

    Returns:
        Reorder point, and lot or distance of the order-up-to level.
    """
    cases = (max(place.minimum, 1) + place.case - 1) // place.case
    first, best_cases, best_point_found, best_cost = cases, cases, 0, np.inf
    start, step, last = 0, 1, _UNLIMITED
    is_refined = False
    while cases <= last:
        size = 1 if is_single else (cases * place.case if is_lots else (cases - 1) * place.case + 1)
        shares = position_shares(place, tables, 0 if is_lots else size, size if is_lots else 0, _UNLIMITED)
        start, cost = best_point(place, tables, shares, start, measure, share)
        total = cost + place.order * orders_per_review(tables, shares) / place.review
        if total < best_cost:
            best_cases, best_point_found, best_cost = cases, start, total
        step = 1 if is_refined else max(1, cases // _FINE_STEPS)
        if is_single or (cost >= best_cost and not is_refined):
            last = min(last, cases)
            if not is_single and best_cases >= _FINE_STEPS:
                is_refined = True
                width = 2 * (best_cases // _FINE_STEPS)
                cases, last = max(first, best_cases - width) - 1, best_cases + width
                step = 1
        cases += step
    if is_single:
        return best_point_found, 1
    return best_point_found, best_cases * place.case if is_lots else (best_cases - 1) * place.case + 1


@compiled_with_arrays
def least_cost_lots(place: Place, tables: Tables) -> tuple[int, int, float]:
    """Best (r, nQ) after Federgruen and Zheng (1992), Operations Research 40(4), 808-813.

    The positions of the best Q are the Q cheapest in a row: from the cheapest one on, the cheaper neighbour is added. An
    order is placed in min(D(R), Q) / Q of reviews. Once a further position costs at least as much as the best policy
    does, no larger Q can be better.

    Returns:
        r, Q and cost per day.
    """
    low = 1 if place.is_lost else 0
    while cost_at(place, tables, low + 1) < cost_at(place, tables, low):
        low += 1
    high, quantity, total = low, 1, cost_at(place, tables, low)
    beyond, ordered = tables.moving, tables.moving
    best_cost, best_low, best_quantity = np.inf, low, 0
    lowest = 1 if place.is_lost else -_UNLIMITED
    below, above = np.inf, cost_at(place, tables, high + 1)
    if low > lowest:
        below = cost_at(place, tables, low - 1)
    while True:
        if quantity % place.case == 0 and quantity >= place.minimum:
            cost = (place.order * ordered / place.review + total) / quantity
            if cost < best_cost:
                best_cost, best_low, best_quantity = cost, low, quantity
            if min(below, above) >= best_cost:
                break
        if quantity < tables.demand.size:
            beyond = max(0.0, beyond - tables.demand[quantity])
            ordered += beyond
        quantity += 1
        if below < above:
            total += below
            low -= 1
            below = cost_at(place, tables, low - 1) if low > lowest else np.inf
        else:
            total += above
            high += 1
            above = cost_at(place, tables, high + 1)
    return best_low - 1, best_quantity, best_cost


@compiled_with_arrays
def evaluate_all(
    places: IntArray,
    money: FloatArray,
    is_lost: bool,
    point: IntArray,
    gap: IntArray,
    lot: IntArray,
    first: int,
    out: FloatArray,
) -> None:
    """Figures of given levels.

    Args:
        places: (n, 4) lead time, days between reviews, units of a case, least order.
        money: (n, 5) mean, variance to mean, holding, order and shortage cost.
        is_lost: unmet demand is lost.
        point: (n,) reorder points.
        gap: (n,) order-up-to level less reorder point; 0 where lots are ordered.
        lot: (n,)
        first: row to begin with.
        out: (m, FIGURES) rows from `first` on.
    """
    for row in range(out.shape[0]):
        i = first + row
        place = Place(
            money[i, 0], money[i, 1], places[i, 0], places[i, 1], money[i, 2], money[i, 3], money[i, 4],
            places[i, 2], places[i, 3], is_lost,
        )  # fmt: skip
        r = point[i]
        if place.mean <= 0.0 or (is_lost and r < 0):
            served = 1.0 if place.mean <= 0.0 else 0.0
            out[row, :] = 0.0
            out[row, :3] = served
            if place.mean <= 0.0:
                out[row, 3] = max(0, r + max(gap[i], lot[i]))
                out[row, 2] = 1.0 if out[row, 3] > 0 else 0.0
            else:
                out[row, 4] = place.mean
            continue
        tables = tabulate(place)
        deepest = r if is_lost and place.lead == 0 else _UNLIMITED
        shares = position_shares(place, tables, gap[i], lot[i], deepest)
        for measure in range(3):
            out[row, measure] = service_of(place, tables, shares, r, measure)
        on_hand, short = 0.0, 0.0
        for above in range(1, shares.size):
            on_hand += shares[above] * on_hand_at(tables, r + above)
            short += shares[above] * (r + above)
        out[row, 3] = on_hand
        if is_lost:
            out[row, 4] = place.mean * (1.0 - out[row, 0])
        else:
            out[row, 4] = max(0.0, on_hand - short + place.mean * (place.lead + 0.5 * (place.review + 1)))
        out[row, 5] = orders_per_review(tables, shares) / place.review


@compiled_with_arrays
def levels_all(
    places: IntArray,
    money: FloatArray,
    is_lost: bool,
    form: int,
    measure: int,
    share: FloatArray,
    first: int,
    out: IntArray,
) -> None:
    """Best levels: (m, 3) reorder point, order-up-to level, lot; rows from `first` on. See `evaluate_all`.

    Args:
        places: as there.
        money: as there.
        is_lost: as there.
        form: 0 order up to a level, 1 lots, 2 up to a level at every review.
        measure: of the target, or NO_MEASURE.
        share: (n,) target.
        first: as there.
        out: levels.
    """
    for row in range(out.shape[0]):
        i = first + row
        place = Place(
            money[i, 0], money[i, 1], places[i, 0], places[i, 1], money[i, 2], money[i, 3], money[i, 4],
            places[i, 2], places[i, 3], is_lost,
        )  # fmt: skip
        least = (max(place.minimum, 1) + place.case - 1) // place.case * place.case
        point, size = -1, least if form == 1 else 1
        if place.mean > 0.0:
            tables = tabulate(place)
            is_plain = measure == NO_MEASURE
            if is_plain and form == 0 and place.case == 1:
                point, top, _ = least_cost_min_max(place, tables)
                size = top - point
            if is_plain and form == 1:
                point, size, _ = least_cost_lots(place, tables)
            elif not is_plain or form == 2 or place.case > 1 or size < place.minimum:
                point, size = best_of_sizes(place, tables, form == 1, form == 2, measure, share[i])
        out[row, 0] = point
        out[row, 1] = 0 if form == 1 else point + size
        out[row, 2] = size if form == 1 else 0
