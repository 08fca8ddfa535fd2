"""Requests that have come since one last looked, so that what is drawn for them is drawn for many at once."""

from __future__ import annotations

from sim.aftersales.register import Register
from sim.aftersales.requests import Request


class Newcomers:
    """Looks at every request once. Draws are keyed by requests, so it does not matter which are drawn together."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._seen = 0

    def with_this(self, request: Request) -> list[Request]:
        """Requests not looked at before that are still open, and this one, open or not; none if it is not new."""
        if request.number < self._seen:
            return []
        register = self._register
        known = (register.open.get(number) for number in range(self._seen, register.created))
        new = [other for other in known if other is not None and other is not request]
        self._seen = register.created
        return [*new, request]
