"""Pricing of routes: completion bounds on a grid, and labels that remember the stops near them.

A label is a path from the depot to a stop with its reduced cost, its two resources and the near stops it remembers.
It is dropped where another label at the stop is no worse in all of them, or where even the cheapest way home, by the
completion bounds, is not cheap enough. Baldacci, Mingozzi & Roberti (2011), "New route relaxation and pricing
strategies for the vehicle routing problem"; completion bounds without cycles of two as in Christofides, Mingozzi & Toth
(1981), "Exact algorithms for the vehicle routing problem".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, IntArray
from optimize.compilation import compiled
from optimize.routing.bounds.network import Memory, Network

LinkArray = npt.NDArray[np.int32]

BUCKET, LABELS, WORK, SERVED, IS_LOOSE = range(5)
NUMBERS = 5
RUNNING, FINISHED, FULL = range(3)
_NONE = -1
_ROUNDING = 1e-9
"""Share of a cell: a value at the edge of a cell may be rounded into the next one."""


class Completions(NamedTuple):
    """Least reduced cost from service at a stop back to the depot, by the cell of the resource at the stop."""

    best: FloatArray
    """(n, cells)."""
    following: LinkArray
    """(n, cells) next stop of that way, -1 for the depot."""
    second: FloatArray
    """(n, cells) the least with another next stop."""


class Labels(NamedTuple):
    """Paths that are kept, each at the place at which it was made."""

    node: LinkArray
    parent: LinkArray
    next_at_node: LinkArray
    """Next label at its stop, dearer or equal."""
    next_in_bucket: LinkArray
    cost: FloatArray
    """Reduced; infinite once the label is dominated."""
    first: FloatArray
    load: FloatArray
    remembered: IntArray
    """Bits: places in `Memory.near` of its stop."""


class Search(NamedTuple):
    """Where the labelling is."""

    at_node: LinkArray
    """(n,) cheapest label at a stop."""
    in_bucket: LinkArray
    """(buckets,) labels to be extended, by the first resource."""
    bucket_size: FloatArray
    """(1,)."""
    end: LinkArray
    """(n,) last label of the cheapest finished route that ends at a stop."""
    end_cost: FloatArray
    """(n,) its reduced cost."""
    numbers: IntArray
    """Single numbers, by the indices above."""


@compiled
def complete(
    network: Network, reduced: FloatArray, jump: LinkArray, open_cell: LinkArray, memory: Memory,
    completions: Completions,
) -> None:  # fmt: skip
    """Work out completion bounds.

    Args:
        network: The depot's routes.
        reduced: (n, n) reduced cost of each leg.
        jump: (n, n) cells of each leg, 1 or more.
        open_cell: (n,) least cell at a stop.
        memory: Of the labels: a way i, j, i is left out only where j remembers i.
        completions: Receives them.
    """
    stops, cells = completions.best.shape
    for cell in range(cells - 1, -1, -1):
        low = (cell - _ROUNDING) * network.cell_size
        for i in range(stops):
            best, following, second = np.inf, _NONE, np.inf
            limit = network.capacity if network.is_cut_by_load else network.closes[i]
            if low <= limit:
                if network.is_cut_by_load or low <= network.home_by[i]:
                    best = network.return_cost[i]
                for j in range(stops):
                    money = reduced[i, j]
                    if money == np.inf:
                        continue
                    to = max(cell + jump[i, j], open_cell[j])
                    if to >= cells:
                        continue
                    if completions.following[j, to] == i and memory.place[j, i] >= 0:
                        money += completions.second[j, to]
                    else:
                        money += completions.best[j, to]
                    if money < best:
                        second = best
                        best, following = money, j
                    elif money < second:
                        second = money
            completions.best[i, cell] = best
            completions.following[i, cell] = following
            completions.second[i, cell] = second


@compiled
def _way_home(
    network: Network,
    memory: Memory,
    completions: Completions,
    node: int,
    first: float,
    load: float,
    bits: int,
) -> float:
    """A lower bound on the reduced cost from a label back to the depot."""
    cell = int((load if network.is_cut_by_load else first) / network.cell_size)
    cell = min(cell, completions.best.shape[1] - 1)
    following = completions.following[node, cell]
    if following >= 0:
        place = memory.place[node, following]
        if place >= 0 and (bits >> place) & 1:
            return float(completions.second[node, cell])
    return float(completions.best[node, cell])


@compiled
def _keep(
    labels: Labels, search: Search, node: int, parent: int, cost: float, first: float, load: float, bits: int
) -> None:
    """Add a label unless another one is no worse; take away those that are no better than it."""
    at, loose = search.at_node[node], search.numbers[IS_LOOSE]
    before, steps = _NONE, 0
    while at != _NONE and labels.cost[at] <= cost:
        steps += 1
        better = labels.load[at] <= load and labels.remembered[at] & ~bits == 0
        if labels.first[at] <= first and (better or loose == 1):
            search.numbers[WORK] += steps
            return
        before, at = at, labels.next_at_node[at]
    label = search.numbers[LABELS]
    search.numbers[LABELS] += 1
    labels.node[label], labels.parent[label] = node, parent
    labels.cost[label], labels.first[label], labels.load[label] = cost, first, load
    labels.remembered[label] = bits
    if before == _NONE:
        search.at_node[node] = label
    else:
        labels.next_at_node[before] = label
    labels.next_at_node[label] = at
    bucket = min(int(first / search.bucket_size[0]), len(search.in_bucket) - 1)
    labels.next_in_bucket[label] = search.in_bucket[bucket]
    search.in_bucket[bucket] = label
    before = label
    while at != _NONE:
        steps += 1
        following = labels.next_at_node[at]
        worse = labels.load[at] >= load and bits & ~labels.remembered[at] == 0
        if labels.first[at] >= first and (worse or loose == 1):
            labels.cost[at] = np.inf
            labels.next_at_node[before] = following
        else:
            before = at
        at = following
    search.numbers[WORK] += steps


@compiled
def begin(
    network: Network, memory: Memory, completions: Completions, leave: FloatArray, labels: Labels,
    search: Search, cutoff: float,
) -> None:  # fmt: skip
    """Make the labels of all routes' first stops.

    Args:
        network: The depot's routes.
        memory: What labels remember.
        completions: Completion bounds.
        leave: (n,) reduced cost from the depot.
        labels: Receives them.
        search: Empty.
        cutoff: Routes of this reduced cost or more are of no interest.
    """
    for node in range(len(leave)):
        if leave[node] < np.inf:
            first, load = network.arrival[node], network.load[node]
            if leave[node] + _way_home(network, memory, completions, node, first, load, 1) < cutoff:
                _keep(labels, search, node, _NONE, leave[node], first, load, 1)


@compiled
def extend(
    network: Network, memory: Memory, completions: Completions, reduced: FloatArray, labels: Labels,
    search: Search, cutoff: float, work_limit: int,
) -> int:  # fmt: skip
    """Extend labels in the order of the first resource until none is left, or a limit comes.

    Args:
        network: The depot's routes.
        memory: What labels remember.
        completions: Completion bounds.
        reduced: (n, n) reduced cost of each leg.
        labels: All labels.
        search: Where the labelling is; goes on from there.
        cutoff: Routes of this reduced cost or more are of no interest.
        work_limit: Steps after which it returns.

    Returns:
        FINISHED, RUNNING after the limit, FULL where more room for labels is needed.
    """
    stops = len(reduced)
    numbers = search.numbers
    until = numbers[WORK] + work_limit
    while numbers[BUCKET] < len(search.in_bucket):
        bucket = numbers[BUCKET]
        label = search.in_bucket[bucket]
        if label == _NONE:
            numbers[BUCKET] += 1
            continue
        if numbers[LABELS] + stops > len(labels.node):
            return FULL
        if numbers[WORK] > until:
            return RUNNING
        search.in_bucket[bucket] = labels.next_in_bucket[label]
        cost = labels.cost[label]
        if cost == np.inf:
            continue
        node, first, load, bits = (
            labels.node[label],
            labels.first[label],
            labels.load[label],
            labels.remembered[label],
        )
        whole = cost + network.return_cost[node]
        if whole < search.end_cost[node] and first <= network.home_by[node]:
            search.end_cost[node] = whole
            search.end[node] = label
        numbers[WORK] += stops
        for j in range(stops):
            money = cost + reduced[node, j]
            if money == np.inf:
                continue
            place = memory.place[node, j]
            if place >= 0 and (bits >> place) & 1:
                continue
            taken = load + network.load[j]
            reached = max(network.opens[j], first + network.step[node, j])
            if taken > network.capacity or reached > network.closes[j]:
                continue
            kept, rest, position = 1, bits, 0
            while rest != 0:
                if rest & 1:
                    there = memory.place[j, memory.near[node, position]]
                    if there >= 0:
                        kept |= 1 << there
                rest >>= 1
                position += 1
            if money + _way_home(network, memory, completions, j, reached, taken, kept) < cutoff:
                _keep(labels, search, j, label, money, reached, taken, kept)
    return FINISHED


@compiled
def least_unfinished(
    network: Network, memory: Memory, completions: Completions, labels: Labels, search: Search
) -> float:
    """The least that a route of a label not yet extended may cost, by the completion bounds."""
    least = np.inf
    for bucket in range(search.numbers[BUCKET], len(search.in_bucket)):
        label = search.in_bucket[bucket]
        while label != _NONE:
            if labels.cost[label] < np.inf:
                node = labels.node[label]
                home = _way_home(
                    network, memory, completions, node, labels.first[label], labels.load[label],
                    labels.remembered[label],
                )  # fmt: skip
                least = min(least, labels.cost[label] + home)
            label = labels.next_in_bucket[label]
    return least
