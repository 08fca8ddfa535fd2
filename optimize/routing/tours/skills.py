"""Who may do which visit, at what extra cost and in what time: skill matrices turned into arrays of a tours problem.

Every skill has levels 0 (has it not), 1, 2, ... A visit can ask for a level of each of several skills, prefer a higher
one at a price, and shut out people by a skill they have or by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

from optimize.arguments import LARGEST, floats

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_MOST_LEVELS = 1_000


class NobodyReason(Enum):
    """Why nobody may do a visit: the first of these that is true of it, in this order."""

    NO_STAFF = "there is nobody at all"
    LEVEL = "nobody has a skill that it takes at the level"
    COMBINATION = "nobody has all of the skills that it takes"
    EXCLUDED = "all who have the skills are excluded"


@dataclass(frozen=True)
class Unqualified:
    """A visit that nobody may do, and the least that would have to change."""

    visit: int
    reason: NobodyReason
    relaxation: str
    """The smallest change that lets somebody do it: fewest rules given up, then fewest levels."""


@dataclass(frozen=True, eq=False)
class Staff:
    """What m people can do. Each array is copied and checked.

    Attributes:
        levels: (m, s) level of each skill, 0 where somebody has it not.
        time_factor: (m,) own time for a piece of work over the average.
        skill_names: (s,) names for messages; numbers where none are given.
    """

    levels: IntArray
    time_factor: FloatArray
    skill_names: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Check and copy.

        Raises:
            ValueError: names the argument, its value and the rule.
        """
        object.__setattr__(self, "levels", _levels("levels", self.levels))
        people, skills = self.levels.shape
        factor = _money("time_factor", self.time_factor, (people,))
        if (factor <= 0).any():
            raise ValueError(f"time_factor holds {factor.min():g}, not a number above 0")
        object.__setattr__(self, "time_factor", factor)
        names = tuple(self.skill_names) or tuple(f"skill {number}" for number in range(skills))
        if len(names) != skills:
            raise ValueError(f"skill_names has {len(names)} names, levels {skills} skills")
        object.__setattr__(self, "skill_names", names)


@dataclass(frozen=True, eq=False)
class SkillDemands:
    """What n visits take. Arrays that are left out ask for nothing.

    Attributes:
        work_seconds: (n,) work by somebody of average speed.
        required: (n, s) least level of each skill, 0 for none.
        preferred: (n, s) level that is wanted and need not be there.
        cost_below_preferred: (n, s) money for every level that is missing to the one preferred.
        excluded_from_level: (n, s) who has this level or more must not come; 0 shuts out nobody.
        excluded_people: (n, m) people who must not come, by name.
    """

    work_seconds: IntArray
    required: IntArray
    preferred: IntArray | None = None
    cost_below_preferred: FloatArray | None = None
    excluded_from_level: IntArray | None = None
    excluded_people: BoolArray | None = None


@dataclass(frozen=True, eq=False)
class Qualification:
    """The arrays a tours problem takes, m people by n visits.

    Attributes:
        allowed: (m, n) whether somebody may do a visit.
        extra_cost: (m, n) money on top where somebody lacks a preferred level; 0 where nobody minds.
        service_seconds: (m, n) work by own speed, rounded to nearest.
        unqualified: visits that nobody may do, by number.
    """

    allowed: BoolArray
    extra_cost: FloatArray
    service_seconds: IntArray
    unqualified: tuple[Unqualified, ...] = field(default=())


def qualify(staff: Staff, demands: SkillDemands) -> Qualification:
    """Work out who may do which visit.

    Args:
        staff: m people, s skills.
        demands: n visits.

    Returns:
        Permissions, costs and times, and an explanation for each visit that nobody may do.

    Raises:
        ValueError: a number is none, infinite or negative, or a shape does not fit; names argument and rule.
    """
    people, skills = staff.levels.shape
    required = _levels("required", demands.required, (None, skills))
    shape = (len(required), skills)
    work = _levels("work_seconds", demands.work_seconds, (len(required),), LARGEST)
    nothing = np.zeros(shape, np.int64)
    preferred = nothing if demands.preferred is None else _levels("preferred", demands.preferred, shape)
    price = (
        np.zeros(shape)
        if demands.cost_below_preferred is None
        else _money("cost_below_preferred", demands.cost_below_preferred, shape)
    )
    shut_from = (
        nothing
        if demands.excluded_from_level is None
        else _levels("excluded_from_level", demands.excluded_from_level, shape)
    )
    shut = _people(demands.excluded_people, (len(required), people))

    has = staff.levels[:, None, :]
    missing = np.maximum(required - has, 0)
    shut_by_skill = (shut_from > 0) & (has >= shut_from)
    allowed = ~(missing.any(axis=2) | shut_by_skill.any(axis=2) | shut.T)
    facts = _Facts(staff, required, missing, shut_from, shut_by_skill, shut)
    return Qualification(
        allowed,
        (np.maximum(preferred - has, 0) * price).sum(axis=2),
        np.rint(staff.time_factor[:, None] * work).astype(np.int64),
        tuple(facts.explain(visit) for visit in np.flatnonzero(~allowed.any(axis=0)).tolist()),
    )


