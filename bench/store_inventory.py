"""Store inventory, (s, S), lost sales, DC rationing: every contender on the same kind of problem, in one run.

Run by hand: `python bench/store_inventory.py`. First all contenders are compared on the same demand series; a
wrong one stops the run. Then their speed is measured in store-SKU-days per CPU second, demand draws included.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from measure import append_history, measure, table
from peers import dualedge_model, plain_simpy, reference_day, supplynetpy_model
from peers.problem import M5_DAYS, M5_SKUS, M5_STORES, InventoryProblem, Outcome, Units, m5_like

Run = Callable[[InventoryProblem, Units | None], Outcome]

UNIT = "store-SKU-days"


@dataclass(frozen=True)
class Contender:
    """One model of the problem and the size at which its speed is measured."""

    label: str
    run: Run
    stores: int
    skus: int
    days: int
    shares_out_short_stock: bool = True
    """Whether it follows the reference when the DC runs short too; else only when the DC never does."""
    warm_ups: int = 0


# Per-cell tools are measured on a small part of the M5 size: their speed per cell does not rise with size.
# Ours is measured at the full M5 size, once compiled and loaded.
CONTENDERS = (
    Contender("SupplyNetPy 0.5.1", supplynetpy_model.run, 10, 20, 200, shares_out_short_stock=False),
    Contender("SimPy, a process per store and SKU", plain_simpy.run, 10, 20, 200),
    Contender("numpy day loop (the reference)", reference_day.run, 10, 20, 200),
    Contender("dualedge", dualedge_model.run, M5_STORES, M5_SKUS, M5_DAYS, warm_ups=1),
)


def disagreements(contenders: Sequence[Contender]) -> list[str]:
    """Compare every contender with the reference, with an ample and with a short DC, and print the figures.

    Args:
        contenders: The models to compare.

    Returns:
        One line per contender and case that should agree and does not.
    """
    wrong = []
    for case, dc_safety_days in (("ample DC", 21.0), ("short DC", 0.0)):
        problem = m5_like(n_stores=3, n_skus=20, n_days=120, seed=1, dc_safety_days=dc_safety_days)
        demand = problem.draw_demand(seed=2)
        expected = reference_day.run(problem, demand)
        print(f"\n{case}, {expected.short_orders} of {expected.orders} orders short:")
        for contender in contenders:
            outcome = contender.run(problem, demand)
            print(
                f"  {contender.label:<36} fill rate {outcome.fill_rate:.4%}  lost {outcome.lost_units:,}  "
                f"on hand {outcome.mean_on_hand:.4f}  orders {outcome.orders:,}"
            )
            comparable = contender.shares_out_short_stock or expected.short_orders == 0
            if comparable and outcome != expected:
                wrong.append(f"{contender.label}, {case}: {outcome} instead of {expected}")
    return wrong


def main() -> int:
    """Compare, measure, print; exit code 1 if a contender is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3, help="timed calls per contender (default 3)")
    parser.add_argument("--record", action="store_true", help="append the figures to bench/HISTORY.md")
    options = parser.parse_args()

    wrong = disagreements(CONTENDERS)
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)
        return 1
    measurements = []
    for contender in CONTENDERS:
        problem = m5_like(contender.stores, contender.skus, contender.days)
        call = partial(contender.run, problem, None)
        measurements.append(
            measure(contender.label, call, problem.cells, options.repeats, contender.warm_ups)
        )
    print(f"\n{table(measurements, UNIT)}")
    if options.record:
        append_history("store_inventory", measurements, UNIT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
