"""Run a plan in the world it was made for, then in worlds in which its premises come true one after the other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from scenarios import MEASURES, Direction, Plan, Premise, Promise, Scenario
from study.auditing.evidence import Audit, Contribution, Kept, PromiseAudit
from study.auditing.premises import CANNOT_BE_MADE_TRUE, in_order, made_true
from study.errors import RequestError
from study.statistics import mean_interval, paired_test

if TYPE_CHECKING:
    from optimize import Outlook

FloatArray = npt.NDArray[np.float64]
_NAN = float("nan")


class Deliver(Protocol):
    """Runs a plan in a scenario, always in the same random worlds."""

    def __call__(self, step: str, scenario: Scenario, plan: Plan) -> Mapping[str, FloatArray]:
        """KPI -> (replications,) values; `step` is shown to whoever waits."""
        ...


def audit(
    scenario: Scenario,
    plan: Plan,
    outlook: Outlook,
    deliver: Deliver,
    *,
    seed: int,
    confidence_level: float = 0.99,
    splits: bool = True,
) -> Audit:
    """Hold every promise of a plan against what it delivers, and split the gap over its premises.

    Premises are made true one after the other, in the order of `Premise`, in the same random worlds: what a KPI
    changes by from one world to the next is what that premise costs. What is left between the last world and the
    promise is the solver's own error, or a mechanism nobody thought of.

    Args:
        scenario: the world.
        plan: what is decided and promised.
        outlook: what was expected when the plan was made.
        deliver: runs the plan.
        seed: of the random worlds, for the record.
        confidence_level: of all intervals.
        splits: whether to re-run with premises made true; else promise and delivery only.

    Raises:
        RequestError: the plan promises nothing.
    """
    promises = [(part.path, promise) for part in plan.parts for promise in part.promises]
    if not promises:
        raise RequestError("the plan promises nothing: no part of it was worked out by a solver")
    premises = in_order(premise for _, promise in promises for premise in promise.premises)
    worlds = [deliver("as it is", scenario, plan)]
    steps: list[Premise] = []
    if splits:
        changed = scenario
        for premise in premises:
            idealised = made_true(premise, changed, outlook)
            if idealised is None:
                continue
            same = idealised is changed
            changed = idealised
            steps.append(premise)
            worlds.append(worlds[-1] if same else deliver(premise.value, changed, plan))
    return Audit(
        scenario=scenario.name,
        title=scenario.title or scenario.name,
        currency=scenario.costs.currency,
        plan_digest=plan.digest,
        seed=seed,
        replications=len(next(iter(worlds[0].values()))),
        confidence_level=confidence_level,
        promises=tuple(
            _audited(part, promise, worlds, steps, confidence_level, splits) for part, promise in promises
        ),
        not_made_true=tuple(premise for premise in premises if premise in CANNOT_BE_MADE_TRUE),
    )


def _audited(
    part: str,
    promise: Promise,
    worlds: Sequence[Mapping[str, FloatArray]],
    steps: Sequence[Premise],
    level: float,
    splits: bool,
) -> PromiseAudit:
    """One promise; a premise of other promises only counts as well, because the worlds are shared."""
    values = [world[promise.measure] for world in worlds]
    delivered = mean_interval(values[0], level)
    changes = [paired_test(before, after, level).interval for before, after in pairwise(values)]
    ideal = mean_interval(values[-1], level)
    left = promise.forecast - ideal.mean
    half = ideal.half_width
    return PromiseAudit(
        part=part,
        promise=promise,
        delivered=delivered.mean,
        low=delivered.low,
        high=delivered.high,
        kept=_kept(promise, delivered.low, delivered.high),
        contributions=tuple(
            Contribution(premise, change.mean, change.low, change.high)
            for premise, change in zip(steps, changes, strict=True)
        ),
        remainder=left if splits else _NAN,
        remainder_low=left - half if splits else _NAN,
        remainder_high=left + half if splits else _NAN,
    )


def _kept(promise: Promise, low: float, high: float) -> Kept:
    if math.isnan(low):
        return Kept.UNDEFINED
    if low <= promise.forecast <= high:
        return Kept.KEPT
    better = MEASURES[promise.measure].better
    if better is Direction.NEUTRAL:
        return Kept.DIFFERENT
    is_more = promise.forecast < low
    return Kept.BETTERED if is_more == (better is Direction.HIGHER) else Kept.BROKEN
