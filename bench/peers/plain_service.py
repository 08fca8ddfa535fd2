"""Reports, calls, visits and follow-up calls in plain SimPy: a process per customer, resources for those who serve."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterable, Iterator
from itertools import accumulate
from typing import Any, NamedTuple

import simpy


class Customer(NamedTuple):
    """One customer; seconds."""

    reports: float
    patience: float
    call: float
    """Work of an agent."""
    visit: float
    """Work of a technician."""
    follow_up: float
    """Work of an agent afterwards."""


Row = tuple[float, float, float, float, float, float]
"""Seconds: reported, answered, taken down, visit begun, visit ended, followed up; -1 for what never happened."""


def simulate(customers: Iterable[Customer], agents: int, technicians: int) -> list[Row]:
    """Serve customers, first come first served; reports before follow-up calls.

    Args:
        customers: by the second at which they report.
        agents: who take calls.
        technicians: who make visits.
    """
    environment = simpy.Environment()
    desk = simpy.PriorityResource(environment, agents)
    crew = simpy.Resource(environment, technicians)
    rows: list[Row] = []

    def customer(who: Customer) -> Generator[Any, Any, None]:
        reported = environment.now
        with desk.request(priority=0) as turn:
            found = yield turn | environment.timeout(who.patience)
            if turn not in found:
                rows.append((reported, -1, -1, -1, -1, -1))
                return
            answered = environment.now
            yield environment.timeout(who.call)
        taken = environment.now
        with crew.request() as turn:
            yield turn
            began = environment.now
            yield environment.timeout(who.visit)
        ended = environment.now
        with desk.request(priority=1) as turn:
            yield turn
            yield environment.timeout(who.follow_up)
        rows.append((reported, answered, taken, began, ended, environment.now))

    def source() -> Generator[Any, Any, None]:
        for who in customers:
            yield environment.timeout(who.reports - environment.now)
            environment.process(customer(who))

    environment.process(source())
    environment.run()
    return rows


class Load(NamedTuple):
    """Mean seconds of all that is drawn."""

    between: float
    patience: float
    call: float
    visit: float
    follow_up: float


def run(count: int, load: Load, agents: int, technicians: int, seed: int = 0) -> int:
    """Draw so many customers, serve them, and say how many were."""
    source = random.Random(seed)

    def drawn(mean: float) -> float:
        return source.expovariate(1 / mean)

    gaps: Iterator[float] = (drawn(load.between) for _ in range(count))
    customers = (
        Customer(comes, drawn(load.patience), drawn(load.call), drawn(load.visit), load.follow_up)
        for comes in accumulate(gaps)
    )
    return len(simulate(customers, agents, technicians))
