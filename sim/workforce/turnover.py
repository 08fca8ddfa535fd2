"""Who gives notice, who leaves, who comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from sim.aftersales.context import Context
from sim.books.terms import DAYS_PER_YEAR
from sim.clock import SECONDS_PER_DAY
from sim.durations import Durations, fractions
from sim.kernels.elementary import exp
from sim.streams import Purpose, entity_key, entity_keys, uniform, uniform_array

_NOTICE: Final = 0
_HIRING: Final = 1


@dataclass(frozen=True)
class Changes:
    """What a day brings."""

    notices: list[tuple[int, int]] = field(default_factory=list)
    """Technician and the first day without him."""
    leavers: list[int] = field(default_factory=list)
    recruits: list[int] = field(default_factory=list)


class Turnover:
    """Notice, departure and replacement with `loops.attrition`; without, the same people stay.

    On every day each person gives notice with probability 1 - exp(-hazard), so at constant morale the time until then
    is exponential in whole days. Draws are keyed by the person: `<id>` is the first in a position, `<id>/2` the next.
    """

    def __init__(self, context: Context) -> None:
        self._facts = context.facts.service.people.attrition
        self._neutral = context.facts.service.people.morale.neutral
        self._is_on = context.world.scenario.loops.attrition
        self._replaces = context.facts.policy.workforce.replaces_leavers
        self._ids = [person.id for person in context.facts.technicians]
        self._first_ordinal = context.first_ordinal
        self._stream = context.stream(Purpose.ATTRITION)
        self._hiring = Durations(self._facts.hiring_days, SECONDS_PER_DAY)
        self.persons = [1] * len(self._ids)
        """(technicians,) how many people have held the position."""
        self.keys = entity_keys(self._ids)
        """(technicians,) keys of the people who hold the positions."""
        self._probability = np.zeros(len(self._ids))
        self._stays = np.ones(len(self._ids), np.bool_)
        self._leaves: dict[int, list[int]] = {}
        self._comes: dict[int, list[int]] = {}

    def weigh(self, morale: Sequence[float]) -> None:
        """Work out how likely everybody is to give notice, for a morale (technicians,)."""
        if not self._is_on:
            return
        per_day = self._facts.per_year / DAYS_PER_YEAR
        for technician, value in enumerate(morale):
            hazard = per_day * float(exp(self._facts.morale_sensitivity * (self._neutral - value)))
            self._probability[technician] = 1.0 - float(exp(-hazard))

    def morning(self, day: int) -> Changes:
        """What a day brings; whoever leaves or comes today does so before work begins."""
        if not self._is_on:
            return Changes()
        draws = uniform_array(self._stream, self.keys, self._first_ordinal + day, _NOTICE)
        gives_notice = np.flatnonzero((fractions(draws) < self._probability) & self._stays).tolist()
        notices = [(technician, self._give_notice(technician, day)) for technician in gives_notice]
        return Changes(notices, sorted(self._leaves.pop(day, [])), sorted(self._comes.pop(day, [])))

    def replace(self, technician: int) -> None:
        """The one who follows takes the position."""
        self.persons[technician] += 1
        self.keys[technician] = entity_key(f"{self._ids[technician]}/{self.persons[technician]}")
        self._stays[technician] = True

    def _give_notice(self, technician: int, day: int) -> int:
        """Settle when somebody leaves and when the next one comes; returns the day on which he is gone."""
        self._stays[technician] = False
        gone = day + self._facts.notice_days
        self._leaves.setdefault(gone, []).append(technician)
        if self._replaces:
            draw = uniform(self._stream, int(self.keys[technician]), self._first_ordinal + day, _HIRING)
            hiring = round(self._hiring.seconds(draw) / SECONDS_PER_DAY)
            self._comes.setdefault(max(day + hiring, gone), []).append(technician)
        return gone
