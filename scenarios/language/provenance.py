"""Where a scenario came from: its files, the changes applied to it, and what its author stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Applied:
    """One change made to a scenario before it was validated."""

    path: str
    """Key that was changed, e.g. "policy.replenishment[0].order_weekdays"."""
    old: Any
    """Value before the change; None when the key was not stated."""
    new: Any
    """Value after the change."""
    origin: str
    """What asked for it, e.g. "override cost_first (delta.yaml:40:5)" or "--set"."""

    def __str__(self) -> str:
        return f"{self.path}: {self.old!r} -> {self.new!r}, by {self.origin}"


@dataclass(frozen=True)
class Provenance:
    """The record a loaded scenario carries about its own making; empty for one built in Python."""

    path: str = ""
    """File the scenario was loaded from, as the caller wrote it."""
    files: tuple[tuple[str, str], ...] = ()
    """(name relative to the scenario's folder, blake2b digest) of every file read, in reading order."""
    applied: tuple[Applied, ...] = ()
    """Overrides and settings in the order they took effect."""
    given_paths: frozenset[str] = frozenset()
    """Paths of the values that the author stated; everything else is a default."""
    positions: Mapping[str, tuple[str, int, int]] = field(default_factory=dict)
    """Path -> (file, line, column) of the stated key; lines and columns count from 1."""
