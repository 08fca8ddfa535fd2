import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim.kernels import draws
from sim.kernels.draws import count, count_row, decay_row, zero_probability_row
from sim.kernels.fixed_counts import (
    FIXED_STEPS,
    all_thresholds,
    count_rows4_fixed,
    count_wide4,
    fixed_thresholds,
)
from sim.kernels.moving_counts import count_moving_row, exp_single
from sim.kernels.philox import uniform_rows4
from sim.streams import Purpose, cell_keys, entity_key, entity_keys, halves, stream_key
from sim.wide_counts import wide_counts
from tests.machine_code import assembly, fused_operations, library_calls


def rng() -> np.random.Generator:
    """The same numbers for every test, in whatever order tests run."""
    return np.random.default_rng(11)


KEY = stream_key(5, 0, Purpose.DEMAND)
CASES = [
    (mean, dispersion)
    for mean in (1e-9, 1e-3, 0.1, 0.5, 1.0, 3.0, 20.0, 150.0, 470.0, 1000.0, 5000.0)
    for dispersion in (1.0, 1.0 + 1e-9, 1.05, 1.5, 3.0, 12.0)
]


def law(mean: float, dispersion: float):
    """The same distribution in scipy, which cannot tell a dispersion very near 1 from 1."""
    if dispersion < 1 + 1e-6:
        return stats.poisson(mean)
    return stats.nbinom(mean / (dispersion - 1), 1 / dispersion)


class Cells:
    """A row of cells with what the kernels need to know about them."""

    def __init__(self, mean, dispersion=1.0):
        self.mean = np.atleast_1d(np.asarray(mean, dtype=float))
        dispersion = np.broadcast_to(np.asarray(dispersion, dtype=float), self.mean.shape).copy()
        self.per_dispersion = 1.0 / dispersion
        self.decay, self.zero_probability = np.empty_like(self.mean), np.empty_like(self.mean)
        decay_row(dispersion, self.decay)
        zero_probability_row(self.mean, self.decay, self.zero_probability)
        self.thresholds = np.empty((FIXED_STEPS, self.mean.size), np.uint32)
        fixed_thresholds(self.zero_probability, self.mean, self.per_dispersion, self.thresholds)
        self.low, self.high = halves(entity_keys(f"cell {i}" for i in range(self.mean.size)))

    def one(self, u: int, i: int = 0) -> int:
        per = self.per_dispersion[i]
        return count(np.uint32(u), self.zero_probability[i], self.mean[i] * per, 1.0 - per)

    def row(self, uniforms):
        out = np.empty(self.mean.size, np.int32)
        count_row(uniforms, self.zero_probability, self.mean, self.per_dispersion, out)
        return out

    def row_of_products(self, uniforms):
        """As a run draws them where rates move, means being products."""
        mean, out = np.empty_like(self.mean), np.empty(self.mean.size, np.int32)
        factor = np.full(self.mean.size, 0.5, np.float32)
        decay, share = self.decay, self.per_dispersion
        count_moving_row(2 * self.mean, factor, np.float32(1), decay, share, uniforms, mean, out)
        return out

    def rows4(self, block, uniforms):
        uniform_rows4(self.low, self.high, np.uint32(block), np.uint32(0), *KEY, uniforms)
        return np.array([self.row(row) for row in uniforms])

    def rows4_fixed(self, block, *, tabulates_wide=True):
        """As a run draws them; without tables, wide cells are inverted one by one."""
        thresholds, out = self.thresholds[None].copy(), np.empty((4, self.mean.size), np.int32)
        wide = wide_counts(thresholds, self.zero_probability[None], self.mean[None], self.per_dispersion)
        count_rows4_fixed(
            self.low, self.high, np.uint32(block), np.uint32(0), *KEY,
            thresholds[0] if tabulates_wide else self.thresholds, self.zero_probability, self.mean,
            self.per_dispersion, out,
        )  # fmt: skip
        if tabulates_wide:
            assert wide.sku.size
            count_wide4(0, self.low, self.high, np.uint32(block), np.uint32(0), *KEY, wide, out)
        return out


