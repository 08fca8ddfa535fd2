"""A lower bound on the cost of routes by column generation.

Routes r of depot d with cost c[r], which visit stop i a[i, r] times; K[d] vehicles; x[r] = how often a route is driven.

    min   sum of c[r] x[r]
    s.t.  sum over r of a[i, r] x[r] >= 1       for each stop i
          sum over r of d of x[r] <= K[d]       for each depot d
          x >= 0

Routes may come back to a stop that no stop in between remembers (ng-routes): all true routes are among them, so the
optimum of this program is no more than that of the routing problem. Routes join it where the labelling finds some of
negative reduced cost.

With any duals p >= 0 of stops and m <= 0 of depots, and no route of d below reduced cost w[d],

    sum of p[i] + sum of K[d] (m[d] + min(0, w[d]))

is a bound (Lagrange), and so is (sum of p[i] + sum of K[d] m[d]) / (1 + |min w| / c_min) as duals shrunk by that factor
are feasible (Farley 1990, "A note on bounding a class of linear programming problems"). Both hold whenever the search
stops. Duals of each pricing lie between those of the program and of the best bound (Wentges 1997, "Weighted
Dantzig-Wolfe decomposition for linear mixed-integer programming").
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, IntArray, count
from optimize.routing.bounds.capacity_cuts import CapacityCuts
from optimize.routing.bounds.instance import Instance, instance_of
from optimize.routing.bounds.network import memory_of
from optimize.routing.bounds.pricing import Pricer
from optimize.routing.master import Column, MasterSolution, RouteMaster
from optimize.solving import Progress, no_progress
from scenarios import SolveStatus

_SMOOTHING = 0.6
_DEARER = 4.0
_LEFT_OUT = 1e-7
_QUICK = 40_000_000
_SHARES = (0.3, 0.1, 0.03)
_GLANCE = 8_000_000
_PATIENCE = 8
_TOLERANCE = 1e-7
"""Reduced cost, as a share of the mean cost per stop, from which a route joins."""
_SAFETY = 1e-9
_STEPS_PER_PIVOT_AND_ROW = 400
MOST_NEAR = 32


@dataclass(frozen=True, eq=False)
class RouteBound:
    """A bound, and how far it was taken."""

    bound: float
    """No plan of the problem costs less; infinite where none is possible. Rounded up where all costs are whole."""
    status: SolveStatus
    """`OPTIMAL` where no route can raise the program's bound any more, `FEASIBLE` at a limit or an interrupt,
    `INFEASIBLE` where some stop is in no possible route."""
    linear_bound: float
    """Before rounding."""
    unservable: tuple[int, ...]
    """Places that no vehicle can serve even alone on a route by any way."""
    stop_duals: FloatArray
    """(p,) duals of the best bound by place; 0 at depots."""
    depot_duals: FloatArray
    """(k,) what one vehicle more would change; never above 0."""
    routes: tuple[tuple[IntArray, int], ...]
    """Routes of the program without the pool's, by places, and number of the depot."""
    columns: int
    """Routes in the program, the pool's included."""
    iterations: int
    """Times that it was solved."""
    work: int
    """Steps taken."""

    @property
    def is_converged(self) -> bool:
        """Whether the bound is the optimum of the linear program over all its routes."""
        return self.status is SolveStatus.OPTIMAL


