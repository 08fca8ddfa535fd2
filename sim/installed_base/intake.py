"""Failures of a day become requests: everything about each is drawn by its key, for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.aftersales.context import Context
from sim.aftersales.requests import Kind
from sim.durations import fractions
from sim.installed_base.arriving import Draws, KeyArray, Rows, blank_rows
from sim.installed_base.durations import WorkTimes
from sim.installed_base.places import Places
from sim.installed_base.population import DAYS_PER_MONTH
from sim.kernels.installed_base import request_keys
from sim.streams import Purpose, four_draws

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Keys:
    """Keys of requests that arise on one day from one thing."""

    def __init__(self, context: Context) -> None:
        self._stream = context.stream(Purpose.REQUEST_KEY)
        self._first_ordinal = context.first_ordinal

    def of_day(self, day: int, entities: KeyArray, units: IntArray) -> KeyArray:
        """(units in all,) keys, those of one entity one after the other; (n,) entities with so many requests each."""
        repeated = np.repeat(entities, units)
        first = np.repeat(np.cumsum(units) - units, units)
        keys = np.empty(repeated.size, np.uint64)
        request_keys(
            repeated, np.arange(repeated.size) - first, self._first_ordinal + day, *self._stream, keys
        )
        return keys


class Traits:
    """Segments and promises, for requests of all kinds."""

    def __init__(self, context: Context) -> None:
        self._upto = _upto([segment.share for segment in context.facts.service.segments])
        self._sla = np.array(context.facts.sla_of_segment, np.int64)
        self._stream = context.stream(Purpose.REQUEST_TRAITS)

    def draws(self, keys: KeyArray, block: int) -> Draws:
        """(4, n): hour, segment, mode, urgency in block 0; part, contract, goodwill, chance in 1; delay in 2."""
        return four_draws(self._stream, keys, block)

    def write_segment(self, rows: Rows, draws: npt.NDArray[np.uint32]) -> None:
        """Write segment and SLA class."""
        segment = _chosen(fractions(draws), self._upto)
        rows["segment"], rows["sla"] = segment, self._sla[segment]


class Intake:
    """What is broken, how badly, who pays, and how long it takes."""

    def __init__(self, context: Context, traits: Traits, places: Places) -> None:
        facts = context.facts
        modes, policy = facts.service.failure_modes, facts.policy
        self._traits, self._places = traits, places
        of_product: list[list[int]] = [[] for _ in facts.product_ids]
        for number, product in enumerate(facts.product_of_mode):
            of_product[product].append(number)
        width = max([1, *map(len, of_product)])
        self._modes = np.array([(own + own[-1:] * width)[:width] or [-1] * width for own in of_product])
        self._mode_upto = np.array(
            [_padded(_upto([modes[number].weight for number in own]), width) for own in of_product]
        )
        self._urgency_upto = np.array([_upto(mode.urgency_shares) for mode in modes]).reshape(-1, 3)
        self._skill = np.array([facts.skill(mode.skill_id) for mode in modes], np.int64)
        self._level = np.array([mode.level for mode in modes], np.int64)
        self._people = np.array([mode.people for mode in modes], np.int64)
        variants = max([1, *map(len, facts.parts_of_mode)])
        self._parts = np.array(
            [(own + own[-1:] * variants)[:variants] or (-1,) * variants for own in facts.parts_of_mode]
        )
        self._part_upto = np.array(
            [_padded(_upto(shares), variants) for shares in facts.part_shares_of_mode]
        ).reshape(-1, variants)
        self._part_share = np.array([mode.part_probability for mode in modes])
        self._remote = np.array([mode.remote_share for mode in modes])
        self._diagnosis = WorkTimes([mode.diagnosis_minutes for mode in modes])
        self._repair = WorkTimes([mode.repair_minutes for mode in modes])
        warranty = np.array([product.warranty_months for product in facts.service.products], np.float64)
        self._warranty_days = warranty * DAYS_PER_MONTH
        self._goodwill_days = (warranty + policy.goodwill_months) * DAYS_PER_MONTH
        self._goodwill_share = policy.goodwill_share
        self._place = context.stream(Purpose.REQUEST_PLACE)
        self._work = context.stream(Purpose.REQUEST_WORK)

    def rows(
        self,
        keys: KeyArray,
        traits: Draws,
        product: IntArray,
        region: IntArray,
        age_days: FloatArray,
        contracts: FloatArray,
    ) -> Rows:
        """Requests of failures; the second of the day is still to be written.

        Args:
            keys: (n,).
            traits: (4, n) block 0 of `Traits.draws`.
            product: (n,) that fails.
            region: (n,) where.
            age_days: (n,) age of the unit.
            contracts: (n,) share of such units that are under contract.
        """
        rows = blank_rows(keys.size, Kind.REPAIR)
        second = self._traits.draws(keys, 1)
        rows["key"], rows["product"], rows["region"] = keys, product, region
        self._traits.write_segment(rows, traits[1])
        mode = self._modes[product, _chosen(fractions(traits[2]), self._mode_upto[product])]
        rows["mode"] = mode
        rows["urgency"] = _chosen(fractions(traits[3]), self._urgency_upto[mode])
        for name, values in (
            ("skill", self._skill), ("level", self._level), ("people", self._people), ("remote_share", self._remote),
        ):  # fmt: skip
            rows[name] = values[mode]
        work = four_draws(self._work, keys)
        part = self._parts[mode, _chosen(fractions(work[2]), self._part_upto[mode])]
        rows["part"] = np.where(fractions(second[0]) < self._part_share[mode], part, -1)
        is_warranty = age_days < self._warranty_days[product]
        rows["is_warranty"], rows["is_contract"] = is_warranty, fractions(second[1]) < contracts
        rows["is_goodwill"] = (
            ~is_warranty
            & (age_days < self._goodwill_days[product])
            & (fractions(second[2]) < self._goodwill_share)
        )
        rows["chance"] = fractions(second[3])
        rows["diagnosis_seconds"] = self._diagnosis.seconds(mode, work[0])
        rows["work_seconds"] = self._repair.seconds(mode, work[1])
        self._places.settle(rows, four_draws(self._place, keys))
        return rows

    def work_again(self, rows: Rows) -> None:
        """Write seconds of diagnosis and of repair where a repair has to be done again."""
        draws = four_draws(self._work, rows["key"])
        broken = rows["mode"] >= 0
        mode = rows["mode"][broken]
        rows["diagnosis_seconds"][broken] = self._diagnosis.seconds(mode, draws[0, broken])
        rows["work_seconds"][broken] = self._repair.seconds(mode, draws[1, broken])


def _upto(weights: Sequence[float]) -> FloatArray:
    """Shares added up; all alike when no weight is above 0."""
    given = np.array(weights, np.float64)
    given = given if given.sum() > 0 else np.ones(given.size)
    return np.asarray(np.cumsum(given) / max(given.sum(), 1e-300))


def _padded(upto: FloatArray, width: int) -> FloatArray:
    return np.concatenate([upto, np.ones(width - upto.size)])


def _chosen(fraction: FloatArray, upto: FloatArray) -> IntArray:
    """Index of the choice for each draw between 0 and 1; (choices,) for all or (n, choices)."""
    chosen: IntArray = (fraction[:, None] >= upto).sum(axis=1)
    return np.asarray(np.minimum(chosen, upto.shape[-1] - 1))
