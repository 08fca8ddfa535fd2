"""The check of site plans catches each rule that a plan breaks: one mutation for each."""

from dataclasses import replace

import numpy as np
import pytest

from optimize.network.checking import (
    SiteRule,
    check_maximal_cover,
    check_p_centre,
    check_p_median,
    check_set_cover,
)
from optimize.network.maximal_cover import maximal_cover
from optimize.network.p_centre import p_centre
from optimize.network.p_median import p_median
from optimize.network.results import UnservedCustomer
from optimize.network.set_cover import set_cover
from optimize.network.site_rules import SiteRules
from scenarios import SolveStatus

LINE = np.abs(np.subtract.outer(np.arange(7.0), np.arange(7.0)))
RULES = SiteRules(kept=(1,), forbidden=(0,), region=(0, 0, 0, 0, 1, 1, 1), least_per_region=(0, 1))
GOOD = p_median(LINE, 2, rules=RULES)
LEFT_OUT = (UnservedCustomer(3, "too far"),)


def opened(*sites):
    nearest = np.array(sites)[np.argmin(LINE[:, list(sites)], axis=1)]
    value = float(LINE[:, list(sites)].min(axis=1).sum())
    return {"open_sites": sites, "assigned": nearest, "objective": value, "bound": value}


def assigned(customer, site):
    changed = GOOD.assigned.copy()
    changed[customer] = site
    return {"assigned": changed}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"open_sites": (4, 1)}, SiteRule.SITES),
        ({"open_sites": (1, 1)}, SiteRule.SITES),
        ({"open_sites": (1, 9)}, SiteRule.SITES),
        (opened(1, 3, 5), SiteRule.COUNT),
        (opened(2, 5), SiteRule.KEPT),
        (opened(0, 1), SiteRule.FORBIDDEN),
        (opened(1, 2), SiteRule.REGION),
        ({"assigned": GOOD.assigned[:3]}, SiteRule.ASSIGNED),
        (assigned(0, 3), SiteRule.ASSIGNED),
        (assigned(0, GOOD.open_sites[1]), SiteRule.NEAREST),
        (assigned(0, -1), SiteRule.NEAREST),
        ({"unserved": LEFT_OUT}, SiteRule.NAMED),
        ({"objective": 5.0}, SiteRule.OBJECTIVE),
        ({"objective": float("nan")}, SiteRule.OBJECTIVE),
        ({"bound": 6.5}, SiteRule.BOUND),
        ({"bound": 5.0}, SiteRule.BOUND),
        ({"bound": float("nan")}, SiteRule.BOUND),
        ({"status": SolveStatus.INFEASIBLE}, SiteRule.STATUS),
    ],
)
def test_a_broken_median_is_caught(change, rule):
    assert check_p_median(GOOD, LINE, 2, rules=RULES) == ()
    broken = check_p_median(replace(GOOD, **change), LINE, 2, rules=RULES)
    assert rule in {entry.rule for entry in broken}
    assert all(str(entry) for entry in broken)


def test_an_unproven_plan_may_have_a_lower_bound():
    assert check_p_median(replace(GOOD, bound=5.0, status=SolveStatus.FEASIBLE), LINE, 2, rules=RULES) == ()


def test_somebody_without_a_site_makes_no_optimal_plan():
    cost = np.array([[0.0, np.inf], [np.inf, 1.0]])
    plan = p_median(cost, 1)
    assert check_p_median(plan, cost, 1) == ()
    for change, rule in (
        ({"status": SolveStatus.OPTIMAL}, SiteRule.STATUS),
        ({"unserved": ()}, SiteRule.NAMED),
        ({"objective": 0.0}, SiteRule.OBJECTIVE),
    ):
        broken = check_p_median(replace(plan, **change), cost, 1)
        assert rule in {entry.rule for entry in broken}


def test_a_broken_centre_is_caught():
    plan = p_centre(LINE, 2)
    broken = check_p_centre(replace(plan, objective=1.0, bound=1.0), LINE, 2)
    assert {entry.rule for entry in broken} == {SiteRule.OBJECTIVE}


def test_a_broken_cover_is_caught():
    plan = set_cover(LINE, 1.0)
    for change, rule in (
        ({"open_sites": plan.open_sites[:2]}, SiteRule.NAMED),
        ({"objective": 2.0, "bound": 2.0}, SiteRule.OBJECTIVE),
        ({"unserved": LEFT_OUT}, SiteRule.NAMED),
        ({"status": SolveStatus.INFEASIBLE}, SiteRule.STATUS),
    ):
        broken = check_set_cover(replace(plan, **change), LINE, 1.0)
        assert rule in {entry.rule for entry in broken}
    assert SiteRule.NAMED in {entry.rule for entry in check_set_cover(plan, LINE, 1.0, times=[3] * 7)}


def test_a_broken_maximal_cover_is_caught():
    plan = maximal_cover(LINE, 1.0, 2)
    for change, rule in (
        ({"objective": 7.0, "bound": 7.0}, SiteRule.OBJECTIVE),
        ({"bound": 5.0}, SiteRule.BOUND),
        ({"bound": 7.0}, SiteRule.BOUND),
        ({"unserved": ()}, SiteRule.NAMED),
    ):
        broken = check_maximal_cover(replace(plan, **change), LINE, 1.0, 2)
        assert rule in {entry.rule for entry in broken}
