"""Bugs planted in the engine, behind a scenario that stays as it is: the analytic shadow flags them, and only them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from scenarios import Distribution, Scenario
from sim.arrivals import Arrivals
from sim.contact import other_calls
from sim.depot import order_streams
from sim.depot.allocation import Allocation
from sim.installed_base import population
from sim.kernels.layout import Goods, Handling, OrderRules
from sim.parts.facts import Levels
from sim.suppliers.lead_times import LeadTimes
from sim.suppliers.quality import Quality
from sim.workforce import presence
from study.shadow import Shade, Verdict
from tests.theory import shadow_worlds as worlds

Plant = Callable[[pytest.MonkeyPatch], None]
World = Callable[[], Scenario]


def demand_is_three_per_cent_high(patch: pytest.MonkeyPatch) -> None:
    import sim.foundation as room

    none, steps = room.zero_probability_row, room.fixed_thresholds
    patch.setattr(room, "zero_probability_row", lambda rate, *rest: none(1.03 * rate, *rest))
    patch.setattr(room, "fixed_thresholds", lambda zero, rate, *rest: steps(zero, 1.03 * rate, *rest))


def deliveries_take_a_day_longer(patch: pytest.MonkeyPatch) -> None:
    begins = Allocation.__init__

    def late(self: Any, *rest: Any, **named: Any) -> None:
        begins(self, *rest, **named)
        self._own_lead_time_days = self._own_lead_time_days + 1

    patch.setattr(Allocation, "__init__", late)


def _rules_that(change: Callable[[OrderRules], OrderRules]) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        import sim.foundation as room

        build = room.build_rules
        patch.setattr(room, "build_rules", lambda *rest, **named: change(build(*rest, **named)))

    return plant


def work_takes_three_per_cent_longer(patch: pytest.MonkeyPatch) -> None:
    drawn = order_streams.drawn
    patch.setattr(order_streams, "drawn", lambda times, draws: 1.03 * drawn(times, draws))


def callers_are_five_per_cent_more_patient(patch: pytest.MonkeyPatch) -> None:
    drawn, patience = other_calls.drawn, 2.0

    def longer(times: Distribution, draws: Any) -> Any:
        return drawn(times, draws) * (1.05 if times.mean() == patience else 1.0)

    patch.setattr(other_calls, "drawn", longer)


def one_arrival_in_fifty_is_dropped(patch: pytest.MonkeyPatch) -> None:
    draw = Arrivals.draw

    def thinned(self: Arrivals) -> tuple[Any, Any]:
        keys, seconds = draw(self)
        kept = np.arange(keys.size) % 50 != 49
        return keys[kept], seconds[kept]

    patch.setattr(Arrivals, "draw", thinned)


def a_tenth_more_is_brought_back(patch: pytest.MonkeyPatch) -> None:
    import sim.foundation as room

    build = room.build_goods

    def more(*rest: Any) -> tuple[Goods, Handling]:
        goods, handling = build(*rest)
        threshold = (1.1 * handling.return_threshold.astype(np.float64)).astype(np.uint64)
        threshold.setflags(write=False)
        return goods, handling._replace(return_threshold=threshold)

    patch.setattr(room, "build_goods", more)


def units_fail_five_per_cent_more_often(patch: pytest.MonkeyPatch) -> None:
    hazards = population.hazards_by_age
    patch.setattr(population, "hazards_by_age", lambda *rest: 1.05 * hazards(*rest))


def every_tenth_rejected_lot_is_taken_in(patch: pytest.MonkeyPatch) -> None:
    sample = Quality.sample

    def lenient(self: Quality, lots: Any, defects: Any) -> tuple[Any, Any, Any]:
        sampled, found, is_rejected = sample(self, lots, defects)
        return sampled, found, is_rejected & (np.cumsum(is_rejected) % 10 != 0)

    patch.setattr(Quality, "sample", lenient)


def purchases_take_a_day_longer(patch: pytest.MonkeyPatch) -> None:
    draw = LeadTimes.draw
    patch.setattr(LeadTimes, "draw", lambda *rest: draw(*rest) + 1)


def illness_lasts_a_day_longer(patch: pytest.MonkeyPatch) -> None:
    drawn = presence.drawn
    patch.setattr(presence, "drawn", lambda *rest: drawn(*rest) + 1.0)


def parts_are_ordered_up_to_one_less(patch: pytest.MonkeyPatch) -> None:
    missing = Levels.missing

    def fewer(self: Levels, place: int, part: int, position: int) -> int:
        return missing(self, place, part, position + 1)

    patch.setattr(Levels, "missing", fewer)


@dataclass(frozen=True)
class Planted:
    """A bug, the smallest world that shows it, and the KPIs whose closed form it breaks."""

    plant: Plant
    world: World
    shown_by: frozenset[str]


def _bug(plant: Plant, world: World, *shown_by: str) -> Planted:
    return Planted(plant, world, frozenset(shown_by))


_later = _rules_that(lambda rules: rules._replace(reorder_point=rules.reorder_point - 1))
_higher = _rules_that(lambda rules: rules._replace(order_up_to=rules.order_up_to + 1))

BUGS = {
    "demand 3% high": _bug(demand_is_three_per_cent_high, worlds.base_stock, "demand_units"),
    "lead time of stores a day longer": _bug(deliveries_take_a_day_longer, worlds.base_stock, "fill_rate"),
    "reorder point off by one": _bug(_later, worlds.min_max, "fill_rate"),
    "order-up-to level off by one": _bug(_higher, worlds.min_max, "store_stock_units"),
    "work 3% longer": _bug(work_takes_three_per_cent_longer, worlds.constant_work, "picker_utilisation"),
    "patience 5% longer": _bug(
        callers_are_five_per_cent_more_patient, worlds.impatient_callers, "answer_seconds"
    ),
    "one arrival in fifty dropped": _bug(
        one_arrival_in_fifty_is_dropped, worlds.patient_callers, "contacts_per_day"
    ),
    "a tenth more returns": _bug(a_tenth_more_is_brought_back, worlds.returns, "return_rate"),
    "hazard 5% high": _bug(units_fail_five_per_cent_more_often, worlds.appliances, "failure_rate_per_year"),
    "a tenth of rejected lots accepted": _bug(
        every_tenth_rejected_lot_is_taken_in, worlds.inspection, "inspection_rejected_share"
    ),
    "lead time of suppliers a day longer": _bug(
        purchases_take_a_day_longer, worlds.purchases, "supplier_lead_time_days"
    ),
    "parts ordered up to one less": _bug(
        parts_are_ordered_up_to_one_less, worlds.spare_parts, "part_fill_station"
    ),
    "illness a day longer": _bug(illness_lasts_a_day_longer, worlds.technicians, "absence_share"),
}

SOUND: dict[str, tuple[World, set[str]]] = {
    "base stock": (worlds.base_stock, {"fill_rate", "store_stock_units", "backorder_units", "order_lines"}),
    "(s, S)": (worlds.min_max, {"fill_rate", "store_stock_units", "backorder_units", "order_lines"}),
    "(r, nQ)": (worlds.lots, {"fill_rate", "store_stock_units", "backorder_units", "order_lines"}),
    "newsvendor": (worlds.newsvendor, {"fill_rate", "cycle_service_level", "waste_share"}),
    "returns": (worlds.returns, {"return_rate", "demand_units"}),
    "purchases": (worlds.purchases, {"supplier_lead_time_days", "supplier_defects_ppm"}),
    "inspection": (worlds.inspection, {"inspection_rejected_share", "supplier_defects_ppm"}),
    "M/M/c": (worlds.orders, {"stream_wait_minutes", "picker_utilisation", "stream_orders"}),
    "M/D/c": (worlds.constant_work, {"stream_wait_minutes", "picker_utilisation", "stream_orders"}),
    "M/G/1": (worlds.one_picker, {"stream_wait_minutes", "picker_utilisation", "stream_orders"}),
    "Erlang C": (worlds.patient_callers, {"answer_seconds", "answer_level", "agent_utilisation"}),
    "Erlang A": (
        worlds.impatient_callers,
        {"answer_seconds", "answer_level", "abandonment_share", "agent_utilisation"},
    ),
    "jobs at the door": (
        worlds.jobs_at_the_door,
        {"service_requests", "response_hours", "service_backlog"},
    ),
    "installed base": (worlds.appliances, {"failure_rate_per_year"}),
    "spare parts": (worlds.spare_parts, {"part_fill_station", "part_fill_dc", "parts_owed_units"}),
    "technicians": (worlds.technicians, {"absence_share", "training_days_per_year"}),
}


@cache
def _sound(world: World) -> dict[str, Shade]:
    return worlds.shades_of(world())


@pytest.fixture(params=SOUND)
def sound(request: pytest.FixtureRequest) -> Iterator[tuple[dict[str, Shade], set[str]]]:
    world, wanted = SOUND[request.param]
    yield _sound(world), wanted


def test_a_sound_engine_is_not_flagged(sound: tuple[dict[str, Shade], set[str]]) -> None:
    shades, wanted = sound
    assert not worlds.flagged(shades)
    covered = {kpi for kpi, shade in shades.items() if shade.verdict is Verdict.COVERED}
    assert wanted <= covered


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_flagged(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bug = BUGS[name]
    bug.plant(monkeypatch)
    assert bug.shown_by & worlds.flagged(worlds.shades_of(bug.world()))
