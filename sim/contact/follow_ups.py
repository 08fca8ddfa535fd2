"""Calls that the company makes: who is called after a repair."""

from __future__ import annotations

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import Kind, Outcome, Request
from sim.contact.judgement import Trait
from sim.contact.newcomers import Newcomers
from sim.durations import fractions
from sim.streams import Purpose, uniform_array

_REPAIRS = (int(Kind.REPAIR), int(Kind.REWORK))
_FIXED = (int(Outcome.DONE), int(Outcome.DONE_BY_PARTNER))


class FollowUps:
    """Whether a customer is called after a repair; the share is that of the policy."""

    def __init__(self, context: Context) -> None:
        self._share = context.facts.policy.contacts.follow_up_share
        self._key = context.stream(Purpose.CALLS)
        self._newcomers = Newcomers(context.register)
        self._chosen: set[int] = set()
        """Requests whose customer is called if they end in a repair."""

    def wants(self, request: Request) -> bool:
        """Whether the customer of a request that has just been closed is to be called."""
        if self._share == 0.0 or request.kind not in _REPAIRS or request.outcome not in _FIXED:
            return False
        new = self._newcomers.with_this(request)
        if new:
            draws = uniform_array(self._key, np.array([one.key for one in new], np.uint64), Trait.FOLLOW_UP)
            chosen = np.flatnonzero(fractions(draws) < self._share)
            self._chosen.update(new[row].number for row in chosen.tolist())
        return request.number in self._chosen
