"""Fewest paid hours of agents that keep a month's target: some hours may do worse where others make up for it.

Hours g of a week, or of a day where all are alike, each with levels l of people n[g, l]; shift patterns p with paid
time h[p], on duty a[p, t] of slot t of length L; x[p] people work the pattern, y[g, l] = 1 if hour g has at least
level l:

    min   sum of h[p] x[p]
    s.t.  sum over p of a[p, t] x[p] >= L (n[g, 0] + sum over l > 0 of (n[g, l] - n[g, l - 1]) y[g, l])   t in g
          y keeps the target in enough sampled months, of each calendar month that is tried

the last line as in `chance`, the sample average approximation of Luedtke and Ahmed (2008); sets of shifts as in
`covering`. Sampled are the calls of four weeks, Poisson, and how many of them are answered in time, normal around the
share that the modified offered load gives, with the deviation of calls that share their fate (`variance_per_call`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.staffing.agent_cover import SLOTS_PER_HOUR, patterns_of, people_needed, slots_open
from optimize.staffing.agent_forecast import AgentWork
from optimize.staffing.covering import ShiftCover
from optimize.staffing.cp_search import Found, search
from optimize.staffing.level_model import LevelModel
from optimize.staffing.month import variance_per_call
from optimize.staffing.sampled_months import SampledMonths
from optimize.staffing.shift_patterns import ShiftPattern, presence_seconds
from optimize.staffing.varying import service_by_people
from scenarios import OptimisedAgents

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

MONTH_WEEKS = 4
WORK_LIMIT = 4.0
"""Deterministic work of one search."""
_SAMPLES = 40
_MOST_LEVELS = 8
_LEAST_SHARE, _HIGHEST_SHARE = 0.2, 0.995
"""Shares of the calls of an hour answered in time between which its people are chosen."""
_UNITS_OF_CALLS = 1_000_000
_SLOT_SECONDS = 3600 // SLOTS_PER_HOUR


@dataclass(frozen=True, eq=False)
class MonthCalls:
    """Calls of one calendar month."""

    calls: FloatArray
    """(7, 24) to be planned for, those made again included; 0 in hours that are not served."""
    unserved: float
    """Calls of a week while it is closed: never answered."""


@dataclass(frozen=True, eq=False)
class MonthPeople:
    """People by hour, and what the search knows of paid hours."""

    people: IntArray
    """(7, 24)"""
    bound_hours: float
    """No shifts that keep the sampled months have fewer: paid hours of a week."""
    is_proven: bool
    """Whether none with fewer than these were left."""


class MonthSearch:
    """Levels of people by hour to choose from; what they lead to is worked out once, however often targets move."""

    lowest: IntArray
    """(7, 24) people of the first level."""

    def __init__(
        self,
        wanted: OptimisedAgents,
        work: AgentWork,
        months: Sequence[MonthCalls],
        probability: float,
        seed: int,
    ) -> None:
        """Work out levels and sample months.

        Args:
            wanted: hours and shifts.
            work: of a call.
            months: calendar months whose target is to be kept.
            probability: that a month keeps it.
            seed: of samples and searches.
        """
        self._wanted, self._probability, self._seed = wanted, probability, seed
        self._is_daily = all(bool((month.calls == month.calls[0]).all()) for month in months)
        days = 1 if self._is_daily else 7
        most = np.max([month.calls for month in months], axis=0)
        self.lowest = people_needed(wanted, work, most, max(_LEAST_SHARE, wanted.every_hour_share), None)
        lowest = self.lowest[:days].ravel()
        highest = people_needed(wanted, work, most, _HIGHEST_SHARE, None)[:days].ravel()
        count = min(_MOST_LEVELS, int((highest - lowest).max()) + 1)
        steps = np.linspace(0.0, 1.0, count) if count > 1 else np.zeros(1)
        span = np.maximum(highest - lowest, 0)[:, np.newaxis]
        self._people = (lowest[:, np.newaxis] + np.rint(steps * span)).astype(np.int64)
        weeks = MONTH_WEEKS * (7 if self._is_daily else 1)
        self._samples, self._given_up, self._calls = [], [], []
        for number, month in enumerate(months):
            calls = month.calls[:days].ravel()
            week = np.tile(self._people, (7 // days, 1))
            answered, given_up = service_by_people(
                month.calls.ravel(), week, work.minutes, work.patience_minutes, work.within_minutes
            )
            self._samples.append(
                self._sampled(
                    work, calls * weeks, answered[: calls.size], MONTH_WEEKS * month.unserved, number
                )
            )
            self._given_up.append(given_up[: calls.size] * calls[:, np.newaxis])
            self._calls.append(float(calls.sum()) + month.unserved / (7 // days))

    def _sampled(
        self, work: AgentWork, asked: FloatArray, share: FloatArray, unserved: float, number: int
    ) -> SampledMonths:
        """Months with so many expected calls by hour, and shares answered in time by hour and level."""
        per_hour = asked / (MONTH_WEEKS * (7 if self._is_daily else 1))
        variance = np.zeros(share.shape)
        for hour in np.flatnonzero(asked):
            for level, people in enumerate(self._people[hour].tolist()):
                variance[hour, level] = variance_per_call(
                    per_hour[hour] / 60.0, people, work.minutes, work.patience_minutes, work.within_minutes
                )
        draw = np.random.Generator(np.random.Philox(key=[self._seed, number]))
        calls = draw.poisson(asked, (_SAMPLES, asked.size)).astype(np.float64)
        off = draw.standard_normal((_SAMPLES, asked.size))[:, :, np.newaxis] * np.sqrt(
            asked[:, np.newaxis] * variance
        )
        answered = np.clip(calls[:, :, np.newaxis] * share + off, 0.0, calls[:, :, np.newaxis])
        # Nobody answers who calls while it is closed: one group more, without anything to choose.
        closed = draw.poisson(unserved, (_SAMPLES, 1)).astype(np.float64)
        answered = np.concatenate((answered, np.zeros((_SAMPLES, 1, share.shape[1]))), axis=1)
        return SampledMonths(np.maximum.accumulate(answered, axis=2), np.concatenate((calls, closed), axis=1))

    def fewest_hours(
        self, answered_shares: Sequence[float], abandoned_shares: Sequence[float] | None, start: ShiftCover
    ) -> MonthPeople | None:
        """People by hour whose shifts are paid least; None where the search found none that keep the months.

        A first search asks for the mean of the sampled months, and for so much more than the target as they differ
        with the shifts to begin with: one line of the model, from whose answer the second, with all of them, begins.

        Args:
            answered_shares: (months,) targets.
            abandoned_shares: (months,) most calls given up; None = no limit.
            start: shifts to begin with.
        """
        begin = self._levels_of(start)
        typical, higher = [], []
        for samples, share in zip(self._samples, answered_shares, strict=True):
            typical.append(
                SampledMonths(samples.answered.mean(axis=0)[None], samples.asked.mean(axis=0)[None])
            )
            shares = samples.answered[:, np.arange(len(begin)), begin].sum(axis=1) / samples.asked.sum(axis=1)
            spread = float(shares.mean() - np.quantile(shares, 1.0 - self._probability, method="lower"))
            higher.append(min(share + spread, 1.0 - 1e-6))
        first = _CoverModel(self._wanted, self._people, dict(start.in_use), begin)
        self._ask(first, typical, 1, higher, abandoned_shares)
        found = first.search(self._seed)
        if found is None:
            return None
        working, begin = first.answer(found)
        second = _CoverModel(self._wanted, self._people, working, begin)
        needed = math.ceil(self._probability * _SAMPLES - 1e-9)
        self._ask(second, self._samples, needed, answered_shares, abandoned_shares)
        better = second.search(self._seed)
        if better is not None:
            begin = second.answer(better)[1]
        hours = len(self._people)
        people = self._people[np.arange(hours), begin[:hours]].reshape(-1, 24)
        week = np.tile(people, (7 // len(people), 1))
        if better is None:
            return MonthPeople(week, 0.0, False)
        assert better.bound is not None and better.objective is not None
        bound = max(0.0, math.ceil(better.bound - 1e-6)) * second.unit_seconds / 3600.0
        return MonthPeople(week, bound * (7 // len(people)), better.bound >= better.objective - 1e-6)

    def _levels_of(self, found: ShiftCover) -> IntArray:
        """(hours + 1,) highest levels with no more people than are on duty all hour long."""
        hours = len(self._people)
        there = np.floor(np.broadcast_to(found.on_duty, (7, 24 * SLOTS_PER_HOUR))[: hours // 24] + 1e-9)
        there = np.where(slots_open(self._wanted), there, np.inf).reshape(hours, -1).min(axis=1)
        return np.append((self._people[:, 1:] <= there[:, np.newaxis]).sum(axis=1), 0)

    def _ask(
        self,
        model: _CoverModel,
        months: Sequence[SampledMonths],
        needed: int,
        answered_shares: Sequence[float],
        abandoned_shares: Sequence[float] | None,
    ) -> None:
        for samples, share in zip(months, answered_shares, strict=True):
            model.levels.keep(samples, share, needed)
        for month, limit in enumerate(abandoned_shares or ()):
            scale = _UNITS_OF_CALLS / max(self._calls[month], 1e-300)
            # Rounded against the plan, as answers are.
            lost = np.ceil(self._given_up[month] * scale).astype(np.int64)
            fewer = np.vstack((np.diff(lost, axis=1), np.zeros((1, lost.shape[1] - 1), np.int64)))
            room = math.floor(limit * _UNITS_OF_CALLS) - int(lost[:, 0].sum())
            model.levels.model.add(model.levels.total(fewer) <= room)


class _CoverModel:
    """Shifts that cover the people of each hour's level, for the fewest paid hours."""

    def __init__(
        self,
        wanted: OptimisedAgents,
        people: IntArray,
        working: Mapping[ShiftPattern, int],
        level: IntArray,
    ) -> None:
        hours, levels = people.shape
        # The last group are calls while it is closed.
        self.levels = LevelModel(hours + 1, levels)
        model, days = self.levels.model, hours // 24
        self._patterns = patterns_of(wanted, is_daily=days == 1)
        presence = presence_seconds(self._patterns, days, 24 * SLOTS_PER_HOUR)
        paid = np.array([round(3600 * pattern.hours) for pattern in self._patterns], dtype=np.int64)
        if days > 1:
            paid *= [len(pattern.weekdays) for pattern in self._patterns]
        most = 2 * int(people.max()) + 1
        self._x = [model.new_int_var(0, most, "") for _ in self._patterns]
        rises = np.diff(people, axis=1)
        for slot in np.flatnonzero(np.tile(slots_open(wanted), days)).tolist():
            hour, seconds = slot // SLOTS_PER_HOUR, presence[:, slot].tolist()
            on_duty = sum(each * x for each, x in zip(seconds, self._x, strict=True) if each)
            asked = int(people[hour, 0]) + self.levels.of_group(hour, rises[hour])
            model.add(on_duty >= _SLOT_SECONDS * asked)
        self.unit_seconds = int(np.gcd.reduce(paid))
        units = (paid // self.unit_seconds).tolist()
        model.minimize(sum(each * x for each, x in zip(units, self._x, strict=True)))
        self._hint = {x: working.get(pattern, 0) for x, pattern in zip(self._x, self._patterns, strict=True)}
        self._hint |= self.levels.hint(level)

    def search(self, seed: int) -> Found | None:
        """What CP-SAT finds within its limit; None where that is nothing."""
        found = search(self.levels.model, seed=seed, work_limit=WORK_LIMIT, hint=self._hint)
        return found if found.has_solution else None

    def answer(self, found: Found) -> tuple[dict[ShiftPattern, int], IntArray]:
        """People by pattern, and levels of the hours."""
        working = {pattern: found.value(x) for pattern, x in zip(self._patterns, self._x, strict=True)}
        return working, self.levels.level(found)


__all__ = ["MONTH_WEEKS", "WORK_LIMIT", "MonthCalls", "MonthPeople", "MonthSearch"]