@pytest.mark.parametrize(("mean", "dispersion"), CASES)
def test_counts_change_exactly_at_the_cumulative_probabilities(mean, dispersion):
    """Just below 2^32 F(k) the count is at most k, just above at least k + 1: so the whole law is right."""
    cells, known = Cells(mean, dispersion), law(mean, dispersion)
    levels = np.concatenate(
        [[1e-9, 1e-7, 1e-5, 1e-3], np.linspace(0.01, 0.99, 25), 1 - 10.0 ** -np.arange(3, 10)]
    )
    for k in np.unique(known.ppf(levels)).astype(int):
        slack = 6 if dispersion == 1.0 + 1e-9 else 2
        below, above = int(known.cdf(k) * 2**32) - slack, int(known.cdf(k) * 2**32) + slack
        if below >= 0:
            assert cells.one(below) <= k
        if above < 2**32:
            assert cells.one(above) >= k + 1


@pytest.mark.parametrize(("mean", "dispersion"), [(2e4, 1.0), (1e6, 1.0), (1e6, 50.0)])
def test_very_large_means(mean, dispersion):
    cells, known = Cells(mean, dispersion), law(mean, dispersion)
    for level in (1e-8, 0.01, 0.5, 0.99, 1 - 1e-8):
        drawn = cells.one(int(level * 2**32))
        assert known.cdf(drawn - 1) - 1e-9 < level < known.cdf(drawn) + 1e-9


@pytest.mark.parametrize(
    ("mean", "dispersion"), [(0.05, 1.3), (0.5, 1.0), (1.5, 2.0), (8.0, 1.0), (40.0, 5.0), (900.0, 1.2)]
)
def test_goodness_of_fit_of_keyed_draws(mean, dispersion):
    cells, known = Cells(np.full(2000, mean), dispersion), law(mean, dispersion)
    scratch = np.empty((4, 2000), np.uint32)
    drawn = np.concatenate([cells.rows4(block, scratch).ravel() for block in range(10)])
    n = drawn.size
    assert abs(drawn.mean() - mean) < 4 * np.sqrt(mean * dispersion / n)
    fourth = known.stats("k") + 3
    assert abs(drawn.var() / known.var() - 1) < 4 * np.sqrt((fourth - 1) / n)
    edges = np.unique(known.ppf(np.linspace(0, 1, 21)[1:-1])).astype(int)
    probability = np.diff([0, *known.cdf(edges), 1])
    observed = np.bincount(np.searchsorted(edges, drawn), minlength=probability.size)
    kept = probability * n > 5
    observed = [*observed[kept], observed[~kept].sum()] if not kept.all() else observed
    expected = [*probability[kept] * n, probability[~kept].sum() * n] if not kept.all() else probability * n
    assert stats.chisquare(observed, expected).pvalue > 1e-4


