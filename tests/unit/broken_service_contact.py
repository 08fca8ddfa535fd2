"""Broken contact centres, one rule each; see `tests.unit.broken_inputs`."""

from __future__ import annotations

from tests.unit.broken_inputs import Broken, yaml

_INITIAL, _POLICY = "initial:", "policy:\n"
_CALL = "between_minutes: {kind: exponential, mean: 3}, minutes: {kind: exponential, mean: 2}"


def _centre(name: str, code: str, block: str, says: str) -> Broken:
    return yaml(name, code, _INITIAL, f"service:\n  contact_centre:\n    {block}\n{_INITIAL}", says)


def _contacts(name: str, code: str, block: str, says: str) -> Broken:
    return yaml(name, code, _POLICY, f"{_POLICY}  service:\n    contacts:\n      {block}\n", says)


CONTACT = [
    _centre("channel twice", "E502", "channels: [{kind: phone}, {¦kind: phone}]", "already described"),
    _centre(
        "stream of calls twice",
        "E502",
        f"call_streams: [{{id: a, {_CALL}}}, {{¦id: a, {_CALL}}}]",
        "already belongs to",
    ),
    _centre("unknown channel", "E305", "channels: [{¦kind: fax}]", "phone"),
    _centre("nobody uses a channel", "E503", "¦channels: [{kind: phone, share: 0}]", "some above 0"),
    _centre(
        "negative patience",
        "E504",
        "¦patience_minutes: {kind: uniform, low: -1, high: 2}",
        "must not be negative",
    ),
    _centre(
        "again at once",
        "E504",
        "{redial_share: 1, ¦redial_minutes: {kind: constant, value: 0}, patience_minutes: {kind: constant, value: 1}}",
        "moment of giving up",
    ),
    _centre(
        "calls all at once",
        "E504",
        "call_streams: [{id: a, ¦between_minutes: {kind: constant, value: 0}, minutes: {kind: constant, value: 1}}]",
        "one after the other",
    ),
    _centre(
        "negative profile",
        "E503",
        "call_streams: [{id: a, ¦hourly_profile: [-1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, "
        f"1, 1], {_CALL}}}]",
        "must not be negative",
    ),
    _contacts(
        "break as long as the shift",
        "E504",
        "agents: [{people: 2, start_hour: 8, hours: 2, ¦break_minutes: 120}]",
        "as long as the shift",
    ),
    _contacts(
        "weekday of agents twice",
        "E502",
        "agents: [{people: 2, start_hour: 8, hours: 2, ¦weekdays: [mon, mon]}]",
        "names a weekday twice",
    ),
    _contacts("remote diagnosis by nobody", "E511", "¦remote_share: 0.5", "`service.contact_centre`"),
]
