"""Technician routing on published instances: gap to the best known after so much CPU time, and days that unfold.

Run by hand: `python bench/technicians.py --data ../shared/data/vrp`. Goal: mean gap at most 1 % after 60 CPU
seconds.
Durations are judged in the reals by a reading of the rules that shares nothing with the solver; a plan with a broken
rule stops the run.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from goals import Judged, append_goals, goal_table
from measure import stamp
from technician_instances import SCALE, Published, read_kovacs, read_pillac, shortest_duration

from optimize.routing.tours.checking import check_tours
from optimize.routing.tours.finishing import finish_tours
from optimize.routing.tours.peers import tours_by_ortools, tours_by_pyvrp
from optimize.routing.tours.plan import Tour, ToursPlan
from optimize.routing.tours.problem import BoolArray, Tours
from optimize.routing.tours.rolling import replan, rest_of_day
from optimize.routing.tours.searching import Pool, first_tours, search_tours

GOAL_GAP_PERCENT = 1.0
GOAL_SECONDS = 60.0
_PROBE = 300
"""Iterations by which speed is told, so that the search cools down in the time it has."""


def search_for(problem: Tours, seconds: float, seed: int, *, finish: bool = False) -> tuple[ToursPlan, float]:
    """Search for about so many CPU seconds; returns the plan and the seconds it took.

    With `finish` the best set of the tours met is chosen, and bounded, at the end.
    """
    search_tours(problem, iterations=1, seed=seed)  # compiled, or loaded
    began = time.process_time()
    search_tours(problem, iterations=_PROBE, seed=seed)
    speed = _PROBE / max(1e-6, time.process_time() - began)
    began = time.process_time()

    def stop_in_time(step: str, finished: int, wanted: int) -> None:
        del step, finished, wanted
        if time.process_time() - began > 1.05 * seconds:
            raise KeyboardInterrupt

    pool: Pool = {}
    plan = search_tours(
        problem,
        iterations=int(speed * seconds),
        seed=seed,
        progress=stop_in_time,
        pool=pool if finish else None,
    )
    if finish:
        plan = finish_tours(problem, plan, pool).plan
    return plan, time.process_time() - began


def peer_for(problem: Tours, engine: str, seconds: float, seed: int) -> ToursPlan:
    """Search by another engine for so many CPU seconds."""
    began = time.process_time()

    def is_over() -> bool:
        return time.process_time() - began > seconds

    if engine == "PyVRP":
        return tours_by_pyvrp(problem, 10**9, seed, is_over)
    return tours_by_ortools(problem, 10**9, is_over)


def checked(problem: Tours, plan: ToursPlan) -> ToursPlan:
    """The plan, which breaks no rule."""
    broken = check_tours(problem, plan)
    if broken:
        raise RuntimeError("; ".join(map(str, broken[:5])))
    return plan


def real_duration(published: Published, orders: dict[int, tuple[int, ...]]) -> float:
    """Time of all tours in the reals."""
    durations = [shortest_duration(published, vehicle, order) for vehicle, order in orders.items() if order]
    if any(duration is None for duration in durations):
        raise RuntimeError(f"{published.name}: a tour misses a window in the reals")
    return float(sum(duration for duration in durations if duration is not None))


def pillac(folder: Path, seconds: float, seeds: int, only: str, *, finish: bool) -> list[float]:
    """Print each instance beside the best known; returns our gaps in per cent."""
    with (folder / "bks_summary.csv").open(encoding="utf-8", newline="") as file:
        best = {row["instance"]: float(row["bks_total_duration"]) for row in csv.DictReader(file)}
    gaps = []
    print(
        f"{'instance':<8} {'best known':>11} {'first':>8} {'found':>11} {'gap %':>7} {'CPU s':>6} {'iterations':>10}"
    )
    for path in sorted((folder / "crew25").glob(f"{only}*.txt")):
        published = read_pillac(path)
        first = first_tours(published.problem)
        for seed in range(1, seeds + 1):
            plan, took = search_for(published.problem, seconds, seed, finish=finish)
            duration = real_duration(published, checked(published.problem, plan).orders)
            gap = 100 * (duration / best[published.name] - 1)
            missing = f"  {plan.must_unserved} unserved" if plan.must_unserved else ""
            gaps.append(gap)
            print(
                f"{published.name:<8} {best[published.name]:>11.3f} {first.cost:>8.0f} {duration:>11.3f} {gap:>7.3f} "
                f"{took:>6.1f} {plan.iterations:>10}{'  better than the best known' if gap < -1e-6 else ''}{missing}",
                flush=True,
            )
            if plan.gap is not None:
                print(f"{'':<8} at most {plan.gap:.1%} above the best possible", flush=True)
    print(
        f"mean gap {np.mean(gaps):.3f} %, worst {np.max(gaps):.3f} %, {sum(gap < -1e-6 for gap in gaps)} better"
    )
    return gaps


def kovacs(folder: Path, iterations: int, *, peers: bool) -> None:
    """Print money of distance and of tasks given away; no best known is published beside these instances.

    Those of the trsp need parts, tools and reloads, which neither of the others knows: they are compared here.
    """
    for tasks in sorted((folder / "tasks_noTeam").glob("*.txt")):
        technicians = folder / "technicians_noTeam" / f"technicians_{tasks.name}"
        published = read_kovacs(tasks, technicians)
        first = first_tours(published.problem)
        began = time.process_time()
        plan = checked(published.problem, search_tours(published.problem, iterations=iterations))
        took = time.process_time() - began
        print(
            f"{published.name:<18} first {first.cost:>9.2f}  found {plan.cost:>9.2f}: "
            f"{plan.money.distance:.2f} driven, {len(plan.unserved)} given away",
            flush=True,
        )
        for engine in ("PyVRP", "OR-Tools") if peers else ():
            other = checked(published.problem, peer_for(published.problem, engine, took, 1))
            print(f"{engine:>18} in the same {took:.1f} CPU s: {other.cost:>9.2f}", flush=True)


def unfold(published: Published, iterations: int) -> tuple[float, int, int]:
    """Live through a day on which visits become known at their release; the rest is planned anew each time.

    Returns:
        Time of all tours in the unit of the instance, visits left out, plans made.
    """
    rest, release = published.problem, published.problem.visits.release_second
    moments = sorted({int(second) for second in release[release > 0]})
    departed: dict[int, int] = {}
    back: dict[int, int] = {}
    made = 0
    plan = search_tours(_known(rest, release <= 0), iterations=iterations)
    for now in moments:
        left = rest_of_day(rest, plan, now)
        for tour in plan.tours:
            begun = [stop for stop in left.begun.get(tour.vehicle, ()) if stop >= 0]
            if begun:
                departed.setdefault(tour.vehicle, tour.depart_second)
                back[tour.vehicle] = _home_second(rest, tour, begun[-1])
                made += len(begun)
        rest = left.problem
        known = _known(rest, rest.visits.release_second <= now)
        plan = replan(known, left.plan, now, 0, iterations)
    for tour in plan.tours:
        departed.setdefault(tour.vehicle, tour.depart_second)
        back[tour.vehicle] = tour.end_second
        made += len(tour.visits)
    seconds = sum(back[vehicle] - departed[vehicle] for vehicle in back)
    return seconds / SCALE, published.problem.visit_count - made, len(moments) + 1


def _home_second(problem: Tours, tour: Tour, visit: int) -> int:
    """When somebody is home if a visit is his last."""
    start = tour.start_seconds[tour.stops.index(visit)]
    home = int(problem.vehicles.end_place[tour.vehicle])
    kind = int(problem.vehicles.kind[tour.vehicle])
    way = problem.roads.travel_seconds[problem.visits.place[visit], home]
    return int(start + problem.service_seconds[kind, visit] + way)


def _known(problem: Tours, known: BoolArray) -> Tours:
    """The problem in which nobody may make visits that are not known yet."""
    return replace(problem, allowed=problem.allowed & known)


def dynamic(folder: Path, iterations: int) -> None:
    """Print days that unfold beside the best known of the day known beforehand."""
    with (folder / "bks_summary.csv").open(encoding="utf-8", newline="") as file:
        best = {row["instance"]: float(row["bks_total_duration"]) for row in csv.DictReader(file)}
    for release in sorted((folder / "dyn_release").glob("*.txt")):
        name = release.name.partition("_")[0]
        for path in (folder / "crew25").glob(f"{name}.*.txt"):
            published = read_pillac(path, release)
            began = time.process_time()
            duration, left_out, plans = unfold(published, iterations)
            took = time.process_time() - began
            print(
                f"{release.stem:<12} {duration:>10.1f}, {100 * (duration / best[name] - 1):+.1f} % over the day known"
                f" beforehand, {left_out} left out, {plans} plans, {took:.1f} CPU s",
                flush=True,
            )


def main() -> int:
    """Measure, print, and say whether the goal is met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data/vrp"), help="folder of the instances"
    )
    parser.add_argument(
        "--seconds", type=float, default=GOAL_SECONDS, help="CPU seconds a search (default 60)"
    )
    parser.add_argument("--seeds", type=int, default=1, help="searches per instance (default 1)")
    parser.add_argument("--only", default="", help="names of instances begin with this")
    parser.add_argument(
        "--peers", action="store_true", help="PyVRP and OR-Tools for as long, beside ours, with --what kovacs"
    )
    parser.add_argument(
        "--finish", action="store_true", help="choose among all tours met at the end, with a bound"
    )
    parser.add_argument("--record", action="store_true", help="append the figures to bench/GOALS.md")
    parser.add_argument("--what", choices=("static", "dynamic", "kovacs"), default="static", help="instances")
    parser.add_argument(
        "--iterations", type=int, default=2000, help="of a search of --what dynamic or kovacs"
    )
    options = parser.parse_args()
    if options.what == "kovacs":
        kovacs(options.data / "strsp_kovacs", options.iterations, peers=options.peers)
        return 0
    if options.what == "dynamic":
        dynamic(options.data / "trsp_pillac", options.iterations)
        return 0
    gaps = pillac(
        options.data / "trsp_pillac",
        options.seconds,
        options.seeds,
        options.only,
        peers=options.peers,
        finish=options.finish,
    )
    judged = [
        Judged(
            f"technician routing, mean gap after {options.seconds:g} CPU s",
            float(np.mean(gaps)),
            GOAL_GAP_PERCENT,
            "%",
        )
    ]
    print(goal_table(judged))
    if options.record:
        append_goals(judged, stamp())
    return 0


if __name__ == "__main__":
    sys.exit(main())
