"""How many pickers get a wave done by an hour with a probability."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt

from optimize.arguments import count, not_negative, positive, share
from optimize.counting import counted
from scenarios import Unserved

FloatArray = npt.NDArray[np.float64]

_POINTS = 2_000
_MOST_PICKERS = 10_000


@dataclass(frozen=True)
class Wave:
    """Lists that are released together and picked one by one, each by one picker, by whoever is free."""

    work_minutes_mean: float
    """Of all lists together."""
    work_minutes_sd: float
    """From day to day."""
    lists: float
    """Mean number, at least 1 where there is work."""
    list_scv: float = 0.5
    """Squared coefficient of variation of the work of one list."""

    def __post_init__(self) -> None:
        not_negative("work_minutes_mean", self.work_minutes_mean)
        not_negative("work_minutes_sd", self.work_minutes_sd)
        not_negative("lists", self.lists)
        not_negative("list_scv", self.list_scv)
        if self.work_minutes_mean > 0.0 and self.lists < 1.0:
            raise ValueError(
                f"lists is {self.lists!r}: work of {self.work_minutes_mean!r} minutes needs 1 or more"
            )


@dataclass(frozen=True)
class PickerSizing:
    """Pickers and what they promise."""

    people: int
    done_probability: float
    """That the wave is done in time."""
    mean_minutes: float
    """From release to the end of the last list, breaks left out."""
    utilisation: float
    """Work over people's time, breaks left out."""
    unserved: tuple[Unserved, ...] = ()
    """What no number of people does in time."""


def done_probability(wave: Wave, pickers: int, minutes: float) -> float:
    """Probability that a wave is done within working minutes of its release.

    All c pickers work until the last list has been begun; then each has a rest of its list to do. With R the longest
    of the rests and r their mean, the wave takes W / c - r + R: W / c normal, R from one whole list and the rests of
    c - 1, whose density is (1 - F(x)) / mean (renewal theory; Cox 1962, chapter 5). F is gamma. Where there are no more
    lists than pickers, it takes as long as the longest list.

    Args:
        wave: Work and lists.
        pickers: c, at least 1.
        minutes: working time, breaks left out.

    Returns:
        Probability, within 0.03 of that of playing it list by list from three lists per picker on.

    Raises:
        ValueError: an argument outside its bounds.
    """
    from scipy.special import ndtr

    pickers, minutes = count("pickers", pickers, 1, _MOST_PICKERS), not_negative("minutes", minutes)
    if wave.work_minutes_mean == 0.0:
        return 1.0
    ends = _Ends.of(wave, pickers)
    left = minutes - ends.common_mean - ends.last_minutes
    if ends.common_sd == 0.0:
        return float(ends.last_shares @ (left >= 0.0))
    return float(ends.last_shares @ ndtr(left / ends.common_sd))


def pickers_needed(
    wave: Wave, minutes: float, probability: float, *, break_minutes: float = 0.0, most: int = 1_000
) -> PickerSizing:
    """Fewest pickers who are done in time with a probability.

    Args:
        wave: Work and lists.
        minutes: from release to the hour at which everything has to be ready.
        probability: between 0 and 1.
        break_minutes: that every picker rests in that time.
        most: Pickers that can be there at all.

    Returns:
        The fewest who are enough; where none are, those after whom one more changes next to nothing, and what would
        have to change.

    Raises:
        ValueError: an argument outside its bounds, or a break that leaves no time.
    """
    wanted = share("probability", probability, is_open=True)
    rest = not_negative("break_minutes", break_minutes)
    time = positive("minutes", minutes) - rest
    if time <= 0.0:
        raise ValueError(f"break_minutes is {rest!r}, no less than the {minutes!r} minutes of the wave")
    most = count("most", most, 1, _MOST_PICKERS)
    if wave.work_minutes_mean == 0.0:
        return PickerSizing(0, 1.0, 0.0, 0.0)
    largest = min(most, ceil(wave.lists))
    people = _first(wave, time, wanted, largest)
    if people is not None:
        return _sizing(wave, people, time)
    best = done_probability(wave, largest, time)
    people = _first(wave, time, best - 0.001, largest) or largest
    return _sizing(wave, people, time, (_late(wave, minutes, rest, wanted, largest),))


