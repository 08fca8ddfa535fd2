"""The register of requests: numbers, promises by class, who waits, and the record of those that are closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import simpy

from scenarios import SlaClass
from sim.aftersales.facts import ServiceFacts
from sim.aftersales.requests import NO_REAL, NO_WHOLE, Request
from sim.clock import SECONDS_PER_HOUR
from sim.recorder import Recorder

Listener = Callable[[Request], None]


class Register:
    """All requests of a run."""

    def __init__(self, environment: simpy.Environment, facts: ServiceFacts, recorder: Recorder) -> None:
        # The clock is read straight from its attribute, as in stations.
        self._environment: Any = environment
        self._write = recorder.packed_writer("requests")
        self._promises = [_seconds(promise) for promise in facts.policy.sla]
        self._next = 0
        self._listeners: list[Listener] = []
        self.open: dict[int, Request] = {}
        """Requests that are not closed, by number."""

    def create(
        self,
        kind: int,
        key: int,
        reported_second: int,
        whole: Sequence[int] = NO_WHOLE,
        real: Sequence[float] = NO_REAL,
    ) -> Request:
        """Open a request; see `Request` for the arguments."""
        number = self._next
        self._next = number + 1
        request = self.open[number] = Request(number, kind, key, reported_second, whole, real)
        return request

    def promise(self, request: Request) -> None:
        """Note by when its SLA class has somebody there and done, from the report on, for the judged urgency."""
        response, completion = self._promises[request.sla]
        reported, urgency = request.reported_second, request.judged_urgency
        request.response_due_second = reported + response[urgency]
        request.completion_due_second = reported + completion[urgency]

    def listen(self, closed: Listener) -> None:
        """Have somebody told of every request that is closed, once its outcome is set."""
        self._listeners.append(closed)

    def close(self, request: Request, outcome: int) -> None:
        """End a request now."""
        request.outcome = outcome
        request.closed_second = self._environment._now
        del self.open[request.number]
        for closed in self._listeners:
            closed(request)

    def write(self, request: Request) -> None:
        """Write the row of a closed request about which nothing more will happen."""
        self._write(request.packed())

    def write_open(self) -> None:
        """Write the rows of what is still open when the run ends."""
        for number in sorted(self.open):
            self._write(self.open[number].packed())


def _seconds(promise: SlaClass) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return (
        tuple(round(hours * SECONDS_PER_HOUR) for hours in promise.response_hours),
        tuple(round(hours * SECONDS_PER_HOUR) for hours in promise.completion_hours),
    )
