"""What is drawn for visits: by request and number of the visit, so that it does not matter who goes, or when."""

from __future__ import annotations

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.durations import fractions
from sim.kernels.philox import uniform_rows4
from sim.streams import Purpose, halves, uniform

VisitDraws = tuple[float, float, float, int, int]
"""Absence, success, answer to a quote as fractions; time on the road of the technician and of a helper as 32 bits."""
AS_PLANNED: VisitDraws = (0.5, 0.5, 0.5, 0, 0)


class DrawsOfVisits:
    """Draws are made for all jobs that wait at once: one by one they take longer than a visit."""

    def __init__(
        self, context: Context, *, is_certain: bool, is_driven_as_planned: bool, is_quoted: bool
    ) -> None:
        """Make the draws.

        Args:
            context: names the streams.
            is_certain: nothing at a visit hangs on chance.
            is_driven_as_planned: nothing on the way does.
            is_quoted: customers may decline a quote.
        """
        self._visits = None if is_certain else context.stream(Purpose.VISITS)
        self._travel = context.stream(Purpose.VISIT_TRAVEL)
        self._is_driven_as_planned = is_driven_as_planned
        self._quotes = context.stream(Purpose.QUOTES) if is_quoted else None
        self.are_needed = is_quoted or not (is_certain and is_driven_as_planned)
        """Without anything that hangs on chance visits go `AS_PLANNED`."""
        self._expected: dict[int, list[int]] = {}
        self._drawn: dict[tuple[int, int], VisitDraws] = {}

    def expect(self, request: Request) -> None:
        """A request will be visited, for the first time or again; only where `are_needed`."""
        keys = self._expected.get(request.visits)
        if keys is None:
            keys = self._expected[request.visits] = []
        keys.append(request.key)

    def of(self, request: Request) -> VisitDraws:
        """Draws of the next visit to a request; only where `are_needed`."""
        visit = request.visits
        drawn = self._drawn.pop((visit, request.key), None)
        if drawn is None:
            keys = self._expected.pop(visit)
            for key, values in zip(keys, self._draw(keys, visit), strict=True):
                self._drawn[visit, key] = values
            drawn = self._drawn.pop((visit, request.key))
        return drawn

    def home(self, technician: int, ordinal: int) -> int:
        """Draw of a technician's way home; `technician` is the key of his id."""
        return uniform(self._travel, technician, 0, ordinal)

    def _draw(self, keys: list[int], visit: int) -> list[VisitDraws]:
        low, high = halves(np.array(keys, np.uint64))
        drawn = np.empty((4, len(keys)), np.uint32)
        absent = success = quoted = [0.5] * len(keys)
        travel = helped = [0] * len(keys)
        if self._visits is not None:
            uniform_rows4(low, high, np.uint32(0), np.uint32(visit), *self._visits, drawn)
            absent, success = fractions(drawn[:2]).tolist()
        if self._quotes is not None:  # one answer, at whichever visit the quote is made
            uniform_rows4(low, high, np.uint32(0), np.uint32(0), *self._quotes, drawn)
            quoted = fractions(drawn[0]).tolist()
        if not self._is_driven_as_planned:
            uniform_rows4(low, high, np.uint32(0), np.uint32(visit), *self._travel, drawn)
            travel, helped = drawn[:2].tolist()
        return list(zip(absent, success, quoted, travel, helped, strict=True))
