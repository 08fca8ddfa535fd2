"""All closed forms that hold in a scenario under a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios import MEASURES
from study.shadow.base import base
from study.shadow.contact import contact
from study.shadow.expected import Expected, Law, World
from study.shadow.field import field
from study.shadow.market import market
from study.shadow.parts import parts
from study.shadow.people import people
from study.shadow.queues import queues
from study.shadow.stock import stock
from study.shadow.suppliers import suppliers

if TYPE_CHECKING:
    from optimize import Outlook
    from scenarios import Plan, Scenario

LAWS: tuple[Law, ...] = (market, stock, suppliers, queues, contact, field, base, parts, people)


def shadow(scenario: Scenario, plan: Plan, outlook: Outlook) -> tuple[Expected, ...]:
    """What closed forms expect of the KPIs of a run, from the scenario alone.

    Args:
        scenario: facts and policy.
        plan: what is decided.
        outlook: expected demand, of the scenario as it is.

    Returns:
        One per KPI whose regime holds exactly, in the order of `scenarios.MEASURES`.
    """
    world = World(plan.decided(scenario), plan, outlook)
    found = {expected.kpi: expected for law in LAWS for expected in law(world)}
    return tuple(found[kpi] for kpi in MEASURES if kpi in found)


__all__ = ["LAWS", "shadow"]
