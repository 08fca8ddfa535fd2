"""An independent check of plans of tours: plain Python that shares no code with what makes them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from enum import Enum

import numpy as np

from optimize.broken import Broken
from optimize.routing.tours.plan import (
    BREAK,
    BREAK_ON_ARRIVAL,
    RELOAD,
    Tour,
    TourMoney,
    ToursPlan,
    ToursStatus,
    UnservedReason,
)
from optimize.routing.tours.problem import Tours


class TourRule(Enum):
    """What a plan must keep."""

    EVERY_VISIT_ONCE = "each visit is in one tour or left out, once"
    KNOWN_VEHICLE = "the vehicle exists and makes one tour"
    NOT_EMPTY = "a tour has visits"
    KNOWN_STOPS = "stops are visits, reloads and breaks, each with its times"
    ALLOWED = "the vehicle may make the visit"
    CAPACITY = "the goods aboard fit at every moment"
    PARTS = "parts and tools are aboard, or were loaded before"
    RELOADS = "reloads happen where there is a reload place, as often as allowed"
    ARRIVAL = "arrivals follow from departure, travel, breaks and service"
    START = "service starts after arrival and release"
    WINDOW = "service starts in a window"
    TWINS = "both visits of a crew start in the same second on different vehicles, or neither is made"
    SHIFT = "the tour lies within the shift"
    LONGEST = "the tour is no longer than allowed"
    BREAK = "a break is taken when it is due"
    DRIVING = "nobody drives longer than allowed without a break"
    END = "the end follows from the last stop"
    DISTANCE = "the distance is that of the legs"
    MONEY = "the money of each head is that of the tours"
    MUST = "as many visits that must be made are left out as the plan says"
    REASON = "the reason for leaving out a visit can be true"
    STATUS = "the status says what the plan is"
    BOUND = "no bound lies above the cost"


BrokenTourRule = Broken[TourRule]


def check_tours(problem: Tours, plan: ToursPlan) -> tuple[BrokenTourRule, ...]:
    """Find every rule that a plan breaks.

    Args:
        problem: What was to be planned.
        plan: The plan.

    Returns:
        Broken rules; empty for a good plan. Times, goods and money are looked at only where the tours name visits and
        vehicles that exist.
    """
    broken = list(_names(problem, plan))
    if broken:
        return tuple(broken)
    for tour in plan.tours:
        rules = [
            *_who(problem, tour),
            *_goods(problem, tour),
            *_clock(problem, tour),
            *_breaks(problem, tour),
        ]
        broken += [BrokenTourRule(rule, f"vehicle {tour.vehicle}") for rule in dict.fromkeys(rules)]
    return (*broken, *_twins(problem, plan), *_left_out(problem, plan), *_totals(problem, plan))


def _names(problem: Tours, plan: ToursPlan) -> Iterator[BrokenTourRule]:
    times = Counter(stop for tour in plan.tours for stop in tour.stops if stop >= 0)
    times.update(one.visit for one in plan.unserved)
    for visit in sorted({*range(problem.visit_count), *times}):
        if times[visit] != 1 or not 0 <= visit < problem.visit_count:
            yield BrokenTourRule(TourRule.EVERY_VISIT_ONCE, f"visit {visit}")
    tours_of = Counter(tour.vehicle for tour in plan.tours)
    for vehicle, tours in tours_of.items():
        if tours != 1 or not 0 <= vehicle < problem.vehicle_count:
            yield BrokenTourRule(TourRule.KNOWN_VEHICLE, f"vehicle {vehicle}")
    for tour in plan.tours:
        if not tour.visits:
            yield BrokenTourRule(TourRule.NOT_EMPTY, f"vehicle {tour.vehicle}")
        lengths = {len(tour.stops), len(tour.arrival_seconds), len(tour.start_seconds)}
        follows_nothing = bool(tour.stops) and tour.stops[-1] == BREAK_ON_ARRIVAL
        if min(tour.stops, default=0) < BREAK_ON_ARRIVAL or len(lengths) > 1 or follows_nothing:
            yield BrokenTourRule(TourRule.KNOWN_STOPS, f"vehicle {tour.vehicle}")


def _who(problem: Tours, tour: Tour) -> Iterator[TourRule]:
    vehicles = problem.vehicles
    if not all(problem.allowed[vehicles.kind[tour.vehicle], visit] for visit in tour.visits):
        yield TourRule.ALLOWED
    reloads = tour.stops.count(RELOAD)
    if reloads > vehicles.most_reloads[tour.vehicle] or (reloads and vehicles.reload_place[tour.vehicle] < 0):
        yield TourRule.RELOADS


def _goods(problem: Tours, tour: Tour) -> Iterator[TourRule]:
    visits, vehicle = problem.visits, tour.vehicle
    trips: list[list[int]] = [[]]
    for stop in tour.order:
        if stop == RELOAD:
            trips.append([])
        else:
            trips[-1].append(stop)
    for dimension, capacity in enumerate(problem.vehicles.capacity[vehicle].tolist()):
        for trip in trips:
            aboard = sum(int(visits.load[visit, dimension]) for visit in trip)
            peak = aboard
            for visit in trip:
                aboard += int(visits.collected[visit, dimension]) - int(visits.load[visit, dimension])
                peak = max(peak, aboard)
            if peak > capacity:
                yield TourRule.CAPACITY
    for item, units in enumerate(problem.vehicles.on_board[vehicle].tolist()):
        needs = [int(visits.parts[visit, item]) for visit in trips[0]]
        needed = max(needs, default=0) if visits.is_tool[item] else sum(needs)
        if needed > units:
            yield TourRule.PARTS


def _clock(problem: Tours, tour: Tour) -> Iterator[TourRule]:
    visits, vehicles, vehicle = problem.visits, problem.vehicles, tour.vehicle
    clock, place, metres = tour.depart_second, int(vehicles.start_place[vehicle]), 0
    has_arrived = False
    for number, stop in enumerate(tour.stops):
        arrival, start = tour.arrival_seconds[number], tour.start_seconds[number]
        if stop != BREAK and not has_arrived:
            following = next(other for other in tour.stops[number:] if other != BREAK_ON_ARRIVAL)
            there = int(vehicles.reload_place[vehicle] if following == RELOAD else visits.place[following])
            clock = _arrival(problem, clock, place, there)
            metres += int(problem.roads.distance_metres[place, there])
            place = there
            reached = clock
        if stop >= RELOAD:
            if arrival != reached:
                yield TourRule.ARRIVAL
        elif arrival != clock:
            yield TourRule.ARRIVAL
        if start < clock or (stop == RELOAD and start != clock):
            yield TourRule.START
        has_arrived = stop == BREAK_ON_ARRIVAL
        if stop >= 0:
            if start < visits.release_second[stop]:
                yield TourRule.START
            windows = zip(
                visits.window_opens[stop].tolist(), visits.window_closes[stop].tolist(), strict=True
            )
            if not any(opens <= start <= closes for opens, closes in windows):
                yield TourRule.WINDOW
        clock = start + _stay(problem, vehicle, stop)
    end_place = int(vehicles.end_place[vehicle])
    if end_place >= 0:
        clock = _arrival(problem, clock, place, end_place)
        metres += int(problem.roads.distance_metres[place, end_place])
    if tour.end_second != clock:
        yield TourRule.END
    if tour.distance_metres != metres:
        yield TourRule.DISTANCE
    if (
        tour.depart_second < vehicles.shift_start_second[vehicle]
        or tour.end_second > vehicles.shift_end_second[vehicle]
    ):
        yield TourRule.SHIFT
    if tour.end_second - tour.depart_second > vehicles.longest_seconds[vehicle]:
        yield TourRule.LONGEST


def _stay(problem: Tours, vehicle: int, stop: int) -> int:
    if stop >= 0:
        return int(problem.service_seconds[problem.vehicles.kind[vehicle], stop])
    stays = problem.vehicles.reload_seconds if stop == RELOAD else problem.vehicles.break_seconds
    return int(stays[vehicle])


def _arrival(problem: Tours, depart: int, here: int, there: int) -> int:
    """Drive hour by hour, each at its own speed."""
    left = float(problem.roads.travel_seconds[here, there])
    factors = problem.roads.hour_factors
    if factors is None:
        return depart + int(left)
    clock = float(depart)
    while True:
        hour = math.floor(clock / 3600)
        slower = float(factors[hour % 24])
        until_next = (hour + 1) * 3600 - clock
        if left * slower <= until_next:
            return math.ceil(clock + left * slower - 1e-6)
        left -= until_next / slower
        clock = (hour + 1) * 3600.0


def _breaks(problem: Tours, tour: Tour) -> Iterator[TourRule]:
    vehicles, vehicle = problem.vehicles, tour.vehicle
    earliest = int(vehicles.break_earliest_second[vehicle])
    latest = int(vehicles.break_latest_second[vehicle])
    longest = int(vehicles.longest_driving_seconds[vehicle])
    length = int(vehicles.break_seconds[vehicle])
    taken = [
        start
        for stop, start in zip(tour.stops, tour.start_seconds, strict=True)
        if stop in (BREAK, BREAK_ON_ARRIVAL)
    ]
    in_window = [start for start in taken if earliest <= start <= latest]
    due = length > 0 and tour.depart_second <= latest < tour.end_second
    if (due and not in_window) or (taken and not length) or (not longest and len(in_window) < len(taken)):
        yield TourRule.BREAK
    if longest and max(_drives(problem, tour)) > longest:
        yield TourRule.DRIVING


def _drives(problem: Tours, tour: Tour) -> Iterator[int]:
    """Seconds driven from break to break: a leg takes from the end of a stay to the next arrival."""
    driven, clock, has_arrived = 0, tour.depart_second, False
    for stop, arrival, start in zip(tour.stops, tour.arrival_seconds, tour.start_seconds, strict=True):
        if stop != BREAK and not has_arrived:
            driven += arrival - clock
        if stop in (BREAK, BREAK_ON_ARRIVAL):
            yield driven
            driven = 0
        has_arrived = stop == BREAK_ON_ARRIVAL
        clock = start + _stay(problem, tour.vehicle, stop)
    yield driven + tour.end_second - clock


def _twins(problem: Tours, plan: ToursPlan) -> Iterator[BrokenTourRule]:
    made = {
        stop: (tour.vehicle, start)
        for tour in plan.tours
        for stop, start in zip(tour.stops, tour.start_seconds, strict=True)
        if stop >= 0
    }
    for visit, twin in enumerate(problem.visits.twin.tolist()):
        if twin > visit:
            one, other = made.get(visit), made.get(twin)
            apart = one is not None and other is not None and (one[1] != other[1] or one[0] == other[0])
            if (one is None) != (other is None) or apart:
                yield BrokenTourRule(TourRule.TWINS, f"visits {visit} and {twin}")


def _left_out(problem: Tours, plan: ToursPlan) -> Iterator[BrokenTourRule]:
    for one in plan.unserved:
        able = _able(problem, one.visit)
        says = list(UnservedReason).index(one.reason)
        if one.reason in (UnservedReason.COST, UnservedReason.FLEET):
            can_be = able is None
        else:
            can_be = able is not None and list(UnservedReason).index(able) == says
        if one.reason is UnservedReason.COST and math.isinf(problem.visits.unserved_cost[one.visit]):
            can_be = False
        if one.is_outsourced != bool(problem.visits.is_outsourced[one.visit]):
            can_be = False
        if not can_be:
            yield BrokenTourRule(TourRule.REASON, f"visit {one.visit}")


def _able(problem: Tours, visit: int) -> UnservedReason | None:
    """What keeps all vehicles from making only this visit, breaks aside; None: nothing does."""
    visits, vehicles = problem.visits, problem.vehicles
    able = [v for v in range(problem.vehicle_count) if problem.allowed[vehicles.kind[v], visit]]
    if not able:
        return UnservedReason.NOBODY
    goods = np.maximum(visits.load[visit], visits.collected[visit])
    able = [v for v in able if (goods <= vehicles.capacity[v]).all()]
    if not able:
        return UnservedReason.CAPACITY
    equipped = [v for v in able if (visits.parts[visit] <= vehicles.on_board[v]).all()]
    able = [v for v in able if v in equipped or vehicles.most_reloads[v] > 0]
    if not able:
        return UnservedReason.PARTS
    ends = [_alone(problem, visit, v, v in equipped) for v in able]
    in_time = [(v, times) for v, times in zip(able, ends, strict=True) if times is not None]
    if not in_time:
        return UnservedReason.TIME_WINDOW
    if not any(
        end <= vehicles.shift_end_second[v] and shortest <= vehicles.longest_seconds[v]
        for v, (end, shortest) in in_time
    ):
        return UnservedReason.SHIFT
    return None


def _alone(problem: Tours, visit: int, vehicle: int, is_equipped: bool) -> tuple[int, int] | None:
    """Earliest end of a tour with one visit, and how long it takes; None: it comes too late for the visit."""
    vehicles = problem.vehicles
    earliest = int(vehicles.shift_start_second[vehicle])
    end = _end_alone(problem, visit, vehicle, is_equipped, earliest)
    if end is None:
        return None
    latest, too_late = earliest, end + 1
    while too_late - latest > 1:
        middle = (latest + too_late) // 2
        if _end_alone(problem, visit, vehicle, is_equipped, middle) == end:
            latest = middle
        else:
            too_late = middle
    return end, end - latest


def _end_alone(problem: Tours, visit: int, vehicle: int, is_equipped: bool, depart: int) -> int | None:
    visits, vehicles = problem.visits, problem.vehicles
    clock, place, there = depart, int(vehicles.start_place[vehicle]), int(visits.place[visit])
    if not is_equipped:
        station = int(vehicles.reload_place[vehicle])
        clock = _arrival(problem, clock, place, station) + int(vehicles.reload_seconds[vehicle])
        place = station
    ready = max(_arrival(problem, clock, place, there), int(visits.release_second[visit]))
    windows = zip(visits.window_opens[visit].tolist(), visits.window_closes[visit].tolist(), strict=True)
    starts = [max(ready, opens) for opens, closes in windows if max(ready, opens) <= closes]
    if not starts:
        return None
    clock, end_place = min(starts) + _stay(problem, vehicle, visit), int(vehicles.end_place[vehicle])
    return clock if end_place < 0 else _arrival(problem, clock, there, end_place)


def _totals(problem: Tours, plan: ToursPlan) -> Iterator[BrokenTourRule]:
    money = _money(problem, plan)
    for head, amount in money.by_head().items():
        if not math.isclose(plan.money.by_head()[head], amount, rel_tol=1e-9, abs_tol=1e-6):
            yield BrokenTourRule(TourRule.MONEY, head)
    costs = problem.visits.unserved_cost
    must = [one for one in plan.unserved if math.isinf(costs[one.visit])]
    if plan.must_unserved != len(must):
        yield BrokenTourRule(TourRule.MUST, "plan")
    if must:
        proven = any(one.reason not in (UnservedReason.COST, UnservedReason.FLEET) for one in must)
        fitting = {ToursStatus.INFEASIBLE if proven else ToursStatus.PARTIAL}
    else:
        fitting = {ToursStatus.SERVED, ToursStatus.OPTIMAL}
    if not problem.visit_count:
        fitting = {ToursStatus.NOTHING_TO_DO}
    if plan.status not in fitting:
        yield BrokenTourRule(TourRule.STATUS, "plan")
    if plan.bound is not None and plan.bound > money.total * (1 + 1e-9) + 1e-6:
        yield BrokenTourRule(TourRule.BOUND, "plan")


def _money(problem: Tours, plan: ToursPlan) -> TourMoney:
    vehicles = problem.vehicles
    heads = dict.fromkeys(TourMoney().by_head(), 0.0)
    for tour in plan.tours:
        row, hours = tour.vehicle, (tour.end_second - tour.depart_second) / 3600.0
        over = max(0, tour.end_second - int(vehicles.regular_end_second[row])) / 3600.0
        heads["fixed"] += float(vehicles.cost_fixed[row])
        heads["fixed"] += float(vehicles.cost_per_reload[row]) * tour.stops.count(RELOAD)
        heads["distance"] += float(vehicles.cost_per_km[row]) * tour.distance_metres / 1000.0
        heads["hours"] += float(vehicles.cost_per_hour[row]) * hours
        heads["overtime"] += float(vehicles.overtime_cost_per_hour[row]) * over
        heads["balance"] += float(vehicles.balance_cost[row]) * hours * hours
        for stop, start in zip(tour.stops, tour.start_seconds, strict=True):
            if stop >= 0:
                heads["lateness"] += _lateness(problem, stop, start)
                heads["extra"] += float(problem.extra_cost[vehicles.kind[row], stop])
    costs = problem.visits.unserved_cost
    heads["unserved"] = sum(
        float(costs[one.visit]) for one in plan.unserved if math.isfinite(costs[one.visit])
    )
    return TourMoney(**heads)


def _lateness(problem: Tours, visit: int, start: int) -> float:
    late = start - int(problem.visits.due_second[visit])
    row = int(problem.visits.lateness_class[visit])
    if row < 0 or late <= 0:
        return 0.0
    seconds, cost = problem.lateness.seconds[row].tolist(), problem.lateness.cost[row].tolist()
    piece = next((at for at in range(len(seconds) - 1) if late <= seconds[at + 1]), len(seconds) - 2)
    slope = (cost[piece + 1] - cost[piece]) / (seconds[piece + 1] - seconds[piece])
    return float(cost[piece] + slope * (late - seconds[piece]))


__all__ = ["BrokenTourRule", "TourRule", "check_tours"]
