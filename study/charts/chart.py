"""A chart of a report: what it shows in words, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Chart:
    """One chart of a report."""

    key: str
    """File name without suffix."""
    title: str
    caption: str
    """What it shows, for the report and for readers who cannot see it."""
    draw: Callable[[], Figure]
    is_operations: bool = False
    """Whether it shows work in centres or on the road: such charts have a section of their own."""
    is_after_sales: bool = False
    """Whether it shows after-sales service, which has a section of its own, too."""
