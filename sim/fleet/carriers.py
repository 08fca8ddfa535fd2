"""Outside carriers and couriers: who gets which drops, how long they take, and the review that moves their shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
import simpy

from scenarios import Carrier
from sim.books.charges import Charge, charged
from sim.books.terms import in_micro
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR, Turn, at, day_of
from sim.depot.arrivals import Arrivals
from sim.depot.orders import NOT_YET, Drop
from sim.durations import exponential, fractions, whole_seconds
from sim.fleet.roads import RoadMap
from sim.fleet.trucks import unloading_seconds
from sim.fleet.windows import Windows
from sim.recorder import Recorder
from sim.streams import Purpose, cell_keys, entity_key, stream_key, uniform_array
from sim.world import World

_PPM: Final = 1_000_000
_GRAMS_PER_KG: Final = 1_000
_METRES_PER_KM: Final = 1_000
_COURIER: Final = -1
_SHARPNESS: Final = 4
"""Power of the scores to which the suggested shares are proportional."""


_Value = TypeVar("_Value")


class _Daily(Generic[_Value]):
    """Draws of all stores on a day, made together when the first is asked for; days mostly follow each other."""

    def __init__(self, draw: Callable[[int], list[_Value]]) -> None:
        """Make it; `draw` gives the draws of a day, (stores,)."""
        self._draw = draw
        self._day = -1
        self._values: list[_Value] = []

    def __call__(self, store: int, day: int) -> _Value:
        """The draw of a store on a day."""
        if day != self._day:
            self._day, self._values = day, self._draw(day)
        return self._values[store]


@dataclass(eq=False, slots=True)
class _Hired:
    """A carrier in use."""

    index: int
    """Among the carriers of the scenario."""
    facts: Carrier
    goes_to: list[bool]
    """(stores,)"""
    drop_minor: int
    """Cost of a drop, as for the next two."""
    gram_micro: float
    metre_micro: float
    late_seconds: _Daily[int]
    """Of a drop that is handed over on a day."""
    share: float
    taken_on: dict[tuple[int, int], int]
    """Drops taken by day and centre."""
    drops: int = 0
    """Of the review period."""
    on_time: int = 0
    hours: float = 0.0


class Carriers:
    """The carriers that are used, and couriers for emergencies."""

    def __init__(
        self, environment: simpy.Environment, world: World, recorder: Recorder, arrivals: Arrivals
    ) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._arrivals = arrivals
        self._write_drop = recorder.writer("carrier_drops")
        policy = world.scenario.policy.transport.hire
        self._policy = policy
        by_id = {carrier.id: number for number, carrier in enumerate(world.scenario.fleet.carriers)}
        self._choice = stream_key(world.seed, world.replication, Purpose.CARRIER)
        self._delay = stream_key(world.seed, world.replication, Purpose.CARRIER_DELAY)
        self._hired = [self._hire(by_id[used.carrier_id], used.share) for used in policy.carriers]
        total = sum(carrier.share for carrier in self._hired)
        for carrier in self._hired:
            carrier.share = carrier.share / total if total > 0 else 1 / len(self._hired)
        self._wants = _Daily(lambda day: self._fractions(day, 0))
        self._chooses = _Daily(lambda day: self._fractions(day, 1))
        self._courier_micro = in_micro(world.scenario.fleet.courier_cost_per_km) / _METRES_PER_KM
        self._unloading = world.scenario.fleet.unloading
        self._given: dict[Drop, _Hired] = {}
        self._maps: list[RoadMap] = []
        self._windows: Windows | None = None

    def _hire(self, number: int, share: float) -> _Hired:
        facts = self._world.scenario.fleet.carriers[number]
        regions = self._world.axes.store_regions
        goes_to = [not facts.regions or region in facts.regions for region in regions]
        return _Hired(
            index=number,
            facts=facts,
            goes_to=goes_to,
            drop_minor=charged(1, in_micro(facts.cost_per_drop)),
            gram_micro=in_micro(facts.cost_per_kg) / _GRAMS_PER_KG,
            metre_micro=in_micro(facts.cost_per_km) / _METRES_PER_KM,
            late_seconds=_Daily(lambda day: self._lateness(facts, day)),
            share=share,
            taken_on={},
        )

    def connect(self, maps: list[RoadMap], windows: Windows) -> None:
        """Say where the roads lead, and when stores take goods."""
        self._maps, self._windows = maps, windows

    def open(self) -> None:
        """Schedule the first review."""
        if self._policy.review is not None and self._hired:
            self._schedule_review(self._policy.review.every_days)

    def wants(self, drop: Drop, day: int) -> bool:
        """Whether a drop is one of those that go by carrier from the start; drawn by store and date."""
        if self._policy.share_of_drops <= 0.0:
            return False
        return self._wants(drop.store, day) < self._policy.share_of_drops

    def give(self, drop: Drop, day: int) -> bool:
        """Give a drop to a carrier that goes there and still has room on a day; False when there is none."""
        able = [
            carrier
            for carrier in self._hired
            if carrier.goes_to[drop.store]
            and carrier.taken_on.get((day, drop.centre), 0) < carrier.facts.capacity_drops_per_day
        ]
        total = sum(carrier.share for carrier in able)
        if not able or total <= 0.0:
            return False
        left = self._chooses(drop.store, day) * total
        chosen = able[-1]
        for carrier in able:
            left -= carrier.share
            if left < 0.0:
                chosen = carrier
                break
        chosen.taken_on[day, drop.centre] = chosen.taken_on.get((day, drop.centre), 0) + 1
        self._given[drop] = chosen
        return True

    def has(self, drop: Drop) -> bool:
        """Whether a drop has been given to a carrier."""
        return drop in self._given

    def price(self, drop: Drop) -> int | None:
        """What a drop costs by carrier, in minor units, by the shares of those who go there; None without any."""
        able = [carrier for carrier in self._hired if carrier.goes_to[drop.store]]
        total = sum(carrier.share for carrier in able)
        if not able or total <= 0.0:
            return None
        metres = self._distance(drop)
        return round(sum(carrier.share / total * self._amount(carrier, drop, metres) for carrier in able))

    def send(self, drop: Drop) -> None:
        """Hand a drop that is ready to its carrier."""
        carrier = self._given.pop(drop)
        now = int(self._environment.now)
        transit = round(carrier.facts.transit_hours * SECONDS_PER_HOUR)
        late = carrier.late_seconds(drop.store, day_of(now))
        metres = self._distance(drop)
        amount = self._amount(carrier, drop, metres)
        self._recorder.charge(now, drop.centre, Charge.CARRIER, 1, amount)
        assert self._windows is not None
        quoted = self._windows.next_second(drop.store, now + transit)
        arrives = self._windows.next_second(drop.store, now + transit + late)
        carrier.drops += 1
        carrier.on_time += arrives <= quoted
        carrier.hours += (arrives - now) / SECONDS_PER_HOUR
        co2 = round(metres * carrier.facts.co2_grams_per_km / _METRES_PER_KM)
        self._under_way(drop, carrier.index, quoted, arrives, metres, co2, amount)

    def send_courier(self, drop: Drop) -> None:
        """Send an emergency drop straight to its store."""
        assert self._windows is not None
        now, centre_map = int(self._environment.now), self._maps[drop.centre]
        seconds = centre_map.drive(0, centre_map.place_of(drop.store), now)
        metres = self._distance(drop)
        amount = charged(2 * metres, self._courier_micro)
        self._recorder.charge(now, drop.centre, Charge.COURIER, 2 * metres, amount)
        arrives = self._windows.next_second(drop.store, now + seconds)
        co2 = round(2 * metres * self._world.scenario.fleet.courier_co2_grams_per_km / _METRES_PER_KM)
        self._under_way(drop, _COURIER, arrives, arrives, metres, co2, amount)

    def _under_way(
        self, drop: Drop, carrier: int, quoted: int, arrives: int, metres: int, co2: int, amount: int
    ) -> None:
        now, end = int(self._environment.now), self._world.days * SECONDS_PER_DAY
        unloaded = arrives + unloading_seconds(self._unloading, drop.cases)
        self._write_drop([
            max(carrier, 0), drop.centre, drop.store, carrier == _COURIER, now, quoted,
            arrives if arrives < end else NOT_YET, drop.units, drop.weight_grams, metres, co2, amount,
        ])  # fmt: skip
        self._arrivals.travel([drop], [arrives], [unloaded])

    def _amount(self, carrier: _Hired, drop: Drop, metres: int) -> int:
        """Minor units for a drop."""
        return (
            carrier.drop_minor
            + charged(drop.weight_grams, carrier.gram_micro)
            + charged(metres, carrier.metre_micro)
        )

    def _distance(self, drop: Drop) -> int:
        centre_map = self._maps[drop.centre]
        return int(centre_map.metres[0, centre_map.place_of(drop.store)])

    def _lateness(self, facts: Carrier, day: int) -> list[int]:
        """(stores,) seconds by which a carrier is late with what it gets on a day; keyed by carrier, store and date."""
        keys = cell_keys(entity_key(facts.id), self._world.market.store_key)
        if facts.delay_hours == 0.0:
            return [0] * len(keys)
        ordinal = self._world.process.first_ordinal + day
        whether, how_long = (uniform_array(self._delay, keys, ordinal, sub) for sub in (0, 1))
        seconds = whole_seconds(facts.delay_hours * SECONDS_PER_HOUR * exponential(how_long))
        is_on_time = fractions(whether) < facts.on_time_share
        late: list[int] = np.where(is_on_time, 0, np.maximum(seconds, 1)).tolist()
        return late

    def _fractions(self, day: int, sub: int) -> list[float]:
        """(stores,) draws between 0 and 1, by store and date."""
        keys, ordinal = self._world.market.store_key, self._world.process.first_ordinal + day
        draws: list[float] = fractions(uniform_array(self._choice, keys, ordinal, sub)).tolist()
        return draws

    def _schedule_review(self, day: int) -> None:
        if day < self._world.days:
            at(self._environment, day * SECONDS_PER_DAY, Turn.SHIFT_START, lambda: self._review(day))

    def _review(self, day: int) -> None:
        """Score the period and move the shares towards what the scores suggest."""
        rules = self._policy.review
        assert rules is not None
        regions = set(self._world.axes.store_regions)
        used = [carrier for carrier in self._hired if carrier.drops]
        fastest = min((carrier.hours / carrier.drops for carrier in used), default=0.0)
        scores, speeds = [], []
        for carrier in self._hired:
            facts = carrier.facts
            on_time = carrier.on_time / carrier.drops if carrier.drops else facts.on_time_share
            hours = carrier.hours / carrier.drops if carrier.drops else fastest
            speed = fastest / hours if hours > 0 else 1.0
            network = len(regions & set(facts.regions)) / len(regions) if facts.regions else 1.0
            weighted = (
                rules.on_time_weight * on_time
                + rules.speed_weight * speed
                + rules.technology_weight * facts.technology / 100
                + rules.continuity_weight * facts.continuity / 100
                + rules.network_weight * network
            )
            total = (
                rules.on_time_weight + rules.speed_weight + rules.technology_weight + rules.continuity_weight
                + rules.network_weight
            )  # fmt: skip
            scores.append(weighted / total if total > 0 else 1.0)
            speeds.append(speed)
        powers = [score**_SHARPNESS for score in scores]
        suggested = [power / sum(powers) if sum(powers) > 0 else 1 / len(powers) for power in powers]
        moved = [
            max(rules.least_share, carrier.share + rules.step * (share - carrier.share))
            for carrier, share in zip(self._hired, suggested, strict=True)
        ]
        for carrier, score, speed, share in zip(self._hired, scores, speeds, moved, strict=True):
            before, carrier.share = carrier.share, share / sum(moved)
            on_time = carrier.on_time / carrier.drops if carrier.drops else 0.0
            row = (
                int(self._environment.now), carrier.index, carrier.drops, round(on_time * _PPM), round(100 * speed),
                round(100 * score), round(before * _PPM), round(carrier.share * _PPM),
            )  # fmt: skip
            self._recorder.add_row("carrier_reviews", row)
            carrier.drops = carrier.on_time = 0
            carrier.hours = 0.0
        self._schedule_review(day + rules.every_days)
