"""How well the technicians of a district are expected to do a piece of work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios import LEVELS, SkillEffects
from sim.aftersales.facts import ServiceFacts, Technician


@dataclass(frozen=True)
class Ability:
    """Mean over the technicians who can do a piece of work, as long as nobody learns, tires or leaves."""

    minutes_factor: float
    """Time over the average."""
    success_share: float
    """Repairs that hold when the technician leaves."""
    relapse_factor: float
    """Repairs that fail again within the guarantee, over those of the best."""


class Crews:
    """The technicians by station; of a pooled area all stand for each station."""

    def __init__(self, facts: ServiceFacts) -> None:
        self._effects: SkillEffects = facts.service.people.skill
        stations = range(len(facts.station_ids))
        if facts.policy.dispatch.area == "pooled":
            self._of_station = [list(facts.technicians) for _ in stations]
        else:
            self._of_station = [
                [t for t in facts.technicians if t.station == station] for station in stations
            ]
        self._known: dict[tuple[int, int, int], Ability] = {}

    def ability(self, station: int, skill: int, level: int) -> Ability:
        """Of those who can do work of a skill (-1: none in particular) and level.

        Where nobody can, of somebody of average speed who just has that level.
        """
        key = (station, skill, level)
        if key not in self._known:
            self._known[key] = self._ability(*key)
        return self._known[key]

    def unable_share(self, station: int, judged: tuple[int, int], needed: tuple[int, int]) -> float:
        """Of those who are sent for a skill and level as judged, the share who lack what is really needed."""
        sent = [person for person in self._of_station[station] if _can(person, *judged)]
        if not sent:
            return 0.0
        return sum(not _can(person, *needed) for person in sent) / len(sent)

    def _ability(self, station: int, skill: int, level: int) -> Ability:
        able = [person for person in self._of_station[station] if _can(person, skill, level)]
        effects = self._effects
        positions = [_position(person, skill) for person in able] or [level - 1]
        own = np.array([person.minutes_factor for person in able] or [1.0])
        factors, holds, fails = (
            np.array(values)[positions]
            for values in (effects.minutes_factors, effects.success_shares, effects.relapse_factors)
        )
        return Ability(float((own * factors).mean()), float(holds.mean()), float(fails.mean()))


def _can(person: Technician, skill: int, level: int) -> bool:
    return skill < 0 or person.levels[skill] >= level


def _position(person: Technician, skill: int) -> int:
    """Place in the tables of effects; see `sim.workforce.skills.Skills.refresh`."""
    level = max(person.levels[skill], 1) if skill >= 0 else max(person.levels, default=0) or LEVELS
    return level - 1


__all__ = ["Ability", "Crews"]
