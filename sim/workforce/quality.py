"""How well repairs hold."""

from __future__ import annotations

from itertools import takewhile

import numpy as np

from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.aftersales.rooms import Quality, Rooms
from sim.books.charges import Charge, charged
from sim.books.terms import in_micro
from sim.clock import SECONDS_PER_DAY
from sim.durations import Durations, fractions
from sim.kernels.philox import uniform_rows4
from sim.streams import Purpose, halves

_Draws = tuple[float, float, float, int]
"""Whether a repair is bad, is inspected, is found bad, as fractions; when it fails again, as 32 bits."""


class RepairQuality(Quality):
    """Post-repair inspection and relapses (mechanism H9).

    A bad repair fails again after `relapse_days`, at the latest when the guarantee ends, and not at all where there is
    no guarantee. An inspection on the spot finds most bad repairs, and what it finds is mended at once; it is done by
    somebody who is paid by the inspection, so it takes no technician's time.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        repair = context.facts.service.repair
        self._guarantee = repair.guarantee_days * SECONDS_PER_DAY
        self._after = Durations(repair.relapse_days, SECONDS_PER_DAY)
        self._finds_share = repair.inspection_finds_share
        self._inspection_share = context.facts.policy.inspection_share
        self._stream = context.stream(Purpose.INSPECTIONS)
        self._amount = charged(1, in_micro(context.world.scenario.costs.service.per_inspection))
        self._centres = context.facts.station_centre
        self._write = context.recorder.writer("inspections")
        self._ready: dict[int, _Draws] = {}
        self._last = -1

    def connect(self, rooms: Rooms) -> None:
        """Say whom it works with."""
        self._rooms = rooms

    def repaired(self, request: Request, relapse_share: float) -> None:
        """See `Quality.repaired`; to be told before the request is closed."""
        if relapse_share <= 0.0 and self._inspection_share <= 0.0:
            return
        badness, choice, luck, days = self._drawn(request)
        is_bad = badness < relapse_share
        if choice < self._inspection_share and self._inspect(request, luck, is_bad=is_bad):
            return
        if is_bad and self._guarantee:
            second = self._context.now + max(min(self._after.seconds(days), self._guarantee), 1)
            if request.technician >= 0:
                self._rooms.workforce.fails_again(request.technician, second)
            self._rooms.base.relapse(request, second)

    def _inspect(self, request: Request, luck: float, *, is_bad: bool) -> bool:
        """Look at a repair; returns whether it was found bad, and mended."""
        now, centre = self._context.now, self._centres[request.station]
        is_found = is_bad and luck < self._finds_share
        self._context.recorder.charge(now, centre, Charge.POST_REPAIR_INSPECTION, 1, self._amount)
        self._write([now, request.number, request.technician, int(is_bad), int(is_found)])
        if is_found and request.technician >= 0:
            self._rooms.workforce.fails_again(request.technician, now)
        return is_found

    def _drawn(self, request: Request) -> _Draws:
        """Draws of a request; those of all that are open are made at once: one by one they take longer."""
        if request.number not in self._ready:
            self._draw_ahead()
        return self._ready.pop(request.number)

    def _draw_ahead(self) -> None:
        still_open = self._context.register.open
        if len(self._ready) > 2 * len(still_open):
            # those that were closed without a repair
            self._ready = {number: drawn for number, drawn in self._ready.items() if number in still_open}
        # numbers rise in the order in which requests were opened
        new = list(takewhile(lambda request: request.number > self._last, reversed(still_open.values())))
        keys = np.array([request.key for request in new], np.uint64)
        drawn = np.empty((4, len(new)), np.uint32)
        uniform_rows4(*halves(keys), np.uint32(0), np.uint32(0), *self._stream, drawn)
        badness, choice, luck = fractions(drawn[:3]).tolist()
        draws = zip(badness, choice, luck, drawn[3].tolist(), strict=True)
        self._ready.update(zip((request.number for request in new), draws, strict=True))
        self._last = new[0].number
