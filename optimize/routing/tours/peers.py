"""The same tours searched for by PyVRP and by OR-Tools: for comparison, and for whoever prefers them.

Both count in whole numbers: money is rounded to 3,600ths on each leg, so that the price of an hour falls on its
seconds; a finer grain would leave PyVRP's penalties, which end at 100,000, too small to matter. Neither knows all rules
of `Tours`; what an engine does not know is named before anything is solved. For PyVRP, who may not make a visit finds
no road to it. What a visit takes is driven on the way from it, for it differs by kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from optimize.arguments import count
from optimize.routing.tours.decoding import decode
from optimize.routing.tours.loading import BY_SIZE, Work
from optimize.routing.tours.plan import ToursPlan
from optimize.routing.tours.problem import BoolArray, FloatArray, IntArray, Tours
from optimize.routing.tours.repairing import keep_what_fits
from optimize.routing.tours.searching import checked

_MOST_ITERATIONS, _MOST_SEED = 10**12, 2**32 - 1
_UNITS = 3_600
"""Of money."""
_MUST = 2**50
"""Units for leaving out a visit that must be made: 300 billion of money, and thousands of them still add up."""
_NO_ROAD = 10**9
_UNBOUNDED_SECONDS = 10**9

Stop = Callable[[], bool]
"""Asked now and then: whether to stop."""


class NotSupportedError(ValueError):
    """A problem has rules that an engine does not know."""


def tours_by_pyvrp(problem: Tours, iterations: int, seed: int = 1, stop: Stop | None = None) -> ToursPlan:
    """Search by PyVRP's iterated local search (Wouda, Lan & Kool 2024, INFORMS Journal on Computing 36(4), 943-955).

    Args:
        problem: Single windows, no crews, parts, reloads, breaks, lateness, overtime, balance or hours of the day.
        iterations: Of its local search.
        seed: Of its random numbers.
        stop: Asked before each iteration as well; for comparisons by CPU time.

    Returns:
        Its best plan, timed by our rules, which passed `check_tours`; what it found no room for is left out.

    Raises:
        ModuleNotFoundError: PyVRP is not installed.
        NotSupportedError: the problem has other rules.
        ValueError: `iterations` or `seed` is out of bounds.
    """
    wanted = count("iterations", iterations, 0, _MOST_ITERATIONS)
    number = count("seed", seed, 0, _MOST_SEED)
    _refuse("PyVRP", {**_rules_of_neither(problem), **_rules_of_ortools_only(problem)})
    try:
        import pyvrp
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "PyVRP is not installed: pip install 'dualedge[bench]' brings the version compared with"
        ) from missing
    if not problem.visit_count or not problem.vehicle_count:
        return _plan(problem, {}, 0)
    done = -1

    def ends(best_cost: int) -> bool:
        nonlocal done
        del best_cost
        done += 1
        return done >= wanted or (stop is not None and stop())

    found = pyvrp.solve(_pyvrp_data(pyvrp, problem), ends, seed=number, collect_stats=False)
    kinds, free = np.unique(problem.vehicles.kind), _vehicles_by_kind(problem)
    orders: dict[int, tuple[int, ...]] = {}
    for route in found.best.routes():
        stops = tuple(visit.idx for visit in route.schedule() if visit.is_client())
        if stops:
            orders[free[int(kinds[route.vehicle_type()])].pop(0)] = stops
    return _plan(problem, orders, max(done, 0))


def _pyvrp_data(pyvrp: Any, problem: Tours) -> Any:
    """Places are the visits, then start and end of each kind: ends of their own, for open tours have no way there."""
    visits, fleet, n = problem.visits, problem.vehicles, problem.visit_count
    kinds = np.unique(fleet.kind)
    first = [int(np.flatnonzero(fleet.kind == kind)[0]) for kind in kinds]
    is_used = visits.window_opens <= visits.window_closes
    window = np.arange(n), np.argmax(is_used, axis=1)
    opens, closes = (
        np.maximum(visits.window_opens[window], visits.release_second),
        visits.window_closes[window],
    )
    # Its times begin at 0; ours may lie before midnight.
    zero = int(min(fleet.shift_start_second.min(), 0))
    clients = [
        pyvrp.Client(
            visit,
            visits.load[visit].tolist(),
            visits.collected[visit].tolist(),
            tw_early=max(0, int(opens[visit]) - zero),
            tw_late=max(0, int(closes[visit]) - zero),
            required=bool(np.isinf(visits.unserved_cost[visit])),
            prize=0 if np.isinf(visits.unserved_cost[visit]) else round(visits.unserved_cost[visit] * _UNITS),
        )
        for visit in range(n)
    ]
    types = [
        pyvrp.VehicleType(
            int((fleet.kind == kind).sum()),
            fleet.capacity[vehicle].tolist(),
            2 * row,
            2 * row + 1,
            fixed_cost=round(fleet.cost_fixed[vehicle] * _UNITS),
            tw_early=int(fleet.shift_start_second[vehicle]) - zero,
            tw_late=int(fleet.shift_end_second[vehicle]) - zero,
            shift_duration=int(fleet.longest_seconds[vehicle]),
            unit_distance_cost=1,
            unit_duration_cost=round(fleet.cost_per_hour[vehicle] * _UNITS / 3600),
            profile=row,
        )
        for row, (kind, vehicle) in enumerate(zip(kinds.tolist(), first, strict=True))
    ]
    size = n + 2 * len(kinds)
    money = np.zeros((len(kinds), size, size), dtype=np.int64)
    seconds = np.full((len(kinds), size, size), _NO_ROAD, dtype=np.int64)
    for row, (kind, vehicle) in enumerate(zip(kinds.tolist(), first, strict=True)):
        cost, time = _legs(problem, vehicle)
        inside = [*range(n), n + 2 * row, n + 2 * row + 1]
        time[:, :n][:, ~problem.allowed[kind]] = _NO_ROAD
        money[row][np.ix_(inside, inside)] = np.rint(cost * _UNITS)
        seconds[row][np.ix_(inside, inside)] = time
        np.fill_diagonal(seconds[row], 0)
    return pyvrp.ProblemData(
        [pyvrp.Location(0, 0)] * size,
        clients,
        [pyvrp.Depot(n + place) for place in range(2 * len(kinds))],
        types,
        list(money),
        list(seconds),
    )


def tours_by_ortools(problem: Tours, solution_limit: int, stop: Stop | None = None) -> ToursPlan:
    """Search by OR-Tools routing: parallel cheapest insertion, then guided local search.

    Args:
        problem: No crews, reloads, breaks, balance, hours of the day, or goods taken back beside goods brought;
            lateness at one rate for each visit.
        solution_limit: Solutions the search may look at.
        stop: Asked throughout as well; for comparisons by CPU time.

    Returns:
        Its best plan, timed by our rules, which passed `check_tours`; what it found no room for is left out.

    Raises:
        NotSupportedError: the problem has other rules.
        ValueError: `solution_limit` is out of bounds.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    wanted = count("solution_limit", solution_limit, 1, _MOST_ITERATIONS)
    returns = problem.visits.collected.any() and problem.visits.load.any()
    _refuse(
        "OR-Tools", {**_rules_of_neither(problem), "goods taken back beside goods brought": bool(returns)}
    )
    n, fleet = problem.visit_count, problem.vehicle_count
    # With one visit there is no neighbour to move to, and guided local search would look for one for ever.
    if n < 2 or not fleet:
        work = Work.on(problem)
        work.fill(BY_SIZE)
        return checked(problem, decode(work, iterations=0, used_fallback=True))
    manager = pywrapcp.RoutingIndexManager(
        n + 2 * fleet, fleet, [n + 2 * row for row in range(fleet)], [n + 2 * row + 1 for row in range(fleet)]
    )
    routing = pywrapcp.RoutingModel(manager)
    _add_people(problem, manager, routing)
    _add_times(problem, manager, routing)
    _add_goods(problem, routing)
    looked_at = 0

    def remember() -> None:
        nonlocal looked_at
        looked_at += 1

    routing.AddAtSolutionCallback(remember)
    if stop is not None:
        routing.AddSearchMonitor(routing.solver().CustomLimit(stop))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.solution_limit = wanted
    # Its default of a tenth of a second of wall time would make results depend on the machine.
    parameters.lns_time_limit.seconds = _UNBOUNDED_SECONDS
    found = routing.SolveWithParameters(parameters)
    orders: dict[int, tuple[int, ...]] = {}
    for vehicle in range(fleet if found is not None else 0):
        stops, index = [], found.Value(routing.NextVar(routing.Start(vehicle)))
        while not routing.IsEnd(index):
            stops.append(manager.IndexToNode(index))
            index = found.Value(routing.NextVar(index))
        if stops:
            orders[vehicle] = tuple(stops)
    return _plan(problem, orders, looked_at)


