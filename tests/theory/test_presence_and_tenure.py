"""Renewal theory of people: how many are ill, how long they stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import SECONDS_PER_DAY
from sim.workforce.turnover import Turnover
from tests.people_rooms import Bench
from tests.service_worlds import constant, service_world
from tests.theory.evidence import assert_proves
from tests.theory.worlds import BUG

FloatArray = npt.NDArray[np.float64]

PEOPLE = 1_000
BATCHES = 50
_BY_BATCH = (BATCHES, PEOPLE // BATCHES)


def bench(days: int, people: dict[str, Any], **blocks: Any) -> Bench:
    return Bench(service_world(days=days, technicians=PEOPLE, service={"people": people}, **blocks))


class TestIllness:
    """Illnesses of L days that begin on each day with probability p: on a day 1 - (1 - p) ** L of all are ill."""

    PER_DAY, LENGTH_DAYS, DAYS = 0.2, 3, 500

    def ill(self, per_day: float) -> FloatArray:
        absence = {"episodes_per_year": per_day * 365, "length_days": constant(self.LENGTH_DAYS)}
        room = bench(self.DAYS, {"absence": absence})
        room.open()
        days = [
            sum(room.workforce.duty(person, day) is None for day in range(self.DAYS))
            for person in range(PEOPLE)
        ]
        return np.asarray(np.reshape(days, _BY_BATCH).mean(axis=1) / self.DAYS)

    def test_share_of_people_who_are_ill(self) -> None:
        truth = 1 - (1 - self.PER_DAY) ** self.LENGTH_DAYS
        assert_proves(truth, self.ill(self.PER_DAY), self.ill(BUG * self.PER_DAY), widest=0.01)


class TestTenure:
    """A constant hazard, here of one in two days, makes tenures exponential: mean 1 / (1 - exp(-h)) whole days."""

    PER_YEAR, SENSITIVITY, MORALE, NEUTRAL, DAYS = 9.0, 3.0, 0.0, 1.0, 700

    def tenures(self, bug: float = 1.0) -> FloatArray:
        """(batches, k) days until notice of people who follow each other at once; those cut off are left out."""
        room = bench(
            1,
            {
                "attrition": {
                    "per_year": bug * self.PER_YEAR,
                    "morale_sensitivity": self.SENSITIVITY,
                    "notice_days": 0,
                },
                "morale": {"starts_at": self.MORALE, "neutral": self.NEUTRAL},
            },
            loops={"attrition": True},
            policy={"service": {"workforce": {"replaces_leavers": False}}},
        )
        turnover = Turnover(room.context)
        turnover.weigh([self.MORALE] * PEOPLE)
        began = [0] * PEOPLE
        found: list[list[int]] = [[] for _ in range(PEOPLE)]
        for day in range(self.DAYS):
            for person, _ in turnover.morning(day).notices:
                found[person].append(day - began[person] + 1)
                began[person] = day + 1
                turnover.replace(person)
        # the first so many of each person: taking all that fit would favour short ones
        return np.array([tenures[:200] for tenures in found], np.float64)

    def test_mean_tenure_and_survival(self) -> None:
        hazard = self.PER_YEAR / 365 * float(np.exp(self.SENSITIVITY * (self.NEUTRAL - self.MORALE)))
        sound, planted = self.tenures(), self.tenures(BUG)

        def means(values: FloatArray) -> FloatArray:
            return np.asarray(values.reshape(BATCHES, -1).mean(axis=1))

        assert_proves(1 / (1 - np.exp(-hazard)), means(sound), means(planted), widest=0.01)
        for days in (1, 2, 4):
            share = np.mean(sound > days)
            deviation = float(np.sqrt(share * (1 - share) / sound.size))
            assert abs(share - np.exp(-hazard * days)) < 4 * deviation

    def test_the_engine_counts_as_many_leavers_as_the_hazard_says(self) -> None:
        attrition = {"per_year": 1.0, "notice_days": 0, "hiring_days": constant(0)}
        room = bench(120, {"attrition": attrition}, loops={"attrition": True})
        room.run()
        leavers = room.tables["workforce_events"]
        expected = PEOPLE * 120 * (1 - np.exp(-1 / 365))
        gone = int((leavers["event"] == 1).sum())
        assert abs(gone - expected) < 4 * expected**0.5
        assert np.all(leavers["second"] % SECONDS_PER_DAY == 0)
