"""What long solves have in common: telling how far they are, and stopping with what they have."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told how far a solve is."""

    def __call__(self, step: str, finished: int, wanted: int) -> None:
        """So much of a step is done; `wanted` is 0 where nobody knows."""
        ...


def no_progress(step: str, finished: int, wanted: int) -> None:
    """Tell nobody."""
    del step, finished, wanted


class PlanningError(Exception):
    """The policy cannot be worked out to numbers."""


__all__ = ["PlanningError", "Progress", "no_progress"]
