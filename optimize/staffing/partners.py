"""Own capacity against partners: how many jobs a day to be ready for, and whom to have a contract with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt

from optimize.arguments import count, not_negative

FloatArray = npt.NDArray[np.float64]

_MOST_JOBS = 100_000
_MOST_PARTNERS = 12
_TIE = 1e-12


@dataclass(frozen=True)
class PartnerOffer:
    """Terms of a partner."""

    price_per_job: float
    minimum_per_day: int = 0
    """Jobs that are paid every day, whether there are so many or not."""
    capacity_per_day: int = _MOST_JOBS
    fixed_per_day: float = 0.0
    """Money for the contract alone."""

    def __post_init__(self) -> None:
        not_negative("price_per_job", self.price_per_job)
        not_negative("fixed_per_day", self.fixed_per_day)
        count("minimum_per_day", self.minimum_per_day, 0, _MOST_JOBS)
        count("capacity_per_day", self.capacity_per_day, self.minimum_per_day, _MOST_JOBS)


@dataclass(frozen=True)
class OwnCapacity:
    """What own people cost."""

    fixed_per_slot: float
    """Money per day for being ready for one more job a day."""
    cost_per_job: float = 0.0
    """Money per job done on top of it."""
    most_slots: int = _MOST_JOBS
    slots_per_person: int = 1
    """Jobs a day of one more person: slots come in multiples of it."""

    def __post_init__(self) -> None:
        not_negative("fixed_per_slot", self.fixed_per_slot)
        not_negative("cost_per_job", self.cost_per_job)
        count("most_slots", self.most_slots, 0, _MOST_JOBS)
        count("slots_per_person", self.slots_per_person, 1, _MOST_JOBS)


@dataclass(frozen=True)
class PartnerChoice:
    """Own people and contracts with the least expected cost, and what they lead to per day."""

    people: int
    slots: int
    """Jobs a day that own people can do."""
    contracts: tuple[bool, ...]
    """By partner: whether to have a contract."""
    cost_per_day: float
    """Expected."""
    own_jobs: float
    """Mean jobs done by own people."""
    partner_jobs: tuple[float, ...]
    """Mean jobs done by each partner."""
    unserved_jobs: float
    """Mean jobs that nobody does."""


@dataclass(frozen=True)
class _Source:
    """Somebody who does a number of jobs of a day at one price each."""

    name: int
    price: float
    jobs: int


_OWN, _NOBODY = -1, -2


def own_or_partner(
    jobs_per_day: float, own: OwnCapacity, partners: Sequence[PartnerOffer], unserved_cost: float
) -> PartnerChoice:
    """Own capacity and contracts with the least expected cost of a day, exact.

    Jobs of a day D are Poisson. Given slots x and contracts, jobs go where one more costs least: first to what is paid
    anyway (minimum volumes), then by price to own slots and partners, last to nobody at `unserved_cost`. With sources
    in that order, of price p(i), room u(i) and U(i) the room before,
    cost = fixed + sum p(i) (E[(D - U(i))+] - E[(D - U(i) - u(i))+]), a newsvendor with several suppliers. It is convex
    in x, being the value of a linear programme in one right-hand side; every set of contracts is tried.

    Args:
        jobs_per_day: mean, up to 10,000.
        own: What own people cost.
        partners: Offers, at most 12.
        unserved_cost: money per job that nobody does.

    Returns:
        The cheapest choice; of equal ones that with the fewest people and contracts.

    Raises:
        ValueError: an argument outside its bounds.
    """
    if not 0.0 <= jobs_per_day <= 10_000.0:
        raise ValueError(f"jobs_per_day is {jobs_per_day!r}, not from 0 to 10,000")
    not_negative("unserved_cost", unserved_cost)
    if len(partners) > _MOST_PARTNERS:
        raise ValueError(f"partners has {len(partners)} offers, more than {_MOST_PARTNERS}")
    beyond = _expected_beyond(jobs_per_day)
    best: PartnerChoice | None = None
    for contracts in sorted(product((False, True), repeat=len(partners)), key=lambda row: (sum(row), row)):
        choice = _best_people(contracts, own, partners, unserved_cost, beyond)
        if best is None or choice.cost_per_day < best.cost_per_day * (1.0 - _TIE):
            best = choice
    assert best is not None
    return best


def _best_people(
    contracts: tuple[bool, ...],
    own: OwnCapacity,
    partners: Sequence[PartnerOffer],
    unserved_cost: float,
    beyond: FloatArray,
) -> PartnerChoice:
    """Fewest people of least cost, by halving: one more pays as long as the convex cost falls."""
    low, high = 0, min(own.most_slots // own.slots_per_person, ceil(beyond.size / own.slots_per_person))
    while low < high:
        middle = (low + high) // 2
        here, more = (
            _choice(people, contracts, own, partners, unserved_cost, beyond).cost_per_day
            for people in (middle, middle + 1)
        )
        if more < here * (1.0 - _TIE):
            low = middle + 1
        else:
            high = middle
    return _choice(low, contracts, own, partners, unserved_cost, beyond)


def _expected_beyond(mean: float) -> FloatArray:
    """E[(D - u)+] of a Poisson number for u = 0, 1, 2, ... up to where nothing is left."""
    from scipy.special import pdtrc

    most = ceil(mean + 12.0 * sqrt(mean) + 30.0)
    # E[(D - u)+] is the sum of P(D > k) over k >= u; summed from the far end nothing is lost.
    tail = pdtrc(np.arange(most + 1.0), mean) if mean > 0.0 else np.zeros(most + 1)
    return np.asarray(np.cumsum(tail[::-1])[::-1])


def _choice(
    people: int,
    contracts: tuple[bool, ...],
    own: OwnCapacity,
    partners: Sequence[PartnerOffer],
    unserved_cost: float,
    beyond: FloatArray,
) -> PartnerChoice:
    slots = people * own.slots_per_person
    cost = own.fixed_per_slot * slots
    sources = [_Source(_OWN, own.cost_per_job, slots), _Source(_NOBODY, unserved_cost, beyond.size)]
    for index, offer in enumerate(partners):
        if contracts[index]:
            cost += offer.fixed_per_day + offer.price_per_job * offer.minimum_per_day
            sources.append(_Source(index, 0.0, offer.minimum_per_day))
            sources.append(
                _Source(index, offer.price_per_job, offer.capacity_per_day - offer.minimum_per_day)
            )
    # Of equal prices own people go first, and a job is done rather than left.
    sources.sort(key=lambda source: (source.price, source.name == _NOBODY, source.name))
    done = dict.fromkeys([_OWN, _NOBODY, *range(len(partners))], 0.0)
    used = 0
    for source in sources:
        jobs = _beyond(beyond, used) - _beyond(beyond, used + source.jobs)
        done[source.name] += jobs
        cost += source.price * jobs
        used += source.jobs
    return PartnerChoice(
        people=people,
        slots=slots,
        contracts=contracts,
        cost_per_day=cost,
        own_jobs=done[_OWN],
        partner_jobs=tuple(done[index] for index in range(len(partners))),
        unserved_jobs=done[_NOBODY],
    )


def _beyond(beyond: FloatArray, jobs: int) -> float:
    return float(beyond[jobs]) if jobs < beyond.size else 0.0


__all__ = ["OwnCapacity", "PartnerChoice", "PartnerOffer", "own_or_partner"]
