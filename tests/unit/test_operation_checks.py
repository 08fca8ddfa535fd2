"""What a scenario may not say of work in centres and of transport; each case is one rule, at its path."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import check
from tests.factory import STORES, merged, tiny_scenario

PICKERS = {"people": 1, "start_hour": 22.0, "hours": 8.0}
DRIVEN: dict[str, Any] = {
    "depot": {"picking": {}, "docks": {}},
    "fleet": {
        "truck_types": [{"id": "van", "capacity_kg": 900.0, "capacity_litres": 4_000.0}],
        "carriers": [{"id": "swift"}, {"id": "thrift"}],
    },
    "policy": {
        "depot": {"pickers": [PICKERS]},
        "transport": {"mode": "fleet", "trucks": [{"type_id": "van", "count": 1}]},
    },
}


def found(changes: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and paths of all problems, of the driven chain with some changes."""
    return [(problem.code, problem.path) for problem in check(tiny_scenario(**merged(DRIVEN, changes)))]


def transport(**values: Any) -> dict[str, Any]:
    return {"policy": {"transport": values}}


def depot(**values: Any) -> dict[str, Any]:
    return {"policy": {"depot": values}}


def test_the_driven_chain_is_good() -> None:
    assert found({}) == []


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        (
            transport(trucks=[{"type_id": "van", "count": 1, "weekdays": ["mon", "mon"]}]),
            "E502",
            "policy.transport.trucks[0].weekdays",
        ),
        (
            transport(trucks=[{"type_id": "van", "count": 1, "rests_on_holidays": ["Easter"]}]),
            "E501",
            "policy.transport.trucks[0].rests_on_holidays[0]",
        ),
        (
            depot(waves=[{"cut_off_hour": 20.0, "rests_on_dates": ["2026-01-01", "2026-01-01"]}]),
            "E502",
            "policy.depot.waves[0].rests_on_dates",
        ),
        (
            transport(
                trucks=[{"type_id": "van", "count": 1, "weekdays": ["mon", "tue"]}],
                planning="given",
                routes={
                    "master": [
                        {"stores": [store["store_id"] for store in STORES], "weekdays": ["wed"]},
                    ],
                },
            ),
            "W601",
            "policy.transport.routes.master[0].weekdays",
        ),
    ],
)
def test_days_that_do_not_go_together(changes: dict[str, Any], code: str, path: str) -> None:
    assert found(changes) == [(code, path)]


def test_an_area_for_goods_that_wait_for_trucks_needs_trucks() -> None:
    area = {"depot": {"staging": {"capacity": 50, "unit": "cases"}}}
    assert found(area) == []
    carried = {"hire": {"carriers": [{"carrier_id": "swift"}]}, "trucks": []}
    assert ("W602", "depot.staging") in found({**area, **transport(**carried)})
    undriven = {"depot": {"picking": {}, "staging": {}}, "policy": {"depot": {"pickers": [PICKERS]}}}
    paths = [(problem.code, problem.path) for problem in check(tiny_scenario(**undriven))]
    assert paths == [("W602", "depot.staging")]


def test_time_for_inspection_needs_inspection() -> None:
    goods_in = {"inspection_seconds_per_unit": 30.0}
    changes = {"depot": {"goods_in": goods_in}, **depot(receivers=[PICKERS], pickers=[PICKERS])}
    path = "depot.goods_in.inspection_seconds_per_unit"
    assert found(changes) == [("W602", path)]
    inspected = {"policy": {**changes["policy"], "sourcing": {"inspection": [{"sample_units": 5}]}}}
    assert found({**changes, **inspected}) == []


