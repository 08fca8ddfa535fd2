"""Call centres through the engine: streams of calls and agents against Erlang's formulas.

Times are whole seconds: a wait is rounded to nearest, so a share of waits above t seconds is compared with the closed
form at t + 1/2, and models of waits that are often below a second run on a slower clock (minutes taken for hours).
Each interval is that of batch means of one long run (t distribution, 99.9%), and does not cover the truth any more
when agents take 2% longer.
"""

from __future__ import annotations

import csv
from ast import literal_eval
from collections.abc import Callable
from functools import cache
from math import exp
from typing import NamedTuple

import numpy as np
import pytest

from sim.records import Table
from tests.contact_worlds import call_centre, calls
from tests.reference import reference_path
from tests.service_worlds import run
from tests.theory.evidence import assert_covers, assert_proves
from tests.theory.queues import BATCHES, erlang_c, mmc_wait, priority_wait
from tests.theory.worlds import BUG

MINUTES_PER_DAY = 1_440
SECONDS = 1 / 60
FloatArray = np.ndarray


class Impatient(NamedTuple):
    """What M/M/n+M comes to."""

    waits: float
    """Share who wait."""
    abandons: float
    """Share who hang up."""
    wait: float
    """Mean time in the queue, of those who hang up, too."""


def erlang_a(agents: int, rate: float, work: float, patience: float, states: int = 3_000) -> Impatient:
    """M/M/n+M by its stationary distribution (Palm 1957; Garnett, Mandelbaum and Reiman 2002)."""
    number = np.arange(1, states)
    leaving = np.minimum(number, agents) / work + np.maximum(number - agents, 0) / patience
    weights = np.concatenate(([0.0], np.cumsum(np.log(rate / leaving))))
    share = np.exp(weights - weights.max())
    share /= share.sum()
    queue = float(np.maximum(np.arange(states) - agents, 0) @ share)
    return Impatient(float(share[agents:].sum()), queue / patience / rate, queue / rate)


