"""What becomes of goods on their way: returns that travel back to the centre, gifts that travel with orders."""

from __future__ import annotations

from datetime import date
from typing import Literal

from scenarios.language.base import Model, assumed, given
from scenarios.language.network import Scope

ReturnsPolicy = Literal["scrap_at_store", "to_centre"]


class ReturnsTriage(Model):
    """What becomes of returned goods in the centre (mechanism T4). Shares are of units; the rest is scrapped."""

    classes: tuple[str, ...] = assumed((), "all classes")
    """Merchandise class ids."""
    restock_share: float = assumed(0.0, "nothing unless given", unit="share", ge=0, le=1)
    """Units that are as good as new and go back into stock."""
    repair_share: float = assumed(0.0, "nothing unless given", unit="share", ge=0, le=1)
    """Units that are repaired and then go back into stock."""
    return_to_vendor_share: float = assumed(0.0, "nothing unless given", unit="share", ge=0, le=1)
    """Units that the supplier takes back."""
    handling_cost_per_unit: float = assumed(0.0, "free unless given", unit="money per unit", ge=0)
    """Looking at a unit and sorting it."""
    repair_cost_per_unit: float = assumed(0.0, "free unless given", unit="money per unit", ge=0)
    """Repairing a unit."""
    vendor_credit_share: float = assumed(
        1.0, "assumption: the supplier pays the full price back", unit="share of cost", ge=0, le=1
    )
    """What the supplier gives for a unit that goes back."""


class Gift(Model):
    """A gift that the distribution centre adds to shipments (mechanism T4), given away at the store."""

    scope: Scope = assumed(Scope(), "all goods, all stores")
    """Goods that bring gifts, and the stores that get them."""
    gift_sku_id: str = given(min_length=1)
    """SKU that is given away, from the stock of the centre."""
    per_units: int = given(unit="units", ge=1)
    """Units shipped to a store for each unit of the gift."""
    start: date | None = assumed(None, "from the first day of the run")
    """First day on which shipments bring gifts."""
    days: int = assumed(0, "0 = to the end of the run", unit="days", ge=0, le=366)
    """Length."""
