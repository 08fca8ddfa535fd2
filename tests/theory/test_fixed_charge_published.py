"""Proven optima of capacitated location problems of the OR-Library and of Holmberg, Ronnqvist and Yuan (1999)."""

from __future__ import annotations

import csv

import pytest

from optimize.network.charge_checking import check_flow_plan
from optimize.network.fixed_charge import FixedCharge
from optimize.network.fixed_charge_solving import least_cost_sites
from scenarios import SolveStatus
from tests.located import orlib_cap, single_source
from tests.reference import reference_path

CAPS = (41, 43, 51, 61, 63, 71, 73, 81, 83, 91, 93, 101, 103, 111, 113, 121, 123, 131, 133)
HOLMBERG = ("p1", "p7", "p11", "p19", "p23", "p43", "p45", "p48", "p54")
ORLIB = ("p1", "p3", "p7", "p9", "p11", "p15", "p19", "p23")
LARGE = ("p31", "p37", "p56", "p64", "p70")
"""p31 is one whose assignments are divided further."""


def _proven(problem: FixedCharge, expected: float, *, single: bool, digits: float = 1e-9) -> None:
    plan = least_cost_sites(problem, single_source=single)
    assert plan.status is SolveStatus.OPTIMAL
    assert plan.gap <= 1e-9
    assert plan.objective == pytest.approx(expected, rel=digits, abs=1e-3)
    assert check_flow_plan(problem, plan, single_source=single) == ()


def _rows(name: str) -> dict[str, dict[str, str]]:
    with reference_path(name).open() as file:
        return {row["instance"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("number", CAPS)
def test_split_optima_of_the_or_library(number: int) -> None:
    row = _rows("location/orlib_cap/capopt.csv")[f"cap{number}"]
    _proven(orlib_cap(number), float(row["published_opt"]), single=False)


@pytest.mark.parametrize(
    ("library", "name"),
    [("sscflp_holmberg", name) for name in HOLMBERG] + [("sscflp_orlib", name) for name in ORLIB],
)
def test_both_conventions(library: str, name: str) -> None:
    row = _rows(f"location/{library}/verified.csv")[name]
    problem = single_source(library, name)
    _proven(problem, float(row["our_split_opt"]), single=False)
    _proven(problem, float(row["our_single_source"]), single=True)


@pytest.mark.parametrize("name", LARGE)
def test_single_source_optima_of_200_customers(name: str) -> None:
    row = _rows("location/sscflp_holmberg/opt.csv")[name]
    _proven(single_source("sscflp_holmberg", name), float(row["single_source_optimum"]), single=True)
