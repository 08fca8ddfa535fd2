"""Digests of runs in which every room has work; `python -m tests.digests` prints them.

Plain and compiled modules have to print the same: `.ci/run` compares them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import optimize
import scenarios
import sim
from scenarios import Scenario
from tests.field_worlds import busy_world, dispatching
from tests.rich_service import rich_service

RULES = ("first_come", "nearest", "sla_priority", "earliest_due", "scarce_skill_first")


def worlds() -> Iterator[tuple[str, Scenario]]:
    """Name and scenario of each run."""
    for name in ("quickstart_cost_first", "quickstart_service_first"):
        yield name, scenarios.load(f"scenarios/{name}.yaml")
    for name in ("delta_cost_first", "delta_service_first"):
        yield name, scenarios.load(f"scenarios/{name}.yaml", settings=["horizon.days=35"])
    yield "rich service", rich_service(60)
    for rule in RULES:
        yield f"rule {rule}", busy_world(policy=dispatching(rule=rule))
    for plan in ("day_plan", "optimised"):
        yield f"plan {plan}", busy_world(policy=dispatching(plan=plan))


def main() -> None:
    """Print a line per run; on the error stream, which form of the modules ran."""
    print("compiled" if sim.has_native_modules() else "plain", file=sys.stderr)
    for name, scenario in worlds():
        result = sim.simulate(scenario, optimize.plan(scenario), seed=3, replication=1)
        print(name, result.digest(), flush=True)


if __name__ == "__main__":
    main()
