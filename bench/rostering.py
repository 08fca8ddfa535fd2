"""Rosters of the published benchmark of Curtois and Qu (2014): cost, bound and gap to the best known.

Run by hand: `python bench/rostering.py FOLDER [INSTANCE ...]`, where the folder holds `InstanceN.txt` and `bks.csv`.
Every roster passes the independent checker, and the whole has to stay within 3 % of the best known at 300 units of
deterministic work; instances 1 and 2 have to be proven. Exit code 1 where that is not so.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import time
from pathlib import Path

from nrp import read_instance

from optimize.staffing.rostering.checking import check_roster
from optimize.staffing.rostering.solving import solve_roster
from scenarios import SolveStatus

GOAL_SHARE = 0.03
PROVEN = ("1", "2")


def best_known(folder: Path) -> dict[str, int]:
    """Cost of the best known roster of each instance: the first number of its cell."""
    with (folder / "bks.csv").open(encoding="utf-8", newline="") as rows:
        return {
            row["instance"]: int(re.findall(r"\d+", row["best_known"])[0]) for row in csv.DictReader(rows)
        }


def measure(folder: Path, instance: str, known: int, work: float, seed: int) -> bool:
    """Solve an instance, print a line, and say whether it reaches its goal."""
    problem = read_instance(folder / f"Instance{instance}.txt")
    started = time.process_time()
    roster = solve_roster(problem, seed=seed, work_limit=work)
    seconds = time.process_time() - started
    report = roster.report
    assert report.objective is not None
    assert report.bound is not None
    broken = check_roster(roster)
    above = report.objective / known - 1
    print(
        f"{instance:>8}  {len(problem.people):>6}  {problem.days:>4}  {known:>6}  {report.objective:>6.0f}  "
        f"{report.bound:>6.0f}  {above:>6.2%}  {report.gap:>6.2%}  {seconds:>7.1f}  {report.status.value}"
        + "".join(f"\n  {rule}" for rule in broken)
    )
    is_proven = report.status is SolveStatus.OPTIMAL or instance not in PROVEN
    return not broken and above <= GOAL_SHARE and is_proven


def main() -> int:
    """Solve and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where the instances are")
    parser.add_argument("instances", nargs="*", help="all of them when left out")
    parser.add_argument("--work", type=float, default=300.0, help="deterministic work for each")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    known = best_known(chosen.folder)
    print("instance  people  days    best    cost   bound   above     gap    CPU s  status")
    reached = [
        measure(chosen.folder, instance, known[instance], chosen.work, chosen.seed)
        for instance in chosen.instances or known
    ]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
