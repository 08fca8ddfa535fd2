"""Closed forms of queues, and queueing worlds: a stream of orders, some pickers, nothing else.

Times are drawn in minutes and rounded to whole seconds: with work of minutes the variance that rounding adds, 1/12
second squared, is below a hundred-thousandth of that of the work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, factorial
from typing import Any

import numpy as np
import numpy.typing as npt

import optimize
import sim
from scenarios import Scenario
from sim import RunResult
from tests.factory import tiny_scenario

FloatArray = npt.NDArray[np.float64]

SECONDS_PER_DAY = 86_400
BATCHES = 100
WARM_UP_DAYS = 5
ALWAYS = {"start_hour": 0, "hours": 24}


def erlang_c(servers: int, load: float) -> float:
    """Share of customers who wait in M/M/c with a load in Erlang (Erlang 1917)."""
    waiting = load**servers / factorial(servers) / (1 - load / servers)
    return waiting / (sum(load**n / factorial(n) for n in range(servers)) + waiting)


def mmc_wait(servers: int, rate: float, work: float) -> float:
    """Mean time in the queue of M/M/c."""
    return erlang_c(servers, rate * work) * work / (servers - rate * work)


def mg1_wait(rate: float, work: float, scv: float) -> float:
    """Mean time in the queue of M/G/1 (Pollaczek 1930, Khinchine 1932); `scv` is the variance over the mean squared."""
    return rate * work**2 * (1 + scv) / 2 / (1 - rate * work)


def mdc_wait(servers: int, rate: float, work: float, states: int = 500) -> float:
    """Mean time in the queue of M/D/c, by the chain of numbers present one service apart (Crommelin 1932)."""
    load = rate * work
    arrivals = np.empty(states + 1)
    arrivals[0] = exp(-load)
    for number in range(states):
        arrivals[number + 1] = arrivals[number] * load / (number + 1)
    chain = np.zeros((states, states))
    for present in range(states):
        left = max(0, present - servers)
        chain[present, left:] = arrivals[: states - left]
    chain[:, -1] += 1 - chain.sum(axis=1)
    equations = np.vstack([(chain.T - np.eye(states))[:-1], np.ones(states)])
    share = np.linalg.solve(equations, np.append(np.zeros(states - 1), 1.0))
    return float(np.maximum(np.arange(states) - servers, 0) @ share) / rate


def priority_wait(servers: int, rates: Sequence[float], work: float, rank: int) -> float:
    """Mean time in the queue of one class of M/M/c, the first class served first, nobody interrupted (Cobham 1954)."""
    before, upto = sum(rates[:rank]) * work / servers, sum(rates[: rank + 1]) * work / servers
    left = erlang_c(servers, sum(rates) * work) * work / servers
    return left / ((1 - before) * (1 - upto))


def exponential(mean: float) -> dict[str, Any]:
    """The distribution of Markovian queues."""
    return {"kind": "exponential", "mean": mean}


def stream(name: str, rate: float, work: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """Poisson arrivals at a rate per minute, each with its own work in minutes."""
    return {"id": name, "between_minutes": exponential(1 / rate), "work_minutes": work, **fields}


def queue_world(
    streams: Sequence[Mapping[str, Any]],
    servers: int,
    days: int,
    shift: Mapping[str, Any] = ALWAYS,
    **blocks: Any,
) -> Scenario:
    """One store with one SKU that hardly sells, and pickers who work off streams."""
    return tiny_scenario(
        horizon={"days": days, "warm_up_days": WARM_UP_DAYS, "panel_period_days": days},
        network={
            "distribution_centres": [{"id": "DC", "stock": "unlimited"}],
            "stores": [{"store_id": "S"}],
        },
        assortment={
            "classes": [{"id": "FOOD"}],
            "skus": [{"sku_id": "A", "class_id": "FOOD", "price": 2.0, "purchase_cost": 1.0}],
        },
        depot={"order_streams": list(streams)},
        policy={"depot": {"pickers": [{"people": servers, **shift}]}},
        **blocks,
    )


def days_for(customers: int, rate: float) -> int:
    """Days in which about so many customers come at a rate per minute, the warm-up beside."""
    return WARM_UP_DAYS + round(customers / (rate * 1_440))


def run(scenario: Scenario, seed: int = 20260105) -> RunResult:
    """One replication."""
    return sim.simulate(scenario, optimize.plan(scenario), seed=seed, replication=0)


def batch_waits(result: RunResult, reference: int = 0) -> FloatArray:
    """Batch means, (batches,), of minutes in the queue of one stream's orders in the order in which they came.

    Orders after the warm-up are cut into batches of thousands; the last few, which may not have begun, are left out.
    """
    tasks = result.tables["tasks"]
    counted = (tasks["reference"] == reference) & (tasks["queued_second"] >= WARM_UP_DAYS * SECONDS_PER_DAY)
    order = np.argsort(tasks["queued_second"][counted], kind="stable")
    queued, started = (tasks[name][counted][order] for name in ("queued_second", "started_second"))
    size = (len(queued) - 1_000) // BATCHES
    waits = (started - queued)[: size * BATCHES].reshape(BATCHES, size)
    return np.asarray(waits.mean(axis=1) / 60)
