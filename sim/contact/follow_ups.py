"""Calls that the company makes: who is called after a repair."""

from __future__ import annotations

from sim.aftersales.context import Context
from sim.aftersales.requests import Kind, Outcome, Request
from sim.contact.judgement import Trait
from sim.streams import Purpose, uniform_fraction

_REPAIRS = (int(Kind.REPAIR), int(Kind.REWORK))
_FIXED = (int(Outcome.DONE), int(Outcome.DONE_BY_PARTNER))


class FollowUps:
    """Whether a customer is called after a repair; the share is that of the policy."""

    def __init__(self, context: Context) -> None:
        self._share = context.facts.policy.contacts.follow_up_share
        self._key = context.stream(Purpose.CALLS)

    def wants(self, request: Request) -> bool:
        """Whether the customer of a closed request is to be called."""
        if self._share == 0.0 or request.kind not in _REPAIRS or request.outcome not in _FIXED:
            return False
        return uniform_fraction(self._key, request.key, Trait.FOLLOW_UP) < self._share
