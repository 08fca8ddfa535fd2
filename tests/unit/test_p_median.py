"""p-medians: each rule where it bites and where it does not, what is refused, and what is said of the unserved."""

import numpy as np
import pytest

from optimize.network.checking import check_p_median
from optimize.network.p_median import k_best_medians, p_median, p_median_curve
from optimize.network.site_rules import SiteRules
from optimize.network.travel_costs import cost_of_travel
from scenarios import SolveStatus

LINE = np.abs(np.subtract.outer(np.arange(7.0), np.arange(7.0)))
"""Customers and sites at 0, 1, ... 6 on a line."""


def solved(cost=LINE, sites=2, **options):
    plan = p_median(cost, sites, **options)
    checked = {key: options[key] for key in ("weight", "rules") if key in options}
    assert check_p_median(plan, cost, sites, **checked) == ()
    return plan


def test_two_sites_on_a_line_by_hand():
    plan = solved()
    assert (plan.objective, plan.bound, plan.gap) == (6.0, 6.0, 0.0)
    assert plan.status is SolveStatus.OPTIMAL
    assert set(plan.open_sites) <= {1, 2, 4, 5}


def test_weights_draw_sites_and_equal_ones_do_not():
    assert 0 in solved(weight=[100, 1, 1, 1, 1, 1, 1]).open_sites
    assert solved(weight=[3] * 7).objective == 3 * solved().objective


def test_a_kept_site_stays_and_one_that_is_good_anyway_costs_nothing():
    assert 3 in solved(rules=SiteRules(kept=(3,))).open_sites
    assert solved(rules=SiteRules(kept=(3,))).objective == 8.0
    assert solved(rules=SiteRules(kept=(1,))).objective == 6.0


def test_a_forbidden_site_stays_closed_and_a_poor_one_is_not_missed():
    assert solved(sites=1).open_sites == (3,)
    assert solved(sites=1, rules=SiteRules(forbidden=(3,))).objective == 13.0
    assert solved(sites=1, rules=SiteRules(forbidden=(0, 6))).open_sites == (3,)


def test_a_region_gets_its_least_number_and_a_small_one_changes_nothing():
    halves = [0, 0, 0, 0, 0, 1, 1]
    both = SiteRules(region=halves, least_per_region=(0, 2))
    assert set(solved(rules=both).open_sites) == {5, 6}
    assert solved(rules=SiteRules(region=halves, least_per_region=(1, 1))).objective == 6.0


def test_a_radius_takes_far_sites_away_and_a_wide_one_none():
    assert solved(cost_of_travel(LINE, [0], [0], radius=9)).objective == 0.0
    star = np.array([[0.0, 5, 5, 1], [5, 0, 5, 1], [5, 5, 0, 4]])
    plain, near = cost_of_travel(star, [0, 9], [0, 9]), cost_of_travel(star, [0, 9], [0, 9], radius=3)
    assert solved(plain, 1).open_sites == (3,)
    assert solved(near, 1).status is SolveStatus.INFEASIBLE
    assert solved(near, 2).open_sites == (2, 3)


def test_a_curve_of_cost_is_read_between_and_beyond_its_points():
    found = cost_of_travel([[0.0, 5, 15, 30, np.inf]], [5, 10, 20], [1, 2, 6])
    assert found.tolist() == [[1.0, 1.0, 4.0, 10.0, np.inf]]


def test_whom_nobody_reaches_is_named_with_what_would_help():
    cost = np.array([[0.0, np.inf, np.inf], [np.inf, 2, 3], [np.inf, np.inf, np.inf]])
    plan = solved(cost, 1, rules=SiteRules(forbidden=(0,)))
    assert plan.status is SolveStatus.INFEASIBLE
    assert (plan.objective, plan.open_sites) == (np.inf, (1,))
    assert plan.assigned.tolist() == [-1, 1, -1]
    assert [(entry.customer, entry.relaxation) for entry in plan.unserved] == [
        (0, "site 0 may open"),
        (2, ""),
    ]
    too_few = solved(cost[:2], 1)
    assert [entry.relaxation for entry in too_few.unserved] == ["site 0 opens too"] or too_few.open_sites == (
        0,
    )
    assert solved(cost[:2], 2).objective == 2.0


