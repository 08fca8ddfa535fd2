"""Own people against partners: newsvendor, brute force, days played out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations, product
from math import nan

import numpy as np
import pytest
from scipy.stats import poisson

from optimize.staffing.partners import OwnCapacity, PartnerOffer, own_or_partner


def cost_of_day(
    jobs: int, slots: int, own: OwnCapacity, partners: Sequence[PartnerOffer], unserved: float
) -> float:
    """Least cost of one day by trying every split of its jobs over own people and partners."""
    best = np.inf
    rooms = [range(min(jobs, partner.capacity_per_day) + 1) for partner in partners]
    for split in product(range(min(jobs, slots) + 1), *rooms):
        left = jobs - sum(split)
        if left >= 0:
            paid = sum(
                partner.fixed_per_day + partner.price_per_job * max(partner.minimum_per_day, number)
                for partner, number in zip(partners, split[1:], strict=True)
            )
            best = min(
                best, own.fixed_per_slot * slots + own.cost_per_job * split[0] + paid + unserved * left
            )
    return best


def test_newsvendor_without_minimum() -> None:
    """One partner who takes everything: the smallest x with P(D <= x) >= (p - v - f) / (p - v)."""
    own, partner = OwnCapacity(fixed_per_slot=30.0, cost_per_job=10.0), PartnerOffer(price_per_job=100.0)
    found = own_or_partner(18.0, own, [partner], 500.0)
    assert found.slots == poisson.ppf((90.0 - 30.0) / 90.0, 18.0)
    assert found.unserved_jobs == pytest.approx(0.0, abs=1e-9)
    assert found.own_jobs + found.partner_jobs[0] == pytest.approx(18.0, rel=1e-9)


OFFERS = [
    PartnerOffer(price_per_job=45.0, minimum_per_day=2, capacity_per_day=4),
    PartnerOffer(price_per_job=60.0, capacity_per_day=3, fixed_per_day=5.0),
]


@pytest.mark.parametrize(
    "own",
    [OwnCapacity(25.0, 8.0), OwnCapacity(40.0, 0.0), OwnCapacity(25.0, 50.0), OwnCapacity(15.0, 8.0, 2)],
)
def test_no_other_choice_is_cheaper(own: OwnCapacity) -> None:
    mean, unserved, most = 3.5, 150.0, 13
    shares = poisson.pmf(np.arange(most + 1), mean)
    found = own_or_partner(mean, own, OFFERS, unserved)
    costs = {}
    for slots in range(min(8, own.most_slots) + 1):
        for contracts in product((False, True), repeat=2):
            chosen = [offer for offer, has in zip(OFFERS, contracts, strict=True) if has]
            days = [cost_of_day(jobs, slots, own, chosen, unserved) for jobs in range(most + 1)]
            costs[slots, contracts] = float(shares @ days)
    assert found.cost_per_day == pytest.approx(min(costs.values()), rel=1e-3)
    assert costs[found.slots, found.contracts] == pytest.approx(min(costs.values()), rel=1e-9)


def test_a_dear_minimum_is_not_taken() -> None:
    own = OwnCapacity(20.0)
    assert own_or_partner(5.0, own, [PartnerOffer(40.0, minimum_per_day=5)], 200.0).contracts == (False,)
    assert own_or_partner(5.0, own, [PartnerOffer(40.0)], 200.0).contracts == (True,)


def test_nothing_is_left_undone_where_somebody_is_cheaper() -> None:
    limited = own_or_partner(
        10.0, OwnCapacity(50.0, most_slots=3), [PartnerOffer(70.0, capacity_per_day=2)], 80.0
    )
    assert limited.slots <= 3 and limited.unserved_jobs > 4.0
    assert limited.own_jobs + sum(limited.partner_jobs) + limited.unserved_jobs == pytest.approx(
        10.0, rel=1e-9
    )
    cheap = own_or_partner(10.0, OwnCapacity(50.0), [PartnerOffer(70.0)], 10.0)
    assert cheap.people == 0 and cheap.contracts == (False,) and cheap.cost_per_day == pytest.approx(100.0)


def test_people_come_whole() -> None:
    found = own_or_partner(
        20.0, OwnCapacity(10.0, slots_per_person=6, most_slots=20), [PartnerOffer(90.0)], 500.0
    )
    assert found.slots == 18 and found.people == 3


def test_order_and_currency_do_not_matter() -> None:
    own, plain = OwnCapacity(25.0, 8.0), own_or_partner(12.0, OwnCapacity(25.0, 8.0), OFFERS, 150.0)
    for order in permutations(range(2)):
        found = own_or_partner(12.0, own, [OFFERS[index] for index in order], 150.0)
        assert found.cost_per_day == pytest.approx(plain.cost_per_day, rel=1e-12)
        assert [found.contracts[order.index(index)] for index in range(2)] == list(plain.contracts)
    cents = [
        PartnerOffer(
            offer.price_per_job * 100,
            offer.minimum_per_day,
            offer.capacity_per_day,
            offer.fixed_per_day * 100,
        )
        for offer in OFFERS
    ]
    dear = own_or_partner(12.0, OwnCapacity(2_500.0, 800.0), cents, 15_000.0)
    assert (dear.slots, dear.contracts) == (plain.slots, plain.contracts)


def test_dearer_partners_never_mean_fewer_own_people() -> None:
    slots = [
        own_or_partner(12.0, OwnCapacity(25.0), [PartnerOffer(price)], 1_000.0).slots
        for price in (20.0, 40.0, 80.0, 400.0)
    ]
    assert slots == sorted(slots) and slots[0] == 0 and slots[3] > 12


def test_no_jobs_need_nobody() -> None:
    found = own_or_partner(0.0, OwnCapacity(10.0), OFFERS, 100.0)
    assert found.people == 0 and found.cost_per_day == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: own_or_partner(nan, OwnCapacity(1.0), [], 1.0), "jobs_per_day .*nan"),
        (lambda: own_or_partner(1e6, OwnCapacity(1.0), [], 1.0), "jobs_per_day .*1000000.0"),
        (lambda: own_or_partner(1.0, OwnCapacity(1.0), [], -1.0), "unserved_cost .*-1.0"),
        (lambda: own_or_partner(1.0, OwnCapacity(1.0), [PartnerOffer(1.0)] * 13, 1.0), "13 offers"),
        (lambda: OwnCapacity(-1.0), "fixed_per_slot .*-1.0"),
        (lambda: OwnCapacity(1.0, slots_per_person=0), "slots_per_person .*0"),
        (
            lambda: PartnerOffer(1.0, minimum_per_day=5, capacity_per_day=4),
            "capacity_per_day .*4",
        ),
        (lambda: PartnerOffer(nan), "price_per_job .*nan"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
