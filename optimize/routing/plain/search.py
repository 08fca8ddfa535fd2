"""The search for plain problems: everything inserted once, then slack induction by string removals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimize.arguments import count
from optimize.routing.plain.arrays import BEST_COST, WINDOWS, Ground, State
from optimize.routing.plain.building import best_routes, build_ground, build_state, pooled_routes
from optimize.routing.plain.checking import check_plain
from optimize.routing.plain.kernels import improve
from optimize.routing.plain.problem import PlainProblem, PlainRoute, PlainSolution
from optimize.routing.plain.unserved import unserved_stops
from optimize.solving import Progress, no_progress
from scenarios import SolveStatus

_HOT, _COLD, _COLD_WITH_WINDOWS = 1.0, 0.006, 0.07
"""First and last temperature, as shares of the mean cost of a leg. Windows leave fewer ways out of a local optimum."""
_AVERAGE_REMOVED = 10.0
_STOPS_PER_CHUNK = 400_000
_MOST_ITERATIONS, _MOST_SEED = 10**12, 2**62

Budget = Callable[[int], float]
"""From the steps done to the share of the budget that is spent; 1 or more ends the search."""


def search_plain(
    problem: PlainProblem,
    iterations: int,
    seed: int = 1,
    start: Sequence[PlainRoute] = (),
    progress: Progress = no_progress,
    budget: Budget | None = None,
) -> PlainSolution:
    """Find routes of low cost for a plain problem.

    Slack induction by string removals (Christiaens & Vanden Berghe 2020, see `kernels`), cooled over the budget from
    the cost of a mean leg to a small share of it: a longer search is not the continuation of a shorter one. The same
    arguments give the same answer.

    Args:
        problem: The problem.
        iterations: Steps of removal and insertion; 0 = only the first plan, by cheapest insertion. A problem of 100
            stops takes some 100,000 for a plan within 1 percent of the best known.
        seed: Of the random generator.
        start: Routes to begin with; what they leave out is inserted. The answer is never worse than that. By default
            there are none.
        progress: Told the steps done about every 0.02 seconds; what it raises passes through.
        budget: What share of the budget is spent, asked as often. None = steps done / `iterations`. One with a clock
            in it makes the answer depend on the machine: for comparisons only.

    Returns:
        The best routes met; of an interrupted search too.

    Raises:
        ValueError: An argument is out of bounds, or the routes to begin with break a rule.
    """
    wanted = count("iterations", iterations, 0, _MOST_ITERATIONS)
    ground = build_ground(problem)
    _check_start(problem, start)
    state = build_state(problem, ground, count("seed", seed, 0, _MOST_SEED), start)
    done, was_interrupted = 0, False
    if problem.stop_count:
        done, was_interrupted = _run(ground, state, wanted, progress, budget or _share_of(wanted))
    routes = best_routes(problem, state)
    unserved = unserved_stops(problem, routes)
    return PlainSolution(
        routes=routes,
        cost=sum(route.cost for route in routes),
        unserved=unserved,
        status=SolveStatus.INFEASIBLE if unserved else SolveStatus.FEASIBLE,
        iterations=done,
        pool=pooled_routes(problem, state, routes),
        was_interrupted=was_interrupted,
    )


def _check_start(problem: PlainProblem, start: Sequence[PlainRoute]) -> None:
    if not start:
        return
    routes = tuple(start)
    unserved = unserved_stops(problem, routes)
    cost = sum(route.cost for route in routes)
    status = SolveStatus.INFEASIBLE if unserved else SolveStatus.FEASIBLE
    broken = check_plain(problem, PlainSolution(routes, cost, unserved, status, 0))
    if broken:
        raise ValueError(f"start breaks rules: {'; '.join(map(str, broken))}")


def _share_of(wanted: int) -> Budget:
    return lambda done: done / wanted if wanted else 1.0


def _run(ground: Ground, state: State, wanted: int, progress: Progress, budget: Budget) -> tuple[int, bool]:
    """Chunks of steps until the budget is spent; how many steps, and whether Ctrl-C ended them."""
    cold = _COLD_WITH_WINDOWS if ground.timing >= WINDOWS else _COLD
    chunk = max(1, _STOPS_PER_CHUNK // len(ground.demand))
    done, last_share, pace = 0, 0.0, chunk / max(wanted, 1)
    try:
        improve(ground, state, 1, 0.0, 1.0, _AVERAGE_REMOVED)
        while done < wanted:
            share = budget(done)
            if share >= 1:
                break
            if done:
                pace = share - last_share
            last_share = share
            steps = min(chunk, wanted - done)
            scale = state.tally[BEST_COST] / len(ground.demand)
            temperature = scale * _HOT * (cold / _HOT) ** share
            improve(ground, state, steps, temperature, (cold / _HOT) ** (pace / chunk), _AVERAGE_REMOVED)
            done += steps
            progress("routes", done, wanted)
    except KeyboardInterrupt:
        return done, True
    return done, False


__all__ = ["Budget", "search_plain"]
