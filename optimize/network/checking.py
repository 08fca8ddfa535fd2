"""An independent check of site plans: plain loops over the numbers given, with no code of what makes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from math import fsum, inf, isfinite

import numpy as np
import numpy.typing as npt

from optimize.network.results import NOBODY, SitePlan
from optimize.network.site_rules import NO_RULES, SiteRules
from scenarios import SolveStatus

_CLOSE = 1e-9


class SiteRule(Enum):
    """What a plan of sites must keep."""

    SITES = "open sites exist and come once each in rising order"
    COUNT = "as many sites are open as were asked for"
    KEPT = "sites that stand already stay open"
    FORBIDDEN = "no forbidden site is open"
    REGION = "each region has its least number of open sites"
    ASSIGNED = "each customer has an entry: an open site that may serve it, or nobody"
    NEAREST = "nobody is served from farther than the nearest open site"
    NAMED = "customers without a site are named, with a reason, and nobody else"
    OBJECTIVE = "the objective is what these sites cost, or cover"
    BOUND = "no plan is better than its bound, and an optimal one is as good"
    STATUS = "who has to be served is served, or the plan says that it is none"


@dataclass(frozen=True)
class BrokenSiteRule:
    """One rule that a plan breaks, and where."""

    rule: SiteRule
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule.value}"


def check_p_median(
    plan: SitePlan,
    cost: npt.ArrayLike,
    sites: int,
    *,
    weight: Sequence[float] | None = None,
    rules: SiteRules = NO_RULES,
) -> tuple[BrokenSiteRule, ...]:
    """Find every rule that a plan of `p_median` breaks.

    Args:
        plan: to be checked.
        cost: (customers, sites) as given to the solver.
        sites: as given to the solver.
        weight: as given to the solver.
        rules: as given to the solver.

    Returns:
        Broken rules; none for a good plan. Where entries are no sites at all nothing else is looked at.
    """
    rows, units = _rows(cost), _units(cost, weight)
    return _all(plan, rows, rules, sites, _Question(rows, [unit > 0 for unit in units], units))


def check_p_centre(
    plan: SitePlan,
    distance: npt.ArrayLike,
    sites: int,
    *,
    weight: Sequence[float] | None = None,
    rules: SiteRules = NO_RULES,
) -> tuple[BrokenSiteRule, ...]:
    """Find every rule that a plan of `p_centre` breaks; arguments as for `check_p_median`."""
    rows, units = _rows(distance), _units(distance, weight)
    return _all(
        plan, rows, rules, sites, _Question(rows, [unit > 0 for unit in units], units, is_largest=True)
    )


def check_set_cover(
    plan: SitePlan,
    distance: npt.ArrayLike,
    radius: npt.ArrayLike,
    *,
    site_cost: Sequence[float] | None = None,
    times: Sequence[int] | None = None,
    rules: SiteRules = NO_RULES,
) -> tuple[BrokenSiteRule, ...]:
    """Find every rule that a plan of `set_cover` breaks; arguments as given to it."""
    rows = _near_rows(distance, radius)
    needed = [1] * len(rows) if times is None else list(times)
    costs = [1.0] * len(rows[0]) if site_cost is None else list(site_cost)
    broken = _all(plan, rows, rules, None, None)
    if any(entry.rule is SiteRule.SITES for entry in broken):
        return broken
    short = {
        row
        for row, near in enumerate(rows)
        if sum(isfinite(near[site]) for site in plan.open_sites) < needed[row]
    }
    named = {entry.customer for entry in plan.unserved}
    more = [BrokenSiteRule(SiteRule.NAMED, f"customer {row}") for row in sorted(short ^ named)]
    value = inf if short else fsum(costs[site] for site in plan.open_sites)
    return (*broken, *more, *_figures(plan, value, must_serve=bool(short)))


def check_maximal_cover(
    plan: SitePlan,
    distance: npt.ArrayLike,
    radius: npt.ArrayLike,
    sites: int,
    *,
    weight: Sequence[float] | None = None,
    rules: SiteRules = NO_RULES,
) -> tuple[BrokenSiteRule, ...]:
    """Find every rule that a plan of `maximal_cover` breaks; arguments as given to it."""
    rows, units = _near_rows(distance, radius), _units(distance, weight)
    broken = _all(plan, rows, rules, sites, None)
    if any(entry.rule is SiteRule.SITES for entry in broken):
        return broken
    covered = [any(isfinite(near[site]) for site in plan.open_sites) for near in rows]
    named = [entry.customer for entry in plan.unserved]
    more = []
    if named != [row for row, is_covered in enumerate(covered) if not is_covered]:
        more.append(BrokenSiteRule(SiteRule.NAMED, "unserved"))
    value = fsum(unit for unit, is_covered in zip(units, covered, strict=True) if is_covered)
    return (*broken, *more, *_figures(plan, value, must_serve=False))


@dataclass(frozen=True)
class _Question:
    """Where everybody who counts is to be served, at what value."""

    rows: list[list[float]]
    counts: list[bool]
    units: list[float]
    is_largest: bool = False
    """Whether the largest value counts, not the sum."""


def _rows(matrix: npt.ArrayLike) -> list[list[float]]:
    rows: list[list[float]] = np.asarray(matrix, np.float64).tolist()
    return rows


def _near_rows(distance: npt.ArrayLike, radius: npt.ArrayLike) -> list[list[float]]:
    """Distances, infinite beyond the radius."""
    rows = _rows(distance)
    limits = np.broadcast_to(np.asarray(radius, np.float64), len(rows)).tolist()
    return [[far if far <= limit else inf for far in row] for row, limit in zip(rows, limits, strict=True)]


def _units(matrix: npt.ArrayLike, weight: Sequence[float] | None) -> list[float]:
    customers = len(_rows(matrix))
    return [1.0] * customers if weight is None else [float(unit) for unit in weight]


def _all(
    plan: SitePlan, rows: list[list[float]], rules: SiteRules, sites: int | None, question: _Question | None
) -> tuple[BrokenSiteRule, ...]:
    opened, known = plan.open_sites, range(len(rows[0]))
    if list(opened) != sorted(set(opened)) or any(site not in known for site in opened):
        return (BrokenSiteRule(SiteRule.SITES, "open sites"),)
    broken = list(_of_rules(plan, rules, sites))
    if plan.assigned.shape != (len(rows),):
        return (*broken, BrokenSiteRule(SiteRule.ASSIGNED, "all customers"))
    broken += _of_assignment(plan, rows)
    if question is not None:
        broken += _of_service(plan, question)
    return tuple(broken)


def _of_rules(plan: SitePlan, rules: SiteRules, sites: int | None) -> Iterator[BrokenSiteRule]:
    if sites is not None and len(plan.open_sites) != sites:
        yield BrokenSiteRule(SiteRule.COUNT, f"{len(plan.open_sites)} sites")
    for site in rules.kept:
        if site not in plan.open_sites:
            yield BrokenSiteRule(SiteRule.KEPT, f"site {site}")
    for site in rules.forbidden:
        if site in plan.open_sites:
            yield BrokenSiteRule(SiteRule.FORBIDDEN, f"site {site}")
    for region, least in enumerate(rules.least_per_region):
        inside = sum(
            1 for site in plan.open_sites if (rules.region[site] if len(rules.region) else 0) == region
        )
        if inside < least:
            yield BrokenSiteRule(SiteRule.REGION, f"region {region}")


def _of_assignment(plan: SitePlan, rows: list[list[float]]) -> Iterator[BrokenSiteRule]:
    for customer, (row, site) in enumerate(zip(rows, plan.assigned.tolist(), strict=True)):
        nearest = min((row[other] for other in plan.open_sites), default=inf)
        if site == NOBODY:
            if isfinite(nearest):
                yield BrokenSiteRule(SiteRule.NEAREST, f"customer {customer}")
        elif site not in plan.open_sites or not isfinite(row[site]):
            yield BrokenSiteRule(SiteRule.ASSIGNED, f"customer {customer}")
        elif row[site] > nearest:
            yield BrokenSiteRule(SiteRule.NEAREST, f"customer {customer}")


def _of_service(plan: SitePlan, question: _Question) -> Iterator[BrokenSiteRule]:
    missing = [
        customer
        for customer, site in enumerate(plan.assigned.tolist())
        if site == NOBODY and question.counts[customer]
    ]
    if [entry.customer for entry in plan.unserved] != missing or any(
        not entry.reason for entry in plan.unserved
    ):
        yield BrokenSiteRule(SiteRule.NAMED, "unserved")
    values = [
        question.rows[customer][site] * question.units[customer]
        for customer, site in enumerate(plan.assigned.tolist())
        if site != NOBODY and question.counts[customer]
    ]
    value = (max(values, default=0.0) if question.is_largest else fsum(values)) if not missing else inf
    yield from _figures(plan, value, must_serve=bool(missing))


def _figures(plan: SitePlan, value: float, *, must_serve: bool) -> Iterator[BrokenSiteRule]:
    """Objective, bound and status; `must_serve` says that somebody is not served who has to be."""
    slack = _CLOSE * abs(value) if isfinite(value) else 0.0
    if plan.objective != value and not abs(plan.objective - value) <= slack:
        yield BrokenSiteRule(SiteRule.OBJECTIVE, f"{plan.objective!r} instead of {value!r}")
    better = plan.bound - plan.objective if plan.is_maximised else plan.objective - plan.bound
    if isfinite(value) and (
        not better >= -slack or (plan.status is SolveStatus.OPTIMAL and better > 2 * slack)
    ):
        yield BrokenSiteRule(SiteRule.BOUND, f"bound {plan.bound!r} of {plan.objective!r}")
    says_none = plan.status in (SolveStatus.INFEASIBLE, SolveStatus.FALLBACK)
    if (must_serve and not says_none) or (not must_serve and plan.status is SolveStatus.INFEASIBLE):
        yield BrokenSiteRule(SiteRule.STATUS, plan.status.value)


__all__ = [
    "BrokenSiteRule", "SiteRule", "check_maximal_cover", "check_p_centre", "check_p_median", "check_set_cover",
]  # fmt: skip