def _add_people(problem: Tours, manager: Any, routing: Any) -> None:
    """Who may make which visit, what it costs on the way there, and what leaving it out costs."""
    visits, fleet = problem.visits, problem.vehicles
    tools = visits.is_tool
    has_tools: BoolArray = np.all(visits.parts[None, :, tools] <= fleet.on_board[:, None, tools], axis=2)
    for vehicle in range(problem.vehicle_count):
        legs, _ = _legs(problem, vehicle)
        money = _spread(problem, np.rint(legs * _UNITS), vehicle)
        routing.SetArcCostEvaluatorOfVehicle(routing.RegisterTransitMatrix(money.tolist()), vehicle)
        routing.SetFixedCostOfVehicle(round(fleet.cost_fixed[vehicle] * _UNITS), vehicle)
    for visit in range(problem.visit_count):
        index, cost = manager.NodeToIndex(visit), float(visits.unserved_cost[visit])
        routing.AddDisjunction([index], _MUST if np.isinf(cost) else round(cost * _UNITS))
        able = problem.allowed[fleet.kind, visit] & has_tools[:, visit]
        routing.VehicleVar(index).SetValues([-1, *np.flatnonzero(able).tolist()])


def _add_times(problem: Tours, manager: Any, routing: Any) -> None:
    visits, fleet, n = problem.visits, problem.vehicles, problem.visit_count
    opens = np.maximum(visits.window_opens, visits.release_second[:, None])
    zero = int(min(0, fleet.shift_start_second.min()))
    horizon = int(fleet.shift_end_second.max()) - zero
    evaluators = []
    for vehicle in range(problem.vehicle_count):
        _, seconds = _legs(problem, vehicle)
        evaluators.append(routing.RegisterTransitMatrix(_spread(problem, seconds, vehicle).tolist()))
    routing.AddDimensionWithVehicleTransits(evaluators, horizon, horizon, False, "time")
    time = routing.GetDimensionOrDie("time")
    for visit in range(n):
        begins = time.CumulVar(manager.NodeToIndex(visit))
        used = sorted(
            (max(0, int(first) - zero), min(horizon, int(last) - zero))
            for first, last in zip(opens[visit], visits.window_closes[visit], strict=True)
            if first <= last and first - zero <= horizon and last >= zero
        )
        if not used:
            routing.ActiveVar(manager.NodeToIndex(visit)).SetValue(0)
            continue
        begins.SetRange(used[0][0], max(last for _, last in used))
        closed = used[0][1]
        for first, last in used[1:]:
            if first > closed + 1:
                begins.RemoveInterval(closed + 1, first - 1)
            closed = max(closed, last)
        row = int(visits.lateness_class[visit])
        if row >= 0:
            rate = problem.lateness.cost[row, 1] / problem.lateness.seconds[row, 1]
            time.SetCumulVarSoftUpperBound(
                manager.NodeToIndex(visit), max(0, int(visits.due_second[visit]) - zero), round(rate * _UNITS)
            )
    for vehicle in range(problem.vehicle_count):
        starts, ends = routing.Start(vehicle), routing.End(vehicle)
        for end in (starts, ends):
            time.CumulVar(end).SetRange(
                int(fleet.shift_start_second[vehicle]) - zero, int(fleet.shift_end_second[vehicle]) - zero
            )
        time.SetSpanUpperBoundForVehicle(min(horizon, int(fleet.longest_seconds[vehicle])), vehicle)
        time.SetSpanCostCoefficientForVehicle(round(fleet.cost_per_hour[vehicle] * _UNITS / 3600), vehicle)
        overtime = round(fleet.overtime_cost_per_hour[vehicle] * _UNITS / 3600)
        if overtime and fleet.regular_end_second[vehicle] < fleet.shift_end_second[vehicle]:
            time.SetCumulVarSoftUpperBound(
                ends, max(0, int(fleet.regular_end_second[vehicle]) - zero), overtime
            )
        routing.AddVariableMinimizedByFinalizer(time.CumulVar(ends))
        routing.AddVariableMaximizedByFinalizer(time.CumulVar(starts))


