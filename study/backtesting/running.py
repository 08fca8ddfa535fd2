"""A back test from scenario and actuals to evidence."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from study.backtesting.actuals import Actuals
from study.backtesting.evidence import Backtest, Replay
from study.backtesting.figures import compute_figures
from study.backtesting.judging import calibrations, findings, joint_p, replay_of, weekly_series
from study.backtesting.observing import Draw, observe, reduce_record
from study.backtesting.period import (
    OrderSource,
    over_period,
    refuse_errors,
    unknown_supply,
    with_known_demand,
    with_known_supply,
)
from study.backtesting.records import FloatArray
from study.cores import usable_cores
from study.errors import RequestError
from study.execution import Simulate, carry_out_all
from study.planning import plan_of

if TYPE_CHECKING:
    from scenarios import Plan, Scenario
    from study.replication import Progress

DEFAULT_REPLICATIONS = 199
"""So that a 95% interval lies on the 5th smallest and the 5th largest replication."""
_FEWEST_REPLICATIONS = 2


@dataclass(frozen=True, eq=False)
class Forecast:
    """Replications over the past period; goes to each worker once."""

    scenario: Scenario
    plan: Plan
    seed: int
    actuals: Actuals
    cost: FloatArray
    """(SKUs of the actuals,) purchase cost."""
    simulate: Simulate
    folder: None = None

    def carry_out(self, replication: int) -> Numbered:
        """Run one replication and reduce it to what the file could have held."""
        result = self.simulate(self.scenario, self.plan, seed=self.seed, replication=replication)
        return Numbered(replication, reduce_record(observe(result, self.actuals), self.cost))


@dataclass(frozen=True, eq=False)
class Numbered:
    """A replication's number with what is kept of it."""

    replication: int
    draw: Draw


def backtest(
    scenario: Scenario,
    actuals: Actuals,
    *,
    orders: OrderSource = OrderSource.POLICY,
    seed: int | None = None,
    replications: int = DEFAULT_REPLICATIONS,
    level: float | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    simulate: Simulate | None = None,
) -> Backtest:
    """Simulate a past period and say, KPI by KPI, whether the model covers what happened.

    Two things are run. The *replay* takes demand and receipts as they were: sales and stock must come out as
    they did. The *forecast* draws demand from the scenario's own model; what happened is one realisation, so
    it is set against a prediction interval (quantiles of replications), not an interval of the mean.

    Args:
        scenario: its horizon, opening stock and promotions give way to those of the actuals.
        actuals: what happened.
        orders: in the forecast, whether stores order by the scenario's policy or as they did. Orders that
            answered the past's demand do not answer the demand of a replication: held fixed, they leave
            some shelves full and others empty, and service comes out too low.
        seed: of the random world; the scenario's by default.
        replications: of the forecast.
        level: of the prediction intervals; the scenario's confidence level by default.
        jobs: processes at work.
        progress: told after each replication.
        simulate: the engine; `sim.simulate` unless a stand-in is given.

    Raises:
        RequestError: too few replications, or orders that the file does not hold.
        ScenarioError: the file does not fit the scenario.
    """
    if replications < _FEWEST_REPLICATIONS:
        raise RequestError(f"a back test needs at least {_FEWEST_REPLICATIONS} replications")
    if orders is OrderSource.KNOWN and (reason := unknown_supply(actuals)):
        raise RequestError(f"the orders of the period cannot be replayed: it {reason}")
    simulate = simulate or _engine()
    seed = scenario.run.seed if seed is None else seed
    level = scenario.run.confidence_level if level is None else level
    moved = over_period(scenario, actuals)
    forecast = with_known_supply(moved, actuals) if orders is OrderSource.KNOWN else moved
    refuse_errors(forecast)
    cost = _purchase_cost(scenario, actuals)
    work = Forecast(forecast, plan_of(forecast), seed, actuals, cost, simulate)
    replay = _replay(moved, actuals, cost, seed, simulate)
    draws = _draws(work, replications, usable_cores() if jobs is None else jobs, progress)
    past = reduce_record(actuals.record, cost)
    return Backtest(
        scenario=scenario.name,
        title=scenario.title or scenario.name,
        currency=scenario.costs.currency,
        source=actuals.source,
        source_digest=actuals.digest,
        start_date=actuals.start_date,
        days=actuals.record.days,
        period_days=actuals.record.period_days,
        stores=len(actuals.stores),
        skus=len(actuals.skus),
        orders=orders,
        seed=seed,
        replications=replications,
        level=level,
        findings=findings(actuals.record, past, draws, level),
        joint_p_value=joint_p(past, draws),
        calibrations=calibrations(past, draws, level),
        weekly=weekly_series(actuals, past, draws, level),
        replay=replay,
        changes=forecast.provenance.applied[len(scenario.provenance.applied) :],
        notes=_notes(scenario, actuals),
    )


def _replay(scenario: Scenario, actuals: Actuals, cost: FloatArray, seed: int, simulate: Simulate) -> Replay:
    """Known demand, known supply: one run, in which nothing of what is compared is left to chance."""
    if reason := unknown_supply(actuals):
        return Replay((), 0, 0, None, reason)
    known = with_known_demand(with_known_supply(scenario, actuals), actuals)
    refuse_errors(known)
    replayed = observe(simulate(known, plan_of(known), seed=seed, replication=0), actuals)
    figures = compute_figures(actuals.record, cost), compute_figures(replayed, cost)
    return replay_of(actuals.record, replayed, *figures)


def _draws(work: Forecast, replications: int, jobs: int, progress: Progress | None) -> list[Draw]:
    found: dict[int, Draw] = {}
    with closing(carry_out_all(work, range(replications), min(jobs, replications), first_alone=True)) as done:
        for one in done:
            found[one.replication] = one.draw
            if progress is not None:
                progress(len(found), replications)
    return [found[number] for number in range(replications)]


def _purchase_cost(scenario: Scenario, actuals: Actuals) -> FloatArray:
    table = scenario.assortment.skus
    cost = dict(zip(table["sku_id"], table["purchase_cost"].tolist(), strict=True))
    return np.array([cost[name] for name in actuals.skus], dtype=np.float64)


def _notes(scenario: Scenario, actuals: Actuals) -> tuple[str, ...]:
    notes = list(actuals.notes)
    table = scenario.assortment.skus
    if actuals.opening_stock is None:
        notes.append("opening stock is not known: the scenario's own stands in, and tells in the first weeks")
    elif (table["shelf_life_days"][np.isin(table["sku_id"], actuals.skus)] > 0).any():
        notes.append("the age of the opening stock is not known: perishables start fresh")
    if any(centre.stock == "limited" for centre in scenario.network.distribution_centres):
        notes.append("stock of the distribution centres is not in the file: the scenario's own stands in")
    absent = len(scenario.network.stores) - len(actuals.stores)
    if absent:
        notes.append(f"{absent} stores of the scenario are not in the file: simulated, not compared")
    absent = len(table) - len(actuals.skus)
    if absent:
        notes.append(f"{absent} SKUs of the scenario are not in the file: simulated, not compared")
    return tuple(notes)


def _engine() -> Simulate:
    from sim import simulate

    return simulate
