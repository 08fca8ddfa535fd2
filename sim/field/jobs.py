"""Jobs: requests on their way to a visit, as dispatchers see them."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from scenarios import DispatchRule
from sim.aftersales.facts import ServiceFacts
from sim.aftersales.requests import NOT_YET, Kind, Request
from sim.field.draws import AS_PLANNED, VisitDraws
from sim.field.roads import Place, place_at

if TYPE_CHECKING:
    from sim.field.workers import Worker

SECONDS_PER_MINUTE: Final = 60


class Stage(IntEnum):
    """Where a job is; it is in exactly one of these."""

    BOOKED = 0
    """Its window has not begun."""
    WAITING = 1
    """It can be visited."""
    PLANNED = 2
    """It is on somebody's plan of the day."""
    VISITED = 3
    """Somebody is there, or on the way."""
    PART = 4
    """It waits for a part."""
    GONE = 5
    """Done, declined, or given to a partner."""


Needs = tuple[int, int, int]
"""Skill (-1: none in particular), level and people that a job is thought to take."""
# Members of enumerations are looked up slowly, and these are needed at every step.
_BOOKED: Final = Stage.BOOKED


class Job:
    """A request and what it is thought to take."""

    __slots__ = (
        "draws", "expected_seconds", "has_part", "needs", "place", "planned_for", "priority", "request", "stage",
        "ticket",
    )  # fmt: skip

    def __init__(self, request: Request) -> None:
        self.request = request
        self.place: Place = place_at(request.latitude, request.longitude)
        self.needs: Needs = (request.skill, request.level, request.people)
        self.stage = _BOOKED
        self.draws: VisitDraws = AS_PLANNED
        """Of the next visit."""
        self.expected_seconds = 0
        """Work at the customer's."""
        self.priority: tuple[int, ...] = ()
        """Who goes first by the rule; ends with the number of the request, so that no two are equal."""
        self.has_part = False
        """A part has been set aside for it."""
        self.planned_for: Worker | None = None
        """On whose plan it is."""
        self.ticket = 0
        """Counts how often it has entered a queue: earlier entries are stale."""


# Members of enumerations are looked up slowly, and these are needed at every step.
_STREAM: Final = int(Kind.STREAM)
_INSTALLATION: Final = int(Kind.INSTALLATION)
_MAINTENANCE: Final = int(Kind.MAINTENANCE)


class Expectations:
    """What dispatchers know beforehand: mean times of what a job is judged to be."""

    def __init__(self, facts: ServiceFacts) -> None:
        service = facts.service
        settle = service.repair.settle_minutes
        self._repairs = [_seconds(mode.repair_minutes.mean() + settle) for mode in service.failure_modes]
        self._modes = [
            _seconds(mode.diagnosis_minutes.mean() + mode.repair_minutes.mean() + settle)
            for mode in service.failure_modes
        ]
        self._installations = [
            _seconds(product.installation.minutes.mean()) if product.installation is not None else 0
            for product in service.products
        ]
        self._maintenance = [
            _seconds(product.maintenance.minutes.mean()) if product.maintenance is not None else 0
            for product in service.products
        ]
        self._streams = [_seconds(stream.minutes.mean()) for stream in service.job_streams]
        lengths = (*self._modes, *self._installations, *self._maintenance, *self._streams)
        self.least_seconds = min((seconds for seconds in lengths if seconds), default=1)
        """The shortest job that takes any time."""

    def seconds(self, request: Request) -> int:
        """Expected work at the customer's, by a technician of average speed."""
        if request.kind == _STREAM:
            return self._streams[request.stream]
        if request.kind == _INSTALLATION:
            return self._installations[request.product]
        if request.kind == _MAINTENANCE:
            return self._maintenance[request.product]
        if request.diagnosed_second != NOT_YET:
            return self._repairs[request.mode]
        return self._modes[request.judged_mode] if request.judged_mode >= 0 else 0


def due_second(request: Request) -> int:
    """By when somebody should be there: the end of the agreed window, else as the SLA class says."""
    if request.promised_until_second != NOT_YET:
        return request.promised_until_second
    return request.completion_due_second if request.visits else request.response_due_second


def priority_of(request: Request, rule: DispatchRule) -> tuple[int, ...]:
    """Place among the jobs that wait, by rule; the nearest and the scarcest are told apart on the spot."""
    if rule == "sla_priority":
        return request.judged_urgency, due_second(request), request.number
    if rule in ("earliest_due", "scarce_skill_first"):
        return due_second(request), request.number
    return request.taken_second, request.number


def _seconds(minutes: float) -> int:
    return round(minutes * SECONDS_PER_MINUTE)
