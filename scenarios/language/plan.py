"""A plan: the policy worked out to numbers, each part with its provenance."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from scenarios.language.decisions import NO_DECISIONS, Decisions, PlanPart
from scenarios.language.promises import Promise
from scenarios.language.scenario import Scenario


@dataclass(frozen=True, eq=False)
class StockLevels:
    """Reorder points and order-up-to levels of some places.

    Arrays are (places, SKUs) or (rules, places) or (rules,), in the order of the scenario's tables. A number of days
    of -1 means that the level is given in units. Units are units of the SKU, safety factors standard deviations.
    """

    rule: npt.NDArray[np.int16]
    """(places, SKUs): index of the policy rule, -1 where the cell does not exist."""
    reorder_point_units: npt.NDArray[np.int32]
    order_up_to_units: npt.NDArray[np.int32]
    order_quantity_units: npt.NDArray[np.int32]
    """(places, SKUs): 0 = order up to the level."""
    is_always_below: npt.NDArray[np.bool_]
    """(rules,): anything missing is ordered at every review."""
    is_pushed: npt.NDArray[np.bool_]
    """(rules,): the centre decides, nobody calls."""
    may_order: npt.NDArray[np.bool_]
    """(rules, 7): weekdays, Monday first."""
    rounding: npt.NDArray[np.int64]
    """(rules,): 0 single units, 1 up to whole cases, 2 to the nearest case."""
    reorder_point_days: npt.NDArray[np.float64]
    """(rules, places)."""
    reorder_point_safety: npt.NDArray[np.float64]
    """(rules,)."""
    order_up_to_days: npt.NDArray[np.float64]
    """(rules, places)."""
    order_up_to_safety: npt.NDArray[np.float64]
    """(rules,)."""
    order_up_to_safety_days: npt.NDArray[np.float64]
    """(rules, places): days over which the safety stock protects."""
    order_quantity_days: npt.NDArray[np.float64]
    """(rules,)."""
    smoothing_weight: npt.NDArray[np.float64]
    """(rules,): exponential smoothing."""
    window_days: npt.NDArray[np.int64]
    """(rules,): moving average; 0 = exponential smoothing."""

    @property
    def is_dynamic(self) -> npt.NDArray[np.bool_]:
        """(rules,): whether some level follows the forecast."""
        return (
            (self.reorder_point_days >= 0).any(axis=1)
            | (self.order_up_to_days >= 0).any(axis=1)
            | (self.order_quantity_days >= 0)
        )


@dataclass(frozen=True, eq=False)
class Plan:
    """What is decided. Immutable and picklable."""

    stores: StockLevels
    centres: StockLevels
    parts: tuple[PlanPart, ...]
    decisions: Decisions = NO_DECISIONS
    """What solvers or a plan file decided; its levels of stores and centres are already in the arrays above."""

    @property
    def promises(self) -> tuple[Promise, ...]:
        """All that the plan promises."""
        return tuple(promise for part in self.parts for promise in part.promises)

    @property
    def digest(self) -> str:
        """Digest of every decided number and every promise."""
        state = hashlib.blake2b(digest_size=16)
        for levels in (self.stores, self.centres):
            for entry in fields(levels):
                array = getattr(levels, entry.name)
                state.update(
                    f"{entry.name}:{array.dtype.str}:{array.shape}".encode()
                    + np.ascontiguousarray(array).tobytes()
                )
        included = _BESIDE_LEVELS | _SHOWN
        state.update(self.decisions.model_dump_json(include=included, exclude_none=True).encode())
        for promise in self.promises:
            state.update(promise.model_dump_json().encode())
        return state.hexdigest()

    def decided(self, scenario: Scenario) -> Scenario:
        """The scenario with what the plan decides, levels of stock left out, in the place of its policy.

        Facts stay; without such decisions it is the scenario itself.
        """
        return with_decisions(scenario, self.decisions)

    def summary(self) -> str:
        """One line per part."""
        return "\n".join(
            f"{part.path}: {part.kind}, {part.basis.value}, {part.cells:,} cell{'s' * (part.cells != 1)}"
            for part in self.parts
        )


_BESIDE_LEVELS = {
    "open_stations", "territories", "rounds", "part_levels", "agents", "pickers", "technician_shifts", "technicians",
    "skills", "roster", "cover", "rota", "sourcing_rules", "carriers", "partners",
}  # fmt: skip


_SHOWN = {"expansion", "greenfield"}
"""Decisions that a person reads and no run follows."""


def with_decisions(scenario: Scenario, decisions: Decisions) -> Scenario:
    """A scenario in which decisions stand in the place of the policy's, levels of stock left out."""
    if all(getattr(decisions, name) is None for name in _BESIDE_LEVELS):
        return scenario
    policy = scenario.policy
    service, depot, transport = policy.service, policy.depot, policy.transport
    if decisions.open_stations is not None:
        places = {"open_stations": decisions.open_stations, "territories": decisions.territories}
        service = service.model_copy(update=places)
    elif decisions.territories is not None:
        service = service.model_copy(update={"territories": decisions.territories})
    if decisions.rounds is not None:
        routes = transport.routes.model_copy(update={"master": decisions.rounds})
        transport = transport.model_copy(update={"planning": "given", "routes": routes})
    if decisions.part_levels is not None:
        parts = service.parts.model_copy(update={"levels": decisions.part_levels, "rules": ()})
        service = service.model_copy(update={"parts": parts})
    if decisions.agents is not None:
        contacts = service.contacts.model_copy(update={"agents": decisions.agents})
        service = service.model_copy(update={"contacts": contacts})
    people = {
        name: value
        for name, value in (
            ("shifts", decisions.technician_shifts),
            ("technicians", decisions.technicians),
            ("skills", decisions.skills),
            ("groups", None if decisions.technicians is None else ()),
            ("roster", decisions.roster),
            ("cover", decisions.cover),
        )
        if value is not None
    }
    if people:
        workforce = service.workforce.model_copy(update=people)
        service = service.model_copy(update={"workforce": workforce})
    if decisions.rota is not None:
        dispatch = service.dispatch.model_copy(update={"plan": "given", "rota": decisions.rota})
        service = service.model_copy(update={"dispatch": dispatch})
    if decisions.partners is not None:
        outsourcing = service.outsourcing.model_copy(update=dict(decisions.partners))
        service = service.model_copy(update={"outsourcing": outsourcing})
    if decisions.pickers is not None:
        depot = depot.model_copy(update={"pickers": decisions.pickers})
    sourcing = policy.sourcing
    if decisions.sourcing_rules is not None:
        sourcing = sourcing.model_copy(update={"rules": decisions.sourcing_rules})
    if decisions.carriers is not None:
        hire = transport.hire.model_copy(update={"carriers": decisions.carriers})
        transport = transport.model_copy(update={"hire": hire})
    blocks = {"service": service, "depot": depot, "transport": transport, "sourcing": sourcing}
    changed = policy.model_copy(update=blocks)
    return scenario.model_copy(update={"policy": changed}).with_provenance(scenario.provenance)
