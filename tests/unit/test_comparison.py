import dataclasses
import math

import numpy as np
import pytest

from study.comparison import compare
from study.errors import RequestError
from study.evidence import Judgement, Verdict
from study.replication import kpi_intervals, replicate
from study.statistics import bonferroni_level, mean_interval
from tests.factory import tiny_scenario
from tests.fakes import FakePlan, fake_simulate


def study(name="base", replications=8, seed=1, **changes):
    scenario = tiny_scenario(name=name, horizon={"days": 35}, **changes)
    return replicate(
        scenario, FakePlan(), seed=seed, replications=replications, jobs=1, simulate=fake_simulate
    )


def late(hour=8.0, name="late", **more):
    return study(name, policy={"transport": {"delivery_hour": hour}}, **more)


def with_values(base, name, **kpis):
    """The study with other KPI values."""
    runs = [
        dataclasses.replace(
            run, kpis=dict(run.kpis) | {kpi: float(values[i]) for kpi, values in kpis.items()}
        )
        for i, run in enumerate(base.condensed)
    ]
    return dataclasses.replace(base, name=name, condensed=tuple(runs), intervals=kpi_intervals(runs, 0.95))


@pytest.fixture(scope="module")
def base():
    return study()


def test_a_worse_service_is_called_so(base):
    found = compare(base, late()).difference("fill_rate", "late")
    assert (found.verdict, found.judgement) == (Verdict.LOWER, Judgement.WORSE)
    assert found.mean == pytest.approx(found.alternative_mean - found.baseline_mean)
    assert found.low < found.mean < found.high < 0
    assert "fill rate (units) is lower (worse) than that of base by" in found.text
    assert "points" in found.text


def test_simultaneous_intervals_are_bonferroni_over_what_varies(base):
    generator = np.random.default_rng(5)
    other = with_values(
        base,
        "other",
        profit=base.values("profit") + generator.normal(5, 1, 8),
        stock_turns=base.values("stock_turns") + generator.normal(0, 1, 8),
    )
    comparison = compare(base, other)
    found = comparison.difference("profit", "other")
    expected = mean_interval(other.values("profit") - base.values("profit"), bonferroni_level(0.95, 2))
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.own_high - found.own_low < found.high - found.low
    assert "(2:" in comparison.family


def test_holm_is_applied_over_the_family(base):
    generator = np.random.default_rng(5)
    other = with_values(
        base,
        "other",
        profit=base.values("profit") + generator.normal(5, 1, 8),
        stock_turns=base.values("stock_turns") + generator.normal(0, 1, 8),
    )
    comparison = compare(base, other)
    clear, unclear = (comparison.difference(kpi, "other") for kpi in ("profit", "stock_turns"))
    assert clear.adjusted_p_value == pytest.approx(2 * clear.p_value)
    assert unclear.adjusted_p_value == pytest.approx(unclear.p_value)
    assert unclear.verdict is Verdict.NOT_SHOWN
    assert "no difference from base shown" in unclear.text


def test_false_alarms_stay_below_the_level_of_the_family(base):
    generator = np.random.default_rng(3)
    kpis = ["profit", "revenue", "stock_turns", "gmroi", "total_cost", "order_lines"]
    alarms = 0
    for _ in range(300):
        noisy = {kpi: base.values(kpi) + generator.normal(0, 1, 8) for kpi in kpis}
        comparison = compare(base, with_values(base, "noise", **noisy))
        shown = [found.verdict in (Verdict.HIGHER, Verdict.LOWER) for found in comparison.differences]
        alarms += any(shown)
    assert alarms / 300 < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 300)


def test_a_lower_cost_is_better(base):
    cheap = with_values(base, "cheap", total_cost=base.values("total_cost") - np.linspace(1, 1.1, 8))
    assert compare(base, cheap).difference("total_cost", "cheap").judgement is Judgement.BETTER


