"""Facts of what stores sell and people keep: appliances, how they fail, installation, maintenance, who owns them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from scenarios.language.base import Model, assumed, given
from scenarios.language.distributions import Constant, Distribution, Triangular

Urgency = Literal["urgent", "important", "general"]
URGENCIES: tuple[Urgency, ...] = ("urgent", "important", "general")


class ConstantHazard(Model):
    """Events that do not depend on age."""

    kind: Literal["constant"]
    """Tag."""
    per_year: float = given(unit="events per unit and year", ge=0, le=1_000)
    """Rate."""


class WeibullHazard(Model):
    """A Weibull hazard: falling with age below a shape of 1, rising above."""

    kind: Literal["weibull"]
    """Tag."""
    shape: float = given(unit="ratio", gt=0, le=20)
    """Shape."""
    scale_years: float = given(unit="years", gt=0, le=1_000)
    """Age by which the cumulative hazard is 1."""


class BathtubHazard(Model):
    """Early failures that die out, chance failures, and wear-out: the sum of three hazards."""

    kind: Literal["bathtub"]
    """Tag."""
    early_per_year: float = assumed(0.0, "no early failures unless given", unit="per year", ge=0, le=1_000)
    """Rate of early failures at age 0, on top of the others."""
    early_months: float = assumed(3.0, "assumption: a quarter", unit="months", gt=0, le=120)
    """Time in which it falls to 37 %."""
    chance_per_year: float = assumed(0.0, "no chance failures unless given", unit="per year", ge=0, le=1_000)
    """Rate at any age."""
    wear_out_shape: float = assumed(4.0, "assumption: steep", unit="ratio", gt=1, le=20)
    """Weibull shape of wear-out."""
    wear_out_scale_years: float = assumed(15.0, "assumption", unit="years", gt=0, le=1_000)
    """Age by which the cumulative hazard of wear-out is 1."""


Hazard = Annotated[ConstantHazard | WeibullHazard | BathtubHazard, Field(discriminator="kind")]
NEVER = ConstantHazard(kind="constant", per_year=0.0)


class Installation(Model):
    """A visit that follows the sale (mechanism H18)."""

    share: float = assumed(1.0, "every unit sold", unit="share", ge=0, le=1)
    """Units sold that are installed by a technician."""
    minutes: Distribution = assumed(
        Constant(kind="constant", value=45), "assumption: three quarters of an hour", unit="minutes"
    )
    """Work at the customer's."""
    skill_id: str = assumed("", "anybody when empty")
    """Skill needed."""
    level: int = assumed(1, "the lowest", ge=1, le=5)
    """Level of it."""
    people: int = assumed(1, "one technician", unit="technicians", ge=1, le=2)
    """Technicians needed."""
    complaint_share: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Customers who call soon after installation because they cannot use the unit; a call of advice."""


class Maintenance(Model):
    """Preventive visits under a contract that lower the failure hazard (mechanism T12)."""

    contract_share: float = assumed(0.0, "nobody unless given", unit="share", ge=0, le=1)
    """Owners who take the contract when `policy.service.maintenance` offers it; those of the first day have had it."""
    visits_per_year: float = assumed(1.0, "assumption: once a year", unit="visits per year", gt=0, le=12)
    """Visits to each unit under contract."""
    minutes: Distribution = assumed(
        Constant(kind="constant", value=40), "assumption: forty minutes", unit="minutes"
    )
    """Work at the customer's."""
    skill_id: str = assumed("", "anybody when empty")
    """Skill needed."""
    level: int = assumed(1, "the lowest", ge=1, le=5)
    """Level of it."""
    hazard_reduction: float = assumed(
        0.3, "assumption: three failures in ten are foreseen", unit="share", ge=0, le=1
    )
    """Failures avoided while the last visit is no longer ago than the time between visits."""
    price_per_year: float = assumed(0.0, "free unless given", unit="money per unit and year", ge=0)
    """Paid by the owner."""


