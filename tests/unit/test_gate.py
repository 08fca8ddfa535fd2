import pytest

from study.comparison import compare
from study.errors import RequestError
from study.gate import judge_comparison, judge_study, parse_condition
from study.replication import replicate
from tests.factory import tiny_scenario
from tests.fakes import FakePlan, fake_simulate


def study(name, hour=6.0, replications=6):
    scenario = tiny_scenario(name=name, horizon={"days": 35}, policy={"transport": {"delivery_hour": hour}})
    return replicate(scenario, FakePlan(), replications=replications, jobs=1, simulate=fake_simulate)


@pytest.fixture(scope="module")
def base():
    return study("base")  # fill rate 94%


@pytest.fixture(scope="module")
def comparison(base):
    return compare(base, study("late", 8.0))  # fill rate 2 points lower, profit 14 of 550 lower


def judge(study_, text):
    (finding,) = judge_study(study_, [parse_condition(text, of_change=False)])
    return finding


def judge_change(comparison_, text):
    (finding,) = judge_comparison(comparison_, [parse_condition(text, of_change=True)])
    return finding


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("fill_rate < 95%", True),
        ("fill_rate<0.95", True),
        ("fill_rate < 93%", False),
        ("fill_rate >= 0.9", True),
        ("profit < 1e3", True),
        ("profit > 1000", False),
        ("demand_units <= 199.5", False),
        ("gmroi <= 1", True),
        ("gmroi < 1", False),
    ],
)
def test_values(base, text, failed):
    assert judge(base, text).failed is failed


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("fill_rate < -1.5%", True),
        ("fill_rate < -2.5%", False),
        ("fill_rate < -0.015", True),
        ("profit < -2%", True),
        ("profit < -3%", False),
        ("profit < -10", True),
        ("profit < -20", False),
        ("profit > 0", False),
    ],
)
def test_changes(comparison, text, failed):
    assert judge_change(comparison, text).failed is failed


def test_a_share_changes_in_points_and_not_in_percent_of_itself(comparison):
    # 2 points of 94% are 2.13% of it: a limit of 2.05% tells the two readings apart.
    assert abs(comparison.difference("fill_rate", "late").relative) > 0.0205
    assert not judge_change(comparison, "fill_rate < -2.05%").failed


def test_the_finding_says_whether_the_interval_is_clear_of_the_limit(base):
    found = base.intervals["inventory_days"]
    near, far = (judge(base, f"inventory_days < {limit}") for limit in (found.mean + 0.01, found.high + 1))
    assert near.failed and not near.is_certain
    assert "more replications could change this" in near.text
    assert far.failed and far.is_certain
    assert "clear of the limit" in far.text


def test_one_replication_is_judged_without_certainty():
    finding = judge(study("single", replications=1), "fill_rate < 95%")
    assert finding.failed and not finding.is_certain
    assert "one replication has no interval" in finding.text


def test_what_is_undefined_fails(base, comparison):
    assert judge(base, "waste_share > 5%").failed
    assert "undefined" in judge(base, "waste_share > 5%").text
    assert judge_change(comparison, "waste_share > 5%").failed


def test_every_alternative_is_judged(base):
    both = compare(base, study("late", 8.0), study("same"))
    findings = judge_comparison(both, [parse_condition("fill_rate < -1%", of_change=True)])
    assert [(finding.study, finding.failed) for finding in findings] == [("late", True), ("same", False)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fil_rate < 95%", "did you mean `fill_rate`"),
        ("fill_rate = 95%", "is no condition"),
        ("fill_rate < ", "is no condition"),
        ("fill_rate < 5% or profit < 3", "is no condition"),
        ("profit < 5%", "no share"),
    ],
)
def test_bad_conditions_are_refused(text, message):
    with pytest.raises(RequestError, match=message):
        parse_condition(text, of_change=False)


def test_a_percentage_of_a_change_needs_no_share():
    assert parse_condition("profit < -2%", of_change=True).limit == -0.02
