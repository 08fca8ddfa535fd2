"""Purchase order lines that have not come in yet, and the table of receipts that they end in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from sim.books import NOT_YET
from sim.depot.stock import by_arrival
from sim.kernels.writing import write_receipts
from sim.recorder import TABLES, Recorder
from sim.suppliers import Line

IntArray = npt.NDArray[np.int64]

_COLUMNS: Final = len(TABLES["receipts"]) + 1
"""Of a receipt, and the second at which it was planned."""


class OpenOrders:
    """Lines under way by their second of arrival, also beyond the end of the run."""

    def __init__(self, end_second: int, *, are_whole: bool) -> None:
        """Start without any; `are_whole` says that no line ever comes in parts."""
        self._end_second = end_second
        self._are_whole = are_whole
        self._due: dict[int, list[IntArray]] = {}
        self._rows: list[IntArray] = []
        self._left: dict[int, int] = {}

    def add(self, lines: IntArray) -> list[int]:
        """Take note of (len(Line), k) lines; returns the seconds within the run at which something new is due."""
        lines = np.ascontiguousarray(lines)
        for number, units in self._split(lines):
            self._left[number] = self._left.get(number, 0) + units
        seconds = []
        for second, together in by_arrival(lines, lines.shape[1]):
            if second not in self._due:
                self._due[second] = []
                if second < self._end_second:
                    seconds.append(second)
            self._due[second].append(together)
        return seconds

    def take(self, second: int) -> IntArray:
        """What is due at a second, (len(Line), k), which may be nothing by now; it is open no longer."""
        due = self._due.pop(second, [])
        if not due:
            return np.zeros((len(Line), 0), np.int64)
        lines = due[0] if len(due) == 1 else np.concatenate(due, axis=1)
        self._settle(lines, -1)
        return lines

    def all(self) -> IntArray:
        """All open lines, (len(Line), k)."""
        blocks = [block for due in self._due.values() for block in due]
        return np.concatenate([np.zeros((len(Line), 0), np.int64), *blocks], axis=1)

    def remove(self, chosen: IntArray) -> None:
        """Forget some of `all()`, given by position."""
        is_chosen = np.zeros(self.all().shape[1], np.bool_)
        is_chosen[chosen] = True
        start = 0
        for second, due in self._due.items():
            kept = []
            for block in due:
                stop = start + block.shape[1]
                self._settle(block[:, is_chosen[start:stop]], -1)
                kept.append(np.ascontiguousarray(block[:, ~is_chosen[start:stop]]))
                start = stop
            self._due[second] = kept

    def _settle(self, lines: IntArray, sign: int) -> None:
        for number, units in self._split(lines):
            self._left[number] += sign * units

    def _split(self, lines: IntArray) -> Iterable[tuple[int, int]]:
        """Number and units of each part of a line that comes in several."""
        if self._are_whole:
            return ()
        split = lines[Line.IS_SPLIT] == 1
        return zip(lines[Line.NUMBER, split].tolist(), lines[Line.UNITS, split].tolist(), strict=True)

    def hold(self, lines: IntArray) -> None:
        """Lines that have been taken are worked on at the gate: until they are released, they are still to come in."""
        for number, _ in self._split(lines):
            self._left.setdefault(number, 0)
        self._settle(lines, 1)

    def release(self, lines: IntArray) -> None:
        """Lines that were held can come in."""
        self._settle(lines, -1)

    def receive(self, lines: IntArray, seconds: IntArray) -> None:
        """Write down what came in at (k,) seconds; a line that comes in parts counts with its last one.

        Parts of these lines that go back have been added again before.
        """
        if lines.shape[1]:
            is_last = np.ones(lines.shape[1], np.int64)
            if not self._are_whole:
                counted: set[int] = set()
                for part in np.flatnonzero(lines[Line.IS_SPLIT]).tolist():
                    number = int(lines[Line.NUMBER, part])
                    is_last[part] = self._left[number] == 0 and number not in counted
                    counted.add(number)
            self._write_down(lines, is_last, seconds, seconds)

    def _write_down(self, lines: IntArray, counts: IntArray, received: IntArray, planned: IntArray) -> None:
        """Make receipts of lines, see `write_receipts`."""
        rows = np.empty((lines.shape[1], _COLUMNS), np.int64)
        written = write_receipts(np.ascontiguousarray(lines), counts, received, planned, rows)
        self._rows.append(rows[:written].copy())

    def close(self, recorder: Recorder) -> None:
        """Write the table of receipts, in the order in which the goods were bought."""
        seen: set[int] = set()
        for second in sorted(self._due, reverse=True):
            for block in self._due[second]:
                is_last = np.ones(block.shape[1], np.int64)
                for part in np.flatnonzero(block[Line.IS_SPLIT]).tolist():
                    number = int(block[Line.NUMBER, part])
                    is_last[part] = number not in seen
                    seen.add(number)
                if block.shape[1]:
                    never, planned = np.full(is_last.size, NOT_YET), np.full(is_last.size, second)
                    self._write_down(block, is_last, never, planned)
        if self._rows:
            rows = np.concatenate(self._rows)
            order = np.lexsort((rows[:, 1], rows[:, 0], rows[:, -1], rows[:, 2]))
            recorder.add("receipts", np.ascontiguousarray(rows[order, :-1]))
        self._rows = []
