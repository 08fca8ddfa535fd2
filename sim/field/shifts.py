"""Shifts: technicians come, take their break, go home, and the minutes of their day are booked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from sim.aftersales.context import Context
from sim.aftersales.rooms import Duty, Rooms
from sim.clock import Turn, at
from sim.durations import spread_of
from sim.field.draws import DrawsOfVisits
from sim.field.jobs import SECONDS_PER_MINUTE
from sim.field.roads import ServiceRoads
from sim.field.settling import Settling
from sim.field.workers import Spent, State, Worker, break_begins

Told = Callable[[Worker], None]
# Members of enumerations are looked up slowly, and these are needed at every step.
_OFF: Final = State.OFF
_FREE: Final = State.FREE
_VISIT: Final = State.VISIT
_BREAK: Final = State.BREAK
_DRIVING: Final = int(Spent.DRIVING)
_PAUSED: Final = int(Spent.BREAK)
_IDLE: Final = int(Spent.IDLE)


class Shifts:
    """Brings technicians on duty and takes them off it.

    Who has nothing to do waits where he is until it is time to drive home and be there when the shift ends; who works
    late drives home afterwards, in overtime. Who is on duty again by the time he could be home stays on the road.
    """

    def __init__(
        self,
        context: Context,
        roads: ServiceRoads,
        draws: DrawsOfVisits,
        settling: Settling,
        workers: list[Worker],
    ) -> None:
        self._context = context
        # The clock is read straight from its attribute, as in `sim.stations`.
        self._environment: Any = context.environment
        self._roads, self._draws, self._settling, self._workers = roads, draws, settling, workers
        self._overtime = round(context.facts.policy.dispatch.overtime_minutes * SECONDS_PER_MINUTE)
        self._write = context.recorder.writer("technician_days")

    def connect(self, rooms: Rooms, freed: Told, gone: Told) -> None:
        """Say who knows when people are there, and who is told when they have nothing to do, and when they leave."""
        self._people, self._freed, self._gone = rooms.workforce, freed, gone

    def open_day(self, day: int) -> None:
        """Learn who comes on a day; to be called at midnight when it is settled."""
        coming: dict[int, list[tuple[Worker, Duty]]] = {}
        pausing: dict[int, list[Worker]] = {}
        for worker in self._workers:
            duty = worker.coming = self._people.duty(worker.number, day)
            if duty is None:
                continue
            coming.setdefault(duty.starts_second, []).append((worker, duty))
            if duty.break_seconds:
                pausing.setdefault(break_begins(duty), []).append(worker)
        for second, duties in sorted(coming.items()):
            at(self._environment, second, Turn.SHIFT_START, partial(self._come, day, duties))
        for second, people in sorted(pausing.items()):
            at(self._environment, second, Turn.SHIFT_END, partial(self._pause_idle, people))

    def spend(self, worker: Worker, head: int, start: int, stop: int) -> None:
        """Book time under a head of `Spent`; what lies after the beginning of the next shift goes to the next day."""
        following = worker.following
        if following is not None and stop > following[0].starts_second:
            boundary = max(start, following[0].starts_second)
            worker.spent[head] += boundary - start
            self._roll_over(worker)
            start = boundary
        worker.spent[head] += stop - start

    def free(self, worker: Worker) -> None:
        """Somebody has finished what he was doing, all of it booked: he has his break if it is due, or is free."""
        now: int = self._environment._now
        if worker.following is not None:
            self._roll_over(worker)
        if worker.joined is not None:
            worker.state = _VISIT
            return
        if worker.break_seconds and now >= worker.break_from and self._pause(worker, now):
            return
        worker.state, worker.free_since = _FREE, now
        self._freed(worker)

    def busy(self, worker: Worker, state: State) -> None:
        """Somebody who was free no longer is."""
        worker.spent[_IDLE] += self._environment._now - worker.free_since
        worker.state = state

    def rest(self, worker: Worker) -> None:
        """There is nothing to do for somebody who is free: see that he goes home in time, or now if it is time."""
        leaves = self._leaves_second(worker)
        now: int = self._environment._now
        if now >= leaves:
            self._leave(worker, now)
        elif not now < worker.check_second <= leaves:
            worker.check_second = leaves
            at(self._environment, leaves, Turn.SHIFT_END, partial(self._check, worker, leaves))

    def close(self) -> None:
        """The run is over: end the rows of those who are still on duty."""
        end = self._context.end_second
        for worker in self._workers:
            if worker.state is _OFF:
                continue
            if worker.state is _FREE:
                worker.spent[_IDLE] += end - worker.free_since
            elif worker.state is _BREAK:
                self.spend(worker, _PAUSED, worker.free_since, end)
            if worker.following is not None:
                self._roll_over(worker)
            self._end_day(worker, end, is_cut=True)

    def _come(self, day: int, duties: list[tuple[Worker, Duty]]) -> None:
        for worker, duty in duties:
            worker.coming = None
            if worker.state is not _OFF:
                worker.following = (duty, day)
                continue
            worker.set_levels(self._people.levels(worker.number))
            if worker.duty is None or worker.duty.ends_second < duty.starts_second:
                worker.place = worker.home
            worker.begin(duty, day, self._overtime)
            self.free(worker)

    def _roll_over(self, worker: Worker) -> None:
        """End the row of the day before and start that of the shift that has begun meanwhile."""
        assert worker.following is not None
        duty, day = worker.following
        worker.following = None
        self._end_day(worker, duty.starts_second)
        worker.set_levels(self._people.levels(worker.number))
        worker.begin(duty, day, self._overtime)

    def _pause_idle(self, people: list[Worker]) -> None:
        now: int = self._environment._now
        for worker in people:
            if worker.state is _FREE and worker.break_seconds and now >= worker.break_from:
                self.busy(worker, _FREE)
                if self._pause(worker, now):
                    self._gone(worker)
                else:
                    worker.free_since = now

    def _pause(self, worker: Worker, now: int) -> bool:
        """Begin the break if it ends within the shift."""
        assert worker.duty is not None
        ends = now + worker.break_seconds
        if ends > worker.duty.ends_second:
            return False
        worker.break_seconds = 0
        worker.state, worker.free_since = _BREAK, now
        worker.wake(self._environment, ends)
        return True

    def break_over(self, worker: Worker) -> None:
        """Back from the break."""
        self.spend(worker, _PAUSED, worker.free_since, self._environment._now)
        self.free(worker)

    def _leaves_second(self, worker: Worker) -> int:
        """When somebody with nothing to do should set out to be home at the end of the shift."""
        assert worker.duty is not None
        ends = worker.duty.ends_second
        if worker.place == worker.home or self._is_soon_back(worker, ends):
            return ends
        return ends - self._roads.expected_seconds(self._metres_home(worker))

    def _metres_home(self, worker: Worker) -> int:
        """Road home; asked for again and again by those who have nothing to do."""
        if worker.measured_from != worker.place:
            worker.measured_from = worker.place
            worker.metres_home = self._roads.metres(worker.place, worker.home)
        return worker.metres_home

    def _is_soon_back(self, worker: Worker, home_second: int) -> bool:
        """Whether the next shift begins before somebody would be home."""
        planned = self._people.planned_duty(worker.number, worker.day + 1)
        return planned is not None and planned.starts_second <= home_second

    def _check(self, worker: Worker, second: int) -> None:
        if worker.check_second == second and worker.state is _FREE:
            self.rest(worker)

    def _leave(self, worker: Worker, now: int) -> None:
        self.busy(worker, _OFF)
        self._gone(worker)
        home = now
        metres = self._metres_home(worker)
        if metres:
            spread = 1.0
            if self._roads.coefficient_of_variation:
                ordinal = self._context.first_ordinal + worker.day
                draw = self._draws.home(worker.key, ordinal)
                spread = spread_of(self._roads.coefficient_of_variation, draw)
            driving = self._roads.seconds(metres, now, spread)
            if not self._is_soon_back(worker, now + driving):
                home = now + driving
                worker.metres += metres
                worker.place = worker.home
                worker.spent[_DRIVING] += driving
        self._end_day(worker, home)

    def _end_day(self, worker: Worker, ended_second: int, *, is_cut: bool = False) -> None:
        """Write the row of a day; time at home before the end of the shift is idle."""
        duty = worker.duty
        assert duty is not None
        ends = min(duty.ends_second, ended_second) if is_cut else duty.ends_second
        worker.spent[_IDLE] += max(0, ends - ended_second)
        row = worker.row(ends, max(0, ended_second - ends))
        self._settling.van_driven(worker.station, ended_second, worker.metres)
        self._people.day_over(worker.number, worker.day, row)
        self._write(row)
