"""Orders that queue for pickers: the engine beside a plain SimPy process-and-resource model of the same flow.

Run by hand: `python bench/picking.py`. First both work off the very same orders, and every order has to begin and end
in the same second; then their speed is measured in orders per CPU second, draws included. The engine runs
`picking.yaml` through the public facades with all it always does: the event table of tasks, books, KPIs, a store.
"""

from __future__ import annotations

import argparse
import sys
from functools import cache, partial
from pathlib import Path

import numpy as np
from measure import append_history, measure, table
from peers import plain_picking

import optimize
import scenarios
import sim

SCENARIO = Path(__file__).with_name("picking.yaml")
UNIT = "orders"
GOAL = 2.0
"""Times as many orders per CPU second as plain SimPy."""

PICKERS, ORDERS, BETWEEN_SECONDS, WORK_SECONDS = 8, 200_000, 43.2, 276.48
"""As in the scenario; the number of orders is the expected one."""


@cache
def prepared() -> tuple[scenarios.Scenario, scenarios.Plan]:
    """The scenario and its plan, read once."""
    scenario = scenarios.load(SCENARIO)
    return scenario, optimize.plan(scenario)


def tasks(seed: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Simulate; (3, tasks) seconds at which each came, was begun and was finished, -1 where that is still to come."""
    result = sim.simulate(*prepared(), seed=seed, replication=0)
    names = ("queued_second", "started_second", "finished_second")
    return np.stack([result.tables["tasks"][name] for name in names])


def run(seed: int = 0) -> int:
    """Simulate, and say how many orders were finished."""
    return int((tasks(seed)[2] >= 0).sum())


def disagreements() -> int:
    """Orders that the two models do not begin and finish in the same seconds, of those that the engine finished."""
    ours = tasks(seed=1)
    ours = ours[:, ours[2] >= 0]
    ours = ours[:, np.lexsort((ours[1], ours[0]))]
    came, began, finished = ours
    theirs = np.array(
        plain_picking.simulate(zip(came.tolist(), (finished - began).tolist(), strict=True), PICKERS)
    )
    theirs = theirs[np.lexsort((theirs[:, 1], theirs[:, 0]))].T
    return int((theirs[:, :-PICKERS] != ours[:, :-PICKERS]).any(axis=0).sum())


def main() -> int:
    """Compare, measure, print; exit code 1 if the models disagree or the goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=5, help="timed calls per contender (default 5)")
    parser.add_argument("--record", action="store_true", help="append the figures to bench/HISTORY.md")
    options = parser.parse_args()
    wrong = disagreements()
    if wrong:
        print(f"{wrong:,} orders are not begun and finished in the same seconds", file=sys.stderr)
        return 1
    plain = partial(plain_picking.run, ORDERS, BETWEEN_SECONDS, WORK_SECONDS, PICKERS)
    measurements = [
        measure("SimPy, a process per order", plain, ORDERS, options.repeats),
        measure("dualedge", run, ORDERS, options.repeats, warm_ups=1, prepare=prepared),
    ]
    print(table(measurements, UNIT))
    if options.record:
        append_history("picking", measurements, UNIT)
    ratio = measurements[1].work_per_cpu_second / measurements[0].work_per_cpu_second
    print(f"{ratio:.1f} times plain SimPy (goal {GOAL:g})")
    return 0 if ratio >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
