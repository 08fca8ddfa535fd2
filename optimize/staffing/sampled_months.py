"""Months drawn at random, and what levels of people would achieve in them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SampledMonths:
    """What each level would achieve in months drawn at random.

    Raises:
        ValueError: Shapes do not fit, a number is negative or not finite, more is answered than asked, or a higher
            level answers less.
    """

    answered: FloatArray
    """(months, groups, levels): requests answered in time in the month."""
    asked: FloatArray
    """(months, groups): requests that come."""

    def __post_init__(self) -> None:
        answered, asked = self.answered, self.asked
        if answered.ndim != 3 or asked.shape != answered.shape[:2] or 0 in answered.shape:
            raise ValueError(
                f"answered, asked: shapes {answered.shape} and {asked.shape} must be (months, groups, levels) "
                "and (months, groups)"
            )
        for name, values in (("answered", answered), ("asked", asked)):
            wrong = ~(np.isfinite(values) & (values >= 0))
            if wrong.any():
                where = tuple(np.argwhere(wrong)[0].tolist())
                raise ValueError(f"{name}{list(where)}={values[where]}: must be finite and not negative")
        if (answered > asked[:, :, None] * (1 + 1e-9) + 1e-9).any():
            raise ValueError("answered: must not exceed asked")
        if (np.diff(answered, axis=2) < -1e-9 * (1 + asked[:, :, None])).any():
            raise ValueError("answered: must not fall from a level to the next")

    def kept(self, level: IntArray, target_share: float) -> npt.NDArray[np.bool_]:
        """(months,): whether a month keeps the target when each group has its level."""
        groups = np.arange(len(level))
        answered = self.answered[:, groups, level].sum(axis=1)
        asked = self.asked.sum(axis=1)
        return np.asarray(answered >= target_share * asked - 1e-9 * (1 + asked))


def sample_months(
    requests_per_day: FloatArray,
    samples: int,
    *,
    month_cv: float,
    day_cv: float,
    seed: int,
    first: int = 0,
) -> FloatArray:
    """Draw rates of months: what is expected, times a factor of the month, times a factor of each day.

    Both factors are gamma distributed with mean 1. Each month has a counter of its own, so that more months change none
    of the others: months 0 to 999 to decide on and 1000 to 4999 to measure on are independent.

    Args:
        requests_per_day: (days,) expected requests.
        samples: Number of months.
        month_cv: Coefficient of variation of the factor that all days of a month share; 0 = none.
        day_cv: That of each day's own.
        seed: Key of the generator.
        first: Number of the first month.

    Returns:
        (samples, days) rates; requests themselves are Poisson around them, which the answered share stands for.

    Raises:
        ValueError: A number is out of range.
    """
    if requests_per_day.ndim != 1 or not (np.isfinite(requests_per_day) & (requests_per_day >= 0)).all():
        raise ValueError("requests_per_day: must be (days,), finite and not negative")
    if samples < 1 or first < 0 or not 0 <= seed < 2**64:
        raise ValueError(f"samples={samples!r}, first={first!r}, seed={seed!r}: out of range")
    for name, value in (("month_cv", month_cv), ("day_cv", day_cv)):
        if not (math.isfinite(value) and 0 <= value <= 10):
            raise ValueError(f"{name}={value!r}: must be from 0 to 10")
    rates = np.empty((samples, len(requests_per_day)))
    for sample in range(samples):
        source = np.random.Generator(np.random.Philox(key=[seed, first + sample]))
        rates[sample] = requests_per_day * _factors(source, month_cv, 1)
        rates[sample] *= _factors(source, day_cv, len(requests_per_day))
    return rates


def _factors(source: np.random.Generator, cv: float, count: int) -> FloatArray:
    if cv == 0:
        return np.ones(count)
    shape = 1 / cv**2
    return source.gamma(shape, 1 / shape, count)


class AnsweredShare(Protocol):
    """Closed form or table of the service that so many people give."""

    def __call__(self, requests: FloatArray, people: int) -> FloatArray:
        """Share of requests answered in time on days with so many requests; must not fall with people."""
        ...


def service_table(
    requests: FloatArray,
    people: Sequence[int],
    answered_share: AnsweredShare,
    group_of_day: Sequence[int] | None = None,
) -> SampledMonths:
    """Work out what each level of people answers in each month.

    Args:
        requests: (months, days) requests.
        people: People at each level, ascending.
        answered_share: Share answered in time of a day's requests.
        group_of_day: (days,) group whose level a day has, e.g. its weekday; None = each day a group of its own.

    Returns:
        Requests asked and answered by month and group.

    Raises:
        ValueError: Groups are not numbered from 0 without gaps, a share is no share, or people do not ascend.
    """
    days = requests.shape[1]
    group = np.arange(days) if group_of_day is None else np.asarray(group_of_day)
    if group.shape != (days,) or sorted(set(group.tolist())) != list(range(int(group.max()) + 1)):
        raise ValueError(
            f"group_of_day={group.tolist()}: must number {days} days' groups from 0 without gaps"
        )
    if any(later <= earlier for earlier, later in pairwise(people)):
        raise ValueError(f"people={list(people)}: must ascend")
    member = (group[:, None] == np.arange(int(group.max()) + 1)).astype(float)
    answered = []
    for count in people:
        share = np.asarray(answered_share(requests.ravel(), count), dtype=float).reshape(requests.shape)
        if not ((share >= 0) & (share <= 1 + 1e-12)).all():
            raise ValueError(f"answered_share with {count} people: must be from 0 to 1")
        answered.append(_grouped(requests * np.minimum(share, 1.0), member))
    return SampledMonths(np.stack(answered, axis=2), _grouped(requests, member))


def _grouped(by_day: FloatArray, member: FloatArray) -> FloatArray:
    """(months, groups) sums, added in the order of days: products of matrices would add as the processor likes."""
    sums = np.zeros((by_day.shape[0], member.shape[1]))
    for day, of_day in enumerate(member):
        sums += by_day[:, day, None] * of_day
    return sums


__all__ = ["AnsweredShare", "SampledMonths", "sample_months", "service_table"]
