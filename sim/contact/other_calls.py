"""Calls about something else than a failure: streams of questions from outside."""

from __future__ import annotations

from typing import Final

from scenarios import CHANNELS, CallStream, Distribution
from sim.aftersales.context import Context
from sim.aftersales.requests import CallKind
from sim.arrivals import Arrivals
from sim.clock import Turn, scheduler
from sim.contact.agents import Agents, Call
from sim.contact.judgement import FOREVER
from sim.durations import drawn, whole_seconds
from sim.streams import Purpose, uniform_array

_SECONDS_PER_MINUTE: Final = 60.0
_TURN: Final = int(Turn.REPORT)
_GAP, _WORK, _PATIENCE = range(3)
_PHONE: Final = CHANNELS.index("phone")


class StreamOfCalls:
    """One stream: a renewal process of calls, each with its own work and patience, drawn by their number."""

    def __init__(
        self, context: Context, stream: CallStream, number: int, priority: int, agents: Agents
    ) -> None:
        self._stream = stream
        self._number = number
        self._priority = priority
        self._agents = agents
        self._end = context.end_second
        self._key = context.stream(Purpose.CALL_STREAM)
        self._source = Arrivals(self._key, stream.id, stream.between_minutes, stream.hourly_profile)
        self._at = 0
        self._arrivals: list[int] = []
        self._work: list[int] = []
        self._patience: list[int] = []
        self._schedule = scheduler(context.environment)
        # The stream stands in the queue of the clock itself.
        self.callbacks = [StreamOfCalls._arrive]

    def open(self) -> None:
        """Wait for the first call."""
        self._draw()
        self._wait()

    def _draw(self) -> None:
        """Draw the next calls, many at once."""
        keys, seconds = self._source.draw()

        def times(distribution: Distribution, index: int) -> list[int]:
            minutes = drawn(distribution, uniform_array(self._key, keys, index))
            whole: list[int] = whole_seconds(minutes * _SECONDS_PER_MINUTE).tolist()
            return whole

        self._arrivals = seconds.tolist()
        self._work = times(self._stream.minutes, _WORK)
        patience = self._stream.patience_minutes
        self._patience = [FOREVER] * len(keys) if patience is None else times(patience, _PATIENCE)
        self._at = 0

    def _wait(self) -> None:
        if self._at == len(self._arrivals):
            self._draw()
        second = self._arrivals[self._at]
        if second < self._end:
            self._schedule(second, _TURN, self)

    def _arrive(self) -> None:
        index = self._at
        self._at += 1
        self._agents.submit(
            Call(
                CallKind.STREAM,
                _PHONE,
                self._priority,
                self._work[index],
                self._patience[index],
                stream=self._number,
            )
        )
        self._wait()
