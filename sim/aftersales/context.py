"""What every room of after-sales service is made from."""

from __future__ import annotations

from dataclasses import dataclass

import simpy

from sim.aftersales.facts import ServiceFacts
from sim.aftersales.register import Register
from sim.books.terms import in_micro
from sim.clock import SECONDS_PER_DAY, SECONDS_PER_HOUR
from sim.recorder import Recorder
from sim.stores import Stores
from sim.streams import Purpose, StreamKey, stream_key
from sim.world import World


@dataclass(frozen=True, eq=False)
class Context:
    """The clock, the world, facts of after-sales service, and where records go."""

    environment: simpy.Environment
    world: World
    facts: ServiceFacts
    recorder: Recorder
    register: Register
    stores: Stores

    @property
    def now(self) -> int:
        """Seconds since the start."""
        return int(self.environment._now)

    @property
    def first_ordinal(self) -> int:
        """Ordinal of the first day's date: draws are keyed by dates."""
        return self.world.process.first_ordinal

    @property
    def end_second(self) -> int:
        """End of the run."""
        return self.world.days * SECONDS_PER_DAY

    def stream(self, purpose: Purpose) -> StreamKey:
        """Key of a stream of this run."""
        return stream_key(self.world.seed, self.world.replication, purpose)


def per_second_micro(per_hour: float) -> float:
    """A wage as millionths of a minor unit per second."""
    return in_micro(per_hour) / SECONDS_PER_HOUR
