"""Broken spare parts, one rule each; see `tests.unit.broken_inputs`."""

from __future__ import annotations

from tests.unit.broken_inputs import Broken, yaml

_INITIAL, _POLICY = "initial:", "policy:\n"
_PUMP = "{part_id: pump, purchase_cost: 80}"
_STATIONS = "stations: [{station_id: ST1}]"
_SUPPLY = f"service:\n  {_STATIONS}\n  parts:\n    parts: [{_PUMP}]\n"


def _supply(name: str, code: str, block: str, says: str, parts: str = f"[{_PUMP}]") -> Broken:
    block = f"service:\n  {_STATIONS}\n  parts:\n    parts: {parts}\n    {block}\n{_INITIAL}"
    return yaml(name, code, _INITIAL, block, says)


def _policy(name: str, code: str, block: str, says: str) -> Broken:
    text = f"{_POLICY}  service:\n    parts:\n      {block}\n"
    changes = ((_INITIAL, f"{_SUPPLY}{_INITIAL}"), (_POLICY, text))
    return Broken(name, code, changes=changes, says=says)


def _row(name: str, code: str, row: str, says: str) -> Broken:
    return _policy(name, code, f"levels:\n        - {{{row}}}", says)


PARTS = [
    _supply(
        "part of nobody",
        "E501",
        "transfer_cost: 1",
        "allowed: `S1`",
        "\n      - {part_id: pump, purchase_cost: 80, ¦supplier_id: S9}",
    ),
    _supply(
        "part twice",
        "E410",
        "transfer_cost: 1",
        "pump",
        f"\n      - {_PUMP}\n      - ¦{{part_id: pump, purchase_cost: 1}}",
    ),
    _supply(
        "negative turnaround",
        "E504",
        "repair_shop: {¦turnaround_days: {kind: uniform, low: -1, high: 5}}",
        "must not be negative",
    ),
    _supply(
        "transfer into the past",
        "E504",
        "¦transfer_hours: {kind: constant, value: -6}",
        "must not be negative",
    ),
    _supply(
        "courier before he leaves",
        "E504",
        "¦courier_hours: {kind: constant, value: -1}",
        "must not be negative",
    ),
    _supply("success above certainty", "E304", "repair_shop: {¦success_share: 1.2}", "1.2"),
    yaml(
        "mode with a part that nobody describes",
        "E501",
        _INITIAL,
        "service:\n  products: [{id: washer}]\n"
        "  failure_modes: [{id: leak, product_id: washer, ¦part_id: pump}]\ninitial:",
        "there is no part of this name",
    ),
    _policy(
        "rule for an unknown part",
        "E501",
        "rules: [{echelon: van, part_ids: [¦pimp], reorder_point_units: 0, order_up_to_units: 1}]",
        "did you mean `pump`?",
    ),
    _policy(
        "up to the reorder point",
        "E508",
        "rules: [{echelon: station, reorder_point_units: 3, ¦order_up_to_units: 3}]",
        "above the reorder point",
    ),
    _policy(
        "rule without levels",
        "E511",
        "rules: [¦{echelon: dc, order_up_to_units: 3}]",
        "or `days_of_use`",
    ),
    _policy(
        "levels in units and in days",
        "E511",
        "rules: [{echelon: dc, reorder_point_units: 0, order_up_to_units: 3, ¦days_of_use: {order_up_to_days: 9}}]",
        "already given in units",
    ),
    _policy(
        "forecasts for vans",
        "E511",
        "rules: [{echelon: van, ¦days_of_use: {order_up_to_days: 9}}]",
        "give their levels in units",
    ),
    _policy(
        "days up to less than the reorder point",
        "E508",
        "rules: [{echelon: dc, days_of_use: {reorder_point_days: 9, ¦order_up_to_days: 5}}]",
        "must not be below",
    ),
    _policy("shares that fall", "E503", "¦abc_shares: [0.9, 0.5]", "must rise"),
    _policy("counts backwards", "E503", "¦count_every_days: [-1, 0, 0]", "must not be negative"),
    _row(
        "levels of no place",
        "E501",
        "¦place_id: ST9, part_id: pump, reorder_point_units: 0, order_up_to_units: 1",
        "ST1",
    ),
    _row(
        "levels of no part",
        "E501",
        "place_id: ST1/van, ¦part_id: pimp, reorder_point_units: 0, order_up_to_units: 1",
        "did you mean `pump`?",
    ),
    _row(
        "row up to the reorder point",
        "E508",
        "place_id: DC, part_id: pump, reorder_point_units: 5, ¦order_up_to_units: 4",
        "above the reorder point",
    ),
]
