"""The same problems solved by PyVRP and by OR-Tools: for comparison, and for whoever prefers them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from optimize.arguments import count
from optimize.routing.plain.problem import PlainProblem, PlainRoute, PlainSolution
from optimize.routing.plain.search import search_plain
from optimize.routing.plain.unserved import unserved_stops
from scenarios import SolveStatus

_MOST_ITERATIONS, _MOST_SEED = 10**12, 2**32 - 1
_NO_COST = 2**62
_UNBOUNDED_SECONDS = 10**9

Stop = Callable[[int | None], bool]
"""Given the cost of the best feasible solution so far, None before there is one: whether to stop."""


def search_with_pyvrp(
    problem: PlainProblem, iterations: int, seed: int = 1, stop: Stop | None = None
) -> PlainSolution:
    """Solve by PyVRP's iterated local search (Wouda, Lan & Kool 2024, INFORMS Journal on Computing 36(4), 943-955).

    Args:
        problem: The problem. A stop that cannot be served leaves PyVRP without any feasible solution.
        iterations: Of its local search.
        seed: Of its random generator.
        stop: Asked before each iteration as well; for comparisons by CPU time.

    Returns:
        Its best solution; without routes where none was feasible.

    Raises:
        ModuleNotFoundError: PyVRP is not installed.
        ValueError: `iterations` or `seed` is out of bounds.
    """
    wanted = count("iterations", iterations, 0, _MOST_ITERATIONS)
    number = count("seed", seed, 0, _MOST_SEED)
    try:
        import pyvrp
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "PyVRP is not installed: pip install 'dualedge[bench]' brings the version compared with"
        ) from missing
    done = -1

    def ends(best_cost: float) -> bool:
        nonlocal done
        done += 1
        return done >= wanted or (stop is not None and stop(int(best_cost) if best_cost < _NO_COST else None))

    found = pyvrp.solve(_pyvrp_data(pyvrp, problem), ends, seed=number, collect_stats=False)
    if not found.is_feasible():
        return _solution(problem, (), done)
    routes = (
        _route(problem, route.start_depot(), (visit.idx for visit in route.schedule() if visit.is_client()))
        for route in found.best.routes()
    )
    return _solution(problem, routes, done)


def _pyvrp_data(pyvrp: Any, problem: PlainProblem) -> Any:
    """The problem as PyVRP reads it; times are left out where nothing depends on them, which makes it quicker."""
    timed = problem.has_windows
    depots = [
        pyvrp.Depot(
            depot,
            **(
                {
                    "tw_early": int(problem.depot_opens[depot]),
                    "tw_late": int(problem.depot_closes[depot]),
                }
                if timed
                else {}
            ),
        )
        for depot in range(problem.depot_count)
    ]
    clients = [
        pyvrp.Client(
            problem.depot_count + stop,
            [int(problem.demand[stop])],
            service_duration=int(problem.service[stop]),
            **({"tw_early": int(problem.opens[stop]), "tw_late": int(problem.closes[stop])} if timed else {}),
        )
        for stop in range(problem.stop_count)
    ]
    limit = problem.longest_route
    types = [
        pyvrp.VehicleType(
            _fleet(problem, depot),
            [int(problem.capacity[depot])],
            depot,
            depot,
            **({} if limit is None else {"shift_duration": limit}),
        )
        for depot in range(problem.depot_count)
        if _fleet(problem, depot)
    ]
    durations = problem.travel if timed or limit is not None else np.zeros_like(problem.travel)
    locations = [pyvrp.Location(0, 0)] * (problem.depot_count + problem.stop_count)
    return pyvrp.ProblemData(locations, clients, depots, types, [problem.cost], [durations])


def search_with_ortools(
    problem: PlainProblem, solution_limit: int, stop: Stop | None = None
) -> PlainSolution:
    """Solve by OR-Tools routing: parallel cheapest insertion, then guided local search.

    Args:
        problem: The problem; a longest route counts waiting.
        solution_limit: Solutions the search may look at.
        stop: Asked throughout as well; for comparisons by CPU time.

    Returns:
        Its best solution. A stop may be left out where serving it is impossible.

    Raises:
        ValueError: `solution_limit` is out of bounds.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    wanted = count("solution_limit", solution_limit, 1, _MOST_ITERATIONS)
    vehicle_depots = [depot for depot in range(problem.depot_count) for _ in range(_fleet(problem, depot))]
    # With one stop there is no neighbour to move to, and guided local search would look for one for ever.
    if problem.stop_count < 2 or not vehicle_depots:
        return search_plain(problem, 0)
    nodes = problem.depot_count + problem.stop_count
    manager = pywrapcp.RoutingIndexManager(nodes, len(vehicle_depots), vehicle_depots, vehicle_depots)
    routing = pywrapcp.RoutingModel(manager)
    _add_costs(problem, manager, routing)
    _add_loads(problem, routing, vehicle_depots)
    if problem.has_windows or problem.longest_route is not None:
        _add_times(problem, manager, routing, vehicle_depots)
    best: int | None = None
    looked_at = 0

    def remember() -> None:
        nonlocal best, looked_at
        looked_at += 1
        cost = routing.CostVar().Value()
        best = cost if best is None else min(best, cost)

    routing.AddAtSolutionCallback(remember)
    if stop is not None:
        routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: stop(best)))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.solution_limit = wanted
    # Its default of a tenth of a second of wall time would make results depend on the machine.
    parameters.lns_time_limit.seconds = _UNBOUNDED_SECONDS
    found = routing.SolveWithParameters(parameters)
    if found is None:
        return _solution(problem, (), looked_at)
    routes = []
    for vehicle, depot in enumerate(vehicle_depots):
        stops, index = [], found.Value(routing.NextVar(routing.Start(vehicle)))
        while not routing.IsEnd(index):
            stops.append(manager.IndexToNode(index) - problem.depot_count)
            index = found.Value(routing.NextVar(index))
        if stops:
            routes.append(_route(problem, depot, stops))
    return _solution(problem, routes, looked_at)


