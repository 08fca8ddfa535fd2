"""Reports, calls, visits and follow-up calls: the engine beside a plain SimPy model of the same flow.

Run by hand: `python bench/service.py`. First both serve the very same customers, and calls and visits have to begin and
end in the same second, but for those few that meet another one in that very second, where the plain model knows no
order; then their speed is measured in customers per CPU second, draws included. The engine runs
`service.yaml` through the public facades with all it always does: event tables, books, KPIs, a store.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np
from measure import append_history, measure, table
from peers import plain_service
from peers.plain_service import Customer, Load

import optimize
import scenarios
import sim

SCENARIO = Path(__file__).with_name("service.yaml")
UNIT = "customers"
GOAL = 1.5
"""Times as many customers per CPU second as plain SimPy."""

CUSTOMERS, AGENTS, TECHNICIANS = 60_000, 2, 9
LOAD = Load(between=525.6, patience=600.0, call=300.0, visit=3_600.0, follow_up=180.0)
"""As in the scenario; the number of customers is the expected one."""

STAGES = ("reported", "answered", "taken", "first_departed", "completed", "followed_up")
TIES = 0.005
"""Largest share of customers whom the order of events of one second may concern."""
IN_HAND = 50
"""Customers at the end whose last stages the run does not see."""


@cache
def prepared() -> tuple[scenarios.Scenario, scenarios.Plan]:
    """The scenario and its plan, read once."""
    scenario = scenarios.load(SCENARIO)
    return scenario, optimize.plan(scenario)


def run(seed: int = 0) -> int:
    """Simulate, and say how many customers there were."""
    return len(sim.simulate(*prepared(), seed=seed, replication=0).tables["requests"])


def disagreements() -> float:
    """Share of customers whom the two models do not serve in the same seconds."""
    tables = sim.simulate(*prepared(), seed=1, replication=0).tables
    requests = tables["requests"]
    order = np.argsort(requests["request"])
    ours = np.stack([requests[f"{stage}_second"][order] for stage in STAGES], axis=1)[:-IN_HAND]
    theirs = plain_service.simulate(_customers(ours, requests["closed_second"][order]), AGENTS, TECHNICIANS)
    found = np.array(sorted(theirs), np.int64)
    return float((found != ours[np.lexsort(ours.T[::-1])]).any(axis=1).mean())


def _customers(
    rows: np.ndarray[tuple[int, int], np.dtype[np.int64]], closed: np.ndarray
) -> Iterator[Customer]:
    """The same customers for the plain model; who was answered is patient enough."""
    for (reported, answered, taken, began, ended, _), gone in zip(
        rows.tolist(), closed.tolist(), strict=False
    ):
        if answered < 0:
            yield Customer(reported, gone - reported, 0.0, 0.0, 0.0)
        else:
            yield Customer(reported, 1e12, taken - answered, ended - began, LOAD.follow_up)


def main() -> int:
    """Compare, measure, print; exit code 1 if the models disagree or the goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=5, help="timed calls per contender (default 5)")
    parser.add_argument("--record", action="store_true", help="append the figures to bench/HISTORY.md")
    options = parser.parse_args()
    wrong = disagreements()
    print(f"{wrong:.2%} of the customers are not served in the same seconds")
    if wrong > TIES:
        print("that is more than ties explain", file=sys.stderr)
        return 1
    plain = partial(plain_service.run, CUSTOMERS, LOAD, AGENTS, TECHNICIANS)
    measurements = [
        measure("SimPy, a process per customer", plain, CUSTOMERS, options.repeats),
        measure("dualedge", run, CUSTOMERS, options.repeats, warm_ups=1, prepare=prepared),
    ]
    print(table(measurements, UNIT))
    if options.record:
        append_history("service", measurements, UNIT)
    ratio = measurements[1].work_per_cpu_second / measurements[0].work_per_cpu_second
    print(f"{ratio:.2f} times plain SimPy (goal {GOAL:g})")
    return 0 if ratio >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
