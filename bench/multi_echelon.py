"""Stock in several echelons: CPU seconds of whole budget curves, serial systems, and parts on vans, once compiled.

Run by hand: `python bench/multi_echelon.py`. Goal: the METRIC curve of 1,000 items at 10 bases in 0.15 CPU seconds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial

import numpy as np
from measure import append_history, measure, table

from optimize.stock.first_time_fix import PartsNetwork, first_time_fix_plan
from optimize.stock.metric import Method, TwoEchelons, budget_curve
from optimize.stock.one_warehouse import OneWarehouse, best_one_warehouse
from optimize.stock.serial import SerialSystem, poisson_grid, serial_levels

GOAL_CPU_SECONDS = 0.15
UNIT = "items, parts or systems"


def metric(method: Method, items: int, bases: int) -> dict[str, float]:
    """The whole curve of items with very unequal demand and cost."""
    chance = np.random.default_rng(1)
    system = TwoEchelons(
        chance.lognormal(-4.0, 1.0, (items, 1)) * chance.uniform(0.5, 1.5, (items, bases)),
        chance.uniform(10.0, 60.0, items),
        chance.uniform(2.0, 4.0, (items, bases)),
        chance.lognormal(4.0, 1.0, items),
    )
    curve = budget_curve(system, method)
    return {"points": len(curve.cost), "first": curve.backorders[0], "last": curve.backorders[-1]}


def vans(parts: int, stations: int) -> dict[str, float]:
    """The first-time-fix curve of parts of unequal use, seven vans to a station."""
    chance = np.random.default_rng(1)
    share = chance.lognormal(0.0, 1.2, parts)
    use = 7.0 * 4.0 * chance.uniform(0.5, 1.5, (stations, 1)) * (share / share.sum())
    network = PartsNetwork(
        use, np.zeros((stations, parts)), chance.lognormal(4.0, 1.0, parts), np.arange(stations) % 2,
        np.full(stations, 7), np.full(stations, 5 / 7), np.zeros(stations), np.full(stations, 3.0),
        np.full((2, parts), 8.0),
    )  # fmt: skip
    curve = first_time_fix_plan(network)
    return {"points": len(curve.cost), "reach": curve.reach}


def serial() -> dict[str, float]:
    """A serial system of four stages, Poisson."""
    system = SerialSystem([0.25] * 4, [0.25] * 4, 9.0)
    return {"cost": serial_levels(system, poisson_grid(system, 16.0)).cost}


def one_warehouse() -> dict[str, float]:
    """A warehouse and ten retailers who all differ."""
    rates = np.linspace(0.2, 1.1, 10).tolist()
    return {
        "cost": best_one_warehouse(OneWarehouse(rates, [1.0] * 10, 2.0, [1.0] * 10, [9.0] * 10, 0.5)).cost
    }


def main() -> int:
    """Measure, print, and say whether the goal is met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=5, help="timed calls per contender (default 5)")
    parser.add_argument("--record", action="store_true", help="append the figures to bench/HISTORY.md")
    options = parser.parse_args()

    contenders: list[tuple[str, Callable[[], dict[str, float]], int]] = [
        (f"{method.name} curve, 10 bases", partial(metric, method, 1000, 10), 1000) for method in Method
    ]
    contenders.append(("vans, 20 stations", partial(vans, 200, 20), 200))
    contenders.append(("one warehouse, 10 retailers", one_warehouse, 1))
    contenders.append(("serial, 4 stages", serial, 1))
    measurements = [
        measure(label, call, work, options.repeats, warm_ups=1) for label, call, work in contenders
    ]
    print(table(measurements, UNIT))
    for found in measurements:
        print(f"{found.label}: " + ", ".join(f"{name} {value:.6g}" for name, value in found.result.items()))
    seconds = sorted(measurements[0].cpu_seconds)[len(measurements[0].cpu_seconds) // 2]
    print(f"METRIC curve: {seconds:.3f} CPU s, goal {GOAL_CPU_SECONDS}")
    if options.record:
        append_history("multi-echelon", measurements, UNIT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
