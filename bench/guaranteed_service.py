"""Safety stock in trees of stages that promise each other service times, beside stockpyl.

Run by hand: `python bench/guaranteed_service.py`. Both place the safety stock of one random tree; the costs have to
be equal before speed is measured in stages per CPU second. Both begin with plain lists and arrays; ours also checks its
answer.
"""

from __future__ import annotations

import argparse
import math
import sys
from functools import partial

import numpy as np
from measure import append_history, measure, table

from optimize.stock.guaranteed_service import place_safety_stock, pooled_demand_bounds
from optimize.stock.service_network import ServiceNetwork

UNIT = "stages"
STAGES, LONGEST_LEAD, TREES = 100, 5, 200
GOAL = 2000.0
"""Times as many stages per CPU second as stockpyl, checks included."""


def tree(seed: int) -> ServiceNetwork:
    """A random tree: each stage buys from or sells to one of the six before it."""
    rng = np.random.default_rng(seed)
    links = [(int(rng.integers(max(0, stage - 6), stage)), stage) for stage in range(1, STAGES)]
    edges = np.array([pair if rng.random() < 0.5 else pair[::-1] for pair in links])
    is_last = ~np.isin(np.arange(STAGES), edges[:, 0])
    bounds = pooled_demand_bounds(np.where(is_last, 10.0, 0.0), edges)
    lead_times = rng.integers(1, LONGEST_LEAD, STAGES)
    limits = np.where(is_last, 1.0, math.inf)
    return ServiceNetwork.of(lead_times, rng.uniform(1, 10, STAGES), bounds, edges, limits)


def ours(network: ServiceNetwork, times: int = 1) -> float:
    """Least cost, worked out so many times from the arrays."""
    cost = 0.0
    for _ in range(times):
        read = ServiceNetwork.of(
            network.lead_times,
            network.holding_costs,
            network.demand_bounds,
            network.edges,
            network.promise_limits,
            network.inbound_times,
        )
        cost = place_safety_stock(read).cost
    return cost


def theirs(network: ServiceNetwork) -> float:
    """Least cost by stockpyl."""
    from stockpyl.gsm_tree import optimize_committed_service_times, preprocess_tree, relabel_nodes
    from stockpyl.supply_chain_network import network_from_edges

    stages = range(len(network.lead_times))
    is_last = ~np.isin(np.arange(len(network.lead_times)), network.edges[:, 0])
    model = network_from_edges(
        edges=[tuple(edge) for edge in network.edges.tolist()],
        node_order_in_lists=list(stages),
        processing_time=network.lead_times.tolist(),
        local_holding_cost=network.holding_costs.tolist(),
        demand_bound_constant=[1.0 for _ in stages],
        external_outbound_cst=[
            int(limit) if last else None for limit, last in zip(network.promise_limits, is_last, strict=True)
        ],
        demand_type=["N" if last else None for last in is_last],
        mean=[0.0 if last else None for last in is_last],
        standard_deviation=[
            bound if last else None
            for bound, last in zip(network.demand_bounds.tolist(), is_last, strict=True)
        ],
    )
    _, cost = optimize_committed_service_times(preprocess_tree(relabel_nodes(model)))
    return float(cost)


def main() -> int:
    """Compare, measure, print; exit code 1 if costs differ or the goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3, help="timed calls per contender (default 3)")
    parser.add_argument("--record", action="store_true", help="append the figures to bench/HISTORY.md")
    options = parser.parse_args()
    network = tree(seed=1)
    costs = ours(network), theirs(network)
    if not math.isclose(*costs, rel_tol=1e-9):
        print(f"costs differ: {costs[0]} and {costs[1]} of stockpyl", file=sys.stderr)
        return 1
    measurements = [
        measure("stockpyl", partial(theirs, network), STAGES, options.repeats),
        measure("dualedge", partial(ours, network, TREES), STAGES * TREES, options.repeats, warm_ups=1),
    ]
    print(table(measurements, UNIT))
    if options.record:
        append_history("guaranteed_service", measurements, UNIT)
    ratio = measurements[1].work_per_cpu_second / measurements[0].work_per_cpu_second
    print(f"{ratio:,.0f} times stockpyl (goal {GOAL:,.0f})")
    return 0 if ratio >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
