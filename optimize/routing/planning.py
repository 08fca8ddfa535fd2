"""Plan a day's delivery routes: find them, or keep given ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from optimize.routing.checking import check_routes
from optimize.routing.problem import (
    IntArray,
    RoutePlan,
    RouteStatus,
    RoutingError,
    RoutingProblem,
    UnservedReason,
)
from optimize.routing.ranking import RankedRoads

# Compiled functions and OR-Tools are imported where they are called: the facade stays quick to import.


def plan_routes(
    problem: RoutingProblem,
    *,
    method: Literal["savings", "ortools", "ruin_recreate"],
    iterations: int = 3_000,
    solution_limit: int = 200,
    seed: int = 1,
    built: RoutePlan | None = None,
    roads: RankedRoads | None = None,
    places: IntArray | None = None,
) -> RoutePlan:
    """Find routes; the same problem always gets the same plan.

    Plans are compared by stops left out, then by seconds late, then by cost.

    Args:
        problem: One day's deliveries from one depot.
        method: ``savings`` builds once; ``ortools`` and ``ruin_recreate`` go on to search, and fall back on the savings
            plan where they find nothing as good.
        iterations: Of ruin and recreate, its limit of work.
        solution_limit: Solutions that OR-Tools looks at, its limit of work.
        seed: Of the random numbers of ruin and recreate.
        roads: Those of which the problem's are a part, for who plans on them every day.
        places: (n,) of the stops on these roads.
        built: The plan of ``savings`` for the same problem, by who has it already.

    Returns:
        A plan that passed `check_routes`.

    Raises:
        ValueError: an unknown method, a limit below 1, a negative seed.
        RoutingError: the savings plan breaks a rule.
    """
    from optimize.routing.arrays import arrays_of
    from optimize.routing.decoding import decode, seconds_late
    from optimize.routing.savings import savings_fleet

    if method not in ("savings", "ortools", "ruin_recreate"):
        raise ValueError(f"method is {method!r}, not 'savings', 'ortools' or 'ruin_recreate'")
    if min(solution_limit, iterations) < 1:
        raise ValueError(f"solution_limit is {solution_limit}, iterations are {iterations}: one is below 1")
    arrays = arrays_of(problem)
    plan = built
    if plan is None:
        fleet = savings_fleet(arrays, problem.serves_everyone, roads, places)
        plan = _checked(problem, decode(problem, fleet, "savings", arrays))
    if method == "savings" or not plan.trips:
        return plan
    if method == "ruin_recreate":
        searched = _ruined_and_recreated(problem, plan, iterations, seed)
        if not check_routes(problem, searched) and _rank(problem, searched) <= _rank(problem, plan):
            return searched
        return replace(plan, used_fallback=True)
    from optimize.routing.ortools_search import search_fleet

    fleet = savings_fleet(arrays, problem.serves_everyone, roads, places)
    found = search_fleet(problem, fleet, plan.status, seconds_late(problem, plan) > 0, solution_limit)
    if found is not None:
        searched = decode(problem, found, "ortools")
        if not check_routes(problem, searched) and _rank(problem, searched) <= _rank(problem, plan):
            return searched
    return replace(plan, used_fallback=True)


def _ruined_and_recreated(problem: RoutingProblem, built: RoutePlan, iterations: int, seed: int) -> RoutePlan:
    """Trips by ruin and recreate; stops that no vehicle reaches are not tried over and over again."""
    from optimize.routing.tours.deliveries import plan_deliveries

    hopeless = {stop: reason for stop, reason in built.unserved if reason is not UnservedReason.FLEET}
    if not hopeless:
        return plan_deliveries(problem, built, iterations=iterations, seed=seed)
    kept = np.array([stop for stop in range(problem.stop_count) if stop not in hopeless], np.int64)
    number = {stop: index for index, stop in enumerate(kept.tolist())}
    found = plan_deliveries(
        problem.of_stops(kept),
        replace(
            built,
            trips=tuple(
                replace(trip, stops=tuple(number[stop] for stop in trip.stops)) for trip in built.trips
            ),
            unserved=tuple((number[stop], reason) for stop, reason in built.unserved if stop not in hopeless),
        ),
        iterations=iterations,
        seed=seed,
    )
    left = hopeless | {int(kept[stop]): reason for stop, reason in found.unserved}
    return replace(
        found,
        trips=tuple(
            replace(trip, stops=tuple(int(kept[stop]) for stop in trip.stops)) for trip in found.trips
        ),
        unserved=tuple(sorted(left.items(), key=lambda item: item[0])),
        status=RouteStatus.PARTIAL,
    )


def plan_fixed(problem: RoutingProblem, sequences: Sequence[Sequence[int]]) -> RoutePlan:
    """Time given routes (master routes) on today's vehicles, keeping the order of their stops.

    A route is split where its next stop would break the capacities, the shift or a window on every vehicle type, and
    its pieces are packed as the savings method packs its routes. Stops in no sequence, and those of pieces for
    which no vehicle is left, are inserted where they cost least.

    Args:
        problem: One day's deliveries from one depot.
        sequences: 0-based stops of each route; numbers below 0 or from n on are stops absent today and dropped.

    Returns:
        A plan that passed `check_routes`.

    Raises:
        ValueError: a stop stands twice.
        RoutingError: the plan breaks a rule.
    """
    from optimize.routing.arrays import arrays_of, empty_fleet
    from optimize.routing.decoding import decode
    from optimize.routing.savings import assign, split_to_fit

    present = [[stop for stop in sequence if 0 <= stop < problem.stop_count] for sequence in sequences]
    named = [stop for sequence in present for stop in sequence]
    if len(set(named)) < len(named):
        twice = sorted({stop for stop in named if named.count(stop) > 1})
        raise ValueError(f"stops stand in the sequences more than once: {twice}")
    arrays = arrays_of(problem)
    fleet = empty_fleet(arrays)
    if len(fleet.vehicle_type) and problem.stop_count:
        pieces = split_to_fit(arrays, [np.array(sequence, dtype=np.int64) + 1 for sequence in present])
        routes = np.zeros((len(pieces), problem.stop_count), dtype=np.int64)
        for row, piece in zip(routes, pieces, strict=True):
            row[: len(piece)] = piece
        lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
        assign(arrays, fleet, routes, lengths, problem.serves_everyone)
    return _checked(problem, decode(problem, fleet, "fixed", arrays))


def _checked(problem: RoutingProblem, plan: RoutePlan) -> RoutePlan:
    broken = check_routes(problem, plan)
    if broken:
        raise RoutingError("; ".join(str(rule) for rule in broken))
    return plan


def _rank(problem: RoutingProblem, plan: RoutePlan) -> tuple[int, int, float]:
    from optimize.routing.decoding import seconds_late

    return len(plan.unserved), seconds_late(problem, plan), plan.cost
