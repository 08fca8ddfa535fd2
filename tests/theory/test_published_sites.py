"""Published optima of location problems: the OR-Library's graphs, and shops in San Francisco."""

import csv
import json

import numpy as np
import pytest

from bench.pmed import read_instances
from optimize.network.checking import check_maximal_cover, check_p_centre, check_p_median, check_set_cover
from optimize.network.maximal_cover import maximal_cover
from optimize.network.p_centre import p_centre
from optimize.network.p_median import p_median
from optimize.network.results import PROOF_GAP
from optimize.network.set_cover import set_cover
from scenarios import SolveStatus
from tests.reference import reference_path


@pytest.mark.parametrize("name", ["pmed1", "pmed3", "pmed7", "pmed11", "pmed17"])
def test_medians_and_centres_of_graphs(name):
    (instance,) = read_instances(reference_path("location/pmed/opt.csv").parent, (name,))
    distance, sites = instance.distance, instance.sites
    median, centre = p_median(distance, sites), p_centre(distance, sites)
    assert check_p_median(median, distance, sites) == check_p_centre(centre, distance, sites) == ()
    assert (median.status, median.objective) == (SolveStatus.OPTIMAL, instance.median)
    assert (centre.status, centre.objective) == (SolveStatus.OPTIMAL, instance.centre)
    assert median.gap == centre.gap == 0.0
    # The centre of so many sites is the least radius at which so many sites cover everybody.
    assert set_cover(distance, instance.centre).objective <= sites
    assert set_cover(distance, instance.centre - 1).objective > sites


@pytest.fixture(scope="module")
def san_francisco():
    """Distances (tracts, sites), population, and names of sites."""
    path = reference_path("location/spopt_sf/SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(dict.fromkeys(row["name"] for row in rows))
    tracts = {row["DestinationName"]: int(row["demand"]) for row in rows}
    order = {tract: place for place, tract in enumerate(tracts)}
    distance = np.full((len(tracts), len(names)), np.inf)
    for row in rows:
        distance[order[row["DestinationName"]], names.index(row["name"])] = float(row["distance"])
    return distance, np.array(list(tracts.values()), float), names


def published(model):
    answers = json.loads(reference_path("location/spopt_sf/verified_optima.json").read_text(encoding="utf-8"))
    return next(answer for answer in answers["solutions"] if answer["model"].startswith(model))


def test_median_of_san_francisco(san_francisco):
    distance, people, names = san_francisco
    answer = published("p-median")
    plan = p_median(distance, answer["p"], weight=people)
    assert check_p_median(plan, distance, answer["p"], weight=people) == ()
    assert plan.status is SolveStatus.OPTIMAL
    assert plan.gap <= PROOF_GAP
    assert plan.objective == pytest.approx(answer["objective"], rel=1e-12)
    assert {names[site] for site in plan.open_sites} == set(answer["open"])


def test_set_cover_of_san_francisco(san_francisco):
    distance, _, _ = san_francisco
    answer = published("LSCP")
    plan = set_cover(distance, answer["radius"])
    assert check_set_cover(plan, distance, answer["radius"]) == ()
    assert (plan.status, plan.objective) == (SolveStatus.OPTIMAL, answer["n_facilities"])


def test_maximal_cover_of_san_francisco(san_francisco):
    distance, people, names = san_francisco
    answer = published("MCLP")
    plan = maximal_cover(distance, answer["radius"], answer["p"], weight=people)
    assert check_maximal_cover(plan, distance, answer["radius"], answer["p"], weight=people) == ()
    assert (plan.status, plan.objective) == (SolveStatus.OPTIMAL, answer["covered_demand"])
    assert len(distance) - len(plan.unserved) == answer["covered_tracts"]
    assert {names[site] for site in plan.open_sites} == set(answer["open"])
