"""The scorecard: what suppliers did in a period, in points, and what it does to their shares."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scenarios import Scenario, Scorecard, ScorecardSources
from sim.suppliers.sources import Sources
from sim.suppliers.suppliers import Suppliers
from sim.suppliers.supply import Supply

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

DIMENSIONS = ("cost", "technology", "delivery", "service", "continuity", "global_support", "quality")
"""In the order of the columns of the table of reviews."""

_FULL = 10_000
"""A hundred points, or a share of 1, in the hundredths in which they are written down."""
_MILLION = 1_000_000
_BOUNDING_ROUNDS = 50


class Scorecards:
    """Reviews of all suppliers. Scores are whole hundredths of a point."""

    def __init__(
        self, scenario: Scenario, card: Scorecard, supply: Supply, suppliers: Suppliers, sources: Sources
    ) -> None:
        self._card = card
        self._supply = supply
        self._suppliers = suppliers
        self._sources = sources
        self._modes = [rule.mode for rule in scenario.policy.sourcing.rules]
        self._weights = [getattr(card.weights, name) for name in DIMENSIONS]
        number = len(scenario.network.suppliers)
        self._scores = np.full((number, len(DIMENSIONS)), _FULL)
        for column, name in enumerate(DIMENSIONS):
            if name in ("technology", "global_support"):
                self._scores[:, column] = [
                    round(getattr(s, f"{name}_score") * 100) for s in scenario.network.suppliers
                ]
        self._accepted, self._first, self._on_time, self._inspected, self._found = np.zeros(
            (5, number), np.int64
        )
        self._reviews_left = np.zeros(number, np.int64)

    def note(
        self, supplier: IntArray, accepted: IntArray, first: IntArray, on_time: IntArray, inspected: IntArray,
        found: IntArray,
    ) -> None:  # fmt: skip
        """Take note of units delivered, (k,) each.

        Args:
            supplier: who delivered.
            accepted: units taken in.
            first: of these, with the first delivery of their line.
            on_time: of these, by the day that was promised.
            inspected: units sampled.
            found: of these, defective.
        """
        for total, units in (
            (self._accepted, accepted), (self._first, first), (self._on_time, on_time), (self._inspected, inspected),
            (self._found, found),
        ):  # fmt: skip
            np.add.at(total, supplier, units)

    def is_due(self, day: int) -> bool:
        """Whether a period ends with this day."""
        return (day + 1) % self._card.review_days == 0

    def review(self, day: int, second: int) -> IntArray:
        """Judge the period that ends today, move shares and qualification.

        A dimension of which nothing was seen keeps its score.

        Returns:
            Rows of the table of reviews: one per rule and supplier that sells goods of it.
        """
        ppm = np.zeros(len(self._scores), np.int64)
        seen = self._inspected > 0
        ppm[seen] = self._found[seen] * _MILLION // self._inspected[seen]
        self._judge(day, ppm, seen)
        score = self._weighted()
        self._qualify(score)
        rows = []
        for rule in range(len(self._modes)) if self._modes else (-1,):
            rows += self._move(rule, score, ppm, second)
        self._accepted[:] = self._first[:] = self._on_time[:] = self._inspected[:] = self._found[:] = 0
        return np.array(rows, np.int64)

    def _judge(self, day: int, ppm: IntArray, seen: BoolArray) -> None:
        scores = {name: self._scores[:, column] for column, name in enumerate(DIMENSIONS)}
        scores["cost"][:] = self._cost_scores(day)
        came = self._accepted > 0
        for name, units in (("delivery", self._on_time), ("service", self._first)):
            scores[name][came] = units[came] * _FULL // self._accepted[came]
        period = self._suppliers.disrupted[day + 1 - self._card.review_days : day + 1]
        scores["continuity"][:] = _FULL * (~period).sum(axis=0) // len(period)
        zero = round(self._card.quality_zero_per_million)
        scores["quality"][seen] = np.maximum(_FULL - ppm[seen] * _FULL // max(zero, 1), 0)

    def _cost_scores(self, day: int) -> IntArray:
        """Mean over SKUs of the competitors' mean price (the list price without any) over the own one, at most 1."""
        lists, is_sold = self._supply.cost_minor, self._supply.is_sold
        factors = self._suppliers.price_factors
        prices = lists if factors is None else np.rint(lists * factors[day][:, None]).astype(np.int64)
        prices = np.where(is_sold, prices, 0)
        others = is_sold.sum(axis=0) - 1
        mean = np.where(others > 0, (prices.sum(axis=0) - prices) // np.maximum(others, 1), lists)
        points = np.where(prices > 0, np.minimum(mean * _FULL // np.maximum(prices, 1), _FULL), _FULL)
        return np.asarray((points * is_sold).sum(axis=1) // np.maximum(is_sold.sum(axis=1), 1))

    def _weighted(self) -> IntArray:
        total = sum(self._weights)
        return np.array(
            [
                round(sum(weight * points for weight, points in zip(self._weights, row, strict=True)) / total)
                for row in self._scores.tolist()
            ]
        )

    def _qualify(self, score: IntArray) -> None:
        """Disqualify whoever scores too little, worst first, unless it is the last one to sell something."""
        barred, sold = self._sources.is_barred, self._supply.is_sold
        self._reviews_left[barred] -= 1
        barred[self._reviews_left <= 0] = False
        for index in np.argsort(score, kind="stable").tolist():
            others = sold[~barred & (np.arange(len(score)) != index)].any(axis=0)
            too_low = score[index] < round(self._card.disqualify_below * 100)
            if too_low and not barred[index] and bool(others[sold[index]].all()):
                barred[index] = True
                self._reviews_left[index] = self._card.disqualified_reviews

    def _move(self, rule: int, score: IntArray, ppm: IntArray, second: int) -> list[list[int]]:
        """Move the shares of one rule; returns its rows."""
        sources, number = self._sources, len(score)
        sellers: BoolArray = np.ones(number, np.bool_)
        before = after = np.zeros(number)
        if rule >= 0:
            sellers = np.asarray(self._supply.is_sold[:, sources.rule_of_sku == rule].any(axis=1))
            before = after = _scaled(sources.shares[rule] * sellers)
            mode = self._modes[rule]
            if isinstance(mode, ScorecardSources):
                after = self._shares(before, score, sellers & ~sources.is_barred, mode)
                sources.shares[rule] = after
        return [
            [
                second, rule, supplier, *self._scores[supplier].tolist(), int(score[supplier]), int(ppm[supplier]),
                round(before[supplier] * _FULL), round(after[supplier] * _FULL), int(sources.is_barred[supplier]),
            ]
            for supplier in np.flatnonzero(sellers).tolist()
        ]  # fmt: skip

    def _shares(
        self, before: FloatArray, score: IntArray, qualified: BoolArray, mode: ScorecardSources
    ) -> FloatArray:
        """Shares moved towards score to the power of the emphasis, within bounds, in hundredths of a per cent."""
        if not qualified.any():
            return before
        points = score / max(int(score[qualified].max()), 1)
        aim = qualified.astype(np.float64)
        for _ in range(self._card.emphasis):
            aim = aim * points
        aim, start = _scaled(aim), _scaled(before * qualified)
        moved = start + self._card.adjustment * (aim - start)
        if qualified.sum() > 1:
            for _ in range(_BOUNDING_ROUNDS):
                moved = _scaled(
                    np.where(qualified, np.clip(moved, mode.minimum_share, mode.maximum_share), 0.0)
                )
        return np.asarray(np.rint(moved * _FULL) / _FULL)


def _scaled(shares: FloatArray) -> FloatArray:
    """Shares that add up to 1; unchanged when there is nothing to share out."""
    total = float(sum(shares.tolist()))
    return shares / total if total > 0 else shares
