"""What is drawn for visits: by request and number of the visit, so that it does not matter who goes, or when."""

from __future__ import annotations

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.kernels.compilation import bound
from sim.kernels.visit_draws import visit_draws
from sim.streams import Purpose, uniform

VisitDraws = tuple[float, float, float, float, int, int]
"""Offers declined, absence, success, answer to a quote as fractions; time on the road of the technician and of a helper
as 32 bits."""
AS_PLANNED: VisitDraws = (0.5, 0.5, 0.5, 0.5, 0, 0)

_STREAMS = (Purpose.APPOINTMENTS, Purpose.VISITS, Purpose.QUOTES, Purpose.VISIT_TRAVEL)


class DrawsOfVisits:
    """Makes all draws of a visit at once."""

    def __init__(self, context: Context, *, are_needed: bool) -> None:
        """Make the draws.

        Args:
            context: names the streams.
            are_needed: whether anything hangs on chance; otherwise visits go `AS_PLANNED`.
        """
        self.are_needed = are_needed
        self._keys = np.array([context.stream(purpose) for purpose in _STREAMS], np.uint64)
        self._draw = bound(visit_draws, np.uint64(0), np.uint64(0), self._keys)
        self._travel = context.stream(Purpose.VISIT_TRAVEL)

    def of(self, request: Request) -> VisitDraws:
        """Draws of the next visit to a request, for whose time offers are made now."""
        if not self.are_needed:
            return AS_PLANNED
        drawn: VisitDraws = self._draw(request.key, request.visits, self._keys)
        return drawn

    def home(self, technician: int, ordinal: int) -> int:
        """Draw of a technician's way home; `technician` is the key of his id."""
        return uniform(self._travel, technician, 0, ordinal)
