"""Numbers of things in words."""

from __future__ import annotations

_IRREGULAR = {"person": "people"}


def counted(number: int, noun: str) -> str:
    """A number of things, e.g. "1 picker", "2 pickers", "3 people"; the noun is given for one of them."""
    return f"{number:,} {noun if number == 1 else _IRREGULAR.get(noun, f'{noun}s')}"


__all__ = ["counted"]
