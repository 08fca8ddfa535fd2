"""Numbers that no closed form can use are refused by name, value and rule."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from optimize.arguments import inner_share, not_negative, numbers, positive


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, 1e300, "5", None, True, [1.0]])
def test_not_above_zero(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^fixed_cost must be") as caught:
        positive("fixed_cost", value)
    assert repr(value) in str(caught.value)


def test_zero_may_be_allowed() -> None:
    assert not_negative("lead_time", 0) == 0.0
    with pytest.raises(ValueError, match="lead_time must be at least 0 and at most 1e\\+15, got -1"):
        not_negative("lead_time", -1)


@pytest.mark.parametrize("value", [0.0, 1.0, math.nan])
def test_share_at_the_border(value: float) -> None:
    with pytest.raises(ValueError, match="share must lie strictly between 0 and 1"):
        inner_share("share", value)


@pytest.mark.parametrize("value", [np.float64(2.5), np.int64(2), 2, 2.5])
def test_numbers_of_numpy_are_numbers(value: Any) -> None:
    assert positive("x", value) == float(value)


@pytest.mark.parametrize(
    ("values", "length", "message"),
    [
        ([], None, r"demand must be a list of one or more numbers, got shape \(0,\)"),
        ([1.0, 2.0], 3, r"demand must be a list of 3 numbers, got shape \(2,\)"),
        ([[1.0]], None, r"got shape \(1, 1\)"),
        ([1.0, -2.0], None, r"demand\[1\] must be at least 0 and at most 1e\+15, got -2"),
        ([math.nan], None, r"demand\[0\] must be at least 0"),
        ([math.inf], None, r"demand\[0\] must be at least 0"),
        (["a"], None, "demand must be numbers"),
        ([1.0, None], None, r"demand\[1\] must be"),
    ],
)
def test_wrong_lists(values: Any, length: int | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        numbers("demand", values, length=length)


def test_the_list_given_is_not_touched() -> None:
    given = np.array([1.0, 2.0])
    numbers("demand", given)[0] = 9.0
    assert given[0] == 1.0
