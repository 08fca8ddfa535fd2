"""Districts: who is there, who is free, what waits."""

from __future__ import annotations

from typing import Final

from scenarios import DispatchRule
from sim.field.jobs import Job, Needs
from sim.field.waiting import waiting_by
from sim.field.workers import State, Worker

_OFF: Final = State.OFF  # members of enumerations are looked up slowly


class District:
    """Technicians and jobs that go together: those of a station, or all."""

    def __init__(self, number: int, rule: DispatchRule) -> None:
        self.number = number
        self.workers: list[Worker] = []
        self.free: dict[int, Worker] = {}
        """By number: on duty with nothing to do."""
        self.waiting = waiting_by(rule, self._scarcity)
        self.new_workers: list[Worker] = []
        self.new_jobs: list[Job] = []
        self._present: dict[Needs, int] = {}

    def forget_attendance(self) -> None:
        """Somebody has come or left."""
        self._present.clear()

    def _scarcity(self, needs: Needs) -> int:
        """How many on duty can do a kind of job."""
        count = self._present.get(needs)
        if count is None:
            there = (worker for worker in self.workers if worker.state is not _OFF)
            count = self._present[needs] = sum(worker.can_do(needs) for worker in there)
        return count
