"""Checks of the plain numbers that solvers of staff are given."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from operator import index

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
MOST_SERVERS = 1_000_000


def positive(name: str, value: float) -> float:
    """A finite number above 0, or ValueError."""
    if not (isfinite(value) and value > 0):
        raise ValueError(f"{name} is {value!r}, not a finite number above 0")
    return float(value)


def not_negative(name: str, value: float) -> float:
    """A finite number of 0 or more, or ValueError."""
    if not (isfinite(value) and value >= 0):
        raise ValueError(f"{name} is {value!r}, not a finite number of 0 or more")
    return float(value)


def share(name: str, value: float, *, is_open: bool = False) -> float:
    """A number from 0 to 1, or ValueError; `is_open` leaves out both ends."""
    if is_open and not 0 < value < 1:
        raise ValueError(f"{name} is {value!r}, not between 0 and 1")
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value!r}, not a share from 0 to 1")
    return float(value)


def count(name: str, value: int, least: int = 0, most: int = MOST_SERVERS) -> int:
    """A whole number within bounds, or ValueError."""
    try:
        number = index(value)
    except TypeError:
        raise ValueError(f"{name} is {value!r}, not a whole number") from None
    if not least <= number <= most:
        raise ValueError(f"{name} is {value!r}, not from {least} to {most}")
    return number


def not_negatives(
    name: str, values: Sequence[float] | FloatArray, shape: tuple[int, ...] | None = None
) -> FloatArray:
    """A row of finite numbers of 0 or more, at least one of them, or ValueError; `shape` where another one is due."""
    array = np.array(values, dtype=np.float64)
    if (array.ndim != 1 or array.size == 0) if shape is None else array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}, not {shape or '(n,) with n of 1 or more'}")
    wrong = ~(np.isfinite(array) & (array >= 0))
    if wrong.any():
        raise ValueError(f"{name} holds {array[wrong][0]!r}, not a finite number of 0 or more")
    return array


def counts(name: str, values: Sequence[int] | IntArray, shape: tuple[int, ...] | None = None) -> IntArray:
    """Like `not_negatives`, whole numbers."""
    array = not_negatives(name, np.asarray(values, np.float64), shape)
    wrong = (array != np.floor(array)) | (array > MOST_SERVERS)
    if wrong.any():
        raise ValueError(f"{name} holds {array[wrong][0]!r}, not a whole number up to {MOST_SERVERS}")
    return array.astype(np.int64)


__all__ = ["MOST_SERVERS", "count", "counts", "not_negative", "not_negatives", "positive", "share"]
