"""The staging area: picked goods wait there for their truck, and while it is full nothing more is picked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from scenarios import Scenario
from sim import RunResult
from tests.behaviour.test_transport import fleet
from tests.behaviour.worlds import base_stock, kpis, run, runs, surely_positive

HOUR, DAY = 3_600, 86_400

NIGHT: Mapping[str, Any] = {
    "horizon": {"days": 28, "warm_up_days": 7},
    "depot": {
        "picking": {"seconds_per_list": 600.0, "seconds_per_line": 120.0, "coefficient_of_variation": 0.3},
        "docks": {"doors": 2},
    },
    "policy": {
        "replenishment": base_stock(40)["replenishment"],
        "depot": {
            "waves": [{"cut_off_hour": 22.0}],
            "pickers": [{"people": 2, "start_hour": 22, "hours": 10}],
        },
        "transport": {
            "trucks": [{"type_id": "van", "count": 3, "start_hour": 4.0, "hours": 10.0}],
            "planning": "given",
            "routes": {
                "master": [{"stores": ["S0", "S1"]}, {"stores": ["S2", "S3"]}, {"stores": ["S4", "S5"]}],
            },
        },
    },
}
"""Three rounds of two stores each are picked by night and leave at four in the morning."""


def night(staging: Mapping[str, Any] | None, *changes: Mapping[str, Any]) -> Scenario:
    return fleet(NIGHT, *([{"depot": {"staging": staging}}] if staging is not None else []), *changes)


def test_an_unlimited_area_changes_nothing() -> None:
    with_area, without = run(night({})), run(night(None))
    assert len(with_area.tables["staging"]) and not len(without.tables["staging"])
    for name, table in without.tables.items():
        if name != "staging":
            for column, values in table.columns.items():
                assert (values == with_area.tables[name][column]).all(), (name, column)
    assert (with_area.panels.day == without.panels.day).all()
    assert (with_area.ledger == without.ledger).all()
    changed = {name for name, value in with_area.kpis.items() if value != without.kpis[name]}
    named = {
        name for name in changed if not (np.isnan(with_area.kpis[name]) and np.isnan(without.kpis[name]))
    }
    assert named == {"staging_peak_litres", "staging_wait_hours"}


@pytest.mark.parametrize(
    "small", [{"capacity": 2, "unit": "drops"}, {"capacity": 60.0, "unit": "cases"}, {"capacity": 30.0}]
)
def test_a_small_area_delays_departures(small: Mapping[str, Any]) -> None:
    """Room for one round: the second is picked once the first is on its truck."""
    little, plenty = runs(night(small)), runs(night({}))
    assert surely_positive(departed_late(little) - departed_late(plenty))
    assert surely_positive(kpis(plenty, "dispatch_punctuality") - kpis(little, "dispatch_punctuality"))
    assert surely_positive(kpis(little, "picking_hours") - kpis(plenty, "picking_hours"))
    assert (kpis(little, "staging_wait_hours") > 1.0).all()


def departed_late(results: list[RunResult]) -> np.ndarray:
    """Mean seconds from the planned to the true departure, by run."""
    late = []
    for result in results:
        trips = result.tables["trips"]
        late.append((trips["departed_second"] - trips["planned_second"]).mean())
    return np.array(late)


def test_room_for_one_round_holds_one_round_at_a_time() -> None:
    result = run(night({"capacity": 2, "unit": "drops"}))
    staging = result.tables["staging"]
    taken, left = staging["taken_second"], staging["left_second"]
    gone = left >= 0
    order = np.argsort(taken[gone], kind="stable")
    assert (taken[gone][order][1:] >= left[gone][order][:-1]).all()
    assert result.kpis["staging_peak_utilisation"] == 1.0
    busy = (np.minimum(left, 28 * DAY) - np.maximum(taken, 7 * DAY)).clip(0) * staging["room"]
    assert result.kpis["staging_utilisation"] == pytest.approx(busy[gone].sum() / (2 * 21 * DAY), abs=0.02)


def test_a_trip_that_needs_more_room_than_there_is_stands_there_alone() -> None:
    result = run(night({"capacity": 1, "unit": "drops"}))
    assert result.kpis["staging_peak_utilisation"] == 2.0
    assert len(result.tables["trips"]) > 20


def test_goods_for_carriers_need_no_room() -> None:
    """With all goods by carrier even the smallest area changes nothing."""
    hired = {
        "fleet": {"carriers": [{"id": "swift"}]},
        "policy": {"transport": {"hire": {"carriers": [{"carrier_id": "swift"}], "share_of_drops": 1.0}}},
    }
    small, none = run(night({"capacity": 1, "unit": "drops"}, hired)), run(night(None, hired))
    assert not len(small.tables["staging"]) and len(small.tables["carrier_drops"])
    assert (small.tables["drops"]["ready_second"] == none.tables["drops"]["ready_second"]).all()


def test_what_does_not_fit_is_put_to_stores_in_a_later_round() -> None:
    together = {"policy": {"depot": {"picking": "put_to_store"}}}
    little, plenty = (run(night(area, together)) for area in ({"capacity": 2, "unit": "drops"}, {}))
    assert little.kpis["dispatch_punctuality"] < plenty.kpis["dispatch_punctuality"]
    assert little.tables["trips"]["drops"].sum() > 0.5 * plenty.tables["trips"]["drops"].sum()
