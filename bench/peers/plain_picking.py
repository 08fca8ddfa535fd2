"""Orders that queue for pickers in plain SimPy: a process per order, a resource for the pickers, one row per order."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterable, Iterator
from itertools import accumulate
from typing import Any

import simpy

Row = tuple[float, float, float]
"""When an order came, was begun and was finished, in seconds."""


def simulate(orders: Iterable[tuple[float, float]], pickers: int) -> list[Row]:
    """Work orders off, first come first served.

    Args:
        orders: when each comes and how long it takes, in seconds, by the time at which they come.
        pickers: how many there are.
    """
    environment = simpy.Environment()
    crew = simpy.Resource(environment, pickers)
    rows: list[Row] = []

    def order(work: float) -> Generator[Any, Any, None]:
        came = environment.now
        with crew.request() as turn:
            yield turn
            began = environment.now
            yield environment.timeout(work)
        rows.append((came, began, environment.now))

    def source() -> Generator[Any, Any, None]:
        for comes, work in orders:
            yield environment.timeout(comes - environment.now)
            environment.process(order(work))

    environment.process(source())
    environment.run()
    return rows


def run(count: int, between_seconds: float, work_seconds: float, pickers: int, seed: int = 0) -> int:
    """Draw so many orders, work them off, and say how many were."""
    source = random.Random(seed)
    gaps: Iterator[float] = (source.expovariate(1 / between_seconds) for _ in range(count))
    orders = ((comes, source.expovariate(1 / work_seconds)) for comes in accumulate(gaps))
    return len(simulate(orders, pickers))
