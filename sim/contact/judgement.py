"""What a report comes to once an agent has it: channel, work, triage with its errors, remote diagnosis."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scenarios import CHANNELS, ContactCentre, FailureMode
from sim.aftersales.context import Context
from sim.aftersales.facts import ServiceFacts
from sim.aftersales.requests import NOBODY, Request, Urgency
from sim.durations import Durations, fractions
from sim.streams import Purpose, uniform_blocks

_SECONDS_PER_MINUTE = 60.0
_BLOCKS = 3
_WEB = CHANNELS.index("web")

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Trait(IntEnum):
    """Index of a draw of `Purpose.CALLS`; those from `REDIAL` on, and patience, are drawn anew for every try."""

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
    """At the first try; -1 for ever."""
    urgency: int
    mode: int
    """Failure that the agent takes it for in the end."""
    is_resolved: bool
    """From afar."""


class NeededWork(NamedTuple):
    """What a failure is thought to take."""

    skill: int
    level: int
    people: int
    part: int
    """The part if most cases of the failure need it."""


class Triage:
    """Judges reports, many at once."""

    def __init__(self, context: Context, centre: ContactCentre) -> None:
        facts = context.facts
        self._key = context.stream(Purpose.CALLS)
        self._centre = centre
        self._remote_share = facts.policy.contacts.remote_share
        self._kind_of_channel = np.array([CHANNELS.index(channel.kind) for channel in centre.channels])
        self._channel_limits = _limits([channel.share for channel in centre.channels])
        self._work = [Durations(channel.minutes, _SECONDS_PER_MINUTE) for channel in centre.channels]
        self._remote_work = Durations(centre.remote_minutes, _SECONDS_PER_MINUTE)
        self._patience = patience_table(centre)
        self.patience_factor = np.array([segment.patience_factor for segment in facts.service.segments])
        """(segments,) over that of the others."""
        self._others = _other_modes(facts)
        self.needed = tuple(_needed(mode, facts) for mode in facts.service.failure_modes)
        """(failure modes,) what each is thought to take."""

    def judge(self, requests: Sequence[Request]) -> list[Judgement]:
        """Judge reports of which nothing has been judged yet."""
        keys = np.array([request.key for request in requests], np.uint64)
        words = uniform_blocks(self._key, keys, _BLOCKS)
        shares = fractions(words)
        chosen = np.searchsorted(self._channel_limits, shares[Trait.CHANNEL], side="right")
        channel = self._kind_of_channel[chosen]
        seconds = np.empty(len(requests), np.int64)
        for index, work in enumerate(self._work):
            mine = chosen == index
            seconds[mine] = work.array(words[Trait.WORK][mine])
        mode = np.array([request.mode for request in requests], np.int64)
        taken_for = self._taken_for(mode, shares[Trait.MODE])
        is_tried = shares[Trait.REMOTE_TRIED] < self._remote_share
        seconds += np.where(is_tried, self._remote_work.array(words[Trait.REMOTE_WORK]), 0)
        could_be = np.array([request.remote_share for request in requests])
        is_resolved = is_tried & (shares[Trait.REMOTE_SUCCESS] < could_be * self._centre.remote_success_share)
        is_told = is_tried & (shares[Trait.REMOTE_PART] < self._centre.remote_part_share)
        columns = (
            channel,
            seconds,
            self._patience_of(requests, channel, words[Trait.PATIENCE]),
            self._urgency(requests, shares[Trait.URGENCY]),
            np.where(is_told, mode, taken_for),
            is_resolved,
        )
        return [Judgement(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]

    def _patience_of(
        self, requests: Sequence[Request], channel: IntArray, draws: npt.NDArray[np.uint32]
    ) -> IntArray:
        if self._patience is None:
            return np.full(len(requests), -1)
        segment = np.array([max(0, request.segment) for request in requests])
        seconds = np.rint(self._patience.array(draws) * self.patience_factor[segment]).astype(np.int64)
        return np.where(channel == _WEB, -1, seconds)

    def _urgency(self, requests: Sequence[Request], shares: FloatArray) -> IntArray:
        """The true urgency, or a neighbouring one; whoever errs about the middle one errs either way alike."""
        urgency = np.array([request.urgency for request in requests], np.int64)
        errs = self._centre.misjudged_urgency_share
        of_middle = np.where(shares < errs / 2, int(Urgency.URGENT), int(Urgency.GENERAL))
        other = np.where(urgency == Urgency.IMPORTANT, of_middle, int(Urgency.IMPORTANT))
        return np.where(shares < errs, other, urgency)

    def _taken_for(self, mode: IntArray, shares: FloatArray) -> IntArray:
        """The true failure, or another one of the product, by weight."""
        errs = self._centre.misjudged_work_share
        taken_for = mode.copy()
        for row in np.flatnonzero((shares < errs) & (mode >= 0)).tolist():
            limits, others = self._others[int(mode[row])]
            if others:
                # The draw below the share of errors is even there, so it can choose the failure, too.
                taken_for[row] = others[bisect_right(limits, float(shares[row]) / errs)]
        return taken_for


def patience_table(centre: ContactCentre) -> Durations | None:
    """Patience on the telephone; None for ever."""
    if centre.patience_minutes is None:
        return None
    return Durations(centre.patience_minutes, _SECONDS_PER_MINUTE)


def _limits(weights: Sequence[float]) -> FloatArray:
    """Upper limits of shares, all but the last, which takes the rest."""
    total = sum(weights)
    return np.array([reached / total for reached in accumulate(weights)][:-1])


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
        limits = _limits([modes[other].weight for other in others]).tolist() if others else []
        table.append((limits, others))
    return table


def _needed(mode: FailureMode, facts: ServiceFacts) -> NeededWork:
    parts = facts.parts_of_mode[facts.mode_ids.index(mode.id)] if mode.part_probability >= 0.5 else ()
    part = parts[0] if parts else NOBODY
    return NeededWork(facts.skill(mode.skill_id), mode.level, mode.people, part)
