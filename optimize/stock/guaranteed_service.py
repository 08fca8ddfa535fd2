"""Where to keep safety stock in a network of stages that promise each other delivery times: guaranteed service.

Stage j takes T_j periods for its own work, waits SI_j periods for the slowest of what it needs and promises S_j periods
to all its customers. It keeps stock for the tau_j = SI_j + T_j - S_j periods it cannot wait itself:

    min   sum over j of  h_j k_j sqrt(tau_j)
    s.t.  S_i <= SI_j                   for each edge from supplier i to customer j
          tau_j = SI_j + T_j - S_j >= 0
          SI_j >= s_j                   what comes from outside takes s_j
          0 <= S_j <= l_j               promised to customers outside
          all whole periods

with holding cost h and demand bound k: demand of tau periods exceeds its mean by at most k sqrt(tau), k = z sigma.
Simpson, Operations Research 6, 1958; Graves and Willems, Manufacturing & Service Operations Management 2, 2000; Snyder
and Shen, Fundamentals of Supply Chain Theory, 2nd ed., section 6.3. Forests are solved exactly by dynamic programming
over service times, all other networks by CP-SAT (`guaranteed_service_general`).
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, numbers, positive
from optimize.solving import Progress, no_progress
from optimize.stock.guaranteed_service_general import best_of_forest, place_in_general
from optimize.stock.service_network import ServiceNetwork, ServicePlacement, check_placement, placement
from scenarios import SolveStatus


class Pooling(StrEnum):
    """How demands of several customers of a stage add up."""

    BY_EDGE = "by_edge"
    """Customers are independent of each other, even where they serve the same final stage."""
    BY_FINAL_STAGE = "by_final_stage"
    """Demands from outside are independent; what reaches a stage on several paths from one of them moves together."""


def pooled_demand_bounds(
    own_bounds: npt.ArrayLike,
    edges: npt.ArrayLike,
    units: npt.ArrayLike | None = None,
    exponent: float = 2.0,
    pooling: Pooling = Pooling.BY_EDGE,
) -> FloatArray:
    """Demand bounds of all stages from those of demand from outside.

    By edge k_i = (own_i^p + sum over customers j of (u_ij k_j)^p)^(1/p); by final stage k_i is the p-norm over outside
    demands f of own_f times the units of i that all paths to f need. p = 2 for independent demands, p = 1 without
    pooling: Graves and Willems, Supply chain design: safety stock placement and supply chain configuration, 2003.

    Args:
        own_bounds: z sigma of demand from outside, (n,); 0 = none.
        edges: (m, 2) supplier and customer.
        units: Units of the supplier in one unit of the customer, (m,); None = 1.
        exponent: The p above, at least 1.
        pooling: Which demands are independent.

    Returns:
        (n,)

    Raises:
        ValueError: An argument breaks these rules, or the edges form a cycle.
    """
    own = numbers("own_bounds", own_bounds)
    network = ServiceNetwork.of(np.zeros(len(own)), np.zeros(len(own)), own, edges)
    links = network.edges
    counts = np.ones(len(links)) if units is None else numbers("units", units, length=len(links))
    if positive("exponent", exponent) < 1.0:
        raise ValueError(f"exponent must be at least 1, got {exponent!r}")
    by_edge = pooling is Pooling.BY_EDGE
    bounds, reach = own**exponent, np.diag(own)
    for stage in reversed(network.upstream_first()):
        for edge in np.nonzero(links[:, 0] == stage)[0].tolist():
            bounds[stage] += counts[edge] ** exponent * bounds[links[edge, 1]]
            if not by_edge:
                reach[stage] += counts[edge] * reach[links[edge, 1]]
    pooled: FloatArray = (bounds if by_edge else (reach**exponent).sum(axis=1)) ** (1.0 / exponent)
    return pooled


def place_safety_stock(
    network: ServiceNetwork, work_limit: float = 30.0, progress: Progress = no_progress
) -> ServicePlacement:
    """Service times of least holding cost for safety stock.

    Every placement has passed `check_placement`. An interrupted search returns the best it has found.

    Args:
        network: Stages and edges.
        work_limit: Deterministic seconds of CP-SAT; forests need none.
        progress: Told how many placements the search has found.

    Returns:
        Service times, stocks, cost, bound and status.

    Raises:
        ValueError: The work limit is not above 0.
    """
    limit = positive("work_limit", work_limit)
    solved = best_of_forest(network)
    if solved is None:
        answer = place_in_general(network, limit, progress)
    else:
        answer = placement(network, solved[0], solved[1], SolveStatus.OPTIMAL)
    wrong = check_placement(network, answer)
    if wrong:
        raise AssertionError("a placement breaks its own rules: " + "; ".join(wrong))
    return answer


__all__ = ["Pooling", "place_safety_stock", "pooled_demand_bounds"]