def _add_costs(problem: PlainProblem, manager: Any, routing: Any) -> None:
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(problem.cost.tolist()))
    # No solution has more than two legs a stop.
    penalty = 1 + 2 * problem.stop_count * int(problem.cost.max())
    for stop in range(problem.stop_count):
        routing.AddDisjunction([manager.NodeToIndex(problem.depot_count + stop)], penalty)


def _add_loads(problem: PlainProblem, routing: Any, vehicle_depots: list[int]) -> None:
    loads = [0] * problem.depot_count + problem.demand.tolist()
    limits = [int(problem.capacity[depot]) for depot in vehicle_depots]
    routing.AddDimensionWithVehicleCapacity(
        routing.RegisterUnaryTransitVector(loads), 0, limits, True, "load"
    )


def _add_times(problem: PlainProblem, manager: Any, routing: Any, vehicle_depots: list[int]) -> None:
    depots = problem.depot_count
    times = problem.travel.copy()
    times[depots:] += problem.service[:, None]
    np.fill_diagonal(times, 0)
    longest = int(times.max(axis=1).sum()) + int(max(problem.opens.max(), problem.depot_opens.max()))
    horizon = min(int(problem.depot_closes.max()), longest)
    routing.AddDimension(routing.RegisterTransitMatrix(times.tolist()), horizon, horizon, False, "time")
    time = routing.GetDimensionOrDie("time")
    for stop in range(problem.stop_count):
        begins = time.CumulVar(manager.NodeToIndex(depots + stop))
        begins.SetRange(int(problem.opens[stop]), min(horizon, int(problem.closes[stop])))
    for vehicle, depot in enumerate(vehicle_depots):
        for end in (routing.Start(vehicle), routing.End(vehicle)):
            time.CumulVar(end).SetRange(
                int(problem.depot_opens[depot]), min(horizon, int(problem.depot_closes[depot]))
            )
        if problem.longest_route is not None:
            time.SetSpanUpperBoundForVehicle(problem.longest_route, vehicle)


def _fleet(problem: PlainProblem, depot: int) -> int:
    """Vehicles of a depot, at most one a stop."""
    vehicles = int(problem.vehicles[depot])
    return problem.stop_count if vehicles < 0 else min(vehicles, problem.stop_count)


def _route(problem: PlainProblem, depot: int, stops: Iterable[int]) -> PlainRoute:
    visits = tuple(stops)
    nodes = [depot, *(stop + problem.depot_count for stop in visits), depot]
    return PlainRoute(depot, visits, int(problem.cost[nodes[:-1], nodes[1:]].sum()))


def _solution(problem: PlainProblem, routes: Iterable[PlainRoute], iterations: int) -> PlainSolution:
    driven = tuple(sorted(routes, key=lambda route: (route.depot, route.stops)))
    unserved = unserved_stops(problem, driven)
    status = SolveStatus.INFEASIBLE if unserved else SolveStatus.FEASIBLE
    return PlainSolution(driven, sum(route.cost for route in driven), unserved, status, iterations)


__all__ = ["Stop", "search_with_ortools", "search_with_pyvrp"]
