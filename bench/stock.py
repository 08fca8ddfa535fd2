"""Stock at one place: exact (s, S) and (r, Q) beside stockpyl, and a retailer's assortment against the clock.

Run by hand: `python bench/stock.py`. First both solve the same problems, and every cost has to be equal; then their
speed is measured in SKUs per CPU second, no two alike. At last 100,000 SKU-places are planned by every form.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial

import numpy as np
from goals import Judged, append_goals, goal_table
from measure import append_history, measure, stamp, table
from peers import stockpyl_levels
from peers.sku_places import SkuPlaces, assortment, lot_problems, min_max_problems, perishables

from optimize.stock.cells import Cells, Form, TargetMeasure, Unmet
from optimize.stock.continuous_review import best_lot_sizes
from optimize.stock.perishables import for_target_perishable, least_cost_perishable
from optimize.stock.single_place import evaluate, for_target, least_cost

UNIT = "SKUs"
MIN_MAX_GOAL, LOTS_GOAL = 5_000.0, 50_000.0
"""Times as many SKUs per CPU second as stockpyl."""
BACKORDER_SECONDS, LOST_SECONDS, PLANNED = 20.0, 60.0, 100_000
TARGET = 0.95


def min_max_cells(some: SkuPlaces) -> Cells:
    """The same problems as cells."""
    zeros, ones = np.zeros(some.mean.size, np.int64), np.ones(some.mean.size, np.int64)
    return Cells(
        some.mean, some.mean, zeros, ones, some.holding_cost, some.order_cost, some.shortage_cost, ones, zeros,
        zeros, np.zeros(some.mean.size), np.ones(some.mean.size), Unmet.BACKORDER,
    )  # fmt: skip


def min_max(some: SkuPlaces) -> stockpyl_levels.Levels:
    """(s, S) of every SKU, and what it costs."""
    cells = min_max_cells(some)
    levels = least_cost(cells, Form.MIN_MAX)
    costs = evaluate(cells, Form.MIN_MAX, levels).cost_per_day
    return list(zip(levels.reorder_point.tolist(), levels.order_up_to.tolist(), costs.tolist(), strict=True))


def min_max_levels(count: int) -> int:
    """Solve so many problems."""
    return int(least_cost(min_max_cells(min_max_problems(count)), Form.MIN_MAX).order_up_to.sum())


def lots(some: SkuPlaces) -> stockpyl_levels.Levels:
    """(r, Q) of every SKU, and what it costs."""
    found = best_lot_sizes(some.mean, some.lead_time, some.order_cost, some.holding_cost, some.shortage_cost)
    columns = (found.reorder_point, found.order_quantity, found.cost_per_day)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def lot_levels(count: int) -> int:
    """Solve so many problems."""
    some = lot_problems(count)
    found = best_lot_sizes(some.mean, some.lead_time, some.order_cost, some.holding_cost, some.shortage_cost)
    return int(found.order_quantity.sum())


def disagreements(count: int) -> list[str]:
    """Problems whose cost differs, one line each."""
    wrong = []
    for name, some, theirs, ours in (
        ("(s, S)", min_max_problems(count, seed=2), stockpyl_levels.min_max, min_max),
        ("(r, Q)", lot_problems(count, seed=2), stockpyl_levels.lots, lots),
    ):
        for number, (their, our) in enumerate(zip(theirs(some), ours(some), strict=True)):
            if abs(their[2] - our[2]) > 1e-9 * their[2]:
                wrong.append(f"{name} problem {number}: stockpyl {their}, dualedge {our}")
    return wrong


def planned() -> list[Judged]:
    """CPU seconds for an assortment by form, without and with a target."""
    judged = []
    for unmet, goal in ((Unmet.BACKORDER, BACKORDER_SECONDS), (Unmet.LOST, LOST_SECONDS)):
        cells = assortment(PLANNED, unmet)
        share = np.full(PLANNED, TARGET)
        for form in (Form.MIN_MAX, Form.REORDER_QUANTITY):
            start = time.process_time()
            least_cost(cells, form)
            middle = time.process_time()
            for_target(cells, form, TargetMeasure.FILL_RATE, share)
            end = time.process_time()
            what = f"{PLANNED:,} SKU-places, {form.value}, {unmet.value}"
            judged.append(Judged(f"{what}, least cost", middle - start, goal, "CPU s"))
            judged.append(Judged(f"{what}, fill rate {TARGET:g}", end - middle, goal, "CPU s"))
        judged += planned_perishables(unmet)
    return judged


def planned_perishables(unmet: Unmet) -> list[Judged]:
    """The same for goods with a shelf life; with a target, shortages cost something beside it."""
    cells, few = perishables(PLANNED, unmet), perishables(64, unmet)
    for_target_perishable(few, TargetMeasure.FILL_RATE, np.full(64, TARGET))  # compiles
    start = time.process_time()
    least_cost_perishable(cells)
    middle = time.process_time()
    for_target_perishable(cells, TargetMeasure.FILL_RATE, np.full(PLANNED, TARGET))
    end = time.process_time()
    what = f"{PLANNED:,} SKU-places, perishable, {unmet.value}"
    return [
        Judged(f"{what}, least cost", middle - start, LOST_SECONDS, "CPU s"),
        Judged(f"{what}, fill rate {TARGET:g} and shortage cost", end - middle, LOST_SECONDS, "CPU s"),
    ]


def main() -> int:
    """Compare, measure, print; exit code 1 if costs differ or a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3, help="timed calls per contender (default 3)")
    parser.add_argument("--compared", type=int, default=20, help="problems that stockpyl solves (default 20)")
    parser.add_argument("--record", action="store_true", help="append to bench/HISTORY.md and bench/GOALS.md")
    options = parser.parse_args()
    wrong = disagreements(options.compared)
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)
        return 1
    judged = []
    for name, peer, ours, problems, goal in (
        ("exact (s, S)", stockpyl_levels.min_max, min_max_levels, min_max_problems, MIN_MAX_GOAL),
        ("exact (r, Q)", stockpyl_levels.lots, lot_levels, lot_problems, LOTS_GOAL),
    ):
        count = options.compared
        measurements = [
            measure("stockpyl 1.0.2", partial(peer, problems(count)), count, options.repeats),
            measure("dualedge", partial(ours, PLANNED), PLANNED, options.repeats, warm_ups=1),
        ]
        print(f"{name}\n{table(measurements, UNIT)}\n")
        if options.record:
            append_history(name, measurements, UNIT)
        ratio = measurements[1].work_per_cpu_second / measurements[0].work_per_cpu_second
        judged.append(Judged(f"{name} against stockpyl", ratio, goal, "x", at_least=True))
    judged += planned()
    print(goal_table(judged))
    if options.record:
        append_goals(judged, stamp())
    return 0 if all(item.met for item in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
