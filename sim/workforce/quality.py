"""How well repairs hold."""

from __future__ import annotations

from sim.aftersales.context import Context
from sim.aftersales.requests import Request
from sim.aftersales.rooms import Rooms
from sim.books.charges import Charge, charged
from sim.books.terms import in_micro
from sim.clock import SECONDS_PER_DAY
from sim.durations import Durations
from sim.streams import Purpose, uniform, uniform_fraction

_IS_BAD, _IS_INSPECTED, _IS_FOUND, _DAYS = range(4)


class RepairQuality:
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

    def connect(self, rooms: Rooms) -> None:
        """Say whom it works with."""
        self._rooms = rooms

    def repaired(self, request: Request, relapse_share: float) -> None:
        """See `Quality.repaired`."""
        key, stream, visit = request.key, self._stream, request.visits
        is_bad = relapse_share > 0.0 and uniform_fraction(stream, key, visit, _IS_BAD) < relapse_share
        share = self._inspection_share
        is_inspected = share > 0.0 and uniform_fraction(stream, key, visit, _IS_INSPECTED) < share
        if is_inspected and self._inspect(request, is_bad=is_bad):
            return
        if is_bad and self._guarantee:
            now = self._context.now
            after = self._after.seconds(uniform(stream, key, visit, _DAYS))
            second = now + max(min(after, self._guarantee), 1)
            if request.technician >= 0:
                self._rooms.workforce.fails_again(request.technician, second)
            self._rooms.base.relapse(request, second)

    def _inspect(self, request: Request, *, is_bad: bool) -> bool:
        """Look at a repair; returns whether it was found bad, and mended."""
        now, centre = self._context.now, self._centres[request.station]
        is_found = is_bad and (
            uniform_fraction(self._stream, request.key, request.visits, _IS_FOUND) < self._finds_share
        )
        self._context.recorder.charge(now, centre, Charge.POST_REPAIR_INSPECTION, 1, self._amount)
        self._write((now, request.number, request.technician, int(is_bad), int(is_found)))
        if is_found and request.technician >= 0:
            self._rooms.workforce.fails_again(request.technician, now)
        return is_found
