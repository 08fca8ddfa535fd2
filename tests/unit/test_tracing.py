"""Which lots a centre ships: first expired first out, with enough life left, and nothing kept from who can use it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.kernels.layout import Ageing
from sim.kernels.tracing import choose_lots, defective_among

DAY, RING = 100, 8
SECOND = DAY * 86_400 + 80_000


@st.composite
def requests(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int]], list[int]]:
    """Units by days left, lines of (least days, units), and what sharing out has given each line."""
    lots = draw(st.lists(st.integers(0, 6), min_size=RING, max_size=RING))
    lines = draw(st.lists(st.tuples(st.integers(1, RING), st.integers(1, 8)), min_size=1, max_size=6))
    left, given_units = sum(lots), []
    for _, wanted in lines:
        given_units.append(min(wanted, left))
        left -= given_units[-1]
    return lots, lines, given_units


@settings(deadline=None)
@given(requests())
def test_first_expired_first_out(request: tuple[list[int], list[tuple[int, int]], list[int]]) -> None:
    units, wishes, given_units = request
    count = len(wishes)
    ring = np.zeros((1, RING), np.int32)
    for ahead, number in enumerate(units):
        ring[0, (DAY + ahead) % RING] = number
    before = ring.copy()
    lines = np.zeros((6, count), np.int64)
    lines[0], lines[2], lines[4] = np.arange(count), [wanted for _, wanted in wishes], -1
    ageing = Ageing(np.zeros(1, np.int64), np.array([RING]), np.array([least for least, _ in wishes]))
    shipped, first = np.array(given_units), np.full(count, -1, np.int64)
    parts = np.full((3, 2 * count + RING), -9, np.int64)
    nowhere = np.zeros((DAY + 9, count), np.int64)
    # The way takes no day: what leaves now arrives now.
    choose_lots(
        lines, DAY, SECOND, False, ageing, np.zeros(count, np.int64), nowhere, 0, np.full(count, 86_400), ring,
        shipped, first, parts,
    )  # fmt: skip

    left = {DAY + ahead: int(ring[0, (DAY + ahead) % RING]) for ahead in range(RING)}
    taken = dict.fromkeys(left, 0)
    for line, (least, wanted) in enumerate(wishes):
        part, sum_of_line = int(first[line]), 0
        while part >= 0:
            following, number, last_day = (int(value) for value in parts[:, part])
            assert number > 0
            assert last_day - DAY + 1 >= least
            assert not any(left[day] for day in range(DAY + least - 1, last_day)), "an earlier lot stays"
            taken[last_day] += number
            sum_of_line += number
            part = following
        assert sum_of_line == shipped[line] <= wanted
        if shipped[line] < wanted:
            assert not any(left[day] for day in range(DAY + least - 1, DAY + RING)), (
                "a lot stays that is wanted"
            )
    assert all(left[day] + taken[day] == before[0, day % RING] for day in left)
    assert (ring >= 0).all()


def test_who_demands_little_leaves_the_fresh_to_who_demands_much() -> None:
    """Three old and three fresh units, three for each of two lines: both are served, whoever comes first."""
    for least in ((1, 5), (5, 1)):
        ring = np.zeros((1, RING), np.int32)
        ring[0, [DAY % RING, (DAY + 6) % RING]] = 3
        lines = np.zeros((6, 2), np.int64)
        lines[0], lines[2], lines[4] = (0, 1), 3, -1
        shipped, first = np.array([3, 3]), np.full(2, -1, np.int64)
        parts = np.full((3, 9), -9, np.int64)
        choose_lots(
            lines, DAY, SECOND, False, Ageing(np.zeros(1, np.int64), np.array([RING]), np.array(least)),
            np.zeros(2, np.int64), np.zeros((DAY + 9, 2), np.int64), 0, np.full(2, 86_400), ring, shipped, first,
            parts,
        )  # fmt: skip
        assert shipped.tolist() == [3, 3]
        assert not ring.any()


def test_defective_units_are_drawn_without_replacement() -> None:
    """The number among n of N units of which D are defective is hypergeometric: mean n D / N, and its variance."""
    drawn = np.array(
        [
            defective_among(6, 20, 5, np.uint64(77), np.uint64(5), day, 0, np.uint64(0xABCDEF0123456789))
            for day in range(20_000)
        ]
    )
    mean, variance = 6 * 5 / 20, 6 * (5 / 20) * (15 / 20) * (14 / 19)
    assert abs(drawn.mean() - mean) < 4 * np.sqrt(variance / drawn.size)
    assert abs(drawn.var() / variance - 1) < 0.05
    assert drawn.max() <= 5
    every = defective_among(20, 20, 5, np.uint64(1), np.uint64(2), 3, 0, np.uint64(4))
    assert every == 5
