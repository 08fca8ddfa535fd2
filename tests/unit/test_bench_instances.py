"""The readers of published routing instances, on texts of our own."""

from __future__ import annotations

import pytest

from bench.vrp_instances import clustered_problem, read_cordeau, read_solomon, read_vrplib
from optimize.routing.plain.checking import check_plain
from optimize.routing.plain.search import search_plain

SOLOMON = """C1

VEHICLE
NUMBER     CAPACITY
  3         50

CUSTOMER
CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME

    0  0  0   0   0  99   0
    1  1  1  10   5   7   2
    2  3  4  20   0  90   3
"""
VRPLIB = """NAME : T
TYPE : CVRP
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 9
NODE_COORD_SECTION
1 0 0
2 1 1
3 2 2
DEMAND_SECTION
1 0
2 4
3 5
DEPOT_SECTION
 1
 -1
EOF
"""
CORDEAU = """2 4 2 2
70 8
70 9
 1  3  4  2  5 1 2 1 2
 2  6  8  3  6 1 2 1 2
 3  0  0  0  0 0 0
 4  1  0  0  0 0 0
"""


def test_windows_are_read_in_parts_of_the_unit() -> None:
    problem = read_solomon(SOLOMON)
    assert problem.cost[0].tolist() == [0, 14142, 50000]
    assert problem.opens.tolist() == [50_000, 0]
    assert problem.closes.tolist() == [70_000, 900_000]
    assert problem.service.tolist() == [20_000, 30_000]
    assert (problem.vehicles[0], problem.capacity[0], problem.depot_closes[0]) == (3, 50, 990_000)


def test_one_decimal_is_truncated() -> None:
    problem = read_solomon(SOLOMON.replace(" 3  4 ", " 1  4 "), parts=10)
    assert problem.cost[0].tolist() == [0, 14, 41]  # 4.123
    assert problem.cost[1, 2] == 30


def test_vrplib_distances_are_rounded() -> None:
    problem = read_vrplib(VRPLIB, 2)
    assert problem.cost[0].tolist() == [0, 1, 3]
    assert problem.demand.tolist() == [4, 5]
    assert (problem.capacity[0], problem.vehicles[0]) == (9, 2)


def test_other_distances_are_refused() -> None:
    with pytest.raises(ValueError, match="Euclidean"):
        read_vrplib(VRPLIB.replace("EUC_2D", "EXPLICIT"))


def test_depots_come_first() -> None:
    problem = read_cordeau(CORDEAU, parts=10)
    assert problem.cost[0].tolist() == [0, 10, 50, 100]
    assert problem.demand.tolist() == [5, 6]
    assert problem.service.tolist() == [20, 30]
    assert problem.capacity.tolist() == [8, 9]
    assert problem.vehicles.tolist() == [4, 4]
    assert problem.longest_route == 700


def test_no_longest_route_is_written_as_0() -> None:
    assert read_cordeau(CORDEAU.replace("70 ", "0 ")).longest_route is None


def test_our_own_problem_can_be_served() -> None:
    problem = clustered_problem(60)
    found = search_plain(problem, 0)
    assert check_plain(problem, found) == ()
    assert not found.unserved
    assert 4 <= len(found.routes) <= 9
