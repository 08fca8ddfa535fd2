"""Broken appliances, failures and job streams, one rule each; see `tests.unit.broken_inputs`."""

from __future__ import annotations

from tests.unit.broken_inputs import Broken, yaml

_INITIAL, _POLICY = "initial:", "policy:\n"
_MODE = "{id: pump, product_id: fridge}"
_STREAM = "between_minutes: {kind: constant, value: 9}, minutes: {kind: constant, value: 5}"


def _service(name: str, code: str, block: str, says: str) -> Broken:
    return yaml(name, code, _INITIAL, f"service:\n{block}\n{_INITIAL}", says)


def _products(name: str, code: str, products: str, says: str) -> Broken:
    return _service(name, code, f"  products: [{products}]", says)


def _modes(name: str, code: str, modes: str, says: str) -> Broken:
    return _service(name, code, f"  products: [{{id: fridge}}]\n  failure_modes: [{modes}]", says)


def _streams(name: str, code: str, streams: str, says: str) -> Broken:
    return _service(name, code, f"  stations: [{{station_id: east}}]\n  job_streams: [{streams}]", says)


BASE = [
    _products("product twice", "E502", "{id: fridge}, {¦id: fridge}", "already belongs to"),
    _products("product of no SKU", "E501", "{id: fridge, sku_ids: [¦melk]}", "did you mean `milk`?"),
    _products("product of no category", "E501", "{id: fridge, categories: [¦dairies]}", "no category"),
    _products(
        "SKU in two products",
        "E502",
        "{id: fridge, categories: [dairy]}, {id: freezer, ¦sku_ids: [milk]}",
        "already belongs to service.products[0]",
    ),
    _products(
        "product that fails somehow",
        "E511",
        "{id: fridge, ¦hazard: {kind: constant, per_year: 1}}",
        "says how",
    ),
    _products("hazard of no kind", "E306", "{id: fridge, hazard: {¦kind: weibul}}", "weibull"),
    _products(
        "installation before it begins",
        "E504",
        "{id: fridge, installation: {¦minutes: {kind: constant, value: -5}}}",
        "must not be negative",
    ),
    _modes("failure mode of nothing", "E501", "{id: pump, ¦product_id: fredge}", "did you mean `fridge`?"),
    _modes("failure mode twice", "E502", f"{_MODE}, {{¦id: pump, product_id: fridge}}", "already belongs"),
    _modes("failure mode with no part", "E501", "{id: pump, product_id: fridge, ¦part_id: p}", "no part"),
    _modes("modes without weight", "E503", "{id: pump, product_id: fridge, ¦weight: 0}", "some above 0"),
    _modes(
        "never of any urgency",
        "E503",
        "{id: pump, product_id: fridge, ¦urgency_shares: [0, 0, 0]}",
        "some above 0",
    ),
    _modes(
        "repair in no time",
        "E504",
        "{id: pump, product_id: fridge, ¦repair_minutes: {kind: uniform, low: -1, high: 4}}",
        "must not be negative",
    ),
    _service(
        "base of no region",
        "E501",
        "  products: [{id: fridge}]\n  base:\n    - {product_id: fridge, ¦region: E, units: 3}",
        "no region",
    ),
    _service(
        "base of no product",
        "E501",
        "  products: [{id: fridge}]\n  base:\n    - {¦product_id: oven, region: N, units: 3}",
        "no product",
    ),
    _service("segments of no size", "E503", "  ¦segments: [{id: a, share: 0}]", "some above 0"),
    _service("segment twice", "E502", "  segments: [{id: a}, {¦id: a}]", "already belongs to"),
    _service(
        "station of no store", "E501", "  stations:\n    - {station_id: east, ¦store_id: nord}", "`north`"
    ),
    _streams("stream of no station", "E501", f"{{id: a, ¦station_id: west, {_STREAM}}}", "no station"),
    _streams(
        "stream of jobs twice",
        "E502",
        f"{{id: a, station_id: east, {_STREAM}}}, {{¦id: a, station_id: east, {_STREAM}}}",
        "already belongs to",
    ),
    _streams(
        "jobs all at once",
        "E504",
        "{id: a, station_id: east, ¦between_minutes: {kind: constant, value: 0}, minutes: {kind: constant, value: 1}}",
        "one after the other",
    ),
    yaml(
        "closed for ever",
        "E501",
        _POLICY,
        f"{_POLICY}  service:\n    open_stations: [¦west]\n",
        "no station",
    ),
]
