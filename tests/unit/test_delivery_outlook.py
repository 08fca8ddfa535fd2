"""What trucks are expected to bring on which weekdays, against calendars worked out by hand and against runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from optimize import DeliveryOutlook
from scenarios import WEEKDAYS
from tests.behaviour.worlds import chain, runs
from tests.delivery_worlds import EVEN_DAYS, ODD_DAYS, SERVED_ON, STORES, delivered


def days_of(*names: str) -> tuple[int, ...]:
    return tuple(sorted(WEEKDAYS.index(name) for name in names))  # type: ignore[arg-type]


def by_weekdays(*changes: dict[str, Any]) -> dict[tuple[int, ...], DeliveryOutlook]:
    return {days.weekdays: days for days in sim.outlook(delivered(*changes)).deliveries}


def transport(**values: Any) -> dict[str, Any]:
    return {"policy": {"transport": values}}


class TestCalendars:
    def test_orders_of_the_eve_are_driven_the_next_day(self) -> None:
        found = by_weekdays()
        assert set(found) == {days_of(*ODD_DAYS), days_of(*EVEN_DAYS)}
        for weekdays, stores in SERVED_ON.items():
            called = found[days_of(*weekdays)].stores.tolist()
            assert called == [STORES.index(store) for store in stores]

    def test_what_misses_the_wave_goes_a_day_later(self) -> None:
        early = {"policy": {"depot": {"waves": [{"cut_off_hour": 6.0}]}}}
        found = by_weekdays(early, transport(trucks=[{"type_id": "van", "count": 4, "start_hour": 5.0}]))
        # The wave after the shops close is at 6 on the next day; trucks that began at 5 still have hours left.
        assert set(found) == {days_of(*ODD_DAYS), days_of(*EVEN_DAYS)}
        night = transport(trucks=[{"type_id": "van", "count": 4, "start_hour": 1.0, "hours": 6.0}])
        later = by_weekdays(early, night)
        assert set(later) == {days_of("tue", "thu", "sat"), days_of("wed", "fri", "sun")}
        assert later[days_of("tue", "thu", "sat")].stores.tolist() == list(range(0, 12, 2))

    def test_trucks_that_rest_on_a_weekday_bring_its_goods_on_the_next(self) -> None:
        rest = [day for day in WEEKDAYS if day != "wed"]
        found = by_weekdays(
            transport(trucks=[{"type_id": "van", "count": 4, "start_hour": 5.0, "weekdays": rest}])
        )
        assert all(days_of("wed")[0] not in weekdays for weekdays in found)
        thursday = next(days for weekdays, days in found.items() if days_of("thu")[0] in weekdays)
        assert thursday.stores.tolist() == list(range(12))

    def test_holidays_and_single_dates_are_left_out(self) -> None:
        trucks = [{"type_id": "van", "count": 4, "start_hour": 5.0, "rests_on_dates": ["2026-01-07"]}]
        assert set(by_weekdays(transport(trucks=trucks))) == set(by_weekdays())

    def test_promises_are_for_the_day_of_the_drop_or_missed(self) -> None:
        for promised, row in ((0, 2), (1, 1), (2, 0)):
            for days in by_weekdays(transport(promised_days=promised)).values():
                assert days.orders_per_day[row].min() > 0.99
                assert days.orders_per_day.sum() == pytest.approx(days.orders_per_day[row].sum())

    def test_drops_given_to_carriers_are_so_much_less_probable(self) -> None:
        carriers = {"fleet": {"carriers": [{"id": "swift"}]}}
        hire = transport(hire={"carriers": [{"carrier_id": "swift"}], "share_of_drops": 0.25})
        for days in by_weekdays(carriers, hire).values():
            assert days.drop_probability == pytest.approx(np.full(6, 0.75), rel=1e-3)

    def test_without_trucks_nothing_is_delivered(self) -> None:
        assert sim.outlook(chain()).deliveries == ()


def test_loads_are_those_of_runs() -> None:
    scenario = delivered()
    results = runs(scenario, 3)
    grams, drops = np.zeros(12), np.zeros(12)
    for result in results:
        stops = result.tables["stops"]
        counted = stops["arrived_second"] >= result.labels.warm_up_days * 86_400
        grams += np.bincount(stops["store"][counted], stops["weight_grams"][counted], minlength=12)
        drops += np.bincount(stops["store"][counted], minlength=12)
    mean = grams / drops
    for days in sim.outlook(scenario).deliveries:
        assert days.problem.weight_grams == pytest.approx(mean[days.stores], rel=0.06)
