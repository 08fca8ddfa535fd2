"""Contact centres for tests: streams of calls, and reports of failures that a test writes down, with nobody behind.

Instead of an installed base there is a list of reports, and instead of technicians somebody who has every job done
after a while: what happens to a report then depends on the contact centre alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim import RunResult
from sim.aftersales.context import Context
from sim.aftersales.requests import Kind, Outcome, Request
from sim.aftersales.rooms import Rooms
from sim.clock import Turn, at
from sim.installed_base.arriving import blank_rows
from sim.records import Table
from sim.streams import entity_key
from tests.factory import merged
from tests.service_worlds import exponential, run, service_world

AROUND_THE_CLOCK = {"start_hour": 0, "hours": 24}
JOB_SECONDS = 7_200


def calls(name: str, rate: float, minutes: float, patience: float = 0.0, **fields: Any) -> dict[str, Any]:
    """Poisson calls at a rate per minute with exponential work, and exponential patience unless that is 0."""
    impatience = {"patience_minutes": exponential(patience)} if patience else {}
    return {
        "id": name,
        "between_minutes": exponential(1 / rate),
        "minutes": exponential(minutes),
        **impatience,
        **fields,
    }


def call_centre(
    streams: Sequence[Mapping[str, Any]],
    agents: int,
    days: int,
    *,
    shift: Mapping[str, Any] = AROUND_THE_CLOCK,
    centre: Mapping[str, Any] | None = None,
    contacts: Mapping[str, Any] | None = None,
    **blocks: Any,
) -> Scenario:
    """Agents who are alike and the calls they answer.

    Args:
        streams: other calls.
        agents: how many.
        days: length of the run.
        shift: their working time.
        centre: further fields of `service.contact_centre`.
        contacts: further fields of `policy.service.contacts`.
        blocks: top-level blocks laid over the result.
    """
    staffed = [{"people": agents, **shift}] if agents else []
    plain = {
        "horizon": {"panel_period_days": days},
        "service": {"contact_centre": {"call_streams": list(streams), **(centre or {})}},
        "policy": {"service": {"contacts": {"agents": staffed, **(contacts or {})}}},
    }
    return service_world(days=days, technicians=0, **merged(plain, blocks))


@dataclass
class Reports:
    """What a test has reported, and what became of it."""

    seconds: Sequence[int]
    terms: Mapping[str, Any] = field(default_factory=dict)
    """Attributes of every request."""
    is_late: bool = False
    """Whether every visit is late, so that the customer could be informed."""
    requests: list[Request] = field(default_factory=list)
    visited: list[int] = field(default_factory=list)
    """Numbers of the requests that came to the field."""
    in_use: list[int] = field(default_factory=list)
    """Numbers of the requests whose unit is in use again."""

    def run(self, scenario: Scenario, patch: pytest.MonkeyPatch, seed: int = 2) -> RunResult:
        """Run a scenario with these reports in place of an installed base, and nobody in place of technicians."""
        self.requests, self.visited, self.in_use = [], [], []
        patch.setattr("sim.aftersales.service.InstalledBase", partial(_ListedBase, self))
        patch.setattr("sim.aftersales.service.FieldService", partial(_EverythingIsDone, self))
        # Nobody visits anybody here, so there are no visits that the books could hold against what was done.
        patch.setattr("sim.books.service_checks._check_visits", lambda *records: None)
        return run(scenario, seed=seed)


class _Room:
    def __init__(self, reports: Reports, context: Context) -> None:
        self._reports, self._context = reports, context

    def connect(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass


class _ListedBase(_Room):
    """Reports failures at the seconds that are listed; half of them are expected."""

    def open(self) -> None:
        context, rooms = self._context, self._rooms
        keys = [entity_key("report", str(number)) for number in range(len(self._reports.seconds))]
        for key, second in zip(keys, self._reports.seconds, strict=True):
            request = context.register.create(Kind.REPAIR, key, second)
            request.segment = request.sla = request.product = request.region = 0
            request.mode = request.judged_mode = 0
            for name, value in self._reports.terms.items():
                setattr(request, name, value)
            self._reports.requests.append(request)
            at(context.environment, second, Turn.REPORT, partial(rooms.contact.report, request))
        self._expect(self._reports.requests[::2])

    def _expect(self, requests: list[Request]) -> None:
        expected = blank_rows(len(requests), Kind.REPAIR)
        for name in ("segment", "mode", "urgency", "key", "remote_share"):
            expected[name] = [getattr(request, name) for request in requests]
        self._rooms.contact.expect(expected)

    def back_in_use(self, request: Request) -> None:
        self._reports.in_use.append(request.number)


class _EverythingIsDone(_Room):
    """Every job is done after a while."""

    def admit(self, request: Request) -> None:
        self._reports.visited.append(request.number)
        if self._reports.is_late:
            self._rooms.contact.inform(request)
        ends = self._context.now + JOB_SECONDS
        at(self._context.environment, ends, Turn.WORK, partial(self._done, request))

    def _done(self, request: Request) -> None:
        request.completed_second = self._context.now
        self._rooms.base.back_in_use(request)
        self._context.register.close(request, Outcome.DONE)


def waits(table: Table) -> np.ndarray:
    """Seconds in the queue of calls whose wait is over, in the order in which they came."""
    goes = np.where(table["answered_second"] >= 0, table["answered_second"], table["ended_second"])
    order = np.argsort(table["arrived_second"], kind="stable")
    return np.asarray((goes - table["arrived_second"])[order][(goes >= 0)[order]])
