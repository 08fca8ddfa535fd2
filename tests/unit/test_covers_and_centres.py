"""Covers and centres: each rule where it bites and where it does not, and what is said of the unserved."""

import numpy as np
import pytest

from optimize.network.checking import check_maximal_cover, check_p_centre, check_set_cover
from optimize.network.maximal_cover import k_best_maximal_covers, maximal_cover
from optimize.network.p_centre import p_centre
from optimize.network.set_cover import k_best_set_covers, set_cover
from optimize.network.site_rules import SiteRules
from optimize.network.travel_costs import within
from scenarios import SolveStatus

LINE = np.abs(np.subtract.outer(np.arange(7.0), np.arange(7.0)))


def centre(distance=LINE, sites=2, **options):
    plan = p_centre(distance, sites, **options)
    assert check_p_centre(plan, distance, sites, **options) == ()
    return plan


def cover(distance=LINE, radius=1.0, **options):
    plan = set_cover(distance, radius, **options)
    assert check_set_cover(plan, distance, radius, **options) == ()
    return plan


def most(distance=LINE, radius=1.0, sites=2, **options):
    plan = maximal_cover(distance, radius, sites, **options)
    assert check_maximal_cover(plan, distance, radius, sites, **options) == ()
    return plan


def test_centres_on_a_line_by_hand():
    assert [centre(sites=sites).objective for sites in (1, 2, 3, 7)] == [3.0, 2.0, 1.0, 0.0]
    assert all(centre(sites=sites).status is SolveStatus.OPTIMAL for sites in (1, 2, 3, 7))


def test_weights_draw_a_centre():
    assert centre(sites=1, weight=[10, 1, 1, 1, 1, 1, 1]).open_sites == (0,)
    assert centre(sites=1, weight=[2] * 7).objective == 6.0
    assert centre(sites=1, weight=[0, 0, 0, 0, 1, 1, 1]).objective == 1.0


def test_rules_bite_a_centre_or_do_not():
    assert centre(rules=SiteRules(kept=(3,))).objective == 3.0
    assert centre(rules=SiteRules(kept=(1,))).objective == 2.0
    assert centre(sites=1, rules=SiteRules(forbidden=(3,))).objective == 4.0
    assert centre(rules=SiteRules(region=[0, 0, 0, 0, 0, 1, 1], least_per_region=(0, 2))).objective == 5.0


def test_a_centre_of_separate_parts_needs_a_site_in_each():
    parts = np.full((4, 4), np.inf)
    parts[:2, :2], parts[2:, 2:] = [[0, 1], [1, 0]], [[0, 1], [1, 0]]
    plan = centre(parts, 1)
    assert plan.status is SolveStatus.INFEASIBLE
    assert {entry.relaxation for entry in plan.unserved} == {"2 sites instead of 1"}
    assert centre(parts, 2).objective == 1.0
    assert centre(np.full((1, 2), np.inf), 1).unserved[0].relaxation == ""


def test_covers_on_a_line_by_hand():
    assert [cover(radius=radius).objective for radius in (0.0, 1.0, 2.0, 3.0)] == [7.0, 3.0, 2.0, 1.0]


def test_site_costs_choose_the_cover():
    assert cover(radius=3.0, site_cost=[1, 1, 1, 9, 1, 1, 1]).objective == 2.0
    assert cover(radius=3.0, site_cost=[1, 1, 1, 1.5, 1, 1, 1]).open_sites == (3,)


def test_several_times_covered():
    assert cover(radius=3.0, times=[2] * 7).objective == 3.0
    assert cover(radius=3.0, times=[0, 0, 0, 1, 0, 0, 0]).objective == 1.0


def test_a_radius_of_each_customer():
    assert cover(radius=[3.0, 3, 3, 3, 3, 3, 0]).open_sites != (3,)
    assert within(LINE[:2], [0, 6]).sum(axis=1).tolist() == [1, 7]


def test_rules_bite_a_cover_or_do_not():
    assert cover(radius=3.0, rules=SiteRules(kept=(0,))).objective == 2.0
    assert cover(radius=3.0, rules=SiteRules(kept=(3,))).objective == 1.0
    assert cover(radius=3.0, rules=SiteRules(forbidden=(3,))).objective == 2.0
    assert (
        cover(radius=3.0, rules=SiteRules(region=[0] * 5 + [1] * 2, least_per_region=(0, 2))).objective == 3.0
    )


def test_whom_no_cover_reaches_is_named_with_the_radius_that_would():
    plan = cover(LINE[:, :3])
    assert plan.status is SolveStatus.INFEASIBLE
    assert [(entry.customer, entry.relaxation) for entry in plan.unserved] == [
        (4, "radius 2"), (5, "radius 3"), (6, "radius 4")
    ]  # fmt: skip
    assert cover(LINE[:, :3], 4.0).status is SolveStatus.OPTIMAL


def test_most_on_a_line_by_hand():
    plan = most()
    assert (plan.objective, plan.bound, plan.status) == (6.0, 6.0, SolveStatus.OPTIMAL)
    left_out = most(sites=1, rules=SiteRules(kept=(5,))).unserved
    assert [entry.relaxation for entry in left_out] == ["radius 5", "radius 4", "radius 3", "radius 2"]
    assert most(radius=2.0).objective == 7.0


def test_rules_bite_most_or_do_not():
    assert most(rules=SiteRules(kept=(0,))).objective == 5.0
    assert most(rules=SiteRules(kept=(1,))).objective == 6.0
    assert most(rules=SiteRules(forbidden=(1, 2, 4, 5))).objective == 5.0
    assert most(rules=SiteRules(region=[0] * 5 + [1] * 2, least_per_region=(0, 2))).objective == 3.0


def test_what_is_missed_by_a_trifle_is_told_apart():
    weight = [1.0, 0, 0, 1.0 + 1e-7, 0, 0, 0]
    assert most(radius=0.0, sites=1, weight=weight).open_sites == (3,)


def test_next_best_covers_differ():
    covers = k_best_set_covers(LINE, 3.0, 4, site_cost=[1, 1, 1, 1, 2, 3, 5])
    assert [plan.objective for plan in covers] == [1.0, 2.0, 2.0, 2.0]
    assert len({plan.open_sites for plan in covers}) == 4
    sets = k_best_maximal_covers(LINE, 1.0, 1, 9)
    assert [plan.objective for plan in sets] == [3.0] * 5 + [2.0] * 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: p_centre([[np.nan]], 1), r"distance\[0, 0\]"),
        (lambda: p_centre(LINE, 0), "sites is 0"),
        (lambda: p_centre(LINE, 2, most_work=0), "most_work must be above 0"),
        (lambda: set_cover(LINE, -1.0), r"radius\[0\] must be at least 0"),
        (lambda: set_cover(LINE, [1.0, 2.0]), "radius must be a list of 7"),
        (lambda: set_cover(LINE, 1.0, times=[1]), "times has shape"),
        (lambda: set_cover(LINE, 1.0, site_cost=[np.nan] * 7), "site_cost holds .*nan"),
        (lambda: maximal_cover(LINE, 1.0, 9), "sites is 9"),
        (lambda: maximal_cover(LINE, 1.0, 2, weight=[-1.0] * 7), "weight holds .*-1"),
    ],
)
def test_wrong_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
