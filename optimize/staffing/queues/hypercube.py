"""Servers who stand in different places and are sent by preference: the hypercube model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimize.arguments import not_negatives

FloatArray = npt.NDArray[np.float64]

_MOST_SERVERS = 11


@dataclass(frozen=True, eq=False)
class Hypercube:
    """Steady state of servers sent by preference, where calls that find all busy are lost."""

    lost_share: float
    """Share of calls that find all busy."""
    workloads: FloatArray
    """(servers,): share of time each is busy."""
    dispatch_share: FloatArray
    """(servers, atoms): share of all dispatches that send this server to this atom."""
    state_shares: FloatArray
    """(2^servers,): share of time in each state; bit i of its number says that server i is busy."""


def hypercube(
    atom_rates: Sequence[float] | FloatArray,
    service_rates: Sequence[float] | FloatArray,
    preference: Sequence[Sequence[int]],
) -> Hypercube:
    """Zero-line hypercube: every call goes to the first free server of its atom's list, or is lost.

    Balance equations of the Markov chain over the 2^N sets of busy servers (Larson 1974, Computers and Operations
    Research 1), solved directly.

    Args:
        atom_rates: (atoms,): Poisson calls per unit of time.
        service_rates: (servers,): exponential, same unit, above 0; at most 11 servers.
        preference: one permutation of all servers for each atom, nearest first.

    Raises:
        ValueError: an argument outside its bounds, no call at all, or a list that is no permutation.
    """
    calls, service = not_negatives("atom_rates", atom_rates), not_negatives("service_rates", service_rates)
    servers = service.size
    if servers > _MOST_SERVERS:
        raise ValueError(f"service_rates has {servers} servers, more than {_MOST_SERVERS}")
    if not (service > 0).all():
        raise ValueError("service_rates holds 0.0, not a rate above 0")
    if calls.sum() == 0.0:
        raise ValueError("atom_rates holds no rate above 0")
    if len(preference) != calls.size or any(sorted(row) != list(range(servers)) for row in preference):
        raise ValueError(
            f"preference is no list of permutations of 0 to {servers - 1} for {calls.size} atoms"
        )
    states = np.arange(2**servers)
    busy = (states[:, None] >> np.arange(servers)) & 1 == 1
    sent = _sent(busy, preference)
    shares = _stationary(busy, sent, calls, service)
    dispatches = np.zeros((servers, calls.size))
    for atom, rate in enumerate(calls):
        dispatches[:, atom] = rate * np.bincount(sent[:-1, atom], shares[:-1], servers)
    return Hypercube(float(shares[-1]), shares @ busy, dispatches / dispatches.sum(), shares)


def _sent(busy: npt.NDArray[np.bool_], preference: Sequence[Sequence[int]]) -> npt.NDArray[np.int64]:
    """(states, atoms): the server who is sent; any number in the last state, where nobody is."""
    lists = np.asarray(preference, np.int64)
    first_free = np.argmin(busy[:, lists], axis=2)
    return np.asarray(np.take_along_axis(lists[None, :, :], first_free[:, :, None], axis=2)[:, :, 0])


def _stationary(
    busy: npt.NDArray[np.bool_], sent: npt.NDArray[np.int64], calls: FloatArray, service: FloatArray
) -> FloatArray:
    """Solve the balance equations, the last one replaced by the sum."""
    count, servers = busy.shape
    states = np.arange(count)
    flow = np.zeros((count, count))
    for atom, rate in enumerate(calls):
        np.add.at(flow, (states[:-1], states[:-1] | (1 << sent[:-1, atom])), rate)
    for server in range(servers):
        working = states[busy[:, server]]
        flow[working, working ^ (1 << server)] += service[server]
    equations = flow.T - np.diag(flow.sum(axis=1))
    equations[-1] = 1.0
    return np.linalg.solve(equations, np.eye(count)[-1])


__all__ = ["Hypercube", "hypercube"]
