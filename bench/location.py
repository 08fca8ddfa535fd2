"""Sites of the published instances: seconds to the optimum and to its proof, bound and gap.

Run by hand: `python bench/location.py FOLDER [--only NAME ...]`, where the folder holds `pmed` (and what the other
sections read). Every plan passes the independent checker. Exit code 1 where a goal is missed or an optimum is not the
published one. Seconds are CPU time of one core, from arrays of distances to the plan; compiling is not timed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pmed import PMedian, read_instances

from optimize.network.checking import (
    BrokenSiteRule,
    check_maximal_cover,
    check_p_centre,
    check_p_median,
    check_set_cover,
)
from optimize.network.maximal_cover import maximal_cover
from optimize.network.p_centre import p_centre
from optimize.network.p_median import p_median
from optimize.network.results import PROOF_GAP, SitePlan
from optimize.network.set_cover import set_cover
from scenarios import SolveStatus

OPTIMUM_SECONDS, PROOF_SECONDS, COVER_SECONDS = 1.0, 60.0, 5.0
SHARE_OF_CENTRE = (1.0, 0.8, 2 / 3, 0.5)
"""Radii of maximal covers, as shares of the published p-centre."""


@dataclass
class Watch:
    """Notes when the search last found something better."""

    started: float = field(default_factory=time.process_time)
    best: float = float("inf")
    found_after: float = 0.0

    def __call__(self, objective: float, bound: float) -> bool:
        """Never stops the search."""
        del bound
        if objective < self.best:
            self.best, self.found_after = objective, self.seconds
        return False

    @property
    def seconds(self) -> float:
        """CPU seconds so far."""
        return time.process_time() - self.started


def warm_up() -> None:
    """Compile what is timed later."""
    distance = np.abs(np.subtract.outer(np.arange(9.0), np.arange(9.0)))
    p_median(distance, 3)
    p_centre(distance, 2)


def verdict(
    plan: SitePlan, broken: Sequence[BrokenSiteRule], seconds: float, goal: float, known: float | None = None
) -> str:
    """What a plan lacks; nothing where all is well."""
    lacks = [str(entry) for entry in broken]
    if plan.status is not SolveStatus.OPTIMAL or plan.gap > PROOF_GAP:
        lacks.append("not proven")
    if known is not None and plan.objective != known:
        lacks.append(f"published {known:g}")
    if seconds > goal:
        lacks.append(f"over {goal:g} s")
    return "; ".join(lacks)


def medians(instances: list[PMedian]) -> bool:
    """p-median of each instance."""
    print(
        f"{'p-median':<8} {'n':>4} {'p':>4} {'best':>7} {'bound':>9} {'gap':>8} {'found s':>8} {'proof s':>8}"
    )
    is_good = True
    for instance in instances:
        watch = Watch()
        plan = p_median(instance.distance, instance.sites, checkpoint=watch)
        seconds = watch.seconds
        # A plan found in the last step is not told to the checkpoint.
        found = watch.found_after if watch.best == plan.objective else seconds
        broken = check_p_median(plan, instance.distance, instance.sites)
        lacks = verdict(plan, broken, seconds, PROOF_SECONDS, instance.median)
        lacks += f" found after {OPTIMUM_SECONDS:g} s" if found > OPTIMUM_SECONDS else ""
        print(
            f"{instance.name:<8} {len(instance.distance):>4} {instance.sites:>4} {plan.objective:>7.0f} "
            f"{plan.bound:>9.1f} {plan.gap:>8.1e} {found:>8.3f} {seconds:>8.3f}  {lacks}",
            flush=True,
        )
        is_good &= not lacks
    return is_good


def centres_and_covers(instances: list[PMedian]) -> bool:
    """p-centre, set cover at its radius, and maximal covers at shares of it."""
    head = " ".join(f"{f'most {share:.2f} r':>19}" for share in SHARE_OF_CENTRE)
    print(f"{'':<8} {'p-centre':>8} {'s':>6}  {'cover':>5} {'s':>6}  {head}")
    is_good = True
    for instance in instances:
        distance, sites, radius = instance.distance, instance.sites, instance.centre
        watch = Watch()
        centre = p_centre(distance, sites)
        seconds = watch.seconds
        lacks = [
            verdict(centre, check_p_centre(centre, distance, sites), seconds, COVER_SECONDS, instance.centre)
        ]
        cells = f"{centre.objective:>8.0f} {seconds:>6.2f}"
        watch = Watch()
        cover = set_cover(distance, radius)
        lacks.append(verdict(cover, check_set_cover(cover, distance, radius), watch.seconds, COVER_SECONDS))
        cells += f"  {cover.objective:>5.0f} {watch.seconds:>6.2f}  "
        for share in SHARE_OF_CENTRE:
            watch = Watch()
            most = maximal_cover(distance, share * radius, sites)
            seconds = watch.seconds
            broken = check_maximal_cover(most, distance, share * radius, sites)
            lacks.append(verdict(most, broken, seconds, COVER_SECONDS))
            cells += f" {most.objective:>4.0f} <= {most.bound:>4.0f} {seconds:>6.2f}"
        missing = "; ".join(filter(None, lacks))
        print(f"{instance.name:<8} {cells}  {missing}", flush=True)
        is_good &= not missing
    return is_good


def p_medians(folder: Path, names: tuple[str, ...]) -> bool:
    """All that is asked of the graphs of the OR-Library."""
    instances = read_instances(folder / "pmed", names)
    is_good = medians(instances)
    print()
    return centres_and_covers(instances) and is_good


SECTIONS: tuple[Callable[[Path, tuple[str, ...]], bool], ...] = (p_medians,)
"""What is measured, one after the other: each prints its table and says whether its goals are met."""


def main() -> int:
    """Measure and print; exit code 1 if something is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="holds the folders of instances")
    parser.add_argument("--only", nargs="*", default=[], help="names of instances (default all)")
    options = parser.parse_args()
    warm_up()
    results = [section(options.folder, tuple(options.only)) for section in SECTIONS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