def _add_goods(problem: Tours, routing: Any) -> None:
    visits, fleet = problem.visits, problem.vehicles
    rows = [
        *zip((visits.load + visits.collected).T, fleet.capacity.T, strict=True),
        *(
            (visits.parts[:, part], fleet.on_board[:, part])
            for part in range(visits.parts.shape[1])
            if not visits.is_tool[part]
        ),
    ]
    for number, (taken, most) in enumerate(rows):
        loads = [*taken.tolist(), *[0] * (2 * problem.vehicle_count)]
        routing.AddDimensionWithVehicleCapacity(
            routing.RegisterUnaryTransitVector(loads), 0, most.tolist(), True, f"goods {number}"
        )


def _legs(problem: Tours, vehicle: int) -> tuple[FloatArray, IntArray]:
    """(n + 2, n + 2) money of distance and of who goes there, and seconds, from row to column: visits, start, end.

    What a visit takes is in its row.
    """
    n, fleet, kind = problem.visit_count, problem.vehicles, problem.vehicles.kind[vehicle]
    start, end = int(fleet.start_place[vehicle]), int(fleet.end_place[vehicle])
    places = np.array([*problem.visits.place, start, max(end, 0)], dtype=np.int64)
    square = np.ix_(places, places)
    metres = problem.roads.distance_metres[square].astype(np.float64)
    seconds = problem.roads.travel_seconds[square]
    if end < 0:
        metres[:, n + 1] = seconds[:, n + 1] = 0
    seconds[:n] += problem.service_seconds[kind, :, None]
    money = float(fleet.cost_per_km[vehicle]) / 1000.0 * metres
    money[:, :n] += problem.extra_cost[kind]
    np.fill_diagonal(money, 0.0)
    np.fill_diagonal(seconds, 0)
    return money, seconds


