"""Networks of stages that promise each other service times, placements of safety stock in them, and their checker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, floats, numbers
from optimize.compilation import compiled
from scenarios import SolveStatus

IntArray = npt.NDArray[np.int64]

LONGEST_HORIZON = 100_000
"""Periods that goods may take through a network at most."""


@dataclass(frozen=True, eq=False)
class ServiceNetwork:
    """Stages and what they need from each other, n stages and m edges; made and checked by `of`."""

    lead_times: IntArray
    """(n,): periods of a stage's own work [T]."""
    holding_costs: FloatArray
    """(n,): money per unit and period of safety stock [h]."""
    demand_bounds: FloatArray
    """(n,): demand of tau periods exceeds its mean by at most sqrt(tau) times this, units [k = z sigma]."""
    edges: IntArray
    """(m, 2): supplier and customer."""
    promise_limits: IntArray
    """(n,): a stage promises no more periods than this [l]; beyond the longest wait it says nothing."""
    inbound_times: IntArray
    """(n,): periods a stage waits at least, for goods from outside [s]."""
    longest: IntArray
    """(n,): periods to replenish a stage if nobody upstream keeps stock."""

    @classmethod
    def of(
        cls,
        lead_times: npt.ArrayLike,
        holding_costs: npt.ArrayLike,
        demand_bounds: npt.ArrayLike,
        edges: npt.ArrayLike,
        promise_limits: npt.ArrayLike | None = None,
        inbound_times: npt.ArrayLike | None = None,
    ) -> ServiceNetwork:
        """Check the arrays and make a network of them.

        Args:
            lead_times: (n,) whole periods.
            holding_costs: (n,)
            demand_bounds: (n,)
            edges: (m, 2) supplier and customer, each pair once; m may be 0.
            promise_limits: (n,) whole periods, infinite where there is none; None = none anywhere.
            inbound_times: (n,) whole periods; None = 0 everywhere.

        Returns:
            The network.

        Raises:
            ValueError: A number breaks these rules, or the edges form a cycle.
        """
        lead = _periods("lead_times", lead_times, None)
        stages = len(lead)
        inbound = _periods(
            "inbound_times", np.zeros(stages) if inbound_times is None else inbound_times, stages
        )
        links = _edges(edges, stages)
        longest = np.zeros(stages, np.int64)
        missing = np.bincount(links[:, 1], minlength=stages)
        on_no_cycle = _fill_longest(lead, inbound, links, missing, longest)
        if on_no_cycle < stages:
            raise ValueError(f"edges must form no cycle, got one that holds up {stages - on_no_cycle} stages")
        if longest.max() > LONGEST_HORIZON:
            raise ValueError(
                f"lead_times must add up to at most {LONGEST_HORIZON} on any path, got {longest.max()}"
            )
        limits = np.full(stages, np.inf) if promise_limits is None else _limits(promise_limits, stages)
        return cls(
            lead_times=lead,
            holding_costs=numbers("holding_costs", holding_costs, length=stages),
            demand_bounds=numbers("demand_bounds", demand_bounds, length=stages),
            edges=links,
            promise_limits=np.minimum(limits, longest).astype(np.int64),
            inbound_times=inbound,
            longest=longest,
        )

    @property
    def coefficients(self) -> FloatArray:
        """(n,): cost of safety stock for one period; tau periods cost sqrt(tau) times as much."""
        product: FloatArray = self.holding_costs * self.demand_bounds
        return product

    def upstream_first(self) -> list[int]:
        """Stages, every supplier before its customers."""
        missing = np.bincount(self.edges[:, 1], minlength=len(self.lead_times))
        order = np.nonzero(missing == 0)[0].tolist()
        for stage in order:
            for customer in self.edges[self.edges[:, 0] == stage, 1].tolist():
                missing[customer] -= 1
                if missing[customer] == 0:
                    order.append(customer)
        return order

    def waits(self, outbound: IntArray) -> IntArray:
        """Shortest inbound times (n,) under given promises."""
        inbound = self.inbound_times.copy()
        np.maximum.at(inbound, self.edges[:, 1], outbound[self.edges[:, 0]])
        return inbound

    def kept_promises(self, outbound: IntArray) -> IntArray:
        """Promises (n,) no later than goods are there without any stock; this never costs more."""
        kept = np.zeros_like(outbound)
        for stage in self.upstream_first():
            there = max(
                [int(self.inbound_times[stage]), *kept[self.edges[self.edges[:, 1] == stage, 0]].tolist()]
            )
            kept[stage] = min(outbound[stage], there + self.lead_times[stage])
        return kept


@dataclass(frozen=True, eq=False)
class ServicePlacement:
    """Service times of n stages and the safety stock they ask for."""

    outbound: IntArray
    """(n,): periods promised to customers [S]."""
    inbound: IntArray
    """(n,): periods waited for the slowest supplier [SI]."""
    covered: IntArray
    """(n,): periods that safety stock covers [tau]."""
    safety_stock: FloatArray
    """(n,): units."""
    cost: float
    """Money per period for holding it."""
    bound: float
    """No placement costs less."""
    status: SolveStatus

    @property
    def gap(self) -> float:
        """Distance of cost and bound relative to the cost; 0 where nothing costs anything."""
        return 0.0 if self.cost == 0.0 else (self.cost - self.bound) / self.cost


