"""Guaranteed service in networks that are no forest: which times are worth looking at, CP-SAT over them, a fallback.

The cost is concave in (S, SI) and the constraints are differences of two variables, so some best placement is a vertex:
every service time follows from 0, a promise limit or an inbound time of goods from outside through constraints that
hold as equalities (S_i = SI_j, S_j = SI_j + T_j). `_candidates` collects the times that can arise so: a handful
per stage. With w[j, a, b] = 1 if stage j waits a and promises b, both among its candidates,

    min   sum of h_j k_j sqrt(a + T_j - b) * w[j, a, b]
    s.t.  sum over a, b of w[j, a, b] = 1                                     for each stage j
          sum over a, b >= t of w[i, a, b]
              <= sum over a >= t, b of w[j, a, b]     for each edge (i, j) and candidate t of S_i

whose linear relaxation is exact on trees. Costs are rounded to 1e-12 of the greatest possible total; the bound makes
up for it. The search begins with promises by construction: as late as possible, or none at all, improved stage by stage
and by what a relaxation suggests, that forgets the edges which close loops and prices what breaks them
(`price_loops`). Its bound is that of the linear programme above, but takes milliseconds. Where it proves the promises
best, or w would have more than `_MOST_PAIRS` entries, there is no search.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimize.solving import Progress
from optimize.stock.guaranteed_service_kernels import Stages, price_loops, solve_forest
from optimize.stock.service_network import IntArray, ServiceNetwork, ServicePlacement, placement
from scenarios import SolveStatus

_MOST_PAIRS = 200_000
_COST_UNITS = 1e12
_PRICE_ROUNDS = 1500
_PROVEN_GAP = 1e-9


@dataclass(frozen=True)
class _Candidates:
    """Times worth looking at, rising, for each stage."""

    outbound: list[list[int]]
    inbound: list[list[int]]


def best_of_forest(network: ServiceNetwork) -> tuple[IntArray, float] | None:
    """Best promises and their cost; None where edges close a loop.

    Args:
        network: Stages and edges.

    Returns:
        (n,) outbound service times and the cost.
    """
    outbound, inbound = np.zeros_like(network.lead_times), np.zeros_like(network.lead_times)
    is_forest, cost = solve_forest(
        _stages(network),
        network.edges[:, 0].copy(),
        network.edges[:, 1].copy(),
        outbound,
        inbound,
    )
    return (outbound, cost) if is_forest else None


def _stages(network: ServiceNetwork) -> Stages:
    return (
        network.lead_times,
        network.coefficients,
        network.promise_limits,
        network.inbound_times,
        network.longest,
    )


def place_in_general(network: ServiceNetwork, work_limit: float, progress: Progress) -> ServicePlacement:
    """Best placement by CP-SAT, or by the fallback where that finds nothing.

    Args:
        network: Stages and edges.
        work_limit: Deterministic seconds.
        progress: Told how many placements were found.

    Returns:
        OPTIMAL where proven; FEASIBLE where the limit was reached; FALLBACK where the promises are by construction
        and not proven best.
    """
    candidates = _candidates(network)
    start, bound = _constructed(network, candidates)
    made = placement(network, start, bound, SolveStatus.OPTIMAL)
    if made.gap <= _PROVEN_GAP:
        return made
    pairs = sum(len(a) * len(b) for a, b in zip(candidates.inbound, candidates.outbound, strict=True))
    if pairs > _MOST_PAIRS:
        return placement(network, start, bound, SolveStatus.FALLBACK)
    found = _search(network, candidates, start, work_limit, progress)
    if found is None:
        return placement(network, start, bound, SolveStatus.FALLBACK)
    outbound, found_bound, is_proven = found
    status = SolveStatus.OPTIMAL if is_proven else SolveStatus.FEASIBLE
    answer = placement(network, outbound, max(bound, found_bound), status)
    # At the work limit the search may not have got as far as where it was told to start.
    return answer if answer.cost <= made.cost else placement(network, start, answer.bound, status)


def _candidates(network: ServiceNetwork) -> _Candidates:
    """Close the anchors {0, limit} and {goods from outside} under the equalities a vertex may use."""
    stages = range(len(network.lead_times))
    lead, longest = network.lead_times.tolist(), network.longest.tolist()
    limits, least = network.promise_limits.tolist(), network.inbound_times.tolist()
    outbound = [{0, limits[stage]} for stage in stages]
    inbound = [{least[stage]} for stage in stages]
    grows = True
    while grows:
        before = sum(map(len, outbound)) + sum(map(len, inbound))
        for supplier, customer in network.edges.tolist():
            greatest = longest[customer] - lead[customer]
            inbound[customer] |= {t for t in outbound[supplier] if least[customer] <= t <= greatest}
            outbound[supplier] |= {t for t in inbound[customer] if t <= limits[supplier]}
        for stage in stages:
            greatest = longest[stage] - lead[stage]
            outbound[stage] |= {t + lead[stage] for t in inbound[stage] if t + lead[stage] <= limits[stage]}
            inbound[stage] |= {
                t - lead[stage] for t in outbound[stage] if least[stage] <= t - lead[stage] <= greatest
            }
        grows = sum(map(len, outbound)) + sum(map(len, inbound)) > before
    return _Candidates([sorted(times) for times in outbound], [sorted(times) for times in inbound])


def _search(
    network: ServiceNetwork, candidates: _Candidates, start: IntArray, work_limit: float, progress: Progress
) -> tuple[IntArray, float, bool] | None:
    """Promises, a bound on the cost, and whether they are proven best."""
    from ortools.sat.python import cp_model

    class _Told(cp_model.CpSolverSolutionCallback):
        def __init__(self) -> None:
            super().__init__()
            self.found = 0

        def on_solution_callback(self) -> None:
            self.found += 1
            progress("guaranteed service", self.found, 0)

    model = cp_model.CpModel()
    units = _cost_units(network)
    choices = _build(model, network, candidates, start, units)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = work_limit
    # As in `optimize.staffing.cp_search`: otherwise the next Ctrl-C would end the process.
    solver.parameters.catch_sigint_signal = False
    status = solver.solve(model, _Told())
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    outbound = np.array(
        [
            next(promise for (_, promise), choice in of_stage.items() if solver.value(choice))
            for of_stage in choices
        ],
        np.int64,
    )
    # Each stage's cost is rounded by at most half a unit.
    bound = (solver.best_objective_bound - len(choices) / 2.0 - 1.0) / units
    return outbound, bound, status == cp_model.OPTIMAL


def _cost_units(network: ServiceNetwork) -> float:
    """Solver units per money."""
    greatest = float((network.coefficients * np.sqrt(network.longest)).sum())
    return _COST_UNITS / greatest if greatest > 0 else 1.0


def _build(
    model: Any, network: ServiceNetwork, candidates: _Candidates, start: IntArray, units: float
) -> list[dict[tuple[int, int], Any]]:
    """Add variables and constraints; the literals w of each stage by (wait, promise)."""
    choices: list[dict[tuple[int, int], Any]] = []
    waits_at_least: list[dict[int, Any]] = []
    promises_at_least: list[dict[int, Any]] = []
    costs: list[Any] = []
    first_waits = network.waits(start)
    for stage, (waits, promises) in enumerate(zip(candidates.inbound, candidates.outbound, strict=True)):
        lead, coefficient = int(network.lead_times[stage]), float(network.coefficients[stage])
        of_stage = {
            (wait, promise): model.new_bool_var("")
            for wait in waits
            for promise in promises
            if promise <= wait + lead
        }
        model.add_exactly_one(of_stage.values())
        for (wait, promise), choice in of_stage.items():
            costs.append(round(units * coefficient * (wait + lead - promise) ** 0.5) * choice)
            model.add_hint(choice, wait == first_waits[stage] and promise == start[stage])
        choices.append(of_stage)
        waits_at_least.append(_at_least(model, of_stage, waits, 0, int(first_waits[stage])))
        promises_at_least.append(_at_least(model, of_stage, promises, 1, int(start[stage])))
    for supplier, customer in network.edges.tolist():
        for promise, is_promised in promises_at_least[supplier].items():
            place = bisect_left(candidates.inbound[customer], promise)
            if place == 0:
                continue
            if place == len(candidates.inbound[customer]):
                model.add_bool_or(~is_promised)
            else:
                model.add_implication(
                    is_promised, waits_at_least[customer][candidates.inbound[customer][place]]
                )
    model.minimize(sum(costs))
    return choices


def _at_least(
    model: Any, choices: dict[tuple[int, int], Any], times: list[int], part: int, first: int
) -> dict[int, Any]:
    """A literal for each time but the least: the wait (part 0) or promise (part 1) is at least that; first a guess."""
    literals = {time: model.new_bool_var("") for time in times[1:]}
    for time, literal in literals.items():
        model.add_hint(literal, first >= time)
        model.add(sum(choice for key, choice in choices.items() if key[part] >= time) == literal)
    return literals


def _constructed(network: ServiceNetwork, candidates: _Candidates) -> tuple[IntArray, float]:
    """Good promises by construction, and a bound on the cost of any."""
    order = network.upstream_first()
    starts = (network.promise_limits, np.zeros_like(network.lead_times))
    made = [_improved(network, candidates, network.kept_promises(start)) for start in starts]
    costs = [placement(network, outbound, np.inf, SolveStatus.FALLBACK).cost for outbound in made]
    outbound = made[int(np.argmin(costs))]
    cost, bound = price_loops(
        _stages(network),
        network.edges[:, 0].copy(),
        network.edges[:, 1].copy(),
        np.array(order, np.int64),
        _spanning_forest(network),
        _PRICE_ROUNDS,
        min(costs),
        outbound,
    )
    return (_improved(network, candidates, outbound) if cost < min(costs) else outbound), max(bound, 0.0)


def _spanning_forest(network: ServiceNetwork) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which edges to keep so that none closes a loop; those of customers with dear stock first."""
    root = list(range(len(network.lead_times)))

    def find(stage: int) -> int:
        while root[stage] != stage:
            root[stage] = root[root[stage]]
            stage = root[stage]
        return stage

    kept = np.zeros(len(network.edges), np.bool_)
    for edge in np.argsort(-network.coefficients[network.edges[:, 1]], kind="stable").tolist():
        one, other = (find(stage) for stage in network.edges[edge].tolist())
        if one != other:
            root[one] = other
            kept[edge] = True
    return kept


def _improved(network: ServiceNetwork, candidates: _Candidates, start: IntArray) -> IntArray:
    """Change one promise at a time while that saves something."""
    outbound = start.copy()

    def cost(promises: IntArray) -> float:
        covered = network.waits(promises) + network.lead_times - promises
        return np.inf if covered.min() < 0 else float((network.coefficients * np.sqrt(covered)).sum())

    best, improves = cost(outbound), True
    while improves:
        improves = False
        for stage, promises in enumerate(candidates.outbound):
            kept = int(outbound[stage])
            for promise in promises:
                outbound[stage] = promise
                now = cost(outbound)
                if now < best * (1.0 - 1e-12):
                    best, kept, improves = now, promise, True
            outbound[stage] = kept
    return outbound


__all__ = ["best_of_forest", "place_in_general"]