def test_a_customer_of_weight_0_need_not_be_reached():
    cost = np.array([[0.0, 4], [np.inf, np.inf]])
    assert solved(cost, 1, weight=[1, 0]).status is SolveStatus.OPTIMAL


def test_all_in_one_place_and_a_single_node():
    assert solved(np.zeros((5, 5)), 2).objective == 0.0
    assert solved([[7.0]], 1).open_sites == (0,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cost": [[1.0, np.nan]]}, r"cost\[0, 1\] must be at least 0"),
        ({"cost": [[-1.0]]}, r"cost\[0, 0\] must be at least 0"),
        ({"cost": [1.0, 2.0]}, "one row per customer"),
        ({"sites": 0}, "sites is 0"),
        ({"sites": 8}, "not from 0 .* to 7"),
        ({"sites": 1, "rules": SiteRules(kept=(1, 2))}, "not from 2 "),
        ({"rules": SiteRules(kept=(1,), forbidden=(1,))}, "both kept and forbidden"),
        ({"rules": SiteRules(kept=(9,))}, r"kept\[0\] is 9"),
        ({"rules": SiteRules(region=(0, 1))}, "region has 2 entries"),
        (
            {"rules": SiteRules(region=[0] * 7, least_per_region=(0, 1))},
            r"least_per_region\[1\] is 1, more than",
        ),
        ({"weight": [1.0]}, "weight has shape"),
        ({"weight": [np.inf] * 7}, "weight holds .*inf"),
        ({"most_work": 0}, "most_work is 0"),
    ],
)
def test_wrong_input_is_named(change, message):
    arguments = {"cost": LINE, "sites": 2, **change}
    with pytest.raises(ValueError, match=message):
        p_median(arguments.pop("cost"), arguments.pop("sites"), **arguments)


def test_next_best_sets_differ_and_end_where_there_are_no_more():
    plans = k_best_medians(LINE[:, :4], 3, 9)
    assert len({plan.open_sites for plan in plans}) == len(plans) == 4
    assert [plan.objective for plan in plans] == sorted(plan.objective for plan in plans)


def test_one_more_site_never_raises_travel_and_bounds_fall_with_it():
    plans = p_median_curve(LINE, 1, 7)
    objectives, bounds = [plan.objective for plan in plans], [plan.bound for plan in plans]
    assert objectives == sorted(objectives, reverse=True)
    assert bounds == sorted(bounds, reverse=True)
    assert (objectives[0], objectives[1], objectives[-1]) == (12.0, 6.0, 0.0)


def hard(count=60):
    """Costs without geometry leave a gap that only branching closes."""
    return np.random.default_rng(3).random((count, count))


def test_a_stop_keeps_the_best_plan_and_an_honest_bound():
    plan = solved(hard(), 5, checkpoint=lambda objective, bound: True)
    assert plan.status is SolveStatus.FEASIBLE
    proven = solved(hard(), 5)
    assert plan.bound <= proven.objective <= plan.objective
    assert plan.work < proven.work


def test_the_limit_of_work_ends_a_search():
    assert solved(hard(), 5, most_work=40).status is SolveStatus.FEASIBLE


def test_ctrl_c_keeps_the_best_plan():
    def interrupt(objective, bound):
        raise KeyboardInterrupt

    assert solved(hard(), 5, checkpoint=interrupt).status is SolveStatus.FEASIBLE


def test_the_same_twice():
    one, other = solved(hard(), 5), solved(hard(), 5)
    assert (one.open_sites, one.work, one.bound) == (other.open_sites, other.work, other.bound)
