"""The shipped scenarios and the command line, each figure against its goal.

Run by hand, on a machine that does nothing else: `python bench/shipped.py`. Books, panels and KPIs are on. Every
figure is measured in a process of its own. `--national` adds the largest scenario: minutes, gigabytes.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from goals import Judged, append_goals, goal_table
from market_scenario import MarketSize, write_market
from measure import CommandCost, Measurement, append_history, measure, measure_command, stamp, table

import optimize
import scenarios
import sim
import study

SHIPPED = Path(scenarios.__file__).parent
UNIT = "store-SKU-days"
MIB_PER_GB = 1e9 / 2**20
DELTA_SECONDS, NATIONAL_SECONDS = 6 + 15, 120 + 180
"""Goals of a replication: stores and their supply, and after-sales service."""
PARALLEL_SIZE = MarketSize(stores=20, skus=1000, days=365)
"""One replication takes half a second to a second."""
PARALLEL_REPLICATIONS = 8
_DUALEDGE = (sys.executable, "-c", "import sys; from study.cli import main; sys.exit(main())")


def replicate_once(name: str) -> int:
    """Run one replication of a shipped scenario, which is kept, with its plan; returns its store-SKU-days."""
    scenario, plan = prepared(name)
    labels = sim.simulate(scenario, plan, seed=scenario.run.seed, replication=0).labels
    return len(labels.stores) * len(labels.skus) * scenario.horizon.days


@lru_cache(maxsize=1)
def prepared(name: str) -> tuple[scenarios.Scenario, scenarios.Plan]:
    """A shipped scenario and its plan."""
    scenario = scenarios.load(SHIPPED / f"{name}.yaml")
    return scenario, optimize.plan(scenario)


def measure_replication(name: str, repeats: int) -> Measurement:
    """One replication after load; the first of several also loads machine code and what replications share."""
    found = measure(name, partial(replicate_once, name), 0, repeats, prepare=partial(prepared, name))
    return replace(found, work=found.result)


def wall_ratios(repeats: int) -> list[float]:
    """Wall time of some replications with one job over that with two, alternating; the first pair is not counted."""
    with TemporaryDirectory() as folder:
        scenario = scenarios.load(write_market(Path(folder), PARALLEL_SIZE, given_levels=True))
    plan = optimize.plan(scenario)
    ratios = []
    for _ in range(repeats + 1):
        seconds = []
        for jobs in (1, 2):
            start = time.perf_counter()
            study.replicate(scenario, plan, replications=PARALLEL_REPLICATIONS, jobs=jobs)
            seconds.append(time.perf_counter() - start)
        ratios.append(seconds[0] / seconds[1])
    return ratios[1:]


def quickstart_cost(repeats: int) -> CommandCost:
    """Thirty replications with report, the best of some runs after one that compiles what is to be compiled."""
    costs = []
    for _ in range(repeats + 1):
        with TemporaryDirectory() as folder:
            words = ("run", "quickstart", "--replications", "30", "--jobs", "2", "--out", f"{folder}/run")
            costs.append(measure_command([*_DUALEDGE, *words]))
    return min(costs[1:], key=lambda cost: cost.wall_seconds)


def help_cpu_seconds(repeats: int) -> float:
    """CPU seconds of `dualedge --help` beyond those of Python itself, alternating."""
    pairs = [
        (
            measure_command([*_DUALEDGE, "--help"]).cpu_seconds,
            measure_command([sys.executable, "-c", "pass"]).cpu_seconds,
        )
        for _ in range(repeats + 1)
    ]
    return statistics.median(ours - bare for ours, bare in pairs[1:])


def first_run_cost() -> CommandCost:
    """One replication of quickstart that has to compile every kernel."""
    with TemporaryDirectory() as folder:
        words = ("run", "quickstart", "--replications", "1", "--no-report", "--out", f"{folder}/run")
        return measure_command([*_DUALEDGE, *words], {"NUMBA_CACHE_DIR": f"{folder}/cache"})


def _seconds_of_a_replication(found: Measurement, goal: float) -> Judged:
    first = f"the first {found.cpu_seconds[0]:.3g} CPU s"
    return Judged(f"{found.label}, one replication", found.median_cpu_seconds, goal, "CPU s", beside=first)


def _cpu(cost: CommandCost) -> str:
    return f"{cost.cpu_seconds:.3g} CPU s"


def main() -> int:
    """Measure, print the figures with their goals; exit code 1 if a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3, help="timed runs of what is quick (default 3)")
    parser.add_argument("--national", action="store_true", help="measure `national`, too, once")
    parser.add_argument("--no-compile", action="store_true", help="leave out the first-ever compilation")
    parser.add_argument("--record", action="store_true", help="append to bench/HISTORY.md and bench/GOALS.md")
    options = parser.parse_args()

    quickstart = quickstart_cost(options.repeats)
    judged = [
        Judged(
            "quickstart, 30 replications and report", quickstart.wall_seconds, 6, "s", beside=_cpu(quickstart)
        ),
        Judged("--help beyond bare Python", help_cpu_seconds(options.repeats), 0.2, "CPU s"),
    ]
    replications = [measure_replication("delta", options.repeats)]
    judged.append(_seconds_of_a_replication(replications[0], DELTA_SECONDS))
    if options.national:
        national = measure_replication("national", 1)
        replications.append(national)
        judged.append(_seconds_of_a_replication(national, NATIONAL_SECONDS))
        judged.append(Judged("national, memory with loading", national.peak_rss_mib / MIB_PER_GB, 4, "GB"))
    ratios = measure("2 jobs", partial(wall_ratios, options.repeats), 1, repeats=1).result
    judged.append(
        Judged(
            "2 jobs against 1",
            statistics.median(ratios),
            1.8,
            "x",
            at_least=True,
            beside=f"{min(ratios):.2f} to {max(ratios):.2f}",
        )
    )
    if not options.no_compile:
        first = first_run_cost()
        judged.append(
            Judged("first run ever, with compilation", first.wall_seconds, 40, "s", beside=_cpu(first))
        )

    print(table(replications, UNIT), goal_table(judged), sep="\n\n")
    if options.record:
        append_history("shipped", replications, UNIT)
        append_goals(judged, stamp())
    return 0 if all(item.met for item in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
