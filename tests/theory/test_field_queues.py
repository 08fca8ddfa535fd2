"""Technicians as the servers of textbook queues, through the engine: streams of jobs at the door, nobody drives.

Technicians are there round the clock and begin a job at any hour. A wide interval covers the closed form; and every
single start is what a few lines of plain code make of the same arrivals and work, which a technician who takes 2%
longer (the planted bug) fails.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from sim import RunResult
from tests.reference import reference_path
from tests.service_worlds import (
    STATION,
    constant,
    exponential,
    installed,
    job_stream,
    mode,
    product,
    run,
    service_world,
)
from tests.theory.evidence import assert_covers
from tests.theory.queues import mg1_wait, mmc_wait, priority_wait
from tests.theory.worlds import BUG

FloatArray = npt.NDArray[np.float64]
WORK = 5.0
ANY_TIME = {"overtime_minutes": 1440}


def people(count: int, factor: float, station: str = STATION, name: str = "T") -> dict[str, Any]:
    """Technicians round the clock, by their time over the average."""
    return {
        "id": name,
        "station_id": station,
        "count": count,
        "shift_id": "always",
        "minutes_factor": factor,
    }


def policy(*groups: dict[str, Any], **dispatch: Any) -> dict[str, Any]:
    return {"service": {"dispatch": {**ANY_TIME, **dispatch}, "workforce": {"groups": list(groups)}}}


class Jobs:
    """Jobs that are done, in the order in which they came; seconds."""

    def __init__(self, result: RunResult) -> None:
        requests = result.tables["requests"]
        order = np.argsort(requests["request"], kind="stable")
        order = order[requests["closed_second"][order] >= 0]
        self.came, self.began, self.ended = (
            requests[f"{name}_second"][order] for name in ("taken", "first_arrived", "closed")
        )
        self.stream, self.urgency = requests["stream"][order], requests["judged_urgency"][order]
        self.work = self.ended - self.began

    def waits(self, stream: int | None = None, batches: int = 20) -> FloatArray:
        """(batches,) mean minutes in the queue."""
        chosen = np.ones(len(self.came), np.bool_) if stream is None else self.stream == stream
        waits = (self.began - self.came)[chosen] / 60
        size = (len(waits) - 200) // batches
        return np.asarray(waits[100 : 100 + size * batches].reshape(batches, size).mean(axis=1))


def starts(jobs: Jobs, servers: int, *, by_urgency: bool = False) -> list[int]:
    """Second at which each job begins in a queue without pre-emption, worked out by hand."""
    free, queue, begun = [0] * servers, list[tuple[int, int]](), [0] * len(jobs.came)
    came, work = jobs.came.tolist(), jobs.work.tolist()
    following = 0
    while following < len(came) or queue:
        now = heappop(free)
        if not queue:
            now = max(now, came[following])
        while following < len(came) and came[following] <= now:
            heappush(queue, (int(jobs.urgency[following]) if by_urgency else 0, following))
            following += 1
        job = heappop(queue)[1]
        begun[job] = max(now, came[job])
        heappush(free, begun[job] + work[job])
    return begun


def assert_exact(sound: Jobs, planted: Jobs, servers: int, *, by_urgency: bool = False) -> None:
    """All starts are those worked out by hand; with the bug most of those that wait are not."""
    expected = starts(sound, servers, by_urgency=by_urgency)
    number = min(len(expected), len(planted.began)) * 9 // 10  # the last may still wait when the run ends
    assert sound.began[:number].tolist() == expected[:number]
    assert (planted.began[:number] != np.array(expected[:number])).mean() > 0.3


def test_two_classes_and_both_together() -> None:
    """M/M/2, nobody interrupted, urgent jobs first (Cobham 1954); all together wait as without classes (Erlang C)."""
    servers, rates = 2, (0.4 / WORK, 0.6 / WORK)
    streams = [
        job_stream("urgent", 1 / rates[0], WORK, priority=0),
        job_stream("general", 1 / rates[1], WORK, priority=2),
    ]

    def jobs_of(factor: float) -> Jobs:
        terms = policy(people(servers, factor), rule="sla_priority")
        return Jobs(run(service_world(days=60, streams=streams, policy=terms)))

    sound = jobs_of(1.0)
    assert_exact(sound, jobs_of(BUG), servers, by_urgency=True)
    assert_covers(mmc_wait(servers, sum(rates), WORK), sound.waits(), 0.35)
    for rank in (0, 1):
        assert_covers(priority_wait(servers, rates, WORK, rank), sound.waits(rank), 0.4)


def test_published_waits_by_class() -> None:
    with reference_path("queueing/reference/mmc_priority_nonpreemptive.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            arrivals = [float(rate) for rate in row["lambdas"].strip("()").split(",")]
            told = priority_wait(int(row["c"]), arrivals, 1 / float(row["mu"]), int(row["class"]) - 1)
            assert told == pytest.approx(float(row["Wq"]), rel=1e-9)


@pytest.mark.parametrize(
    ("servers", "work", "truth"),
    [
        (3, exponential(WORK), partial(mmc_wait, 3, 2.1 / WORK, WORK)),
        (1, constant(WORK), partial(mg1_wait, 0.5 / WORK, WORK, 0.0)),
        (1, {"kind": "gamma", "mean": WORK, "cv": 0.5}, partial(mg1_wait, 0.5 / WORK, WORK, 0.25)),
    ],
    ids=["M/M/3", "M/D/1", "M/G/1"],
)
def test_first_come_first_served(servers: int, work: dict[str, Any], truth: Callable[[], float]) -> None:
    rate = (2.1 if servers == 3 else 0.5) / WORK
    streams = [{**job_stream("jobs", 1 / rate, WORK), "minutes": work}]

    def jobs_of(factor: float) -> Jobs:
        days = round(14_000 / (rate * 1440))
        return Jobs(run(service_world(days=days, streams=streams, policy=policy(people(servers, factor)))))

    sound = jobs_of(1.0)
    assert_exact(sound, jobs_of(BUG), servers)
    assert_covers(truth(), sound.waits(), 0.4)


def hypercube(case: dict[str, Any], factor: float, days: int) -> RunResult:
    """Two districts with a technician each, who help each other out; what comes when both are busy goes to a partner.

    All stand at one place: the nearest who is free is then, among equals, the one of the job's own district.
    """
    streams = [
        {**job_stream(name, WORK / rate, WORK), "station_id": name}
        for name, rate in zip("AB", case["atom_rates"], strict=True)
    ]
    crew = [people(1, factor, station, f"T{station}") for station in "AB"]
    partner = {"id": "P", "jobs_per_day": 100_000}
    outsourcing = {"partner_ids": ["P"], "when_wait_exceeds_days": 0.0}
    terms = policy(*crew, area="pooled", rule="nearest")
    terms["service"]["outsourcing"] = outsourcing
    stations = [{"station_id": name} for name in "AB"]
    service = {"stations": stations, "partners": [partner]}
    return run(service_world(days=days, streams=streams, service=service, policy=terms))


def served(result: RunResult) -> npt.NDArray[np.int64]:
    """(jobs, 4) stream, second, seconds of work, and technician or -1, in the order in which they came."""
    requests = result.tables["requests"]
    columns = ("stream", "taken_second", "first_arrived_second", "closed_second", "technician")
    stream, came, began, ended, who = (requests[name] for name in columns)
    by_partner = requests["partner"] >= 0
    rows = np.column_stack(
        [stream, came, np.where(by_partner, 0, ended - began), np.where(by_partner, -1, who)]
    )
    return np.asarray(rows[np.argsort(requests["request"])][:-50])


def replayed(rows: npt.NDArray[np.int64]) -> list[int]:
    """Who goes, worked out by hand: one's own technician, else the other one, else nobody.

    Who finishes in that very second takes it before anybody else.
    """
    busy_until, gone = [0, 0], list[int]()
    for stream, came, work, _ in rows.tolist():
        free = [who for who in (0, 1) if busy_until[who] == came]
        free += [who for who in (stream, 1 - stream) if busy_until[who] < came]
        gone.append(free[0] if free else -1)
        if free:
            busy_until[free[0]] = came + work
    return gone


@pytest.mark.parametrize("case", [0, 1], ids=["alike", "uneven"])
def test_hypercube(case: int) -> None:
    """Who is sent where, and how much is lost (Larson 1974), with preference lists and no waiting line."""
    truth = json.loads(reference_path("queueing/reference/hypercube_zero_line.json").read_text())[case]
    sound = served(hypercube(truth, 1.0, 30))
    assert sound[:, 3].tolist() == replayed(sound)
    planted = served(hypercube(truth, BUG, 30))[: len(sound)]
    assert (planted[:, 3] != sound[: len(planted), 3]).mean() > 0.005
    own = sound[sound[:, 3] >= 0]
    size = len(own) // 20
    for pair, fraction in truth["dispatch_fraction_server_atom"].items():
        server, atom = map(int, pair.split("-"))
        hits = (own[: size * 20, 3] == server) & (own[: size * 20, 0] == atom)
        assert_covers(fraction, hits.reshape(20, size).mean(axis=1), 0.25)
    size = len(sound) // 20
    lost = (sound[: size * 20, 3] < 0).reshape(20, size).mean(axis=1)
    assert_covers(truth["loss_prob"], lost, 0.2)


def test_machine_repair() -> None:
    """Machines that fail, and few technicians: how many are down (finite source, Palm 1947)."""
    with reference_path("queueing/reference/machine_repair.csv").open(encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["N_machines"] == "20")
    per_year, servers = 100.0, int(row["c_repairmen"])
    work = float(row["lambda_fail"]) / float(row["mu"]) * 365 * 1440 / per_year
    machines = 20
    days = 200

    def requests_of(factor: float) -> RunResult:
        return run(
            service_world(
                days=days,
                products=[product(per_year=per_year, warranty_months=600)],
                modes=[mode(diagnosis_minutes=constant(0), repair_minutes=exponential(work))],
                base=[installed(machines)],
                policy=policy(people(servers, factor)),
            )
        )

    sound = requests_of(1.0)
    assert_exact(Jobs(sound), Jobs(requests_of(BUG)), servers)
    requests, end = sound.tables["requests"], days * 86_400
    ends = np.where(requests["closed_second"] < 0, end, requests["closed_second"])
    edges = np.linspace(0, end, 21)
    down = [
        (np.minimum(ends, stop) - np.maximum(requests["reported_second"], start)).clip(0).sum()
        / (stop - start)
        for start, stop in pairwise(edges)
    ]
    assert_covers(float(row["mean_down"]), np.array(down[1:]), 0.25)
