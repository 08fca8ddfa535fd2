"""What a report comes to once an agent has it: channel, work, triage with its errors, remote diagnosis."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from scenarios import CHANNELS, ContactCentre, FailureMode
from sim.aftersales.context import Context
from sim.aftersales.facts import ServiceFacts
from sim.aftersales.requests import NOBODY, Kind, Outcome, Request, Urgency
from sim.aftersales.rooms import Reports
from sim.durations import Durations
from sim.streams import Purpose, uniform_blocks

_SECONDS_PER_MINUTE: Final = 60.0
_BLOCKS: Final = 3
"""Of four words each: all that is drawn of a first try."""
_WORDS: Final = 2.0**32
WEB: Final = CHANNELS.index("web")
FOREVER: Final = -1
"""As patience: the caller never leaves the queue."""
NO_CALL: Final = -1
Draws = npt.NDArray[np.uint32]
IntArray = npt.NDArray[np.int64]
_REPAIRS: Final = (int(Kind.REPAIR), int(Kind.REWORK))
_FIXED: Final = (int(Outcome.DONE), int(Outcome.DONE_BY_PARTNER))


class Trait(IntEnum):
    """Index of a draw of `Purpose.CALLS`; patience and redial are drawn anew for every try."""

    CHANNEL = 0
    WORK = 1
    PATIENCE = 2
    URGENCY = 3
    MODE = 4
    REMOTE_TRIED = 5
    REMOTE_WORK = 6
    REMOTE_SUCCESS = 7
    REMOTE_PART = 8
    FOLLOW_UP = 9
    FOLLOW_UP_WORK = 10
    INFORM_WORK = 11
    REDIAL = 12
    REDIAL_DELAY = 13
    ADVICE_WORK = 14


class Judgement(NamedTuple):
    """What is known beforehand of a report, all drawn by the key of its request."""

    channel: int
    seconds: int
    """Work of the agent, remote diagnosis included."""
    patience_seconds: int
    """At the first try."""
    urgency: int
    mode: int
    """Failure that the agent takes it for in the end."""
    is_resolved: bool
    """From afar."""
    follow_up_seconds: int
    """Work of the call after the repair; -1 for none."""


class NeededWork(NamedTuple):
    """What a failure is thought to take."""

    skill: int
    level: int
    people: int
    part: int
    """The part if most cases of the failure need it."""


def ends_in_repair(request: Request) -> bool:
    """Whether a closed request is one after which customers may be called."""
    return request.kind in _REPAIRS and request.outcome in _FIXED


class Triage:
    """Judges reports by words: 32-bit draws of a request, by `Trait`."""

    def __init__(self, context: Context, centre: ContactCentre) -> None:
        facts = context.facts
        self._key = context.stream(Purpose.CALLS)
        self._channels = [
            (CHANNELS.index(channel.kind), Durations(channel.minutes, _SECONDS_PER_MINUTE))
            for channel in centre.channels
        ]
        self._channel_limits = np.array(_limits([channel.share for channel in centre.channels]), np.float64)
        self._urgency_errors = centre.misjudged_urgency_share * _WORDS
        self._work_errors = centre.misjudged_work_share * _WORDS
        self._remote = facts.policy.contacts.remote_share * _WORDS
        self._remote_work = Durations(centre.remote_minutes, _SECONDS_PER_MINUTE)
        self._remote_success = centre.remote_success_share * _WORDS
        self._remote_part = centre.remote_part_share * _WORDS
        self._patience = (
            None
            if centre.patience_minutes is None
            else Durations(centre.patience_minutes, _SECONDS_PER_MINUTE)
        )
        factors = [segment.patience_factor for segment in facts.service.segments]
        self._patience_factor = [*factors, factors[0]]
        """(segments + 1,); the last is for who belongs to none."""
        self._others = _other_modes(facts)
        self.needed = tuple(_needed(mode, facts) for mode in facts.service.failure_modes)
        """(failure modes,) what each is thought to take."""
        self._follow_up = facts.policy.contacts.follow_up_share * _WORDS
        self.short_call = Durations(centre.follow_up_minutes, _SECONDS_PER_MINUTE)
        """Calls that agents make."""

    def judge(self, reports: Reports) -> list[Judgement]:
        """Judge (n,) reports at their first try, all at once: one by one it takes many times as long.

        Args:
            reports: what is known of them.
        """
        words = uniform_blocks(self._key, reports["key"], _BLOCKS)
        channels, work = self._handled(words)
        patience = np.where(channels == WEB, FOREVER, self._patience_of(reports["segment"], words))
        modes, urgencies = reports["mode"].copy(), reports["urgency"].copy()
        mistaken, misjudged = words[Trait.MODE], words[Trait.URGENCY]
        for report in np.flatnonzero(mistaken < self._work_errors).tolist():
            modes[report] = self._taken_for(int(modes[report]), int(mistaken[report]))
        for report in np.flatnonzero(misjudged < self._urgency_errors).tolist():
            urgencies[report] = self._misjudged(int(urgencies[report]), int(misjudged[report]))
        is_tried = words[Trait.REMOTE_TRIED] < self._remote
        work += np.where(is_tried, self._remote_work.array(words[Trait.REMOTE_WORK]), 0)
        is_resolved = is_tried & (
            words[Trait.REMOTE_SUCCESS] < reports["remote_share"] * self._remote_success
        )
        is_shown = is_tried & (words[Trait.REMOTE_PART] < self._remote_part)
        modes = np.where(is_shown, reports["mode"], modes)
        follow_up = np.where(
            words[Trait.FOLLOW_UP] < self._follow_up,
            self.short_call.array(words[Trait.FOLLOW_UP_WORK]),
            NO_CALL,
        )
        columns = channels, work, patience, urgencies, modes, is_resolved, follow_up
        return list(map(Judgement._make, zip(*(column.tolist() for column in columns), strict=True)))

    def _handled(self, words: Draws) -> tuple[IntArray, IntArray]:
        """(n,) channels, and seconds of an agent's work in each."""
        which = np.searchsorted(self._channel_limits, words[Trait.CHANNEL], side="right")
        channels, work = np.empty(which.size, np.int64), np.empty(which.size, np.int64)
        for place, (channel, durations) in enumerate(self._channels):
            of_channel = which == place
            channels[of_channel] = channel
            work[of_channel] = durations.array(words[Trait.WORK, of_channel])
        return channels, work

    def _patience_of(self, segment: IntArray, words: Draws) -> IntArray | int:
        if self._patience is None:
            return FOREVER
        seconds = self._patience.array(words[Trait.PATIENCE]) * np.take(self._patience_factor, segment)
        return np.asarray(np.rint(seconds).astype(np.int64))

    def patience(self, request: Request, word: int) -> int:
        """Seconds after which a customer who waits on the telephone or at the counter hangs up."""
        if self._patience is None:
            return FOREVER
        return round(self._patience.seconds(word) * self._patience_factor[request.segment])

    def _misjudged(self, urgency: int, word: int) -> int:
        """A neighbouring urgency; whoever errs about the middle one errs either way alike."""
        if urgency != Urgency.IMPORTANT:
            return int(Urgency.IMPORTANT)
        return int(Urgency.URGENT if word < self._urgency_errors / 2 else Urgency.GENERAL)

    def _taken_for(self, mode: int, word: int) -> int:
        """Another failure of the product, by weight."""
        if mode < 0:
            return mode
        limits, others = self._others[mode]
        # A word below the share of errors is even there, so it can choose the failure, too.
        return others[bisect_right(limits, word / self._work_errors * _WORDS)] if others else mode


def _limits(weights: Sequence[float]) -> list[float]:
    """Upper limits of words that choose by weight, for all but the last, which takes the rest."""
    total = sum(weights)
    return [reached / total * _WORDS for reached in accumulate(weights)][:-1]


def _other_modes(facts: ServiceFacts) -> list[tuple[list[float], list[int]]]:
    """For each failure: the other ones of its product that happen, with upper limits of their shares."""
    modes, product_of = facts.service.failure_modes, facts.product_of_mode
    table = []
    for mode, product in enumerate(product_of):
        others = [
            other
            for other, theirs in enumerate(product_of)
            if other != mode and theirs == product and modes[other].weight > 0
        ]
        table.append((_limits([modes[other].weight for other in others]), others))
    return table


def _needed(mode: FailureMode, facts: ServiceFacts) -> NeededWork:
    parts = facts.parts_of_mode[facts.mode_ids.index(mode.id)] if mode.part_probability >= 0.5 else ()
    part = parts[0] if parts else NOBODY
    return NeededWork(facts.skill(mode.skill_id), mode.level, mode.people, part)
