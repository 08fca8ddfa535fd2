"""Search for tours: a constructive plan first, then slack induction by string removals."""

from __future__ import annotations

from collections.abc import Collection, MutableMapping
from dataclasses import replace
from time import monotonic

import numpy as np

from optimize.arguments import count, positive
from optimize.routing.tours.annealing import IMPROVE, NO_ROW, advance
from optimize.routing.tours.arrays import BEST_MONEY, MUST_WEIGHT, TEMPERATURE
from optimize.routing.tours.checking import check_tours
from optimize.routing.tours.decoding import decode
from optimize.routing.tours.loading import BY_SIZE, BY_WINDOW, Work, agreed_starts
from optimize.routing.tours.plan import ToursError, ToursPlan, ToursStatus
from optimize.routing.tours.problem import Tours
from optimize.routing.tours.repairing import keep_what_fits
from optimize.solving import Progress, no_progress

Pool = MutableMapping[tuple[int, tuple[int, ...]], float]
"""(Vehicle, its order) -> money of that tour, for whoever combines tours of several plans."""

_LONGEST_CHUNK_SECONDS = 0.2
_MOST_ITERATIONS = 10**9
_POOLED_EVERY = 64
"""Iterations between two looks at the tours for the pool."""


def search_tours(
    problem: Tours,
    *,
    iterations: int,
    seed: int = 1,
    start: ToursPlan | None = None,
    frozen: Collection[int] = (),
    temperatures: tuple[float, float] = (1.0, 0.01),
    progress: Progress = no_progress,
    pool: Pool | None = None,
) -> ToursPlan:
    """Find good tours by ruin and recreate.

    Each iteration takes strings of neighbouring visits out of a few tours and inserts all visits left out again, each
    at its cheapest place (Christiaens & Vanden Berghe 2020, Slack induction by string removals for vehicle routing
    problems, Transportation Science 54(2)); the result is accepted by simulated annealing whose temperature falls by
    the same factor in every iteration. The same arguments always give the same plan. Ctrl-C, or a `KeyboardInterrupt`
    raised by `progress`, ends the search with the best plan so far.

    Args:
        problem: What to plan.
        iterations: How many, the limit of work.
        seed: Of the random numbers.
        start: A plan to start from, repaired first where it breaks a rule; the answer is never worse than that.
        frozen: Vehicles whose tours stay as they are in `start`, as far as they are possible.
        temperatures: At the start and at the end, as multiples of the money for one visit. Long searches for
            technicians, who differ in skills and homes, do better from (4.0, 0.02).
        progress: Told about every 0.2 s how many iterations are done.
        pool: Gets the tours that the search has every 64 iterations, for `finish_tours`; changed.

    Returns:
        A plan that passed `check_tours`. `used_fallback` says that the search found nothing better than what it
        started from.

    Raises:
        ValueError: a negative number of iterations, a seed below 0, or temperatures that rise or are not above 0.
        ToursError: the plan breaks a rule.
    """
    count("iterations", iterations, most=_MOST_ITERATIONS)
    count("seed", seed, most=2**62)
    hot, cold = (positive("temperatures", temperature) for temperature in temperatures)
    if cold > hot:
        raise ValueError(f"temperatures are {temperatures!r}: they rise")
    work = started(problem, start, seed, frozen)
    first, done, is_interrupted = work.rank, 0, False
    if len(work.orders) or start is not None:
        done, is_interrupted = _improve(work, iterations, (hot, cold), progress, pool)
    is_better = work.rank < first
    work.load_best()
    return checked(
        problem, decode(work, iterations=done, is_interrupted=is_interrupted, used_fallback=not is_better)
    )


def first_tours(problem: Tours) -> ToursPlan:
    """Build tours without search: visits by size or by window, each at its cheapest place; the better of both.

    Returns:
        A plan that passed `check_tours`, with `used_fallback` set.
    """
    return checked(problem, decode(started(problem, None, 1), iterations=0, used_fallback=True))


def repair(problem: Tours, plan: ToursPlan) -> ToursPlan:
    """Take a plan over to a problem that has changed since, without search.

    Args:
        problem: As it is now; visits and vehicles bear the numbers that the plan gives them.
        plan: As it was. Tours keep their order; what no longer fits is dropped, and what is left out is inserted where
            it costs least.

    Returns:
        A plan that passed `check_tours`, with `used_fallback` set.
    """
    return checked(problem, decode(started(problem, plan, 1), iterations=0, used_fallback=True))


def checked(problem: Tours, plan: ToursPlan) -> ToursPlan:
    """The plan, proven best where it costs nothing and leaves out nothing that must be served.

    Raises:
        ToursError: it breaks a rule.
    """
    if plan.status is ToursStatus.SERVED and plan.cost == 0.0:
        plan = replace(plan, status=ToursStatus.OPTIMAL, bound=0.0)
    broken = check_tours(problem, plan)
    if broken:
        raise ToursError("; ".join(str(rule) for rule in broken))
    return plan


def started(problem: Tours, start: ToursPlan | None, seed: int, frozen: Collection[int] = ()) -> Work:
    """Tours to search from: those given, repaired, else the better of two built ones."""
    work = Work.on(problem, seed)
    work.is_open[list(frozen)] = False
    if start is not None:
        keep_what_fits(work, start.orders, agreed_starts(problem, start))
        work.fill(BY_SIZE)
        return work
    work.fill(BY_SIZE)
    rank, orders = work.rank, work.orders
    kept = work.routes.state.copy()
    work.load({}, {})
    work.fill(BY_WINDOW)
    if rank < work.rank:
        starts = {visit: int(kept[visit, 1]) for visit in np.flatnonzero(problem.visits.twin >= 0).tolist()}
        work.load(orders, {visit: at for visit, at in starts.items() if at > -(2**59)})
    return work


def _improve(
    work: Work, iterations: int, temperatures: tuple[float, float], progress: Progress, pool: Pool | None
) -> tuple[int, bool]:
    value, done, chunk = work.routes.value, 0, 8
    served = max(1, sum(len(order) for order in work.orders.values()))
    per_visit = max(work.money_on_time / served, 1e-9)
    value[TEMPERATURE] = temperatures[0] * per_visit
    value[MUST_WEIGHT] = 10.0 * (float(value[BEST_MONEY]) + 1.0)
    cooling = (temperatures[1] / temperatures[0]) ** (1.0 / max(iterations, 1))
    try:
        while done < iterations:
            now = min(chunk if pool is None else _POOLED_EVERY, iterations - done)
            began = monotonic()
            advance(work.facts, work.routes, IMPROVE, now, cooling, NO_ROW, work.is_open)
            done += now
            # Only how often one looks up hangs on the clock, never what is found.
            chunk = max(1, int(now * min(2.0, 0.5 * _LONGEST_CHUNK_SECONDS / max(monotonic() - began, 1e-6))))
            if pool is not None:
                pool.update(
                    ((vehicle, order), float(work.routes.money[vehicle, 0]))
                    for vehicle, order in work.orders.items()
                )
            progress("tours", done, iterations)
    except KeyboardInterrupt:
        return done, True
    return done, False


__all__ = ["Pool", "checked", "first_tours", "repair", "search_tours", "started"]