@dataclass(frozen=True, eq=False)
class _Facts:
    staff: Staff
    required: IntArray
    missing: IntArray
    shut_from: IntArray
    shut_by_skill: BoolArray
    shut: BoolArray

    def explain(self, visit: int) -> Unqualified:
        """Why nobody may do a visit, and the smallest change after which somebody may."""
        lacks = self.missing[:, visit]
        if not len(lacks):
            return Unqualified(visit, NobodyReason.NO_STAFF, "hire somebody")
        if (lacks > 0).all(axis=0).any():
            reason = NobodyReason.LEVEL
        elif (lacks > 0).any(axis=1).all():
            reason = NobodyReason.COMBINATION
        else:
            reason = NobodyReason.EXCLUDED
        rules = (lacks > 0).sum(axis=1) + self.shut_by_skill[:, visit].sum(axis=1) + self.shut[visit]
        levels = lacks.sum(axis=1)
        best = int(np.lexsort((np.arange(len(rules)), levels, rules))[0])
        same = (
            (lacks == lacks[best]).all(axis=1)
            & (self.shut_by_skill[:, visit] == self.shut_by_skill[best, visit]).all(axis=1)
            & (self.shut[visit] == self.shut[visit, best])
        )
        return Unqualified(visit, reason, "; ".join(self._changes(visit, best, int(same.sum()))))

    def _changes(self, visit: int, best: int, count: int) -> list[str]:
        who = "one technician" if count == 1 else f"{count} technicians"
        has = "has" if count == 1 else "have"
        names, required = self.staff.skill_names, self.required[visit]
        changes = [
            f"level {required[skill]} in {names[skill]}: {who} {has} {self.staff.levels[best, skill] or 'none'}"
            for skill in np.flatnonzero(self.missing[best, visit]).tolist()
        ]
        changes += [
            f"excluded from level {self.shut_from[visit, skill]} in {names[skill]}: "
            f"{who} {has} {self.staff.levels[best, skill]}"
            for skill in np.flatnonzero(self.shut_by_skill[best, visit]).tolist()
        ]
        if self.shut[visit, best]:
            changes.append(f"excluded by name: {who} {'is' if count == 1 else 'are'}")
        return changes


def _levels(
    name: str, values: npt.ArrayLike, shape: tuple[int | None, ...] = (None, None), most: float = _MOST_LEVELS
) -> IntArray:
    array = floats(name, values)
    _check_shape(name, array, shape)
    wrong = ~((array >= 0) & (array <= most) & (array == np.floor(array)))
    if wrong.any():
        raise ValueError(f"{name} holds {array[wrong][0]:g}, not a whole number from 0 to {most:g}")
    return array.astype(np.int64)


def _money(name: str, values: npt.ArrayLike, shape: tuple[int | None, ...]) -> FloatArray:
    array = floats(name, values)
    _check_shape(name, array, shape)
    wrong = ~((array >= 0) & (array <= LARGEST))
    if wrong.any():
        raise ValueError(f"{name} holds {array[wrong][0]:g}, not a number from 0 to {LARGEST:g}")
    return array


def _people(values: BoolArray | None, shape: tuple[int, int]) -> BoolArray:
    if values is None:
        return np.zeros(shape, np.bool_)
    array = np.array(values)
    _check_shape("excluded_people", array, shape)
    if array.dtype != np.bool_:
        raise ValueError(f"excluded_people holds {array.dtype}, not true or false")
    return array


def _check_shape(name: str, array: npt.NDArray[np.generic], shape: tuple[int | None, ...]) -> None:
    if array.ndim != len(shape) or any(
        wanted not in (None, got) for wanted, got in zip(shape, array.shape, strict=True)
    ):
        wanted = "(" + ", ".join("any" if size is None else str(size) for size in shape) + ")"
        raise ValueError(f"{name} has shape {array.shape}, not {wanted}")


__all__ = ["NobodyReason", "Qualification", "SkillDemands", "Staff", "Unqualified", "qualify"]