def mixed_cells(n=1500):
    numbers = rng()
    mean = np.exp(numbers.normal(-0.5, 2.0, n))
    mean[: n // 3] = numbers.uniform(4, 60, n // 3)
    mean[::50], mean[1::97], mean[2::101] = 0.0, 1e-9, 2500.0
    return Cells(mean, 1.0 + np.where(numbers.random(n) < 0.5, 0.0, numbers.exponential(1.0, n)))


def test_scalar_row_and_fixed_counts_are_equal_bit_for_bit():
    cells = mixed_cells()
    uniforms = np.empty((4, cells.mean.size), np.uint32)
    for block in range(3):
        rows = cells.rows4(block, uniforms)
        assert np.array_equal(rows, cells.rows4_fixed(block))
        assert np.array_equal(rows, cells.rows4_fixed(block, tabulates_wide=False))
        for lane in range(4):
            assert rows[lane].tolist() == [cells.one(u, i) for i, u in enumerate(uniforms[lane])]


@pytest.mark.parametrize("largest", [1e-3, 0.5, 3.0, 600.0])
def test_counts_at_moving_rates_are_equal_bit_for_bit(largest):
    numbers, n = rng(), 6000
    mean, dispersion = numbers.uniform(0, largest, n), 1.0 + numbers.exponential(1.0, n)
    mean[::50], dispersion[::3] = 0.0, 1.0
    cells, uniforms = Cells(mean, dispersion), numbers.integers(0, 2**32, n, dtype=np.uint32)
    uniforms[:3000:60], uniforms[1:3000:60] = 2**32 - 1, 0
    assert np.array_equal(cells.row_of_products(uniforms), cells.row(uniforms))


@pytest.mark.parametrize("dispersion", [1.0, 1.3, 4.0])
def test_counts_at_moving_rates_change_exactly_where_single_counts_do(dispersion):
    """Draws on both sides of each step, where single precision cannot tell."""
    for mean in (0.01, 0.3, 1.0, 2.5):
        cell, room = Cells(mean, dispersion), np.empty(4096, np.uint32)
        per = cell.per_dispersion[0]
        number = all_thresholds(cell.zero_probability[0], mean * per, 1.0 - per, room)
        steps = room[: min(number, 8)].astype(np.int64)
        near = np.unique(np.clip(steps[:, None] + np.arange(-3000, 3000, 7), 0, 2**32 - 1))
        cells = Cells(np.full(near.size, mean), dispersion)
        assert np.array_equal(
            cells.row_of_products(near.astype(np.uint32)), cells.row(near.astype(np.uint32))
        )


def test_the_short_exponential_is_as_good_as_it_says():
    x = np.concatenate([np.linspace(-80, 0, 5001), np.linspace(-1, 0, 5001)]).astype(np.float32)
    found = np.array([exp_single(value) for value in x], float)
    assert np.allclose(found, np.exp(x.astype(float)), rtol=0, atol=4e-7)


@pytest.mark.parametrize("dispersion", [1.0, 1.05, 3.0])
@pytest.mark.parametrize("mean", [6.0, 20.0, 150.0, 400.0])
def test_tables_of_wide_cells_change_where_counts_do(mean, dispersion):
    cells, room = Cells(mean, dispersion), np.empty(4096, np.uint32)
    per = cells.per_dispersion[0]
    number = all_thresholds(cells.zero_probability[0], mean * per, 1.0 - per, room)
    for k, threshold in enumerate(room[:number].tolist()):
        assert cells.one(threshold) > k
        assert threshold == 0 or cells.one(threshold - 1) <= k
    assert cells.one(2**32 - 1) == number


@pytest.mark.parametrize("u", [0, 1, 2**31, 2**32 - 2, 2**32 - 1])
def test_extreme_draws_are_the_same_in_scalar_and_row(u):
    cells = mixed_cells(300)
    assert cells.row(np.full(300, u, np.uint32)).tolist() == [cells.one(u, i) for i in range(300)]


def test_no_mean_no_demand():
    cells = Cells([0.0, 0.0], [1.0, 4.0])
    assert cells.row(np.array([2**32 - 1, 2**32 - 1], np.uint32)).tolist() == [0, 0]


@pytest.mark.parametrize(("mean", "dispersion"), CASES)
def test_counts_never_fall_as_the_draw_rises(mean, dispersion):
    cells = Cells(mean, dispersion)
    rising = np.sort(rng().integers(0, 2**32, 400, dtype=np.uint32))
    assert (np.diff([cells.one(u) for u in rising]) >= 0).all()


@pytest.mark.parametrize("dispersion", [1.0, 1.5, 4.0])
def test_counts_never_fall_as_the_mean_rises(dispersion):
    cells = Cells(np.linspace(0, 1500, 4001), dispersion)
    for u in rng().integers(0, 2**32, 20, dtype=np.uint32):
        assert (np.diff(cells.row(np.full(4001, u))) >= 0).all()


@pytest.mark.parametrize("dispersion", [1.0, 1.7, 6.0])
def test_both_methods_agree_where_one_takes_over_from_the_other(dispersion):
    decay = Cells(1.0, dispersion).decay[0]
    mean = 455.0 / decay
    cells = Cells(mean, dispersion)
    per = cells.per_dispersion[0]
    assert cells.zero_probability[0] > draws.SMALLEST_START
    for u in rng().integers(0, 2**32, 500, dtype=np.uint32):
        fraction = (float(u) + 0.5) / 2**32
        assert draws._count_around_mode(fraction, mean * per, 1.0 - per) == cells.one(u)


def neighbouring_uniforms(change):
    """Draws of 400 cells on 400 days, as a function of what is changed by one."""
    given = {"seed": 1, "replication": 0, "purpose": Purpose.DEMAND, "store": 0, "sku": 0, "day": 0, "sub": 0}
    given.update(change)
    key = stream_key(given["seed"], given["replication"], given["purpose"])
    skus = entity_keys(f"sku {given['sku'] + i}" for i in range(400))
    low, high = halves(cell_keys(entity_key(f"store {given['store']}"), skus))
    four, days = np.empty((4, 400), np.uint32), []
    for block in range(101):
        uniform_rows4(low, high, np.uint32(block), np.uint32(given["sub"]), *key, four)
        days.append(four.copy())
    return np.concatenate(days)[given["day"] : given["day"] + 400].ravel() / 2.0**32


@pytest.mark.parametrize(
    "change",
    [
        {"store": 1},
        {"sku": 1},
        {"day": 1},
        {"day": 4},
        {"sub": 1},
        {"seed": 2},
        {"replication": 1},
        {"purpose": Purpose.RETURNS},
        {"seed": 0, "replication": 1},
    ],
    ids=str,
)
def test_neighbouring_keys_draw_independently(change):
    here, there = neighbouring_uniforms({}), neighbouring_uniforms(change)
    n = here.size
    assert abs(np.corrcoef(here, there)[0, 1]) < 4.5 / np.sqrt(n)
    assert abs(np.corrcoef((here - 0.5) ** 2, (there - 0.5) ** 2)[0, 1]) < 4.5 / np.sqrt(n)
    table = np.histogram2d(here, there, bins=8, range=[(0, 1), (0, 1)])[0].ravel()
    assert stats.chisquare(table).pvalue > 1e-5


def test_draws_of_one_day_and_of_one_cell_are_uniform():
    drawn = neighbouring_uniforms({}).reshape(400, 400)
    assert stats.kstest(drawn[0], "uniform").pvalue > 1e-4
    assert stats.kstest(drawn[:, 0], "uniform").pvalue > 1e-4
    assert stats.kstest(drawn.ravel(), "uniform").pvalue > 1e-4
    assert (
        stats.kstest(drawn.mean(axis=0) * np.sqrt(12 * 400) - 0.5 * np.sqrt(12 * 400), "norm").pvalue > 1e-4
    )


def test_machine_code_is_plain_ieee_arithmetic():
    x, u, n, one = np.empty(1), np.empty(1, np.uint32), np.empty(1, np.int32), np.uint32(1)
    rows, counts = np.empty((FIXED_STEPS, 1), np.uint32), np.empty((4, 1), np.int32)
    s = np.empty(1, np.float32)
    for code in (
        assembly(decay_row, x, x),
        assembly(zero_probability_row, x, x, x),
        assembly(count, one, 0.5, 0.5, 0.0),
        assembly(count_row, u, x, x, x, n),
        assembly(count_rows4_fixed, u, u, one, one, one, one, rows, x, x, x, counts),
        assembly(all_thresholds, 0.5, 0.5, 0.0, u),
        assembly(count_moving_row, x, s, s[0], x, x, u, x, n),
    ):
        assert not fused_operations(code)
        assert not library_calls(code)


DRAW_EVERYTHING = """
import hashlib
import numpy as np
from sim.kernels import draws, elementary, fixed_counts, philox

n = 999
low, high = np.arange(n, dtype=np.uint32), np.full(n, 7, np.uint32)
mean, dispersion = np.linspace(0.0, 60.0, n) ** 2 / 60, np.linspace(1.0, 5.0, n)
uniforms, rows = np.empty((4, n), np.uint32), np.empty((4, n), np.int32)
decay, zero = np.empty(n), np.empty(n)
thresholds = np.empty((fixed_counts.FIXED_STEPS, n), np.uint32)
words = [np.uint32(word) for word in (3, 0, 1, 2)]
philox.uniform_rows4(low, high, *words, uniforms)
draws.decay_row(dispersion, decay)
draws.zero_probability_row(mean, decay, zero)
draws.count_row(uniforms[1], zero, mean, 1 / dispersion, rows[1])
single = rows[1].copy()
fixed_counts.fixed_thresholds(zero, mean, 1 / dispersion, thresholds)
fixed_counts.count_rows4_fixed(low, high, *words, thresholds, zero, mean, 1 / dispersion, rows)
digest = hashlib.blake2b()
for array in (uniforms, decay, zero, single, thresholds, rows):
    digest.update(array.tobytes())
print(digest.hexdigest())
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in {"x86_64", "AMD64"}, reason="names CPUs of x86-64")
def test_a_cpu_without_wide_vectors_draws_the_same_bits():
    def drawn(**cpu):
        ran = subprocess.run(
            [sys.executable, "-c", DRAW_EVERYTHING],
            env={**os.environ, **cpu},
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(draws.__file__).parents[2],
        )
        return ran.stdout

    assert drawn() == drawn(NUMBA_CPU_NAME="x86-64", NUMBA_CPU_FEATURES="+sse2")