@dataclass(frozen=True, eq=False)
class _Ends:
    """How a wave ends: a normal time in common, and the rest of the longest list after it."""

    common_mean: float
    common_sd: float
    last_minutes: FloatArray
    last_shares: FloatArray

    @classmethod
    def of(cls, wave: Wave, pickers: int) -> _Ends:
        """Distribution of the end of a wave."""
        mean = wave.work_minutes_mean / wave.lists
        grid, whole, rests = _list_times(mean, wave.list_scv)
        if pickers >= wave.lists:
            largest = whole**wave.lists
            # Days differ by more than their lists do.
            drawn = wave.list_scv * mean**2 * wave.lists
            common = sqrt(max(0.0, wave.work_minutes_sd**2 - drawn)) / wave.lists
            return cls(0.0, common, grid, np.diff(largest, prepend=0.0))
        largest = whole * rests ** (pickers - 1)
        rest = (mean + (pickers - 1) * mean * (1.0 + wave.list_scv) / 2.0) / pickers
        return cls(
            wave.work_minutes_mean / pickers - rest,
            wave.work_minutes_sd / pickers,
            grid,
            np.diff(largest, prepend=0.0),
        )

    @property
    def mean(self) -> float:
        """Mean minutes of the wave."""
        return self.common_mean + float(self.last_shares @ self.last_minutes)


def _list_times(mean: float, scv: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Minutes, P(list takes at most so many), P(rest of a list that is being picked takes at most so many)."""
    from scipy.special import gammainc, gammaincinv

    if scv < 1e-6:
        grid = np.linspace(0.0, mean, _POINTS)
        return grid, (grid >= mean).astype(np.float64), grid / mean
    # So far out that even the longest of thousands of lists is shorter.
    longest = float(gammaincinv(1.0 / scv, 1.0 - 1e-9)) * mean * scv
    grid = np.linspace(0.0, longest, _POINTS)
    whole = gammainc(1.0 / scv, grid / (mean * scv))
    remaining = np.concatenate([[0.0], np.cumsum((2.0 - whole[1:] - whole[:-1]) / 2.0 * np.diff(grid))])
    whole[-1] = 1.0
    return grid, whole, remaining / remaining[-1]


def _first(wave: Wave, minutes: float, wanted: float, largest: int) -> int | None:
    """Fewest pickers with a probability, by going up from those who could do the mean work."""
    start = max(1, min(largest, int(wave.work_minutes_mean / minutes * 0.5)))
    while start > 1 and done_probability(wave, start - 1, minutes) >= wanted:
        start -= 1
    for people in range(start, largest + 1):
        if done_probability(wave, people, minutes) >= wanted:
            return people
    return None


def _sizing(wave: Wave, people: int, minutes: float, unserved: tuple[Unserved, ...] = ()) -> PickerSizing:
    return PickerSizing(
        people=people,
        done_probability=done_probability(wave, people, minutes),
        mean_minutes=max(0.0, _Ends.of(wave, people).mean),
        utilisation=min(1.0, wave.work_minutes_mean / people / minutes),
        unserved=unserved,
    )


def _late(wave: Wave, minutes: float, rest: float, wanted: float, largest: int) -> Unserved:
    enough = 2.0 * minutes
    while done_probability(wave, largest, enough - rest) < wanted:
        enough *= 2.0
    low = minutes
    while enough - low > 0.5:
        middle = (low + enough) / 2.0
        if done_probability(wave, largest, middle - rest) < wanted:
            low = middle
        else:
            enough = middle
    return Unserved(
        item=f"wave of {counted(ceil(wave.lists), 'list')}",
        reason=f"not done within {minutes:.4g} minutes on enough days even by {counted(largest, 'picker')}",
        relaxation=f"{counted(ceil(enough), 'minute')} instead of {minutes:.4g}",
    )


__all__ = ["PickerSizing", "Wave", "done_probability", "pickers_needed"]
