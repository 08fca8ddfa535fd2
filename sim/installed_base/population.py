"""Units in use by product, region and cohort month: arrays that sales feed, scrappage drains and hazards fail."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from scenarios import ConstantHazard, Hazard, WeibullHazard
from sim.aftersales.context import Context
from sim.books.terms import DAYS_PER_YEAR
from sim.kernels.installed_base import daily_hazards, draw_failures, draw_removals
from sim.streams import Purpose, cell_keys, entity_key, four_draws

MONTHS_PER_YEAR: Final = 12
DAYS_PER_MONTH: Final = DAYS_PER_YEAR / MONTHS_PER_YEAR

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Population:
    """Cells (products, regions, months); a cell holds units sold in one calendar month, as old as their mean.

    A year has 365 days and a month a twelfth of them. Units are in use from the day after the sale on. Failures
    are minimal repairs (Barlow and Hunter, 1960): a unit goes on at its age, so that a cell of n units fails n (H(b) -
    H(a)) times between the ages a and b in the mean, a Poisson process whose points that fall on a unit under repair
    are left out when they come. The draws of a cell therefore do not depend on repairs.
    """

    def __init__(self, context: Context) -> None:
        facts, scenario = context.facts, context.world.scenario
        base, start = facts.service.base, scenario.horizon.start_date
        self._first_ordinal = context.first_ordinal
        self._start_date = start
        oldest = 0 if base is None or not len(base) else int(base["age_months"].max())
        self._first_month = start.year * MONTHS_PER_YEAR + start.month - oldest
        last = type(start).fromordinal(context.first_ordinal + context.world.days)
        months = last.year * MONTHS_PER_YEAR + last.month - self._first_month + 1
        self.shape = (len(facts.product_ids), len(facts.region_ids), months)
        """Products, regions, cohort months."""
        self.units = np.zeros(self.shape, np.int64)
        """Units in use."""
        self.born = np.full(self.shape, float(self._first_ordinal))
        """Mean ordinal of the first day in use."""
        self.keys = np.concatenate(
            [
                cell_keys(entity_key(product, region), np.arange(months, dtype=np.uint64) + self._first_month)
                for product in facts.product_ids
                for region in facts.region_ids
            ]
            or [np.zeros(0, np.uint64)]
        )
        """(cells,) key of each."""
        ages = round(oldest * DAYS_PER_MONTH) + context.world.days + 2
        products = facts.service.products
        self._hazards = hazards_by_age([product.hazard for product in products], ages)
        self._scrappage = hazards_by_age([product.scrappage for product in products], ages)
        self._streams = [context.stream(purpose) for purpose in (Purpose.FAILURES, Purpose.SCRAPPAGE)]
        self._block = -1
        self._words = [np.zeros((4, self.keys.size), np.uint32)] * 2
        self._failing = np.zeros(self.keys.size, np.int32)
        self._leaving = np.zeros(self.keys.size, np.int32)
        if base is not None:
            self._install(context, oldest)

    def _install(self, context: Context, oldest: int) -> None:
        base, facts = context.facts.service.base, context.facts
        assert base is not None
        at = {name: index for index, name in enumerate(facts.product_ids)}
        region_at = {name: index for index, name in enumerate(facts.region_ids)}
        for name, region, age, units in zip(
            base["product_id"], base["region"], base["age_months"], base["units"], strict=True
        ):
            cell = at[name], region_at[region], oldest - int(age)
            self.units[cell] += int(units)
            self.born[cell] = self._first_ordinal - round(int(age) * DAYS_PER_MONTH)

    @property
    def in_use(self) -> IntArray:
        """(products, regions) units in use."""
        return np.asarray(self.units.sum(axis=2))

    def sell(self, day: int, sold: IntArray) -> None:
        """Add (products, regions) units sold on a day; they are in use from the next day on."""
        product, region = np.nonzero(sold)
        if not product.size:
            return
        ordinal = self._first_ordinal + day
        date = type(self._start_date).fromordinal(ordinal)
        month = date.year * MONTHS_PER_YEAR + date.month - self._first_month
        there, new = self.units[product, region, month], sold[product, region]
        born = self.born[product, region, month]
        self.born[product, region, month] = (born * there + new * (ordinal + 1.0)) / (there + new)
        self.units[product, region, month] += new

    def take_back(self, returned: IntArray) -> IntArray:
        """Take (products, regions) returned units out, the youngest first; returns how many were there to take."""
        taken = np.zeros_like(returned)
        for product, region in zip(*np.nonzero(returned), strict=True):
            youngest_first = self.units[product, region, ::-1]
            before = np.cumsum(youngest_first) - youngest_first
            leaving = np.clip(returned[product, region] - before, 0, youngest_first)
            youngest_first -= leaving
            taken[product, region] = leaving.sum()
        return taken

    def scrap(self) -> IntArray:
        """Take units out that were drawn for today; returns (products, regions) how many."""
        leaving = np.minimum(self._leaving.reshape(self.shape), self.units)
        self.units -= leaving
        return np.asarray(leaving.sum(axis=2))

    def draw(self, day: int) -> tuple[IntArray, IntArray]:
        """Draw a day's failures, and who leaves on its evening; returns cells that fail and how often."""
        ordinal = self._first_ordinal + day
        if ordinal >> 2 != self._block:
            self._block = ordinal >> 2
            self._words = [four_draws(stream, self.keys, self._block) for stream in self._streams]
        lane, of_product = ordinal & 3, self.shape[1] * self.shape[2]
        units, born = self.units.reshape(-1), self.born.reshape(-1)
        at = units, born, ordinal
        draw_failures(*at, self._hazards, of_product, self._words[0][lane], self._failing)
        draw_removals(*at, self._scrappage, of_product, self._words[1][lane], self._leaving)
        cells = np.flatnonzero(self._failing)
        return cells, self._failing[cells].astype(np.int64)

    def age_days(self, cells: IntArray, day: int) -> FloatArray:
        """Mean age of the units of some cells on a day."""
        return np.asarray(self._first_ordinal + day - self.born.reshape(-1)[cells])


def hazards_by_age(hazards: list[Hazard], ages: int) -> FloatArray:
    """(products, ages) cumulative hazard of each day of age."""
    terms = np.array([_terms(hazard) for hazard in hazards]).reshape(-1, 5)
    out = np.zeros((len(hazards), ages))
    daily_hazards(terms, out)
    return out


def _terms(hazard: Hazard) -> tuple[float, float, float, float, float]:
    """A hazard as `sim.kernels.installed_base.daily_hazards` reads it."""
    if isinstance(hazard, ConstantHazard):
        return hazard.per_year / DAYS_PER_YEAR, 1.0, 0.0, 0.0, 0.0
    if isinstance(hazard, WeibullHazard):
        return 0.0, hazard.shape, hazard.scale_years * DAYS_PER_YEAR, 0.0, 0.0
    return (
        hazard.chance_per_year / DAYS_PER_YEAR,
        hazard.wear_out_shape,
        hazard.wear_out_scale_years * DAYS_PER_YEAR,
        hazard.early_per_year / DAYS_PER_YEAR,
        hazard.early_months * DAYS_PER_MONTH,
    )
