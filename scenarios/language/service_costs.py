"""What after-sales service costs, whoever decides."""

from __future__ import annotations

from scenarios.language.base import Model, assumed


class ServiceCosts(Model):
    """Wages, vans, contacts and prices of after-sales service."""

    technician_per_hour: float = assumed(0.0, "0 unless given", unit="money per hour", ge=0)
    """Each technician, by the shift; `labour.overtime_factor` applies after it."""
    agent_per_hour: float = assumed(0.0, "0 unless given", unit="money per hour", ge=0)
    """Each agent of the contact centre, by the shift."""
    van_per_day: float = assumed(0.0, "0 unless given", unit="money per technician and day", ge=0)
    """Each technician's van on the days on which it is used."""
    van_per_km: float = assumed(0.0, "0 unless given", unit="money per km", ge=0)
    """Driving."""
    consumables_per_job: float = assumed(0.0, "0 unless given", unit="money per visit", ge=0)
    """Material other than parts, per visit at which work is done."""
    per_contact: float = assumed(0.0, "0 unless given", unit="money per contact", ge=0)
    """Line, messages and paper of each contact with a customer, in or out; a call given up in the queue is none."""
    per_inspection: float = assumed(0.0, "0 unless given", unit="money per inspection", ge=0)
    """Each post-repair inspection."""
    per_training_day: float = assumed(0.0, "0 unless given", unit="money per day", ge=0)
    """Each day of training, beside the wage."""
    visit_fee: float = assumed(0.0, "free unless given", unit="money per visit", ge=0)
    """Paid by customers outside warranty who decline the quote."""
    parts_holding_rate_per_year: float = assumed(
        0.0, "0 unless given", unit="share of value per year", ge=0, le=5
    )
    """Capital and space, on parts at cost in centres, stations and vans."""


__all__ = ["ServiceCosts"]
