"""Queues through the engine: streams of orders and pickers against the closed forms of queueing theory.

Each interval is that of batch means of one long run (t distribution, 99.9%). Waiting answers a picker who is 2% slower
by six per cent and more: intervals narrower than that show the bug; runs ten times as long would show a fifth of it.
"""

from __future__ import annotations

import csv
from ast import literal_eval
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim import RunResult
from tests.reference import reference_path
from tests.theory.evidence import assert_covers, assert_proves
from tests.theory.queues import (
    BATCHES,
    SECONDS_PER_DAY,
    WARM_UP_DAYS,
    batch_waits,
    days_for,
    erlang_c,
    exponential,
    mdc_wait,
    mg1_wait,
    mmc_wait,
    priority_wait,
    queue_world,
    run,
    stream,
)
from tests.theory.worlds import BUG

WORK = 2.5
"""Mean minutes of work on an order; two per cent more are whole seconds, too."""


def rows(name: str) -> list[dict[str, str]]:
    with reference_path(f"queueing/reference/{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


class TestClosedFormsAgainstPublishedTables:
    def test_mmc(self) -> None:
        for row in rows("mmc"):
            servers, rate, work = int(row["c"]), float(row["lambda"]), 1 / float(row["mu"])
            assert erlang_c(servers, rate * work) == pytest.approx(float(row["P_wait"]), rel=1e-9)
            assert mmc_wait(servers, rate, work) == pytest.approx(float(row["Wq"]), rel=1e-9)

    def test_mg1(self) -> None:
        for row in rows("mg1"):
            wait = mg1_wait(float(row["lambda"]), float(row["ES"]), float(row["scv"]))
            assert wait == pytest.approx(float(row["Wq"]), rel=1e-9)

    def test_mdc(self) -> None:
        for row in rows("mdc"):
            servers, load = int(row["c"]), float(row["rho"])
            wait = mdc_wait(servers, load * servers, 1.0)
            assert wait == pytest.approx(float(row["Wq_in_units_of_D"]), rel=1e-6)

    def test_priority(self) -> None:
        for row in rows("mmc_priority_nonpreemptive"):
            rates, rank = literal_eval(row["lambdas"]), int(row["class"]) - 1
            wait = priority_wait(int(row["c"]), rates, 1 / float(row["mu"]), rank)
            assert wait == pytest.approx(float(row["Wq"]), rel=1e-9)


def widest(wait: Callable[[float], float]) -> float:
    """Three quarters of what the bug adds to the wait, as a share: a wider interval would not be sure to show it."""
    return 0.75 * (wait(WORK * BUG) / wait(WORK) - 1)


def proves_wait(
    wait: Callable[[float], float],
    servers: int,
    rate: float,
    work: Callable[[float], dict[str, Any]],
    customers: int,
) -> None:
    """The mean wait of one stream is the truth; with pickers 2% slower the comparison fails."""
    days = days_for(customers, rate)
    sound, planted = (
        batch_waits(run(queue_world([stream("web", rate, work(mean))], servers, days)))
        for mean in (WORK, WORK * BUG)
    )
    assert_proves(wait(WORK), sound, planted, widest(wait))


@pytest.mark.parametrize(
    ("servers", "load", "customers"), [(1, 0.5, 200_000), (3, 0.6, 200_000), (10, 0.7, 300_000)]
)
def test_mmc(servers: int, load: float, customers: int) -> None:
    rate = load * servers / WORK
    proves_wait(lambda work: mmc_wait(servers, rate, work), servers, rate, exponential, customers)


@pytest.mark.parametrize(
    ("kind", "scv"),
    [
        (lambda mean: {"kind": "constant", "value": mean}, 0.0),
        (lambda mean: {"kind": "gamma", "mean": mean, "cv": 0.5}, 0.25),
        (lambda mean: {"kind": "lognormal", "mean": mean, "cv": 0.8}, 0.64),
        (lambda mean: {"kind": "uniform", "low": 0.25 * mean, "high": 1.75 * mean}, 1.5**2 / 12),
    ],
    ids=["constant", "gamma", "lognormal", "uniform"],
)
def test_mg1(kind: Callable[[float], dict[str, Any]], scv: float) -> None:
    rate = 0.5 / WORK
    proves_wait(lambda work: mg1_wait(rate, work, scv), 1, rate, kind, 180_000)


@pytest.mark.parametrize(("servers", "load"), [(2, 0.7), (5, 0.7)])
def test_mdc(servers: int, load: float) -> None:
    rate = load * servers / WORK
    proves_wait(
        lambda work: mdc_wait(servers, rate, work, 150),
        servers,
        rate,
        lambda mean: {"kind": "constant", "value": mean},
        150_000,
    )


def test_priority_of_two_streams() -> None:
    """M/M/3, non-preemptive: both classes wait as long as they should, and the first less than without priority."""
    servers, rates = 3, (0.6 / WORK, 1.2 / WORK)
    days = days_for(300_000, sum(rates))

    def waits(work: float) -> list[Any]:
        streams = [
            stream("urgent", rates[0], exponential(work), priority=1),
            stream("usual", rates[1], exponential(work), priority=5),
        ]
        result = run(queue_world(streams, servers, days))
        return [batch_waits(result, reference) for reference in (0, 1)]

    for rank, (sound, planted) in enumerate(zip(waits(WORK), waits(WORK * BUG), strict=True)):
        truth = partial(priority_wait, servers, rates, rank=rank)
        assert_proves(truth(WORK), sound, planted, widest(truth))
    assert priority_wait(servers, rates, WORK, 0) < mmc_wait(servers, sum(rates), WORK)


@pytest.fixture(scope="module")
def steady() -> RunResult:
    """M/M/3 at a load of 0.6."""
    rate = 0.6 * 3 / WORK
    return run(queue_world([stream("web", rate, exponential(WORK))], 3, days_for(200_000, rate)))


def integral(comes: np.ndarray, goes: np.ndarray, ends: int) -> int:
    """Customer-seconds between coming and going until the end, from the number present after each change."""
    goes = goes[(goes >= 0) & (goes < ends)]
    when = np.concatenate((comes, goes))
    change = np.concatenate((np.ones(len(comes), np.int64), -np.ones(len(goes), np.int64)))
    order = np.argsort(when, kind="stable")
    present = np.cumsum(change[order])
    return int((present * np.diff(np.append(when[order], ends))).sum())


class TestLittle:
    """L = lambda W (Little 1961): numbers present over time, not taken from times spent, against arrivals and times."""

    def test_exactly_over_the_run(self, steady: RunResult) -> None:
        """Every second in the queue or in the system of every order, those still there at the end included."""
        tasks, ends = steady.tables["tasks"], len(steady.panels.day) * SECONDS_PER_DAY
        queued = tasks["queued_second"]
        for goes in (tasks["started_second"], tasks["finished_second"]):
            spent = np.where(goes < 0, ends, goes) - queued
            assert integral(queued, goes, ends) == spent.sum()

    @pytest.mark.parametrize(("column", "within"), [("started_second", 0.08), ("finished_second", 0.03)])
    def test_numbers_are_those_of_theory(self, steady: RunResult, column: str, within: float) -> None:
        rate = 0.6 * 3 / WORK
        wait = mmc_wait(3, rate, WORK) + (WORK if column == "finished_second" else 0.0)
        tasks = steady.tables["tasks"]
        edges = np.linspace(WARM_UP_DAYS, len(steady.panels.day), BATCHES + 1) * SECONDS_PER_DAY
        numbers = [
            between(tasks["queued_second"], tasks[column], int(start), int(stop))
            for start, stop in pairwise(edges)
        ]
        assert_covers(rate * wait, np.array(numbers), within)


def between(comes: np.ndarray, goes: np.ndarray, start: int, stop: int) -> float:
    """Mean number present between two moments."""
    goes = np.where(goes < 0, stop, goes)
    there = (comes < stop) & (goes > start)
    return integral(np.maximum(comes[there], start), goes[there], stop) / (stop - start)


def test_utilisation_is_the_offered_load() -> None:
    """Busy seconds over seconds there = rate x work / servers, whatever the distribution: here 2% slower is seen."""
    rate, servers = 0.6 * 3 / WORK, 3

    def busy(work: float) -> np.ndarray:
        result = run(queue_world([stream("web", rate, exponential(work))], servers, days_for(200_000, rate)))
        tasks, days = result.tables["tasks"], len(result.panels.day)
        done = tasks["finished_second"] >= 0
        began, ended = tasks["started_second"][done], tasks["finished_second"][done]
        edges = np.linspace(WARM_UP_DAYS, days - 1, BATCHES + 1) * SECONDS_PER_DAY
        seconds = [
            (np.minimum(ended, stop) - np.maximum(began, start)).clip(0).sum() / (stop - start) / servers
            for start, stop in pairwise(edges)
        ]
        return np.array(seconds)

    assert_proves(rate * WORK / servers, busy(WORK), busy(WORK * BUG), 0.015)


def test_share_that_waits(steady: RunResult) -> None:
    """Poisson arrivals see time averages: the share of orders that wait is Erlang's C."""
    tasks = steady.tables["tasks"]
    begun = tasks["started_second"] >= 0
    waited = (tasks["started_second"] > tasks["queued_second"])[begun]
    size = len(waited) // BATCHES
    assert_covers(erlang_c(3, 1.8), waited[: size * BATCHES].reshape(BATCHES, size).mean(axis=1), 0.03)
