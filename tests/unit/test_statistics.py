import json
import math

import numpy as np
import pytest

from study.statistics import (
    PrecisionMonitor,
    PrecisionRule,
    bonferroni_level,
    holm_adjusted,
    mean_interval,
    paired_test,
    relative_half_width,
)
from tests.reference import reference_path


@pytest.fixture(scope="module")
def worked_examples():
    return json.loads(reference_path("simstats/worked_examples.json").read_text())


def test_t_interval_of_laws_bank_example(worked_examples):
    example = worked_examples["t_ci_example"]
    interval = mean_interval(np.array(example["data"]), 0.90)
    assert interval.mean == pytest.approx(example["mean"], abs=5e-5)
    assert interval.standard_deviation**2 == pytest.approx(example["s2"], abs=5e-5)
    assert interval.half_width == pytest.approx(example["hw90"], abs=5e-5)
    assert interval.note == ""


def test_paired_t_of_laws_two_inventory_policies(worked_examples):
    example = worked_examples["paired_t_law"]
    test = paired_test(np.array(example["X2"]), np.array(example["X1"]), 0.90)
    assert test.interval.mean == pytest.approx(example["mean"], abs=5e-4)
    assert test.interval.standard_deviation**2 / 5 == pytest.approx(example["var_of_mean"], abs=5e-4)
    assert (test.interval.low, test.interval.high) == pytest.approx(tuple(example["ci90_paired"]), abs=5e-4)
    assert 0.01 < test.p_value < 0.10  # the 90% interval is clear of zero


def test_p_value_is_where_the_interval_just_touches_zero():
    a, b = np.zeros(6), np.array([1.0, 2.0, -1.0, 3.0, 0.5, 1.5])
    p = paired_test(a, b, 0.95).p_value
    touching = paired_test(a, b, 1 - p).interval
    assert touching.low == pytest.approx(0, abs=1e-9)


def test_interval_covers_the_mean_as_often_as_it_says():
    generator = np.random.default_rng(11)
    samples = generator.normal(5.0, 2.0, size=(4000, 6))
    hits = sum(interval.low <= 5 <= interval.high for interval in (mean_interval(s, 0.9) for s in samples))
    assert abs(hits / 4000 - 0.9) < 4 * math.sqrt(0.9 * 0.1 / 4000)


def test_one_replication_has_no_interval():
    interval = mean_interval(np.array([3.0]), 0.95)
    assert (interval.count, interval.mean, interval.note) == (1, 3.0, "one replication: no interval")
    assert math.isnan(interval.low) and math.isnan(interval.standard_deviation)


def test_equal_values_have_a_point_for_an_interval_without_rounding_residue():
    interval = mean_interval(np.full(7, 0.1), 0.95)
    assert (interval.low, interval.mean, interval.high) == (0.1, 0.1, 0.1)
    assert interval.note == "the same in every replication"


def test_undefined_values_are_left_out_and_counted():
    interval = mean_interval(np.array([1.0, np.nan, 3.0]), 0.95)
    assert (interval.count, interval.mean) == (2, 2.0)
    assert interval.note == "undefined in 1 of 3 replications"
    assert mean_interval(np.array([np.nan, np.nan]), 0.95).note == "undefined"


def test_relative_half_width_of_degenerate_intervals():
    assert relative_half_width(mean_interval(np.zeros(3), 0.95)) == 0
    assert relative_half_width(mean_interval(np.array([-1.0, 1.0]), 0.95)) == math.inf
    assert math.isnan(relative_half_width(mean_interval(np.array([1.0]), 0.95)))


def test_holm_by_hand():
    adjusted = holm_adjusted(np.array([0.01, 0.04, 0.03, 0.005]))
    assert adjusted == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_leaves_undefined_tests_out_of_the_family():
    adjusted = holm_adjusted(np.array([0.02, np.nan, 0.5]))
    assert adjusted[0] == pytest.approx(0.04)
    assert np.isnan(adjusted[1])


def test_bonferroni_level_keeps_the_family():
    assert bonferroni_level(0.95, 10) == pytest.approx(0.995)
    assert bonferroni_level(0.95, 0) == 0.95


def test_variance_reduction_counts_what_pairing_saves():
    a = np.array([1.0, 2.0, 3.0, 4.0])
    wobble = np.array([0.1, -0.1, -0.1, 0.1])
    test = paired_test(a, a + 1 + wobble, 0.95)
    expected = (np.var(a, ddof=1) + np.var(a + wobble, ddof=1)) / np.var(wobble, ddof=1)
    assert test.variance_reduction == pytest.approx(expected)
    assert test.variance_reduction > 100


def test_differences_that_are_all_equal():
    a = np.array([1.0, 2.0, 3.0])
    assert paired_test(a, a + 0.5, 0.95).p_value == 0
    assert paired_test(a, a + 0.5, 0.95).variance_reduction == math.inf
    same = paired_test(a, a, 0.95)
    assert same.identical
    assert math.isnan(same.p_value)
    assert not paired_test(a, a + 0.5, 0.95).identical


def test_pairs_need_both_sides():
    test = paired_test(np.array([1.0, np.nan, 3.0]), np.array([2.0, 5.0, np.nan]), 0.95)
    assert test.interval.count == 1
    assert (test.baseline_mean, test.alternative_mean) == (1.0, 2.0)
    assert math.isnan(test.p_value)


def _stop(monitor, values):
    return next((n for n, value in enumerate(values, start=1) if monitor.add({"x": value})), None)


def test_precision_stops_after_the_look_ahead():
    monitor = PrecisionMonitor(PrecisionRule(0.05, minimum=5, look_ahead=5), ["x"], 0.95)
    assert _stop(monitor, [100.0, 101.0] * 20) == 10
    assert monitor.shortfalls() == {}


def test_a_lucky_early_start_does_not_stop_it():
    calm, rough = [100.0, 100.1] * 3, [60.0, 140.0] * 100
    steady = _stop(PrecisionMonitor(PrecisionRule(0.05, look_ahead=0), ["x"], 0.95), calm + rough)
    careful = _stop(PrecisionMonitor(PrecisionRule(0.05, look_ahead=5), ["x"], 0.95), calm + rough)
    assert steady == 5
    assert careful > 100


def test_precision_gives_up_at_the_limit_and_says_what_is_missing():
    monitor = PrecisionMonitor(PrecisionRule(0.01, limit=20), ["x"], 0.95)
    assert _stop(monitor, [50.0, 150.0] * 30) == 20
    assert monitor.shortfalls()["x"] > 0.01


def test_every_kpi_must_reach_the_precision_and_undefined_ones_do_not_hold_it_up():
    monitor = PrecisionMonitor(PrecisionRule(0.05, look_ahead=0, limit=30), ["x", "y", "z"], 0.95)
    runs = [{"x": 10.0, "y": 50.0 + 100 * (n % 2), "z": math.nan} for n in range(40)]
    assert [monitor.add(run) for run in runs].index(True) == 29
    assert list(monitor.shortfalls()) == ["y"]


def test_look_ahead_grows_beyond_a_hundred():
    assert PrecisionRule(0.1).look_ahead_at(100) == 5
    assert PrecisionRule(0.1).look_ahead_at(400) == 20


@pytest.mark.parametrize(
    ("relative", "minimum", "limit"), [(0, 5, 9), (1.5, 5, 9), (0.1, 1, 9), (0.1, 10, 9)]
)
def test_senseless_precision_is_refused(relative, minimum, limit):
    with pytest.raises(ValueError):
        PrecisionRule(relative, minimum, limit)