STREAM = {
    "id": "web",
    "between_minutes": {"kind": "constant", "value": 10},
    "work_minutes": {"kind": "constant", "value": 1},
}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        (transport(trucks=[{"type_id": "vna", "count": 1}]), "E501", "policy.transport.trucks[0].type_id"),
        (
            transport(trucks=[{"type_id": "van", "count": 1, "dc_id": "D"}]),
            "E501",
            "policy.transport.trucks[0].dc_id",
        ),
        (
            transport(hire={"carriers": [{"carrier_id": "swfit"}]}),
            "E501",
            "policy.transport.hire.carriers[0].carrier_id",
        ),
        (
            transport(hire={"carriers": [{"carrier_id": "swift"}] * 2}),
            "E502",
            "policy.transport.hire.carriers[1].carrier_id",
        ),
        (
            transport(planning="given", routes={"master": [{"stores": ["S1", "S2", "S1"]}]}),
            "E502",
            "policy.transport.routes.master[0].stores",
        ),
        (
            transport(planning="given", routes={"master": [{"stores": ["S1"]}]}),
            "W601",
            "policy.transport.routes.master",
        ),
        (transport(routes={"master": [{"stores": ["S1", "S2"]}]}), "W602", "policy.transport.routes.master"),
        (transport(trucks=[]), "W601", "policy.transport"),
        (transport(hire={"share_of_drops": 0.5}), "W602", "policy.transport.hire.share_of_drops"),
        (
            transport(hire={"carriers": [{"carrier_id": "swift"}], "review": {}}),
            "W602",
            "policy.transport.hire.review",
        ),
        (depot(pickers=[]), "W601", "policy.depot.pickers"),
        (depot(receivers=[PICKERS]), "W602", "policy.depot.receivers"),
        (depot(pickers=[{**PICKERS, "dc_id": "D"}]), "E501", "policy.depot.pickers[0].dc_id"),
        (
            depot(pickers=[{**PICKERS, "break_minutes": 240.0, "hours": 4.0}]),
            "E504",
            "policy.depot.pickers[0].break_minutes",
        ),
        (depot(pickers=[{**PICKERS, "weekdays": ["mon", "mon"]}]), "E502", "policy.depot.pickers[0].weekdays"),
        (depot(waves=[{"cut_off_hour": 1.0, "weekdays": ["sun", "sun"]}]), "E502", "policy.depot.waves[0].weekdays"),
        ({"depot": {"docks": {"doors": 0}}}, "W601", "depot.docks.doors"),
        ({"fleet": {"roads": {"hour_factors": [0.0] + [1.0] * 23}}}, "E503", "fleet.roads.hour_factors[0]"),
        ({"fleet": {"carriers": [{"id": "swift", "regions": ["west"]}]}}, "E501", "fleet.carriers[0].regions"),
        ({"depot": {"order_streams": [STREAM, STREAM]}}, "E502", "depot.order_streams[1].id"),
        (
            {"depot": {"order_streams": [{**STREAM, "work_minutes": {"kind": "uniform", "low": -1, "high": 1}}]}},
            "E504",
            "depot.order_streams[0].work_minutes",
        ),
        (
            {"depot": {"order_streams": [{**STREAM, "hourly_profile": (0.0,) * 24}]}},
            "E503",
            "depot.order_streams[0].hourly_profile",
        ),
        (
            {"network": {"stores": [{**STORES[0], "receives_from_hour": 9.0, "receives_until_hour": 8.0}, STORES[1]]}},
            "E504",
            "network.stores[0].receives_until_hour",
        ),
        (
            {"network": {"stores": [{**STORES[0], "receives_again_from_hour": 19.0}, STORES[1]]}},
            "E504",
            "network.stores[0].receives_again_until_hour",
        ),
        (
            {
                "network": {
                    "stores": [
                        {
                            **STORES[0],
                            "receives_until_hour": 11.0,
                            "receives_again_from_hour": 10.0,
                            "receives_again_until_hour": 12.0,
                        },
                        STORES[1],
                    ]
                }
            },
            "E504",
            "network.stores[0].receives_again_from_hour",
        ),
        (
            {"fleet": {"truck_types": [{"id": "van", "capacity_kg": 0.2, "capacity_litres": 4_000.0}]}},
            "E503",
            "assortment.skus[0].weight_kg",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_place(changes: dict[str, Any], code: str, path: str) -> None:
    assert (code, path) in [
        (said, at) for said, there in found(changes) for at in (there, there.removesuffix("[0]"))
    ]


def test_trucks_without_a_way_to_use_them_are_told() -> None:
    assert ("W602", "policy.transport.trucks") in found(transport(mode="none"))
