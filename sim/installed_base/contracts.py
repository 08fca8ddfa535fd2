"""Maintenance contracts: who has one, when visits are due, and how many failures they prevent (mechanism T12)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sim.aftersales.context import Context
from sim.aftersales.requests import Kind
from sim.books.terms import DAYS_PER_YEAR
from sim.durations import fractions
from sim.installed_base.arriving import KeyArray, Rows, blank_rows
from sim.installed_base.durations import WorkTimes
from sim.installed_base.intake import Keys, Traits
from sim.installed_base.places import Places
from sim.installed_base.population import Population
from sim.streams import Purpose, cell_keys, entity_key, four_draws, uniform_array

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
_VISITS: Final = entity_key("maintenance")


class Contracts:
    """Contracts of all cells. Owners of the first day have had theirs all along: their visits were made on time."""

    def __init__(
        self, context: Context, population: Population, keys: Keys, traits: Traits, places: Places
    ) -> None:
        facts, self._population = context.facts, population
        self._keys, self._traits, self._places = keys, traits, places
        products, regions, _ = population.shape
        offers = [
            product.maintenance if facts.policy.maintenance else None for product in facts.service.products
        ]
        self.share = np.array([offer.contract_share if offer else 0.0 for offer in offers])
        """(products,) owners with a contract."""
        self.are_offered = bool((self.share > 0.0).any())
        """Whether there are any contracts."""
        self._reduction = np.array([offer.hazard_reduction if offer else 0.0 for offer in offers])
        visits_per_day = (
            np.array([offer.visits_per_year if offer else 0.0 for offer in offers]) / DAYS_PER_YEAR
        )
        self._skill = np.array([facts.skill(offer.skill_id) if offer else -1 for offer in offers], np.int64)
        self._level = np.array([offer.level if offer else 1 for offer in offers], np.int64)
        self._work = WorkTimes([offer.minutes for offer in offers if offer])
        self._offer = np.cumsum([offer is not None for offer in offers], dtype=np.int64) - 1
        self._visits_per_day = visits_per_day
        self._stream = context.stream(Purpose.FAILURES_AVOIDED)
        self._work_stream = context.stream(Purpose.REQUEST_WORK)
        self._place_stream = context.stream(Purpose.REQUEST_PLACE)
        self._visit_keys: KeyArray = cell_keys(_VISITS, population.keys)
        due = context.stream(Purpose.MAINTENANCE_DUE)
        self._phase = fractions(uniform_array(due, population.keys, 0)).reshape(population.shape)
        self._owed = fractions(uniform_array(due, population.keys, 1)).reshape(population.shape)
        self._days_between = np.array([round(1.0 / rate) if rate > 0 else 1 for rate in visits_per_day])
        self._visited = np.zeros((products, regions, int(self._days_between.max(initial=1))))
        self._recent = np.zeros((products, regions))
        self._none = np.zeros(population.shape, np.int64)
        under = self.under_contract().sum(axis=2)
        for product, days in enumerate(self._days_between):
            self._visited[product, :, :days] = under[product][:, None] / days
        self._recent[:] = under
        self._day = 0

    def under_contract(self) -> IntArray:
        """(products, regions, months) units under contract: a share of each cell, rounded by a draw of the cell."""
        if not self.are_offered:
            return self._none
        units = np.floor(self.share[:, None, None] * self._population.units + self._phase)
        return np.minimum(units.astype(np.int64), self._population.units)

    def visited(self, product: int, region: int) -> None:
        """A unit has had its visit."""
        self._recent[product, region] += 1.0
        self._visited[product, region, self._day % self._days_between[product]] += 1.0

    def forget(self, day: int) -> None:
        """A day, for which failures have been drawn, begins: visits of the day one interval ago now count no more."""
        self._day = day
        if not self.are_offered:
            return
        for product, days in enumerate(self._days_between):
            self._recent[product] -= self._visited[product, :, day % days]
            self._visited[product, :, day % days] = 0.0

    def are_foreseen(self, rows: Rows, under: IntArray) -> npt.NDArray[np.bool_]:
        """(n,) whether a failure is avoided by a visit that its unit has had.

        Args:
            rows: failures as they come without visits.
            under: (products, regions) units under contract.
        """
        protected = np.minimum(self._recent / np.maximum(under, 1), 1.0)
        product, region = rows["product"], rows["region"]
        chance = self._reduction[product] * protected[product, region]
        draws = fractions(uniform_array(self._stream, rows["key"], 0))
        return np.asarray((rows["is_contract"] == 1) & (draws < chance))

    def visits(self, day: int, under: IntArray) -> Rows:
        """Requests of the visits that are due on a day; (products, regions, months) units are under contract."""
        self._owed += under * self._visits_per_day[:, None, None]
        due = np.floor(self._owed)
        self._owed -= due
        cells = np.flatnonzero(due)
        units = due.reshape(-1)[cells].astype(np.int64)
        keys = self._keys.of_day(day, self._visit_keys[cells], units)
        cell = np.repeat(cells, units)
        rows = blank_rows(keys.size, Kind.MAINTENANCE)
        product, region, _ = np.unravel_index(cell, self._population.shape)
        rows["key"], rows["product"], rows["region"], rows["cell"] = keys, product, region, cell
        rows["is_contract"], rows["urgency"] = 1, 2
        rows["skill"], rows["level"] = self._skill[product], self._level[product]
        work = four_draws(self._work_stream, keys)
        rows["work_seconds"] = self._work.seconds(self._offer[product], work[1])
        self._traits.write_segment(rows, self._traits.draws(keys, 0)[1])
        self._places.settle(rows, four_draws(self._place_stream, keys))
        return rows
