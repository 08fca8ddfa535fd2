"""Site plans against brute force, and what relabelling, scaling and one more site may change."""

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from optimize.network.checking import check_maximal_cover, check_p_centre, check_p_median, check_set_cover
from optimize.network.maximal_cover import maximal_cover
from optimize.network.p_centre import p_centre
from optimize.network.p_median import k_best_medians, p_median, p_median_curve
from optimize.network.set_cover import set_cover
from optimize.network.site_rules import SiteRules
from scenarios import SolveStatus


@st.composite
def questions(draw):
    """Travel, weights, number of sites, and rules that so many sites can keep."""
    customers, sites = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    travel = random.integers(0, 9, (customers, sites)).astype(float)
    if draw(st.booleans()):
        travel += random.random((customers, sites))
    if draw(st.booleans()):
        travel[random.random((customers, sites)) < 0.3] = np.inf
    weight = random.integers(0, 4, customers).astype(float)
    count = draw(st.integers(1, sites))
    forbidden = [site for site in range(sites - count) if random.random() < 0.3]
    kept = [sites - 1] if random.random() < 0.3 else []
    region = random.integers(0, 2, sites).tolist()
    least = [0, min(region[len(forbidden) :].count(1), 1)]
    if least[1] and (1 in [region[site] for site in forbidden] or count == 1):
        least = []
    return travel, weight, count, SiteRules(kept, forbidden, region, least)


def allowed_sets(sites, count, rules):
    for chosen in combinations(range(sites), count):
        inside = [sum(rules.region[site] == region for site in chosen) for region in (0, 1)]
        if (
            set(rules.kept) <= set(chosen)
            and not set(rules.forbidden) & set(chosen)
            and all(inside[region] >= least for region, least in enumerate(rules.least_per_region))
        ):
            yield list(chosen)


def weighted(travel, weight):
    counts = weight[:, None] > 0
    return np.where(counts, np.where(counts, travel, 0.0) * np.where(counts, weight[:, None], 1.0), 0.0)


def same(value, other):
    return value == other or abs(value - other) <= 1e-9 * abs(other)


@given(questions(), st.integers(1, 5))
def test_medians_are_the_best_of_all_sets_in_order(question, wanted):
    travel, weight, count, rules = question
    cost = weighted(travel, weight)
    best = sorted(cost[:, chosen].min(axis=1).sum() for chosen in allowed_sets(travel.shape[1], count, rules))
    plans = k_best_medians(travel, count, wanted, weight=weight, rules=rules)
    assert len(plans) == min(wanted, len(best))
    for plan, value in zip(plans, best, strict=False):
        assert check_p_median(plan, travel, count, weight=weight, rules=rules) == ()
        assert same(plan.objective, value)
        assert plan.status is (SolveStatus.OPTIMAL if np.isfinite(value) else SolveStatus.INFEASIBLE)


@given(questions())
def test_a_centre_is_the_best_of_all_sets(question):
    travel, weight, count, rules = question
    cost = weighted(travel, weight)
    best = min(cost[:, chosen].min(axis=1).max() for chosen in allowed_sets(travel.shape[1], count, rules))
    plan = p_centre(travel, count, weight=weight, rules=rules)
    assert check_p_centre(plan, travel, count, weight=weight, rules=rules) == ()
    assert plan.objective == best
    assert plan.is_proven


@given(questions(), st.integers(0, 9))
def test_covers_are_the_best_of_all_sets(question, radius):
    travel, weight, count, rules = question
    near, sites = travel <= radius, travel.shape[1]
    most = max(weight[near[:, chosen].any(axis=1)].sum() for chosen in allowed_sets(sites, count, rules))
    plan = maximal_cover(travel, radius, count, weight=weight, rules=rules)
    assert check_maximal_cover(plan, travel, radius, count, weight=weight, rules=rules) == ()
    assert plan.objective == most
    assert plan.status is SolveStatus.OPTIMAL
    sizes = [
        size
        for size in range(sites + 1)
        if any(near[:, chosen].any(axis=1).all() for chosen in allowed_sets(sites, size, rules))
    ]
    cover = set_cover(travel, radius, rules=rules)
    assert check_set_cover(cover, travel, radius, rules=rules) == ()
    assert cover.objective == (min(sizes) if sizes else np.inf)


@given(questions(), st.randoms(use_true_random=False))
def test_new_labels_and_units_change_nothing(question, random):
    travel, weight, count, _ = question
    plain = p_median(travel, count, weight=weight)
    rows, columns = list(range(travel.shape[0])), list(range(travel.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    assert p_median(travel[rows][:, columns], count, weight=weight[rows]).objective == plain.objective
    assert same(p_median(travel * 0.125, count, weight=weight).objective, plain.objective * 0.125)
    turned = p_centre(travel[rows][:, columns], count, weight=weight[rows])
    assert turned.objective == p_centre(travel, count, weight=weight).objective


@given(questions())
def test_one_more_site_never_raises_travel(question):
    travel, weight, _, _ = question
    plans = p_median_curve(travel, 1, travel.shape[1], weight=weight)
    for fewer, more in pairwise(plans):
        assert more.objective <= fewer.objective
        assert more.bound <= fewer.bound
