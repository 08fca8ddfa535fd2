"""Which sites have to be open, which may not be, and how many each region has at least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from optimize.arguments import IntArray, count


@dataclass(frozen=True)
class SiteRules:
    """What every choice of sites has to keep; without arguments nothing."""

    kept: Sequence[int] = ()
    """Sites that stand already and stay open."""
    forbidden: Sequence[int] = ()
    """Sites that may not be open."""
    region: Sequence[int] = ()
    """Region of each site, from 0; empty = all are in region 0."""
    least_per_region: Sequence[int] = field(default=())
    """Open sites that each region has at least; regions beyond the end have no minimum."""

    def checked(self, sites: int) -> CheckedRules:
        """The rules as arrays.

        Args:
            sites: how many there are.

        Raises:
            ValueError: A row or region is none, a site is both kept and forbidden, or a region's minimum is more
                than the sites that may open there.
        """
        kind = np.zeros(sites, np.int8)
        for name, rows, value in (("kept", self.kept, OPEN), ("forbidden", self.forbidden, CLOSED)):
            for place, row in enumerate(rows):
                site = count(f"{name}[{place}]", row, 0, sites - 1)
                if kind[site] not in (FREE, value):
                    raise ValueError(f"site {site} is both kept and forbidden")
                kind[site] = value
        if len(self.region) not in (0, sites):
            raise ValueError(f"region has {len(self.region)} entries, not one for each of {sites} sites")
        region = np.array([count(f"region[{i}]", row) for i, row in enumerate(self.region)], np.int64)
        if not len(region):
            region = np.zeros(sites, np.int64)
        regions = max(int(region.max(initial=0)) + 1, len(self.least_per_region))
        least = np.zeros(regions, np.int64)
        for row, number in enumerate(self.least_per_region):
            least[row] = count(f"least_per_region[{row}]", number)
        able = np.bincount(region[kind != CLOSED], minlength=regions)
        if (least > able).any():
            row = int(np.argmax(least > able))
            raise ValueError(
                f"least_per_region[{row}] is {least[row]}, more than the {able[row]} sites that may open there"
            )
        return CheckedRules(kind, region, least)


@dataclass(frozen=True, eq=False)
class CheckedRules:
    """`SiteRules` as arrays."""

    kind: np.ndarray[tuple[int], np.dtype[np.int8]]
    """(sites,) FREE, OPEN or CLOSED."""
    region: IntArray
    """(sites,)"""
    least: IntArray
    """(regions,)"""

    @property
    def fewest(self) -> int:
        """Least number of open sites that keeps the rules."""
        opened = np.bincount(self.region[self.kind == OPEN], minlength=len(self.least))
        return int(np.maximum(opened, self.least).sum())

    @property
    def most(self) -> int:
        """How many sites may be open."""
        return int((self.kind != CLOSED).sum())

    def check_count(self, sites: int) -> int:
        """A number of open sites that these rules allow.

        Raises:
            ValueError: It is none, or fewer than are kept or needed in regions, or more than may open.
        """
        number = count("sites", sites, 1)
        if not self.fewest <= number <= self.most:
            raise ValueError(
                f"sites is {number}, not from {self.fewest} (kept or needed in regions) to {self.most} (may open)"
            )
        return number


FREE, OPEN, CLOSED = 0, 1, 2
"""Whether a site is decided."""

NO_RULES = SiteRules()

__all__ = ["CLOSED", "FREE", "NO_RULES", "OPEN", "CheckedRules", "SiteRules"]
