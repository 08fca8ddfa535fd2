"""Season, price changes, promotions, shelf life: store-SKU-days per CPU second of one replication after load.

Run by hand: `python bench/market.py`. Books, panels and KPIs are on. Goal: 50 million store-SKU-days per CPU second.
"""

from __future__ import annotations

import argparse
import sys
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from market_scenario import MarketSize, write_market
from measure import append_history, measure, table

import optimize
import scenarios
import sim
from sim import Day

GOAL_CELLS_PER_CPU_SECOND = 50e6
SIZE = MarketSize(stores=20, skus=2000, days=365)
UNIT = "store-SKU-days"


def replicate(size: MarketSize, given_levels: bool) -> dict[str, float]:
    """Run one replication; scenario and plan are kept, so a second call measures the run alone."""
    scenario, plan = _prepared(size, given_levels)
    result = sim.simulate(scenario, plan, seed=0, replication=0)
    demand = int(result.panels.day[..., Day.DEMAND].sum())
    return {
        "demand_per_cell_day": demand / size.cells,
        "fill_rate": result.kpis["fill_rate"],
        "waste_share": result.kpis["waste_share"],
        "inventory_days": result.kpis["inventory_days"],
    }


@lru_cache(maxsize=2)
def _prepared(size: MarketSize, given_levels: bool) -> tuple[scenarios.Scenario, scenarios.Plan]:
    with TemporaryDirectory() as folder:
        scenario = scenarios.load(write_market(Path(folder), size, given_levels=given_levels))
    return scenario, optimize.plan(scenario)


def main() -> int:
    """Measure, print, and say whether the goal is met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3, help="timed calls per contender (default 3)")
    parser.add_argument("--stores", type=int, default=SIZE.stores)
    parser.add_argument("--skus", type=int, default=SIZE.skus)
    parser.add_argument("--days", type=int, default=SIZE.days)
    parser.add_argument("--record", action="store_true", help="append the figures to bench/HISTORY.md")
    options = parser.parse_args()

    size = MarketSize(options.stores, options.skus, options.days)
    measurements = [
        measure(label, partial(replicate, size, given_levels), size.cells, options.repeats, warm_ups=1)
        for label, given_levels in (("given (s, S)", True), ("days of cover, forecast", False))
    ]
    print(table(measurements, UNIT))
    for found in measurements:
        figures = ", ".join(f"{name} {value:.4g}" for name, value in found.result.items())
        share = found.work_per_cpu_second / GOAL_CELLS_PER_CPU_SECOND
        print(f"{found.label}: {share:.0%} of the goal of {GOAL_CELLS_PER_CPU_SECOND / 1e6:.0f} M; {figures}")
    if options.record:
        append_history("market", measurements, UNIT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
