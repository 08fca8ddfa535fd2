"""What does not balance, found and named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_SHOWN = 8

Numbers = npt.NDArray[np.integer] | npt.NDArray[np.floating]


@dataclass(frozen=True)
class Discrepancy:
    """One identity that fails, at the cell where it fails by most."""

    identity: str
    """What should hold."""
    where: str
    """The worst cell in words."""
    found: float
    expected: float
    cells: int
    """Cells in which it fails."""

    def __str__(self) -> str:
        more = f" (and {self.cells - 1} more)" if self.cells > 1 else ""
        where = f" at {self.where}" if self.where else ""
        return (
            f"{self.identity}: found {self.found:g}, expected {self.expected:g}, "
            f"off by {self.found - self.expected:g}{where}{more}"
        )


class BooksError(Exception):
    """The records of a run contradict each other: a defect of the program, never of its input."""

    def __init__(self, discrepancies: Sequence[Discrepancy]) -> None:
        self.discrepancies = tuple(discrepancies)
        lines = [f"  {discrepancy}" for discrepancy in self.discrepancies[:_SHOWN]]
        left = len(self.discrepancies) - _SHOWN
        if left > 0:
            lines.append(f"  ... and {left} more identities")
        super().__init__("\n".join(["the books do not balance", *lines]))

    def __reduce__(self) -> tuple[type[BooksError], tuple[tuple[Discrepancy, ...]]]:
        return BooksError, (self.discrepancies,)


@dataclass(frozen=True)
class Axis:
    """One axis of compared arrays; a name may be missing, then the index is shown."""

    title: str
    names: Sequence[str] = ()
    first: int = 0
    """Index of the first entry, for a block of days."""

    def label(self, index: int) -> str:
        """One entry in words."""
        return f"{self.title} {self.names[index] if self.names else index + self.first}"


class Audit:
    """Collects discrepancies, one per identity: the worst cell of all blocks compared."""

    def __init__(self) -> None:
        self._worst: dict[str, Discrepancy] = {}

    def equal(
        self,
        identity: str,
        found: Numbers,
        expected: Numbers,
        axes: Sequence[Axis],
        slack: Numbers | float = 0,
    ) -> None:
        """Ask that two arrays agree.

        Args:
            identity: what should hold, in words.
            found: any shape.
            expected: a shape that broadcasts to that of `found`.
            axes: one per axis of `found`.
            slack: largest difference that rounding explains.
        """
        # Almost always all is well: nothing but the comparison is computed then.
        if (found != expected).any():
            size = np.abs(found - expected)
            self._record(identity, size > slack, size, found, expected, axes)

    def at_most(self, identity: str, smaller: Numbers, larger: Numbers, axes: Sequence[Axis]) -> None:
        """Ask that no cell of `smaller` exceeds the same cell of `larger`."""
        over = smaller > larger
        if over.any():
            self._record(identity, over, smaller - larger, smaller, larger, axes)

    def not_negative(self, identity: str, found: Numbers, axes: Sequence[Axis]) -> None:
        """Ask that no cell is below zero."""
        if found.min(initial=0) < 0:
            self._record(identity, found < 0, -found, found, np.zeros(1), axes)

    def none_without(self, identity: str, attribute: Numbers, owner: Numbers, axes: Sequence[Axis]) -> None:
        """Ask that `attribute` is zero in every cell in which `owner` is zero."""
        orphan = (owner == 0) & (attribute != 0)
        if orphan.any():
            self._record(identity, orphan, np.abs(attribute), attribute, np.zeros(1), axes)

    def _record(
        self,
        identity: str,
        wrong: npt.NDArray[np.bool_],
        size: Numbers,
        found: Numbers,
        expected: Numbers,
        axes: Sequence[Axis],
    ) -> None:
        cells = int(wrong.sum())
        if not cells:
            return
        worst = int(np.argmax(np.where(wrong, size, -1)))
        index = np.unravel_index(worst, wrong.shape)
        where = ", ".join(axis.label(int(i)) for axis, i in zip(axes, index, strict=True))
        known = self._worst.get(identity)
        total = cells + (known.cells if known else 0)
        ours = Discrepancy(
            identity,
            where,
            float(np.broadcast_to(found, wrong.shape)[index]),
            float(np.broadcast_to(expected, wrong.shape)[index]),
            total,
        )
        if known is not None and abs(known.found - known.expected) >= abs(ours.found - ours.expected):
            ours = Discrepancy(identity, known.where, known.found, known.expected, total)
        self._worst[identity] = ours

    def conclude(self) -> None:
        """End the audit.

        Raises:
            BooksError: something did not balance.
        """
        if self._worst:
            raise BooksError(tuple(self._worst.values()))