class Product(Model):
    """A kind of appliance that is installed, maintained and repaired."""

    id: str = given(min_length=1)
    """Identifier; random draws are keyed by it."""
    name: str = assumed("", "the id when empty")
    """Name shown in reports."""
    sku_ids: tuple[str, ...] = assumed((), "none: only what `service.base` holds")
    """SKUs whose sales add to the installed base."""
    categories: tuple[str, ...] = assumed((), "none unless given")
    """Categories whose SKUs do."""
    hazard: Hazard = assumed(NEVER, "never fails unless given")
    """Failures by age; a unit that was repaired goes on at its age."""
    scrappage: Hazard = assumed(NEVER, "kept for ever unless given")
    """Units taken out of use, by age."""
    warranty_months: int = assumed(36, "assumption: three years", unit="months", ge=0, le=600)
    """Repairs up to this age are free."""
    installation: Installation | None = assumed(None, "customers install it themselves")
    """Installation by a technician."""
    maintenance: Maintenance | None = assumed(None, "no contract unless given")
    """Preventive maintenance."""


class FailureMode(Model):
    """What can be broken, and what mending it takes."""

    id: str = given(min_length=1)
    """Identifier."""
    product_id: str = given(min_length=1)
    """Product that fails like this."""
    weight: float = assumed(1.0, "all modes of a product alike", ge=0)
    """Share among the failures of the product, relative."""
    urgency_shares: tuple[float, float, float] = assumed(
        (0.2, 0.5, 0.3), "assumption", unit="shares of urgent, important, general"
    )
    """How urgent such failures are; relative."""
    skill_id: str = assumed("", "anybody when empty")
    """Skill needed."""
    level: int = assumed(1, "the lowest", ge=1, le=5)
    """Level of it; who has less cannot do it."""
    people: int = assumed(1, "one technician", unit="technicians", ge=1, le=2)
    """Technicians needed; with two, both wait for the later one."""
    diagnosis_minutes: Distribution = assumed(
        Constant(kind="constant", value=15), "assumption: a quarter of an hour", unit="minutes"
    )
    """Diagnosis on site by a technician of average speed."""
    repair_minutes: Distribution = assumed(
        Triangular(kind="triangular", low=15, mode=35, high=90), "assumption", unit="minutes"
    )
    """Repair by a technician of average speed."""
    part_id: str = assumed("", "no part when empty")
    """Spare part that it takes, one unit."""
    part_probability: float = assumed(1.0, "always when there is a part", unit="share", ge=0, le=1)
    """Cases in which the part is needed."""
    remote_share: float = assumed(0.0, "none unless given", unit="share", ge=0, le=1)
    """Cases that could be resolved from afar (mechanism H17)."""
    price: float = assumed(0.0, "free unless given", unit="money per repair", ge=0)
    """Price of the work outside warranty; the part comes on top."""


class InstalledRow(Model):
    """One row of the initial installed base."""

    __unique__: ClassVar[tuple[str, ...]] = ("product_id", "region", "age_months")

    product_id: str = given(min_length=1)
    """Product."""
    region: str = assumed("", "the region without a name")
    """Region of the stores near which the units stand; without a name, and no such store, near all of them."""
    age_months: int = assumed(0, "new", unit="months", ge=0, le=600)
    """Age on the first day."""
    units: int = given(unit="units", ge=0)
    """Units in use."""


class Segment(Model):
    """A kind of customer."""

    id: str = given(min_length=1)
    """Identifier used by SLA classes."""
    share: float = assumed(1.0, "all alike", ge=0)
    """Share of the customers of every region, relative."""
    patience_factor: float = assumed(1.0, "as patient as others", unit="ratio", gt=0, le=100)
    """Patience on the telephone over that of the others."""
    price_sensitivity: float = assumed(1.0, "as others", unit="ratio", ge=0, le=10)
    """Exponent of the probability of accepting a quote."""


__all__ = [
    "NEVER",
    "URGENCIES",
    "BathtubHazard",
    "ConstantHazard",
    "FailureMode",
    "Hazard",
    "Installation",
    "InstalledRow",
    "Maintenance",
    "Product",
    "Segment",
    "Urgency",
    "WeibullHazard",
]  # fmt: skip