def rows(name: str) -> list[dict[str, str]]:
    with reference_path(f"queueing/reference/{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_erlang_a_against_published_values() -> None:
    for row in rows("erlang_a"):
        rate, speed, impatience = (float(row[f"{name}_per_min"]) for name in ("lambda", "mu", "theta"))
        found = erlang_a(int(row["n"]), rate, 1 / speed, 1 / impatience)
        published = (float(row["P_wait"]), float(row["P_abandon"]), float(row["EW_min"]))
        assert found == pytest.approx(published, rel=1e-8)


def over(table: Table, stream: int = 0) -> tuple[FloatArray, FloatArray]:
    """Seconds waited and whether given up, of one stream's calls in the order in which they came, in equal batches.

    The first twentieth, when the queue is not in its steady state, and the last few are left out.
    """
    mine = table["stream"] == stream
    order = np.argsort(table["arrived_second"][mine], kind="stable")
    arrived, answered, ended, given_up = (
        table[name][mine][order]
        for name in ("arrived_second", "answered_second", "ended_second", "is_abandoned")
    )
    waited = np.where(answered >= 0, answered, ended) - arrived
    first, size = len(order) // 20, (len(order) * 19 // 20 - 500) // BATCHES
    kept = slice(first, first + size * BATCHES)
    assert (waited[kept] >= 0).all()
    return waited[kept].reshape(BATCHES, size), given_up[kept].reshape(BATCHES, size)


def days_for(customers: int, rate: float) -> int:
    """Days in which about so many call at a rate per minute."""
    return 1 + round(customers / (rate * MINUTES_PER_DAY))


def widest(truth: float, with_bug: float) -> float:
    """Three quarters of what the bug does, as a share: a wider interval would not be sure to show it."""
    return 0.75 * abs(with_bug / truth - 1)


class TestErlangC:
    """M/M/n: 10 agents, calls of three minutes, 80% busy."""

    AGENTS, WORK, RATE = 10, 3.0, 0.8 * 10 / 3.0

    @staticmethod
    @cache
    def waits(work: float) -> FloatArray:
        """Batches of seconds waited."""
        stream = calls("all", TestErlangC.RATE, work)
        days = days_for(300_000, TestErlangC.RATE)
        return over(run(call_centre([stream], TestErlangC.AGENTS, days)).tables["calls"])[0]

    def proves(self, truth: Callable[[float], float], measure: Callable[[FloatArray], FloatArray]) -> None:
        """A closed form, given the minutes of a call, is what batches of seconds waited come to."""
        true, with_bug = truth(self.WORK), truth(self.WORK * BUG)
        sound, planted = (measure(self.waits(work)).mean(axis=1) for work in (self.WORK, self.WORK * BUG))
        assert_proves(true, sound, planted, widest(true, with_bug))

    def tail(self, seconds: float, work: float) -> float:
        """Share of calls that wait longer; half a second is added for rounding."""
        drain = self.AGENTS / work - self.RATE
        return erlang_c(self.AGENTS, self.RATE * work) * exp(-drain * (seconds + 0.5) * SECONDS)

    def test_share_that_waits(self) -> None:
        self.proves(lambda work: self.tail(0, work), lambda waits: waits > 0)

    def test_mean_wait(self) -> None:
        self.proves(lambda work: mmc_wait(self.AGENTS, self.RATE, work), lambda waits: waits * SECONDS)

    def test_service_level_within_twenty_seconds(self) -> None:
        self.proves(lambda work: 1 - self.tail(20, work), lambda waits: waits <= 20)


SLOW = 60
"""The clock of Erlang A's examples: an hour for a minute."""


@pytest.mark.parametrize(
    ("agents", "rate", "work", "patience", "customers"),
    [
        (48, 48.0, 1.0, 2.0, 300_000),
        (80, 20.0, 4.0, 3.0, 200_000),
    ],
)
def test_erlang_a(agents: int, rate: float, work: float, patience: float, customers: int) -> None:
    """M/M/n+M: who waits, who hangs up, how long; rows of the published table."""

    def observed(factor: float) -> list[FloatArray]:
        stream = calls("all", rate / SLOW, work * SLOW * factor, patience * SLOW)
        waited, given_up = over(
            run(call_centre([stream], agents, days_for(customers, rate / SLOW))).tables["calls"]
        )
        minutes = waited * SECONDS / SLOW
        return [values.mean(axis=1) for values in (waited > 0, given_up, minutes)]

    truth = erlang_a(agents, rate, work, patience)
    wrong = erlang_a(agents, rate, work * BUG, patience)
    for found, planted, true, bug in zip(observed(1.0), observed(BUG), truth, wrong, strict=True):
        assert_proves(true, found, planted, widest(true, bug))


def test_abandonment_balances() -> None:
    """Who waits loses patience at a constant rate: share given up x mean patience = mean wait."""
    table = run(call_centre([calls("all", 1.0, 4.0, 2.0)], 3, 150)).tables["calls"]
    waited, given_up = over(table)
    difference = given_up.mean(axis=1) * 120 - waited.mean(axis=1)
    assert_covers(1.0, 1.0 + difference / waited.mean(), 0.02)
    busier = given_up.mean(axis=1) * 120 * BUG - waited.mean(axis=1)
    with pytest.raises(AssertionError):
        assert_covers(1.0, 1.0 + busier / waited.mean(), 0.02)


def test_priorities() -> None:
    """M/M/3, nobody interrupted (Cobham 1954): a published row for the second class, and the first."""
    published = next(row for row in rows("mmc_priority_nonpreemptive") if row["c"] == "3")
    agents, rates = 3, literal_eval(published["lambdas"])
    minutes = 3.0

    def waits(work: float) -> list[FloatArray]:
        streams = [
            calls(f"class {rank}", rate / minutes, work, priority=rank) for rank, rate in enumerate(rates)
        ]
        days = days_for(300_000, sum(rates) / minutes)
        table = run(call_centre(streams, agents, days, contacts={"urgent_first": True})).tables["calls"]
        return [over(table, rank)[0].mean(axis=1) * SECONDS for rank in range(len(rates))]

    for rank, (sound, planted) in enumerate(zip(waits(minutes), waits(minutes * BUG), strict=True)):
        true, bug = (
            priority_wait(agents, [rate / minutes for rate in rates], minutes * factor, rank)
            for factor in (1.0, BUG)
        )
        if rank + 1 == int(published["class"]):
            assert true == pytest.approx(minutes * float(published["Wq"]), rel=1e-9)
        assert_proves(true, sound, planted, widest(true, bug))
