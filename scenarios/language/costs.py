"""What things cost, whoever decides."""

from __future__ import annotations

from scenarios.language.base import Model, assumed
from scenarios.language.depot import LabourCosts
from scenarios.language.service_costs import ServiceCosts


class OrderingCosts(Model):
    """Cost of placing and handling orders; none depends on who pays the truck."""

    per_store_order: float = assumed(0.0, "0 unless given", unit="money per order", ge=0)
    """Each regular order of a store."""
    per_emergency_order: float = assumed(0.0, "0 unless given", unit="money per order", ge=0)
    """Each emergency order of a store, express delivery included."""
    per_store_order_line: float = assumed(0.0, "0 unless given", unit="money per line", ge=0)
    """Each line of a store order."""
    per_purchase_order: float = assumed(0.0, "0 unless given", unit="money per order", ge=0)
    """Each order of a distribution centre to one supplier."""
    per_purchase_order_line: float = assumed(0.0, "0 unless given", unit="money per line", ge=0)
    """Each line of a purchase order."""


class HoldingCosts(Model):
    """Cost of carrying stock, charged on stock after each day's demand."""

    store_rate_per_year: float = assumed(0.0, "0 unless given", unit="share of value per year", ge=0, le=5)
    """Capital and space in stores, on stock at cost."""
    dc_rate_per_year: float = assumed(0.0, "0 unless given", unit="share of value per year", ge=0, le=5)
    """Capital and space in distribution centres, on stock at cost."""
    dc_cost_per_unit_day: float = assumed(0.0, "0 unless given", unit="money per unit and day", ge=0)
    """Space in distribution centres by unit."""


class ShortageCosts(Model):
    """Notional cost of not serving a customer: reported beside the ledger, never in it."""

    backorder_per_unit_day: float = assumed(0.0, "0 unless given", unit="money per unit and day", ge=0)
    """Each unit owed to a customer after the day's demand."""
    lost_per_unit: float = assumed(0.0, "0 unless given", unit="money per unit", ge=0)
    """Goodwill lost with each lost unit, beyond its margin."""


class CommunicationCosts(Model):
    """Contacts and announcements."""

    per_order_contact: float = assumed(0.0, "0 unless given", unit="money per contact", ge=0)
    """Each order a store calls in; orders pushed by the supplier need no call."""
    per_featured_sku_store_day: float = assumed(
        0.0, "0 unless given", unit="money per SKU, store and day", ge=0
    )
    """Announcing one promoted SKU at one store for one day."""


class QualityCosts(Model):
    """Incoming inspection."""

    per_inspected_unit: float = assumed(0.0, "0 unless given", unit="money per unit", ge=0)
    """Each unit drawn and tested."""
    per_rejected_lot: float = assumed(0.0, "0 unless given", unit="money per lot", ge=0)
    """Each lot sent back."""


class Costs(Model):
    """Cost facts. All money is in `currency`, kept as whole hundredths of it in the books."""

    currency: str = assumed("CNY", "the client's currency", min_length=1)
    """Currency code, printed with every amount."""
    ordering: OrderingCosts = assumed(OrderingCosts(), "0 unless given")
    """Orders."""
    holding: HoldingCosts = assumed(HoldingCosts(), "0 unless given")
    """Stock."""
    shortage: ShortageCosts = assumed(ShortageCosts(), "0 unless given")
    """Notional shortage penalties."""
    communication: CommunicationCosts = assumed(CommunicationCosts(), "0 unless given")
    """Contacts."""
    labour: LabourCosts = assumed(LabourCosts(), "0 unless given")
    """People in centres and on trucks."""
    quality: QualityCosts = assumed(QualityCosts(), "0 unless given")
    """Incoming inspection."""
    service: ServiceCosts = assumed(ServiceCosts(), "0 unless given")
    """After-sales service."""
    disposal_per_wasted_unit: float = assumed(0.0, "0 unless given", unit="money per unit", ge=0)
    """Disposal of an expired or scrapped unit, beside its purchase cost."""
