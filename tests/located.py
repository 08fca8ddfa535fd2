"""Location problems of the published collections, and small ones made up, for several tests."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from bench import capacitated
from optimize.network.fixed_charge import CoverPromise, FixedCharge
from tests.reference import reference_path


def orlib_cap(number: int) -> FixedCharge:
    """`cap41` to `cap134` of the OR-Library."""
    return capacitated.or_library(reference_path("location/orlib_cap").parent, number)


def single_source(library: str, name: str) -> FixedCharge:
    """An instance of `sscflp_holmberg` or `sscflp_orlib`."""
    return capacitated.single_source(reference_path(f"location/{library}").parent, library, name)


def made_up(seed: int, *, is_limited: bool = True) -> FixedCharge:
    """A tiny problem, now and then with forbidden pairs, promises, limits and sites that are cheaper open."""
    chance = np.random.default_rng(seed)
    points, sites = int(chance.integers(2, 6)), int(chance.integers(1, 5))
    cost = (
        chance.uniform(0, 50, (points, sites)) if seed % 2 else chance.integers(0, 50, (points, sites)) * 1.0
    )
    cost[chance.random((points, sites)) < 0.1] = np.inf
    demand = chance.uniform(0, 10, points) if seed % 3 else chance.integers(0, 10, points) * 1.0
    room = chance.uniform(0.5, 2.0, sites) * max(float(demand.sum()), 1.0) / max(1, sites - 1)
    weight, near = chance.uniform(0, 5, points), chance.random((points, sites)) < 0.6
    promise = CoverPromise(weight, near, float(chance.uniform(0.2, 0.9)))
    return FixedCharge(
        cost,
        chance.uniform(-10, 60, sites).round(),
        demand,
        room if is_limited else None,
        required=(0,) if seed % 7 == 0 else (),
        closed=(sites - 1,) if sites > 1 and seed % 5 == 0 else (),
        fewest_sites=int(chance.integers(0, 2)),
        most_sites=int(chance.integers(1, sites + 1)) if seed % 4 == 0 else None,
        promises=(promise,) if seed % 4 == 3 else (),
        constant=float(seed % 3),
    )


def all_plans(problem: FixedCharge, *, is_whole: bool) -> list[tuple[float, tuple[int, ...]]]:
    """Cost and sites of the best plan of every set of sites, by trying all of them."""
    found = []
    for number in range(1, problem.sites + 1):
        for sites in combinations(range(problem.sites), number):
            most = problem.sites if problem.most_sites is None else problem.most_sites
            if not problem.fewest_sites <= number <= most:
                continue
            if not set(problem.required) <= set(sites) or set(sites) & set(problem.closed):
                continue
            travel = _whole_travel(problem, sites) if is_whole else _split_travel(problem, sites)
            if np.isfinite(travel):
                fixed = problem.constant + float(problem.fixed_cost[list(sites)].sum())
                found.append((fixed + travel, sites))
    return sorted(found)


def _whole_travel(problem: FixedCharge, sites: tuple[int, ...]) -> float:
    best = np.inf
    points = range(problem.points)
    for served in product(sites, repeat=problem.points):
        travel = sum(float(problem.cost[point, served[point]]) for point in points)
        if travel >= best:
            continue
        load = np.bincount(served, problem.demand, problem.sites)
        if problem.capacity is not None and (load > problem.capacity + 1e-9).any():
            continue
        if all(
            sum(promise.weight[point] for point in points if promise.is_near[point, served[point]])
            >= promise.least_share * promise.weight.sum() - 1e-9
            for promise in problem.promises
        ):
            best = travel
    return best


def _split_travel(problem: FixedCharge, sites: tuple[int, ...]) -> float:
    from scipy.optimize import linprog

    chosen = list(sites)
    cost = problem.cost[:, chosen]
    points, number = cost.shape
    served = np.kron(np.eye(points), np.ones(number))
    limits = [np.kron(problem.demand, np.eye(number)[site]) for site in range(number)]
    room = [] if problem.capacity is None else problem.capacity[chosen].tolist()
    for promise in problem.promises:
        limits.append(-(promise.weight[:, None] * promise.is_near[:, chosen]).ravel())
        room.append(-promise.least_share * promise.weight.sum())
    bounds = [(0, 1 if np.isfinite(value) else 0) for value in cost.ravel()]
    value = np.where(np.isfinite(cost), cost, 0.0).ravel()
    found = linprog(value, A_ub=np.array(limits), b_ub=room, A_eq=served, b_eq=np.ones(points), bounds=bounds)
    return float(found.fun) if found.success else np.inf
