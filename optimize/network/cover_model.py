"""Covers as integer programs for CP-SAT, whose clauses fit them where sites are many."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.arguments import FloatArray, IntArray
from optimize.network.site_rules import CLOSED, OPEN, CheckedRules
from optimize.staffing.cp_search import Found, search

BoolArray = npt.NDArray[np.bool_]

_SEED = 1
_LARGEST_SUM = 2**44


def as_whole(values: FloatArray) -> tuple[IntArray, float]:
    """Numbers as whole ones, and by what they were multiplied.

    Whole numbers are kept as they are. Others lose at most half a unit each, together less than 1e-9 of their sum for
    up to 10,000 of them.
    """
    total = math.fsum(values.tolist())
    if (values == np.floor(values)).all() and total <= 2**50:
        return values.astype(np.int64), 1.0
    scale = _LARGEST_SUM / total
    return np.rint(values * scale).astype(np.int64), scale


class CoverModel:
    """y_j says that site j is open; rules are kept, and customers are covered as asked."""

    def __init__(self, covers: BoolArray, rules: CheckedRules) -> None:
        """Begin with sites and their rules.

        Args:
            covers: (customers, sites) whether each is near enough.
            rules: what all sets have to keep.
        """
        from ortools.sat.python import cp_model

        self._model = cp_model.CpModel()
        self._covers = covers
        self._open = [self._model.new_bool_var(f"site {site}") for site in range(covers.shape[1])]
        for site, variable in enumerate(self._open):
            if rules.kind[site] in (OPEN, CLOSED):
                self._model.add(variable == int(rules.kind[site] == OPEN))
        for region in np.flatnonzero(rules.least).tolist():
            inside = np.flatnonzero(rules.region == region).tolist()
            self._model.add(sum(self._open[site] for site in inside) >= int(rules.least[region]))
        self._missed: list[Any] = []

    def open_count(self, sites: int) -> None:
        """So many sites are open."""
        self._model.add(sum(self._open) == sites)

    def cover_all(self, times: IntArray) -> None:
        """Every customer is covered so many times."""
        for row, least in zip(self._covers, times.tolist(), strict=True):
            near = [self._open[site] for site in np.flatnonzero(row).tolist()]
            if least == 1:
                self._model.add_bool_or(near)
            elif least > 1:
                self._model.add(sum(near) >= least)

    def cover_most(self, weight: IntArray) -> None:
        """As little weight as possible is not covered."""
        for row in self._covers:
            missed = self._model.new_bool_var("")
            near = [self._open[site] for site in np.flatnonzero(row).tolist()]
            self._model.add_bool_or([missed, *near])
            self._missed.append(missed)
        self._model.minimize(sum(int(w) * missed for w, missed in zip(weight, self._missed, strict=True)))

    def cheapest(self, site_cost: IntArray) -> None:
        """Open sites cost as little as possible."""
        self._model.minimize(sum(int(c) * site for c, site in zip(site_cost, self._open, strict=True)))

    def is_not(self, open_sites: Iterable[int]) -> None:
        """Forbid one very set."""
        closed = set(range(len(self._open)))
        literals = []
        for site in open_sites:
            literals.append(self._open[site].negated())
            closed.discard(site)
        self._model.add_bool_or([*literals, *(self._open[site] for site in sorted(closed))])

    def solve(self, most_work: float, start: Iterable[int] | None = None) -> tuple[Found, tuple[int, ...]]:
        """Run CP-SAT.

        Args:
            most_work: deterministic work, about seconds of one core.
            start: open sites to start from.

        Returns:
            What it found, and the open sites; none without a solution.
        """
        hint: Mapping[Any, int] | None = None
        if start is not None:
            known = set(start)
            hint = {variable: int(site in known) for site, variable in enumerate(self._open)}
        found = search(self._model, seed=_SEED, work_limit=most_work, hint=hint)
        sites = range(len(self._open)) if found.has_solution else range(0)
        return found, tuple(site for site in sites if found.value(self._open[site]))


__all__ = ["BoolArray", "CoverModel", "as_whole"]
