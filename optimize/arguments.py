"""Checks of the plain numbers that solvers are given: what is wrong, its value and the rule."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

LARGEST = 1e15
"""Beyond it products of two arguments lose their meaning in floating point."""
MOST_SERVERS = 1_000_000


def positive(name: str, value: float) -> float:
    """A number above 0.

    Args:
        name: Name of the argument, for the message.
        value: The number.

    Returns:
        It, as float.

    Raises:
        ValueError: It is none, or not above 0, or beyond 1e15.
    """
    number = _number(name, value)
    if not 0 < number <= LARGEST:
        raise ValueError(f"{name} must be above 0 and at most {LARGEST:g}, got {value!r}")
    return number


def not_negative(name: str, value: float) -> float:
    """A number of at least 0; otherwise as `positive`."""
    number = _number(name, value)
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{name} must be at least 0 and at most {LARGEST:g}, got {value!r}")
    return number


def inner_share(name: str, value: float) -> float:
    """A number strictly between 0 and 1; otherwise as `positive`."""
    number = _number(name, value)
    if not 0 < number < 1:
        raise ValueError(f"{name} must lie strictly between 0 and 1, got {value!r}")
    return number


def numbers(name: str, values: npt.ArrayLike, least: float = 0.0, length: int | None = None) -> FloatArray:
    """A one-dimensional array of numbers.

    Args:
        name: Name of the argument, for the message.
        values: The numbers.
        least: What each of them is at least.
        length: How many there must be; None = one or more.

    Returns:
        A copy of them.

    Raises:
        ValueError: The shape is another, or a number is below `least`, beyond 1e15 or none.
    """
    array = floats(name, values)
    if array.ndim != 1 or (len(array) == 0 if length is None else len(array) != length):
        wanted = "one or more numbers" if length is None else f"{length} numbers"
        raise ValueError(f"{name} must be a list of {wanted}, got shape {array.shape}")
    wrong = ~((array >= least) & (array <= LARGEST))
    if wrong.any():
        index = int(np.argmax(wrong))
        raise ValueError(
            f"{name}[{index}] must be at least {least:g} and at most {LARGEST:g}, got {array[index]:g}"
        )
    return array


def floats(name: str, values: npt.ArrayLike) -> FloatArray:
    """An array of any shape and of any numbers, infinite ones and none included.

    Args:
        name: Name of the argument, for the message.
        values: The numbers.

    Returns:
        A copy of them.

    Raises:
        ValueError: They are no numbers.
    """
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers, got {values!r}") from None


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


def _number(name: str, value: float) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise ValueError(f"{name} must be a number, got {value!r}")
    return float(value)


__all__ = [
    "LARGEST", "MOST_SERVERS", "FloatArray", "count", "counts", "floats", "inner_share", "not_negative",
    "not_negatives", "numbers", "positive", "share",
]  # fmt: skip
