"""Run a plan in the world it was made for, then in worlds in which its premises come true one after the other."""

from __future__ import annotations

import math
from collections.abc import Mapping
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
_RELATIVE_ROUNDING = 1e-8
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
    worlds = _Worlds(scenario, plan, outlook, deliver)
    found = tuple(_audited(part, promise, worlds, confidence_level, splits) for part, promise in promises)
    assumed = in_order(premise for _, promise in promises for premise in promise.premises)
    return Audit(
        scenario=scenario.name,
        title=scenario.title or scenario.name,
        currency=scenario.costs.currency,
        plan_digest=plan.digest,
        seed=seed,
        replications=len(next(iter(worlds.after(()).values()))),
        confidence_level=confidence_level,
        promises=found,
        not_made_true=tuple(premise for premise in assumed if premise in CANNOT_BE_MADE_TRUE),
    )


class _Worlds:
    """What a plan delivers after some premises were made true; each world is run once."""

    def __init__(self, scenario: Scenario, plan: Plan, outlook: Outlook, deliver: Deliver) -> None:
        self._plan = plan
        self._outlook = outlook
        self._deliver = deliver
        self._scenarios: dict[tuple[Premise, ...], Scenario] = {(): scenario}
        self._delivered: dict[str, Mapping[str, FloatArray]] = {}

    def after(self, premises: tuple[Premise, ...]) -> Mapping[str, FloatArray]:
        """KPIs where these hold, made true in this order."""
        changed = self._scenario(premises)
        if changed.digest not in self._delivered:
            step = premises[-1].value if premises else "as it is"
            self._delivered[changed.digest] = self._deliver(step, changed, self._plan)
        return self._delivered[changed.digest]

    def _scenario(self, premises: tuple[Premise, ...]) -> Scenario:
        if premises not in self._scenarios:
            idealised = made_true(premises[-1], self._scenario(premises[:-1]), self._outlook)
            assert idealised is not None
            self._scenarios[premises] = idealised
        return self._scenarios[premises]


def _audited(part: str, promise: Promise, worlds: _Worlds, level: float, splits: bool) -> PromiseAudit:
    able = in_order(premise for premise in promise.premises if premise not in CANNOT_BE_MADE_TRUE)
    steps = able if splits else ()
    values = [worlds.after(steps[:count])[promise.measure] for count in range(len(steps) + 1)]
    delivered = mean_interval(values[0], level)
    changes = [paired_test(before, after, level).interval for before, after in pairwise(values)]
    ideal = mean_interval(values[-1], level)
    left = promise.forecast - ideal.mean
    half = ideal.half_width + _rounding(promise)
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


def _rounding(promise: Promise) -> float:
    """What a forecast may be off for having as many digits as a plan file keeps: runs without chance show it."""
    return _RELATIVE_ROUNDING * abs(promise.forecast)


def _kept(promise: Promise, low: float, high: float) -> Kept:
    if math.isnan(low):
        return Kept.UNDEFINED
    if low - _rounding(promise) <= promise.forecast <= high + _rounding(promise):
        return Kept.KEPT
    better = MEASURES[promise.measure].better
    if better is Direction.NEUTRAL:
        return Kept.DIFFERENT
    is_more = promise.forecast < low
    return Kept.BETTERED if is_more == (better is Direction.HIGHER) else Kept.BROKEN
