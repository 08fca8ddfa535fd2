"""Technicians of all stations and the work given outside, decided together at the least cost per day.

Stations s, kinds of work k (a skill at a level) with L[s,k] minutes a day on the road and at customers' if own people
do it all; groups g of people who are alike: a station, the kinds they can do, a cost c[g] per person and day, at most
N[g] of them. C[s,n] minutes are carried by n people of a station within the promise, more per head the larger n is.

    n[g] people (whole), v[s,k] = 1 where own people do the work (else partners do), x[s,k,g] its share of a group,
    t[P,j] = 1 where at least j people can do some work of the pool P, m[p] jobs paid for and not given

    min  sum c[g] n[g] + sum e[s,k] v[s,k] + sum f[s,k] (1 - v[s,k]) + sum a[p] m[p]
    s.t. sum over g of x[s,k,g] = v[s,k],   sum over k of L[s,k] x[s,k,g] <= d[s] n[g]
         sum over k of P of L[s,k] v[s,k] <= sum over j of (C[s,j] - C[s,j-1]) t[P,j]
         sum over j of t[P,j] <= sum of n[g] that can do some work of P,   t[P,j+1] <= t[P,j]
         n[g] <= N[g] v[s,k] for each k that g can do           work that goes outside would wait for who can do it
         sum of R[s,k] (1 - v[s,k]) <= room,   m[p] >= M[p] - s[p] (what is given)

The second line is the transport of work to people, which by Hall's theorem holds where every set of kinds fits into the
time of all who can do some of it; the third asks more of pools: all work of a station, and each skill from each
level up, have to keep the promise as queues of their own (Garnett and Mandelbaum 2000, "An introduction to skills-based
routing", on pooling by common skills). One price for all partners: those in use share the work as the policy says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.arguments import count, not_negative, not_negatives
from optimize.sourcing.programme import NODE_LIMIT, Programme, Solved, proven, unless_broken
from scenarios import SolveReport, SolveStatus, Unserved

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

SOLVER = "people and work given outside by mixed-integer programming (HiGHS)"
_NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class FieldCrews:
    """Work, people and partners; everything is per mean day."""

    load: FloatArray
    """(stations, kinds): minutes of own people for all work of a kind."""
    own_cost: FloatArray
    """(stations, kinds): money for doing it besides people, less what customers pay; may be negative."""
    outside_cost: FloatArray
    """(stations, kinds): money for having it done outside; infinite = nobody does it."""
    requests: FloatArray
    """(stations, kinds)"""
    carried: FloatArray
    """(stations, people + 1): minutes that 0, 1, 2, ... people of a station carry within the promise."""
    minutes: FloatArray
    """(stations,): that one person carries among many."""
    team: IntArray
    """(groups,): station."""
    able: BoolArray
    """(groups, kinds)"""
    cost: FloatArray
    """(groups,): money per person."""
    most: IntArray
    """(groups,): people there are."""
    pools: BoolArray
    """(pools, kinds): work that keeps its promise as a queue of its own."""
    least: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    """(stations,): people where there is any; 1 unless given."""
    room: float = np.inf
    """Requests that partners take."""
    minimum: FloatArray = field(default_factory=lambda: np.zeros(0))
    """(partners,): requests paid for in any case."""
    minimum_price: FloatArray = field(default_factory=lambda: np.zeros(0))
    """(partners,): money for each of them that is not given."""
    given_share: FloatArray = field(default_factory=lambda: np.zeros(0))
    """(partners,): of the requests given outside; equal unless given."""

    def __post_init__(self) -> None:
        """Check shapes and numbers.

        Raises:
            ValueError: an array has another shape, or holds a number that it cannot.
        """
        if np.ndim(self.load) != 2:
            raise ValueError(f"load has shape {np.shape(self.load)}, not (stations, kinds)")
        load = not_negatives("load", self.load, np.shape(self.load))
        stations, kinds = load.shape
        groups = len(self.team)
        not_negatives("requests", self.requests, load.shape)
        if not np.isfinite(self.own_cost).all() or np.shape(self.own_cost) != load.shape:
            raise ValueError(f"own_cost: must be finite, of shape {load.shape}")
        outside = np.asarray(self.outside_cost, np.float64)
        if outside.shape != load.shape or np.isnan(outside).any() or np.isneginf(outside).any():
            raise ValueError(f"outside_cost: must be numbers or infinity, of shape {load.shape}")
        carried = not_negatives("carried", self.carried, np.shape(self.carried))
        if carried.ndim != 2 or len(carried) != stations or (np.diff(carried, axis=1) < 0.0).any():
            raise ValueError("carried: must be (stations, people + 1), not falling with people")
        not_negatives("minutes", self.minutes, (stations,))
        not_negatives("cost", self.cost, (groups,))
        if np.shape(self.able) != (groups, kinds) or np.shape(self.most) != (groups,):
            raise ValueError(f"able, most: must be ({groups}, {kinds}) and ({groups},)")
        if groups and not (np.min(self.team) >= 0 and np.max(self.team) < stations):
            raise ValueError(f"team: must be numbers from 0 to {stations - 1}")
        if np.ndim(self.pools) != 2 or np.shape(self.pools)[1] != kinds:
            raise ValueError(f"pools: must be (pools, {kinds})")
        if np.isnan(self.room) or self.room < 0.0:
            raise ValueError(f"room is {self.room!r}, not a number from 0")
        partners = np.size(self.minimum)
        not_negatives("minimum_price", self.minimum_price, (partners,))
        if not np.size(self.given_share):
            object.__setattr__(self, "given_share", np.full(partners, 1.0 / max(partners, 1)))
        not_negatives("given_share", self.given_share, (partners,))
        if not np.size(self.least):
            object.__setattr__(self, "least", np.ones(stations, np.int64))


@dataclass(frozen=True, eq=False)
class CrewsPlan:
    """Who is employed, and what is given outside."""

    people: IntArray
    """(groups,)"""
    is_own: BoolArray
    """(stations, kinds): work that own people do; true where there is none."""
    cost: float
    """Money per day."""
    report: SolveReport

    @property
    def is_solved(self) -> bool:
        """Whether all work is done by somebody."""
        return self.report.status is not SolveStatus.INFEASIBLE


def crews_and_partners(problem: FieldCrews, *, seed: int = 1, node_limit: int = NODE_LIMIT) -> CrewsPlan:
    """The cheapest people and work given outside.

    Args:
        problem: work, people and partners.
        seed: of the search.
        node_limit: most nodes of branch and bound.

    Returns:
        The plan. `INFEASIBLE` where some work can be done by nobody, or by too few: without people, and
        `report.unserved` says why. `FALLBACK`: the search found nothing; of each station the most able people, as many
        as carry all work.

    Raises:
        ValueError: `node_limit` is below 1.
    """
    count("node_limit", node_limit, 1)
    told = _obstacles(problem)
    if told:
        return _nothing(problem, told, seed, node_limit)
    model = _Model(problem, seed)
    found = model.programme.solve(node_limit)
    if found.status is SolveStatus.INFEASIBLE:
        why = Unserved(item="all work", reason="people who can be had do not carry what nobody outside takes")
        return _nothing(problem, (why,), seed, node_limit)
    if found.is_found:
        people, is_own = model.decoded(found)
        status, bound = proven(found.status, crews_cost(problem, people, is_own), found.bound)
    else:
        people, is_own = _greedy(problem)
        status, bound = SolveStatus.FALLBACK, None
    cost = crews_cost(problem, people, is_own)
    report = _report(status, cost, bound, problem, seed, node_limit)
    plan = CrewsPlan(people, is_own, cost, report)
    if status is SolveStatus.FALLBACK:
        from optimize.staffing.crews_checking import check_crews  # it imports this module

        report = unless_broken(report, [str(broken) for broken in check_crews(problem, plan)])
        return CrewsPlan(people, is_own, cost, report)
    return plan


def crews_cost(problem: FieldCrews, people: IntArray, is_own: BoolArray) -> float:
    """Money per day of people, of work by own people and by partners, and of volumes paid for and not given."""
    outside = ~is_own & (problem.requests > 0.0)
    given = float(problem.requests[outside].sum())
    missing = np.maximum(problem.minimum - problem.given_share * given, 0.0)
    return float(
        people @ problem.cost
        + problem.own_cost[is_own].sum()
        + problem.outside_cost[outside].sum()
        + missing @ problem.minimum_price
    )


class _Model:
    """The programme, and what its variables mean."""

    def __init__(self, problem: FieldCrews, seed: int) -> None:
        self._problem = problem
        dearest = np.zeros(len(problem.load))
        np.maximum.at(dearest, problem.team, problem.cost)
        people = problem.load.sum(axis=1) / np.maximum(problem.minutes, _NOTHING)
        scale = float(np.abs(problem.own_cost).sum() + dearest @ people)
        self.programme = programme = Programme(scale, seed)
        self.people = [programme.whole(float(most)) for most in problem.most]
        self.gone: dict[tuple[int, int], Any] = {}
        """Choices to give work outside, not to keep it: a price that nobody pays is then no part of the optimum."""
        self.own: dict[tuple[int, int], Any] = {}
        cost = programme.sum(self.people, problem.cost)
        for station in range(len(problem.load)):
            for kind in np.flatnonzero(problem.requests[station] > 0.0).tolist():
                gone = self.gone[station, kind] = programme.choice()
                self.own[station, kind] = 1.0 - gone
                own, outside = float(problem.own_cost[station, kind]), problem.outside_cost[station, kind]
                if np.isfinite(outside):
                    cost = cost + own + (float(outside) - own) * gone
                else:
                    programme.hold(gone == 0.0)
                    cost = cost + own
            self._share_work(station)
            self._hold_pools(station)
        requests = np.array([problem.requests[key] for key in self.gone])
        given = programme.sum(self.gone.values(), requests)
        if np.isfinite(problem.room):
            programme.hold(given <= problem.room, "requests that partners take")
        for least, price, share in zip(
            problem.minimum, problem.minimum_price, problem.given_share, strict=True
        ):
            missing = programme.amount()
            programme.hold(missing >= float(least) - float(share) * given)
            cost = cost + float(price) * missing
        programme.minimise(cost)

    def _share_work(self, station: int) -> None:
        """Work of own people fits into the time of those who can do it; what they could do is not given outside."""
        problem, programme = self._problem, self.programme
        mine = np.flatnonzero(problem.team == station).tolist()
        kinds = [kind for at, kind in self.own if at == station]
        shares = {
            (kind, group): programme.amount(1.0)
            for kind in kinds for group in mine if problem.able[group, kind]
        }  # fmt: skip
        for kind in kinds:
            of_kind = [shares[kind, group] for group in mine if problem.able[group, kind]]
            programme.hold(programme.sum(of_kind) == self.own[station, kind])
            for group in mine:
                if problem.able[group, kind] and np.isfinite(problem.outside_cost[station, kind]):
                    most = float(problem.most[group])
                    programme.hold(self.people[group] <= most * self.own[station, kind])
        for group in mine:
            work = [kind for kind in kinds if problem.able[group, kind]]
            load = programme.sum([shares[kind, group] for kind in work], problem.load[station, work])
            programme.hold(load <= float(problem.minutes[station]) * self.people[group])

    def _hold_pools(self, station: int) -> None:
        """Every pool keeps the promise as a queue of its own, and nobody is alone where two are needed."""
        problem, programme = self._problem, self.programme
        mine = np.flatnonzero(problem.team == station)
        kinds = [kind for at, kind in self.own if at == station]
        for pool in problem.pools:
            work = [kind for kind in kinds if pool[kind]]
            if not work:
                continue
            load = problem.load[station, work]
            carried = problem.carried[station]
            levels = min(int(np.searchsorted(carried, load.sum() - _NOTHING)), len(carried) - 1)
            steps = programme.choices(levels)
            for lower, higher in pairwise(steps):
                programme.hold(higher <= lower)
            programme.hold(
                programme.sum([self.own[station, kind] for kind in work], load)
                <= programme.sum(steps, np.diff(carried)[:levels])
            )
            able = [self.people[group] for group in mine if problem.able[group, work].any()]
            programme.hold(programme.sum(steps) <= programme.sum(able))
        least = int(problem.least[station])
        if least > 1:
            total = programme.sum([self.people[group] for group in mine])
            for kind in kinds:
                programme.hold(total >= least * self.own[station, kind])

    def decoded(self, found: Solved) -> tuple[IntArray, BoolArray]:
        """People by group, and what own people do."""
        people = np.array([round(found.values[variable]) for variable in self.people], np.int64)
        is_own = np.ones(self._problem.load.shape, np.bool_)
        for key, variable in self.gone.items():
            is_own[key] = found.values[variable] < 0.5
        return people, is_own


def _obstacles(problem: FieldCrews) -> tuple[Unserved, ...]:
    """Work that nobody can do."""
    told = []
    for station, kind in np.argwhere(problem.requests > 0.0).tolist():
        can = (problem.team == station) & problem.able[:, kind] & (problem.most > 0)
        if not can.any() and np.isinf(problem.outside_cost[station, kind]):
            told.append(
                Unserved(
                    item=f"kind {kind} at station {station}",
                    reason="nobody who can be had is able to do it, and no partner does it",
                    relaxation="somebody who can",
                )
            )
    return tuple(told)


def _greedy(problem: FieldCrews) -> tuple[IntArray, BoolArray]:
    """Nothing outside; of each station the group that can do most, as many as carry all its work."""
    people = np.zeros(len(problem.team), np.int64)
    for station, load in enumerate(problem.load):
        mine = np.flatnonzero(problem.team == station)
        if not mine.size or not load.any():
            continue
        best = mine[int(np.argmax(problem.able[mine].sum(axis=1)))]
        carried = int(np.searchsorted(problem.carried[station], load.sum() - _NOTHING))
        alone = ceil(load.sum() / max(float(problem.minutes[station]), _NOTHING) - _NOTHING)
        people[best] = min(max(carried, alone, int(problem.least[station])), int(problem.most[best]))
    return people, np.ones(problem.load.shape, np.bool_)


def _report(
    status: SolveStatus,
    cost: float | None,
    bound: float | None,
    problem: FieldCrews,
    seed: int,
    node_limit: int,
) -> SolveReport:
    return SolveReport(
        solver=SOLVER,
        status=status,
        objective=cost,
        bound=bound,
        unit="money per day, net of what customers pay",
        seed=seed,
        work_limit=f"{node_limit} nodes",
        items=len(problem.team),
        fallbacks=len(problem.team) if status is SolveStatus.FALLBACK else 0,
    )


def _nothing(problem: FieldCrews, told: tuple[Unserved, ...], seed: int, node_limit: int) -> CrewsPlan:
    report = _report(SolveStatus.INFEASIBLE, None, None, problem, seed, node_limit)
    return CrewsPlan(
        people=np.zeros(len(problem.team), np.int64),
        is_own=np.ones(problem.load.shape, np.bool_),
        cost=0.0,
        report=report.model_copy(update={"unserved": told}),
    )


def room_per_day(most_per_day: int, turned_away_share: float) -> float:
    """Mean requests a day that partners take if so small a share of them finds them full on a day (Poisson).

    Args:
        most_per_day: requests that they take on a day.
        turned_away_share: of all that are given to them.
    """
    from optimize.staffing.partners import OwnCapacity, PartnerOffer, own_or_partner

    not_negative("turned_away_share", turned_away_share)
    nobody, offer = OwnCapacity(0.0, most_slots=0), PartnerOffer(1.0, capacity_per_day=most_per_day)
    low, high = 0.0, float(most_per_day)
    for _ in range(30):
        middle = 0.5 * (low + high)
        if own_or_partner(middle, nobody, [offer], 2.0).unserved_jobs <= turned_away_share * middle:
            low = middle
        else:
            high = middle
    return low


__all__ = ["CrewsPlan", "FieldCrews", "crews_and_partners", "crews_cost", "room_per_day"]
