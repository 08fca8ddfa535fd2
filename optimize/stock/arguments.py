"""Checks of the numbers that closed forms are given: what is wrong, its value and the rule."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

LARGEST = 1e15
"""Beyond it products of two arguments lose their meaning in floating point."""


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


def _number(name: str, value: float) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise ValueError(f"{name} must be a number, got {value!r}")
    return float(value)


__all__ = ["LARGEST", "FloatArray", "floats", "inner_share", "not_negative", "numbers", "positive"]
