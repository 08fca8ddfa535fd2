"""Crews of a centre: people on shifts, what they cost, and the stations at which they work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import simpy

from scenarios import Shift
from sim.books.charges import Charge, charged
from sim.books.terms import in_micro
from sim.books.work_checks import PAID
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.depot.stock import IntArray
from sim.recorder import Recorder
from sim.shifts import Duty, duties
from sim.stations import CREW_OF, Crew, Station, WorkLog
from sim.world import World

_SECONDS_PER_MINUTE: Final = 60
_COLUMNS: Final = WorkLog.COLUMNS


def hourly_rate_micro(per_hour: float) -> float:
    """A wage as millionths of a minor unit per second."""
    return in_micro(per_hour) / SECONDS_PER_HOUR


class Payroll:
    """Writes down shifts and what people cost."""

    def __init__(self, world: World, recorder: Recorder) -> None:
        self._recorder = recorder
        labour = world.scenario.costs.labour
        wages = (
            labour.desk_per_hour,
            labour.picker_per_hour,
            labour.receiver_per_hour,
            labour.driver_per_hour,
        )
        self._wage = dict(zip(Crew, map(hourly_rate_micro, wages), strict=True))
        self._overtime_factor = labour.overtime_factor

    def pay_shift(self, crew: Crew, centre: int, people: int, starts_second: int, ends_second: int) -> None:
        """Pay some people for a shift; it is charged on the day on which the shift begins."""
        self._recorder.add_row("shifts", (crew, centre, people, starts_second, ends_second))
        seconds = people * (ends_second - starts_second)
        self._charge(PAID[crew][0], starts_second, centre, seconds, self._wage[crew])

    def pay_overtime(self, crew: Crew, centre: int, second: int, seconds: int) -> None:
        """Pay somebody who has worked so long after the end of the shift, up to a second."""
        rate = self._wage[crew] * self._overtime_factor
        self._charge(PAID[crew][1], second, centre, seconds, rate)

    def pay_overtime_of(self, tasks: IntArray) -> None:
        """Pay the overtime of the people who did some tasks, (k, columns of the table of tasks)."""
        columns = [_COLUMNS.index(name) for name in ("work", "centre", "finished_second", "overtime_seconds")]
        late = tasks[tasks[:, columns[-1]] > 0]
        for work, centre, second, seconds in late[:, columns].tolist():
            crew = CREW_OF.get(work)
            if crew is not None:
                self.pay_overtime(crew, centre, second, seconds)

    def _charge(self, reason: Charge, second: int, centre: int, quantity: int, rate_micro: float) -> None:
        self._recorder.charge(second, centre, reason, quantity, charged(quantity, rate_micro))


def build_crew(
    environment: simpy.Environment,
    world: World,
    log: WorkLog,
    payroll: Payroll,
    crew: Crew,
    centre: int,
    shifts: Sequence[Shift],
) -> Station:
    """A station at which the people of some shifts work, and are paid; shifts of other centres are left out."""
    centre_id = world.axes.centre_ids[centre]
    mine = [shift for shift in shifts if shift.dc_id in ("", centre_id)]

    stretches: list[Duty] = []
    first_server = 0
    for shift in mine:
        stretches += duties(world.scenario, shift, first_server)
        first_server += shift.people
    for duty in stretches:
        payroll.pay_shift(crew, centre, duty.servers, duty.starts_second, duty.ends_second)
    return Station(
        environment, log, centre, first_server, duties=stretches, end_second=world.days * SECONDS_PER_DAY
    )
