"""An independent check of choices from a pool: plain lists, and no code of what chooses."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from optimize.routing.partitioning import PoolChoice
from scenarios import SolveStatus


class PoolRule(Enum):
    """What a choice must keep."""

    KNOWN = "routes are of the pool, ascending and each at most once"
    ONCE = "no stop is in two routes unless it may be"
    UNSERVED = "the stops named as unserved are those in no route"
    MUST = "stops that must be served are, unless the status says that this failed"
    GROUP = "no group takes more routes than it may"
    COST = "the cost is that of the routes and of stops left out"
    BOUND = "the bound is not above the cost, and equal to it where the choice is called optimal"
    DUALS = "there is a dual for each stop and group: a group's not above 0, a stop's not below where it may be in two"


@dataclass(frozen=True)
class BrokenPoolRule:
    """One rule that a choice breaks, and where."""

    rule: PoolRule
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule.value}"


def check_choice(
    choice: PoolChoice,
    costs: Sequence[float],
    members: Sequence[Sequence[int]],
    stop_count: int,
    *,
    group: Sequence[int] | None = None,
    group_limits: Sequence[int] = (),
    unserved_penalty: Sequence[float] | None = None,
    must_serve: Sequence[bool] | None = None,
    is_covering: bool = False,
) -> tuple[BrokenPoolRule, ...]:
    """Find every rule that a choice breaks.

    Args:
        choice: The answer of `best_of_pool`.
        costs: And the rest: as they were asked.
        members: Stops of each route.
        stop_count: n.
        group: Group of each route.
        group_limits: Most routes of each group.
        unserved_penalty: Money for leaving a stop out.
        must_serve: Stops that must be served.
        is_covering: Whether a stop may be in several routes.

    Returns:
        Broken rules; empty for a good choice. The others are looked at only where all routes are known.
    """
    chosen = list(choice.chosen)
    if chosen != sorted(set(chosen)) or any(not 0 <= route < len(costs) for route in chosen):
        return (BrokenPoolRule(PoolRule.KNOWN, "choice"),)
    penalties = [math.inf] * stop_count if unserved_penalty is None else list(unserved_penalty)
    for stop in range(stop_count):
        if must_serve is not None and must_serve[stop]:
            penalties[stop] = math.inf
    groups = [-1] * len(costs) if group is None else list(group)
    facts = _Facts(list(costs), members, penalties, groups, group_limits)
    return (
        *_stops(choice, facts, is_covering),
        *_groups(choice, facts),
        *_money(choice, facts),
        *_duals(choice, facts, is_covering),
    )


@dataclass(frozen=True)
class _Facts:
    costs: list[float]
    members: Sequence[Sequence[int]]
    penalties: list[float]
    groups: list[int]
    limits: Sequence[int]


def _stops(choice: PoolChoice, facts: _Facts, is_covering: bool) -> Iterator[BrokenPoolRule]:
    visits = Counter(stop for route in choice.chosen for stop in facts.members[route])
    missing = [stop for stop in range(len(facts.penalties)) if not visits[stop]]
    for stop, times in sorted(visits.items()):
        if times > 1 and not is_covering:
            yield BrokenPoolRule(PoolRule.ONCE, f"stop {stop}")
    if list(choice.unserved) != missing:
        yield BrokenPoolRule(PoolRule.UNSERVED, "choice")
    excused = choice.status in (SolveStatus.INFEASIBLE, SolveStatus.FALLBACK)
    for stop in missing:
        if math.isinf(facts.penalties[stop]) and not excused:
            yield BrokenPoolRule(PoolRule.MUST, f"stop {stop}")


def _groups(choice: PoolChoice, facts: _Facts) -> Iterator[BrokenPoolRule]:
    taken = Counter(facts.groups[route] for route in choice.chosen)
    for number, limit in enumerate(facts.limits):
        if taken[number] > limit:
            yield BrokenPoolRule(PoolRule.GROUP, f"group {number}")


def _money(choice: PoolChoice, facts: _Facts) -> Iterator[BrokenPoolRule]:
    served = {stop for route in choice.chosen for stop in facts.members[route]}
    cost = sum(facts.costs[route] for route in choice.chosen)
    cost += sum(money for stop, money in enumerate(facts.penalties) if stop not in served)
    if not (cost == choice.cost or math.isclose(cost, choice.cost, rel_tol=1e-9, abs_tol=1e-9)):
        yield BrokenPoolRule(PoolRule.COST, "choice")
    is_closed = choice.cost == choice.bound or choice.cost - choice.bound <= 1e-8 * abs(choice.cost)
    if choice.status is SolveStatus.INFEASIBLE:
        is_told = math.isinf(choice.bound)
    else:
        is_told = choice.bound <= choice.cost and (is_closed or choice.status is not SolveStatus.OPTIMAL)
    if not is_told:
        yield BrokenPoolRule(PoolRule.BOUND, "choice")


def _duals(choice: PoolChoice, facts: _Facts, is_covering: bool) -> Iterator[BrokenPoolRule]:
    of_stops: list[float] = choice.stop_duals.tolist()
    of_groups: list[float] = choice.group_duals.tolist()
    is_whole = len(of_stops) == len(facts.penalties) and len(of_groups) == len(facts.limits)
    least = 0.0 if is_covering else -math.inf
    if not is_whole or any(dual < least for dual in of_stops) or any(dual > 0 for dual in of_groups):
        yield BrokenPoolRule(PoolRule.DUALS, "choice")


__all__ = ["BrokenPoolRule", "PoolRule", "check_choice"]
