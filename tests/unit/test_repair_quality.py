"""Relapses and post-repair inspection, with a base that only remembers what it is told."""

from __future__ import annotations

from typing import Any

import pytest

from sim.books.charges import Charge
from sim.clock import SECONDS_PER_DAY
from tests.factory import merged
from tests.people_rooms import Bench
from tests.service_worlds import constant, service_world

REPAIRS = 4_000


def repaired(*, inspection_share: float = 0.0, relapse_share: float = 0.3, **repair: Any) -> Bench:
    """The rooms after so many repairs at the first second."""
    blocks = {
        "service": {"repair": repair},
        "policy": {"service": {"inspection_share": inspection_share}},
        "costs": {"service": {"per_inspection": 2.5}},
    }
    bench = Bench(service_world(days=28, **merged(blocks, {})))
    for number in range(REPAIRS):
        request = bench.request(str(number))
        request.technician = 0
        bench.quality.repaired(request, relapse_share)
    return bench


def near(share: float, of: int = REPAIRS) -> Any:
    """A count that is a binomial draw of this share: within four standard deviations."""
    return pytest.approx(share * of, abs=4 * (of * share * (1 - share)) ** 0.5)


def test_bad_repairs_fail_again_after_the_days_that_are_given() -> None:
    bench = repaired(relapse_days=constant(5))
    assert len(bench.neighbours.relapses) == near(0.3)
    assert {second for _, second in bench.neighbours.relapses} == {5 * SECONDS_PER_DAY}


def test_not_later_than_the_guarantee_and_not_without_one() -> None:
    late = repaired(relapse_days=constant(50), guarantee_days=30).neighbours.relapses
    assert {second for _, second in late} == {30 * SECONDS_PER_DAY}
    assert repaired(guarantee_days=0).neighbours.relapses == []


def test_good_repairs_hold() -> None:
    assert repaired(relapse_share=0.0).neighbours.relapses == []


def test_an_inspection_finds_its_share_of_bad_repairs_which_then_hold() -> None:
    blind, seen = repaired(), repaired(inspection_share=0.5, inspection_finds_share=0.8)
    rows = seen.tables["inspections"]
    bad, found = int(rows["is_bad"].sum()), int(rows["is_found"].sum())
    assert len(rows) == near(0.5)
    assert bad == near(0.3, len(rows))
    assert found == near(0.8, bad)
    # the same repairs are bad whether or not somebody looks
    spared = set(blind.neighbours.relapses) - set(seen.neighbours.relapses)
    assert {number for number, _ in spared} == set(rows["request"][rows["is_found"] == 1].tolist())
    assert set(seen.neighbours.relapses) <= set(blind.neighbours.relapses)


def test_all_inspected_and_all_found_is_no_relapse_at_all() -> None:
    bench = repaired(inspection_share=1.0, inspection_finds_share=1.0)
    assert bench.neighbours.relapses == []
    assert len(bench.tables["inspections"]) == REPAIRS


def test_inspections_are_paid_for_one_by_one() -> None:
    tables = repaired(inspection_share=0.25).tables
    charges = tables["charges"]
    assert set(charges["reason"].tolist()) == {Charge.POST_REPAIR_INSPECTION}
    assert charges["quantity"].sum() == len(tables["inspections"])
    assert set(charges["amount_minor"].tolist()) == {250}
