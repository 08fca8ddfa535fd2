"""Evenings: what the day did to the installed base is counted, and the requests of the next day are drawn."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sim.aftersales.context import Context
from sim.clock import SECONDS_PER_DAY
from sim.durations import fractions
from sim.installed_base.arriving import Rows, blank_rows, in_order
from sim.installed_base.charges import BaseCharges
from sim.installed_base.contracts import Contracts
from sim.installed_base.installations import Installations
from sim.installed_base.intake import Intake, Keys, Traits
from sim.installed_base.job_streams import StreamOfJobs
from sim.installed_base.places import Places
from sim.installed_base.population import Population
from sim.installed_base.reporting import ReportTimes
from sim.installed_base.sales import ApplianceSales

IntArray = npt.NDArray[np.int64]

LAST_SECOND: Final = SECONDS_PER_DAY - 1


class Evenings:
    """The installed base from evening to evening."""

    def __init__(self, context: Context) -> None:
        facts, world = context.facts, context.world
        self._days, self._add = world.days, context.recorder.add
        self.keys, self._traits = Keys(context), Traits(context)
        places = Places(facts, world.scenario.network.stores)
        self._population = Population(context)
        self._sales = ApplianceSales(world, facts)
        self.intake = Intake(context, self._traits, places)
        self.contracts = Contracts(context, self._population, self.keys, self._traits, places)
        self.installations = Installations(context, self.keys, self._traits, places)
        self._streams = [
            StreamOfJobs(context, stream, number) for number, stream in enumerate(facts.service.job_streams)
        ]
        self._times = ReportTimes(facts.service.reporting, world.scenario.horizon.start_date.weekday())
        self._charges = BaseCharges(context)
        self._of_region = np.array(facts.region_of_store, np.int64)
        self.units = self._population.units.reshape(-1)
        """(cells,) units in use."""
        self.failed_cells: list[int] = []
        """Cells of the failures reported today."""
        self._avoided = np.zeros(self._population.shape[:2], np.int64)
        self._later: dict[int, list[Rows]] = {}

    def begin(self) -> Rows:
        """Requests of the first day, in order."""
        return self._coming(0, self.contracts.under_contract(), [])

    def end(self, day: int) -> Rows:
        """Count what was sold, returned and scrapped on a day; returns the requests of the next, in order."""
        scrapped = self._population.scrap()
        sold_in_stores, returned_to_stores = self._sales.of_day(day)
        sold = self._by_region(sold_in_stores)
        self._population.sell(day, sold)
        returned = self._population.take_back(self._by_region(returned_to_stores))
        under = self.contracts.under_contract()
        under_by_region = under.sum(axis=2)
        failures = np.bincount(np.array(self.failed_cells, np.int64), minlength=self.units.size)
        failures = failures.reshape(self._population.shape).sum(axis=2)
        counts = (self._population.in_use, sold, returned, scrapped, failures, self._avoided)
        self._write(day, (*counts, under_by_region))
        self._charges.post(day * SECONDS_PER_DAY + LAST_SECOND, under_by_region)
        self.failed_cells.clear()
        self._avoided[:] = 0
        if day + 1 == self._days:
            return blank_rows(0, 0)
        made = self.installations.are_made
        return self._coming(day + 1, under, [self.installations.rows(day, sold_in_stores)] if made else [])

    def _by_region(self, units: IntArray) -> IntArray:
        """(stores, products) as (products, regions)."""
        together = np.zeros(self._population.shape[1::-1], np.int64)
        if units.any():
            np.add.at(together, self._of_region, units)
        return together.T

    def _write(self, day: int, columns: tuple[IntArray, ...]) -> None:
        """A row for each product and region, whether or not anything happened: one that is missing is found."""
        product, region = np.indices(columns[0].shape).reshape(2, -1)
        of_day = np.full(product.size, day)
        self._add(
            "installed_base", np.stack([of_day, product, region, *(c.reshape(-1) for c in columns)], axis=1)
        )

    def _coming(self, day: int, under: IntArray, installations: list[Rows]) -> Rows:
        """All requests of a day; (products, regions, months) units are under contract."""
        parts = [*installations, *(stream.rows(day) for stream in self._streams), *self._failing(day, under)]
        parts += self._later.pop(day, [])
        self.contracts.forget(day)
        if self.contracts.are_offered:
            visits = self.contracts.visits(day, under)
            hour = self._traits.draws(visits["key"], 0)[0]
            visits["second"] = day * SECONDS_PER_DAY + self._times.seconds(fractions(hour))
            visits["reported_second"] = visits["second"]
            parts.append(visits)
        rows = in_order(parts)
        if self.units.size:
            rows["units"] = self.units[rows["cell"]]
        return rows

    def _failing(self, day: int, under: IntArray) -> list[Rows]:
        """Failures of a day that no visit prevents and that are reported on it; others are kept for later."""
        cells, failures = self._population.draw(day)
        if not cells.size:
            return []
        keys = self.keys.of_day(day, self._population.keys[cells], failures)
        cell = np.repeat(cells, failures)
        product, region, _ = np.unravel_index(cell, self._population.shape)
        contracts = under.reshape(-1)[cell] / self.units[cell]
        traits, age_days = self._traits.draws(keys, 0), self._population.age_days(cell, day)
        rows = self.intake.rows(keys, traits, product, region, age_days, contracts)
        rows["cell"] = cell
        rows["second"] = day * SECONDS_PER_DAY + self._times.seconds(fractions(traits[0]))
        if self.contracts.are_offered:
            foreseen = self.contracts.are_foreseen(rows, under.sum(axis=2))
            np.add.at(self._avoided, (product[foreseen], region[foreseen]), 1)
            rows = rows.chosen(~foreseen)
        if not self._times.has_delays:
            rows["reported_second"] = rows["second"]
            return [rows]
        draws = self._traits.draws(rows["key"], 2)[0]
        delay = self._times.delay_days(day, fractions(draws))
        rows["second"] += delay * SECONDS_PER_DAY
        rows["reported_second"] = rows["second"]
        for days in np.unique(delay[delay > 0]).tolist():
            self._later.setdefault(day + days, []).append(rows.chosen(delay == days))
        return [rows.chosen(delay == 0)]
