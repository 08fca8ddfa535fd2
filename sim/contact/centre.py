"""The contact centre: calls come in, agents judge them, and make calls themselves."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np

from scenarios import CHANNELS, Channel, ContactCentre
from sim.aftersales.context import Context
from sim.aftersales.requests import NOBODY, CallKind, Outcome, Request
from sim.aftersales.rooms import Contact, Reports, Rooms
from sim.clock import Turn, at
from sim.contact.agents import Agents, Call
from sim.contact.direct import DirectReports
from sim.contact.judgement import WEB, Judgement, Trait, Triage, ends_in_repair
from sim.contact.other_calls import StreamOfCalls
from sim.contact.spending import Spending
from sim.durations import Durations
from sim.shifts import duties
from sim.streams import Purpose, uniform, uniform_fraction

_SECONDS_PER_MINUTE: Final = 60.0
_PHONE: Final = CHANNELS.index("phone")
_NEWS: Final = 1
_REPORT: Final = 5
_WEB_REPORT: Final = 7
_FOLLOW_UP: Final = 9
"""Priorities where urgent calls go first; other calls have their stream's."""
_KNOWN: Final = ("segment", "mode", "urgency", "remote_share")
"""What triage asks of a request beside its key."""
# Members of enumerations are looked up slowly, and these are needed for every call.
_FIRST_CALL: Final = int(CallKind.REPORT)
_CALLS_BACK: Final = int(CallKind.FOLLOW_UP)
_CALL_INFORMS: Final = int(CallKind.INFORM)
_OPEN: Final = int(Outcome.OPEN)
_RESOLVED_REMOTELY: Final = int(Outcome.RESOLVED_REMOTELY)