def lower_bound(
    cost: npt.ArrayLike,
    travel: npt.ArrayLike,
    demand: npt.ArrayLike,
    capacity: npt.ArrayLike,
    opens: npt.ArrayLike,
    closes: npt.ArrayLike,
    service: npt.ArrayLike,
    depots: Sequence[int],
    vehicles: Sequence[int],
    longest_route: float = math.inf,
    pool: Sequence[tuple[Sequence[int], int]] = (),
    *,
    work_limit: int = 2_000_000_000,
    ng_size: int = 8,
    cut_limit: int = 400,
    progress: Progress = no_progress,
) -> RouteBound:
    """Bound the cost of plans in which each stop is on one route, and each route begins and ends at its depot.

    p places: depots and stops. A vehicle is at a stop when it opens at the earliest, waiting if need be.

    Args:
        cost: (p, p) money from row to column, 0 or more; infinite where nobody can go.
        travel: (p, p) time from row to column, 0 or more, likewise.
        demand: (p,) load of a stop; a depot's is not looked at.
        capacity: Of a vehicle, or (k,) of one of each depot.
        opens: (p,) earliest start of service; at a depot earliest departure.
        closes: (p,) latest start of service; at a depot latest return; infinite for none.
        service: (p,) time at a stop.
        depots: k different places.
        vehicles: (k,) of each depot.
        longest_route: Most travel and service on a route; infinite for none. Left out where routes may have to wait:
            the bound is then one of a wider problem.
        pool: Known routes, stops by place and number of the depot 0..k-1, which the program begins with. Those that
            break a rule make the bound no wrong one.
        work_limit: Most steps of pricing: about 100 to 200 million a second.
        ng_size: Near stops that each stop remembers, itself included, 1 to 32.
        cut_limit: Most inequalities on sets of stops; 0 = the linear program over routes alone.
        progress: Told once an iteration.

    Returns:
        The bound. It holds at whatever iteration the search stops.

    Raises:
        ValueError: An argument has a wrong shape or value.
    """
    instance = instance_of(
        cost, travel, demand, capacity, opens, closes, service, depots, vehicles, longest_route, pool
    )
    if not 1 <= ng_size <= MOST_NEAR:
        raise ValueError(f"ng_size must be from 1 to {MOST_NEAR}, got {ng_size!r}")
    if work_limit < 0:
        raise ValueError(f"work_limit must be at least 0, got {work_limit!r}")
    return bound_instance(instance, ng_size, work_limit, count("cut_limit", cut_limit), progress)


def bound_instance(
    instance: Instance, ng_size: int, work_limit: int, cut_limit: int, progress: Progress = no_progress
) -> RouteBound:
    """`lower_bound` of networks that need not come from one table of legs, and of stops that may be left out.

    Args:
        instance: The networks. A stop that may be left out adds at most what that costs.
        ng_size: As there.
        work_limit: As there.
        cut_limit: As there.
        progress: As there.
    """
    search = _Generation(instance, ng_size, work_limit, cut_limit)
    if not len(search.unservable):
        try:
            search.run(progress)
        except KeyboardInterrupt:
            search.is_converged = False
    return search.answer()


class _Duals(NamedTuple):
    """Prices of stops, vehicles of depots, and entries into sets of stops."""

    stops: FloatArray
    depots: FloatArray
    cuts: FloatArray

    def towards(self, other: _Duals, share: float) -> _Duals:
        """A share of the way to others; those of sets that these do not know yet are 0."""
        cuts = np.concatenate([self.cuts, np.zeros(len(other.cuts) - len(self.cuts))])
        pairs = zip((self.stops, self.depots, cuts), other, strict=True)
        return _Duals(*((1 - share) * mine + share * theirs for mine, theirs in pairs))