def test_a_difference_that_never_varies_needs_no_test(base):
    other = with_values(base, "other", profit=base.values("profit") + 2.5)
    found = compare(base, other).difference("profit", "other")
    assert (found.verdict, found.low, found.high) == (Verdict.HIGHER, 2.5, 2.5)
    assert found.variance_reduction == math.inf


def test_identical_and_undefined_are_said(base):
    comparison = compare(base, late())
    assert comparison.difference("gmroi", "late").verdict is Verdict.IDENTICAL
    assert "identical" in comparison.difference("gmroi", "late").text
    undefined = comparison.difference("waste_share", "late")
    assert undefined.verdict is Verdict.UNDEFINED
    assert "undefined" in undefined.text


def test_one_replication_concludes_nothing():
    found = compare(study(replications=1), late(replications=1)).difference("fill_rate", "late")
    assert found.verdict is Verdict.UNDEFINED
    assert "in the one replication" in found.text


def test_common_random_numbers_save_replications(base):
    found = compare(base, late()).difference("fill_rate", "late")
    a, b = base.values("fill_rate"), late().values("fill_rate")
    assert found.variance_reduction == pytest.approx((a.var(ddof=1) + b.var(ddof=1)) / (b - a).var(ddof=1))


def test_only_common_replications_are_paired(base):
    comparison = compare(base, late(replications=5))
    assert comparison.replications == (0, 1, 2, 3, 4)
    assert comparison.difference("fill_rate", "late").count == 5


def test_same_facts_are_stated_and_the_policy_difference_listed(base):
    statement = compare(base, late()).statements[0]
    assert statement.same_facts
    assert "share the same facts; their policies differ in 1 place" in statement.text
    (difference,) = statement.differences
    assert (difference.path, difference.baseline, difference.alternative) == (
        "policy.transport.delivery_hour",
        "6.0",
        "8.0",
    )
    assert difference.is_policy


def test_other_facts_are_named_by_table_column_and_row(base):
    stores = [
        {"store_id": "S1", "region": "north", "size": 1.0},
        {"store_id": "S2", "region": "south", "size": 3.0},
    ]
    other = study("other", network={"stores": stores}, demand={"mean_units_per_day": 5.0})
    statement = compare(base, other).statements[0]
    assert not statement.same_facts
    assert "do NOT share the same facts" in statement.text
    assert {d.path: (d.baseline, d.alternative) for d in statement.differences} == {
        "network.stores[1].size": ("2.0", "3.0"),
        "demand.mean_units_per_day": ("4.0", "5.0"),
    }


def test_tables_of_other_length_are_told_by_digest(base):
    other = study("other", network={"stores": [{"store_id": "S1"}]})
    (difference,) = compare(base, other).statements[0].differences
    assert difference.path == "network.stores"
    assert difference.baseline.startswith("table of 2 rows, digest ")


def test_the_summary_holds_statement_and_headline_verdicts(base):
    text = compare(base, late()).summary()
    assert "8 replications of the same random worlds, seed 1" in text
    assert "share the same facts" in text
    assert "late: profit is lower (worse)" in text
    assert "gmroi" not in text.lower()


def test_several_alternatives_share_one_family(base):
    comparison = compare(base, late(), late(9.0, "later"))
    assert [s.alternative for s in comparison.statements] == ["late", "later"]
    alone = compare(base, late()).difference("fill_rate", "late")
    together = comparison.difference("fill_rate", "late")
    assert together.high - together.low > alone.high - alone.low


def test_the_table_has_a_row_per_alternative_and_kpi(base):
    comparison = compare(base, late())
    assert len(comparison.table()) == len(base.intervals)


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ([], "at least one alternative"),
        ([study("late", seed=2)], "seeds"),
        ([study("base")], "own name"),
    ],
)
def test_what_cannot_be_compared_is_refused(base, others, message):
    with pytest.raises(RequestError, match=message):
        compare(base, *others)
