"""Chance-constrained staffing: the cheapest levels of people that keep a month's service target with high probability.

Groups g (weekdays, shifts, stations), each with levels l = 0, 1, .. of people at a cost c[g, l]; sampled months m, in
which a[m, g, l] requests of a group are answered in time at a level, of n[m, g] that come; target t, probability q.
y[g, l] = 1 if group g has at least level l, z[m] = 1 if month m keeps the target:

    min   sum of c[g, 0] + sum over l > 0 of (c[g, l] - c[g, l - 1]) y[g, l]
    s.t.  y[g, l + 1] <= y[g, l]
          sum of (a[m, g, l] - a[m, g, l - 1]) y[g, l] >= (sum over g of t n[m, g] - a[m, g, 0]) z[m]
          sum of z[m] >= q M                          over M months

the sample average approximation of Luedtke and Ahmed (2008), SIAM Journal on Optimization 19(2). Answers that grow with
the level make every term positive, so that no big constant is needed. Whether the answer keeps its word is told by
months that it has not seen, with the exact interval of Clopper and Pearson (1934), Biometrika 26.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.solving import Progress, no_progress
from optimize.staffing.cp_search import search
from optimize.staffing.level_model import LevelModel
from optimize.staffing.sampled_months import SampledMonths
from scenarios import SolveReport, SolveStatus, Unserved

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_UNITS_PER_COST = 1_000_000
"""Costs to millionths of the dearest level."""


@dataclass(frozen=True)
class Achieved:
    """Probability of keeping the target, from months that were not used to decide."""

    probability: float
    low: float
    """Lower end of the exact interval."""
    high: float
    confidence: float
    months: int


@dataclass(frozen=True, eq=False)
class ChancePlan:
    """Levels of people and what they achieve."""

    level: IntArray
    """(groups,)"""
    cost: float
    share_kept: float
    """Of the months it was decided on."""
    achieved: Achieved | None
    """Of others; None where none were given."""
    report: SolveReport
    """Objective and bound in the unit of the costs. `INFEASIBLE` where even the highest levels keep the target too
    rarely: these are then the plan, and the report says which target and which probability they could keep."""


def fewest_people(
    months: SampledMonths,
    cost: FloatArray,
    target_share: float,
    probability: float = 0.95,
    *,
    others: SampledMonths | None = None,
    confidence: float = 0.95,
    seed: int = 1,
    work_limit: float = 30.0,
    progress: Progress = no_progress,
) -> ChancePlan:
    """Find the cheapest levels that keep the target in enough of the sampled months.

    Args:
        months: Months to decide on, e.g. of `service_table`.
        cost: (groups, levels) cost of each, growing with the level: people, paid hours or money.
        target_share: Share of requests of a month to be answered in time, 0 < share < 1.
        probability: Share of months in which it is to be kept, 0 < probability <= 1.
        others: Independent months to measure the plan on.
        confidence: Of the interval of that measurement.
        seed: Seed of the search.
        work_limit: Deterministic work of CP-SAT.
        progress: Told before and after the search.

    Returns:
        The plan; `FALLBACK` where the work limit came before CP-SAT had anything: then a greedy rule's levels.

    Raises:
        ValueError: A number is out of range or a shape does not fit.
    """
    check_arguments(months, cost, target_share, probability, confidence, others)
    needed = math.ceil(probability * len(months.asked) - 1e-9)
    highest = np.full(cost.shape[0], cost.shape[1] - 1, dtype=np.int64)
    report = SolveReport(
        solver="chance-constrained staffing: sample average by CP-SAT",
        status=SolveStatus.INFEASIBLE,
        objective=_cost(cost, highest),
        unit="cost of levels",
        seed=seed,
        work_limit=f"{work_limit:g} units of deterministic work",
        items=cost.shape[0],
    )
    progress("chance-constrained staffing", 0, 1)
    if int(months.kept(highest, target_share).sum()) < needed:
        level = highest
        report = report.model_copy(update={"unserved": (_too_few(months, highest, target_share, needed),)})
    else:
        level, changes = _cheapest(months, cost, target_share, needed, seed, work_limit)
        report = report.model_copy(update={**changes, "objective": _cost(cost, level)})
    progress("chance-constrained staffing", 1, 1)
    achieved = None if others is None else measure(others, level, target_share, confidence)
    share_kept = float(months.kept(level, target_share).mean())
    return ChancePlan(level, _cost(cost, level), share_kept, achieved, report)


def measure(
    months: SampledMonths, level: IntArray, target_share: float, confidence: float = 0.95
) -> Achieved:
    """Measure how often levels keep the target in months that were not used to choose them.

    Args:
        months: Independent months.
        level: (groups,) levels.
        target_share: Share of requests to be answered in time.
        confidence: Of the interval.
    """
    kept = int(months.kept(level, target_share).sum())
    count = len(months.asked)
    low, high = clopper_pearson(kept, count, confidence)
    return Achieved(kept / count, low, high, confidence, count)


def clopper_pearson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact two-sided interval of a probability.

    Args:
        successes: 0 to `trials`.
        trials: At least 1.
        confidence: 0 < confidence < 1.

    Returns:
        Lower and upper end, quantiles of beta distributions.

    Raises:
        ValueError: A number is out of range.
    """
    from scipy.special import betaincinv

    if not 0 <= successes <= trials or trials < 1 or not 0 < confidence < 1:
        raise ValueError(
            f"successes={successes!r} of trials={trials!r} at confidence={confidence!r}: out of range"
        )
    tail = (1 - confidence) / 2
    low = betaincinv(successes, trials - successes + 1, tail) if successes > 0 else 0.0
    high = betaincinv(successes + 1, trials - successes, 1 - tail) if successes < trials else 1.0
    return float(low), float(high)


