"""Numbers that belong to names: the same name gives the same number, whatever else is generated."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def fraction(*name: object) -> float:
    """A number in [0, 1) that depends on the name alone, as if drawn from the uniform distribution."""
    text = "/".join(str(part) for part in name)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def shuffled(items: Iterable[T], *name: object) -> list[T]:
    """Items in an order that depends on the name and on each item, not on where the item stood."""
    return sorted(items, key=lambda item: fraction(*name, item))


def chosen(items: Sequence[T], *name: object) -> T:
    """One item, each as likely as the others over many names."""
    return items[int(fraction(*name) * len(items))]
