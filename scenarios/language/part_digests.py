"""Which numbers of a plan each of its parts stands for, and whether somebody has changed them since."""

from __future__ import annotations

import hashlib

from scenarios.language.base import Model
from scenarios.language.columns import Columns
from scenarios.language.decisions import Decisions, PlanPart

FIELDS_OF_PARTS: dict[str, tuple[str, ...]] = {
    "policy.optimised.stores": ("store_levels",),
    "policy.optimised.centres": ("centre_levels",),
    "policy.optimised.sites": ("open_stations", "territories"),
    "policy.optimised.parts": ("part_levels",),
    "policy.optimised.agents": ("agents",),
    "policy.optimised.technicians": ("technician_shifts", "technicians", "skills"),
    "policy.optimised.rosters": ("roster", "cover"),
    "policy.optimised.pickers": ("pickers",),
    "policy.optimised.rounds": ("rounds",),
    "policy.optimised.sourcing": ("sourcing_rules", "carriers", "partners"),
}
"""Path of what is optimised -> fields of `Decisions` that hold the numbers."""

_WITHIN_PARTS: dict[str, tuple[str, ...]] = {
    "policy.optimised.sites.expansion": ("expansion",),
    "policy.optimised.sites.greenfield": ("greenfield",),
    "policy.optimised.sourcing.suppliers": ("sourcing_rules",),
    "policy.optimised.sourcing.carriers": ("carriers",),
    "policy.optimised.sourcing.partners": ("partners",),
}
"""Paths within these that are parts of a plan of their own."""


def fields_of(path: str) -> tuple[str, ...]:
    """Fields of `Decisions` that a part stands for; none when the path is not one of a plan's parts."""
    for known, names in (*_WITHIN_PARTS.items(), *FIELDS_OF_PARTS.items()):
        if path == known or path.startswith((f"{known}.", f"{known}[")):
            return names
    return ()


def part_digest(decisions: Decisions, path: str) -> str:
    """Digest of the numbers that a part stands for, whatever file they are kept in.

    Args:
        decisions: a plan's numbers.
        path: path of the part, e.g. `policy.optimised.stores`.
    """
    state = hashlib.blake2b(digest_size=16)
    for name in fields_of(path):
        value = getattr(decisions, name)
        state.update(f"{name}:".encode())
        if isinstance(value, Columns):
            state.update(value.digest().encode())
        elif isinstance(value, Model):
            state.update(value.model_dump_json().encode())
        elif value is not None:
            state.update("|".join(map(_as_text, value)).encode())
    return state.hexdigest()


def _as_text(item: Model | str) -> str:
    return item if isinstance(item, str) else item.model_dump_json()


def is_edited(decisions: Decisions, part: PlanPart) -> bool:
    """Whether the numbers of a part are others than its solver left."""
    return bool(part.digest) and part.digest != part_digest(decisions, part.path)


def edited_fields(decisions: Decisions) -> tuple[str, ...]:
    """Fields of `Decisions` that hold numbers no solver has left so: edited since, or written by hand."""
    untouched = {
        name
        for part in decisions.parts
        if part.digest and not is_edited(decisions, part)
        for name in fields_of(part.path)
    }
    stated = (
        name for names in FIELDS_OF_PARTS.values() for name in names if getattr(decisions, name) is not None
    )
    return tuple(name for name in stated if name not in untouched)


__all__ = ["FIELDS_OF_PARTS", "edited_fields", "fields_of", "is_edited", "part_digest"]