def check_arguments(
    months: SampledMonths,
    cost: FloatArray,
    target_share: float,
    probability: float,
    confidence: float = 0.5,
    others: SampledMonths | None = None,
) -> None:
    """Raise ValueError where a share is none, or months and costs do not fit together."""
    for name, value, is_right in (
        ("target_share", target_share, 0 < target_share < 1),
        ("probability", probability, 0 < probability <= 1),
        ("confidence", confidence, 0 < confidence < 1),
    ):
        if not is_right:
            raise ValueError(f"{name}={value!r}: must be a share above 0 and below 1")
    if cost.shape != months.answered.shape[1:]:
        raise ValueError(f"cost: shape {cost.shape} must be (groups, levels) {months.answered.shape[1:]}")
    if not np.isfinite(cost).all() or (cost < 0).any() or (np.diff(cost, axis=1) < 0).any():
        raise ValueError("cost: must be finite, not negative, and not fall from a level to the next")
    if others is not None and others.answered.shape[1:] != cost.shape:
        raise ValueError(f"others: groups and levels {others.answered.shape[1:]} must be {cost.shape}")


def _cost(cost: FloatArray, level: IntArray) -> float:
    return float(cost[np.arange(len(level)), level].sum())


def _cheapest(
    months: SampledMonths, cost: FloatArray, target_share: float, needed: int, seed: int, work_limit: float
) -> tuple[IntArray, dict[str, Any]]:
    start = greedy_levels(months, cost, target_share, needed)
    model = LevelModel(*cost.shape)
    model.keep(months, target_share, needed)
    units_per_cost = _UNITS_PER_COST / max(float(cost.max()), 1e-12)
    units = np.rint(cost * units_per_cost).astype(np.int64)
    model.model.minimize(int(units[:, 0].sum()) + model.total(np.diff(units, axis=1)))
    found = search(model.model, seed=seed, work_limit=work_limit, hint=model.hint(start))
    bound = None if found.bound is None else max(0.0, found.bound) / units_per_cost
    level = model.level(found) if found.has_solution else start
    # Rounding goes against the plan: a start that only just passes may be refused, and is then no worse than its cost.
    if not found.has_solution or _cost(cost, start) < _cost(cost, level):
        return start, {"status": SolveStatus.FALLBACK, "bound": None, "fallbacks": cost.shape[0]}
    assert bound is not None
    reached = _cost(cost, level)
    proven = found.status is SolveStatus.OPTIMAL
    return level, {"status": found.status, "bound": reached if proven else min(bound, reached)}


def greedy_levels(months: SampledMonths, cost: FloatArray, target_share: float, needed: int) -> IntArray:
    """Raise the group that gains most for its cost until enough months keep the target, then lower what is spare.

    Args:
        months: Months; the highest levels of all keep the target in enough of them.
        cost: (groups, levels).
        target_share: Share of requests to be answered in time.
        needed: Months in which it has to be kept.

    Returns:
        (groups,) levels.
    """
    level = np.zeros(cost.shape[0], dtype=np.int64)
    while int(months.kept(level, target_share).sum()) < needed:
        level[next_group(months, cost, target_share, level)] += 1
    for group in np.argsort(-cost[:, -1], kind="stable").tolist():
        while level[group] > 0:
            level[group] -= 1
            if int(months.kept(level, target_share).sum()) < needed:
                level[group] += 1
                break
    return level


def next_group(months: SampledMonths, cost: FloatArray, target_share: float, level: IntArray) -> int:
    """The group whose next level brings most for its cost, in months that miss the target where there are any."""
    groups = np.arange(len(level))
    can_rise = level < cost.shape[1] - 1
    higher = np.minimum(level + 1, cost.shape[1] - 1)
    missing = ~months.kept(level, target_share)
    if not missing.any():
        missing[:] = True
    gain = (months.answered[:, groups, higher] - months.answered[:, groups, level])[missing].sum(axis=0)
    price = np.maximum(cost[groups, higher] - cost[groups, level], 1e-12)
    return int(np.argmax(np.where(can_rise, gain / price, -1.0)))


def _too_few(months: SampledMonths, highest: IntArray, target_share: float, needed: int) -> Unserved:
    count = len(months.asked)
    asked = months.asked.sum(axis=1)
    answered = months.answered[:, np.arange(len(highest)), highest].sum(axis=1)
    share = np.sort(answered / np.maximum(asked, 1e-12))[::-1][needed - 1]
    kept = float(months.kept(highest, target_share).mean())
    return Unserved(
        item=f"target {target_share:g} of requests in {needed} of {count} months",
        reason=f"the highest levels keep it in {kept:.1%} of them",
        relaxation=f"target {math.floor(share * 1e4) / 1e4:g}, or probability {kept:g}, or higher levels",
    )


__all__ = [
    "Achieved", "ChancePlan", "check_arguments", "clopper_pearson", "fewest_people", "greedy_levels", "measure",
    "next_group",
]  # fmt: skip
