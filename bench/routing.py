"""Plain routing problems beside PyVRP and OR-Tools: the gap to the best known value after some CPU seconds.

Run by hand: `python bench/routing.py`, for a part `--instances 'X-*,R1*' --marks 1,5 --seeds 2`. One core, CPU time of
this process from before the problem is given to a solver until it is told to stop. Ours cools down over its budget, so
it runs once for each mark, and what the schedule costs to set is in the time; the others run once to the last mark and
are looked at on the way. Every plan of every solver passes the independent checker, or the run ends. Conventions for
distances and best known values: see `vrp_instances`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from goals import Judged, append_goals, goal_table
from measure import stamp
from vrp_instances import Instance, clustered_problem, instances

from optimize.routing.plain.checking import check_plain
from optimize.routing.plain.peers import Stop, search_with_ortools, search_with_pyvrp
from optimize.routing.plain.problem import PlainProblem, PlainSolution
from optimize.routing.plain.search import search_plain

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
_ENDLESS = 10**11
_NO_PLAN = 100.0
"""Gap in percent of a solver that has no feasible plan yet."""
OURS, PYVRP, ORTOOLS = "dualedge", "PyVRP", "OR-Tools"
GOALS = {5.0: 0.5, 20.0: 0.25}
"""Mean gap in percent at a mark, over instances of up to `LARGEST_JUDGED` stops."""
LARGEST_JUDGED = 400
FIRST_PLAN_SECONDS, LARGE_GAP = 0.1, 3.0


@dataclass(frozen=True)
class Gap:
    """How far a solver was from the best known value."""

    instance: Instance
    solver: str
    seed: int
    mark: float
    """CPU seconds."""
    percent: float


class FaultyPlanError(Exception):
    """A plan breaks a rule of its problem."""


def ours(problem: PlainProblem, seconds: float, seed: int) -> PlainSolution:
    """Our search, for so many CPU seconds."""
    start = time.process_time()
    return search_plain(problem, _ENDLESS, seed, budget=lambda _: (time.process_time() - start) / seconds)


def our_gaps(instance: Instance, marks: Sequence[float], seed: int) -> Iterable[Gap]:
    """Gaps of our search, a run for each mark."""
    for mark in marks:
        found = ours(instance.problem, mark, seed)
        yield Gap(instance, OURS, seed, mark, _checked_gap(instance, found, OURS))


def peer_gaps(
    instance: Instance,
    marks: Sequence[float],
    seed: int,
    solver: str,
    search: Callable[[PlainProblem, Stop], PlainSolution],
) -> Iterable[Gap]:
    """Gaps of a solver that improves steadily, one run for all marks."""
    start = time.process_time()
    costs: dict[float, int | None] = {}

    def stop(best: int | None) -> bool:
        elapsed = time.process_time() - start
        for mark in marks:
            if elapsed >= mark and mark not in costs:
                costs[mark] = best
        return elapsed >= marks[-1]

    found = search(instance.problem, stop)
    last = _checked_gap(instance, found, solver)
    for mark in marks:
        cost = costs.get(mark)
        percent = _NO_PLAN if cost is None else instance.gap_percent(cost)
        yield Gap(instance, solver, seed, mark, max(percent, last))


def _checked_gap(instance: Instance, found: PlainSolution, solver: str) -> float:
    broken = check_plain(instance.problem, found)
    if broken:
        raise FaultyPlanError(f"{solver} on {instance.name}: {'; '.join(map(str, broken))}")
    return _NO_PLAN if found.unserved else instance.gap_percent(found.cost)


def contenders(instance: Instance, options: argparse.Namespace, seed: int) -> Iterable[Gap]:
    """Gaps of all solvers asked for."""
    marks = options.marks
    yield from our_gaps(instance, marks, seed)
    if not options.alone:
        search = partial(_pyvrp, seed=seed)
        yield from peer_gaps(instance, marks, seed, PYVRP, search)
    if options.ortools and seed == 1:  # it draws no random numbers
        yield from peer_gaps(instance, marks, seed, ORTOOLS, _ortools)


def _pyvrp(problem: PlainProblem, stop: Stop, seed: int) -> PlainSolution:
    return search_with_pyvrp(problem, _ENDLESS, seed, stop)


def _ortools(problem: PlainProblem, stop: Stop) -> PlainSolution:
    return search_with_ortools(problem, _ENDLESS, stop)


def mean(gaps: Iterable[Gap], solver: str, mark: float) -> float | None:
    """Mean gap of a solver at a mark; None without any."""
    percents = [gap.percent for gap in gaps if gap.solver == solver and gap.mark == mark]
    return statistics.fmean(percents) if percents else None


def heading(marks: Sequence[float], solvers: Sequence[str]) -> str:
    """First line of the table."""
    columns = "".join(f"{f'{solver} {mark:g} s':>16}" for mark in marks for solver in solvers)
    return f"{'instance':<16}{'stops':>6}{'best known':>12}{columns}"


def line(
    name: str, stops: str, best: str, gaps: Sequence[Gap], marks: Sequence[float], solvers: Sequence[str]
) -> str:
    """One line of it."""
    cells = [mean(gaps, solver, mark) for mark in marks for solver in solvers]
    columns = "".join(f"{'-' if cell is None else f'{cell:.2f} %':>16}" for cell in cells)
    return f"{name:<16}{stops:>6}{best:>12}{columns}"


def compare(options: argparse.Namespace) -> list[Gap]:
    """Run all solvers on all instances asked for, and print the table as it grows."""
    solvers = [OURS, *([] if options.alone else [PYVRP]), *([ORTOOLS] if options.ortools else [])]
    gaps: list[Gap] = []
    print(heading(options.marks, solvers))
    print_line = partial(line, marks=options.marks, solvers=solvers)
    for instance in instances(options.data, options.instances, is_truncated=options.truncated):
        here = [gap for seed in range(1, options.seeds + 1) for gap in contenders(instance, options, seed)]
        gaps += here
        best = f"{instance.best_known:.2f}"
        print(print_line(instance.name, str(instance.problem.stop_count), best, here), flush=True)
    for family in dict.fromkeys(gap.instance.family for gap in gaps):
        print(print_line(family, "", "", [gap for gap in gaps if gap.instance.family == family]))
    judged = [gap for gap in gaps if gap.instance.problem.stop_count <= LARGEST_JUDGED]
    if judged:
        print(print_line(f"up to {LARGEST_JUDGED}", "", "", judged))
    if gaps:
        print(print_line("all", "", "", gaps))
    print(f"{len(gaps)} gaps; every plan passed the checker")
    return gaps


def judge(gaps: Sequence[Gap], marks: Sequence[float]) -> list[Judged]:
    """Mean gaps against the goals."""
    judged = []
    small = [gap for gap in gaps if gap.instance.problem.stop_count <= LARGEST_JUDGED]
    for mark in marks:
        mine, theirs, among_small = mean(gaps, OURS, mark), mean(gaps, PYVRP, mark), mean(small, OURS, mark)
        if mine is not None and theirs is not None:
            judged.append(Judged(f"routes: mean gap at {mark:g} CPU s, PyVRP's as goal", mine, theirs, "%"))
        if among_small is not None and mark in GOALS:
            what = f"routes: mean gap at {mark:g} CPU s, up to {LARGEST_JUDGED} stops"
            judged.append(Judged(what, among_small, GOALS[mark], "%"))
    return judged


def first_plan() -> Judged:
    """CPU seconds until 300 stops have a plan."""
    problem = clustered_problem(300)
    start = time.process_time()
    found = search_plain(problem, 0)
    seconds = time.process_time() - start
    if check_plain(problem, found) or found.unserved:
        raise FaultyPlanError("first plan of 300 stops")
    return Judged("routes: first plan of 300 stops", seconds, FIRST_PLAN_SECONDS, "CPU s")


def large() -> Judged:
    """What 5 CPU seconds give for 1,000 stops, against 60."""
    problem = clustered_problem(1000)
    short, long = ours(problem, 5.0, 1), ours(problem, 60.0, 1)
    for found in (short, long):
        if check_plain(problem, found) or found.unserved:
            raise FaultyPlanError("1,000 stops")
    gap = 100.0 * (short.cost / long.cost - 1.0)
    return Judged("routes: 1,000 stops, 5 CPU s above 60 CPU s", gap, LARGE_GAP, "%")


def main() -> int:
    """Compare, judge, print; exit code 1 if a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    data = Path(os.environ.get("DUALEDGE_DATA", _BESIDE)) / "vrp"
    parser.add_argument("--data", type=Path, default=data, help="folder of the instances")
    parser.add_argument("--instances", default="*", help="names or families, as of files, by commas")
    parser.add_argument("--marks", type=_marks, default=(1.0, 5.0, 20.0), help="CPU seconds (default 1,5,20)")
    parser.add_argument("--seeds", type=int, default=1, help="runs of each (default 1)")
    parser.add_argument("--truncated", action="store_true", help="Solomon's in one decimal, truncated")
    parser.add_argument("--ortools", action="store_true", help="OR-Tools too")
    parser.add_argument("--alone", action="store_true", help="without PyVRP")
    parser.add_argument("--large", action="store_true", help="65 CPU seconds for 1,000 stops too")
    parser.add_argument("--record", action="store_true", help="append to bench/GOALS.md")
    options = parser.parse_args()
    search_plain(clustered_problem(20), 100)  # compiles
    judged = [first_plan(), *judge(compare(options), options.marks)]
    if options.large:
        judged.append(large())
    print(goal_table(judged))
    if options.record:
        append_goals(judged, stamp())
    return 0 if all(item.met for item in judged) else 1


def _marks(text: str) -> tuple[float, ...]:
    return tuple(sorted(float(mark) for mark in text.split(",")))


if __name__ == "__main__":
    sys.exit(main())
