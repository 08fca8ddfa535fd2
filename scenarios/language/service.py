"""Facts of after-sales service: the installed base, the contact centre, field service, parts, people."""

from __future__ import annotations

from scenarios.language.appliances import FailureMode, InstalledRow, Product, Segment
from scenarios.language.base import Model, assumed
from scenarios.language.columns import Columns
from scenarios.language.contact import ContactCentre, Reporting
from scenarios.language.fleet import Roads
from scenarios.language.people import People
from scenarios.language.service_network import JobStream, Partner, PartsSupply, Repair, ServiceStation

DEFAULT_SEGMENTS = (Segment(id="all"),)


class Service(Model):
    """After-sales service. Without this block nobody repairs anything and stores sell as before."""

    products: tuple[Product, ...] = assumed((), "no appliances unless given")
    """Appliances."""
    failure_modes: tuple[FailureMode, ...] = assumed((), "none unless given")
    """What breaks; every product that can fail needs one."""
    base: Columns[InstalledRow] | None = assumed(None, "nothing is installed on the first day")
    """Installed base of the first day."""
    segments: tuple[Segment, ...] = assumed(DEFAULT_SEGMENTS, "all customers alike", min_length=1)
    """Kinds of customers."""
    reporting: Reporting = assumed(Reporting(), "see its fields")
    """When failures are reported."""
    contact_centre: ContactCentre | None = assumed(None, "reports are taken down the moment they are made")
    """Taking down reports."""
    stations: Columns[ServiceStation] | None = assumed(None, "none: nobody visits customers")
    """Stations that there are or could be."""
    repair: Repair = assumed(Repair(), "see its fields")
    """At the customer's."""
    roads: Roads = assumed(Roads(), "see its fields")
    """How technicians get there."""
    parts: PartsSupply | None = assumed(None, "every part is at hand unless given")
    """Spare parts."""
    people: People = assumed(People(), "see its fields")
    """The people who do it."""
    partners: tuple[Partner, ...] = assumed((), "none unless given")
    """Service agents on the market."""
    job_streams: tuple[JobStream, ...] = assumed((), "none unless given")
    """Jobs from outside the installed base."""


__all__ = ["DEFAULT_SEGMENTS", "Service"]
