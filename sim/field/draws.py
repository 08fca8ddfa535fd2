"""What is drawn for visits: by request and number of the visit, so that it does not matter who goes, or when."""

from __future__ import annotations

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.kernels.philox import uniform_rows4
from sim.streams import Purpose, StreamKey, halves, uniform_fraction

_WORDS = 2.0**-32
_TWO_PER_BLOCK = 2

VisitDraws = tuple[float, float, int, int]
"""Absence and success as fractions, time on the road of the technician and of a helper as 32 bits."""


class DrawsOfVisits:
    """Draws are made for the first visits of all jobs that wait at once: one by one they take longer than a visit."""

    def __init__(self, context: Context, *, is_certain: bool) -> None:
        """Make the draws.

        Args:
            context: names the streams.
            is_certain: nothing at a visit or on the way hangs on chance.
        """
        self._visits, self._travel = context.stream(Purpose.VISITS), context.stream(Purpose.VISIT_TRAVEL)
        self._quotes = context.stream(Purpose.QUOTES)
        self._is_certain = is_certain
        self._expected: list[int] = []
        self._first: dict[int, VisitDraws] = {}

    def expect(self, request: Request) -> None:
        """A request will be visited for the first time."""
        if not self._is_certain:
            self._expected.append(request.key)

    def of(self, request: Request) -> VisitDraws:
        """Draws of the next visit to a request."""
        if self._is_certain:
            return 0.5, 0.5, 0, 0
        if request.visits:
            return self._drawn([request.key], request.visits)[0]
        drawn = self._first.pop(request.key, None)
        if drawn is None:
            self._first.update(zip(self._expected, self._drawn(self._expected, 0), strict=True))
            self._expected.clear()
            drawn = self._first.pop(request.key)
        return drawn

    def quote(self, request: Request) -> float:
        """Fraction that decides whether a quote is accepted."""
        return uniform_fraction(self._quotes, request.key, 0)

    def home(self, technician: int, ordinal: int) -> int:
        """Draw of a technician's way home; `technician` is the key of his id."""
        return int(self._block([technician], self._travel, ordinal)[0, 0])

    def _drawn(self, keys: list[int], visit: int) -> list[VisitDraws]:
        visits, travel = self._block(keys, self._visits, visit), self._block(keys, self._travel, visit)
        absent, success = (visits[:_TWO_PER_BLOCK] + 0.5) * _WORDS
        return list(
            zip(absent.tolist(), success.tolist(), travel[0].tolist(), travel[1].tolist(), strict=True)
        )

    @staticmethod
    def _block(
        keys: list[int], stream: StreamKey, sub: int
    ) -> np.ndarray[tuple[int, int], np.dtype[np.uint32]]:
        drawn = np.empty((4, len(keys)), np.uint32)
        uniform_rows4(*halves(np.array(keys, np.uint64)), np.uint32(0), np.uint32(sub), *stream, drawn)
        return drawn