def placement(
    network: ServiceNetwork, outbound: IntArray, bound: float, status: SolveStatus
) -> ServicePlacement:
    """The placement that given promises lead to, waiting no longer than they ask for.

    Where waiting costs nothing a solver may promise later than goods are there: such promises come forward.

    Args:
        network: Stages and edges.
        outbound: (n,) promises.
        bound: Least cost of any placement, as far as known.
        status: What is known about it.

    Returns:
        Service times, stocks and cost.
    """
    inbound = network.waits(outbound)
    if (outbound > inbound + network.lead_times).any():
        outbound = network.kept_promises(outbound)
        inbound = network.waits(outbound)
    covered = inbound + network.lead_times - outbound
    stock = network.demand_bounds * np.sqrt(covered)
    cost = float((network.holding_costs * stock).sum())
    return ServicePlacement(outbound, inbound, covered, stock, cost, min(bound, cost), status)


def check_placement(network: ServiceNetwork, answer: ServicePlacement, tolerance: float = 1e-9) -> list[str]:
    """What is wrong with a placement, worked out from the network alone, stage by stage.

    Args:
        network: Stages and edges.
        answer: Placement to check.
        tolerance: Relative error of stocks and cost that is let pass.

    Returns:
        One sentence per rule broken; empty where all hold.
    """
    stages = len(network.lead_times)
    of_stages = (answer.outbound, answer.inbound, answer.covered, answer.safety_stock)
    if any(len(array) != stages for array in of_stages):
        return [f"service times are not those of {stages} stages"]
    wrong = []
    outbound, inbound = answer.outbound.tolist(), answer.inbound.tolist()
    for supplier, customer in network.edges.tolist():
        if outbound[supplier] > inbound[customer]:
            wrong.append(
                f"stage {customer} waits {inbound[customer]} for stage {supplier}, "
                f"which promises {outbound[supplier]}"
            )
    covered, stocks = answer.covered.tolist(), answer.safety_stock.tolist()
    limits, outside = network.promise_limits.tolist(), network.inbound_times.tolist()
    lead_times, bounds = network.lead_times.tolist(), network.demand_bounds.tolist()
    holding_costs = network.holding_costs.tolist()
    cost = 0.0
    for stage in range(stages):
        net = inbound[stage] + lead_times[stage] - outbound[stage]
        if not 0 <= outbound[stage] <= limits[stage]:
            wrong.append(f"stage {stage} promises {outbound[stage]}, not 0 .. {limits[stage]}")
        if inbound[stage] < outside[stage]:
            wrong.append(
                f"stage {stage} waits {inbound[stage]}, but goods from outside take {outside[stage]}"
            )
        if net < 0 or net != covered[stage]:
            wrong.append(f"stage {stage} covers {covered[stage]} periods, its times leave {net}")
        stock = bounds[stage] * max(net, 0) ** 0.5
        if abs(stock - stocks[stage]) > tolerance * max(stock, 1e-300):
            wrong.append(f"stage {stage} keeps {stocks[stage]} units, not {stock}")
        cost += holding_costs[stage] * stock
    if abs(cost - answer.cost) > tolerance * max(cost, 1e-300):
        wrong.append(f"the cost is {cost}, not {answer.cost}")
    if answer.bound > cost * (1.0 + tolerance):
        wrong.append(f"the bound {answer.bound} is above the cost {cost}")
    return wrong


@compiled
def _fill_longest(
    lead_times: IntArray, inbound_times: IntArray, edges: IntArray, missing: IntArray, longest: IntArray
) -> int:
    """Fill the longest waits, given how many suppliers of each stage are open; how many stages lie behind no cycle."""
    stages, known, finds = len(lead_times), 0, True
    for stage in range(stages):
        longest[stage] = inbound_times[stage] + lead_times[stage]
    while finds:
        finds = False
        for stage in range(stages):
            if missing[stage] == 0:
                missing[stage], finds = -1, True
                known += 1
                for edge in range(len(edges)):
                    if edges[edge, 0] == stage:
                        customer = edges[edge, 1]
                        longest[customer] = max(longest[customer], longest[stage] + lead_times[customer])
                        missing[customer] -= 1
    return known


def _periods(name: str, values: npt.ArrayLike, length: int | None) -> IntArray:
    array = numbers(name, values, length=length)
    fractional = array != np.floor(array)
    if fractional.any():
        index = int(np.argmax(fractional))
        raise ValueError(f"{name}[{index}] must be whole periods, got {array[index]:g}")
    return np.minimum(array, LONGEST_HORIZON + 1).astype(np.int64)


def _limits(values: npt.ArrayLike, stages: int) -> FloatArray:
    array = floats("promise_limits", values)
    unbounded = np.isposinf(array)
    whole = _periods("promise_limits", np.where(unbounded, 0.0, array), stages)
    return np.where(unbounded, np.inf, whole)


def _edges(edges: npt.ArrayLike, stages: int) -> IntArray:
    given = floats("edges", edges)
    links = given.reshape(0, 2) if given.size == 0 else given
    if links.ndim != 2 or links.shape[1] != 2:
        raise ValueError(f"edges must be pairs of supplier and customer, got shape {given.shape}")
    wrong = ~((links >= 0) & (links < stages) & (links == np.floor(links))).all(axis=1)
    if wrong.any():
        index = int(np.argmax(wrong))
        raise ValueError(f"edges[{index}] must name two of {stages} stages, got {links[index].tolist()}")
    whole = links.astype(np.int64)
    _, first = np.unique(whole[:, 0] * stages + whole[:, 1], return_index=True)
    if len(first) < len(whole):
        index = min(set(range(len(whole))) - set(first.tolist()))
        raise ValueError(f"edges[{index}] must be named once, got {whole[index].tolist()} again")
    return whole


__all__ = ["LONGEST_HORIZON", "ServiceNetwork", "ServicePlacement", "check_placement", "placement"]
