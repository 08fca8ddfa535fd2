"""Agents: people on shifts who answer calls by priority, then first come; callers who lose patience leave the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from struct import Struct
from typing import Final

import simpy

from sim.aftersales.requests import NOBODY, NOT_YET, Request
from sim.clock import Turn
from sim.contact.judgement import FOREVER, Judgement
from sim.shifts import Roster, Server

# Members of enumerations are looked up slowly, and these are needed for every call.
_WORK_TURN: Final = int(Turn.WORK)
_GIVES_UP_TURN: Final = int(Turn.GIVES_UP)
_PACK: Final = Struct("10q").pack


class Call:
    """One attempt to reach an agent, or one call that an agent is to make.

    While it waits, it stands in the queue of the clock itself for the second at which patience ends.
    """

    __slots__ = (
        "answered_second", "arrived_second", "callbacks", "channel", "is_waiting", "judgement", "kind",
        "patience_seconds", "priority", "request", "seconds", "stream",
    )  # fmt: skip

    def __init__(
        self,
        kind: int,
        channel: int,
        priority: int,
        seconds: int,
        patience_seconds: int = FOREVER,
        request: Request | None = None,
        stream: int = NOBODY,
        judgement: Judgement | None = None,
    ) -> None:
        """Make a call.

        Args:
            kind: a `CallKind`.
            channel: index into `scenarios.CHANNELS`.
            priority: lower goes first.
            seconds: work of an agent.
            patience_seconds: after which the caller who waits hangs up; `FOREVER` for never.
            request: what it is about, if anything.
            stream: index of the stream it belongs to, if any.
            judgement: what a report comes to once it is answered.
        """
        self.kind, self.channel, self.priority = kind, channel, priority
        self.seconds, self.patience_seconds = seconds, patience_seconds
        self.request, self.stream, self.judgement = request, stream, judgement
        self.callbacks: list[Callable[[Call], None]] = []
        self.arrived_second = self.answered_second = NOT_YET
        self.is_waiting = False

    def packed(self, ended_second: int, agent: int, *, is_abandoned: bool = False) -> bytes:
        """The call as a row of the table `calls`, see `Recorder.packed_writer`."""
        request = self.request
        return _PACK(
            NOBODY if request is None else request.number, self.stream, self.kind, self.channel, self.arrived_second,
            self.answered_second, ended_second, agent, is_abandoned, self.priority,
        )  # fmt: skip


class Agents(Roster[Call]):
    """The agents and their queue. A call that finds an agent free is answered at once."""

    def __init__(
        self,
        environment: simpy.Environment,
        servers: int,
        *,
        write: Callable[[bytes], None],
        answered: Callable[[int], None],
        ended: Callable[[Call], None],
        abandoned: Callable[[Call], None],
        overtime: Callable[[int], None],
    ) -> None:
        """Make the agents.

        Args:
            environment: the clock.
            servers: how many there are in all.
            write: takes a packed row of `calls` for each call that is over.
            answered: told the second of each call that is answered.
            ended: told of each call that was answered and is over.
            abandoned: told of each call whose caller has left the queue.
            overtime: told of seconds of work after the end of a shift.
        """
        super().__init__(environment, servers)
        self._write, self._answered, self._ended = write, answered, ended
        self._abandoned, self._overtime = abandoned, overtime
        self._hang_up: list[Callable[[Call], None]] = [self._patience_ends]
        self._queue: list[tuple[int, int, Call]] = []
        self._number = 0

    def submit(self, call: Call) -> None:
        """Answer a call now, or let it wait; calls of one second are to be submitted in the order of answering."""
        call.arrived_second = now = self._environment._now
        if self._free:
            self._start(self._servers[heappop(self._free)], call, now)
            return
        call.is_waiting = True
        self._number = number = self._number + 1
        heappush(self._queue, (call.priority, number, call))
        if call.patience_seconds >= 0:
            call.callbacks = self._hang_up
            self._schedule(now + call.patience_seconds, _GIVES_UP_TURN, call)

    def close(self) -> list[Call]:
        """Write the rows of calls in hand and of those that wait when the run ends; returns these calls."""
        in_hand = [(server.task, server.number) for server in self._servers if server.task is not None]
        unfinished = [*in_hand, *((call, NOBODY) for call in self._waiting())]
        for call, agent in unfinished:
            self._write(call.packed(NOT_YET, agent))
        return [call for call, _ in unfinished]

    def _waiting(self) -> Iterator[Call]:
        """Calls that wait, in the order in which they would be answered."""
        for _, _, call in sorted(self._queue, key=lambda entry: entry[:2]):
            if call.is_waiting:
                yield call

    def _start(self, server: Server[Call], call: Call, now: int) -> None:
        server.task = call
        call.answered_second = now
        self._schedule(now + call.seconds, _WORK_TURN, server)
        self._answered(now)

    def _finish(self, server: Server[Call]) -> None:
        call, now = server.task, self._environment._now
        assert call is not None
        server.task = None
        if server.overtime_seconds or not server.is_there:
            late = self._late(server)
            server.overtime_seconds = 0
            if late:
                self._overtime(late)
        self._write(call.packed(now, server.number))
        if server.is_there:
            following = self._next() if self._queue else None
            if following is None:
                heappush(self._free, server.number)
            else:
                self._start(server, following, now)
        self._ended(call)

    def _next(self) -> Call | None:
        """Take the first call out of the queue; those whose callers have left are still in it, and are passed over."""
        queue = self._queue
        while queue:
            call = heappop(queue)[2]
            if call.is_waiting:
                call.is_waiting = False
                return call
        return None

    def _work_off(self) -> None:
        while self._free:
            call = self._next()
            if call is None:
                return
            self._start(self._servers[heappop(self._free)], call, self._environment._now)

    def _patience_ends(self, call: Call) -> None:
        if not call.is_waiting:
            return
        call.is_waiting = False
        self._write(call.packed(self._environment._now, NOBODY, is_abandoned=True))
        self._abandoned(call)
