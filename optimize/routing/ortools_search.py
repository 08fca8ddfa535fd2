"""Routes by OR-Tools: guided local search from the savings plan, for a number of solutions.

Vehicles v in V, each with slots for its first, second, .. trip of the day; x[v, i, j] = 1 if a slot drives from i to
j; T[i] start of unloading; y[i] = 1 if stop i is left out.

    min   sum of x[v, i, j] * c_v(i, j) + f_v per slot in use + P * sum of y[i]
    s.t.  each stop in one slot, or y[i] = 1
          weight and volume of a slot within the vehicle's capacities
          x[v, i, j] = 1  =>  T[j] >= T[i] + service[i] + travel[i, j];    opens[i] <= T[i] <= closes[i],
                                                                         T[i] in no pause
          shift start <= start of a slot, end of a slot <= shift end
          start of a slot >= end of the slot before it + turnaround, if that one is in use

Where the savings plan is late somewhere, the search starts from parallel cheapest insertion instead.

c_v(i, j) is money for the distance and for the time of driving and unloading; paid waiting is left out of the search
and comes back when the plan is timed and compared. P exceeds what any plan can cost. A vehicle has as many slots as the
savings plan gives it trips, and one more where that plan leaves stops out or late. Windows are hard here: stops left
out are inserted afterwards as those of the savings method are.

The search stops by its count of solutions and has no clock in it: same input, same plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.routing.arrays import Arrays, Fleet, arrays_of, empty_fleet
from optimize.routing.kernels import append_trip, cheapest_alone
from optimize.routing.problem import IntArray, RouteStatus, RoutingProblem
from optimize.routing.savings import insert_missing

_UNITS_PER_MONEY = 1_000_000
"""Money is rounded to millionths on each leg: less than 0.001 is lost on a thousand legs."""
_SECONDS_PER_HOUR = 3600.0
_METRES_PER_KM = 1000.0
_UNBOUNDED_SECONDS = 10**9
_SLOW_OPERATORS = (
    "use_global_cheapest_insertion_path_lns",
    "use_local_cheapest_insertion_path_lns",
    "use_relocate_path_global_cheapest_insertion_insert_unperformed",
)
"""They rebuild whole routes: half of the time for the same plans at 60 to 120 stops."""


@dataclass(frozen=True)
class _Model:
    """The solver's model and what its numbers stand for."""

    manager: Any
    routing: Any
    nodes: IntArray
    slot_vehicle: list[int]


def search_fleet(
    problem: RoutingProblem, start: Fleet, start_status: RouteStatus, start_is_late: bool, solution_limit: int
) -> Fleet | None:
    """Search for better trips than those of the savings method.

    Args:
        problem: What is to be planned.
        start: Trips of the savings method: where to start, and how many trips a vehicle may make.
        start_status: What these achieve.
        start_is_late: Whether they miss a window.
        solution_limit: Solutions the search may look at.

    Returns:
        Trips with all stops that can be placed; None where the solver finds nothing or there is nothing to search.
    """
    arrays = arrays_of(problem)
    alone = np.arange(len(arrays.weight), dtype=np.int64)
    # Where a detour is quicker than the road, some stops are reached in time on a trip only.
    on_trips = {
        stop for row, size in zip(start.stops, start.length, strict=True) for stop in row[:size].tolist()
    }
    servable = [
        stop
        for stop in alone[1:].tolist()
        if stop in on_trips or np.isfinite(cheapest_alone(arrays, alone[stop : stop + 1], 1))
    ]
    # With one stop there is no neighbour to move to, and guided local search would look for one for ever.
    if len(servable) < 2:
        return None
    slots = np.maximum(1, start.chain_length + (start_status is not RouteStatus.ON_TIME))
    model = _build(arrays, np.array([0, *servable], dtype=np.int64), start.vehicle_type, slots)
    solution = _solve(model, None if start_is_late else start, solution_limit)
    if solution is None:
        return None
    fleet = _decode(arrays, model, solution)
    insert_missing(arrays, fleet, problem.serves_everyone)
    return fleet


def money_units(money: npt.NDArray[np.float64]) -> IntArray:
    """Money as the solver's integers: the only place where it is rounded."""
    return np.rint(money * _UNITS_PER_MONEY).astype(np.int64)


def _build(arrays: Arrays, nodes: IntArray, vehicle_type: IntArray, slots: IntArray) -> _Model:
    from ortools.constraint_solver import pywrapcp

    slot_vehicle = [vehicle for vehicle, count in enumerate(slots.tolist()) for _ in range(count)]
    slot_type = [int(vehicle_type[vehicle]) for vehicle in slot_vehicle]
    manager = pywrapcp.RoutingIndexManager(len(nodes), len(slot_vehicle), 0)
    routing = pywrapcp.RoutingModel(manager)
    model = _Model(manager, routing, nodes, slot_vehicle)
    _add_costs(arrays, model, slot_type)
    for name, load, capacity in (
        ("weight", arrays.weight, arrays.capacity_grams),
        ("volume", arrays.volume, arrays.capacity_millilitres),
    ):
        evaluator = routing.RegisterUnaryTransitVector(load[nodes].tolist())
        limits = [int(capacity[kind]) for kind in slot_type]
        routing.AddDimensionWithVehicleCapacity(evaluator, 0, limits, True, name)
    _add_times(arrays, model, slot_type)
    return model