def _spread(problem: Tours, legs: FloatArray | IntArray, vehicle: int) -> IntArray:
    """Legs of one vehicle among the nodes of all: visits, then start and end of each vehicle."""
    n = problem.visit_count
    nodes = [*range(n), n + 2 * vehicle, n + 2 * vehicle + 1]
    spread = np.zeros((n + 2 * problem.vehicle_count,) * 2, dtype=np.int64)
    spread[np.ix_(nodes, nodes)] = legs
    return spread


def _rules_of_neither(problem: Tours) -> dict[str, bool]:
    visits, fleet, curves = problem.visits, problem.vehicles, problem.lateness
    slopes = np.diff(curves.cost, axis=1) / np.diff(curves.seconds, axis=1)
    is_bent: BoolArray = np.any(~np.isclose(slopes, slopes[:, :1]), axis=1)
    return {
        "crews": bool((visits.twin >= 0).any()),
        "reloads": bool((fleet.most_reloads > 0).any()),
        "breaks": bool((fleet.break_seconds > 0).any()),
        "balance": bool(fleet.balance_cost.any()),
        "travel by hour of the day": problem.roads.hour_factors is not None,
        "lateness at several rates": bool(is_bent[visits.lateness_class[visits.lateness_class >= 0]].any()),
    }


def _rules_of_ortools_only(problem: Tours) -> dict[str, bool]:
    visits, fleet = problem.visits, problem.vehicles
    late = visits.lateness_class[visits.lateness_class >= 0]
    return {
        "several windows": bool(((visits.window_opens <= visits.window_closes).sum(axis=1) > 1).any()),
        "lateness": bool(problem.lateness.cost[late].any()),
        "overtime": bool(
            (fleet.overtime_cost_per_hour[fleet.regular_end_second < fleet.shift_end_second] > 0).any()
        ),
        "parts and tools": bool(visits.parts.any()),
    }


def _refuse(engine: str, rules: Mapping[str, bool]) -> None:
    unknown = [rule for rule, is_there in rules.items() if is_there]
    if unknown:
        raise NotSupportedError(f"{engine} does not know {', '.join(unknown)}: use search_tours")


def _vehicles_by_kind(problem: Tours) -> dict[int, list[int]]:
    kind = problem.vehicles.kind
    return {int(one): np.flatnonzero(kind == one).tolist() for one in np.unique(kind)}


def _plan(problem: Tours, orders: Mapping[int, tuple[int, ...]], iterations: int) -> ToursPlan:
    """What an engine found by our rules: what does not fit is dropped, nothing is inserted."""
    work = Work.on(problem)
    keep_what_fits(work, orders, {})
    return checked(problem, decode(work, iterations=iterations))


__all__ = ["NotSupportedError", "Stop", "tours_by_ortools", "tours_by_pyvrp"]
