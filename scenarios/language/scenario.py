"""The root of the scenario language: facts, policy, and how the run is set up."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Literal

from pydantic import PrivateAttr

from scenarios.language.assortment import Assortment
from scenarios.language.base import Model, assumed, given
from scenarios.language.costs import Costs
from scenarios.language.demand import Demand
from scenarios.language.depot import Depot
from scenarios.language.fleet import Fleet
from scenarios.language.initial import InitialConditions
from scenarios.language.network import Network
from scenarios.language.people import Loops
from scenarios.language.policy import Policy
from scenarios.language.provenance import Provenance
from scenarios.language.service import Service

FORMAT_VERSION = 1


class Horizon(Model):
    """The simulated period."""

    start_date: date
    """First day."""
    days: int = given(unit="days", ge=1, le=36_600)
    """Length."""
    warm_up_days: int = assumed(0, "no warm-up unless given", unit="days", ge=0)
    """Days at the start that count in no KPI."""
    panel_period_days: int = assumed(28, "four weeks", unit="days", ge=1)
    """Length of a period in the store x SKU panel; longer periods take less memory."""


class RunSettings(Model):
    """Defaults of the `run` and `compare` commands."""

    seed: int = assumed(1, "any number will do; change it to see another random world", ge=0, lt=2**63)
    """Seed of the random world."""
    replications: int = assumed(30, "enough for a t interval", ge=1, le=100_000)
    """Replications."""
    confidence_level: float = assumed(0.95, "convention", unit="share", gt=0.5, lt=1)
    """Confidence level of intervals."""


class Scenario(Model):
    """What is true (facts), what managers choose (policy), and how it is run. Immutable and picklable."""

    format: Literal[1]
    """Version of the scenario language."""
    name: str = given(min_length=1, pattern=r"^[A-Za-z0-9_\-]+$")
    """Short name, used in file names."""
    title: str = assumed("", "the name when empty")
    """Title for reports."""
    description: str = assumed("", "none")
    """What the scenario is about."""
    horizon: Horizon = given()
    """Simulated period."""
    run: RunSettings = assumed(RunSettings(), "see its fields")
    """Defaults of a study."""
    network: Network = given()
    """Facts: places."""
    assortment: Assortment = given()
    """Facts: goods."""
    demand: Demand = given()
    """Facts: customers."""
    depot: Depot | None = assumed(None, "goods are ready the moment they are allocated")
    """Facts: work in distribution centres."""
    fleet: Fleet = assumed(Fleet(), "see its fields")
    """Facts: trucks, roads and carriers that can be had."""
    service: Service | None = assumed(None, "nobody repairs what stores sold")
    """Facts: after-sales service."""
    loops: Loops = assumed(Loops(), "all off")
    """Facts: feedback loops of people that the model follows."""
    costs: Costs = assumed(Costs(), "everything free unless given")
    """Facts: costs."""
    initial: InitialConditions = assumed(InitialConditions(), "see its fields")
    """Facts: the first morning."""
    policy: Policy = given()
    """What managers choose."""

    _provenance: Provenance = PrivateAttr(default_factory=Provenance)

    @property
    def provenance(self) -> Provenance:
        """Files, overrides and stated paths behind this scenario."""
        return self._provenance

    def with_provenance(self, provenance: Provenance) -> Scenario:
        """The same scenario that remembers where it came from."""
        copy = self.model_copy()
        copy._provenance = provenance
        return copy

    @property
    def facts_digest(self) -> str:
        """Digest of everything that is true whoever decides; equal for two policies on the same facts."""
        return self._digest(exclude={"format", "name", "title", "description", "run", "policy"})

    @property
    def policy_digest(self) -> str:
        """Digest of what managers choose."""
        return self._digest(include={"policy"})

    @property
    def digest(self) -> str:
        """Digest of all that decides a run's outcome, seed and replication aside."""
        return self._digest(
            include={
                "horizon",
                "network",
                "assortment",
                "demand",
                "depot",
                "fleet",
                "service",
                "loops",
                "costs",
                "initial",
                "policy",
            }
        )

    def _digest(self, include: set[str] | None = None, exclude: set[str] | None = None) -> str:
        content = self.model_dump(mode="json", include=include, exclude=exclude)
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()

    def summary(self) -> str:
        """Two lines that say what the scenario holds."""
        stores, skus = len(self.network.stores), len(self.assortment.skus)
        return (
            f"{self.title or self.name}: {stores:,} stores x {skus:,} SKUs, {self.horizon.days:,} days from "
            f"{self.horizon.start_date} (warm-up {self.horizon.warm_up_days})\n"
            f"facts {self.facts_digest[:12]}, policy {self.policy_digest[:12]}"
        )


__all__ = ["FORMAT_VERSION", "Horizon", "RunSettings", "Scenario"]