def _add_costs(arrays: Arrays, model: _Model, slot_type: list[int]) -> None:
    routing, nodes = model.routing, model.nodes
    seconds = _seconds(arrays, nodes)
    evaluators, dearest = {}, 0
    for kind in sorted(set(slot_type)):
        km = arrays.distance[np.ix_(nodes, nodes)] / _METRES_PER_KM
        hours = seconds / _SECONDS_PER_HOUR
        legs = money_units(arrays.cost_per_km[kind] * km + arrays.cost_per_hour[kind] * hours)
        evaluators[kind] = routing.RegisterTransitMatrix(legs.tolist())
        dearest = max(dearest, int(legs.max()))
    departures = money_units(arrays.cost_per_trip)
    for slot, kind in enumerate(slot_type):
        routing.SetArcCostEvaluatorOfVehicle(evaluators[kind], slot)
        routing.SetFixedCostOfVehicle(int(departures[kind]), slot)
    # No plan has more than two legs and one departure per stop.
    penalty = 1 + (len(nodes) - 1) * (2 * dearest + int(departures.max()))
    for node in range(1, len(nodes)):
        routing.AddDisjunction([model.manager.NodeToIndex(node)], penalty)


def _add_times(arrays: Arrays, model: _Model, slot_type: list[int]) -> None:
    routing, nodes = model.routing, model.nodes
    zero = int(arrays.shift_start.min())
    horizon = int(arrays.shift_end.max()) - zero
    evaluator = routing.RegisterTransitMatrix(_seconds(arrays, nodes).tolist())
    routing.AddDimension(evaluator, horizon, horizon, False, "time")
    time = routing.GetDimensionOrDie("time")
    for node in range(1, len(nodes)):
        opens, closes = int(arrays.opens[nodes[node]]) - zero, int(arrays.closes[nodes[node]]) - zero
        begins = time.CumulVar(model.manager.NodeToIndex(node))
        begins.SetRange(max(0, opens), min(horizon, closes))
        pause, resumes = (
            int(arrays.pause_starts[nodes[node]]) - zero,
            int(arrays.pause_ends[nodes[node]]) - zero,
        )
        if resumes > pause + 1:
            begins.RemoveInterval(pause + 1, resumes - 1)
    for slot, kind in enumerate(slot_type):
        begins, ends = int(arrays.shift_start[kind]) - zero, int(arrays.shift_end[kind]) - zero
        start, end = time.CumulVar(routing.Start(slot)), time.CumulVar(routing.End(slot))
        start.SetRange(begins, ends)
        end.SetRange(begins, ends)
        if slot > 0 and model.slot_vehicle[slot] == model.slot_vehicle[slot - 1]:
            before = time.CumulVar(routing.End(slot - 1))
            turnaround = arrays.turnaround * routing.ActiveVehicleVar(slot - 1)
            routing.solver().Add(start >= before + turnaround)


def _seconds(arrays: Arrays, nodes: IntArray) -> IntArray:
    """Unloading at the row's node and driving to the column's."""
    seconds: IntArray = arrays.service[nodes][:, None] + arrays.travel[np.ix_(nodes, nodes)]
    np.fill_diagonal(seconds, 0)
    return seconds


def _solve(model: _Model, start: Fleet | None, solution_limit: int) -> Any:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2
    from ortools.util import optional_boolean_pb2

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.solution_limit = solution_limit
    # Its default of a tenth of a second of wall time would make results depend on the machine.
    parameters.lns_time_limit.seconds = _UNBOUNDED_SECONDS
    for operator in _SLOW_OPERATORS:
        setattr(parameters.local_search_operators, operator, optional_boolean_pb2.BOOL_FALSE)
    if start is None:
        return model.routing.SolveWithParameters(parameters)
    model.routing.CloseModelWithParameters(parameters)
    assignment = model.routing.ReadAssignmentFromRoutes(_slot_routes(model, start), True)
    return model.routing.SolveFromAssignmentWithParameters(assignment, parameters)


def _slot_routes(model: _Model, start: Fleet) -> list[list[int]]:
    """Trips of a plan slot by slot, as the solver numbers stops."""
    index_of = {
        int(stop): model.manager.NodeToIndex(node) for node, stop in enumerate(model.nodes) if node > 0
    }
    routes: list[list[int]] = []
    for slot, vehicle in enumerate(model.slot_vehicle):
        turn = slot - model.slot_vehicle.index(vehicle)
        trip = start.chain[vehicle, turn]
        stops = start.stops[trip, : start.length[trip]] if turn < start.chain_length[vehicle] else ()
        routes.append([index_of[int(stop)] for stop in stops])
    return routes


def _decode(arrays: Arrays, model: _Model, solution: Any) -> Fleet:
    fleet = empty_fleet(arrays)
    for slot, vehicle in enumerate(model.slot_vehicle):
        stops, index = [], model.routing.Start(slot)
        while not model.routing.IsEnd(index):
            stops.append(int(model.nodes[model.manager.IndexToNode(index)]))
            index = solution.Value(model.routing.NextVar(index))
        if len(stops) > 1:
            trip = np.array(stops[1:], dtype=np.int64)
            append_trip(fleet, vehicle, int(fleet.chain_length[vehicle]), trip, len(trip))
    return fleet
