"""Deviation of a month's share of calls answered in time, against queues played call by call."""

from __future__ import annotations

from heapq import heapreplace

import numpy as np
import pytest

from optimize.staffing.month import share_deviation


def shares(servers: int, rate: float, work: float, within: float, batches: int, size: int) -> np.ndarray:
    """Share answered in time of batches of calls of an M/M/c queue, first come, first served."""
    random = np.random.default_rng(7)
    number = batches * size + size
    arrivals = np.cumsum(random.exponential(1.0 / rate, number))
    lengths = random.exponential(work, number)
    free = [0.0] * servers
    waits = np.empty(number)
    for call, (comes, length) in enumerate(zip(arrivals.tolist(), lengths.tolist(), strict=True)):
        begins = max(comes, free[0])
        heapreplace(free, begins + length)
        waits[call] = begins - comes
    return np.asarray((waits[size:] <= within).reshape(batches, size).mean(axis=1))


@pytest.mark.parametrize(("servers", "load", "within"), [(1, 0.6, 0.0), (4, 0.8, 1.0), (10, 0.85, 0.3)])
def test_deviation_is_that_of_batches_of_calls(servers: int, load: float, within: float) -> None:
    work, size, batches = 4.0, 4_000, 150
    rate = load * servers / work
    seen = shares(servers, rate, work, within, batches, size).std(ddof=1)
    said = share_deviation(
        np.array([60.0 * rate]), np.array([servers]), work, None, within, size / (60.0 * rate)
    )
    # The deviation of 150 batches is itself known to 6 %; three of these.
    assert abs(said / seen - 1.0) <= 0.18
    # Independent calls would vary by far less, so the comparison can fail.
    mean = float(np.mean(shares(servers, rate, work, within, 20, size)))
    assert np.sqrt(mean * (1.0 - mean) / size) < 0.75 * seen


def test_twice_the_time_varies_less_by_the_root_of_two() -> None:
    calls, people = np.array([30.0, 60.0]), np.array([4, 7])
    one, two = (share_deviation(calls, people, 5.0, 3.0, 0.5, weeks) for weeks in (4.0, 8.0))
    assert np.isclose(one / two, np.sqrt(2.0))


def test_minutes_or_seconds_are_the_same() -> None:
    calls, people = np.array([30.0, 60.0]), np.array([4, 7])
    minutes = share_deviation(calls, people, 5.0, 3.0, 0.5, 4.0)
    # An hour that lasts sixty times as long, with everything in it as much slower.
    slower = share_deviation(calls / 60.0, people, 300.0, 180.0, 30.0, 240.0)
    assert np.isclose(minutes, slower)


@pytest.mark.parametrize("bad", [np.nan, -1.0])
def test_bad_numbers_are_named(bad: float) -> None:
    with pytest.raises(ValueError, match="calls_per_hour"):
        share_deviation(np.array([bad]), np.array([2]), 5.0, None, 0.5, 4.0)
    with pytest.raises(ValueError, match="work_minutes"):
        share_deviation(np.array([1.0]), np.array([2]), bad, None, 0.5, 4.0)