class StaffedCentre(Contact):
    """Agents answer; who waits too long gives up, and may try again, or is lost to us."""

    def __init__(self, context: Context, facts: ContactCentre) -> None:
        self._context = context
        # The clock is read straight from its attribute, as in stations.
        self._environment: Any = context.environment
        self._register = context.register
        policy = context.facts.policy.contacts
        self._facts = facts
        self._policy = policy
        self._key = context.stream(Purpose.CALLS)
        self._triage = Triage(context, facts)
        self._judged: dict[int, Judgement] = {}
        """Reports that are expected, by key."""
        self._redial = Durations(facts.redial_minutes, _SECONDS_PER_MINUTE)
        self._advice = Durations(_advice_channel(facts).minutes, _SECONDS_PER_MINUTE)
        self._report_priority, self._web_priority, self._follow_up_priority = (
            self._priority(own) for own in (_REPORT, _WEB_REPORT, _FOLLOW_UP)
        )
        self._spending = Spending(context)
        self._agents = Agents(
            context.environment,
            sum(shift.people for shift in policy.agents),
            write=context.recorder.packed_writer("calls"),
            answered=self._spending.contact,
            ended=self._ended,
            abandoned=self._abandoned,
            overtime=self._spending.overtime,
        )
        self._streams = [
            StreamOfCalls(context, stream, number, self._priority(stream.priority), self._agents)
            for number, stream in enumerate(facts.call_streams)
        ]

    def connect(self, rooms: Rooms) -> None:
        """Say who visits customers, and whose units are mended from afar."""
        self._rooms = rooms

    def open(self) -> None:
        """See `Contact.open`."""
        world, first_server = self._context.world, 0
        for shift in self._policy.agents:
            self._agents.work_shifts(duties(world.scenario, shift, first_server), self._spending.shift)
            first_server += shift.people
        for stream in self._streams:
            stream.open()

    def expect(self, reports: Reports) -> None:
        """See `Contact.expect`."""
        self._judged = dict(zip(reports["key"].tolist(), self._triage.judge(reports), strict=True))

    def report(self, request: Request) -> None:
        """See `Contact.report`."""
        judgement = self._judged.pop(request.key, None) or self._judge(request)
        request.channel = judgement.channel
        self._call(request, judgement, _FIRST_CALL, judgement.patience_seconds)

    def _judge(self, request: Request) -> Judgement:
        """Judge a report that nobody expected last evening."""
        known = {name: np.array([getattr(request, name)]) for name in _KNOWN}
        return self._triage.judge({**known, "key": np.array([request.key], np.uint64)})[0]

    def advise(self, request: Request, second: int) -> None:
        """See `Contact.advise`."""
        at(self._context.environment, second, Turn.REPORT, partial(self._ask_advice, request))

    def inform(self, request: Request) -> None:
        """See `Contact.inform`. The call counts for the request if its job is not done by the end of the call."""
        if self._policy.inform_when_late:
            word = uniform(self._key, request.key, Trait.INFORM_WORK, request.informed)
            self._call_out(CallKind.INFORM, _NEWS, request, self._triage.short_call.seconds(word))

    def follow_up(self, request: Request) -> None:
        """See `Contact.follow_up`."""
        seconds = request.follow_up_seconds
        if seconds >= 0 and ends_in_repair(request):
            self._agents.submit(Call(_CALLS_BACK, _PHONE, self._follow_up_priority, seconds, request=request))
        else:
            self._register.write(request)

    def close(self) -> None:
        """See `Contact.close`."""
        called = [call.request for call in self._agents.close() if call.kind == _CALLS_BACK]
        for request in sorted(filter(None, called), key=_number_of):
            self._register.write(request)
        self._spending.settle()

    def _priority(self, priority: int) -> int:
        return priority if self._policy.urgent_first else _REPORT

    def _call(self, request: Request, judgement: Judgement, kind: int, patience_seconds: int) -> None:
        """A customer tries to get through."""
        request.tries += 1
        channel = judgement.channel
        priority = self._web_priority if channel == WEB else self._report_priority
        self._agents.submit(
            Call(kind, channel, priority, judgement.seconds, patience_seconds, request, NOBODY, judgement)
        )

    def _call_again(self, request: Request, judgement: Judgement) -> None:
        word = uniform(self._key, request.key, Trait.PATIENCE, request.tries)
        self._call(request, judgement, CallKind.REDIAL, self._triage.patience(request, word))

    def _ask_advice(self, request: Request) -> None:
        """A customer asks how the unit works; who hangs up does not ask again."""
        seconds = self._advice.seconds(uniform(self._key, request.key, Trait.ADVICE_WORK))
        patience = self._triage.patience(request, uniform(self._key, request.key, Trait.PATIENCE))
        priority = self._priority(_REPORT)
        self._agents.submit(Call(CallKind.ADVICE, _PHONE, priority, seconds, patience, request=request))

    def _call_out(self, kind: CallKind, priority: int, request: Request, seconds: int) -> None:
        self._agents.submit(Call(kind, _PHONE, self._priority(priority), seconds, request=request))

    def _ended(self, call: Call) -> None:
        request, judgement = call.request, call.judgement
        if request is None:
            return
        if judgement is not None:
            self._taken_down(request, judgement, call.answered_second)
        elif call.kind == _CALLS_BACK:
            request.followed_up_second = self._environment._now
            self._register.write(request)
        elif call.kind == _CALL_INFORMS and request.outcome == _OPEN:
            request.informed += 1

    def _taken_down(self, request: Request, judgement: Judgement, answered_second: int) -> None:
        """An agent has judged a report, and perhaps helped from afar."""
        now: int = self._environment._now
        request.answered_second, request.taken_second = answered_second, now
        _, _, _, request.judged_urgency, mode, is_resolved, request.follow_up_seconds = judgement
        if mode != request.mode:
            request.judged_mode = mode
            request.skill, request.level, request.people, request.part = self._triage.needed[mode]
        self._register.promise(request)
        if is_resolved:
            request.completed_second = now
            self._rooms.base.back_in_use(request)
            self._register.close(request, _RESOLVED_REMOTELY)
            return
        self._rooms.field.admit(request)

    def _abandoned(self, call: Call) -> None:
        request, judgement = call.request, call.judgement
        if request is None or judgement is None:
            return
        tries = request.tries - 1
        share = self._facts.redial_share
        if share <= 0.0 or uniform_fraction(self._key, request.key, Trait.REDIAL, tries) >= share:
            self._context.register.close(request, Outcome.GAVE_UP)
            return
        delay = self._redial.seconds(uniform(self._key, request.key, Trait.REDIAL_DELAY, tries))
        again = partial(self._call_again, request, judgement)
        at(self._context.environment, self._context.now + delay, Turn.REPORT, again)


def _number_of(request: Request) -> int:
    return request.number


def _advice_channel(facts: ContactCentre) -> Channel:
    """The way in which customers ask for advice: the telephone, if there is one."""
    return next((channel for channel in facts.channels if channel.kind == "phone"), facts.channels[0])


def build_contact(context: Context) -> DirectReports | StaffedCentre:
    """The contact centre of a run."""
    facts = context.facts.service.contact_centre
    return DirectReports(context) if facts is None else StaffedCentre(context, facts)
