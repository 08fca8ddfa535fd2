import numpy as np
import pytest
from scipy import stats

from sim.kernels.tables import discretise, hour_second, hour_table, table_draw


def rng() -> np.random.Generator:
    """The same numbers for every test, in whatever order tests run."""
    return np.random.default_rng(4)


LAST = np.uint32(2**32 - 1)
SHOP = np.array([0] * 8 + [1, 2, 3, 4, 5, 4, 3, 2, 2, 3, 5, 3, 0, 0, 0, 0], dtype=float)


def thresholds(cumulative):
    out = np.empty(len(cumulative), np.uint64)
    discretise(np.asarray(cumulative, dtype=float), out)
    return out


def table(weights):
    out = np.empty(25, np.uint64)
    hour_table(np.asarray(weights, dtype=float), out)
    return out


def test_discretised_probabilities():
    assert thresholds([0.0, 2.0**-34, 2.0**-32, 0.25, 1.0]).tolist() == [0, 0, 1, 2**30, 2**32]


def test_table_draw_switches_at_its_thresholds():
    rising = thresholds([0.25, 0.25, 0.75, 1.0])
    at = [0, 2**30 - 1, 2**30, 3 * 2**30 - 1, 3 * 2**30, 2**32 - 1]
    assert [table_draw(np.uint32(u), rising) for u in at] == [0, 0, 2, 2, 3, 3]


def test_table_draw_follows_the_distribution():
    probability = np.array([0.1, 0.0, 0.4, 0.2, 0.05, 0.25])
    rising = thresholds(np.cumsum(probability))
    drawn = [table_draw(u, rising) for u in rng().integers(0, 2**32, 20_000, dtype=np.uint32)]
    observed = np.bincount(drawn, minlength=6)
    assert observed[1] == 0
    kept = probability > 0
    assert stats.chisquare(observed[kept], probability[kept] * 20_000).pvalue > 1e-4


def test_hour_table_spans_all_draws():
    for weights in (SHOP, np.ones(24), rng().random(24), np.eye(24)[13]):
        edges = table(weights)
        assert edges[0] == 0
        assert edges[24] == 2**32
        assert (np.diff(edges.astype(np.int64)) >= 0).all()


def test_seconds_follow_the_hours_and_are_uniform_within_them():
    edges = table(SHOP)
    seconds = np.array([hour_second(u, edges) for u in rng().integers(0, 2**32, 40_000, dtype=np.uint32)])
    observed = np.bincount(seconds // 3600, minlength=24)
    assert observed[SHOP == 0].sum() == 0
    assert stats.chisquare(observed[SHOP > 0], SHOP[SHOP > 0] / SHOP.sum() * 40_000).pvalue > 1e-4
    assert stats.kstest((seconds % 3600 + 0.5) / 3600, "uniform").pvalue > 1e-4


def test_seconds_never_fall_as_the_draw_rises():
    edges = table(SHOP)
    rising = np.sort(rng().integers(0, 2**32, 2000, dtype=np.uint32))
    assert (np.diff([hour_second(u, edges) for u in rising]) >= 0).all()


@pytest.mark.parametrize(
    ("weights", "first", "last"),
    [(SHOP, 8 * 3600, 20 * 3600 - 1), (np.ones(24), 0, 86_399), (np.eye(24)[23], 23 * 3600, 86_399)],
)
def test_first_and_last_second(weights, first, last):
    edges = table(weights)
    assert hour_second(np.uint32(0), edges) == first
    assert hour_second(LAST, edges) == last
