"""Installations: visits that follow the sale of an appliance (mechanism H18)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sim.aftersales.context import Context
from sim.aftersales.requests import Kind, Request
from sim.clock import SECONDS_PER_DAY
from sim.durations import fractions
from sim.installed_base.arriving import Rows, blank_rows
from sim.installed_base.durations import WorkTimes
from sim.installed_base.intake import Keys, Traits
from sim.installed_base.places import Places
from sim.streams import Purpose, cell_keys, entity_key, entity_keys, four_draws, uniform

IntArray = npt.NDArray[np.int64]
_ADVICE_DAYS: Final = 7
_WORDS: Final = 2.0**-32


class Installations:
    """Which units sold are installed, what it takes, and which customers ask for advice afterwards."""

    def __init__(self, context: Context, keys: Keys, traits: Traits, places: Places) -> None:
        facts, axes = context.facts, context.world.axes
        self._keys, self._traits, self._places = keys, traits, places
        terms = [product.installation for product in facts.service.products]
        self._share = np.array([item.share if item else 0.0 for item in terms])
        self.are_made = bool((self._share > 0.0).any())
        """Whether anything is installed."""
        self._skill = np.array([facts.skill(item.skill_id) if item else -1 for item in terms], np.int64)
        self._level = np.array([item.level if item else 1 for item in terms], np.int64)
        self._people = np.array([item.people if item else 1 for item in terms], np.int64)
        self._work = WorkTimes([item.minutes for item in terms if item])
        self._term = np.cumsum([item is not None for item in terms], dtype=np.int64) - 1
        self._complaint_share = [item.complaint_share if item else 0.0 for item in terms]
        products = entity_keys(f"installation of {name}" for name in facts.product_ids)
        self._entities = np.stack([cell_keys(entity_key(name), products) for name in axes.store_ids])
        self._region = np.array(facts.region_of_store, np.int64)
        self._opens = context.world.market.opens_second.astype(np.int64)
        self._closes = np.minimum(context.world.market.closes_second, SECONDS_PER_DAY - 1).astype(np.int64)
        self._stream = context.stream(Purpose.INSTALLATIONS)
        self._work_stream = context.stream(Purpose.REQUEST_WORK)
        self._place_stream = context.stream(Purpose.REQUEST_PLACE)

    def rows(self, day: int, sold: IntArray) -> Rows:
        """Requests that come on the morning after a day on which (stores, products) units were sold."""
        store, product = np.nonzero(sold * (self._share > 0.0))
        if not store.size:
            return blank_rows(0, Kind.INSTALLATION)
        units = sold[store, product]
        keys = self._keys.of_day(day, self._entities[store, product], units)
        store, product = np.repeat(store, units), np.repeat(product, units)
        draws = four_draws(self._stream, keys)
        wanted = fractions(draws[0]) < self._share[product]
        keys, store, product, draws = keys[wanted], store[wanted], product[wanted], draws[:, wanted]
        rows = blank_rows(keys.size, Kind.INSTALLATION)
        rows["key"], rows["product"], rows["region"] = keys, product, self._region[store]
        opens = self._opens[store]
        into = (fractions(draws[1]) * (self._closes[store] - opens)).astype(np.int64)
        rows["second"] = (day + 1) * SECONDS_PER_DAY
        rows["reported_second"] = day * SECONDS_PER_DAY + opens + into
        rows["skill"], rows["level"] = self._skill[product], self._level[product]
        rows["people"] = self._people[product]
        work = four_draws(self._work_stream, keys)
        rows["work_seconds"] = self._work.seconds(self._term[product], work[1])
        self._traits.write_segment(rows, self._traits.draws(keys, 0)[1])
        self._places.settle(rows, four_draws(self._place_stream, keys), store)
        return rows

    def advice_second(self, request: Request, now: int) -> int:
        """When the customer of an installation that is done now will call for advice; -1 for never."""
        share = self._complaint_share[request.product]
        if share == 0.0 or (uniform(self._stream, request.key, 2) + 0.5) * _WORDS >= share:
            return -1
        return (
            now
            + SECONDS_PER_DAY
            + uniform(self._stream, request.key, 3) * _ADVICE_DAYS * SECONDS_PER_DAY // 2**32
        )