class _Generation:
    """Column generation with its duals and the best bound so far."""

    def __init__(self, instance: Instance, ng_size: int, work_limit: int, cut_limit: int) -> None:
        self._instance, self._limit = instance, work_limit
        memory = memory_of(instance.stop_cost, ng_size)
        self._pricers = [Pricer(network, memory) for network in instance.networks]
        self._fleet = np.minimum(instance.vehicles, instance.stop_count).astype(np.float64)
        leaves = np.array([network.leave_cost for network in instance.networks])
        self.unservable = np.flatnonzero((leaves == np.inf).all(axis=0))
        self._penalty = instance.alone_cost
        self._master = RouteMaster(self._penalty, self._fleet, is_covering=True)
        self._least_route = instance.least_route
        self._known: set[tuple[int, tuple[int, ...]]] = set()
        self._routes: list[tuple[IntArray, int]] = []
        self._cuts = CapacityCuts(instance.demand, instance.largest_capacity, instance.networks, cut_limit)
        self._center = _Duals(np.zeros(instance.stop_count), np.zeros(len(self._fleet)), np.zeros(0))
        self._pool_routes = 0
        self._bound = 0.0
        self._work = self._iterations = self._patience = 0
        self.is_converged = False

    def run(self, progress: Progress) -> None:
        """Solve and price until no route is missing."""
        instance = self._instance
        self._add((stops, depot) for stops, depot in instance.pool)
        self._pool_routes = len(self._routes)
        self._add((np.array([stop]), depot) for stop, depot in instance.alone)
        smoothing = 0.0
        while self._work < self._limit:
            found = self._master.solve()
            if found is None:
                return
            self._work += found.pivots * self._instance.stop_count * _STEPS_PER_PIVOT_AND_ROW
            self._iterations += 1
            progress("bound of routes", self._iterations, 0)
            duals = _Duals(found.stop_duals, found.group_duals, found.row_duals)
            added = self._price(found.value, duals, smoothing)
            if not added and smoothing > 0:
                added = self._price(found.value, duals, 0.0)
            if found.value - self._bound <= _SAFETY * found.value:
                self.is_converged, added = True, False
            if not added and not self._raise_penalties(found) and not self._cut(found):
                return
            smoothing = _SMOOTHING

    def _raise_penalties(self, found: MasterSolution) -> bool:
        """Make it dearer to leave out stops that are left out; whether there was room for that.

        Low penalties first: duals as high as the last ones are far from what routes cost, and every path looks cheap.
        """
        is_cheap = (found.left_out > _LEFT_OUT) & (self._penalty < self._instance.dearest)
        if not self.is_converged or not is_cheap.any():
            return False
        self._penalty = np.where(
            is_cheap, np.minimum(self._penalty * _DEARER, self._instance.dearest), self._penalty
        )
        self._master.set_penalties(self._penalty)
        self.is_converged = False
        return True

    def _cut(self, found: MasterSolution) -> bool:
        """Add capacity inequalities that the optimum over all routes breaks; whether there were any."""
        if not self.is_converged:
            return False
        stops = self._instance.stop_count
        flow, visits = np.zeros((stops, stops)), np.zeros(stops)
        solved = self._routes[: len(found.route_values)]
        for (route, _), value in zip(solved, found.route_values.tolist(), strict=True):
            if value > _LEFT_OUT:
                np.add.at(flow, (route[:-1], route[1:]), value)
                np.add.at(visits, route, value)
        visits += found.left_out
        added = self._cuts.separate(flow, visits)
        if added:
            entries = np.array([self._cuts.entries(route) for route, _ in self._routes])
            alone = np.array([self._cuts.entries(np.array([stop])) for stop in range(stops)])
            for cut in range(len(self._cuts.least) - added, len(self._cuts.least)):
                self._master.add_row(float(self._cuts.least[cut]), entries[:, cut], alone[:, cut])
            self.is_converged = False
        return added > 0

    def _price(self, value: float, program: _Duals, smoothing: float) -> bool:
        """Add routes of negative reduced cost, and raise the bound; whether there were any.

        Args:
            value: Of the program.
            program: Its duals.
            smoothing: How far towards the duals of the best bound routes are priced.
        """
        duals = self._center.towards(program, 1 - smoothing)
        cutoff = -_TOLERANCE * max(value, 1e-9) / self._instance.stop_count
        least = np.full(len(self._pricers), -np.inf)
        leg_prices, leave_prices = self._cuts.leg_prices(duals.cuts), self._cuts.leave_prices(duals.cuts)
        for depot, pricer in enumerate(self._pricers):
            pricer.price_at(duals.stops, float(duals.depots[depot]), leg_prices, leave_prices)
            self._work += pricer.steps_of_relaxation
            least[depot] = pricer.relaxed_least()
        is_new = False
        if self._patience == 0:
            before = self._work
            is_new = self._search(program, least, np.full(len(least), cutoff), _GLANCE, is_loose=False)
            self._patience = _PATIENCE if self._work - before >= _GLANCE else 0
        else:
            self._patience -= 1
        for share in _SHARES:
            if not is_new:
                is_new = self._search(
                    program, least, np.minimum(cutoff, share * least), _QUICK, is_loose=True
                )
        # At duals that are not the program's own, what is found may be known: no proof is worth the work there.
        for most, is_loose in ((self._limit, True), (_QUICK, False), (self._limit, False)):
            if smoothing == 0 and not is_new and (least < cutoff).any():
                is_new = self._search(program, least, np.full(len(least), cutoff), most, is_loose=is_loose)
        self.is_converged = not is_new and smoothing == 0 and bool((least >= cutoff).all())
        self._raise(duals, least)
        return is_new

    def _search(
        self, program: _Duals, least: FloatArray, cutoff: FloatArray, work_limit: int, *, is_loose: bool
    ) -> bool:
        """Add routes by labelling and raise what none is below; whether any of them is new."""
        routes: list[tuple[IntArray, int]] = []
        for depot, pricer in enumerate(self._pricers):
            if least[depot] < cutoff[depot]:
                left = max(1, min(work_limit, self._limit - self._work))
                priced = pricer.routes(float(cutoff[depot]), left, is_loose=is_loose)
                self._work += priced.work
                least[depot] = max(least[depot], priced.least)
                routes += [(stops, depot) for stops in priced.routes]
        return self._add(self._below(routes, program))

    def _below(self, routes: list[tuple[IntArray, int]], program: _Duals) -> list[tuple[IntArray, int]]:
        """Routes that are of negative reduced cost at the duals of the program too."""

        def reduced(stops: IntArray, depot: int) -> float:
            prices = float(program.stops[stops].sum() + program.cuts @ self._cuts.entries(stops))
            return self._instance.route_cost(stops, depot) - prices - float(program.depots[depot])

        return [(stops, depot) for stops, depot in routes if reduced(stops, depot) < 0]

    def _raise(self, duals: _Duals, least: FloatArray) -> None:
        """The bounds of Lagrange and Farley."""
        fixed = math.fsum([*duals.stops, *duals.depots * self._fleet, *duals.cuts * self._cuts.least])
        below = np.minimum(least, 0.0)
        bound = fixed + math.fsum(self._fleet * below)
        if self._least_route > 0 and np.isfinite(below).all():
            bound = max(bound, fixed / (1.0 - float(below.min()) / self._least_route))
        if bound > self._bound:
            self._bound = bound
            self._center = duals

    def _add(self, routes: Iterable[tuple[IntArray, int]]) -> bool:
        """Add routes that are not known yet; whether there were any."""
        new = []
        for stops, depot in routes:
            key = (depot, tuple(stops.tolist()))
            if key not in self._known:
                self._known.add(key)
                new.append((stops, depot))
        self._master.add(
            Column(self._instance.route_cost(stops, depot), stops, depot, self._cuts.entries(stops))
            for stops, depot in new
        )
        self._routes += new
        return bool(new)

    def answer(self) -> RouteBound:
        """What is known, by places."""
        instance = self._instance
        linear = max(0.0, self._bound * (1 - _SAFETY) - _SAFETY)
        status = SolveStatus.OPTIMAL if self.is_converged else SolveStatus.FEASIBLE
        if len(self.unservable) or linear > instance.dear:
            status, linear = SolveStatus.INFEASIBLE, math.inf
        is_whole = instance.is_whole and math.isfinite(linear)
        stop_duals = np.zeros(instance.place_count)
        stop_duals[instance.stops] = self._center.stops
        return RouteBound(
            bound=float(math.ceil(linear)) if is_whole else linear,
            status=status,
            linear_bound=linear,
            unservable=tuple(instance.stops[self.unservable].tolist()),
            stop_duals=stop_duals,
            depot_duals=self._center.depots,
            routes=tuple(
                (instance.stops[stops], depot) for stops, depot in self._routes[self._pool_routes :]
            ),
            columns=len(self._routes),
            iterations=self._iterations,
            work=self._work,
        )


__all__ = ["RouteBound", "bound_instance", "lower_bound"]
