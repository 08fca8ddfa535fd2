"""ABC-XYZ classes and the service level of each."""

from __future__ import annotations

import numpy as np
import pytest

from optimize.stock.classes import classes, target_shares
from scenarios import ServiceTarget


def test_textbook_shares():
    """Values of 100 in all: A up to 80 and the one that crosses it, B up to 95, then C."""
    value = [50.0, 20.0, 15.0, 8.0, 4.0, 2.0, 1.0]
    assert [code[0] for code in classes(value, [0.0] * 7)] == list("AAABBCC")


def test_a_border_that_is_met_exactly_is_met():
    """After 80 of 100 the next is B, and after 95 it is C, though 0.8 and 0.95 are no binary fractions."""
    assert [code[0] for code in classes([0.5, 0.3, 0.15, 0.05], [0.0] * 4)] == list("AABC")


def test_variation():
    codes = classes([1.0] * 6, [0.0, 0.5, 0.500001, 1.0, 1.000001, np.inf])
    assert [code[1] for code in codes] == list("XXYYZZ")


def test_order_and_unit_do_not_matter():
    draw = np.random.default_rng(1)
    value, variation = draw.lognormal(size=500).round(1), draw.uniform(0, 2, 500)
    order = draw.permutation(500)
    codes = classes(value, variation)
    assert (classes(value[order], variation[order]) == codes[order]).all()
    assert (classes(value * 7.3, variation) == codes).all()
    assert set(codes) == {letter + other for letter in "ABC" for other in "XYZ"}


def test_equal_values_share_a_class_and_nothing_is_c():
    assert list(classes([5.0] * 10 + [0.0], [0.1] * 11)) == ["AX"] * 10 + ["CX"]
    assert list(classes([0.0, 0.0], [0.1, 2.0])) == ["CX", "CZ"]
    assert classes([], []).size == 0


def test_own_borders():
    assert list(classes([60.0, 30.0, 10.0], [0.3, 0.3, 0.3], (0.5, 0.9), (0.1, 0.2))) == ["AZ", "BZ", "CZ"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (([1.0, -1.0], [0.1, 0.1]), "value_per_day"),
        (([1.0, np.inf], [0.1, 0.1]), "value_per_day"),
        (([1.0], [np.nan]), "coefficient_of_variation"),
        (([1.0], [0.1, 0.2]), "coefficient_of_variation"),
        (([1.0], [0.1], (0.9, 0.8)), "value_shares"),
        (([1.0], [0.1], (0.8, 0.9), (-1.0, 0.5)), "variation_limits"),
    ],
)
def test_bad_input_is_named(arguments, named):
    with pytest.raises(ValueError, match=named):
        classes(*arguments)


def test_target_of_a_class_before_its_letter_before_all():
    target = ServiceTarget(share=0.9, share_by_class={"A": 0.98, "AZ": 0.95})
    shares = target_shares(target, np.array(["AX", "AZ", "BX", "A"]))
    assert list(shares) == [0.98, 0.95, 0.9, 0.98]
